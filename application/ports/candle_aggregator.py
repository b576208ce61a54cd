"""The port that turns short candles into longer ones."""

from typing import Protocol

from domain.market.candle import Candle
from domain.market.candle_run import CandleRun


class CandleAggregator(Protocol):
    """Folds closed candles of one length into closed candles of a longer one, of one symbol.

    A longer candle is given with the short one that ends where it ends; when its last short candles
    are missing it is given when the next bucket starts.
    """

    def update(self, candle: Candle) -> tuple[Candle, ...]:
        """Take one closed candle and give the longer candles that are now closed: none, one, or two.

        Two when a late bucket is closed by a candle that also ends its own bucket.

        Raises CandleRefused, state untouched.
        """
        ...

    def forget(self) -> None:
        """Be as new: no longer candle is growing, and any candle may come next."""
        ...

    def take(self, run: CandleRun) -> CandleRun:
        """Take a run of candles and give the longer candles closed by them, which may be none.

        Raises CandleRefused, state untouched.
        """
        ...
