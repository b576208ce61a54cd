"""Margin of isolated positions: add some, take some back, look at what was moved."""

from typing import Final

from adapters.venue.order_json import money
from adapters.venue.order_reading import contract_of
from adapters.venue.parameters import Parameters
from adapters.venue.request_refused import RequestRefused
from adapters.venue.rest_orders import refuse
from adapters.venue.venue import Venue

_ADD, _TAKE = "1", "2"
_MOST: Final = 500


def move_margin(venue: Venue, asked: Parameters) -> object:
    """Add margin to an isolated position, or take some back."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    side = asked.choice("positionSide", {"BOTH", "LONG", "SHORT"}, "BOTH")
    kind, amount = asked.text("type"), asked.decimal("amount")
    if kind not in {_ADD, _TAKE}:
        raise RequestRefused(-1130, "Data sent for parameter 'type' is not valid.")
    if amount <= 0:
        raise RequestRefused(-4055, "Amount must be positive.")
    refuse(venue.exchange.move_margin(symbol, side, amount if kind == _ADD else -amount))
    venue.notes.margin_changes.append(
        {
            "symbol": symbol,
            "type": int(kind),
            "deltaType": "USER_ADJUST",
            "amount": money(amount),
            "asset": "USDT",
            "time": venue.now_ms(),
            "positionSide": side,
        }
    )
    return {
        "amount": float(amount),
        "code": 200,
        "msg": "Successfully modify position margin.",
        "type": int(kind),
    }


def margin_history(venue: Venue, asked: Parameters) -> object:
    """List what was added to isolated positions and taken back."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    start_ms, end_ms = asked.whole("startTime", 0), asked.whole("endTime", venue.now_ms())
    kind = asked.text("type", "")
    found = [
        row
        for row in venue.notes.margin_changes
        if row["symbol"] == symbol
        and start_ms <= int(str(row["time"])) <= end_ms
        and kind in {"", str(row["type"])}
    ]
    return found[-asked.limit(_MOST, _MOST) :]
