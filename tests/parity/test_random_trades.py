"""Random entries give the same in runs as candle by candle, with no candle passed over."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from adapters.generator.generator_settings import STEP_MS
from adapters.native.candle_aggregator import NativeCandleAggregator
from adapters.native.candle_run import NativeRunMaker
from adapters.native.structure_engine import NativeStructureEngine
from adapters.settings.settings import Settings
from application.ports.run_maker import RunMaker
from application.random_entries import DrawnEntry, EntryShape, Moments, drawn_entries
from application.random_trades import NoRandomTrade, RandomMarket, RandomTrade, RandomTrades
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun
from domain.market.direction import Direction
from tests.fakes.run_maker import ListMaker
from tests.learning_samples import SeededChance
from tests.parity.test_sample_harvest import CANDLES, SYMBOL, rules_in, settings_of
from tests.parity.test_shadow_trade import INSTRUMENTS

Outcome = tuple[list[RandomTrade], dict[NoRandomTrade, int]]


class EveryCandle(RandomTrades):
    """Looks at every candle of a run, and takes nothing for calm."""

    def on_run(self, run: CandleRun) -> list[RandomTrade | NoRandomTrade]:
        return [one for place in range(len(run)) for one in self.on_candle(run.candle(place))]

    def _sleeps_on(self, *_: object) -> bool:
        return False


def entries(seed: int, count: int, settings: Settings) -> Sequence[DrawnEntry]:
    chance = SeededChance(seed)
    shapes = [
        EntryShape(
            SYMBOL,
            Direction.LONG if chance.below(2) else Direction.SHORT,
            Decimal(30 + chance.below(90)) / 10_000,
            Decimal(8 + chance.below(30)) / 10,
        )
        for _ in range(count)
    ]
    first, last = CANDLES[0].open_time_ms, CANDLES[-1].open_time_ms
    moments = Moments(first, last, settings.structure_rules.base_step_ms)
    return drawn_entries(shapes, moments, 1, chance)[SYMBOL]


def trades_of(settings: Settings, drawn: Sequence[DrawnEntry], kind: type[RandomTrades]) -> RandomMarket:
    structure = settings.structure_rules
    aggregator = NativeCandleAggregator(STEP_MS, structure.base_step_ms)
    engine = NativeStructureEngine(structure)
    return RandomMarket([kind(INSTRUMENTS[SYMBOL], aggregator, engine, rules_in(settings), drawn)])


def by_candles(settings: Settings, drawn: Sequence[DrawnEntry], candles: Sequence[Candle]) -> Outcome:
    market = trades_of(settings, drawn, EveryCandle)
    trades = list(market.over((SYMBOL, candle) for candle in candles))
    return trades, dict(market.dropped)


def by_runs(
    settings: Settings, drawn: Sequence[DrawnEntry], candles: Sequence[Candle], longest: int, maker: RunMaker
) -> Outcome:
    market = trades_of(settings, drawn, RandomTrades)
    return list(market.over_runs(SYMBOL, runs_of(candles, longest, maker))), dict(market.dropped)


def runs_of(candles: Sequence[Candle], longest: int, maker: RunMaker) -> Iterator[CandleRun]:
    run: list[Candle] = []
    for candle in candles:
        if run and (len(run) == longest or candle.open_time_ms != run[-1].open_time_ms + STEP_MS):
            yield maker.of_candles(run)
            run = []
        run.append(candle)
    yield maker.of_candles(run)


@hypothesis_settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 2**16),
    st.integers(1, 25),
    st.sampled_from(("post_only_limit", "market")),
    st.sampled_from((1, 7, 113, 5_000)),
    st.sampled_from((range(0), range(702, 713), range(1_000, 1_001))),
    st.booleans(),
)
def test_random_trades_in_runs_are_those_of_every_candle(
    seed: int, count: int, entry: str, longest: int, gap: range, is_compiled: bool
) -> None:
    settings = settings_of(entry, "", funding_minutes=45)
    drawn = entries(seed, count, settings)
    candles = [one for place, one in enumerate(CANDLES) if place not in gap]
    maker = NativeRunMaker() if is_compiled else ListMaker()
    assert by_runs(settings, drawn, candles, longest, maker) == by_candles(settings, drawn, candles)


def test_a_day_of_random_trades_has_wins_and_losses() -> None:
    settings = settings_of("post_only_limit", "")
    trades, dropped = by_candles(settings, entries(1, 200, settings), CANDLES)
    assert len(trades) + sum(dropped.values()) == 200
    assert any(one.net_r > 0.0 for one in trades)
    assert any(one.net_r < 0.0 for one in trades)
