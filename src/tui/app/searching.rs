//! Searching the timeline: the line typed, the jobs for it, and the walk over the matches.

use super::{App, Effect};
use crate::model::EventId;
use crate::tui::action::Action;
use crate::tui::edit::LineEdit;
use crate::tui::find::Find;
use crate::tui::job::Chunk;
use crate::tui::layout::Pane;
use crate::tui::overlay::Overlay;
use crate::tui::rows::Timeline;
use crate::tui::workbench::Workbench;

impl App {
    pub(super) fn search(&mut self) {
        let Some(bench) = self.workbench_mut() else { return };
        let Some(timeline) = &mut bench.timeline else {
            let users = self.keymap.key_of(Action::Users);
            self.say(format!("no rows to search: {users} lists every user"));
            return;
        };
        timeline.search_anew();
        let line = timeline.find.as_ref().map_or_else(LineEdit::default, |find| LineEdit::with(&find.query));
        bench.focus_on(Pane::Timeline);
        self.overlays.show(Overlay::Search(line));
    }

    /// Searches for what is typed so far.
    pub(super) fn search_typed(&mut self, query: String) -> Vec<Effect> {
        self.searches += 1;
        let number = self.searches;
        let marks = self.workbench().map(Workbench::marks).unwrap_or_default();
        self.on_timeline(|timeline, store| {
            timeline.search(store, query, number);
            if let Some(find) = &mut timeline.find {
                find.marks = marks;
            }
        });
        self.search_on()
    }

    /// Asks for the next chunk, if there is one.
    fn search_on(&self) -> Vec<Effect> {
        self.find().and_then(Find::ask).map(Effect::Run).into_iter().collect()
    }

    pub(super) fn found(&mut self, chunk: &Chunk, found: Vec<EventId>) -> Vec<Effect> {
        // Another line was typed meanwhile, or the timeline was left.
        if self.find().is_none_or(|find| find.number != chunk.number) {
            return Vec::new();
        }
        self.on_timeline(|timeline, store| timeline.found(store, &chunk.rows, found));
        self.search_on()
    }

    /// Enter in the prompt.
    pub(super) fn accept_search(&mut self) {
        let Some(find) = self.find() else { return };
        let wrong = find.search.as_ref().err().cloned();
        if find.is_blank() {
            self.leave_search();
        }
        if let Some(wrong) = wrong {
            self.say_wrong(wrong);
        } else if self.find().is_some_and(|find| find.is_done() && find.is_empty()) {
            self.say("no row holds it".to_owned());
        }
    }

    /// Esc in the prompt: back to where the search began.
    pub(super) fn give_up_search(&mut self) {
        self.on_timeline(Timeline::give_up_search);
    }

    /// Esc at the timeline: the cursor stays.
    pub(super) fn leave_search(&mut self) {
        self.on_timeline(|timeline, _| timeline.leave_search());
    }

    /// Shows the rows found alone, or all again.
    pub(super) fn toggle_only_found(&mut self) {
        let mut done = None;
        self.on_timeline(|timeline, store| done = timeline.toggle_only(store));
        if done.is_none() {
            let words = match self.find() {
                None => "search first: / then what to keep, -word for what to leave out",
                Some(find) if !find.is_done() => "still searching",
                Some(_) => "no row holds it",
            };
            self.say(words.to_owned());
        }
    }

    pub(super) fn next_found(&mut self, back: bool) {
        let mut round = None;
        self.on_timeline(|timeline, store| round = timeline.next_found(store, back));
        let done = self.find().is_some_and(Find::is_done);
        match (round, back) {
            (None, _) if done => self.say("no row holds it".to_owned()),
            (None, _) => self.say("nothing found so far; still searching".to_owned()),
            (Some(true), false) => self.say("past the last: on from the first".to_owned()),
            (Some(true), true) => self.say("before the first: on from the last".to_owned()),
            (Some(false), _) => {}
        }
    }

    /// The search in the timeline.
    pub(crate) fn find(&self) -> Option<&Find> {
        self.workbench().and_then(Workbench::find)
    }
}
