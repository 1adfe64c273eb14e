//! Order, groups and filter of the hits pane.

use super::scroll::List;
use super::text::width;
use crate::analytics::Hit;
use crate::model::work;
use crate::store::Query;
use crate::triage::{Case, worst_first};
use foldhash::fast::RandomState;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// Sort order of the hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The worst first.
    #[default]
    Severity,
    /// The earliest first.
    Time,
    /// By sign-in name.
    User,
}

impl Sort {
    /// The next order, round.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Severity => Self::Time,
            Self::Time => Self::User,
            Self::User => Self::Severity,
        }
    }

    /// The word on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Severity => "severity",
            Self::Time => "time",
            Self::User => "user",
        }
    }
}

/// A hit in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Position among the hits.
    pub hit: usize,
    /// Whether it belongs to the group of the entry above: same user, overlapping in time.
    pub grouped: bool,
}

/// The hits as listed.
#[derive(Default)]
pub struct HitList {
    /// The hits in view, in order.
    pub entries: Vec<Entry>,
    /// The cursor.
    pub list: List,
    /// The order.
    pub sort: Sort,
    /// The filter as typed.
    pub filter: String,
    /// The filter, the order and the length of the log that `entries` were made for.
    found_by: Option<(String, Sort, usize)>,
}

/// Orders that follow from the hits alone, made once by the worker: sorting many takes longer than a frame may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// All hits in each [`Sort`].
    by_sort: [Vec<Entry>; 3],
    /// Their column widths, whatever part is in view.
    pub widths: Widths,
    texts: Texts,
}

impl Orders {
    /// Those of these hits.
    pub fn new(hits: &[Hit]) -> Self {
        let by_sort = [Sort::Severity, Sort::Time, Sort::User].map(|sort| grouped(hits, sort));
        Self { by_sort, widths: Widths::new(hits), texts: Texts::new(hits) }
    }

    fn by(&self, sort: Sort) -> &[Entry] {
        &self.by_sort[sort as usize]
    }
}

/// The texts that a filter looks at, each once: hits share them, and are far apart in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Texts {
    distinct: Vec<String>,
    /// The numbers of each hit's texts.
    of_hit: Vec<[u32; 4]>,
    /// The hits by id, as a case has them.
    by_id: Vec<usize>,
}

impl Texts {
    fn new(hits: &[Hit]) -> Self {
        let mut distinct: Vec<String> = Vec::new();
        let mut numbers: HashMap<&str, u32, RandomState> = HashMap::default();
        let mut number = |text| {
            *numbers.entry(text).or_insert_with(|| {
                distinct.push(text.to_owned());
                u32::try_from(distinct.len() - 1).expect("four texts a hit")
            })
        };
        let of_hit = hits
            .iter()
            .map(|hit| [number(hit.severity.word()), number(hit.analytic), number(&hit.upn), number(&hit.app_name)]);
        let of_hit = of_hit.collect();
        let mut by_id: Vec<usize> = (0..hits.len()).collect();
        by_id.sort_by(|a, b| hits[*a].id.cmp(&hits[*b].id));
        Self { distinct, of_hit, by_id }
    }

    /// The word for each hit's disposition.
    fn dispositions(&self, hits: &[Hit], case: &Case) -> Vec<&'static str> {
        let mut words = vec!["open"; hits.len()];
        let mut rest = self.by_id.iter().copied().peekable();
        for (id, disposition) in case.hits.iter().filter_map(|(id, work)| Some((id, work.disposition?))) {
            while rest.next_if(|hit| hits[*hit].id < *id).is_some() {}
            while let Some(hit) = rest.next_if(|hit| hits[*hit].id == *id) {
                words[hit] = disposition.words();
            }
        }
        words
    }

    /// Tells which hits answer a query: each of its words in one of a hit's texts.
    fn answers(&self, query: &Query, hits: &[Hit], case: &Case) -> impl Fn(usize) -> bool {
        let dispositions = self.dispositions(hits, case);
        let words: Vec<_> = query
            .words()
            .map(|word| {
                let held: Vec<bool> = self.distinct.iter().map(|text| word.is_in(text)).collect();
                (word, held)
            })
            .collect();
        move |hit| {
            words.iter().all(|(word, held)| {
                self.of_hit[hit].iter().any(|text| held[*text as usize]) || word.is_in(dispositions[hit])
            })
        }
    }
}

/// The widest texts of all hits, so that columns keep their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Widths {
    /// Of the analytics.
    pub analytic: usize,
    /// Of the sign-in names.
    pub user: usize,
    /// `@contoso.com`, where all sign-in names end with it.
    pub domain: Option<String>,
}

impl Widths {
    fn new(hits: &[Hit]) -> Self {
        work::look(hits.len());
        let widest = |text: fn(&Hit) -> &str| hits.iter().map(|hit| width(text(hit))).max().unwrap_or(0);
        let first = hits.first().and_then(|hit| Some(&hit.upn[hit.upn.rfind('@')?..]));
        let domain = first.filter(|domain| hits.iter().all(|hit| hit.upn.ends_with(domain))).map(str::to_owned);
        Self { analytic: widest(|hit| hit.analytic), user: widest(|hit| &hit.upn), domain }
    }
}

impl HitList {
    /// Position of the hit under the cursor.
    pub fn selected(&self) -> Option<usize> {
        self.entries.get(self.list.cursor).map(|entry| entry.hit)
    }

    /// Shows other hits, in the same order and by the same filter.
    pub fn renew(&mut self, hits: &[Hit], orders: &Orders, case: &Case) {
        self.entries.clear();
        self.found_by = None;
        self.arrange(hits, orders, case);
    }

    /// Sorts and filters anew; the cursor stays on its hit where that is still shown.
    pub fn arrange(&mut self, hits: &[Hit], orders: &Orders, case: &Case) {
        let before = self.selected();
        let query = Query::new(&self.filter);
        let all = orders.by(self.sort);
        if query.is_empty() {
            all.clone_into(&mut self.entries);
        } else {
            let is_answer = orders.texts.answers(&query, hits, case);
            let answers = |entry: &&Entry| {
                work::look(1);
                is_answer(entry.hit)
            };
            // A longer filter finds no more than what it begins with: those shown stand in the same order.
            let mut shown = self.entries.iter().peekable();
            let narrows = self.narrows(case);
            let is_shown = |entry: &&Entry| !narrows || shown.next_if(|shown| shown.hit == entry.hit).is_some();
            self.entries = all.iter().filter(is_shown).filter(answers).copied().collect();
        }
        self.found_by = Some((self.filter.clone(), self.sort, case.log.len()));
        // A group whose first hit is filtered out begins with the next one.
        for at in 0..self.entries.len() {
            let above = at.checked_sub(1).map(|above| self.entries[above].hit);
            let entry = &mut self.entries[at];
            entry.grouped &= above.is_some_and(|above| overlap(&hits[above], &hits[entry.hit]));
        }
        self.list = List::at(before.and_then(|hit| self.place(hit)).unwrap_or(0));
    }

    /// Returns whether the matches of the line as typed are among those in view.
    fn narrows(&self, case: &Case) -> bool {
        self.found_by.as_ref().is_some_and(|(filter, sort, lines)| {
            self.filter.starts_with(filter) && (*sort, *lines) == (self.sort, case.log.len())
        })
    }

    /// The row of a hit, if it is shown.
    pub fn place(&self, hit: usize) -> Option<usize> {
        self.entries.iter().position(|entry| entry.hit == hit)
    }
}

/// Every hit in order, each group together at the place of its first member.
fn grouped(hits: &[Hit], sort: Sort) -> Vec<Entry> {
    work::look(hits.len());
    let mut order: Vec<usize> = (0..hits.len()).collect();
    // The sort is stable and the hits come in order of first seen.
    match sort {
        Sort::Severity => order.sort_by_key(|at| worst_first(&hits[*at])),
        Sort::Time => order.sort_by_key(|at| hits[*at].first_seen),
        Sort::User => order.sort_by(|a, b| hits[*a].upn.cmp(&hits[*b].upn)),
    }
    // What is allowed stands below, whatever the order.
    order.sort_by_key(|at| hits[*at].allowed.is_some());
    let mut ranks = vec![0; hits.len()];
    for (rank, hit) in order.iter().enumerate() {
        ranks[*hit] = rank;
    }
    let (mut groups, group_of) = groups(hits);
    let mut passes = vec![0_u8; hits.len()];
    let mut entries: Vec<Entry> = Vec::with_capacity(hits.len());
    for first in order {
        let group = std::mem::take(&mut groups[group_of[first]]);
        let start = entries.len();
        for hit in chained(hits, &ranks, &mut passes, first, group) {
            entries.push(Entry { hit, grouped: entries.len() > start });
        }
    }
    entries
}

/// The groups, each in order of first seen, and the group of each hit.
fn groups(hits: &[Hit]) -> (Vec<Vec<usize>>, Vec<usize>) {
    let mut order: Vec<usize> = (0..hits.len()).collect();
    let whose = |at: usize| (hits[at].user, hits[at].allowed.is_some());
    order.sort_by_key(|at| (whose(*at), hits[*at].first_seen));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut group_of = vec![0; hits.len()];
    let mut last = None;
    for at in order {
        let joins = last.is_some_and(|(of, end)| of == whose(at) && hits[at].first_seen <= end);
        let end = match last {
            Some((_, end)) if joins => hits[at].last_seen.max(end),
            _ => hits[at].last_seen,
        };
        last = Some((whose(at), end));
        if !joins {
            groups.push(Vec::new());
        }
        group_of[at] = groups.len() - 1;
        groups[group_of[at]].push(at);
    }
    (groups, group_of)
}

/// A group in its order: its first hit, then always the first in order of those that overlap one before. Each hit is
/// passed twice, once the time taken so far reaches up to its beginning and once back to its end: then it overlaps.
fn chained(hits: &[Hit], ranks: &[usize], passes: &mut [u8], first: usize, begins: Vec<usize>) -> Vec<usize> {
    if begins.len() <= 1 {
        return begins;
    }
    let mut ends = begins.clone();
    ends.sort_by_key(|at| Reverse(hits[*at].last_seen));
    let (mut begins, mut ends) = (begins.into_iter().peekable(), ends.into_iter().peekable());
    let mut taken = (hits[first].first_seen, hits[first].last_seen);
    let mut waiting: BinaryHeap<Reverse<(usize, usize)>> = BinaryHeap::new();
    let mut chain = Vec::new();
    loop {
        let begun = std::iter::from_fn(|| begins.next_if(|at| hits[*at].first_seen <= taken.1));
        let ended = std::iter::from_fn(|| ends.next_if(|at| hits[*at].last_seen >= taken.0));
        for at in begun.chain(ended) {
            passes[at] += 1;
            if passes[at] == 2 {
                waiting.push(Reverse((ranks[at], at)));
            }
        }
        let Some(Reverse((_, next))) = waiting.pop() else { return chain };
        taken = (taken.0.min(hits[next].first_seen), taken.1.max(hits[next].last_seen));
        chain.push(next);
    }
}

fn overlap(a: &Hit, b: &Hit) -> bool {
    a.user == b.user
        && a.allowed.is_some() == b.allowed.is_some()
        && a.first_seen <= b.last_seen
        && b.first_seen <= a.last_seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Span, Time};
    use crate::report::testing;
    use crate::triage::Disposition;
    use proptest::prelude::*;

    /// Every hit in order, each followed by what overlaps any of its group, looked for one by one.
    fn one_by_one(hits: &[Hit], order: &[usize]) -> Vec<usize> {
        let mut waiting = order.to_vec();
        let mut listed = Vec::new();
        while !waiting.is_empty() {
            let mut group = vec![waiting.remove(0)];
            while let Some(at) = waiting.iter().position(|hit| group.iter().any(|of| overlap(&hits[*of], &hits[*hit])))
            {
                group.push(waiting.remove(at));
            }
            listed.extend(group);
        }
        listed
    }

    #[test]
    fn what_is_found_letter_by_letter_is_what_is_found_at_once() {
        let loaded = testing::loaded();
        let model = testing::hits(&loaded).remove(0);
        let at = |minute| Time::parse("2026-05-01T00:00:00Z").unwrap().plus(Span::minutes(minute));
        let hit = |number: i64| {
            let (id, upn) = (format!("{number:012x}"), format!("user{}@contoso.com", number % 7 * 31));
            let (first_seen, last_seen) = (at(number), at(number + 3));
            Hit { id, upn, user: crate::model::Sym(0), first_seen, last_seen, ..model.clone() }
        };
        let hits: Vec<Hit> = (0..60).map(hit).collect();
        let (orders, mut case) = (Orders::new(&hits), Case::new("b".into(), "ana".into()));
        for number in (0..60).step_by(4) {
            case.set_disposition(&hits[number].id, Some(Disposition::Benign), Time::MISSING);
        }
        let mut list = HitList::default();
        for filter in ["", "u", "us", "use", "us", "user1 b", "user1 ben", "ben", "", "open", "open 3", "zz", "z"] {
            for sort in [Sort::Severity, Sort::Severity, Sort::User] {
                list.filter = filter.to_owned();
                list.sort = sort;
                list.arrange(&hits, &orders, &case);
                let mut once = HitList { filter: filter.to_owned(), sort, ..HitList::default() };
                once.arrange(&hits, &orders, &case);
                assert_eq!(list.entries, once.entries, "{filter} by {}", sort.word());
            }
        }
        // And once something else was said, all are looked at again.
        list.filter = "ben".to_owned();
        list.arrange(&hits, &orders, &case);
        let before = list.entries.len();
        case.set_disposition(&hits[1].id, Some(Disposition::Benign), Time::MISSING);
        list.arrange(&hits, &orders, &case);
        assert_eq!(list.entries.len(), before + 1);
    }

    proptest! {
        #[test]
        fn a_group_is_what_overlaps_one_of_it(times in prop::collection::vec((0_i64..40, 0_i64..6, 0_u32..2), 0..40)) {
            let loaded = testing::loaded();
            let model = testing::hits(&loaded).remove(0);
            let at = |minute| Time::parse("2026-05-01T00:00:00Z").unwrap().plus(Span::minutes(minute));
            let mut hits: Vec<Hit> = times
                .into_iter()
                .map(|(from, long, user)| {
                    let (first_seen, last_seen) = (at(from), at(from + long));
                    Hit { user: crate::model::Sym(user), first_seen, last_seen, ..model.clone() }
                })
                .collect();
            hits.sort_by_key(|hit| hit.first_seen);
            let mut order: Vec<usize> = (0..hits.len()).collect();
            order.sort_by(|a, b| hits[*a].upn.cmp(&hits[*b].upn));
            let listed: Vec<usize> = grouped(&hits, Sort::User).iter().map(|entry| entry.hit).collect();
            prop_assert_eq!(listed, one_by_one(&hits, &order));
            let latest_first: Vec<usize> = (0..hits.len()).rev().collect();
            let (mut ranks, mut passes) = (vec![0; hits.len()], vec![0; hits.len()]);
            for (rank, hit) in latest_first.iter().enumerate() {
                ranks[*hit] = rank;
            }
            let (mut groups, group_of) = groups(&hits);
            let mut listed = Vec::new();
            for first in &latest_first {
                let group = std::mem::take(&mut groups[group_of[*first]]);
                listed.extend(chained(&hits, &ranks, &mut passes, *first, group));
            }
            prop_assert_eq!(listed, one_by_one(&hits, &latest_first));
        }
    }
}
