import asyncio

import pytest

from adapters.venue.open_venue import opened_venue, play_history, play_to_listeners
from adapters.venue.venue_clock import PacedClock
from domain.market.timeframe import MINUTE_MS
from tests.adapters.venue.house import START_MS, SYMBOL, flat_market, listening, made_up, venue_of


def test_a_port_that_is_taken_is_named() -> None:
    async def main() -> None:
        async with opened_venue(venue_of(), 0) as server:
            port = int(server.address.rpartition(":")[2])
            with pytest.raises(OSError, match="cannot be had; choose another") as refused:
                async with opened_venue(venue_of(), port):
                    pass
        assert refused.value.filename == f"port {port}"

    asyncio.run(main())


def test_history_has_passed_before_anybody_can_listen() -> None:
    venue = venue_of()
    play_history(venue, START_MS + 3 * MINUTE_MS)
    assert venue.next_moment() == START_MS + 3 * MINUTE_MS
    assert [candle.open_time_ms for candle, _ in venue.market.symbols[SYMBOL].history] == [
        START_MS + minute * MINUTE_MS for minute in range(3)
    ]


def test_history_ends_with_the_tape() -> None:
    venue = venue_of(flat_market([100.0, 101.0]))
    play_history(venue, START_MS + MINUTE_MS * 60)
    assert venue.is_over


def test_a_market_without_a_pace_stands_still_until_somebody_listens() -> None:
    async def main() -> None:
        async with opened_venue(venue_of(), 0) as server:
            playing = asyncio.create_task(play_to_listeners(server, START_MS + MINUTE_MS))
            await asyncio.sleep(0.05)
            assert server.venue.now_ms() == START_MS
            async with listening(server, f"/market/ws/{SYMBOL.lower()}@kline_1m") as listener:
                heard = [await listener.line.recv()]
                async for frame in listener.line:
                    heard.append(frame)
                    if b'"x":true' in (frame if isinstance(frame, bytes) else frame.encode()):
                        break
            await playing
        assert len(heard) > 10

    asyncio.run(main())


def test_a_market_at_a_pace_waits_for_nobody() -> None:
    times = iter(range(1_000))

    async def no_time(_seconds: float) -> None:
        return None

    async def main() -> None:
        clock = PacedClock(START_MS, 60.0, lambda: float(next(times)), no_time)
        async with opened_venue(venue_of(made_up(minutes=2), clock=clock), 0) as server:
            await play_to_listeners(server, START_MS + MINUTE_MS)
            assert server.venue.next_moment() == START_MS + MINUTE_MS + 250

    asyncio.run(main())
