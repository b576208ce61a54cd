"""One thing to ask of the venue."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from adapters.binance.wire.request import Request
from domain.orders.order import Order, OrderPurpose


class Priority(IntEnum):
    """What goes first when not everything can go."""

    PROTECT = 0
    TARGET = 1
    CANCEL = 2
    LOOK = 3
    SETTING = 4
    ENTRY = 5
    COMPARE = 6


class Task(StrEnum):
    """What an errand is for."""

    PLACE = "place"
    CANCEL = "cancel"
    LOOK_UP = "look up"
    FIND_FILLS = "find fills"
    SET = "set"
    COUNT_DOWN = "count down"
    SWEEP = "sweep"
    COMPARE = "compare"
    FIND_TRADES = "find trades"
    IDENTIFY = "identify"
    FIND_FUNDING = "find funding"
    READ_RULES = "read rules"


@dataclass(frozen=True, slots=True)
class Errand:
    """A request and what it is about; `about` is an order's id, a symbol, a number or a step."""

    task: Task
    about: str
    priority: Priority
    request: Request[Any]


_PRIORITIES = {
    OrderPurpose.EXIT: Priority.PROTECT,
    OrderPurpose.STOP: Priority.PROTECT,
    OrderPurpose.TARGET: Priority.TARGET,
    OrderPurpose.ENTRY: Priority.ENTRY,
}


def priority_of(order: Order) -> Priority:
    """Tell how urgent it is that the venue gets an order."""
    return _PRIORITIES[order.purpose]
