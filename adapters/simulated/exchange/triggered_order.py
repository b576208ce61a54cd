"""What a conditional order becomes once it has fired."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from adapters.simulated.exchange import order_rules as rules
from adapters.simulated.exchange.exchange_state import ExchangeState
from adapters.simulated.exchange.held_orders import NOTHING, HeldStop
from domain.market.direction import Side
from domain.market.instrument import Instrument

TRAILING: Final = "TRAILING_STOP_MARKET"
AT_MARKET: Final = frozenset({"STOP_MARKET", "TAKE_PROFIT_MARKET", TRAILING})


@dataclass(slots=True)
class TriggeredOrder:
    """What a stop asks the engine for once it has fired."""

    client_id: str
    symbol: str
    side: Side
    position_side: str
    kind: str
    time_in_force: str
    quantity: Decimal
    price: Decimal
    is_reduce_only: bool
    good_till_ms: int
    price_match: str
    self_trade: str


def order_fired_by(state: ExchangeState, stop: HeldStop) -> TriggeredOrder:
    """Give what a stop asks for now: no more than is held, if it only reduces."""
    position = rules.closable(state, stop)
    held = NOTHING if position is None else position.quantity
    reduces = rules.closes_only(state, stop)
    quantity = (
        _whole_lots(held, state.instrument(stop.symbol))
        if stop.closes_position
        else min(stop.quantity, held)
        if reduces and held
        else stop.quantity
    )
    name = stop.client_id if state.habits.do_triggered_orders_keep_their_name else f"x-{stop.algo_id}"
    is_market = stop.kind in AT_MARKET
    return TriggeredOrder(
        name,
        stop.symbol,
        stop.side,
        stop.position_side,
        "MARKET" if is_market else "LIMIT",
        "GTC" if is_market else stop.time_in_force,
        quantity,
        NOTHING if is_market else stop.price,
        stop.is_reduce_only and not state.is_hedged,
        stop.good_till_ms,
        stop.price_match,
        stop.self_trade,
    )


def _whole_lots(held: Decimal, grid: Instrument) -> Decimal:
    """Give the order that closes what is held: where no lot fits it, the next larger, which is cut to it."""
    return held if grid.fits(held) or not held else grid.quantity_at_least(held)
