"""The port through which recorded or generated candles come in."""

from collections.abc import Iterator
from typing import Protocol

from domain.market.candle import Candle


class CandleTape(Protocol):
    """Closed candles of one symbol, oldest first; reading twice gives the same candles."""

    @property
    def symbol(self) -> str:
        """The instrument's name, such as BTCUSDT."""
        ...

    @property
    def step_ms(self) -> int:
        """The length of a candle in milliseconds."""
        ...

    @property
    def length(self) -> int:
        """How many candles the whole tape holds, before any repair."""
        ...

    def candles(self, from_ms: int | None = None, until_ms: int | None = None) -> Iterator[Candle]:
        """Give the candles whose open time lies in [from, until), with flat memory.

        Raises TapeRefused with file, row and reason.
        """
        ...
