//! Keys of records, learned as they come: a key that follows the one it followed before costs one comparison.

use crate::model::Span;
use crate::tables::{self, Targets};
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// A column of a table that names its columns once, before its rows.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) targets: Targets,
    /// UTC offset of the column's times.
    pub(crate) utc_offset: Span,
}

/// Keys remembered per reader; a hostile file may have a new one in every row.
const REMEMBERED: usize = 4096;

struct KnownKey {
    /// Its name, and the quote that ends it.
    quoted: Box<str>,
    /// The same, where it is short and the name is written as it is.
    short: Option<ShortText>,
    /// True if the name is written as it is.
    is_plain: bool,
    targets: Targets,
    /// The key that last came after this one, in a record and in its inner object: both have some keys.
    next: [u32; 2],
    /// True if it means nothing in any table.
    skipped: bool,
}

/// Most bytes of a short text: nearly all keys are as short.
const SHORT: usize = 32;

/// A text that others are compared with as two wide numbers: without a call, which takes longer than comparing.
struct ShortText {
    bytes: [u128; 2],
    mask: [u128; 2],
}

impl ShortText {
    fn new(text: &[u8]) -> Option<Self> {
        let (mut bytes, mut mask) = ([0; SHORT], [0; SHORT]);
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        mask[..text.len()].fill(u8::MAX);
        Some(Self { bytes: halves(&bytes), mask: halves(&mask) })
    }

    /// Returns whether a text begins with it.
    #[inline]
    fn is_start_of(&self, text: &[u8; SHORT]) -> bool {
        let [a, b] = halves(text);
        ((a ^ self.bytes[0]) & self.mask[0]) | ((b ^ self.bytes[1]) & self.mask[1]) == 0
    }
}

#[inline]
fn halves(bytes: &[u8; SHORT]) -> [u128; 2] {
    let (halves, _) = bytes.as_chunks();
    [u128::from_ne_bytes(halves[0]), u128::from_ne_bytes(halves[1])]
}

impl KnownKey {
    fn new(name: &str, targets: Targets) -> Self {
        let is_plain = name.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
        let quoted: Box<str> = format!("{name}\"").into();
        let short = ShortText::new(quoted.as_bytes()).filter(|_| is_plain);
        Self { quoted, short, is_plain, skipped: targets.is_skip(), targets, next: [FORGOTTEN; 2] }
    }

    fn name(&self) -> &str {
        &self.quoted[..self.quoted.len() - 1]
    }
}

/// The keys seen so far, each with its targets.
pub(crate) struct Keys {
    keys: Vec<KnownKey>,
    by_name: HashMap<Box<str>, u32, RandomState>,
}

/// Stands before the first key of a record.
pub(crate) const ROW_START: u32 = 0;
/// Stands before the first key of a record's inner object.
pub(crate) const INNER_START: u32 = 1;
/// Holds the last key that was not remembered.
const FORGOTTEN: u32 = 2;

impl Default for Keys {
    fn default() -> Self {
        let key = || KnownKey::new("", Targets::SKIP);
        Self { keys: vec![key(), key(), key()], by_name: HashMap::default() }
    }
}

impl Keys {
    /// The key that last came after the one before, where it stands at the beginning of a text after its first quote,
    /// and the length with its last one. Nothing of it needs a look then but whether it is the same. `start` stands
    /// before the first key of its object.
    #[inline]
    pub(crate) fn expected(&self, start: u32, before: u32, text: &[u8]) -> Option<(u32, usize)> {
        let guess = self.keys[before as usize].next[start as usize];
        let known = &self.keys[guess as usize];
        let is_it = match (&known.short, text.first_chunk()) {
            (Some(short), Some(text)) => short.is_start_of(text),
            _ => known.is_plain && text.starts_with(known.quoted.as_bytes()),
        };
        (is_it && guess > FORGOTTEN).then_some((guess, known.quoted.len()))
    }

    /// The number of a key, given the number of the one before it and what stands before the first of its object. It
    /// comes as bytes: cutting it out of text would test its ends for nothing, as nearly every key is known.
    #[inline]
    pub(crate) fn find(&mut self, start: u32, before: u32, name: &[u8]) -> u32 {
        let guess = self.keys[before as usize].next[start as usize];
        if self.keys[guess as usize].name().as_bytes() == name && guess > FORGOTTEN {
            return guess;
        }
        let found = self.look_up(name);
        self.keys[before as usize].next[start as usize] = found;
        found
    }

    #[inline(never)]
    fn look_up(&mut self, name: &[u8]) -> u32 {
        let name = std::str::from_utf8(name).expect("parsers cut keys out of text at its quotes");
        if let Some(&known) = self.by_name.get(name) {
            return known;
        }
        let key = KnownKey::new(name, tables::targets(name, false));
        if self.keys.len() >= REMEMBERED {
            self.keys[FORGOTTEN as usize] = key;
            return FORGOTTEN;
        }
        let number = u32::try_from(self.keys.len()).expect("REMEMBERED bounds it");
        self.keys.push(key);
        self.by_name.insert(name.into(), number);
        number
    }

    /// The fields that the value under a key goes to, table by table.
    #[inline]
    pub(crate) fn targets(&self, key: u32) -> &Targets {
        &self.keys[key as usize].targets
    }

    /// Returns whether a key has a meaning in no table.
    #[inline]
    pub(crate) fn is_skipped(&self, key: u32) -> bool {
        self.keys[key as usize].skipped
    }

    /// The key as written.
    pub(crate) fn name(&self, key: u32) -> &str {
        self.keys[key as usize].name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_expected_where_it_came_before() {
        let mut keys = Keys::default();
        let names = (1..=SHORT + 1).map(|len| "x".repeat(len)).chain(["b\"c".to_owned()]);
        for name in names {
            let first = keys.find(ROW_START, ROW_START, name.as_bytes());
            let expected = (!name.contains('"')).then_some((first, name.len() + 1));
            // With fewer bytes after it than are compared at once, and with more.
            for rest in ["", ":1", &":1".repeat(SHORT)] {
                let found = format!("{name}\"{rest}");
                assert_eq!(keys.expected(ROW_START, ROW_START, found.as_bytes()), expected);
                assert_eq!(keys.expected(ROW_START, first, found.as_bytes()), None, "after another");
                for other in [&name[1..], &format!("{name}z"), &format!("{}z", &name[1..])] {
                    let other = format!("{other}\"{rest}");
                    assert_eq!(keys.expected(ROW_START, ROW_START, other.as_bytes()), None, "{other}");
                }
            }
        }
    }

    #[test]
    fn a_key_of_both_objects_has_a_successor_in_each() {
        let mut keys = Keys::default();
        for (start, next) in [(ROW_START, "b"), (INNER_START, "c")] {
            let first = keys.find(start, start, b"a");
            keys.find(start, first, next.as_bytes());
        }
        for (start, next) in [(ROW_START, b"b\""), (INNER_START, b"c\"")] {
            let (first, _) = keys.expected(start, start, b"a\"").unwrap();
            assert!(keys.expected(start, first, next).is_some());
        }
    }

    #[test]
    fn a_flood_of_keys_is_not_remembered_and_still_read() {
        let mut keys = Keys::default();
        for n in 0..10_000 {
            keys.find(ROW_START, ROW_START, format!("k{n}").as_bytes());
        }
        assert!(keys.keys.len() <= REMEMBERED);
        let late = keys.find(ROW_START, ROW_START, b"ResultType");
        assert_eq!(*keys.targets(late), tables::targets("ResultType", false));
        let again = keys.find(ROW_START, late, b"Nothing");
        assert_eq!((*keys.targets(again), keys.name(again)), (Targets::SKIP, "Nothing"));
    }
}
