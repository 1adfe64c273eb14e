//! Every action by name and description, found by typing and done from there.

use super::action::Action;
use super::edit::LineEdit;
use super::keymap::{Context, Keymap};
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
    /// Whether it can be done where the palette was opened.
    pub ready: bool,
}

/// The list of actions.
pub struct Palette {
    all: Vec<Entry>,
    /// The filter typed to find one.
    pub filter: LineEdit,
    /// Those that match, the best first; all of them in the table's order while nothing is typed.
    pub shown: Vec<Entry>,
    /// The cursor.
    pub list: List,
}

/// Contexts of the panes, whose actions can run whichever pane has the keyboard.
const PANES: [Context; 5] = [Context::Hits, Context::Triage, Context::Timeline, Context::Walking, Context::Disposition];

impl Palette {
    /// Every action, those of `here` first.
    pub fn new(keymap: &Keymap, here: &[Context]) -> Self {
        let mut ready: Vec<Context> = here.to_vec();
        if here.contains(&Context::Workbench) {
            ready.extend(PANES.into_iter().filter(|pane| !here.contains(pane)));
        }
        let others = keymap.contexts().map(|(context, _)| context).filter(|context| !ready.contains(context));
        let mut all: Vec<Entry> = Vec::new();
        for context in ready.iter().copied().chain(others) {
            for row in keymap.rows(context) {
                if row.run != Action::Palette && all.iter().all(|entry| entry.action != row.run) {
                    let (about, keys) = (row.desc.clone(), row.keys());
                    all.push(Entry { action: row.run, about, keys, context, ready: ready.contains(&context) });
                }
            }
        }
        Self { shown: all.clone(), all, filter: LineEdit::default(), list: List::default() }
    }

    /// The action under the cursor.
    pub fn selected(&self) -> Option<&Entry> {
        self.shown.get(self.list.cursor)
    }

    /// Finds anew by what was typed.
    pub fn find(&mut self) {
        let query = Query::new(&self.filter.text());
        // Its own name before the words that describe it.
        let texts = |entry: &Entry| {
            let name = entry.action.name();
            [name.replace('-', " "), format!("{name} {}", entry.about)]
        };
        self.shown = query.rank(self.all.clone(), texts);
        if !query.is_empty() {
            self.shown.sort_by_key(|entry| !entry.ready);
        }
        self.list = List::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_found_by_its_name() {
        let here = [Context::Hits, Context::Workbench, Context::List, Context::Everywhere];
        for action in Action::ALL.iter().filter(|action| **action != Action::Palette) {
            let mut palette = Palette::new(&Keymap::embedded(), &here);
            palette.filter.insert(action.name());
            palette.find();
            assert!(palette.shown.iter().any(|entry| entry.action == *action), "{action:?}");
        }
    }

    #[test]
    fn a_few_letters_of_what_it_does_find_it() {
        let here = [Context::Hits, Context::Workbench, Context::List, Context::Everywhere];
        let mut palette = Palette::new(&Keymap::embedded(), &here);
        for (typed, action) in
            [("near", Action::NearMisses), ("falsep", Action::FalsePositive), ("whole screen", Action::ZoomPane)]
        {
            palette.filter = LineEdit::with(typed);
            palette.find();
            assert_eq!(palette.selected().map(|entry| entry.action), Some(action), "{typed}");
        }
    }
}
