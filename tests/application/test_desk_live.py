"""The desk on what only a live tape tells: connections, the account, lost history, and time."""

from decimal import Decimal

import pytest

from domain.connection_events import PositionTold
from domain.halt import TradingHalt
from domain.market.timeframe import HOUR_MS, MINUTE_MS
from domain.position.account import LedgerKind
from domain.position.closed_trade import ExitReason
from domain.refusal import RefusalReason
from domain.risk.gate_limits import GateLimits
from domain.tape import (
    AccountCompared,
    AccountUnsure,
    CandleClosed,
    CandleRebuilt,
    CandleRecalled,
    ConnectionChanged,
    HistoryLost,
    SessionResumed,
    TimePassed,
    WalletMoved,
)
from tests.application.drill import (
    BTC,
    ENTRY,
    EXIT,
    SETUP,
    STOP,
    TARGET,
    WALLET,
    Drill,
    a_candle,
    orders_of,
    sizes_of,
)
from tests.fakes.structure_engine import NOT_READY, OFFERS_A_LONG, QUIET


def tick(drill: Drill, passed_ms: int = 1_000) -> list[str]:
    """Let time pass in one go, and name the orders sent."""
    drill.wait(passed_ms)
    return sizes_of(drill.tell(TimePassed(drill.now_ms)))


def test_an_unsure_account_takes_no_entries_and_still_leaves() -> None:
    drill = Drill((BTC, "ETHUSDT"))
    drill.enter(symbol="ETHUSDT")
    drill.tell(AccountUnsure(drill.now_ms, "the stream was renewed"))
    decision = drill.offer()
    assert [record.reason for record in decision.records] == [RefusalReason.BOOK_NOT_RECONCILED]
    assert sizes_of(drill.price(98.0, "ETHUSDT")) == ["exit 10"]


def test_once_the_venue_says_the_same_entries_go_on() -> None:
    drill = Drill()
    drill.enter()
    drill.tell(AccountUnsure(drill.now_ms, "the stream was renewed"))
    held = drill.venue.positions[BTC]
    told = PositionTold(BTC, held.signed_quantity, held.entry_price)
    drill.tell(AccountCompared(drill.now_ms, drill.venue.wallet, (told,), (), 0))
    drill.fill(STOP)
    drill.accept_all()
    assert orders_of(drill.offer())[0].purpose is ENTRY


def test_a_book_that_goes_on_differing_halts() -> None:
    drill = Drill()
    drill.tell(AccountCompared(drill.now_ms, WALLET + 1, (), (), 0))
    assert not drill.offer().orders
    drill.wait(10_000)
    with pytest.raises(TradingHalt, match="wallet 10001 there, 10000 here"):
        drill.tell(AccountCompared(drill.now_ms, WALLET + 1, (), (), 0))


def test_what_connections_do_is_on_record() -> None:
    [record] = Drill().tell(ConnectionChanged(1, "klines", is_up=False)).records
    assert (record.kind, record.reason, record.detail) == ("account", "connection", "klines is down")


def test_a_rebuilt_candle_is_a_candle() -> None:
    drill = Drill()
    drill.wait(3 * MINUTE_MS)
    drill.tell(CandleRebuilt(drill.now_ms, BTC, a_candle(drill.now_ms - 3 * MINUTE_MS, 100.5)))
    assert [bar.close for bar in drill.engine().bars] == [100.5]


def test_candles_of_before_make_the_structure_known_and_nothing_else() -> None:
    drill = Drill()
    drill.engine().market = OFFERS_A_LONG
    candle = a_candle(drill.now_ms - 5 * MINUTE_MS, 100.5)
    decision = drill.tell(CandleRecalled(drill.now_ms, BTC, candle))
    assert (decision.orders, decision.records) == ((), ())
    book = drill.book()
    assert book.view is not None
    assert (book.view.close, book.last_price) == (100.5, 100.5)
    assert book.data_at_ms == drill.now_ms - 4 * MINUTE_MS
    [record] = drill.tell(CandleRecalled(drill.now_ms, BTC, candle)).records
    assert record.kind == "data"
    drill.engine().market = NOT_READY
    drill.tell(CandleRecalled(drill.now_ms, BTC, a_candle(drill.now_ms - 4 * MINUTE_MS, 100.5)))
    assert drill.book().view is None


@pytest.mark.parametrize("kind", [CandleClosed, CandleRebuilt])
def test_a_candle_told_late_is_as_old_as_it_is(kind: type[CandleClosed | CandleRebuilt]) -> None:
    drill = Drill()
    drill.engine().market = OFFERS_A_LONG
    opened_ms = drill.now_ms
    drill.wait(5 * MINUTE_MS)
    [record] = drill.tell(kind(drill.now_ms, BTC, a_candle(opened_ms, 100.5))).records
    assert record.reason == RefusalReason.STALE_DATA
    assert drill.book().data_at_ms == opened_ms + MINUTE_MS


def test_lost_history_withdraws_the_entry_and_begins_the_structure_anew() -> None:
    drill = Drill()
    drill.offer()
    drill.accept(ENTRY)
    decision = drill.tell(HistoryLost(drill.now_ms, BTC, "90 minutes are too many to rebuild"))
    assert [cancel.order_id for cancel in decision.cancels] == drill.venue.live(ENTRY)
    [record] = decision.records
    assert (record.reason, record.detail) == ("history_lost", "90 minutes are too many to rebuild")
    assert drill.engine().bars == []
    assert drill.book().view is None
    drill.accept_all()
    assert not drill.offer(NOT_READY).orders
    assert orders_of(drill.offer())[0].purpose is ENTRY


def test_lost_history_leaves_stop_target_and_time_stop_to_an_open_trade() -> None:
    drill = Drill()
    drill.enter()
    decision = drill.tell(HistoryLost(drill.now_ms, BTC, "gone"))
    assert (decision.orders, decision.cancels) == ((), ())
    assert len(drill.venue.held(STOP)) == len(drill.venue.held(TARGET)) == 1
    assert not drill.price(99.9).orders
    assert tick(drill, 2 * HOUR_MS) == ["exit 10"]
    assert drill.fill(EXIT, price="100").trades[0].exit_reason is ExitReason.TIME_STOP


def test_the_time_stop_needs_no_price() -> None:
    drill = Drill()
    drill.enter()
    assert tick(drill, 2 * HOUR_MS - 1) == []
    assert tick(drill, 1) == ["exit 10"]
    assert drill.told.reasons("exit") == ["time_stop"]


def test_a_waiting_entry_is_withdrawn_in_time_without_a_candle() -> None:
    drill = Drill()
    drill.offer()
    drill.accept(ENTRY)
    step_ms = QUIET.base.step_ms
    lifetime_ms = SETUP.entry_lifetime_bars * step_ms
    assert tick(drill, lifetime_ms - 1) == []
    assert not drill.told.reasons("withdrawn")
    decision = drill.tell(TimePassed(drill.now_ms + 1))
    assert [cancel.order_id for cancel in decision.cancels] == drill.venue.live(ENTRY)
    assert drill.told.reasons("withdrawn") == ["overdue"]
    tick(drill)
    assert drill.told.reasons("withdrawn") == ["overdue"]


def test_a_position_whose_stop_is_not_held_after_three_seconds_is_left() -> None:
    drill = Drill()
    drill.offer()
    drill.accept(ENTRY)
    drill.fill(ENTRY, "4")
    assert tick(drill, 2_999) == []
    assert tick(drill, 1) == ["exit 4"]
    assert drill.told.reasons("exit") == ["unprotected"]
    assert drill.fill(EXIT, price="100").trades[0].exit_reason is ExitReason.UNPROTECTED


def test_a_stop_that_the_venue_holds_ends_the_count() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY)
    tick(drill, 2_000)
    drill.accept(STOP)
    assert tick(drill, 5_000) == []


def test_a_stop_for_a_part_does_not_protect_the_rest_for_long() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    drill.accept_all()
    tick(drill, 60_000)
    drill.fill(ENTRY, "6")
    assert tick(drill, 2_999) == []
    assert tick(drill, 1) == ["exit 10"]


def test_a_stop_that_is_moved_leaves_the_old_one_in_its_place() -> None:
    drill = Drill()
    drill.enter()
    drill.price(101.5)
    drill.fill(EXIT, price="101.5")
    assert tick(drill, 60_000) == [], "the old stop is held until the new one is"


def test_while_the_venue_cannot_be_heard_nobody_counts() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY)
    drill.tell(ConnectionChanged(drill.now_ms, "account", is_up=False))
    assert tick(drill, 60_000) == []
    drill.tell(ConnectionChanged(drill.now_ms, "account", is_up=True))
    assert tick(drill, 2_999) == []
    assert tick(drill, 1) == ["exit 10"]


def test_an_unprotected_exit_under_way_is_not_sent_twice() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY)
    assert tick(drill, 3_000) == ["exit 10"]
    assert tick(drill, 3_000) == []


def test_a_refused_exit_is_tried_again_by_time_alone() -> None:
    drill = Drill()
    drill.enter()
    drill.price(98.0)
    drill.tell(drill.venue.reject(drill.venue.live(EXIT)[0]))
    assert tick(drill, 999) == []
    assert tick(drill, 1) == ["exit 10"]
    assert drill.told.reasons("exit") == ["forced_liquidation"] * 2


def test_an_exit_refused_as_the_session_ends_is_tried_again() -> None:
    drill = Drill()
    drill.enter()
    drill.end()
    drill.tell(drill.venue.reject(drill.venue.live(EXIT)[0]))
    assert tick(drill, 999) == []
    assert tick(drill, 1) == ["exit 10"]
    drill.tell(drill.venue.reject(drill.venue.live(EXIT)[0]))
    assert tick(drill, 1_999) == []
    assert tick(drill, 1) == ["exit 10"]


def test_a_filled_exit_makes_the_next_refusal_the_first() -> None:
    drill = Drill()
    drill.enter()
    for _ in range(3):
        drill.price(98.0)
        drill.tell(drill.venue.reject(drill.venue.live(EXIT)[0]))
        drill.wait(10_000)
    drill.price(98.0)
    drill.fill(EXIT, "4", price="98")
    drill.tell(drill.venue.expire(drill.venue.live(EXIT)[0]))
    drill.accept_all()
    drill.wait(1_000)
    assert sizes_of(drill.price(98.0)) == ["exit 6"]


def test_a_venue_that_refuses_a_stop_for_ever_is_left_after_three_times() -> None:
    drill = Drill()
    drill.enter()
    drill.price(101.5)
    drill.fill(EXIT, price="101.5")
    refusals = 0
    for _ in range(20):
        fresh = [i for i in drill.venue.live(STOP) if not drill.venue.orders[i].is_held]
        for order_id in fresh:
            drill.tell(drill.venue.reject(order_id))
            refusals += 1
        drill.price(101.0)
    assert refusals == 3
    assert drill.told.reasons("exit") == ["partial_profit", "unprotected"]
    drill.fill(EXIT, price="101")
    assert drill.told.trades[0].exit_reason is ExitReason.UNPROTECTED


def test_a_target_that_is_refused_for_ever_is_not_asked_for_at_every_price() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY)
    drill.accept(STOP)
    refusals = 0
    for _ in range(50):
        for order_id in drill.venue.live(TARGET):
            drill.tell(drill.venue.reject(order_id))
            refusals += 1
        drill.price(100.0)
    assert refusals == 3
    assert sizes_of(drill.price(103.0)) == ["exit 10"], "the desk watches the target itself"


def test_a_stop_lost_while_an_exit_was_just_refused_waits_for_the_next_try() -> None:
    drill = Drill()
    drill.enter()
    drill.price(98.0)
    drill.tell(drill.venue.reject(drill.venue.live(EXIT)[0]))
    assert not drill.tell(drill.venue.expire(drill.venue.live(STOP)[0])).orders
    assert tick(drill) == ["exit 10"]


def test_the_margin_guard_waits_for_a_refused_exit_too() -> None:
    drill = Drill()
    drill.enter()
    drill.price(98.0)
    drill.tell(drill.venue.reject(drill.venue.live(EXIT)[0]))
    assert not drill.price(97.9).orders


def test_legs_that_run_out_halt() -> None:
    drill = Drill()
    drill.enter()
    drill.book().legs_sent = 9_999
    with pytest.raises(TradingHalt, match="9999 orders did not end the trade"):
        drill.price(98.0)


@pytest.mark.parametrize("order_id", ["settlement_autoclose-17", "delivery_autoclose-17"])
def test_a_delisted_position_is_closed_by_the_venue(order_id: str) -> None:
    drill = Drill()
    drill.enter()
    assert sizes_of(drill.tell(drill.venue.force_close(BTC, order_id, "4", "100"))) == [
        "stop 6",
        "target 6",
    ]
    [trade] = drill.tell(drill.venue.force_close(BTC, order_id, "6", "100")).trades
    assert trade.exit_reason is ExitReason.VENUE_LIQUIDATION
    drill.accept_all()
    drill.check_the_sums()


def test_the_desk_is_idle_when_nothing_is_held_or_on_its_way() -> None:
    drill = Drill()
    seen = [drill.desk.is_idle]
    for step in (
        drill.offer,
        lambda: drill.fill(ENTRY),
        drill.accept_all,
        drill.end,
        lambda: drill.fill(EXIT, price="100"),
        drill.accept_all,
    ):
        step()
        seen.append(drill.desk.is_idle)
    assert seen == [True, False, False, False, False, False, True], "stop and target go last"


def test_time_that_passes_over_an_idle_desk_is_nothing_to_decide() -> None:
    drill = Drill()
    assert tick(drill, HOUR_MS) == []
    assert drill.told.decisions[-1].records == ()
    assert drill.desk.wallet == Decimal(10_000)


@pytest.mark.parametrize("is_transfer", [True, False])
def test_a_wallet_that_moves_beside_trading_is_booked_and_only_our_own_money_is_no_loss(
    is_transfer: bool,
) -> None:
    drill = Drill(limits=GateLimits(max_daily_loss=Decimal("0.05")))
    moved = WalletMoved(drill.now_ms, "", Decimal(-600), "TRANSFER", is_transfer)
    decision = drill.tell(moved)
    assert [(entry.kind, entry.amount) for entry in decision.ledger] == [(LedgerKind.OUTSIDE, Decimal(-600))]
    assert drill.desk.wallet == WALLET - 600
    drill.tell(AccountCompared(drill.now_ms, WALLET - 600, (), (), 0))
    reasons = [record.reason for record in drill.offer().records]
    assert reasons == (["gap_return"] if is_transfer else [RefusalReason.DAILY_LOSS])


def test_a_candle_of_long_ago_is_structure_and_no_price() -> None:
    drill = Drill()
    drill.enter()
    drill.price(100.0)
    for minutes_ago in (4, 3):
        late = a_candle(drill.now_ms - minutes_ago * MINUTE_MS, 98.0)
        assert not orders_of(drill.tell(CandleRebuilt(drill.now_ms, BTC, late)))
    assert drill.book().last_price == 100.0
    assert sizes_of(drill.price(98.0)) == ["exit 10"]


def resumed(drill: Drill, down_ms: int) -> None:
    """Go on after a silence."""
    drill.wait(down_ms)
    drill.tell(SessionResumed(drill.now_ms))


def test_a_session_that_goes_on_takes_no_entries_before_the_account_was_compared() -> None:
    drill = Drill()
    resumed(drill, 5_000)
    decision = drill.offer()
    assert [record.reason for record in decision.records] == [RefusalReason.BOOK_NOT_RECONCILED]
    drill.tell(AccountCompared(drill.now_ms, WALLET, (), (), 0))
    assert orders_of(drill.offer())[0].purpose is ENTRY
    assert drill.told.reasons("account") == ["resumed", "reconciled"]


def test_what_happened_in_the_silence_is_told_before_anything_is_left_for_its_age() -> None:
    drill = Drill()
    drill.enter()
    resumed(drill, 3 * HOUR_MS)
    drill.fill(STOP)
    assert [trade.exit_reason for trade in drill.told.trades] == [ExitReason.STOP]
    assert tick(drill) == []


def test_what_is_held_too_long_after_the_silence_is_left_at_the_first_moment() -> None:
    drill = Drill()
    drill.enter()
    resumed(drill, 3 * HOUR_MS)
    assert tick(drill, 0) == ["exit 10"]
    assert drill.told.reasons("exit") == [ExitReason.TIME_STOP]


def test_nothing_is_left_on_a_price_of_before_the_silence() -> None:
    drill = Drill()
    drill.enter()
    drill.price(100.9)
    resumed(drill, HOUR_MS)
    drill.book().last_price = 98.0
    assert tick(drill) == []
    assert sizes_of(drill.price(98.0)) == ["exit 10"]


def test_a_position_without_a_stop_is_left_three_seconds_after_the_silence() -> None:
    drill = Drill()
    drill.offer()
    drill.accept(ENTRY)
    drill.fill(ENTRY)
    resumed(drill, HOUR_MS)
    assert tick(drill) == []
    assert tick(drill, 2_000) == ["exit 10"]
    assert drill.told.reasons("exit") == [ExitReason.UNPROTECTED]


def test_a_session_that_was_ending_goes_on_trading() -> None:
    drill = Drill((BTC, "ETHUSDT"))
    drill.enter()
    drill.end()
    resumed(drill, 5_000)
    drill.fill(EXIT, price="100.5")
    drill.accept_all()
    drill.tell(AccountCompared(drill.now_ms, drill.venue.wallet, (), (), 0))
    assert orders_of(drill.offer(symbol="ETHUSDT"))[0].purpose is ENTRY
