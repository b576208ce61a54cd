//! The sum of the last so many numbers, each time as if added afresh from the oldest to the newest.

use super::squash::length_of;

/// Adds up the last `length` numbers, oldest to newest.
///
/// A number that enters is added to the sums of all windows it will belong to. Each sum so starts
/// with its own oldest number, never loses one, and has the bits of a plain loop over the window,
/// without that loop's waiting for one addition after the other. Numbers enter a few at a time;
/// those that wait are added, in their order, when the sum is asked for.
#[derive(Clone, Debug)]
pub struct WindowSum {
    sums: Vec<[f64; SIDE_BY_SIDE]>,
    waiting: [f64; AT_A_TIME],
    are_waiting: usize,
    enter_at: usize,
    begun: usize,
    next_place: usize,
    length: usize,
}

const SIDE_BY_SIDE: usize = 4;
const AT_A_TIME: usize = 4;

impl WindowSum {
    /// Add up the last `length` numbers.
    pub fn new(length: usize) -> Self {
        Self {
            sums: Vec::new(),
            waiting: [0.0; AT_A_TIME],
            are_waiting: 0,
            enter_at: if length < AT_A_TIME { 1 } else { AT_A_TIME },
            begun: 0,
            next_place: 0,
            length,
        }
    }

    /// Take the newest number.
    #[inline]
    pub fn push(&mut self, number: f64) {
        self.waiting[self.are_waiting % AT_A_TIME] = number;
        self.are_waiting += 1;
        if self.are_waiting >= self.enter_at {
            self.let_enter();
        }
    }

    /// Places that no number waits for hold 0, which changes no bit of a sum that began with +0.
    #[inline(never)]
    fn let_enter(&mut self) {
        let [first, second, third, fourth] = self.waiting;
        for sum in self.sums.as_flattened_mut() {
            *sum = *sum + first + second + third + fourth;
        }
        for at in 0..self.are_waiting {
            self.begin(at);
        }
        self.waiting = [0.0; AT_A_TIME];
        self.are_waiting = 0;
    }

    /// Begin the window whose oldest number is this one of those that wait.
    fn begin(&mut self, at: usize) {
        let place = self.next_place;
        if place / SIDE_BY_SIDE == self.sums.len() {
            self.sums.push([0.0; SIDE_BY_SIDE]);
        }
        let mut sum = 0.0;
        for number in &self.waiting[at..] {
            sum += number;
        }
        self.sums[place / SIDE_BY_SIDE][place % SIDE_BY_SIDE] = sum;
        self.next_place = if place + 1 == self.length { 0 } else { place + 1 };
        self.begun = (self.begun + 1).min(self.length);
    }

    /// Give the sum of the last `length` numbers, or of all when they are fewer.
    #[inline]
    pub fn total(&self) -> f64 {
        let oldest = self.place_of_the_oldest();
        let entered = self.sums.get(oldest / SIDE_BY_SIDE).map_or(0.0, |sums| sums[oldest % SIDE_BY_SIDE]);
        let [first, second, third, fourth] = self.waiting;
        entered + first + second + third + fourth
    }

    /// Give the mean of the last `length` numbers, or of all when they are fewer.
    #[inline]
    pub fn mean(&self) -> f64 {
        self.total() / length_of((self.begun + self.are_waiting).min(self.length))
    }

    fn place_of_the_oldest(&self) -> usize {
        let passed_over = (self.begun + self.are_waiting).saturating_sub(self.length);
        let oldest = if self.begun < self.length { passed_over } else { self.next_place + self.are_waiting };
        if oldest >= self.length { oldest - self.length } else { oldest }
    }
}

#[cfg(test)]
mod tests {
    use super::super::squash::added_up;
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
