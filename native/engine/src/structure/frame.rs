//! One timeframe of a chart; twin of `domain/structure/frame.py`.

use super::average_true_range::AverageTrueRange;
use super::break_of_structure::Trend;
use super::chart_side::{ChartSide, Kept};
use super::dealing_range::DealingRange;
use super::displacement::{LastDisplacement, displacement_of};
use super::liquidity::LastSweep;
use super::sided_bar::{Moment, SidedBar, turned_over, upright};
use super::snapshot::{SnapshotReader, SnapshotRefused, SnapshotWriter};
use super::structure_config::{DisplacementRules, StructureConfig};
use super::structure_view::FrameView;
use crate::candle::Candle;

/// The structure of one timeframe, bar by closed bar.
///
/// The order within a bar is part of the definition: ATR, displacement, both sides' breaks, zones,
/// sweeps, extremes and legs, then trend and sweep, and last the swing that the bar confirms.
#[derive(Clone, Debug)]
pub struct Frame {
    step_ms: i64,
    rules: DisplacementRules,
    bars: i64,
    last_open_times_ms: [Option<i64>; 2],
    pub atr: AverageTrueRange,
    pub displacement: LastDisplacement,
    pub trend: Trend,
    pub sweep: LastSweep,
    pub up: ChartSide,
    pub down: ChartSide,
}

impl Frame {
    pub fn new(step_ms: i64, config: &StructureConfig, keeps: Kept) -> Self {
        Self {
            step_ms,
            rules: config.displacement.clone(),
            bars: 0,
            last_open_times_ms: [None; 2],
            atr: AverageTrueRange::new(&config.average_true_range),
            displacement: LastDisplacement::new(),
            trend: Trend::new(&config.trend),
            sweep: LastSweep::new(&config.liquidity),
            up: ChartSide::new(config, keeps),
            down: ChartSide::new(config, keeps),
        }
    }

    /// The number of the last closed bar, counted from 0; -1 before the first.
    pub fn last_bar(&self) -> i64 {
        self.bars - 1
    }

    /// Take one closed candle of this timeframe.
    pub fn update(&mut self, candle: &Candle) {
        let (atr_before, atr) = self.atr.update(candle.high, candle.low, candle.close);
        self.displacement.update(displacement_of(candle, atr_before, &self.rules));
        let moment = self.moment(candle, atr_before, atr);
        let (up_bar, down_bar) = (upright(candle), turned_over(candle));
        self.see_both_sides(&up_bar, &down_bar, &moment);
        self.up.confirm(&up_bar, &moment);
        self.down.confirm(&down_bar, &moment);
    }

    fn moment(&mut self, candle: &Candle, atr_before: f64, atr: f64) -> Moment {
        let now_ms = candle.open_time_ms;
        let is_third_in_row = self.is_third_in_row(now_ms).unwrap_or(false);
        self.last_open_times_ms = [self.last_open_times_ms[1], Some(now_ms)];
        self.bars += 1;
        Moment { bar: self.last_bar(), open_time_ms: now_ms, atr_before, atr, is_third_in_row }
    }

    fn is_third_in_row(&self, now_ms: i64) -> Option<bool> {
        let second_ms = now_ms.checked_sub(self.step_ms)?;
        let first_ms = second_ms.checked_sub(self.step_ms)?;
        Some(self.last_open_times_ms == [Some(first_ms), Some(second_ms)])
    }

    fn see_both_sides(&mut self, up_bar: &SidedBar, down_bar: &SidedBar, moment: &Moment) {
        let broke_up = self.up.has_broken(up_bar, moment);
        let highs_swept = self.up.live_through(up_bar, moment);
        let broke_down = self.down.has_broken(down_bar, moment);
        let lows_swept = self.down.live_through(down_bar, moment);
        self.trend.update(i64::from(broke_up) - i64::from(broke_down));
        self.sweep.update(highs_swept, lows_swept);
    }

    /// Give the range between the last swings, or None before a swing on either side.
    pub fn dealing_range(&self) -> Option<DealingRange> {
        let (top, mirrored_bottom) = (self.up.extreme.price, self.down.extreme.price);
        if top.is_nan() || mirrored_bottom.is_nan() {
            return None;
        }
        Some(DealingRange { bottom: -mirrored_bottom, top })
    }

    /// Show trend, last break and ATR.
    pub fn view(&self) -> FrameView {
        let trend = &self.trend;
        FrameView {
            trend: trend.direction,
            last_event: trend.direction,
            is_last_event_choch: trend.is_choch,
            event_age_bars: trend.age_bars,
            atr: self.atr.now,
            step_ms: self.step_ms,
        }
    }

    /// Write the state.
    pub fn save(&self, out: &mut SnapshotWriter) {
        out.whole(self.bars);
        out.length(self.last_open_times_ms.iter().flatten().count());
        for &open_time_ms in self.last_open_times_ms.iter().flatten() {
            out.whole(open_time_ms);
        }
        self.atr.save(out);
        self.displacement.save(out);
        self.trend.save(out);
        self.sweep.save(out);
        self.up.save(out);
        self.down.save(out);
    }

    /// Read the state back.
    pub fn load(&mut self, saved: &mut SnapshotReader) -> Result<(), SnapshotRefused> {
        self.bars = saved.whole()?;
        for open_time_ms in saved.each(SnapshotReader::whole)? {
            self.last_open_times_ms = [self.last_open_times_ms[1], Some(open_time_ms)];
        }
        self.atr.load(saved)?;
        self.displacement.load(saved)?;
        self.trend.load(saved)?;
        self.sweep.load(saved)?;
        self.up.load(saved)?;
        self.down.load(saved)
    }
}
