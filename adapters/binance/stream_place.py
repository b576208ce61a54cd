"""Where a connection leads, and who understands what comes from there."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeVar

from adapters.binance.wire.other_frames import OtherFrame
from adapters.binance.wire.secret import Secret

Item_co = TypeVar("Item_co", covariant=True)


class Unreachable(Exception):
    """A connection cannot be made now; `at_least_s` is how long the venue asks us to stay away."""

    def __init__(self, reason: str, at_least_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at_least_s = at_least_s


class StreamPlace(Protocol):
    """An address, and what to subscribe there."""

    @property
    def streams(self) -> Sequence[str]:
        """The streams to subscribe once connected; none where the address says it all."""
        ...

    async def address(self) -> Secret:
        """Give the address to connect to now. Raises Unreachable."""
        ...


class MarketPlace(NamedTuple):
    """Market streams, at an address that never changes."""

    url: str
    streams: tuple[str, ...]

    async def address(self) -> Secret:
        """Give the address."""
        return Secret(self.url)


Queued = tuple[Item_co, str | None]
"""An item for the queue, and the key under which a later one supersedes it."""


class FrameReader(Protocol[Item_co]):
    """Makes items out of frames."""

    def read(self, frame: bytes, heard: set[str]) -> Sequence[Queued[Item_co]] | OtherFrame:
        """Give what a frame tells, and add the stream that spoke to `heard`."""
        ...
