"""A part of a tape, taken for a whole one."""

from collections.abc import Iterator
from dataclasses import dataclass

from application.ports.candle_tape import CandleTape
from domain.market.candle import Candle


@dataclass(frozen=True, slots=True)
class TapeWindow:
    """The candles of a tape whose open time lies in [from, until)."""

    tape: CandleTape
    from_ms: int | None = None
    until_ms: int | None = None

    @property
    def symbol(self) -> str:
        """The instrument's name."""
        return self.tape.symbol

    @property
    def step_ms(self) -> int:
        """The length of a candle in milliseconds."""
        return self.tape.step_ms

    @property
    def length(self) -> int:
        """How many candles the tape holds, before and after the window too."""
        return self.tape.length

    def candles(self, from_ms: int | None = None, until_ms: int | None = None) -> Iterator[Candle]:
        """Give the candles that lie in both windows. Raises TapeRefused."""
        starts = [moment for moment in (self.from_ms, from_ms) if moment is not None]
        ends = [moment for moment in (self.until_ms, until_ms) if moment is not None]
        return self.tape.candles(max(starts, default=None), min(ends, default=None))
