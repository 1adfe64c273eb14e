//! Every action by name and description, found by typing and done from there: those that can run first, by the part of
//! the work they belong to.

use super::action::{Action, Subject};
use super::edit::LineEdit;
use super::keymap::{Context, Keymap};
use super::layout::Pane;
use super::scroll::List;
use crate::store::Query;

/// An action in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The action.
    pub action: Action,
    /// Its effect, in words.
    pub about: String,
    /// Its keys there, as shown.
    pub keys: String,
    /// The context its key is bound in.
    pub context: Context,
    /// The reason why it cannot run where the palette was opened; `None` where it can.
    pub obstacle: Option<String>,
}

/// The list of actions.
pub struct Palette {
    all: Vec<Entry>,
    /// The filter typed to find one.
    pub filter: LineEdit,
    /// Those that match. While nothing is typed, all that can run, by subject; else the best first, and below them
    /// those that cannot run.
    pub shown: Vec<Entry>,
    /// The cursor.
    pub list: List,
}

/// Contexts of the panes, whose actions can run whichever pane has the keyboard.
const PANES: [Context; 5] = [Context::Hits, Context::Triage, Context::Timeline, Context::Walking, Context::Disposition];

/// Subjects in the order of a pane: its own, then what follows from it.
fn order(pane: Pane) -> [Subject; 10] {
    use Subject::{Case, Filters, Incidents, LookUp, Marks, Moves, Screen, Steps, Timeline, Verdict};
    match pane {
        Pane::Hits => [Incidents, Verdict, Steps, LookUp, Case, Filters, Timeline, Marks, Screen, Moves],
        Pane::Triage => [Steps, Verdict, Incidents, Timeline, Marks, LookUp, Case, Filters, Screen, Moves],
        Pane::Timeline => [Timeline, Marks, Filters, LookUp, Steps, Verdict, Incidents, Case, Screen, Moves],
    }
}

impl Palette {
    /// Every action, those of `here` first; `obstacle` says of one that has its place there why it cannot run now.
    pub fn new(
        keymap: &Keymap,
        here: &[Context],
        pane: Pane,
        obstacle: impl Fn(Action) -> Option<&'static str>,
    ) -> Self {
        let mut near: Vec<Context> = here.to_vec();
        if here.contains(&Context::Workbench) {
            near.extend(PANES.into_iter().filter(|pane| !here.contains(pane)));
        }
        let others = keymap.contexts().map(|(context, _)| context).filter(|context| !near.contains(context));
        let mut all: Vec<Entry> = Vec::new();
        for context in near.iter().copied().chain(others) {
            for row in keymap.rows(context) {
                if row.run != Action::Palette && all.iter().all(|entry| entry.action != row.run) {
                    let (about, keys) = (row.desc.clone(), row.keys());
                    let obstacle = if near.contains(&context) {
                        obstacle(row.run).map(str::to_owned)
                    } else {
                        Some(format!("only in \"{}\"", context.title()))
                    };
                    all.push(Entry { action: row.run, about, keys, context, obstacle });
                }
            }
        }
        let order = order(pane);
        let place = |subject: Subject| order.iter().position(|one| *one == subject);
        let nearest: Vec<Context> = here.iter().copied().take_while(|context| *context != Context::Workbench).collect();
        all.sort_by_key(|entry| {
            (entry.obstacle.is_some(), place(entry.action.subject()), !nearest.contains(&entry.context))
        });
        let mut palette = Self { shown: Vec::new(), all, filter: LineEdit::default(), list: List::default() };
        palette.find();
        palette
    }

    /// The action under the cursor.
    pub fn selected(&self) -> Option<&Entry> {
        self.shown.get(self.list.cursor)
    }

    /// Number of actions that cannot run now and are not listed.
    pub fn left_out(&self) -> usize {
        self.all.len() - self.shown.len()
    }

    /// Finds anew by what was typed.
    pub fn find(&mut self) {
        let query = Query::new(&self.filter.text());
        self.list = List::default();
        if query.is_empty() {
            self.shown = self.all.iter().filter(|entry| entry.obstacle.is_none()).cloned().collect();
            return;
        }
        // Its own name before the words that describe it.
        let texts = |entry: &Entry| {
            let name = entry.action.name();
            [name.replace('-', " "), format!("{name} {} {}", entry.about, entry.action.subject().word())]
        };
        self.shown = query.rank(self.all.clone(), texts);
        self.shown.sort_by_key(|entry| entry.obstacle.is_some());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: [Context; 4] = [Context::Hits, Context::Workbench, Context::List, Context::Everywhere];

    fn palette(typed: &str) -> Palette {
        let mut palette = Palette::new(&Keymap::embedded(), &HERE, Pane::Hits, |_| None);
        palette.filter = LineEdit::with(typed);
        palette.find();
        palette
    }

    #[test]
    fn every_action_is_found_by_its_name() {
        for action in Action::ALL.iter().filter(|action| **action != Action::Palette) {
            let palette = palette(action.name());
            assert!(palette.shown.iter().any(|entry| entry.action == *action), "{action:?}");
        }
    }

    #[test]
    fn a_few_letters_of_what_it_does_find_it() {
        for (typed, action) in
            [("near", Action::NearMisses), ("falsep", Action::FalsePositive), ("whole screen", Action::ZoomPane)]
        {
            assert_eq!(palette(typed).selected().map(|entry| entry.action), Some(action), "{typed}");
        }
    }

    #[test]
    fn what_cannot_run_is_listed_only_where_it_is_asked_for_and_says_why() {
        let all = palette("");
        assert!(all.shown.iter().all(|entry| entry.obstacle.is_none()) && all.left_out() > 0);
        let named = palette("raise");
        let raise = named.shown.iter().find(|entry| entry.action == Action::Raise).unwrap();
        assert_eq!(raise.obstacle.as_deref(), Some("only in \"Near misses and thresholds\""));
        let nothing = |action| (action == Action::Undo).then_some("nothing to undo");
        let mut palette = Palette::new(&Keymap::embedded(), &HERE, Pane::Hits, nothing);
        assert!(palette.shown.iter().all(|entry| entry.action != Action::Undo));
        palette.filter = LineEdit::with("undo");
        palette.find();
        assert_eq!(palette.selected().and_then(|entry| entry.obstacle.as_deref()), Some("nothing to undo"));
    }

    #[test]
    fn each_subject_stands_together_and_that_of_the_pane_first() {
        for (pane, context, first) in [
            (Pane::Hits, Context::Hits, Subject::Incidents),
            (Pane::Triage, Context::Triage, Subject::Steps),
            (Pane::Timeline, Context::Timeline, Subject::Timeline),
        ] {
            let here = [context, Context::Workbench, Context::List, Context::Everywhere];
            let palette = Palette::new(&Keymap::embedded(), &here, pane, |_| None);
            let subjects: Vec<Subject> = palette.shown.iter().map(|entry| entry.action.subject()).collect();
            assert_eq!(subjects[0], first);
            let mut seen = subjects.clone();
            seen.dedup();
            let mut distinct = seen.clone();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(seen.len(), distinct.len(), "{pane:?}: no subject stands twice: {seen:?}");
        }
    }
}
