"""Asking for streams, slowly enough, and twice if need be."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.binance.streams.subscription_book import (
    Ask,
    Method,
    SubscriptionBook,
    SubscriptionRefused,
    SubscriptionRules,
)

RULES = SubscriptionRules(streams_a_message=2)


def said_until(book: SubscriptionBook, now_ms: int, until_ms: int) -> list[tuple[int, Ask]]:
    said = []
    while now_ms < until_ms:
        ask = book.next_ask(now_ms)
        if ask is not None:
            said.append((now_ms, ask))
        now_ms += 10
    return said


def test_streams_are_asked_for_in_batches_with_pauses() -> None:
    book = SubscriptionBook(RULES)
    book.subscribe(["a", "b", "c"])
    assert book.next_ask(0) == Ask(1, Method.SUBSCRIBE, ("a", "b"))
    assert book.next_ask(209) is None
    assert book.wait_ms(209) == 1
    assert book.next_ask(210) == Ask(2, Method.SUBSCRIBE, ("c",))


def test_it_is_settled_when_everything_was_answered() -> None:
    book = SubscriptionBook(RULES)
    assert book.is_settled()
    assert book.wait_ms(0) is None
    book.subscribe(["a"])
    assert book.wait_ms(0) == 0
    book.next_ask(0)
    assert not book.is_settled()
    assert book.wait_ms(4_000) == 6_000
    assert book.acknowledged(1)
    assert book.is_settled()


def test_an_answer_to_nothing_is_told_apart() -> None:
    book = SubscriptionBook(RULES)
    assert not book.acknowledged(99)
    assert not book.acknowledged("text")
    assert not book.acknowledged(None)


def test_renewing_gives_up_before_asking_again() -> None:
    book = SubscriptionBook(RULES)
    book.renew(["a"])
    assert [ask.method for _, ask in said_until(book, 0, 1_000)] == [Method.UNSUBSCRIBE, Method.SUBSCRIBE]


def test_what_nobody_answers_is_asked_twice_and_then_told() -> None:
    book = SubscriptionBook(RULES)
    book.subscribe(["a"])
    said = said_until(book, 0, 30_000)
    assert [(at_ms, ask.attempt) for at_ms, ask in said] == [(0, 1), (10_000, 2)]
    assert book.take_refused() == [SubscriptionRefused(("a",), "never answered")]
    assert book.take_refused() == []
    assert book.is_settled()


def test_a_refusal_names_its_streams_if_it_can() -> None:
    book = SubscriptionBook(RULES)
    book.subscribe(["a"])
    book.next_ask(0)
    book.turned_down(1, 2, "Invalid request")
    book.turned_down(None, 3, "Invalid JSON")
    assert book.take_refused() == [
        SubscriptionRefused(("a",), "2 Invalid request"),
        SubscriptionRefused((), "3 Invalid JSON"),
    ]
    assert book.is_settled()


@given(st.lists(st.integers(1, 7), max_size=12), st.integers(0, 3))
def test_no_second_ever_hears_more_than_five_messages(counts: list[int], renewals: int) -> None:
    book = SubscriptionBook(RULES)
    for number, count in enumerate(counts):
        book.subscribe([f"{number}-{index}" for index in range(count)])
    for number in range(renewals):
        book.renew([f"{number}-0"])
    times = [at_ms for at_ms, _ in said_until(book, 0, 25_000)]
    for start in times:
        assert sum(start <= at_ms < start + 1_000 for at_ms in times) <= 5
