//! Closes beyond the last swing, and the trend they make; twin of `domain/structure/break_of_structure.py`.

use super::recent::Recent;
use super::snapshot::{SnapshotReader, SnapshotRefused, SnapshotWriter};
use super::squash::{Recency, float, length_of};
use super::structure_config::{TrendRules, room_for};

/// The last confirmed swing high of a side; `is_live` until a bar closes above it.
#[derive(Clone, Debug)]
pub struct SwingLevel {
    price: f64,
    pub is_live: bool,
}

impl SwingLevel {
    pub fn new() -> Self {
        Self { price: f64::NAN, is_live: false }
    }

    /// Take a newly confirmed swing high as the level to break.
    pub fn confirm(&mut self, price: f64) {
        self.price = price;
        self.is_live = true;
    }

    /// Tell whether this close breaks the level, which it does once.
    pub fn break_by(&mut self, close: f64) -> bool {
        if !(self.is_live && close > self.price) {
            return false;
        }
        self.is_live = false;
        true
    }

    /// Write the state.
    pub fn save(&self, out: &mut SnapshotWriter) {
        out.number(self.price);
        out.flag(self.is_live);
    }

    /// Read the state back.
    pub fn load(&mut self, saved: &mut SnapshotReader) -> Result<(), SnapshotRefused> {
        self.price = saved.number()?;
        self.is_live = saved.flag()?;
        Ok(())
    }
}

/// The direction of the last break: +1, -1, or 0 before the first.
///
/// `age_bars` is 0 on the bar of the last break and None before the first.
#[derive(Clone, Debug)]
pub struct Trend {
    recency: Recency,
    events: Recent<i64>,
    pub direction: i64,
    pub is_choch: bool,
    pub age_bars: Option<i64>,
    strength: f64,
    integrity: f64,
}

impl Trend {
    pub fn new(rules: &TrendRules) -> Self {
        Self {
            recency: Recency::new(rules.half_life_bars),
            events: Recent::new(room_for(rules.events_kept)),
            direction: 0,
            is_choch: false,
            age_bars: None,
            strength: 0.0,
            integrity: 0.0,
        }
    }

    /// Take the bar's break: +1 up, -1 down, 0 none.
    pub fn update(&mut self, event: i64) {
        if event != 0 {
            self.turn(event);
        } else if let Some(age) = &mut self.age_bars {
            *age += 1;
        }
        self.strength = self.strength_now();
    }

    fn turn(&mut self, event: i64) {
        self.is_choch = self.direction == -event;
        self.direction = event;
        self.age_bars = Some(0);
        self.events.push(event);
        self.integrity = self.integrity_now();
    }

    /// Give the trend from -1 to 1, fresh breaks counting up to twice as much as old ones.
    pub fn strength(&self) -> f64 {
        self.strength
    }

    /// Give the share of the remembered breaks that went the trend's way, 0 before the first.
    pub fn integrity(&self) -> f64 {
        self.integrity
    }

    fn strength_now(&self) -> f64 {
        match self.age_bars {
            None => 0.0,
            Some(age) => float(self.direction) * (1.0 + self.recency.of(age)) / 2.0,
        }
    }

    fn integrity_now(&self) -> f64 {
        let events = self.events.as_slice();
        if events.is_empty() {
            return 0.0;
        }
        let agreeing = events.iter().map(|&event| i64::from(event == self.direction)).sum();
        float(agreeing) / length_of(events.len())
    }

    /// Write the state.
    pub fn save(&self, out: &mut SnapshotWriter) {
        out.whole(self.direction);
        out.flag(self.is_choch);
        out.whole_or_unknown(self.age_bars);
        out.length(self.events.len());
        for &event in self.events.as_slice() {
            out.whole(event);
        }
    }

    /// Read the state back.
    pub fn load(&mut self, saved: &mut SnapshotReader) -> Result<(), SnapshotRefused> {
        self.direction = saved.whole()?;
        self.is_choch = saved.flag()?;
        self.age_bars = saved.whole_or_unknown()?;
        self.events.refill(saved.each(SnapshotReader::whole)?);
        self.strength = self.strength_now();
        self.integrity = self.integrity_now();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trend() -> Trend {
        Trend::new(&TrendRules { events_kept: 3, half_life_bars: 12 })
    }

    #[test]
    fn a_level_breaks_once_and_only_by_a_close_above() {
        let mut level = SwingLevel::new();
        assert!(!level.break_by(1.0));
        level.confirm(10.0);
        assert_eq!([10.0, 10.5, 11.0].map(|close| level.break_by(close)), [false, true, false]);
    }

    #[test]
    fn a_break_against_the_trend_is_a_change_of_character() {
        let mut trend = trend();
        let mut choch = Vec::new();
        for event in [1, 1, -1, 0, -1] {
            trend.update(event);
            choch.push(trend.is_choch);
        }
        assert_eq!(choch, [false, false, true, true, false]);
        assert_eq!((trend.direction, trend.age_bars), (-1, Some(0)));
    }

    #[test]
    fn a_trend_fades_to_half_and_knows_how_much_agrees() {
        let mut trend = trend();
        assert_eq!((trend.strength(), trend.integrity()), (0.0, 0.0));
        for event in [1, 1, 1, -1] {
            trend.update(event);
        }
        assert_eq!((trend.strength(), trend.integrity()), (-1.0, 1.0 / 3.0));
        for _ in 0..12 {
            trend.update(0);
        }
        assert_eq!(trend.strength(), -0.75);
    }
}
