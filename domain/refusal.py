"""Why something was not done."""

from enum import StrEnum
from typing import NamedTuple


class RefusalReason(StrEnum):
    """Every reason for which a setup or an order goes no further."""

    NO_EDGE = "no_edge"
    EXPLORATION_OFF = "exploration_off"
    TOO_SMALL = "too_small"
    INVALID_ORDER = "invalid_order"
    LIQUIDATION_TOO_NEAR = "liquidation_too_near"
    SYMBOL_BUSY = "symbol_busy"
    TOO_MANY_POSITIONS = "too_many_positions"
    TOO_MUCH_EXPOSURE = "too_much_exposure"
    TOO_MUCH_MARGIN = "too_much_margin"
    DAILY_LOSS = "daily_loss"
    DRAWDOWN = "drawdown"
    COOLING_DOWN = "cooling_down"
    STALE_DATA = "stale_data"
    BOOK_NOT_RECONCILED = "book_not_reconciled"


class Refusal(NamedTuple):
    """A refusal and its figures in words, such as `margin 812.00 of at most 800.00`."""

    reason: RefusalReason
    detail: str
