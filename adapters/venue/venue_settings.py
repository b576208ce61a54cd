"""What a simulated venue is like."""

from dataclasses import dataclass, field

from adapters.venue.request_limits import Limits
from domain.market.timeframe import DAY_MS, MINUTE_MS


@dataclass(frozen=True, slots=True)
class VenueSettings:
    """Limits and liveness; times are of the venue's clock.

    `send_buffer` is how many bytes may wait for a client before a venue that does not wait for its
    clients drops it.
    """

    limits: Limits = field(default_factory=Limits)
    ping_every_ms: int = 3 * MINUTE_MS
    pong_within_ms: int = 10 * MINUTE_MS
    socket_lasts_ms: int = DAY_MS
    send_buffer: int = 16 * 1024 * 1024
