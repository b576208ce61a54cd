"""Several symbols' candles, of which the idle ones' are passed over where nothing can happen."""

from collections.abc import Collection, Iterator, Mapping

from application.market_minutes import Minute
from application.ports.scout import Scout
from application.symbol_ahead import SymbolAhead
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun


class ScoutedMarket:
    """Gives the same market as `EveryCandle`, a symbol's quiet candles as runs.

    While nobody is busy, only the minutes are given in which some symbol has a candle that a desk must
    see; quiet runs are told late, before their symbol's next candle. While anybody is busy, every
    minute is given and every symbol tells of it, since time passes for those who hold something.
    A symbol's first and last candle, and the first after a hole, are always given by themselves.
    A tape that cannot be read further ends the market at the same minute.
    """

    def __init__(
        self, runs_of: Mapping[str, Iterator[CandleRun]], scouts: Mapping[str, Scout], step_ms: int
    ) -> None:
        """Take the runs of each symbol, oldest first, and read the first of each. Raises TapeRefused."""
        symbols = [
            SymbolAhead(symbol, first, runs, scouts[symbol], step_ms)
            for symbol, runs in runs_of.items()
            if (first := next(runs, None)) is not None
        ]
        self._symbols = sorted(symbols, key=lambda one: one.symbol)
        self._next_ms = [one.first_ms for one in self._symbols]
        self._now_ms = min(self._next_ms, default=0) - 1
        self._is_watched = False

    @property
    def is_over(self) -> bool:
        """Whether no candle is left."""
        return not self._symbols

    def next_minute(self, busy: Collection[str]) -> Minute | None:
        """Give the next minute in which anything happens, None when no more will come."""
        self._watch(is_watched=bool(busy))
        while self._symbols:
            minute = self._played(min(self._next_ms), busy)
            if minute.closes:
                return minute
        return None

    def _watch(self, *, is_watched: bool) -> None:
        """Go over from minutes in which anything happens to every minute, or back."""
        if is_watched is not self._is_watched:
            self._is_watched = is_watched
            self._next_ms = [one.next_ms(self._now_ms, is_watched=is_watched) for one in self._symbols]

    def _played(self, opened_ms: int, busy: Collection[str]) -> Minute:
        self._now_ms, is_watched, is_any_over = opened_ms, self._is_watched, False
        late: list[tuple[str, CandleRun]] = []
        candles: list[tuple[str, Candle]] = []
        closes: list[tuple[str, Candle | CandleRun]] = []
        for place, next_ms in enumerate(self._next_ms):
            if next_ms != opened_ms:
                continue
            one = self._symbols[place]
            symbol = one.symbol
            told = one.play(opened_ms, is_busy=symbol in busy, is_watched=is_watched)
            late += [(symbol, run) for run in told.late]
            closes += [(symbol, run) for run in told.passed]
            if told.candle is not None:
                candles.append((symbol, told.candle))
                closes.append((symbol, told.candle))
            if one.is_over:
                is_any_over = True
            else:
                self._next_ms[place] = one.next_ms(opened_ms, is_watched=is_watched)
        if is_any_over:
            self._let_go()
        return Minute(opened_ms, candles, closes, late)

    def _let_go(self) -> None:
        """Forget the symbols whose tapes have ended."""
        left = [
            (one, at_ms) for one, at_ms in zip(self._symbols, self._next_ms, strict=True) if not one.is_over
        ]
        self._symbols = [one for one, _ in left]
        self._next_ms = [at_ms for _, at_ms in left]
