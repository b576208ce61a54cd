"""The port through which news reach a live tape."""

import asyncio
from typing import Protocol, TypeVar

Item_co = TypeVar("Item_co", covariant=True)


class TapeSource(Protocol[Item_co]):
    """News that wait to be taken, oldest first."""

    def take_now(self) -> Item_co | None:
        """Give the oldest piece of news, None while none waits."""
        ...

    def wake(self, sleeper: asyncio.Event) -> None:
        """Set this event from now on, whenever news have come."""
        ...
