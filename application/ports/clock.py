"""The port that tells the time of the tape."""

from typing import Protocol


class Clock(Protocol):
    """Event time in a simulation, wall time live."""

    def advance_to(self, at_ms: int) -> None:
        """Move to an event's moment; a wall clock ignores this."""
        ...

    def now_ms(self) -> int:
        """Tell the time in milliseconds since 1970, UTC."""
        ...
