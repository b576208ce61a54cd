"""The one queue: bounded, in order, and nothing is lost that was not superseded."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.binance.streams.conflating_queue import ConflatingQueue

Told = tuple[int, str | None]

keys = st.sampled_from([None, None, "BTCUSDT", "ETHUSDT", "SOLUSDT"])


def drain(queue: ConflatingQueue[Told]) -> list[Told]:
    return [queue.take() for _ in range(len(queue))]


def test_below_its_size_everything_is_kept_in_order() -> None:
    queue = ConflatingQueue[Told](3)
    for item in [(1, "BTCUSDT"), (2, None), (3, "BTCUSDT")]:
        assert queue.offer(item, item[1])
    assert drain(queue) == [(1, "BTCUSDT"), (2, None), (3, "BTCUSDT")]
    assert queue.conflated == 0


def test_a_full_queue_gives_up_the_oldest_superseded_price() -> None:
    queue = ConflatingQueue[Told](3)
    for item in [(1, "BTCUSDT"), (2, "ETHUSDT"), (3, "BTCUSDT")]:
        queue.offer(item, item[1])
    assert queue.offer((4, None))
    assert drain(queue) == [(2, "ETHUSDT"), (3, "BTCUSDT"), (4, None)]
    assert queue.conflated == 1


def test_a_price_takes_the_place_of_the_only_waiting_one_of_its_symbol() -> None:
    queue = ConflatingQueue[Told](2)
    queue.offer((1, "BTCUSDT"), "BTCUSDT")
    queue.offer((2, None))
    assert queue.offer((3, "BTCUSDT"), "BTCUSDT")
    assert drain(queue) == [(2, None), (3, "BTCUSDT")]


def test_a_queue_full_of_candles_lets_nothing_in() -> None:
    queue = ConflatingQueue[Told](2)
    queue.offer((1, None))
    queue.offer((2, None))
    assert not queue.offer((3, None))
    assert not queue.offer((3, "BTCUSDT"), "BTCUSDT")
    assert drain(queue) == [(1, None), (2, None)]


def test_nothing_can_be_taken_from_an_empty_queue() -> None:
    with pytest.raises(IndexError):
        ConflatingQueue[Told](2).take()


def test_a_stalled_reader_does_not_make_it_grow() -> None:
    queue = ConflatingQueue[Told](10)
    queue.offer((0, None))
    for number in range(1, 10_000):
        assert queue.offer((number, "BTCUSDT"), "BTCUSDT")
    assert len(queue) == 10
    assert len(queue._slots) <= 21  # noqa: SLF001 - memory is what this test is about
    assert len(queue._superseded) <= 10  # noqa: SLF001
    assert drain(queue) == [(0, None), *((number, "BTCUSDT") for number in range(9_991, 10_000))]


@given(st.lists(st.one_of(keys, st.just("take")), max_size=200), st.integers(1, 8))
def test_whatever_comes_only_superseded_prices_are_missing(steps: list[str | None], size: int) -> None:
    queue = ConflatingQueue[Told](size)
    taken: list[Told] = []
    admitted: list[Told] = []
    for number, step in enumerate(steps):
        if step == "take":
            if len(queue):
                taken.append(queue.take())
        elif queue.offer((number, step), step):
            admitted.append((number, step))
        assert len(queue) <= size
    taken += drain(queue)

    assert all(before[0] < after[0] for before, after in pairwise(taken))
    missing = set(admitted) - set(taken)
    assert len(missing) == queue.conflated
    for number, key in missing:
        assert key is not None
        assert any(later > number for later, other in taken if other == key)
