"""Several orders in one request; each is answered by itself."""

from collections.abc import Callable
from typing import Final

import orjson

from adapters.venue.parameters import Parameters
from adapters.venue.request_refused import RequestRefused
from adapters.venue.rest_changes import change_order
from adapters.venue.rest_orders import cancel_order, place_order
from adapters.venue.venue import Venue

_MOST_IN_BATCH: Final = 5
_MOST_CANCELS: Final = 10


def place_batch(venue: Venue, asked: Parameters) -> object:
    """Take up to five orders; each is answered by itself."""
    return [_one_of_batch(venue, row, place_order) for row in _batch(asked)]


def change_batch(venue: Venue, asked: Parameters) -> object:
    """Change up to five orders; each is answered by itself."""
    return [_one_of_batch(venue, row, change_order) for row in _batch(asked)]


def cancel_batch(venue: Venue, asked: Parameters) -> object:
    """Take up to ten orders away; each is answered by itself."""
    symbol = asked.text("symbol")
    numbers = next((name for name in ("orderIdList", "orderidlist") if name in asked), None)
    if numbers is not None:
        rows = [{"symbol": symbol, "orderId": str(one)} for one in _json_list(asked, numbers)]
    else:
        spelt = "origclientorderidlist"
        names = _json_list(asked, spelt if spelt in asked else "origClientOrderIdList")
        rows = [{"symbol": symbol, "origClientOrderId": str(one)} for one in names]
    if len(rows) > _MOST_CANCELS:
        raise RequestRefused(-4082, f"Invalid number of batch cancel orders: {len(rows)}")
    return [_one_of_batch(venue, Parameters(row), cancel_order) for row in rows]


def _batch(asked: Parameters) -> list[Parameters]:
    rows = _json_list(asked, "batchOrders")
    if not 0 < len(rows) <= _MOST_IN_BATCH:
        raise RequestRefused(-4082, f"Invalid number of batch place orders: {len(rows)}")
    return [_row(row) for row in rows]


def _row(row: object) -> Parameters:
    if not isinstance(row, dict):
        raise RequestRefused(-1130, "Data sent for parameter 'batchOrders' is not valid.")
    return Parameters({str(name): _text(value) for name, value in row.items() if value is not None})


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json_list(asked: Parameters, name: str) -> list[object]:
    try:
        found = orjson.loads(asked.text(name))
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, list):
        raise RequestRefused(-1130, f"Data sent for parameter '{name}' is not valid.")
    return found


def _one_of_batch(venue: Venue, asked: Parameters, act: Callable[[Venue, Parameters], object]) -> object:
    try:
        return act(venue, asked)
    except RequestRefused as refused:
        return refused.body
