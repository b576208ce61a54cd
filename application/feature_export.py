"""The twelve features of a whole tape, one row a base bar."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from application.ports.candle_aggregator import CandleAggregator
from application.ports.candle_tape import CandleTape
from application.ports.feature_sink import FeatureSink
from application.ports.structure_engine import StructureEngine
from domain.market.candle import Candle
from domain.structure.structure_view import Features

_ROWS_AT_ONCE: Final = 8_192


class FeatureCounts(NamedTuple):
    """How many base bars were read, and how many of them gave features."""

    bars: int
    ready: int


def export_features(
    tape: CandleTape, aggregator: CandleAggregator | None, engine: StructureEngine, sink: FeatureSink
) -> FeatureCounts:
    """Write one row per base bar; without an aggregator the tape's candles are the base bars.

    A base bar whose last minutes are missing at the very end of the tape is not closed and gives
    no row. Raises TapeRefused, CandleRefused, SinkFailed.
    """
    bars = ready = 0
    times: list[int] = []
    rows: list[Features] = []
    for bar in _base_bars(tape, aggregator):
        features = engine.update(bar)
        times.append(bar.open_time_ms)
        rows.append(features)
        bars += 1
        ready += features[0] == features[0]
        if len(rows) == _ROWS_AT_ONCE:
            sink.write(times, rows)
            times, rows = [], []
    sink.write(times, rows)
    sink.finish()
    return FeatureCounts(bars, ready)


def _base_bars(tape: CandleTape, aggregator: CandleAggregator | None) -> Iterator[Candle]:
    if aggregator is None:
        yield from tape.candles()
        return
    for candle in tape.candles():
        yield from aggregator.update(candle)
