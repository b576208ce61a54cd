"""What the exchange objects to in an order; codes and words are those of the real venue."""

import re
from decimal import Decimal
from typing import Final

from adapters.simulated.exchange.books import Key
from adapters.simulated.exchange.contract_terms import ContractTerms
from adapters.simulated.exchange.exchange_state import ExchangeState
from adapters.simulated.exchange.held_orders import AskedOrder, AskedStop
from adapters.simulated.exchange.margins import Margins
from adapters.simulated.exchange.news import DONE, Answer
from domain.market.direction import Direction, Side, side_that_closes
from domain.position.position import Position

MOST_OPEN_ORDERS: Final = 200
MOST_OPEN_STOPS: Final = 200
_SLIPPED: Final = Decimal("1.0005")
_CLIENT_ID: Final = re.compile(r"[.A-Z:/a-z0-9_-]{1,36}")


def form_objection(state: ExchangeState, asked: AskedOrder | AskedStop) -> Answer:
    """Check what needs no market: symbol, name, position side."""
    if asked.symbol not in state.contracts:
        return Answer(-1121, "Invalid symbol.")
    if state.contracts[asked.symbol].status != "TRADING":
        return Answer(-4140, "Invalid symbol status for opening position.")
    if asked.symbol not in state.quotes:
        return Answer(-1112, "No orders on book for symbol.")
    if _CLIENT_ID.fullmatch(asked.client_id) is None:
        return Answer(-4015, "Client order id is not valid.")
    if state.is_hedged is (asked.position_side == "BOTH"):
        return Answer(-4061, "Order's position side does not match user's setting.")
    if state.is_hedged and asked.is_reduce_only:
        return Answer(-1106, "Parameter 'reduceOnly' sent when not required.")
    return DONE


def price_objection(terms: ContractTerms, price: Decimal) -> Answer:
    """Check a price against the grid."""
    if price <= 0:
        return Answer(-4001, "Price less than or equal to zero.")
    if price % terms.instrument.tick:
        return Answer(-4014, "Price not increased by tick size.")
    return DONE


def quantity_objection(terms: ContractTerms, quantity: Decimal, *, is_market: bool) -> Answer:
    """Check a quantity against the lot sizes."""
    grid = terms.instrument
    if quantity <= 0:
        return Answer(-4003, "Quantity less than or equal to zero.")
    if quantity < grid.min_quantity:
        return Answer(-4004, "Quantity less than min quantity.")
    if quantity > (grid.max_market_quantity if is_market else grid.max_quantity):
        return Answer(-4005, "Quantity greater than max quantity.")
    if quantity % grid.lot:
        return Answer(-4023, "Quantity not increased by step size.")
    return DONE


def band_objection(state: ExchangeState, asked: AskedOrder | AskedStop, price: Decimal) -> Answer:
    """Check how far a limit lies from the mark price."""
    terms, mark = state.contracts[asked.symbol], state.mark(asked.symbol)
    if asked.side.sign * (price - mark) <= 0:
        return DONE
    if asked.side is Side.BUY:
        highest = terms.instrument.price_at_or_below(mark * (1 + terms.price_band))
        return Answer(-4016, f"Limit price can't be higher than {highest}.") if price > highest else DONE
    lowest = terms.instrument.price_at_or_above(mark * (1 - terms.price_band))
    return Answer(-4024, f"Limit price can't be lower than {lowest}.") if price < lowest else DONE


def notional_objection(state: ExchangeState, asked: AskedOrder, price: Decimal) -> Answer:
    """Check the least notional, which orders that only reduce need not reach."""
    least = state.instrument(asked.symbol).min_notional
    valued = state.mark(asked.symbol) if asked.kind == "MARKET" else price
    if closes_only(state, asked) or valued * asked.quantity >= least:
        return DONE
    return Answer(
        -4164, f"Order's notional must be no smaller than {least:f} (unless you choose reduce only)."
    )


def reduce_objection(state: ExchangeState, asked: AskedOrder) -> Answer:
    """Check that an order that only reduces has something to reduce."""
    if not closes_only(state, asked):
        return DONE
    position = closable(state, asked)
    if position is None or (state.is_hedged and asked.quantity > position.quantity):
        return Answer(-2022, "ReduceOnly Order is rejected.")
    return DONE


def margin_objection(state: ExchangeState, margins: Margins, asked: AskedOrder, price: Decimal) -> Answer:
    """Check leverage and margin for an order that may open something."""
    if closes_only(state, asked):
        return DONE
    leverage, mark = state.leverage(asked.symbol), state.mark(asked.symbol)
    valued = _valued(state, asked, price)
    held = state.books.positions.get((asked.symbol, asked.position_side))
    signed = held.signed_quantity if held is not None else Decimal(0)
    after = abs(signed + asked.side.sign * asked.quantity) * mark
    opens_more = after > abs(signed) * mark
    if opens_more and leverage > state.instrument(asked.symbol).max_leverage_at(after):
        return Answer(-2027, "Exceeded the maximum allowable position at current leverage.")
    bids, asks = (valued, Decimal(0)) if asked.side is Side.BUY else (Decimal(0), valued)
    more = margins.order_margin(asked.symbol, bids, asks) - margins.order_margin(asked.symbol)
    more += _open_loss(state, asked, price)
    if more > margins.available():
        return Answer(-2019, "Margin is insufficient.")
    return DONE


def closes_only(state: ExchangeState, asked: AskedOrder | AskedStop) -> bool:
    """Tell whether an order can only make a position smaller."""
    if state.is_hedged:
        return asked.side is side_that_closes(Direction[asked.position_side])
    return asked.is_reduce_only


def closable(state: ExchangeState, asked: AskedOrder | AskedStop) -> Position | None:
    """Give the position an order would reduce, or None."""
    key: Key = (asked.symbol, asked.position_side)
    position = state.books.positions.get(key)
    is_other_side = position is not None and asked.side is side_that_closes(position.direction)
    return position if is_other_side else None


def _valued(state: ExchangeState, asked: AskedOrder, price: Decimal) -> Decimal:
    if asked.kind != "MARKET":
        return asked.quantity * price
    best = state.best(asked.symbol, Side.SELL if asked.side is Side.BUY else Side.BUY)
    return asked.quantity * (best * _SLIPPED if asked.side is Side.BUY else best)


def _open_loss(state: ExchangeState, asked: AskedOrder, price: Decimal) -> Decimal:
    if asked.kind == "MARKET":
        return Decimal(0)
    gain = asked.side.sign * (state.mark(asked.symbol) - price)
    return -min(Decimal(0), gain) * asked.quantity
