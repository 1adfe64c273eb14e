//! Events by the role of their table: most questions are about sign-ins, calls or acts alone.

use super::{Event, Store};
use crate::model::{EventId, threads};
use crate::tables::Role;

impl Store {
    /// Events of tables of a role, in order, duplicates and unions included. Found on first use.
    pub fn of_role(&self, role: Role) -> &[EventId] {
        let by_role = self.by_role.get_or_init(|| {
            let parts = threads::in_parts(self.events.len(), |range| {
                let mut found: [Vec<EventId>; Role::COUNT] = Default::default();
                for (id, event) in self.events_in(range) {
                    found[event.table.role() as usize].push(id);
                }
                found
            });
            std::array::from_fn(|role| parts.iter().map(|part| part[role].as_slice()).collect::<Vec<_>>().concat())
        });
        &by_role[role as usize]
    }

    /// As [`Store::of_role`], with the events.
    pub fn in_role(&self, role: Role) -> impl Iterator<Item = (EventId, Event<'_>)> + Clone {
        self.of_role(role).iter().map(|&id| (id, self.event(id)))
    }

    /// Finds of readers in [`Store::in_role`], in order. Each reads a part of it, on a thread of its own.
    pub fn find_in<'s, T: Send, F: FnMut(EventId, Event<'s>) -> Option<T>>(
        &'s self,
        role: Role,
        reader: impl Fn() -> F + Sync,
    ) -> Vec<T> {
        threads::found(self.of_role(role), || {
            let mut read = reader();
            move |id| read(id, self.event(id))
        })
    }
}
