"""Charts of a report: what is drawn, not how."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from domain.market.candle import Candle


class Ink(StrEnum):
    """What a colour stands for."""

    MAIN = "main"
    OTHER = "other"
    FAINT = "faint"
    GAIN = "gain"
    LOSS = "loss"
    BULLISH = "bullish"
    BEARISH = "bearish"


class AxisKind(StrEnum):
    """What an axis counts: plain numbers, shares of one, or moments (milliseconds since 1970)."""

    NUMBER = "number"
    SHARE = "share"
    TIME = "time"


class Axis(NamedTuple):
    """An axis; the unit belongs into its title."""

    title: str
    kind: AxisKind = AxisKind.NUMBER


class LineStyle(StrEnum):
    """How the points of a line are joined."""

    SOLID = "solid"
    DASHED = "dashed"
    STEPS = "steps"
    DOTS = "dots"
    FILLED = "filled"


class Line(NamedTuple):
    """Points from left to right; None leaves a hole, `notes` say more of each."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float | None]
    style: LineStyle = LineStyle.SOLID
    ink: Ink = Ink.MAIN
    notes: Sequence[str] = ()


class Mark(NamedTuple):
    """A value on the horizontal axis that is worth a line across the chart."""

    at: float
    name: str
    ink: Ink = Ink.MAIN


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines over numbers or time."""

    title: str
    x: Axis
    y: Axis
    lines: Sequence[Line]
    marks: Sequence[Mark] = ()


class Bar(NamedTuple):
    """A value by name; `low` and `high` tell how far it may be off."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class BarChart:
    """Values by name, gains and losses told apart; bars lie down where names are long."""

    title: str
    value: Axis
    bars: Sequence[Bar]
    is_lying: bool = False


class Bins(NamedTuple):
    """Counts between edges; one edge more than counts."""

    name: str
    edges: Sequence[float]
    counts: Sequence[float]
    ink: Ink = Ink.MAIN


@dataclass(frozen=True, slots=True)
class HistogramChart:
    """How values are spread."""

    title: str
    x: Axis
    y: Axis
    spreads: Sequence[Bins]
    marks: Sequence[Mark] = ()


class Shade(NamedTuple):
    """A price zone over a stretch of time."""

    name: str
    bottom: float
    top: float
    from_ms: int
    until_ms: int
    ink: Ink


class Level(NamedTuple):
    """A price over a stretch of time."""

    name: str
    price: float
    from_ms: int
    until_ms: int
    ink: Ink
    style: LineStyle = LineStyle.DASHED


class Shape(StrEnum):
    """How a point on a chart looks."""

    UP = "up"
    DOWN = "down"
    CROSS = "cross"
    STAR = "star"


class Spot(NamedTuple):
    """A point of time and price."""

    name: str
    at_ms: int
    price: float
    shape: Shape
    ink: Ink


@dataclass(frozen=True, slots=True)
class CandleChart:
    """Candles, and what was seen in them."""

    title: str
    candles: Sequence[Candle]
    shades: Sequence[Shade] = ()
    levels: Sequence[Level] = ()
    spots: Sequence[Spot] = ()


Chart = LineChart | BarChart | HistogramChart | CandleChart
