"""How an open trade becomes a closed one."""

from collections.abc import Sequence

from domain.halt import TradingHalt
from domain.market.wallet_unit import in_wallet_units
from domain.position.closed_trade import ClosedTrade, ExitReason
from domain.position.open_trade import OpenTrade


def close(trade: OpenTrade, exit_reasons: Sequence[ExitReason], at_ms: int) -> ClosedTrade:
    """Sum a flat trade up; its id is its setup's.

    net_pnl = realised P&L - fees + funding, exact; r_multiple = net_pnl / planned loss, to eight
    decimals. Raises TradingHalt while something is still held, or without a reason.
    """
    plan, position = trade.plan, trade.position
    if not position.is_flat or not exit_reasons:
        raise TradingHalt(f"{plan.setup.setup_id} cannot be closed for {list(exit_reasons)}: {position}")
    net_pnl = position.realized_pnl - position.fees + position.funding
    return ClosedTrade(
        trade_id=plan.setup.setup_id,
        symbol=position.symbol,
        direction=position.direction,
        setup_kind=plan.setup.kind.value,
        opened_at_ms=position.opened_at_ms,
        closed_at_ms=at_ms,
        entry_price=position.entry_price,
        exit_price=position.exit_price,
        quantity=position.entered_quantity,
        exit_reason=exit_reasons[-1],
        exit_reasons=tuple(exit_reasons),
        gross_pnl=position.realized_pnl,
        fees=position.fees,
        funding=position.funding,
        net_pnl=net_pnl,
        r_multiple=in_wallet_units(net_pnl / plan.planned_loss),
        margin=plan.initial_margin,
        leverage=plan.leverage,
        kelly_multiplier=plan.kelly_multiplier,
        confidence=plan.confidence,
        is_exploration=plan.is_exploration,
        reasons=plan.setup.reasons,
    )
