"""The candle aggregator compiled from Rust."""

import native
from adapters.native.candle_run import NativeCandleRun, compiled_run
from domain.market.candle import Candle, CandleFault, CandleRefused
from domain.market.candle_run import CandleRun


class NativeCandleAggregator:
    """Folds closed candles of one length into closed candles of a longer one, of one symbol.

    Raises ValueError unless both lengths are above zero and `into_ms` is a multiple of `step_ms`.
    """

    def __init__(self, step_ms: int, into_ms: int) -> None:
        self._lengths_ms = step_ms, into_ms
        self.forget()

    def forget(self) -> None:
        """Be as new: no longer candle is growing, and any candle may come next."""
        self._compiled = native.CandleAggregator(*self._lengths_ms)

    def update(self, candle: Candle) -> tuple[Candle, ...]:
        """Take one closed candle and give the longer candles that are now closed: none, one, or two."""
        try:
            rows = self._compiled.update(*candle)
        except native.CandleRefused as refused:
            raise CandleRefused(CandleFault[refused.args[0]], candle) from None
        return tuple([Candle(*row) for row in rows]) if rows else ()

    def take(self, run: CandleRun) -> NativeCandleRun:
        """Take a run of candles and give the longer candles closed by them, which may be none.

        Raises CandleRefused, state untouched.
        """
        try:
            return NativeCandleRun(self._compiled.take(compiled_run(run)))
        except native.CandleRefused as refused:
            fault, index = refused.args
            raise CandleRefused(CandleFault[fault], run.candle(index)) from None
