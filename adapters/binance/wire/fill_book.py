"""Every fill once."""

from decimal import Decimal
from typing import Final

from adapters.binance.wire.account_events import OrderReport, TradeLite
from adapters.binance.wire.recent import Recent

_MOST_REMEMBERED: Final = 20_000
_NOTHING: Final = Decimal(0)
_FILLED_SO_FAR: Final = "-"


class FillBook:
    """Knows which fills were booked, what each order filled, and which fills were only announced."""

    def __init__(self) -> None:
        self._booked: Recent[tuple[str, str], None] = Recent(_MOST_REMEMBERED)
        self._unnumbered: Recent[tuple[str, str], None] = Recent(_MOST_REMEMBERED)
        self._filled: Recent[str, Decimal] = Recent(_MOST_REMEMBERED)
        self._announced: dict[tuple[str, str], TradeLite] = {}

    def book(self, symbol: str, fill_id: str, order_id: str, quantity: Decimal) -> bool:
        """Take a fill; False when it was booked before."""
        key = (symbol, fill_id)
        self._announced.pop(key, None)
        if key in self._booked:
            return False
        self._booked[key] = None
        number, is_without, _ = fill_id.partition(_FILLED_SO_FAR)
        if is_without:
            self._unnumbered[symbol, number] = None
        self._filled[order_id] = self.filled(order_id) + quantity
        return True

    def knows(self, symbol: str, fill_id: str, venue_order_id: int) -> bool:
        """Tell whether a fill was booked, be it without its number under that of its order."""
        return (symbol, fill_id) in self._booked or (symbol, str(venue_order_id)) in self._unnumbered

    def filled(self, order_id: str) -> Decimal:
        """Tell how much of an order was booked."""
        return self._filled.get(order_id) or _NOTHING

    def know(self, order_id: str, filled: Decimal) -> None:
        """Take over what is known of an order from elsewhere; its earlier fills are not told again."""
        self._filled[order_id] = filled

    def announce(self, trade: TradeLite) -> None:
        """Remember a fill that was told in short, until it is told in full."""
        key = (trade.symbol, str(trade.trade_id))
        if key not in self._booked:
            self._announced[key] = trade

    def announced_before(self, before_ms: int) -> list[TradeLite]:
        """Give up waiting for fills announced before a moment."""
        late = [key for key, trade in self._announced.items() if trade.at_ms < before_ms]
        return [self._announced.pop(key) for key in late]


def fill_id_of(report: OrderReport) -> str:
    """Name a fill; executions without a number, as in liquidations, are told apart by what was filled."""
    if report.trade_id > 0:
        return str(report.trade_id)
    return f"{report.venue_order_id}{_FILLED_SO_FAR}{report.filled_quantity}"


def is_of_order(fill_id: str, venue_order_id: int) -> bool:
    """Tell whether a fill without a number is one of this order."""
    return fill_id.startswith(f"{venue_order_id}{_FILLED_SO_FAR}")
