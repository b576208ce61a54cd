"""Which of our orders the venue means."""

from typing import Final

from adapters.binance.wire.account_events import AlgoReport, OrderReport, OrderTradeUpdate
from adapters.binance.wire.recent import Recent
from domain.orders.order_ids import setup_of

_MOST_REMEMBERED: Final = 20_000
_RESIDENT_KINDS: Final = frozenset({"STOP_MARKET", "TAKE_PROFIT_MARKET"})


class OrderLinks:
    """Links the order that a triggered stop became to the stop, by the venue's number.

    The venue may tell of that order under our id or under one of its own, and before or after it
    says which stop it was: such reports are held until the link is known.
    """

    def __init__(self) -> None:
        self._ours: Recent[int, str] = Recent(_MOST_REMEMBERED)
        self._algos: Recent[str, str] = Recent(_MOST_REMEMBERED)
        self._unlinked: dict[str, tuple[str, str]] = {}
        self._held: dict[int, list[OrderTradeUpdate]] = {}

    def our_id(self, report: OrderReport) -> str | None:
        """Give our id of the order reported on, None when it is not known to be ours."""
        linked = self.linked(report.venue_order_id)
        if linked is not None:
            return linked
        return report.client_id if setup_of(report.client_id) is not None else None

    def linked(self, venue_order_id: int) -> str | None:
        """Give the stop or target that became the order of this number, as far as known."""
        return self._ours.get(venue_order_id)

    def is_resident(self, order_id: str) -> bool:
        """Tell whether one of our ids was told to be a stop's or a target's."""
        return order_id in self._algos

    def is_news(self, report: AlgoReport) -> bool:
        """Take a report on a stop or target; False when the same status was told before."""
        was_told = self._algos.get(report.client_id) == report.status
        self._algos[report.client_id] = report.status
        return not was_told

    def expect(self, order_id: str, symbol: str, side: str) -> None:
        """Remember a stop or target that rests and may become an order of yet unknown number."""
        self._unlinked[order_id] = (symbol, side)

    def forget(self, order_id: str) -> None:
        """Expect nothing more of a stop or target."""
        self._unlinked.pop(order_id, None)

    def link(self, order_id: str, venue_order_id: int) -> list[OrderTradeUpdate]:
        """Learn what number one of our orders has; give what was held back for want of this."""
        self._ours[venue_order_id] = order_id
        self.forget(order_id)
        return self._held.pop(venue_order_id, [])

    def may_be_ours(self, report: OrderReport) -> bool:
        """Tell whether an order of unknown origin could be a stop of ours that was just triggered."""
        is_expected = (report.symbol, report.side) in self._unlinked.values()
        return is_expected or report.original_kind in _RESIDENT_KINDS

    def hold(self, update: OrderTradeUpdate) -> None:
        """Keep a report until its order is linked."""
        self._held.setdefault(update.order.venue_order_id, []).append(update)

    def held_since(self, before_ms: int) -> list[OrderTradeUpdate]:
        """Give up on orders whose first report came before a moment; their reports in order."""
        late = [number for number, held in self._held.items() if held[0].at_ms < before_ms]
        return [update for number in late for update in self._held.pop(number)]
