"""The liquidity the market shows around its last price."""

from typing import Final

from domain.market.direction import Side

_MIX: Final = 2_654_435_761
DEEPEST: Final = 200
"""Levels a side has; what is asked beyond finds nobody."""


class DisplayedBook:
    """Bids and asks in ticks and lots; a level's size is a function of its price and of how busy it is.

    What our own orders took is missing until the price moves.
    """

    def __init__(self, first_ticks: int) -> None:
        self.bid = max(first_ticks - 1, 0)
        self.ask = first_ticks
        self.typical_lots = 1
        self.update_id = 1_000
        self._taken: dict[int, int] = {}
        self._told: dict[int, int] = {}

    def move(self, ticks: int, *, is_buyer_maker: bool) -> None:
        """Follow a trade: a seller hit the bid, or a buyer lifted the ask."""
        self.bid, self.ask = (ticks, ticks + 1) if is_buyer_maker else (ticks - 1, ticks)
        self._begin_anew()

    def show(self, bid: int, bid_lots: int, ask: int, ask_lots: int) -> None:
        """Follow a book ticker: best prices and sizes are told, what lies behind them stays made up."""
        self.bid, self.ask = bid, ask
        self._begin_anew()
        self._told = {bid: bid_lots, ask: ask_lots}

    def lots_at(self, ticks: int) -> int:
        """Tell how many lots stand at a price."""
        full = self._told.get(ticks)
        if full is None:
            full = self.typical_lots * (1 + ((ticks * _MIX) >> 9 & 7))
        return full - self._taken.get(ticks, 0)

    def levels(self, side: Side, most: int) -> list[tuple[int, int]]:
        """List the best levels of bids (buy) or asks (sell) as (ticks, lots), empty ones left out."""
        best, step = (self.bid, -1) if side is Side.BUY else (self.ask, 1)
        found: list[tuple[int, int]] = []
        for ticks in range(best, best + step * DEEPEST, step):
            if len(found) == most or ticks <= 0:
                break
            lots = self.lots_at(ticks)
            if lots > 0:
                found.append((ticks, lots))
        return found

    def best(self, side: Side) -> int:
        """Give the best price at which something stands, in ticks."""
        levels = self.levels(side, 1)
        return levels[0][0] if levels else self.bid if side is Side.BUY else self.ask

    def match(self, side: Side, lots: int, limit_ticks: int) -> list[tuple[int, int]]:
        """Tell what a taker would get, level by level, no worse than the limit."""
        found: list[tuple[int, int]] = []
        for ticks, standing in self.levels(Side.SELL if side is Side.BUY else Side.BUY, DEEPEST):
            if lots <= 0 or side.sign * ticks > side.sign * limit_ticks:
                break
            got = min(lots, standing)
            found.append((ticks, got))
            lots -= got
        return found

    def take(self, ticks: int, lots: int) -> None:
        """Remove what one of our orders took at a level."""
        self._taken[ticks] = self._taken.get(ticks, 0) + lots
        self.update_id += 2

    def _begin_anew(self) -> None:
        self.update_id += 4
        if self._taken:
            self._taken.clear()
        if self._told:
            self._told.clear()
