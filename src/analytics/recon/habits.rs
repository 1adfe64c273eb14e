//! Days on which users made requests of each category: whether a sweep is a habit, and whether others do it too.

use super::Calls;
use crate::analytics::known::day;
use crate::model::{EventId, Sym, Time};
use foldhash::fast::RandomState;
use std::collections::{BTreeSet, HashMap};

/// Most users that are named for a set of categories.
const NAMED: usize = 20;

/// By set of categories: the first users with it on a day, each with a call of theirs.
type Wide = HashMap<u32, BTreeSet<(EventId, Sym)>, RandomState>;

/// Categories by user and day.
#[derive(Default)]
pub struct Habits {
    /// Sets of categories by user and day, sorted.
    days: Vec<(Sym, u16, u32)>,
    /// As many users as are named, and one more: the calls stand in an order that every run shares.
    wide: Wide,
}

impl Habits {
    pub(super) fn new(calls: &Calls) -> Self {
        let mut days: Vec<(Sym, u16, u32)> = Vec::new();
        let mut wide = Wide::default();
        let (mut user, mut first, mut of_user) = (Sym::NONE, EventId(0), 0);
        for (client, own) in calls.by_client().iter() {
            if client.user != user {
                merge(&mut days, of_user, |set| keep(&mut wide, set, (first, user)));
                (user, first, of_user) = (client.user, own[0].id, days.len());
            }
            first = first.min(own[0].id);
            for &call in own {
                let Some(category) = calls.form(call).category else { continue };
                let set = 1 << category;
                match days.last_mut().filter(|last| (last.0, last.1) == (user, call.day)) {
                    Some(last) => last.2 |= set,
                    None => days.push((user, call.day, set)),
                }
            }
        }
        merge(&mut days, of_user, |set| keep(&mut wide, set, (first, user)));
        days.shrink_to_fit();
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

    /// Other users who made requests of all of some categories on one day; those who called first where they are many.
    pub fn others(&self, user: Sym, categories: u32) -> Vec<Sym> {
        let sets = self.wide.iter().filter(|(set, _)| *set & categories == categories);
        let users = sets.flat_map(|(_, users)| users);
        let users: BTreeSet<(EventId, Sym)> = users.copied().filter(|(_, other)| *other != user).collect();
        users.into_iter().take(NAMED).map(|(_, user)| user).collect()
    }
}

fn keep(wide: &mut Wide, set: u32, user: (EventId, Sym)) {
    let users = wide.entry(set).or_default();
    if users.len() <= NAMED || users.last().is_some_and(|last| user < *last) {
        users.insert(user);
        if users.len() > NAMED + 1 {
            users.pop_last();
        }
    }
}

/// Sorts the days from a place on, which are of one user, joins the sets of each, and hands them over.
fn merge(days: &mut Vec<(Sym, u16, u32)>, from: usize, mut take: impl FnMut(u32)) {
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
    for (.., set) in &days[from..] {
        take(*set);
    }
}
