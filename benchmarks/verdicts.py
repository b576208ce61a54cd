"""How often a tear sheet's verdict is wrong on sessions whose truth is known.

    python -m benchmarks.verdicts --sessions 500

plays so many sessions of 200 trades on 50 days, whose results are dealt from a few that real trades give
(in R), first with a mean of nothing, then with a mean above it. Random entries are dealt the first.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from adapters.system.seeded_chance import SeededChance
from application.decision import EquityMark
from application.performance.performance import measured
from application.performance.verdict import Verdict, found
from application.session_report import SessionReport, build_report
from application.session_tally import SessionTally
from domain.market.direction import Direction
from domain.market.timeframe import DAY_MS, MINUTE_MS
from domain.orders.order_ids import setup_id
from domain.position.closed_trade import ClosedTrade, ExitReason

FAIR = (-1.0, -1.0, -0.45, -0.45, -0.45, 0.2, 0.2, 1.1, 1.85)
EDGES = (0.0, 0.1, 0.2, 0.3)
TRADES, A_DAY, RANDOM_TRADES = 200, 4, 2_000
START_MS, WALLET, RISK = 1_672_531_200_000, Decimal(10_000), Decimal(10)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--sessions", type=int, default=500, help="of each kind; half a second of CPU each")
    sessions = asked.parse_args().sessions
    for edge in EDGES:
        verdicts = Counter(verdict_on(edge, seed) for seed in range(sessions))
        told = ", ".join(f"{verdict} {verdicts[verdict] / sessions:.1%}" for verdict in Verdict)
        print(f"mean {edge:+.1f} R, {sessions} sessions: {told}", flush=True)  # noqa: T201 - this is its output


def verdict_on(edge: float, seed: int) -> Verdict:
    draw = random.Random(seed)
    report = report_of([draw.choice(FAIR) + edge for _ in range(TRADES)])
    at_random = [draw.choice(FAIR) for _ in range(RANDOM_TRADES)]
    return found(measured(report, 1, at_random, SeededChance(seed))).verdict


def report_of(results: list[float]) -> SessionReport:
    trades, equity = list(trades_with(results)), WALLET
    tally = SessionTally(first_at_ms=START_MS, last_at_ms=trades[-1].closed_at_ms)
    tally.marks.append(EquityMark(START_MS, equity, equity))
    for trade in trades:
        equity += trade.net_pnl
        tally.marks.append(EquityMark(trade.closed_at_ms, equity, equity))
    return build_report(tally, trades, [], WALLET, equity)


def trades_with(results: list[float]) -> Iterator[ClosedTrade]:
    for place, result in enumerate(results):
        at_ms, net_r = START_MS + place * (DAY_MS // A_DAY), Decimal(str(round(result, 6)))
        name = setup_id("BTCUSDT", Direction.LONG, at_ms)
        yield replace(
            A_TRADE,
            trade_id=name,
            opened_at_ms=at_ms,
            closed_at_ms=at_ms + MINUTE_MS,
            net_pnl=net_r * RISK,
            gross_pnl=net_r * RISK,
            r_multiple=net_r,
        )


A_TRADE = ClosedTrade(
    trade_id="",
    symbol="BTCUSDT",
    direction=Direction.LONG,
    setup_kind="order_block_return",
    opened_at_ms=START_MS,
    closed_at_ms=START_MS,
    entry_price=Decimal(20_000),
    exit_price=Decimal(20_000),
    quantity=Decimal(1),
    exit_reason=ExitReason.TIME_STOP,
    exit_reasons=(ExitReason.TIME_STOP,),
    gross_pnl=Decimal(0),
    fees=Decimal(0),
    funding=Decimal(0),
    net_pnl=Decimal(0),
    r_multiple=Decimal(0),
    margin=Decimal(100),
    leverage=1,
    kelly_multiplier=0.25,
    confidence=None,
    is_exploration=True,
    reasons=(),
)

if __name__ == "__main__":
    main()
