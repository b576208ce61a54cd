//! Everything a timeframe knows about one side of its chart; twin of `domain/structure/chart_side.py`.

use super::break_of_structure::SwingLevel;
use super::dealing_range::RunningExtreme;
use super::fair_value_gap::FairValueGaps;
use super::liquidity::LiquidityPools;
use super::order_block::{Leg, OrderBlocks};
use super::recent::Recent;
use super::sided_bar::{Moment, SidedBar};
use super::snapshot::{SnapshotReader, SnapshotRefused, SnapshotWriter};
use super::structure_config::{StructureConfig, room_for};
use super::swing::SwingWatch;

/// Which structures a timeframe keeps; what no feature and no view reads is not followed.
///
/// Swings, breaks and the running extreme are always kept, and the leg where the blocks are.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    pub blocks: bool,
    pub gaps: bool,
    pub pools: bool,
}

/// The up side: swing highs, what breaks them, what that leaves below, and the pools above.
///
/// The down side is the same on turned-over bars; its prices are negated and its zones upside down.
#[derive(Clone, Debug)]
pub struct ChartSide {
    keeps: Kept,
    watch: SwingWatch,
    bars: Recent<SidedBar>,
    leg: Leg,
    level: SwingLevel,
    pub extreme: RunningExtreme,
    pub blocks: OrderBlocks,
    pub gaps: FairValueGaps,
    pub pools: LiquidityPools,
}

impl ChartSide {
    pub fn new(config: &StructureConfig, keeps: Kept) -> Self {
        let reach = config.swing.reach_bars;
        let bars_kept = (2 * reach + 1).max(config.order_block.reach_bars).max(2);
        Self {
            keeps,
            watch: SwingWatch::new(room_for(reach)),
            bars: Recent::new(room_for(bars_kept)),
            leg: Leg::new(&config.order_block),
            level: SwingLevel::new(),
            extreme: RunningExtreme::new(),
            blocks: OrderBlocks::new(&config.order_block),
            gaps: FairValueGaps::new(&config.fair_value_gap),
            pools: LiquidityPools::new(&config.liquidity),
        }
    }

    /// Tell whether the bar closes above the live swing high, and keep the block it leaves.
    #[inline]
    pub fn has_broken(&mut self, bar: &SidedBar, moment: &Moment) -> bool {
        let is_broken = self.level.break_by(bar.close);
        if is_broken && self.keeps.blocks {
            self.blocks.create(&self.leg, bar, moment);
        }
        is_broken
    }

    /// Let zones, pools, extreme and leg take the bar; give the magnitude of what it swept.
    #[inline]
    pub fn live_through(&mut self, bar: &SidedBar, moment: &Moment) -> f64 {
        if self.keeps.gaps {
            self.gaps.update(bar, moment);
            self.gaps.find(bar, self.bars.as_slice(), moment);
        }
        if self.keeps.blocks {
            self.blocks.update(bar, moment);
            if self.level.is_live {
                self.leg.extend(bar, self.bars.as_slice());
            }
        }
        self.extreme.update(bar.high);
        if self.keeps.pools { self.pools.sweep(bar, moment) } else { 0.0 }
    }

    /// Keep the bar, and take the swing high it confirms, if it does.
    #[inline]
    pub fn confirm(&mut self, bar: &SidedBar, moment: &Moment) {
        self.bars.push(*bar);
        let since_swing = self.watch.since_swing_high(self.bars.as_slice());
        let swing_bars = since_swing.len();
        if swing_bars > 0 {
            self.take_swing(swing_bars, moment);
        }
    }

    #[inline(never)]
    fn take_swing(&mut self, swing_bars: usize, moment: &Moment) {
        let bars = self.bars.as_slice();
        let since_swing = &bars[bars.len() - swing_bars..];
        if let Some(swing) = since_swing.first() {
            self.level.confirm(swing.high);
            self.extreme.restart(swing.high);
            if self.keeps.blocks {
                self.leg.rebuild(since_swing);
            }
            if self.keeps.pools {
                self.pools.add(swing.high, moment);
            }
        }
    }

    /// Write the state.
    pub fn save(&self, out: &mut SnapshotWriter) {
        out.length(self.bars.len());
        for bar in self.bars.as_slice() {
            for price in [bar.open, bar.high, bar.low, bar.close] {
                out.number(price);
            }
        }
        self.level.save(out);
        self.extreme.save(out);
        if self.keeps.blocks {
            self.leg.save(out);
            self.blocks.save(out);
        }
        if self.keeps.gaps {
            self.gaps.save(out);
        }
        if self.keeps.pools {
            self.pools.save(out);
        }
    }

    /// Read the state back.
    pub fn load(&mut self, saved: &mut SnapshotReader) -> Result<(), SnapshotRefused> {
        self.bars.refill(saved.each(|saved| {
            Ok(SidedBar {
                open: saved.number()?,
                high: saved.number()?,
                low: saved.number()?,
                close: saved.number()?,
            })
        })?);
        self.watch.look_again(self.bars.as_slice());
        self.level.load(saved)?;
        self.extreme.load(saved)?;
        if self.keeps.blocks {
            self.leg.load(saved)?;
            self.blocks.load(saved)?;
        }
        if self.keeps.gaps {
            self.gaps.load(saved)?;
        }
        if self.keeps.pools {
            self.pools.load(saved)?;
        }
        Ok(())
    }
}
