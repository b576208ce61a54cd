//! Turning points that the bars around them confirm; twin of `domain/structure/swing.py`.

use super::sided_bar::SidedBar;
use super::squash::larger;

/// Follows the highest bar of the last 2 reach + 1, of equally high ones the first.
///
/// When that is the middle one it is above those before it and not below those after it: a swing.
#[derive(Clone, Debug)]
pub struct SwingWatch {
    reach: usize,
    highest: f64,
    age_bars: usize,
}

impl SwingWatch {
    pub fn new(reach: usize) -> Self {
        Self { reach, highest: f64::NEG_INFINITY, age_bars: 0 }
    }

    /// Take the last of these bars, oldest first; give the swing's own bar and those after it if it
    /// confirms one, else nothing.
    #[inline]
    pub fn since_swing_high<'bars>(&mut self, bars: &'bars [SidedBar]) -> &'bars [SidedBar] {
        let Some(newest) = bars.last() else { return &[] };
        self.age_bars = if newest.high > self.highest { 0 } else { self.age_bars + 1 };
        self.highest = larger(self.highest, newest.high);
        if self.age_bars > 2 * self.reach {
            self.look_again(bars);
        }
        if self.age_bars == self.reach && bars.len() > 2 * self.reach {
            return &bars[bars.len() - 1 - self.reach..];
        }
        &[]
    }

    /// Find the highest of the last 2 reach + 1 bars anew.
    #[inline(never)]
    pub fn look_again(&mut self, bars: &[SidedBar]) {
        self.highest = f64::NEG_INFINITY;
        self.age_bars = 0;
        for bar in &bars[bars.len().saturating_sub(2 * self.reach + 1)..] {
            self.age_bars = if bar.high > self.highest { 0 } else { self.age_bars + 1 };
            self.highest = larger(self.highest, bar.high);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swings(highs: &[f64]) -> usize {
        let bars: Vec<_> =
            highs.iter().map(|&high| SidedBar { open: high, high, low: 0.0, close: high }).collect();
        let mut watch = SwingWatch::new(2);
        (1..=bars.len()).filter(|&end| !watch.since_swing_high(&bars[..end]).is_empty()).count()
    }

    #[test]
    fn the_first_bar_of_a_plateau_wins_once() {
        assert_eq!(swings(&[1.0, 2.0, 3.0, 3.0, 2.0, 1.0, 0.5]), 1);
        assert_eq!(swings(&[1.0, 2.0, 3.0, 2.0, 1.0]), 1);
    }

    #[test]
    fn a_flat_market_and_too_few_bars_have_no_swing() {
        assert_eq!(swings(&[1.0; 20]), 0);
        assert_eq!(swings(&[1.0, 2.0, 3.0, 2.0]), 0);
    }
}
