//! Each distinct text once, in large blocks, with a number for it.

use crate::model::Sym;
use foldhash::fast::RandomState;
use std::hash::BuildHasher;

/// Bytes of a block; a longer text gets a block of its own.
const BLOCK: usize = 1 << 20;

/// Texts looked up together by [`Interner::intern_all`].
const BATCH: usize = 64;

#[derive(Clone, Copy, Default)]
struct Place {
    block: u32,
    start: u32,
    len: u32,
}

/// Texts by number. Number 0 is [`Sym::NONE`], whose text is empty; an empty text that a record really
/// holds gets a number of its own.
///
/// Hashes are seeded per process: the texts come from whoever wrote the logs.
pub struct Interner {
    blocks: Vec<String>,
    places: Vec<Place>,
    slots: Vec<Slot>,
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
        Self {
            blocks: vec![String::new()],
            places: vec![Place { block: 0, start: 0, len: 0 }],
            slots: vec![Slot::default(); 1 << 10],
            state: RandomState::default(),
        }
    }
}

impl Interner {
    /// Number of symbols, the missing one included.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether nothing was interned.
    pub fn is_empty(&self) -> bool {
        self.places.len() == 1
    }

    /// The text of a symbol of this interner.
    #[inline]
    pub fn text(&self, sym: Sym) -> &str {
        self.at(self.places[sym.0 as usize])
    }

    /// The symbol of a text, which is new or known.
    ///
    /// # Panics
    /// Past 4,294,967,295 distinct texts, or for one text of 4 GiB: both are beyond the reader's caps.
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
        let mut places = [Place::default(); BATCH];
        for batch in texts.chunks(BATCH) {
            for (hash, text) in hashes.iter_mut().zip(batch) {
                *hash = self.hash(text);
            }
            let mask = self.slots.len() - 1;
            for (slot, hash) in slots.iter_mut().zip(&hashes[..batch.len()]) {
                *slot = self.slots[*hash as usize & mask];
            }
            for (place, slot) in places.iter_mut().zip(&slots[..batch.len()]) {
                *place = self.places[slot.sym as usize];
            }
            for (index, text) in batch.iter().enumerate() {
                let (hash, slot) = (hashes[index], slots[index]);
                let known = slot.sym != 0 && slot.hash == hash && self.at(places[index]) == *text;
                syms.push(if known { Sym(slot.sym) } else { self.intern_hashed(text, hash) });
            }
        }
    }

    #[inline]
    fn at(&self, place: Place) -> &str {
        &self.blocks[place.block as usize][place.start as usize..(place.start + place.len) as usize]
    }

    fn intern_hashed(&mut self, text: &str, hash: u32) -> Sym {
        let at = match self.search(text, hash) {
            Ok(known) => return known,
            Err(at) => at,
        };
        let sym = u32::try_from(self.places.len()).expect("fewer than 2^32 distinct texts");
        let place = self.append(text);
        self.places.push(place);
        self.slots[at] = Slot { hash, sym };
        if self.places.len() * 3 > self.slots.len() * 2 {
            self.grow();
        }
        Sym(sym)
    }

    /// The symbol of a text already known.
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.search(text, self.hash(text)).ok()
    }

    /// The text's symbol, or the slot it would take.
    #[inline]
    fn search(&self, text: &str, hash: u32) -> Result<Sym, usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.sym == 0 {
                return Err(at);
            }
            if slot.hash == hash && self.text(Sym(slot.sym)) == text {
                return Ok(Sym(slot.sym));
            }
            at = (at + 1) & mask;
        }
    }

    #[cold]
    fn grow(&mut self) {
        let mut slots = vec![Slot::default(); self.slots.len() * 2];
        let mask = slots.len() - 1;
        for slot in self.slots.iter().filter(|slot| slot.sym != 0) {
            let mut at = slot.hash as usize & mask;
            while slots[at].sym != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = *slot;
        }
        self.slots = slots;
    }

    #[inline]
    fn hash(&self, text: &str) -> u32 {
        let hash = self.state.hash_one(text);
        u32::try_from((hash >> 32) ^ (hash & u64::from(u32::MAX))).expect("folded to 32 bits")
    }

    /// Takes in every text of `other`; the result maps its symbols to ours.
    pub fn absorb(&mut self, other: &Self) -> Vec<Sym> {
        let mut map = Vec::with_capacity(other.len());
        map.push(Sym::NONE);
        for places in other.places[1..].chunks(BATCH) {
            let texts: Vec<&str> = places.iter().map(|place| other.at(*place)).collect();
            self.intern_all(&texts, &mut map);
        }
        map
    }

    fn append(&mut self, text: &str) -> Place {
        let fits = |block: &String| block.capacity() - block.len() >= text.len();
        if !self.blocks.last().is_some_and(fits) {
            self.blocks.push(String::with_capacity(text.len().max(BLOCK)));
        }
        let index = self.blocks.len() - 1;
        let block = &mut self.blocks[index];
        let start = block.len();
        block.push_str(text);
        let narrow = |n: usize| u32::try_from(n).expect("a block is below 4 GiB");
        Place { block: narrow(index), start: narrow(start), len: narrow(text.len()) }
    }
}
