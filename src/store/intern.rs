//! Each distinct text once, in large blocks, with a number for it.

use crate::model::{Sym, threads};
use foldhash::fast::{FixedState, RandomState};
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::LazyLock;

/// The hasher of every interner: one table's hashes are those of another, so that joining two hashes no text again.
/// Seeded per process, since the texts come from whoever wrote the logs.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);

/// Bytes of a block; a longer text gets a block of its own.
const BLOCK: usize = 1 << 20;

/// Slots of a table that is new.
const FIRST_SLOTS: usize = 1 << 10;

/// Texts looked up together by [`Interner::intern_all`].
const BATCH: usize = 64;

/// Start of a text in its block, and its length, in one number. Numbers of texts rise with their blocks, so that
/// [`Blocks`] knows the block.
#[derive(Clone, Copy, Default)]
struct Place(u32);

impl Place {
    /// Bits of the length.
    const LEN: u32 = u32::BITS - BLOCK.trailing_zeros();
    /// Length written for a text that is longer than the bits say: [`Blocks`] has its length.
    const LONG: usize = (1 << Self::LEN) - 1;

    fn new(start: usize, len: usize) -> Self {
        let number = (start << Self::LEN) | len.min(Self::LONG);
        Self(u32::try_from(number).expect("a start is below the length of a block"))
    }

    #[inline]
    fn start(self) -> usize {
        (self.0 >> Self::LEN) as usize
    }

    #[inline]
    fn len(self) -> usize {
        self.0 as usize & Self::LONG
    }
}

/// Texts of symbols, which took blocks one after the other.
#[derive(Default)]
struct Blocks {
    blocks: Vec<String>,
    /// The first symbol of each block, or the next one's where it has none.
    first: Vec<u32>,
    /// The block of each symbol that is a multiple of [`GROUP`], with [`SPLIT`] where a later one of its group has another.
    of_group: Vec<u32>,
    places: Vec<Place>,
    /// Lengths of texts that are long.
    long: HashMap<u32, usize, FixedState>,
}

/// Symbols after which a block is noted: most blocks hold many times as many.
const GROUP: usize = 1 << 8;
const SPLIT: u32 = 1 << 31;

impl Blocks {
    #[inline]
    fn block(&self, sym: u32) -> usize {
        let block = self.of_group[sym as usize / GROUP];
        if block & SPLIT == 0 { block as usize } else { self.block_after((block & !SPLIT) as usize, sym) }
    }

    #[cold]
    fn block_after(&self, mut block: usize, sym: u32) -> usize {
        while self.first.get(block + 1).is_some_and(|first| *first <= sym) {
            block += 1;
        }
        block
    }

    /// Notes that the next text is the first of a block.
    fn begin(&mut self, block: usize) {
        self.first[block] = self.next();
        if let Some(group) = self.of_group.last_mut().filter(|_| !self.places.len().is_multiple_of(GROUP)) {
            *group |= SPLIT;
        }
    }

    #[inline]
    fn text(&self, sym: u32) -> &str {
        self.read(self.block(sym), sym, self.places[sym as usize])
    }

    #[inline]
    fn read(&self, block: usize, sym: u32, place: Place) -> &str {
        let len = if place.len() == Place::LONG { self.long[&sym] } else { place.len() };
        &self.blocks[block][place.start()..place.start() + len]
    }

    /// Writes a text, and gives it the next number.
    fn append(&mut self, text: &str) {
        // A start that is the end of a block would be none of this block's.
        let fits = |block: &String| block.len() < BLOCK && block.len() + text.len() <= BLOCK.min(block.capacity());
        if !self.blocks.last().is_some_and(fits) {
            self.blocks.push(String::with_capacity(text.len().max(BLOCK)));
            self.first.push(0);
            self.begin(self.blocks.len() - 1);
        }
        let block = self.blocks.len() - 1;
        let start = self.blocks[block].len();
        self.blocks[block].push_str(text);
        self.add(block, start, text.len());
    }

    /// Gives a text in a block the next number.
    fn add(&mut self, block: usize, start: usize, len: usize) {
        if self.places.len().is_multiple_of(GROUP) {
            let block = u32::try_from(block).ok().filter(|block| block & SPLIT == 0);
            self.of_group.push(block.expect("no more blocks than memory has room for"));
        }
        if len >= Place::LONG {
            self.long.insert(self.next(), len);
        }
        self.places.push(Place::new(start, len));
    }

    fn next(&self) -> u32 {
        u32::try_from(self.places.len()).expect("fewer than 2^32 distinct texts")
    }
}

/// Texts by number. Number 0 is [`Sym::NONE`], whose text is empty; an empty text that a record really
/// holds gets a number of its own.
pub struct Interner {
    texts: Blocks,
    slots: Vec<Slot>,
    /// Symbols where `slots` had them, once no text comes any more.
    settled: Vec<u32>,
    state: RandomState,
}

/// A symbol with the hash of its text; empty where the symbol is 0.
///
/// An open table of these, searched from where the hash points: one cache line answers most look-ups, few texts
/// that differ are met, and growing meets none. The reader spends most of its time here, so it counts.
#[derive(Clone, Copy, Default)]
struct Slot {
    hash: u32,
    sym: u32,
}

impl Default for Interner {
    fn default() -> Self {
        // The missing text takes a block without room, since most interners of tests have few others.
        let mut texts = Blocks { blocks: vec![String::new()], first: vec![0], ..Blocks::default() };
        texts.add(0, 0, 0);
        Self { texts, slots: vec![Slot::default(); FIRST_SLOTS], settled: Vec::new(), state: HASHER.clone() }
    }
}

impl Interner {
    /// Number of symbols, the missing one included.
    pub(crate) fn len(&self) -> usize {
        self.texts.places.len()
    }

    /// The text of a symbol of this interner.
    #[inline]
    pub fn text(&self, sym: Sym) -> &str {
        self.texts.text(sym.0)
    }

    /// The symbol of a text; adds the text when it is new.
    ///
    /// # Panics
    /// Past 4,294,967,295 distinct texts, or for one text of 4 GiB: both are beyond the reader's caps. After
    /// [`Self::settle`].
    pub fn intern(&mut self, text: &str) -> Sym {
        let hash = self.hash(text);
        self.intern_hashed(text, hash)
    }

    /// As [`Self::intern`] for several texts, adding their symbols to `syms`.
    ///
    /// In a large table each look-up waits for memory. Made step by step for many texts at once, the waits
    /// overlap: this is several times faster than one by one.
    pub fn intern_all(&mut self, texts: &[&str], syms: &mut Vec<Sym>) {
        let (mut hashes, mut slots) = ([0; BATCH], [Slot::default(); BATCH]);
        let (mut places, mut alike) = ([Place::default(); BATCH], [false; BATCH]);
        for batch in texts.chunks(BATCH) {
            for (hash, text) in hashes.iter_mut().zip(batch) {
                *hash = self.hash(text);
            }
            for (slot, hash) in slots.iter_mut().zip(&hashes[..batch.len()]) {
                *slot = self.slots[self.probe(first_slot(*hash, self.slots.len()), *hash)];
            }
            for (place, slot) in places.iter_mut().zip(&slots[..batch.len()]) {
                *place = self.texts.places[slot.sym as usize];
            }
            // A look at the first byte of each, so that the texts are not waited for one by one.
            for (index, text) in batch.iter().enumerate() {
                let sym = slots[index].sym;
                alike[index] = sym != 0 && self.text_at(sym, places[index]).bytes().next() == text.bytes().next();
            }
            for (index, text) in batch.iter().enumerate() {
                let (hash, slot) = (hashes[index], slots[index]);
                let is_known = alike[index] && self.text_at(slot.sym, places[index]) == *text;
                syms.push(if is_known { Sym(slot.sym) } else { self.intern_hashed(text, hash) });
            }
        }
    }

    /// The text of a symbol, whose place is known.
    #[inline]
    fn text_at(&self, sym: u32, place: Place) -> &str {
        self.texts.read(self.texts.block(sym), sym, place)
    }

    /// The first slot from a place on that has the hash or is empty.
    #[inline]
    fn probe(&self, mut at: usize, hash: u32) -> usize {
        while self.slots[at].sym != 0 && self.slots[at].hash != hash {
            at = next_slot(at, self.slots.len());
        }
        at
    }

    fn intern_hashed(&mut self, text: &str, hash: u32) -> Sym {
        let at = match self.search(text, hash) {
            Ok(known) => return known,
            Err(at) => at,
        };
        self.texts.append(text);
        self.take(at, hash)
    }

    /// The symbol of a text already known.
    pub fn find(&self, text: &str) -> Option<Sym> {
        let (hash, slots) = (self.hash(text), self.settled.len());
        if slots == 0 {
            return self.search(text, hash).ok();
        }
        let mut at = first_slot(hash, slots);
        while self.settled[at] != 0 {
            let sym = Sym(self.settled[at]);
            if self.text(sym) == text {
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
        for slot in self.slots.iter().filter(|slot| slot.sym != 0) {
            let mut at = first_slot(slot.hash, len);
            while settled[at] != 0 {
                at = next_slot(at, len);
            }
            settled[at] = slot.sym;
        }
        (self.slots, self.settled) = (Vec::new(), settled);
        self.texts.places.shrink_to_fit();
    }

    /// The text's symbol, or the slot it would take.
    #[inline]
    fn search(&self, text: &str, hash: u32) -> Result<Sym, usize> {
        self.search_from(first_slot(hash, self.slots.len()), text, hash)
    }

    #[inline]
    fn search_from(&self, at: usize, text: &str, hash: u32) -> Result<Sym, usize> {
        let mut at = self.probe(at, hash);
        while self.slots[at].sym != 0 {
            let sym = Sym(self.slots[at].sym);
            if self.text(sym) == text {
                return Ok(sym);
            }
            at = self.probe(next_slot(at, self.slots.len()), hash);
        }
        Err(at)
    }

    #[cold]
    fn grow(&mut self, len: usize) {
        let mut slots = vec![Slot::default(); len];
        for slot in self.slots.iter().filter(|slot| slot.sym != 0) {
            let at = free_slot(&slots, slot.hash);
            slots[at] = *slot;
        }
        self.slots = slots;
    }

    #[inline]
    fn hash(&self, text: &str) -> u32 {
        let hash = self.state.hash_one(text);
        u32::try_from((hash >> 32) ^ (hash & u64::from(u32::MAX))).expect("the two halves, 32 bits each")
    }

    /// Adds every text of `other`; returns the map from its symbols to ours.
    ///
    /// Takes over its blocks without a copy, texts that both have included: a copy would be the peak of memory in a
    /// load, and most texts are of one part alone.
    pub fn absorb(&mut self, mut other: Self) -> Vec<Sym> {
        let mut hashes = vec![0; other.len()];
        for slot in std::mem::take(&mut other.slots) {
            hashes[slot.sym as usize] = slot.hash;
        }
        // All cores look first. The texts of the other differ from each other, so that one added here is none of the rest.
        let mut map = vec![Sym::NONE; other.len()];
        threads::fill(&mut map, |start, found| self.find_all(&other.texts, &hashes, start, found));
        let new = map[1..].iter().filter(|sym| sym.is_none()).count();
        self.make_room(new);
        let before = self.texts.blocks.len();
        let of_other = other.texts;
        self.texts.blocks.extend(of_other.blocks);
        // No text is in these yet.
        self.texts.first.resize(self.texts.blocks.len(), u32::MAX);
        self.texts.begin(before);
        let mut block = before;
        for (sym, ((place, hash), ours)) in (1..).zip(of_other.places.iter().zip(&hashes).zip(&mut map).skip(1)) {
            while of_other.first.get(block - before + 1).is_some_and(|first| *first <= sym) {
                block += 1;
                self.texts.begin(block);
            }
            if ours.is_none() {
                let len = if place.len() == Place::LONG { of_other.long[&sym] } else { place.len() };
                self.texts.add(block, place.start(), len);
                *ours = self.take(free_slot(&self.slots, *hash), *hash);
            }
        }
        map
    }

    /// Finds our symbols of another table's texts from a place on, given their hashes; [`Sym::NONE`] where they are none
    /// of ours.
    fn find_all(&self, others: &Blocks, hashes: &[u32], start: usize, found: &mut [Sym]) {
        let mut slots = [0; BATCH];
        for (first, batch) in (start..).step_by(BATCH).zip(found.chunks_mut(BATCH)) {
            for (slot, hash) in slots.iter_mut().zip(&hashes[first..first + batch.len()]) {
                *slot = self.probe(first_slot(*hash, self.slots.len()), *hash);
            }
            for ((sym, ours), &at) in (first..).zip(batch).zip(&slots) {
                // Most are of one part alone.
                if sym != 0 && self.slots[at].sym != 0 {
                    let text = others.text(u32::try_from(sym).expect("a symbol"));
                    *ours = self.search_from(at, text, hashes[sym]).unwrap_or(Sym::NONE);
                }
            }
        }
    }

    /// Grows the table so that so many more texts fit.
    fn make_room(&mut self, more: usize) {
        let texts = self.len() + more;
        if !fits(texts, self.slots.len()) {
            // By half at least: more parts may follow.
            self.grow((texts + texts / 2 + 1).max(larger(self.slots.len())));
        }
    }

    /// Puts the last text into its free slot, and returns its number.
    fn take(&mut self, slot: usize, hash: u32) -> Sym {
        let sym = self.texts.next() - 1;
        self.slots[slot] = Slot { hash, sym };
        if !fits(self.len(), self.slots.len()) {
            self.grow(larger(self.slots.len()));
        }
        Sym(sym)
    }
}

/// Returns whether so many texts leave a table of so many slots as empty as it has to be.
fn fits(texts: usize, slots: usize) -> bool {
    texts * 3 <= slots * 2
}

/// Slots of a table that grows: half as many again, since a doubled one would be emptier on average.
fn larger(slots: usize) -> usize {
    slots + slots / 2
}

/// The empty slot that a text of a hash takes.
fn free_slot(slots: &[Slot], hash: u32) -> usize {
    let mut at = first_slot(hash, slots.len());
    while slots[at].sym != 0 {
        at = next_slot(at, slots.len());
    }
    at
}

/// First slot of a hash in a table of `slots`. Slots keep the order of their hashes, so that a table grows from start
/// to end.
#[inline]
fn first_slot(hash: u32, slots: usize) -> usize {
    ((u64::from(hash) * slots as u64) >> 32) as usize
}

#[inline]
fn next_slot(at: usize, slots: usize) -> usize {
    if at + 1 == slots { 0 } else { at + 1 }
}

#[cfg(test)]
mod tests {
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
        let names: Vec<String> = (0..50_000).map(|n| format!("text-{n}")).collect();
        texts.intern_all(&names.iter().map(String::as_str).collect::<Vec<_>>(), &mut syms);
        assert!(syms.iter().zip(&names).all(|(sym, name)| texts.text(*sym) == name && texts.find(name) == Some(*sym)));
        assert_eq!((texts.len(), texts.find("text-50000")), (50_001, None));
        let mut settled = Interner::default();
        syms.clear();
        settled.intern_all(&names.iter().map(String::as_str).collect::<Vec<_>>(), &mut syms);
        settled.settle();
        assert!(syms.iter().zip(&names).all(|(sym, name)| settled.find(name) == Some(*sym)));
        assert_eq!((settled.len(), settled.find("text-50000"), settled.slots.len()), (50_001, None, 0));
        let mut other = Interner::default();
        let known = ["text-7", "text-30000", "text-49999"].map(|name| other.intern(name));
        let map = other.absorb(texts);
        assert_eq!(([7, 30_000, 49_999].map(|at| map[syms[at].0 as usize]), other.len()), (known, 50_001));
        assert!(syms.iter().zip(&names).all(|(sym, name)| other.text(map[sym.0 as usize]) == name));
    }
}
