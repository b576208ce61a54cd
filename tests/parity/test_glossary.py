"""What the glossary draws and says is what the rules do: its sketches are read as candles and played."""

import re
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest

from application.ports.structure_engine import StructureEngine
from domain.market.killzone import killzone_weight
from domain.market.timeframe import HOUR_MS
from domain.structure.chart_side import ChartSide
from domain.structure.dealing_range import DealingRange
from domain.structure.displacement import DisplacementRules, displacement_of
from domain.structure.fair_value_gap import FairValueGapRules, FairValueGaps
from domain.structure.liquidity import LiquidityPools, LiquidityRules
from domain.structure.order_block import Leg, OrderBlockRules, OrderBlocks
from domain.structure.sided_bar import SidedBar
from domain.structure.structure_config import STANDARD, StructureConfig
from domain.structure.structure_view import StructureView, ZoneKind
from domain.structure.swing import bars_since_swing_high
from tests.domain.structure.charts import STEP_MS, candle, moment, path, sided
from tests.domain.structure.test_chart_side import RECOVERY, RISE_AND_FALL
from tests.domain.structure.test_fair_value_gap import FAST, FIRST, THIRD
from tests.domain.structure.test_frame import AND_DOWN, UP_DOWN_UP
from tests.ports.structure_engines import MakeEngine, on_every_engine

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/glossary.md").read_text()
ONE_TIMEFRAME = StructureConfig(STEP_MS, STEP_MS, STEP_MS)
"""Rules under which the view shows the blocks, gaps and pools of the very bars that are fed."""

BREAKS = "Break of structure (BOS) and change of character (CHoCH)"
NEW_YEAR_IN_NEW_YORK_MS = 1_704_067_200_000 + 5 * HOUR_MS
"""2024-01-01 00:00 on New York's clock."""


class Drawn(NamedTuple):
    """One bar of a sketch, and the column it stands in."""

    column: int
    open: float
    high: float
    low: float
    close: float


def sketch_of(section: str) -> list[str]:
    """Give the lines of the sketch under a heading."""
    (text,) = re.findall(rf"^## {re.escape(section)}\n.*?^```\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    return str(text).splitlines()


def bars_of(section: str) -> list[Drawn]:
    """Read a sketch back: prices stand before the columns, words behind them, dots draw levels."""
    columns: dict[int, dict[float, str]] = {}
    for line in sketch_of(section):
        row = re.fullmatch(r" *(\d+(?:\.\d+)?)(  [ .|O#-]*?)(?:  [a-z][a-z ]*)?", line)
        for place, mark in enumerate(row[2] if row else ""):
            if row and mark in "|O#-":
                columns.setdefault(row.start(2) + place, {})[float(row[1])] = mark
    return [_bar(column, marks) for column, marks in sorted(columns.items())]


def _bar(column: int, marks: dict[float, str]) -> Drawn:
    body = [price for price, mark in marks.items() if mark != "|"]
    opened, close = min(body), max(body)
    if "#" in marks.values():
        opened, close = close, opened
    return Drawn(column, opened, max(marks), min(marks), close)


def sided_bars_of(section: str) -> list[SidedBar]:
    return [SidedBar(*drawn[1:]) for drawn in bars_of(section)]


def cases_of(section: str) -> list[list[Drawn]]:
    """Give the charts of a sketch that draws several beside each other."""
    cases: list[list[Drawn]] = []
    for bar in bars_of(section):
        if not cases or bar.column > cases[-1][-1].column + 2:
            cases.append([])
        cases[-1].append(bar)
    return cases


def pools_of_two_equal_highs() -> LiquidityPools:
    pools = LiquidityPools(LiquidityRules())
    for number in range(2):
        pools.add(111.0, moment(number))
    return pools


def played(engine: StructureEngine, *charts: list[Drawn]) -> list[StructureView]:
    """Give the view after every bar of these charts, one after the other."""
    views = []
    for number, (_, opened, high, low, close) in enumerate(chain(*charts)):
        engine.update(candle(number, opened, high, low, close))
        views.append(engine.view())
    return views


def test_every_named_test_is_there() -> None:
    named = re.findall(r"^\*Test: `(test_\w+\.py)`, (.+)\.\*$", TEXT, re.MULTILINE)
    assert len(named) == TEXT.count("*Test:") == TEXT.count("```") // 2
    for file, sentence in named:
        (path,) = ROOT.glob(f"tests/domain/*/{file}")
        assert f"def test_{sentence.lower().replace(' ', '_')}(" in path.read_text()


def test_whole_charts_are_drawn_bar_by_bar_as_they_are_tested() -> None:
    rows = [(bar.open, bar.high, bar.low, bar.close) for bar in path(100.0, *RISE_AND_FALL, *RECOVERY)]
    assert sided_bars_of("Order block") == sided(*rows)
    rows = [(bar.open, bar.high, bar.low, bar.close) for bar in path(100.0, 101.0, *UP_DOWN_UP, *AND_DOWN)]
    assert sided_bars_of(BREAKS) == sided(*rows)
    assert sided_bars_of("Fair value gap")[:3] == sided(FIRST, FAST, THIRD)


def test_a_swing_is_what_is_drawn() -> None:
    bars = sided_bars_of("Swing")
    since = [bars_since_swing_high(bars[: now + 1], 5) for now in range(len(bars))]
    assert [now for now, known in enumerate(since) if known] == [10]
    assert since[10] == bars[5:11]
    assert [bar.high for bar in bars[4:9]] == [5.0, 9.0, 9.0, 9.0, 8.0]


@on_every_engine
def test_a_break_of_structure_and_a_change_of_character_are_what_is_drawn(make_engine: MakeEngine) -> None:
    engine, trends = make_engine(), []
    for number, drawn in enumerate(bars_of(BREAKS)):
        engine.update(candle(number, *drawn[1:]))
        base = engine.view().base
        trends.append((base.trend, base.is_last_event_choch, base.event_age_bars))
    assert trends[16:18] == [(0, False, None), (1, False, 0)]
    assert trends[22:] == [(1, False, 5), (-1, True, 0)]


def test_an_order_block_is_what_is_drawn() -> None:
    side, breaks = ChartSide(STANDARD), []
    for number, bar in enumerate(sided_bars_of("Order block")):
        now = moment(number, atr=4.0, is_third_in_row=number >= 2)
        breaks.append(side.has_broken(bar, now))
        side.live_through(bar, now)
        side.confirm(bar, now)
    assert [number for number, broke in enumerate(breaks) if broke] == [15]
    assert [(block.bottom, block.top) for block in side.blocks.kept] == [(99.0, 103.0)]


def test_a_breaker_is_what_is_drawn() -> None:
    blocks, leg = OrderBlocks(OrderBlockRules()), Leg(OrderBlockRules())
    leg.rebuild([SidedBar(103.0, 103.0, 99.0, 99.0)])
    blocks.create(leg, SidedBar(105.0, 112.0, 104.0, 111.0), moment(0, atr=100.0))
    told = []
    for number, bar in enumerate(sided_bars_of("Breaker"), start=1):
        blocks.update(bar, moment(number))
        told.append([(block.is_breaker, block.touches) for block in blocks.kept])
    block, breaker = [[(False, touches)] for touches in range(3)], [[(True, touches)] for touches in range(2)]
    assert told[:5] == [block[0], block[1], block[1], block[1], block[2]]
    assert told[5:] == [breaker[0], breaker[0], breaker[0], breaker[1], breaker[1], []]


@on_every_engine
def test_the_engine_shows_the_block_and_then_the_breaker_that_are_drawn(make_engine: MakeEngine) -> None:
    chart, life = bars_of("Order block"), bars_of("Breaker")
    views = played(make_engine(ONE_TIMEFRAME), chart, life)[len(chart) :]
    block, breaker = (ZoneKind.ORDER_BLOCK, 99.0, 103.0), (ZoneKind.BREAKER, 99.0, 103.0)
    assert [view.bullish_block and view.bullish_block[:3] for view in views[:10]] == [block] * 5 + [None] * 5
    assert [view.bearish_block and view.bearish_block[:3] for view in views[:10]] == [None] * 5 + [
        breaker
    ] * 5
    assert breaker not in [zone[:3] for zone in (views[10].bullish_block, views[10].bearish_block) if zone]


@on_every_engine
def test_the_engine_shows_the_gap_that_is_drawn_and_what_is_left_of_it(make_engine: MakeEngine) -> None:
    first, *later = bars_of("Fair value gap")
    views = played(make_engine(ONE_TIMEFRAME), [first] * 15, later)[14:]
    tops = [view.bullish_gap.top if view.bullish_gap else None for view in views]
    assert tops == [None, None, 103.0, 103.0, 103.0, 102.0, 102.0, 102.0, 101.5, None]
    assert {view.bullish_gap.bottom for view in views if view.bullish_gap} == {101.0}


@on_every_engine
def test_the_engine_shows_the_sweeps_that_are_drawn(make_engine: MakeEngine) -> None:
    up = (102.0, 104.0, 106.0, 108.0, 110.0, 110.0, 108.0, 106.0, 104.0, 102.0, 100.0)
    before = [Drawn(0, *bar[1:5]) for bar in path(100.0, 101.0, *up, *up)]
    for case, bars_until_swept in zip(cases_of("Sweep"), (1, 2, 3, None), strict=True):
        engine = make_engine(ONE_TIMEFRAME)
        assert [pool[:2] for pool in played(engine, before)[-1].pools_above] == [(111.0, 2)]
        views = played(make_engine(ONE_TIMEFRAME), before, case)[len(before) :]
        swept = [number for number, view in enumerate(views, 1) if view.sweep_age_bars == 0]
        assert swept == ([] if bars_until_swept is None else [bars_until_swept])
        assert all(view.sweep < 0.0 for view in views[-len(swept) :] if swept)


def test_a_fair_value_gap_is_what_is_drawn() -> None:
    bars, gaps, shares = sided_bars_of("Fair value gap"), FairValueGaps(FairValueGapRules()), []
    gaps.find(bars[2], bars[:2], moment(2))
    assert [(gap.bottom, gap.top) for gap in gaps.open] == [(101.0, 103.0)]
    for number, bar in enumerate(bars[3:], start=3):
        gaps.update(bar, moment(number))
        shares.append([(gap.edge - gap.bottom) / (gap.top - gap.bottom) for gap in gaps.open])
    assert shares == [[1.0], [1.0], [0.5], [0.5], [0.5], [0.25], []]


def test_four_sweeps_are_what_is_drawn() -> None:
    swept = []
    for case in cases_of("Sweep"):
        pools = pools_of_two_equal_highs()
        swept.append([pools.sweep(SidedBar(*bar[1:]), moment(2 + at)) for at, bar in enumerate(case)])
    assert swept == [[0.8], [0.0, 0.8], [0.0, 0.0, 0.8], [0.0, 0.0, 0.0]]


def test_displacements_are_what_is_drawn() -> None:
    directions = [
        displacement_of(candle(0, *drawn[1:]), 2.0, DisplacementRules()) for drawn in bars_of("Displacement")
    ]
    assert directions == [1, -1, 1, 0, 0]


def test_premium_and_discount_are_what_is_drawn() -> None:
    rows = [
        re.findall(r"^ *(\d+) .* ([+-]?\d\.\d\d)", line)
        for line in sketch_of("Dealing range, premium and discount")
    ]
    told = [(float(price), float(position)) for row in rows for price, position in row]
    assert len(told) == 5
    assert [DealingRange(100.0, 108.0).position_of(price) for price, _ in told] == [at for _, at in told]


@pytest.mark.parametrize("minute", [0, 59])
def test_killzones_are_what_is_drawn(minute: int) -> None:
    hours, weights, *_ = (line.split()[1:] for line in sketch_of("Killzone"))
    assert [int(hour) for hour in hours] == list(range(24))
    for hour, weight in enumerate(weights):
        at_ms = NEW_YEAR_IN_NEW_YORK_MS + hour * HOUR_MS + minute * 60_000
        assert killzone_weight(at_ms) == {".": 0.0, "h": 0.5, "1": 1.0}[weight]
