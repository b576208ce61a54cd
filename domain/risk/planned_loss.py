"""What a trade loses when its stop is hit."""

from decimal import Decimal

from domain.market.trading_costs import TradingCosts


def planned_loss(
    entry: Decimal, stop: Decimal, quantity: Decimal, costs: TradingCosts, *, is_maker_entry: bool
) -> Decimal:
    """Give R: stop distance x quantity, the entry's cost, and fee and slippage at the stop.

    A maker entry pays the maker fee; a market entry pays the taker fee and slippage.
    """
    entry_rate = costs.maker_fee if is_maker_entry else costs.taker_fee + costs.slippage
    return quantity * (abs(entry - stop) + entry * entry_rate + stop * costs.market_exit)
