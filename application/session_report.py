"""What a session earned, and why: the figures behind every table and every JSON file."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from application.decision import EquityMark
from application.ports.trade_store import DecisionRecord
from application.session_tally import SessionTally
from domain.halt import TradingHalt
from domain.position.closed_trade import ClosedTrade

_ZERO = Decimal(0)


class TradeGroup(NamedTuple):
    """Trades of one kind taken together; `mean_r` is the mean of their R multiples."""

    name: str
    trades: int
    wins: int
    net_pnl: Decimal
    fees: Decimal
    funding: Decimal
    mean_r: Decimal


class Totals(NamedTuple):
    """The session in one line; `net_pnl` is the sum over trades, and with `outside` the change of the wallet.

    `max_drawdown` is the largest fall of equity from a peak, as a fraction of that peak, seen at
    closed trades and at each day's start.
    """

    candles: int
    orders: int
    trades: int
    wins: int
    refusals: int
    gross_pnl: Decimal
    fees: Decimal
    funding: Decimal
    net_pnl: Decimal
    outside: Decimal
    mean_r: Decimal
    start_wallet: Decimal
    end_wallet: Decimal
    max_drawdown: Decimal
    first_at_ms: int | None
    last_at_ms: int | None


@dataclass(frozen=True, slots=True)
class SessionReport:
    """Totals, groups, refusals by reason, equity, and the trades themselves.

    `by_exit` groups whole trades by what closed the last piece; `exits` counts every piece that was
    closed, so that a half taken with profit is seen.
    """

    totals: Totals
    by_symbol: tuple[TradeGroup, ...]
    by_exit: tuple[TradeGroup, ...]
    by_setup: tuple[TradeGroup, ...]
    exits: dict[str, int]
    refusals: dict[str, int]
    equity: tuple[EquityMark, ...]
    trades: tuple[ClosedTrade, ...]


def build_report(
    tally: SessionTally,
    trades: Sequence[ClosedTrade],
    decisions: Sequence[DecisionRecord],
    start_wallet: Decimal,
    end_wallet: Decimal,
) -> SessionReport:
    """Sum up a session. Raises TradingHalt when the trades do not add up to the wallet."""
    net_pnl = sum((trade.net_pnl for trade in trades), _ZERO)
    moved = end_wallet - start_wallet
    if net_pnl + tally.outside != moved:
        raise TradingHalt(
            f"closed trades sum to {net_pnl} + {tally.outside} outside, the wallet moved by {moved}"
        )
    refusals = Counter(record.reason for record in decisions if record.kind == "refused")
    whole = _group("all", trades)
    return SessionReport(
        totals=Totals(
            candles=tally.candles,
            orders=tally.orders,
            trades=whole.trades,
            wins=whole.wins,
            refusals=refusals.total(),
            gross_pnl=sum((trade.gross_pnl for trade in trades), _ZERO),
            fees=whole.fees,
            funding=whole.funding,
            net_pnl=net_pnl,
            outside=tally.outside,
            mean_r=whole.mean_r,
            start_wallet=start_wallet,
            end_wallet=end_wallet,
            max_drawdown=max_drawdown(tally.marks),
            first_at_ms=tally.first_at_ms,
            last_at_ms=tally.last_at_ms,
        ),
        by_symbol=groups_of(trades, lambda trade: trade.symbol),
        by_exit=groups_of(trades, lambda trade: trade.exit_reason),
        by_setup=groups_of(trades, lambda trade: f"{trade.setup_kind} {trade.direction}"),
        exits=_most_frequent_first(Counter(str(reason) for trade in trades for reason in trade.exit_reasons)),
        refusals=_most_frequent_first(refusals),
        equity=tuple(tally.marks),
        trades=tuple(trades),
    )


def max_drawdown(marks: Sequence[EquityMark]) -> Decimal:
    """Give the largest fall of equity from an earlier peak, as a fraction of the peak."""
    peak, deepest = _ZERO, _ZERO
    for mark in marks:
        peak = max(peak, mark.equity)
        if peak > 0:
            deepest = max(deepest, (peak - mark.equity) / peak)
    return deepest.quantize(Decimal("0.000001"))


def _most_frequent_first(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def groups_of(trades: Sequence[ClosedTrade], name_of: Callable[[ClosedTrade], str]) -> tuple[TradeGroup, ...]:
    """Take trades of one name together, in the order of the names."""
    members: dict[str, list[ClosedTrade]] = {}
    for trade in trades:
        members.setdefault(name_of(trade), []).append(trade)
    return tuple(_group(str(name), members[name]) for name in sorted(members))


def _group(name: str, trades: Sequence[ClosedTrade]) -> TradeGroup:
    r_sum = sum((trade.r_multiple for trade in trades), _ZERO)
    return TradeGroup(
        name=name,
        trades=len(trades),
        wins=sum(trade.net_pnl > 0 for trade in trades),
        net_pnl=sum((trade.net_pnl for trade in trades), _ZERO),
        fees=sum((trade.fees for trade in trades), _ZERO),
        funding=sum((trade.funding for trade in trades), _ZERO),
        mean_r=(r_sum / len(trades)).quantize(Decimal("0.0001")) if trades else _ZERO,
    )
