"""Learning samples from history: every setup the candles offered, and what it would have given."""

from collections.abc import Iterable, Iterator

from application.harvest_summary import HarvestSummary, SetupTally, summary_of
from application.symbol_shadows import EndedSample, SymbolShadows
from domain.learning.outcome import LabelledSample
from domain.market.candle import Candle


class SampleHarvest:
    """One pass over the candles of one or several symbols; made for one pass only.

    Memory grows with the number of samples, by a few numbers each, not with the candles.
    """

    def __init__(self, symbols: Iterable[SymbolShadows]) -> None:
        self._shadows = {one.symbol: one for one in symbols}
        self._tallies = {symbol: SetupTally() for symbol in self._shadows}

    @property
    def summary(self) -> HarvestSummary:
        """What was found so far; whole once the pass is over."""
        return summary_of(self._tallies)

    def over(self, candles: Iterable[tuple[str, Candle]]) -> Iterator[LabelledSample]:
        """Give the samples as they resolve; those without an outcome are counted and left out.

        Candles come oldest first within each symbol, of symbols that were told.
        Raises TapeRefused or CandleRefused.
        """
        for symbol, candle in candles:
            ended = self._shadows[symbol].on_candle(candle)
            if ended:
                yield from self._noted(symbol, ended)
        for symbol, shadows in self._shadows.items():
            yield from self._noted(symbol, shadows.end())

    def _noted(self, symbol: str, ended: Iterable[EndedSample]) -> Iterator[LabelledSample]:
        tally = self._tallies[symbol]
        for one in ended:
            tally.note(one)
            if isinstance(one, LabelledSample):
                yield one
