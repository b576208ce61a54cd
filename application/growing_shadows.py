"""The shadows of one symbol that are not over yet."""

from dataclasses import replace
from math import nan
from typing import NamedTuple, Self

from application.ended_sample import Dropped, DroppedSample, EndedSample, with_label
from application.shadow_rules import ShadowRules
from domain.learning.belief import Question
from domain.learning.sample import Sample
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
from domain.market.instrument import Instrument
from domain.position.closed_trade import ClosedTrade
from domain.refusal import Refusal
from domain.setup.setup import Setup
from domain.structure.structure_view import StructureView


class Growing(NamedTuple):
    """A sample whose shadow is not over yet, as it stood when a candle last changed it."""

    sample: Sample
    shadow: ShadowTrade
    calm: ShadowCalm

    def roused(self) -> Self:
        """Take nothing for calm any more."""
        return self._replace(shadow=replace(self.shadow, calm=None), calm=RESTLESS)


class GrowingShadows:
    """Leads each shadow to its end, through those candles only that may change it.

    `calm` is what all of them have in common, until funding falls due: a candle inside that ends no base
    bar and comes when it is due changes none of them.
    """

    def __init__(self, instrument: Instrument, rules: ShadowRules) -> None:
        desk = rules.desk
        self._instrument = instrument
        self._rules = rules
        self._terms = ShadowTerms(desk.setup, desk.exits, desk.costs, instrument)
        self._growing: list[Growing] = []
        self._last_close = nan
        self.calm = AT_PEACE

    def __len__(self) -> int:
        return len(self._growing)

    @property
    def samples(self) -> tuple[Sample, ...]:
        """What is grown from, in the order of decision."""
        return tuple(one.sample for one in self._growing)

    def obey(self, instrument: Instrument) -> None:
        """Go on by the venue's new rules for this symbol."""
        self._instrument = instrument
        self._terms = self._terms._replace(instrument=instrument)
        self._growing = [one.roused() for one in self._growing]
        self.calm = RESTLESS

    def begin(self, sample: Sample, setup: Setup, confidence: float | None) -> list[EndedSample]:
        """Begin the shadow of a setup found at the close of the candle just led through."""
        shadow = shadow_of(setup, self._terms, confidence)
        if isinstance(shadow, Refusal):
            return [DroppedSample(sample, Dropped.TOO_SMALL, is_entered=False)]
        self._growing.append(Growing(sample, shadow, shadow_calm(shadow, self._terms)))
        return []

    def drop_all(self, reason: Dropped) -> list[EndedSample]:
        """Give up on all of them."""
        dropped: list[EndedSample] = [_dropped(one, reason) for one in self._growing]
        self._growing = []
        return dropped

    def sleep_until(self, last_close: float) -> None:
        """Take it that the candles up to this close left everything calm."""
        self._last_close = last_close

    def lead(self, candle: Candle, view: StructureView | None, *, is_bar: bool) -> list[EndedSample]:
        """Take the next candle and give what ended with it; the view is that of the last base bar."""
        ended: list[EndedSample] = []
        if not self._growing:
            return ended
        known = self._known(candle, view, is_bar=is_bar)
        going = []
        for one in self._growing:
            step = self._told(one, known)
            if self._sleeps_on(one, step):
                going.append(one)
                continue
            after = after_candle(self._woken(one.shadow, candle), step, self._terms)
            if isinstance(after, ShadowTrade):
                going.append(Growing(one.sample, after, shadow_calm(after, self._terms)))
            else:
                ended.append(self._ended(one, after))
        self._growing = going
        return ended

    def settle_after(self, candle: Candle) -> None:
        """Note where the market stands, and what the shadows now growing have in common."""
        self._last_close = candle.close
        if not self._growing:
            self.calm = AT_PEACE
            return
        calm = common_calm([one.calm for one in self._growing])
        due_ms = self._rules.funding.due_ms(candle.open_time_ms)
        self.calm = calm._replace(until_ms=min(calm.until_ms, due_ms + 1))

    def _known(self, candle: Candle, view: StructureView | None, *, is_bar: bool) -> ShadowStep:
        """Say what every trade gets to know at the close of a candle."""
        opened_ms, step_ms = candle.open_time_ms, self._rules.step_ms
        rate = self._rules.funding.settled(opened_ms - step_ms, opened_ms)
        return ShadowStep(candle, opened_ms + step_ms, view, is_bar, None, rate)

    def _told(self, one: Growing, known: ShadowStep) -> ShadowStep:
        """Add what is believed of one trade at the close of a base bar."""
        view = known.view
        if not known.is_bar or view is None or view.features is None:
            return known
        schema = one.sample.schema_hash
        question = Question(one.shadow.plan.setup, view.features, view.base.atr, schema)
        confidence = self._rules.beliefs.of(question).confidence
        return known if confidence is None else known._replace(confidence=confidence)

    def _sleeps_on(self, one: Growing, step: ShadowStep) -> bool:
        if step.funding_rate or not one.calm.holds(step.candle, step.closed_at_ms):
            return False
        return not step.is_bar or sleeps_through_bar(one.shadow, step.view, step.confidence, self._terms)

    def _woken(self, shadow: ShadowTrade, candle: Candle) -> ShadowTrade:
        if shadow.next_open_ms == candle.open_time_ms:
            return shadow
        return moved_on(shadow, candle.open_time_ms, self._instrument.nearest_price(self._last_close))

    def _ended(self, one: Growing, end: ClosedTrade | NeverEntered) -> EndedSample:
        if isinstance(end, NeverEntered):
            return _dropped(one, Dropped.NEVER_ENTERED)
        return with_label(one.sample, end)


def _dropped(one: Growing, reason: Dropped) -> DroppedSample:
    return DroppedSample(one.sample, reason, is_entered=one.shadow.trade is not None)
