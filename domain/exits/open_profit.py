"""What the open part of a trade would bring if it were closed now."""

from decimal import Decimal

from domain.market.trading_costs import TradingCosts
from domain.position.open_trade import OpenTrade
from domain.position.position import Position


def open_profit(trade: OpenTrade, price: Decimal, costs: TradingCosts) -> Decimal:
    """Give the net profit of the open part, in quote currency; negative for a loss.

    Unrealised P&L at the price, less its share of the entry fees, plus its share of funding, less
    taker fee and slippage for leaving at market. What a half close has already banked is not in it.
    """
    position = trade.position
    leaving = price * position.quantity * costs.market_exit
    return position.unrealized_pnl(price) - paid_so_far(position, costs) - leaving


def break_even_price(trade: OpenTrade, costs: TradingCosts) -> Decimal:
    """Give the price, off the tick, at which open_profit is zero."""
    return price_of_profit(trade, Decimal(0), costs)


def price_of_profit(trade: OpenTrade, profit: Decimal, costs: TradingCosts) -> Decimal:
    """Give the price, off the tick, at which open_profit is this much."""
    position, sign = trade.position, trade.position.direction.sign
    owed = position.open_cost + sign * (paid_so_far(position, costs) + profit)
    return owed / (position.quantity * (1 - sign * costs.market_exit))


def paid_so_far(position: Position, costs: TradingCosts) -> Decimal:
    """Give entry fees less funding received, for the open share of what was entered.

    The fees of what was closed already are taken out at the taker rate.
    """
    entry_fees = position.fees - position.exited_cost * costs.taker_fee
    return (entry_fees - position.funding) * position.quantity / position.entered_quantity


def open_risk(trade: OpenTrade) -> Decimal:
    """Give R of the open part: the planned loss by the share of the planned quantity still open."""
    return trade.plan.planned_loss * trade.position.quantity / trade.plan.quantity


def open_margin(trade: OpenTrade) -> Decimal:
    """Give the initial margin of the open part."""
    return trade.plan.initial_margin * trade.position.quantity / trade.plan.quantity
