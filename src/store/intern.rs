//! Each distinct text once, in large blocks, with a number for it.

use crate::model::Sym;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Bytes of a block; a longer text gets a block of its own.
const BLOCK: usize = 1 << 20;

#[derive(Clone, Copy)]
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
    table: HashTable<u32>,
    state: RandomState,
}

impl Default for Interner {
    fn default() -> Self {
        Self {
            blocks: vec![String::new()],
            places: vec![Place { block: 0, start: 0, len: 0 }],
            table: HashTable::new(),
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
    pub fn text(&self, sym: Sym) -> &str {
        let place = self.places[sym.0 as usize];
        &self.blocks[place.block as usize][place.start as usize..(place.start + place.len) as usize]
    }

    /// The symbol of a text, which is new or known.
    ///
    /// # Panics
    /// Past 4,294,967,295 distinct texts, or for one text of 4 GiB: both are beyond the reader's caps.
    pub fn intern(&mut self, text: &str) -> Sym {
        let hash = self.state.hash_one(text);
        if let Some(&known) = self.table.find(hash, |&s| self.text(Sym(s)) == text) {
            return Sym(known);
        }
        let sym = u32::try_from(self.places.len()).expect("fewer than 2^32 distinct texts");
        let place = self.append(text);
        self.places.push(place);
        let Self { blocks, places, table, state } = self;
        table.insert_unique(hash, sym, |&s| {
            let place = places[s as usize];
            state.hash_one(&blocks[place.block as usize][place.start as usize..(place.start + place.len) as usize])
        });
        Sym(sym)
    }

    /// The symbol of a text already known.
    pub fn find(&self, text: &str) -> Option<Sym> {
        let hash = self.state.hash_one(text);
        self.table.find(hash, |&s| self.text(Sym(s)) == text).map(|&s| Sym(s))
    }

    /// Takes in every text of `other`; the result maps its symbols to ours.
    pub fn absorb(&mut self, other: &Self) -> Vec<Sym> {
        let mut map = Vec::with_capacity(other.len());
        map.push(Sym::NONE);
        for index in 1..other.len() {
            let sym = Sym(u32::try_from(index).expect("symbols are 32 bits"));
            map.push(self.intern(other.text(sym)));
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
