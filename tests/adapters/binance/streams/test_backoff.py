"""How long to stay away."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from adapters.binance.streams.backoff import Backoff, BackoffRules

NO_JITTER = BackoffRules(jitter_fraction=0.0)
MINUTE_MS = 60_000


def test_each_failure_doubles_the_wait_from_five_seconds_to_five_minutes() -> None:
    backoff = Backoff(NO_JITTER, Random(1))
    assert [backoff.lost(0) for _ in range(8)] == [5, 10, 20, 40, 80, 160, 300, 300]


def test_a_connection_that_lasted_begins_anew() -> None:
    backoff = Backoff(NO_JITTER, Random(1))
    for _ in range(4):
        backoff.lost(0)
    backoff.connected(0)
    assert backoff.lost(3 * MINUTE_MS) == 5


def test_a_connection_that_broke_at_once_does_not() -> None:
    backoff = Backoff(NO_JITTER, Random(1))
    for _ in range(3):
        backoff.lost(0)
    backoff.connected(0)
    assert backoff.lost(3 * MINUTE_MS - 1) == 40
    assert backoff.lost(10 * MINUTE_MS) == 80


def test_the_venue_may_ask_for_more_than_five_minutes() -> None:
    assert Backoff(NO_JITTER, Random(1)).lost(0, at_least_s=3_600) == 3_600


@given(st.integers(), st.integers(0, 5_000))
def test_with_jitter_the_wait_stays_between_the_first_and_the_longest(seed: int, failures: int) -> None:
    backoff = Backoff(BackoffRules(), Random(seed))
    delays = [backoff.lost(0) for _ in range(min(failures, 20) + 1)]
    assert all(5 <= delay <= 300 for delay in delays)
    assert all(delay <= 6 for delay in delays[:1])


def test_two_connections_do_not_come_back_together() -> None:
    assert Backoff(BackoffRules(), Random(1)).lost(0) != Backoff(BackoffRules(), Random(2)).lost(0)


def test_a_thousand_failures_do_not_overflow() -> None:
    backoff = Backoff(BackoffRules(), Random(1))
    assert all(backoff.lost(0) <= 300 for _ in range(5_000))
