//! Days on which users made requests of each category: whether a sweep is a habit, and whether others do it too.

use super::Calls;
use crate::analytics::known::day;
use crate::model::{Sym, Time};
use std::collections::{BTreeMap, BTreeSet};

/// Most users that are named for a set of categories.
const NAMED: usize = 20;

/// Categories by user and day.
#[derive(Default)]
pub struct Habits {
    /// Sets of categories by user and day, sorted.
    days: Vec<(Sym, u16, u32)>,
    /// Users by the widest sets of categories of a day.
    wide: BTreeMap<u32, BTreeSet<Sym>>,
}

impl Habits {
    pub(super) fn new(calls: &Calls) -> Self {
        let mut days: Vec<(Sym, u16, u32)> = Vec::new();
        let (mut user, mut of_user) = (Sym::NONE, 0);
        for (client, own) in calls.clients() {
            if client.user != user {
                merge(&mut days, of_user);
                (user, of_user) = (client.user, days.len());
            }
            for &call in own {
                let Some(category) = calls.form(call).category else { continue };
                let set = 1 << category;
                match days.last_mut().filter(|last| (last.0, last.1) == (user, call.day)) {
                    Some(last) => last.2 |= set,
                    None => days.push((user, call.day, set)),
                }
            }
        }
        merge(&mut days, of_user);
        days.shrink_to_fit();
        let mut wide: BTreeMap<u32, BTreeSet<Sym>> = BTreeMap::new();
        for (user, _, set) in &days {
            wide.entry(*set).or_default().insert(*user);
        }
        Self { days, wide }
    }

    /// Days before that of a time on which the user made requests of most of some categories, and all days before.
    pub fn before(&self, user: Sym, categories: u32, at: Time) -> (usize, usize) {
        let start = self.days.partition_point(|(of, ..)| *of < user);
        let before = self.days[start..].iter().take_while(|(of, on, _)| *of == user && *on < day(at));
        let (mut alike, mut all) = (0, 0);
        for (.., set) in before {
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

/// Sorts the days from a place on, which are of one user, and joins the sets of each.
fn merge(days: &mut Vec<(Sym, u16, u32)>, from: usize) {
    days[from..].sort_unstable();
    let mut kept = from;
    for at in from..days.len() {
        let (user, day, set) = days[at];
        if kept > from && days[kept - 1].1 == day {
            days[kept - 1].2 |= set;
        } else {
            days[kept] = (user, day, set);
            kept += 1;
        }
    }
    days.truncate(kept);
}
