//! What the timeline shows: a window of the events that share a value, mostly a user, or the rows of a step. Rows are
//! found when drawn.

use super::find::Find;
use super::scroll::{List, Move};
use crate::analytics::{Finding, Hit, Show};
use crate::model::{EventId, Field, Span, Sym, Time};
use crate::store::Store;
use crate::triage::pivot::Value;
use crate::triage::timeline;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// An event.
    Event(EventId),
    /// The head of a group: its value (as logged) and how many rows follow.
    Group(Sym, usize),
}

/// How much time around the hit is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zoom {
    /// This much before and after it.
    Around(Span),
    /// Everything of the user.
    All,
}

/// The zoom levels, narrow to wide; everything comes after the last.
const LEVELS: [Span; 7] = [
    Span::minutes(1),
    Span::minutes(5),
    Span::minutes(20),
    Span::minutes(60),
    Span::minutes(6 * 60),
    Span::minutes(24 * 60),
    Span::minutes(7 * 24 * 60),
];
/// The level a hit opens with.
const OPENING: Span = LEVELS[2];

impl Zoom {
    fn narrower(self) -> Self {
        let level = match self {
            Self::Around(span) => LEVELS.iter().rev().find(|level| **level < span).unwrap_or(&LEVELS[0]),
            Self::All => &LEVELS[LEVELS.len() - 1],
        };
        Self::Around(*level)
    }

    fn wider(self) -> Self {
        let Self::Around(span) = self else { return self };
        LEVELS.iter().find(|level| **level > span).map_or(Self::All, |level| Self::Around(*level))
    }

    /// `±20 min`, for the title.
    pub fn words(self) -> String {
        let Self::Around(span) = self else { return "all of the user".to_owned() };
        match span.whole_minutes() {
            minutes @ 0..60 => format!("±{minutes} min"),
            minutes @ 60..1440 => format!("±{} h", minutes / 60),
            minutes => format!("±{} d", minutes / 1440),
        }
    }
}

/// What rows there are.
#[derive(Clone)]
enum Rows {
    /// A part of the user's events: nothing is copied, however many there are.
    Window(Range<usize>),
    /// These rows; their events in time order beside them.
    Listed { rows: Arc<Vec<Row>>, events: Arc<Vec<EventId>> },
}

/// What is shown, to be shown again.
#[derive(Clone)]
pub struct Shown {
    rows: Rows,
    kept: Option<Kept>,
    list: List,
    zoom: Zoom,
    window: (Time, Time),
    step: Option<Show>,
}

impl Default for Shown {
    /// Nothing at all.
    fn default() -> Self {
        Self {
            rows: Rows::Window(0..0),
            kept: None,
            list: List::default(),
            zoom: Zoom::All,
            window: (Time::MISSING, Time::MISSING),
            step: None,
        }
    }
}

/// Where the timeline was before a step took it over.
#[derive(Clone, Copy)]
struct Kept {
    zoom: Zoom,
    list: List,
}

/// The timeline's state.
pub struct Timeline {
    /// What the rows share.
    pub of: Value,
    /// First and last instant of what the timeline is about: a hit, or the row it was left by.
    pub about: (Time, Time),
    anchor: Option<EventId>,
    rows: Rows,
    kept: Option<Kept>,
    /// The cursor.
    pub list: List,
    /// How much time around the hit.
    pub zoom: Zoom,
    /// First and last instant shown.
    pub window: (Time, Time),
    /// How the step's rows are shown; `None` when no step is.
    pub step: Option<Show>,
    /// Rows of the step, in time order.
    pub marks: Vec<EventId>,
    /// The search, until it is left.
    pub find: Option<Find>,
}

impl Timeline {
    /// The time around a hit, cursor on its first event.
    pub fn of_hit(store: &Store, hit: &Hit) -> Self {
        let first = hit.legs.first().into_iter().chain(hit.evidence.first()).min().copied();
        let mut timeline = Self::new(Value::user(hit.user), (hit.first_seen, hit.last_seen), Zoom::Around(OPENING));
        timeline.show_window(store);
        timeline.go_to(store, first);
        timeline.anchor = hit.evidence.first().copied();
        timeline
    }

    /// Everything that shares a value, cursor on an event or, without one, on the first.
    pub fn of_value(store: &Store, value: Value, event: Option<EventId>) -> Self {
        let anchor = event.or(value.events(store).first().copied());
        let at = anchor.map_or(Time::MISSING, |anchor| store.event(anchor).time());
        let mut timeline = Self::new(value, (at, at), Zoom::All);
        timeline.show_window(store);
        timeline.go_to(store, anchor);
        timeline.anchor = anchor;
        timeline
    }

    /// Marks rows as what the timeline is about, the time around them in view.
    pub fn mark(&mut self, store: &Store, marks: Vec<EventId>) {
        let time = |id: Option<&EventId>| id.map(|id| store.event(*id).time());
        let Some((first, last)) = time(marks.first()).zip(time(marks.last())) else { return };
        self.about = (first, last);
        self.marks = marks;
        self.around_hit(store);
    }

    fn new(of: Value, about: (Time, Time), zoom: Zoom) -> Self {
        Self {
            of,
            about,
            anchor: None,
            rows: Rows::Window(0..0),
            kept: None,
            list: List::default(),
            zoom,
            window: about,
            step: None,
            marks: Vec::new(),
            find: None,
        }
    }

    /// What is shown.
    fn shown(&self) -> Shown {
        Shown {
            rows: self.rows.clone(),
            kept: self.kept,
            list: self.list,
            zoom: self.zoom,
            window: self.window,
            step: self.step,
        }
    }

    /// Shows again what was shown.
    fn show(&mut self, shown: Shown) {
        Shown {
            rows: self.rows,
            kept: self.kept,
            list: self.list,
            zoom: self.zoom,
            window: self.window,
            step: self.step,
        } = shown;
    }

    /// Searches everything that shares the value, from the cursor on: what was typed before is forgotten.
    pub fn search(&mut self, store: &Store, query: String, number: u64) {
        // Each letter typed searches on from where the first was.
        let origin = self.give_up_search().unwrap_or_else(|| self.shown());
        let events = self.of.events(store);
        let start = self.event(store).map_or(0, |event| events.partition_point(|id| *id < event));
        self.find = Some(Find::new(query, number, self.of, (events.len(), start), origin));
    }

    /// A line is typed again: giving it up comes back here.
    pub fn search_anew(&mut self) {
        let shown = self.shown();
        if let Some(find) = &mut self.find {
            find.origin = shown;
        }
    }

    /// Forgets the search and goes back to where it began.
    pub fn give_up_search(&mut self) -> Option<Shown> {
        let origin = self.find.take()?.origin;
        self.show(origin.clone());
        Some(origin)
    }

    /// Takes what was found. The cursor goes to the first row once it is known.
    pub fn found(&mut self, store: &Store, rows: &Range<usize>, found: Vec<EventId>) {
        let Some(find) = &mut self.find else { return };
        find.take(rows, found);
        let first = find.first().filter(|_| find.seeking);
        find.seeking &= first.is_none() && !find.is_done();
        if let Some(first) = first {
            self.reveal(store, first);
            self.list = List::at(self.list.cursor);
        }
    }

    /// Goes to the row found next; whether that went round the end. `None` when none is found.
    pub fn next_found(&mut self, store: &Store, back: bool) -> Option<bool> {
        let (event, round) = self.find.as_ref()?.step(self.event(store), back)?;
        self.reveal(store, event);
        Some(round)
    }

    /// Puts the cursor on an event, the window widened to all when it is not in it.
    pub(super) fn reveal(&mut self, store: &Store, event: EventId) {
        let place = match &self.rows {
            Rows::Window(_) => self.events(store).binary_search(&event).ok(),
            Rows::Listed { rows, .. } => rows.iter().position(|row| *row == Row::Event(event)),
        };
        if let Some(place) = place {
            self.list.cursor = place;
        } else {
            self.zoom_to(store, Zoom::All);
            self.go_to(store, Some(event));
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match &self.rows {
            Rows::Window(range) => range.len(),
            Rows::Listed { rows, .. } => rows.len(),
        }
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A row.
    pub fn row(&self, store: &Store, at: usize) -> Option<Row> {
        match &self.rows {
            Rows::Window(range) => {
                let place = range.start.checked_add(at).filter(|place| range.contains(place))?;
                self.of.events(store).get(place).copied().map(Row::Event)
            }
            Rows::Listed { rows, .. } => rows.get(at).copied(),
        }
    }

    /// The event under the cursor; under the head of a group, its first.
    pub fn event(&self, store: &Store) -> Option<EventId> {
        let at = |place| match self.row(store, place) {
            Some(Row::Event(event)) => Some(event),
            _ => None,
        };
        at(self.list.cursor).or_else(|| at(self.list.cursor + 1))
    }

    /// Every event shown, in time order.
    pub fn events<'a>(&'a self, store: &'a Store) -> &'a [EventId] {
        match &self.rows {
            Rows::Window(range) => self.of.events(store).get(range.clone()).unwrap_or(&[]),
            Rows::Listed { events, .. } => events,
        }
    }

    /// Whether the step rests on this event.
    pub fn is_marked(&self, event: EventId) -> bool {
        self.marks.binary_search(&event).is_ok()
    }

    /// Moves the cursor.
    pub fn go(&mut self, step: Move, height: usize) {
        self.list.go(step, self.len(), height);
    }

    /// Shows a step's rows. What was shown before comes back with [`Timeline::leave_step`].
    pub fn show_step(&mut self, store: &Store, show: Show, finding: Option<&Finding>) {
        let kept = self.kept.take().unwrap_or(Kept { zoom: self.zoom, list: self.list });
        self.zoom = kept.zoom;
        self.marks = finding.map_or_else(Vec::new, |finding| finding.rows.clone());
        self.step = Some(show);
        match show {
            _ if self.marks.is_empty() => {
                self.show_window(store);
                self.list = kept.list;
            }
            Show::Mark => {
                self.show_window(store);
                self.go_to(store, self.marks.first().copied());
            }
            Show::Only => self.show_listed(store, self.marks.iter().copied().map(Row::Event).collect()),
            Show::GroupBy(field) => self.show_listed(store, groups(store, &self.marks, field)),
        }
        self.kept = Some(kept);
    }

    /// Goes back to what was shown before the steps.
    pub fn leave_step(&mut self, store: &Store) {
        let Some(kept) = self.kept.take() else { return };
        self.step = None;
        self.marks.clear();
        self.zoom = kept.zoom;
        self.show_window(store);
        self.list = kept.list;
    }

    /// Shows a shorter time around the hit.
    pub fn zoom_in(&mut self, store: &Store) {
        self.zoom_to(store, self.zoom.narrower());
    }

    /// Shows a longer time around the hit.
    pub fn zoom_out(&mut self, store: &Store) {
        self.zoom_to(store, self.zoom.wider());
    }

    /// Shows everything of the user.
    pub fn all(&mut self, store: &Store) {
        self.zoom_to(store, Zoom::All);
    }

    /// Shows the hit and what is around it.
    pub fn around_hit(&mut self, store: &Store) {
        self.zoom_to(store, Zoom::Around(OPENING));
        self.go_to(store, self.anchor);
    }

    /// The cursor stays on its event, or as near as the new window allows. A step's rows stay marked.
    fn zoom_to(&mut self, store: &Store, zoom: Zoom) {
        let event = self.event(store);
        self.zoom = zoom;
        if self.step.is_some() {
            self.step = Some(Show::Mark);
        }
        if let Some(kept) = &mut self.kept {
            kept.zoom = zoom;
            kept.list = List::default();
        }
        self.show_window(store);
        self.go_to(store, event);
        if let Some(kept) = &mut self.kept {
            kept.list = self.list;
        }
    }

    /// Fills the rows from the window, widened so that every marked row is in it.
    fn show_window(&mut self, store: &Store) {
        let events = self.of.events(store);
        let time = |id: Option<&EventId>| id.map(|id| store.event(*id).time());
        let (mut from, mut to) = match self.zoom {
            Zoom::Around(span) => (self.about.0.minus(span), self.about.1.plus(span)),
            Zoom::All => (time(events.first()).unwrap_or(self.about.0), time(events.last()).unwrap_or(self.about.1)),
        };
        from = time(self.marks.first()).map_or(from, |mark| mark.min(from));
        to = time(self.marks.last()).map_or(to, |mark| mark.max(to));
        self.window = (from, to);
        let range = timeline::between(store, events, from, to);
        let foreign: Vec<EventId> =
            self.marks.iter().copied().filter(|id| self.of.events(store).binary_search(id).is_err()).collect();
        self.rows = if foreign.is_empty() {
            Rows::Window(range)
        } else {
            let mut events: Vec<EventId> = events.get(range).unwrap_or(&[]).iter().copied().chain(foreign).collect();
            events.sort_unstable();
            let rows = Arc::new(events.iter().copied().map(Row::Event).collect());
            Rows::Listed { rows, events: Arc::new(events) }
        };
    }

    fn show_listed(&mut self, store: &Store, rows: Vec<Row>) {
        let time = |id: &EventId| store.event(*id).time();
        self.window = (self.marks.first().map_or(self.about.0, time), self.marks.last().map_or(self.about.1, time));
        self.rows = Rows::Listed { rows: Arc::new(rows), events: Arc::new(self.marks.clone()) };
        self.list = List::default();
    }

    /// Puts the cursor on an event of the window, or on the first after it.
    fn go_to(&mut self, store: &Store, event: Option<EventId>) {
        let place = event.map_or(0, |event| self.events(store).partition_point(|id| *id < event));
        self.list = List::at(place.min(self.len().saturating_sub(1)));
    }
}

/// The rows under one head per value of a field, the largest group first.
fn groups(store: &Store, events: &[EventId], field: Field) -> Vec<Row> {
    let mut groups: Vec<(Sym, Vec<EventId>)> = Vec::new();
    let mut places: HashMap<Sym, usize> = HashMap::new();
    for event in events {
        let value = store.event(*event)[field];
        let place = *places.entry(value).or_insert_with(|| {
            groups.push((value, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(*event);
    }
    groups.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| store.text(a.0).cmp(store.text(b.0))));
    groups
        .into_iter()
        .flat_map(|(value, events)| {
            std::iter::once(Row::Group(value, events.len())).chain(events.into_iter().map(Row::Event))
        })
        .collect()
}
