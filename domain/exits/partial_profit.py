"""Exit 6: half of it home, the rest at no risk."""

from decimal import Decimal

from domain.exits.exit_decision import CloseHalf, MoveStop
from domain.exits.exit_rules import ExitRules
from domain.exits.open_profit import break_even_price
from domain.exits.resident import is_tighter, rounded_ahead
from domain.exits.standing import Standing
from domain.market.instrument import Instrument
from domain.market.trading_costs import TradingCosts
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade


def half_of(trade: OpenTrade, instrument: Instrument) -> Decimal:
    """Give half of what is open, down to the lot; zero when either half is too small for the venue."""
    half = instrument.quantity_at_most(trade.position.quantity / 2)
    return half if half >= instrument.min_quantity else Decimal(0)


def partial_profit(
    trade: OpenTrade,
    price: Decimal,
    standing: Standing,
    rules: ExitRules,
    costs: TradingCosts,
    instrument: Instrument,
) -> CloseHalf | MoveStop | None:
    """At a profit of 1 R close half, once, and move the stop to break-even after fees.

    The stop is never loosened by it. Where half is below the venue's least quantity only the stop
    moves.
    """
    if trade.is_half_closed:
        return None
    if standing.profit < standing.amount(rules.partial_profit_at, rules.partial_profit_unit):
        return None
    break_even = rounded_ahead(instrument, break_even_price(trade, costs), trade.position.direction)
    moves = is_tighter(trade, break_even, price, instrument)
    detail = f"profit {standing.profit_in_words}"
    if half_of(trade, instrument) > 0:
        return CloseHalf(ExitReason.PARTIAL_PROFIT, break_even if moves else trade.stop, detail)
    return MoveStop(ExitReason.PARTIAL_PROFIT, break_even, f"{detail}; half is too small") if moves else None
