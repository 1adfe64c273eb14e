//! Events by the role of their table: most questions are about sign-ins, calls or acts alone.

use super::{Event, Store};
use crate::model::{EventId, threads};
use crate::tables::Role;
use std::ops::Range;

/// Events that one number has bits for.
const BITS: usize = u64::BITS as usize;

/// Events of tables of a role, or a part of them, in order.
#[derive(Clone)]
pub struct RoleRows<'s> {
    store: &'s Store,
    /// A bit for each event.
    words: &'s [u64],
    /// Number of the word after the one that is read.
    next: usize,
    /// Bits of it that were not read yet.
    bits: u64,
}

impl<'s> Iterator for RoleRows<'s> {
    type Item = (EventId, Event<'s>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while self.bits == 0 {
            self.bits = *self.words.get(self.next)?;
            self.next += 1;
        }
        let at = (self.next - 1) * BITS + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        let id = EventId(u32::try_from(at).expect("bounded by merge()"));
        Some((id, self.store.event(id)))
    }
}

impl Store {
    /// A bit for each event of each role. Found on first use: a list of their numbers would be four bytes an event.
    fn role_bits(&self, role: Role) -> &[u64] {
        let by_role = self.by_role.get_or_init(|| {
            let mut found: [Vec<u64>; Role::COUNT] = std::array::from_fn(|_| vec![0; self.events.len().div_ceil(BITS)]);
            for (at, head) in self.events.heads().enumerate() {
                found[head.table.role() as usize][at / BITS] |= 1 << (at % BITS);
            }
            found
        });
        &by_role[role as usize]
    }

    /// Events of tables of a role, in order, duplicates and unions included.
    pub fn in_role(&self, role: Role) -> RoleRows<'_> {
        RoleRows { store: self, words: self.role_bits(role), next: 0, bits: 0 }
    }

    /// Results of `read` for the parts of [`Store::in_role`], in order, each on a thread of its own.
    pub fn read_in<'s, T: Send>(&'s self, role: Role, read: impl Fn(RoleRows<'s>) -> T + Sync) -> Vec<T> {
        let words = self.role_bits(role);
        threads::in_parts(self.events.len(), |Range { start, end }| {
            let words = &words[..end.div_ceil(BITS)];
            read(RoleRows { store: self, words, next: start.div_ceil(BITS), bits: 0 })
        })
    }

    /// Finds of readers in [`Store::in_role`], in order. Each reads a part of it, on a thread of its own.
    pub fn find_in<'s, T: Send, F: FnMut(EventId, Event<'s>) -> Option<T>>(
        &'s self,
        role: Role,
        reader: impl Fn() -> F + Sync,
    ) -> Vec<T> {
        threads::joined(self.read_in(role, |rows| {
            let mut read = reader();
            rows.filter_map(|(id, event)| read(id, event)).collect()
        }))
    }
}
