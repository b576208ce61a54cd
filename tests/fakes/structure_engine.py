"""A structure engine that shows what a test puts before it."""

import math

from domain.market.candle import Candle
from domain.market.candle_run import CandleRun
from domain.structure.structure_view import FrameView, Pool, StructureView, Zone, ZoneKind

_FLAT = FrameView(
    trend=0, last_event=0, is_last_event_choch=False, event_age_bars=None, atr=0.5, step_ms=60_000
)

QUIET = StructureView(
    open_time_ms=0,
    close=0.0,
    features=(0.0,) * 12,
    base=_FLAT,
    middle=_FLAT,
    higher=_FLAT,
    displacement=0,
    displacement_age_bars=None,
    sweep=0.0,
    sweep_age_bars=None,
    bullish_block=None,
    bearish_block=None,
    bullish_gap=None,
    bearish_gap=None,
    dealing_range=None,
    pools_above=(),
    pools_below=(),
    killzone=0.0,
)
NOT_READY = QUIET._replace(features=None)
OFFERS_A_LONG = QUIET._replace(
    higher=_FLAT._replace(trend=1),
    displacement=1,
    displacement_age_bars=0,
    base=_FLAT._replace(last_event=1, is_last_event_choch=True, event_age_bars=1),
    bullish_gap=Zone(ZoneKind.FAIR_VALUE_GAP, bottom=99.0, top=100.0, created_ms=0),
    dealing_range=(99.0, 120.0),
    pools_above=(Pool(103.0, 2),),
)
OFFERS_A_SHORT = QUIET._replace(
    higher=_FLAT._replace(trend=-1),
    displacement=-1,
    displacement_age_bars=0,
    base=_FLAT._replace(last_event=-1, is_last_event_choch=True, event_age_bars=1),
    bearish_gap=Zone(ZoneKind.FAIR_VALUE_GAP, bottom=100.0, top=101.0, created_ms=0),
    dealing_range=(80.0, 101.0),
    pools_below=(Pool(97.0, 2),),
)


class ScriptedEngine:
    """Takes any bar and shows `market` at its close."""

    def __init__(self) -> None:
        self.market = QUIET
        self.bars: list[Candle] = []

    feature_schema = "scripted"

    def update(self, bar: Candle) -> tuple[float, ...]:
        self.bars.append(bar)
        return (math.nan,) * 12 if self.market.features is None else self.market.features

    def take(self, run: CandleRun) -> None:
        self.bars += [run.candle(index) for index in range(len(run))]

    def forget(self) -> None:
        self.bars.clear()

    def view(self) -> StructureView:
        bar = self.bars[-1]
        return self.market._replace(open_time_ms=bar.open_time_ms, close=bar.close)

    def snapshot(self) -> bytes:
        raise LookupError("a scripted engine keeps nothing")

    def restore(self, snapshot: bytes) -> None:
        raise LookupError(f"a scripted engine takes nothing over, not {len(snapshot)} bytes either")
