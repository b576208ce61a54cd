"""Every setup of one symbol, and a shadow of each that shows what it would have given."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from application.ended_sample import Dropped, DroppedSample, EndedSample
from application.growing_shadows import GrowingShadows
from application.ports.candle_aggregator import CandleAggregator
from application.ports.structure_engine import StructureEngine
from application.shadow_rules import ShadowRules
from domain.learning.belief import Question
from domain.learning.sample import Sample, sample_of
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun
from domain.market.instrument import Instrument
from domain.refusal import RefusalReason
from domain.setup.entry_model import find_setup
from domain.setup.setup import Setup
from domain.setup.setup_rules import EntryStyle
from domain.structure.structure_view import StructureView


class _Found(NamedTuple):
    """A setup and what else was known at that bar."""

    setup: Setup
    atr: float
    schema_hash: str


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
        self._instrument = instrument
        self._aggregator = aggregator
        self._engine = engine
        self._rules = rules
        self._view: StructureView | None = None
        self._due_ms: int | None = None
        self._growing = self._nothing_growing(instrument, rules)
        self._found: list[Sample] = []
        self._bar_ms = rules.step_ms

    @property
    def symbol(self) -> str:
        """The instrument's name."""
        return self._instrument.symbol

    @property
    def growing(self) -> tuple[Sample, ...]:
        """The samples whose shadows are not over yet, in the order in which they were decided on."""
        return self._growing.samples

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
        return self._growing.drop_all(Dropped.HOLE)

    def obey(self, instrument: Instrument) -> None:
        """Go on by the venue's new rules for this symbol."""
        self._instrument = instrument
        self._growing.obey(instrument)

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
        return self._growing.drop_all(Dropped.TAPE_ENDED)

    def _nothing_growing(self, instrument: Instrument, rules: ShadowRules) -> GrowingShadows:
        return GrowingShadows(instrument, rules)

    def _next_stir(self, run: CandleRun, at: int) -> int:
        """Find the first candle from this one on that must be looked at, the end of the run if none."""
        opened_ms, step_ms, bar_ms = run.candle(at).open_time_ms, self._rules.step_ms, self._bar_ms
        if opened_ms != self._due_ms:
            return at
        if not self._growing:
            return len(run)
        below, above, until_ms = self._growing.calm
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
        self._growing.sleep_until(last.close)

    def _on_candle(
        self, candle: Candle, *, may_offer: bool, decided: Mapping[str, RefusalReason | None] | None = None
    ) -> Sequence[EndedSample]:
        if self._found:
            self._found = []
        bars = self._aggregator.update(candle)
        is_due = candle.open_time_ms == self._due_ms
        closed_at_ms = self._due_ms = candle.open_time_ms + self._rules.step_ms
        if is_due and not bars and self._growing.calm.holds(candle, closed_at_ms):
            self._growing.sleep_until(candle.close)
            return _NOTHING
        ended = [] if is_due else self._growing.drop_all(Dropped.HOLE)
        found = self._read(bars, may_offer=may_offer)
        ended += self._growing.lead(candle, self._view, is_bar=bool(bars))
        is_busy = decided is not None or _is_busy(self._growing.samples, ended)
        not_looked_at = RefusalReason.SYMBOL_BUSY if is_busy else None
        for one in found:
            refused_for = (decided or {}).get(one.setup.setup_id, not_looked_at)
            ended += self._begin(one, closed_at_ms, refused_for)
        self._growing.settle_after(candle)
        return ended

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
        return self._growing.begin(sample, setup, belief.confidence)


def _is_busy(growing: Iterable[Sample], ended: Iterable[EndedSample]) -> bool:
    """Tell whether a desk looks for no setup: it waits or holds, or takes an entry back at this bar."""
    if any(sample.is_taken for sample in growing):
        return True
    return any(
        one.sample.is_taken and isinstance(one, DroppedSample) and one.reason is Dropped.NEVER_ENTERED
        for one in ended
    )
