"""What every structure engine must do, whatever it is written in."""

import math
import os
import subprocess
import sys
from itertools import cycle, islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.ports.structure_engine import StructureEngine
from domain.market.candle import LARGEST, Candle, CandleFault, CandleRefused
from domain.structure.average_true_range import AverageTrueRangeRules
from domain.structure.fair_value_gap import FairValueGapRules
from domain.structure.snapshot import SnapshotRefused, fingerprint
from domain.structure.structure_config import StructureConfig
from domain.structure.structure_view import FEATURE_NAMES, Features, FrameView, StructureView
from domain.structure.swing import SwingRules
from tests.domain.structure.charts import (
    MONDAY_MS,
    STEP_MS,
    flat,
    mirrored,
    resampled,
    scaled,
    shifted,
    smooth,
    wandering,
    without_takers,
)
from tests.ports.structure_engines import MakeEngine, on_every_engine

pytestmark = on_every_engine

ROOT = Path(__file__).resolve().parents[2]
MIDDLE_MS = 3 * STEP_MS
HIGHER_MS = 12 * STEP_MS
WARM_UP = 14 * 12
EVEN = {"structure_integrity", "institutional_participation", "timeframe_convergence"}
FROM_ZERO = EVEN

seeds = st.integers(0, 9_999)
few = settings(max_examples=8)


def rows_of(engine: StructureEngine, bars: list[Candle]) -> list[Features]:
    return [engine.update(bar) for bar in bars]


def bits_of(rows: list[Features]) -> list[tuple[str, ...]]:
    """Give rows as exact text, NaN included."""
    return [tuple(value.hex() for value in row) for row in rows]


def is_ready(row: Features) -> bool:
    return not math.isnan(row[0])


@few
@given(seed=seeds, length=st.integers(1, 400))
def test_a_row_depends_on_its_own_bar_and_those_before(
    make_engine: MakeEngine, seed: int, length: int
) -> None:
    bars = wandering(400, seed)
    assert bits_of(rows_of(make_engine(), bars))[:length] == bits_of(rows_of(make_engine(), bars[:length]))


@few
@given(seed=seeds, other=seeds, known=st.integers(1, 400))
def test_another_future_leaves_the_past_as_it_was(
    make_engine: MakeEngine, seed: int, other: int, known: int
) -> None:
    bars = wandering(400, seed)
    elsewhere = bars[:known] + wandering(400, other)[known:]
    rows, others = rows_of(make_engine(), bars), rows_of(make_engine(), elsewhere)
    assert bits_of(rows)[:known] == bits_of(others)[:known]


def test_two_engines_do_not_know_of_each_other(make_engine: MakeEngine) -> None:
    first, second = make_engine(), make_engine()
    bars, others = wandering(300, 1), wandering(300, 2)
    mixed = [(first.update(bar), second.update(other)) for bar, other in zip(bars, others, strict=True)]
    assert bits_of([row for row, _ in mixed]) == bits_of(rows_of(make_engine(), bars))
    assert bits_of([row for _, row in mixed]) == bits_of(rows_of(make_engine(), others))


@few
@given(seed=seeds, cuts=st.sets(st.integers(1, 399), max_size=6))
def test_chunks_carried_on_by_snapshots_give_the_bits_of_one_stream(
    make_engine: MakeEngine, seed: int, cuts: set[int]
) -> None:
    bars = wandering(400, seed)
    edges = [0, *sorted(cuts), len(bars)]
    rows: list[Features] = []
    snapshot = make_engine().snapshot()
    for start, end in pairwise(edges):
        engine = make_engine()
        engine.restore(snapshot)
        rows += rows_of(engine, bars[start:end])
        snapshot = engine.snapshot()
    assert bits_of(rows) == bits_of(rows_of(make_engine(), bars))


@few
@given(seed=seeds, power=st.integers(-4, 9))
def test_prices_scaled_by_a_power_of_two_change_no_bit(
    make_engine: MakeEngine, seed: int, power: int
) -> None:
    bars = wandering(400, seed)
    assert bits_of(rows_of(make_engine(), scaled(bars, 2.0**power))) == bits_of(rows_of(make_engine(), bars))


@pytest.mark.parametrize("factor", [3.7, 1 / 30011])
@few
@given(seed=seeds)
def test_prices_in_another_currency_change_next_to_nothing(
    make_engine: MakeEngine, factor: float, seed: int
) -> None:
    bars = smooth(400, seed)
    rows, others = rows_of(make_engine(), bars), rows_of(make_engine(), scaled(bars, factor))
    for row, other in zip(rows, others, strict=True):
        assert other == pytest.approx(row, abs=1e-9, nan_ok=True)


@few
@given(seed=seeds)
def test_volumes_in_another_unit_change_no_bit(make_engine: MakeEngine, seed: int) -> None:
    bars = wandering(400, seed)
    eightfold = [
        bar._replace(volume=bar.volume * 8, taker_buy_volume=bar.taker_buy_volume * 8) for bar in bars
    ]
    assert bits_of(rows_of(make_engine(), eightfold)) == bits_of(rows_of(make_engine(), bars))


@few
@given(seed=seeds)
def test_prices_shifted_by_2_to_the_16_change_no_bit(make_engine: MakeEngine, seed: int) -> None:
    bars = wandering(400, seed)
    assert bits_of(rows_of(make_engine(), shifted(bars, 65536.0))) == bits_of(rows_of(make_engine(), bars))


@pytest.mark.parametrize("has_takers", [True, False])
@few
@given(seed=seeds)
def test_a_chart_upside_down_turns_directions_round_and_nothing_else(
    make_engine: MakeEngine,
    has_takers: bool,
    seed: int,
) -> None:
    bars = wandering(500, seed) if has_takers else without_takers(wandering(500, seed))
    upside_down = make_engine(are_negative_prices_allowed=True)
    for row, other in zip(rows_of(make_engine(), bars), rows_of(upside_down, mirrored(bars)), strict=True):
        assert is_ready(row) == is_ready(other)
        for name, value, turned in zip(FEATURE_NAMES, row, other, strict=True):
            if is_ready(row):
                assert turned == (value if name in EVEN else -value), name


@few
@given(seed=seeds)
def test_the_view_upside_down_shows_the_other_side(make_engine: MakeEngine, seed: int) -> None:
    bars = wandering(500, seed)
    engine, upside_down = make_engine(), make_engine(are_negative_prices_allowed=True)
    for bar, other in zip(bars, mirrored(bars), strict=True):
        engine.update(bar)
        upside_down.update(other)
        view, turned = engine.view(), upside_down.view()
        assert turned.sweep == -view.sweep
        assert turned.displacement == -view.displacement
        assert [frame.trend for frame in frames_of(turned)] == [-frame.trend for frame in frames_of(view)]
        assert [pool.level for pool in turned.pools_above] == [-pool.level for pool in view.pools_below]
        for zone, other_zone in (
            (view.bullish_block, turned.bearish_block),
            (view.bearish_block, turned.bullish_block),
            (view.bullish_gap, turned.bearish_gap),
            (view.bearish_gap, turned.bullish_gap),
        ):
            assert other_zone == (zone and zone._replace(bottom=-zone.top, top=-zone.bottom))


def frames_of(view: StructureView) -> tuple[FrameView, ...]:
    return (view.base, view.middle, view.higher)


@few
@given(seed=seeds, has_takers=st.booleans(), pace=st.sampled_from([0.125, 1.0]))
def test_rows_are_whole_within_bounds_and_never_stop_once_ready(
    make_engine: MakeEngine, seed: int, has_takers: bool, pace: float
) -> None:
    bars = wandering(600, seed, tick=pace)
    rows = rows_of(make_engine(), bars if has_takers else without_takers(bars))
    assert all(len(row) == len(FEATURE_NAMES) for row in rows)
    first = next(number for number, row in enumerate(rows) if is_ready(row))
    assert first >= WARM_UP - 1
    assert all(math.isnan(value) for row in rows[:first] for value in row)
    for row in rows[first:]:
        for name, value in zip(FEATURE_NAMES, row, strict=True):
            assert (0.0 if name in FROM_ZERO else -1.0) <= value <= 1.0, name


amounts = st.floats(0.0, LARGEST) | st.sampled_from([0.0, 5e-324, 1e-300, 1.0, LARGEST])
shares = st.floats(0.0, 1.0) | st.just(math.nan)


@settings(max_examples=20)
@given(seed=seeds, volumes=st.lists(st.tuples(amounts, shares), min_size=1, max_size=90))
def test_volumes_of_any_size_leave_a_row_all_known_or_all_unknown(
    make_engine: MakeEngine, seed: int, volumes: list[tuple[float, float]]
) -> None:
    engine, bars = make_engine(), wandering(400, seed)
    for bar, (volume, share) in zip(bars, islice(cycle(volumes), len(bars)), strict=True):
        row = engine.update(bar._replace(volume=volume, taker_buy_volume=volume * share))
        assert all(math.isfinite(value) == is_ready(row) for value in row)


def test_a_range_that_dwindles_to_nothing_leaves_a_row_all_known_or_all_unknown(
    make_engine: MakeEngine,
) -> None:
    """Halved by every flat bar it is zero after 1,075 of them, while price stands still inside a gap."""
    lasting = FairValueGapRules(max_age_bars=9_000)
    average = AverageTrueRangeRules(period_bars=2)
    engine = make_engine(StructureConfig(average_true_range=average, fair_value_gap=lasting))
    bars = wandering(400, 1)
    rows = rows_of(engine, bars)
    gap = engine.view().bullish_gap
    assert gap is not None
    rows += rows_of(engine, flat(1_200, start_ms=bars[-1].open_time_ms + STEP_MS, price=gap.top - 0.25))
    assert is_ready(rows[399])
    assert not is_ready(rows[-1])
    assert all(math.isfinite(value) == is_ready(row) for row in rows for value in row)


def test_every_feature_varies_and_takes_both_signs(make_engine: MakeEngine) -> None:
    rows = [row for row in rows_of(make_engine(), wandering(2500, 5)) if is_ready(row)]
    for name, column in zip(FEATURE_NAMES, zip(*rows, strict=True), strict=True):
        assert len(set(column)) > 6, name
        assert name in FROM_ZERO or min(column) < 0.0 < max(column), name


def test_a_flat_market_is_never_ready(make_engine: MakeEngine) -> None:
    assert not any(is_ready(row) for row in rows_of(make_engine(), flat(900)))


def test_thousands_of_flat_bars_after_a_real_market_stay_finite(make_engine: MakeEngine) -> None:
    bars = wandering(400, 3)
    pause = flat(11_000, start_ms=bars[-1].open_time_ms + STEP_MS, price=bars[-1].close)
    awake = shifted(
        [bar._replace(open_time_ms=bar.open_time_ms + 11_400 * STEP_MS) for bar in wandering(300, 4)], 8.0
    )
    rows = rows_of(make_engine(), bars + pause + awake)[300:]
    assert all(math.isfinite(value) for row in rows for value in row)
    assert all(-1.0 <= value <= 1.0 for row in rows for value in row)


def test_a_market_without_volume_is_ready_too(make_engine: MakeEngine) -> None:
    bars = [bar._replace(volume=0.0, taker_buy_volume=0.0) for bar in wandering(400, 6)]
    last = dict(zip(FEATURE_NAMES, rows_of(make_engine(), bars)[-1], strict=True))
    assert last["order_flow"] == 0.0
    assert last["institutional_participation"] in {0.375, 0.5, 0.625}


def test_a_snapshot_goes_on_at_every_kind_of_moment(make_engine: MakeEngine) -> None:
    """Forming longer bars of every age, waiting sweeps, the warm-up and a hole are all among them."""
    bars = wandering(420, 7)
    bars = bars[:330] + bars[335:]
    rows = bits_of(rows_of(make_engine(), bars))
    engine = make_engine()
    for number, bar in enumerate(bars):
        snapshot = engine.snapshot()
        copy = make_engine()
        copy.restore(snapshot)
        assert copy.snapshot() == snapshot
        assert bits_of([copy.update(bar)]) == bits_of([engine.update(bar)]) == [rows[number]]
        assert repr(copy.view()) == repr(engine.view())


@few
@given(seed=seeds, at=st.integers(1, 400))
def test_a_restored_engine_shows_the_same_view_at_once(make_engine: MakeEngine, seed: int, at: int) -> None:
    engine, copy = make_engine(), make_engine()
    rows_of(engine, wandering(at, seed))
    copy.restore(engine.snapshot())
    assert repr(copy.view()) == repr(engine.view())


OTHER_PROCESS = """
import importlib, sys
from tests.domain.structure.charts import wandering
module, name = sys.argv[1:]
engine = getattr(importlib.import_module(module), name)()
engine.restore(sys.stdin.buffer.read())
for bar in wandering(400, 8)[301:]:
    print(*(value.hex() for value in engine.update(bar)))
"""


def test_a_snapshot_goes_on_in_another_process(make_engine: MakeEngine) -> None:
    engine, bars = make_engine(), wandering(400, 8)
    rows_of(engine, bars[:301])
    kind = type(engine)
    other = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS, kind.__module__, kind.__qualname__],
        input=engine.snapshot(),
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    expected = bits_of(rows_of(engine, bars[301:]))
    assert [tuple(line.split()) for line in other.stdout.decode().splitlines()] == expected


def test_a_snapshot_is_small(make_engine: MakeEngine) -> None:
    engine = make_engine()
    rows_of(engine, wandering(2000, 9))
    assert len(engine.snapshot()) < 40_000


def damaged(snapshot: bytes) -> list[bytes]:
    """Give snapshots that are empty, cut, changed, and no text at all."""
    changed = bytearray(snapshot)
    changed[len(snapshot) // 2] ^= 1
    return [b"", snapshot[:-1], snapshot[: len(snapshot) // 2], snapshot + b" 0", bytes(changed), b"\xff\xfe"]


def test_a_damaged_snapshot_is_refused_and_leaves_the_engine_as_it_was(make_engine: MakeEngine) -> None:
    engine, bars = make_engine(), wandering(400, 10)
    rows_of(engine, bars[:300])
    before = engine.snapshot()
    other = make_engine()
    rows_of(other, bars[:200])
    for snapshot in damaged(other.snapshot()):
        with pytest.raises(SnapshotRefused):
            engine.restore(snapshot)
    assert engine.snapshot() == before


def test_a_snapshot_taken_under_other_rules_is_refused(make_engine: MakeEngine) -> None:
    other = make_engine(StructureConfig(swing=SwingRules(reach_bars=4)))
    with pytest.raises(SnapshotRefused, match="schema"):
        make_engine().restore(other.snapshot())


def test_a_snapshot_of_an_earlier_layout_is_refused_and_leaves_the_engine_as_it_was(
    make_engine: MakeEngine,
) -> None:
    engine = make_engine()
    rows_of(engine, wandering(300, 11))
    before = engine.snapshot()
    earlier = fingerprint(f"snapshot 0 {StructureConfig()}")
    sealed_earlier = before.replace(engine.snapshot_schema.encode(), earlier.encode(), 1)
    for snapshot in (sealed_earlier, sealed_earlier.rsplit(b" ", 1)[0]):
        with pytest.raises(SnapshotRefused) as refused:
            engine.restore(snapshot)
        told = f"snapshot of schema {earlier}, this engine has {engine.snapshot_schema}"
        assert refused.value.args == (told,)
    assert engine.snapshot() == before


LAYOUTS = {"9905ec14563a4298": "189536878980f6a0"}
"""What is written of 300 bars, by schema; another layout wants another number in the schema's text."""


def test_a_snapshot_is_laid_out_as_its_schema_promises(make_engine: MakeEngine) -> None:
    engine = make_engine()
    rows_of(engine, wandering(300, 11))
    assert fingerprint(engine.snapshot().decode()) == LAYOUTS[engine.snapshot_schema]


@pytest.mark.parametrize("missing", [1, 2, 11])
def test_a_small_hole_stays_finite(make_engine: MakeEngine, missing: int) -> None:
    bars = wandering(700, 11)
    rows = rows_of(make_engine(), bars[:400] + bars[400 + missing :])
    assert is_ready(rows[399])
    assert all(math.isfinite(value) for row in rows[400:] for value in row)


@pytest.mark.parametrize("missing", [12, 13, 100])
def test_after_a_large_hole_the_engine_is_as_new(make_engine: MakeEngine, missing: int) -> None:
    bars = wandering(900, 12)
    engine, fresh = make_engine(), make_engine()
    rows_of(engine, bars[:400])
    after = bars[400 + missing :]
    assert bits_of(rows_of(engine, after)) == bits_of(rows_of(fresh, after))
    assert engine.snapshot() == fresh.snapshot()


def test_a_fair_value_gap_never_spans_a_missing_bar(make_engine: MakeEngine) -> None:
    bars = [bar for number, bar in enumerate(wandering(1500, 13)) if number % 7 and number % 11 not in {4, 6}]
    engine, found = make_engine(), 0
    for first, second, third in zip(bars, bars[1:], bars[2:], strict=False):
        engine.update(third)
        gaps = (engine.view().bullish_gap, engine.view().bearish_gap)
        if any(gap is not None and gap.created_ms == third.open_time_ms for gap in gaps):
            found += 1
            assert second.open_time_ms - first.open_time_ms == STEP_MS
            assert third.open_time_ms - second.open_time_ms == STEP_MS
    assert found > 10


GOOD = Candle(MONDAY_MS + 300 * STEP_MS, 1000.0, 1002.0, 999.0, 1001.0, 8.0, 4.0)
REFUSED = [
    (GOOD._replace(open=math.nan), CandleFault.NOT_FINITE),
    (GOOD._replace(high=math.inf), CandleFault.NOT_FINITE),
    (GOOD._replace(volume=math.nan), CandleFault.NOT_FINITE),
    (GOOD._replace(taker_buy_volume=math.inf), CandleFault.NOT_FINITE),
    (GOOD._replace(high=1e101), CandleFault.BEYOND_MEASURE),
    (GOOD._replace(volume=1.7e308), CandleFault.BEYOND_MEASURE),
    (GOOD._replace(low=0.0), CandleFault.LOW_NOT_POSITIVE),
    (GOOD._replace(low=-1.0), CandleFault.LOW_NOT_POSITIVE),
    (GOOD._replace(high=1000.5), CandleFault.HIGH_BELOW_BODY),
    (GOOD._replace(low=1000.5), CandleFault.LOW_ABOVE_BODY),
    (GOOD._replace(volume=-1.0), CandleFault.NEGATIVE_VOLUME),
    (GOOD._replace(taker_buy_volume=8.5), CandleFault.TAKER_BUY_OUTSIDE_VOLUME),
    (GOOD._replace(taker_buy_volume=-0.5), CandleFault.TAKER_BUY_OUTSIDE_VOLUME),
    (GOOD._replace(open_time_ms=GOOD.open_time_ms + 1), CandleFault.OFF_THE_GRID),
    (GOOD._replace(open_time_ms=GOOD.open_time_ms - STEP_MS), CandleFault.DUPLICATE),
    (GOOD._replace(open_time_ms=GOOD.open_time_ms - 2 * STEP_MS), CandleFault.OUT_OF_ORDER),
    (GOOD._replace(open_time_ms=GOOD.open_time_ms + 500 * STEP_MS, low=0.0), CandleFault.LOW_NOT_POSITIVE),
]


@pytest.mark.parametrize(("bad", "fault"), REFUSED)
def test_a_refused_bar_is_as_if_it_had_never_come(
    make_engine: MakeEngine, bad: Candle, fault: CandleFault
) -> None:
    bars = wandering(400, 14)
    engine, undisturbed = make_engine(), make_engine()
    rows_of(engine, bars[:300])
    rows_of(undisturbed, bars[:300])
    with pytest.raises(CandleRefused) as refused:
        engine.update(bad)
    assert (refused.value.fault, refused.value.candle) == (fault, bad)
    assert engine.snapshot() == undisturbed.snapshot()
    assert bits_of(rows_of(engine, bars[300:])) == bits_of(rows_of(undisturbed, bars[300:]))


@few
@given(seed=seeds, missing=st.sets(st.integers(0, 599), max_size=120))
def test_longer_frames_equal_frames_fed_with_naively_resampled_bars(
    make_engine: MakeEngine, seed: int, missing: set[int]
) -> None:
    bars = [bar for number, bar in enumerate(wandering(601, seed)) if number not in missing]
    engine = make_engine(StructureConfig(reset_after_steps=1000))
    rows_of(engine, bars)
    for step_ms, frame in ((MIDDLE_MS, engine.view().middle), (HIGHER_MS, engine.view().higher)):
        fed_longer = make_engine(StructureConfig(step_ms, step_ms, step_ms, reset_after_steps=1000))
        rows_of(fed_longer, resampled(bars[:-1], step_ms))
        assert repr(frame) == repr(fed_longer.view().base)


def test_a_longer_frame_changes_only_when_its_bar_closes(make_engine: MakeEngine) -> None:
    engine, bars = make_engine(), wandering(600, 15)
    engine.update(bars[0])
    for before, bar in pairwise(bars):
        earlier = engine.view()
        engine.update(bar)
        later = engine.view()
        closes_middle = (bar.open_time_ms + STEP_MS) % MIDDLE_MS == 0
        closes_higher = (bar.open_time_ms + STEP_MS) % HIGHER_MS == 0
        assert closes_middle or repr(later.middle) == repr(earlier.middle), before
        assert closes_higher or repr(later.higher) == repr(earlier.higher), before
        assert not closes_middle or math.isnan(later.middle.atr) or later.middle.atr != earlier.middle.atr


def test_a_late_longer_bar_is_read_when_the_next_bucket_starts(make_engine: MakeEngine) -> None:
    bars = wandering(402, 16)
    on_time, late = make_engine(), make_engine()
    rows_of(on_time, bars[:395])
    rows_of(late, bars[:395])
    assert bars[395].open_time_ms % HIGHER_MS == HIGHER_MS - STEP_MS
    before = late.view()
    late.update(bars[396])
    after = late.view()
    assert after.higher.atr != before.higher.atr
    assert after.middle.atr != before.middle.atr


def test_there_is_no_view_before_the_first_bar(make_engine: MakeEngine) -> None:
    with pytest.raises(LookupError):
        make_engine().view()


@few
@given(seed=seeds)
def test_the_view_agrees_with_the_row_and_the_market(make_engine: MakeEngine, seed: int) -> None:
    engine = make_engine()
    for bar in wandering(500, seed):
        row = engine.update(bar)
        view = engine.view()
        assert (view.open_time_ms, view.close) == (bar.open_time_ms, bar.close)
        assert view.features == (row if is_ready(row) else None)
        assert list(view.pools_above) == sorted(view.pools_above)
        assert list(view.pools_below) == sorted(view.pools_below, reverse=True)
        assert all(pool.level >= bar.close for pool in view.pools_above)
        assert all(pool.level <= bar.close for pool in view.pools_below)
        for zone in (view.bullish_block, view.bearish_block, view.bullish_gap, view.bearish_gap):
            assert zone is None or zone.bottom < zone.top
        if view.dealing_range is not None:
            assert view.dealing_range[0] <= bar.low <= bar.high <= view.dealing_range[1]


@pytest.mark.touches_disk
@pytest.mark.parametrize("symbol", ["BTCUSDT", "SOLUSDT"])
def test_real_bars_give_ready_bounded_rows_that_know_no_future(
    make_engine: MakeEngine, market_data: Path, symbol: str
) -> None:
    bars = real_bars(market_data / "spot" / f"{symbol}-5m-20240701-20241231.parquet", 4000)
    rows = rows_of(make_engine(), bars)
    first = next(number for number, row in enumerate(rows) if is_ready(row))
    assert WARM_UP - 1 <= first < 400
    for row in rows[first:]:
        assert all(
            (0.0 if name in FROM_ZERO else -1.0) <= value <= 1.0
            for name, value in zip(FEATURE_NAMES, row, strict=True)
        )
    assert bits_of(rows)[:1500] == bits_of(rows_of(make_engine(), bars[:1500]))


@pytest.mark.touches_disk
def test_two_thousand_real_bars_of_warm_up_are_enough(make_engine: MakeEngine, market_data: Path) -> None:
    bars = real_bars(market_data / "spot" / "ETHUSDT-5m-20240701-20241231.parquet", 7000)
    warm, warmer = rows_of(make_engine(), bars[3000:]), rows_of(make_engine(), bars)[3000:]
    agreeing = sum(
        row == pytest.approx(other, abs=1e-9) for row, other in zip(warm[2000:], warmer[2000:], strict=True)
    )
    assert agreeing / len(warm[2000:]) > 0.95


def real_bars(file: Path, count: int) -> list[Candle]:
    """Read the first bars of a tape of real klines as they are, without any repair."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - only where there are real candles to read

    names = ["open_time_ms", "open", "high", "low", "close", "volume"]
    columns = pq.read_table(file, columns=names).slice(0, count).to_pydict()
    rows = zip(*(columns[name] for name in names), strict=True)
    return [Candle(at_ms, *(float(value) for value in values)) for at_ms, *values in rows]
