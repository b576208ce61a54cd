from collections.abc import Iterable

import pytest

from application.feature_export import FeatureExport, export_features
from application.ports.feature_sink import FeatureRow
from domain.market.candle import Candle, CandleRefused
from domain.market.candle_aggregator import CandleAggregator
from domain.market.timeframe import MINUTE_MS
from tests.application.drill import BTC, a_candle
from tests.fakes.structure_engine import NOT_READY, QUIET, ScriptedEngine


class RowsKept:
    """Keeps the rows of a whole tape, or none of them."""

    def __init__(self) -> None:
        self.rows: list[FeatureRow] = []
        self.named: tuple[str, int] = ("", 0)

    def write(self, symbol: str, base_step_ms: int, rows: Iterable[FeatureRow]) -> int:
        self.rows, self.named = list(rows), (symbol, base_step_ms)
        return len(self.rows)


class ReadyAfter(ScriptedEngine):
    """Gives features from a bar on."""

    def __init__(self, bars: int) -> None:
        super().__init__()
        self._unready = bars

    def update(self, bar: Candle) -> tuple[float, ...]:
        self.market = NOT_READY if len(self.bars) < self._unready else QUIET
        return super().update(bar)


def minutes(count: int) -> list[Candle]:
    return [a_candle(number * MINUTE_MS, 100.0 + number) for number in range(count)]


def exported(
    candles: Iterable[Candle], base_minutes: int, ready_after: int = 0
) -> tuple[FeatureExport, RowsKept]:
    sink = RowsKept()
    base_step_ms = base_minutes * MINUTE_MS
    aggregator = CandleAggregator(MINUTE_MS, base_step_ms)
    return export_features(BTC, candles, aggregator, base_step_ms, ReadyAfter(ready_after), sink), sink


def test_there_is_one_row_per_base_bar_at_its_open_time() -> None:
    export, sink = exported(minutes(15), 5)
    assert export == FeatureExport(bars=3, ready=3)
    assert [open_time_ms for open_time_ms, _ in sink.rows] == [0, 5 * MINUTE_MS, 10 * MINUTE_MS]
    assert all(len(features) == 12 for _, features in sink.rows)
    assert sink.named == (BTC, 5 * MINUTE_MS)


def test_rows_that_are_not_ready_are_written_and_not_counted_as_ready() -> None:
    export, sink = exported(minutes(15), 5, ready_after=2)
    assert export == FeatureExport(bars=3, ready=1)
    assert len(sink.rows) == 3


def test_a_bar_cut_off_by_the_end_of_the_tape_gives_no_row() -> None:
    assert exported(minutes(14), 5)[0].bars == 2


def test_a_bar_cut_off_by_a_gap_gives_its_row_when_the_next_begins() -> None:
    assert exported([*minutes(4), *minutes(10)[5:]], 5)[0].bars == 2


def test_candles_of_the_base_length_are_the_bars() -> None:
    assert exported(minutes(3), 1)[0].bars == 3


def test_an_empty_tape_gives_an_empty_file() -> None:
    export, sink = exported([], 5)
    assert export == FeatureExport(0, 0)
    assert sink.rows == []


def test_a_candle_that_cannot_be_true_leaves_nothing_on_file() -> None:
    sink = RowsKept()
    candles = [*minutes(6), a_candle(0, 1.0)]
    with pytest.raises(CandleRefused):
        export_features(
            BTC, candles, CandleAggregator(MINUTE_MS, MINUTE_MS), MINUTE_MS, ScriptedEngine(), sink
        )
    assert sink.rows == []
