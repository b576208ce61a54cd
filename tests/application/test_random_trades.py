from collections.abc import Sequence
from decimal import Decimal

from application.desk_rules import DeskRules
from application.market_tape import merged_candles
from application.random_entries import DrawnEntry, EntryShape
from application.random_trades import NoRandomTrade, RandomMarket, RandomTrade, RandomTrades
from application.shadow_rules import ShadowRules, SteadyFunding
from domain.learning.no_model import NoModel
from domain.market.candle import Candle
from domain.market.candle_aggregator import CandleAggregator
from domain.market.direction import Direction
from domain.market.instrument import Instrument
from domain.market.timeframe import HOUR_MS, MINUTE_MS
from domain.market.trading_costs import TradingCosts
from domain.position.closed_trade import ExitReason
from domain.setup.setup_rules import EntryStyle, SetupRules
from domain.structure.structure_view import StructureView
from tests.application.drill import BTC, TEN_O_CLOCK, a_candle, instrument
from tests.fakes.structure_engine import NOT_READY, QUIET, ScriptedEngine

ETH = "ETHUSDT"
FREE = TradingCosts(maker_fee=Decimal(0), taker_fee=Decimal(0), slippage=Decimal(0))
AT_MARKET = DeskRules(setup=SetupRules(entry=EntryStyle.MARKET), costs=FREE)
BY_LIMIT = DeskRules(costs=FREE)
LONG = EntryShape(BTC, Direction.LONG, Decimal("0.02"), Decimal("0.5"))
WON = (100.0, 100.0, 101.0, 101.0)


def shadow_rules(desk: DeskRules = AT_MARKET) -> ShadowRules:
    return ShadowRules(desk, NoModel(), SteadyFunding(Decimal(0)))


def entries(*minutes: int, shape: EntryShape = LONG) -> list[DrawnEntry]:
    """Enter at the close of these minutes, the first being 1."""
    return [DrawnEntry(TEN_O_CLOCK + minute * MINUTE_MS, shape) for minute in minutes]


def a_symbol(
    drawn: Sequence[DrawnEntry],
    rules: ShadowRules | None = None,
    market: StructureView = QUIET,
    contract: Instrument | None = None,
    base_minutes: int = 1,
) -> RandomTrades:
    engine = ScriptedEngine()
    engine.market = market
    aggregator = CandleAggregator(MINUTE_MS, base_minutes * MINUTE_MS)
    return RandomTrades(contract or instrument(BTC), aggregator, engine, rules or shadow_rules(), drawn)


def minutes(prices: Sequence[float], symbol: str = BTC) -> list[tuple[str, Candle]]:
    return [(symbol, a_candle(TEN_O_CLOCK + place * MINUTE_MS, price)) for place, price in enumerate(prices)]


def played(symbol: RandomTrades, prices: Sequence[float]) -> tuple[list[RandomTrade], list[NoRandomTrade]]:
    market = RandomMarket([symbol])
    trades = list(market.over(minutes(prices)))
    return trades, list(market.dropped.elements())


def test_an_entry_at_market_is_led_to_its_target() -> None:
    trades, dropped = played(a_symbol(entries(1)), WON)
    assert dropped == []
    decided_ms, resolved_ms = TEN_O_CLOCK + MINUTE_MS, TEN_O_CLOCK + 2 * MINUTE_MS
    assert trades == [RandomTrade(BTC, decided_ms, resolved_ms, 0.5, ExitReason.TARGET)]


def test_a_short_wins_where_a_long_loses() -> None:
    short = LONG._replace(direction=Direction.SHORT, reward_to_risk=Decimal(1))
    long = LONG._replace(reward_to_risk=Decimal(1))
    falling = (100.0, 100.0, 97.0)
    won, _ = played(a_symbol(entries(1, shape=short)), falling)
    lost, _ = played(a_symbol(entries(1, shape=long)), falling)
    assert (won[0].exit_reason, lost[0].exit_reason) == (ExitReason.TARGET, ExitReason.STOP)
    assert won[0].net_r > 0.0 > lost[0].net_r


def test_a_limit_waits_where_price_stood_and_may_never_fill() -> None:
    filled, _ = played(a_symbol(entries(1), shadow_rules(BY_LIMIT)), (100.0, 99.9, 101.0))
    assert [one.net_r for one in filled] == [0.5]
    assert played(a_symbol(entries(1), shadow_rules(BY_LIMIT)), (100.0, *[100.5] * 13)) == (
        [],
        [NoRandomTrade.NEVER_ENTERED],
    )


def test_costs_are_those_of_the_rules() -> None:
    (dear,), _ = played(a_symbol(entries(1), shadow_rules(DeskRules(setup=AT_MARKET.setup))), WON)
    assert 0.3 < dear.net_r < 0.5


def test_funding_that_falls_due_is_paid() -> None:
    rate = SteadyFunding(Decimal("0.001"), interval_ms=HOUR_MS)
    paid = ShadowRules(AT_MARKET, NoModel(), rate)
    wide = LONG._replace(reward_to_risk=Decimal("1.5"))
    prices = (*[100.0] * 62, 103.5)
    (free,), _ = played(a_symbol(entries(1, shape=wide)), prices)
    (charged,), _ = played(a_symbol(entries(1, shape=wide), paid), prices)
    assert charged.net_r < free.net_r


def test_several_may_be_entered_at_once_and_each_is_its_own_trade() -> None:
    trades, _ = played(a_symbol(entries(1, 1, 2)), (100.0, 100.0, 100.0, 101.5, 101.5))
    assert [one.decided_at_ms for one in trades] == [
        TEN_O_CLOCK + MINUTE_MS,
        TEN_O_CLOCK + MINUTE_MS,
        TEN_O_CLOCK + 2 * MINUTE_MS,
    ]


def test_nothing_is_entered_before_structure_is_known_or_between_bars() -> None:
    assert played(a_symbol(entries(1), market=NOT_READY), WON) == ([], [NoRandomTrade.NOT_READY])
    assert played(a_symbol(entries(1, 2), base_minutes=5), WON) == ([], [NoRandomTrade.NOT_READY] * 2)


def test_a_moment_before_the_first_candle_is_none() -> None:
    assert played(a_symbol(entries(-5)), WON) == ([], [NoRandomTrade.NOT_READY])


def test_levels_that_do_not_fit_and_sizes_that_nobody_takes_are_counted() -> None:
    far = LONG._replace(stop_fraction=Decimal(2))
    assert played(a_symbol(entries(1, shape=far)), WON) == ([], [NoRandomTrade.NO_LEVELS])
    whole = Instrument(
        symbol=BTC,
        tick=Decimal("0.01"),
        lot=Decimal(1),
        min_quantity=Decimal(1_000),
        max_quantity=Decimal(10),
        max_market_quantity=Decimal(10),
        min_notional=Decimal(5),
    )
    assert played(a_symbol(entries(1), contract=whole), WON) == ([], [NoRandomTrade.TOO_SMALL])


def test_no_trade_is_led_over_a_hole_or_beyond_the_end() -> None:
    symbol = a_symbol(entries(1, 4))
    candles = [candle for _, candle in minutes((100.0, 100.0, 100.0, 100.0))]
    ended = [one for candle in (candles[0], *candles[2:]) for one in symbol.on_candle(candle)]
    assert ended == [NoRandomTrade.HOLE]
    assert symbol.end() == [NoRandomTrade.TAPE_ENDED]


def test_two_symbols_at_once_give_what_each_gives_alone() -> None:
    def of(symbol: str) -> RandomTrades:
        shape = LONG._replace(symbol=symbol)
        return a_symbol(entries(1, shape=shape), contract=instrument(symbol))

    both = RandomMarket([of(BTC), of(ETH)])
    tapes = {symbol: (candle for _, candle in minutes(WON, symbol)) for symbol in (BTC, ETH)}
    together = list(both.over(merged_candles(tapes)))
    for symbol in (BTC, ETH):
        alone = list(RandomMarket([of(symbol)]).over(minutes(WON, symbol)))
        assert [one for one in together if one.symbol == symbol] == alone != []


def test_without_entries_the_candles_just_pass() -> None:
    assert played(a_symbol([]), WON) == ([], [])
