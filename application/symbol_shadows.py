"""Every setup of one symbol, and a shadow of each that shows what it would have given."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from application.desk_rules import DeskRules
from application.ports.beliefs import Beliefs
from application.ports.candle_aggregator import CandleAggregator
from application.ports.structure_engine import StructureEngine
from domain.learning.belief import Question
from domain.learning.outcome import LabelledSample, outcome_of
from domain.learning.sample import Sample, sample_of
from domain.learning.shadow_trade import (
    NeverEntered,
    ShadowStep,
    ShadowTerms,
    ShadowTrade,
    after_candle,
    shadow_of,
)
from domain.market.candle import Candle
from domain.market.funding import FUNDING_INTERVAL_MS
from domain.market.instrument import Instrument
from domain.market.timeframe import MINUTE_MS
from domain.position.closed_trade import ClosedTrade
from domain.refusal import Refusal, RefusalReason
from domain.setup.entry_model import find_setup
from domain.setup.setup import Setup
from domain.setup.setup_rules import EntryStyle
from domain.structure.structure_view import StructureView


class Dropped(StrEnum):
    """Why a sample stays without an outcome: none is ever made up for it.

    `no_outcome` is an end that says nothing of the setup, `hole` one that nobody saw: candles were
    missing before the trade was over, or the bar on which the setup was found was told late.
    """

    NEVER_ENTERED = "never_entered"
    HOLE = "hole"
    TAPE_ENDED = "tape_ended"
    TOO_SMALL = "too_small"
    NO_OUTCOME = "no_outcome"


class DroppedSample(NamedTuple):
    """A sample without an outcome, and whether its entry had filled."""

    sample: Sample
    reason: Dropped
    is_entered: bool


EndedSample = LabelledSample | DroppedSample


@dataclass(frozen=True, slots=True)
class SteadyFunding:
    """The same rate, paid by longs, at every full interval counted from 00:00 UTC."""

    rate: Decimal = Decimal("0.0001")
    interval_ms: int = FUNDING_INTERVAL_MS

    def settled(self, after_ms: int, until_ms: int) -> Decimal:
        """Give what fell due after one moment and until another, as one rate."""
        return self.rate * (until_ms // self.interval_ms - after_ms // self.interval_ms)


@dataclass(frozen=True, slots=True)
class ShadowRules:
    """What setups are looked for and how their shadows are led, as a desk would trade them.

    `step_ms` is the length of the candles told.
    """

    desk: DeskRules
    beliefs: Beliefs
    funding: SteadyFunding = SteadyFunding()
    step_ms: int = MINUTE_MS


class _Found(NamedTuple):
    """A setup and what else was known at that bar."""

    setup: Setup
    atr: float
    schema_hash: str


class _Growing(NamedTuple):
    """A sample whose shadow is not over yet."""

    sample: Sample
    shadow: ShadowTrade


_NOTHING: Final[Sequence[EndedSample]] = ()


class SymbolShadows:
    """Looks for a setup at every base bar, whatever is held, and leads each to its end.

    A sample counts as taken where a desk that takes every setup, but holds one trade of a symbol at a
    time, would have been free to take it; the others are refused as `symbol_busy`. Shadows of one symbol
    may overlap: each is its own trade. No shadow is led over a hole in the candles.
    """

    def __init__(
        self,
        instrument: Instrument,
        aggregator: CandleAggregator,
        engine: StructureEngine,
        rules: ShadowRules,
    ) -> None:
        desk = rules.desk
        self._instrument = instrument
        self._aggregator = aggregator
        self._engine = engine
        self._rules = rules
        self._terms = ShadowTerms(desk.setup, desk.exits, desk.costs, instrument)
        self._view: StructureView | None = None
        self._due_ms: int | None = None
        self._growing: list[_Growing] = []

    @property
    def symbol(self) -> str:
        """The instrument's name."""
        return self._instrument.symbol

    @property
    def growing(self) -> tuple[Sample, ...]:
        """The samples whose shadows are not over yet, in the order in which they were decided on."""
        return tuple(one.sample for one in self._growing)

    def on_candle(self, candle: Candle) -> Sequence[EndedSample]:
        """Take one closed candle and give what ended with it. Raises CandleRefused."""
        bars = self._aggregator.update(candle)
        is_due = candle.open_time_ms == self._due_ms
        self._due_ms = candle.open_time_ms + self._rules.step_ms
        if not bars and not self._growing:
            return _NOTHING
        ended = [] if is_due else self._drop_all(Dropped.HOLE)
        found = self._read(bars)
        ended += self._lead(candle, is_bar=bool(bars))
        is_busy = _is_busy(self._growing, ended)
        for one in found:
            ended += self._begin(one, self._due_ms, is_busy=is_busy)
        return ended

    def end(self) -> Sequence[EndedSample]:
        """Drop what is not over, now that no candle will come."""
        return self._drop_all(Dropped.TAPE_ENDED)

    def _drop_all(self, reason: Dropped) -> list[EndedSample]:
        dropped: list[EndedSample] = [_dropped(one, reason) for one in self._growing]
        self._growing = []
        return dropped

    def _read(self, bars: Iterable[Candle]) -> list[_Found]:
        found = []
        for bar in bars:
            features = self._engine.update(bar)
            is_ready = features[0] == features[0]
            view = self._view = self._engine.view() if is_ready else None
            if view is None:
                continue
            setup = find_setup(self.symbol, view, self._instrument, self._rules.desk.setup)
            if setup is not None:
                found.append(_Found(setup, view.base.atr, self._engine.feature_schema))
        return found

    def _lead(self, candle: Candle, *, is_bar: bool) -> list[EndedSample]:
        ended: list[EndedSample] = []
        if not self._growing:
            return ended
        known = self._known(candle, is_bar=is_bar)
        going = []
        for one in self._growing:
            step = known._replace(confidence=self._confidence(one)) if is_bar else known
            after = after_candle(one.shadow, step, self._terms)
            if isinstance(after, ShadowTrade):
                going.append(_Growing(one.sample, after))
            else:
                ended.append(_ended(one, after))
        self._growing = going
        return ended

    def _known(self, candle: Candle, *, is_bar: bool) -> ShadowStep:
        """Say what every trade gets to know at the close of a candle."""
        opened_ms, step_ms = candle.open_time_ms, self._rules.step_ms
        rate = self._rules.funding.settled(opened_ms - step_ms, opened_ms)
        return ShadowStep(candle, opened_ms + step_ms, self._view, is_bar, None, rate)

    def _confidence(self, one: _Growing) -> float | None:
        view = self._view
        if view is None or view.features is None:
            return None
        schema = one.sample.schema_hash
        question = Question(one.shadow.plan.setup, view.features, view.base.atr, schema)
        return self._rules.beliefs.of(question).confidence

    def _begin(self, found: _Found, closed_at_ms: int, *, is_busy: bool) -> list[EndedSample]:
        desk, setup = self._rules.desk, found.setup
        is_maker = desk.setup.entry is EntryStyle.POST_ONLY_LIMIT
        refused_for = RefusalReason.SYMBOL_BUSY if is_busy else None
        sample = sample_of(
            setup, found.atr, found.schema_hash, refused_for, desk.costs, is_maker_entry=is_maker
        )
        if setup.found_at_ms != closed_at_ms:
            return [DroppedSample(sample, Dropped.HOLE, is_entered=False)]
        belief = self._rules.beliefs.of(Question(setup, setup.features, found.atr, found.schema_hash))
        shadow = shadow_of(setup, self._terms, belief.confidence)
        if isinstance(shadow, Refusal):
            return [DroppedSample(sample, Dropped.TOO_SMALL, is_entered=False)]
        self._growing.append(_Growing(sample, shadow))
        return []


def _is_busy(growing: Iterable[_Growing], ended: Iterable[EndedSample]) -> bool:
    """Tell whether a desk looks for no setup: it waits or holds, or takes an entry back at this bar."""
    if any(one.sample.is_taken for one in growing):
        return True
    return any(
        one.sample.is_taken and isinstance(one, DroppedSample) and one.reason is Dropped.NEVER_ENTERED
        for one in ended
    )


def _ended(one: _Growing, end: ClosedTrade | NeverEntered) -> EndedSample:
    if isinstance(end, NeverEntered):
        return _dropped(one, Dropped.NEVER_ENTERED)
    return with_label(one.sample, end)


def _dropped(one: _Growing, reason: Dropped) -> DroppedSample:
    return DroppedSample(one.sample, reason, is_entered=one.shadow.trade is not None)


def with_label(sample: Sample, shadow: ClosedTrade) -> EndedSample:
    """Give a sample the outcome that its shadow's end is for it, if it is one."""
    outcome = outcome_of(shadow, is_shadow=True)
    if outcome is None:
        return DroppedSample(sample, Dropped.NO_OUTCOME, is_entered=True)
    return LabelledSample(sample, outcome)
