//! Changes made to a case one by one, logged, and taken back. The log is never shortened: undoing adds a line.

use super::case::Case;
use super::change::{About, Change, Conflict, Done, History};
use super::log_problem::LogProblem;
#[cfg(any(test, feature = "testing"))]
use super::work::Disposition;
use super::work::{Closing, HitWork, Mark, Verdict};
use crate::model::Time;
use std::collections::BTreeMap;

impl Change {
    /// Makes the change in a case.
    pub(super) fn apply(&self, case: &mut Case) {
        match self {
            Self::Verdict { hit, step, to } => case.on_hit(hit, |work| put(&mut work.verdicts, step, *to)),
            Self::Remark { hit, step, to } => case.on_hit(hit, |work| put(&mut work.remarks, step, text(to))),
            Self::Disposition { hit, to, reason, confirmed } => case.on_hit(hit, |work| {
                work.disposition = *to;
                work.reason.clone_from(reason);
                work.confirmed.clone_from(confirmed);
            }),
            Self::Alone { hit, to } => case.on_hit(hit, |work| work.alone = *to),
            Self::Bookmark { event, to } => case.on_mark(event, |mark| mark.bookmarked = *to),
            Self::Tags { event, to } => case.on_mark(event, |mark| mark.tags.clone_from(to)),
            Self::EventRemark { event, to } => case.on_mark(event, |mark| mark.remark.clone_from(to)),
            Self::Revoked { user, to } => put(&mut case.revoked, user, *to),
            Self::Task { user, task, to } => {
                put(case.contained.entry(user.clone()).or_default(), task, *to);
                case.contained.retain(|_, tasks| !tasks.is_empty());
            }
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
            Self::Disposition { hit, to, reason, confirmed } => {
                let work = case.work(hit);
                *to = work.and_then(|work| work.disposition);
                *reason = work.map_or_else(String::new, |work| work.reason.clone());
                *confirmed = work.map_or_else(String::new, |work| work.confirmed.clone());
            }
            Self::Alone { hit, to } => *to = case.work(hit).is_some_and(|work| work.alone),
            Self::Bookmark { event, to } => *to = case.marks.get(event).is_some_and(|mark| mark.bookmarked),
            Self::Tags { event, to } => *to = case.marks.get(event).map_or_else(Vec::new, |mark| mark.tags.clone()),
            Self::EventRemark { event, to } => {
                *to = case.marks.get(event).map_or_else(String::new, |mark| mark.remark.clone());
            }
            Self::Revoked { user, to } => *to = case.revoked(user),
            Self::Task { user, task, to } => *to = case.task_done(user, task),
            Self::Tlp { to } => to.clone_from(&case.tlp),
            Self::Conflict { found, open, .. } => *open = case.conflicts.contains(found),
            Self::Apart { file, to } => *to = case.apart.contains(file),
            Self::Nothing | Self::LogCut { .. } => {}
        }
        same
    }
}

fn text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

impl Case {
    /// Makes and logs a change that can be undone. One that changes nothing is only logged.
    pub(super) fn change(&mut self, change: Change, at: Time) {
        let (back, what) = (change.as_in(self), change.words());
        change.apply(self);
        if back != change {
            self.history.0.push(Done { back, what: what.clone(), joined: false });
        }
        let decided = self.lost_conflicts(&change);
        self.push_line(at, what, change);
        // A conflict that was taken out of the file is named until its value is set anew: that decides it.
        for conflict in decided {
            self.close(conflict, at);
        }
    }

    /// Returns whether a change of this run can be undone.
    pub fn can_undo(&self) -> bool {
        !self.history.0.is_empty()
    }

    /// Undoes the last change of this run; returns its words and its subject.
    pub fn undo(&mut self, at: Time) -> Option<(String, About)> {
        loop {
            let Done { back, what, joined } = self.history.0.pop()?;
            back.apply(self);
            let about = back.about();
            self.push_line(at, format!("undid: {what}"), back);
            if !joined {
                return Some((what, about));
            }
        }
    }

    /// Sets or clears a verdict.
    pub fn set_verdict(&mut self, hit: &str, step: &str, verdict: Option<Verdict>, at: Time) {
        self.change(Change::Verdict { hit: hit.to_owned(), step: step.to_owned(), to: verdict }, at);
    }

    /// Sets a remark; an empty one clears it.
    pub fn set_remark(&mut self, hit: &str, step: &str, remark: &str, at: Time) {
        self.change(Change::Remark { hit: hit.to_owned(), step: step.to_owned(), to: remark.to_owned() }, at);
    }

    /// Sets a verdict on a hit without grounds, or clears it.
    #[cfg(any(test, feature = "testing"))]
    pub fn set_disposition(&mut self, hit: &str, disposition: Option<Disposition>, at: Time) {
        self.close_hit(hit, disposition.map(Closing::bare).as_ref(), at);
    }

    fn close_hit(&mut self, hit: &str, closing: Option<&Closing>, at: Time) {
        let text = |part: fn(&Closing) -> &String| closing.map_or_else(String::new, |closing| part(closing).clone());
        let change = Change::Disposition {
            hit: hit.to_owned(),
            to: closing.map(|closing| closing.disposition),
            reason: text(|closing| &closing.reason),
            confirmed: text(|closing| &closing.confirmed),
        };
        self.change(change, at);
    }

    /// Sets or clears the verdict on several hits, each with its line in the log, as one change that is undone at once.
    pub fn close_hits(&mut self, hits: &[String], closing: Option<&Closing>, at: Time) {
        let before = self.history.0.len();
        for hit in hits {
            self.close_hit(hit, closing, at);
        }
        self.join_changes(before);
    }

    /// Makes one change of all those after the first `before`: they are undone at once.
    fn join_changes(&mut self, before: usize) {
        for done in self.history.0.iter_mut().skip(before + 1) {
            done.joined = true;
        }
    }

    /// Takes hits out of their incident, or puts them back, as one change.
    pub fn set_alone(&mut self, hits: &[String], alone: bool, at: Time) {
        let before = self.history.0.len();
        for hit in hits {
            self.change(Change::Alone { hit: hit.clone(), to: alone }, at);
        }
        self.join_changes(before);
    }

    /// Sets or removes the bookmark of an event.
    pub fn set_bookmark(&mut self, key: &str, on: bool, at: Time) {
        self.change(Change::Bookmark { event: key.to_owned(), to: on }, at);
    }

    /// Sets the tags of an event; none clears them.
    pub fn set_tags(&mut self, key: &str, tags: Vec<String>, at: Time) {
        self.change(Change::Tags { event: key.to_owned(), to: tags }, at);
    }

    /// Sets the remark on an event; an empty one clears it.
    pub fn set_event_remark(&mut self, key: &str, remark: &str, at: Time) {
        self.change(Change::EventRemark { event: key.to_owned(), to: remark.to_owned() }, at);
    }

    /// Sets or clears the time of revocation of a user's sessions and tokens.
    pub fn set_revoked(&mut self, user: &str, revoked: Option<Time>, at: Time) {
        self.change(Change::Revoked { user: user.to_owned(), to: revoked }, at);
    }

    /// Conflicts of the log over the value of a change that the case no longer has.
    /// Says when a task of containment was done for a user, `None` for not. Sessions that are revoked by it have their
    /// time of revocation from it, where none is known: both are undone at once.
    pub fn set_task(&mut self, user: &str, task: &str, done: Option<Time>, revokes: bool, at: Time) {
        self.change(Change::Task { user: user.to_owned(), task: task.to_owned(), to: done }, at);
        let before = self.history.0.len();
        if revokes && done.is_some() && self.revoked(user).is_none() {
            self.set_revoked(user, done, at);
            for done in self.history.0.iter_mut().skip(before) {
                done.joined = true;
            }
        }
    }

    fn lost_conflicts(&self, change: &Change) -> Vec<Conflict> {
        let lost = |problem: &LogProblem| match problem {
            LogProblem::Differs(pair) => match &**pair {
                (Change::Conflict { found, .. }, Change::Conflict { open: false, .. })
                    if found.theirs.sets_the_same(change) =>
                {
                    Some((**found).clone())
                }
                _ => None,
            },
            _ => None,
        };
        self.problems.iter().filter_map(lost).collect()
    }

    /// Logs that a conflict is decided for the value that the case has.
    fn close(&mut self, conflict: Conflict, at: Time) {
        let ours = conflict.theirs.as_in(self);
        let line =
            format!("conflict with {} decided for {}: {}", conflict.by(), ours.short_value(), conflict.theirs.words());
        let (found, ours) = (Box::new(conflict), Box::new(ours));
        self.push_line(at, line, Change::Conflict { found, ours, open: false });
    }

    fn on_hit(&mut self, hit: &str, set: impl FnOnce(&mut HitWork)) {
        let work = self.hits.entry(hit.to_owned()).or_default();
        set(work);
        if *work == HitWork::default() {
            self.hits.remove(hit);
        }
    }

    fn on_mark(&mut self, key: &str, set: impl FnOnce(&mut Mark)) {
        let mark = self.marks.entry(key.to_owned()).or_default();
        set(mark);
        if *mark == Mark::default() {
            self.marks.remove(key);
        }
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
fn put<T>(map: &mut BTreeMap<String, T>, key: &str, value: Option<T>) {
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
    const CHANGES: [fn(&mut Case); 11] = [
        |case| case.set_verdict("h", "first-login", Some(Verdict::Supports), at(0)),
        |case| case.set_verdict("h", "first-login", Some(Verdict::Against), at(1)),
        |case| case.set_remark("h", "second-client", "seen", at(2)),
        |case| case.set_disposition("h", Some(Disposition::Authorised), at(3)),
        |case| case.set_bookmark("e", true, at(4)),
        |case| case.set_tags("e", vec!["phish".into()], at(5)),
        |case| case.set_event_remark("e", "the first", at(6)),
        |case| case.set_bookmark("e", false, at(7)),
        |case| case.set_revoked("u", Some(at(-60)), at(8)),
        |case| case.set_revoked("u", None, at(9)),
        |case| case.set_alone(&["h".into()], true, at(10)),
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
        assert_eq!(case.log.len(), 22);
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
