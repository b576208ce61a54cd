"""Several orders in one request."""

import orjson
import pytest

from adapters.venue.venue_server import VenueServer
from tests.adapters.venue.house import SYMBOL, Json, Trader, at_venue

ORDER = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.010"}
PATH = "/fapi/v1/batchOrders"


async def two_orders(trader: Trader) -> Json:
    orders = [ORDER | {"price": "58000", "newClientOrderId": name} for name in "ab"]
    return await trader.signed("POST", PATH, batchOrders=orjson.dumps(orders).decode())


@pytest.mark.parametrize("name", ["orderIdList", "orderidlist"])
def test_orders_are_cancelled_by_their_numbers_however_the_list_is_spelt(name: str) -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        placed = await two_orders(trader)
        numbers = f"[{placed[0]['orderId']},{placed[1]['orderId']},7]"
        gone = await trader.signed("DELETE", PATH, **{"symbol": SYMBOL, name: numbers})
        assert [row.get("status", row.get("code")) for row in gone] == ["CANCELED", "CANCELED", -2011]

    at_venue(scene)


@pytest.mark.parametrize("name", ["origClientOrderIdList", "origclientorderidlist"])
def test_orders_are_cancelled_by_their_names_however_the_list_is_spelt(name: str) -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        await two_orders(trader)
        gone = await trader.signed("DELETE", PATH, **{"symbol": SYMBOL, name: '["a","b"]'})
        assert [row["status"] for row in gone] == ["CANCELED", "CANCELED"]

    at_venue(scene)


def test_orders_are_changed_together_and_each_is_answered_by_itself() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        await two_orders(trader)
        change = {"symbol": SYMBOL, "side": "BUY", "quantity": "0.010", "price": "58001"}
        changes = [change | {"origClientOrderId": name} for name in "abc"]
        answers = await trader.signed("PUT", PATH, batchOrders=orjson.dumps(changes).decode())
        assert [row.get("price", row.get("code")) for row in answers] == ["58001.0", "58001.0", -2013]

    at_venue(scene)


@pytest.mark.parametrize(
    ("orders", "code"), [("[]", -4082), ("{}", -1130), ("[{},1]", -1130), ("[", -1130), ("", -1102)]
)
def test_a_batch_is_a_list_of_one_to_five(orders: str, code: int) -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        assert (await trader.signed("POST", PATH, batchOrders=orders))["code"] == code

    at_venue(scene)
