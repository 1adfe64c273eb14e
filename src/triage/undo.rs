//! One change of a case as data, and undo. The log is never shortened: undoing adds a line.

use super::case::{Case, Disposition, Verdict};
use super::merge::Conflict;
use crate::model::Time;
use serde::{Deserialize, Serialize};
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
/// arm in each function below.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "set")]
#[cfg_attr(feature = "testing", expect(missing_docs, reason = "the fields are the case's own"))]
pub enum Change {
    /// The verdict on a step.
    Verdict { hit: String, step: String, to: Option<Verdict> },
    /// The remark on a step; empty for none.
    Remark { hit: String, step: String, to: String },
    /// The disposition of a hit.
    Disposition { hit: String, to: Option<Disposition> },
    /// The bookmark of an event.
    Bookmark { event: String, to: bool },
    /// The tags of an event.
    Tags { event: String, to: Vec<String> },
    /// The remark on an event; empty for none.
    EventRemark { event: String, to: String },
    /// Time of revocation of a user's sessions.
    Revoked { user: String, to: Option<Time> },
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

impl Change {
    /// Makes the change in a case.
    pub(super) fn apply(&self, case: &mut Case) {
        match self {
            Self::Verdict { hit, step, to } => case.on_hit(hit, |work| put(&mut work.verdicts, step, *to)),
            Self::Remark { hit, step, to } => case.on_hit(hit, |work| put(&mut work.remarks, step, text(to))),
            Self::Disposition { hit, to } => case.on_hit(hit, |work| work.disposition = *to),
            Self::Bookmark { event, to } => case.on_mark(event, |mark| mark.bookmarked = *to),
            Self::Tags { event, to } => case.on_mark(event, |mark| mark.tags.clone_from(to)),
            Self::EventRemark { event, to } => case.on_mark(event, |mark| mark.remark.clone_from(to)),
            Self::Revoked { user, to } => put(&mut case.revoked, user, *to),
            Self::Tlp { to } => case.tlp.clone_from(to),
            Self::Conflict { found, open, .. } => list(&mut case.conflicts, found, *open),
            Self::Apart { file, to } => list(&mut case.apart, file, *to),
            Self::Nothing | Self::LogCut { .. } => {}
        }
    }

    /// The change that gives its subject the value of a case.
    pub(super) fn as_in(&self, case: &Case) -> Self {
        let mut same = self.clone();
        match &mut same {
            Self::Verdict { hit, step, to } => *to = case.verdict(hit, step),
            Self::Remark { hit, step, to } => case.remark(hit, step).unwrap_or_default().clone_into(to),
            Self::Disposition { hit, to } => *to = case.disposition(hit),
            Self::Bookmark { event, to } => *to = case.marks.get(event).is_some_and(|mark| mark.bookmarked),
            Self::Tags { event, to } => *to = case.marks.get(event).map_or_else(Vec::new, |mark| mark.tags.clone()),
            Self::EventRemark { event, to } => {
                *to = case.marks.get(event).map_or_else(String::new, |mark| mark.remark.clone());
            }
            Self::Revoked { user, to } => *to = case.revoked(user),
            Self::Tlp { to } => to.clone_from(&case.tlp),
            Self::Conflict { found, open, .. } => *open = case.conflicts.contains(found),
            Self::Apart { file, to } => *to = case.apart.contains(file),
            Self::Nothing | Self::LogCut { .. } => {}
        }
        same
    }

    /// Returns whether both change the same value.
    pub(super) fn sets_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Conflict { found: one, .. }, Self::Conflict { found: two, .. }) => one == two,
            (Self::Apart { file: one, .. }, Self::Apart { file: two, .. }) => one == two,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other) && self.about() == other.about(),
        }
    }

    /// Its subject.
    pub fn about(&self) -> About {
        match self {
            Self::Verdict { hit, step, .. } | Self::Remark { hit, step, .. } => {
                About::Hit(hit.clone(), Some(step.clone()))
            }
            Self::Disposition { hit, .. } => About::Hit(hit.clone(), None),
            Self::Bookmark { event, .. } | Self::Tags { event, .. } | Self::EventRemark { event, .. } => {
                About::Event(event.clone())
            }
            Self::Revoked { user, .. } => About::User(user.clone()),
            Self::Conflict { found, .. } => found.theirs.about(),
            Self::Tlp { .. } | Self::Apart { .. } | Self::Nothing | Self::LogCut { .. } => About::Log,
        }
    }

    /// Word for the value it sets: `verdict`.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Verdict { .. } => "verdict",
            Self::Remark { .. } | Self::EventRemark { .. } => "remark",
            Self::Disposition { .. } => "disposition",
            Self::Bookmark { .. } => "bookmark",
            Self::Tags { .. } => "tags",
            Self::Revoked { .. } => "revoked",
            Self::Tlp { .. } => "sharing mark",
            Self::Conflict { .. } => "conflict",
            Self::Apart { .. } => "file kept apart",
            Self::Nothing | Self::LogCut { .. } => "log",
        }
    }

    /// The value as the log words it: `supports`, `"text"`, `cleared`.
    pub fn value(&self) -> String {
        let cleared = || "cleared".to_owned();
        let quoted = |text: &str| if text.is_empty() { cleared() } else { format!("\"{text}\"") };
        match self {
            Self::Verdict { to, .. } => to.map_or_else(cleared, |verdict| verdict.word().to_owned()),
            Self::Remark { to, .. } | Self::EventRemark { to, .. } => quoted(to),
            Self::Disposition { to, .. } => to.map_or_else(cleared, |disposition| disposition.words().to_owned()),
            Self::Bookmark { to: true, .. } => "set".to_owned(),
            Self::Bookmark { to: false, .. } => "taken".to_owned(),
            Self::Tlp { to } => to.clone(),
            Self::Conflict { found, open: true, .. } => found.side(),
            Self::Apart { to: true, .. } => "kept apart".to_owned(),
            Self::Conflict { open: false, .. } | Self::Apart { to: false, .. } => cleared(),
            Self::Tags { to, .. } => quoted(&to.join(" ")),
            Self::Revoked { to, .. } => to.map_or_else(cleared, |time| format!("at {time}")),
            Self::Nothing | Self::LogCut { .. } => String::new(),
        }
    }

    /// Its subject under a given name, and the word for its value: `step 2 of that hit: verdict`.
    pub fn named(&self, name: impl FnOnce(&About) -> String) -> String {
        let noun = match self {
            Self::Revoked { .. } => "sessions revoked",
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

fn text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A change of this run: its reverse, and its words.
#[derive(Debug)]
struct Done {
    back: Change,
    what: String,
}

/// Changes that can be undone, the last one at the end.
#[derive(Debug, Default)]
pub(super) struct History(Vec<Done>);

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

impl Case {
    /// Makes and logs a change that can be undone. One that changes nothing is only logged.
    pub(super) fn change(&mut self, change: Change, at: Time) {
        let (back, what) = (change.as_in(self), change.words());
        change.apply(self);
        if back != change {
            self.history.0.push(Done { back, what: what.clone() });
        }
        let decided = self.lost_conflicts(&change);
        self.push_line(at, what, change);
        // A conflict that was taken out of the file is named until its value is set anew: that decides it.
        for conflict in decided {
            self.close(conflict, at);
        }
    }

    /// Undoes the last change of this run; returns its words and its subject.
    pub fn undo(&mut self, at: Time) -> Option<(String, About)> {
        let Done { back, what } = self.history.0.pop()?;
        back.apply(self);
        let about = back.about();
        self.push_line(at, format!("undid: {what}"), back);
        Some((what, about))
    }

    /// Forgets the changes made so far, so that none of them can be undone.
    pub(super) fn forget_changes(&mut self) {
        self.history = History::default();
    }
}

/// Adds an item to a list once, or removes it.
fn list<T: Clone + PartialEq>(list: &mut Vec<T>, item: &T, on: bool) {
    if !on {
        list.retain(|there| there != item);
    } else if !list.contains(item) {
        list.push(item.clone());
    }
}

/// Sets the value of a key, `None` for nothing.
pub(super) fn put<T>(map: &mut BTreeMap<String, T>, key: &str, value: Option<T>) {
    match value {
        Some(value) => map.insert(key.to_owned(), value),
        None => map.remove(key),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        Time::parse("2026-05-02T08:00:00Z").unwrap().plus(crate::model::Span::seconds(second))
    }

    /// Every kind of change, and every change back to nothing.
    const CHANGES: [fn(&mut Case); 10] = [
        |case| case.set_verdict("h", "first-login", Some(Verdict::Supports), at(0)),
        |case| case.set_verdict("h", "first-login", Some(Verdict::Against), at(1)),
        |case| case.set_remark("h", "second-client", "seen", at(2)),
        |case| case.set_disposition("h", Some(Disposition::Benign), at(3)),
        |case| case.set_bookmark("e", true, at(4)),
        |case| case.set_tags("e", vec!["phish".into()], at(5)),
        |case| case.set_event_remark("e", "the first", at(6)),
        |case| case.set_bookmark("e", false, at(7)),
        |case| case.set_revoked("u", Some(at(-60)), at(8)),
        |case| case.set_revoked("u", None, at(9)),
    ];

    #[test]
    fn everything_is_undone_change_by_change_and_the_log_only_grows_and_gives_the_case() {
        let mut case = Case::new("b".into(), "ana".into());
        let mut before = Vec::new();
        for change in CHANGES {
            before.push((case.hits.clone(), case.marks.clone(), case.revoked.clone()));
            change(&mut case);
            assert_eq!(case.log_problems(), []);
        }
        for (number, (hits, marks, revoked)) in before.into_iter().enumerate().rev() {
            let (what, about) = case.undo(at(60)).unwrap();
            assert_eq!((&case.hits, &case.marks, &case.revoked), (&hits, &marks, &revoked), "{what}");
            assert_eq!(case.log.last().unwrap().what, format!("undid: {}", case.log.get(number).unwrap().what));
            assert_eq!(matches!(about, About::Event(_)), (4..8).contains(&number), "{what}");
            assert_eq!(case.log_problems(), []);
        }
        assert!(case.undo(at(61)).is_none());
        assert_eq!(case.log.len(), 20);
    }

    #[test]
    fn a_change_to_the_same_value_is_logged_and_not_undone() {
        let mut case = Case::new("b".into(), "ana".into());
        case.set_verdict("h", "first-login", Some(Verdict::Supports), at(0));
        case.set_verdict("h", "first-login", Some(Verdict::Supports), at(1));
        case.set_remark("other", "first-login", "", at(2));
        assert_eq!(case.undo(at(3)).unwrap().0, "h step first-login: verdict supports");
        assert!(case.hits.is_empty() && case.undo(at(4)).is_none());
        assert_eq!(case.log.len(), 4);
    }

    #[test]
    fn a_clone_has_nothing_to_undo() {
        let mut case = Case::new("b".into(), "ana".into());
        for change in CHANGES {
            change(&mut case);
        }
        let mut clone = case.clone();
        assert!(clone.undo(at(60)).is_none() && clone == case);
        assert!(case.undo(at(60)).is_some());
    }

    #[test]
    fn a_line_is_signed_by_somebody() {
        for nobody in ["", " ", "\u{202e}", "\u{3164}\u{200b}"] {
            let mut case = Case::new("b".into(), nobody.into());
            case.set_bookmark("e", true, at(0));
            case.undo(at(1));
            assert!(case.log.iter().all(|line| line.who == super::super::log::UNKNOWN));
        }
    }
}
