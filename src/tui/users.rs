//! Every user of the bundle, found by typing: those without a hit too. The worker counts and finds them.

use super::edit::LineEdit;
use super::scroll::List;
use crate::analytics::Hit;
use crate::model::{Sym, work};
use crate::store::{GUID_LEN, Query, Store};
use foldhash::fast::RandomState;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

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

/// Everyone, and those found last, as the worker keeps them between questions.
#[derive(Default)]
pub struct Everyone {
    /// The hits that were counted.
    hits: Arc<Vec<Hit>>,
    all: Option<Arc<Vec<User>>>,
    found_by: String,
    /// In the order of all, for what narrows it.
    found: Arc<Vec<User>>,
}

impl Everyone {
    /// Those whose sign-in name or id answers to what was typed, the best first; of those that answer alike, and while
    /// nothing is typed, first those with most hits, then with most rows. And how many there are in all.
    pub fn find(&mut self, store: &Store, hits: &Arc<Vec<Hit>>, text: &str) -> (Arc<Vec<User>>, usize) {
        if !Arc::ptr_eq(&self.hits, hits) {
            *self = Self { hits: Arc::clone(hits), ..Self::default() };
        }
        let all = self.all.get_or_insert_with(|| Arc::new(sorted(store, hits)));
        // A longer text finds no more than what it begins with.
        let narrows = !self.found_by.is_empty() && text.starts_with(&self.found_by);
        let before = if narrows { &self.found } else { &*all };
        let query = Query::new(text);
        self.found = if query.is_empty() {
            Arc::clone(all)
        } else {
            work::look(before.len());
            let answers = |user: &&User| {
                query.matches(store.upn(user.user)) || query.matches(store.key(user.user).read(&mut [0; GUID_LEN]))
            };
            Arc::new(before.iter().filter(answers).copied().collect())
        };
        text.clone_into(&mut self.found_by);
        let shown = if query.is_empty() {
            Arc::clone(&self.found)
        } else {
            Arc::new(query.rank(self.found.to_vec(), |user| [store.upn(user.user), store.text(user.user)]))
        };
        (shown, all.len())
    }
}

fn sorted(store: &Store, hits: &[Hit]) -> Vec<User> {
    let mut of_user: HashMap<Sym, usize, RandomState> = HashMap::default();
    for hit in hits {
        *of_user.entry(hit.user).or_default() += 1;
    }
    // The store has them by name, and a stable sort leaves them so.
    let user = |&(user, rows)| User { user, rows, hits: of_user.get(&user).copied().unwrap_or(0) };
    let mut all: Vec<User> = store.users_by_name().iter().map(user).collect();
    work::look(all.len());
    all.sort_by_key(|user| (Reverse(user.hits), Reverse(user.rows)));
    all
}

/// The list of users.
pub struct Users {
    /// The filter typed to find one.
    pub filter: LineEdit,
    /// Those that answer to it, or to what was typed before.
    pub shown: Arc<Vec<User>>,
    /// Their number in all; `None` until the worker has answered.
    pub total: Option<usize>,
    /// The cursor.
    pub list: List,
    /// The filter `shown` was made for.
    found_by: Option<String>,
    /// The filter the worker was asked about.
    asked: Option<String>,
    /// The cursor's target among all users.
    at: Option<Sym>,
    /// Whether the user has chosen, ahead of the answer.
    pub wanted: bool,
}

impl Users {
    /// An empty list: cursor on a user once it is filled, where one is given.
    pub fn at(at: Option<Sym>) -> Self {
        let (filter, shown, list) = (LineEdit::default(), Arc::default(), List::default());
        Self { filter, shown, total: None, list, found_by: None, asked: None, at, wanted: false }
    }

    /// The next question for the worker: one at a time, always for the line as typed by then.
    pub fn ask(&mut self) -> Option<String> {
        if self.asked.is_some() || self.is_answered() {
            return None;
        }
        let text = self.filter.text();
        self.asked = Some(text.clone());
        Some(text)
    }

    /// Takes an answer, if it is the one waited for.
    pub fn take(&mut self, text: &str, shown: Arc<Vec<User>>, total: usize) {
        if self.asked.take_if(|asked| asked == text).is_none() {
            return;
        }
        let at = self.at.take().filter(|_| text.is_empty());
        let place = at.and_then(|at| shown.iter().position(|user| user.user == at)).unwrap_or(0);
        (self.shown, self.total, self.list) = (shown, Some(total), List::at(place));
        self.found_by = Some(text.to_owned());
    }

    /// Returns whether the list answers to what is typed.
    pub fn is_answered(&self) -> bool {
        self.found_by.as_ref().is_some_and(|text| *text == self.filter.text())
    }

    /// The user under the cursor.
    pub fn selected(&self) -> Option<User> {
        self.shown.get(self.list.cursor).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Field, Table};
    use crate::store::testing::Rows;

    #[test]
    fn the_best_match_comes_first_however_it_was_typed() {
        let mut rows = Rows::default();
        // The busiest first: that is the order while nothing is typed.
        for (name, count) in [("office.admin", 3), ("a.fin", 2), ("finance.director", 1), ("novak", 1)] {
            for _ in 0..count {
                let upn = format!("{name}@contoso.com");
                rows.row(
                    Table::SignIn,
                    "2026-05-01T10:00:00Z",
                    &[(Field::UserId, name), (Field::UserPrincipalName, &upn)],
                );
            }
        }
        let store = rows.build();
        let hits = Arc::default();
        let mut everyone = Everyone::default();
        let mut find = |typed: &str| {
            let names = |found: Arc<Vec<User>>| found.iter().map(|user| store.text(user.user)).collect::<Vec<_>>();
            let at_once = Everyone::default().find(&store, &hits, typed).0;
            let by_letter = everyone.find(&store, &hits, typed).0;
            assert_eq!(by_letter, at_once, "{typed}");
            names(by_letter)
        };
        assert_eq!(find("")[0], "office.admin");
        find("f");
        find("fi");
        let found = find("fin");
        assert_eq!((found.len(), found[2]), (3, "office.admin"));
        assert_eq!(find("contoso"), find(""), "all alike");
    }
}
