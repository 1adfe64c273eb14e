//! Every user of the bundle, found by typing: those without a hit too.

use super::edit::LineEdit;
use super::scroll::List;
use crate::analytics::Hit;
use crate::model::Sym;
use crate::store::{Key, Query, Store};
use std::cmp::Reverse;
use std::collections::HashMap;

/// A user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    /// Key in the store.
    pub user: Sym,
    /// Rows of the user.
    pub rows: usize,
    /// Hits of the user.
    pub hits: usize,
}

/// The list of users.
pub struct Users {
    all: Vec<User>,
    /// What was typed to find one.
    pub filter: LineEdit,
    found_by: String,
    /// Those that match, those with most hits first, then those with most rows.
    pub shown: Vec<User>,
    /// The cursor.
    pub list: List,
}

impl Users {
    /// Everyone, cursor on a user where one is given.
    pub fn of(store: &Store, hits: &[Hit], at: Option<Sym>) -> Self {
        let mut of_user: HashMap<Sym, usize> = HashMap::new();
        for hit in hits {
            *of_user.entry(hit.user).or_default() += 1;
        }
        // Names are looked up once each: a sort asks for them many times.
        let keyed = |(user, rows)| {
            let hits = of_user.get(&user).copied().unwrap_or(0);
            ((Reverse(hits), Reverse(rows), store.upn(user), store.text(user)), User { user, rows, hits })
        };
        let mut all: Vec<_> = store.counts(Key::User).map(keyed).collect();
        all.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let all: Vec<User> = all.into_iter().map(|(_, user)| user).collect();
        let place = at.and_then(|at| all.iter().position(|user| user.user == at)).unwrap_or(0);
        Self { shown: all.clone(), all, filter: LineEdit::default(), found_by: String::new(), list: List::at(place) }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether no row of the bundle is anybody's.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The user under the cursor.
    pub fn selected(&self) -> Option<User> {
        self.shown.get(self.list.cursor).copied()
    }

    /// Finds anew by what was typed: in sign-in name and id.
    pub fn find(&mut self, store: &Store) {
        let text = self.filter.text();
        let query = Query::new(&text);
        // A longer text finds no more than what it begins with.
        let before =
            if !self.found_by.is_empty() && text.starts_with(&self.found_by) { &self.shown } else { &self.all };
        let matches = |user: &&User| query.matches(store.upn(user.user)) || query.matches(store.text(user.user));
        self.shown = before.iter().filter(matches).copied().collect();
        self.found_by = text;
        self.list = List::default();
    }
}
