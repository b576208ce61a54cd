"""The structure as a trade of one direction sees it: what supports it, and what lies ahead."""

from decimal import Decimal

from domain.market.direction import Direction
from domain.market.instrument import Instrument
from domain.structure.structure_view import Pool, StructureView, Zone


def supporting_zones(view: StructureView, direction: Direction) -> tuple[Zone, ...]:
    """Give the nearest order block and fair value gap a trade of this direction can lean on."""
    is_long = direction is Direction.LONG
    block = view.bullish_block if is_long else view.bearish_block
    gap = view.bullish_gap if is_long else view.bearish_gap
    return tuple(zone for zone in (block, gap) if zone is not None)


def near_edge(zone: Zone, direction: Direction) -> float:
    """Give the edge a returning price meets first: the top for a long."""
    return zone.top if direction is Direction.LONG else zone.bottom


def far_edge(zone: Zone, direction: Direction) -> float:
    """Give the edge whose loss proves the zone wrong: the bottom for a long."""
    return zone.bottom if direction is Direction.LONG else zone.top


def is_closed_through(zone: Zone, view: StructureView, direction: Direction) -> bool:
    """Tell whether the last base bar closed beyond the zone's far edge."""
    return (view.close - far_edge(zone, direction)) * direction.sign < 0.0


def pools_ahead(view: StructureView, direction: Direction) -> tuple[Pool, ...]:
    """Give the liquidity the trade runs towards, nearest first."""
    return view.pools_above if direction is Direction.LONG else view.pools_below


def pools_behind(view: StructureView, direction: Direction) -> tuple[Pool, ...]:
    """Give the liquidity on the losing side of the trade, nearest first."""
    return view.pools_below if direction is Direction.LONG else view.pools_above


def rounded_back(instrument: Instrument, price: float, direction: Direction) -> Decimal:
    """Put a price on the tick on the side the trade comes from: down for a long.

    That is the passive side for an entry, the far side for a stop, the near side for a target.
    """
    if direction is Direction.LONG:
        return instrument.price_at_or_below(price)
    return instrument.price_at_or_above(price)
