//! Turning points that the bars around them confirm; twin of `domain/structure/swing.py`.

use super::sided_bar::SidedBar;
use super::squash::larger;

/// Counts the bars since one was above the `reach` bars before it.
///
/// When that one is `reach` bars old, none after it was higher (that would have been above the bars
/// before it too): a swing.
#[derive(Clone, Debug)]
pub struct SwingWatch {
    reach: usize,
    age_bars: usize,
}

impl SwingWatch {
    pub fn new(reach: usize) -> Self {
        Self { reach, age_bars: 0 }
    }

    /// Take the last of these bars, oldest first; give the swing's own bar and those after it if it
    /// confirms one, else nothing.
    #[inline]
    pub fn since_swing_high<'bars>(&mut self, bars: &'bars [SidedBar]) -> &'bars [SidedBar] {
        let [before @ .., newest] = bars else { return &[] };
        let mut highest = f64::NEG_INFINITY;
        for bar in &before[before.len().saturating_sub(self.reach)..] {
            highest = larger(highest, bar.high);
        }
        self.age_bars = if newest.high > highest { 0 } else { self.age_bars + 1 };
        if self.age_bars == self.reach && before.len() >= 2 * self.reach {
            return &bars[before.len() - self.reach..];
        }
        &[]
    }

    /// Count again over all these bars, oldest first.
    pub fn look_again(&mut self, bars: &[SidedBar]) {
        for end in 1..=bars.len() {
            self.since_swing_high(&bars[..end]);
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
