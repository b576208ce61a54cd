//! Rows of a recorded tape that need no second look; twin of `plain_until` in `domain/market/candle_run.py`.

use crate::candle::{Candle, fault_within};

/// Give the end of the stretch from `start` in which every row is plain and opens when it is due.
///
/// A plain row can be true, something was traded in it, and it closes one millisecond before the next
/// opens, as far as the source tells. Whatever is not plain is for the auditor to judge.
#[must_use]
pub fn plain_until(
    rows: &[Candle],
    close_times_ms: Option<&[i64]>,
    start: usize,
    due_ms: i64,
    step_ms: i64,
) -> usize {
    let mut due_ms = due_ms;
    for (index, row) in rows.iter().enumerate().skip(start) {
        let following_ms = row.open_time_ms.wrapping_add(step_ms);
        let closes_in_time = close_times_ms.is_none_or(|times| times[index] == following_ms.wrapping_sub(1));
        if row.open_time_ms != due_ms || !is_plain(row) || !closes_in_time {
            return index;
        }
        due_ms = following_ms;
    }
    rows.len().max(start)
}

fn is_plain(row: &Candle) -> bool {
    fault_within(row).is_none() && row.volume > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(minute: i64) -> Candle {
        Candle {
            open_time_ms: minute * 60_000,
            open: 10.0,
            high: 12.0,
            low: 9.0,
            close: 11.0,
            volume: 5.0,
            taker_buy_volume: 2.0,
        }
    }

    fn end_of(rows: &[Candle]) -> usize {
        plain_until(rows, None, 0, 0, 60_000)
    }

    #[test]
    fn rows_in_line_are_plain_to_their_end() {
        let rows: Vec<_> = (0..4).map(row).collect();
        assert_eq!(end_of(&rows), 4);
        assert_eq!(plain_until(&rows, None, 2, 120_000, 60_000), 4);
        assert_eq!(plain_until(&rows, None, 2, 60_000, 60_000), 2);
        assert_eq!(plain_until(&rows, None, 4, 240_000, 60_000), 4);
    }

    #[test]
    fn whatever_an_auditor_might_remark_on_ends_the_stretch() {
        let odd = [
            Candle { open_time_ms: 180_000, ..row(1) },
            Candle { open: 8.0, ..row(1) },
            Candle { open: 13.0, ..row(1) },
            Candle { close: 8.0, ..row(1) },
            Candle { close: 13.0, ..row(1) },
            Candle { low: 0.0, ..row(1) },
            Candle { high: f64::INFINITY, ..row(1) },
            Candle { high: f64::NAN, ..row(1) },
            Candle { volume: 0.0, taker_buy_volume: 0.0, ..row(1) },
            Candle { volume: f64::INFINITY, ..row(1) },
            Candle { volume: f64::NAN, ..row(1) },
            Candle { volume: f64::MAX, ..row(1) },
            Candle { taker_buy_volume: -1.0, ..row(1) },
            Candle { taker_buy_volume: 6.0, ..row(1) },
        ];
        for candle in odd {
            assert_eq!(end_of(&[row(0), candle, row(2)]), 1, "{candle:?}");
        }
        assert_eq!(end_of(&[row(0), Candle { taker_buy_volume: f64::NAN, ..row(1) }, row(2)]), 3);
    }

    #[test]
    fn a_close_time_that_is_told_must_be_right() {
        let rows = [row(0), row(1)];
        assert_eq!(plain_until(&rows, Some(&[59_999, 119_999]), 0, 0, 60_000), 2);
        assert_eq!(plain_until(&rows, Some(&[59_999, 120_000]), 0, 0, 60_000), 1);
    }
}
