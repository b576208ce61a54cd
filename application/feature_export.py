"""The twelve features of a whole tape, one row a base bar."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from application.ports.candle_aggregator import CandleAggregator
from application.ports.feature_sink import FeatureRow, FeatureSink
from application.ports.structure_engine import StructureEngine
from domain.market.candle import Candle


class FeatureExport(NamedTuple):
    """How many base bars were read, and how many of them gave features."""

    bars: int
    ready: int


class _Rows:
    """Feature rows of one pass, counting those that are ready."""

    def __init__(self, bars: Iterable[Candle], engine: StructureEngine) -> None:
        self._bars = bars
        self._engine = engine
        self.ready = 0

    def __iter__(self) -> Iterator[FeatureRow]:
        update = self._engine.update
        for bar in self._bars:
            features = update(bar)
            self.ready += features[0] == features[0]
            yield bar.open_time_ms, features


def export_features(
    symbol: str,
    candles: Iterable[Candle],
    aggregator: CandleAggregator,
    base_step_ms: int,
    engine: StructureEngine,
    sink: FeatureSink,
) -> FeatureExport:
    """Write one row per base bar.

    A base bar whose last minutes are missing at the very end of the tape is not closed and gives
    no row. Raises TapeRefused, CandleRefused or SinkFailed, and then nothing is on file.
    """
    rows = _Rows(_base_bars(candles, aggregator), engine)
    bars = sink.write(symbol, base_step_ms, rows)
    return FeatureExport(bars, rows.ready)


def _base_bars(candles: Iterable[Candle], aggregator: CandleAggregator) -> Iterator[Candle]:
    for candle in candles:
        yield from aggregator.update(candle)
