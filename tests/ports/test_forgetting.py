"""What every structure engine and every aggregator must do when the history of a symbol is lost."""

from collections.abc import Callable

import pytest

from application.ports.candle_aggregator import CandleAggregator
from tests.domain.structure.charts import MONDAY_MS, STEP_MS, shifted, wandering
from tests.ports.structure_engines import MakeEngine, on_every_engine
from tests.ports.test_candle_aggregator import AGGREGATORS

MIDDLE_MS = 3 * STEP_MS


@on_every_engine
def test_an_engine_that_forgot_reads_on_as_a_new_one_would(make_engine: MakeEngine) -> None:
    engine, fresh = make_engine(), make_engine()
    for bar in wandering(300, 3):
        engine.update(bar)
    engine.forget()
    with pytest.raises(LookupError):
        engine.view()
    for bar in wandering(300, 4):
        assert str(engine.update(bar)) == str(fresh.update(bar))
    assert engine.snapshot() == fresh.snapshot()


@on_every_engine
def test_an_engine_that_forgot_keeps_to_its_kind_of_prices(make_engine: MakeEngine) -> None:
    engine = make_engine(are_negative_prices_allowed=True)
    engine.forget()
    for bar in shifted(wandering(5, 3), -2_000.0):
        engine.update(bar)
    assert engine.view().close < 0.0


@pytest.mark.parametrize("make_aggregator", AGGREGATORS)
def test_an_aggregator_that_forgot_takes_any_candle_next(
    make_aggregator: Callable[[int, int], CandleAggregator],
) -> None:
    aggregator, fresh = make_aggregator(STEP_MS, MIDDLE_MS), make_aggregator(STEP_MS, MIDDLE_MS)
    bars = wandering(10, 3)
    assert bars[0].open_time_ms >= MONDAY_MS
    for bar in bars[:8]:
        aggregator.update(bar)
    aggregator.forget()
    assert [aggregator.update(bar) for bar in bars] == [fresh.update(bar) for bar in bars]
