//! Ties between rows that use a token and the sign-in that issued it.

use super::{Event, Key, Store};
use crate::model::{EventId, Field, Sym, Table};
use foldhash::fast::RandomState;
use std::collections::{HashMap, HashSet};

/// Numbers of the tokens that rows use, among those of each user.
pub(super) struct TokenNumbers {
    of: HashMap<Sym, u32, RandomState>,
    greatest: Option<u32>,
}

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
        // A sweep has thousands of calls with a token that no sign-in of the bundle issued: the index knows it of each.
        self.index(Key::Token).issuer(token)
    }

    /// The number of a row's token among those of its user that a row uses, in order of issue from 0; `None` for a token
    /// that no row uses or no sign-in issued.
    pub fn token_number(&self, event: Event<'_>) -> Option<usize> {
        let token = self.token(event.get(Field::TokenId));
        self.token_numbers().of.get(&token).map(|number| *number as usize)
    }

    /// The greatest [`Self::token_number`]; `None` where there is none. Worked out on first use, with all numbers.
    pub fn greatest_token_number(&self) -> Option<usize> {
        self.token_numbers().greatest.map(|number| number as usize)
    }

    fn token_numbers(&self) -> &TokenNumbers {
        self.token_numbers.get_or_init(|| {
            let uses = self.events().filter(|(_, event)| !event.table.issues() && !event.is_duplicate());
            let used: HashSet<Sym, RandomState> =
                uses.map(|(_, event)| self.token(event.get(Field::TokenId))).collect();
            let issued = used.into_iter().filter_map(|token| self.issuer(token).map(|id| (token, id)));
            let mut issued: Vec<(Sym, EventId, Sym)> =
                issued.map(|(token, id)| (self.event(id).user, id, token)).collect();
            issued.sort_unstable();
            let of_user = issued.chunk_by(|one, other| one.0 == other.0);
            let of: HashMap<Sym, u32, RandomState> =
                of_user.flat_map(|of_user| of_user.iter().map(|(.., token)| *token).zip(0..)).collect();
            // Every frame asks for it, and there may be a million.
            TokenNumbers { greatest: of.values().max().copied(), of }
        })
    }

    /// Returns whether the event uses a token that a sign-in of the bundle issued.
    pub fn has_issuer(&self, event: Event<'_>) -> bool {
        !event.table.issues() && self.issuer(self.token(event.get(Field::TokenId))).is_some()
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

    #[test]
    fn tokens_are_numbered_for_each_user_in_order_of_issue_where_a_row_uses_them() {
        let mut rows = Rows::default();
        let sign_in = |rows: &mut Rows, at: &str, user: &str, token: &str| {
            let fields = [(Field::UserId, user), (Field::Id, token), (Field::TokenId, token)];
            rows.row(Table::NonInteractive, &format!("2026-05-01T{at}Z"), &fields);
        };
        for (at, user, token) in [
            ("14:03:00", "ana", "late"),
            ("14:00:00", "ana", "early"),
            ("14:01:00", "ana", "unused"),
            ("14:02:00", "bo", "his"),
        ] {
            sign_in(&mut rows, at, user, token);
        }
        for token in ["early", "late", "his", "of no row"] {
            rows.row(Table::Graph, "2026-05-01T14:05:00Z", &[(Field::TokenId, token)]);
        }
        let store = rows.build();
        let number = |token: &str| {
            let mut rows = store.events().filter(|(_, row)| store.text(row.get(Field::TokenId)) == token);
            let numbers: Vec<_> = rows.by_ref().map(|(_, row)| store.token_number(row)).collect();
            assert!(numbers.windows(2).all(|pair| pair[0] == pair[1]), "a call has the number of its sign-in");
            numbers[0]
        };
        assert_eq!(["early", "late", "his"].map(number), [Some(0), Some(1), Some(0)]);
        assert_eq!(["unused", "of no row"].map(number), [None, None]);
        assert_eq!(store.greatest_token_number(), Some(1));
    }
}
