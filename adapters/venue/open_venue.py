"""A venue opened for whoever comes, and played while somebody listens."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from adapters.venue.venue import Venue
from adapters.venue.venue_server import VenueServer

_LOOK_AGAIN_S: Final = 0.02


@asynccontextmanager
async def opened_venue(
    venue: Venue, port: int, monotonic: Callable[[], float] = time.monotonic
) -> AsyncIterator[VenueServer]:
    """Open a venue on loopback; port zero takes any free one. Raises OSError that names the port."""
    server = VenueServer(venue, port=port, monotonic=monotonic)
    try:
        await server.__aenter__()
    except OSError as error:
        raise OSError(
            error.errno, "cannot be had; choose another, or 0 for any free one", f"port {port}"
        ) from error
    try:
        yield server
    finally:
        await server.__aexit__(None, None, None)


def play_history(venue: Venue, until_ms: int) -> None:
    """Play the market up to a moment at once, before anybody can listen."""
    while (at_ms := venue.next_moment()) is not None and at_ms < until_ms:
        venue.step()


async def play_to_listeners(server: VenueServer, until_ms: int | None = None) -> None:
    """Play the market to its end or to a moment, and let the last frames be read.

    A market that keeps no pace of its own stands still while no stream is open.
    """
    venue = server.venue
    while (at_ms := venue.next_moment()) is not None and (until_ms is None or at_ms <= until_ms):
        while venue.clock.waits_for_clients and not venue.streams.sockets:  # noqa: ASYNC110 - they come when they will
            await asyncio.sleep(_LOOK_AGAIN_S)
        await server.run(at_ms)
    await server.settle()
