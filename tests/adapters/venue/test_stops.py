"""Conditional orders: accepted, refused, fired, and what is told of each."""

from decimal import Decimal

import pytest

from adapters.venue.venue_server import VenueServer
from domain.market.timeframe import MINUTE_MS
from tests.adapters.venue.house import (
    START_MS,
    SYMBOL,
    Json,
    Trader,
    at_venue,
    flat_market,
    hearing_user,
    venue_of,
)

FALLING = [60_000.0, 59_900.0, 59_800.0, 59_700.0, 59_600.0]
DIP = [60_000.0, 60_200.0, 60_000.0, 59_900.0, 59_600.0]


def algos_in(events: list[Json]) -> list[Json]:
    return [event["o"] for event in events if event["e"] == "ALGO_UPDATE"]


def test_a_stop_lives_through_its_states_and_its_fills_come_under_the_order_it_became() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.buy("0.010")
        async with hearing_user(server, trader) as user:
            placed = await trader.stop(
                quantity="0.010", triggerPrice="59950", reduceOnly="true", clientAlgoId="guard"
            )
            assert (placed["algoStatus"], placed["reduceOnly"], placed["quantity"]) == ("NEW", True, "0.010")
            await server.run(START_MS + MINUTE_MS)
            events = await user.heard(server)
        states = algos_in(events)
        assert [state["X"] for state in states] == ["NEW", "TRIGGERING", "TRIGGERED", "FINISHED"]
        assert [state["ai"] for state in states[:2]] == ["", ""]
        actual = int(states[2]["ai"])
        fills = [one["o"] for one in events if one["e"] == "ORDER_TRADE_UPDATE" and one["o"]["i"] == actual]
        assert [fill["x"] for fill in fills] == ["NEW", "TRADE"]
        assert (fills[-1]["ot"], fills[-1]["o"], fills[-1]["R"]) == ("STOP_MARKET", "MARKET", True)
        assert Decimal(states[-1]["aq"]) == Decimal("0.010")
        row = await trader.signed("GET", "/fapi/v1/algoOrder", clientAlgoId="guard")
        assert (row["algoStatus"], row["actualOrderId"]) == ("FINISHED", str(actual))
        assert await trader.position() == 0

    at_venue(scene, venue_of(flat_market(FALLING)))


def test_a_closing_stop_is_refused_when_flat_unique_while_it_waits_and_gone_with_its_position() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        closing = {"triggerPrice": "55000", "closePosition": "true"}
        assert (await trader.stop(**closing))["code"] == -4509
        await trader.buy("0.010")
        placed = await trader.stop(**closing)
        assert (placed["timeInForce"], placed["quantity"], placed["reduceOnly"]) == ("GTE_GTC", "0", True)
        assert (await trader.stop(**closing, workingType="MARK_PRICE"))["code"] == -4130
        assert (await trader.stop(**closing, quantity="0.010"))["code"] == -4137
        assert (await trader.stop(**closing, reduceOnly="true"))["code"] == -4138
        target = await trader.stop(**{**closing, "type": "TAKE_PROFIT_MARKET", "triggerPrice": "70000"})
        assert target["algoStatus"] == "NEW"
        async with hearing_user(server, trader) as user:
            await trader.sell("0.010", reduceOnly="true")
            states = algos_in(await user.heard(server))
        assert [state["X"] for state in states] == ["EXPIRED", "EXPIRED"]

    at_venue(scene)


def test_stops_with_a_quantity_may_overlap_and_outlive_the_position() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        await trader.buy("0.010")
        for price in ("55000", "55100"):
            await trader.stop(quantity="0.010", triggerPrice=price, reduceOnly="true")
        await trader.sell("0.010", reduceOnly="true")
        assert len(await trader.signed("GET", "/fapi/v1/openAlgoOrders", symbol=SYMBOL)) == 2
        done = await trader.signed("DELETE", "/fapi/v1/algoOpenOrders", symbol=SYMBOL)
        assert done["code"] == 200
        assert await trader.signed("GET", "/fapi/v1/openAlgoOrders") == []

    at_venue(scene)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"triggerPrice": "61000"}, -2021),
        ({"triggerPrice": "59000", "side": "BUY"}, -2021),
        ({"type": "TAKE_PROFIT_MARKET", "triggerPrice": "59000"}, -2021),
        ({"triggerPrice": "55000.15"}, -1111),
        ({"triggerPrice": "0"}, -4001),
        ({"quantity": "0.0001"}, -1111),
        ({"algoType": "LUCK"}, -1130),
        ({"workingType": "MOON"}, -4031),
        ({"type": "TRAILING_STOP_MARKET", "triggerPrice": "", "callbackRate": "21"}, -2007),
        ({"type": "TRAILING_STOP_MARKET", "callbackRate": "1"}, -1106),
        (
            {
                "type": "TRAILING_STOP_MARKET",
                "triggerPrice": "",
                "callbackRate": "1",
                "activatePrice": "50000",
            },
            -2021,
        ),
        ({"type": "LIMIT"}, -1116),
        ({"type": "STOP"}, -1102),
    ],
)
def test_a_bad_stop_is_refused(params: dict[str, str], code: int) -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        answer = await trader.stop(**{"quantity": "0.010", "triggerPrice": "55000", **params})
        assert answer["code"] == code, answer

    at_venue(scene)


def test_a_stop_cannot_be_found_among_plain_orders_nor_cancelled_twice() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        await trader.stop(quantity="0.010", triggerPrice="55000", clientAlgoId="s")
        assert (await trader.stop(quantity="0.010", triggerPrice="55000", clientAlgoId="s"))["code"] == -4116
        assert await trader.signed("GET", "/fapi/v1/openOrders") == []
        plain = await trader.signed("GET", "/fapi/v1/order", symbol=SYMBOL, origClientOrderId="s")
        assert plain["code"] == -2013
        gone = await trader.signed("DELETE", "/fapi/v1/algoOrder", clientAlgoId="s")
        assert (gone["code"], gone["msg"]) == ("200", "success")
        assert (await trader.signed("DELETE", "/fapi/v1/algoOrder", clientAlgoId="s"))["code"] == -2011
        assert (await trader.signed("GET", "/fapi/v1/algoOrder", clientAlgoId="other"))["code"] == -2013

    at_venue(scene)


def test_a_trailing_stop_says_new_twice_and_fires_behind_its_best_price() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.buy("0.010")
        async with hearing_user(server, trader) as user:
            trailing = {"type": "TRAILING_STOP_MARKET", "callbackRate": "0.2", "activatePrice": "60100"}
            await trader.stop(quantity="0.010", reduceOnly="true", **trailing)
            await server.run(START_MS + 4 * MINUTE_MS)
            states = algos_in(await user.heard(server))
        told = [(state["X"], state["ia"]) for state in states]
        assert told[:2] == [("NEW", False), ("NEW", True)]
        assert [state for state, _ in told[2:]] == ["TRIGGERING", "TRIGGERED", "FINISHED"]
        trade = (await trader.signed("GET", "/fapi/v1/userTrades", symbol=SYMBOL))[-1]
        assert Decimal(trade["price"]) == pytest.approx(
            Decimal(60_200) * Decimal("0.998"), rel=Decimal("0.0005")
        )

    at_venue(scene, venue_of(flat_market(DIP)))


def test_a_stop_limit_becomes_a_limit_order_that_may_rest() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.buy("0.010")
        await trader.stop(
            type="STOP", quantity="0.010", triggerPrice="59950", price="60050", reduceOnly="true"
        )
        await server.run(START_MS + MINUTE_MS)
        resting = await trader.signed("GET", "/fapi/v1/openOrders", symbol=SYMBOL)
        assert [(order["type"], order["origType"], order["price"]) for order in resting] == [
            ("LIMIT", "STOP", "60050.0")
        ]

    at_venue(scene, venue_of(flat_market(FALLING)))


def test_a_stop_that_the_engine_refuses_says_why() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        async with hearing_user(server, trader) as user:
            await trader.stop(quantity="0.300", triggerPrice="59950")
            await server.run(START_MS + MINUTE_MS)
            last = algos_in(await user.heard(server))[-1]
        assert (last["X"], last["rm"]) == ("REJECTED", "Margin is insufficient.")

    at_venue(scene, venue_of(flat_market(FALLING), wallet="10"))
