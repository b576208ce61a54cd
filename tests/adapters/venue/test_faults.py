"""Every fault is a switch, and each is seen to happen."""

import inspect
import random
import sys
from collections import Counter
from decimal import Decimal

import aiohttp
import pytest

from adapters.venue.faults import FAULTS, NOT_IN_SCHEDULES, Faults, FaultSwitch, seeded_schedule
from adapters.venue.venue_server import VenueServer
from domain.market.timeframe import DAY_MS, MINUTE_MS
from tests.adapters.venue.house import (
    START_MS,
    SYMBOL,
    Json,
    Trader,
    at_venue,
    flat_market,
    hearing_user,
    listening,
    switched,
    venue_of,
)

KLINE = "/market/ws/simausdt@kline_1m"
LIMIT = {"side": "BUY", "type": "LIMIT", "quantity": "0.010", "price": "58000", "timeInForce": "GTC"}
FALLING = [60_000.0, 59_900.0, 59_800.0, 59_700.0]


async def closed_klines(server: VenueServer, minutes: float = 2.1) -> list[int]:
    async with listening(server, KLINE) as listener:
        await server.run(START_MS + int(minutes * MINUTE_MS))
        return [frame["E"] for frame in await listener.heard(server) if frame["k"]["x"]]


def named(events: list[Json]) -> list[str]:
    return [event["e"] for event in events]


def test_stream_stays_silent() -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, "/market/ws") as listener:
            answer = await listener.say("SUBSCRIBE", ["simausdt@kline_1m"])
            assert answer == {"result": None, "id": 1}
            await server.run(START_MS + 10_000)
            assert await listener.heard(server) == []
            assert (await listener.say("LIST_SUBSCRIPTIONS"))["result"] == ["simausdt@kline_1m"]

    at_venue(scene, venue_of(faults=switched("stream_stays_silent")))


@pytest.mark.parametrize(("fault", "code"), [("sockets_cut", None), ("sockets_closed", 1001)])
def test_sockets_cut_and_sockets_closed(fault: str, code: int | None) -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, KLINE) as listener:
            server.venue.faults.set(FaultSwitch(fault))
            await server.run(START_MS + 8_000)
            assert await listener.closed_with() == code

    at_venue(scene)


def test_pings_withheld() -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, KLINE):
            await server.run(START_MS + 9 * MINUTE_MS)
            assert all(socket.pinged_ms < START_MS + MINUTE_MS for socket in server.venue.streams.sockets)

    at_venue(scene, venue_of(faults=switched("pings_withheld"), step_ms=5_000))


def test_shutdown_announced_and_unknown_events() -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, "/market/ws") as listener:
            await server.run(START_MS + 8_000)
            frames = await listener.heard(server)
        assert {"event": {"e": "serverShutdown"}} in frames
        assert any(frame.get("e") == "somethingNew" for frame in frames)

    at_venue(scene, venue_of(faults=switched("shutdown_announced", "unknown_events")))


@pytest.mark.parametrize(
    ("fault", "offsets_ms"),
    [("final_kline_lost", []), ("final_kline_twice", [0, 0]), ("final_kline_late", [2_000])],
)
def test_final_kline_lost_twice_and_late(fault: str, offsets_ms: list[int]) -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, KLINE) as listener:
            await server.run(START_MS + MINUTE_MS)
            first = [frame for frame in await listener.heard(server) if frame["k"]["x"]]
            await server.run(START_MS + MINUTE_MS + 1_999)
            assert [frame for frame in await listener.heard(server) if frame["k"]["x"]] == []
            await server.run(START_MS + MINUTE_MS + 2_000)
            second = [frame for frame in await listener.heard(server) if frame["k"]["x"]]
        found = [0 for _ in first] + [2_000 for _ in second]
        assert found == offsets_ms

    at_venue(scene, venue_of(faults=switched(fault)))


def test_sockets_reordered() -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, KLINE) as late, listening(server, KLINE) as prompt:
            server.venue.faults.set(FaultSwitch("sockets_reordered"))
            await server.run(START_MS + 6_250)
            assert await late.heard(server) == []
            assert len(await prompt.heard(server)) == 1
            server.venue.faults.clear("sockets_reordered")
            assert len(await late.heard(server)) == 1

    at_venue(scene)


@pytest.mark.parametrize(
    ("fault", "told"), [("listen_key_expires", ["listenKeyExpired"]), ("listen_key_expires_silently", [])]
)
def test_listen_key_expires_with_and_without_a_word(fault: str, told: list[str]) -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        async with hearing_user(server, trader) as user:
            server.venue.faults.set(FaultSwitch(fault))
            await server.run(START_MS + 8_000)
            await trader.buy("0.010")
            assert named(await user.heard(server)) == told
            assert (await trader.ask("PUT", "/fapi/v1/listenKey"))["code"] == -1125

    at_venue(scene)


def test_listen_key_unknown() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        await trader.ask("POST", "/fapi/v1/listenKey")
        assert (await trader.ask("PUT", "/fapi/v1/listenKey"))["code"] == -1125

    at_venue(scene, venue_of(faults=switched("listen_key_unknown")))


def test_user_path_form_silent_and_user_without_events_silent() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        key = (await trader.ask("POST", "/fapi/v1/listenKey"))["listenKey"]
        async with (
            listening(server, f"/private/ws/{key}") as by_path,
            listening(server, f"/private/ws?listenKey={key}") as bare,
            listening(server, f"/private/ws?listenKey={key}&events=ACCOUNT_UPDATE") as full,
        ):
            await trader.buy("0.010")
            assert await by_path.heard(server) == []
            assert await bare.heard(server) == []
            assert named(await full.heard(server)) == ["ACCOUNT_UPDATE"]

    at_venue(scene, venue_of(faults=switched("user_path_form_silent", "user_without_events_silent")))


def test_events_before_reply() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        async with hearing_user(server, trader) as user:
            await trader.buy("0.010")
            assert "ORDER_TRADE_UPDATE" in named(await user.heard(server))
        assert server.venue.faults.struck["events_before_reply"] > 0

    at_venue(scene, venue_of(faults=switched("events_before_reply")))


def test_account_update_first_and_trade_lite_withheld() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        async with hearing_user(server, trader) as user:
            await trader.buy("0.010")
            names = named(await user.heard(server))
        assert names[0] == "ACCOUNT_UPDATE"
        assert names[1] == "ORDER_TRADE_UPDATE"
        assert "TRADE_LITE" not in names

    at_venue(scene, venue_of(faults=switched("account_update_first", "trade_lite_withheld")))


@pytest.mark.parametrize(
    ("fault", "status", "code", "is_executed"),
    [
        ("unknown_executed", 503, -1000, True),
        ("timeout_executed", 408, -1007, True),
        ("unknown_not_executed", 503, -1000, False),
        ("service_unavailable", 503, -1000, False),
        ("internal_error", 503, -1001, False),
        ("cut_after_execution", 0, 0, True),
        ("cut_before_execution", 0, 0, False),
        ("too_many_requests", 429, -1003, False),
        ("too_many_requests_without_header", 429, -1003, False),
        ("address_banned", 418, -1003, False),
    ],
)
def test_a_request_fails_and_its_order_was_executed_or_not(
    fault: str, status: int, code: int, is_executed: bool
) -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        server.venue.faults.set(FaultSwitch(fault))
        if status:
            answer = await trader.order(**LIMIT, newClientOrderId="a")
            assert (trader.status, answer["code"]) == (status, code)
            has_header = "Retry-After" in trader.headers
            assert has_header is (fault in {"too_many_requests", "address_banned"})
            is_unknown = answer["msg"] == "Unknown error, please check your request or try again later."
            assert is_unknown is fault.startswith("unknown")
        else:
            with pytest.raises(aiohttp.ServerDisconnectedError):
                await trader.order(**LIMIT, newClientOrderId="a")
        server.venue.faults.clear()
        server.venue.limits.banned_until_ms = 0
        found = await trader.signed("GET", "/fapi/v1/order", symbol=SYMBOL, origClientOrderId="a")
        assert ("orderId" in found) is is_executed

    at_venue(scene)


def test_openings_throttled_leaves_exits_alone() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.buy("0.010")
        server.venue.faults.set(FaultSwitch("openings_throttled"))
        refused = await trader.buy("0.010")
        assert (trader.status, refused["code"]) == (503, -1008)
        stop = await trader.stop(triggerPrice="55000", closePosition="true")
        assert stop["algoStatus"] == "NEW"
        assert (await trader.sell("0.010", reduceOnly="true"))["status"] == "NEW"

    at_venue(scene)


def test_replies_with_average_price() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        reply = await trader.buy("0.010")
        assert {"avgPrice", "cumQuote"} <= set(reply)

    at_venue(scene, venue_of(faults=switched("replies_with_average_price")))


@pytest.mark.parametrize(
    ("fault", "states"),
    [
        ("stop_stuck", ["NEW", "TRIGGERING"]),
        ("stop_rejected", ["NEW", "TRIGGERING", "REJECTED"]),
        ("stop_cancelled_after_trigger", ["NEW", "TRIGGERING", "TRIGGERED", "FINISHED"]),
    ],
)
def test_stop_stuck_stop_rejected_and_stop_cancelled_after_trigger(fault: str, states: list[str]) -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.buy("0.010")
        async with hearing_user(server, trader) as user:
            await trader.stop(quantity="0.010", triggerPrice="59950", reduceOnly="true", clientAlgoId="s")
            await server.run(START_MS + MINUTE_MS)
            told = [one["o"] for one in await user.heard(server) if one["e"] == "ALGO_UPDATE"]
        assert [one["X"] for one in told] == states
        assert await trader.position() == Decimal("0.010")
        assert Decimal(told[-1]["aq"]) == 0
        assert bool(told[-1]["rm"]) is (fault == "stop_rejected")
        assert (await trader.signed("DELETE", "/fapi/v1/algoOrder", clientAlgoId="s"))["code"] == -2011

    at_venue(scene, venue_of(flat_market(FALLING), faults=switched(fault)))


def test_stop_refused_after_fill() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.buy("0.010")
        closing = {"triggerPrice": "55000", "closePosition": "true"}
        assert (await trader.stop(**closing))["code"] == -4509
        await server.run(server.venue.now_ms() + 1_000)
        assert (await trader.stop(**closing))["algoStatus"] == "NEW"

    at_venue(scene, venue_of(faults=switched("stop_refused_after_fill")))


def test_stop_invisible_and_order_invisible() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.stop(quantity="0.010", triggerPrice="55000", clientAlgoId="s")
        await trader.order(**LIMIT, newClientOrderId="a")
        ask_stop = {"clientAlgoId": "s"}
        ask_order = {"symbol": SYMBOL, "origClientOrderId": "a"}
        assert (await trader.signed("GET", "/fapi/v1/algoOrder", **ask_stop))["code"] == -2013
        assert await trader.signed("GET", "/fapi/v1/openAlgoOrders") == []
        assert (await trader.signed("GET", "/fapi/v1/order", **ask_order))["code"] == -2013
        await server.run(server.venue.now_ms() + 3_000)
        assert (await trader.signed("GET", "/fapi/v1/algoOrder", **ask_stop))["algoStatus"] == "NEW"
        assert (await trader.signed("GET", "/fapi/v1/order", **ask_order))["status"] == "NEW"

    at_venue(scene, venue_of(faults=switched("stop_invisible", "order_invisible")))


def test_stop_cancelled_by_venue() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.stop(quantity="0.010", triggerPrice="55000", clientAlgoId="s")
        await server.run(server.venue.now_ms() + 54_000)
        row = await trader.signed("GET", "/fapi/v1/algoOrder", clientAlgoId="s")
        assert row["algoStatus"] == "CANCELED"

    at_venue(scene, venue_of(faults=switched("stop_cancelled_by_venue")))


@pytest.mark.parametrize("is_on", [True, False])
def test_stop_name_not_kept(is_on: bool) -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.buy("0.010")
        await trader.stop(quantity="0.010", triggerPrice="59950", reduceOnly="true", clientAlgoId="mine")
        await server.run(START_MS + MINUTE_MS)
        last = (await trader.signed("GET", "/fapi/v1/allOrders", symbol=SYMBOL))[-1]
        assert (last["clientOrderId"] == "mine") is not is_on

    faults = switched("stop_name_not_kept") if is_on else None
    at_venue(scene, venue_of(flat_market(FALLING), faults=faults))


@pytest.mark.parametrize("is_on", [True, False])
def test_reduce_only_stop_refused_when_flat(is_on: bool) -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        answer = await trader.stop(quantity="0.010", triggerPrice="55000", reduceOnly="true")
        assert (answer.get("code") == -2022) is is_on

    at_venue(scene, venue_of(faults=switched("reduce_only_stop_refused_when_flat") if is_on else None))


def test_post_only_expires_and_fill_or_kill_expires() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        await trader.signed("POST", "/fapi/v1/leverage", symbol=SYMBOL, leverage=1)
        best = await trader.ask("GET", "/fapi/v1/ticker/bookTicker", symbol=SYMBOL)
        order = {"side": "BUY", "type": "LIMIT", "price": best["askPrice"], "newOrderRespType": "RESULT"}
        for time_in_force, quantity in (("GTX", "0.010"), ("FOK", "900")):
            reply = await trader.order(**order, timeInForce=time_in_force, quantity=quantity)
            assert (reply["status"], reply["executedQty"]) == ("EXPIRED", "0.000")

    faults = switched("post_only_expires", "fill_or_kill_expires")
    at_venue(scene, venue_of(faults=faults, wallet=str(10**8)))


def test_book_thin_leaves_a_market_order_unfinished() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        await trader.signed("POST", "/fapi/v1/leverage", symbol=SYMBOL, leverage=1)
        reply = await trader.buy("1.5", newOrderRespType="RESULT")
        assert reply["status"] == "EXPIRED"
        assert Decimal(0) < Decimal(reply["executedQty"]) < Decimal("1.5")

    at_venue(scene, venue_of(faults=switched("book_thin"), wallet=str(10**6)))


def test_order_cancelled_by_venue_after_a_partial_fill_too() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.order(**LIMIT, newClientOrderId="a")
        server.venue.faults.set(FaultSwitch("order_cancelled_by_venue"))
        await server.run(server.venue.now_ms() + 1_000)
        row = await trader.signed("GET", "/fapi/v1/order", symbol=SYMBOL, origClientOrderId="a")
        assert row["status"] == "CANCELED"

    at_venue(scene)


def test_countdown_cancels_stops() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.stop(quantity="0.010", triggerPrice="55000")
        await trader.signed("POST", "/fapi/v1/countdownCancelAll", symbol=SYMBOL, countdownTime=1_000)
        await server.run(server.venue.now_ms() + 2_000)
        assert await trader.signed("GET", "/fapi/v1/openAlgoOrders") == []

    at_venue(scene, venue_of(faults=switched("countdown_cancels_stops")))


@pytest.mark.parametrize("armed_ms", [0, 600_000])
def test_withdrawn_by_countdown_takes_what_is_armed(armed_ms: int) -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.order(**LIMIT, newClientOrderId="a")
        await trader.signed("POST", "/fapi/v1/countdownCancelAll", symbol=SYMBOL, countdownTime=armed_ms)
        server.venue.faults.set(FaultSwitch("withdrawn_by_countdown"))
        await server.run(server.venue.now_ms() + 1_000)
        row = await trader.signed("GET", "/fapi/v1/order", symbol=SYMBOL, origClientOrderId="a")
        assert row["status"] == ("CANCELED" if armed_ms else "NEW")

    at_venue(scene)


@pytest.mark.parametrize(
    ("fault", "name"), [("foreign_liquidation", "autoclose-"), ("foreign_deleveraging", "adl_autoclose")]
)
def test_foreign_liquidation_and_foreign_deleveraging(fault: str, name: str) -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.buy("0.010")
        async with hearing_user(server, trader) as user:
            server.venue.faults.set(FaultSwitch(fault))
            await server.run(server.venue.now_ms() + 1_000)
            told = [one["o"] for one in await user.heard(server) if one["e"] == "ORDER_TRADE_UPDATE"]
        assert all(order["c"].startswith(name) for order in told)
        assert told[-1]["X"] == "FILLED"
        assert await trader.position() == 0

    at_venue(scene)


def test_leverage_changed_and_position_mode_changed() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        async with hearing_user(server, trader) as user:
            server.venue.faults.set(FaultSwitch("leverage_changed"))
            server.venue.faults.set(FaultSwitch("position_mode_changed"))
            await server.run(server.venue.now_ms() + 1_000)
            events = await user.heard(server)
        assert {"s": SYMBOL, "l": 1} in [event.get("ac") for event in events]
        mode = await trader.signed("GET", "/fapi/v1/positionSide/dual")
        assert mode == {"dualSidePosition": True}

    at_venue(scene)


@pytest.mark.parametrize(("fault", "shift_ms"), [("clock_ahead", 5_000), ("clock_behind", -10_000)])
def test_clock_ahead_and_clock_behind(fault: str, shift_ms: int) -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        told = await trader.ask("GET", "/fapi/v1/time")
        assert told["serverTime"] == server.venue.now_ms() + shift_ms
        late = await trader.signed("GET", "/fapi/v3/balance", recvWindow=2_000)
        assert late["code"] == -1021
        right = await trader.signed("GET", "/fapi/v3/balance", timestamp=told["serverTime"])
        assert right[0]["asset"] == "USDT"

    at_venue(scene, venue_of(faults=switched(fault)))


def test_engine_window_missed() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        assert (await trader.buy("0.010"))["code"] == -5028

    at_venue(scene, venue_of(faults=switched("engine_window_missed")))


def test_contract_grid_changes_contract_settling_and_unknown_filter() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        async with listening(server, "/market/ws/!contractInfo") as listener:
            for name in ("contract_grid_changes", "contract_settling", "unknown_filter"):
                server.venue.faults.set(FaultSwitch(name))
            await server.run(server.venue.now_ms() + 1_000)
            told = await listener.heard(server)
        assert [one["cs"] for one in told] == ["TRADING", "SETTLING"]
        info = (await trader.ask("GET", "/fapi/v1/exchangeInfo"))["symbols"][0]
        filters = {one["filterType"]: one for one in info["filters"]}
        assert info["status"] == "SETTLING"
        assert Decimal(filters["PRICE_FILTER"]["tickSize"]) == 1
        assert Decimal(filters["MIN_NOTIONAL"]["notional"]) == 50
        assert "MOON_PHASE" in filters
        assert (await trader.buy("0.010"))["code"] == -4140

    at_venue(scene)


def test_brackets_change() -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, "/market/ws/!contractInfo") as listener:
            await server.run(server.venue.now_ms() + 1_000)
            told = await listener.heard(server)
        assert told[0]["bks"][0]["ma"] == 25

    at_venue(scene, venue_of(faults=switched("brackets_change")))


def test_coin_margined_rows() -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, "/market/ws/!markPrice@arr@1s/!miniTicker@arr") as listener:
            await server.run(server.venue.now_ms() + 2_000)
            rows = [row for frame in await listener.heard(server) for row in frame]
        assert {row["st"] for row in rows} == {1, 2}

    at_venue(scene, venue_of(faults=switched("coin_margined_rows")))


def test_unknown_keys() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        async with hearing_user(server, trader) as user:
            await trader.buy("0.010")
            assert all("zz" in event for event in await user.heard(server))

    at_venue(scene, venue_of(faults=switched("unknown_keys")))


def test_every_fault_has_a_test_that_names_it() -> None:
    source = inspect.getsource(sys.modules[__name__])
    loose = source.replace("_and_", " ")
    assert [name for name in FAULTS if name not in loose] == []


def test_an_unknown_fault_or_a_chance_beyond_one_is_refused() -> None:
    with pytest.raises(ValueError, match="no fault earthquake"):
        FaultSwitch("earthquake")
    with pytest.raises(ValueError, match="not within 0 and 1"):
        FaultSwitch("sockets_cut", 1.5)


def test_a_switch_holds_in_its_window_only_and_strikes_by_chance() -> None:
    faults = Faults([FaultSwitch("sockets_cut", 0.25, 100, 200)], random.Random(3))
    assert not faults.strikes("sockets_cut", 99)
    assert not faults.strikes("sockets_cut", 200)
    struck = sum(faults.strikes("sockets_cut", 150) for _ in range(1_000))
    assert 200 < struck < 300
    assert faults.struck == Counter(sockets_cut=struck)
    assert faults.is_on("sockets_cut", 150)
    faults.clear()
    assert not faults.is_on("sockets_cut", 150)


def test_a_seeded_schedule_repeats_itself_and_leaves_no_fault_out() -> None:
    schedule = seeded_schedule(5, START_MS, DAY_MS)
    assert schedule == seeded_schedule(5, START_MS, DAY_MS)
    assert schedule != seeded_schedule(6, START_MS, DAY_MS)
    assert {switch.name for switch in schedule} == FAULTS.keys() - NOT_IN_SCHEDULES
    assert all(START_MS <= switch.from_ms < START_MS + DAY_MS for switch in schedule)
