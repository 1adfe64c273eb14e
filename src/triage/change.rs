//! Undo: what each change of a case put in the place of what. The log is never shortened: undoing adds a line.

use super::case::{Case, HitWork};
use super::marks::Mark;
use crate::model::Time;
use std::collections::BTreeMap;

/// What a change was about: where the eye goes when it is undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A hit by its id, and the step (from 1) if it was about one.
    Hit(String, Option<usize>),
    /// An event, by [`super::marks::key`].
    Event(String),
    /// The tokens of a user, by the store's key.
    User(String),
}

/// The part of a case that a change is about, as it was. To make something else undoable: a variant of [`About`] and
/// one here.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Hit(String, Option<HitWork>),
    Event(String, Option<Mark>),
    Revoked(String, Option<Time>),
}

#[derive(Clone, Debug)]
struct Change {
    about: About,
    before: Part,
    what: String,
}

/// What can be undone, the last change last.
#[derive(Clone, Debug, Default)]
pub(super) struct History(Vec<Change>);

/// A case is the same however it came about.
impl PartialEq for History {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for History {}

impl Case {
    /// Changes a part of the case, so that it can be undone, and logs it. What changes nothing is logged alone.
    pub(super) fn change(&mut self, about: About, what: String, at: Time, set: impl FnOnce(&mut Self)) {
        let before = self.part(&about);
        set(self);
        if self.part(&about) != before {
            self.history.0.push(Change { about, before, what: what.clone() });
        }
        self.log(at, what);
        self.choose_version();
    }

    /// Takes the last change of this run back; what it was, in the words of the log, and what it was about.
    pub fn undo(&mut self, at: Time) -> Option<(String, About)> {
        let Change { about, before, what } = self.history.0.pop()?;
        match before {
            Part::Hit(hit, work) => put(&mut self.hits, hit, work),
            Part::Event(key, mark) => put(&mut self.marks, key, mark),
            Part::Revoked(user, time) => put(&mut self.revoked, user, time),
        }
        self.log(at, format!("undid: {what}"));
        self.choose_version();
        Some((what, about))
    }

    fn part(&self, about: &About) -> Part {
        match about {
            About::Hit(hit, _) => Part::Hit(hit.clone(), self.hits.get(hit).cloned()),
            About::Event(key) => Part::Event(key.clone(), self.marks.get(key).cloned()),
            About::User(user) => Part::Revoked(user.clone(), self.revoked.get(user).copied()),
        }
    }

    fn choose_version(&mut self) {
        self.version = if self.marks.is_empty() && self.revoked.is_empty() { 1 } else { Self::VERSION };
    }
}

fn put<T>(map: &mut BTreeMap<String, T>, key: String, value: Option<T>) {
    match value {
        Some(value) => map.insert(key, value),
        None => map.remove(&key),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::{Disposition, Verdict};

    fn at(second: i64) -> Time {
        Time::parse("2026-05-02T08:00:00Z").unwrap().plus(crate::model::Span::seconds(second))
    }

    /// Everything that can be said, each once.
    const SAID: [fn(&mut Case); 10] = [
        |case| case.set_verdict("h", 1, Some(Verdict::Supports), at(0)),
        |case| case.set_verdict("h", 1, Some(Verdict::Against), at(1)),
        |case| case.set_remark("h", 2, "seen", at(2)),
        |case| case.set_disposition("h", Some(Disposition::Benign), at(3)),
        |case| case.set_bookmark("e", true, at(4)),
        |case| case.set_tags("e", vec!["phish".into()], at(5)),
        |case| case.set_event_remark("e", "the first", at(6)),
        |case| case.set_bookmark("e", false, at(7)),
        |case| case.set_revoked("u", Some(at(3)), at(8)),
        |case| case.set_revoked("u", None, at(9)),
    ];

    #[test]
    fn everything_said_is_undone_step_by_step_and_the_log_only_grows() {
        let mut case = Case::new("b".into(), "ana".into());
        let mut before = Vec::new();
        for say in SAID {
            before.push((case.hits.clone(), case.marks.clone(), case.revoked.clone(), case.version));
            say(&mut case);
        }
        assert_eq!(case.version, 2);
        for (number, (hits, marks, revoked, version)) in before.into_iter().enumerate().rev() {
            let (what, about) = case.undo(at(60)).unwrap();
            let now = (&case.hits, &case.marks, &case.revoked, case.version);
            assert_eq!(now, (&hits, &marks, &revoked, version), "{what}");
            assert_eq!(case.log.last().unwrap().what, format!("undid: {}", case.log[number].what));
            let of_event = matches!(about, About::Event(_));
            assert_eq!(of_event, (4..8).contains(&number), "{what}");
        }
        assert!(case.undo(at(61)).is_none());
        assert_eq!((case.log.len(), case.broken_log_line()), (20, None));
    }

    #[test]
    fn what_changes_nothing_is_logged_and_not_undone() {
        let mut case = Case::new("b".into(), "ana".into());
        case.set_verdict("h", 1, Some(Verdict::Supports), at(0));
        case.set_verdict("h", 1, Some(Verdict::Supports), at(1));
        case.set_remark("other", 1, "", at(2));
        assert_eq!(case.undo(at(3)).unwrap().0, "h step 1: verdict supports");
        assert!(case.hits.is_empty() && case.undo(at(4)).is_none());
        assert_eq!(case.log.len(), 4);
    }

    #[test]
    fn a_case_without_marks_is_one_that_older_programs_open() {
        let mut case = Case::new("b".into(), "ana".into());
        case.set_verdict("h", 1, Some(Verdict::Supports), at(0));
        let json = serde_json::to_value(&case).unwrap();
        assert_eq!((json["version"].as_u64(), json.get("marks")), (Some(1), None));
        case.set_bookmark("e", true, at(1));
        let json = serde_json::to_value(&case).unwrap();
        assert_eq!((json["version"].as_u64(), json["marks"]["e"]["bookmarked"].as_bool()), (Some(2), Some(true)));
        let again: Case = serde_json::from_value(json).unwrap();
        assert_eq!(again, case);
    }
}
