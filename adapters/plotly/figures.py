"""Charts as Plotly draws them; each is checked against Plotly's own schema."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from plotly import graph_objects  # type: ignore[import-untyped]  # Plotly tells no types

from application.report_charts import (
    Axis,
    AxisKind,
    BarChart,
    Bins,
    CandleChart,
    Chart,
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

Figure = dict[str, Any]
"""A figure as Plotly's JSON: `data` and `layout`."""

COLOURS: Final[Mapping[Ink, str]] = {
    Ink.MAIN: "#2f7ed8",
    Ink.OTHER: "#e08a1e",
    Ink.FAINT: "#8a93a3",
    Ink.GAIN: "#0d9488",
    Ink.LOSS: "#dc4a38",
    Ink.BULLISH: "#0d9488",
    Ink.BEARISH: "#dc4a38",
}
_STYLES: Final[Mapping[LineStyle, Figure]] = {
    LineStyle.SOLID: {"mode": "lines"},
    LineStyle.DASHED: {"mode": "lines", "line": {"dash": "dash"}},
    LineStyle.STEPS: {"mode": "lines", "line": {"shape": "hv"}},
    LineStyle.DOTS: {"mode": "markers"},
    LineStyle.FILLED: {"mode": "lines", "fill": "tozeroy"},
}
_SYMBOLS: Final[Mapping[Shape, str]] = {
    Shape.UP: "triangle-up",
    Shape.DOWN: "triangle-down",
    Shape.CROSS: "x",
    Shape.STAR: "star",
}
_MARGIN: Final = {"l": 8, "r": 8, "t": 28, "b": 8}
_LEGEND: Final = {"orientation": "h", "y": -0.18, "x": 0}


def figure_of(chart: Chart) -> Figure:
    """Give a chart as Plotly's JSON. Raises ValueError for what Plotly could not draw."""
    data, layout = _drawn(chart)
    told = {"template": {}, "margin": _MARGIN, "legend": _LEGEND, **layout}
    figure: Figure = graph_objects.Figure(data=data, layout=told).to_plotly_json()
    return figure


def _drawn(chart: Chart) -> tuple[list[Figure], Figure]:
    match chart:
        case LineChart():
            return _lines(chart)
        case BarChart():
            return _bars(chart)
        case HistogramChart():
            return _histogram(chart)
        case CandleChart():
            return _candles(chart)


def _lines(chart: LineChart) -> tuple[list[Figure], Figure]:
    layout = {
        "xaxis": _axis(chart.x),
        "yaxis": _axis(chart.y),
        "showlegend": len(chart.lines) > 1,
        "hovermode": "closest",
        **_across(chart.marks),
    }
    return [_line(line) for line in chart.lines], layout


def _line(line: Line) -> Figure:
    style, colour = _STYLES[line.style], COLOURS[line.ink]
    told = {
        "type": "scatter",
        "name": line.name,
        "x": list(line.xs),
        "y": list(line.ys),
        **style,
        "line": {"width": 2, **style.get("line", {}), "color": colour},
        "marker": {"color": colour},
    }
    return told | ({"text": list(line.notes)} if line.notes else {})


def _bars(chart: BarChart) -> tuple[list[Figure], Figure]:
    is_lying = chart.is_lying
    along, across = ("y", "x") if is_lying else ("x", "y")
    trace = {
        "type": "bar",
        "orientation": "h" if is_lying else "v",
        along: [bar.name for bar in chart.bars],
        across: [bar.value for bar in chart.bars],
        "text": [bar.note for bar in chart.bars],
        "marker": {"color": [COLOURS[Ink.GAIN if bar.value >= 0.0 else Ink.LOSS] for bar in chart.bars]},
        f"error_{across}": _reach(chart),
    }
    names = {"type": "category", "automargin": True}
    layout = {
        f"{along}axis": names | ({"autorange": "reversed"} if is_lying else {}),
        f"{across}axis": _axis(chart.value),
        "showlegend": False,
    }
    return [trace], layout


def _reach(chart: BarChart) -> Figure:
    if all(bar.low is None and bar.high is None for bar in chart.bars):
        return {"visible": False}
    return {
        "type": "data",
        "symmetric": False,
        "array": [0.0 if bar.high is None else bar.high - bar.value for bar in chart.bars],
        "arrayminus": [0.0 if bar.low is None else bar.value - bar.low for bar in chart.bars],
        "color": COLOURS[Ink.FAINT],
    }


def _histogram(chart: HistogramChart) -> tuple[list[Figure], Figure]:
    layout = {
        "xaxis": _axis(chart.x),
        "yaxis": _axis(chart.y),
        "barmode": "overlay",
        "bargap": 0,
        "showlegend": len(chart.spreads) > 1,
        **_across(chart.marks),
    }
    return [_spread(bins) for bins in chart.spreads], layout


def _spread(bins: Bins) -> Figure:
    pairs = list(zip(bins.edges, bins.edges[1:], strict=False))
    return {
        "type": "bar",
        "name": bins.name,
        "x": [(low + high) / 2 for low, high in pairs],
        "y": list(bins.counts),
        "width": [high - low for low, high in pairs],
        "marker": {"color": COLOURS[bins.ink], "opacity": 0.6},
    }


def _candles(chart: CandleChart) -> tuple[list[Figure], Figure]:
    candles = chart.candles
    trace = {
        "type": "candlestick",
        "name": "candles",
        "x": [candle.open_time_ms for candle in candles],
        "open": [candle.open for candle in candles],
        "high": [candle.high for candle in candles],
        "low": [candle.low for candle in candles],
        "close": [candle.close for candle in candles],
        "increasing": {"line": {"color": COLOURS[Ink.GAIN], "width": 1}},
        "decreasing": {"line": {"color": COLOURS[Ink.LOSS], "width": 1}},
        "showlegend": False,
    }
    layout = {
        "xaxis": _axis(Axis("", AxisKind.TIME)) | {"rangeslider": {"visible": False}},
        "yaxis": _axis(Axis("")) | {"side": "right"},
        "shapes": [*map(_shade, chart.shades), *map(_level, chart.levels)],
        "showlegend": True,
        "hovermode": "closest",
    }
    return [trace, *map(_spot, chart.spots)], layout


def _shade(shade: Shade) -> Figure:
    return {
        "type": "rect",
        "name": shade.name,
        "layer": "below",
        "x0": shade.from_ms,
        "x1": shade.until_ms,
        "y0": shade.bottom,
        "y1": shade.top,
        "fillcolor": COLOURS[shade.ink],
        "opacity": 0.25,
        "line": {"width": 1, "color": COLOURS[shade.ink]},
        "label": {"text": shade.name, "textposition": "top left", "font": {"size": 11}},
    }


def _level(level: Level) -> Figure:
    dash = "dash" if level.style is LineStyle.DASHED else "solid"
    return {
        "type": "line",
        "name": level.name,
        "showlegend": True,
        "x0": level.from_ms,
        "x1": level.until_ms,
        "y0": level.price,
        "y1": level.price,
        "line": {"width": 1.5, "dash": dash, "color": COLOURS[level.ink]},
    }


def _spot(spot: Spot) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": spot.name,
        "x": [spot.at_ms],
        "y": [spot.price],
        "marker": {
            "symbol": _SYMBOLS[spot.shape],
            "size": 13,
            "color": COLOURS[spot.ink],
            "line": {"width": 1, "color": "#ffffff"},
        },
    }


def _axis(axis: Axis) -> Figure:
    told: Figure = {"title": {"text": axis.title}, "automargin": True}
    if axis.kind is AxisKind.TIME:
        return told | {"type": "date"}
    plain = {"type": "linear", "exponentformat": "none", "separatethousands": True}
    return told | plain | ({"tickformat": ".2~%"} if axis.kind is AxisKind.SHARE else {})


def _across(marks: Sequence[Mark]) -> Figure:
    """Draw a line from bottom to top at each mark, its name at the top; names take turns in height."""
    shapes = [
        {
            "type": "line",
            "x0": mark.at,
            "x1": mark.at,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"width": 2, "dash": "dot", "color": COLOURS[mark.ink]},
        }
        for mark in marks
    ]
    names = [
        {
            "x": mark.at,
            "y": 1.0 - 0.07 * place,
            "yref": "paper",
            "text": mark.name,
            "showarrow": False,
            "xanchor": "left",
            "font": {"color": COLOURS[mark.ink]},
        }
        for place, mark in enumerate(marks)
    ]
    return {"shapes": shapes, "annotations": names}
