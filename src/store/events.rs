//! Events side by side: numbers in rows of one width, texts in rows as wide as each event's table.

use super::chunks::Chunks;
use crate::model::{EventHead, Field, NewEvent, Sym, Table};
use crate::tables::{ALL_FIELDS, NO_SLOT, Slots};
use std::ops::{Deref, Index};

/// View of one event.
#[derive(Clone, Copy, Debug)]
pub struct Event<'e> {
    head: &'e EventHead,
    slots: &'static Slots,
    texts: &'e [Sym],
}

impl<'e> From<&'e NewEvent> for Event<'e> {
    fn from(event: &'e NewEvent) -> Self {
        Self { head: &event.head, slots: &ALL_FIELDS, texts: event.texts() }
    }
}

impl Deref for Event<'_> {
    type Target = EventHead;

    #[inline]
    fn deref(&self) -> &EventHead {
        self.head
    }
}

/// The text of a field; [`Sym::NONE`] where the record has none, or the table has no such field.
impl Index<Field> for Event<'_> {
    type Output = Sym;

    #[inline]
    fn index(&self, field: Field) -> &Sym {
        match self.slots[field as usize] {
            NO_SLOT => &Sym::NONE,
            slot => &self.texts[slot as usize],
        }
    }
}

/// Texts in a chunk. A row lies in one: its number is that of its chunk, then its place in it.
const CHUNK: usize = 1 << CHUNK_BITS;
const CHUNK_BITS: u32 = 16;

/// Events in some order.
#[derive(Default)]
pub struct Events {
    heads: Chunks<EventHead>,
    /// In chunks, so that parts are joined without a copy of all texts.
    texts: Vec<Vec<Sym>>,
}

impl Events {
    /// Number of events.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.heads.len() == 0
    }

    /// Adds an event; texts of fields that its table does not have are left out.
    ///
    /// # Panics
    /// Past 4,294,967,295 texts, a hundred million events: beyond what fits into memory with them.
    pub fn push(&mut self, event: &NewEvent) {
        let slots = event.table.slots();
        let (row, texts) = self.new_row(event.table);
        for (slot, sym) in slots.iter().zip(event.texts()) {
            if *slot != NO_SLOT {
                texts[*slot as usize] = *sym;
            }
        }
        self.heads.push(EventHead { row, ..event.head });
    }

    /// Adds the same event again.
    pub(super) fn push_copy(&mut self, of: usize) {
        let head = self.heads[of];
        let mut copy = [Sym::NONE; Field::COUNT];
        let copied = &mut copy[..head.table.width()];
        copied.copy_from_slice(self.get(of).texts);
        let (row, texts) = self.new_row(head.table);
        texts.copy_from_slice(copied);
        self.heads.push(EventHead { row, ..head });
    }

    /// Room for a row of a table.
    fn new_row(&mut self, table: Table) -> (u32, &mut [Sym]) {
        let width = table.width();
        if self.texts.last().is_none_or(|chunk| chunk.len() + width > CHUNK) {
            self.texts.push(Vec::with_capacity(CHUNK));
        }
        let at = self.texts.len() - 1;
        let chunk = &mut self.texts[at];
        let start = chunk.len();
        chunk.resize(start + width, Sym::NONE);
        (first_row(at) | u32::try_from(start).expect("below the length of a chunk"), &mut chunk[start..])
    }

    /// The event at a place.
    #[inline]
    pub fn get(&self, at: usize) -> Event<'_> {
        self.view(&self.heads[at])
    }

    #[inline]
    fn view<'e>(&'e self, head: &'e EventHead) -> Event<'e> {
        let (chunk, start) = split(head.row);
        Event { head, slots: head.table.slots(), texts: &self.texts[chunk][start..start + head.table.width()] }
    }

    /// All but an event's texts.
    #[inline]
    pub fn head_mut(&mut self, at: usize) -> &mut EventHead {
        &mut self.heads[at]
    }

    /// All but the texts of every event.
    pub fn heads(&self) -> impl DoubleEndedIterator<Item = &EventHead> + Clone {
        self.heads.iter()
    }

    /// The first and the last.
    pub fn ends(&self) -> Option<(&EventHead, &EventHead)> {
        self.heads.first().zip(self.heads.last())
    }

    /// Sets a text of an event.
    ///
    /// # Panics
    /// When its table has no such field.
    pub(super) fn set(&mut self, at: usize, field: Field, sym: Sym) {
        let head = &self.heads[at];
        let (chunk, start) = split(head.row);
        self.texts[chunk][start + usize::from(head.table.slots()[field as usize])] = sym;
    }

    /// Every event, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Event<'_>> + Clone {
        self.heads.iter().map(|head| self.view(head))
    }

    /// Appends the events of another part; `map` translates its symbols.
    pub(super) fn absorb(&mut self, other: Self, map: &[Sym]) {
        let before = first_row(self.texts.len());
        self.heads.absorb(other.heads, |head| head.row += before);
        for mut chunk in other.texts {
            for sym in &mut chunk {
                *sym = map[sym.0 as usize];
            }
            self.texts.push(chunk);
        }
        // As many chunks as rows have numbers for.
        first_row(self.texts.len() - usize::from(!self.texts.is_empty()));
    }

    /// Puts the events into an order in place; `order` has their places now.
    pub(super) fn arrange(&mut self, mut order: Vec<u32>) {
        // Follow each cycle of the permutation; a visited slot points at itself.
        for start in 0..order.len() {
            let mut slot = start;
            while order[slot] as usize != start {
                let next = order[slot] as usize;
                self.heads.swap(slot, next);
                order[slot] = u32::try_from(slot).expect("bounded by merge()");
                slot = next;
            }
            order[slot] = u32::try_from(slot).expect("bounded by merge()");
        }
    }
}

/// The number of the first row of a chunk.
fn first_row(chunk: usize) -> u32 {
    let chunk = u32::try_from(chunk).ok().filter(|chunk| *chunk < 1 << (u32::BITS - CHUNK_BITS));
    chunk.expect("a store holds at most 4,294,967,295 texts of rows") << CHUNK_BITS
}

/// The chunk of a row, and the row's start in it.
#[inline]
fn split(row: u32) -> (usize, usize) {
    ((row >> CHUNK_BITS) as usize, row as usize & (CHUNK - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Origin;

    #[test]
    fn rows_are_as_wide_as_their_table() {
        let mut events = Events::default();
        let mut call = NewEvent::new(Table::Graph, Origin::default());
        call[Field::RequestUri] = Sym(7);
        call[Field::ResultType] = Sym(8);
        let mut sign_in = NewEvent::new(Table::SignIn, Origin::default());
        sign_in[Field::ResultType] = Sym(9);
        events.push(&call);
        events.push(&sign_in);
        events.push_copy(0);
        events.set(2, Field::RequestUri, Sym(10));
        assert_eq!(events.texts[0].len(), 2 * Table::Graph.width() + Table::SignIn.width());
        let read = |at: usize| [Field::RequestUri, Field::ResultType].map(|field| events.get(at)[field].0);
        assert_eq!([read(0), read(1), read(2)], [[7, 0], [0, 9], [10, 0]]);
        assert_eq!(Event::from(&call)[Field::ResultType], Sym(8), "what is put together has room for all");
        events.arrange(vec![1, 2, 0]);
        let first: Vec<u32> = events.iter().map(|event| event[Field::RequestUri].0).collect();
        assert_eq!(first, [0, 10, 7]);
    }

    #[test]
    fn parts_are_joined_under_one_set_of_symbols() {
        let mut parts = [Events::default(), Events::default()];
        for (part, sym) in parts.iter_mut().zip([1, 2]) {
            let mut event = NewEvent::new(Table::AadGraph, Origin::default());
            event[Field::Id] = Sym(sym);
            part.push(&event);
        }
        let [mut all, other] = parts;
        all.absorb(other, &[Sym::NONE, Sym(5), Sym(6)]);
        assert_eq!(all.iter().map(|event| event[Field::Id].0).collect::<Vec<_>>(), [1, 6]);
    }

    #[test]
    fn no_row_lies_in_two_chunks() {
        let mut events = Events::default();
        let number = |at: usize| Sym(u32::try_from(at).unwrap());
        let tables = [Table::SignIn, Table::Graph];
        for at in 0..3 * CHUNK / Table::SignIn.width() {
            let mut event = NewEvent::new(tables[at % 2], Origin::default());
            event[Field::Id] = number(at);
            events.push(&event);
        }
        assert!(events.texts.len() > 2);
        assert!((0..events.len()).all(|at| events.get(at)[Field::Id] == number(at)));
    }
}
