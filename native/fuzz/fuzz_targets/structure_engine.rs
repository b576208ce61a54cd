//! Any bytes as a config and candles: the engine never panics, refuses without a trace, and goes on
//! from its snapshot as if it had never stopped.

#![no_main]

use libfuzzer_sys::fuzz_target;
use slt_engine::candle::{Candle, LARGEST};
use slt_engine::structure::structure_config::{Rule, StructureConfig};
use slt_engine::structure::structure_engine::StructureEngine;

/// Hands out numbers from the fuzzer's bytes, and nothing when they are used up.
struct Source<'bytes>(&'bytes [u8]);

impl Source<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn bits(&mut self) -> Option<u64> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*first))
    }

    /// Small steps around 100 mostly, so that candles are taken; any 64 bits now and then.
    fn price(&mut self) -> Option<f64> {
        match self.byte()? {
            255 => self.bits().map(f64::from_bits),
            small => Some(100.0 + f64::from(small) / 16.0),
        }
    }

    /// Small amounts mostly; any 64 bits now and then.
    fn volume(&mut self) -> Option<f64> {
        match self.byte()? {
            255 => self.bits().map(f64::from_bits),
            small => Some(f64::from(small)),
        }
    }

    /// Any rules but an average over fewer than two bars, which is refused.
    fn config(&mut self) -> Option<StructureConfig> {
        let mut config = StructureConfig::default();
        if self.byte()? % 2 == 0 {
            return Some(config);
        }
        for (_, rule) in config.numbers() {
            match rule {
                Rule::Whole(value) => *value = i64::from(self.byte()? % 16),
                Rule::Number(value) => *value = f64::from(self.byte()?) / 32.0,
            }
        }
        config.average_true_range.period_bars += 2;
        config.base_step_ms = 300_000;
        config.middle_step_ms = config.base_step_ms * i64::from(self.byte()? % 4);
        config.higher_step_ms = config.middle_step_ms * i64::from(self.byte()? % 4);
        Some(config)
    }

    fn candle(&mut self, open_time_ms: i64) -> Option<Candle> {
        let mut prices = [self.price()?, self.price()?, self.price()?, self.price()?];
        let how = self.byte()?;
        if how % 8 > 0 {
            prices.sort_by(f64::total_cmp);
        }
        let [low, mut open, mut close, high] = prices;
        if how & 8 > 0 {
            (open, close) = (close, open);
        }
        let volume = self.volume()?;
        let taker_buy_volume = if how & 16 > 0 { f64::NAN } else { volume / 2.0 };
        Some(Candle { open_time_ms, open, high, low, close, volume, taker_buy_volume })
    }
}

fuzz_target!(|bytes: &[u8]| {
    let _ = lived_through(&mut Source(bytes));
});

fn lived_through(source: &mut Source) -> Option<()> {
    let config = source.config()?;
    let step_ms = config.base_step_ms;
    let may_be_negative = source.byte()? % 2 == 0;
    let mut engine = StructureEngine::new(config.clone(), may_be_negative).ok()?;
    let mut twin = engine.clone();
    let (mut open_time_ms, mut are_plain) = (0_i64, true);
    loop {
        let steps = source.byte()?;
        open_time_ms =
            open_time_ms.saturating_add(step_ms * if steps > 240 { i64::from(steps) - 248 } else { 1 });
        let candle = source.candle(open_time_ms)?;
        let before = (steps == 240).then(|| engine.snapshot());
        let told = engine.update(&candle).copied();
        if let (Some(before), Err(_)) = (&before, &told) {
            assert_eq!(&engine.snapshot(), before, "a refused candle left a trace");
        }
        are_plain &= told.is_err() || !may_be_negative || candle.low > -LARGEST;
        if let (Ok(row), true) = (told, are_plain) {
            let is_ready = !row[0].is_nan();
            assert!(row.iter().all(|number| number.is_finite() == is_ready), "{row:?} at {candle:?}");
        }
        if steps == 239 {
            let snapshot = engine.snapshot();
            twin.restore(&snapshot).expect("its own snapshot");
            assert_eq!(twin.snapshot(), snapshot);
            assert_eq!(format!("{:?}", twin.view()), format!("{:?}", engine.view()));
            std::mem::swap(&mut engine, &mut twin);
        }
    }
}
