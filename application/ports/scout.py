"""The port that rides ahead of a desk that holds nothing in a symbol."""

from typing import Protocol

from domain.market.candle_run import CandleRun


class Scout(Protocol):
    """Reads the candles of one symbol before the desk is told of them."""

    def ahead(self, run: CandleRun) -> int:
        """Take candles up to the first that the desk must see by itself, and give how many come before it.

        Of those it passes over, none may be refused, offer a trade, or end a UTC day. The run's length
        means that it passed over all of them.
        """
        ...

    def follow(self, run: CandleRun) -> None:
        """Take candles that the desk was shown one by one."""
        ...
