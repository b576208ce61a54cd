"""What a session leaves behind when it ends before everything is closed."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from application.symbol_book import SymbolBook
from domain.orders.order import Order, OrderPurpose
from domain.orders.order_life import OrderState


class LeftOpen(NamedTuple):
    """What of one symbol is still open; short quantities are negative.

    `stop` and `target` are the prices of those that the venue holds, None where it holds none; `others` are
    the ids of all other orders that may still trade.
    """

    symbol: str
    signed_quantity: Decimal
    stop: Decimal | None
    target: Decimal | None
    others: tuple[str, ...]


def left_open(books: Iterable[SymbolBook]) -> list[LeftOpen]:
    """Tell what is still open, by symbol."""
    open_books = (book for book in books if book.trade is not None or not book.is_idle)
    return sorted((_left_open(book) for book in open_books), key=lambda left: left.symbol)


def _left_open(book: SymbolBook) -> LeftOpen:
    stop, target = _resting(book, OrderPurpose.STOP), _resting(book, OrderPurpose.TARGET)
    return LeftOpen(
        book.symbol,
        Decimal(0) if book.trade is None else book.trade.position.signed_quantity,
        None if stop is None else stop.trigger_price,
        None if target is None else target.trigger_price,
        tuple(
            working.order.order_id
            for working in book.orders.values()
            if working.is_live and working.order is not stop and working.order is not target
        ),
    )


def _resting(book: SymbolBook, purpose: OrderPurpose) -> Order | None:
    """Give the newest order of a purpose that the venue said it holds."""
    held = [working.order for working in book.live(purpose) if working.state is not OrderState.SENT]
    return held[-1] if held else None
