"""Every setup of one symbol, and a shadow of each that shows what it would have given."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from math import nan
from typing import Final, NamedTuple, Self

from application.desk_rules import DeskRules
from application.ports.beliefs import Beliefs
from application.ports.candle_aggregator import CandleAggregator
from application.ports.structure_engine import StructureEngine
from domain.learning.belief import Question
from domain.learning.outcome import LabelledSample, outcome_of
from domain.learning.sample import Sample, sample_of
from domain.learning.shadow_calm import (
    AT_PEACE,
    RESTLESS,
    ShadowCalm,
    common_calm,
    moved_on,
    shadow_calm,
    sleeps_through_bar,
)
from domain.learning.shadow_trade import (
    NeverEntered,
    ShadowStep,
    ShadowTerms,
    ShadowTrade,
    after_candle,
    shadow_of,
)
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun
from domain.market.funding import FUNDING_INTERVAL_MS, next_funding_ms
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

    def due_ms(self, after_ms: int) -> int:
        """Tell when the next rate after a moment falls due."""
        return next_funding_ms(after_ms, self.interval_ms)


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
    """A sample whose shadow is not over yet, as it stood when a candle last changed it."""

    sample: Sample
    shadow: ShadowTrade
    calm: ShadowCalm

    def roused(self) -> Self:
        """Take nothing for calm any more."""
        return self._replace(shadow=replace(self.shadow, calm=None), calm=RESTLESS)


_NOTHING: Final[Sequence[EndedSample]] = ()


class SymbolShadows:
    """Looks for a setup at every base bar, whatever is held, and leads each to its end.

    A sample counts as taken where a desk that takes every setup, but holds one trade of a symbol at a
    time, would have been free to take it, or a real desk did; the others are refused as that desk said, or
    as `symbol_busy`. Shadows of one symbol may overlap: each is its own trade. No shadow is led over a
    hole in the candles.
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
        self._found: list[Sample] = []
        self._calm = AT_PEACE
        self._bar_ms = rules.step_ms
        self._last_close = nan

    @property
    def symbol(self) -> str:
        """The instrument's name."""
        return self._instrument.symbol

    @property
    def growing(self) -> tuple[Sample, ...]:
        """The samples whose shadows are not over yet, in the order in which they were decided on."""
        return tuple(one.sample for one in self._growing)

    @property
    def found(self) -> tuple[Sample, ...]:
        """The samples found at the last candle, those among them whose shadow could not even begin."""
        return tuple(self._found)

    def on_candle(
        self, candle: Candle, decided: Mapping[str, RefusalReason | None] | None = None
    ) -> Sequence[EndedSample]:
        """Take one closed candle and give what ended with it. Raises CandleRefused.

        `decided` tells by setup what a real desk did at this candle, None for a setup it took.
        """
        return self._on_candle(candle, may_offer=True, decided=decided)

    def warm_up(self, candle: Candle) -> None:
        """Take one candle of before, so that the structure is known. Raises CandleRefused."""
        for bar in self._aggregator.update(candle):
            self._engine.update(bar)

    def forget(self) -> Sequence[EndedSample]:
        """Know nothing of the candles so far; what is not over will never be known."""
        self._aggregator.forget()
        self._engine.forget()
        self._view = self._due_ms = None
        return self._drop_all(Dropped.HOLE)

    def obey(self, instrument: Instrument) -> None:
        """Go on by the venue's new rules for this symbol."""
        self._instrument = instrument
        self._terms = self._terms._replace(instrument=instrument)
        self._growing = [one.roused() for one in self._growing]
        self._calm = RESTLESS

    def pass_over(self, run: CandleRun) -> Sequence[EndedSample]:
        """Take candles of which a scout knows that none offers a trade, and give what ended with them.

        That is what `on_candle` gives of them, one by one. Raises CandleRefused, some of them taken.
        """
        ended: list[EndedSample] = []
        at, end = 0, len(run)
        while at < end:
            stir = self._next_stir(run, at)
            self._sleep_through(run.part(at, stir))
            if stir < end:
                ended += self._on_candle(run.candle(stir), may_offer=False)
            at = stir + 1
        return ended

    def end(self) -> Sequence[EndedSample]:
        """Drop what is not over, now that no candle will come."""
        return self._drop_all(Dropped.TAPE_ENDED)

    def _next_stir(self, run: CandleRun, at: int) -> int:
        """Find the first candle from this one on that must be looked at, the end of the run if none."""
        opened_ms, step_ms, bar_ms = run.candle(at).open_time_ms, self._rules.step_ms, self._bar_ms
        if opened_ms != self._due_ms:
            return at
        if not self._growing:
            return len(run)
        below, above, until_ms = self._calm
        ends_a_bar = (-opened_ms % bar_ms or bar_ms) // step_ms - 1
        is_late = max(0, (until_ms - opened_ms - 1) // step_ms)
        return run.first_reaching(at, min(at + ends_a_bar, at + is_late, len(run)), below, above)

    def _sleep_through(self, run: CandleRun) -> None:
        if not len(run):
            return
        bars = self._aggregator.take(run)
        if len(bars):
            self._engine.take(bars)
        last = run.candle(len(run) - 1)
        self._due_ms = last.open_time_ms + self._rules.step_ms
        self._last_close = last.close

    def _on_candle(
        self, candle: Candle, *, may_offer: bool, decided: Mapping[str, RefusalReason | None] | None = None
    ) -> Sequence[EndedSample]:
        if self._found:
            self._found = []
        bars = self._aggregator.update(candle)
        is_due = candle.open_time_ms == self._due_ms
        closed_at_ms = self._due_ms = candle.open_time_ms + self._rules.step_ms
        if is_due and not bars and self._calm.holds(candle, closed_at_ms):
            self._last_close = candle.close
            return _NOTHING
        ended = [] if is_due else self._drop_all(Dropped.HOLE)
        found = self._read(bars, may_offer=may_offer)
        ended += self._lead(candle, is_bar=bool(bars))
        is_busy = decided is not None or _is_busy(self._growing, ended)
        not_looked_at = RefusalReason.SYMBOL_BUSY if is_busy else None
        for one in found:
            refused_for = (decided or {}).get(one.setup.setup_id, not_looked_at)
            ended += self._begin(one, closed_at_ms, refused_for)
        self._settle_after(candle)
        return ended

    def _drop_all(self, reason: Dropped) -> list[EndedSample]:
        dropped: list[EndedSample] = [_dropped(one, reason) for one in self._growing]
        self._growing = []
        return dropped

    def _read(self, bars: Sequence[Candle], *, may_offer: bool) -> list[_Found]:
        found = []
        for bar in bars:
            features = self._engine.update(bar)
            is_ready = features[0] == features[0]
            is_seen = is_ready and (may_offer or self._growing)
            view = self._view = self._engine.view() if is_seen else None
            if view is None or not may_offer:
                continue
            setup = find_setup(self.symbol, view, self._instrument, self._rules.desk.setup)
            if setup is not None:
                self._bar_ms = view.base.step_ms
                found.append(_Found(setup, view.base.atr, self._engine.feature_schema))
        return found

    def _lead(self, candle: Candle, *, is_bar: bool) -> list[EndedSample]:
        ended: list[EndedSample] = []
        if not self._growing:
            return ended
        known = self._known(candle, is_bar=is_bar)
        going = []
        for one in self._growing:
            step = self._told(one, known)
            if self._sleeps_on(one, step):
                going.append(one)
                continue
            after = after_candle(self._woken(one.shadow, candle), step, self._terms)
            if isinstance(after, ShadowTrade):
                going.append(_Growing(one.sample, after, shadow_calm(after, self._terms)))
            else:
                ended.append(self._ended(one, after))
        self._growing = going
        return ended

    def _ended(self, one: _Growing, end: ClosedTrade | NeverEntered) -> EndedSample:
        if isinstance(end, NeverEntered):
            return _dropped(one, Dropped.NEVER_ENTERED)
        return with_label(one.sample, end)

    def _known(self, candle: Candle, *, is_bar: bool) -> ShadowStep:
        """Say what every trade gets to know at the close of a candle."""
        opened_ms, step_ms = candle.open_time_ms, self._rules.step_ms
        rate = self._rules.funding.settled(opened_ms - step_ms, opened_ms)
        return ShadowStep(candle, opened_ms + step_ms, self._view, is_bar, None, rate)

    def _told(self, one: _Growing, known: ShadowStep) -> ShadowStep:
        """Add what is believed of one trade at the close of a base bar."""
        view = known.view
        if not known.is_bar or view is None or view.features is None:
            return known
        schema = one.sample.schema_hash
        question = Question(one.shadow.plan.setup, view.features, view.base.atr, schema)
        confidence = self._rules.beliefs.of(question).confidence
        return known if confidence is None else known._replace(confidence=confidence)

    def _sleeps_on(self, one: _Growing, step: ShadowStep) -> bool:
        if step.funding_rate or not one.calm.holds(step.candle, step.closed_at_ms):
            return False
        return not step.is_bar or sleeps_through_bar(one.shadow, step.view, step.confidence, self._terms)

    def _woken(self, shadow: ShadowTrade, candle: Candle) -> ShadowTrade:
        if shadow.next_open_ms == candle.open_time_ms:
            return shadow
        return moved_on(shadow, candle.open_time_ms, self._instrument.nearest_price(self._last_close))

    def _settle_after(self, candle: Candle) -> None:
        """Note what the shadows now growing have in common until funding falls due."""
        self._last_close = candle.close
        if not self._growing:
            self._calm = AT_PEACE
            return
        calm = common_calm(one.calm for one in self._growing)
        due_ms = self._rules.funding.due_ms(candle.open_time_ms)
        self._calm = calm._replace(until_ms=min(calm.until_ms, due_ms + 1))

    def _begin(
        self, found: _Found, closed_at_ms: int, refused_for: RefusalReason | None
    ) -> list[EndedSample]:
        desk, setup = self._rules.desk, found.setup
        is_maker = desk.setup.entry is EntryStyle.POST_ONLY_LIMIT
        sample = sample_of(
            setup, found.atr, found.schema_hash, refused_for, desk.costs, is_maker_entry=is_maker
        )
        self._found.append(sample)
        if setup.found_at_ms != closed_at_ms:
            return [DroppedSample(sample, Dropped.HOLE, is_entered=False)]
        belief = self._rules.beliefs.of(Question(setup, setup.features, found.atr, found.schema_hash))
        shadow = shadow_of(setup, self._terms, belief.confidence)
        if isinstance(shadow, Refusal):
            return [DroppedSample(sample, Dropped.TOO_SMALL, is_entered=False)]
        self._growing.append(_Growing(sample, shadow, shadow_calm(shadow, self._terms)))
        return []


def _is_busy(growing: Iterable[_Growing], ended: Iterable[EndedSample]) -> bool:
    """Tell whether a desk looks for no setup: it waits or holds, or takes an entry back at this bar."""
    if any(one.sample.is_taken for one in growing):
        return True
    return any(
        one.sample.is_taken and isinstance(one, DroppedSample) and one.reason is Dropped.NEVER_ENTERED
        for one in ended
    )


def _dropped(one: _Growing, reason: Dropped) -> DroppedSample:
    return DroppedSample(one.sample, reason, is_entered=one.shadow.trade is not None)


def with_label(sample: Sample, shadow: ClosedTrade) -> EndedSample:
    """Give a sample the outcome that its shadow's end is for it, if it is one."""
    outcome = outcome_of(shadow, is_shadow=True)
    if outcome is None:
        return DroppedSample(sample, Dropped.NO_OUTCOME, is_entered=True)
    return LabelledSample(sample, outcome)
