//! Turning points that the bars around them confirm; twin of `domain/structure/swing.py`.

use super::sided_bar::SidedBar;

/// Tell whether the middle high is above those before it and not below those after it.
///
/// `window` are the last 2 reach + 1 bars, oldest first; fewer confirm nothing.
pub fn is_swing_high(window: &[SidedBar], reach: usize) -> bool {
    let Some(middle) = window.get(reach).map(|bar| bar.high) else { return false };
    let (before, after) = (&window[..reach], &window[reach + 1..]);
    after.len() >= reach
        && before.iter().all(|bar| middle > bar.high)
        && after.iter().all(|bar| middle >= bar.high)
}

/// Give the swing's own bar and the bars after it if the last bar confirms one, else nothing.
pub fn bars_since_swing_high(bars: &[SidedBar], reach: usize) -> &[SidedBar] {
    let window = &bars[bars.len().saturating_sub(reach.saturating_mul(2).saturating_add(1))..];
    if is_swing_high(window, reach) { &window[reach..] } else { &[] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swings(highs: &[f64]) -> usize {
        let bars: Vec<_> =
            highs.iter().map(|&high| SidedBar { open: high, high, low: 0.0, close: high }).collect();
        (1..=bars.len()).filter(|&end| !bars_since_swing_high(&bars[..end], 2).is_empty()).count()
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
