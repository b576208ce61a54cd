//! One symbol's chart on three timeframes at once; twin of `domain/structure/three_frames.py`.

use super::chart_side::Kept;
use super::dealing_range::DealingRange;
use super::frame::Frame;
use super::liquidity::NearestPools;
use super::order_flow::OrderFlow;
use super::participation::Participation;
use super::snapshot::{SnapshotReader, SnapshotRefused, SnapshotWriter};
use super::structure_config::StructureConfig;
use crate::candle::Candle;
use crate::candle_aggregator::{CandleAggregator, LengthsRefused};
use crate::killzone::KillzoneClock;

const KEPT_OF_BASE: Kept = Kept { blocks: false, gaps: true, pools: true };
const KEPT_OF_MIDDLE: Kept = Kept { blocks: true, gaps: false, pools: true };
const KEPT_OF_HIGHER: Kept = Kept { blocks: false, gaps: false, pools: false };

/// The base frame and the two longer ones that grow out of its bars.
///
/// A longer bar is read when it is complete and never while it forms, but for the highs and lows of
/// its closed base bars, which widen the middle frame's dealing range.
#[derive(Clone, Debug)]
pub struct ThreeFrames {
    to_middle: CandleAggregator,
    to_higher: CandleAggregator,
    clock: KillzoneClock,
    pub base: Frame,
    pub middle: Frame,
    pub nearest_pools: NearestPools,
    pub higher: Frame,
    pub flow: OrderFlow,
    pub participation: Participation,
    pub killzone: f64,
    pub last: Option<Candle>,
}

impl ThreeFrames {
    pub fn new(config: &StructureConfig) -> Result<Self, LengthsRefused> {
        let (base, middle, higher) = (config.base_step_ms, config.middle_step_ms, config.higher_step_ms);
        Ok(Self {
            to_middle: CandleAggregator::new(base, middle)?,
            to_higher: CandleAggregator::new(base, higher)?,
            clock: KillzoneClock::at(0),
            base: Frame::new(base, config, KEPT_OF_BASE),
            middle: Frame::new(middle, config, KEPT_OF_MIDDLE),
            nearest_pools: NearestPools::new(&config.liquidity),
            higher: Frame::new(higher, config, KEPT_OF_HIGHER),
            flow: OrderFlow::new(&config.order_flow),
            participation: Participation::new(&config.participation),
            killzone: 0.0,
            last: None,
        })
    }

    /// Take one closed base bar that has been checked.
    pub fn update(&mut self, bar: &Candle) {
        self.to_middle.fold(bar, |middle_bar| self.middle.update(middle_bar));
        self.to_higher.fold(bar, |higher_bar| self.higher.update(higher_bar));
        self.base.update(bar);
        self.weigh(bar.close);
        self.flow.update(bar);
        self.participation.update(bar.volume);
        self.killzone = self.clock.turn_to(bar.open_time_ms);
        self.last = Some(*bar);
    }

    fn weigh(&mut self, close: f64) {
        let middle = &self.middle;
        self.nearest_pools.weigh(&middle.up.pools, &middle.down.pools, close, middle.atr.now);
    }

    /// Tell whether everything that the twelve features read is known.
    pub fn is_ready(&self) -> bool {
        self.base.atr.before > 0.0
            && self.base.atr.now > 0.0
            && self.middle.atr.now > 0.0
            && self.higher.atr.now >= 0.0
            && self.participation.is_known()
            && self.middle.dealing_range().is_some()
    }

    /// Give the middle frame's range, the closed base bars of its forming bar included.
    pub fn dealing_range(&self) -> Option<DealingRange> {
        let dealing_range = self.middle.dealing_range()?;
        Some(match self.to_middle.growing() {
            Some(growing) => dealing_range.widened_by(growing.low, growing.high),
            None => dealing_range,
        })
    }

    /// Write the state.
    pub fn save(&self, out: &mut SnapshotWriter) {
        out.candle(self.to_middle.growing());
        out.candle(self.to_higher.growing());
        out.number(self.killzone);
        out.candle(self.last.as_ref());
        self.base.save(out);
        self.middle.save(out);
        self.higher.save(out);
        self.flow.save(out);
        self.participation.save(out);
    }

    /// Read the state back.
    pub fn load(&mut self, saved: &mut SnapshotReader) -> Result<(), SnapshotRefused> {
        self.to_middle.resume(saved.candle()?);
        self.to_higher.resume(saved.candle()?);
        self.killzone = saved.number()?;
        self.last = saved.candle()?;
        self.base.load(saved)?;
        self.middle.load(saved)?;
        self.higher.load(saved)?;
        self.flow.load(saved)?;
        self.participation.load(saved)?;
        self.weigh(self.last.map_or(0.0, |last| last.close));
        Ok(())
    }
}
