"""An order the venue has taken is news that must come."""

from adapters.binance.streams.account_watch import AccountWatch, AccountWatchRules

RULES = AccountWatchRules()


def test_without_expectations_silence_is_fine() -> None:
    assert not AccountWatch(RULES).is_overdue(10**9)


def test_news_that_does_not_come_is_told_once() -> None:
    watch = AccountWatch(RULES)
    watch.expect_news(0)
    watch.expect_news(9_000)
    assert [watch.is_overdue(now_ms) for now_ms in (9_999, 10_000, 10_001)] == [False, True, False]


def test_any_word_is_news() -> None:
    watch = AccountWatch(RULES)
    watch.expect_news(0)
    watch.heard()
    assert not watch.is_overdue(10_000)
