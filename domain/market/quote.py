"""What a market shows between two trades."""

from typing import NamedTuple


class Quote(NamedTuple):
    """The best prices at which a symbol is asked for and offered, and how much stands there."""

    at_ms: int
    symbol: str
    bid: float
    bid_quantity: float
    ask: float
    ask_quantity: float

    @property
    def middle(self) -> float:
        """The price half-way between bid and ask."""
        return (self.bid + self.ask) / 2.0
