"""One symbol's candles between the scout who has seen them and the desk that has been told of them."""

from collections.abc import Iterator
from typing import NamedTuple

from application.market_minutes import CalmPrices
from application.ports.scout import Scout
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun
from domain.market.timeframe import DAY_MS


class Told(NamedTuple):
    """What is told of one symbol in one minute: a candle, or that it and those before it passed by.

    `late` ended before the minute, and `passed` with it or before.
    """

    late: tuple[CandleRun, ...] = ()
    candle: Candle | None = None
    passed: tuple[CandleRun, ...] = ()


_NOTHING = Told()


class SymbolAhead:
    """Where each of us is in the candles of one symbol; indexes are those of the run at hand.

    The scout has taken everything before `_seen`, and of that only `_stop` must be seen by the desk; the
    desk was told of everything before `_told`, and of all earlier runs but `_untold`. `first_ms` is when
    the run opens.
    """

    def __init__(
        self,
        symbol: str,
        first: CandleRun,
        runs: Iterator[CandleRun],
        scout: Scout,
        step_ms: int,
        base_step_ms: int,
    ) -> None:
        self.symbol = symbol
        self.is_over = False
        self._runs = runs
        self._scout = scout
        self._step_ms = step_ms
        self._base_step_ms = base_step_ms
        self._untold: list[CandleRun] = []
        self._told = 0
        self._seen = 0
        self._turn_to(first, stop=0)

    def next_ms(self, now_ms: int) -> int:
        """Tell when the next candle after this minute opens."""
        return self.first_ms + self._after(now_ms) * self._step_ms

    def next_event_ms(self, now_ms: int) -> int:
        """Tell when the next candle opens that the desk must see, or the last of the run."""
        following = self._after(now_ms)
        if following > self._stop:
            self._look_ahead(following)
        return self.first_ms + min(self._stop, self._last) * self._step_ms

    def next_stir_ms(self, now_ms: int, calm: CalmPrices) -> int:
        """Tell when the next candle opens that is not calm, or ends a base bar, a day, or the run."""
        start = self._after(now_ms)
        if start == self._stop:
            return self.first_ms + start * self._step_ms
        opens_ms = self.first_ms + start * self._step_ms
        bar_ms, day_ms = -opens_ms % self._base_step_ms, -opens_ms % DAY_MS
        left_ms = min(bar_ms or self._base_step_ms, day_ms or DAY_MS)
        end = min(start + left_ms // self._step_ms - 1, self._last)
        return self.first_ms + self._run.first_reaching(start, end, calm.below, calm.above) * self._step_ms

    def next_closing_ms(self, now_ms: int, until_ms: int) -> int:
        """Tell when the next candle would open that closes at this moment or after it."""
        closing = (until_ms - self.first_ms - 1) // self._step_ms
        return self.first_ms + max(closing, self._after(now_ms)) * self._step_ms

    def has(self, opened_ms: int) -> bool:
        """Tell whether a candle opens then that was not played yet."""
        index, rest_ms = divmod(opened_ms - self.first_ms, self._step_ms)
        return 0 <= index <= self._last and not rest_ms

    def _after(self, now_ms: int) -> int:
        return max(0, (now_ms - self.first_ms) // self._step_ms + 1)

    def play(self, opened_ms: int, *, is_busy: bool, is_watched: bool) -> Told:
        """Take the candle that opens now, and tell what is to be told of it.

        Raises what reading the candles after it raises, before anything has changed.
        """
        index = (opened_ms - self.first_ms) // self._step_ms
        is_last = index == self._last
        following = next(self._runs, None) if is_last else None
        if index > self._stop and not is_busy:
            self._look_ahead(index)
        is_the_end = is_last and following is None
        if is_busy or is_the_end or index == self._stop:
            told = self._shown(index)
        else:
            told = self._passed(index) if is_watched else _NOTHING
        if is_last:
            self._go_on_with(following)
        return told

    def _look_ahead(self, start: int) -> None:
        if start > self._seen:
            self._scout.follow(self._run.part(self._seen, start))
        self._stop = start + self._scout.ahead(self._run.part(start, self._last + 1))
        self._seen = min(self._stop, self._last) + 1

    def _shown(self, index: int) -> Told:
        late = self._all_untold(index) if self._untold or self._told < index else ()
        self._told = index + 1
        return Told(late, self._run.candle(index))

    def _passed(self, index: int) -> Told:
        passed = self._all_untold(index + 1)
        self._told = index + 1
        return Told(passed=passed)

    def _all_untold(self, end: int) -> tuple[CandleRun, ...]:
        untold = (*self._untold, self._run.part(self._told, end)) if end > self._told else tuple(self._untold)
        self._untold.clear()
        return untold

    def _go_on_with(self, following: CandleRun | None) -> None:
        if following is None:
            self.is_over = True
            return
        end = self._last + 1
        if self._told < end:
            self._untold.append(self._run.part(self._told, end))
        if self._seen < end:
            self._scout.follow(self._run.part(self._seen, end))
        is_joined = following.candle(0).open_time_ms == self.first_ms + end * self._step_ms
        self._turn_to(following, stop=-1 if is_joined else 0)

    def _turn_to(self, run: CandleRun, stop: int) -> None:
        """Take up a run; after a hole its first candle must be seen by the desk."""
        self._run = run
        self.first_ms = run.candle(0).open_time_ms
        self._last = len(run) - 1
        self._told = 0
        self._seen = 0
        self._stop = stop
