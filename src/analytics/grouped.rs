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

/// Rows of a part of the store, each with the number of its key.
pub(super) struct Part<K, R> {
    /// By number.
    keys: Vec<K>,
    pub(super) rows: Vec<(u32, R)>,
}

impl<K: Copy + Eq + Hash, R> FromIterator<(K, R)> for Part<K, R> {
    fn from_iter<I: IntoIterator<Item = (K, R)>>(rows: I) -> Self {
        let mut keys: Numbers<K> = Numbers::default();
        let mut rows: Vec<(u32, R)> = rows.into_iter().map(|(key, row)| (keys.number(key), row)).collect();
        rows.shrink_to_fit();
        Self { keys: keys.keys, rows }
    }
}

impl<K: Copy + Ord + Hash, R: Copy> Grouped<K, R> {
    /// Groups of parts that follow each other. The keys are sorted, of which there are mostly fewer than rows; the rows of
    /// each are counted, and each row is put into its place.
    pub(super) fn new(parts: Vec<Part<K, R>>) -> Self {
        let mut keys: Vec<(K, u32, u32)> = Vec::with_capacity(parts.iter().map(|part| part.keys.len()).sum());
        for (at, part) in (0..).zip(&parts) {
            keys.extend(part.keys.iter().zip(0..).map(|(key, number)| (*key, at, number)));
        }
        // By part and number of the key in it: the place of the key among all.
        let mut places: Vec<Vec<u32>> = parts.iter().map(|part| vec![0; part.keys.len()]).collect();
        let rows_of_parts: Vec<Vec<(u32, R)>> = parts.into_iter().map(|part| part.rows).collect();
        keys.sort_unstable();
        let mut starts: Vec<(K, u32)> = Vec::new();
        for (key, part, number) in keys {
            if starts.last().is_none_or(|(last, _)| *last != key) {
                starts.push((key, 0));
            }
            places[part as usize][number as usize] = u32::try_from(starts.len() - 1).expect("no more than events");
        }
        starts.shrink_to_fit();
        let all = || {
            let parts = rows_of_parts.iter().zip(&places);
            parts.flat_map(|(rows, places)| rows.iter().map(|(key, row)| (places[*key as usize] as usize, row)))
        };
        all().for_each(|(place, _)| starts[place].1 += 1);
        let mut end = 0;
        for (_, start) in &mut starts {
            end += std::mem::replace(start, end);
        }
        let mut next: Vec<u32> = starts.iter().map(|(_, start)| *start).collect();
        let mut rows = all().next().map_or_else(Vec::new, |(_, first)| vec![*first; end as usize]);
        for (place, row) in all() {
            rows[next[place] as usize] = *row;
            next[place] += 1;
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

    /// Returns whether there is no group.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Finds of readers in the groups, in order. Each reads a part of about as many rows, on a thread of its own.
    pub fn find<'g, T: Send, F: FnMut(K, &'g [R]) -> Option<T>>(&'g self, reader: impl Fn() -> F + Sync) -> Vec<T>
    where
        K: Sync,
        R: Sync,
    {
        let first_from = |row: usize| self.starts.partition_point(|(_, start)| (*start as usize) < row);
        let part = |rows: Range<usize>| {
            let mut read = reader();
            self.among(first_from(rows.start)..first_from(rows.end)).filter_map(|(key, rows)| read(key, rows)).collect()
        };
        threads::joined(threads::in_parts(self.rows.len(), part))
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
    fn every_group_is_read_once_however_long_it_is() {
        for long in [1, 70, 200] {
            let rows = (0..40).flat_map(|key| (0..if key % 7 == 0 { long } else { 1 }).map(move |row| (key, row)));
            let found: Grouped<u32, u32> = Grouped::new(vec![rows.collect()]);
            let read = found.find(|| |key, rows| Some((key, rows.len())));
            let expected: Vec<(u32, usize)> = found.iter().map(|(key, rows)| (key, rows.len())).collect();
            assert_eq!((read.len(), read), (40, expected), "{long}");
        }
    }

    #[test]
    fn nothing_is_no_group() {
        assert_eq!(grouped(&[]).iter().count(), 0);
        assert_eq!(grouped(&[&[], &[]]).iter().count(), 0);
    }
}
