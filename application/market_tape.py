"""Several symbols' candles as one stream."""

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heapreplace

from application.ports.candle_tape import CandleTape
from domain.market.candle import Candle

_Head = tuple[int, str, Candle, int, Iterator[Candle]]


def merged_candles(
    tapes: Sequence[CandleTape], from_ms: int | None = None, until_ms: int | None = None
) -> Iterator[tuple[str, Candle]]:
    """Give the candles of all tapes as (symbol, candle), in the order of their end, then of their symbol.

    Memory stays flat. Raises ValueError when two tapes are of one symbol.
    """
    symbols = [tape.symbol for tape in tapes]
    if len(set(symbols)) < len(symbols):
        raise ValueError(f"two tapes of one symbol among {', '.join(sorted(symbols))}")
    return _merged([(tape.symbol, tape.step_ms, tape.candles(from_ms, until_ms)) for tape in tapes])


def _merged(sources: list[tuple[str, int, Iterator[Candle]]]) -> Iterator[tuple[str, Candle]]:
    heads: list[_Head] = []
    for symbol, step_ms, candles in sources:
        for candle in candles:
            heads.append((candle.open_time_ms + step_ms, symbol, candle, step_ms, candles))
            break
    heapify(heads)
    while heads:
        _, symbol, candle, step_ms, candles = heads[0]
        yield symbol, candle
        following = next(candles, None)
        if following is None:
            heappop(heads)
        else:
            heapreplace(heads, (following.open_time_ms + step_ms, symbol, following, step_ms, candles))
