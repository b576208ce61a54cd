//! Stops that rest beyond swings, and the wicks that take them; twin of `domain/structure/liquidity.py`.

use super::sided_bar::{Moment, SidedBar};
use super::snapshot::{SnapshotReader, SnapshotRefused, SnapshotWriter};
use super::squash::{Recency, float, larger, saturation, smaller};
use super::structure_config::{LiquidityRules, room_for};

/// A swing high that no bar has traded above; `count` swings share the level.
#[derive(Clone, Copy, Debug)]
pub struct RestingPool {
    pub level: f64,
    pub count: i64,
    pub born_bar: i64,
    crowd: f64,
}

/// A level that was traded above and not yet closed back under; `highest` is the high since.
#[derive(Clone, Copy, Debug)]
pub struct PiercedPool {
    pub level: f64,
    pub count: i64,
    pub pierced_bar: i64,
    pub highest: f64,
}

/// The pools above the swing highs of one side.
///
/// `resting` never rises from first to last, so the last is the nearest and the first to be pierced.
#[derive(Clone, Debug)]
pub struct LiquidityPools {
    rules: LiquidityRules,
    resting: Vec<RestingPool>,
    pierced: Vec<PiercedPool>,
}

impl LiquidityPools {
    pub fn new(rules: &LiquidityRules) -> Self {
        Self { rules: rules.clone(), resting: Vec::new(), pierced: Vec::new() }
    }

    /// Take a confirmed swing high: a pool of its own, or one more in the newest if that is equal.
    pub fn add(&mut self, level: f64, moment: &Moment) {
        let tolerance = self.rules.equal_within_atr * moment.atr;
        if let Some(newest) = self.resting.last_mut().filter(|newest| newest.level - level <= tolerance) {
            newest.count += 1;
            newest.crowd = float(newest.count);
            newest.born_bar = moment.bar;
            return;
        }
        if self.resting.len() >= room_for(self.rules.kept) {
            self.resting.remove(0);
        }
        self.resting.push(RestingPool { level, count: 1, born_bar: moment.bar, crowd: 1.0 });
    }

    /// Give the summed magnitude of the pools swept by this bar, 0 when none was.
    pub fn sweep(&mut self, bar: &SidedBar, moment: &Moment) -> f64 {
        self.forget(moment.bar);
        let is_pierced = self.resting.last().is_some_and(|pool| bar.high > pool.level);
        if self.pierced.is_empty() && !is_pierced {
            return 0.0;
        }
        self.take_stops(bar, moment)
    }

    #[inline(never)]
    fn take_stops(&mut self, bar: &SidedBar, moment: &Moment) -> f64 {
        let mut swept = 0.0;
        if !self.pierced.is_empty() {
            swept += self.closed_back(bar, moment);
        }
        while let Some(&pool) = self.resting.last().filter(|pool| bar.high > pool.level) {
            self.resting.pop();
            swept += self.pierce(pool, bar, moment);
        }
        swept
    }

    fn forget(&mut self, bar: i64) {
        let max_age_bars = self.rules.max_age_bars;
        while self.resting.first().is_some_and(|oldest| bar - oldest.born_bar > max_age_bars) {
            self.resting.remove(0);
        }
    }

    fn closed_back(&mut self, bar: &SidedBar, moment: &Moment) -> f64 {
        let mut swept = 0.0;
        let wait_bars = self.rules.wait_bars;
        self.pierced.retain_mut(|pool| {
            pool.highest = larger(pool.highest, bar.high);
            if bar.close <= pool.level {
                swept += magnitude(pool, moment.atr);
                return false;
            }
            moment.bar - pool.pierced_bar < wait_bars
        });
        swept
    }

    fn pierce(&mut self, pool: RestingPool, bar: &SidedBar, moment: &Moment) -> f64 {
        let RestingPool { level, count, .. } = pool;
        let pierced = PiercedPool { level, count, pierced_bar: moment.bar, highest: bar.high };
        if bar.close <= level {
            return magnitude(&pierced, moment.atr);
        }
        self.pierced.push(pierced);
        0.0
    }

    /// Give up to three pools that the close has not passed, nearest first.
    pub fn nearest(&self, close: f64) -> impl Iterator<Item = &RestingPool> {
        self.not_passed(close).iter().rev().take(room_for(self.rules.nearest))
    }

    /// Give the pools that the close has not passed, the nearest last.
    #[inline]
    fn not_passed(&self, close: f64) -> &[RestingPool] {
        let mut resting = self.resting.as_slice();
        while let [others @ .., nearest] = resting {
            if nearest.level >= close {
                break;
            }
            resting = others;
        }
        resting
    }

    /// Write the state.
    pub fn save(&self, out: &mut SnapshotWriter) {
        out.length(self.resting.len());
        for pool in &self.resting {
            out.number(pool.level);
            out.whole(pool.count);
            out.whole(pool.born_bar);
        }
        out.length(self.pierced.len());
        for pool in &self.pierced {
            out.number(pool.level);
            out.whole(pool.count);
            out.whole(pool.pierced_bar);
            out.number(pool.highest);
        }
    }

    /// Read the state back.
    pub fn load(&mut self, saved: &mut SnapshotReader) -> Result<(), SnapshotRefused> {
        self.resting = saved.each(|saved| {
            let (level, count, born_bar) = (saved.number()?, saved.whole()?, saved.whole()?);
            Ok(RestingPool { level, count, born_bar, crowd: float(count) })
        })?;
        self.pierced = saved.each(|saved| {
            Ok(PiercedPool {
                level: saved.number()?,
                count: saved.whole()?,
                pierced_bar: saved.whole()?,
                highest: saved.number()?,
            })
        })?;
        Ok(())
    }
}

/// The nearest pools of both sides, one above and one below in each place, so that two are weighed at once.
#[derive(Clone, Debug)]
pub struct NearestPools {
    weights: Vec<[f64; 2]>,
}

impl NearestPools {
    pub fn new(rules: &LiquidityRules) -> Self {
        Self { weights: vec![[0.0; 2]; room_for(rules.nearest)] }
    }

    /// Weigh each: count / (1 + d), d the distance to the close in ATR.
    pub fn weigh(&mut self, up: &LiquidityPools, down: &LiquidityPools, close: f64, atr: f64) {
        let (mut above, mut below) = (up.not_passed(close), down.not_passed(-close));
        for weights in &mut self.weights {
            let (mut level, mut crowd) = ([close, -close], [0.0; 2]);
            if let [others @ .., nearest] = above {
                (level[0], crowd[0], above) = (nearest.level, nearest.crowd, others);
            }
            if let [others @ .., nearest] = below {
                (level[1], crowd[1], below) = (nearest.level, nearest.crowd, others);
            }
            let away = [(level[0] - close) / atr, (level[1] + close) / atr];
            *weights = [crowd[0] / (1.0 + away[0]), crowd[1] / (1.0 + away[1])];
        }
    }

    /// Add up the weights above and below, nearest first.
    pub fn weights(&self) -> [f64; 2] {
        let mut totals = [0.0; 2];
        for weights in &self.weights {
            totals = [totals[0] + weights[0], totals[1] + weights[1]];
        }
        totals
    }
}

/// The last sweep of a timeframe, and its age in bars.
///
/// `magnitude` is negative when highs were swept, positive when lows were, and 0 before the first.
#[derive(Clone, Debug)]
pub struct LastSweep {
    recency: Recency,
    pub magnitude: f64,
    pub age_bars: Option<i64>,
}

impl LastSweep {
    pub fn new(rules: &LiquidityRules) -> Self {
        Self { recency: Recency::new(rules.half_life_bars), magnitude: 0.0, age_bars: None }
    }

    /// Take the summed magnitudes of the bar's sweeps on either side.
    pub fn update(&mut self, highs_swept: f64, lows_swept: f64) {
        if highs_swept > 0.0 || lows_swept > 0.0 {
            self.magnitude = larger(-1.0, smaller(1.0, lows_swept - highs_swept));
            self.age_bars = Some(0);
        } else if let Some(age) = &mut self.age_bars {
            *age += 1;
        }
    }

    /// Give the last sweep, fading with its age: magnitude x 6 / (6 + age).
    pub fn strength(&self) -> f64 {
        self.age_bars.map_or(0.0, |age| self.magnitude * self.recency.of(age))
    }

    /// Write the state.
    pub fn save(&self, out: &mut SnapshotWriter) {
        out.number(self.magnitude);
        out.whole_or_unknown(self.age_bars);
    }

    /// Read the state back.
    pub fn load(&mut self, saved: &mut SnapshotReader) -> Result<(), SnapshotRefused> {
        self.magnitude = saved.number()?;
        self.age_bars = saved.whole_or_unknown()?;
        Ok(())
    }
}

/// Give 0.5 + 0.5 z / (1 + z), z = (highest high - level) / ATR + count - 1; 0.5 without an ATR.
fn magnitude(pool: &PiercedPool, atr: f64) -> f64 {
    let is_known = atr > 0.0;
    if !is_known {
        return 0.5;
    }
    let z = (pool.highest - pool.level) / atr + float(pool.count) - 1.0;
    0.5 + 0.5 * saturation(z, 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::structure_config::StructureConfig;
    use super::*;

    fn bar(high: f64, close: f64) -> SidedBar {
        SidedBar { open: close, high, low: close, close }
    }

    fn moment(number: i64) -> Moment {
        Moment { bar: number, open_time_ms: number, atr_before: 2.0, atr: 2.0, is_third_in_row: true }
    }

    fn swept_at(closes: &[f64]) -> Vec<f64> {
        let mut pools = LiquidityPools::new(&StructureConfig::default().liquidity);
        pools.add(10.0, &moment(0));
        (1..).zip(closes).map(|(number, &close)| pools.sweep(&bar(12.0, close), &moment(number))).collect()
    }

    #[test]
    fn a_close_back_within_two_bars_is_a_sweep_and_later_a_run() {
        assert_eq!(swept_at(&[10.0]), [0.75]);
        assert_eq!(swept_at(&[11.0, 10.0]), [0.0, 0.75]);
        assert_eq!(swept_at(&[11.0, 11.0, 10.0, 9.0]), [0.0, 0.0, 0.75, 0.0]);
        assert_eq!(swept_at(&[11.0, 11.0, 11.0, 9.0]), [0.0; 4]);
    }

    #[test]
    fn equal_highs_share_one_pool_and_count() {
        let mut pools = LiquidityPools::new(&StructureConfig::default().liquidity);
        for (number, level) in (0..).zip([10.0, 9.9, 9.0]) {
            pools.add(level, &moment(number));
        }
        let found: Vec<_> = pools.nearest(9.5).map(|pool| (pool.level, pool.count)).collect();
        assert_eq!(found, [(10.0, 2)]);
        let rules = StructureConfig::default().liquidity;
        let (mut nearest, none) = (NearestPools::new(&rules), LiquidityPools::new(&rules));
        nearest.weigh(&pools, &none, 9.0, 2.0);
        assert_eq!(nearest.weights(), [1.0 + 2.0 / 1.5, 0.0]);
        nearest.weigh(&none, &pools, -9.5, 2.0);
        assert_eq!(nearest.weights(), [0.0, 2.0 / 1.25]);
        assert_eq!(pools.sweep(&bar(12.0, 8.0), &moment(3)), 0.5 + 0.5 * 0.6 + 0.5 + 0.5 * (2.0 / 3.0));
    }

    #[test]
    fn pools_are_forgotten_of_age() {
        let mut pools = LiquidityPools::new(&StructureConfig::default().liquidity);
        pools.add(10.0, &moment(0));
        assert_eq!(pools.sweep(&bar(9.0, 9.0), &moment(500)), 0.0);
        assert_eq!(pools.nearest(9.0).count(), 1);
        assert_eq!(pools.sweep(&bar(12.0, 9.0), &moment(501)), 0.0);
    }

    #[test]
    fn the_last_sweep_fades_and_is_clamped() {
        let mut sweep = LastSweep::new(&StructureConfig::default().liquidity);
        assert_eq!(sweep.strength(), 0.0);
        sweep.update(1.5, 0.0);
        assert_eq!(sweep.strength(), -1.0);
        for _ in 0..6 {
            sweep.update(0.0, 0.0);
        }
        assert_eq!(sweep.strength(), -0.5);
    }
}
