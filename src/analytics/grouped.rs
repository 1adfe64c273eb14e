//! Rows that belong together, one group after the other.

use super::numbers::Numbers;
use crate::model::threads;
use std::hash::Hash;
use std::ops::Range;

/// Rows by key; those of a key stand in the order in which they were found.
pub struct Grouped<K, R> {
    /// Each key, in order, with the place of its first row.
    starts: Vec<(K, u32)>,
    rows: Vec<R>,
}

impl<K, R> Default for Grouped<K, R> {
    fn default() -> Self {
        Self { starts: Vec::new(), rows: Vec::new() }
    }
}

/// Rows of a part of the store, each with the number of its key.
pub(super) struct Part<K, R> {
    keys: Numbers<K>,
    pub(super) rows: Vec<(u32, R)>,
}

impl<K: Copy + Eq + Hash, R> FromIterator<(K, R)> for Part<K, R> {
    fn from_iter<I: IntoIterator<Item = (K, R)>>(rows: I) -> Self {
        let mut keys = Numbers::default();
        let rows = rows.into_iter().map(|(key, row)| (keys.number(key), row)).collect();
        Self { keys, rows }
    }
}

impl<K: Copy + Ord + Hash, R: Copy> Grouped<K, R> {
    /// Groups of parts that follow each other. The rows of each key are counted, and each row is put into its place: two
    /// passes, where a sort takes twenty.
    pub(super) fn new(mut parts: Vec<Part<K, R>>) -> Self {
        let mut keys = Numbers::default();
        for part in &mut parts {
            let numbers = keys.absorb(std::mem::take(&mut part.keys));
            part.rows.iter_mut().for_each(|(key, _)| *key = numbers[*key as usize]);
        }
        let all = || parts.iter().flat_map(|part| &part.rows);
        let mut counts: Vec<u32> = vec![0; keys.keys.len()];
        all().for_each(|(key, _)| counts[*key as usize] += 1);
        let mut order: Vec<(K, usize)> = keys.keys.into_iter().zip(0..).collect();
        order.sort_unstable_by_key(|(key, _)| *key);
        let mut end = 0;
        let starts = order.into_iter().map(|(key, number)| {
            // From here on, the place of the next row.
            let count = std::mem::replace(&mut counts[number], end);
            let start = end;
            end += count;
            (key, start)
        });
        let starts: Vec<(K, u32)> = starts.collect();
        let mut rows = all().next().map_or_else(Vec::new, |(_, first)| vec![*first; end as usize]);
        for (key, row) in all() {
            let place = &mut counts[*key as usize];
            rows[*place as usize] = *row;
            *place += 1;
        }
        Self { starts, rows }
    }

    /// Every key with its rows, in order.
    pub fn iter(&self) -> impl Iterator<Item = (K, &[R])> {
        self.among(0..self.starts.len())
    }

    fn among(&self, range: Range<usize>) -> impl Iterator<Item = (K, &[R])> {
        range.map(|at| (self.starts[at].0, self.at(at)))
    }

    fn at(&self, at: usize) -> &[R] {
        let end = self.starts.get(at + 1).map_or(self.rows.len(), |(_, next)| *next as usize);
        &self.rows[self.starts[at].1 as usize..end]
    }

    /// The rows of a key; none where there is no such key.
    pub fn get(&self, key: K) -> &[R] {
        self.starts.binary_search_by_key(&key, |(key, _)| *key).map_or(&[], |at| self.at(at))
    }

    /// Finds of readers in the groups, in order. Each reads a part of them, on a thread of its own.
    pub fn find<'g, T: Send, F: FnMut(K, &'g [R]) -> Option<T>>(&'g self, reader: impl Fn() -> F + Sync) -> Vec<T>
    where
        K: Sync,
        R: Sync,
    {
        let part = |range| {
            let mut read = reader();
            self.among(range).filter_map(|(key, rows)| read(key, rows)).collect()
        };
        threads::joined(threads::in_parts(self.starts.len(), part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouped(parts: &[&[(char, u32)]]) -> Grouped<char, u32> {
        Grouped::new(parts.iter().map(|part| part.iter().copied().collect()).collect())
    }

    #[test]
    fn rows_stand_by_key_and_keep_their_order_in_every_cut() {
        let rows = [('c', 9), ('a', 5), ('c', 1), ('b', 7), ('a', 2), ('c', 3)];
        for cut in 0..=rows.len() {
            let (one, other) = rows.split_at(cut);
            let found = grouped(&[one, other]);
            let all: Vec<(char, &[u32])> = found.iter().collect();
            assert_eq!(all, [('a', &[5, 2][..]), ('b', &[7]), ('c', &[9, 1, 3])], "{cut}");
            assert_eq!((found.get('c'), found.get('d')), (&[9, 1, 3][..], &[][..]));
        }
    }

    #[test]
    fn nothing_is_no_group() {
        assert_eq!(grouped(&[]).iter().count(), 0);
        assert_eq!(grouped(&[&[], &[]]).iter().count(), 0);
    }
}
