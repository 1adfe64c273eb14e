//! Marks on events in the workbench: set, shown in a list, and undone with the analyst's other changes.

use super::edit::LineEdit;
use super::scroll::List;
use super::workbench::Workbench;
use crate::model::EventId;
use crate::triage::marks;

/// The kind of line typed about an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Its tags.
    Tags,
    /// A remark.
    Remark,
}

/// A line being typed about an event.
pub struct Words {
    /// The event.
    pub event: EventId,
    /// The kind of line.
    pub kind: LineKind,
    /// The line.
    pub line: LineEdit,
    /// Tags of the case, the most used first.
    known: Vec<String>,
}

impl Words {
    /// The line of an event, with the earlier words.
    pub fn new(bench: &Workbench, event: EventId, kind: LineKind) -> Self {
        let mark = bench.mark_of(event).cloned().unwrap_or_default();
        let (text, known) = match kind {
            LineKind::Tags if mark.tags.is_empty() => (String::new(), marks::tags_used(&bench.case)),
            LineKind::Tags => (format!("{} ", mark.tags.join(" ")), marks::tags_used(&bench.case)),
            LineKind::Remark => (mark.remark, Vec::new()),
        };
        Self { event, kind, line: LineEdit::with(&text), known }
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

/// The start of the last word of a line of tags.
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
    pub fn new(bench: &Workbench, at: Option<EventId>) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Words {
        let known = ["phish", "c2", "persistence"].map(str::to_owned).to_vec();
        Words { event: EventId(0), kind: LineKind::Tags, line: LineEdit::with(text), known }
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
