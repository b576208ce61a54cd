"""Several symbols' candles as one stream."""

from collections.abc import Iterator, Mapping
from heapq import heapify, heappop, heapreplace
from itertools import chain
from typing import TypeVar

from application.ports.candle_tape import TapeRefused
from domain.market.candle import Candle

_Row = TypeVar("_Row")
_Head = tuple[int, str, Candle, Iterator[Candle]]


def merged_candles(candles_of: Mapping[str, Iterator[Candle]]) -> Iterator[tuple[str, Candle]]:
    """Give the candles of all symbols as (symbol, candle), in the order of their time, then of their symbol.

    All candles are of one length. Memory stays flat.
    """
    heads: list[_Head] = []
    for symbol, candles in candles_of.items():
        for candle in candles:
            heads.append((candle.open_time_ms, symbol, candle, candles))
            break
    heapify(heads)
    while heads:
        _, symbol, candle, candles = heads[0]
        yield symbol, candle
        following = next(candles, None)
        if following is None:
            heappop(heads)
        else:
            heapreplace(heads, (following.open_time_ms, symbol, following, candles))


def not_empty(rows: Iterator[_Row], name: str) -> Iterator[_Row]:
    """Give the rows of a tape on. Raises TapeRefused, at once, when there are none."""
    first = next(rows, None)
    if first is None:
        raise nothing_chosen(name)
    return chain([first], rows)


def nothing_chosen(name: str) -> TapeRefused:
    """Say that a tape holds no candle of the time that was chosen."""
    return TapeRefused(name, None, "no candle lies in the time chosen; see `slt tape inspect`")
