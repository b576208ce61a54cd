"""Puts invented tapes on file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from application.ports.candle_sink import CandleSink
from application.ports.candle_tape import CandleTape


@dataclass(frozen=True, slots=True)
class TapeGenerated:
    """One tape now on file."""

    symbol: str
    step_ms: int
    candles_written: int


def generate_tapes(orders: Iterable[tuple[CandleTape, CandleSink]]) -> Iterator[TapeGenerated]:
    """Write each tape to its sink, and tell of each when it is on file. Raises SinkFailed."""
    for tape, sink in orders:
        written = sink.write(tape.symbol, tape.step_ms, tape.candles())
        yield TapeGenerated(tape.symbol, tape.step_ms, written)
