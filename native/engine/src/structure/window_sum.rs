//! The sum of the last so many numbers, each time as if added afresh from the oldest to the newest.

use super::squash::number_of;

/// Adds up the last `length` numbers, oldest to newest.
///
/// A number that enters is added at once to the sums of all windows it will belong to. Each sum so
/// starts with its own oldest number, never loses one, and has the bits of a plain loop over the
/// window, without that loop's waiting for one addition after the other.
#[derive(Clone, Debug)]
pub struct WindowSum {
    sums: Vec<f64>,
    oldest: usize,
    length: usize,
}

impl WindowSum {
    /// Add up the last `length` numbers.
    pub fn new(length: usize) -> Self {
        Self { sums: Vec::new(), oldest: 0, length }
    }

    /// Take the newest number.
    pub fn push(&mut self, number: f64) {
        if self.sums.len() < self.length {
            self.sums.push(0.0);
        } else {
            self.sums[self.oldest] = 0.0;
            self.oldest += 1;
            if self.oldest == self.length {
                self.oldest = 0;
            }
        }
        let mut fours = self.sums.chunks_exact_mut(4);
        for four in &mut fours {
            for sum in four {
                *sum += number;
            }
        }
        for sum in fours.into_remainder() {
            *sum += number;
        }
    }

    /// Give the sum of the last `length` numbers, or of all when they are fewer.
    pub fn total(&self) -> f64 {
        self.sums.get(self.oldest).copied().unwrap_or(0.0)
    }

    /// Give the mean of the last `length` numbers, or of all when they are fewer.
    pub fn mean(&self) -> f64 {
        self.total() / number_of(&self.sums)
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
                assert_eq!(window.mean().to_bits(), (added_up(plain) / number_of(plain)).to_bits());
            }
        }
    }

    #[test]
    fn nothing_adds_up_to_zero() {
        assert_eq!(WindowSum::new(3).total(), 0.0);
    }
}
