//! Texts by number, in large blocks. A GUID as Entra writes it is kept as the 128 bits that it is.

use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::sync::OnceLock;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// Bytes of a block's texts; a longer text begins a block, and no other text follows it there.
pub(super) const BLOCK: usize = 1 << 20;
/// GUIDs of a block.
const IDS: usize = 1 << 15;

/// Characters of a GUID.
pub const GUID_LEN: usize = Hyphenated::LENGTH;

/// A text as it is compared and kept. Made by [`TextKey::new`] alone: a text that is a GUID is never a `Text`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKey<'t> {
    /// As written.
    Text(&'t str),
    /// A GUID in lower case, which is most ids. One made of a single digit stays a text: it may stand for nothing.
    Id(u128),
}

impl<'t> TextKey<'t> {
    /// The key of a text.
    #[inline]
    pub fn new(text: &'t str) -> Self {
        guid(text).map_or(Self::Text(text), Self::Id)
    }

    /// The text. That of a GUID is written into `room`.
    pub fn read<'r>(self, room: &'r mut [u8; GUID_LEN]) -> &'r str
    where
        't: 'r,
    {
        match self {
            Self::Text(text) => text,
            Self::Id(id) => Uuid::from_u128(id).hyphenated().encode_lower(room),
        }
    }

    /// Returns whether two texts begin alike.
    #[inline]
    pub(super) fn begins_as(self, other: Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one.bytes().next() == other.bytes().next(),
            _ => self == other,
        }
    }
}

/// The number of a text that is a GUID in lower case, of more than one digit.
#[inline]
fn guid(text: &str) -> Option<u128> {
    if text.len() != GUID_LEN || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let id = Uuid::try_parse(text).ok()?.as_u128();
    (id != (id & 0xf) * (u128::MAX / 0xf)).then_some(id)
}

/// Start of a text in its block, and its length, in one number. Numbers of texts rise with their blocks, so that
/// [`Texts`] knows the block.
#[derive(Clone, Copy, Default)]
pub(super) struct Place(u32);

impl Place {
    /// Bits of the length.
    const LEN: u32 = u32::BITS - BLOCK.trailing_zeros();
    /// Length written for a GUID, which is one of the block's.
    const ID: usize = (1 << Self::LEN) - 1;
    /// Length written for a text that is longer than the bits say: [`Texts`] has its length.
    pub(super) const LONG: usize = Self::ID - 1;

    fn new(start: usize, len: usize) -> Self {
        let number = (start << Self::LEN) | len;
        Self(u32::try_from(number).expect("a start is below the length of a block"))
    }

    #[inline]
    fn start(self) -> usize {
        (self.0 >> Self::LEN) as usize
    }

    #[inline]
    fn len(self) -> usize {
        self.0 as usize & Self::ID
    }
}

/// Texts that follow each other.
#[derive(Default)]
struct Block {
    text: String,
    ids: Ids,
}

impl Block {
    /// Gives back spare room: a block is full when either kind of text is, and the other may have much.
    fn close(&mut self) {
        self.text.shrink_to_fit();
        self.ids.numbers.shrink_to_fit();
        self.ids.written.shrink_to_fit();
    }
}

/// GUIDs as numbers, with the texts of those that somebody read.
#[derive(Default)]
struct Ids {
    numbers: Vec<u128>,
    /// Texts of [`Self::TOGETHER`] GUIDs each, one after the other. Few are ever read: most are ids of rows, which are
    /// compared, and shown where the row is on the screen.
    written: Vec<OnceLock<Box<str>>>,
}

impl Ids {
    const TOGETHER: usize = 16;

    /// Adds a GUID, and returns its place.
    fn push(&mut self, id: u128) -> usize {
        let at = self.numbers.len();
        self.numbers.push(id);
        match self.written.get_mut(at / Self::TOGETHER) {
            // Written without this one.
            Some(written) => drop(written.take()),
            None => self.written.push(OnceLock::new()),
        }
        at
    }

    fn text(&self, at: usize) -> &str {
        let first = at - at % Self::TOGETHER;
        let written = self.written[at / Self::TOGETHER].get_or_init(|| {
            let mut room = [0; GUID_LEN];
            let ids = self.numbers[first..].iter().take(Self::TOGETHER);
            ids.map(|id| TextKey::Id(*id).read(&mut room).to_owned()).collect::<String>().into()
        });
        let start = (at - first) * GUID_LEN;
        &written[start..start + GUID_LEN]
    }
}

/// Texts of symbols, which took blocks one after the other.
#[derive(Default)]
pub(super) struct Texts {
    blocks: Vec<Block>,
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

impl Texts {
    /// No texts but the missing one, in a block without room: most interners of tests have few others.
    pub(super) fn new() -> Self {
        let mut texts = Self { blocks: vec![Block::default()], first: vec![0], ..Self::default() };
        texts.add(0, Place::new(0, 0), None);
        texts
    }

    /// Number of texts.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

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

    /// Place of a text in its block.
    #[inline]
    pub(super) fn place(&self, sym: u32) -> Place {
        self.places[sym as usize]
    }

    /// The text. That of a GUID is kept from now on: [`Self::key`] does without.
    #[inline]
    pub(super) fn text(&self, sym: u32) -> &str {
        let place = self.place(sym);
        let block = &self.blocks[self.block(sym)];
        if place.len() == Place::ID { block.ids.text(place.start()) } else { self.plain(block, sym, place) }
    }

    /// A text that is no GUID.
    #[inline]
    fn plain<'t>(&self, block: &'t Block, sym: u32, place: Place) -> &'t str {
        let len = if place.len() == Place::LONG { self.long[&sym] } else { place.len() };
        &block.text[place.start()..place.start() + len]
    }

    /// The text as it is compared.
    #[inline]
    pub(super) fn key(&self, sym: u32) -> TextKey<'_> {
        self.key_at(sym, self.place(sym))
    }

    /// The text of a place as it is compared.
    #[inline]
    pub(super) fn key_at(&self, sym: u32, place: Place) -> TextKey<'_> {
        let block = &self.blocks[self.block(sym)];
        if place.len() == Place::ID {
            return TextKey::Id(block.ids.numbers[place.start()]);
        }
        TextKey::Text(self.plain(block, sym, place))
    }

    /// Returns whether the text has no characters.
    pub(super) fn is_empty(&self, sym: u32) -> bool {
        self.place(sym).len() == 0
    }

    /// Writes a text, and gives it the next number.
    pub(super) fn append(&mut self, key: TextKey<'_>) {
        debug_assert!(!matches!(key, TextKey::Text(text) if guid(text).is_some()), "made by `new`");
        let fits = |block: &Block| match key {
            // A start that is the end of a block would be none of this block's.
            TextKey::Text(text) => block.text.len() < BLOCK && block.text.len() + text.len() <= BLOCK,
            TextKey::Id(_) => block.ids.numbers.len() < IDS,
        };
        if !self.blocks.last().is_some_and(fits) {
            self.blocks.last_mut().into_iter().for_each(Block::close);
            self.blocks.push(Block::default());
            self.first.push(0);
            self.begin(self.blocks.len() - 1);
        }
        let at = self.blocks.len() - 1;
        let block = &mut self.blocks[at];
        match key {
            TextKey::Text(text) => {
                let start = block.text.len();
                block.text.push_str(text);
                let is_long = text.len() >= Place::LONG;
                self.add(at, Place::new(start, text.len().min(Place::LONG)), is_long.then_some(text.len()));
            }
            TextKey::Id(id) => {
                let start = block.ids.push(id);
                self.add(at, Place::new(start, Place::ID), None);
            }
        }
    }

    /// Gives a text in a block the next number; `long` is the length of a long one.
    fn add(&mut self, block: usize, place: Place, long: Option<usize>) {
        if self.places.len().is_multiple_of(GROUP) {
            let block = u32::try_from(block).ok().filter(|block| block & SPLIT == 0);
            self.of_group.push(block.expect("no more blocks than memory has room for"));
        }
        if let Some(len) = long {
            self.long.insert(self.next(), len);
        }
        self.places.push(place);
    }

    /// Number of the next text.
    pub(super) fn next(&self) -> u32 {
        u32::try_from(self.places.len()).expect("fewer than 2^32 distinct texts")
    }

    /// Gives back spare room.
    pub(super) fn settle(&mut self) {
        self.places.shrink_to_fit();
        self.blocks.last_mut().into_iter().for_each(Block::close);
    }

    /// Takes over the blocks of another, and gives each of its texts that is new the next number.
    pub(super) fn absorb(&mut self, other: Self, is_new: impl Fn(u32) -> bool) {
        let before = self.blocks.len();
        self.blocks.extend(other.blocks);
        // No text is in these yet.
        self.first.resize(self.blocks.len(), u32::MAX);
        self.begin(before);
        let mut block = before;
        for (sym, &place) in (0u32..).zip(&other.places).skip(1) {
            while other.first.get(block - before + 1).is_some_and(|first| *first <= sym) {
                block += 1;
                self.begin(block);
            }
            if is_new(sym) {
                let long = (place.len() == Place::LONG).then(|| other.long[&sym]);
                self.add(block, place, long);
            }
        }
        // The next text goes into the last.
        for block in block + 1..self.blocks.len() {
            self.begin(block);
        }
    }
}
