//! Marks on events: going to them, and undoing changes.

use super::Workbench;
use crate::model::{EventId, Sym, Time};
use crate::report::guided::QUESTIONS;
use crate::triage::marks;
use crate::triage::pivot::{self, Value};
use crate::triage::search::EventMarks;
use crate::triage::{About, Mark, timeline};
use crate::tui::layout::Pane;
use crate::tui::marks::{LineKind, Words};
use crate::tui::scroll::List;
use crate::tui::text::fit;
use std::sync::Arc;

impl Workbench {
    /// The mark of an event.
    pub fn mark_of(&self, event: EventId) -> Option<&Mark> {
        self.places.mark(&self.case, event)
    }

    /// The mark on any of these events, given in time order.
    pub fn mark_among(&self, events: &[EventId]) -> Option<&Mark> {
        self.places.mark_among(&self.case, events)
    }

    /// Every mark, for a search.
    pub fn marks(&self) -> EventMarks {
        Arc::new(self.places.marked(&self.case).into_iter().map(|(event, mark)| (event, mark.clone())).collect())
    }

    /// Sets the bookmark of an event or takes it; whether it is set now.
    pub fn toggle_bookmark(&mut self, event: EventId, now: Time) -> bool {
        let on = self.mark_of(event).is_none_or(|mark| !mark.bookmarked);
        let key = self.places.name(&self.evidence.loaded, event);
        self.case.set_bookmark(&key, on, now);
        on
    }

    /// Takes the line typed about an event; `false` where it changes nothing.
    pub fn take_words(&mut self, words: &Words, now: Time) -> bool {
        let before = self.mark_of(words.event).cloned().unwrap_or_default();
        let text = words.line.text();
        let (tags, remark) = (marks::tags(&text), text.trim());
        let changed = match words.kind {
            LineKind::Tags => before.tags != tags,
            LineKind::Remark => before.remark != remark,
        };
        if changed {
            let key = self.places.name(&self.evidence.loaded, words.event);
            match words.kind {
                LineKind::Tags => self.case.set_tags(&key, tags, now),
                LineKind::Remark => self.case.set_event_remark(&key, remark, now),
            }
        }
        changed
    }

    /// `14:02:07 Exchange Online`, inert.
    pub fn row_words(&self, event: EventId) -> String {
        let line = timeline::line(self.store(), self.evidence.facts, event, None);
        format!("{} {}", line.time.clock(), fit(&line.what, 60))
    }

    /// The row of a mark of the map in words: time, what, client and address.
    pub fn spot_words(&self, event: EventId) -> String {
        let store = self.store();
        let line = timeline::line(store, self.evidence.facts, event, None);
        let what = timeline::call_words(store, self.evidence.facts, event, true).unwrap_or_else(|| line.what.clone());
        let parts = [line.time.clock(), what, line.client.to_owned(), line.address.to_owned()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(", ")
    }

    /// Undoes the analyst's last change and goes to its place; returns the change in words.
    pub fn undo(&mut self, now: Time) -> Option<String> {
        let (what, about) = self.case.undo(now)?;
        let words_after = |of: &str| what.strip_prefix(of).unwrap_or(&what).trim_start_matches([':', ' ']).to_owned();
        Some(match about {
            About::Hit(id, step) => {
                let whose = self.evidence.hits.iter().position(|hit| hit.id == id);
                if let Some(hit) = whose {
                    self.go_to_hit(hit, step.as_deref());
                }
                let place = whose.zip(step.as_deref()).map(|(hit, step)| self.place_of_step(hit, step));
                let question = step.as_deref().and_then(|id| QUESTIONS.iter().find(|question| question.id == id));
                if let Some(question) = question {
                    return Some(format!("{} {}", question.words, words_after(&format!("{id} step {}", question.id))));
                }
                let words = words_after(&step.as_ref().map_or_else(|| id.clone(), |step| format!("{id} step {step}")));
                let step = place.map_or_else(String::new, |place| format!("step {}: ", place + 1));
                let whose =
                    whose.map_or_else(|| id.clone(), |hit| self.store().who(self.evidence.hits[hit].user).into_owned());
                format!("{step}{words} ({whose})")
            }
            About::Event(key) => {
                let event = self.places.event(&key);
                if let Some(event) = event {
                    self.go_to_event(event);
                }
                let row = event.map_or_else(|| key.clone(), |event| self.row_words(event));
                format!("{} ({row})", words_after(&format!("event {key}")))
            }
            About::User(key) => {
                let user = self.store().find(&key);
                if let Some(user) = user {
                    self.show_revoked(user);
                    self.go_to_user(user);
                }
                let upn = user.map_or(key.as_str().into(), |user| self.store().who(user));
                format!("{} ({upn})", words_after(&format!("user {key}")))
            }
            About::Log => what,
        })
    }

    /// Goes to a hit, and to a step of it by its id.
    pub(in crate::tui) fn go_to_hit(&mut self, hit: usize, step: Option<&str>) {
        if self.row_of(hit).is_none() {
            self.hit_list.filters.clear();
            self.hit_list.typed.clear();
            self.arrange();
        }
        self.hit_list.list = List::at(self.row_of(hit).unwrap_or(0));
        self.select();
        if let Some(step) = step {
            self.focus_on(Pane::Triage);
            self.walk_to(self.place_of_step(hit, step));
        } else {
            self.leave_step();
            self.focus_on(Pane::Hits);
        }
    }

    /// Goes to the timeline of a user, if it is not on screen.
    pub(in crate::tui) fn go_to_user(&mut self, user: Sym) {
        let value = Value::user(user);
        if self.timeline.as_ref().is_none_or(|timeline| timeline.of != value) {
            self.visit(value, None);
        }
        self.focus_on(Pane::Timeline);
    }

    /// Goes to an event: in the timeline on screen where it has it, else in its user's.
    pub fn go_to_event(&mut self, event: EventId) {
        let store = self.evidence.store();
        let here = self.timeline.as_ref().is_some_and(|timeline| {
            timeline.of.events(store).binary_search(&event).is_ok() || timeline.events(store).contains(&event)
        });
        if here {
            self.on_timeline(|timeline, store| timeline.reveal(store, event));
        } else {
            self.visit_owner(event);
        }
        self.focus_on(Pane::Timeline);
    }

    /// Goes to the next mark of the map, or to the one before, round, and to its row in the timeline; its row. `None`
    /// where the map has none.
    pub fn walk_map(&mut self, back: bool) -> Option<EventId> {
        let spots = self.evidence.card(self.hit?)?.map.spots();
        let here = self.spot.and_then(|here| spots.iter().position(|spot| *spot == here));
        let last = spots.len().checked_sub(1)?;
        let to = match (here, back) {
            (None, false) => 0,
            (None, true) => last,
            (Some(here), false) => {
                if here == last {
                    0
                } else {
                    here + 1
                }
            }
            (Some(here), true) => here.checked_sub(1).unwrap_or(last),
        };
        let spot = spots[to];
        self.spot = Some(spot);
        self.go_home();
        self.leave_step();
        let row = spot.row;
        self.on_timeline(|timeline, store| timeline.reveal(store, row));
        Some(row)
    }

    /// Shows the timeline of an event's user; of an event that is nobody's, that of its first value. `false` where it
    /// has none.
    pub fn visit_owner(&mut self, event: EventId) -> bool {
        let user = Value::user(self.store().event(event).user);
        let value = Some(user).filter(|user| !user.sym.is_none());
        let value = value.or_else(|| pivot::values(self.store(), event).first().copied());
        if let Some(value) = value {
            self.visit(value, Some(event));
        }
        value.is_some()
    }
}
