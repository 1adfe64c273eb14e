//! Beyond the hit: every user, who else, near misses and other thresholds. What the keys do there.

use super::{App, Effect};
use crate::model::words::counted;
use crate::model::{EventId, Time};
use crate::store::Key;
use crate::triage::pivot::{Suspects, Value};
use crate::tui::job::{Job, JobResult};
use crate::tui::layout::Pane;
use crate::tui::near::{NearView, Part};
use crate::tui::overlay::Overlay;
use crate::tui::pivot::Menu;
use crate::tui::scroll::Move;
use crate::tui::users::{User, Users};
use crate::tui::workbench::Workbench;
use std::sync::Arc;

impl App {
    pub(super) fn list_users(&mut self) -> Vec<Effect> {
        let Some(bench) = self.workbench() else { return Vec::new() };
        let at = bench.timeline.as_ref().map(|timeline| timeline.of).filter(|of| *of == Value::user(of.sym));
        let mut users = Users::at(at.map(|of| of.sym));
        let job = users.ask().map(Job::Users);
        self.overlays.show(Overlay::Users(Box::new(users)));
        job.map(Effect::Run).into_iter().collect()
    }

    pub(super) fn pivot(&mut self) -> Vec<Effect> {
        // On the card and in the lists it is about the incident; in the timeline about the row.
        let incident = self.workbench().filter(|bench| bench.focus != Pane::Timeline);
        let suspects = incident.and_then(|bench| Suspects::new(bench.store(), bench.incident()?));
        if let Some(suspects) = suspects {
            self.overlays.show(Overlay::Pivot(Menu::new(suspects.event)));
            return vec![Effect::Run(Job::Suspects(Box::new(suspects)))];
        }
        let Some(event) = self.workbench().and_then(Workbench::event) else {
            self.say("no row here".to_owned());
            return Vec::new();
        };
        self.overlays.show(Overlay::Pivot(Menu::new(event)));
        let shown = self.workbench().and_then(|bench| bench.timeline.as_ref()).map(|timeline| timeline.of);
        vec![Effect::Run(Job::Reach(event, shown))]
    }

    /// Opens the comparison of the incident with its user's usual days.
    pub(super) fn compare(&mut self) -> Vec<Effect> {
        let compared = self.workbench().and_then(|bench| {
            let hits = bench.incident_hits().iter().map(|hit| bench.evidence.hits[*hit].id.clone()).collect();
            Some((hits, bench.current()?.upn.clone()))
        });
        let Some((hits, user)): Option<(Vec<String>, String)> = compared else {
            self.say("no incident to compare".to_owned());
            return Vec::new();
        };
        let job = Job::Compare(hits.clone());
        self.overlays.show(Overlay::Compare { hits, user, comparison: None, offset: 0 });
        vec![Effect::Run(job)]
    }

    pub(super) fn near_misses(&mut self) -> Vec<Effect> {
        let Some(bench) = self.workbench_mut() else { return Vec::new() };
        // As it was left to look at rows.
        if let Some(near) = bench.near.take().filter(|near| near.set == bench.evidence.settings) {
            self.overlays.show(Overlay::Near(near));
            return Vec::new();
        }
        let (near, job) = NearView::open(&bench.evidence.settings, &bench.start);
        self.overlays.show(Overlay::Near(Box::new(near)));
        vec![Effect::Run(job)]
    }

    pub(super) fn next_part(&mut self) {
        match self.overlays.top_mut() {
            Some(Overlay::Near(near)) => near.next_part(),
            Some(Overlay::Closing(asked)) => asked.at_confirmed = !asked.at_confirmed,
            _ => {}
        }
    }

    /// Changes the thresholds tried; what follows is asked.
    pub(super) fn threshold(&mut self, change: impl FnOnce(&mut NearView) -> Option<Job>) -> Vec<Effect> {
        let Some(Overlay::Near(near)) = self.overlays.top_mut() else { return Vec::new() };
        change(near).map(Effect::Run).into_iter().collect()
    }

    pub(super) fn apply_thresholds(&mut self) -> Vec<Effect> {
        let Some(Overlay::Near(near)) = self.overlays.top() else { return Vec::new() };
        if !near.is_changed() {
            self.say("no threshold was changed".to_owned());
            return Vec::new();
        }
        let job = Job::Rerun(Box::new(near.tried.clone()));
        self.overlays.clear();
        self.say("running the analytics with the new thresholds".to_owned());
        vec![Effect::Run(job)]
    }

    pub(super) fn walk_trail(&mut self, back: bool) {
        let walked = self.workbench_mut().is_some_and(|bench| bench.walk_trail(back));
        if !walked {
            self.say(if back { "this is where the trail began" } else { "the trail ends here" }.to_owned());
        }
    }

    /// Enter on a row of an overlay: goes where it leads.
    pub(super) fn go_on(&mut self, overlay: Overlay) -> Vec<Effect> {
        match overlay {
            Overlay::Users(mut users) => {
                if let Some(user) = users.selected().filter(|_| users.is_answered()) {
                    self.visit(Value::user(user.user), None);
                } else {
                    users.wanted = !users.is_answered();
                    self.overlays.show(Overlay::Users(users));
                }
            }
            Overlay::Pivot(menu) => self.leave_by(menu),
            Overlay::Near(near) => self.show_miss(near),
            _ => self.overlays.clear(),
        }
        Vec::new()
    }

    /// The rows of a near miss, marked in the user's timeline.
    fn show_miss(&mut self, near: Box<NearView>) {
        if let Some(miss) = near.selected().filter(|_| near.part == Part::Misses) {
            let marks = miss.hit.legs.iter().chain(&miss.hit.evidence).copied().collect();
            self.visit(Value::user(miss.hit.user), miss.hit.evidence.first().copied());
            self.bench(|bench| {
                bench.mark(marks);
                bench.near = Some(near);
            });
        } else {
            self.overlays.show(Overlay::Near(near));
            self.say("Tab goes to the near misses".to_owned());
        }
    }

    fn leave_by(&mut self, mut menu: Menu) {
        match (menu.selected(), &menu.values) {
            (Some(reach), _) => {
                let (value, shares) = (reach.value, reach.shares());
                self.visit(value, Some(menu.event));
                self.bench(|bench| {
                    if let Some(timeline) = bench.timeline.as_mut().filter(|_| value.key != Key::User) {
                        timeline.shares = shares;
                    }
                });
            }
            // Typed ahead of counts that take a moment.
            (None, None) => {
                menu.wanted = true;
                self.overlays.show(Overlay::Pivot(menu));
            }
            (None, Some(_)) => self.say("the row has no other value to go on by".to_owned()),
        }
    }

    fn visit(&mut self, value: Value, event: Option<EventId>) {
        self.bench(|bench| {
            bench.visit(value, event);
            bench.focus_on(Pane::Timeline);
        });
    }

    pub(super) fn answered(&mut self, answer: JobResult, now: Time) -> Vec<Effect> {
        match answer {
            JobResult::Reach(event, values) => {
                if let Some(Overlay::Pivot(menu)) = self.overlays.top_mut()
                    && menu.event == event
                {
                    menu.values = Some(values);
                    if menu.wanted
                        && let Some(Overlay::Pivot(menu)) = self.overlays.lift()
                    {
                        self.leave_by(menu);
                    }
                }
            }
            JobResult::WhatIf(change) => {
                if let Some(Overlay::Near(near)) = self.overlays.top_mut() {
                    return near.answered(change).map(Effect::Run).into_iter().collect();
                }
            }
            JobResult::Rerun(settings, hits, found) => {
                let is_asked = matches!(&self.asked, Some(Job::Rerun(asked)) if *asked == settings);
                self.asked = self.asked.take().filter(|_| !is_asked);
                let Some(bench) = self.workbench_mut() else { return Vec::new() };
                let before = bench.evidence.hits.len();
                let has_log = bench.take_hits(hits, found, *settings, now);
                let hits = bench.evidence.hits.len();
                if has_log {
                    self.say(format!("{} with these thresholds, until you leave", counted(hits, "hit")));
                } else if hits > before {
                    self.say(format!("{} more: access after the revocation", counted(hits - before, "hit")));
                }
                return vec![Effect::Save];
            }
            JobResult::Grouped(hits, found) => {
                self.asked = None;
                self.bench(|bench| bench.take_groups(&hits, found));
            }
            JobResult::Outline(scope, outline) => {
                self.asked = None;
                self.on_timeline(|timeline, store| timeline.take_outline(store, scope, outline));
            }
            JobResult::Tree(scope, shape, tree) => {
                self.asked = None;
                self.on_timeline(|timeline, store| timeline.take_tree(store, scope, shape, tree));
            }
            JobResult::Found(chunk, found) => return self.found(&chunk, found),
            JobResult::Sifted(sift, kept) => {
                self.asked = None;
                self.on_timeline(|timeline, store| timeline.sifted(store, *sift, kept));
            }
            JobResult::LookedThrough(user) => {
                self.asked = None;
                self.bench(|bench| _ = bench.looked_through.insert(user));
            }
            JobResult::Compared(ids, counted) => {
                if let Some(Overlay::Compare { hits, comparison, .. }) = self.overlays.in_use_mut()
                    && *hits == ids
                {
                    *comparison = Some(counted);
                }
            }
            JobResult::Copy(what, text) => return self.copy_made(what, text),
            JobResult::Users(text, shown, total) => return self.users_found(&text, shown, total),
        }
        Vec::new()
    }

    fn users_found(&mut self, text: &str, shown: Arc<Vec<User>>, total: usize) -> Vec<Effect> {
        let Some(Overlay::Users(users)) = self.overlays.in_use_mut() else { return Vec::new() };
        users.take(text, shown, total);
        if let Some(job) = users.ask().map(Job::Users) {
            return vec![Effect::Run(job)];
        }
        // Typed ahead of the answer.
        if std::mem::take(&mut users.wanted)
            && let Some(overlay) = self.overlays.lift_if(|overlay| matches!(overlay, Overlay::Users(_)))
        {
            return self.go_on(overlay);
        }
        Vec::new()
    }
}

impl Overlay {
    /// Moves the cursor in `height` rows.
    pub(super) fn go(&mut self, step: Move, height: usize) {
        match self {
            Self::Users(users) => users.list.go(step, users.shown.len(), height),
            Self::Palette(palette) => palette.list.go(step, palette.shown.len(), height),
            Self::Near(near) => near.go(step, height),
            Self::Marks(marks) => marks.list.go(step, marks.events.len(), height),
            Self::Decisions(list, len) => list.go(step, *len, height),
            Self::Containment(shown) => shown.cursor.go(step, shown.list.tasks.len(), height),
            Self::Copy(menu) => menu.list.go(step, menu.items.len(), height),
            Self::Filters(menu) => menu.list.go(step, menu.items.len(), height),
            Self::Pivot(menu) => {
                let len = menu.values.as_ref().map_or(0, Vec::len);
                menu.list.go(step, len, len);
            }
            _ => {}
        }
    }
}
