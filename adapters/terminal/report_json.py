"""A session's report for machines: the keys that scripts rely on."""

from collections.abc import Mapping, Sequence

from application.session_report import SessionReport
from domain.market.tape_audit import TapeAudit
from domain.position.closed_trade import ClosedTrade


def report_as_json(report: SessionReport, audits: Mapping[str, TapeAudit]) -> dict[str, object]:
    """Give totals, groups, refusals, equity and trades; times in milliseconds UTC, amounts exact.

    `tapes` tells by symbol what the audit of recorded candles dropped and noted.
    """
    return {
        "tapes": audits,
        "totals": report.totals,
        "by_symbol": report.by_symbol,
        "by_exit": report.by_exit,
        "by_setup": report.by_setup,
        "exits": report.exits,
        "refusals": report.refusals,
        "equity": report.equity,
        "trades": trades_as_json(report.trades),
    }


def trades_as_json(trades: Sequence[ClosedTrade]) -> list[dict[str, object]]:
    """Give closed trades; `confidence` is null for a trade that explores."""
    return [_row(trade) for trade in trades]


def _row(trade: ClosedTrade) -> dict[str, object]:
    return {
        "trade_id": trade.trade_id,
        "symbol": trade.symbol,
        "side": trade.direction,
        "setup": trade.setup_kind,
        "entry_time_ms": trade.opened_at_ms,
        "exit_time_ms": trade.closed_at_ms,
        "entry_price": trade.entry_price,
        "exit_price": trade.exit_price,
        "quantity": trade.quantity,
        "exit_reason": trade.exit_reason,
        "exit_reasons": trade.exit_reasons,
        "gross_pnl": trade.gross_pnl,
        "fees": trade.fees,
        "funding": trade.funding,
        "net_pnl": trade.net_pnl,
        "r_multiple": trade.r_multiple,
        "margin": trade.margin,
        "leverage": trade.leverage,
        "kelly_multiplier": trade.kelly_multiplier,
        "confidence": trade.confidence,
        "is_exploration": trade.is_exploration,
        "reasons": trade.reasons,
    }
