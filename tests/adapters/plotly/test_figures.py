"""Every kind of chart must be one that Plotly takes, with the numbers it was given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.plotly.figures import COLOURS, figure_of
from application.report_charts import (
    Axis,
    AxisKind,
    Bar,
    BarChart,
    Bins,
    CandleChart,
    HistogramChart,
    Ink,
    Level,
    Line,
    LineChart,
    LineStyle,
    Mark,
    Shade,
    Shape,
    Spot,
)
from domain.market.candle import Candle

R = Axis("R")
TIME = Axis("UTC", AxisKind.TIME)
NOON_MS = 1_672_574_400_000


@pytest.mark.parametrize("style", LineStyle)
def test_lines_of_every_style_keep_their_points(style: LineStyle) -> None:
    line = Line("equity", [NOON_MS, NOON_MS + 1], [1.0, 2.0], style, Ink.OTHER, ("a", "b"))
    figure = figure_of(LineChart("equity", TIME, R, [line]))
    (trace,) = figure["data"]
    assert (list(trace["x"]), list(trace["y"])) == ([NOON_MS, NOON_MS + 1], [1.0, 2.0])
    assert list(trace["text"]) == ["a", "b"]
    assert figure["layout"]["xaxis"]["type"] == "date"
    assert not figure["layout"]["showlegend"]


def test_two_lines_have_a_legend() -> None:
    lines = [Line(name, [0], [0.0]) for name in ("with", "without")]
    assert figure_of(LineChart("both", R, R, lines))["layout"]["showlegend"]


def test_gains_and_losses_differ_in_colour() -> None:
    figure = figure_of(BarChart("months", R, [Bar("May", 1.0), Bar("June", -1.0), Bar("July", 0.0)]))
    (trace,) = figure["data"]
    gain, loss = COLOURS[Ink.GAIN], COLOURS[Ink.LOSS]
    assert list(trace["marker"]["color"]) == [gain, loss, gain]
    assert list(trace["y"]) == [1.0, -1.0, 0.0]
    assert not trace["error_y"]["visible"]


def test_lying_bars_show_how_far_they_may_be_off() -> None:
    bars = [Bar("stop", -1.0, low=-1.5, high=-0.75), Bar("target", 1.0)]
    (trace,) = figure_of(BarChart("exits", R, bars, is_lying=True))["data"]
    assert (list(trace["x"]), list(trace["y"])) == ([-1.0, 1.0], ["stop", "target"])
    assert (list(trace["error_x"]["array"]), list(trace["error_x"]["arrayminus"])) == (
        [0.25, 0.0],
        [0.5, 0.0],
    )


def test_a_histogram_puts_each_count_between_its_edges() -> None:
    marks = [Mark(0.5, "the trades"), Mark(0.75, "zero", Ink.FAINT)]
    figure = figure_of(HistogramChart("spread", R, R, [Bins("random", [0.0, 1.0, 3.0], [4, 5])], marks))
    (trace,) = figure["data"]
    assert (list(trace["x"]), list(trace["width"])) == ([0.5, 2.0], [1.0, 2.0])
    assert list(trace["y"]) == [4, 5]
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == [0.5, 0.75]
    assert [name["text"] for name in figure["layout"]["annotations"]] == ["the trades", "zero"]


def test_candles_come_with_everything_seen_in_them() -> None:
    candle = Candle(NOON_MS, 100.0, 103.0, 99.0, 102.0, 5.0)
    shade = Shade("order block", 99.5, 100.5, NOON_MS, NOON_MS + 60_000, Ink.BULLISH)
    stop = Level("stop", 98.0, NOON_MS, NOON_MS + 60_000, Ink.LOSS)
    entry = Level("entry", 100.0, NOON_MS, NOON_MS + 60_000, Ink.MAIN, LineStyle.SOLID)
    spots = [Spot(shape, NOON_MS, 100.0, shape, Ink.GAIN) for shape in Shape]
    figure = figure_of(CandleChart("best", [candle], [shade], [stop, entry], spots))
    chart, *seen = figure["data"]
    assert [list(chart[part]) for part in ("open", "high", "low", "close")] == [[100], [103], [99], [102]]
    assert [spot["name"] for spot in seen] == list(Shape)
    zone, *levels = figure["layout"]["shapes"]
    assert (zone["type"], zone["y0"], zone["y1"]) == ("rect", 99.5, 100.5)
    assert [(level["name"], level["line"]["dash"]) for level in levels] == [
        ("stop", "dash"),
        ("entry", "solid"),
    ]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=20))
def test_no_number_changes_on_its_way(values: list[float]) -> None:
    chart = LineChart("any", R, Axis("share", AxisKind.SHARE), [Line("any", range(len(values)), values)])
    (trace,) = figure_of(chart)["data"]
    assert list(trace["y"]) == values
