"""A live tape that begins with candles of before."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable

from domain.market.candle import Candle
from domain.tape import CandleRecalled, Event


class RecalledTape:
    """Tells what is known of the past first, all at one moment, then what happens; never an older moment."""

    def __init__(self, at_ms: int, past: Iterable[tuple[str, Candle]], tape: AsyncIterable[Event]) -> None:
        self._at_ms = at_ms
        self._past = past
        self._tape = tape

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Give the events in their order."""
        for symbol, candle in self._past:
            yield CandleRecalled(self._at_ms, symbol, candle)
        async for event in self._tape:
            yield event if event.at_ms >= self._at_ms else event._replace(at_ms=self._at_ms)
