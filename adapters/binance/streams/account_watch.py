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
        self._due_ms: int | None = None

    def expect_news(self, now_ms: int) -> None:
        """Begin to wait, unless something is waited for already."""
        if self._due_ms is None:
            self._due_ms = now_ms + self._rules.news_within_ms

    def heard(self) -> None:
        """Be content: the stream speaks."""
        self._due_ms = None

    def is_overdue(self, now_ms: int) -> bool:
        """Tell once that the news did not come."""
        if self._due_ms is None or now_ms < self._due_ms:
            return False
        self._due_ms = None
        return True
