"""What a feed counts."""

from adapters.binance.streams.feed_counters import FeedCounters


def test_a_venue_that_invents_kinds_without_end_does_not_fill_the_memory() -> None:
    counters = FeedCounters()
    for number in range(1_000):
        counters.ignore(f"kind {number}")
    counters.ignore("kind 7")
    assert len(counters.kinds_ignored) == 51
    assert counters.kinds_ignored["kind 7"] == 2
    assert counters.kinds_ignored["others"] == 950
