"""Puts a tape on file in another form, and in longer candles if asked."""

from collections.abc import Iterator
from dataclasses import dataclass

from application.market_tape import not_empty
from application.ports.candle_aggregator import CandleAggregator
from application.ports.candle_sink import CandleSink
from application.ports.candle_tape import AuditedTape
from domain.market.candle import Candle
from domain.market.tape_audit import TapeAudit


@dataclass(frozen=True, slots=True)
class Lengthening:
    """Into which length candles are folded, and by whom."""

    aggregator: CandleAggregator
    into_ms: int


@dataclass(frozen=True, slots=True)
class TapeConversion:
    """What was put on file, and what the audit of the source found."""

    symbol: str
    step_ms: int
    candles_written: int
    audit: TapeAudit


def convert_tape(
    tape: AuditedTape,
    sink: CandleSink,
    from_ms: int | None = None,
    until_ms: int | None = None,
    lengthening: Lengthening | None = None,
) -> TapeConversion:
    """Write the candles that open in [from, until); a longer candle that is not closed is left out.

    Raises TapeRefused or SinkFailed, and then nothing is on file.
    """
    reading = tape.read(from_ms, until_ms)
    candles, step_ms = not_empty(reading.candles, tape.symbol), tape.step_ms
    if lengthening is not None:
        candles, step_ms = _lengthened(candles, lengthening.aggregator), lengthening.into_ms
    written = sink.write(tape.symbol, step_ms, candles)
    return TapeConversion(tape.symbol, step_ms, written, reading.audit)


def _lengthened(candles: Iterator[Candle], aggregator: CandleAggregator) -> Iterator[Candle]:
    for candle in candles:
        yield from aggregator.update(candle)
