"""Whether the stop and the target that a position should have stand at the venue."""

from decimal import Decimal

from application.symbol_book import SymbolBook
from domain.exits.exit_decision import CloseAll
from domain.exits.exit_rules import ExitRules
from domain.exits.unprotected import stop_refused
from domain.orders.order import OrderPurpose
from domain.orders.order_life import OrderState
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade


def too_late_to_protect(book: SymbolBook, trade: OpenTrade, rules: ExitRules) -> CloseAll | None:
    """Say why to leave at market.

    No stop is left, the venue goes on refusing one, or the price passed a level that it refused.
    """
    if not book.standing(OrderPurpose.STOP) and not book.gives_way(OrderPurpose.STOP):
        return CloseAll(ExitReason.STOP, "no stop protects the position")
    refused = stop_refused(book.refused(OrderPurpose.STOP), rules)
    if refused is not None:
        return refused
    sign, price = trade.position.direction.sign, book.price
    if not stands(book, trade, OrderPurpose.STOP) and (price - trade.stop) * sign <= 0:
        return CloseAll(book.stop_reason, "the price passed a stop that the venue does not hold")
    if not stands(book, trade, OrderPurpose.TARGET) and (price - trade.target) * sign >= 0:
        return CloseAll(ExitReason.TARGET, "the price reached a target that the venue does not hold")
    return None


def is_protected(book: SymbolBook, trade: OpenTrade) -> bool:
    """Tell whether a stop and a target for the whole position are at their levels, or on their way."""
    return stands(book, trade, OrderPurpose.STOP) and stands(book, trade, OrderPurpose.TARGET)


def is_covered(book: SymbolBook, trade: OpenTrade) -> bool:
    """Tell whether the venue is known to hold a stop for the whole position."""
    held = trade.position.quantity
    return any(
        working.order.purpose is OrderPurpose.STOP
        and working.state is OrderState.RESTING
        and working.covers(held)
        for working in book.orders.values()
    )


def stands(book: SymbolBook, trade: OpenTrade, purpose: OrderPurpose) -> bool:
    """Tell whether a stop or target for the whole position is at its level, or on its way there.

    A quantity that the venue's lot does not fit any more is none that it will surely trade.
    """
    level, held = level_of(trade, purpose), trade.position.quantity
    has_room = book.instrument.fits(held)
    for working in book.orders.values():
        order = working.order
        is_at_level = order.purpose is purpose and order.trigger_price == level
        is_sure = has_room or order.closes_position
        if is_at_level and is_sure and working.is_standing and working.covers(held):
            return True
    return False


def level_of(trade: OpenTrade, purpose: OrderPurpose) -> Decimal:
    """Give where a trade's stop or target lies."""
    return trade.stop if purpose is OrderPurpose.STOP else trade.target
