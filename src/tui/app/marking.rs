//! Marks on events, and undoing changes.

use super::{App, Effect};
use crate::model::{EventId, Time};
use crate::tui::layout::Pane;
use crate::tui::marks::{LineKind, MarkList, Words};
use crate::tui::overlay::Overlay;
use crate::tui::workbench::Workbench;

impl App {
    /// The event of the record that is open, else that under the timeline's cursor.
    pub(super) fn event_here(&self) -> Option<EventId> {
        match self.overlays.top() {
            Some(Overlay::Record { event, .. }) => Some(*event),
            _ => self.workbench().and_then(Workbench::event),
        }
    }

    /// Goes to the next mark of the map, or the one before, and says what its row is.
    pub(super) fn walk_map(&mut self, back: bool) {
        let row = self.workbench_mut().and_then(|bench| bench.walk_map(back));
        let words = row.and_then(|row| self.workbench().map(|bench| bench.spot_words(row)));
        self.say(words.unwrap_or_else(|| "the map has no mark".to_owned()));
    }

    pub(super) fn bookmark(&mut self, now: Time) -> Vec<Effect> {
        let event = self.event_here();
        let Some((event, bench)) = event.zip(self.workbench_mut()) else { return self.no_row() };
        let text = if bench.toggle_bookmark(event, now) { "bookmarked" } else { "no longer bookmarked" };
        let text = format!("{text}: {}", bench.row_words(event));
        self.say(text);
        vec![Effect::Save]
    }

    pub(super) fn words(&mut self, kind: LineKind) -> Vec<Effect> {
        let event = self.event_here();
        let Some(event) = event else { return self.no_row() };
        let Some(bench) = self.workbench() else { return Vec::new() };
        let words = Words::new(bench, event, kind);
        self.overlays.lay(Overlay::Words(Box::new(words)));
        Vec::new()
    }

    pub(super) fn complete(&mut self) {
        if let Some(Overlay::Words(words)) = self.overlays.top_mut() {
            words.complete();
        }
    }

    /// Enter in the line of an event.
    pub(super) fn take_words(&mut self, words: &Words, now: Time) -> Vec<Effect> {
        let Some(bench) = self.workbench_mut() else { return Vec::new() };
        if !bench.take_words(words, now) {
            return Vec::new();
        }
        let mark = bench.mark_of(words.event).cloned().unwrap_or_default();
        let (kind, text) = match words.kind {
            LineKind::Tags => ("tags", mark.tags.join(" ")),
            LineKind::Remark => ("remark", mark.remark),
        };
        let text = if text.is_empty() { format!("no {kind}") } else { format!("{kind} {text}") };
        let text = format!("{}: {text}", bench.row_words(words.event));
        self.say(text);
        vec![Effect::Save]
    }

    pub(super) fn list_marks(&mut self) {
        let Some(bench) = self.workbench() else { return };
        let list = MarkList::new(bench, bench.event());
        self.overlays.show(Overlay::Marks(list));
    }

    /// Enter in the list of marked events.
    pub(super) fn go_to_mark(&mut self, list: MarkList) {
        let Some(event) = list.selected() else {
            self.overlays.show(Overlay::Marks(list));
            return;
        };
        let mut shown = false;
        self.bench(|bench| {
            shown = bench.visit_owner(event);
            bench.focus_on(Pane::Timeline);
        });
        if !shown {
            self.say("the row has no user and no value to show it by".to_owned());
        }
    }

    pub(super) fn undo(&mut self, now: Time) -> Vec<Effect> {
        let Some(undone) = self.workbench_mut().map(|bench| bench.undo(now)) else { return Vec::new() };
        let Some(what) = undone else {
            self.say("nothing to undo: what was said before this start is not taken back this way".to_owned());
            return Vec::new();
        };
        self.say(format!("undid: {what}"));
        vec![Effect::Save]
    }

    pub(super) fn no_row(&mut self) -> Vec<Effect> {
        self.say("no row here".to_owned());
        Vec::new()
    }
}
