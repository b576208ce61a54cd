"""Time and chance, as a feed is given them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _steady_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How to tell the time, how to wait, and where chance comes from.

    `wall_ms` dates events, `steady_ms` never goes back and measures how long something took.
    """

    wall_ms: Callable[[], int] = _wall_ms
    steady_ms: Callable[[], int] = _steady_ms
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Random = field(default_factory=Random)
