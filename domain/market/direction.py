"""The two sides of a trade."""

from enum import StrEnum


class Direction(StrEnum):
    """Which way a position profits."""

    LONG = "long"
    SHORT = "short"

    @property
    def sign(self) -> int:
        """+1 for long, -1 for short."""
        return 1 if self is Direction.LONG else -1

    @property
    def opposite(self) -> "Direction":
        """The other side."""
        return Direction.SHORT if self is Direction.LONG else Direction.LONG


class Side(StrEnum):
    """Which way an order trades."""

    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """+1 for buy, -1 for sell."""
        return 1 if self is Side.BUY else -1


def side_that_opens(direction: Direction) -> Side:
    """Give the order side that opens or adds to a position."""
    return Side.BUY if direction is Direction.LONG else Side.SELL


def side_that_closes(direction: Direction) -> Side:
    """Give the order side that reduces a position."""
    return Side.SELL if direction is Direction.LONG else Side.BUY
