//! The blocks, gaps and pools closest to price; twin of `domain/structure/nearest_zone.py`.

use super::fair_value_gap::FairValueGap;
use super::frame::Frame;
use super::liquidity::LiquidityPools;
use super::order_block::{OrderBlock, distance_to_zone};
use super::structure_view::{Pool, Zone, ZoneKind};

/// Give the nearest block below that should hold: a bullish one, or a broken bearish one.
pub fn nearest_bullish_block(middle: &Frame, close: f64) -> Option<Zone> {
    let block = middle.up.blocks.nearest(close, middle.last_bar(), false);
    let breaker = middle.down.blocks.nearest(-close, middle.last_bar(), true);
    nearer(block.map(block_zone), breaker.map(block_zone).map(turned_back), close)
}

/// Give the nearest block above that should hold: a bearish one, or a broken bullish one.
pub fn nearest_bearish_block(middle: &Frame, close: f64) -> Option<Zone> {
    let block = middle.down.blocks.nearest(-close, middle.last_bar(), false);
    let breaker = middle.up.blocks.nearest(close, middle.last_bar(), true);
    nearer(block.map(block_zone).map(turned_back), breaker.map(block_zone), close)
}

/// Give what is still open of the nearest bullish gap.
pub fn nearest_bullish_gap(base: &Frame, close: f64) -> Option<Zone> {
    base.up.gaps.nearest(close).map(gap_zone)
}

/// Give what is still open of the nearest bearish gap.
pub fn nearest_bearish_gap(base: &Frame, close: f64) -> Option<Zone> {
    base.down.gaps.nearest(-close).map(gap_zone).map(turned_back)
}

/// Give at most three unswept pools above the close, nearest first.
pub fn nearest_pools_above(pools: &LiquidityPools, close: f64) -> Vec<Pool> {
    pools.nearest(close).map(|pool| Pool { level: pool.level, count: pool.count }).collect()
}

/// Give at most three unswept pools below the close, nearest first.
pub fn nearest_pools_below(pools: &LiquidityPools, close: f64) -> Vec<Pool> {
    pools.nearest(-close).map(|pool| Pool { level: -pool.level, count: pool.count }).collect()
}

/// Give the closer of two zones, of equally close ones the younger, the block if of one age.
fn nearer(block: Option<Zone>, breaker: Option<Zone>, close: f64) -> Option<Zone> {
    let (Some(block), Some(breaker)) = (block, breaker) else { return block.or(breaker) };
    let block_away = distance_to_zone(close, block.bottom, block.top);
    let breaker_away = distance_to_zone(close, breaker.bottom, breaker.top);
    let is_block =
        block_away < breaker_away || (block_away == breaker_away && block.created_ms >= breaker.created_ms);
    Some(if is_block { block } else { breaker })
}

fn block_zone(block: &OrderBlock) -> Zone {
    let kind = if block.is_breaker { ZoneKind::Breaker } else { ZoneKind::OrderBlock };
    Zone { kind, bottom: block.bottom, top: block.top, created_ms: block.created_ms }
}

fn gap_zone(gap: &FairValueGap) -> Zone {
    Zone { kind: ZoneKind::FairValueGap, bottom: gap.bottom, top: gap.edge, created_ms: gap.created_ms }
}

/// Give a zone of the down side at its true prices.
fn turned_back(zone: Zone) -> Zone {
    Zone { bottom: -zone.top, top: -zone.bottom, ..zone }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(kind: ZoneKind, bottom: f64, created_ms: i64) -> Zone {
        Zone { kind, bottom, top: bottom + 1.0, created_ms }
    }

    #[test]
    fn the_closer_zone_wins_then_the_younger_then_the_block() {
        let block = |bottom, created_ms| Some(zone(ZoneKind::OrderBlock, bottom, created_ms));
        let breaker = |bottom, created_ms| Some(zone(ZoneKind::Breaker, bottom, created_ms));
        let kind = |block, breaker| nearer(block, breaker, 10.0).map(|zone| zone.kind);
        assert_eq!(kind(None, None), None);
        assert_eq!(kind(block(1.0, 0), None), Some(ZoneKind::OrderBlock));
        assert_eq!(kind(None, breaker(1.0, 0)), Some(ZoneKind::Breaker));
        assert_eq!(kind(block(8.0, 0), breaker(7.0, 5)), Some(ZoneKind::OrderBlock));
        assert_eq!(kind(block(7.0, 5), breaker(8.0, 0)), Some(ZoneKind::Breaker));
        assert_eq!(kind(block(8.0, 0), breaker(8.0, 5)), Some(ZoneKind::Breaker));
        assert_eq!(kind(block(8.0, 5), breaker(8.0, 5)), Some(ZoneKind::OrderBlock));
    }
}
