//! Rides ahead of a desk that holds nothing in a symbol; twin of `domain/setup/scout.py`.

use crate::candle::Candle;
use crate::candle_aggregator::CandleAggregator;
use crate::first_look::{FirstLookRules, may_offer_entry};
use crate::structure::structure_engine::StructureEngine;

const DAY_MS: i64 = 86_400_000;

/// Reads the candles of one symbol, each opening where the one before it closed, before the desk is told.
#[derive(Clone, Debug)]
pub struct Scout {
    step_ms: i64,
    aggregator: CandleAggregator,
    engine: StructureEngine,
    rules: FirstLookRules,
}

impl Scout {
    #[must_use]
    pub fn new(
        step_ms: i64,
        aggregator: CandleAggregator,
        engine: StructureEngine,
        rules: FirstLookRules,
    ) -> Self {
        Self { step_ms, aggregator, engine, rules }
    }

    /// Take candles up to the first that the desk must see by itself, and give how many come before it.
    ///
    /// That is one that is refused, one after whose close there may be a setup, or the last of a UTC day.
    pub fn ahead(&mut self, candles: &[Candle]) -> usize {
        candles.iter().position(|candle| self.is_for_the_desk(candle)).unwrap_or(candles.len())
    }

    /// Take candles that the desk was shown one by one.
    pub fn follow(&mut self, candles: &[Candle]) {
        for candle in candles {
            self.is_for_the_desk(candle);
        }
    }

    fn is_for_the_desk(&mut self, candle: &Candle) -> bool {
        let Ok(bars) = self.aggregator.update(candle) else { return true };
        let mut is_for_the_desk = self.ends_a_day(candle);
        for bar in bars.iter().flatten() {
            is_for_the_desk |= self.engine.update(bar).is_err() || self.may_trade();
        }
        is_for_the_desk
    }

    /// Tell whether there may be a setup; strict rules want a displacement, and mostly there is none.
    fn may_trade(&self) -> bool {
        let oldest = self.rules.displacement_max_age_bars;
        let is_displaced = self.engine.displacement_age_bars().is_some_and(|age| age <= oldest);
        if !is_displaced && !self.rules.is_relaxed {
            return false;
        }
        self.engine.view().is_some_and(|view| may_offer_entry(&view, &self.rules))
    }

    fn ends_a_day(&self, candle: &Candle) -> bool {
        let opened_ms = candle.open_time_ms;
        opened_ms.div_euclid(DAY_MS) != opened_ms.saturating_add(self.step_ms).div_euclid(DAY_MS)
    }
}
