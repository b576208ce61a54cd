//! Bars with a body so large that somebody was in a hurry; twin of `domain/structure/displacement.py`.

use super::snapshot::{SnapshotReader, SnapshotRefused, SnapshotWriter};
use super::structure_config::DisplacementRules;
use crate::candle::Candle;

/// Give +1 for a displacement up, -1 for one down, 0 for none (and while the ATR is unknown).
pub fn displacement_of(candle: &Candle, atr_before: f64, rules: &DisplacementRules) -> i64 {
    let body = candle.close - candle.open;
    let size = body.abs();
    let is_large = size >= rules.min_body_atr * atr_before;
    let is_full = size >= rules.min_body_share * (candle.high - candle.low);
    if size == 0.0 || !(is_large && is_full) {
        return 0;
    }
    if body > 0.0 { 1 } else { -1 }
}

/// The last displacement of a timeframe: its direction, 0 before the first, and its age in bars.
#[derive(Clone, Debug)]
pub struct LastDisplacement {
    pub direction: i64,
    pub age_bars: Option<i64>,
}

impl LastDisplacement {
    pub fn new() -> Self {
        Self { direction: 0, age_bars: None }
    }

    /// Take what the bar was: a displacement up, down or none.
    pub fn update(&mut self, direction: i64) {
        if direction != 0 {
            self.direction = direction;
            self.age_bars = Some(0);
        } else if let Some(age) = &mut self.age_bars {
            *age += 1;
        }
    }

    /// Write the state.
    pub fn save(&self, out: &mut SnapshotWriter) {
        out.whole(self.direction);
        out.whole_or_unknown(self.age_bars);
    }

    /// Read the state back.
    pub fn load(&mut self, saved: &mut SnapshotReader) -> Result<(), SnapshotRefused> {
        self.direction = saved.whole()?;
        self.age_bars = saved.whole_or_unknown()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: DisplacementRules = DisplacementRules { min_body_atr: 1.5, min_body_share: 0.6 };

    fn candle(open: f64, high: f64, low: f64, close: f64) -> Candle {
        Candle { open_time_ms: 0, open, high, low, close, volume: 1.0, taker_buy_volume: 0.5 }
    }

    #[test]
    fn only_a_large_full_body_is_a_displacement() {
        assert_eq!(displacement_of(&candle(10.0, 13.0, 10.0, 13.0), 2.0, &RULES), 1);
        assert_eq!(displacement_of(&candle(13.0, 13.0, 10.0, 10.0), 2.0, &RULES), -1);
        assert_eq!(displacement_of(&candle(10.0, 12.5, 10.0, 12.5), 2.0, &RULES), 0);
        assert_eq!(displacement_of(&candle(10.0, 16.0, 10.0, 13.0), 2.0, &RULES), 0);
        assert_eq!(displacement_of(&candle(10.0, 13.0, 10.0, 13.0), f64::NAN, &RULES), 0);
    }

    #[test]
    fn a_displacement_ages_from_the_bar_it_was() {
        let mut last = LastDisplacement::new();
        let mut ages = Vec::new();
        for direction in [0, 1, 0, 0, -1] {
            last.update(direction);
            ages.push(last.age_bars);
        }
        assert_eq!(ages, [None, Some(0), Some(1), Some(2), Some(0)]);
        assert_eq!(last.direction, -1);
    }
}
