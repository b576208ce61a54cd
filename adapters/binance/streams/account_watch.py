"""Whether the account's stream can be believed: it may rightly be silent for hours."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountWatchRules:
    """How soon the stream must tell of something we know to have happened, in milliseconds."""

    news_within_ms: int = 10_000


class AccountWatch:
    """An order the venue has taken is news that must come; the stream is renewed when it does not."""

    def __init__(self, rules: AccountWatchRules) -> None:
        self._rules = rules
        self._heard_ms = -1
        self._due_ms: int | None = None

    def expect_news(self, sent_ms: int, now_ms: int) -> None:
        """Begin to wait for news of an order sent at a moment; it may have come before the venue's reply."""
        if self._due_ms is None and self._heard_ms < sent_ms:
            self._due_ms = now_ms + self._rules.news_within_ms

    def heard(self, now_ms: int) -> None:
        """Be content: the stream speaks."""
        self._heard_ms = now_ms
        self._due_ms = None

    def is_overdue(self, now_ms: int) -> bool:
        """Tell once that the news did not come."""
        if self._due_ms is None or now_ms < self._due_ms:
            return False
        self._due_ms = None
        return True
