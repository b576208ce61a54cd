"""The two sides of a trade."""

from enum import StrEnum
from typing import Self


class Direction(StrEnum):
    """Which way a position profits; `sign` is +1 for long, -1 for short."""

    sign: int

    LONG = "long", 1
    SHORT = "short", -1

    def __new__(cls, word: str, sign: int) -> Self:
        """Keep the sign with its member: it is asked for at every step of every rule."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.sign = sign
        return member

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
