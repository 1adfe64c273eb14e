//! The keys of the timeline: moving in time, collapsing rows.

use super::{App, Effect, Task};
use crate::model::{Span, Sym, Time};
use crate::triage::runs::SILENCE;
use crate::triage::time_input;
use crate::tui::edit::LineEdit;
use crate::tui::job::Job;
use crate::tui::layout::Pane;
use crate::tui::overlay::Overlay;
use crate::tui::rows::{Jump, Timeline};
use crate::tui::workbench::Workbench;

impl App {
    /// Asks the worker what the timeline wants to know, one thing at a time.
    pub(super) fn ask_on(&mut self) -> Option<Effect> {
        if self.asked.is_some() {
            return None;
        }
        let bench = self.workbench()?;
        // Hits of other thresholds wait for the end of a merge: the worker has them, the screen has not.
        let by_case = if self.task == Some(Task::Merge) { None } else { bench.wants_by_case() };
        let rows = || bench.timeline.as_ref()?.wants(bench.store());
        self.asked = by_case.or_else(rows).or_else(|| bench.unknown_user().map(Job::LookThrough));
        self.asked.clone().map(Effect::Run)
    }

    pub(super) fn toggle_lineage(&mut self) {
        self.on_timeline(Timeline::toggle_lineage);
        let grouped = self.workbench().and_then(|bench| bench.timeline.as_ref()).is_some_and(Timeline::is_grouped);
        if grouped {
            self.say("the rows of this step stand in groups; lineage shows when it is left".to_owned());
        }
    }

    pub(super) fn toggle_collapsed(&mut self) {
        self.on_timeline(Timeline::toggle_collapsed);
    }

    pub(super) fn toggle_run(&mut self) {
        let mut turned = false;
        self.on_timeline(|timeline, store| turned = timeline.toggle_run(store));
        if !turned {
            self.say("nothing to fold here: no like rows, nothing below".to_owned());
        }
    }

    pub(super) fn jump_burst(&mut self, back: bool) {
        let mut jump = Jump::Nowhere;
        self.on_timeline(|timeline, store| jump = timeline.jump_burst(store, back));
        match jump {
            Jump::To(_) => {}
            Jump::Unknown => self.say("still looking where activity begins; try again".to_owned()),
            Jump::Nowhere if back => self.say("nothing before it".to_owned()),
            Jump::Nowhere => {
                self.say(format!("no activity after a silence of {} min from here", SILENCE.whole_minutes()));
            }
        }
    }

    pub(super) fn go_to_time(&mut self) {
        if self.workbench().and_then(Workbench::event).is_none() {
            self.say("no row here: U lists every user".to_owned());
            return;
        }
        self.bench(|bench| bench.focus_on(Pane::Timeline));
        self.overlays.show(Overlay::Moment(LineEdit::default()));
    }

    /// The time of the row under the cursor: what a typed time is read against.
    fn here(&self) -> Time {
        let bench = self.workbench();
        let event = bench.and_then(Workbench::event);
        bench.zip(event).map_or(Time::MISSING, |(bench, event)| bench.store().event(event).time())
    }

    pub(super) fn accept_moment(&mut self, line: LineEdit) {
        let text = line.text();
        if text.trim().is_empty() {
            return;
        }
        let time = match time_input::parse(&text, self.here()) {
            Ok(time) => time,
            Err(why) => {
                self.overlays.show(Overlay::Moment(line));
                self.say_wrong(why);
                return;
            }
        };
        self.on_timeline(|timeline, store| {
            timeline.jump_time(store, time);
        });
        let off = self.here().since(time);
        if off < Span::seconds(0) {
            self.say(format!("nothing from {} on: this is the last row", time.second()));
        } else if off > SILENCE {
            self.say(format!("nothing at {}: the next row is {off} later", time.second()));
        }
    }

    pub(super) fn ask_revoked(&mut self) {
        let Some(bench) = self.workbench() else { return };
        let Some(user) = bench.revocable() else {
            self.say("no user here".to_owned());
            return;
        };
        let known = bench.case.revoked(bench.store().text(user)).map(Time::second);
        self.overlays.show(Overlay::Revoked(user, LineEdit::with(&known.unwrap_or_default())));
    }

    pub(super) fn accept_revoked(&mut self, user: Sym, line: LineEdit, now: Time) -> Vec<Effect> {
        let text = line.text();
        let revoked = if text.trim().is_empty() {
            None
        } else {
            match time_input::parse(&text, self.here()) {
                Ok(time) => Some(time),
                Err(why) => {
                    self.overlays.show(Overlay::Revoked(user, line));
                    self.say_wrong(why);
                    return Vec::new();
                }
            }
        };
        let Some(bench) = self.workbench_mut() else { return Vec::new() };
        if bench.case.revoked(bench.evidence.store().text(user)) == revoked {
            return Vec::new();
        }
        bench.set_revoked(user, revoked, now);
        let upn = bench.store().who(user).into_owned();
        self.say(match revoked {
            Some(_) => "revocation saved; looking for access after it".to_owned(),
            None => format!("{upn}: revocation cleared"),
        });
        vec![Effect::Save]
    }
}
