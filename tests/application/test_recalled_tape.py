import asyncio
from collections.abc import AsyncIterator

from application.recalled_tape import RecalledTape
from domain.market.candle import Candle
from domain.tape import CandleRecalled, Event, TimePassed


async def live() -> AsyncIterator[Event]:
    for at_ms in (90, 100, 130):
        yield TimePassed(at_ms)


def test_the_past_comes_first_and_time_never_goes_back() -> None:
    candles = [Candle(minute * 60_000, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5) for minute in range(2)]
    tape = RecalledTape(100, [("BTCUSDT", candle) for candle in candles], live())

    async def told() -> list[Event]:
        return [event async for event in tape]

    assert asyncio.run(told()) == [
        *(CandleRecalled(100, "BTCUSDT", candle) for candle in candles),
        TimePassed(100),
        TimePassed(100),
        TimePassed(130),
    ]
