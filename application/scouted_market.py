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
        self._now_ms: int | None = None
        symbols = [
            SymbolAhead(symbol, first, runs, scouts[symbol], step_ms)
            for symbol, runs in runs_of.items()
            if (first := next(runs, None)) is not None
        ]
        self._symbols = sorted(symbols, key=lambda one: one.symbol)

    @property
    def is_over(self) -> bool:
        """Whether no candle is left."""
        return not self._symbols

    def next_minute(self, busy: Collection[str]) -> Minute | None:
        """Give the next minute in which anything happens, None when no more will come."""
        while self._symbols:
            minute = self._played(busy)
            if minute.closes:
                return minute
        return None

    def _played(self, busy: Collection[str]) -> Minute:
        now_ms, is_watched = self._now_ms, bool(busy)
        if is_watched:
            due = [one.next_open_ms(now_ms) for one in self._symbols]
        else:
            due = [one.next_event_ms(now_ms) for one in self._symbols]
        opened_ms = self._now_ms = min(due)
        late: list[tuple[str, CandleRun]] = []
        candles: list[tuple[str, Candle]] = []
        closes: list[tuple[str, Candle | CandleRun]] = []
        for one, due_ms in zip(self._symbols, due, strict=True):
            if due_ms == opened_ms:
                symbol = one.symbol
                told = one.play(opened_ms, is_busy=symbol in busy, is_watched=is_watched)
                late += [(symbol, run) for run in told.late]
                closes += [(symbol, run) for run in told.passed]
                if told.candle is not None:
                    candles.append((symbol, told.candle))
                    closes.append((symbol, told.candle))
        if candles and any(one.is_over for one in self._symbols):
            self._symbols = [one for one in self._symbols if not one.is_over]
        return Minute(opened_ms, candles, closes, late)
