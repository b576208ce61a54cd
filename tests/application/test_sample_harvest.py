from collections.abc import Iterable, Iterator, Sequence

import pytest

from application.desk_rules import DeskRules
from application.ended_sample import Dropped
from application.market_tape import merged_candles
from application.ports.candle_tape import TapeRefused
from application.sample_harvest import SampleHarvest
from application.shadow_rules import ShadowRules
from application.symbol_shadows import SymbolShadows
from domain.learning.no_model import NoModel
from domain.market.candle import Candle
from domain.market.candle_aggregator import CandleAggregator
from domain.market.candle_run import CandleList, CandleRun
from domain.market.timeframe import MINUTE_MS
from tests.application.drill import BTC, TEN_O_CLOCK, a_candle, instrument
from tests.fakes.structure_engine import OFFERS_A_LONG, ScriptedEngine

ETH = "ETHUSDT"
WON = (101.0, 101.0, 99.9, 103.1, 103.1)
LOST = (101.0, 101.0, 99.9, 98.0, 98.0)


class AlwaysOffers(ScriptedEngine):
    """Offers a long at every bar near which its entry lies."""

    feature_schema = "schema-1"

    def __init__(self) -> None:
        super().__init__()
        self.market = OFFERS_A_LONG


def minutes(prices: Sequence[float]) -> Iterator[Candle]:
    return (a_candle(TEN_O_CLOCK + number * MINUTE_MS, price) for number, price in enumerate(prices))


def a_harvest(*symbols: str) -> SampleHarvest:
    rules = ShadowRules(DeskRules(), NoModel())
    return SampleHarvest(
        SymbolShadows(instrument(symbol), CandleAggregator(MINUTE_MS, MINUTE_MS), AlwaysOffers(), rules)
        for symbol in symbols
    )


def named(symbol: str, candles: Iterable[Candle]) -> Iterator[tuple[str, Candle]]:
    return ((symbol, candle) for candle in candles)


def test_samples_come_as_they_resolve_and_the_rest_is_counted() -> None:
    harvest = a_harvest(BTC)
    samples = list(harvest.over(named(BTC, minutes(WON))))
    assert [one.outcome.is_won for one in samples] == [True, True]
    assert harvest.summary.total.resolved == 2
    assert harvest.summary.total.found == 3
    assert harvest.summary.total.dropped == {Dropped.NEVER_ENTERED: 1}


def test_what_the_end_of_the_tape_cut_off_is_counted_and_not_labelled() -> None:
    harvest = a_harvest(BTC)
    assert list(harvest.over(named(BTC, minutes(WON[:3])))) == []
    assert harvest.summary.total.dropped == {Dropped.TAPE_ENDED: 3}
    assert harvest.summary.total.entered == 2


def test_two_symbols_at_once_give_what_each_gives_alone() -> None:
    tapes = {BTC: WON, ETH: LOST}
    both = a_harvest(BTC, ETH)
    merged = list(both.over(merged_candles({name: minutes(tape) for name, tape in tapes.items()})))
    for symbol, tape in tapes.items():
        alone = a_harvest(symbol)
        expected = list(alone.over(named(symbol, minutes(tape))))
        assert [one for one in merged if one.sample.symbol == symbol] == expected
        assert both.summary.by_symbol[symbol] == alone.summary.total


def test_no_candles_give_no_samples() -> None:
    harvest = a_harvest(BTC)
    assert list(harvest.over([])) == []
    assert harvest.summary.total.found == 0


def test_a_tape_that_breaks_off_is_told_after_what_was_known_before() -> None:
    def torn() -> Iterator[tuple[str, Candle]]:
        yield from named(BTC, minutes(WON))
        raise TapeRefused("btc.csv", 5, "torn")

    samples = a_harvest(BTC).over(torn())
    assert len([next(samples), next(samples)]) == 2
    with pytest.raises(TapeRefused):
        next(samples)


class WakesEarly:
    """A scout that passes over the first candles, and nothing from then on."""

    def __init__(self, passed_over: int) -> None:
        self._left = passed_over

    def ahead(self, run: CandleRun) -> int:
        passed_over, self._left = min(self._left, len(run)), 0
        return passed_over

    def follow(self, run: CandleRun) -> None:  # noqa: ARG002 - the port hands it over
        raise AssertionError("nobody else was shown anything")


def in_runs(candles: Iterable[Candle], length: int) -> Iterator[CandleRun]:
    rows = list(candles)
    return (CandleList(rows[at : at + length]) for at in range(0, len(rows), length))


@pytest.mark.parametrize("length", [1, 2, 5])
def test_runs_give_what_their_candles_give(length: int) -> None:
    by_candles, by_runs = a_harvest(BTC), a_harvest(BTC)
    expected = list(by_candles.over(named(BTC, minutes(WON))))
    assert list(by_runs.over_runs(BTC, in_runs(minutes(WON), length), WakesEarly(0))) == expected
    assert by_runs.summary == by_candles.summary


def test_what_the_scout_passes_over_offers_nothing() -> None:
    harvest = a_harvest(BTC)
    samples = list(harvest.over_runs(BTC, in_runs(minutes(WON), 5), WakesEarly(2)))
    assert samples == []
    assert harvest.summary.total.dropped == {Dropped.NEVER_ENTERED: 1}


def test_runs_that_break_off_are_told_after_what_was_known_before() -> None:
    def torn() -> Iterator[CandleRun]:
        yield from in_runs(minutes(WON), 5)
        raise TapeRefused("btc.csv", 5, "torn")

    samples = a_harvest(BTC).over_runs(BTC, torn(), WakesEarly(0))
    assert len([next(samples), next(samples)]) == 2
    with pytest.raises(TapeRefused):
        next(samples)
