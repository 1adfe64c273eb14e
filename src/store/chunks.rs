//! A long list in chunks: it grows and takes in another without a copy of all.

use std::ops::{Index, IndexMut};

const BITS: u32 = 12;
/// Items of a chunk.
const CHUNK: usize = 1 << BITS;

/// Items by number. All chunks but the last are full.
pub(super) struct Chunks<T> {
    chunks: Vec<Vec<T>>,
    len: usize,
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}

impl<T> Chunks<T> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn push(&mut self, item: T) {
        if self.len.is_multiple_of(CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        self.chunks.last_mut().expect("one was just made, or has room").push(item);
        self.len += 1;
    }

    pub(super) fn first(&self) -> Option<&T> {
        self.chunks.first()?.first()
    }

    pub(super) fn last(&self) -> Option<&T> {
        self.chunks.last()?.last()
    }

    /// Takes in the items of another, changed, in no order that matters.
    pub(super) fn absorb(&mut self, other: Self, mut change: impl FnMut(&mut T)) {
        let mut rest = if self.len.is_multiple_of(CHUNK) { Vec::new() } else { self.chunks.pop().unwrap_or_default() };
        self.len -= rest.len();
        for mut chunk in other.chunks {
            chunk.iter_mut().for_each(&mut change);
            if chunk.len() == CHUNK {
                self.len += CHUNK;
                self.chunks.push(chunk);
            } else {
                rest.append(&mut chunk);
            }
        }
        for item in rest {
            self.push(item);
        }
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        self.chunks.iter().flatten()
    }
}

impl<T> Index<usize> for Chunks<T> {
    type Output = T;

    #[inline]
    fn index(&self, at: usize) -> &T {
        &self.chunks[at >> BITS][at & (CHUNK - 1)]
    }
}

impl<T> IndexMut<usize> for Chunks<T> {
    #[inline]
    fn index_mut(&mut self, at: usize) -> &mut T {
        &mut self.chunks[at >> BITS][at & (CHUNK - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(range: std::ops::Range<usize>) -> Chunks<usize> {
        let mut list = Chunks::default();
        range.for_each(|item| list.push(item));
        list
    }

    #[test]
    fn lists_of_any_length_are_joined_whole() {
        for (a, b) in
            [(0, 0), (0, 5), (5, 0), (CHUNK, 3), (3, CHUNK), (CHUNK - 1, CHUNK + 2), (2 * CHUNK + 7, CHUNK * 2)]
        {
            let mut all = list(0..a);
            all.absorb(list(a..a + b), |_| {});
            assert_eq!(all.len(), a + b);
            let mut items: Vec<usize> = (0..all.len()).map(|at| all[at]).collect();
            assert_eq!(items, all.iter().copied().collect::<Vec<_>>(), "{a} {b}");
            items.sort_unstable();
            assert_eq!(items, (0..a + b).collect::<Vec<_>>(), "{a} {b}");
            assert!(all.chunks.iter().rev().skip(1).all(|chunk| chunk.len() == CHUNK));
        }
    }
}
