"""Learning samples from history: every setup the candles offered, and what it would have given."""

from collections.abc import Iterable, Iterator

from application.ended_sample import EndedSample
from application.harvest_summary import HarvestSummary, SetupTally, summary_of
from application.ports.scout import Scout
from application.symbol_shadows import SymbolShadows
from domain.learning.outcome import LabelledSample
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun


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

    def over_runs(self, symbol: str, runs: Iterable[CandleRun], scout: Scout) -> Iterator[LabelledSample]:
        """Give what `over` gives of one symbol's candles, much sooner; the scout has seen none of them.

        Raises TapeRefused or CandleRefused.
        """
        shadows = self._shadows[symbol]
        for run in runs:
            at, end = 0, len(run)
            while at < end:
                offer = at + scout.ahead(run.part(at, end))
                yield from self._noted(symbol, shadows.pass_over(run.part(at, offer)))
                if offer < end:
                    yield from self._noted(symbol, shadows.on_candle(run.candle(offer)))
                at = offer + 1
        yield from self._noted(symbol, shadows.end())

    def _noted(self, symbol: str, ended: Iterable[EndedSample]) -> Iterator[LabelledSample]:
        tally = self._tallies[symbol]
        for one in ended:
            tally.note(one)
            if isinstance(one, LabelledSample):
                yield one
