"""Short candles folded into longer ones."""

from domain.market.candle import Candle, CandleRefused, fault_in_place, fault_within
from domain.market.candle_run import CandleList, CandleRun
from domain.market.timeframe import bucket_start_ms


class CandleAggregator:
    """Folds closed candles of one length into closed candles of a longer one, of one symbol.

    Raises ValueError unless both lengths are above zero and the longer is a multiple of the shorter.
    """

    __slots__ = ("_into_ms", "_last_open_time_ms", "_step_ms", "growing")

    def __init__(self, step_ms: int, into_ms: int) -> None:
        if step_ms <= 0 or into_ms <= 0 or into_ms % step_ms:
            raise ValueError(f"candles of {step_ms} ms do not fit into candles of {into_ms} ms")
        self._step_ms = step_ms
        self._into_ms = into_ms
        self._last_open_time_ms: int | None = None
        self.growing: Candle | None = None

    def update(self, candle: Candle) -> tuple[Candle, ...]:
        """Take one closed candle and give the longer candles that are now closed, oldest first.

        Raises CandleRefused, state untouched.
        """
        fault = fault_within(candle) or fault_in_place(candle, self._last_open_time_ms, self._step_ms)
        if fault is not None:
            raise CandleRefused(fault, candle)
        self._last_open_time_ms = candle.open_time_ms
        return self.fold(candle)

    def take(self, run: CandleRun) -> CandleList:
        """Take a run of candles and give the longer candles closed by them, which may be none.

        Raises CandleRefused, state untouched.
        """
        before = self._last_open_time_ms, self.growing
        closed: list[Candle] = []
        try:
            for index in range(len(run)):
                closed += self.update(run.candle(index))
        except CandleRefused:
            self._last_open_time_ms, self.growing = before
            raise
        return CandleList(closed)

    def forget(self) -> None:
        """Be as new: no longer candle is growing, and any candle may come next."""
        self._last_open_time_ms = None
        self.growing = None

    def fold(self, candle: Candle) -> tuple[Candle, ...]:
        """Do what `update` does with a candle that its caller has already checked."""
        overdue = self._close_overdue(candle)
        grown = _joined(self.growing, candle) if self.growing is not None else self._begun(candle)
        is_last = candle.open_time_ms % self._into_ms + self._step_ms == self._into_ms
        if not is_last:
            self.growing = grown
            return overdue
        self.growing = None
        return (*overdue, grown)

    def resume(self, growing: Candle | None) -> None:
        """Go on from a longer candle that had begun to grow."""
        self.growing = growing

    def _close_overdue(self, candle: Candle) -> tuple[Candle, ...]:
        growing = self.growing
        if growing is None or candle.open_time_ms - growing.open_time_ms < self._into_ms:
            return ()
        self.growing = None
        return (growing,)

    def _begun(self, candle: Candle) -> Candle:
        return Candle(bucket_start_ms(candle.open_time_ms, self._into_ms), *candle[1:])


def _joined(growing: Candle, candle: Candle) -> Candle:
    opened_ms, opened, high, low, _, volume, taker_buy = growing
    return Candle(
        opened_ms,
        opened,
        max(high, candle.high),
        min(low, candle.low),
        candle.close,
        volume + candle.volume,
        taker_buy + candle.taker_buy_volume,
    )
