import math
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Self

import pytest

from application.decision import STAND_ASIDE
from domain.halt import TradingHalt
from domain.learning.belief import Belief, Question
from domain.learning.drift import DriftState
from domain.learning.fixed_confidence import FixedConfidence
from domain.learning.trained_model import TrainedModel
from domain.market.candle_run import CandleList
from domain.market.direction import Direction
from domain.market.timeframe import DAY_MS, HOUR_MS, MINUTE_MS
from domain.orders.order import OrderKind
from domain.position.account import LedgerEntry, LedgerKind
from domain.position.closed_trade import ExitReason
from domain.refusal import RefusalReason
from domain.risk.cross_margin_guard import CrossMarginRules
from domain.risk.gate_limits import GateLimits
from domain.setup.setup_rules import EntryStyle
from domain.tape import (
    CandleClosed,
    CandlesPassed,
    ChampionChanged,
    FundingSettled,
    PriceMoved,
    SessionOpened,
)
from tests.application.drill import (
    BTC,
    ENTRY,
    EXIT,
    EXITS,
    SETUP,
    STOP,
    TARGET,
    WALLET,
    Drill,
    a_candle,
    orders_of,
    shorter_hold,
    sizes_of,
)
from tests.fakes.structure_engine import NOT_READY, OFFERS_A_LONG, OFFERS_A_SHORT, QUIET
from tests.model_samples import a_model

ETH = "ETHUSDT"
TIGHT_MARGIN = CrossMarginRules(max_margin_fraction=Decimal("0.15"))


class FadingBelief:
    """Believes what a test says at the moment."""

    def __init__(self, confidence: float) -> None:
        self.confidence: float | None = confidence

    def of(self, question: Question) -> Belief:
        assert len(question.features) == 12
        assert question.setup.direction is Direction.LONG
        return Belief(self.confidence, "fading")

    def with_champion(self, model: TrainedModel | None, drift: DriftState) -> Self:
        raise LookupError(f"nobody told of {model} in {drift}")


def test_the_session_opens_with_the_wallet_on_the_ledger_and_a_mark() -> None:
    drill = Drill()
    [opening] = drill.told.decisions
    assert opening.ledger == (LedgerEntry(LedgerKind.OPENING, WALLET, drill.now_ms, "opening"),)
    assert [mark.equity for mark in opening.marks] == [WALLET]


def test_an_entry_is_sent_with_size_and_reasons_on_record() -> None:
    drill = Drill()
    decision = drill.offer()
    [order] = orders_of(decision)
    assert (order.kind, order.price, order.leverage) == (OrderKind.POST_ONLY_LIMIT, Decimal(100), 1)
    assert sizes_of(decision) == ["entry 10"]
    [record] = decision.records
    assert (record.kind, record.reason, record.symbol) == ("entry", "gap_return", BTC)
    assert f"{record.setup_id}-e" == order.order_id
    for words in (
        "displacement up",
        "fair value gap",
        "stop 98",
        "target 10",
        "no_model",
        "margin 1000.00",
        "leverage 1",
        "R = ",
    ):
        assert words in record.detail


def test_a_market_entry_needs_price_inside_the_zone_and_names_no_price() -> None:
    drill = Drill(setup=replace(SETUP, entry=EntryStyle.MARKET))
    drill.engine().market = OFFERS_A_LONG
    assert not drill.candle(100.5).orders
    [order] = orders_of(drill.candle(100.0))
    assert (order.kind, order.price) == (OrderKind.MARKET, None)
    assert sizes_of(drill.fill(ENTRY, price="100.02")) == ["stop 10", "target 10"]


def test_a_short_is_entered_on_the_mirror_image() -> None:
    drill = Drill()
    [order] = orders_of(drill.offer(OFFERS_A_SHORT))
    assert order.order_id.startswith(f"{BTC}.S.")
    drill.fill(ENTRY)
    drill.accept_all()
    [trade] = drill.fill(TARGET).trades
    assert (trade.direction, trade.gross_pnl) == (Direction.SHORT, Decimal(30))
    drill.check_the_sums()


def test_a_quiet_market_is_answered_with_standing_aside() -> None:
    drill = Drill()
    assert drill.candle(100.5) is STAND_ASIDE
    assert drill.price(100.4) is STAND_ASIDE


def test_structure_that_is_not_ready_gives_no_setup() -> None:
    drill = Drill()
    drill.candle(100.5)
    assert drill.offer(NOT_READY) is STAND_ASIDE
    assert drill.book().view is None


@pytest.mark.parametrize(
    ("drill", "reason"),
    [
        (Drill(may_explore=False), RefusalReason.EXPLORATION_OFF),
        (Drill(beliefs=FixedConfidence(0.5)), RefusalReason.NO_EDGE),
        (Drill(limits=GateLimits(max_position_notional=Decimal("0.05"))), RefusalReason.TOO_MUCH_EXPOSURE),
        (Drill(limits=GateLimits(max_total_margin=Decimal("0.05"))), RefusalReason.TOO_MUCH_MARGIN),
    ],
)
def test_a_refusal_is_recorded_with_its_reason_and_sends_nothing(drill: Drill, reason: RefusalReason) -> None:
    decision = drill.offer()
    assert decision.orders == ()
    [record] = decision.records
    assert (record.kind, record.reason) == ("refused", reason)
    assert record.detail
    assert drill.book().is_idle


def test_entries_in_flight_take_the_places_of_positions() -> None:
    drill = Drill((BTC, ETH), limits=GateLimits(max_positions=1))
    drill.offer()
    assert drill.offer(symbol=ETH).records[0].reason == RefusalReason.TOO_MANY_POSITIONS


def test_the_caps_hold_with_entries_in_flight() -> None:
    symbols = tuple(f"COIN{number}USDT" for number in range(6))
    drill = Drill(symbols, limits=GateLimits(max_positions=9, max_total_margin=Decimal("0.25")))
    for symbol in symbols:
        drill.offer(symbol=symbol)
    assert len(drill.venue.live(ENTRY)) == 2
    assert drill.told.reasons("refused") == [RefusalReason.TOO_MUCH_MARGIN] * 4


def test_one_setup_is_entered_once() -> None:
    drill = Drill()
    drill.offer()
    assert not drill.offer().orders
    drill.fill(ENTRY)
    assert not any(order.purpose is ENTRY for order in orders_of(drill.offer()))


def test_a_waiting_entry_is_withdrawn_when_its_setup_is_spoiled() -> None:
    drill = Drill()
    drill.offer()
    drill.accept(ENTRY)
    decision = drill.candle(98.9)
    assert [cancel.order_id for cancel in decision.cancels] == drill.venue.live(ENTRY)
    [record] = decision.records
    assert (record.kind, record.reason) == ("withdrawn", "spoiled")
    assert "closed through" in record.detail
    drill.accept_all()
    assert drill.book().is_idle


def test_an_entry_that_was_asked_to_go_is_withdrawn_only_once() -> None:
    drill = Drill()
    drill.offer()
    drill.accept(ENTRY)
    drill.candle(98.9)
    assert drill.candle(98.8) is STAND_ASIDE
    assert drill.told.reasons("withdrawn") == ["spoiled"]


def test_a_waiting_entry_stays_while_the_setup_stands() -> None:
    drill = Drill()
    drill.offer()
    assert drill.candle(100.4) is STAND_ASIDE


def test_an_entry_waits_for_a_limited_number_of_bars() -> None:
    drill = Drill()
    drill.offer()
    for _ in range(SETUP.entry_lifetime_bars - 1):
        assert drill.candle(100.4) is STAND_ASIDE
    assert "not filled within" in drill.candle(100.4).records[0].detail


def test_a_waiting_entry_is_withdrawn_when_a_hole_makes_structure_unknown() -> None:
    drill = Drill()
    drill.offer()
    drill.accept(ENTRY)
    drill.engine().market = NOT_READY
    drill.wait(2 * HOUR_MS)
    decision = drill.candle(100.4)
    assert [cancel.order_id for cancel in decision.cancels] == drill.venue.live(ENTRY)
    assert decision.records[0].detail == "the structure is not known any more"
    drill.accept_all()
    assert drill.candle(100.4) is STAND_ASIDE


def test_what_filled_is_not_withdrawn() -> None:
    drill = Drill()
    drill.enter()
    assert not drill.candle(100.5).cancels


def test_a_candle_that_cannot_be_true_is_recorded_and_survived() -> None:
    drill = Drill()
    drill.offer()
    before = drill.book().last_price
    broken = a_candle(drill.now_ms, 50.0)._replace(high=49.0)
    decision = drill.tell(CandleClosed(drill.now_ms + MINUTE_MS, BTC, broken))
    assert [(record.kind, record.reason) for record in decision.records] == [("data", "high_below_body")]
    assert drill.book().last_price == before
    assert drill.candle(100.4) is STAND_ASIDE


def test_a_candle_told_twice_is_refused_once_and_harmless() -> None:
    drill = Drill()
    drill.candle(100.5)
    again = CandleClosed(drill.now_ms, BTC, a_candle(drill.now_ms - MINUTE_MS, 100.5))
    assert drill.tell(again).records[0].reason == "duplicate"
    assert len(drill.engine().bars) == 1


def test_an_event_of_a_strange_symbol_halts() -> None:
    with pytest.raises(TradingHalt, match="does not trade"):
        Drill().price(1.0, "DOGEUSDT")


@pytest.mark.parametrize("early_ms", [1, 0])
def test_a_position_is_left_at_exactly_two_hours_by_any_symbols_event(early_ms: int) -> None:
    drill = Drill((BTC, ETH))
    drill.enter()
    drill.wait(2 * HOUR_MS - early_ms)
    decision = drill.price(7.0, ETH)
    assert sizes_of(decision) == ([] if early_ms else ["exit 10"])
    if not early_ms:
        assert drill.told.reasons("exit") == ["time_stop"]
        assert drill.fill(EXIT, price="100").trades[0].exit_reason is ExitReason.TIME_STOP


def test_an_overdue_exit_that_is_refused_does_not_argue_with_the_refusal() -> None:
    drill = Drill(exits=shorter_hold(MINUTE_MS))
    drill.enter()
    drill.wait(MINUTE_MS)
    drill.price(100.0)
    assert not drill.tell(drill.venue.reject(drill.venue.live(EXIT)[0])).orders
    assert not drill.price(100.0).orders
    drill.wait(1_000)
    assert sizes_of(drill.price(100.0)) == ["exit 10"]


def test_a_loss_beyond_the_risk_is_left_at_market() -> None:
    drill = Drill()
    drill.enter()
    assert sizes_of(drill.price(98.0)) == ["exit 10"]
    assert drill.told.reasons("exit") == ["forced_liquidation"]


def test_a_thesis_that_no_longer_holds_is_left() -> None:
    drill = Drill()
    drill.enter()
    assert sizes_of(drill.candle(98.99)) == ["exit 10"]
    assert drill.told.reasons("exit") == ["thesis_invalidated"]


def test_a_trend_that_turned_is_left() -> None:
    drill = Drill()
    drill.enter()
    drill.engine().market = QUIET._replace(higher=QUIET.higher._replace(trend=-1))
    assert sizes_of(drill.candle(100.3)) == ["exit 10"]
    assert drill.told.reasons("exit") == ["counter_trend"]


def test_confidence_that_fell_in_profit_is_taken() -> None:
    belief = FadingBelief(0.9)
    drill = Drill(beliefs=belief)
    drill.enter()
    for _ in range(5):
        drill.candle(100.5)
    belief.confidence = 0.7
    decision = drill.candle(100.5)
    assert [order.purpose for order in orders_of(decision)] == [EXIT]
    assert drill.told.reasons("exit") == ["confidence_drop"]


def test_confidences_are_remembered_as_long_as_they_may_be_compared_with() -> None:
    drill = Drill(beliefs=FixedConfidence(0.9))
    drill.enter()
    for _ in range(30):
        drill.candle(100.3)
    ages_ms = [drill.now_ms - score.at_ms for score in drill.trade().confidences]
    assert ages_ms == [age * MINUTE_MS for age in (5, 4, 3, 2, 1, 0)]


def test_a_fall_over_half_an_hour_is_seen_when_that_is_the_rule() -> None:
    belief = FadingBelief(0.9)
    drill = Drill(beliefs=belief, exits=replace(EXITS, confidence_drop_over_ms=30 * MINUTE_MS))
    belief.confidence = 0.6
    drill.enter()
    belief.confidence = 0.9
    drill.candle(100.5)
    belief.confidence = 0.7
    for _ in range(29):
        assert not drill.candle(100.5).orders
    assert [order.purpose for order in orders_of(drill.candle(100.5))] == [EXIT]


class Successor(FadingBelief):
    """Believes as much as its seat was shrunken to, whoever comes."""

    def with_champion(self, model: TrainedModel | None, drift: DriftState) -> Self:
        successor = type(self)(0.95 if model is None else 0.7)
        successor.drift = drift
        return successor

    drift = DriftState.STEADY


def test_a_change_of_champion_is_on_record_and_holds_from_then_on() -> None:
    drill = Drill(beliefs=Successor(0.9))
    model = a_model()
    told = drill.tell(ChampionChanged(drill.now_ms, model, DriftState.SHRUNK, ("hit rate",)))
    (record,) = told.records
    assert (record.kind, record.reason) == ("champion", "shrunk")
    assert record.detail == f"champion: {model.record.model_id}; hit rate"
    drill.enter()
    assert drill.trade().plan.confidence == 0.7
    (vacant,) = drill.tell(ChampionChanged(drill.now_ms, None, DriftState.STEADY, ())).records
    assert (vacant.reason, vacant.detail) == ("seated", "champion: no_champion")


def test_what_one_champion_said_of_a_trade_is_no_measure_for_the_next() -> None:
    drill = Drill(beliefs=Successor(0.9))
    drill.enter()
    for _ in range(5):
        drill.candle(100.5)
    drill.tell(ChampionChanged(drill.now_ms, a_model(), DriftState.STEADY, ()))
    assert [score.confidence for score in drill.trade().confidences] == [0.7]
    assert not drill.candle(100.5).orders
    drill.tell(ChampionChanged(drill.now_ms, None, DriftState.STEADY, ()))
    assert [score.confidence for score in drill.trade().confidences] == [0.95]


def test_without_a_model_nothing_is_scored() -> None:
    drill = Drill()
    drill.enter()
    drill.candle(100.3)
    assert drill.trade().confidences == ()


def test_an_exit_under_way_is_not_decided_twice() -> None:
    drill = Drill()
    drill.enter()
    drill.price(98.0)
    assert drill.price(97.0) is STAND_ASIDE


def test_a_refused_exit_waits_longer_each_time_and_is_on_record_each_time() -> None:
    drill = Drill()
    drill.enter()
    tried_at_ms = []
    for _ in range(600):
        if drill.price(98.0).orders:
            tried_at_ms.append(drill.now_ms)
            drill.tell(drill.venue.reject(drill.venue.live(EXIT)[-1]))
        drill.wait(100)
    pauses_ms = [after - before for before, after in pairwise(tried_at_ms)]
    assert pauses_ms == [1_000, 2_000, 4_000, 8_000, 16_000, 16_000]
    records = [one for decision in drill.told.decisions for one in decision.records if one.kind == "exit"]
    assert len({one.decision_id for one in records}) == len(tried_at_ms)


def test_the_margin_guard_closes_the_worst_loser_once_in_120_seconds() -> None:
    drill = Drill((BTC, ETH), cross_margin=TIGHT_MARGIN)
    drill.enter()
    drill.enter(symbol=ETH)
    drill.tell(PriceMoved(drill.now_ms, BTC, 99.9))
    assert drill.told.reasons("exit") == ["cross_margin_guard"]
    assert len(drill.venue.live(EXIT, BTC)) == 1
    drill.tell(drill.venue.reject(drill.venue.live(EXIT, BTC)[0]))
    drill.wait(119_999)
    assert not drill.price(99.9).orders
    drill.wait(1)
    assert sizes_of(drill.price(99.9)) == ["exit 10"]
    drill.fill(EXIT, price="99.9")
    assert drill.told.trades[0].exit_reason is ExitReason.CROSS_MARGIN_GUARD


def test_the_margin_guard_leaves_alone_what_is_being_left() -> None:
    drill = Drill((BTC, ETH), cross_margin=TIGHT_MARGIN)
    drill.enter()
    drill.enter(symbol=ETH)
    drill.price(98.0)
    assert drill.told.reasons("exit") == ["forced_liquidation"]
    assert not drill.price(100.0, ETH).orders


def test_funding_is_booked_in_the_account_and_the_position() -> None:
    drill = Drill()
    drill.enter()
    before = drill.desk.wallet
    decision = drill.tell(drill.venue.fund(BTC, "-0.25"))
    assert [(entry.kind, entry.amount) for entry in decision.ledger] == [
        (LedgerKind.FUNDING, Decimal("-0.25"))
    ]
    assert drill.desk.wallet == before - Decimal("0.25")
    assert drill.trade().position.funding == Decimal("-0.25")


def test_funding_without_a_position_is_booked_in_the_account() -> None:
    drill = Drill()
    drill.tell(FundingSettled(drill.now_ms, BTC, Decimal("0.0001"), Decimal(1)))
    assert drill.desk.wallet == WALLET + 1


def test_the_end_of_the_session_withdraws_entries_and_closes_positions() -> None:
    drill = Drill((BTC, ETH))
    drill.enter()
    drill.offer(symbol=ETH)
    decision = drill.end()
    assert sizes_of(decision) == ["exit 10"]
    assert [cancel.order_id for cancel in decision.cancels] == drill.venue.live(ENTRY, ETH)
    assert drill.told.reasons("exit") == ["session_end"]
    [trade] = drill.fill(EXIT, price="100").trades
    assert trade.exit_reason is ExitReason.SESSION_END
    drill.accept_all()
    assert all(book.is_idle for book in drill.books.values())
    drill.check_the_sums()


def test_an_entry_that_fills_as_the_session_ends_is_closed_too() -> None:
    drill = Drill()
    drill.offer()
    drill.end()
    assert sizes_of(drill.fill(ENTRY)) == ["stop 10", "target 10", "exit 10"]


def test_a_half_close_under_way_as_the_session_ends_is_followed_by_the_rest() -> None:
    drill = Drill()
    drill.enter()
    drill.price(101.5)
    assert drill.end() is STAND_ASIDE
    assert sizes_of(drill.fill(EXIT, price="101.5")) == ["stop 5", "target 5", "exit 5"]


def test_a_moved_stop_is_on_record_with_its_price() -> None:
    drill = Drill()
    drill.enter()
    [record] = drill.price(101.5).records
    assert (record.kind, record.reason) == ("exit", ExitReason.PARTIAL_PROFIT)
    drill.fill(EXIT, price="101.5")
    drill.accept_all()
    assert record.detail.endswith(f"; stop to {drill.order(STOP).trigger_price}")


def test_no_entry_is_sent_once_the_session_ends() -> None:
    drill = Drill()
    drill.end()
    assert drill.offer() is STAND_ASIDE


def test_ending_an_idle_session_is_nothing_to_do() -> None:
    assert Drill().end() is STAND_ASIDE


def test_losses_of_the_day_end_entries_until_the_next_day() -> None:
    drill = Drill(limits=GateLimits(max_daily_loss=Decimal("0.001")))
    drill.enter()
    drill.fill(STOP)
    drill.accept_all()
    assert drill.offer().records[0].reason == RefusalReason.DAILY_LOSS
    drill.wait(14 * HOUR_MS)
    assert drill.candle(100.5).marks[0].equity == drill.desk.wallet
    assert orders_of(drill.offer())[0].purpose is ENTRY


def test_three_losses_in_a_row_cool_down() -> None:
    drill = Drill()
    for _ in range(3):
        drill.enter()
        drill.fill(STOP)
        drill.accept_all()
    assert drill.offer().records[0].reason == RefusalReason.COOLING_DOWN
    drill.wait(HOUR_MS)
    assert orders_of(drill.offer())[0].purpose is ENTRY


def test_every_closed_trade_is_marked_with_wallet_and_equity() -> None:
    drill = Drill()
    drill.enter()
    [mark] = drill.fill(STOP).marks
    assert mark.wallet == mark.equity == drill.desk.wallet


def test_decisions_are_the_same_for_the_same_tape() -> None:
    drill = Drill()
    drill.enter()
    drill.price(101.5)
    drill.fill(EXIT, price="101.5")
    drill.accept_all()
    drill.end()
    drill.fill(EXIT, price="101")
    again = Drill()
    opening, *events = drill.events
    assert isinstance(opening, SessionOpened)
    for number, event in enumerate(events, 1):
        again.engine().market = OFFERS_A_LONG if number == 1 else QUIET
        assert again.desk.on_event(event) == drill.told.decisions[number]


def test_a_record_names_what_it_is_about_and_no_two_share_a_name() -> None:
    drill = Drill()
    drill.enter()
    drill.price(101.5)
    drill.fill(EXIT, price="101.5")
    drill.accept_all()
    drill.price(98.0)
    names = [record.decision_id for decision in drill.told.decisions for record in decision.records]
    assert len(names) == 3
    assert len(set(names)) == 3


def test_a_price_is_on_the_tick_before_it_is_money() -> None:
    drill = Drill()
    drill.enter()
    drill.price(math.nextafter(100.3, 0.0))
    assert drill.book().price == Decimal("100.30")


def a_run(drill: Drill, *closes: float) -> CandlesPassed:
    """Let candles of BTC pass without a word, and tell of them three minutes later."""
    opened_ms = drill.now_ms
    drill.wait((len(closes) + 3) * MINUTE_MS)
    candles = [a_candle(opened_ms + number * MINUTE_MS, close) for number, close in enumerate(closes)]
    return CandlesPassed(drill.now_ms, BTC, CandleList(candles), opened_ms + len(closes) * MINUTE_MS)


def test_candles_that_passed_leave_their_bars_and_their_last_price() -> None:
    drill = Drill()
    start_ms = drill.now_ms
    drill.candle(100.0)
    assert drill.tell(a_run(drill, 101.0, 102.0)) is STAND_ASIDE
    book = drill.book()
    assert [bar.close for bar in drill.engine().bars] == [100.0, 101.0, 102.0]
    assert (book.last_price, book.data_at_ms, book.view) == (102.0, start_ms + 3 * MINUTE_MS, None)
    drill.enter()
    assert drill.trade().position.entry_price == 100


def test_what_a_late_word_of_quiet_candles_does_to_the_day_is_what_any_event_does() -> None:
    drill = Drill()
    drill.wait(DAY_MS)
    assert [mark.at_ms for mark in drill.tell(a_run(drill, 100.0)).marks] == [drill.now_ms]


def test_candles_of_a_symbol_that_is_traded_may_not_be_passed_over() -> None:
    drill = Drill()
    drill.offer()
    with pytest.raises(TradingHalt, match="candles of BTCUSDT were passed over while it is traded"):
        drill.tell(a_run(drill, 100.0))
