//! Turning points that the bars around them confirm; twin of `domain/structure/swing.py`.

use super::sided_bar::SidedBar;

/// Tell whether the middle high is above those before it and not below those after it.
///
/// `window` are the last 2 reach + 1 bars, oldest first; fewer confirm nothing.
pub fn is_swing_high(window: &[SidedBar], reach: usize) -> bool {
    if window.len() <= 2 * reach {
        return false;
    }
    let middle = window[reach].high;
    let (before, after) = (&window[..reach], &window[reach + 1..]);
    stands_out(middle, before, after)
        && before.iter().all(|bar| middle > bar.high)
        && after.iter().all(|bar| middle >= bar.high)
}

/// Look at the nearest and the farthest bars only, which tells apart nearly all that are no swing.
#[expect(clippy::needless_bitwise_bool, reason = "one jump instead of four that cannot be foreseen")]
fn stands_out(middle: f64, before: &[SidedBar], after: &[SidedBar]) -> bool {
    let ([farthest_before, ..], [nearest_after, ..]) = (before, after) else { return false };
    (middle > farthest_before.high)
        & (middle > before[before.len() - 1].high)
        & (middle >= nearest_after.high)
        & (middle >= after[after.len() - 1].high)
}

/// Give the swing's own bar and the bars after it if the last bar confirms one, else nothing.
pub fn bars_since_swing_high(bars: &[SidedBar], reach: usize) -> &[SidedBar] {
    let window = &bars[bars.len().saturating_sub(2 * reach + 1)..];
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
