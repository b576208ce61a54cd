from collections.abc import Iterable, Iterator, Mapping

from hypothesis import given
from hypothesis import strategies as st

from application.market_tape import merged_candles
from domain.market.candle import Candle


def listed(opens_ms: Iterable[int]) -> Iterator[Candle]:
    return (Candle(open_ms, 1.0, 1.0, 1.0, 1.0, 1.0) for open_ms in opens_ms)


def merged(opens_ms: Mapping[str, Iterable[int]]) -> list[tuple[str, int]]:
    tapes = {symbol: listed(opens) for symbol, opens in opens_ms.items()}
    return [(symbol, candle.open_time_ms) for symbol, candle in merged_candles(tapes)]


def test_candles_come_by_their_time_and_then_by_symbol() -> None:
    assert merged({"B": [0, 1, 4], "A": [1, 2]}) == [("B", 0), ("A", 1), ("B", 1), ("A", 2), ("B", 4)]


def test_a_tape_without_candles_is_passed_over() -> None:
    assert merged({"A": [], "B": [7]}) == [("B", 7)]


def test_candles_are_read_one_ahead() -> None:
    source = listed(range(10))
    stream = merged_candles({"A": source})
    assert next(stream)[1].open_time_ms == 0
    assert next(source).open_time_ms == 1


OPENS = st.sets(st.integers(0, 30)).map(sorted)


@given(st.dictionaries(st.sampled_from("ABCDE"), OPENS))
def test_no_candle_is_lost_and_time_never_goes_back(drawn: dict[str, list[int]]) -> None:
    told = [(open_ms, symbol) for symbol, open_ms in merged(drawn)]
    assert told == sorted((open_ms, symbol) for symbol, opens in drawn.items() for open_ms in opens)
