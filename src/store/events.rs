//! Events side by side: numbers in rows of one width, texts in blocks of one table.

use super::blocks::{Block, Packing, ROW_BITS, ROWS};
use super::chunks::Chunks;
use crate::model::{EventHead, Field, NewEvent, Sym, Table};
use crate::tables::{ALL_FIELDS, NO_SLOT, Slots};
use std::ops::Deref;

/// View of one event.
#[derive(Clone, Copy)]
pub struct Event<'e> {
    head: &'e EventHead,
    slots: &'static Slots,
    texts: Texts<'e>,
}

/// Texts of one event.
#[derive(Clone, Copy)]
enum Texts<'e> {
    /// Of one under construction.
    Own(&'e [Sym; Field::COUNT]),
    /// A row of a block.
    Row(&'e Block, usize),
}

impl<'e> From<&'e NewEvent> for Event<'e> {
    fn from(event: &'e NewEvent) -> Self {
        Self { head: &event.head, slots: &ALL_FIELDS, texts: Texts::Own(event.texts()) }
    }
}

impl Deref for Event<'_> {
    type Target = EventHead;

    #[inline]
    fn deref(&self) -> &EventHead {
        self.head
    }
}

impl Event<'_> {
    /// The text of a field; [`Sym::NONE`] where the record has none, or the table has no such field.
    #[inline]
    pub fn get(self, field: Field) -> Sym {
        match (self.slots[field as usize], self.texts) {
            (NO_SLOT, _) => Sym::NONE,
            (slot, Texts::Row(block, row)) => block.get(slot, row),
            (slot, Texts::Own(texts)) => texts[usize::from(slot)],
        }
    }
}

impl std::fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let texts = Field::ALL.into_iter().map(|field| (field, self.get(field))).filter(|(_, sym)| !sym.is_none());
        f.debug_struct("Event").field("head", self.head).field("texts", &texts.collect::<Vec<_>>()).finish()
    }
}

/// Events in some order.
#[derive(Default)]
pub struct Events {
    heads: Chunks<EventHead>,
    /// The texts; a row's number is that of its block, then its place in it.
    blocks: Vec<Block>,
    /// The block of each table that has room.
    open: [Option<usize>; Table::COUNT],
    packing: Packing,
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
    /// Past a million blocks of rows, four thousand million events: beyond what fits into memory with them.
    pub fn push(&mut self, event: &NewEvent) {
        let slots = event.table.slots();
        let row = self.new_row(event.table, |texts| {
            for (slot, sym) in slots.iter().zip(event.texts()) {
                if *slot != NO_SLOT {
                    texts[usize::from(*slot)] = *sym;
                }
            }
        });
        self.heads.push(EventHead { row, ..event.head });
    }

    /// Adds the same event again.
    pub(super) fn push_copy(&mut self, of: usize) {
        let head = self.heads[of];
        let (block, row) = split(head.row);
        let mut copy = [Sym::NONE; Field::COUNT];
        for (slot, sym) in (0u8..).zip(&mut copy[..head.table.width()]) {
            *sym = self.blocks[block].get(slot, row);
        }
        let row = self.new_row(head.table, |texts| texts.copy_from_slice(&copy[..texts.len()]));
        self.heads.push(EventHead { row, ..head });
    }

    /// Adds a row of a table, and returns its number.
    fn new_row(&mut self, table: Table, fill: impl FnOnce(&mut [Sym])) -> u32 {
        let at = self.open[table as usize].unwrap_or_else(|| {
            self.blocks.push(Block::new(table, &mut self.packing));
            self.blocks.len() - 1
        });
        let block = &mut self.blocks[at];
        let row = block.add(fill);
        let is_full = row + 1 == ROWS;
        if is_full {
            block.pack(&mut self.packing);
        }
        self.open[table as usize] = (!is_full).then_some(at);
        first_row(at) | u32::try_from(row).expect("below the rows of a block")
    }

    /// The event at a place.
    #[inline]
    pub fn get(&self, at: usize) -> Event<'_> {
        self.view(&self.heads[at])
    }

    #[inline]
    fn view<'e>(&'e self, head: &'e EventHead) -> Event<'e> {
        let (block, row) = split(head.row);
        Event { head, slots: head.table.slots(), texts: Texts::Row(&self.blocks[block], row) }
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

    /// Texts of some fields of each table's events, at least once each, in no order.
    pub(super) fn texts<'f>(&self, fields: impl Fn(Table) -> &'f [Field], mut take: impl FnMut(Sym)) {
        for block in &self.blocks {
            block.texts(fields(block.table()), &mut take);
        }
    }

    /// Returns whether any row of a table, or of one with the same fields, has a text in a field.
    pub(super) fn has_text(&self, table: Table, field: Field) -> bool {
        let mut found = false;
        // A row may have been given the other table of sign-ins.
        self.blocks.iter().filter(|block| block.table().slots() == table.slots()).any(|block| {
            block.texts(&[field], |sym| found |= !sym.is_none());
            found
        })
    }

    /// Sets a text of an event.
    ///
    /// # Panics
    /// When its table has no such field.
    pub(super) fn set(&mut self, at: usize, field: Field, sym: Sym) {
        let head = &self.heads[at];
        let (block, row) = split(head.row);
        let slot = head.table.slots()[field as usize];
        assert_ne!(slot, NO_SLOT, "a field of the event's table");
        self.blocks[block].set(slot, row, sym);
    }

    /// Every event, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Event<'_>> + Clone {
        self.heads.iter().map(|head| self.view(head))
    }

    /// Appends the events of another part; `map` translates its symbols.
    pub(super) fn absorb(&mut self, other: Self, map: &[Sym]) {
        let before = first_row(self.blocks.len());
        self.heads.absorb(other.heads, |head| head.row += before);
        for mut block in other.blocks {
            block.pack(&mut self.packing);
            block.translate(map);
            self.blocks.push(block);
        }
        // As many blocks as rows have numbers for.
        first_row(self.blocks.len() - usize::from(!self.blocks.is_empty()));
    }

    /// Gives back the room that packing took.
    pub(super) fn settle(&mut self) {
        self.packing = Packing::default();
    }

    /// Puts the events into an order in place; `order` has their places now.
    pub(super) fn arrange(&mut self, mut order: Vec<u32>) {
        // Follow each cycle of the permutation; a visited slot points at itself.
        for start in 0..order.len() {
            let (first, mut slot) = (self.heads[start], start);
            loop {
                let next = order[slot] as usize;
                order[slot] = u32::try_from(slot).expect("bounded by merge()");
                if next == start {
                    break;
                }
                self.heads[slot] = self.heads[next];
                slot = next;
            }
            self.heads[slot] = first;
        }
    }
}

/// The number of the first row of a block.
fn first_row(block: usize) -> u32 {
    let block = u32::try_from(block).ok().filter(|block| *block < 1 << (u32::BITS - ROW_BITS));
    block.expect("a store holds at most a million blocks of rows") << ROW_BITS
}

/// The block of a row, and the row's place in it.
#[inline]
fn split(row: u32) -> (usize, usize) {
    ((row >> ROW_BITS) as usize, row as usize & (ROWS - 1))
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
        let read = |at: usize| [Field::RequestUri, Field::ResultType].map(|field| events.get(at).get(field).0);
        assert_eq!([read(0), read(1), read(2)], [[7, 0], [0, 9], [10, 0]]);
        assert_eq!(Event::from(&call).get(Field::ResultType), Sym(8), "what is put together has room for all");
        events.arrange(vec![1, 2, 0]);
        let first: Vec<u32> = events.iter().map(|event| event.get(Field::RequestUri).0).collect();
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
        assert_eq!(all.iter().map(|event| event.get(Field::Id).0).collect::<Vec<_>>(), [1, 6]);
    }

    #[test]
    fn rows_of_several_tables_and_blocks_are_found() {
        let mut events = Events::default();
        let number = |at: usize| Sym(u32::try_from(at).unwrap());
        let tables = [Table::SignIn, Table::Graph, Table::Graph];
        for at in 0..9 * ROWS / 2 {
            let mut event = NewEvent::new(tables[at % tables.len()], Origin::default());
            event[Field::Id] = number(at);
            event[Field::UserId] = number(at % 5);
            events.push(&event);
        }
        assert_eq!(events.blocks.len(), 5);
        let read = |at: usize| [Field::Id, Field::UserId].map(|field| events.get(at).get(field));
        assert!((0..events.len()).all(|at| read(at) == [number(at), number(at % 5)]));
    }
}
