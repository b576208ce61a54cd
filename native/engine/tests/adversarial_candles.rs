//! Candles made of chance and spite never make the engine panic; overflow checks are on here.

use slt_engine::candle::{Candle, LARGEST};
use slt_engine::structure::structure_config::{Rule, StructureConfig};
use slt_engine::structure::structure_engine::StructureEngine;

const EXTREMES: [f64; 12] = [
    0.0,
    -0.0,
    f64::MIN_POSITIVE,
    5e-324,
    1.0,
    1e-300,
    1e300,
    f64::MAX,
    -1.0,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
];

struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn pick<T: Copy>(&mut self, things: &[T]) -> T {
        things[usize::try_from(self.below(things.len() as u64)).unwrap()]
    }

    fn number(&mut self) -> f64 {
        match self.below(4) {
            0 => f64::from_bits(self.next()),
            1 => self.pick(&EXTREMES),
            _ => f64::from(u32::try_from(self.below(1000)).unwrap()) / 8.0 + 1.0,
        }
    }

    /// Mostly a candle that will be taken, so that there is something to go wrong with.
    fn candle(&mut self, open_time_ms: i64) -> Candle {
        let mut prices = [self.number(), self.number(), self.number(), self.number()];
        if self.below(8) > 0 {
            prices =
                prices.map(|price| if price.is_finite() { price.abs().min(LARGEST) + 1e-320 } else { 1.0 });
            prices.sort_by(f64::total_cmp);
        }
        let [low, open, close, high] = prices;
        let volume = self.number().abs().min(LARGEST);
        let anything = self.number();
        let taker_buy_volume = self.pick(&[volume / 2.0, f64::NAN, volume, anything]);
        Candle { open_time_ms, open, high, low, close, volume, taker_buy_volume }
    }

    fn config(&mut self) -> StructureConfig {
        let mut config = StructureConfig::default();
        for (_, rule) in config.numbers() {
            match rule {
                Rule::Whole(value) => *value = i64::try_from(1 + self.below(9)).unwrap(),
                Rule::Number(value) => *value = self.number(),
            }
        }
        config.base_step_ms = self.pick(&[1, 7, 300_000]);
        config.middle_step_ms = config.base_step_ms * self.pick(&[1, 2, 3]);
        config.higher_step_ms = config.middle_step_ms * self.pick(&[1, 2, 4]);
        config
    }
}

#[test]
fn no_candle_under_no_config_makes_it_panic() {
    let mut chance = Chance(0x5eed_5eed_5eed_5eed);
    let mut taken = 0;
    for _ in 0..300 {
        let config = chance.config();
        let step_ms = config.base_step_ms;
        let is_mirrored = chance.below(2) == 0;
        let Ok(mut engine) = StructureEngine::new(config, is_mirrored) else { continue };
        let mut open_time_ms = chance.pick(&[0, i64::MIN / 2 / step_ms * step_ms, -step_ms * 99]);
        for _ in 0..300 {
            open_time_ms += step_ms * chance.pick(&[1, 1, 1, 1, 1, 1, 0, -1, 2, 5, 40]);
            let candle = chance.candle(open_time_ms);
            let Ok(row) = engine.update(&candle) else { continue };
            taken += 1;
            let is_ready = !row[0].is_nan();
            let is_whole = row.iter().all(|number| number.is_finite() == is_ready);
            assert!(is_mirrored || is_whole, "{row:?} at {candle:?}");
        }
        let snapshot = engine.snapshot();
        engine.restore(&snapshot).unwrap();
        assert_eq!(engine.snapshot(), snapshot);
        assert!(engine.view().is_none_or(|view| view.pools_above.len() <= 9));
    }
    assert!(taken > 10_000, "{taken}");
}

#[test]
fn times_at_the_ends_of_the_calendar_are_taken() {
    let mut config = StructureConfig { base_step_ms: 1, middle_step_ms: 1, ..StructureConfig::default() };
    config.higher_step_ms = 7;
    let mut engine = StructureEngine::new(config, false).unwrap();
    let mut chance = Chance(1);
    for open_time_ms in [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX] {
        let good =
            Candle { high: 2.0, low: 1.0, open: 1.5, close: 1.5, volume: 1.0, ..chance.candle(open_time_ms) };
        assert!(engine.update(&Candle { taker_buy_volume: 0.5, ..good }).is_ok(), "{open_time_ms}");
    }
}

#[test]
fn a_snapshot_with_any_byte_changed_is_refused() {
    let mut engine = StructureEngine::new(StructureConfig::default(), false).unwrap();
    let mut chance = Chance(2);
    for number in 0..400 {
        let _ = engine.update(&chance.candle(number * 300_000));
    }
    let snapshot = engine.snapshot();
    for at in 0..snapshot.len() {
        let mut changed = snapshot.clone();
        changed[at] ^= 1 << chance.below(7);
        assert!(engine.restore(&changed).is_err(), "{at}");
    }
    assert_eq!(engine.snapshot(), snapshot);
}
