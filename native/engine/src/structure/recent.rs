//! The last so many of anything, oldest first and side by side in memory.

/// Keeps the last `kept` items; the older ones go without being moved one by one.
#[derive(Clone, Debug)]
pub struct Recent<T> {
    items: Vec<T>,
    end: usize,
    kept: usize,
    room: usize,
}

const LEAST_SPARE_ROOM: usize = 16;

impl<T: Copy> Recent<T> {
    /// Keep the last `kept` items.
    pub fn new(kept: usize) -> Self {
        Self { items: Vec::new(), end: 0, kept, room: kept.saturating_add(kept.max(LEAST_SPARE_ROOM)) }
    }

    /// Take the newest item, and let the oldest go when there are too many.
    #[inline]
    pub fn push(&mut self, item: T) {
        match self.items.get_mut(self.end) {
            Some(place) => *place = item,
            None => self.make_room_for(item),
        }
        self.end += 1;
    }

    #[cold]
    fn make_room_for(&mut self, item: T) {
        let staying = self.end.min(self.kept - 1);
        self.items.copy_within(self.end - staying.., 0);
        self.items.resize(self.room, item);
        self.items[staying] = item;
        self.end = staying;
    }

    /// Give the items, oldest first.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        &self.items[self.end.saturating_sub(self.kept)..self.end]
    }

    /// Tell how many items are kept now.
    pub fn len(&self) -> usize {
        self.end.min(self.kept)
    }

    /// Start again from these items, oldest first.
    pub fn refill(&mut self, items: Vec<T>) {
        self.end = items.len();
        self.items = items;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_items_are_kept_in_order() {
        for kept in 1..5 {
            let mut recent = Recent::new(kept);
            for item in 0..140_usize {
                recent.push(item);
                let expected: Vec<_> = ((item + 1).saturating_sub(kept)..=item).collect();
                assert_eq!(recent.as_slice(), expected);
                assert_eq!(recent.len(), expected.len());
            }
        }
    }

    #[test]
    fn a_refill_keeps_the_last_ones() {
        let mut recent = Recent::new(3);
        recent.refill(vec![1, 2, 3, 4]);
        assert_eq!(recent.as_slice(), [2, 3, 4]);
    }
}
