//! Market structure of one symbol, bar by closed bar; twin of `domain/structure/structure_engine.py`.

use super::features::features_of;
use super::nearest_zone::{
    nearest_bearish_block, nearest_bearish_gap, nearest_bullish_block, nearest_bullish_gap,
    nearest_pools_above, nearest_pools_below,
};
use super::snapshot::{SnapshotReader, SnapshotRefused, SnapshotWriter, fingerprint};
use super::structure_config::{ConfigRefused, StructureConfig};
use super::structure_view::{FEATURE_NAMES, Features, FrameView, NOT_READY, Pool, StructureView, Zone};
use super::three_frames::ThreeFrames;
use crate::candle::{Candle, CandleFault, fault_in_place, fault_within};

/// Reads closed base bars of one symbol, oldest first, and tells twelve features and a view.
///
/// It knows nothing of the future: a row depends on its bar and those before. After a hole of more
/// than 12 base bars it is as new. `are_negative_prices_allowed` is for tests that mirror a chart.
#[derive(Clone, Debug)]
pub struct StructureEngine {
    config: StructureConfig,
    are_negative_prices_allowed: bool,
    fresh: ThreeFrames,
    frames: ThreeFrames,
    features: Option<Features>,
}

impl StructureEngine {
    /// Give an engine that has seen nothing.
    ///
    /// # Errors
    ///
    /// `ConfigRefused` when a number is not above zero or the timeframes do not fit.
    pub fn new(config: StructureConfig, are_negative_prices_allowed: bool) -> Result<Self, ConfigRefused> {
        let config = config.checked()?;
        let fresh = ThreeFrames::new(&config)
            .map_err(|_| ConfigRefused("the timeframes do not fit into each other".into()))?;
        let frames = fresh.clone();
        Ok(Self { config, are_negative_prices_allowed, fresh, frames, features: None })
    }

    /// Take one closed bar and give twelve finite features, or twelve NaN while not ready.
    ///
    /// # Errors
    ///
    /// The first fault of the bar; the state is as if it had never come.
    pub fn update(&mut self, bar: &Candle) -> Result<&Features, CandleFault> {
        if let Some(fault) = self.fault_of(bar, self.last_open_time_ms()) {
            return Err(fault);
        }
        Ok(self.take(bar))
    }

    /// Check these closed bars, oldest first, without taking any.
    ///
    /// # Errors
    ///
    /// The first fault, and the number of its bar, counted from 0.
    #[inline]
    pub fn check(&self, bars: impl Iterator<Item = Candle>) -> Result<(), (CandleFault, usize)> {
        let mut last_ms = self.last_open_time_ms();
        for (number, bar) in bars.enumerate() {
            if let Some(fault) = self.fault_of(&bar, last_ms) {
                return Err((fault, number));
            }
            last_ms = Some(bar.open_time_ms);
        }
        Ok(())
    }

    /// Do what `update` does with a bar that has been checked.
    pub fn take(&mut self, bar: &Candle) -> &Features {
        if !self.is_next(bar, self.last_open_time_ms()) && self.comes_after_a_hole(bar) {
            self.frames.clone_from(&self.fresh);
        }
        self.frames.update(bar);
        self.features = features_of(&self.frames, bar);
        self.features.as_ref().unwrap_or(&NOT_READY)
    }

    /// Show the structure as of the last bar taken, None before the first.
    #[must_use]
    pub fn view(&self) -> Option<StructureView> {
        let parts = self.parts()?;
        let [base, middle, higher] = parts.frames();
        let (displacement, displacement_age_bars) = parts.displacement();
        let (sweep, sweep_age_bars) = parts.sweep();
        let [bullish_block, bearish_block] = parts.nearest_blocks();
        let [bullish_gap, bearish_gap] = parts.nearest_gaps();
        let [pools_above, pools_below] = parts.pools();
        Some(StructureView {
            open_time_ms: parts.last.open_time_ms,
            close: parts.last.close,
            features: self.features,
            base,
            middle,
            higher,
            displacement,
            displacement_age_bars,
            sweep,
            sweep_age_bars,
            bullish_block,
            bearish_block,
            bullish_gap,
            bearish_gap,
            dealing_range: parts.dealing_range(),
            pools_above,
            pools_below,
            killzone: parts.killzone(),
        })
    }

    /// Show single parts of the view as of the last bar taken, None before the first.
    #[must_use]
    pub fn parts(&self) -> Option<ViewParts<'_>> {
        let frames = &self.frames;
        frames.last.as_ref().map(|last| ViewParts { frames, last })
    }

    /// Tell how many base bars ago the last displacement was, None before the first.
    #[must_use]
    pub fn displacement_age_bars(&self) -> Option<i64> {
        self.frames.base.displacement.age_bars
    }

    /// Name the meaning of the row just given: the features, all rules, and where the flow is from.
    #[must_use]
    pub fn feature_schema(&self) -> String {
        let flow = if self.frames.flow.is_by_takers() { "takers" } else { "candles" };
        fingerprint(&format!("('{}') {flow} {}", FEATURE_NAMES.join("', '"), self.config))
    }

    /// Name the layout of a snapshot and the rules it was taken under.
    #[must_use]
    pub fn snapshot_schema(&self) -> String {
        fingerprint(&format!("snapshot 2 {}", self.config))
    }

    /// Give the whole state, versioned by a schema hash.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        let mut out = SnapshotWriter::default();
        self.frames.save(&mut out);
        out.sealed(&self.snapshot_schema())
    }

    /// Take over a state.
    ///
    /// # Errors
    ///
    /// `SnapshotRefused` when it is damaged or of other rules; the state is as it was.
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<(), SnapshotRefused> {
        let mut frames = self.fresh.clone();
        frames.load(&mut SnapshotReader::new(snapshot, &self.snapshot_schema())?)?;
        self.features = frames.last.and_then(|last| features_of(&frames, &last));
        self.frames = frames;
        Ok(())
    }

    #[inline]
    fn fault_of(&self, bar: &Candle, last_ms: Option<i64>) -> Option<CandleFault> {
        let within = fault_within(bar)
            .filter(|&fault| !(self.are_negative_prices_allowed && fault == CandleFault::LowNotPositive));
        within.or_else(|| self.fault_in_place(bar, last_ms))
    }

    /// A bar one step after a good one is in place; only for any other is it worth dividing.
    #[inline]
    fn fault_in_place(&self, bar: &Candle, last_ms: Option<i64>) -> Option<CandleFault> {
        if self.is_next(bar, last_ms) {
            return None;
        }
        fault_in_place(bar, last_ms, self.config.base_step_ms)
    }

    #[inline]
    fn is_next(&self, bar: &Candle, last_ms: Option<i64>) -> bool {
        last_ms.is_some_and(|last_ms| bar.open_time_ms.checked_sub(last_ms) == Some(self.config.base_step_ms))
    }

    fn last_open_time_ms(&self) -> Option<i64> {
        self.frames.last.map(|last| last.open_time_ms)
    }

    fn comes_after_a_hole(&self, bar: &Candle) -> bool {
        let longest_ms = i128::from(self.config.reset_after_steps) * i128::from(self.config.base_step_ms);
        self.last_open_time_ms()
            .is_some_and(|last_ms| i128::from(bar.open_time_ms) - i128::from(last_ms) > longest_ms)
    }
}

/// The parts of a `StructureView`, each found when it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct ViewParts<'engine> {
    frames: &'engine ThreeFrames,
    last: &'engine Candle,
}

impl ViewParts<'_> {
    /// Give the base, the middle and the higher frame.
    #[must_use]
    pub fn frames(&self) -> [FrameView; 3] {
        [self.frames.base.view(), self.frames.middle.view(), self.frames.higher.view()]
    }

    /// Give the direction of the last displacement and its age in base bars.
    #[must_use]
    pub fn displacement(&self) -> (i64, Option<i64>) {
        let displacement = &self.frames.base.displacement;
        (displacement.direction, displacement.age_bars)
    }

    /// Give the signed magnitude of the last sweep and its age in base bars.
    #[must_use]
    pub fn sweep(&self) -> (f64, Option<i64>) {
        let sweep = &self.frames.base.sweep;
        (sweep.magnitude, sweep.age_bars)
    }

    /// Give the nearest bullish and the nearest bearish block.
    #[must_use]
    pub fn nearest_blocks(&self) -> [Option<Zone>; 2] {
        let (middle, close) = (&self.frames.middle, self.last.close);
        [nearest_bullish_block(middle, close), nearest_bearish_block(middle, close)]
    }

    /// Give the nearest bullish and the nearest bearish gap.
    #[must_use]
    pub fn nearest_gaps(&self) -> [Option<Zone>; 2] {
        let (base, close) = (&self.frames.base, self.last.close);
        [nearest_bullish_gap(base, close), nearest_bearish_gap(base, close)]
    }

    /// Give bottom and top of the dealing range.
    #[must_use]
    pub fn dealing_range(&self) -> Option<(f64, f64)> {
        self.frames.dealing_range().map(|range| (range.bottom, range.top))
    }

    /// Give the pools above and those below, nearest first.
    #[must_use]
    pub fn pools(&self) -> [Vec<Pool>; 2] {
        let (middle, close) = (&self.frames.middle, self.last.close);
        [nearest_pools_above(&middle.up.pools, close), nearest_pools_below(&middle.down.pools, close)]
    }

    /// Give how much the hour in New York counts.
    #[must_use]
    pub fn killzone(&self) -> f64 {
        self.frames.killzone
    }
}
