"""The blocks, gaps and pools closest to price."""

from domain.structure.fair_value_gap import FairValueGap
from domain.structure.frame import Frame
from domain.structure.liquidity import LiquidityPools
from domain.structure.order_block import OrderBlock, distance_to_zone
from domain.structure.structure_view import Pool, Zone, ZoneKind


def nearest_bullish_block(middle: Frame, close: float) -> Zone | None:
    """Give the nearest block below that should hold: a bullish one, or a broken bearish one."""
    block = middle.up.blocks.nearest(close, middle.last_bar, is_breaker=False)
    breaker = middle.down.blocks.nearest(-close, middle.last_bar, is_breaker=True)
    return _nearer(_block_zone(block), _turned_back(_block_zone(breaker)), close)


def nearest_bearish_block(middle: Frame, close: float) -> Zone | None:
    """Give the nearest block above that should hold: a bearish one, or a broken bullish one."""
    block = middle.down.blocks.nearest(-close, middle.last_bar, is_breaker=False)
    breaker = middle.up.blocks.nearest(close, middle.last_bar, is_breaker=True)
    return _nearer(_turned_back(_block_zone(block)), _block_zone(breaker), close)


def nearest_bullish_gap(base: Frame, close: float) -> Zone | None:
    """Give what is still open of the nearest bullish gap."""
    return _gap_zone(base.up.gaps.nearest(close))


def nearest_bearish_gap(base: Frame, close: float) -> Zone | None:
    """Give what is still open of the nearest bearish gap."""
    return _turned_back(_gap_zone(base.down.gaps.nearest(-close)))


def nearest_pools_above(pools: LiquidityPools, close: float) -> tuple[Pool, ...]:
    """Give at most three unswept pools above the close, nearest first."""
    return tuple(Pool(pool.level, pool.count) for pool in pools.nearest(close))


def nearest_pools_below(pools: LiquidityPools, close: float) -> tuple[Pool, ...]:
    """Give at most three unswept pools below the close, nearest first."""
    return tuple(Pool(-pool.level, pool.count) for pool in pools.nearest(-close))


def _nearer(block: Zone | None, breaker: Zone | None, close: float) -> Zone | None:
    """Give the closer of two zones, of equally close ones the younger, the block if of one age."""
    if block is None or breaker is None:
        return block or breaker
    block_away = distance_to_zone(close, block.bottom, block.top)
    breaker_away = distance_to_zone(close, breaker.bottom, breaker.top)
    if block_away == breaker_away:
        return block if block.created_ms >= breaker.created_ms else breaker
    return block if block_away < breaker_away else breaker


def _block_zone(block: OrderBlock | None) -> Zone | None:
    if block is None:
        return None
    kind = ZoneKind.BREAKER if block.is_breaker else ZoneKind.ORDER_BLOCK
    return Zone(kind, block.bottom, block.top, block.created_ms)


def _gap_zone(gap: FairValueGap | None) -> Zone | None:
    if gap is None:
        return None
    return Zone(ZoneKind.FAIR_VALUE_GAP, gap.bottom, gap.edge, gap.created_ms)


def _turned_back(zone: Zone | None) -> Zone | None:
    """Give a zone of the down side at its true prices."""
    if zone is None:
        return None
    return Zone(zone.kind, -zone.top, -zone.bottom, zone.created_ms)
