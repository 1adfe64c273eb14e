//! Numbers of texts by the hashes of the texts.

/// A number with the hash of its text; empty where the number is 0.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) hash: u32,
    pub(super) sym: u32,
}

impl Slot {
    fn is_empty(self) -> bool {
        self.sym == 0
    }
}

/// An open table, searched from where the hash points: one cache line answers most look-ups, few texts that differ are
/// met, and growing meets none. The reader spends most of its time here, so it counts.
pub(super) struct Slots {
    slots: Vec<Slot>,
    taken: usize,
}

/// Slots of a table that is new.
const FIRST: usize = 1 << 10;
/// Slots that move together when the table grows.
const MOVED: usize = 1 << 12;

impl Default for Slots {
    fn default() -> Self {
        Self { slots: vec![Slot::default(); FIRST], taken: 0 }
    }
}

impl Slots {
    /// Place of the first slot that has the hash, or of the empty one that ends the search.
    #[inline]
    pub(super) fn find(&self, hash: u32) -> usize {
        self.find_from(first_slot(hash, self.slots.len()), hash)
    }

    /// The next of [`Self::find`].
    #[inline]
    pub(super) fn find_next(&self, at: usize, hash: u32) -> usize {
        self.find_from(next_slot(at, self.slots.len()), hash)
    }

    #[inline]
    fn find_from(&self, mut at: usize, hash: u32) -> usize {
        while !self.slots[at].is_empty() && self.slots[at].hash != hash {
            at = next_slot(at, self.slots.len());
        }
        at
    }

    /// Number of the text in a slot; 0 where it is empty.
    #[inline]
    pub(super) fn sym(&self, at: usize) -> u32 {
        self.slots[at].sym
    }

    /// Fills the empty slot that ended a search.
    pub(super) fn put(&mut self, at: usize, slot: Slot) {
        self.slots[at] = slot;
        self.taken += 1;
        if self.taken * 3 > self.slots.len() * 2 {
            // By half: a doubled one would be emptier on average.
            self.grow(self.slots.len() + self.slots.len() / 2);
        }
    }

    /// No table, for an interner that takes no more texts.
    pub(super) fn none() -> Self {
        Self { slots: Vec::new(), taken: 0 }
    }

    /// Adds a text that is not there.
    pub(super) fn add(&mut self, slot: Slot) {
        let at = self.free(slot.hash);
        self.put(at, slot);
    }

    /// Makes room for so many more texts; by half at least, since more parts may follow.
    pub(super) fn reserve(&mut self, more: usize) {
        let taken = self.taken + more;
        if taken * 3 > self.slots.len() * 2 {
            self.grow((taken + taken / 2 + 1).max(self.slots.len() + self.slots.len() / 2));
        }
    }

    /// The empty slot that a new text takes.
    fn free(&self, hash: u32) -> usize {
        let mut at = first_slot(hash, self.slots.len());
        while !self.slots[at].is_empty() {
            at = next_slot(at, self.slots.len());
        }
        at
    }

    /// Grows the table in its place, where the allocator can: two tables at a time would be the peak of memory in a load,
    /// and nothing would fill the hole that the old one leaves.
    #[cold]
    fn grow(&mut self, len: usize) {
        let mut end = self.slots.len();
        self.slots.reserve_exact(len - end);
        self.slots.resize(len, Slot::default());
        let (mut moved, mut late): (Vec<Slot>, Vec<Slot>) = (Vec::with_capacity(MOVED), Vec::new());
        // From the end on: slots keep the order of their hashes, so that nearly all move up, into what is cleared already.
        while end > 0 {
            let start = end.saturating_sub(MOVED);
            let slots = &mut self.slots[start..end];
            moved.extend(slots.iter().filter(|slot| !slot.is_empty()));
            slots.fill(Slot::default());
            for slot in moved.drain(..) {
                let from = first_slot(slot.hash, len);
                let cleared = if from < start { 0..0 } else { from..len };
                match cleared.into_iter().find(|at| self.slots[*at].is_empty()) {
                    Some(at) => self.slots[at] = slot,
                    // It is not cleared yet from there on, or nothing is free up to the end.
                    None => late.push(slot),
                }
            }
            end = start;
        }
        for slot in late {
            let at = self.free(slot.hash);
            self.slots[at] = slot;
        }
    }

    /// Every slot that is taken.
    pub(super) fn taken(&self) -> impl Iterator<Item = Slot> + '_ {
        self.slots.iter().copied().filter(|slot| !slot.is_empty())
    }
}

/// First slot of a hash in a table of `slots`.
#[inline]
pub(super) fn first_slot(hash: u32, slots: usize) -> usize {
    ((u64::from(hash) * slots as u64) >> u32::BITS) as usize
}

#[inline]
pub(super) fn next_slot(at: usize, slots: usize) -> usize {
    if at + 1 == slots { 0 } else { at + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_grows_has_every_slot_of_before() {
        // Many of one hash, at the start and at the end too, where a search goes on at the start.
        for (hashes, more) in [
            ((0..9_000).map(|n: u32| n.wrapping_mul(0x9e37_79b1)).collect::<Vec<_>>(), 0),
            ((0..5_000).map(|n| if n % 2 == 0 { n } else { u32::MAX - n }).collect(), 0),
            ((0..3_000).map(|n| [0, 7, u32::MAX][n % 3]).collect(), 40_000),
        ] {
            let mut slots = Slots::default();
            for (hash, sym) in hashes.iter().zip(1..) {
                slots.add(Slot { hash: *hash, sym });
            }
            slots.reserve(more);
            assert_eq!(slots.taken().count(), hashes.len());
            for (hash, sym) in hashes.iter().zip(1..) {
                let mut at = slots.find(*hash);
                while slots.sym(at) != sym {
                    assert_ne!(slots.sym(at), 0, "{hash:x}");
                    at = slots.find_next(at, *hash);
                }
            }
            assert!(slots.slots.len() * 2 >= (hashes.len() + more) * 3);
        }
    }
}
