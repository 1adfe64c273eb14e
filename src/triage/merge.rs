//! Merges two analysts' work on one bundle: carries over the changes that one of them made since they parted; where
//! both changed a value differently, a person decides the conflict.

use super::case::Case;
use super::change::{Change, Conflict};
use super::log_problem::LogProblem;
use super::work::Branch;
use crate::model::words::counted;
use crate::model::{Time, inert};
use std::collections::BTreeMap;
use std::fmt;

/// Result of a merge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Number of values carried over.
    pub carried: usize,
    /// Number of values that both changed.
    pub conflicts: usize,
    /// Author of the copy; empty when not known.
    pub who: String,
}

/// `3 changes by bo, 1 conflict to decide`.
impl fmt::Display for Merged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&counted(self.carried, "change"))?;
        if !self.who.is_empty() {
            write!(f, " by {}", inert(&self.who))?;
        }
        if self.conflicts > 0 {
            write!(f, ", {} to decide", counted(self.conflicts, "conflict"))?;
        }
        Ok(())
    }
}

impl Conflict {
    /// The case's value and the other one, in words.
    pub fn values(&self, case: &Case) -> (String, String) {
        (self.theirs.as_in(case).short_value(), self.theirs.short_value())
    }

    /// `ours: supports`, `theirs: against (bo, 2026-05-02 08:00:00)`.
    pub fn sides(&self, case: &Case) -> [String; 2] {
        let at = Time::parse(&self.at).map_or_else(String::new, |at| format!(", {}", at.second()));
        let (ours, theirs) = self.values(case);
        [format!("ours: {ours}"), format!("theirs: {theirs} ({}{at})", self.by())]
    }
}

/// Carries over the changes of a copy since it parted from the case, with their authors and times; `name` is its file.
///
/// The starting point of a copy without a branch is not known: values that only one of them has are kept, differing
/// values are conflicts. Merging the same copy again adds nothing. Undo does not take back merged values.
pub fn merge(case: &mut Case, copy: &Case, name: &str, at: Time) -> Merged {
    let base = copy.base();
    let mut merged = Merged { who: copy.analyst.clone(), ..Merged::default() };
    let merging = case.analyst.clone();
    for theirs in copy.parts(&base) {
        let (before, ours) = (theirs.as_in(&base), theirs.as_in(case));
        if theirs == before || theirs == ours {
            continue;
        }
        let (who, when) = signed(&theirs, copy);
        if ours == before {
            case.analyst = who;
            case.change(theirs, Time::parse(&when).unwrap_or(at));
            merged.carried += 1;
        } else {
            let conflict = Conflict { theirs, who, at: when, copy: name.to_owned(), rest: BTreeMap::new() };
            if !case.conflicts.contains(&conflict) {
                merging.clone_into(&mut case.analyst);
                let change = Change::Conflict { found: Box::new(conflict), ours: Box::new(ours), open: true };
                change.apply(case);
                case.push_line(at, change.words(), change);
                merged.conflicts += 1;
            }
        }
    }
    case.analyst = merging;
    case.log(at, format!("merged {name}: {} carried over, {} in conflict", merged.carried, merged.conflicts));
    case.forget_changes();
    merged
}

/// Author and time of a value in a case: by the last log line that sets it so, else by the last that sets it at all,
/// else by the last line.
pub(super) fn signed(change: &Change, case: &Case) -> (String, String) {
    let words = change.words();
    let line = |says: &dyn Fn(&super::LogLine) -> bool| case.log.iter().rev().find(|line| says(line));
    let same = |other: &Change| other.sets_the_same(change);
    let line = line(&|line| line.change.as_ref().map_or(line.what == words, |other| other == change))
        .or_else(|| line(&|line| line.change.as_ref().is_some_and(same)))
        .or(case.log.last());
    line.map_or_else(|| (case.analyst.clone(), String::new()), |line| (line.who.clone(), line.at.clone()))
}

impl Case {
    /// Makes this a copy of the case as it was in that file, or of an empty one.
    pub fn part_from(&mut self, case: Option<&Self>, name: String) {
        let mut branch = Branch { case: name, ..Branch::default() };
        if let Some(case) = case {
            branch.hits.clone_from(&case.hits);
            branch.marks.clone_from(&case.marks);
            branch.revoked.clone_from(&case.revoked);
            branch.contained.clone_from(&case.contained);
        }
        self.branch = Some(Box::new(branch));
    }

    /// The case it was made from; empty where it does not name one.
    fn base(&self) -> Self {
        let Branch { hits, marks, revoked, contained, .. } = self.branch.as_deref().cloned().unwrap_or_default();
        Self { hits, marks, revoked, contained, ..Self::new(String::new(), String::new()) }
    }

    /// Records that a file beside the case is no copy of it.
    pub fn keep_apart(&mut self, name: String, at: Time) {
        let change = Change::Apart { file: name, to: true };
        change.apply(self);
        self.push_line(at, change.words(), change);
    }

    /// Decides a conflict: takes the other value, or keeps the case's. Returns the words of the log; `None` when there is
    /// no such conflict.
    pub fn decide(&mut self, conflict: usize, take: bool, at: Time) -> Option<String> {
        if conflict >= self.conflicts.len() {
            return None;
        }
        let conflict = self.conflicts.remove(conflict);
        let (ours, other) = conflict.values(self);
        let (chosen, left) = if take { (&other, &ours) } else { (&ours, &other) };
        let line =
            format!("conflict with {} decided for {chosen}, not {left}: {}", conflict.by(), conflict.theirs.words());
        let ours = conflict.theirs.as_in(self);
        if take {
            self.change(conflict.theirs.clone(), at);
        }
        // One that was changed by hand stands in the log as it was found.
        let logged = self.problems.iter().find_map(|problem| match problem {
            LogProblem::Differs(pair) => match &**pair {
                (Change::Conflict { found, open: true, .. }, Change::Conflict { found: there, open: true, .. })
                    if **there == conflict =>
                {
                    Some((**found).clone())
                }
                _ => None,
            },
            _ => None,
        });
        let found = Box::new(logged.unwrap_or(conflict));
        self.push_line(at, line.clone(), Change::Conflict { found, ours: Box::new(ours), open: false });
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::{Disposition, Verdict};

    fn at(second: i64) -> Time {
        Time::parse("2026-05-02T08:00:00Z").unwrap().plus(crate::model::Span::seconds(second))
    }

    /// A case with a verdict, and a copy of it by somebody else.
    fn parted() -> (Case, Case) {
        let mut case = Case::new("b".into(), "ana".into());
        case.set_verdict("h", "1", Some(Verdict::Supports), at(0));
        let mut copy = case.clone();
        copy.part_from(Some(&case), "case.json".into());
        copy.analyst = "bo".into();
        (case, copy)
    }

    #[test]
    fn what_one_of_them_changed_is_carried_over_under_their_name_and_time() {
        let (mut case, mut copy) = parted();
        case.set_verdict("h", "2", Some(Verdict::Against), at(10));
        case.set_remark("h", "2", "mine", at(11));
        copy.set_verdict("h", "1", None, at(20));
        copy.set_verdict("h", "3", Some(Verdict::Unknown), at(21));
        copy.set_remark("g", "1", "theirs", at(22));
        copy.set_disposition("g", Some(Disposition::Misfired), at(23));
        copy.set_bookmark("e", true, at(24));
        copy.set_tags("e", vec!["phish".into(), "c2".into()], at(25));
        copy.set_event_remark("e", "first", at(26));
        copy.set_revoked("u", Some(at(-60)), at(27));
        copy.set_task("u", "disable-user", Some(at(28)), false, at(28));
        let merged = merge(&mut case, &copy, "case-2.json", at(60));
        assert_eq!(case.task_done("u", "disable-user"), Some(at(28)));
        assert_eq!(merged, Merged { carried: 9, conflicts: 0, who: "bo".into() });
        assert_eq!((case.verdict("h", "1"), case.verdict("h", "2")), (None, Some(Verdict::Against)));
        assert_eq!((case.verdict("h", "3"), case.remark("g", "1")), (Some(Verdict::Unknown), Some("theirs")));
        assert_eq!((&case.marks, &case.revoked), (&copy.marks, &copy.revoked));
        assert_eq!(case.disposition("g"), Some(Disposition::Misfired));
        let line = case.log.iter().find(|line| line.what == "g step 1: remark \"theirs\"").unwrap();
        assert_eq!((line.who.as_str(), line.at.as_str()), ("bo", at(22).to_string().as_str()));
        assert_eq!(case.log.last().unwrap().who, "ana");
        assert_eq!((case.analyst.as_str(), case.log_problems()), ("ana", Vec::new()), "the log gives the verdicts");
        assert!(case.undo(at(61)).is_none(), "what bo said is not for ana's undo");
        let again = merge(&mut case, &copy, "case-2.json", at(62));
        assert_eq!((again.carried, again.conflicts), (0, 0));
    }

    #[test]
    fn what_both_changed_is_a_conflict_once_and_the_same_change_is_none() {
        let (mut case, mut copy) = parted();
        case.set_verdict("h", "1", Some(Verdict::Against), at(10));
        case.set_verdict("h", "2", Some(Verdict::Supports), at(11));
        copy.set_verdict("h", "1", Some(Verdict::Unknown), at(20));
        copy.set_verdict("h", "2", Some(Verdict::Supports), at(21));
        for conflicts in [1, 0] {
            assert_eq!(merge(&mut case, &copy, "case-2.json", at(60)).conflicts, conflicts);
        }
        assert_eq!(case.verdict("h", "1"), Some(Verdict::Against), "the case keeps its value");
        let theirs = Change::Verdict { hit: "h".into(), step: "1".into(), to: Some(Verdict::Unknown) };
        let (copy, rest) = ("case-2.json".to_owned(), BTreeMap::new());
        let expected = Conflict { theirs, who: "bo".into(), at: at(20).to_string(), copy, rest };
        assert_eq!(case.conflicts, [expected]);
        assert_eq!(Case::from_bytes(&case.to_bytes()).unwrap(), case);
        let mut keeping = case.clone();
        assert!(
            keeping.decide(0, false, at(70)).unwrap().starts_with("conflict with bo decided for against, not unknown")
        );
        assert_eq!((keeping.verdict("h", "1"), keeping.conflicts.len()), (Some(Verdict::Against), 0));
        case.decide(0, true, at(70)).unwrap();
        assert_eq!(case.verdict("h", "1"), Some(Verdict::Unknown));
        assert!(case.decide(0, true, at(71)).is_none() && case.broken_log_line().is_none());
    }

    #[test]
    fn a_copy_without_a_branch_adds_what_is_missing_and_overwrites_nothing() {
        let (mut case, mut copy) = parted();
        copy.branch = None;
        copy.set_verdict("h", "1", Some(Verdict::Against), at(20));
        copy.set_verdict("h", "2", Some(Verdict::Against), at(21));
        case.set_remark("h", "4", "only here", at(10));
        let merged = merge(&mut case, &copy, "case-2.json", at(60));
        assert_eq!((merged.carried, merged.conflicts), (1, 1));
        assert_eq!((case.verdict("h", "1"), case.verdict("h", "2")), (Some(Verdict::Supports), Some(Verdict::Against)));
        assert_eq!(case.remark("h", "4"), Some("only here"));
    }
}
