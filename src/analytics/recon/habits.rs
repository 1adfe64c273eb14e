//! Days on which users made requests of each category: whether a sweep is a habit, and whether others do it too.

use super::Calls;
use crate::model::{Sym, Time};
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};

/// Most users that are named for a set of categories.
const NAMED: usize = 20;

/// Categories by user and day.
#[derive(Default)]
pub struct Habits {
    /// Sets of categories by user and day.
    days: BTreeMap<(Sym, i64), u32>,
    /// Users by the widest sets of categories of a day.
    wide: BTreeMap<u32, BTreeSet<Sym>>,
}

impl Habits {
    pub(super) fn new(store: &Store, calls: &Calls) -> Self {
        let mut days: BTreeMap<(Sym, i64), u32> = BTreeMap::new();
        for client in calls.clients() {
            let mut last = (None, 0);
            for &call in calls.of(client) {
                let Some(category) = calls.form(call).category else { continue };
                let day = store.event(call.id).time().day_number();
                if last.0 != Some(day) {
                    if let (Some(day), set) = last {
                        *days.entry((client.user, day)).or_default() |= set;
                    }
                    last = (Some(day), 0);
                }
                last.1 |= 1 << category;
            }
            if let (Some(day), set) = last {
                *days.entry((client.user, day)).or_default() |= set;
            }
        }
        let mut wide: BTreeMap<u32, BTreeSet<Sym>> = BTreeMap::new();
        for ((user, _), set) in &days {
            wide.entry(*set).or_default().insert(*user);
        }
        Self { days, wide }
    }

    /// Days before that of a time on which the user made requests of most of some categories, and all days before.
    pub fn before(&self, user: Sym, categories: u32, at: Time) -> (usize, usize) {
        let days = self.days.range((user, i64::MIN)..(user, at.day_number()));
        let (mut alike, mut all) = (0, 0);
        for (_, set) in days {
            all += 1;
            if (set & categories).count_ones() * 2 > categories.count_ones() {
                alike += 1;
            }
        }
        (alike, all)
    }

    /// Other users who made requests of all of some categories on one day; in part where they are many.
    pub fn others(&self, user: Sym, categories: u32) -> BTreeSet<Sym> {
        let sets = self.wide.iter().filter(|(set, _)| *set & categories == categories);
        let users = sets.flat_map(|(_, users)| users.iter().take(NAMED + 1));
        users.copied().filter(|other| *other != user).take(NAMED).collect()
    }
}
