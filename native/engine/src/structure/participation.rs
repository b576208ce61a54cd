//! How much is traded now, compared with before; twin of `domain/structure/participation.py`.

use super::recent::Recent;
use super::snapshot::{SnapshotReader, SnapshotRefused, SnapshotWriter};
use super::squash::{added_up, length_of};
use super::structure_config::{ParticipationRules, room_for};
use super::window_sum::WindowSum;

/// The volumes of the last bars, this one included, oldest first, and sums of the many.
#[derive(Clone, Debug)]
pub struct Participation {
    recent_bars: usize,
    length: usize,
    volumes: Recent<f64>,
    earlier: WindowSum,
    before_this: WindowSum,
    against_usual: [f64; 2],
}

impl Participation {
    pub fn new(rules: &ParticipationRules) -> Self {
        let length = room_for((rules.recent_bars + rules.earlier_bars).max(rules.single_bar_against + 1));
        Self {
            recent_bars: room_for(rules.recent_bars),
            length,
            volumes: Recent::new(length),
            earlier: WindowSum::new(room_for(rules.earlier_bars)),
            before_this: WindowSum::new(room_for(rules.single_bar_against)),
            against_usual: [1.0; 2],
        }
    }

    /// Take one closed bar's volume.
    pub fn update(&mut self, volume: f64) {
        let before = self.volumes.as_slice();
        if let [.., last] = before {
            self.before_this.push(*last);
        }
        if let Some(leaving) = before.len().checked_sub(self.recent_bars) {
            self.earlier.push(before[leaving]);
        }
        self.volumes.push(volume);
        self.compare(volume);
    }

    /// Both measures at once, so that their divisions go side by side.
    fn compare(&mut self, volume: f64) {
        let volumes = self.volumes.as_slice();
        let recent = &volumes[volumes.len().saturating_sub(self.recent_bars)..];
        let parts = [volume, added_up(recent) / length_of(recent.len())];
        let usual = [self.before_this.mean(), self.earlier.mean()];
        self.against_usual = [ratio(parts[0], usual[0]), ratio(parts[1], usual[1])];
    }

    /// Tell whether enough volumes are known for both measures.
    pub fn is_known(&self) -> bool {
        self.volumes.len() == self.length
    }

    /// Give the last volume over the mean of the 20 before; 1 if that is zero.
    pub fn of_this_bar(&self) -> f64 {
        self.against_usual[0]
    }

    /// Give the mean of the last 5 volumes over the mean of the 60 before; 1 if that is zero.
    pub fn of_recent_bars(&self) -> f64 {
        self.against_usual[1]
    }

    /// Write the state.
    pub fn save(&self, out: &mut SnapshotWriter) {
        out.numbers(self.volumes.as_slice());
    }

    /// Read the state back into one that has seen nothing.
    pub fn load(&mut self, saved: &mut SnapshotReader) -> Result<(), SnapshotRefused> {
        for volume in saved.numbers()? {
            self.update(volume);
        }
        Ok(())
    }
}

fn ratio(part: f64, usual: f64) -> f64 {
    if usual > 0.0 { part / usual } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(volumes: &[f64]) -> Participation {
        let rules = ParticipationRules { recent_bars: 2, earlier_bars: 3, single_bar_against: 4 };
        let mut participation = Participation::new(&rules);
        for &volume in volumes {
            participation.update(volume);
        }
        participation
    }

    #[test]
    fn the_last_bars_are_compared_with_those_before() {
        assert!(!after(&[1.0; 4]).is_known());
        let known = after(&[9.0, 1.0, 2.0, 3.0, 4.0, 8.0]);
        assert!(known.is_known());
        assert_eq!((known.of_this_bar(), known.of_recent_bars()), (8.0 / 2.5, 3.0));
    }

    #[test]
    fn a_market_without_trades_is_as_usual() {
        let dead = after(&[0.0; 6]);
        assert_eq!((dead.of_this_bar(), dead.of_recent_bars()), (1.0, 1.0));
    }
}
