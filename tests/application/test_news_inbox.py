import asyncio
from collections.abc import AsyncIterator

from application.news_inbox import NewsInbox


def test_news_come_out_in_their_order() -> None:
    inbox = NewsInbox[int]()
    for number in (1, 2, 3):
        inbox.put(number)
    assert len(inbox) == 3
    assert [inbox.take_now() for _ in range(4)] == [1, 2, 3, None]


def test_news_wake_whoever_sleeps() -> None:
    inbox, sleeper = NewsInbox[int](), asyncio.Event()
    inbox.put(1)
    inbox.wake(sleeper)
    assert not sleeper.is_set()
    inbox.put(2)
    assert sleeper.is_set()


def test_everything_that_comes_from_elsewhere_is_put_down() -> None:
    async def told() -> AsyncIterator[int]:
        for number in (1, 2):
            await asyncio.sleep(0)
            yield number

    inbox = NewsInbox[int]()
    asyncio.run(inbox.follow(told()))
    assert [inbox.take_now(), inbox.take_now()] == [1, 2]
