from decimal import Decimal

from application.decision import STAND_ASIDE, Decision, EquityMark
from application.session_tally import SessionTally
from domain.market.candle_run import CandleList
from domain.tape import CandleClosed, CandleRebuilt, CandlesPassed, PriceMoved, SessionEnding, WalletMoved
from tests.application.drill import BTC, Drill, a_candle
from tests.application.sample_trades import LOST, WON

MARK = EquityMark(5, Decimal(1), Decimal(2))


def test_a_new_tally_has_seen_nothing() -> None:
    tally = SessionTally()
    assert (tally.events, tally.candles, tally.orders, tally.trades) == (0, 0, 0, 0)
    assert tally.first_at_ms is tally.last_at_ms is None


def test_candles_are_counted_among_the_events() -> None:
    tally = SessionTally()
    tally.count(CandleClosed(60_000, BTC, a_candle(0, 1.0)), STAND_ASIDE)
    tally.count(PriceMoved(61_000, BTC, 1.0), STAND_ASIDE)
    tally.count(CandleClosed(120_000, BTC, a_candle(60_000, 1.0)), STAND_ASIDE)
    tally.count(CandleRebuilt(180_000, BTC, a_candle(120_000, 1.0)), STAND_ASIDE)
    assert (tally.events, tally.candles) == (4, 3)


def test_candles_that_passed_count_one_by_one() -> None:
    one_by_one, passed = SessionTally(), SessionTally()
    candles = [a_candle(minute * 60_000, 1.0) for minute in range(3)]
    for candle in candles:
        one_by_one.count(CandleClosed(candle.open_time_ms + 60_000, BTC, candle), STAND_ASIDE)
    for event in (
        CandlesPassed(120_000, BTC, CandleList(candles[:2]), 120_000),
        CandlesPassed(180_000, BTC, CandleList(candles[2:]), 180_000),
    ):
        passed.count(event, STAND_ASIDE)
    assert (passed.events, passed.candles) == (one_by_one.events, one_by_one.candles) == (3, 3)
    assert passed.last_at_ms == one_by_one.last_at_ms


def test_the_span_runs_from_the_first_event_to_the_last() -> None:
    tally = SessionTally()
    for at_ms in (0, 7, 9):
        tally.count(SessionEnding(at_ms), STAND_ASIDE)
    assert (tally.first_at_ms, tally.last_at_ms) == (0, 9)


def test_orders_trades_and_marks_are_those_of_the_decisions() -> None:
    tally = SessionTally()
    tally.count(SessionEnding(1), Decision(trades=(WON, LOST), marks=(MARK,)))
    tally.count(SessionEnding(2), Decision(marks=(MARK,)))
    tally.count(SessionEnding(3), Drill().offer())
    assert (tally.orders, tally.trades, tally.marks) == (1, 2, [MARK, MARK])


def test_what_moved_the_wallet_beside_trading_is_summed() -> None:
    tally = SessionTally()
    for amount in (-12, 5):
        moved = WalletMoved(1, "", Decimal(amount), "TRANSFER", is_transfer=True)
        tally.count(moved, STAND_ASIDE)
    assert tally.outside == -7
