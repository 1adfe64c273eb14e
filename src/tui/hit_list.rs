//! Order, groups and filter of the incidents pane.

use super::glyphs::Glyph;
use super::scroll::List;
use super::text::width;
use crate::analytics::{Hit, Incidents};
use crate::model::work;
use crate::store::Store;
use crate::triage::groups::{Group, groups};
use crate::triage::listing::{ListFilter, Texts};
use crate::triage::{Case, worst_first};
use std::collections::BTreeSet;

/// Column that the list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// The worst first.
    #[default]
    Severity,
    /// By sign-in name.
    User,
    /// By analytic.
    Alert,
    /// The earliest first.
    First,
    /// Those with most hits first.
    Hits,
}

impl Column {
    /// All, in the order of the screen.
    const ALL: [Self; 5] = [Self::Severity, Self::User, Self::Alert, Self::First, Self::Hits];

    /// The word in the list's head.
    pub fn word(self) -> &'static str {
        match self {
            Self::Severity => "sev",
            Self::User => "user",
            Self::Alert => "alert",
            Self::First => "first",
            Self::Hits => "hits",
        }
    }
}

/// Sort order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub by: Column,
    /// Whether the column's order is turned round.
    pub reversed: bool,
}

impl Sort {
    /// By the next column, round.
    #[must_use]
    pub fn next(self) -> Self {
        Self { by: Column::ALL[(self.by as usize + 1) % Column::ALL.len()], reversed: false }
    }

    /// The direction in the list's head: values grow down the list, or shrink.
    pub fn arrow(self) -> &'static str {
        let shrinks = matches!(self.by, Column::Severity | Column::Hits);
        if shrinks == self.reversed { Glyph::Ascending.text() } else { Glyph::Descending.text() }
    }
}

/// A hit in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Position among the hits.
    pub hit: usize,
    /// Whether it belongs to the group of the entry above: the same incident, or the same routine.
    pub grouped: bool,
    /// Position of its group.
    pub group: usize,
}

/// The hits as listed.
#[derive(Default)]
pub struct HitList {
    /// The hits in view, in order.
    pub entries: Vec<Entry>,
    /// Whether every hit of a group has a line, not the first alone.
    pub is_open: bool,
    /// All that match the filter, in order.
    matches: Vec<Entry>,
    /// The cursor.
    pub list: List,
    /// The order.
    pub sort: Sort,
    /// Hits whose rows are marked; a row that leads others stands for them all.
    marked: BTreeSet<usize>,
    /// The hit whose row was marked last.
    anchor: Option<usize>,
    /// Hits that a verdict on the marked rows closes.
    pub closing: Vec<usize>,
    /// The filters in force, the oldest first.
    pub filters: Vec<ListFilter>,
    /// The filter being typed; entered, it joins the others.
    pub typed: String,
    /// The filters, the order and the length of the log that `entries` were made for.
    found_by: Option<(Vec<ListFilter>, String, Sort, usize)>,
}

/// Orders that follow from the hits alone, made once by the worker: sorting many takes longer than a frame may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// Positions of the groups by each [`Column`], what is allowed last.
    by_column: [Vec<usize>; Column::ALL.len()],
    /// Number of groups that are not allowed.
    asked: usize,
    /// The groups.
    pub groups: Vec<Group>,
    /// The group of each hit.
    group_of: Vec<usize>,
    /// Their column widths, whatever part is in view.
    pub widths: Widths,
    /// Texts that filters look at.
    pub texts: Texts,
}

impl Orders {
    /// Those of these hits.
    pub fn new(store: &Store, hits: &[Hit], incidents: &Incidents) -> Self {
        work::look(hits.len());
        let groups = groups(hits, incidents);
        let by_column = Column::ALL.map(|column| sorted(hits, &groups, column));
        let asked = groups.iter().filter(|group| !is_allowed(hits, group)).count();
        let mut group_of = vec![0; hits.len()];
        for (number, group) in groups.iter().enumerate() {
            for &hit in &group.hits {
                group_of[hit] = number;
            }
        }
        Self { by_column, asked, groups, group_of, widths: Widths::new(store, hits), texts: Texts::new(store, hits) }
    }

    /// Position of a hit's group.
    pub fn group_of(&self, hit: usize) -> Option<usize> {
        self.group_of.get(hit).copied()
    }

    /// The group of a hit.
    pub fn group(&self, hit: usize) -> Option<&Group> {
        self.groups.get(self.group_of(hit)?)
    }

    /// Every hit in order, each group together; what is allowed stands below, whatever the order.
    fn by(&self, sort: Sort) -> Vec<Entry> {
        let (asked, allowed) = self.by_column[sort.by as usize].split_at(self.asked);
        let entries = |group: &usize| {
            let group = *group;
            let members = self.groups[group].hits.iter().enumerate();
            members.map(move |(at, &hit)| Entry { hit, grouped: at > 0, group })
        };
        if sort.reversed {
            asked.iter().rev().chain(allowed).flat_map(entries).collect()
        } else {
            asked.iter().chain(allowed).flat_map(entries).collect()
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
    fn new(store: &Store, hits: &[Hit]) -> Self {
        work::look(hits.len());
        let namesake = |hit: &Hit| store.namesake(hit.user).map_or(0, |id| width(id) + 3);
        let user = hits.iter().map(|hit| width(&hit.upn) + namesake(hit)).max().unwrap_or(0);
        let analytic = hits.iter().map(|hit| width(hit.analytic)).max().unwrap_or(0);
        let first = hits.first().and_then(|hit| Some(&hit.upn[hit.upn.rfind('@')?..]));
        let domain = first.filter(|domain| hits.iter().all(|hit| hit.upn.ends_with(domain))).map(str::to_owned);
        Self { analytic, user, domain }
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
        self.matches.clear();
        self.found_by = None;
        self.arrange(hits, orders, case);
    }

    /// Sorts and filters anew; the cursor stays on its hit where that is still shown, else on the one that leads it.
    pub fn arrange(&mut self, hits: &[Hit], orders: &Orders, case: &Case) {
        let before = self.selected();
        let all = orders.by(self.sort);
        if self.is_filtered() {
            let filters = self.in_force();
            let is_answer = orders.texts.kept(&filters, hits, case, &orders.groups);
            let answers = |entry: &&Entry| {
                work::look(1);
                is_answer(entry.hit)
            };
            // A longer filter finds no more than what it begins with: those shown stand in the same order.
            let mut shown = self.matches.iter().peekable();
            let narrows = self.narrows(case);
            let is_shown = |entry: &&Entry| !narrows || shown.next_if(|shown| shown.hit == entry.hit).is_some();
            self.matches = all.iter().filter(is_shown).filter(answers).copied().collect();
        } else {
            self.matches = all;
        }
        self.found_by = Some((self.filters.clone(), self.typed.clone(), self.sort, case.log.len()));
        self.entries.clone_from(&self.matches);
        // A group whose first hit is filtered out begins with the next one.
        for at in 0..self.entries.len() {
            let above = at.checked_sub(1).map(|above| self.entries[above].group);
            let entry = &mut self.entries[at];
            entry.grouped = above == Some(entry.group);
        }
        if !self.is_open {
            self.entries.retain(|entry| !entry.grouped);
        }
        // A verdict closes nothing that is not in view.
        if !self.marked.is_empty() {
            let shown: BTreeSet<usize> = self.entries.iter().map(|entry| entry.hit).collect();
            self.marked.retain(|hit| shown.contains(hit));
            self.close_marked(orders);
        }
        let place = before.and_then(|hit| self.place(hit, orders));
        self.list = List::at(place.unwrap_or(0));
    }

    /// Returns whether the matches of the line as typed are among those in view.
    fn narrows(&self, case: &Case) -> bool {
        // What is left out, and a name that is typed to its colon, finds more with the next letter.
        let plain = !self.typed.contains(['-', ':']);
        self.found_by.as_ref().is_some_and(|(filters, typed, sort, lines)| {
            plain
                && self.typed.starts_with(typed.as_str())
                && (filters, *sort, *lines) == (&self.filters, self.sort, case.log.len())
        })
    }

    /// Returns whether a row is marked.
    pub fn is_marked(&self, entry: &Entry) -> bool {
        self.marked.contains(&entry.hit)
    }

    /// Number of marked rows.
    pub fn marked(&self) -> usize {
        self.marked.len()
    }

    /// Marks the row under the cursor, or takes its mark, and goes on to the next.
    pub fn toggle_mark(&mut self, orders: &Orders) {
        let Some(hit) = self.selected() else { return };
        if !self.marked.remove(&hit) {
            self.marked.insert(hit);
        }
        self.anchor = Some(hit);
        self.list.cursor = (self.list.cursor + 1).min(self.entries.len().saturating_sub(1));
        self.close_marked(orders);
    }

    /// Marks every row from the last mark to the cursor.
    pub fn mark_range(&mut self, orders: &Orders) {
        let here = self.list.cursor;
        let from = self.anchor.and_then(|hit| self.entries.iter().position(|entry| entry.hit == hit)).unwrap_or(here);
        let range = self.entries.get(from.min(here)..=from.max(here)).unwrap_or_default();
        self.marked.extend(range.iter().map(|entry| entry.hit));
        self.anchor = self.selected();
        self.close_marked(orders);
    }

    /// Takes every mark; `false` where there is none.
    pub fn clear_marks(&mut self) -> bool {
        self.anchor = None;
        self.closing.clear();
        !std::mem::take(&mut self.marked).is_empty()
    }

    fn close_marked(&mut self, orders: &Orders) {
        let hits = |hit: &usize| match orders.group(*hit).filter(|_| !self.is_open) {
            Some(group) => group.hits.clone(),
            None => vec![*hit],
        };
        self.closing = self.marked.iter().flat_map(hits).collect();
    }

    /// Returns whether some incidents may be left out.
    pub fn is_filtered(&self) -> bool {
        !self.filters.is_empty() || !self.typed.trim().is_empty()
    }

    /// The filters in force, the one being typed last.
    pub fn in_force(&self) -> Vec<ListFilter> {
        let typed = (!self.typed.trim().is_empty()).then(|| ListFilter::Typed(self.typed.clone()));
        self.filters.iter().cloned().chain(typed).collect()
    }

    /// Takes the line that is typed into the stack.
    pub fn enter_typed(&mut self) {
        self.filters = self.in_force();
        self.typed.clear();
    }

    /// The row of a hit, else the first of its incident; `None` where the filter leaves it out.
    pub fn place(&self, hit: usize, orders: &Orders) -> Option<usize> {
        let row = self.entries.iter().position(|entry| entry.hit == hit);
        let group = orders.group_of(hit);
        row.or_else(|| self.entries.iter().position(|entry| Some(entry.group) == group))
    }
}

fn is_allowed(hits: &[Hit], group: &Group) -> bool {
    group.hits.first().is_some_and(|hit| hits[*hit].allowed.is_some())
}

/// Positions of the groups in order of a column; what is allowed last. Groups are given the worst first.
fn sorted(hits: &[Hit], groups: &[Group], column: Column) -> Vec<usize> {
    work::look(hits.len());
    let mut order: Vec<usize> = (0..groups.len()).collect();
    let first = |at: &usize| groups[*at].hits.iter().map(|hit| hits[*hit].first_seen).min();
    let leading = |at: &usize| groups[*at].hits.first().map(|hit| &hits[*hit]);
    match column {
        // Without incidents, hits come in order of time.
        Column::Severity if groups.iter().all(|group| group.incident.is_none()) => {
            order.sort_by_key(|at| leading(at).map(worst_first));
        }
        Column::Severity => {}
        Column::First => order.sort_by_key(first),
        Column::User => order.sort_by(|a, b| leading(a).map(|hit| &hit.upn).cmp(&leading(b).map(|hit| &hit.upn))),
        Column::Alert => order.sort_by_key(|at| leading(at).map(|hit| hit.analytic)),
        Column::Hits => order.sort_by_key(|at| std::cmp::Reverse(groups[*at].hits.len())),
    }
    order.sort_by_key(|at| is_allowed(hits, &groups[*at]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Span, Time};
    use crate::report::testing;
    use crate::triage::Disposition;

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
        let (orders, mut case) =
            (Orders::new(&loaded.store, &hits, &Incidents::default()), Case::new("b".into(), "ana".into()));
        for number in (0..60).step_by(4) {
            case.set_disposition(&hits[number].id, Some(Disposition::Authorised), Time::MISSING);
        }
        let mut list = HitList::default();
        for filter in [
            "",
            "u",
            "us",
            "use",
            "us",
            "user1 b",
            "user1 ben",
            "ben",
            "",
            "open",
            "open 3",
            "zz",
            "z",
            "-",
            "-u",
            "-us",
            "user",
            "user:",
            "user:1",
            "state:open -user0",
        ] {
            let by = |by, reversed| Sort { by, reversed };
            let severity = by(Column::Severity, false);
            for sort in [severity, severity, by(Column::User, false), by(Column::User, true)] {
                list.typed = filter.to_owned();
                list.sort = sort;
                list.arrange(&hits, &orders, &case);
                let mut once = HitList { typed: filter.to_owned(), sort, ..HitList::default() };
                once.arrange(&hits, &orders, &case);
                assert_eq!(list.entries, once.entries, "{filter} by {sort:?}");
            }
        }
        // And once something else was said, all are looked at again.
        list.typed = "autho".to_owned();
        list.arrange(&hits, &orders, &case);
        let before = list.entries.len();
        case.set_disposition(&hits[1].id, Some(Disposition::Authorised), Time::MISSING);
        list.arrange(&hits, &orders, &case);
        assert_eq!(list.entries.len(), before + 1);
    }

    #[test]
    fn a_group_has_one_line_until_it_is_opened() {
        let loaded = testing::loaded();
        let model = testing::hits(&loaded).remove(0);
        let hits: Vec<Hit> = (0..4).map(|number| Hit { id: number.to_string(), ..model.clone() }).collect();
        let groups = vec![
            Group { hits: vec![2, 0], incident: Some(0), times: 0 },
            Group { hits: vec![1, 3], incident: Some(1), times: 2 },
        ];
        let orders = Orders {
            by_column: Column::ALL.map(|column| sorted(&hits, &groups, column)),
            asked: 2,
            group_of: vec![0, 1, 0, 1],
            groups,
            widths: Widths::new(&loaded.store, &hits),
            texts: Texts::new(&loaded.store, &hits),
        };
        let case = Case::new("b".into(), "ana".into());
        let mut list = HitList::default();
        let shown = |list: &HitList| list.entries.iter().map(|entry| entry.hit).collect::<Vec<_>>();
        list.arrange(&hits, &orders, &case);
        assert_eq!(shown(&list), [2, 1]);
        list.is_open = true;
        list.arrange(&hits, &orders, &case);
        assert_eq!(shown(&list), [2, 0, 1, 3]);
        list.list = List::at(3);
        list.is_open = false;
        list.arrange(&hits, &orders, &case);
        assert_eq!(list.selected(), Some(1), "the cursor goes to the line that leads");
    }

    #[test]
    fn every_column_sorts_both_ways() {
        let loaded = testing::loaded();
        let model = testing::hits(&loaded).remove(0);
        let at = |minute| Time::parse("2026-05-01T00:00:00Z").unwrap().plus(Span::minutes(minute));
        let hit = |number: i64| Hit {
            id: number.to_string(),
            upn: format!("user{}@contoso.com", (number * 7) % 5),
            first_seen: at((number * 3) % 5),
            ..model.clone()
        };
        let hits: Vec<Hit> = (0..5).map(hit).collect();
        let orders = Orders::new(&loaded.store, &hits, &Incidents::default());
        let order = |by, reversed| {
            let entries = orders.by(Sort { by, reversed });
            entries.iter().map(|entry| entry.hit).collect::<Vec<_>>()
        };
        let users: Vec<&str> = order(Column::User, false).iter().map(|hit| hits[*hit].upn.as_str()).collect();
        assert!(users.is_sorted(), "{users:?}");
        assert!(order(Column::First, false).iter().map(|hit| hits[*hit].first_seen).is_sorted());
        for column in Column::ALL {
            let mut turned = order(column, true);
            turned.reverse();
            assert_eq!(turned, order(column, false), "{column:?}");
        }
        let arrows = [(Column::User, false), (Column::User, true), (Column::Severity, false)];
        assert_eq!(arrows.map(|(by, reversed)| Sort { by, reversed }.arrow()), ["↑", "↓", "↓"]);
    }

    #[test]
    fn marks_go_with_what_is_filtered_out() {
        let loaded = testing::loaded();
        let model = testing::hits(&loaded).remove(0);
        let hit = |number: usize| Hit { id: number.to_string(), upn: format!("user{number}"), ..model.clone() };
        let hits: Vec<Hit> = (0..6).map(hit).collect();
        let (orders, case) =
            (Orders::new(&loaded.store, &hits, &Incidents::default()), Case::new("b".into(), "a".into()));
        let mut list = HitList::default();
        list.arrange(&hits, &orders, &case);
        list.toggle_mark(&orders);
        list.list = List::at(3);
        list.mark_range(&orders);
        assert_eq!(list.closing, [0, 1, 2, 3]);
        list.typed = "-user2".to_owned();
        list.arrange(&hits, &orders, &case);
        assert_eq!((list.closing.clone(), list.marked()), (vec![0, 1, 3], 3));
        assert!(list.clear_marks() && !list.clear_marks() && list.closing.is_empty());
    }
}
