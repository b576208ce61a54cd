//! The last opposing candle before a break; twin of `domain/structure/order_block.py`.

use super::sided_bar::{Moment, SidedBar};
use super::snapshot::{SnapshotReader, SnapshotRefused, SnapshotWriter};
use super::squash::{float, larger, smaller};
use super::structure_config::{OrderBlockRules, room_for};

/// The way from a live swing high to now: its lowest low and the candle that would be the block.
#[derive(Clone, Debug)]
pub struct Leg {
    reach: usize,
    low: f64,
    block: SidedBar,
}

impl Leg {
    pub fn new(rules: &OrderBlockRules) -> Self {
        let unknown = f64::NAN;
        let block = SidedBar { open: unknown, high: unknown, low: unknown, close: unknown };
        Self { reach: room_for(rules.reach_bars), low: unknown, block }
    }

    /// Start again from a confirmed swing high's own bar, the first of these.
    pub fn rebuild(&mut self, bars: &[SidedBar]) {
        self.low = bars[0].low;
        for (number, bar) in bars.iter().enumerate() {
            self.extend(bar, &bars[..number]);
        }
    }

    /// Take the next bar; of equal lows the latest counts.
    pub fn extend(&mut self, bar: &SidedBar, before: &[SidedBar]) {
        if bar.low <= self.low {
            self.low = bar.low;
            self.block = self.block_candle(bar, before);
        }
    }

    fn block_candle(&self, bar: &SidedBar, before: &[SidedBar]) -> SidedBar {
        let latest_first = std::iter::once(bar).chain(before.iter().rev().take(self.reach));
        *latest_first.into_iter().find(|candidate| candidate.close < candidate.open).unwrap_or(bar)
    }

    /// Write the state.
    pub fn save(&self, out: &mut SnapshotWriter) {
        let SidedBar { open, high, low, close } = self.block;
        for price in [self.low, open, high, low, close] {
            out.number(price);
        }
    }

    /// Read the state back.
    pub fn load(&mut self, saved: &mut SnapshotReader) -> Result<(), SnapshotRefused> {
        self.low = saved.number()?;
        self.block = SidedBar {
            open: saved.number()?,
            high: saved.number()?,
            low: saved.number()?,
            close: saved.number()?,
        };
        Ok(())
    }
}

/// A zone that price left with a break; once closed through it is a breaker for the other side.
///
/// `is_inside` tells whether the last bar reached the zone from where price belongs, so that only an
/// entry from outside counts as a touch.
#[derive(Clone, Copy, Debug)]
pub struct OrderBlock {
    pub bottom: f64,
    pub top: f64,
    pub created_bar: i64,
    pub created_ms: i64,
    pub is_inside: bool,
    pub is_breaker: bool,
    pub touches: i64,
}

/// What a side's blocks count together: those that hold, and half of those that broke.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZoneWeights {
    pub blocks: f64,
    pub breakers: f64,
}

/// The order blocks and breakers of one side, oldest first.
#[derive(Clone, Debug)]
pub struct OrderBlocks {
    rules: OrderBlockRules,
    kept: Vec<OrderBlock>,
}

impl OrderBlocks {
    pub fn new(rules: &OrderBlockRules) -> Self {
        Self { rules: rules.clone(), kept: Vec::new() }
    }

    /// Take the block that the broken leg leaves behind; it is active from the next bar on.
    pub fn create(&mut self, leg: &Leg, bar: &SidedBar, moment: &Moment) {
        let (bottom, top) = self.zone(leg, moment.atr);
        if top <= bottom {
            return;
        }
        if self.kept.len() >= room_for(self.rules.kept) {
            self.kept.remove(0);
        }
        self.kept.push(OrderBlock {
            bottom,
            top,
            created_bar: moment.bar,
            created_ms: moment.open_time_ms,
            is_inside: bar.low <= top,
            is_breaker: false,
            touches: 0,
        });
    }

    fn zone(&self, leg: &Leg, atr: f64) -> (f64, f64) {
        let SidedBar { open, high, low, close } = leg.block;
        let bottom = smaller(low, leg.low);
        if high - bottom > self.rules.max_height_atr * atr {
            return (smaller(open, close), larger(open, close));
        }
        (bottom, high)
    }

    /// Let every active block live through the bar: age, break, touch or end.
    pub fn update(&mut self, bar: &SidedBar, moment: &Moment) {
        let max_age_bars = self.rules.max_age_bars;
        self.kept.retain_mut(|block| {
            let age = moment.bar - block.created_bar;
            !(age > max_age_bars || (age > 0 && ends(block, bar)))
        });
    }

    /// Add up the active blocks by nearness and freshness: 1 / ((1 + d)(1 + touches)).
    ///
    /// d is the distance of the close to the zone in ATR, 0 inside. A breaker counts half.
    pub fn weights(&self, close: f64, atr: f64, last_bar: i64) -> ZoneWeights {
        let (mut blocks, mut breakers) = (0.0, 0.0);
        for block in self.active(last_bar) {
            let away = distance_to_zone(close, block.bottom, block.top) / atr;
            let weight = 1.0 / ((1.0 + away) * (1.0 + float(block.touches)));
            if block.is_breaker {
                breakers += 0.5 * weight;
            } else {
                blocks += weight;
            }
        }
        ZoneWeights { blocks, breakers }
    }

    /// Give the active block or breaker closest to the close, of equally close ones the youngest.
    pub fn nearest(&self, close: f64, last_bar: i64, is_breaker: bool) -> Option<&OrderBlock> {
        let (mut found, mut least) = (None, f64::INFINITY);
        for block in self.active(last_bar).filter(|block| block.is_breaker == is_breaker) {
            let away = distance_to_zone(close, block.bottom, block.top);
            if away <= least {
                (found, least) = (Some(block), away);
            }
        }
        found
    }

    fn active(&self, last_bar: i64) -> impl Iterator<Item = &OrderBlock> {
        self.kept.iter().filter(move |block| block.created_bar != last_bar)
    }

    /// Write the state.
    pub fn save(&self, out: &mut SnapshotWriter) {
        out.length(self.kept.len());
        for block in &self.kept {
            out.number(block.bottom);
            out.number(block.top);
            out.whole(block.created_bar);
            out.whole(block.created_ms);
            out.flag(block.is_inside);
            out.flag(block.is_breaker);
            out.whole(block.touches);
        }
    }

    /// Read the state back.
    pub fn load(&mut self, saved: &mut SnapshotReader) -> Result<(), SnapshotRefused> {
        self.kept = saved.each(loaded)?;
        Ok(())
    }
}

/// Give how far the close lies from the zone, in price; 0 inside.
pub fn distance_to_zone(close: f64, bottom: f64, top: f64) -> f64 {
    if close < bottom {
        bottom - close
    } else if close > top {
        close - top
    } else {
        0.0
    }
}

/// Let one active block live through the bar; true when a breaker is closed through in turn.
fn ends(block: &mut OrderBlock, bar: &SidedBar) -> bool {
    if block.is_breaker {
        touch(block, bar.high >= block.bottom);
        return bar.close > block.top;
    }
    if bar.close < block.bottom {
        block.is_breaker = true;
        block.touches = 0;
        block.is_inside = bar.high >= block.bottom;
    } else {
        touch(block, bar.low <= block.top);
    }
    false
}

fn touch(block: &mut OrderBlock, is_inside: bool) {
    block.touches += i64::from(is_inside && !block.is_inside);
    block.is_inside = is_inside;
}

fn loaded(saved: &mut SnapshotReader) -> Result<OrderBlock, SnapshotRefused> {
    Ok(OrderBlock {
        bottom: saved.number()?,
        top: saved.number()?,
        created_bar: saved.whole()?,
        created_ms: saved.whole()?,
        is_inside: saved.flag()?,
        is_breaker: saved.flag()?,
        touches: saved.whole()?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::structure_config::StructureConfig;
    use super::*;

    fn bar(open: f64, high: f64, low: f64, close: f64) -> SidedBar {
        SidedBar { open, high, low, close }
    }

    fn moment(number: i64) -> Moment {
        Moment { bar: number, open_time_ms: number, atr_before: 10.0, atr: 10.0, is_third_in_row: true }
    }

    fn one_block() -> OrderBlocks {
        let rules = StructureConfig::default().order_block;
        let mut leg = Leg::new(&rules);
        leg.rebuild(&[bar(14.0, 15.0, 13.0, 13.5), bar(13.0, 14.0, 10.0, 11.0), bar(11.0, 12.0, 10.5, 11.8)]);
        let mut blocks = OrderBlocks::new(&rules);
        blocks.create(&leg, &bar(12.0, 17.0, 14.5, 16.0), &moment(0));
        blocks
    }

    #[test]
    fn the_block_is_the_last_down_candle_before_the_low() {
        let blocks = one_block();
        assert_eq!((blocks.kept[0].bottom, blocks.kept[0].top), (10.0, 14.0));
        assert_eq!(blocks.weights(16.0, 2.0, 0), ZoneWeights { blocks: 0.0, breakers: 0.0 });
        assert_eq!(blocks.weights(16.0, 2.0, 1), ZoneWeights { blocks: 0.5, breakers: 0.0 });
    }

    #[test]
    fn a_block_is_touched_turned_and_closed_through() {
        let mut blocks = one_block();
        let life = [
            (bar(15.0, 16.0, 13.0, 15.0), (false, 1)),
            (bar(15.0, 16.0, 13.0, 15.0), (false, 1)),
            (bar(13.0, 13.0, 8.0, 9.0), (true, 0)),
            (bar(9.0, 9.5, 8.0, 9.0), (true, 0)),
            (bar(9.0, 10.0, 8.0, 9.0), (true, 1)),
        ];
        for (number, (bar, expected)) in (1..).zip(life) {
            blocks.update(&bar, &moment(number));
            assert_eq!((blocks.kept[0].is_breaker, blocks.kept[0].touches), expected);
        }
        assert!(blocks.nearest(9.0, 9, false).is_none() && blocks.nearest(9.0, 9, true).is_some());
        blocks.update(&bar(9.0, 15.0, 9.0, 14.5), &moment(6));
        assert!(blocks.kept.is_empty());
    }

    #[test]
    fn a_block_ends_of_age() {
        let mut blocks = one_block();
        blocks.update(&bar(20.0, 20.0, 20.0, 20.0), &moment(500));
        assert_eq!(blocks.kept.len(), 1);
        blocks.update(&bar(20.0, 20.0, 20.0, 20.0), &moment(501));
        assert!(blocks.kept.is_empty());
    }
}
