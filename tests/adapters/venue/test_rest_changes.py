"""Orders changed while they rest, and the history of it."""

from adapters.venue.venue_server import VenueServer
from tests.adapters.venue.house import SYMBOL, Trader, at_venue

LIMIT = {"side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.010", "price": "58000"}


def test_every_change_is_remembered_with_what_was_before() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        placed = await trader.order(**LIMIT, newClientOrderId="c")
        changed = {"symbol": SYMBOL, "side": "BUY", "quantity": "0.020", "origClientOrderId": "c"}
        for price in ("58001", "58002"):
            await trader.signed("PUT", "/fapi/v1/order", **changed, price=price)
        refused = await trader.signed("PUT", "/fapi/v1/order", **changed, price="58002")
        assert refused["code"] == -5027
        rows = await trader.signed("GET", "/fapi/v1/orderAmendment", symbol=SYMBOL, orderId=placed["orderId"])
        assert [row["amendment"] for row in rows] == [
            {
                "price": {"before": "58000.0", "after": "58001.0"},
                "origQty": {"before": "0.010", "after": "0.020"},
                "count": 1,
            },
            {
                "price": {"before": "58001.0", "after": "58002.0"},
                "origQty": {"before": "0.020", "after": "0.020"},
                "count": 2,
            },
        ]
        others = await trader.signed("GET", "/fapi/v1/orderAmendment", symbol=SYMBOL, origClientOrderId="d")
        assert others == []

    at_venue(scene)
