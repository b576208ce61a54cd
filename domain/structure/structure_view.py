"""What the structure engine shows beside the twelve features: for entries, stops, exits and explanations."""

from enum import StrEnum
from typing import Final, NamedTuple

FEATURE_NAMES: Final = (
    "market_structure",
    "order_blocks_count",
    "institutional_candle",
    "liquidity_grab",
    "order_flow",
    "fvg_count",
    "trend_alignment_enhanced",
    "swing_high_distance",
    "structure_integrity",
    "institutional_participation",
    "timeframe_convergence",
    "liquidity_context",
)

Features = tuple[float, ...]


class ZoneKind(StrEnum):
    """What made a price zone."""

    ORDER_BLOCK = "order_block"
    BREAKER = "breaker"
    FAIR_VALUE_GAP = "fair_value_gap"


class Zone(NamedTuple):
    """A price zone; bottom < top. `created_ms` is the open time of the bar that created it."""

    kind: ZoneKind
    bottom: float
    top: float
    created_ms: int


class Pool(NamedTuple):
    """Resting liquidity at a level; `count` swings share it."""

    level: float
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody needs here


class FrameView(NamedTuple):
    """One timeframe after its last closed bar.

    `trend` and `last_event` are +1, -1 or 0 (none yet). `event_age_bars` is 0 on the bar of the
    event and None before the first. `atr` is NaN until 14 bars are known. `step_ms` is the length
    of a bar.
    """

    trend: int
    last_event: int
    is_last_event_choch: bool
    event_age_bars: int | None
    atr: float
    step_ms: int


class StructureView(NamedTuple):
    """The market's structure at the close of one base bar.

    `features` are twelve finite numbers in the order of FEATURE_NAMES, or None while not ready.
    `sweep` is the signed magnitude of the last liquidity sweep on the base frame (positive: lows
    were swept), `sweep_age_bars` the base bars since, None before the first; `displacement` likewise.
    Blocks (middle frame, breakers included under the side they now support) and gaps (base frame)
    are the nearest to the close on their side, or None. `dealing_range` is (bottom, top) of the
    middle frame. Pools are the middle frame's unswept ones, nearest first, at most three a side.
    """

    open_time_ms: int
    close: float
    features: Features | None
    base: FrameView
    middle: FrameView
    higher: FrameView
    displacement: int
    displacement_age_bars: int | None
    sweep: float
    sweep_age_bars: int | None
    bullish_block: Zone | None
    bearish_block: Zone | None
    bullish_gap: Zone | None
    bearish_gap: Zone | None
    dealing_range: tuple[float, float] | None
    pools_above: tuple[Pool, ...]
    pools_below: tuple[Pool, ...]
    killzone: float

    @property
    def closed_at_ms(self) -> int:
        """When the base bar closed."""
        return self.open_time_ms + self.base.step_ms
