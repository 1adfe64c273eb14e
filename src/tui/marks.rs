//! Marks on events in the workbench: set, shown in a list, and undone with everything else that was said.

use super::edit::LineEdit;
use super::layout::Pane;
use super::overlay::Overlay;
use super::scroll::List;
use super::text::fit;
use super::workbench::Workbench;
use crate::model::{EventId, Sym, Time};
use crate::triage::marks::{self, Mark};
use crate::triage::pivot::{self, Value};
use crate::triage::search::Marks;
use crate::triage::{About, timeline};
use std::sync::Arc;

/// What is typed about an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Its tags.
    Tags,
    /// A remark.
    Remark,
}

/// A line being typed about an event.
pub struct Words {
    /// The event.
    pub event: EventId,
    /// What is typed.
    pub kind: Kind,
    /// The line.
    pub line: LineEdit,
    /// Tags of the case, the most used first.
    known: Vec<String>,
    /// What comes back when it is closed.
    pub under: Option<Box<Overlay>>,
}

impl Words {
    /// The line of an event, with what was said before.
    pub fn of(bench: &Workbench, event: EventId, kind: Kind, under: Option<Box<Overlay>>) -> Self {
        let mark = bench.mark_of(event).cloned().unwrap_or_default();
        let (text, known) = match kind {
            Kind::Tags if mark.tags.is_empty() => (String::new(), marks::tags_used(&bench.case)),
            Kind::Tags => (format!("{} ", mark.tags.join(" ")), marks::tags_used(&bench.case)),
            Kind::Remark => (mark.remark, Vec::new()),
        };
        Self { event, kind, line: LineEdit::with(&text), known, under }
    }

    /// Tags used before that the last word begins, those typed already left out.
    pub fn suggested(&self) -> impl Iterator<Item = &str> {
        let text = self.line.text();
        let start = last_word(&text);
        let (typed, word) = (marks::tags(&text[..start]), text[start..].trim_start_matches('#').to_lowercase());
        let fits = move |tag: &&String| tag.to_lowercase().starts_with(&word) && !typed.contains(tag);
        self.known.iter().filter(fits).map(String::as_str)
    }

    /// Puts the first of them in the place of the last word.
    pub fn complete(&mut self) {
        let Some(tag) = self.suggested().next().map(str::to_owned) else { return };
        let text = self.line.text();
        self.line = LineEdit::with(&format!("{}{tag} ", &text[..last_word(&text)]));
    }
}

/// Where the last word of a line of tags begins.
fn last_word(text: &str) -> usize {
    let ends = |c: char| c == ',' || c.is_whitespace();
    text.char_indices().rev().find(|(_, c)| ends(*c)).map_or(0, |(at, c)| at + c.len_utf8())
}

/// The marked events of all users.
pub struct MarkList {
    /// The events, in time order.
    pub events: Vec<EventId>,
    /// Marks whose event is not in the bundle.
    pub lost: usize,
    /// The cursor.
    pub list: List,
}

impl MarkList {
    /// Everything that is marked, cursor on an event where one is given.
    pub fn of(bench: &Workbench, at: Option<EventId>) -> Self {
        let marked = bench.places.marked(&bench.case);
        let events: Vec<EventId> = marked.into_iter().map(|(event, _)| event).collect();
        let place = at.and_then(|at| events.binary_search(&at).ok()).unwrap_or(0);
        Self { events, lost: bench.places.lost(&bench.case), list: List::at(place) }
    }

    /// The event under the cursor.
    pub fn selected(&self) -> Option<EventId> {
        self.events.get(self.list.cursor).copied()
    }
}

impl Workbench {
    /// The mark of an event.
    pub fn mark_of(&self, event: EventId) -> Option<&Mark> {
        self.places.mark(&self.case, event)
    }

    /// What was said of any of these events, which stand in time order.
    pub fn mark_among(&self, events: &[EventId]) -> Option<&Mark> {
        self.places.mark_among(&self.case, events)
    }

    /// Every mark, for a search.
    pub fn marks(&self) -> Marks {
        Arc::new(self.places.marked(&self.case).into_iter().map(|(event, mark)| (event, mark.clone())).collect())
    }

    /// Sets the bookmark of an event or takes it; whether it is set now.
    pub fn toggle_bookmark(&mut self, event: EventId, now: Time) -> bool {
        let on = self.mark_of(event).is_none_or(|mark| !mark.bookmarked);
        let key = self.places.name(&self.evidence.loaded, event);
        self.case.set_bookmark(&key, on, now);
        on
    }

    /// Takes what was typed about an event; `false` where it says what was said before.
    pub fn take_words(&mut self, words: &Words, now: Time) -> bool {
        let before = self.mark_of(words.event).cloned().unwrap_or_default();
        let text = words.line.text();
        let (tags, remark) = (marks::tags(&text), text.trim());
        let changed = match words.kind {
            Kind::Tags => before.tags != tags,
            Kind::Remark => before.remark != remark,
        };
        if changed {
            let key = self.places.name(&self.evidence.loaded, words.event);
            match words.kind {
                Kind::Tags => self.case.set_tags(&key, tags, now),
                Kind::Remark => self.case.set_event_remark(&key, remark, now),
            }
        }
        changed
    }

    /// `14:02:07 Exchange Online`, inert.
    pub fn row_words(&self, event: EventId) -> String {
        let line = timeline::line(self.store(), self.evidence.facts, event, None);
        format!("{} {}", line.time.clock(), fit(&line.what, 60))
    }

    /// Takes the last thing said back and goes where it was said; what it was.
    pub fn undo(&mut self, now: Time) -> Option<String> {
        let (what, about) = self.case.undo(now)?;
        let said = |of: &str| what.strip_prefix(of).unwrap_or(&what).trim_start_matches([':', ' ']).to_owned();
        Some(match about {
            About::Hit(id, step) => {
                let whose = self.evidence.hits.iter().position(|hit| hit.id == id);
                if let Some(hit) = whose {
                    self.go_to_hit(hit, step.as_deref());
                }
                let place = whose.zip(step.as_deref()).map(|(hit, step)| self.place_of_step(hit, step));
                let words = said(&step.as_ref().map_or_else(|| id.clone(), |step| format!("{id} step {step}")));
                let step = place.map_or_else(String::new, |place| format!("step {}: ", place + 1));
                let whose = whose.map_or_else(|| id.clone(), |hit| self.evidence.hits[hit].upn.clone());
                format!("{step}{words} ({whose})")
            }
            About::Event(key) => {
                let event = self.places.event(&key);
                if let Some(event) = event {
                    self.go_to_event(event);
                }
                let row = event.map_or_else(|| key.clone(), |event| self.row_words(event));
                format!("{} ({row})", said(&format!("event {key}")))
            }
            About::User(key) => {
                let user = self.store().find(&key);
                if let Some(user) = user {
                    self.show_revoked(user);
                    self.go_to_user(user);
                }
                let upn = user.map_or(key.as_str(), |user| self.store().upn(user));
                format!("{} ({upn})", said(&format!("user {key}")))
            }
            About::Log => what,
        })
    }

    /// Goes to a hit, and to a step of it by its id.
    pub(super) fn go_to_hit(&mut self, hit: usize, step: Option<&str>) {
        if self.hit_list.place(hit).is_none() {
            self.hit_list.filter.clear();
            self.arrange();
        }
        self.hit_list.list = List::at(self.hit_list.place(hit).unwrap_or(0));
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
    pub(super) fn go_to_user(&mut self, user: Sym) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Words {
        let known = ["phish", "c2", "persistence"].map(str::to_owned).to_vec();
        Words { event: EventId(0), kind: Kind::Tags, line: LineEdit::with(text), known, under: None }
    }

    #[test]
    fn tags_used_before_are_completed() {
        let suggested = |text: &str| words(text).suggested().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(suggested(""), ["phish", "c2", "persistence"]);
        assert_eq!(suggested("#P"), ["phish", "persistence"]);
        assert_eq!(suggested("phish,"), ["c2", "persistence"]);
        assert!(suggested("nothing").is_empty());
        let completed = |text: &str| {
            let mut words = words(text);
            words.complete();
            words.line.text()
        };
        assert_eq!(completed("c2, pe"), "c2, persistence ");
        assert_eq!(completed("c2 nothing"), "c2 nothing");
    }
}
