//! The sum of the last so many numbers, each time as if added afresh from the oldest to the newest.

use super::squash::{added_up, length_of};

/// Adds up the last `length` numbers, oldest to newest.
///
/// A number that enters is added to the sums of all windows it will belong to. Each sum so starts
/// with its own oldest number, never loses one, and has the bits of a plain loop over the window,
/// without that loop's waiting for one addition after the other. Numbers enter four at a time, and
/// begin four windows; those that wait are added, in their order, when the sum is asked for.
#[derive(Clone, Debug)]
pub struct WindowSum {
    sums: Vec<[f64; AT_A_TIME]>,
    waiting: [f64; AT_A_TIME],
    are_waiting: usize,
    next_four: usize,
    oldest: usize,
    room: usize,
    are_missing: usize,
    length: usize,
}

const AT_A_TIME: usize = 4;

impl WindowSum {
    /// Add up the last `length` numbers.
    pub fn new(length: usize) -> Self {
        Self {
            sums: Vec::new(),
            waiting: [0.0; AT_A_TIME],
            are_waiting: 0,
            next_four: 0,
            oldest: 0,
            room: length.next_multiple_of(AT_A_TIME),
            are_missing: length,
            length,
        }
    }

    /// Take the newest number.
    #[inline]
    pub fn push(&mut self, number: f64) {
        self.waiting[self.are_waiting % AT_A_TIME] = number;
        self.are_waiting += 1;
        if self.are_waiting == AT_A_TIME {
            self.let_enter();
        }
        if self.are_missing > 0 {
            self.are_missing -= 1;
        } else {
            self.oldest = if self.oldest + 1 == self.room { 0 } else { self.oldest + 1 };
        }
    }

    #[inline(never)]
    fn let_enter(&mut self) {
        let [first, second, third, fourth] = self.waiting;
        for sum in self.sums.as_flattened_mut() {
            *sum = *sum + first + second + third + fourth;
        }
        let begun = [
            0.0 + first + second + third + fourth,
            0.0 + second + third + fourth,
            0.0 + third + fourth,
            0.0 + fourth,
        ];
        match self.sums.get_mut(self.next_four) {
            Some(complete) => *complete = begun,
            None => self.sums.push(begun),
        }
        self.next_four = if (self.next_four + 1) * AT_A_TIME == self.room { 0 } else { self.next_four + 1 };
        self.waiting = [0.0; AT_A_TIME];
        self.are_waiting = 0;
    }

    /// Give the sum of the last `length` numbers, or of all when they are fewer.
    ///
    /// Places that no number waits for hold 0, which changes no bit of a sum that began with +0.
    #[inline]
    pub fn total(&self) -> f64 {
        if self.are_waiting >= self.length {
            return added_up(&self.waiting[self.are_waiting - self.length..self.are_waiting]);
        }
        let entered = self.sums.as_flattened().get(self.oldest).copied().unwrap_or(0.0);
        let [first, second, third, fourth] = self.waiting;
        entered + first + second + third + fourth
    }

    /// Give the mean of the last `length` numbers, or of all when they are fewer.
    #[inline]
    pub fn mean(&self) -> f64 {
        self.total() / length_of(self.length - self.are_missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sum_has_the_bits_of_a_plain_loop() {
        for length in [1, 2, 3, 4, 5, 6, 7, 20, 60, 61] {
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
