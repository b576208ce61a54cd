"""Several symbols' candles, of which the idle ones' are passed over where nothing can happen."""

from collections.abc import Iterator, Mapping

from application.market_minutes import NEVER_MS, Busy, Minute
from application.ports.scout import Scout
from application.symbol_ahead import SymbolAhead
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun


class ScoutedMarket:
    """Gives the same market as `EveryCandle`, a symbol's quiet candles as runs.

    Only the minutes are given in which some symbol has a candle that a desk must see; quiet runs are told
    late, before their symbol's next candle. Of a busy symbol, that is every candle that is not calm or
    ends a base bar. While anybody is busy, each minute in which something falls due is given too, and of
    every minute that is given every symbol tells, since any candle may be the one that tells the time.
    While any price may change something for anybody, every minute is given.
    A symbol's first and last candle, and the first after a hole, are always given by themselves.
    A tape that cannot be read further ends the market at the same minute.
    """

    def __init__(
        self,
        runs_of: Mapping[str, Iterator[CandleRun]],
        scouts: Mapping[str, Scout],
        step_ms: int,
        base_step_ms: int,
    ) -> None:
        """Take the runs of each symbol, oldest first, and read the first of each. Raises TapeRefused."""
        symbols = [
            SymbolAhead(symbol, first, runs, scouts[symbol], step_ms, base_step_ms)
            for symbol, runs in runs_of.items()
            if (first := next(runs, None)) is not None
        ]
        self._symbols = sorted(symbols, key=lambda one: one.symbol)
        self._now_ms = min((one.first_ms for one in symbols), default=0) - 1
        self._next_ms: list[int | None] = [None] * len(symbols)
        self._busy: Busy = {}
        self._step_ms = step_ms
        self._is_restless = False
        self._until_ms = NEVER_MS

    @property
    def is_over(self) -> bool:
        """Whether no candle is left."""
        return not self._symbols

    def next_minute(self, busy: Busy) -> Minute | None:
        """Give the next minute in which anything happens, None when no more will come."""
        if busy != self._busy:
            self._busy = busy
            self._is_restless = None in busy.values()
            self._until_ms = min((calm.until_ms for calm in busy.values() if calm), default=NEVER_MS)
            self._next_ms = [None] * len(self._symbols)
        while self._symbols:
            minute = self._played(self._soonest_ms())
            if minute.closes:
                return minute
        return None

    def _soonest_ms(self) -> int:
        """Tell when the first symbol is due; only those are asked that were played since."""
        soonest_ms = NEVER_MS
        for place, next_ms in enumerate(self._next_ms):
            due_ms = next_ms
            if due_ms is None:
                due_ms = self._next_ms[place] = self._due_of(self._symbols[place])
            soonest_ms = min(soonest_ms, due_ms)
        return soonest_ms

    def _due_of(self, one: SymbolAhead) -> int:
        now_ms, until_ms = self._now_ms, self._until_ms
        if self._is_restless:
            return one.next_ms(now_ms)
        calm = self._busy.get(one.symbol)
        due_ms = one.next_event_ms(now_ms) if calm is None else one.next_stir_ms(now_ms, calm)
        if due_ms + self._step_ms <= until_ms:
            return due_ms
        return min(due_ms, one.next_closing_ms(now_ms, until_ms))

    def _played(self, opened_ms: int) -> Minute:
        self._now_ms = opened_ms
        busy, next_ms, is_any_over = self._busy, self._next_ms, False
        late: list[tuple[str, CandleRun]] = []
        candles: list[tuple[str, Candle]] = []
        closes: list[tuple[str, Candle | CandleRun]] = []
        for place, one in enumerate(self._symbols):
            if next_ms[place] == opened_ms:
                next_ms[place] = None
            elif not busy or not one.has(opened_ms):
                continue
            symbol = one.symbol
            told = one.play(opened_ms, is_busy=symbol in busy, is_watched=bool(busy))
            late += [(symbol, run) for run in told.late]
            closes += [(symbol, run) for run in told.passed]
            if told.candle is not None:
                candles.append((symbol, told.candle))
                closes.append((symbol, told.candle))
            is_any_over = is_any_over or one.is_over
        if is_any_over:
            self._let_go()
        return Minute(opened_ms, candles, closes, late)

    def _let_go(self) -> None:
        """Forget the symbols whose tapes have ended."""
        pairs = zip(self._symbols, self._next_ms, strict=True)
        left = [(one, next_ms) for one, next_ms in pairs if not one.is_over]
        self._symbols = [one for one, _ in left]
        self._next_ms = [next_ms for _, next_ms in left]
