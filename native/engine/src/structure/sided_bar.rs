//! A bar as one side of the chart sees it; twin of `domain/structure/sided_bar.py`.

use crate::candle::Candle;

/// The prices of a bar, turned over for the down side so that every rule is written once.
#[derive(Clone, Copy, Debug)]
pub struct SidedBar {
    pub open: f64,
    pub high: f64,
    pub low: f64,
    pub close: f64,
}

/// What both sides know about the bar that has just closed.
///
/// `atr_before` is the ATR known before the bar, for tests of size; `atr` includes it, for distances.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub bar: i64,
    pub open_time_ms: i64,
    pub atr_before: f64,
    pub atr: f64,
    pub is_third_in_row: bool,
}

/// Give the bar as it is, for the up side.
pub fn upright(candle: &Candle) -> SidedBar {
    SidedBar { open: candle.open, high: candle.high, low: candle.low, close: candle.close }
}

/// Give the bar on negated prices, high and low exchanged, for the down side.
pub fn turned_over(candle: &Candle) -> SidedBar {
    SidedBar { open: -candle.open, high: -candle.low, low: -candle.high, close: -candle.close }
}
