"""What time it is at the venue."""

from application.ports.clock import Clock


class VenueClock:
    """Our clock, set by the venue's answers: a timestamp more than a second ahead of it is refused."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset_ms = 0

    @property
    def offset_ms(self) -> int:
        """How far the venue's clock is ahead of ours."""
        return self._offset_ms

    def now_ms(self) -> int:
        """Tell the venue's time in milliseconds since 1970, as far as we know it."""
        return self._clock.now_ms() + self._offset_ms

    def set_by(self, told_ms: int, round_trip_ms: float) -> None:
        """Take what the venue said a moment ago; it was said half-way through the round trip."""
        self._offset_ms = told_ms + round(round_trip_ms / 2) - self._clock.now_ms()
