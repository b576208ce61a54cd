//! How far price usually travels in one bar; twin of `domain/structure/average_true_range.py`.

use super::snapshot::{SnapshotReader, SnapshotRefused, SnapshotWriter};
use super::squash::{float, larger};
use super::structure_config::AverageTrueRangeRules;

/// Wilder's average true range of one timeframe, in price.
///
/// `before` is the value known before the last bar and `now` the one that includes it.
#[derive(Clone, Debug)]
pub struct AverageTrueRange {
    period: i64,
    period_bars: f64,
    bars: i64,
    seed_sum: f64,
    last_close: f64,
    pub before: f64,
    pub now: f64,
}

impl AverageTrueRange {
    pub fn new(rules: &AverageTrueRangeRules) -> Self {
        let unknown = f64::NAN;
        let period = rules.period_bars;
        Self {
            period,
            period_bars: float(period),
            bars: 0,
            seed_sum: 0.0,
            last_close: unknown,
            before: unknown,
            now: unknown,
        }
    }

    /// Take one closed bar and give the value before it and the one that includes it.
    #[inline]
    pub fn update(&mut self, high: f64, low: f64, close: f64) -> (f64, f64) {
        let true_range = self.true_range(high, low);
        self.last_close = close;
        let before = self.now;
        self.before = before;
        if self.bars >= self.period {
            let now = ((self.period_bars - 1.0) * before + true_range) / self.period_bars;
            self.now = now;
            return (before, now);
        }
        self.bars += 1;
        self.seed_sum += true_range;
        if self.bars == self.period {
            self.now = self.seed_sum / float(self.period);
        }
        (before, self.now)
    }

    fn true_range(&self, high: f64, low: f64) -> f64 {
        let height = high - low;
        if self.bars == 0 {
            return height;
        }
        larger(larger(height, high - self.last_close), self.last_close - low)
    }

    /// Write the state.
    pub fn save(&self, out: &mut SnapshotWriter) {
        out.whole(self.bars);
        for number in [self.seed_sum, self.last_close, self.before, self.now] {
            out.number(number);
        }
    }

    /// Read the state back.
    pub fn load(&mut self, saved: &mut SnapshotReader) -> Result<(), SnapshotRefused> {
        self.bars = saved.whole()?;
        self.seed_sum = saved.number()?;
        self.last_close = saved.number()?;
        self.before = saved.number()?;
        self.now = saved.number()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_the_first_ranges_then_wilder() {
        let mut atr = AverageTrueRange::new(&AverageTrueRangeRules { period_bars: 2 });
        atr.update(12.0, 10.0, 11.0);
        assert!(atr.now.is_nan());
        atr.update(15.0, 14.0, 14.0);
        assert_eq!(atr.now, 3.0);
        atr.update(10.0, 9.0, 9.5);
        assert_eq!((atr.before, atr.now), (3.0, 4.0));
    }
}
