//! Small numbers for keys of rows: what is counted by them needs no sort.

use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::hash::Hash;

/// Numbers of distinct keys, in order of appearance.
#[derive(Debug)]
pub(super) struct Numbers<K> {
    known: HashMap<K, u32, RandomState>,
    pub(super) keys: Vec<K>,
    last: Option<(K, u32)>,
}

impl<K> Default for Numbers<K> {
    fn default() -> Self {
        Self { known: HashMap::default(), keys: Vec::new(), last: None }
    }
}

impl<K: Copy + Eq + Hash> Numbers<K> {
    /// Number of a key.
    pub(super) fn number(&mut self, key: K) -> u32 {
        if let Some((last, number)) = self.last
            && last == key
        {
            return number;
        }
        let next = u32::try_from(self.keys.len()).expect("no more than events");
        let number = *self.known.entry(key).or_insert(next);
        if number == next {
            self.keys.push(key);
        }
        self.last = Some((key, number));
        number
    }

    /// Takes in the keys of a later part; returns their numbers here.
    pub(super) fn absorb(&mut self, other: Self) -> Vec<u32> {
        other.keys.into_iter().map(|key| self.number(key)).collect()
    }
}

/// A value for each distinct key, in order of appearance.
#[derive(Debug)]
pub(super) struct Values<K, V> {
    numbers: Numbers<K>,
    /// By number.
    values: Vec<V>,
}

impl<K, V> Default for Values<K, V> {
    fn default() -> Self {
        Self { numbers: Numbers::default(), values: Vec::new() }
    }
}

impl<K: Copy + Eq + Hash, V> Values<K, V> {
    /// The value of a key: a new one where it has none yet.
    pub(super) fn of(&mut self, key: K, new: impl FnOnce() -> V) -> &mut V {
        let number = self.numbers.number(key) as usize;
        if number == self.values.len() {
            self.values.push(new());
        }
        &mut self.values[number]
    }

    /// The value of a key that has one.
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.numbers.known.get(key).map(|number| &self.values[*number as usize])
    }
}

impl<K, V> IntoIterator for Values<K, V> {
    type Item = (K, V);
    type IntoIter = std::iter::Zip<std::vec::IntoIter<K>, std::vec::IntoIter<V>>;

    fn into_iter(self) -> Self::IntoIter {
        self.numbers.keys.into_iter().zip(self.values)
    }
}

/// Values of parts of the rows by key, in order; `join` adds one to another of the same key. Sorted, since a second table of
/// all keys would take more room than the rows.
pub(super) fn joined<K: Copy + Ord, V>(
    parts: Vec<impl ExactSizeIterator<Item = (K, V)>>,
    join: impl Fn(&mut V, &V),
) -> Vec<(K, V)> {
    let mut all: Vec<(K, V)> = Vec::with_capacity(parts.iter().map(ExactSizeIterator::len).sum());
    for part in parts {
        all.extend(part);
    }
    all.sort_unstable_by_key(|(key, _)| *key);
    all.dedup_by(|next, known| {
        let is_same = next.0 == known.0;
        if is_same {
            join(&mut known.1, &next.1);
        }
        is_same
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_by_key_and_parts_are_joined() {
        let part = |counts: &[(char, u32)]| {
            let mut part: Values<char, u32> = Values::default();
            for (key, count) in counts {
                *part.of(*key, || 100) += count;
            }
            part
        };
        let first = part(&[('b', 1), ('b', 2), ('a', 3), ('b', 4)]);
        assert_eq!((first.get(&'b'), first.get(&'c')), (Some(&107), None));
        let parts = [first, part(&[('c', 5), ('a', 6)])].map(Values::into_iter);
        let all = joined(parts.into(), |known, next| *known += next);
        assert_eq!(all, [('a', 209), ('b', 107), ('c', 105)]);
    }

    #[test]
    fn numbers_of_a_later_part_are_those_here() {
        let part = |keys: &str| {
            let mut part = Numbers::default();
            let numbers: Vec<u32> = keys.chars().map(|key| part.number(key)).collect();
            (part, numbers)
        };
        let (mut all, numbers) = part("abba");
        assert_eq!(numbers, [0, 1, 1, 0]);
        assert_eq!(all.absorb(part("cbd").0), [2, 1, 3]);
    }
}
