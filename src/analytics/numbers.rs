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

    /// Takes in the values of a later part: `join` adds one to that of the same key here.
    pub(super) fn absorb(&mut self, other: Self, join: impl Fn(&mut V, &V))
    where
        V: Copy,
    {
        for (key, value) in other {
            let mut is_new = false;
            let known = self.of(key, || {
                is_new = true;
                value
            });
            if !is_new {
                join(known, &value);
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_in_order_of_appearance_and_parts_are_joined() {
        let part = |counts: &[(char, u32)]| {
            let mut part: Values<char, u32> = Values::default();
            for (key, count) in counts {
                *part.of(*key, || 100) += count;
            }
            part
        };
        let mut all = part(&[('b', 1), ('b', 2), ('a', 3), ('b', 4)]);
        assert_eq!((all.get(&'b'), all.get(&'c')), (Some(&107), None));
        all.absorb(part(&[('c', 5), ('a', 6)]), |known, next| *known += next);
        assert_eq!(all.into_iter().collect::<Vec<_>>(), [('b', 107), ('a', 209), ('c', 105)]);
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
