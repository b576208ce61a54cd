"""The life of an order, as one table."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from domain.halt import TradingHalt
from domain.orders.order import Order
from domain.orders.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)

_NOTHING: Final = Decimal(0)


class OrderState(StrEnum):
    """Where an order stands, as far as we know."""

    SENT = "sent"
    RESTING = "resting"
    CANCELLING = "cancelling"
    DONE = "done"
    DEAD = "dead"


_OVER: Final = (OrderState.DONE, OrderState.DEAD)
_STANDING: Final = (OrderState.SENT, OrderState.RESTING)


class OrderStep(StrEnum):
    """What can happen to an order; all but the cancel we ask for comes from the venue."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PART_FILLED = "part_filled"
    FILLED = "filled"
    CANCEL_ASKED = "cancel_asked"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


# A market order may fill before its acceptance is told. A fill may overtake the cancel we asked for,
# and one that happened before a cancel may be told after it.
NEXT: Final = {
    OrderState.SENT: {
        OrderStep.ACCEPTED: OrderState.RESTING,
        OrderStep.REJECTED: OrderState.DEAD,
        OrderStep.PART_FILLED: OrderState.RESTING,
        OrderStep.FILLED: OrderState.DONE,
        OrderStep.CANCEL_ASKED: OrderState.CANCELLING,
        OrderStep.CANCELLED: OrderState.DEAD,
        OrderStep.EXPIRED: OrderState.DEAD,
    },
    OrderState.RESTING: {
        OrderStep.ACCEPTED: OrderState.RESTING,
        OrderStep.PART_FILLED: OrderState.RESTING,
        OrderStep.FILLED: OrderState.DONE,
        OrderStep.CANCEL_ASKED: OrderState.CANCELLING,
        OrderStep.CANCELLED: OrderState.DEAD,
        OrderStep.EXPIRED: OrderState.DEAD,
    },
    OrderState.CANCELLING: {
        OrderStep.ACCEPTED: OrderState.CANCELLING,
        OrderStep.REJECTED: OrderState.DEAD,
        OrderStep.PART_FILLED: OrderState.CANCELLING,
        OrderStep.FILLED: OrderState.DONE,
        OrderStep.CANCEL_ASKED: OrderState.CANCELLING,
        OrderStep.CANCELLED: OrderState.DEAD,
        OrderStep.EXPIRED: OrderState.DEAD,
    },
    OrderState.DONE: {
        OrderStep.ACCEPTED: OrderState.DONE,
        OrderStep.CANCEL_ASKED: OrderState.DONE,
        OrderStep.CANCELLED: OrderState.DONE,
    },
    OrderState.DEAD: {
        OrderStep.ACCEPTED: OrderState.DEAD,
        OrderStep.PART_FILLED: OrderState.DEAD,
        OrderStep.CANCEL_ASKED: OrderState.DEAD,
        OrderStep.CANCELLED: OrderState.DEAD,
        OrderStep.EXPIRED: OrderState.DEAD,
    },
}

_STEP_TOLD_BY: Final = {
    OrderAccepted: OrderStep.ACCEPTED,
    OrderRejected: OrderStep.REJECTED,
    OrderCancelled: OrderStep.CANCELLED,
    OrderExpired: OrderStep.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class WorkingOrder:
    """An order and what we know of its life.

    Whoever feeds it fills drops those whose id was seen before; here every fill counts.
    """

    order: Order
    state: OrderState = OrderState.SENT
    filled_quantity: Decimal = _NOTHING

    @property
    def is_live(self) -> bool:
        """Whether the order may still trade."""
        return self.state not in _OVER

    @property
    def is_standing(self) -> bool:
        """Whether the order may still trade and nobody asked it to go."""
        return self.state in _STANDING

    def covers(self, held: Decimal) -> bool:
        """Tell whether the order could close this much; one that closes the position closes any."""
        return self.is_live and (self.order.closes_position or self.open_quantity >= held)

    @property
    def open_quantity(self) -> Decimal:
        """What the order may still trade; zero once it is over."""
        return self.order.quantity - self.filled_quantity if self.is_live else _NOTHING

    def after(self, event: OrderEvent) -> "WorkingOrder":
        """Give the order after an event of its own.

        Raises TradingHalt when the table has no such step, when the event names another order, and
        when more is filled than was ordered.
        """
        if isinstance(event, OrderFilled):
            return self._after_fill(event)
        if event.order_id != self.order.order_id:
            raise TradingHalt(f"{event} does not belong to order {self.order.order_id}")
        return self._stepped(_STEP_TOLD_BY[type(event)])

    def asked_to_cancel(self) -> "WorkingOrder":
        """Give the order after we asked the venue to take it away; harmless when it is already over."""
        return self._stepped(OrderStep.CANCEL_ASKED)

    def _after_fill(self, event: OrderFilled) -> "WorkingOrder":
        fill = event.fill
        filled = self.filled_quantity + fill.quantity
        is_too_much = filled > self.order.quantity and not self.order.closes_position
        if fill.order_id != self.order.order_id or is_too_much:
            raise TradingHalt(f"{event} does not fit order {self}")
        step = OrderStep.FILLED if fill.is_last else OrderStep.PART_FILLED
        return WorkingOrder(self.order, self._state_after(step), filled)

    def _stepped(self, step: OrderStep) -> "WorkingOrder":
        return WorkingOrder(self.order, self._state_after(step), self.filled_quantity)

    def _state_after(self, step: OrderStep) -> OrderState:
        following = NEXT[self.state].get(step)
        if following is None:
            raise TradingHalt(f"order {self.order.order_id} is {self.state.value} and cannot be {step.value}")
        return following
