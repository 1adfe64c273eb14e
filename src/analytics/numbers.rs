//! Small numbers for keys of rows: what is counted by them needs no sort.

use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::hash::Hash;

/// Numbers of distinct keys, in order of appearance.
#[derive(Debug)]
pub(in crate::analytics) struct Numbers<K> {
    known: HashMap<K, u32, RandomState>,
    pub(in crate::analytics) keys: Vec<K>,
    last: Option<(K, u32)>,
}

impl<K> Default for Numbers<K> {
    fn default() -> Self {
        Self { known: HashMap::default(), keys: Vec::new(), last: None }
    }
}

impl<K: Copy + Eq + Hash> Numbers<K> {
    /// Number of a key.
    pub(in crate::analytics) fn number(&mut self, key: K) -> u32 {
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
    pub(in crate::analytics) fn absorb(&mut self, other: Self) -> Vec<u32> {
        other.keys.into_iter().map(|key| self.number(key)).collect()
    }
}

/// A value for each distinct key, in order of appearance.
#[derive(Debug)]
pub(in crate::analytics) struct Values<K, V> {
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
    pub(in crate::analytics) fn of(&mut self, key: K, new: impl FnOnce() -> V) -> &mut V {
        let number = self.numbers.number(key) as usize;
        if number == self.values.len() {
            self.values.push(new());
        }
        &mut self.values[number]
    }

    /// The value of a key that has one.
    pub(in crate::analytics) fn get(&self, key: &K) -> Option<&V> {
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
