"""The port through which orders reach a market."""

from typing import Protocol

from domain.orders.order import ApprovedOrder


class Broker(Protocol):
    """Takes orders; every answer comes back on the tape, never as a return value."""

    async def submit(self, order: ApprovedOrder) -> None:
        """Hand one approved order to the venue."""
        ...

    async def cancel(self, symbol: str, order_id: str) -> None:
        """Ask the venue to take one order away."""
        ...
