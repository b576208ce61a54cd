"""The compiled aggregator and its readable twin agree bit for bit in what they close and refuse."""

import math
import random
import struct
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import native
from adapters.native.candle_aggregator import NativeCandleAggregator
from application.ports.candle_aggregator import CandleAggregator
from domain.market.candle import Candle, CandleFault, CandleRefused
from domain.market.candle_aggregator import CandleAggregator as ReferenceAggregator
from tests.domain.structure.charts import STEP_MS, smooth

Answer = CandleFault | list[bytes]

prices = st.floats(min_value=1e-8, max_value=1e9)
volumes = st.floats(min_value=0.0, max_value=1e12)
anything = st.floats() | st.sampled_from([0.0, -0.0, -1.0, 1.0, 1e308])


@st.composite
def true_candles(draw: st.DrawFn, at_ms: int) -> Candle:
    low, first, second, high = sorted(draw(st.tuples(prices, prices, prices, prices)))
    opened, close = draw(st.sampled_from([(first, second), (second, first)]))
    volume = draw(volumes)
    taker_buy = draw(st.just(math.nan) | st.floats(min_value=0.0, max_value=volume))
    return Candle(at_ms, opened, high, low, close, volume, taker_buy)


@st.composite
def tapes(draw: st.DrawFn, step_ms: int) -> list[Candle]:
    """Mostly true candles with gaps; now and then one that is impossible or out of place."""
    at_ms, tape = draw(st.integers(-30, 30)) * step_ms, []
    for _ in range(draw(st.integers(0, 40))):
        at_ms += draw(st.sampled_from([1] * 12 + [0, -1, 2, 3, 7, 40])) * step_ms
        match draw(st.integers(0, 9)):
            case 0:
                tape.append(Candle(at_ms, *draw(st.tuples(*[anything] * 6))))
            case 1:
                tape.append(draw(true_candles(at_ms + draw(st.integers(-1, 1)))))
            case _:
                tape.append(draw(true_candles(at_ms)))
    return tape


@st.composite
def tapes_and_lengths(draw: st.DrawFn) -> tuple[list[Candle], int, int]:
    step_ms = draw(st.sampled_from([1, 7, STEP_MS]))
    return draw(tapes(step_ms)), step_ms, step_ms * draw(st.sampled_from([1, 2, 5, 15, 60]))


@given(tapes_and_lengths())
def test_both_close_and_refuse_the_same(case: tuple[list[Candle], int, int]) -> None:
    tape, step_ms, into_ms = case
    compiled = answers(NativeCandleAggregator(step_ms, into_ms), tape)
    assert compiled == answers(ReferenceAggregator(step_ms, into_ms), tape)


@pytest.mark.parametrize("into", [3, 12, 288])
def test_both_agree_on_a_long_tape(into: int) -> None:
    tape = tape_with_gaps(7)
    compiled = NativeCandleAggregator(STEP_MS, into * STEP_MS)
    readable = ReferenceAggregator(STEP_MS, into * STEP_MS)
    assert answers(compiled, tape) == answers(readable, tape)


def test_the_batch_agrees_with_the_readable_twin() -> None:
    tape = tape_with_gaps(11)
    readable = ReferenceAggregator(STEP_MS, 3 * STEP_MS)
    expected = [bits_of(closed) for candle in tape for closed in readable.update(candle)]
    times, *numbers = zip(*tape, strict=True)
    columns = native.CandleAggregator(STEP_MS, 3 * STEP_MS).batch(
        np.array(times, dtype=np.int64), *(np.array(column, dtype=np.float64) for column in numbers)
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    assert [bits_of(Candle(*row)) for row in rows] == expected


def answers(aggregator: CandleAggregator, tape: Iterable[Candle]) -> list[Answer]:
    return [_answer(aggregator, candle) for candle in tape]


def bits_of(candle: Candle) -> bytes:
    """Give the candle's exact bits; every NaN is the same NaN, for its bits carry no meaning."""
    return struct.pack("<q6d", candle[0], *(math.nan if math.isnan(x) else x for x in candle[1:]))


def tape_with_gaps(seed: int) -> list[Candle]:
    chance = random.Random(seed)
    return [bar for bar in smooth(20_000, seed) if chance.random() < 0.97]


def _answer(aggregator: CandleAggregator, candle: Candle) -> Answer:
    try:
        return [bits_of(closed) for closed in aggregator.update(candle)]
    except CandleRefused as refused:
        return refused.fault
