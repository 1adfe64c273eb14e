//! The state behind the three panes, and what each action does to it.

mod marking;
mod taking_out;
mod visiting;

pub use taking_out::TakenOut;

use super::evidence::{Evidence, Grouped};
use super::find::Find;
use super::hit_list::HitList;
use super::layout::Pane;
use super::near::NearView;
use super::rows::{Mode, Timeline};
use super::scroll::Move;
use super::trail::Trail;
use crate::analytics::{Hit, Incident, Settings, Threshold};
use crate::model::{EventId, Sym, Time, work};
use crate::report::card::{CardLine, Spot, verdict};
use crate::report::{Names, log_problems};
use crate::store::{Key, Store};
use crate::triage::filter::OtherSide;
use crate::triage::groups::Group;
use crate::triage::marks::Places;
use crate::triage::pivot::Value;
use crate::triage::walk::{Asked, walk};
use crate::triage::{Case, Closing, Disposition, Verdict, reasons};
use crate::tui::closing::ClosingBox;
use std::cell::{Cell, Ref, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

/// The result of a step forward or back in the walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walked {
    /// To a step.
    Step,
    /// Past the last step: what is the hit?
    End,
}

/// The three panes.
pub struct Workbench {
    /// The bundle and its hits.
    pub evidence: Evidence,
    /// The analyst's work.
    pub case: Case,
    /// Positions of its marks' events in the bundle.
    pub places: Places,
    /// The settings that the program was started with.
    pub start: Settings,
    /// The hits pane.
    pub hit_list: HitList,
    /// The timeline; `None` when there is no hit and nobody was looked at.
    pub timeline: Option<Timeline>,
    /// The timeline's earlier views, and those after them.
    pub trail: Trail,
    /// The near misses, left to look at the rows of one.
    pub near: Option<Box<NearView>>,
    /// Position of the hit worked on.
    pub hit: Option<usize>,
    /// Position of its current step.
    pub step: usize,
    /// The mark of the map that was gone to.
    pub spot: Option<Spot>,
    /// First line of the triage pane, where the user scrolled away from the step.
    pub triage_top: Option<usize>,
    /// The pane with the keyboard.
    pub focus: Pane,
    /// The pane above the timeline where only two fit.
    pub above: Pane,
    /// Whether the focused pane has the whole screen.
    pub alone: bool,
    /// Closed incidents, at a length of the log: every frame names their number, every change is a line.
    settled: Cell<Option<(usize, usize)>>,
    /// Length of the log at which the incidents were last seen to be those of the case.
    grouped: Cell<Option<usize>>,
    /// Users whose rows the worker looked through: nobody is asked for twice.
    pub(super) looked_through: HashSet<Sym>,
    /// Everything that each frame shows of the hits under the cursor.
    here: RefCell<Here>,
    /// The states of listed groups, at a length of the log.
    states: RefCell<(usize, HashMap<usize, GroupState>)>,
}

/// Results of a pass over some hits, at a length of the log.
#[derive(Default)]
struct Here {
    of: Vec<usize>,
    lines: usize,
    walk: Rc<[Asked]>,
    verdict: Option<CardLine>,
}

/// The analyst's progress on a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupState {
    /// Its verdict in words, or how many of its hits are closed; empty while it is open.
    pub verdict: String,
    /// Steps with an answer.
    pub answered: usize,
    /// Steps that are questions.
    pub questions: usize,
}

impl Workbench {
    /// The workbench as the analyst left it.
    pub fn new(evidence: Evidence, case: Case, places: Places) -> Self {
        let mut bench = Self {
            start: evidence.settings.clone(),
            evidence,
            case,
            places,
            hit_list: HitList::default(),
            timeline: None,
            trail: Trail::default(),
            near: None,
            hit: None,
            step: 0,
            spot: None,
            triage_top: None,
            focus: Pane::Hits,
            above: Pane::Hits,
            alone: false,
            settled: Cell::default(),
            grouped: Cell::default(),
            looked_through: HashSet::new(),
            here: RefCell::default(),
            states: RefCell::default(),
        };
        bench.hit_list.arrange(&bench.evidence.hits, &bench.evidence.found.orders, &bench.case);
        let place = bench.case.place.clone();
        let left = place.and_then(|(id, step)| Some((bench.evidence.hits.iter().position(|hit| hit.id == id)?, step)));
        if let Some((hit, step)) = left {
            bench.hit_list.list = super::scroll::List::at(bench.row_of(hit).unwrap_or(0));
            bench.select();
            bench.walk_to(bench.place_of_step(hit, &step));
            bench.focus_on(Pane::Triage);
        } else {
            bench.select();
        }
        bench
    }

    /// The row of a hit or of its incident in the list, if it is shown.
    pub(super) fn row_of(&self, hit: usize) -> Option<usize> {
        self.hit_list.place(hit, &self.evidence.found.orders)
    }

    /// The events.
    pub fn store(&self) -> &Store {
        self.evidence.store()
    }

    /// The hit worked on.
    pub fn current(&self) -> Option<&Hit> {
        self.evidence.hits.get(self.hit?)
    }

    /// The incident of the hit worked on; of a routine its first one.
    pub fn incident(&self) -> Option<&Incident> {
        self.evidence.found.incidents.all.get(self.place_of_incident()?)
    }

    /// Position of [`Self::incident`].
    pub fn place_of_incident(&self) -> Option<usize> {
        self.evidence.found.orders.group(self.hit?)?.incident
    }

    /// The hits of the incident; of a routine all of its incidents', under published semantics the one alone.
    pub fn incident_hits(&self) -> &[usize] {
        let Some(hit) = self.hit.as_ref() else { return &[] };
        self.evidence.found.orders.group(*hit).map_or(std::slice::from_ref(hit), |group| &group.hits)
    }

    /// Rows and addresses of the other side of the incident; `None` where it has one side.
    pub fn other_side(&self) -> Option<Arc<OtherSide>> {
        let found = &self.evidence.found;
        found.sides.get(found.orders.group(self.hit?)?.incident?)?.clone()
    }

    /// Hits of the row under the cursor: those of the incident or routine, where the list shows it as one.
    pub fn hits_here(&self) -> &[usize] {
        let Some(hit) = self.hit else { return &[] };
        match self.evidence.found.orders.group(hit) {
            Some(group) if !self.hit_list.is_open => &group.hits,
            _ => self.hit.as_slice(),
        }
    }

    /// Hits that a verdict closes: in the list those of all marked rows, else those under the cursor. At its steps an
    /// incident is closed by itself: the marks may be out of sight.
    pub fn closes(&self) -> &[usize] {
        let is_marked = self.focus == Pane::Hits && !self.hit_list.closing.is_empty();
        if is_marked { &self.hit_list.closing } else { self.hits_here() }
    }

    /// The state of a listed group, by its position.
    pub fn state_of(&self, at: usize) -> GroupState {
        let lines = self.case.log.len();
        let mut states = self.states.borrow_mut();
        if states.0 != lines {
            *states = (lines, HashMap::new());
        }
        let state = || {
            let group: &Group = self.evidence.found.orders.groups.get(at)?;
            let verdict = self.case.outcome(&self.evidence.hits, group).unwrap_or_default();
            let (answered, questions) = self.progress(&group.hits);
            Some(GroupState { verdict, answered, questions })
        };
        states.1.entry(at).or_insert_with(|| state().unwrap_or_default()).clone()
    }

    /// Mistakes in the log of the case, a sentence each.
    pub fn log_problems(&self) -> Vec<String> {
        let Evidence { loaded, facts, hits, .. } = &self.evidence;
        log_problems(self.case.problems(), &Names { loaded, facts, hits, places: &self.places })
    }

    /// The steps of the incident under the cursor, where the list shows it as one; else those of the hit.
    pub fn walk(&self) -> Rc<[Asked]> {
        Rc::clone(&self.here().walk)
    }

    /// The line of the card on the verdict of the hits under the cursor.
    pub fn verdict_here(&self) -> Option<CardLine> {
        self.here().verdict.clone()
    }

    fn here(&self) -> Ref<'_, Here> {
        let (of, lines) = (self.hits_here(), self.case.log.len());
        let is_known = {
            let known = self.here.borrow();
            known.of == of && known.lines == lines
        };
        if !is_known {
            let walk = walk(&self.evidence.hits, of, &self.case, self.evidence.analytic).into();
            let hits: Vec<&Hit> = of.iter().map(|hit| &self.evidence.hits[*hit]).collect();
            *self.here.borrow_mut() = Here { of: of.to_vec(), lines, walk, verdict: verdict(&self.case, &hits) };
        }
        self.here.borrow()
    }

    /// Forgets what follows from the hits and the case: they were replaced.
    pub(super) fn forget(&mut self) {
        self.settled.take();
        self.grouped.take();
        self.here.take();
        self.states.take();
    }

    /// The current step with its hit.
    pub fn current_step(&self) -> Option<(&Hit, Asked)> {
        let asked = *self.walk().get(self.step)?;
        Some((&self.evidence.hits[asked.hit], asked))
    }

    /// Place (from 0) of a step of a hit in the walk of its incident; of one that is not asked there the first.
    pub(super) fn place_of_step(&self, hit: usize, id: &str) -> usize {
        let walk = self.walk();
        let place = walk.iter().position(|one| one.hit == hit && one.step.id == id);
        place.or_else(|| walk.iter().position(|one| one.step.id == id)).unwrap_or(0)
    }

    /// Steps of some hits' walk with an answer, and all its steps.
    pub fn progress(&self, hits: &[usize]) -> (usize, usize) {
        let walk = walk(&self.evidence.hits, hits, &self.case, self.evidence.analytic);
        self.case.answered(&self.evidence.hits, &walk)
    }

    /// Incidents all of whose hits have a verdict; under published semantics hits that have one.
    pub fn settled(&self) -> usize {
        let lines = self.case.log.len();
        if let Some((at, settled)) = self.settled.get()
            && at == lines
        {
            return settled;
        }
        work::look(self.evidence.hits.len());
        let is_closed = |hit: &usize| self.case.disposition(&self.evidence.hits[*hit].id).is_some();
        let groups = &self.evidence.found.orders.groups;
        let settled = groups.iter().filter(|group| group.hits.iter().all(is_closed)).count();
        self.settled.set(Some((lines, settled)));
        settled
    }

    /// The event under the timeline's cursor.
    pub fn event(&self) -> Option<EventId> {
        self.timeline.as_ref()?.event(self.store())
    }

    /// The user of the timeline, while nobody has looked through the rows for what is new in each.
    pub fn unknown_user(&self) -> Option<Sym> {
        let of = self.timeline.as_ref()?.of;
        let is_user = of.key == Key::User && !of.sym.is_none() && !self.looked_through.contains(&of.sym);
        (is_user && !self.evidence.origins().knows(of.sym)).then_some(of.sym)
    }

    /// Gives a pane the keyboard.
    pub fn focus_on(&mut self, pane: Pane) {
        self.focus = pane;
        if pane != Pane::Timeline {
            self.above = pane;
        }
    }

    /// Returns whether the rows of a step are shown.
    pub fn is_walking(&self) -> bool {
        self.timeline.as_ref().is_some_and(|timeline| timeline.shown.step.is_some())
    }

    /// Moves in the focused pane, `height` rows of which are seen.
    pub fn go(&mut self, step: Move, height: usize) {
        match (self.focus, step) {
            (Pane::Hits, _) => {
                let len = self.hit_list.entries.len();
                self.hit_list.list.go(step, len, height);
                self.select();
            }
            (Pane::Timeline, _) => {
                if let Some(timeline) = &mut self.timeline {
                    timeline.go(step, height);
                }
            }
            (Pane::Triage, Move::Next) => self.walk_to(self.step + 1),
            (Pane::Triage, Move::Prev) => self.walk_to(self.step.saturating_sub(1)),
            (Pane::Triage, Move::First | Move::PageUp) => self.walk_to(0),
            (Pane::Triage, Move::Last | Move::PageDown) => self.walk_to(usize::MAX),
            (Pane::Triage, Move::To(step)) => self.walk_to(step),
        }
    }

    /// Takes the hit under the cursor of the list.
    pub fn select(&mut self) {
        let selected = self.hit_list.selected();
        // A filter that leaves no incident leaves what is looked at.
        let is_emptied = selected.is_none() && self.hit_list.is_filtered();
        if self.hit.is_some() && (selected == self.hit || is_emptied) {
            return;
        }
        self.hit = selected;
        self.spot = None;
        self.step = 0;
        self.triage_top = None;
        self.trail = Trail::default();
        let mode = self.mode();
        self.timeline = self.current().map(|hit| {
            let mut timeline = Timeline::for_hit(self.store(), hit, mode);
            timeline.set_revoked(self.store(), self.revoked_of(timeline.of));
            timeline
        });
    }

    /// The timeline's display of its rows: the next timeline uses it too.
    pub(super) fn mode(&self) -> Mode {
        self.timeline.as_ref().map_or_else(Mode::default, Timeline::mode)
    }

    /// When a user's sessions were revoked; `None` for what is no user.
    pub fn revoked_of(&self, value: Value) -> Option<Time> {
        self.case.revoked(self.store().text(value.sym)).filter(|_| value.key == Key::User)
    }

    /// The user whose revocation would be set: the timeline's, else that of the row under the cursor.
    pub fn revocable(&self) -> Option<Sym> {
        let timeline = self.timeline.as_ref()?;
        let user = match timeline.of.key {
            Key::User => timeline.of.sym,
            _ => self.store().event(self.event()?).user,
        };
        (!user.is_none()).then_some(user)
    }

    /// Sets or clears when a user's sessions were revoked.
    pub fn set_revoked(&mut self, user: Sym, revoked: Option<Time>, now: Time) {
        let key = self.store().text(user).to_owned();
        self.case.set_revoked(&key, revoked, now);
        self.show_revoked(user);
    }

    /// Shows in every timeline of a user when the sessions were revoked.
    pub fn show_revoked(&mut self, user: Sym) {
        let revoked = self.revoked_of(Value::user(user));
        for timeline in self.trail.all_mut().chain(&mut self.timeline) {
            if timeline.of == Value::user(user) {
                timeline.set_revoked(self.evidence.store(), revoked);
            }
        }
    }

    /// Starts or resumes the triage of the incident: at its first step without an answer.
    pub fn open_hit(&mut self) {
        if self.hit.is_none() {
            return;
        }
        let open = self.case.first_open(&self.evidence.hits, &self.walk());
        self.focus_on(Pane::Triage);
        self.walk_to(open.unwrap_or(0));
    }

    /// Walks to a step (from 0), or as near as there is one, and shows its rows.
    pub fn walk_to(&mut self, step: usize) {
        self.go_home();
        if self.hit.is_none() {
            return;
        }
        let walk = self.walk();
        self.step = step.min(walk.len().saturating_sub(1));
        if self.focus == Pane::Hits {
            self.focus = Pane::Triage;
            self.above = Pane::Triage;
        }
        self.triage_top = None;
        let Some(asked) = walk.get(self.step) else { return };
        self.case.place = Some((self.evidence.hits[asked.hit].id.clone(), asked.step.id.to_owned()));
        if let Some(timeline) = &mut self.timeline {
            timeline.show_step(self.evidence.store(), asked.step.show, asked.finding(&self.evidence.hits));
        }
    }

    /// Walks to the next step; an incident that was only looked at begins with its first.
    pub fn walk_on(&mut self) -> Option<Walked> {
        self.hit?;
        let steps = self.walk().len();
        if !self.is_walking() {
            self.walk_to(self.step);
        } else if self.step + 1 < steps {
            self.walk_to(self.step + 1);
        } else {
            return Some(Walked::End);
        }
        Some(Walked::Step)
    }

    /// Sets or clears the verdict of the current step; `false` when there is none.
    pub fn set_verdict(&mut self, verdict: Option<Verdict>, now: Time) -> bool {
        let Some((hit, step)) = self.step_key() else { return false };
        self.case.set_verdict(&hit, step, verdict, now);
        true
    }

    /// Id of the current step's hit, and of the step.
    fn step_key(&self) -> Option<(String, &'static str)> {
        self.current_step().map(|(hit, asked)| (hit.id.clone(), asked.step.id))
    }

    /// Sets the remark of the current step.
    pub fn set_remark(&mut self, remark: &str, now: Time) {
        if let Some((hit, step)) = self.step_key() {
            self.case.set_remark(&hit, step, remark, now);
        }
    }

    /// The box that asks for the grounds of a verdict on the incident.
    pub fn ask_reason(&self, disposition: Disposition) -> ClosingBox {
        let analytics = self.closes().iter().map(|hit| self.evidence.hits[*hit].analytic);
        let known = self.current().and_then(|hit| self.case.closing(&hit.id));
        let known = known.filter(|known| known.disposition == disposition);
        ClosingBox::new(disposition, reasons(disposition, analytics), known.as_ref())
    }

    /// Sets or clears the verdict on the incident: on each of its hits, as one change. One that is closed hands the
    /// keyboard back to the list, at the next one that is open; `false` when every one is closed.
    pub fn close(&mut self, closing: Option<&Closing>, now: Time) -> bool {
        let ids: Vec<String> = self.closes().iter().map(|hit| self.evidence.hits[*hit].id.clone()).collect();
        self.case.close_hits(&ids, closing, now);
        if self.focus == Pane::Hits {
            self.hit_list.clear_marks();
        }
        if closing.is_none() {
            return true;
        }
        self.leave_step();
        self.focus_on(Pane::Hits);
        let Some(next) = self.next_open() else { return false };
        self.hit_list.list = super::scroll::List::at(next);
        self.select();
        true
    }

    /// The next row of the list, round, with a hit that has no verdict and no entry of an allow-list.
    fn next_open(&self) -> Option<usize> {
        let (entries, groups) = (&self.hit_list.entries, &self.evidence.found.orders.groups);
        let is_open = |hit: &usize| {
            let hit = &self.evidence.hits[*hit];
            hit.allowed.is_none() && self.case.disposition(&hit.id).is_none()
        };
        let has_open = |row: &usize| {
            let entry = &entries[*row];
            if self.hit_list.is_open { is_open(&entry.hit) } else { groups[entry.group].hits.iter().any(is_open) }
        };
        let here = self.hit_list.list.cursor;
        (here + 1..entries.len()).chain(0..(here + 1).min(entries.len())).find(has_open)
    }

    /// Gives every hit of an incident a line in the list, or takes all but the first away.
    pub fn toggle_hits(&mut self) {
        self.hit_list.is_open = !self.hit_list.is_open;
        self.arrange();
    }

    /// Puts the timeline back to what it was before the steps; whether a step was shown.
    pub fn leave_step(&mut self) -> bool {
        let Some(timeline) = self.timeline.as_mut().filter(|timeline| timeline.shown.step.is_some()) else {
            return false;
        };
        timeline.leave_step(self.evidence.store());
        true
    }

    /// Sorts and filters the hits anew.
    pub fn arrange(&mut self) {
        self.hit_list.arrange(&self.evidence.hits, &self.evidence.found.orders, &self.case);
        self.select();
    }

    /// The search in the timeline.
    pub fn find(&self) -> Option<&Find> {
        self.timeline.as_ref()?.find.as_ref()
    }

    /// Changes what the timeline shows.
    pub fn on_timeline(&mut self, change: impl FnOnce(&mut Timeline, &Store)) {
        if let Some(timeline) = &mut self.timeline {
            change(timeline, self.evidence.store());
        }
    }

    /// Takes the hits that other settings found; the cursor stays on its hit where that was found too. Verdicts on a
    /// hit that went stay in the case. Returns whether a threshold is another.
    pub fn take_hits(&mut self, hits: Arc<Vec<Hit>>, found: Arc<Grouped>, settings: Settings, now: Time) -> bool {
        let changed = thresholds_changed(&self.evidence.settings, &settings);
        self.evidence.settings = settings;
        self.case.name_steps(hits.iter().map(|hit| (hit.id.as_str(), hit.analytic)));
        self.list_anew(hits, found);
        if !changed.is_empty() {
            self.case.log(now, format!("thresholds changed: {changed}; {} hits", self.evidence.hits.len()));
        }
        !changed.is_empty()
    }

    /// Lists other hits, or the same in other incidents; the cursor stays on its hit.
    fn list_anew(&mut self, hits: Arc<Vec<Hit>>, found: Arc<Grouped>) {
        let before = self.current().map(|hit| hit.id.clone());
        (self.evidence.hits, self.evidence.found) = (hits, found);
        self.hit = None;
        self.hit_list.renew(&self.evidence.hits, &self.evidence.found.orders, &self.case);
        let place = before.and_then(|id| self.evidence.hits.iter().position(|hit| hit.id == id));
        let place = place.and_then(|hit| self.row_of(hit)).unwrap_or(0);
        self.hit_list.list = super::scroll::List::at(place);
        self.step = 0;
        self.select();
        self.forget();
    }
}

/// `--window 11m (was 10m)`
fn thresholds_changed(from: &Settings, to: &Settings) -> String {
    let changed = Threshold::ALL.into_iter().filter(|threshold| threshold.value(from) != threshold.value(to));
    let changes = changed
        .map(|threshold| format!("{} {} (was {})", threshold.flag(), threshold.value(to), threshold.value(from)));
    changes.collect::<Vec<_>>().join(", ")
}
