//! The last opposing candle before a break; twin of `domain/structure/order_block.py`.

use super::sided_bar::{Moment, SidedBar};
use super::snapshot::{SnapshotReader, SnapshotRefused, SnapshotWriter};
use super::squash::{float, for_each_number_of, larger, smaller};
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
        let mut lowest = 0;
        for (number, bar) in bars.iter().enumerate() {
            lowest = if bar.low <= bars[lowest].low { number } else { lowest };
        }
        self.low = bars[lowest].low;
        self.block = self.block_candle(&bars[lowest], &bars[..lowest]);
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
    worth: Worth,
}

impl OrderBlock {
    /// Give 1 / ((1 + d)(1 + touches)).
    fn weight(&self, close: f64, atr: f64) -> f64 {
        let away = distance_to_zone(close, self.bottom, self.top) / atr;
        1.0 / ((1.0 + away) * self.worth.crowd)
    }
}

/// What of a block's weight does not change with price: 1 + touches, and its shares as a block and as
/// a breaker, one of which is nothing and changes no bit of a sum.
#[derive(Clone, Copy, Debug)]
struct Worth {
    crowd: f64,
    as_block: f64,
    as_breaker: f64,
}

impl Worth {
    fn of(touches: i64, is_breaker: bool) -> Self {
        let (as_block, as_breaker) = if is_breaker { (0.0, 0.5) } else { (1.0, 0.0) };
        Self { crowd: 1.0 + float(touches), as_block, as_breaker }
    }
}

/// What a side's blocks count together: those that hold, and half of those that broke.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZoneWeights {
    pub blocks: f64,
    pub breakers: f64,
}

/// Where a bar must lie to change nothing for any block of a side but their age.
///
/// It stays out of those it was outside of, and inside of those it was inside of without closing
/// through them.
#[derive(Clone, Copy, Debug)]
struct QuietBar {
    low_above: f64,
    low_up_to: f64,
    close_from: f64,
    high_below: f64,
    high_from: f64,
    close_up_to: f64,
}

impl QuietBar {
    const ANY: Self = Self {
        low_above: f64::NEG_INFINITY,
        low_up_to: f64::INFINITY,
        close_from: f64::NEG_INFINITY,
        high_below: f64::INFINITY,
        high_from: f64::NEG_INFINITY,
        close_up_to: f64::INFINITY,
    };
    const NONE: Self = Self { low_above: f64::INFINITY, ..Self::ANY };

    fn for_all(blocks: &[OrderBlock]) -> Self {
        let (mut lowest, mut highest) = ([[f64::INFINITY; 2]; 4], [[f64::NEG_INFINITY; 2]; 4]);
        for block in blocks {
            let state = usize::from(block.is_breaker) * 2 + usize::from(block.is_inside);
            for (edge, price) in [block.bottom, block.top].into_iter().enumerate() {
                lowest[state][edge] = smaller(lowest[state][edge], price);
                highest[state][edge] = larger(highest[state][edge], price);
            }
        }
        let [[_, low_above], [close_from, _], _, [high_from, _]] = highest;
        let [_, [_, low_up_to], [high_below, _], [_, close_up_to]] = lowest;
        Self { low_above, low_up_to, close_from, high_below, high_from, close_up_to }
    }

    #[expect(clippy::needless_bitwise_bool, reason = "one jump instead of six that cannot be foreseen")]
    fn is(&self, bar: &SidedBar) -> bool {
        (bar.low > self.low_above)
            & (bar.low <= self.low_up_to)
            & (bar.close >= self.close_from)
            & (bar.high < self.high_below)
            & (bar.high >= self.high_from)
            & (bar.close <= self.close_up_to)
    }
}

/// The order blocks and breakers of one side, oldest first.
#[derive(Clone, Debug)]
pub struct OrderBlocks {
    rules: OrderBlockRules,
    kept: Vec<OrderBlock>,
    quiet: QuietBar,
}

impl OrderBlocks {
    pub fn new(rules: &OrderBlockRules) -> Self {
        Self { rules: rules.clone(), kept: Vec::new(), quiet: QuietBar::ANY }
    }

    /// Take the block that the broken leg leaves behind; it is active from the next bar on.
    #[inline(never)]
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
            worth: Worth::of(0, false),
        });
        self.quiet = QuietBar::NONE;
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
        let oldest = moment.bar - self.rules.max_age_bars;
        let has_one_too_old = self.kept.first().is_some_and(|block| block.created_bar < oldest);
        if !self.quiet.is(bar) || has_one_too_old {
            self.live_through(bar, moment, oldest);
        }
    }

    #[inline(never)]
    fn live_through(&mut self, bar: &SidedBar, moment: &Moment, oldest: i64) {
        let mut has_ended = self.kept.first().is_some_and(|block| block.created_bar < oldest);
        for block in self.kept.iter_mut().filter(|block| block.created_bar != moment.bar) {
            has_ended |= live_through(block, bar);
        }
        if has_ended {
            self.kept.retain(|block| block.created_bar >= oldest && !is_closed_through(block, bar));
        }
        self.quiet = QuietBar::for_all(&self.kept);
    }

    /// Add up the active blocks by nearness and freshness: 1 / ((1 + d)(1 + touches)).
    ///
    /// d is the distance of the close to the zone in ATR, 0 inside. A breaker counts half.
    pub fn weights(&self, close: f64, atr: f64, last_bar: i64) -> ZoneWeights {
        let mut weights = ZoneWeights { blocks: 0.0, breakers: 0.0 };
        for_each_number_of(
            self.active(last_bar),
            |block| block.weight(close, atr),
            |block, weight| {
                weights.blocks += block.worth.as_block * weight;
                weights.breakers += block.worth.as_breaker * weight;
            },
        );
        weights
    }

    /// Give the active block or breaker closest to the close, of equally close ones the youngest.
    pub fn nearest(&self, close: f64, last_bar: i64, is_breaker: bool) -> Option<&OrderBlock> {
        let (mut found, mut least) = (None, f64::INFINITY);
        for block in self.active(last_bar).iter().filter(|block| block.is_breaker == is_breaker) {
            let away = distance_to_zone(close, block.bottom, block.top);
            if away <= least {
                (found, least) = (Some(block), away);
            }
        }
        found
    }

    /// Give all blocks but the one that the last bar created, if it did.
    fn active(&self, last_bar: i64) -> &[OrderBlock] {
        match self.kept.as_slice() {
            [active @ .., newest] if newest.created_bar == last_bar => active,
            active => active,
        }
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
        self.quiet = QuietBar::NONE;
        Ok(())
    }
}

/// Give how far the close lies from the zone, in price; 0 inside.
pub fn distance_to_zone(close: f64, bottom: f64, top: f64) -> f64 {
    larger(larger(0.0, bottom - close), close - top)
}

/// Let one active block live through the bar; true when a breaker is closed through in turn.
#[expect(clippy::needless_bitwise_bool, reason = "one jump instead of several that cannot be foreseen")]
fn live_through(block: &mut OrderBlock, bar: &SidedBar) -> bool {
    let turns = !block.is_breaker & (bar.close < block.bottom);
    let is_from_below = block.is_breaker | turns;
    let is_inside = (is_from_below & (bar.high >= block.bottom)) | (!is_from_below & (bar.low <= block.top));
    let is_touched = is_inside & !block.is_inside;
    block.is_inside = is_inside;
    if turns {
        block.is_breaker = true;
        block.touches = 0;
        block.worth = Worth::of(0, true);
    } else if is_touched {
        block.touches += 1;
        block.worth = Worth::of(block.touches, block.is_breaker);
    }
    is_closed_through(block, bar)
}

/// Tell whether a breaker ends; a block that has just become one was closed through the other way.
fn is_closed_through(block: &OrderBlock, bar: &SidedBar) -> bool {
    block.is_breaker && bar.close > block.top
}

fn loaded(saved: &mut SnapshotReader) -> Result<OrderBlock, SnapshotRefused> {
    let (bottom, top) = (saved.number()?, saved.number()?);
    let (created_bar, created_ms) = (saved.whole()?, saved.whole()?);
    let (is_inside, is_breaker, touches) = (saved.flag()?, saved.flag()?, saved.whole()?);
    let worth = Worth::of(touches, is_breaker);
    Ok(OrderBlock { bottom, top, created_bar, created_ms, is_inside, is_breaker, touches, worth })
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
