"""The port through which candles are put on file."""

from collections.abc import Iterable
from typing import Protocol

from domain.market.candle import Candle


class SinkFailed(OSError):
    """The candles could not be put on file; what stood there before is untouched."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason


class CandleSink(Protocol):
    """Takes the candles of one tape; they are on file as a whole, or not at all."""

    def write(self, symbol: str, step_ms: int, candles: Iterable[Candle]) -> int:
        """Put all candles on file and give their number. Raises SinkFailed, or what reading them raises."""
        ...
