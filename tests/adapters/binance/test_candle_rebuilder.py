"""Holes are filled from past trades, as slowly as the weight limit wants."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from adapters.binance.candle_rebuilder import CandleRebuilder, HoleLost, RebuildRules
from adapters.binance.streams.hole_watch import CandleHole
from adapters.binance.streams.rebuilt_candles import PastTrade
from domain.market.candle import Candle
from tests.feed_samples import START_MS, PastTrades, surroundings_of_loop
from tests.virtual_time import run

MINUTE_MS = 60_000
FROM_MS = START_MS - 10 * MINUTE_MS
SMALL_PAGES = RebuildRules(trades_a_page=5)
HOLE = CandleHole("BTCUSDT", FROM_MS, FROM_MS + 2 * MINUTE_MS, 50.0)


def trades(count: int, every_ms: int, from_ms: int = FROM_MS) -> list[PastTrade]:
    return [
        PastTrade(
            100 + number, from_ms + number * every_ms, 50.0 + number, Decimal("1.0"), is_buyer_maker=False
        )
        for number in range(count)
    ]


def rebuild(
    history: PastTrades, hole: CandleHole = HOLE, rules: RebuildRules | None = None
) -> tuple[list[Candle] | HoleLost, float]:
    async def main() -> tuple[list[Candle] | HoleLost, float]:
        rebuilder = CandleRebuilder(history, MINUTE_MS, rules or RebuildRules(), surroundings_of_loop())
        rebuilt = await rebuilder.rebuild(hole)
        return rebuilt, asyncio.get_running_loop().time()

    return run(main)


def test_it_pages_by_id_until_the_hole_is_passed() -> None:
    history = PastTrades(trades(30, 10_000), page=5)
    rebuilt, _ = rebuild(history, rules=SMALL_PAGES)
    assert not isinstance(rebuilt, HoleLost)
    assert [(candle.open, candle.close, candle.volume) for candle in rebuilt] == [
        (50.0, 55.0, 6.0),
        (56.0, 61.0, 6.0),
    ]
    assert history.asked == [
        f"BTCUSDT {HOLE.from_ms} {HOLE.until_ms}",
        "BTCUSDT #105",
        "BTCUSDT #110",
    ]


def test_a_page_that_is_not_full_is_the_last() -> None:
    history = PastTrades(trades(7, 10_000))
    rebuilt, _ = rebuild(history)
    assert not isinstance(rebuilt, HoleLost)
    assert [candle.volume for candle in rebuilt] == [6.0, 1.0]
    assert len(history.asked) == 1


def test_trades_that_begin_after_an_hour_of_silence_are_paged_on_by_id() -> None:
    hole = CandleHole("BTCUSDT", START_MS - 130 * MINUTE_MS, START_MS - 5 * MINUTE_MS, 50.0)
    history = PastTrades(trades(9, 6 * MINUTE_MS, START_MS - 66 * MINUTE_MS))
    rebuilt, _ = rebuild(history, hole, RebuildRules())
    assert not isinstance(rebuilt, HoleLost)
    assert sum(candle.volume for candle in rebuilt) == 9
    assert len(history.asked) == 3


def test_hours_without_trades_are_flat() -> None:
    hole = CandleHole("BTCUSDT", START_MS - 130 * MINUTE_MS, START_MS - 5 * MINUTE_MS, 50.0)
    history = PastTrades()
    rebuilt, _ = rebuild(history, hole)
    assert not isinstance(rebuilt, HoleLost)
    assert len(rebuilt) == 125
    assert {candle.close for candle in rebuilt} == {50.0}
    assert len(history.asked) == 3


@pytest.mark.parametrize(("is_first", "enough"), [(False, 1_280), (True, 1_220)])
def test_it_waits_for_room_under_the_weight_limit(is_first: bool, enough: int) -> None:
    history = PastTrades(trades(30, 10_000), weight=enough - 1)

    async def main() -> tuple[int, int]:
        rebuilder = CandleRebuilder(history, MINUTE_MS, RebuildRules(), surroundings_of_loop())
        running = asyncio.ensure_future(rebuilder.rebuild(HOLE, is_first=is_first))
        await asyncio.sleep(30)
        before = len(history.asked)
        history.weight = enough
        await running
        return before, len(history.asked)

    assert run(main) == (0, 1)


def test_weight_that_never_comes_back_gives_the_hole_up() -> None:
    rebuilt, took_s = rebuild(PastTrades(weight=0))
    assert rebuilt == HoleLost("trades cannot be had: the request weight of this minute is spent")
    assert 600 <= took_s < 620


def test_a_venue_that_fails_is_asked_again() -> None:
    history = PastTrades(trades(12, 10_000))
    history.failures = 3
    rebuilt, took_s = rebuild(history)
    assert not isinstance(rebuilt, HoleLost)
    assert took_s == 30


def test_an_attempt_that_broke_off_is_gone_on_with() -> None:
    history = PastTrades(trades(30, 10_000), page=5)
    history.fails_at = 2
    rebuilt, took_s = rebuild(history, rules=SMALL_PAGES)
    assert not isinstance(rebuilt, HoleLost)
    assert sum(candle.volume for candle in rebuilt) == 12
    assert took_s == 10
    assert history.asked[1:] == ["BTCUSDT #105", "BTCUSDT #105", "BTCUSDT #110"]


def test_a_busy_market_is_not_rebuilt_at_any_price() -> None:
    history = PastTrades(trades(30_000, 2), page=1_000)
    rebuilt, _ = rebuild(history, rules=replace(RebuildRules(), most_pages=10))
    assert rebuilt == HoleLost("too much was traded to rebuild it")
    assert len(history.asked) == 1


def test_holes_too_long_or_too_old_are_not_even_tried() -> None:
    history = PastTrades()
    long_hole = CandleHole("BTCUSDT", START_MS - 300 * MINUTE_MS, START_MS, 50.0)
    old_hole = CandleHole("BTCUSDT", START_MS - 3_000 * MINUTE_MS, START_MS - 2_990 * MINUTE_MS, 50.0)
    assert rebuild(history, long_hole)[0] == HoleLost("300 minutes are too many to rebuild")
    assert rebuild(history, old_hole)[0] == HoleLost("the venue keeps trades for two days only")
    assert not history.asked
