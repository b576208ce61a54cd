import math

import pytest

from domain.market.candle import CandleFault, CandleRefused
from domain.market.candle_run import CandleList
from domain.structure.order_block import OrderBlockRules
from domain.structure.structure_config import StructureConfig
from domain.structure.structure_engine import StructureEngine
from domain.structure.structure_view import FEATURE_NAMES
from tests.domain.structure.charts import (
    STEP_MS,
    flat,
    mirrored,
    wandering,
    without_takers,
)


def engine_along(count: int, seed: int = 1) -> StructureEngine:
    engine = StructureEngine()
    for bar in wandering(count, seed):
        engine.update(bar)
    return engine


def test_twelve_unknown_numbers_become_twelve_known_ones() -> None:
    engine = StructureEngine()
    rows = [engine.update(bar) for bar in wandering(300, 1)]
    assert all(math.isnan(value) for value in rows[0])
    assert all(math.isfinite(value) for value in rows[-1])
    assert len(rows[0]) == len(rows[-1]) == len(FEATURE_NAMES)


def test_one_that_forgot_is_as_new() -> None:
    engine, fresh = engine_along(300), StructureEngine()
    engine.forget()
    assert engine.snapshot() == fresh.snapshot()
    with pytest.raises(LookupError):
        engine.view()
    assert math.isnan(engine.update(wandering(1, 1)[0])[0])


def test_a_refused_bar_raises_its_reason_and_changes_nothing() -> None:
    engine, bars = engine_along(10), wandering(11, 1)
    before = engine.snapshot()
    for bad, fault in (
        (bars[9], CandleFault.DUPLICATE),
        (bars[8], CandleFault.OUT_OF_ORDER),
        (bars[10]._replace(low=-1.0), CandleFault.LOW_NOT_POSITIVE),
        (bars[10]._replace(high=1.0), CandleFault.HIGH_BELOW_BODY),
    ):
        with pytest.raises(CandleRefused) as refused:
            engine.update(bad)
        assert refused.value.fault is fault
    assert engine.snapshot() == before
    assert engine.view().open_time_ms == bars[9].open_time_ms


def test_prices_below_zero_are_taken_only_by_an_engine_made_for_mirrors() -> None:
    (bar,) = mirrored(wandering(1, 1))
    with pytest.raises(CandleRefused, match="above zero"):
        StructureEngine().update(bar)
    upside_down = StructureEngine(are_negative_prices_allowed=True)
    upside_down.update(bar)
    with pytest.raises(CandleRefused, match="equals that"):
        upside_down.update(bar)


def test_a_hole_of_twelve_steps_is_small_and_of_thirteen_a_new_beginning() -> None:
    bars = wandering(320, 2)
    for missing, is_new in ((11, False), (12, True)):
        engine = StructureEngine()
        for bar in bars[:300]:
            engine.update(bar)
        row = engine.update(bars[300 + missing])
        assert math.isnan(row[0]) is is_new
        fresh = StructureEngine()
        fresh.update(bars[300 + missing])
        assert (engine.snapshot() == fresh.snapshot()) is is_new


def test_there_is_no_view_before_the_first_bar() -> None:
    with pytest.raises(LookupError, match="no bar"):
        StructureEngine().view()


def test_the_view_shows_the_row_once_it_is_ready() -> None:
    assert engine_along(100).view().features is None
    engine, bars = engine_along(300), wandering(301, 1)
    row = engine.update(bars[300])
    assert engine.view().features == row


def test_a_restored_engine_goes_on_alike() -> None:
    bars = wandering(320, 3)
    for seen in (0, 1, 100, 300):
        engine, heir = engine_along(seen, 3), StructureEngine()
        heir.restore(engine.snapshot())
        assert heir.snapshot() == engine.snapshot()
        for bar in bars[seen : seen + 20]:
            assert repr(heir.update(bar)) == repr(engine.update(bar))
            assert repr(heir.view()) == repr(engine.view())


def test_the_schema_of_a_row_tells_where_the_flow_is_from() -> None:
    engine = engine_along(25)
    by_takers = engine.feature_schema
    bars = wandering(50, 1)
    engine.update(*without_takers(bars[25:26]))
    assert engine.feature_schema != by_takers
    for bar in bars[26:46]:
        engine.update(bar)
    assert engine.feature_schema == by_takers
    assert StructureEngine().feature_schema == by_takers


def test_the_schemas_tell_rules_apart() -> None:
    standard, other = StructureEngine(), StructureEngine(StructureConfig(reset_after_steps=13))
    assert standard.snapshot_schema != other.snapshot_schema
    assert standard.feature_schema != other.feature_schema
    assert standard.feature_schema != standard.snapshot_schema


def test_nothing_that_is_kept_outgrows_its_bound() -> None:
    """Small caps, so that a short tape fills them; the standard's are tested with each rule."""
    engine = StructureEngine(StructureConfig(order_block=OrderBlockRules(kept=2)))
    longest = 0
    for bar in wandering(6000, 4):
        engine.update(bar)
        frames = engine._frames  # noqa: SLF001 - what is kept is no one else's business
        for frame in (frames.base, frames.middle, frames.higher):
            for side in (frame.up, frame.down):
                longest = max(longest, len(side.blocks.kept))
                assert len(side.blocks.kept) <= 2
                assert len(side.gaps.open) <= 32
                assert len(side.pools.resting) <= 64
    assert longest == 2
    assert len(engine.snapshot()) < 40_000


def test_a_flat_market_fills_nothing() -> None:
    engine = StructureEngine()
    for bar in flat(2000):
        engine.update(bar)
    view = engine.view()
    assert view.features is None
    assert (view.dealing_range, view.pools_above, view.pools_below) == (None, (), ())
    assert view.base.atr == 0.0
    assert view.open_time_ms % STEP_MS == 0


def test_a_run_of_bars_leaves_the_engine_as_one_update_a_bar_does() -> None:
    engine = StructureEngine()
    engine.take(CandleList(wandering(300, 1)))
    assert engine.snapshot() == engine_along(300).snapshot()


def test_a_run_is_taken_up_to_the_bar_that_is_refused() -> None:
    engine, bars = StructureEngine(), wandering(10, 1)
    bars[6] = bars[6]._replace(low=-1.0)
    with pytest.raises(CandleRefused) as refused:
        engine.take(CandleList(bars))
    assert refused.value.candle == bars[6]
    assert engine.snapshot() == engine_along(6).snapshot()
