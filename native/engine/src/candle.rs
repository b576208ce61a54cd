//! Closed candles, and the reasons to refuse one; twin of `domain/market/candle.py`.

/// Nothing is traded at such a price or in such an amount, and sums of so many stay finite.
pub const LARGEST: f64 = 1e100;

/// One closed candle; prices in quote currency, volumes in base currency.
///
/// `taker_buy_volume` is NaN where the source does not tell who was the aggressor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candle {
    pub open_time_ms: i64,
    pub open: f64,
    pub high: f64,
    pub low: f64,
    pub close: f64,
    pub volume: f64,
    pub taker_buy_volume: f64,
}

/// Why a candle cannot be true, or cannot be taken where it stands on its tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CandleFault {
    NotFinite,
    BeyondMeasure,
    LowNotPositive,
    HighBelowBody,
    LowAboveBody,
    NegativeVolume,
    TakerBuyOutsideVolume,
    OffTheGrid,
    Duplicate,
    OutOfOrder,
}

impl CandleFault {
    /// Give the name that the Python twin of this fault carries.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotFinite => "NOT_FINITE",
            Self::BeyondMeasure => "BEYOND_MEASURE",
            Self::LowNotPositive => "LOW_NOT_POSITIVE",
            Self::HighBelowBody => "HIGH_BELOW_BODY",
            Self::LowAboveBody => "LOW_ABOVE_BODY",
            Self::NegativeVolume => "NEGATIVE_VOLUME",
            Self::TakerBuyOutsideVolume => "TAKER_BUY_OUTSIDE_VOLUME",
            Self::OffTheGrid => "OFF_THE_GRID",
            Self::Duplicate => "DUPLICATE",
            Self::OutOfOrder => "OUT_OF_ORDER",
        }
    }
}

/// Name the first thing that makes this candle impossible by itself.
#[inline]
#[must_use]
pub fn fault_within(candle: &Candle) -> Option<CandleFault> {
    if is_possible(candle) {
        return None;
    }
    let Candle { open, high, low, close, volume, taker_buy_volume, .. } = *candle;
    if !(open + high + low + close + volume).is_finite() || taker_buy_volume.is_infinite() {
        return Some(CandleFault::NotFinite);
    }
    if high > LARGEST || volume > LARGEST {
        return Some(CandleFault::BeyondMeasure);
    }
    if low <= 0.0 {
        return Some(CandleFault::LowNotPositive);
    }
    if high < open || high < close {
        return Some(CandleFault::HighBelowBody);
    }
    if low > open || low > close {
        return Some(CandleFault::LowAboveBody);
    }
    if volume < 0.0 {
        return Some(CandleFault::NegativeVolume);
    }
    if taker_buy_volume < 0.0 || taker_buy_volume > volume {
        return Some(CandleFault::TakerBuyOutsideVolume);
    }
    None
}

/// Tell whether nothing is wrong, in one jump; only of a bad candle is it asked what.
#[inline]
#[expect(clippy::needless_bitwise_bool, reason = "one jump instead of ten")]
fn is_possible(candle: &Candle) -> bool {
    let Candle { open, high, low, close, volume, taker_buy_volume, .. } = *candle;
    let is_told_by_whom = (taker_buy_volume >= 0.0) & (taker_buy_volume <= volume);
    ((low > 0.0) & (volume >= 0.0) & (high <= LARGEST) & (volume <= LARGEST))
        & ((high >= open) & (high >= close) & (low <= open) & (low <= close))
        & (taker_buy_volume.is_nan() | is_told_by_whom)
}

/// Name the first thing that forbids this candle after the one before it.
#[must_use]
pub fn fault_in_place(candle: &Candle, last_open_time_ms: Option<i64>, step_ms: i64) -> Option<CandleFault> {
    if candle.open_time_ms % step_ms != 0 {
        return Some(CandleFault::OffTheGrid);
    }
    match last_open_time_ms {
        Some(last) if candle.open_time_ms == last => Some(CandleFault::Duplicate),
        Some(last) if candle.open_time_ms < last => Some(CandleFault::OutOfOrder),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Candle = Candle {
        open_time_ms: 60_000,
        open: 10.0,
        high: 12.0,
        low: 9.0,
        close: 11.0,
        volume: 5.0,
        taker_buy_volume: 2.0,
    };

    #[test]
    fn a_true_candle_has_no_fault() {
        assert_eq!(fault_within(&GOOD), None);
        assert_eq!(fault_within(&Candle { taker_buy_volume: f64::NAN, ..GOOD }), None);
        assert_eq!(fault_within(&Candle { high: LARGEST, volume: LARGEST, ..GOOD }), None);
    }

    #[test]
    fn each_impossible_candle_is_named() {
        let cases = [
            (Candle { close: f64::NAN, ..GOOD }, CandleFault::NotFinite),
            (Candle { volume: f64::INFINITY, ..GOOD }, CandleFault::NotFinite),
            (Candle { taker_buy_volume: f64::INFINITY, ..GOOD }, CandleFault::NotFinite),
            (Candle { high: 1.1e100, ..GOOD }, CandleFault::BeyondMeasure),
            (Candle { volume: 1.1e100, ..GOOD }, CandleFault::BeyondMeasure),
            (Candle { low: 0.0, ..GOOD }, CandleFault::LowNotPositive),
            (Candle { high: 9.5, ..GOOD }, CandleFault::HighBelowBody),
            (Candle { high: 10.5, ..GOOD }, CandleFault::HighBelowBody),
            (Candle { low: 10.5, ..GOOD }, CandleFault::LowAboveBody),
            (Candle { low: 9.5, close: 9.2, ..GOOD }, CandleFault::LowAboveBody),
            (Candle { volume: -1.0, ..GOOD }, CandleFault::NegativeVolume),
            (Candle { taker_buy_volume: -1.0, ..GOOD }, CandleFault::TakerBuyOutsideVolume),
            (Candle { taker_buy_volume: 5.1, ..GOOD }, CandleFault::TakerBuyOutsideVolume),
        ];
        for (candle, fault) in cases {
            assert_eq!(fault_within(&candle), Some(fault), "{candle:?}");
        }
    }

    #[test]
    fn a_candle_must_stand_on_the_grid_and_after_the_one_before() {
        assert_eq!(fault_in_place(&GOOD, None, 60_000), None);
        assert_eq!(fault_in_place(&GOOD, Some(0), 60_000), None);
        assert_eq!(fault_in_place(&GOOD, None, 50_000), Some(CandleFault::OffTheGrid));
        assert_eq!(fault_in_place(&GOOD, Some(60_000), 60_000), Some(CandleFault::Duplicate));
        assert_eq!(fault_in_place(&GOOD, Some(120_000), 60_000), Some(CandleFault::OutOfOrder));
    }
}
