//! The timeline's rows: a window of the events that share a value, mostly a user, or the rows of a step; in time
//! order or by lineage, runs of like rows as one. Rows are found when drawn.

mod collapse;
mod moves;
mod row_layout;
mod search;
mod selection;
mod sieve;
mod steps;
mod zoom;

pub use moves::Jump;
pub use row_layout::Sign;
pub use zoom::Zoom;

use super::find::Find;
use super::scope::Scope;
use super::scroll::{List, Move};
use crate::analytics::{Baseline, Hit, Show};
use crate::model::{EventId, Sym, Time};
use crate::store::Store;
use crate::triage::lineage::{GroupRow, Grouping, Tree, TreeBranch};
use crate::triage::pivot::Value;
use crate::triage::runs::Outline;
use row_layout::{RowLayout, Slot};
use sieve::Sieve;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use zoom::OPENING;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// An event.
    Event(EventId, TreeBranch),
    /// Like events in one row.
    Run(Run),
    /// Heading of a group of rows.
    Group(GroupRow, TreeBranch),
    /// A moment that matters.
    Sign(Sign),
}

/// Like events in one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Their places; see [`Timeline::ids`].
    pub places: Range<usize>,
    /// First of them.
    pub first: EventId,
    /// Last of them.
    pub last: EventId,
    /// Their branch in the tree.
    pub branch: TreeBranch,
}

/// Display of the rows, whatever they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// By lineage, not in time order.
    pub lineage: bool,
    /// Runs of like rows as one.
    pub collapsed: bool,
}

impl Default for Mode {
    fn default() -> Self {
        Self { lineage: false, collapsed: true }
    }
}

/// Rows in another order than that of time.
#[derive(Clone)]
struct Planted {
    scope: Scope,
    grouping: Grouping,
    tree: Arc<Tree>,
}

/// A view of the timeline, kept to be shown again.
#[derive(Clone)]
pub struct Shown {
    /// Order of the rows, and whether runs are collapsed.
    pub mode: Mode,
    /// The cursor.
    pub list: List,
    /// The span of time in view.
    pub zoom: Zoom,
    /// First and last instant of what it is shown around.
    pub centre: (Time, Time),
    /// First and last instant shown.
    pub window: (Time, Time),
    /// Display of the step's rows; `None` when no step is shown.
    pub step: Option<Show>,
    /// Rows of the step, in time order.
    pub marks: Arc<Vec<EventId>>,
    /// A part of the value's events: nothing is copied, however many there are.
    range: Range<usize>,
    /// These events in place of that part.
    listed: Option<Arc<Vec<EventId>>>,
    planted: Option<Planted>,
    /// First events of the runs that are not shown as the others.
    turned: BTreeSet<EventId>,
    /// Rows of the tree that are closed over what hangs below them: the first event of each, and its depth.
    closed: BTreeSet<(EventId, u8)>,
    /// The event that the cursor was on before the row it is on now was closed over it.
    within: Option<EventId>,
    layout: Arc<RowLayout>,
}

impl Default for Shown {
    /// Nothing at all.
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            list: List::default(),
            zoom: Zoom::All,
            centre: (Time::MISSING, Time::MISSING),
            window: (Time::MISSING, Time::MISSING),
            step: None,
            marks: Arc::default(),
            range: 0..0,
            listed: None,
            planted: None,
            turned: BTreeSet::new(),
            closed: BTreeSet::new(),
            within: None,
            layout: Arc::default(),
        }
    }
}

/// The view in use, and the one before the steps.
#[derive(Clone)]
struct Before {
    shown: Shown,
    kept: Option<Box<Shown>>,
}

/// The timeline's state.
pub struct Timeline {
    /// The value that the rows share.
    pub of: Value,
    /// First and last instant of what the timeline is about: a hit, or the row it was left by.
    pub about: (Time, Time),
    anchor: Option<EventId>,
    /// The view.
    pub shown: Shown,
    /// The view before a step took over.
    kept: Option<Box<Shown>>,
    /// Users of the rows with their numbers, where the rows share another value than a user and were counted.
    pub shares: Vec<(Sym, usize)>,
    /// The filters in force.
    sieve: Sieve,
    /// Moments that have a row of their own; of each, whether the row comes after an event of that very instant.
    signs: Vec<(Time, bool, Sign)>,
    /// Runs and bursts of everything that shares the value, once known.
    outline: Option<Arc<Outline>>,
    /// Those of a list, once known.
    list_outline: Option<(Arc<Vec<EventId>>, Arc<Outline>)>,
    /// The search, until it is left.
    pub find: Option<Find>,
    /// The view before the search, for when it is given up.
    before_search: Option<Before>,
}

impl Timeline {
    /// The time around a hit, cursor on its first event.
    pub fn for_hit(store: &Store, hit: &Hit, mode: Mode) -> Self {
        let first = hit.legs.first().into_iter().chain(hit.evidence.first()).min().copied();
        // What the tokens were used for comes after the last of them.
        let uses = hit.graph.last().map(|call| call.event).max(hit.acts.last().map(|act| act.event));
        let ends = uses.map_or(hit.last_seen, |id| store.event(id).time().max(hit.last_seen));
        let mut timeline = Self::new(Value::user(hit.user), (hit.first_seen, ends), mode);
        timeline.shown.zoom = Zoom::Around(OPENING);
        let begins = first.map_or(hit.first_seen, |first| store.event(first).time().min(hit.first_seen));
        timeline.signs = vec![
            (Baseline::until(begins), true, Sign::BaselineEnds),
            (begins, false, Sign::HitBegins),
            (hit.last_seen, true, Sign::HitEnds),
        ];
        timeline.arrange(store);
        timeline.go_to(store, first);
        timeline.anchor = hit.evidence.first().copied();
        timeline
    }

    /// Everything that shares a value, cursor on an event or, without one, on the first.
    pub fn for_value(store: &Store, value: Value, event: Option<EventId>, mode: Mode) -> Self {
        let anchor = event.or(value.events(store).first().copied());
        let at = anchor.map_or(Time::MISSING, |anchor| store.event(anchor).time());
        let mut timeline = Self::new(value, (at, at), mode);
        timeline.arrange(store);
        timeline.go_to(store, anchor);
        timeline.anchor = anchor;
        timeline
    }

    fn new(of: Value, about: (Time, Time), mode: Mode) -> Self {
        let shown = Shown { mode, centre: about, ..Shown::default() };
        Self {
            of,
            about,
            anchor: None,
            shown,
            kept: None,
            shares: Vec::new(),
            sieve: Sieve::default(),
            signs: Vec::new(),
            outline: None,
            list_outline: None,
            find: None,
            before_search: None,
        }
    }

    /// Marks rows as what the timeline is about, the time around them in view.
    pub fn mark(&mut self, store: &Store, marks: Vec<EventId>) {
        let time = |id: Option<&EventId>| id.map(|id| store.event(*id).time());
        let Some((first, last)) = time(marks.first()).zip(time(marks.last())) else { return };
        self.about = (first, last);
        self.shown.marks = Arc::new(marks);
        self.around_hit(store);
    }

    /// Sets when the user's sessions were revoked, `None` for never.
    pub fn set_revoked(&mut self, store: &Store, revoked: Option<Time>) {
        self.signs.retain(|(.., sign)| *sign != Sign::Revoked);
        self.signs.extend(revoked.map(|time| (time, true, Sign::Revoked)));
        self.hold(store, Self::lay);
    }

    /// When the user's sessions were revoked.
    pub fn revoked(&self) -> Option<Time> {
        self.signs.iter().find(|(.., sign)| *sign == Sign::Revoked).map(|(time, ..)| *time)
    }

    /// First and last instant of the hit, if it is one's.
    pub fn hit(&self) -> Option<(Time, Time)> {
        let at = |wanted| self.signs.iter().find(|(.., sign)| *sign == wanted).map(|(time, ..)| *time);
        at(Sign::HitBegins).zip(at(Sign::HitEnds))
    }

    /// Display of the rows where no step decides it.
    pub fn mode(&self) -> Mode {
        self.kept.as_ref().map_or(self.shown.mode, |kept| kept.mode)
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.shown.layout.len()
    }

    /// Returns whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether rows form a tree.
    pub fn is_tree(&self) -> bool {
        self.shown.planted.is_some()
    }

    /// Returns whether rows are grouped by a value.
    pub fn is_grouped(&self) -> bool {
        matches!(self.grouping(), Some(Grouping::GroupBy(_)))
    }

    /// Returns whether the wanted order of the rows is still unknown.
    pub fn is_pending(&self) -> bool {
        self.grouping().is_some() && !self.is_tree()
    }

    /// The events in the order of the rows; for a head, its number.
    pub fn ids<'a>(&'a self, store: &'a Store) -> &'a [EventId] {
        match (&self.shown.planted, &self.shown.listed) {
            (Some(planted), _) => &planted.tree.ids,
            (None, Some(listed)) => listed,
            (None, None) => self.of.events(store),
        }
    }

    fn group(&self, place: usize) -> Option<&GroupRow> {
        self.shown.planted.as_ref()?.tree.group(place)
    }

    fn branch(&self, place: usize) -> TreeBranch {
        self.shown.planted.as_ref().map_or_else(TreeBranch::default, |planted| planted.tree.branch(place))
    }

    /// A row.
    pub fn row(&self, store: &Store, at: usize) -> Option<Row> {
        let places = match self.shown.layout.slot(at)? {
            Slot::Sign(sign) => return Some(Row::Sign(sign)),
            Slot::Places(places) => places,
        };
        let ids = self.ids(store).get(places.clone())?;
        let (first, last) = (*ids.first()?, *ids.last()?);
        // The last of a run knows whether its branch goes on.
        let branch = self.branch(places.end - 1);
        Some(match self.group(places.start) {
            Some(group) => Row::Group(*group, branch),
            None if ids.len() == 1 => Row::Event(first, branch),
            None => Row::Run(Run { places, first, last, branch }),
        })
    }

    /// The number of rows of the tree hidden below a closed row.
    pub fn hidden(&self, at: usize) -> usize {
        self.shown.layout.hidden(at).len()
    }

    /// The place of the event under the cursor; under a head or a sign, of the first after it.
    fn place(&self, store: &Store) -> Option<usize> {
        let row = self.shown.list.cursor;
        let slot = |row| match self.shown.layout.slot(row) {
            Some(Slot::Places(places)) => Some(places.start),
            _ => None,
        };
        let start =
            slot(row).or_else(|| slot(row + 1)).or_else(|| slot(row + 2)).or_else(|| slot(row.checked_sub(1)?))?;
        let len = self.ids(store).len();
        (start..len).take(8).find(|place| self.group(*place).is_none())
    }

    /// The event under the cursor: of a run its first; under a head or a sign, the first after it; on a row closed over
    /// the one that the cursor was on, that one.
    pub fn event(&self, store: &Store) -> Option<EventId> {
        if let Some(within) = self.shown.within
            && let Some(place) = self.events(store).binary_search(&within).ok().map(|at| self.place_of(at))
            && self.shown.layout.hidden(self.shown.list.cursor).contains(&place)
        {
            return Some(within);
        }
        self.ids(store).get(self.place(store)?).copied()
    }

    /// Every event shown, in time order.
    pub fn events<'a>(&'a self, store: &'a Store) -> &'a [EventId] {
        match &self.shown.listed {
            Some(listed) => listed,
            None => self.of.events(store).get(self.shown.range.clone()).unwrap_or(&[]),
        }
    }

    /// Moves the cursor. It does not rest on signs.
    pub fn go(&mut self, step: Move, height: usize) {
        let len = self.len();
        let before = self.shown.list.cursor;
        self.shown.list.go(step, len, height);
        let sign = |at: usize| matches!(self.shown.layout.slot(at), Some(Slot::Sign(_)));
        let forth = self.shown.list.cursor > before || step == Move::First;
        let onward = if forth { Move::Next } else { Move::Prev };
        for onward in [onward, onward, if forth { Move::Prev } else { Move::Next }] {
            if !sign(self.shown.list.cursor) {
                return;
            }
            self.shown.list.go(onward, len, height);
        }
    }

    /// Puts the cursor on an event shown, or on the first after it.
    fn go_to(&mut self, store: &Store, event: Option<EventId>) {
        let row = event.and_then(|event| self.row_near(store, event)).unwrap_or(0);
        self.shown.list = List::at(row.min(self.len().saturating_sub(1)));
        if matches!(self.shown.layout.slot(self.shown.list.cursor), Some(Slot::Sign(_))) {
            self.go(Move::Next, usize::MAX);
        }
    }

    /// The row of an event, or of the first shown after it.
    fn row_near(&self, store: &Store, event: EventId) -> Option<usize> {
        let events = self.events(store);
        let at = events.partition_point(|id| *id < event).min(events.len().checked_sub(1)?);
        self.shown.layout.row_of(self.place_of(at))
    }

    /// The place of the event that is the `at`th in time of those shown.
    fn place_of(&self, at: usize) -> usize {
        match (&self.shown.planted, &self.shown.listed) {
            (Some(planted), _) => planted.tree.places.get(at).map_or(0, |place| *place as usize),
            (None, Some(_)) => at,
            (None, None) => self.shown.range.start + at,
        }
    }

    /// Changes how rows are shown; the cursor stays on its event.
    fn hold(&mut self, store: &Store, change: impl FnOnce(&mut Self, &Store)) {
        let event = self.event(store);
        change(self, store);
        self.go_to(store, event);
        self.shown.within = event;
    }
}
