"""Sessions made up of their results alone."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from application.decision import EquityMark
from application.performance.performance import Performance, measured
from application.session_report import SessionReport, build_report
from application.session_tally import SessionTally
from domain.market.direction import Direction
from domain.market.timeframe import DAY_MS, HOUR_MS
from domain.orders.order_ids import setup_id
from domain.position.closed_trade import ClosedTrade
from tests.application.sample_trades import WON
from tests.learning_samples import SeededChance

NEW_YEAR_MS = 1_672_531_200_000
WALLET = Decimal(10_000)


def a_trade(at_ms: int = NEW_YEAR_MS, net_r: float = 1.0, symbol: str = "BTCUSDT") -> ClosedTrade:
    """A trade that risked 10, found at a moment and held for an hour."""
    result = Decimal(str(net_r))
    return replace(
        WON,
        trade_id=setup_id(symbol, Direction.LONG, at_ms),
        symbol=symbol,
        opened_at_ms=at_ms,
        closed_at_ms=at_ms + HOUR_MS,
        gross_pnl=result * 10 + Decimal("0.5"),
        fees=Decimal("0.4"),
        funding=Decimal("-0.1"),
        net_pnl=result * 10,
        r_multiple=result,
    )


def trades_of(results: Sequence[float], a_day: int = 2) -> list[ClosedTrade]:
    """Trades with these results, so many a day from New Year on."""
    step_ms = DAY_MS // a_day
    return [a_trade(NEW_YEAR_MS + place * step_ms, net_r) for place, net_r in enumerate(results)]


def report_of(trades: Sequence[ClosedTrade], wallet: Decimal = WALLET) -> SessionReport:
    """The report of a session that closed these trades, one after the other."""
    equity = wallet
    tally = SessionTally(candles=len(trades), first_at_ms=NEW_YEAR_MS)
    tally.marks.append(EquityMark(NEW_YEAR_MS, wallet, wallet))
    for trade in trades:
        equity += trade.net_pnl
        tally.marks.append(EquityMark(trade.closed_at_ms, equity, equity))
    tally.last_at_ms = tally.marks[-1].at_ms
    return build_report(tally, trades, [], wallet, equity)


def performance_of(
    results: Sequence[float], trials: int | None = None, random_results: Sequence[float] = (), a_day: int = 2
) -> Performance:
    """What a session with these results is worth."""
    return measured(report_of(trades_of(results, a_day)), trials, random_results, SeededChance(1))
