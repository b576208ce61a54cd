"""What a shadow trade's orders would have got."""

from decimal import Decimal

from domain.market.direction import Direction, Side, side_that_closes, side_that_opens
from domain.market.instrument import Instrument
from domain.market.slippage import taker_price
from domain.market.trading_costs import TradingCosts
from domain.market.wallet_unit import in_wallet_units
from domain.orders.fill import Fill
from domain.position.position import Position, realized_by
from domain.position.trade_plan import TradePlan


def filled_beyond(plan: TradePlan, instrument: Instrument) -> float:
    """Give the price that fills the waiting entry: one tick beyond its limit."""
    return float(plan.setup.entry - instrument.tick * plan.setup.direction.sign)


def trades_through(plan: TradePlan, low: float, high: float, instrument: Instrument) -> bool:
    """Tell whether prices between low and high fill the waiting entry."""
    return _is_reached(filled_beyond(plan, instrument), plan.setup.direction, low, high)


def reaches_stop(level: Decimal, direction: Direction, low: float, high: float) -> bool:
    """Tell whether prices between low and high make a stop act."""
    return _is_reached(float(level), direction, low, high)


def reaches_target(level: Decimal, direction: Direction, low: float, high: float) -> bool:
    """Tell whether prices between low and high make a target act."""
    return high >= float(level) if direction is Direction.LONG else low <= float(level)


def maker_entry(plan: TradePlan, costs: TradingCosts, at_ms: int) -> Fill:
    """Fill the entry at exactly its limit, for the maker fee."""
    price = plan.setup.entry
    return _fill(plan, side_that_opens(plan.setup.direction), price, plan.quantity, costs.maker_fee, at_ms)


def taker_entry(
    plan: TradePlan, market: Decimal, costs: TradingCosts, instrument: Instrument, at_ms: int
) -> Fill:
    """Fill the entry at market, slippage against us, for the taker fee."""
    side = side_that_opens(plan.setup.direction)
    price = taker_price(side, market, costs.slippage, instrument)
    return _fill(plan, side, price, plan.quantity, costs.taker_fee, at_ms)


def taker_exit(
    plan: TradePlan,
    position: Position,
    quantity: Decimal,
    market: Decimal,
    costs: TradingCosts,
    instrument: Instrument,
    at_ms: int,
) -> Fill:
    """Close this much at market, slippage against us, for the taker fee."""
    side = side_that_closes(position.direction)
    price = taker_price(side, market, costs.slippage, instrument)
    fill = _fill(plan, side, price, quantity, costs.taker_fee, at_ms)
    return fill._replace(realized_pnl=realized_by(position, price, quantity))


def _fill(plan: TradePlan, side: Side, price: Decimal, quantity: Decimal, rate: Decimal, at_ms: int) -> Fill:
    setup = plan.setup
    return Fill(
        fill_id="shadow",
        order_id=setup.setup_id,
        symbol=setup.symbol,
        side=side,
        price=price,
        quantity=quantity,
        fee=in_wallet_units(price * quantity * rate),
        realized_pnl=Decimal(0),
        is_maker=False,
        is_last=True,
        at_ms=at_ms,
    )


def _is_reached(level: float, direction: Direction, low: float, high: float) -> bool:
    """Tell whether a level on the losing side of a trade is touched."""
    return low <= level if direction is Direction.LONG else high >= level
