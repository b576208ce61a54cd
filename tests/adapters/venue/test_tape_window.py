from typing import Any

import pytest

from adapters.venue.tape_window import TapeWindow
from domain.market.candle import Candle
from domain.market.timeframe import MINUTE_MS
from tests.adapters.venue.house import SYMBOL, ListedTape

TAPE: Any = ListedTape(
    SYMBOL, tuple(Candle(minute * MINUTE_MS, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5) for minute in range(10))
)


def minutes(window: TapeWindow, from_minute: int | None = None, until_minute: int | None = None) -> list[int]:
    from_ms, until_ms = (None if at is None else at * MINUTE_MS for at in (from_minute, until_minute))
    return [candle.open_time_ms // MINUTE_MS for candle in window.candles(from_ms, until_ms)]


def test_a_window_is_a_tape_of_the_same_kind() -> None:
    window = TapeWindow(TAPE, 2 * MINUTE_MS)
    assert (window.symbol, window.step_ms, window.length) == (SYMBOL, MINUTE_MS, 10)


@pytest.mark.parametrize(
    ("window", "asked", "given"),
    [
        ((None, None), (None, None), range(10)),
        ((3, 7), (None, None), range(3, 7)),
        ((3, 7), (1, 9), range(3, 7)),
        ((3, 7), (5, 6), range(5, 6)),
        ((None, 7), (5, None), range(5, 7)),
        ((3, None), (None, 5), range(3, 5)),
    ],
)
def test_what_lies_in_both_windows_is_given(
    window: tuple[int | None, int | None], asked: tuple[int | None, int | None], given: range
) -> None:
    from_ms, until_ms = (None if at is None else at * MINUTE_MS for at in window)
    assert minutes(TapeWindow(TAPE, from_ms, until_ms), *asked) == list(given)
