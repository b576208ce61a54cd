//! The range between the last swings in which price is dear or cheap; twin of `domain/structure/dealing_range.py`.

use super::snapshot::{SnapshotReader, SnapshotRefused, SnapshotWriter};
use super::squash::{larger, smaller};

/// The highest high since and including the last confirmed swing high; NaN before the first.
#[derive(Clone, Debug)]
pub struct RunningExtreme {
    pub price: f64,
}

impl RunningExtreme {
    pub fn new() -> Self {
        Self { price: f64::NAN }
    }

    /// Start again from a confirmed swing high; the bars that confirmed it were not higher.
    pub fn restart(&mut self, swing_high: f64) {
        self.price = swing_high;
    }

    /// Take one closed bar's high.
    pub fn update(&mut self, high: f64) {
        self.price = larger(self.price, high);
    }

    /// Write the state.
    pub fn save(&self, out: &mut SnapshotWriter) {
        out.number(self.price);
    }

    /// Read the state back.
    pub fn load(&mut self, saved: &mut SnapshotReader) -> Result<(), SnapshotRefused> {
        self.price = saved.number()?;
        Ok(())
    }
}

/// From the lowest low to the highest high since the last swings; the upper half is premium.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DealingRange {
    pub bottom: f64,
    pub top: f64,
}

impl DealingRange {
    /// Give the range with these prices in it too.
    pub fn widened_by(self, low: f64, high: f64) -> Self {
        Self { bottom: smaller(self.bottom, low), top: larger(self.top, high) }
    }

    /// Give -1 at the bottom (deepest discount), +1 at the top, 0 in the middle or without a range.
    pub fn position_of(self, close: f64) -> f64 {
        if self.top <= self.bottom {
            return 0.0;
        }
        ((close - self.bottom) - (self.top - close)) / (self.top - self.bottom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_extreme_stays_unknown_until_a_swing() {
        let mut extreme = RunningExtreme::new();
        extreme.update(5.0);
        assert!(extreme.price.is_nan());
        extreme.restart(4.0);
        extreme.update(5.0);
        extreme.update(3.0);
        assert_eq!(extreme.price, 5.0);
    }

    #[test]
    fn the_middle_is_zero_and_the_ends_are_one() {
        let range = DealingRange { bottom: 10.0, top: 20.0 };
        assert_eq!([10.0, 15.0, 20.0].map(|close| range.position_of(close)), [-1.0, 0.0, 1.0]);
        assert_eq!(range.widened_by(12.0, 30.0), DealingRange { bottom: 10.0, top: 30.0 });
        assert_eq!(DealingRange { bottom: 1.0, top: 1.0 }.position_of(1.0), 0.0);
    }
}
