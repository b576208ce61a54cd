from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.market_tape import merged_candles
from domain.market.candle import Candle


class Listed:
    """Candles at these minutes, each `step` minutes long, one minute a millisecond."""

    def __init__(self, symbol: str, step_ms: int, opens_ms: list[int]) -> None:
        self.symbol = symbol
        self.step_ms = step_ms
        self.length = len(opens_ms)
        self._opens_ms = opens_ms

    def candles(self, from_ms: int | None = None, until_ms: int | None = None) -> Iterator[Candle]:
        for open_ms in self._opens_ms:
            if (from_ms is None or open_ms >= from_ms) and (until_ms is None or open_ms < until_ms):
                yield Candle(open_ms, 1.0, 1.0, 1.0, 1.0, 1.0)


def test_candles_come_by_their_end_and_then_by_symbol() -> None:
    tapes = [Listed("B", 1, [0, 1, 4]), Listed("A", 1, [1, 2]), Listed("C", 5, [0])]
    merged = [(symbol, candle.open_time_ms) for symbol, candle in merged_candles(tapes)]
    assert merged == [("B", 0), ("A", 1), ("B", 1), ("A", 2), ("B", 4), ("C", 0)]


def test_only_the_asked_stretch_is_read() -> None:
    tapes = [Listed("A", 1, [0, 1, 2, 3]), Listed("B", 1, [9])]
    merged = [candle.open_time_ms for _, candle in merged_candles(tapes, 1, 3)]
    assert merged == [1, 2]


def test_two_tapes_of_one_symbol_are_refused() -> None:
    with pytest.raises(ValueError, match="two tapes of one symbol among A, A, B"):
        merged_candles([Listed("A", 1, []), Listed("B", 1, []), Listed("A", 1, [])])


OPENS = st.sets(st.integers(0, 30)).map(sorted)


@given(st.dictionaries(st.sampled_from("ABCDE"), st.tuples(st.integers(1, 5), OPENS)))
def test_no_candle_is_lost_and_time_never_goes_back(drawn: dict[str, tuple[int, list[int]]]) -> None:
    tapes = [Listed(symbol, step, opens) for symbol, (step, opens) in drawn.items()]
    merged = [(candle.open_time_ms + drawn[symbol][0], symbol) for symbol, candle in merged_candles(tapes)]
    assert merged == sorted(
        (open_ms + step, symbol) for symbol, (step, opens) in drawn.items() for open_ms in opens
    )
