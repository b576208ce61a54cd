"""The queue between sockets and the desk."""

import asyncio

import pytest

from adapters.binance.feed_queue import FeedQueue
from tests.virtual_time import run


def test_what_does_not_fit_waits_outside_in_its_order() -> None:
    queue = FeedQueue[int](2)
    for number in range(5):
        queue.put(number)
    assert queue.is_full
    assert len(queue) == 5
    assert [queue.take_now() for _ in range(5)] == [0, 1, 2, 3, 4]
    assert not queue.is_full


def test_a_price_does_not_overtake_what_waits_outside() -> None:
    queue = FeedQueue[str](2)
    queue.put("old price", "BTCUSDT")
    queue.put("candle")
    queue.put("candle 2")
    queue.put("candle 3")
    queue.put("new price", "BTCUSDT")
    told = [queue.take_now() for _ in range(5)]
    assert told == ["old price", "candle", "candle 2", "candle 3", "new price"]


def test_the_reader_goes_on_when_everything_is_inside_again() -> None:
    async def main() -> list[str]:
        queue, order = FeedQueue[int](1), list[str]()

        async def read() -> None:
            for number in range(3):
                queue.put(number)
                await queue.room()
                order.append(f"put {number}")

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(read())
            await asyncio.sleep(1)
            for _ in range(3):
                order.append(f"took {await queue.take()}")
                await asyncio.sleep(1)
        return order

    assert run(main) == ["put 0", "took 0", "put 1", "took 1", "put 2", "took 2"]


def test_a_waiting_taker_is_woken_and_let_go_at_the_end() -> None:
    async def main() -> None:
        queue = FeedQueue[int](1)
        waiting = asyncio.ensure_future(queue.take())
        await asyncio.sleep(0)
        queue.put(7)
        assert await waiting == 7
        waiting = asyncio.ensure_future(queue.take())
        await asyncio.sleep(0)
        queue.close()
        with pytest.raises(EOFError):
            await waiting

    run(main)


def test_what_is_in_a_closed_queue_may_still_be_taken() -> None:
    async def main() -> int:
        queue = FeedQueue[int](1)
        queue.put(7)
        queue.close()
        return await queue.take()

    assert run(main) == 7


def test_whoever_sleeps_elsewhere_is_woken_by_items_and_by_the_end() -> None:
    async def main() -> list[bool]:
        queue, sleeper = FeedQueue[int](1), asyncio.Event()
        queue.wake(sleeper)
        seen = [sleeper.is_set()]
        queue.put(7)
        seen.append(sleeper.is_set())
        sleeper.clear()
        queue.close()
        return [*seen, sleeper.is_set()]

    assert run(main) == [False, True, True]
