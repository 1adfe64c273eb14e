//! The one key table: (context, key) to action, and the words that footer and help show for it.

mod key;
mod user_keys;

pub use key::Key;

use super::action::Action;
use serde::Deserialize;
use std::collections::BTreeMap;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// A place of the user's in which keys are bound. Several hold at once; see [`Keymap::action`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Context {
    /// The list of hits.
    Hits,
    /// The timeline.
    Timeline,
    /// The steps.
    Triage,
    /// At a timeline with rows found.
    Searching,
    /// At a step of a hit, its rows in view.
    Walking,
    /// At a timeline that is not the hit's own.
    Away,
    /// Any of the three panes.
    Workbench,
    /// Any scrollable list.
    List,
    /// The raw record.
    Record,
    /// The page about the bundle.
    Bundle,
    /// The facts of an incident.
    Facts,
    /// The tasks about an incident.
    Containment,
    /// The queries of an incident or a step.
    Queries,
    /// The note's preview.
    Note,
    /// The menu of verdicts.
    Disposition,
    /// The grounds of a verdict, being typed.
    Closing,
    /// A line being typed.
    Prompt,
    /// The list of users.
    Users,
    /// Near misses and thresholds.
    Near,
    /// The pivot menu.
    Pivot,
    /// The tags of an event, being typed.
    Tags,
    /// The list of marked events.
    Marks,
    /// The menu of what can be copied.
    Copy,
    /// The menu of filters.
    Filters,
    /// An incident beside its user's usual days.
    Compare,
    /// The question how to go on with a case that another process has.
    InUse,
    /// The five plain questions.
    Guided,
    /// The conflicting decisions of two analysts.
    Decisions,
    /// The list of actions.
    Palette,
    /// The help.
    Help,
    /// While the bundle is read.
    Loading,
    /// Always.
    Everywhere,
}

impl Context {
    /// The heading in the help.
    pub fn title(self) -> &'static str {
        match self {
            Self::Hits => "Hits",
            Self::Timeline => "Timeline",
            Self::Triage => "Triage",
            Self::Searching => "Searching",
            Self::Walking => "At a step",
            Self::Away => "Away from the hit",
            Self::Workbench => "Any pane",
            Self::List => "Rows and pages",
            Self::Record => "Record",
            Self::Bundle => "Bundle",
            Self::Facts => "Facts",
            Self::Containment => "Containment",
            Self::Queries => "Queries",
            Self::Note => "Note",
            Self::Disposition => "Verdict",
            Self::Closing => "Reason for a verdict",
            Self::Prompt => "Typing",
            Self::Users => "Users",
            Self::Near => "Near misses and thresholds",
            Self::Pivot => "Who else?",
            Self::Tags => "Typing tags",
            Self::Marks => "Marked events",
            Self::Copy => "Copy",
            Self::Filters => "Only or without",
            Self::Compare => "Compare",
            Self::InUse => "Case in use",
            Self::Guided => "Five questions",
            Self::Decisions => "Conflicts and copies",
            Self::Palette => "Actions",
            Self::Help => "Help",
            Self::Loading => "While loading",
            Self::Everywhere => "Always",
        }
    }
}

/// One row of the table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// Keys; the first is the one shown.
    pub on: Vec<Key>,
    /// Their action.
    pub run: Action,
    /// A sentence for the help.
    pub desc: String,
    /// A word or two for the footer.
    pub hint: Option<String>,
    /// Places in the footer are given out from the lowest rank up.
    #[serde(default)]
    pub rank: u8,
    /// Whether the user's file says so.
    #[serde(skip)]
    pub is_yours: bool,
}

impl Binding {
    /// All keys as shown: `j Down`, and a run of digits as `1…9`.
    pub fn keys(&self) -> String {
        let keys: Vec<String> = self.on.iter().map(Key::to_string).collect();
        match keys.as_slice() {
            [first, .., last] if self.run == Action::JumpToStep => format!("{first}…{last}"),
            _ => keys.join(" "),
        }
    }
}

/// The key table.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Keymap {
    rows: BTreeMap<Context, Vec<Binding>>,
    /// The user's file that lies over the table, as shown.
    #[serde(skip)]
    pub yours: Option<String>,
}

impl Keymap {
    /// The table built into the program.
    pub fn embedded() -> Self {
        Self::parse(include_str!("../../assets/keymap.toml")).expect("a test reads the embedded table")
    }

    /// Reads a table.
    ///
    /// # Errors
    /// Its first mistake: its syntax, an unknown action or key, one key twice in a context.
    pub fn parse(text: &str) -> Result<Self, String> {
        let keymap: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        for (context, rows) in &keymap.rows {
            let mut seen = Vec::new();
            for key in rows.iter().flat_map(|row| &row.on) {
                if seen.contains(key) {
                    return Err(format!("{}: {key} is bound twice", context.title()));
                }
                seen.push(*key);
            }
        }
        Ok(keymap)
    }

    /// The action a key runs in `contexts`; the first context that binds it decides.
    pub fn action(&self, contexts: &[Context], key: Key) -> Option<Action> {
        self.bound(contexts, key).map(|(action, _)| action)
    }

    /// Like [`Self::action`], with the number of the key among the action's keys, from 1.
    pub fn bound(&self, contexts: &[Context], key: Key) -> Option<(Action, usize)> {
        let place = |row: &Binding| row.on.iter().position(|on| *on == key).map(|at| (row.run, at + 1));
        contexts.iter().find_map(|context| self.rows(*context).iter().find_map(place))
    }

    /// The rows of a context, in the table's order.
    pub fn rows(&self, context: Context) -> &[Binding] {
        self.rows.get(&context).map_or(&[], Vec::as_slice)
    }

    /// Every context with its rows.
    pub fn contexts(&self) -> impl Iterator<Item = (Context, &[Binding])> {
        self.rows.iter().map(|(context, rows)| (*context, rows.as_slice()))
    }

    /// Rows with a footer hint where `contexts` hold, the most wanted first, without what an earlier context
    /// binds otherwise.
    pub fn hints(&self, contexts: &[Context]) -> Vec<(Key, &str)> {
        let mut hints: Vec<(u8, Key, &str)> = Vec::new();
        for context in contexts {
            for row in self.rows(*context) {
                let Some((key, hint)) = row.on.first().zip(row.hint.as_deref()) else { continue };
                if self.action(contexts, *key) == Some(row.run) && !hints.iter().any(|(_, known, _)| known == key) {
                    hints.push((row.rank, *key, hint));
                }
            }
        }
        hints.sort_by_key(|(rank, ..)| *rank);
        hints.into_iter().map(|(_, key, hint)| (key, hint)).collect()
    }

    /// The first key of an action, as shown.
    pub fn key_of(&self, action: Action) -> String {
        let row = self.rows.values().flatten().find(|row| row.run == action);
        row.and_then(|row| row.on.first()).map_or_else(String::new, Key::to_string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_key_and_the_table_has_no_conflict() {
        let keymap = Keymap::parse(include_str!("../../assets/keymap.toml")).unwrap();
        for &action in Action::ALL {
            assert!(!keymap.key_of(action).is_empty(), "{action:?} has no key");
        }
        let bound = keymap.rows.values().flatten();
        assert!(bound.clone().all(|row| Action::ALL.contains(&row.run) && !row.desc.is_empty() && !row.on.is_empty()));
        assert_eq!(keymap.rows.len(), Context::VARIANTS.len(), "every context has keys");
    }

    #[test]
    fn help_is_the_first_hint_of_every_screen() {
        let keymap = Keymap::embedded();
        for context in [Context::Workbench, Context::Record, Context::Bundle, Context::Note, Context::Loading] {
            assert_eq!(keymap.hints(&[context])[0].1, "help", "{context:?}");
        }
    }

    #[test]
    fn a_wrong_table_is_refused_by_name() {
        let twice = "[[hits]]\non=[\"j\"]\nrun=\"next\"\ndesc=\"a\"\n[[hits]]\non=[\"j\"]\nrun=\"prev\"\ndesc=\"b\"\n";
        assert_eq!(Keymap::parse(twice).unwrap_err(), "Hits: j is bound twice");
        assert!(Keymap::parse("[[hits]]\non=[\"jj\"]\nrun=\"next\"\ndesc=\"a\"\n").unwrap_err().contains("is no key"));
        assert!(Keymap::parse("[[hits]]\non=[\"j\"]\nrun=\"dance\"\ndesc=\"a\"\n").is_err());
    }
}
