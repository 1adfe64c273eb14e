//! Ties between rows that use a token and the sign-in that issued it.

use super::{Event, Key, Store};
use crate::model::{EventId, Field, Sym, Table};
use foldhash::fast::RandomState;
use std::collections::HashMap;

impl Store {
    /// Returns whether any row of the bundle uses a token.
    pub fn has_uses(&self) -> bool {
        Table::ALL.into_iter().any(|table| table.uses() && self.count(table) > 0)
    }

    /// Returns whether any row of the bundle records an act.
    pub fn has_records(&self) -> bool {
        Table::ALL.into_iter().any(|table| table.records() && self.count(table) > 0)
    }

    /// The first sign-in that issued a token; `None` for a blank token.
    pub fn issuer(&self, token: Sym) -> Option<EventId> {
        if token.is_none() {
            return None;
        }
        // A sweep has thousands of calls with a token that no sign-in of the bundle issued.
        if let Some(issuer) = self.issuers().get(&token) {
            return *issuer;
        }
        self.with(Key::Token, token).iter().copied().find(|id| self.event(*id).table.issues())
    }

    /// The first issuer of every token that a row uses or names.
    fn issuers(&self) -> &HashMap<Sym, Option<EventId>, RandomState> {
        self.issuers.get_or_init(|| {
            let rows = || self.events().filter(|(_, event)| !event.is_duplicate());
            let token = |event: Event<'_>| self.token(event[Field::TokenId]);
            let used = rows().filter(|(_, event)| !event.table.issues()).map(|(_, event)| (token(event), None));
            let mut issuers: HashMap<Sym, Option<EventId>, RandomState> = used.collect();
            if !issuers.is_empty() {
                for (id, event) in rows().filter(|(_, event)| event.table.issues()) {
                    if let Some(issuer) = issuers.get_mut(&token(event)) {
                        issuer.get_or_insert(id);
                    }
                }
            }
            issuers
        })
    }

    /// Returns whether the event uses a token that a sign-in of the bundle issued.
    pub fn has_issuer(&self, event: Event<'_>) -> bool {
        !event.table.issues() && self.issuer(self.token(event[Field::TokenId])).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::Rows;

    #[test]
    fn a_call_of_either_graph_is_tied_to_the_sign_in_that_gave_its_token() {
        let mut rows = Rows::default();
        let at = "2026-05-01T14:00:00Z";
        rows.row(Table::NonInteractive, at, &[(Field::Id, "s"), (Field::TokenId, "T=")]);
        for (table, token) in
            [(Table::Graph, "T"), (Table::AadGraph, "T=="), (Table::AadGraph, "other"), (Table::Graph, "")]
        {
            rows.row(table, at, &[(Field::TokenId, token)]);
        }
        let store = rows.build();
        let tied = store.events().filter(|(_, event)| store.has_issuer(*event)).count();
        assert_eq!((tied, store.has_uses()), (2, true));
        let token = store.token(store.find("T").unwrap());
        assert!(store.event(store.issuer(token).unwrap()).table.issues());
        let uses = store.with(Key::Token, token).iter().filter(|id| store.event(**id).table.uses());
        assert_eq!(uses.count(), 2);
        assert_eq!(store.issuer(Sym::NONE), None);
    }
}
