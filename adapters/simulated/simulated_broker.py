"""The broker of paper and backtest runs."""

from adapters.simulated.simulated_venue import SimulatedVenue
from domain.orders.order import ApprovedOrder


class SimulatedBroker:
    """Hands orders to the simulated venue; the answers wait in its outbox for the feed."""

    def __init__(self, venue: SimulatedVenue) -> None:
        self._venue = venue

    async def submit(self, order: ApprovedOrder) -> None:
        """Hand one approved order to the venue."""
        self._venue.submit(order.order)

    async def cancel(self, symbol: str, order_id: str) -> None:
        """Ask the venue to take one order away."""
        self._venue.cancel(symbol, order_id)
