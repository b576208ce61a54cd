"""A clock that is set by hand."""


class HandClock:
    def __init__(self, now_ms: int) -> None:
        self.at_ms = now_ms

    def advance_to(self, at_ms: int) -> None:
        self.at_ms = at_ms

    def now_ms(self) -> int:
        return self.at_ms
