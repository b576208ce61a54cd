"""What a harvest says of a setup is what the backtest's own trade of it gave."""

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import composition.session
from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import STEP_MS
from adapters.native.candle_aggregator import NativeCandleAggregator
from adapters.native.candle_run import NativeRunMaker
from adapters.native.scout import NativeScout
from adapters.native.structure_engine import NativeStructureEngine
from adapters.settings.settings import Settings
from adapters.settings.settings_loader import load_settings
from application.desk_rules import DeskRules
from application.market_tape import merged_candles
from application.ports.run_maker import RunMaker
from application.sample_harvest import SampleHarvest
from application.shadow_rules import ShadowRules, SteadyFunding
from application.symbol_shadows import SymbolShadows
from domain.learning.outcome import LabelledSample
from domain.learning.sample import Sample
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun
from domain.position.closed_trade import ClosedTrade, ExitReason
from domain.setup.scout import Scout
from tests.fakes.run_maker import ListMaker
from tests.parity.test_shadow_trade import END_MS, INSTRUMENTS, MARKET, played
from tests.watchful_shadows import WatchfulShadows

NO_GAP, GAP = range(0), range(702, 713)
NEVER_REFUSED = {
    "wallet": "1000000",
    "gate.cool_down.pause_ms": "0",
    "gate.max_daily_loss": "1",
    "gate.max_drawdown": "1",
    "gate.max_exposure_per_direction": "100",
}
DRILL = {
    "setup.is_relaxed": "true",
    "exits.partial_profit_at": "0.5",
    "exits.trailing_from": "0.8",
}
SYMBOL = next(iter(INSTRUMENTS))
CANDLES = list(GeneratedTape(MARKET, SYMBOL).candles())[:1_440]


def rules_in(settings: Settings) -> ShadowRules:
    venue = settings.venue
    return ShadowRules(
        DeskRules(settings.setup, settings.exits, settings.costs),
        composition.session.beliefs_for(settings),
        SteadyFunding(venue.funding_rate_per_interval, venue.funding_interval_ms),
        STEP_MS,
    )


def shadows_of(symbol: str, settings: Settings, kind: type[SymbolShadows] = SymbolShadows) -> SymbolShadows:
    structure = settings.structure_rules
    return kind(
        INSTRUMENTS[symbol],
        NativeCandleAggregator(STEP_MS, structure.base_step_ms),
        NativeStructureEngine(structure),
        rules_in(settings),
    )


def harvested(settings: Settings, gap: range) -> dict[str, LabelledSample]:
    candles = {
        name: iter(
            [one for i, one in enumerate(GeneratedTape(MARKET, name).candles()) if i % 1440 not in gap]
        )
        for name in INSTRUMENTS
    }
    harvest = SampleHarvest(shadows_of(symbol, settings) for symbol in INSTRUMENTS)
    return {one.sample.sample_id: one for one in harvest.over(merged_candles(candles))}


def settings_of(entry: str, confidence: str, funding_minutes: int = 15) -> Settings:
    chosen = {**DRILL, **NEVER_REFUSED, "setup.entry": entry, "confidence": confidence}
    chosen["venue.funding_interval_ms"] = str(funding_minutes * 60_000)
    return load_settings({}, chosen={name: value for name, value in chosen.items() if value})


def agree(label: LabelledSample, trade: ClosedTrade) -> None:
    """Ends alike, at the same R; half of another quantity is another number of lots."""
    outcome = label.outcome
    assert (outcome.exit_reason, outcome.resolved_at_ms) == (trade.exit_reason, trade.closed_at_ms)
    is_halved = ExitReason.PARTIAL_PROFIT in trade.exit_reasons
    assert outcome.net_r == pytest.approx(float(trade.r_multiple), abs=0.01 if is_halved else 1e-6)


@pytest.mark.parametrize("entry", ["post_only_limit", "market"])
@pytest.mark.parametrize("confidence", ["", "structure"])
def test_every_trade_of_the_backtest_has_its_label(entry: str, confidence: str) -> None:
    settings = settings_of(entry, confidence)
    real, labels = played(settings, NO_GAP)[0], harvested(settings, NO_GAP)
    lasting = {key: trade for key, trade in real.items() if trade.closed_at_ms < END_MS}
    assert len(labels) > len(lasting) > 20
    for key, trade in lasting.items():
        agree(labels[key], trade)
    if not confidence:
        assert {key for key, one in labels.items() if one.sample.is_taken} == lasting.keys()


def test_around_a_hole_every_trade_that_did_not_live_through_it_has_its_label() -> None:
    settings = settings_of("post_only_limit", "")
    real, labels = played(settings, GAP)[0], harvested(settings, GAP)
    told = [trade for key, trade in real.items() if key in labels]
    for trade in told:
        agree(labels[trade.trade_id], trade)
    untold = [trade for key, trade in real.items() if key not in labels and trade.closed_at_ms < END_MS]
    assert len(told) > 10 * len(untold)
    for trade in untold:
        decided_ms = min(trade.opened_at_ms, trade.closed_at_ms)
        assert any(_lies_in_a_hole(at_ms) for at_ms in range(decided_ms, trade.closed_at_ms + 1, STEP_MS))


def cut_into_runs(candles: Iterable[Candle], cuts: set[int], maker: RunMaker) -> Iterator[CandleRun]:
    """Runs that end where a candle is missing, and here and there besides."""
    run: list[Candle] = []
    for candle in candles:
        is_next = run and candle.open_time_ms == run[-1].open_time_ms + STEP_MS
        if run and (not is_next or candle.open_time_ms // STEP_MS % 97 in cuts):
            yield maker.of_candles(run)
            run = []
        run.append(candle)
    if run:
        yield maker.of_candles(run)


@given(
    entry=st.sampled_from(["post_only_limit", "market"]),
    confidence=st.sampled_from(["", "structure"]),
    is_native=st.booleans(),
    missing=st.sets(st.integers(0, len(CANDLES) - 1), max_size=5),
    cuts=st.sets(st.integers(0, 96), max_size=5),
    funding_minutes=st.sampled_from([7, 15, 480]),
)
@hypothesis_settings(max_examples=25, deadline=None)
def test_calm_candles_passed_over_change_no_sample(
    entry: str, confidence: str, is_native: bool, missing: set[int], cuts: set[int], funding_minutes: int
) -> None:
    settings = settings_of(entry, confidence, funding_minutes)
    candles = [one for number, one in enumerate(CANDLES) if number not in missing]
    watchful = SampleHarvest([shadows_of(SYMBOL, settings, WatchfulShadows)])
    expected = list(watchful.over((SYMBOL, one) for one in candles))
    one_by_one = SampleHarvest([shadows_of(SYMBOL, settings)])
    assert list(one_by_one.over((SYMBOL, one) for one in candles)) == expected
    in_runs = SampleHarvest([shadows_of(SYMBOL, settings)])
    structure = settings.structure_rules
    scout = (NativeScout if is_native else Scout)(STEP_MS, settings.setup, structure)
    runs = cut_into_runs(candles, cuts, NativeRunMaker() if is_native else ListMaker())
    assert list(in_runs.over_runs(SYMBOL, runs, scout)) == expected
    assert watchful.summary == one_by_one.summary == in_runs.summary


def _lies_in_a_hole(at_ms: int) -> bool:
    return (at_ms - CANDLES[0].open_time_ms) // STEP_MS % 1440 in GAP


def decided_on(candles: Iterable[Candle]) -> list[Sample]:
    """The samples still growing after the last of these candles."""
    shadows = shadows_of(SYMBOL, settings_of("post_only_limit", "structure"))
    for candle in candles:
        shadows.on_candle(candle)
    return list(shadows.growing)


@pytest.fixture(scope="module")
def decisions() -> list[tuple[int, Sample]]:
    """Every sample, and at which candle it was decided on."""
    shadows, found = shadows_of(SYMBOL, settings_of("post_only_limit", "structure")), []
    for number, candle in enumerate(CANDLES):
        shadows.on_candle(candle)
        if shadows.growing and shadows.growing[-1].decided_at_ms == candle.open_time_ms + STEP_MS:
            found.append((number, shadows.growing[-1]))
    return found


@given(chosen=st.integers(0, 10_000), crash=st.floats(0.5, 2.0))
@hypothesis_settings(max_examples=15, deadline=None)
def test_no_sample_knows_of_candles_after_its_decision(
    decisions: list[tuple[int, Sample]], chosen: int, crash: float
) -> None:
    number, sample = decisions[chosen % len(decisions)]
    until_then = CANDLES[: number + 1]
    assert decided_on(until_then)[-1] == sample
    other_future = [_scaled(one, crash) for one in CANDLES[number + 1 :]]
    harvest = SampleHarvest([shadows_of(SYMBOL, settings_of("post_only_limit", "structure"))])
    told = harvest.over((SYMBOL, one) for one in [*until_then, *other_future])
    assert [one.sample for one in told if one.sample.sample_id == sample.sample_id] in ([], [sample])


def _scaled(candle: Candle, by: float) -> Candle:
    opened, high, low, close = (price * by for price in candle[1:5])
    return candle._replace(open=opened, high=high, low=low, close=close)
