//! Measures brought between fixed bounds by division alone; twin of `domain/structure/squash.py`.

const AS_GOOD_AS_ENDLESS: f64 = 1e300;

/// Bring any number between -1 and 1, keeping its sign: x / (1 + |x|).
pub fn squash(x: f64) -> f64 {
    x / (1.0 + x.abs())
}

/// Give 1 for something that has just happened and 1/2 after its half-life: h / (h + a).
pub fn recency(age_bars: i64, half_life_bars: i64) -> f64 {
    float(half_life_bars) / float(half_life_bars + age_bars)
}

/// Gives `recency` for one half-life; for the ages most asked for it is found once.
#[derive(Clone, Debug)]
pub struct Recency {
    half_life_bars: i64,
    while_young: [f64; YOUNG_BARS],
}

const YOUNG_BARS: usize = 32;

impl Recency {
    pub fn new(half_life_bars: i64) -> Self {
        let mut while_young = [0.0; YOUNG_BARS];
        for (age_bars, share) in (0..).zip(&mut while_young) {
            *share = recency(age_bars, half_life_bars);
        }
        Self { half_life_bars, while_young }
    }

    /// Give 1 for something that has just happened and 1/2 after its half-life.
    #[inline]
    pub fn of(&self, age_bars: i64) -> f64 {
        let known = usize::try_from(age_bars).ok().and_then(|age| self.while_young.get(age));
        known.map_or_else(|| recency(age_bars, self.half_life_bars), |&share| share)
    }
}

/// Bring a measure of zero or more below 1, with 1/2 at `half`: x / (x + half); endless counts as 1.
pub fn saturation(x: f64, half: f64) -> f64 {
    if x > AS_GOOD_AS_ENDLESS { 1.0 } else { x / (x + half) }
}

/// Add numbers one after the other, first to last; what every `WindowSum` must equal.
pub fn added_up(numbers: &[f64]) -> f64 {
    let mut total = 0.0;
    for number in numbers {
        total += number;
    }
    total
}

/// Add up a number of each thing, first to last.
pub fn added_up_of<T>(things: &[T], number: impl Fn(&T) -> f64) -> f64 {
    let mut total = 0.0;
    for_each_number_of(things, number, |_, number| total += number);
    total
}

/// Hand over each thing with its number, first to last; two numbers at a time are found side by side.
pub fn for_each_number_of<T>(things: &[T], number: impl Fn(&T) -> f64, mut take: impl FnMut(&T, f64)) {
    let pairs = things.chunks_exact(2);
    let rest = pairs.remainder();
    for pair in pairs {
        let (first, second) = (number(&pair[0]), number(&pair[1]));
        take(&pair[0], first);
        take(&pair[1], second);
    }
    for thing in rest {
        take(thing, number(thing));
    }
}

/// Give the larger of two, the first when they are equal or one is NaN, as Python's `max` does.
pub fn larger(first: f64, second: f64) -> f64 {
    if second > first { second } else { first }
}

/// Give the smaller of two, the first when they are equal or one is NaN, as Python's `min` does.
pub fn smaller(first: f64, second: f64) -> f64 {
    if second < first { second } else { first }
}

/// Give a count of bars, swings or touches as a float.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub fn float(count: i64) -> f64 {
    count as f64
}

/// Give how many things there are as a float.
#[expect(clippy::cast_precision_loss, reason = "lengths stay far below 2^53")]
pub fn length_of(things: usize) -> f64 {
    things as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squash_keeps_the_sign_and_stays_below_one() {
        assert_eq!([squash(0.0), squash(1.0), squash(-1.0), squash(3.0)], [0.0, 0.5, -0.5, 0.75]);
    }

    #[test]
    fn recency_halves_at_the_half_life() {
        assert_eq!([recency(0, 12), recency(12, 12), recency(36, 12)], [1.0, 0.5, 0.25]);
    }

    #[test]
    fn recency_of_any_age_is_the_same_found_once_or_anew() {
        let known = Recency::new(12);
        for age_bars in 0..100 {
            assert_eq!(known.of(age_bars).to_bits(), recency(age_bars, 12).to_bits());
        }
    }

    #[test]
    fn an_endless_measure_is_saturated() {
        assert_eq!(
            [saturation(0.0, 1.5), saturation(1.5, 1.5), saturation(f64::INFINITY, 1.0)],
            [0.0, 0.5, 1.0]
        );
    }

    #[test]
    fn numbers_are_added_from_first_to_last() {
        assert_eq!(added_up(&[1e16, 1.0, 1.0, -1e16]), 0.0);
        assert_eq!(added_up(&[1.0, 1.0, 1e16, -1e16]), 2.0);
        let numbers: Vec<f64> = (0..23).map(|n| 1.0 / float(n + 3)).collect();
        for length in 0..numbers.len() {
            let some = &numbers[..length];
            assert_eq!(added_up_of(some, |&number| number).to_bits(), added_up(some).to_bits());
        }
    }

    #[test]
    fn of_equals_and_unknowns_the_first_is_taken() {
        assert!(larger(-0.0, 0.0).is_sign_negative() && smaller(-0.0, 0.0).is_sign_negative());
        assert_eq!([larger(1.0, f64::NAN), smaller(1.0, f64::NAN)], [1.0, 1.0]);
        assert!(larger(f64::NAN, 1.0).is_nan() && smaller(f64::NAN, 1.0).is_nan());
    }
}
