"""Orders, positions and money over REST, and what the user stream tells of them."""

import json
from decimal import Decimal

import pytest

from adapters.venue.venue_server import VenueServer
from domain.market.timeframe import HOUR_MS, MINUTE_MS
from tests.adapters.venue.house import (
    START_MS,
    SYMBOL,
    Json,
    Trader,
    at_venue,
    flat_market,
    hearing_user,
    listening,
    venue_of,
)

RISING = [60_000.0, 60_100.0, 60_200.0, 60_300.0, 60_400.0]
FALLING = [60_000.0, 59_900.0, 59_800.0, 59_700.0, 59_600.0]


def orders_in(events: list[Json]) -> list[Json]:
    return [event["o"] for event in events if event["e"] == "ORDER_TRADE_UPDATE"]


def test_a_market_order_walks_the_book_and_each_fill_is_told_once() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.signed("POST", "/fapi/v1/leverage", symbol=SYMBOL, leverage=1)
        async with hearing_user(server, trader) as user:
            reply = await trader.buy("50", newClientOrderId="walk", newOrderRespType="RESULT")
            events = await user.heard(server)
        assert (reply["status"], reply["executedQty"]) == ("FILLED", "50.000")
        assert "avgPrice" not in reply
        assert "cumQuote" not in reply
        told = orders_in(events)
        assert [order["x"] for order in told] == ["NEW", *["TRADE"] * (len(told) - 1)]
        fills = told[1:]
        assert len(fills) > 1
        assert [fill["X"] for fill in fills] == ["PARTIALLY_FILLED"] * (len(fills) - 1) + ["FILLED"]
        assert sum(Decimal(fill["l"]) for fill in fills) == Decimal(50)
        prices = [Decimal(fill["L"]) for fill in fills]
        assert prices == sorted(prices)
        lite = [event["t"] for event in events if event["e"] == "TRADE_LITE"]
        assert lite == [fill["t"] for fill in fills]
        wallet = [event["a"]["B"][0]["wb"] for event in events if event["e"] == "ACCOUNT_UPDATE"][-1]
        fees = sum(Decimal(fill["n"]) for fill in fills)
        assert Decimal(wallet) == Decimal(10**8) - fees

    at_venue(scene, venue_of(wallet=str(10**8)))


def test_ack_tells_the_order_as_it_was_taken_and_the_query_how_it_ended() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        reply = await trader.buy("0.010", newClientOrderId="mine")
        assert (reply["status"], reply["executedQty"], reply["cumQty"]) == ("NEW", "0.000", "0.000")
        order = await trader.signed("GET", "/fapi/v1/order", symbol=SYMBOL, origClientOrderId="mine")
        assert (order["status"], order["executedQty"]) == ("FILLED", "0.010")
        assert Decimal(order["avgPrice"]) == Decimal(order["cumQuote"]) / Decimal("0.010")

    at_venue(scene)


def test_a_limit_rests_is_touched_in_part_and_filled_when_traded_through() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        price = "59950.0"
        await trader.order(
            side="BUY",
            type="LIMIT",
            quantity="0.400",
            price=price,
            timeInForce="GTX",
            newClientOrderId="rest",
        )
        async with hearing_user(server, trader) as user:
            await server.run(START_MS + 2 * MINUTE_MS)
            fills = [order for order in orders_in(await user.heard(server)) if order["x"] == "TRADE"]
        assert fills[0]["m"] is True
        assert {fill["L"] for fill in fills} == {price}
        assert fills[-1]["X"] == "FILLED"
        assert fills[-1]["n"] == f"{Decimal(price) * Decimal(fills[-1]['l']) * Decimal('0.0002'):.8f}"

    at_venue(scene, venue_of(flat_market(FALLING)))


@pytest.mark.parametrize(
    ("time_in_force", "quantity", "status", "code"),
    [
        ("IOC", "900", "EXPIRED", None),
        ("IOC", "0.010", "FILLED", None),
        ("FOK", "900", None, -5021),
        ("FOK", "0.010", "FILLED", None),
        ("GTX", "0.010", None, -5022),
        ("GTC", "0.010", "FILLED", None),
    ],
)
def test_times_in_force_do_what_they_say(
    time_in_force: str, quantity: str, status: str | None, code: int | None
) -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        await trader.signed("POST", "/fapi/v1/leverage", symbol=SYMBOL, leverage=1)
        best = await trader.ask("GET", "/fapi/v1/ticker/bookTicker", symbol=SYMBOL)
        reply = await trader.order(
            side="BUY",
            type="LIMIT",
            quantity=quantity,
            price=best["askPrice"],
            timeInForce=time_in_force,
            newOrderRespType="RESULT",
        )
        assert (reply.get("status"), reply.get("code")) == (status, code)

    at_venue(scene, venue_of(wallet="100000000"))


def test_what_the_book_does_not_give_a_market_order_expires_with_reason_nine() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.signed("POST", "/fapi/v1/leverage", symbol=SYMBOL, leverage=1)
        async with hearing_user(server, trader) as user:
            await trader.buy("5000")
            last = orders_in(await user.heard(server))[-1]
        assert (last["x"], last["X"], last["er"]) == ("EXPIRED", "EXPIRED", "9")
        assert Decimal(0) < Decimal(last["z"]) < Decimal(5_000)

    at_venue(scene, venue_of(wallet="10000000000"))


def test_an_order_changes_loses_nothing_but_its_place_and_says_amendment() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        limit = {"side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
        await trader.order(**limit, quantity="0.010", price="58000", newClientOrderId="a")
        change = {"symbol": SYMBOL, "side": "BUY", "origClientOrderId": "a"}
        same = await trader.signed("PUT", "/fapi/v1/order", **change, quantity="0.010", price="58000")
        assert same["code"] == -5027
        async with hearing_user(server, trader) as user:
            reply = await trader.signed(
                "PUT", "/fapi/v1/order", **change, quantity="0.020", price="58001", modifyId=5
            )
            told = orders_in(await user.heard(server))
        assert (reply["price"], reply["origQty"], reply["modifyId"]) == ("58001.0", "0.020", 5)
        assert [(order["x"], order["X"], order["M"]) for order in told] == [("AMENDMENT", "NEW", "5")]
        gone = await trader.signed("DELETE", "/fapi/v1/order", symbol=SYMBOL, origClientOrderId="a")
        assert gone["status"] == "CANCELED"
        again = await trader.signed("DELETE", "/fapi/v1/order", symbol=SYMBOL, origClientOrderId="a")
        assert again == {"code": -2011, "msg": "Unknown order sent."}
        late = await trader.signed("PUT", "/fapi/v1/order", **change, quantity="0.030", price="58001")
        assert late["code"] == -2013

    at_venue(scene)


def test_an_id_is_unique_among_open_orders_only() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        limit = {"side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.010", "price": "58000"}
        assert (await trader.order(**limit, newClientOrderId="a"))["status"] == "NEW"
        twin = await trader.order(**limit, newClientOrderId="a")
        assert twin == {"code": -4116, "msg": "ClientOrderId is duplicated."}
        await trader.signed("DELETE", "/fapi/v1/allOpenOrders", symbol=SYMBOL)
        assert (await trader.order(**limit, newClientOrderId="a"))["status"] == "NEW"

    at_venue(scene)


def test_orders_that_only_reduce_are_cut_and_then_knocked_out() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.buy("0.100")
        far = {"side": "SELL", "type": "LIMIT", "timeInForce": "GTC", "price": "62000", "reduceOnly": "true"}
        await trader.order(**far, quantity="0.300", newClientOrderId="target")
        async with hearing_user(server, trader) as user:
            await trader.sell("0.900", reduceOnly="true", newClientOrderId="exit")
            told = orders_in(await user.heard(server))
        ends = {order["c"]: (order["X"], order["er"]) for order in told}
        assert ends["target"] == ("EXPIRED", "4")
        assert await trader.position() == 0
        assert sum(Decimal(one["l"]) for one in told if one["c"] == "exit") == Decimal("0.100")

    at_venue(scene)


def test_an_order_can_turn_a_position_around_in_one_way_mode() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        await trader.buy("0.010")
        await trader.sell("0.030")
        assert await trader.position() == Decimal("-0.020")
        trades = await trader.signed("GET", "/fapi/v1/userTrades", symbol=SYMBOL)
        income = await trader.signed("GET", "/fapi/v1/income", limit=1000)
        balance = await trader.signed("GET", "/fapi/v3/balance")
        booked = sum(Decimal(row["income"]) for row in income)
        assert Decimal(balance[0]["balance"]) == Decimal(10_000) + booked
        paid = sum(Decimal(trade["realizedPnl"]) - Decimal(trade["commission"]) for trade in trades)
        assert paid == booked

    at_venue(scene)


def test_longs_and_shorts_are_held_apart_in_hedge_mode() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        hedge = {"dualSidePosition": "true"}
        assert (await trader.signed("POST", "/fapi/v1/positionSide/dual", **hedge))["code"] == 200
        assert (await trader.signed("POST", "/fapi/v1/positionSide/dual", **hedge))["code"] == -4059
        assert (await trader.buy("0.010"))["code"] == -4061
        assert (await trader.buy("0.010", positionSide="LONG", reduceOnly="true"))["code"] == -1106
        await trader.buy("0.010", positionSide="LONG")
        await trader.sell("0.020", positionSide="SHORT")
        rows = await trader.signed("GET", "/fapi/v3/positionRisk", symbol=SYMBOL)
        assert {row["positionSide"]: row["positionAmt"] for row in rows} == {
            "LONG": "0.010",
            "SHORT": "-0.020",
        }
        assert (await trader.sell("0.020", positionSide="LONG"))["code"] == -2022
        await trader.sell("0.010", positionSide="LONG")
        back = await trader.signed("POST", "/fapi/v1/positionSide/dual", dualSidePosition="false")
        assert back["code"] == -4068

    at_venue(scene)


def test_settings_are_set_told_and_refused_when_they_are_so_already() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        async with hearing_user(server, trader) as user:
            reply = await trader.signed("POST", "/fapi/v1/leverage", symbol=SYMBOL, leverage=7)
            assert reply["leverage"] == 7
            assert (await user.heard(server))[0]["ac"] == {"s": SYMBOL, "l": 7}
            crossed = await trader.signed("POST", "/fapi/v1/marginType", symbol=SYMBOL, marginType="CROSSED")
            assert crossed["code"] == -4046
            await trader.signed("POST", "/fapi/v1/marginType", symbol=SYMBOL, marginType="ISOLATED")
            assert (await user.heard(server))[0]["a"]["m"] == "MARGIN_TYPE_CHANGE"
        assert (await trader.signed("POST", "/fapi/v1/leverage", symbol=SYMBOL, leverage=126))[
            "code"
        ] == -4028
        config = await trader.signed("GET", "/fapi/v1/symbolConfig", symbol=SYMBOL)
        assert (config[0]["marginType"], config[0]["leverage"]) == ("ISOLATED", 7)
        await trader.buy("0.010")
        row = (await trader.signed("GET", "/fapi/v2/positionRisk", symbol=SYMBOL))[0]
        assert (row["marginType"], row["leverage"]) == ("isolated", "7")
        assert Decimal(row["isolatedWallet"]) == pytest.approx(
            Decimal(row["notional"]) / 7, rel=Decimal("0.001")
        )
        assert (await trader.signed("POST", "/fapi/v1/leverage", symbol=SYMBOL, leverage=3))["code"] == -4161
        assert (await trader.signed("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin="false"))[
            "code"
        ] == -4171

    at_venue(scene)


def test_too_little_margin_is_refused() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        await trader.signed("POST", "/fapi/v1/leverage", symbol=SYMBOL, leverage=1)
        assert (await trader.buy("0.2"))["code"] == -2019

    at_venue(scene)


def test_funding_is_paid_at_its_hour_and_told_without_positions() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.buy("0.001")
        async with hearing_user(server, trader) as user:
            for half_hours in range(1, 17):
                await server.run(START_MS + half_hours * HOUR_MS // 2)
                await trader.ask("PUT", "/fapi/v1/listenKey")
            paid = [one for one in await user.heard(server) if one["e"] == "ACCOUNT_UPDATE"]
        assert [(one["a"]["m"], one["a"]["S"], one["a"]["P"]) for one in paid] == [
            ("FUNDING_FEE", SYMBOL, [])
        ]
        income = await trader.signed("GET", "/fapi/v1/income", incomeType="FUNDING_FEE")
        assert Decimal(income[0]["income"]) == Decimal("-0.006")
        assert income[0]["time"] == START_MS + 8 * HOUR_MS

    at_venue(scene, venue_of(flat_market([60_000.0] * 482, volume=100.0), step_ms=15_000))


def test_a_position_without_margin_is_liquidated_and_the_market_hears_of_it() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.signed("POST", "/fapi/v1/leverage", symbol=SYMBOL, leverage=25)
        await trader.buy("0.040")
        await trader.order(side="BUY", type="LIMIT", quantity="0.001", price="57500", timeInForce="GTC")
        async with (
            hearing_user(server, trader) as user,
            listening(server, "/market/ws/!forceOrder@arr") as market,
        ):
            await server.run(START_MS + 5 * MINUTE_MS)
            events, forced = await user.heard(server), await market.heard(server)
        told = orders_in(events)
        assert any(order["X"] == "EXPIRED" and order["er"] == "5" for order in told)
        closing = [order for order in told if order["c"].startswith("autoclose-")]
        assert [order["x"] for order in closing][:2] == ["NEW", "TRADE"]
        assert forced[0]["o"]["S"] == "SELL"
        assert await trader.position() == 0
        reasons = [event["a"]["m"] for event in events if event["e"] == "ACCOUNT_UPDATE"]
        assert "INSURANCE_CLEAR" in reasons
        kinds = {row["incomeType"] for row in await trader.signed("GET", "/fapi/v1/income")}
        assert kinds >= {"INSURANCE_CLEAR", "REALIZED_PNL", "COMMISSION"}
        listed = await trader.signed("GET", "/fapi/v1/forceOrders", autoCloseType="LIQUIDATION")
        assert len(listed) == 1

    at_venue(
        scene,
        venue_of(flat_market([60_000.0, 59_000.0, 58_000.0, 57_600.0, 57_500.0, 57_400.0]), wallet="120"),
    )


def test_the_liquidation_price_is_that_of_the_rulebook() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        await trader.signed("POST", "/fapi/v1/leverage", symbol=SYMBOL, leverage=10)
        await trader.buy("0.500")
        row = (await trader.signed("GET", "/fapi/v3/positionRisk", symbol=SYMBOL))[0]
        wallet = Decimal((await trader.signed("GET", "/fapi/v3/balance"))[0]["balance"])
        held, entry = Decimal("0.500"), Decimal(row["entryPrice"])
        expected = (wallet - held * entry) / (held * Decimal("0.01") - held)
        assert Decimal(row["liquidationPrice"]) == pytest.approx(expected, rel=Decimal("0.000001"))

    at_venue(scene)


def test_the_dead_mans_switch_takes_orders_but_not_stops() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.buy("0.010")
        await trader.stop(quantity="0.010", triggerPrice="55000", reduceOnly="true")
        await trader.order(side="BUY", type="LIMIT", quantity="0.010", price="58000", timeInForce="GTC")
        armed = await trader.signed("POST", "/fapi/v1/countdownCancelAll", symbol=SYMBOL, countdownTime=5_000)
        assert armed == {"symbol": SYMBOL, "countdownTime": "5000"}
        await server.run(START_MS + 10_000)
        assert len(await trader.signed("GET", "/fapi/v1/openOrders", symbol=SYMBOL)) == 1
        await server.run(START_MS + 12_000)
        assert await trader.signed("GET", "/fapi/v1/openOrders", symbol=SYMBOL) == []
        assert len(await trader.signed("GET", "/fapi/v1/openAlgoOrders", symbol=SYMBOL)) == 1
        assert await trader.position() == Decimal("0.010")

    at_venue(scene)


def test_a_batch_answers_each_order_by_itself() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        limit = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "quantity": "0.01", "timeInForce": "GTC"}
        good = json.dumps(limit | {"price": "58000"})
        bad = json.dumps(
            {"symbol": SYMBOL, "side": "SELL", "type": "MARKET", "quantity": "1", "reduceOnly": True}
        )
        answers = await trader.signed("POST", "/fapi/v1/batchOrders", batchOrders=f"[{good},{bad}]")
        assert answers[0]["status"] == "NEW"
        assert answers[1] == {"code": -2022, "msg": "ReduceOnly Order is rejected."}
        assert (trader.headers["X-MBX-ORDER-COUNT-10S"], trader.headers["X-MBX-ORDER-COUNT-1M"]) == ("5", "1")
        too_many = await trader.signed(
            "POST", "/fapi/v1/batchOrders", batchOrders=f"[{','.join([good] * 6)}]"
        )
        assert too_many["code"] == -4082

    at_venue(scene)


def test_a_meeting_with_our_own_order_ends_it_in_match() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        best = await trader.ask("GET", "/fapi/v1/ticker/bookTicker", symbol=SYMBOL)
        resting = {"type": "LIMIT", "timeInForce": "GTX", "quantity": "0.010"}
        price = str(Decimal(best["askPrice"]) + Decimal("0.2"))
        await trader.order(side="SELL", price=price, newClientOrderId="rests", **resting)
        async with hearing_user(server, trader) as user:
            await trader.order(side="BUY", type="LIMIT", timeInForce="IOC", quantity="0.010", price=price)
            told = orders_in(await user.heard(server))
        ended = next(order for order in told if order["c"] == "rests")
        assert (ended["X"], ended["er"]) == ("EXPIRED_IN_MATCH", "1")

    at_venue(scene)


def test_multi_assets_mode_is_told_by_everything_that_tells_modes() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        for mode in (True, False):
            text = str(mode).lower()
            await trader.signed("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin=text)
            for path in ("/fapi/v1/multiAssetsMargin", "/fapi/v2/account", "/fapi/v1/accountConfig"):
                assert (await trader.signed("GET", path))["multiAssetsMargin"] is mode

    at_venue(scene)
