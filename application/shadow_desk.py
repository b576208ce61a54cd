"""Beside the desk: every setup it saw, what it said to each, and what each would have given."""

from collections.abc import Iterable
from typing import Final

from application.decision import STAND_ASIDE, Decision
from application.ended_sample import EndedSample
from application.ports.sample_book import Lessons
from application.symbol_shadows import SymbolShadows
from domain.learning.outcome import LabelledSample, outcome_of
from domain.learning.sample import Sample
from domain.market.candle import Candle, CandleRefused
from domain.refusal import RefusalReason
from domain.tape import (
    CandleClosed,
    CandleRebuilt,
    CandleRecalled,
    Event,
    HistoryLost,
    InstrumentChanged,
)

_REFUSED: Final = "refused"
_TAKEN: Final = "entry"


class ShadowDesk:
    """Sees each event after the desk has decided on it; what it learns decides nothing by itself.

    The same tape and decisions teach the same lessons, so a session that is played again up to where it
    broke off has its shadows back. Setups of recalled candles belong to nobody and are left out.
    """

    def __init__(self, symbols: Iterable[SymbolShadows]) -> None:
        self._shadows = {one.symbol: one for one in symbols}

    def on_event(self, event: Event, decision: Decision) -> Lessons | None:
        """Take one event and the desk's decision on it, and give what they teach, if anything."""
        match event:
            case CandleClosed() | CandleRebuilt():
                taught = self._on_candle(self._shadows[event.symbol], event.candle, decision)
            case CandleRecalled():
                _warm_up(self._shadows[event.symbol], event.candle)
                taught = None
            case HistoryLost():
                taught = _lessons((), self._shadows[event.symbol].forget())
            case InstrumentChanged():
                self._shadows[event.symbol].obey(event.instrument)
                taught = None
            case _:
                taught = None
        return taught if decision is STAND_ASIDE else _with_trades(taught, decision)

    def _on_candle(self, shadows: SymbolShadows, candle: Candle, decision: Decision) -> Lessons | None:
        try:
            ended = shadows.on_candle(candle, _decided(decision))
        except CandleRefused:
            return None  # the desk was told the same, and wrote it down
        return _lessons(shadows.found, ended)


def _warm_up(shadows: SymbolShadows, candle: Candle) -> None:
    try:
        shadows.warm_up(candle)
    except CandleRefused:
        return  # as above


def _decided(decision: Decision) -> dict[str, RefusalReason | None]:
    """Tell by setup why it was refused, None where an entry was sent."""
    if decision is STAND_ASIDE:
        return {}
    said: dict[str, RefusalReason | None] = {}
    for one in decision.records:
        if one.kind == _REFUSED:
            said[one.setup_id] = RefusalReason(one.reason)
        elif one.kind == _TAKEN:
            said[one.setup_id] = None
    return said


def _lessons(found: tuple[Sample, ...], ended: Iterable[EndedSample]) -> Lessons | None:
    outcomes = tuple(one.outcome for one in ended if isinstance(one, LabelledSample))
    return Lessons(found, outcomes) if found or outcomes else None


def _with_trades(taught: Lessons | None, decision: Decision) -> Lessons | None:
    if not decision.trades:
        return taught
    real = (outcome_of(trade, is_shadow=False) for trade in decision.trades)
    lessons = Lessons() if taught is None else taught
    return Lessons(
        samples=lessons.samples,
        outcomes=(*lessons.outcomes, *(outcome for outcome in real if outcome is not None)),
        closed_trades=tuple(trade.trade_id for trade in decision.trades),
    )
