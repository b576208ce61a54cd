"""Random entries led to their ends by the exits, the costs and the candles of real ones."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from math import nan
from typing import Final, NamedTuple

from application.ports.candle_aggregator import CandleAggregator
from application.ports.structure_engine import StructureEngine
from application.random_entries import DrawnEntry, EntryShape, random_setup
from application.shadow_rules import ShadowRules
from domain.learning.shadow_calm import (
    AT_PEACE,
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
from domain.market.instrument import Instrument
from domain.position.closed_trade import ClosedTrade, ExitReason
from domain.refusal import Refusal
from domain.structure.structure_view import StructureView


class RandomTrade(NamedTuple):
    """What a random entry gave, in planned losses, after fees, slippage and funding."""

    symbol: str
    decided_at_ms: int
    resolved_at_ms: int
    net_r: float
    exit_reason: ExitReason


class NoRandomTrade(StrEnum):
    """Why a random entry gave nothing that could be counted.

    `not_ready` is a moment at which no bar closed, or one whose structure was not known yet.
    """

    NOT_READY = "not_ready"
    NO_LEVELS = "no_levels"
    TOO_SMALL = "too_small"
    NEVER_ENTERED = "never_entered"
    HOLE = "hole"
    TAPE_ENDED = "tape_ended"


RandomEnd = RandomTrade | NoRandomTrade


class _Growing(NamedTuple):
    """A trade that is not over yet, as it stood when a candle last changed it."""

    shadow: ShadowTrade
    calm: ShadowCalm


_NOTHING: Final[Sequence[RandomEnd]] = ()
_NO_MORE: Final = 2**63


class RandomTrades:
    """Enters one symbol where chance has it; made for one pass over its candles.

    Trades may overlap. None is led over a hole in the candles. The exits are those of `rules`, without
    any belief, and a limit entry waits where price stood.
    """

    def __init__(
        self,
        instrument: Instrument,
        aggregator: CandleAggregator,
        engine: StructureEngine,
        rules: ShadowRules,
        drawn: Sequence[DrawnEntry],
    ) -> None:
        """Take the entries of this symbol, in the order of their time."""
        desk = rules.desk
        self._instrument = instrument
        self._aggregator = aggregator
        self._engine = engine
        self._rules = rules
        self._terms = ShadowTerms(desk.setup, desk.exits, desk.costs, instrument)
        self._drawn = drawn
        self._place = 0
        self._growing: list[_Growing] = []
        self._calm = AT_PEACE
        self._view: StructureView | None = None
        self._due_ms: int | None = None
        self._bar_ms = rules.step_ms
        self._last_close = nan

    @property
    def symbol(self) -> str:
        """The instrument's name."""
        return self._instrument.symbol

    def on_candle(self, candle: Candle) -> Sequence[RandomEnd]:
        """Take one closed candle and give what ended with it. Raises CandleRefused."""
        bars = self._aggregator.update(candle)
        is_due = candle.open_time_ms == self._due_ms
        closed_at_ms = self._due_ms = candle.open_time_ms + self._rules.step_ms
        is_moment = closed_at_ms >= self._next_ms
        is_watched = is_moment or bool(self._growing)
        for bar in bars:
            self._read(bar, is_watched=is_watched)
        ended: list[RandomEnd] = []
        if is_watched:
            ended = [] if is_due else self._drop_all(NoRandomTrade.HOLE)
            ended += self._lead(candle, closed_at_ms, is_bar=bool(bars))
            if is_moment:
                ended += self._enter(closed_at_ms)
        self._settle_after(candle)
        return ended or _NOTHING

    def on_run(self, run: CandleRun) -> Sequence[RandomEnd]:
        """Give what `on_candle` gives of these candles one by one, much sooner. Raises CandleRefused."""
        ended: list[RandomEnd] = []
        at, end = 0, len(run)
        while at < end:
            stir = self._next_stir(run, at)
            self._sleep_through(run.part(at, stir))
            if stir < end:
                ended += self.on_candle(run.candle(stir))
            at = stir + 1
        return ended

    def end(self) -> Sequence[RandomEnd]:
        """Drop what is not over, now that no candle will come."""
        return self._drop_all(NoRandomTrade.TAPE_ENDED)

    @property
    def _next_ms(self) -> int:
        return self._drawn[self._place].at_ms if self._place < len(self._drawn) else _NO_MORE

    def _drop_all(self, reason: NoRandomTrade) -> list[RandomEnd]:
        dropped: list[RandomEnd] = [reason for _ in self._growing]
        self._growing = []
        return dropped

    def _read(self, bar: Candle, *, is_watched: bool) -> None:
        features = self._engine.update(bar)
        is_ready = features[0] == features[0]
        self._view = self._engine.view() if is_watched and is_ready else None

    def _next_stir(self, run: CandleRun, at: int) -> int:
        """Find the first candle from this one on that must be looked at, the end of the run if none."""
        opened_ms, step_ms, bar_ms = run.candle(at).open_time_ms, self._rules.step_ms, self._bar_ms
        if opened_ms != self._due_ms:
            return at
        is_entered = at + max(0, -((opened_ms + step_ms - self._next_ms) // step_ms))
        if not self._growing:
            return min(is_entered, len(run))
        below, above, until_ms = self._calm
        ends_a_bar = at + (-opened_ms % bar_ms or bar_ms) // step_ms - 1
        is_late = at + max(0, (until_ms - opened_ms - 1) // step_ms)
        return run.first_reaching(at, min(is_entered, ends_a_bar, is_late, len(run)), below, above)

    def _sleep_through(self, run: CandleRun) -> None:
        if not len(run):
            return
        bars = self._aggregator.take(run)
        if len(bars):
            self._engine.take(bars)
        last = run.candle(len(run) - 1)
        self._due_ms = last.open_time_ms + self._rules.step_ms
        self._last_close = last.close

    def _lead(self, candle: Candle, closed_at_ms: int, *, is_bar: bool) -> list[RandomEnd]:
        step_ms, opened_ms = self._rules.step_ms, candle.open_time_ms
        rate = self._rules.funding.settled(opened_ms - step_ms, opened_ms)
        step = ShadowStep(candle, closed_at_ms, self._view, is_bar, None, rate)
        ended: list[RandomEnd] = []
        going = []
        for one in self._growing:
            if self._sleeps_on(one, step):
                going.append(one)
                continue
            shadow = self._woken(one.shadow, candle)
            after = after_candle(shadow, step, self._terms)
            if isinstance(after, ShadowTrade):
                going.append(_Growing(after, shadow_calm(after, self._terms)))
            else:
                ended.append(_ended(shadow, after))
        self._growing = going
        return ended

    def _sleeps_on(self, one: _Growing, step: ShadowStep) -> bool:
        if step.funding_rate or not one.calm.holds(step.candle, step.closed_at_ms):
            return False
        return not step.is_bar or sleeps_through_bar(one.shadow, step.view, None, self._terms)

    def _woken(self, shadow: ShadowTrade, candle: Candle) -> ShadowTrade:
        if shadow.next_open_ms == candle.open_time_ms:
            return shadow
        return moved_on(shadow, candle.open_time_ms, self._instrument.nearest_price(self._last_close))

    def _settle_after(self, candle: Candle) -> None:
        """Note what the trades now growing have in common until funding falls due."""
        self._last_close = candle.close
        if not self._growing:
            self._calm = AT_PEACE
            return
        calm = common_calm(one.calm for one in self._growing)
        due_ms = self._rules.funding.due_ms(candle.open_time_ms)
        self._calm = calm._replace(until_ms=min(calm.until_ms, due_ms + 1))

    def _enter(self, closed_at_ms: int) -> list[RandomEnd]:
        refused: list[RandomEnd] = []
        while self._next_ms <= closed_at_ms:
            at_ms, shape = self._drawn[self._place]
            self._place += 1
            begun = self._begun(shape) if at_ms == closed_at_ms else NoRandomTrade.NOT_READY
            if isinstance(begun, ShadowTrade):
                self._growing.append(_Growing(begun, shadow_calm(begun, self._terms)))
            else:
                refused.append(begun)
        return refused

    def _begun(self, shape: EntryShape) -> ShadowTrade | NoRandomTrade:
        view = self._view
        if view is None or view.features is None or view.closed_at_ms != self._due_ms:
            return NoRandomTrade.NOT_READY
        self._bar_ms = view.base.step_ms
        setup = random_setup(shape, view, view.features, self._instrument)
        if setup is None:
            return NoRandomTrade.NO_LEVELS
        shadow = shadow_of(setup, self._terms)
        return NoRandomTrade.TOO_SMALL if isinstance(shadow, Refusal) else shadow


class RandomMarket:
    """One pass over the candles of one or several symbols; memory grows with the entries only."""

    def __init__(self, symbols: Iterable[RandomTrades]) -> None:
        self._trades = {one.symbol: one for one in symbols}
        self.dropped: Counter[NoRandomTrade] = Counter()

    def over(self, candles: Iterable[tuple[str, Candle]]) -> Iterator[RandomTrade]:
        """Give the trades as they end; entries that gave none are counted in `dropped`.

        Candles come oldest first within each symbol, of symbols that were told.
        Raises TapeRefused or CandleRefused.
        """
        for symbol, candle in candles:
            ended = self._trades[symbol].on_candle(candle)
            if ended:
                yield from self._noted(ended)
        for trades in self._trades.values():
            yield from self._noted(trades.end())

    def over_runs(self, symbol: str, runs: Iterable[CandleRun]) -> Iterator[RandomTrade]:
        """Give what `over` gives of one symbol, much sooner. Raises TapeRefused or CandleRefused."""
        trades = self._trades[symbol]
        for run in runs:
            yield from self._noted(trades.on_run(run))
        yield from self._noted(trades.end())

    def _noted(self, ended: Iterable[RandomEnd]) -> Iterator[RandomTrade]:
        for one in ended:
            if isinstance(one, RandomTrade):
                yield one
            else:
                self.dropped[one] += 1


def _ended(shadow: ShadowTrade, end: ClosedTrade | NeverEntered) -> RandomEnd:
    if isinstance(end, NeverEntered):
        return NoRandomTrade.NEVER_ENTERED
    found_at_ms, net_r = shadow.plan.setup.found_at_ms, float(end.r_multiple)
    return RandomTrade(end.symbol, found_at_ms, end.closed_at_ms, net_r, end.exit_reason)
