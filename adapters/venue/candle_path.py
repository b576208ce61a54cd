"""The trades of which a candle could have been made; together they give exactly that candle again."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from domain.market.candle import Candle
from domain.market.instrument import Instrument

UNITS: Final = 10**8
"""Quantities are counted in hundred-millionths."""


class MarketTrade(NamedTuple):
    """One trade of the market; `units` are hundred-millionths of the base currency."""

    number: int
    ticks: int
    units: int
    at_ms: int
    is_buyer_maker: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """Tick, lot and decimals of a symbol in the market's numbers."""

    tick: float
    tick_decimals: int
    lot_units: int
    lot_decimals: int

    def price(self, ticks: int) -> str:
        """Write a price."""
        return f"{ticks * self.tick:.{self.tick_decimals}f}"

    def quantity(self, units: int) -> str:
        """Write a quantity, with more decimals only where the lot does not hold."""
        decimals = self.lot_decimals if units % self.lot_units == 0 else 8
        return f"{units / UNITS:.{decimals}f}"

    def ticks(self, price: float) -> int:
        """Count the ticks of a price."""
        return round(price / self.tick)


def grid_of(instrument: Instrument) -> Grid:
    """Give a symbol's grid in the market's numbers."""
    lot_units = max(1, int(instrument.lot * UNITS))
    return Grid(float(instrument.tick), _decimals(instrument.tick), lot_units, _decimals(instrument.lot))


def trades_of(
    candle: Candle, grid: Grid, step_ms: int, length_ms: int, first_number: int
) -> list[MarketTrade]:
    """Give the trades of a candle, at most one a step and one more; none for a candle without volume.

    The price goes from the open to the nearer extreme of a rising (low) or falling (high) candle, to
    the other, to the close. Open, high, low, close, volume and taker-buy volume come out exactly.
    """
    total = round(candle.volume * UNITS)
    if total <= 0:
        return []
    steps = max(1, length_ms // step_ms)
    places = _places(steps, total, grid.lot_units)
    prices = _prices(candle, grid, places, steps)
    sizes = _sizes(total, len(places), grid.lot_units)
    bought = total // 2 if math.isnan(candle.taker_buy_volume) else round(candle.taker_buy_volume * UNITS)
    trades: list[MarketTrade] = []
    left_to_buy, left = bought, total
    for place, ticks, units in zip(places, prices, sizes, strict=True):
        at_ms = candle.open_time_ms + place * step_ms
        mine = min(units, left_to_buy) if left_to_buy * 2 >= left or left - units < left_to_buy else 0
        if mine and units - mine > left - left_to_buy:
            mine = units - (left - left_to_buy)
        for size, is_buyer_maker in ((mine, False), (units - mine, True)):
            if size:
                trades.append(MarketTrade(first_number + len(trades), ticks, size, at_ms, is_buyer_maker))
        left_to_buy -= mine
        left -= units
    return trades


def _places(steps: int, total: int, lot_units: int) -> list[int]:
    """Choose the steps at which something trades: the four corners, then as many as there are lots."""
    corners = sorted({0, steps // 3, 2 * steps // 3, steps - 1})
    wanted = min(steps, max(len(corners), total // lot_units))
    if wanted >= steps:
        return list(range(steps))
    spread = {number * steps // wanted for number in range(wanted)}
    return sorted({*corners, *spread})


def _prices(candle: Candle, grid: Grid, places: Sequence[int], steps: int) -> list[int]:
    opened, high, low, closed = (grid.ticks(price) for price in candle[1:5])
    corners = [opened, low, high, closed] if closed >= opened else [opened, high, low, closed]
    at = [0, steps // 3, 2 * steps // 3, steps - 1]
    prices = []
    for place in places:
        for (start, end), (first, last) in zip(pairwise(at), pairwise(corners), strict=True):
            if start <= place <= end:
                share = (place - start) / (end - start) if end > start else 1.0
                price = round(first + (last - first) * share)
                break
        else:
            price = closed
        prices.append(price)
    return prices


def _sizes(total: int, count: int, lot_units: int) -> list[int]:
    unit = lot_units if total % lot_units == 0 and total // lot_units >= count else 1
    whole = total // unit
    bounds = [whole * number // count for number in range(count + 1)]
    return [(end - start) * unit for start, end in pairwise(bounds)]


def _decimals(step: Decimal) -> int:
    exponent = step.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
