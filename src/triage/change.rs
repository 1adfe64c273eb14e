//! One change of a case as data, as its log keeps it, with its words; the conflicts that merging finds.

use super::work::{Closing, Disposition, Verdict};
use crate::model::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The subject of a change: the screen goes there when it is undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A hit by its id, and the id of the step if it was about one.
    Hit(String, Option<String>),
    /// An event, by [`super::marks::key`].
    Event(String),
    /// A user, by the store's key.
    User(String),
    /// The log itself, or nothing in the case.
    Log,
}

/// A change as the log keeps it: a subject and its new value. Something else becomes undoable by a variant here and its
/// arm in each function below and in `undo.rs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "set")]
#[cfg_attr(feature = "testing", expect(missing_docs, reason = "the fields are the case's own"))]
pub enum Change {
    /// The verdict on a step.
    Verdict { hit: String, step: String, to: Option<Verdict> },
    /// The remark on a step; empty for none.
    Remark { hit: String, step: String, to: String },
    /// The verdict on a hit, and its grounds.
    Disposition {
        hit: String,
        to: Option<Disposition>,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        confirmed: String,
    },
    /// Whether a hit is taken out of its incident.
    Alone { hit: String, to: bool },
    /// The bookmark of an event.
    Bookmark { event: String, to: bool },
    /// The tags of an event.
    Tags { event: String, to: Vec<String> },
    /// The remark on an event; empty for none.
    EventRemark { event: String, to: String },
    /// Time of revocation of a user's sessions.
    Revoked { user: String, to: Option<Time> },
    /// When a task of containment was done for a user; `None` while it is not.
    Task { user: String, task: String, to: Option<Time> },
    /// The sharing mark of the case.
    Tlp { to: String },
    /// A conflict, found by a merge or decided; `ours` is the case's value at its decision.
    Conflict { found: Box<Conflict>, ours: Box<Change>, open: bool },
    /// Whether a file beside the case is kept apart from it.
    Apart { file: String, to: bool },
    /// Nothing in the case: the line records something else, such as other thresholds.
    Nothing,
    /// Nothing in the case: the log has another end than at the last save. `saved` is its length then, `None` where the
    /// file did not have it.
    LogCut { lines: usize, saved: Option<usize> },
}

/// A value that two analysts changed differently. The case keeps its own until somebody decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The other analyst's change.
    pub theirs: Change,
    /// The other analyst; empty for an unsigned change.
    pub who: String,
    /// Time of the change, RFC 3339 UTC; empty when the copy's log does not have it.
    pub at: String,
    /// File name of the copy that has it.
    pub copy: String,
    /// Fields of a later program.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// The value of a change that leaves none. Logs hold it, as [`TAKEN`]: neither may change.
pub(super) const CLEARED: &str = "cleared";

/// The value of a bookmark that was removed.
pub(super) const TAKEN: &str = "taken";

impl Change {
    /// Returns whether both change the same value.
    pub(super) fn sets_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Conflict { found: one, .. }, Self::Conflict { found: two, .. }) => one == two,
            (Self::Apart { file: one, .. }, Self::Apart { file: two, .. }) => one == two,
            (Self::Task { task: one, .. }, Self::Task { task: two, .. }) if one != two => false,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other) && self.about() == other.about(),
        }
    }

    /// Its subject.
    pub fn about(&self) -> About {
        match self {
            Self::Verdict { hit, step, .. } | Self::Remark { hit, step, .. } => {
                About::Hit(hit.clone(), Some(step.clone()))
            }
            Self::Disposition { hit, .. } | Self::Alone { hit, .. } => About::Hit(hit.clone(), None),
            Self::Bookmark { event, .. } | Self::Tags { event, .. } | Self::EventRemark { event, .. } => {
                About::Event(event.clone())
            }
            Self::Revoked { user, .. } | Self::Task { user, .. } => About::User(user.clone()),
            Self::Conflict { found, .. } => found.theirs.about(),
            Self::Tlp { .. } | Self::Apart { .. } | Self::Nothing | Self::LogCut { .. } => About::Log,
        }
    }

    /// The same value of another hit.
    pub(super) fn on_hit(mut self, to: String) -> Self {
        if let Self::Verdict { hit, .. }
        | Self::Remark { hit, .. }
        | Self::Disposition { hit, .. }
        | Self::Alone { hit, .. } = &mut self
        {
            *hit = to;
        }
        self
    }

    /// Word for the value it sets: `verdict`.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Verdict { .. } | Self::Disposition { .. } => "verdict",
            Self::Remark { .. } | Self::EventRemark { .. } => "remark",
            Self::Alone { .. } => "incident",
            Self::Bookmark { .. } => "bookmark",
            Self::Tags { .. } => "tags",
            Self::Revoked { .. } => "revoked",
            Self::Task { .. } => "task",
            Self::Tlp { .. } => "sharing mark",
            Self::Conflict { .. } => "conflict",
            Self::Apart { .. } => "file kept apart",
            Self::Nothing | Self::LogCut { .. } => "log",
        }
    }

    /// The value as the log words it: `supports`, `"text"`, `cleared`.
    pub fn value(&self) -> String {
        let cleared = || CLEARED.to_owned();
        let quoted = |text: &str| if text.is_empty() { cleared() } else { format!("\"{text}\"") };
        match self {
            Self::Verdict { to, .. } => to.map_or_else(cleared, |verdict| verdict.word().to_owned()),
            Self::Remark { to, .. } | Self::EventRemark { to, .. } => quoted(to),
            Self::Disposition { to, reason, confirmed, .. } => to.map_or_else(cleared, |disposition| {
                Closing { disposition, reason: reason.clone(), confirmed: confirmed.clone() }.words()
            }),
            Self::Alone { to: true, .. } => "taken out of it".to_owned(),
            Self::Alone { to: false, .. } => "put back".to_owned(),
            Self::Bookmark { to: true, .. } => "set".to_owned(),
            Self::Bookmark { to: false, .. } => TAKEN.to_owned(),
            Self::Tlp { to } => to.clone(),
            Self::Conflict { found, open: true, .. } => found.side(),
            Self::Apart { to: true, .. } => "kept apart".to_owned(),
            Self::Conflict { open: false, .. } | Self::Apart { to: false, .. } => cleared(),
            Self::Tags { to, .. } => quoted(&to.join(" ")),
            Self::Revoked { to, .. } => to.map_or_else(cleared, |time| format!("at {time}")),
            Self::Task { task, to, .. } => match to {
                Some(time) => format!("{task} done at {time}"),
                None => format!("{task} {CLEARED}"),
            },
            Self::Nothing | Self::LogCut { .. } => String::new(),
        }
    }

    /// The value; `nothing` where there is none.
    pub(super) fn value_or_nothing(&self) -> String {
        match self.value() {
            value if value == CLEARED || value == TAKEN => "nothing".to_owned(),
            value => value,
        }
    }

    /// The value, for comparison with another: a time to the second, as the fractions decide nothing.
    pub(super) fn short_value(&self) -> String {
        match self {
            Self::Revoked { to: Some(time), .. } => time.second(),
            Self::Task { to: Some(time), .. } => format!("done {}", time.second()),
            Self::Task { to: None, .. } => "nothing".to_owned(),
            change => change.value_or_nothing(),
        }
    }

    /// Its subject under a given name, and the word for its value: `step 2 of that hit: verdict`.
    pub fn named(&self, name: impl FnOnce(&About) -> String) -> String {
        let noun = match self {
            Self::Revoked { .. } => "sessions revoked",
            Self::Task { task, .. } => task,
            change => change.noun(),
        };
        format!("{}: {noun}", name(&self.about()))
    }

    /// The words of its log line.
    pub(super) fn words(&self) -> String {
        let subject = match self.about() {
            About::Hit(hit, Some(step)) => format!("{hit} step {step}"),
            About::Hit(hit, None) => hit,
            About::Event(event) => format!("event {event}"),
            About::User(user) => format!("user {user}"),
            About::Log => {
                return match self {
                    Self::Apart { file, .. } => format!("{file} is kept apart"),
                    Self::Tlp { to } => format!("the case is marked {to}"),
                    _ => "the log was found cut".to_owned(),
                };
            }
        };
        format!("{subject}: {} {}", self.noun(), self.value())
    }
}

impl Conflict {
    /// The other value in full, as the log words it: `theirs against (bo, 2026-05-02T08:00:00.0000000Z, case-2.json)`.
    pub(super) fn side(&self) -> String {
        let signed = [&self.who, &self.at, &self.copy].into_iter().filter(|part| !part.is_empty());
        format!("theirs {} ({})", self.theirs.short_value(), signed.cloned().collect::<Vec<_>>().join(", "))
    }

    /// The author, else the file.
    pub(super) fn by(&self) -> &str {
        if self.who.is_empty() { &self.copy } else { &self.who }
    }
}

/// A change of this run: its reverse, and its words.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) back: Change,
    pub(super) what: String,
    /// Whether it was made together with the one before: both are undone at once.
    pub(super) joined: bool,
}

/// Changes that can be undone, the last one at the end.
#[derive(Debug, Default)]
pub(super) struct History(pub(super) Vec<Done>);

/// A clone of a case has no history: it is only saved, exported or merged.
impl Clone for History {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// Any two histories are equal: they are no part of the case.
impl PartialEq for History {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for History {}
