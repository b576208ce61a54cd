//! The twelve numbers that the learner sees, in the order of `FEATURE_NAMES`; twin of
//! `domain/structure/features.py`.

use super::break_of_structure::Trend;
use super::frame::Frame;
use super::squash::{float, larger, saturation, smaller, squash};
use super::structure_view::Features;
use super::three_frames::ThreeFrames;
use crate::candle::Candle;

const HALF_BODY_ATR: f64 = 1.5;

/// Give the twelve features at the close of this base bar, or None while not ready.
pub fn features_of(frames: &ThreeFrames, bar: &Candle) -> Option<Features> {
    if !frames.is_ready() {
        return None;
    }
    let ThreeFrames { base, middle, higher, .. } = frames;
    Some([
        higher.trend.strength(),
        order_blocks(middle, bar.close),
        institutional_candle(bar, base.atr.before, frames.participation.of_this_bar()),
        base.sweep.strength(),
        frames.flow.imbalance(),
        fair_value_gaps(base, bar.close),
        trend_alignment(&base.trend, &middle.trend, &higher.trend),
        position_in_range(frames, bar.close),
        middle.trend.integrity(),
        participation(frames),
        convergence(&base.trend, &middle.trend, &higher.trend),
        liquidity_context(frames),
    ])
}

/// Weigh bullish blocks against bearish ones; a breaker supports the opposite side.
fn order_blocks(middle: &Frame, close: f64) -> f64 {
    let up = middle.up.blocks.weights(close, middle.atr.now, middle.last_bar());
    let down = middle.down.blocks.weights(-close, middle.atr.now, middle.last_bar());
    squash((up.blocks + down.breakers) - (down.blocks + up.breakers))
}

/// Give how much the bar looks like a large player's: full body, long in ATR, on high volume.
fn institutional_candle(bar: &Candle, atr_before: f64, volume_ratio: f64) -> f64 {
    let body = bar.close - bar.open;
    if body == 0.0 {
        return 0.0;
    }
    let fullness = body / (bar.high - bar.low);
    fullness * saturation(body.abs() / atr_before, HALF_BODY_ATR) * saturation(volume_ratio, 1.0)
}

/// Weigh open bullish gaps against open bearish ones.
fn fair_value_gaps(base: &Frame, close: f64) -> f64 {
    let bullish = base.up.gaps.weight(close, base.atr.now);
    let bearish = base.down.gaps.weight(-close, base.atr.now);
    squash(bullish - bearish)
}

/// Give the three trends together, the longer the heavier: (3 H + 2 M + B) / 6.
fn trend_alignment(base: &Trend, middle: &Trend, higher: &Trend) -> f64 {
    float(3 * higher.direction + 2 * middle.direction + base.direction) / 6.0
}

/// Give where the close lies in the dealing range, -1 at its bottom to +1 at its top.
fn position_in_range(frames: &ThreeFrames, close: f64) -> f64 {
    frames.dealing_range().map_or(0.0, |dealing_range| dealing_range.position_of(close))
}

/// Give how busy the market is: volume against before, and the hour in New York.
fn participation(frames: &ThreeFrames) -> f64 {
    let busyness = saturation(frames.participation.of_recent_bars(), 1.0);
    0.75 * busyness + 0.25 * frames.killzone
}

/// Give 1 when the three trends are of one mind and 0 when the strongest oppose each other.
fn convergence(base: &Trend, middle: &Trend, higher: &Trend) -> f64 {
    let (high, mid, low) = (higher.strength(), middle.strength(), base.strength());
    let strongest = larger(larger(high, mid), low);
    let weakest = smaller(smaller(high, mid), low);
    1.0 - (strongest - weakest) / 2.0
}

/// Weigh the pools above against those below: (U - D) / (U + D), 0 without any.
fn liquidity_context(frames: &ThreeFrames) -> f64 {
    let [above, below] = frames.nearest_pools.weights();
    let both = above + below;
    if both > 0.0 { (above - below) / both } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candle(open: f64, close: f64) -> Candle {
        let (high, low) = (12.0, 8.0);
        Candle { open_time_ms: 0, open, high, low, close, volume: 1.0, taker_buy_volume: 0.5 }
    }

    #[test]
    fn a_full_long_busy_body_looks_institutional() {
        assert_eq!(institutional_candle(&candle(10.0, 10.0), 1.0, 1.0), 0.0);
        assert_eq!(institutional_candle(&candle(9.0, 12.0), 2.0, 3.0), 0.75 * 0.5 * 0.75);
        assert_eq!(institutional_candle(&candle(12.0, 9.0), 2.0, 3.0), -0.75 * 0.5 * 0.75);
    }
}
