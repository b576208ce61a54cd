"""The port that turns short candles into longer ones."""

from typing import Protocol

from domain.market.candle import Candle


class CandleAggregator(Protocol):
    """Folds closed candles of one length into closed candles of a longer one, of one symbol.

    A longer candle is given with the short one that completes it; when its last short candles are
    missing it is given when the next bucket starts.
    """

    def update(self, candle: Candle) -> Candle | None:
        """Take one closed candle and give the longer candle it completes, if any.

        Raises CandleRefused, state untouched.
        """
        ...
