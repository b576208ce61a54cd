"""An order the venue has taken is news that must come."""

from adapters.binance.streams.account_watch import AccountWatch, AccountWatchRules

RULES = AccountWatchRules()


def test_without_expectations_silence_is_fine() -> None:
    assert not AccountWatch(RULES).is_overdue(10**9)


def test_news_that_does_not_come_is_told_once() -> None:
    watch = AccountWatch(RULES)
    watch.expect_news(0, 100)
    watch.expect_news(8_000, 9_000)
    assert [watch.is_overdue(now_ms) for now_ms in (10_099, 10_100, 10_101)] == [False, True, False]


def test_any_word_is_news() -> None:
    watch = AccountWatch(RULES)
    watch.expect_news(0, 100)
    watch.heard(5_000)
    assert not watch.is_overdue(10_100)


def test_news_may_come_before_the_reply() -> None:
    watch = AccountWatch(RULES)
    watch.heard(50)
    watch.expect_news(0, 100)
    assert not watch.is_overdue(60_000)
    watch.expect_news(51, 60_000)
    assert watch.is_overdue(70_000)
