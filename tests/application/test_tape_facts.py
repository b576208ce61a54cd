"""Tests of the facts a market is known by."""

import math
from dataclasses import astuple

import pytest

from application.tape_facts import FactsOfTape, TapeFacts
from domain.market.candle import Candle
from domain.market.timeframe import HOUR_MS, MINUTE_MS
from tests.tape_samples import steady_candles


def facts_of(candles: list[Candle], length: int | None = None, step_ms: int = MINUTE_MS) -> TapeFacts:
    facts = FactsOfTape(step_ms, len(candles) if length is None else length)
    for candle in candles:
        facts.take(candle)
    return facts.result()


def closing_at(closes: list[float]) -> list[Candle]:
    return [
        Candle(index * MINUTE_MS, close, close + 1.0, close - 1.0, close, 1.0, 0.5)
        for index, close in enumerate(closes)
    ]


def test_of_an_empty_tape_nothing_is_known() -> None:
    assert all(math.isnan(fact) for fact in astuple(facts_of([])))


def test_shares_of_a_candle_add_up() -> None:
    facts = facts_of(
        [Candle(0, 100.0, 104.0, 96.0, 102.0, 1.0, 0.5), Candle(1, 5.0, 5.0, 5.0, 5.0, 0.0, 0.0)]
    )
    assert (facts.body_share, facts.upper_wick_share, facts.lower_wick_share) == (0.25, 0.25, 0.5)


def test_moves_that_alternate_have_a_memory_of_minus_one() -> None:
    facts = facts_of(closing_at([100.0, 101.0] * 50))
    assert facts.return_memory == pytest.approx(-1.0, abs=0.01)
    assert facts.volatility_bp == pytest.approx(99.5, abs=0.1)
    assert facts.still_share == 0.0


def test_hours_of_calm_and_storm_cluster() -> None:
    closes, price = [], 100.0
    for index in range(4_000):
        size = 0.01 if index // 200 % 2 else 0.001
        price *= 1.0 + (size if index % 3 == 0 else -size / 2)
        closes.append(price)
    facts = facts_of(closing_at(closes))
    assert facts.clustering > 0.5
    assert facts.clustering > facts.clustering_60
    assert facts.squared_clustering > 0.2
    assert not math.isnan(facts.clustering_day)


def test_the_tail_of_a_pareto_market_has_its_index() -> None:
    closes, price = [], 100.0
    for index in range(20_000):
        quantile = (index * 7919 % 20_000 + 0.5) / 20_000
        price *= math.exp((1e-5 * quantile ** (-1.0 / 3.0)) * (1 if index % 2 else -1))
        closes.append(price)
    assert facts_of(closing_at(closes)).tail_index == pytest.approx(3.0, abs=0.2)


def test_takers_lean_with_the_candles_they_push() -> None:
    candles = [
        Candle(
            index * MINUTE_MS,
            100.0,
            102.0,
            98.0,
            101.0 if index % 2 else 99.0,
            4.0,
            3.0 if index % 2 else 1.0,
        )
        for index in range(50)
    ]
    facts = facts_of(candles)
    assert facts.taker_lean == pytest.approx(1.0)
    assert facts.taker_memory == pytest.approx(-1.0)
    assert facts.taker_spread == pytest.approx(0.5)


def test_a_tape_without_takers_has_no_taker_facts() -> None:
    facts = facts_of([candle._replace(taker_buy_volume=math.nan) for candle in steady_candles(30)])
    assert math.isnan(facts.taker_lean)
    assert math.isnan(facts.taker_spread)
    assert facts.body_share > 0.0


def test_the_rhythm_is_the_busiest_hour_against_the_quietest() -> None:
    def day(volumes: list[float]) -> list[Candle]:
        return [
            Candle(hour * HOUR_MS, 1.0, 1.0, 1.0, 1.0, volume, 0.0) for hour, volume in enumerate(volumes)
        ]

    assert facts_of(day([float(2 + hour) for hour in range(24)]), step_ms=HOUR_MS).volume_rhythm == 12.5
    assert math.isnan(facts_of(day([float(hour) for hour in range(24)]), step_ms=HOUR_MS).volume_rhythm)
    assert math.isnan(facts_of(day([1.0] * 23), step_ms=HOUR_MS).volume_rhythm)


def test_a_market_that_stands_still_has_no_tail() -> None:
    facts = facts_of(closing_at([100.0] * 100))
    assert math.isnan(facts.tail_index)
    assert facts.still_share == 1.0
