//! Each distinct text once, with a number for it.

mod slots;
mod texts;

use slots::{Slot, Slots, first_slot, next_slot};
pub use texts::{GUID_LEN, TextKey};
use texts::{Place, Texts};

use crate::model::{Sym, threads};
use foldhash::fast::RandomState;
use std::hash::BuildHasher;
use std::sync::LazyLock;

/// The hasher of every interner: one table's hashes are those of another, so that joining two hashes no text again.
/// Seeded per process, since the texts come from whoever wrote the logs.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);

/// Texts looked up together by [`Interner::intern_all`].
const BATCH: usize = 64;

/// Texts by number. Number 0 is [`Sym::NONE`], whose text is empty; an empty text that a record really
/// holds gets a number of its own.
pub struct Interner {
    texts: Texts,
    slots: Slots,
    /// Symbols where `slots` had them, once no text comes any more.
    settled: Vec<u32>,
    state: RandomState,
}

impl Default for Interner {
    fn default() -> Self {
        Self { texts: Texts::new(), slots: Slots::default(), settled: Vec::new(), state: HASHER.clone() }
    }
}

impl Interner {
    /// Number of symbols, the missing one included.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The text of a symbol of this interner. That of a GUID is kept from now on; [`Self::key`] does without.
    #[inline]
    pub fn text(&self, sym: Sym) -> &str {
        self.texts.text(sym.0)
    }

    /// Returns whether the text of a symbol has no characters.
    pub fn is_empty(&self, sym: Sym) -> bool {
        self.texts.is_empty(sym.0)
    }

    /// The text of a symbol as it is compared.
    #[inline]
    pub fn key(&self, sym: Sym) -> TextKey<'_> {
        self.texts.key(sym.0)
    }

    /// The symbol of a text; adds the text when it is new.
    ///
    /// # Panics
    /// Past 4,294,967,295 distinct texts, or for one text of 4 GiB: both are beyond the reader's caps. After
    /// [`Self::settle`].
    pub fn intern(&mut self, text: &str) -> Sym {
        let key = TextKey::new(text);
        let hash = self.hash(key);
        self.intern_hashed(key, hash)
    }

    /// As [`Self::intern`] for several texts, adding their symbols to `syms`.
    ///
    /// In a large table each look-up waits for memory. Made step by step for many texts at once, the waits
    /// overlap: this is several times faster than one by one.
    pub fn intern_all(&mut self, keys: &[TextKey<'_>], syms: &mut Vec<Sym>) {
        let (mut hashes, mut known) = ([0; BATCH], [0; BATCH]);
        let (mut places, mut alike) = ([Place::default(); BATCH], [false; BATCH]);
        for batch in keys.chunks(BATCH) {
            for (hash, key) in hashes.iter_mut().zip(batch) {
                *hash = self.hash(*key);
            }
            for (sym, hash) in known.iter_mut().zip(&hashes[..batch.len()]) {
                *sym = self.slots.sym(self.slots.find(*hash));
            }
            for (place, sym) in places.iter_mut().zip(&known[..batch.len()]) {
                *place = self.texts.place(*sym);
            }
            // A look at the first byte of each, so that the texts are not waited for one by one.
            for (index, key) in batch.iter().enumerate() {
                let sym = known[index];
                alike[index] = sym != 0 && self.texts.key_at(sym, places[index]).begins_as(*key);
            }
            for (index, key) in batch.iter().enumerate() {
                let sym = known[index];
                let is_known = alike[index] && self.texts.key_at(sym, places[index]) == *key;
                syms.push(if is_known { Sym(sym) } else { self.intern_hashed(*key, hashes[index]) });
            }
        }
    }

    fn intern_hashed(&mut self, key: TextKey<'_>, hash: u32) -> Sym {
        let at = match self.search(key, hash) {
            Ok(known) => return known,
            Err(at) => at,
        };
        let sym = self.texts.next();
        self.texts.append(key);
        self.slots.put(at, Slot { hash, sym });
        Sym(sym)
    }

    /// The symbol of a text already known.
    pub fn find(&self, text: &str) -> Option<Sym> {
        let key = TextKey::new(text);
        let (hash, slots) = (self.hash(key), self.settled.len());
        if slots == 0 {
            return self.search(key, hash).ok();
        }
        let mut at = first_slot(hash, slots);
        while self.settled[at] != 0 {
            let sym = Sym(self.settled[at]);
            if self.key(sym) == key {
                return Some(sym);
            }
            at = next_slot(at, slots);
        }
        None
    }

    /// Makes a small table of that by which texts are added: from now on they are only found, which is rare. With a million
    /// events the whole table is a tenth of the memory.
    pub fn settle(&mut self) {
        let len = self.len() + self.len() / 8 + 1;
        let mut settled = vec![0; len];
        for slot in std::mem::replace(&mut self.slots, Slots::none()).taken() {
            let mut at = first_slot(slot.hash, len);
            while settled[at] != 0 {
                at = next_slot(at, len);
            }
            settled[at] = slot.sym;
        }
        self.settled = settled;
        self.texts.settle();
    }

    /// The text's symbol, or the slot it would take.
    #[inline]
    fn search(&self, key: TextKey<'_>, hash: u32) -> Result<Sym, usize> {
        self.search_from(self.slots.find(hash), key, hash)
    }

    #[inline]
    fn search_from(&self, mut at: usize, key: TextKey<'_>, hash: u32) -> Result<Sym, usize> {
        while self.slots.sym(at) != 0 {
            let sym = Sym(self.slots.sym(at));
            if self.key(sym) == key {
                return Ok(sym);
            }
            at = self.slots.find_next(at, hash);
        }
        Err(at)
    }

    #[inline]
    fn hash(&self, key: TextKey<'_>) -> u32 {
        let hash = match key {
            TextKey::Text(text) => self.state.hash_one(text),
            TextKey::Id(id) => self.state.hash_one(id),
        };
        u32::try_from((hash >> 32) ^ (hash & u64::from(u32::MAX))).expect("the two halves, 32 bits each")
    }

    /// Adds every text of `other`; returns the map from its symbols to ours.
    ///
    /// Takes over its blocks without a copy, texts that both have included: a copy would be the peak of memory in a
    /// load, and most texts are of one part alone.
    pub fn absorb(&mut self, mut other: Self) -> Vec<Sym> {
        let mut hashes = vec![0; other.len()];
        for slot in std::mem::replace(&mut other.slots, Slots::none()).taken() {
            hashes[slot.sym as usize] = slot.hash;
        }
        // All cores look first. The texts of the other differ from each other, so that one added here is none of the rest.
        let mut map = vec![Sym::NONE; other.len()];
        threads::fill(&mut map, |start, found| self.find_all(&other.texts, &hashes, start, found));
        self.slots.reserve(map[1..].iter().filter(|sym| sym.is_none()).count());
        let mut sym = self.texts.next();
        self.texts.absorb(other.texts, |other| map[other as usize].is_none());
        for (hash, ours) in hashes.into_iter().zip(&mut map).skip(1).filter(|(_, ours)| ours.is_none()) {
            *ours = Sym(sym);
            self.slots.add(Slot { hash, sym });
            sym = sym.checked_add(1).expect("fewer than 2^32 distinct texts");
        }
        map
    }

    /// Finds our symbols of another table's texts from a place on, given their hashes; [`Sym::NONE`] where they are none
    /// of ours.
    fn find_all(&self, others: &Texts, hashes: &[u32], start: usize, found: &mut [Sym]) {
        let mut slots = [0; BATCH];
        for (first, batch) in (start..).step_by(BATCH).zip(found.chunks_mut(BATCH)) {
            for (slot, hash) in slots.iter_mut().zip(&hashes[first..first + batch.len()]) {
                *slot = self.slots.find(*hash);
            }
            for ((sym, ours), &at) in (first..).zip(batch).zip(&slots) {
                // Most are of one part alone.
                if sym != 0 && self.slots.sym(at) != 0 {
                    let key = others.key(u32::try_from(sym).expect("a symbol"));
                    *ours = self.search_from(at, key, hashes[sym]).unwrap_or(Sym::NONE);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::texts::BLOCK;
    use super::*;

    #[test]
    fn texts_of_every_length_are_kept_and_found() {
        let mut texts = Interner::default();
        let long = |len: usize, c: char| c.to_string().repeat(len);
        let all = [
            long(BLOCK - 1, 'a'),
            String::new(),
            long(1, 'b'),
            long(BLOCK, 'c'),
            long(BLOCK + 1, 'd'),
            "short".to_owned(),
            long(3 * BLOCK, 'e'),
            long(2, 'f'),
            long(Place::LONG - 1, 'g'),
            long(Place::LONG, 'h'),
            long(Place::LONG + 1, 'i'),
        ];
        let syms: Vec<Sym> = all.iter().map(|text| texts.intern(text)).collect();
        for (sym, text) in syms.iter().zip(&all) {
            assert_eq!(texts.text(*sym), text);
            assert_eq!(texts.find(text), Some(*sym));
        }
        let mut other = Interner::default();
        let known = other.intern(&all[4]);
        let map = other.absorb(texts);
        assert!(syms.iter().zip(&all).all(|(sym, text)| other.text(map[sym.0 as usize]) == text));
        assert_eq!(map[syms[4].0 as usize], known);
        // A full block takes no text, not even an empty one.
        let mut full = Interner::default();
        full.intern(&long(BLOCK, 'a'));
        let empty = full.intern("");
        assert_eq!((full.text(empty), full.text(Sym::NONE), empty == Sym::NONE), ("", "", false));
    }

    #[test]
    fn a_table_of_many_texts_finds_each_and_gives_them_to_another() {
        let mut texts = Interner::default();
        let mut syms = Vec::new();
        // Every other one is a GUID.
        let name = |n: u32| {
            if n.is_multiple_of(2) { format!("{n:08x}-1000-4000-8000-00000000000a") } else { format!("text-{n}") }
        };
        let names: Vec<String> = (0..100_000).map(name).collect();
        let keys: Vec<TextKey<'_>> = names.iter().map(|name| TextKey::new(name)).collect();
        texts.intern_all(&keys, &mut syms);
        assert!(syms.iter().zip(&names).all(|(sym, name)| texts.text(*sym) == name && texts.find(name) == Some(*sym)));
        assert_eq!((texts.len(), texts.find("text-50000")), (100_001, None));
        let mut settled = Interner::default();
        syms.clear();
        settled.intern_all(&keys, &mut syms);
        settled.settle();
        assert!(syms.iter().zip(&names).all(|(sym, name)| settled.find(name) == Some(*sym)));
        assert_eq!((settled.len(), settled.find("text-50000"), settled.settled.len()), (100_001, None, 112_502));
        let mut other = Interner::default();
        let known = [7, 30_000, 99_998].map(|at| other.intern(&names[at]));
        let map = other.absorb(texts);
        assert_eq!(([7, 30_000, 99_998].map(|at| map[syms[at].0 as usize]), other.len()), (known, 100_001));
        assert!(syms.iter().zip(&names).all(|(sym, name)| other.text(map[sym.0 as usize]) == name));
        // More come after those, into the blocks that were taken over; also after a part that had nothing new.
        let mut more = vec!["text-a".to_owned(), name(100_000)];
        let mut part = Interner::default();
        for text in more.iter().chain(&names[..9]) {
            part.intern(text);
        }
        let added: Vec<Sym> = more.iter().map(|text| other.intern(text)).collect();
        let map = other.absorb(part);
        assert_eq!((&map[1..3], map[3], other.len()), (&added[..], other.find(&names[0]).unwrap(), 100_003));
        more.extend(["text-b".to_owned(), name(100_002)]);
        let added: Vec<Sym> = more.iter().map(|text| other.intern(text)).collect();
        assert!(added.iter().zip(&more).all(|(sym, text)| other.text(*sym) == text && other.find(text) == Some(*sym)));
        assert!(names.iter().all(|name| other.find(name).is_some_and(|sym| other.text(sym) == name)));
    }

    #[test]
    #[should_panic(expected = "index out of bounds")]
    fn a_settled_table_takes_no_text() {
        let mut texts = Interner::default();
        texts.settle();
        texts.intern("a");
    }

    #[test]
    fn a_guid_is_kept_as_a_number_and_read_as_written() {
        let mut texts = Interner::default();
        let id = |n: usize| format!("{n:08x}-89ab-4cde-8f01-23456789abcd");
        let mut syms = Vec::new();
        for n in 0..100 {
            syms.push(texts.intern(&id(n)));
            // Read while others of its group are still to come.
            assert_eq!(texts.text(syms[n / 2]), id(n / 2));
        }
        assert!(syms.iter().enumerate().all(|(n, sym)| texts.text(*sym) == id(n) && texts.intern(&id(n)) == *sym));
        let kept = |text: &str| matches!(TextKey::new(text), TextKey::Id(_));
        assert!(kept(&id(7)) && matches!(texts.key(syms[7]), TextKey::Id(_)));
        // Of another spelling, and such as stand for nothing: texts as they are.
        let nothing = ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"];
        let braced = format!("{{{}}}", id(7));
        let odd = [
            id(7).to_uppercase(),
            id(7).replacen('c', "C", 1),
            id(7).replacen('c', "g", 1),
            id(7).replacen("-8", "8-", 1),
            id(7).replacen("ab", "\u{e9}", 1),
            format!("{} ", &id(7)[..GUID_LEN - 1]),
            id(7).replace('-', ""),
            braced,
        ];
        assert!(kept("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaab"));
        for text in odd.iter().map(String::as_str).chain(nothing).chain(["", "a"]) {
            assert!(!kept(text), "{text}");
            let sym = texts.intern(text);
            assert_eq!((texts.text(sym), texts.is_empty(sym)), (text, text.is_empty()));
            assert_eq!(TextKey::new(text).read(&mut [0; GUID_LEN]), text);
        }
        assert_eq!(TextKey::new(&id(7)).read(&mut [0; GUID_LEN]), id(7));
    }
}
