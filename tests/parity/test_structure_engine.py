"""The compiled structure engine and its readable twin agree bit for bit, in all they tell and refuse."""

import math
import random
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import native
from adapters.native.structure_engine import NativeStructureEngine
from domain.market.candle import LARGEST, Candle, CandleFault, CandleRefused
from domain.structure.break_of_structure import TrendRules
from domain.structure.fair_value_gap import FairValueGapRules
from domain.structure.liquidity import LiquidityRules
from domain.structure.order_block import OrderBlockRules
from domain.structure.order_flow import OrderFlowRules
from domain.structure.participation import ParticipationRules
from domain.structure.structure_config import STANDARD, StructureConfig, numbers_in
from domain.structure.structure_engine import StructureEngine as ReferenceEngine
from domain.structure.structure_view import Features, StructureView, Zone
from domain.structure.swing import SwingRules
from tests.domain.structure.charts import (
    STEP_MS,
    flat,
    mirrored,
    scaled,
    shifted,
    smooth,
    wandering,
    without_takers,
)

MINUTE_MS = 60_000
Engine = ReferenceEngine | NativeStructureEngine
Answer = CandleFault | tuple[str, ...]
Floats = NDArray[np.float64]
Columns = tuple[NDArray[np.int64], Floats, Floats, Floats, Floats, Floats, Floats]

CROWDED = StructureConfig(
    swing=SwingRules(reach_bars=1),
    trend=TrendRules(events_kept=3, half_life_bars=2),
    order_block=OrderBlockRules(reach_bars=2, max_height_atr=0.5, max_age_bars=60, kept=2),
    fair_value_gap=FairValueGapRules(min_size_atr=0.01, max_counted_size_atr=0.5, max_age_bars=40, kept=3),
    liquidity=LiquidityRules(equal_within_atr=0.5, wait_bars=4, max_age_bars=50, kept=3, nearest=2),
)
"""Rules under which everything is full, old and evicted all the time."""

SHORT = StructureConfig(
    middle_step_ms=2 * STEP_MS,
    higher_step_ms=4 * STEP_MS,
    reset_after_steps=3,
    swing=SwingRules(reach_bars=2),
    order_block=OrderBlockRules(reach_bars=9),
    order_flow=OrderFlowRules(window_bars=3),
    participation=ParticipationRules(recent_bars=2, earlier_bars=3, single_bar_against=11),
)
"""Rules that are ready after a few bars."""

few = settings(max_examples=10)
anything = st.floats() | st.sampled_from([0.0, -0.0, -1.0, 1.0, 5e-324, LARGEST, 1e308])


class Heard(NamedTuple):
    """What one engine told of one bar."""

    row: Answer
    view: str


@st.composite
def charts(draw: st.DrawFn, length: int = 400) -> list[Candle]:
    """Seeded charts of every kind, with holes, and now and then a bar that must be refused."""
    seed = draw(st.integers(0, 99_999))
    bars = draw(st.sampled_from([wandering, smooth]))(length, seed)
    if draw(st.booleans()):
        bars = without_takers(bars)
    if draw(st.booleans()):
        bars = scaled(bars, draw(st.sampled_from([3.7, 1e-9, 1e9])))
    if draw(st.booleans()):
        start = draw(st.integers(0, length))
        bars = [*bars[:start], *stopped(bars[start:], draw(st.integers(1, 60)))]
    chance = random.Random(seed)
    missing = draw(st.sampled_from([0.0, 0.02, 0.3]))
    bars = [bar for bar in bars if chance.random() >= missing]
    return list(disturbed(bars, chance)) if draw(st.booleans()) else bars


def wild(count: int, seed: int) -> list[Candle]:
    """Give bars of any price at all, hardly any of which a market would print."""
    chance = random.Random(seed)
    bars = []
    for number in range(count):
        low, first, second, high = sorted(10.0 ** chance.uniform(-300.0, 100.0) for _ in range(4))
        opened, close = chance.choice([(first, second), (second, first)])
        volume = 10.0 ** chance.uniform(-300.0, 100.0)
        taker_buy = chance.choice([math.nan, volume * chance.random()])
        bars.append(Candle(number * STEP_MS, opened, high, low, close, volume, taker_buy))
    return bars


@few
@given(bars=charts(), config=st.sampled_from([STANDARD, CROWDED, SHORT]))
def test_both_tell_show_and_refuse_the_same(bars: list[Candle], config: StructureConfig) -> None:
    compiled, readable = NativeStructureEngine(config), ReferenceEngine(config)
    for bar in bars:
        assert heard(compiled, bar) == heard(readable, bar)
    assert compiled.snapshot() == readable.snapshot()
    assert compiled.feature_schema == readable.feature_schema


@few
@given(bars=charts(), config=st.sampled_from([STANDARD, CROWDED, SHORT]))
def test_each_part_told_by_itself_is_what_the_readable_view_shows(
    bars: list[Candle], config: StructureConfig
) -> None:
    compiled, readable = native.StructureEngine(dict(numbers_in(config))), ReferenceEngine(config)
    for bar in bars:
        if not isinstance(answer(readable, bar), CandleFault):
            compiled.update(*bar)
            assert parts_told(compiled) == parts_shown(readable.view())


@few
@given(seed=st.integers(0, 99_999))
def test_both_agree_on_prices_of_any_size(seed: int) -> None:
    compiled, readable = NativeStructureEngine(SHORT), ReferenceEngine(SHORT)
    for bar in wild(150, seed):
        assert heard(compiled, bar) == heard(readable, bar)
    assert compiled.snapshot() == readable.snapshot()


@given(rows=st.lists(st.tuples(st.integers(-5, 900), *[anything] * 6), max_size=60))
def test_both_refuse_the_same_nonsense(
    rows: list[tuple[int, float, float, float, float, float, float]],
) -> None:
    compiled, readable = NativeStructureEngine(SHORT), ReferenceEngine(SHORT)
    for number, (offset_ms, *numbers) in enumerate(rows):
        bar = Candle(number * STEP_MS + max(0, offset_ms - 890) * STEP_MS // 2, *numbers)
        assert heard(compiled, bar) == heard(readable, bar)
    assert compiled.snapshot() == readable.snapshot()


@few
@given(seed=st.integers(0, 99_999))
def test_both_agree_on_a_chart_upside_down(seed: int) -> None:
    compiled = NativeStructureEngine(are_negative_prices_allowed=True)
    readable = ReferenceEngine(are_negative_prices_allowed=True)
    for bar in mirrored(wandering(300, seed)):
        assert heard(compiled, bar) == heard(readable, bar)


@pytest.mark.parametrize("config", [STANDARD, CROWDED])
def test_both_agree_on_a_long_chart(config: StructureConfig) -> None:
    bars = list(disturbed(wandering(6_000, 77), random.Random(77)))
    compiled, readable = NativeStructureEngine(config), ReferenceEngine(config)
    assert [answer(compiled, bar) for bar in bars] == [answer(readable, bar) for bar in bars]
    assert repr(compiled.view()) == repr(readable.view())
    assert compiled.snapshot() == readable.snapshot()


def test_both_agree_after_a_market_that_stood_still() -> None:
    bars = wandering(400, 3)
    pause = flat(3_000, start_ms=bars[-1].open_time_ms + STEP_MS, price=bars[-1].close)
    awake = [bar._replace(open_time_ms=bar.open_time_ms + 3_400 * STEP_MS) for bar in wandering(300, 4)]
    compiled, readable = NativeStructureEngine(), ReferenceEngine()
    for bar in bars + pause + shifted(awake, 8.0):
        assert answer(compiled, bar) == answer(readable, bar)


@few
@given(bars=charts(), cuts=st.sets(st.integers(1, 399), max_size=6), does_native_begin=st.booleans())
def test_each_takes_over_the_snapshot_of_the_other(
    bars: list[Candle], cuts: set[int], does_native_begin: bool
) -> None:
    whole = ReferenceEngine()
    engine: Engine = NativeStructureEngine() if does_native_begin else ReferenceEngine()
    for number, bar in enumerate(bars):
        if number in cuts:
            engine = handed_over(engine)
        assert answer(engine, bar) == answer(whole, bar)
    assert engine.snapshot() == whole.snapshot()


@few
@given(seed=st.integers(0, 99_999), cuts=st.sets(st.integers(1, 499), max_size=6))
def test_a_batch_a_stream_and_chunks_give_the_same_bytes(seed: int, cuts: set[int]) -> None:
    bars = wandering(500, seed)
    readable, chunked = ReferenceEngine(), NativeStructureEngine()
    expected = np.array([readable.update(bar) for bar in bars]).tobytes()
    edges = [0, *sorted(cuts), len(bars)]
    chunks = [chunked.batch(*columns_of(bars[start:end])) for start, end in pairwise(edges)]
    assert NativeStructureEngine().batch(*columns_of(bars)).tobytes() == expected
    assert np.concatenate(chunks).tobytes() == expected
    assert chunked.snapshot() == readable.snapshot()


@few
@given(seed=st.integers(0, 99_999), at=st.integers(0, 299))
def test_a_refused_batch_names_the_bar_and_leaves_the_engine_as_it_was(seed: int, at: int) -> None:
    bars = wandering(300, seed)
    bars[at] = bars[at]._replace(volume=-1.0)
    engine, untouched = NativeStructureEngine(), NativeStructureEngine().snapshot()
    with pytest.raises(CandleRefused) as refused:
        engine.batch(*columns_of(bars))
    assert (refused.value.fault, refused.value.candle) == (CandleFault.NEGATIVE_VOLUME, bars[at])
    assert engine.snapshot() == untouched
    with pytest.raises(native.CandleRefused) as row:
        native.StructureEngine().batch(*columns_of(bars))
    assert row.value.args == ("NEGATIVE_VOLUME", at)


def test_a_config_is_the_same_rules_whether_written_two_or_two_point_nought() -> None:
    rules = StructureConfig(order_block=OrderBlockRules(max_height_atr=2))
    assert NativeStructureEngine(rules).snapshot_schema == ReferenceEngine().snapshot_schema


def test_without_a_config_the_compiled_engine_has_the_standard_rules() -> None:
    assert native.StructureEngine().snapshot_schema == ReferenceEngine().snapshot_schema


def test_a_config_that_lacks_a_number_or_has_one_too_many_is_refused() -> None:
    numbers = dict(numbers_in(STANDARD))
    with pytest.raises(ValueError, match="does not know"):
        native.StructureEngine({**numbers, "swing.colour": 1})
    del numbers["swing.reach_bars"]
    with pytest.raises(ValueError, match=r"the config lacks swing\.reach_bars"):
        native.StructureEngine(numbers)
    with pytest.raises(ValueError, match=r"swing\.reach_bars must be above zero, not 0"):
        native.StructureEngine({**numbers, "swing.reach_bars": 0})
    with pytest.raises(ValueError, match=r"period_bars must be at least 2: one flat bar has no range"):
        native.StructureEngine({**dict(numbers_in(STANDARD)), "average_true_range.period_bars": 1})
    with pytest.raises(ValueError, match="whole multiple"):
        native.StructureEngine({**dict(numbers_in(STANDARD)), "middle_step_ms": 7})


REAL = [
    ("spot/BTCUSDT-5m-20240701-20241231.parquet", STANDARD),
    ("spot/SOLUSDT-5m-20200811-20201231.parquet", STANDARD),
    ("spot/BTCUSDT-1m-20230101-20231231.parquet", StructureConfig(MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS)),
    (
        "um/BNBUSDT-15m-20220101-20221231.parquet",
        StructureConfig(15 * MINUTE_MS, 60 * MINUTE_MS, 240 * MINUTE_MS),
    ),
]


@pytest.mark.parametrize(("file", "config"), REAL)
def test_both_agree_on_real_candles(market_data: Path, file: str, config: StructureConfig) -> None:
    bars = real_bars(market_data / file, 20_000)
    compiled, readable = NativeStructureEngine(config), ReferenceEngine(config)
    rows = compiled.batch(*columns_of(bars))
    assert np.array([readable.update(bar) for bar in bars]).tobytes() == rows.tobytes()
    assert repr(compiled.view()) == repr(readable.view())
    assert compiled.snapshot() == readable.snapshot()


@pytest.mark.parametrize(("file", "config"), REAL)
def test_each_part_is_what_the_view_shows_on_real_candles(
    market_data: Path, file: str, config: StructureConfig
) -> None:
    engine = NativeStructureEngine(config)
    compiled = native.StructureEngine(dict(numbers_in(config)))
    for bar in real_bars(market_data / file, 20_000):
        engine.update(bar)
        compiled.update(*bar)
        assert parts_told(compiled) == parts_shown(engine.view())


def parts_told(compiled: native.StructureEngine) -> str:
    """Ask for each part by itself, and give them as exact text."""
    return repr(
        (
            compiled.trends,
            compiled.breaks,
            compiled.atrs,
            compiled.displacement,
            compiled.sweep,
            compiled.nearest_blocks,
            compiled.nearest_gaps,
            compiled.dealing_range,
            compiled.pools,
            compiled.killzone,
        )
    )


def parts_shown(view: StructureView) -> str:
    """Give the same out of a whole view."""
    frames = (view.base, view.middle, view.higher)
    dealing_range = view.dealing_range
    return repr(
        (
            tuple(frame.trend for frame in frames),
            tuple((frame.last_event, frame.is_last_event_choch, frame.event_age_bars) for frame in frames),
            tuple(frame.atr for frame in frames),
            (view.displacement, view.displacement_age_bars),
            (view.sweep, view.sweep_age_bars),
            (zone_row(view.bullish_block), zone_row(view.bearish_block)),
            (zone_row(view.bullish_gap), zone_row(view.bearish_gap)),
            None if dealing_range is None else tuple(dealing_range),
            (tuple(map(tuple, view.pools_above)), tuple(map(tuple, view.pools_below))),
            view.killzone,
        )
    )


def zone_row(zone: Zone | None) -> tuple[str, float, float, int] | None:
    return None if zone is None else (zone.kind.value, zone.bottom, zone.top, zone.created_ms)


def heard(engine: Engine, bar: Candle) -> Heard:
    row = answer(engine, bar)
    try:
        return Heard(row, repr(engine.view()))
    except LookupError as error:
        return Heard(row, str(error))


def answer(engine: Engine, bar: Candle) -> Answer:
    try:
        return bits_of(engine.update(bar))
    except CandleRefused as refused:
        return refused.fault


def bits_of(row: Features) -> tuple[str, ...]:
    return tuple(value.hex() for value in row)


def handed_over(engine: Engine) -> Engine:
    """Give an engine of the other kind in the same state."""
    other: Engine = (
        ReferenceEngine() if isinstance(engine, NativeStructureEngine) else NativeStructureEngine()
    )
    other.restore(engine.snapshot())
    return other


def stopped(bars: list[Candle], count: int) -> list[Candle]:
    """Let the market stand still on the first so many of these bars."""
    still = [flat(1, start_ms=bar.open_time_ms, price=bars[0].close)[0] for bar in bars[:count]]
    return still + bars[count:]


def disturbed(bars: list[Candle], chance: random.Random) -> Iterable[Candle]:
    """Put bars in between that must be refused."""
    for bar in bars:
        yield bar
        match chance.randrange(40):
            case 0:
                yield bar
            case 1:
                yield bar._replace(open_time_ms=bar.open_time_ms + 1)
            case 2:
                yield bar._replace(open_time_ms=bar.open_time_ms + STEP_MS, high=bar.low / 2.0)
            case 3:
                yield bar._replace(open_time_ms=bar.open_time_ms + STEP_MS, close=math.nan)


def columns_of(bars: list[Candle]) -> Columns:
    rows = np.array([bar[1:] for bar in bars], dtype=np.float64).reshape(-1, 6)
    opened, high, low, close, volume, taker_buy = (column.copy() for column in rows.T)
    times = np.array([bar.open_time_ms for bar in bars], dtype=np.int64)
    return times, opened, high, low, close, volume, taker_buy


def real_bars(file: Path, count: int) -> list[Candle]:
    names = ["open_time_ms", "open", "high", "low", "close", "volume", "taker_buy_volume"]
    table = pq.read_table(file, columns=names).slice(0, count)
    at_ms, *prices, takers = (table[name].to_pylist() for name in names)
    floats = [[float(price) for price in column if price is not None] for column in prices]
    taker_buys = [math.nan if taker_buy is None else float(taker_buy) for taker_buy in takers]
    return [Candle(*row) for row in zip(at_ms, *floats, taker_buys, strict=True)]
