//! Short candles folded into longer ones; twin of `domain/market/candle_aggregator.py`.

use crate::candle::{Candle, CandleFault, fault_in_place, fault_within};

/// The lengths do not fit: both above zero, the longer a whole multiple of the shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LengthsRefused;

/// Folds closed candles of one length into closed candles of a longer one, of one symbol.
#[derive(Clone, Copy, Debug)]
pub struct CandleAggregator {
    step_ms: i64,
    into_ms: i64,
    last_open_time_ms: Option<i64>,
    growing: Option<Candle>,
}

impl CandleAggregator {
    /// Fold candles of `step_ms` into candles of `into_ms`.
    ///
    /// # Errors
    ///
    /// `LengthsRefused` unless both lengths are above zero and `into_ms` is a multiple of `step_ms`.
    pub fn new(step_ms: i64, into_ms: i64) -> Result<Self, LengthsRefused> {
        if step_ms <= 0 || into_ms <= 0 || into_ms % step_ms != 0 {
            return Err(LengthsRefused);
        }
        Ok(Self { step_ms, into_ms, last_open_time_ms: None, growing: None })
    }

    /// Take one closed candle and give the longer candles that are now closed, oldest first.
    ///
    /// # Errors
    ///
    /// The first fault of the candle; the state is as if it had never come.
    pub fn update(&mut self, candle: &Candle) -> Result<[Option<Candle>; 2], CandleFault> {
        let fault =
            fault_within(candle).or_else(|| fault_in_place(candle, self.last_open_time_ms, self.step_ms));
        if let Some(fault) = fault {
            return Err(fault);
        }
        self.last_open_time_ms = Some(candle.open_time_ms);
        Ok([self.close_overdue(candle), self.grow(candle)])
    }

    /// Do what `update` does with a candle that its caller has already checked, handing each over.
    #[inline]
    pub fn fold(&mut self, candle: &Candle, mut take: impl FnMut(&Candle)) {
        let open_time_ms = candle.open_time_ms;
        if let Some(growing) = &mut self.growing {
            let into_bucket_ms = open_time_ms.saturating_sub(growing.open_time_ms);
            if into_bucket_ms < self.into_ms {
                join(growing, candle);
                if is_last_of(into_bucket_ms, self.step_ms, self.into_ms) {
                    take(growing);
                    self.growing = None;
                }
                return;
            }
        }
        for closed in [self.close_overdue(candle), self.grow(candle)].iter().flatten() {
            take(closed);
        }
    }

    /// Show the longer candle that has begun to grow.
    #[must_use]
    pub fn growing(&self) -> Option<&Candle> {
        self.growing.as_ref()
    }

    /// Go on from a longer candle that had begun to grow.
    pub fn resume(&mut self, growing: Option<Candle>) {
        self.growing = growing;
    }

    fn close_overdue(&mut self, candle: &Candle) -> Option<Candle> {
        let into_ms = self.into_ms;
        self.growing.take_if(|growing| candle.open_time_ms.saturating_sub(growing.open_time_ms) >= into_ms)
    }

    fn grow(&mut self, candle: &Candle) -> Option<Candle> {
        let into_bucket_ms = match &mut self.growing {
            Some(growing) => {
                join(growing, candle);
                candle.open_time_ms - growing.open_time_ms
            }
            None => self.begin(candle),
        };
        self.growing.take_if(|_| is_last_of(into_bucket_ms, self.step_ms, self.into_ms))
    }

    fn begin(&mut self, candle: &Candle) -> i64 {
        let into_bucket_ms = candle.open_time_ms.rem_euclid(self.into_ms);
        let open_time_ms = candle.open_time_ms.saturating_sub(into_bucket_ms);
        self.growing = Some(Candle { open_time_ms, ..*candle });
        into_bucket_ms
    }
}

/// Tell whether a candle that opens so far into its bucket is the last to fit there.
fn is_last_of(into_bucket_ms: i64, step_ms: i64, into_ms: i64) -> bool {
    into_bucket_ms + step_ms == into_ms
}

fn join(growing: &mut Candle, candle: &Candle) {
    growing.high = if candle.high > growing.high { candle.high } else { growing.high };
    growing.low = if candle.low < growing.low { candle.low } else { growing.low };
    growing.close = candle.close;
    growing.volume += candle.volume;
    growing.taker_buy_volume += candle.taker_buy_volume;
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_MS: i64 = 60_000;

    fn minute(number: i64, price: f64) -> Candle {
        Candle {
            open_time_ms: number * MINUTE_MS,
            open: price,
            high: price + 2.0,
            low: price - 1.0,
            close: price + 1.0,
            volume: 3.0,
            taker_buy_volume: 1.0,
        }
    }

    fn closed(aggregator: &mut CandleAggregator, candle: &Candle) -> Vec<Candle> {
        aggregator.update(candle).unwrap().into_iter().flatten().collect()
    }

    fn five_minutes() -> CandleAggregator {
        CandleAggregator::new(MINUTE_MS, 5 * MINUTE_MS).unwrap()
    }

    #[test]
    fn five_minutes_make_one_candle_with_the_last_of_them() {
        let mut aggregator = five_minutes();
        for (number, price) in [(0, 100.0), (1, 101.0), (2, 102.0), (3, 103.0)] {
            assert_eq!(closed(&mut aggregator, &minute(number, price)), []);
        }
        let expected = Candle {
            open_time_ms: 0,
            open: 100.0,
            high: 106.0,
            low: 99.0,
            close: 105.0,
            volume: 15.0,
            taker_buy_volume: 5.0,
        };
        assert_eq!(closed(&mut aggregator, &minute(4, 104.0)), [expected]);
    }

    #[test]
    fn a_bucket_without_its_last_minutes_is_closed_by_the_next_bucket() {
        let mut aggregator = five_minutes();
        assert_eq!(closed(&mut aggregator, &minute(1, 100.0)), []);
        let late = closed(&mut aggregator, &minute(6, 110.0));
        assert_eq!(late.len(), 1);
        assert_eq!((late[0].open_time_ms, late[0].close), (0, 101.0));
    }

    #[test]
    fn a_minute_that_ends_its_own_bucket_can_close_two() {
        let mut aggregator = five_minutes();
        closed(&mut aggregator, &minute(1, 100.0));
        let both = closed(&mut aggregator, &minute(9, 110.0));
        assert_eq!(both.iter().map(|candle| candle.open_time_ms).collect::<Vec<_>>(), [0, 300_000]);
    }

    #[test]
    fn an_unknown_aggressor_in_one_minute_makes_the_sum_unknown() {
        let mut aggregator = five_minutes();
        closed(&mut aggregator, &Candle { taker_buy_volume: f64::NAN, ..minute(3, 100.0) });
        assert!(closed(&mut aggregator, &minute(4, 100.0))[0].taker_buy_volume.is_nan());
    }

    #[test]
    fn a_refused_minute_leaves_no_trace() {
        let mut aggregator = five_minutes();
        closed(&mut aggregator, &minute(3, 100.0));
        let impossible = Candle { high: 1.0, ..minute(4, 500.0) };
        assert_eq!(aggregator.update(&impossible), Err(CandleFault::HighBelowBody));
        assert_eq!(aggregator.update(&minute(3, 500.0)), Err(CandleFault::Duplicate));
        let kept = [Candle { open_time_ms: 0, volume: 6.0, taker_buy_volume: 2.0, ..minute(0, 100.0) }];
        assert_eq!(closed(&mut aggregator, &minute(4, 100.0)), kept);
    }

    #[test]
    fn lengths_must_fit_into_each_other() {
        for (step_ms, into_ms) in [(0, 1), (1, 0), (-1, 5), (2, 5), (5, 2)] {
            assert_eq!(CandleAggregator::new(step_ms, into_ms).err(), Some(LengthsRefused));
        }
    }

    #[test]
    fn times_at_the_ends_of_the_calendar_do_not_overflow() {
        for at_ms in [i64::MIN, i64::MAX] {
            let mut aggregator = CandleAggregator::new(1, 7).unwrap();
            aggregator.update(&Candle { open_time_ms: at_ms, ..minute(0, 100.0) }).unwrap();
        }
    }
}
