//! Every user of the bundle, found by typing: those without a hit too.

use super::edit::LineEdit;
use super::scroll::List;
use crate::analytics::Hit;
use crate::model::Sym;
use crate::store::{Query, Store};
use foldhash::fast::RandomState;
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
        let mut of_user: HashMap<Sym, usize, RandomState> = HashMap::default();
        for hit in hits {
            *of_user.entry(hit.user).or_default() += 1;
        }
        // The store has them by name, and a stable sort leaves them so: names of hundreds of thousands take longer than
        // a frame may.
        let user = |&(user, rows)| User { user, rows, hits: of_user.get(&user).copied().unwrap_or(0) };
        let mut all: Vec<User> = store.users_by_name().iter().map(user).collect();
        all.sort_by_key(|user| (Reverse(user.hits), Reverse(user.rows)));
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
