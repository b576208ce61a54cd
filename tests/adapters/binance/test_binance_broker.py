"""The broker at the simulated venue: every order is answered, whatever goes wrong."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from adapters.binance.binance_broker import AccountRefused, BinanceBroker, BrokerEvent, BrokerRules
from adapters.binance.binance_client import BinanceClient
from adapters.binance.surroundings import Surroundings
from adapters.binance.wire.order_requests import TriggeredBy, is_resident, place, place_resident
from adapters.binance.wire.outcome import Done
from adapters.venue.order_reading import read_order
from adapters.venue.parameters import Parameters
from adapters.venue.venue import Venue
from application.ports.tape_source import TapeSource
from domain.connection_events import AccountCompared, AccountUnsure
from domain.orders.order import ApprovedOrder, Order
from domain.orders.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)
from domain.tape import Event, SessionOpened
from tests.adapters.binance.trading_room import (
    PRICE,
    LoopClock,
    TradingRoom,
    compared,
    entry,
    market_exit,
    play,
    quick_rules,
    stop,
    target,
)
from tests.adapters.venue.house import SYMBOL

EXECUTED = ["unknown_executed", "timeout_executed", "cut_after_execution"]
NOT_EXECUTED = ["unknown_not_executed", "cut_before_execution", "internal_error"]


async def with_position(room: TradingRoom) -> None:
    await room.send(entry(None))
    await room.until_told(OrderFilled, entry(None))


def test_a_session_opens_on_a_clean_account_with_the_wallet_the_venue_tells() -> None:
    async def scene(room: TradingRoom) -> None:
        (opened,) = room.of(SessionOpened)
        assert opened.wallet == Decimal(10_000)
        assert room.told.index(opened) < room.told.index(room.of(AccountCompared)[0])
        assert not room.venue.calls["POST /fapi/v1/order"]

    play(scene)


def test_an_account_with_a_position_is_refused_before_anything_is_sent() -> None:
    def prepare(venue: Venue) -> None:
        hold_something(venue)

    with pytest.raises(AccountRefused, match="SIMAUSDT; close them first"):
        play(lambda _: asyncio.sleep(0), prepare=prepare)


def test_a_trade_from_entry_to_exit_is_told_step_by_step() -> None:
    async def scene(room: TradingRoom) -> None:
        enter, protect, aim, leave = entry(None), stop(), target(), market_exit()
        await room.send(enter)
        assert room.broker.symbols_at_stake() == {SYMBOL}
        filled = await room.until_told(OrderFilled, enter)
        assert filled.fill.is_last
        assert room.venue.exchange.leverage(enter.symbol) == enter.leverage
        await room.send(protect, aim)
        await room.until_told(OrderAccepted, aim)
        await room.send(leave)
        await room.until_told(OrderFilled, leave)
        await room.cancel(protect)
        await room.cancel(aim)
        await room.until_told(OrderCancelled, protect)
        await room.until_told(OrderCancelled, aim)
        told = await compared(room)
        assert told.positions == ()
        assert told.open_orders == ()
        assert room.broker.symbols_at_stake() == frozenset()
        assert room.position() == 0
        assert room.story(enter) == ["Accepted", "Filled"]
        assert room.story(leave) == ["Accepted", "Filled"]
        assert room.story(protect) == ["Accepted", "Cancelled"]

    play(scene)


@pytest.mark.parametrize("fault", EXECUTED)
def test_an_entry_that_was_taken_without_a_word_is_found(fault: str) -> None:
    async def scene(room: TradingRoom) -> None:
        await ready_to_enter(room)
        placed = room.placed()
        room.fault(fault, for_ms=400)
        await room.send(entry())
        await room.until_told(OrderAccepted, entry())
        assert room.placed() == placed + 1
        assert room.open_orders() == [entry().order_id]

    play(scene)


@pytest.mark.parametrize("fault", EXECUTED)
def test_an_entry_without_an_answer_and_without_a_stream_is_asked_for(fault: str) -> None:
    async def scene(room: TradingRoom) -> None:
        await ready_to_enter(room)
        placed = room.placed()
        go_deaf(room)
        room.fault(fault, for_ms=1_000)
        await room.send(entry())
        await room.until_told(OrderAccepted, entry())
        assert room.placed() == placed + 1
        assert room.calls("GET /fapi/v1/order") >= 1
        assert room.open_orders() == [entry().order_id]

    play(scene)


@pytest.mark.parametrize("fault", NOT_EXECUTED)
def test_an_entry_that_was_never_taken_is_let_go_and_never_sent_again(fault: str) -> None:
    async def scene(room: TradingRoom) -> None:
        await ready_to_enter(room)
        placed = room.placed()
        room.fault(fault, for_ms=1_500)
        await room.send(entry())
        rejected = await room.until_told(OrderRejected, entry())
        assert "no trace" in rejected.reason
        assert not rejected.may_retry
        assert room.placed() == placed + 1
        assert room.open_orders() == []
        assert (await compared(room)).open_orders == ()

    play(scene)


@pytest.mark.parametrize("fault", EXECUTED)
def test_a_market_entry_without_an_answer_or_a_stream_tells_its_fill_once(fault: str) -> None:
    async def scene(room: TradingRoom) -> None:
        await ready_to_enter(room)
        placed = room.placed()
        go_deaf(room)
        room.fault(fault, for_ms=1_000)
        await room.send(entry(None))
        filled = await room.until_told(OrderFilled, entry(None))
        assert filled.fill.is_last
        assert filled.fill.fee > 0
        told = await compared(room)
        assert [held.signed_quantity for held in told.positions] == [room.position()]
        assert room.placed() == placed + 1

    play(scene)


@pytest.mark.parametrize("fault", EXECUTED + NOT_EXECUTED)
def test_a_stop_of_unknown_outcome_stands_within_three_seconds(fault: str) -> None:
    async def scene(room: TradingRoom) -> None:
        await with_position(room)
        room.fault(fault, for_ms=1_000)
        sent_ms = room.venue.now_ms()
        await room.send(stop())
        accepted = await room.until_told(OrderAccepted, stop())
        assert accepted.at_ms - sent_ms <= 3_000
        assert room.open_stops() == [stop().order_id]
        assert room.story(stop()) == ["Accepted"]

    play(scene)


@pytest.mark.parametrize("fault", EXECUTED + NOT_EXECUTED)
def test_a_half_exit_of_unknown_outcome_closes_half_and_no_more(fault: str) -> None:
    async def scene(room: TradingRoom) -> None:
        await with_position(room)
        half = market_exit(quantity="0.005")
        room.fault(fault, "order_invisible", for_ms=900)
        await room.send(half)
        filled = await room.until_told(OrderFilled, half)
        assert filled.fill.is_last
        await compared(room)
        assert room.position() == Decimal("0.005")
        assert len(room.of(OrderFilled, half)) == 1

    play(scene)


def test_an_exit_that_hangs_never_turns_the_position() -> None:
    async def scene(room: TradingRoom) -> None:
        await with_position(room)
        room.venue.listen_key.close()
        room.fault("cut_after_execution", "order_invisible", for_ms=900)
        await room.send(market_exit())
        await room.until_told(OrderFilled, market_exit())
        assert (await compared(room)).positions == ()
        assert room.position() == 0

    play(scene)


def test_events_before_the_reply_are_not_told_twice() -> None:
    async def scene(room: TradingRoom) -> None:
        room.fault("events_before_reply", "account_update_first")
        await with_position(room)
        await room.send(stop())
        await room.until_told(OrderAccepted, stop())
        await compared(room)
        assert room.story(entry(None)) == ["Accepted", "Filled"]
        assert room.story(stop()) == ["Accepted"]

    play(scene)


def test_openings_throttled_are_refused_in_the_end_and_exits_go_through() -> None:
    async def scene(room: TradingRoom) -> None:
        await with_position(room)
        room.fault("openings_throttled")
        other = entry("59800.0", setup=f"{SYMBOL}.L.lq3w5c01")
        await room.send(other, market_exit())
        await room.until_told(OrderFilled, market_exit())
        rejected = await room.until_told(OrderRejected, other)
        assert rejected.may_retry
        assert rejected.reason.startswith("-1008")

    play(scene)


def test_in_silence_everything_waits_and_then_exits_go_before_entries() -> None:
    async def scene(room: TradingRoom) -> None:
        await with_position(room)
        await silence(room)
        seen = room.requests()
        fresh = entry("59800.0", setup=f"{SYMBOL}.L.lq3w5c01")
        await room.send(fresh, target(), stop(), market_exit(quantity="0.005"))
        await asyncio.sleep(3)
        assert room.requests() == seen
        await room.until_told(OrderAccepted, fresh)
        first = len(room.of(OrderAccepted, entry(None)))
        order = [event.order_id for event in room.of(OrderAccepted)[first:]]
        assert set(order[:2]) == {stop().order_id, market_exit().order_id}
        assert order[2:] == [target().order_id, fresh.order_id]

    play(scene, rules=one_at_a_time())


def test_an_entry_that_waits_too_long_in_silence_is_dropped_and_never_sent() -> None:
    async def scene(room: TradingRoom) -> None:
        await with_position(room)
        placed = room.placed()
        room.fault("address_banned", for_ms=200)
        await room.broker.cancel(SYMBOL, f"{SYMBOL}.L.lq3w5c09-e")
        await asyncio.sleep(1)
        fresh = entry("59800.0", setup=f"{SYMBOL}.L.lq3w5c01")
        await room.send(fresh)
        rejected = await room.until_told(OrderRejected, fresh, most_s=6)
        assert rejected.may_retry
        await asyncio.sleep(150)
        assert room.placed() == placed

    play(scene)


def test_an_address_that_is_banned_keeps_quiet_until_the_ban_is_over() -> None:
    async def scene(room: TradingRoom) -> None:
        await with_position(room)
        room.fault("address_banned", for_ms=200)
        await room.send(stop())
        await asyncio.sleep(5)
        seen = room.requests()
        await room.send(entry("59800.0", setup=f"{SYMBOL}.L.lq3w5c01"))
        await asyncio.sleep(100)
        assert room.requests() == seen
        await room.until_told(OrderAccepted, stop(), most_s=60)
        assert room.open_stops() == [stop().order_id]

    play(scene)


def test_a_clock_that_is_wrong_is_set_and_the_order_goes_through() -> None:
    async def scene(room: TradingRoom) -> None:
        await room.send(entry())
        await room.until_told(OrderAccepted, entry())

    play(scene, clock_ahead_ms=20_000)


def test_a_stop_behind_the_market_is_rejected_at_once() -> None:
    async def scene(room: TradingRoom) -> None:
        await with_position(room)
        await room.send(stop("60500.0"))
        rejected = await room.until_told(OrderRejected, stop())
        assert rejected.reason.startswith("-2021")
        assert not rejected.may_retry

    play(scene)


@pytest.mark.parametrize("fault", ["", "post_only_expires"])
def test_a_post_only_entry_that_would_take_is_over_and_may_be_tried_again(fault: str) -> None:
    async def scene(room: TradingRoom) -> None:
        if fault:
            room.fault(fault)
        await room.send(entry("60500.0"))
        await room.until(lambda: not room.books[entry().order_id].is_live)
        assert room.story(entry())[-1] in {"Rejected", "Expired"}
        assert room.open_orders() == []

    play(scene)


def test_an_exit_without_a_position_is_rejected_and_the_account_compared() -> None:
    async def scene(room: TradingRoom) -> None:
        await room.send(market_exit())
        rejected = await room.until_told(OrderRejected, market_exit())
        assert rejected.reason.startswith("-2022")
        await room.until_told(AccountUnsure)
        assert (await compared(room)).positions == ()

    play(scene)


def test_a_cancel_before_the_order_was_sent_needs_no_venue() -> None:
    async def scene(room: TradingRoom) -> None:
        await room.send(entry())
        await room.cancel(entry())
        await room.until_told(OrderCancelled, entry())
        assert room.placed() == 0

    play(scene)


def test_a_cancel_while_the_order_is_on_its_way_waits_for_its_answer() -> None:
    async def scene(room: TradingRoom) -> None:
        await ready_to_enter(room)
        await room.send(entry())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await room.cancel(entry())
        await room.until_told(OrderCancelled, entry())
        assert room.open_orders() == []

    play(scene)


def test_a_cancel_that_comes_too_late_leads_to_the_fill() -> None:
    async def scene(room: TradingRoom) -> None:
        room.fault("trade_lite_withheld")
        await room.send(entry("59990.0"))
        await room.until_told(OrderAccepted, entry())
        await asyncio.sleep(100)
        await room.cancel(entry())
        await room.until_told(OrderFilled, entry(), most_s=5)

    play(scene, [PRICE, PRICE, 59_900.0, *(59_900.0 for _ in range(20))])


@pytest.mark.parametrize("fault", ["", "stop_name_not_kept", "events_before_reply"])
def test_the_fill_of_a_stop_that_was_triggered_is_the_stops(fault: str) -> None:
    async def scene(room: TradingRoom) -> None:
        if fault:
            room.fault(fault)
        await with_position(room)
        await room.send(stop("59950.0"))
        filled = await room.until_told(OrderFilled, stop(), most_s=200)
        assert filled.fill.is_last
        assert (await compared(room)).positions == ()

    play(scene, FALLING)


@pytest.mark.parametrize("fault", ["", "stop_name_not_kept"])
def test_a_stop_that_fired_unheard_is_found_by_comparison(fault: str) -> None:
    async def scene(room: TradingRoom) -> None:
        if fault:
            room.fault(fault)
        await with_position(room)
        await room.send(stop("59950.0"))
        await room.until_told(OrderAccepted, stop())
        go_deaf(room)
        filled = await room.until_told(OrderFilled, stop(), most_s=250)
        assert filled.fill.is_last
        assert (await compared(room)).positions == ()

    play(scene, FALLING)


def test_a_stop_that_hangs_while_triggering_is_told_as_gone() -> None:
    async def scene(room: TradingRoom) -> None:
        room.fault("stop_stuck")
        await with_position(room)
        await room.send(stop("59950.0"))
        expired = await room.until_told(OrderExpired, stop(), most_s=200)
        assert "nothing came of it" in expired.reason
        await room.send(market_exit())
        await room.until_told(OrderFilled, market_exit())
        assert room.position() == 0

    play(scene, FALLING)


def test_a_stop_the_engine_refuses_is_told_as_gone() -> None:
    async def scene(room: TradingRoom) -> None:
        room.fault("stop_rejected")
        await with_position(room)
        await room.send(stop("59950.0"))
        await room.until_told(OrderExpired, stop(), most_s=200)

    play(scene, FALLING)


def test_a_stop_that_vanished_unheard_is_placed_again_under_its_own_id() -> None:
    async def scene(room: TradingRoom) -> None:
        await with_position(room)
        await room.send(stop())
        await room.until_told(OrderAccepted, stop())
        go_deaf(room)
        room.venue.exchange.cancel_stop(0, stop().order_id)
        await room.until(lambda: room.books[stop().order_id].state.name == "DEAD", most_s=90)
        assert room.story(stop()) == ["Accepted", "Cancelled"]

    play(scene)


@pytest.mark.parametrize("is_stop", [True, False])
def test_an_order_of_ours_that_nobody_knows_is_swept(is_stop: bool) -> None:
    async def scene(room: TradingRoom) -> None:
        await with_position(room)
        orphan = stop(number=77) if is_stop else entry("59000.0", setup=f"{SYMBOL}.L.lq3w5c77")
        await place_behind_its_back(room, orphan)
        assert orphan.order_id in room.open_stops() + room.open_orders()
        await compared(room)
        await compared(room)
        assert room.open_stops() + room.open_orders() == []

    play(scene)


def test_a_strangers_order_is_left_and_told() -> None:
    async def scene(room: TradingRoom) -> None:
        await place_behind_its_back(room, entry("59000.0", setup="stranger"))
        told = await compared(room)
        assert told.strangers_orders == 1
        assert room.open_orders() == ["stranger-e"]

    play(scene)


def test_a_position_that_nobody_here_took_is_told_as_the_venue_has_it() -> None:
    async def scene(room: TradingRoom) -> None:
        go_deaf(room)
        hold_something(room.venue)
        await room.until(lambda: any(told.positions for told in room.of(AccountCompared)), most_s=90)
        assert room.of(AccountUnsure)
        assert room.of(OrderFilled) == []

    play(scene)


@pytest.mark.parametrize("fault", ["foreign_liquidation", "foreign_deleveraging"])
@pytest.mark.parametrize("is_heard", [True, False])
def test_a_forced_close_is_told_under_the_venues_name(fault: str, is_heard: bool) -> None:
    async def scene(room: TradingRoom) -> None:
        await with_position(room)
        if not is_heard:
            go_deaf(room)
        room.fault(fault, for_ms=1_100)
        await room.until(lambda: len(room.of(OrderFilled)) == 2, most_s=90)
        forced = room.of(OrderFilled)[1].fill
        assert forced.order_id.startswith(("autoclose-", "adl_autoclose"))
        assert (await compared(room)).positions == ()

    play(scene)


def test_the_switch_is_armed_while_an_entry_rests_and_called_off_after() -> None:
    async def scene(room: TradingRoom) -> None:
        await room.send(entry())
        await room.until_told(OrderAccepted, entry())
        await asyncio.sleep(95)
        assert room.calls("/countdownCancelAll") == 4
        await room.cancel(entry())
        await room.until_told(OrderCancelled, entry())
        await asyncio.sleep(1)
        assert room.calls("/countdownCancelAll") == 5
        await asyncio.sleep(130)
        assert room.calls("/countdownCancelAll") == 5

    play(scene)


def test_a_market_entry_needs_no_switch() -> None:
    async def scene(room: TradingRoom) -> None:
        await with_position(room)
        await asyncio.sleep(1)
        assert room.calls("/countdownCancelAll") == 0

    play(scene)


def test_settings_are_made_once_and_leverage_when_it_differs() -> None:
    async def scene(room: TradingRoom) -> None:
        await with_position(room)
        await room.send(market_exit())
        await room.until_told(OrderFilled, market_exit())
        again = entry(None, setup=f"{SYMBOL}.L.lq3w5c01")
        await room.send(again)
        await room.until_told(OrderFilled, again)
        assert room.calls("POST /fapi/v1/leverage") == 1
        assert room.calls("POST /fapi/v1/marginType") == 1
        other = entry(None, setup=f"{SYMBOL}.L.lq3w5c02", leverage=5)
        await room.send(other)
        await room.until_told(OrderFilled, other)
        assert room.venue.exchange.leverage(SYMBOL) == 5
        assert room.calls("POST /fapi/v1/marginType") == 1

    play(scene)


def test_after_the_stream_was_cut_the_account_is_doubted_and_compared() -> None:
    async def scene(room: TradingRoom) -> None:
        await with_position(room)
        room.fault("sockets_cut", for_ms=1_100)
        await room.until_told(AccountUnsure)
        told = await compared(room)
        assert [held.symbol for held in told.positions] == [SYMBOL]

    play(scene)


class EndedStream:
    """A stream that has nothing to tell."""

    def expect_news(self, sent: int) -> None:
        raise AssertionError(f"nothing was sent at {sent}")

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:  # noqa: ANN401 - it never gives anything
        raise StopAsyncIteration


def test_when_the_stream_ends_the_broker_does_and_nobody_waits_for_it() -> None:
    async def main() -> list[BrokerEvent]:
        client = BinanceClient("http://127.0.0.1:1", None, LoopClock(), monotonic_s=time.monotonic)
        async with client, BinanceBroker(client, EndedStream(), BrokerRules(), Surroundings()) as broker:
            await broker.submit(ApprovedOrder(entry()))
            await broker.run()
            assert broker.unanswered == (entry().order_id,)
            return [event async for event in broker]

    assert asyncio.run(main()) == []


def test_the_tape_is_woken_by_news_and_takes_them_in_their_order() -> None:
    async def main() -> None:
        client = BinanceClient("http://127.0.0.1:1", None, LoopClock(), monotonic_s=time.monotonic)
        broker = BinanceBroker(client, EndedStream(), BrokerRules(), Surroundings())
        source: TapeSource[Event] = broker
        early, late = asyncio.Event(), asyncio.Event()
        source.wake(early)
        assert source.take_now() is None
        orders = [entry(setup=f"{SYMBOL}.L.{name}") for name in "ab"]
        for order in orders:
            await broker.submit(ApprovedOrder(order))
            await broker.cancel(order.symbol, order.order_id)
        assert early.is_set()
        source.wake(late)
        assert late.is_set()
        told = [source.take_now() for _ in range(3)]
        assert [getattr(event, "order_id", None) for event in told] == [
            orders[0].order_id,
            orders[1].order_id,
            None,
        ]

    asyncio.run(main())


FALLING = [PRICE, PRICE, 59_900.0, *(59_900.0 for _ in range(20))]


def one_at_a_time() -> BrokerRules:
    return replace(quick_rules(), most_requests=1, most_other_requests=1)


async def silence(room: TradingRoom) -> None:
    """Let the venue answer 429 once: five seconds of silence."""
    room.fault("too_many_requests", for_ms=300)
    await room.broker.cancel(SYMBOL, f"{SYMBOL}.L.lq3w5c09-e")
    await asyncio.sleep(0.5)


async def ready_to_enter(room: TradingRoom) -> None:
    """Let every setting be made, so that the next entry is one request."""
    first = entry("59000.0", setup=f"{SYMBOL}.L.lq3w5bzz")
    await room.send(first)
    await room.until_told(OrderAccepted, first)
    await room.cancel(first)
    await room.until_told(OrderCancelled, first)


def go_deaf(room: TradingRoom) -> None:
    """The stream stays connected, and says nothing more."""
    room.venue.listen_key.close()


def hold_something(venue: Venue) -> None:
    asked = Parameters({"symbol": SYMBOL, "side": "BUY", "type": "MARKET", "quantity": "0.010"})
    answer = venue.exchange.place(read_order(asked, venue.exchange, "somebody", venue.now_ms()))
    assert not answer.code, answer


async def place_behind_its_back(room: TradingRoom, order: Order) -> None:
    """Place an order that the broker hears nothing of."""
    go_deaf(room)
    if is_resident(order):
        assert isinstance(await room.client.send(place_resident(order, TriggeredBy.MARK)), Done)
    else:
        assert isinstance(await room.client.send(place(order)), Done)
