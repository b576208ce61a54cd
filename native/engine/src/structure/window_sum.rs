//! The sum of the last so many numbers, each time as if added afresh from the oldest to the newest.

use super::squash::length_of;

/// Adds up the last `length` numbers, oldest to newest.
///
/// A number that enters is added at once to the sums of all windows it will belong to. Each sum so
/// starts with its own oldest number, never loses one, and has the bits of a plain loop over the
/// window, without that loop's waiting for one addition after the other.
#[derive(Clone, Debug)]
pub struct WindowSum {
    sums: Vec<[f64; SIDE_BY_SIDE]>,
    begun: usize,
    oldest: usize,
    length: usize,
}

const SIDE_BY_SIDE: usize = 4;

impl WindowSum {
    /// Add up the last `length` numbers.
    pub fn new(length: usize) -> Self {
        Self { sums: Vec::new(), begun: 0, oldest: 0, length }
    }

    /// Take the newest number.
    pub fn push(&mut self, number: f64) {
        for sums in &mut self.sums {
            for sum in sums {
                *sum += number;
            }
        }
        let at = self.place_of_a_new_window();
        self.sums[at / SIDE_BY_SIDE][at % SIDE_BY_SIDE] = 0.0 + number;
    }

    fn place_of_a_new_window(&mut self) -> usize {
        if self.begun < self.length {
            if self.begun % SIDE_BY_SIDE == 0 {
                self.sums.push([0.0; SIDE_BY_SIDE]);
            }
            self.begun += 1;
            return self.begun - 1;
        }
        let ended = self.oldest;
        self.oldest = if ended + 1 == self.length { 0 } else { ended + 1 };
        ended
    }

    /// Give the sum of the last `length` numbers, or of all when they are fewer.
    pub fn total(&self) -> f64 {
        self.sums.get(self.oldest / SIDE_BY_SIDE).map_or(0.0, |sums| sums[self.oldest % SIDE_BY_SIDE])
    }

    /// Give the mean of the last `length` numbers, or of all when they are fewer.
    pub fn mean(&self) -> f64 {
        self.total() / length_of(self.begun)
    }
}

#[cfg(test)]
mod tests {
    use super::super::squash::added_up;
    use super::*;

    #[test]
    fn every_sum_has_the_bits_of_a_plain_loop() {
        for length in [1, 2, 3, 20, 60] {
            let (mut window, mut numbers) = (WindowSum::new(length), Vec::new());
            let mut number = 0.1_f64;
            for _ in 0..300 {
                number = (number * 1e3 + 0.7) % 97.3 - 40.0;
                numbers.push(number);
                window.push(number);
                let plain = &numbers[numbers.len().saturating_sub(length)..];
                assert_eq!(window.total().to_bits(), added_up(plain).to_bits());
                assert_eq!(window.mean().to_bits(), (added_up(plain) / length_of(plain.len())).to_bits());
            }
        }
    }

    #[test]
    fn nothing_adds_up_to_zero() {
        assert_eq!(WindowSum::new(3).total(), 0.0);
    }
}
