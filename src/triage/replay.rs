//! Checks the log against the case: replayed from nothing, it must give every verdict, remark, disposition, hit
//! taken out, mark, time of revocation, conflict, file kept apart and sharing mark of the case, and no other.

use super::case::Case;
use super::change::{Change, Conflict};
use super::log::LogLine;
use super::log_problem::LogProblem;
use super::phrases::{self, UNDID};
use std::collections::BTreeSet;

impl Case {
    /// Number (from 1) of the first log line that somebody changed, or that does not follow from the line before.
    pub fn broken_log_line(&self) -> Option<usize> {
        self.chain().next().map(|problem| match problem {
            LogProblem::Changed(line) | LogProblem::Gap(line) => line,
            LogProblem::Cut { lines, .. } => lines,
            LogProblem::Differs(_) => 0,
        })
    }

    fn chain(&self) -> impl Iterator<Item = LogProblem> + '_ {
        let before = std::iter::once("").chain(self.log.iter().map(|line| line.hash.as_str()));
        let check = |((number, line), before): ((usize, &LogLine), &str)| {
            if line.hash == line.expected_hash() {
                (line.prev != before).then_some(LogProblem::Gap(number))
            } else {
                Some(LogProblem::Changed(number))
            }
        };
        (1..).zip(self.log.iter()).zip(before).filter_map(check)
    }

    /// Every fault of the log and every difference between log and case. Hashes every line: not for the thread that
    /// draws.
    pub fn log_problems(&self) -> Vec<LogProblem> {
        let mut problems: Vec<LogProblem> = self.chain().collect();
        let cut = self.log.iter().filter_map(|line| line.change.as_ref()).chain(&self.cut);
        problems.extend(cut.filter_map(|change| match *change {
            Change::LogCut { lines, saved } => Some(LogProblem::Cut { lines, saved }),
            _ => None,
        }));
        let given = self.replayed();
        let differs = |log: Change| {
            let case = log.as_in(self);
            (log != case).then(|| LogProblem::Differs(Box::new((log, case))))
        };
        let parts = given.parts(self).into_iter().chain(given.marks_of_the_case(self));
        problems.extend(parts.filter_map(differs));
        problems.extend(given.conflicts_against(self));
        problems
    }

    /// The settings of this case or the other, with the values of this one.
    fn marks_of_the_case(&self, other: &Self) -> Vec<Change> {
        let files: BTreeSet<&String> = self.apart.iter().chain(&other.apart).collect();
        let tlp = (!other.tlp_is_unlogged()).then(|| Change::Tlp { to: self.tlp.clone() });
        let apart = files.into_iter().map(|file| Change::Apart { file: file.clone(), to: self.apart.contains(file) });
        tlp.into_iter().chain(apart).collect()
    }

    /// The conflicts that only one of the two has; a changed conflict is one problem, not two.
    fn conflicts_against(&self, case: &Self) -> Vec<LogProblem> {
        let only = |one: &Self, two: &Self| {
            one.conflicts.iter().filter(|conflict| !two.conflicts.contains(conflict)).cloned().collect::<Vec<_>>()
        };
        let as_change = |conflict: &Conflict, open| Change::Conflict {
            found: Box::new(conflict.clone()),
            ours: Box::new(conflict.theirs.as_in(case)),
            open,
        };
        let mut added = only(case, self);
        let mut problems = Vec::new();
        for lost in only(self, case) {
            let changed = added.iter().position(|there| there.theirs.sets_the_same(&lost.theirs));
            let there = changed.map_or_else(|| as_change(&lost, false), |at| as_change(&added.remove(at), true));
            problems.push((as_change(&lost, true), there));
        }
        problems.extend(added.iter().map(|added| (as_change(added, false), as_change(added, true))));
        problems.into_iter().map(|pair| LogProblem::Differs(Box::new(pair))).collect()
    }

    /// Stores the result of [`Case::log_problems`] for [`Case::problems`].
    pub fn check_log(&mut self) {
        self.problems = self.log_problems();
    }

    /// Problems found by the last [`Case::check_log`]. Setting a value anew settles its difference: the log then gives
    /// it.
    pub fn problems(&self) -> &[LogProblem] {
        &self.problems
    }

    /// The case replayed from its log.
    fn replayed(&self) -> Self {
        let mut case = Self::new(String::new(), String::new());
        // What an undo of 0.1.0 takes back: its words, and the change that does it.
        let mut done: Vec<(&str, Change)> = Vec::new();
        for line in self.log.iter() {
            let Some(change) = &line.change else {
                if let Some(undone) = line.what.strip_prefix(UNDID) {
                    if let Some(at) = done.iter().rposition(|(what, _)| *what == undone) {
                        done.remove(at).1.apply(&mut case);
                    }
                } else if let Some(mut change) = phrases::change(&line.what, self) {
                    self.name_step(&mut change);
                    let back = change.as_in(&case);
                    if back != change {
                        change.apply(&mut case);
                        done.push((&line.what, back));
                    }
                }
                continue;
            };
            let mut change = change.clone();
            self.name_step(&mut change);
            change.apply(&mut case);
        }
        case
    }

    /// Replaces the number of a step by its id, where the case records how its numbers were read.
    fn name_step(&self, change: &mut Change) {
        if let Change::Verdict { hit, step, .. } | Change::Remark { hit, step, .. } = change
            && let Some(analytic) = self.work(hit).and_then(|work| work.numbered_by.as_deref())
        {
            super::numbered::name(analytic, step);
        }
    }

    /// Every value that this case or the other sets, as this one has it.
    pub(super) fn parts(&self, other: &Self) -> Vec<Change> {
        let mut parts = Vec::new();
        let hits: BTreeSet<&String> = self.hits.keys().chain(other.hits.keys()).collect();
        for hit in hits {
            let works = || [self, other].into_iter().filter_map(|case| case.work(hit));
            let verdicts: BTreeSet<&String> = works().flat_map(|work| work.verdicts.keys()).collect();
            let remarks: BTreeSet<&String> = works().flat_map(|work| work.remarks.keys()).collect();
            let (hit, to) = (|| hit.clone(), String::new);
            parts.extend(verdicts.into_iter().map(|step| Change::Verdict { hit: hit(), step: step.clone(), to: None }));
            parts.extend(remarks.into_iter().map(|step| Change::Remark { hit: hit(), step: step.clone(), to: to() }));
            parts.push(Change::Disposition { hit: hit(), to: None, reason: to(), confirmed: to() });
            parts.push(Change::Alone { hit: hit(), to: false });
        }
        let marks: BTreeSet<&String> = self.marks.keys().chain(other.marks.keys()).collect();
        for event in marks {
            let event = || event.clone();
            parts.push(Change::Bookmark { event: event(), to: false });
            parts.push(Change::Tags { event: event(), to: Vec::new() });
            parts.push(Change::EventRemark { event: event(), to: String::new() });
        }
        let users: BTreeSet<&String> = self.revoked.keys().chain(other.revoked.keys()).collect();
        parts.extend(users.into_iter().map(|user| Change::Revoked { user: user.clone(), to: None }));
        let ticks = self.contained.iter().chain(&other.contained);
        let tasks: BTreeSet<(&String, &String)> =
            ticks.flat_map(|(user, tasks)| tasks.keys().map(move |task| (user, task))).collect();
        parts.extend(tasks.into_iter().map(|(user, task)| {
            let (user, task) = (user.clone(), task.clone());
            Change::Task { user, task, to: None }
        }));
        parts.iter().map(|part| part.as_in(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;
    use crate::triage::{Disposition, Verdict};

    fn case() -> Case {
        let at = Time::parse("2026-05-02T08:00:00Z").unwrap();
        let mut case = Case::new("b".into(), "ana".into());
        case.set_verdict("h", "first-login", Some(Verdict::Supports), at);
        case.set_remark("h", "first-login", "seen", at);
        case.set_disposition("h", Some(Disposition::Theft), at);
        case.set_bookmark("e", true, at);
        case.set_tags("e", vec!["phish".into()], at);
        case.set_event_remark("e", "the first", at);
        case.set_revoked("u", Some(at), at);
        case.log(at, "thresholds changed: --window 11m (was 10m); 3 hits".into());
        case.set_verdict("h", "second-client", Some(Verdict::Against), at);
        case.undo(at);
        case
    }

    fn read(text: &str) -> Vec<String> {
        let case = Case::from_bytes(text.as_bytes()).unwrap();
        case.log_problems().iter().map(LogProblem::words).collect()
    }

    fn text() -> String {
        String::from_utf8(case().to_bytes()).unwrap()
    }

    #[test]
    fn the_log_gives_the_case() {
        assert_eq!(read(&text()), [""; 0]);
    }

    #[test]
    fn every_value_changed_by_hand_is_named_with_what_the_log_says() {
        let edits = [
            (r#""first-login": "supports""#, r#""first-login": "against""#, "the log says supports, the case against"),
            (
                r#""first-login": "supports""#,
                "",
                "verdict of hit h, step first-login: the log says supports, the case nothing",
            ),
            (r#""first-login": "seen""#, r#""first-login": "odd""#, r#"the log says "seen", the case "odd""#),
            (r#""true-positive""#, r#""false-positive""#, "the log says theft, the case rule misfired"),
            (r#""true-positive""#, "null", "verdict of hit h: the log says theft, the case nothing"),
            (
                r#""bookmarked": true"#,
                r#""bookmarked": false"#,
                "bookmark of event e: the log says set, the case nothing",
            ),
            (r#""phish""#, r#""phash""#, r#"tags of event e: the log says "phish", the case "phash""#),
            (
                r#""remark": "the first""#,
                r#""remark": "it""#,
                r#"remark of event e: the log says "the first", the case"#,
            ),
            (
                r#""u": "2026-05-02T08"#,
                r#""u": "2026-05-02T09"#,
                "time of revocation of user u: the log says at 2026-05-02T08",
            ),
            (
                r#""first-login": "supports""#,
                r#""first-login": "supports", "x": "unknown""#,
                "step x: the log says nothing",
            ),
        ];
        for (from, to, words) in edits {
            assert!(text().contains(from), "{from}");
            let problems = read(&text().replacen(from, to, 1));
            assert!(problems.len() == 1 && problems[0].contains(words), "{from} → {to}: {problems:?}");
        }
    }

    /// The text with its log lines changed.
    fn with_log(change: impl FnOnce(&mut Vec<serde_json::Value>)) -> String {
        let mut value: serde_json::Value = serde_json::from_str(&text()).unwrap();
        change(value["log"].as_array_mut().unwrap());
        value.to_string()
    }

    #[test]
    fn a_tick_that_was_changed_by_hand_is_named() {
        let at = Time::parse("2026-05-02T08:00:00Z").unwrap();
        let mut case = case();
        case.set_task("u", "disable-user", Some(at), false, at);
        let text = String::from_utf8(case.to_bytes()).unwrap();
        assert_eq!(read(&text), Vec::<String>::new());
        let problems =
            read(&text.replacen("\"disable-user\": \"2026-05-02T08", "\"disable-user\": \"2026-05-02T09", 1));
        assert!(problems.len() == 1 && problems[0].starts_with("task of user u: "), "{problems:?}");
    }

    #[test]
    fn a_log_that_is_not_whole_is_named() {
        let cut = read(&with_log(|log| drop(log.pop())));
        assert_eq!(cut[0], "the log was saved with 10 lines and was found with 9");
        assert!(cut[1].contains("second-client: the log says against, the case nothing"), "{cut:?}");
        let emptied = read(&with_log(Vec::clear));
        assert_eq!(emptied[0], "the log was saved with 10 lines and was found with 0");
        assert_eq!(emptied.len(), 8, "and everything the case has is in no log: {emptied:?}");
        assert_eq!(
            read(&with_log(|log| drop(log.remove(7)))),
            [
                "a log line before line 8 was removed, added or moved outside of tokentrail",
                "the log was saved with 10 lines and was found with 9",
            ]
        );
        let edited = read(&with_log(|log| log[7]["what"] = "nothing".into()));
        assert_eq!(edited, ["log line 8 was changed outside of tokentrail"]);
        let edited = read(&with_log(|log| log[2]["change"]["to"] = "benign".into()));
        assert_eq!(edited.len(), 2, "the data is under the hash too: {edited:?}");
        assert_eq!(edited[0], "log line 3 was changed outside of tokentrail");
        let without = text().replacen("\"log_end\"", "\"log_and\"", 1);
        assert_eq!(
            read(&without),
            ["the case no longer says how long its log was when it was saved; 10 lines are left"]
        );
    }

    #[test]
    fn a_cut_log_is_still_said_after_work_went_on() {
        let at = Time::parse("2026-05-02T09:00:00Z").unwrap();
        let mut case = Case::from_bytes(with_log(|log| log.truncate(8)).as_bytes()).unwrap();
        case.set_verdict("h", "third", Some(Verdict::Unknown), at);
        let again = Case::from_bytes(&case.to_bytes()).unwrap();
        let words: Vec<String> = again.log_problems().iter().map(LogProblem::words).collect();
        assert_eq!(words, ["the log was saved with 10 lines and was found with 8"]);
        assert_eq!((again.log.len(), again.log.get(8).unwrap().what.as_str()), (10, "the log was found cut"));
    }

    #[test]
    fn a_difference_is_settled_by_setting_the_value_anew() {
        let at = Time::parse("2026-05-02T09:00:00Z").unwrap();
        let edited = text().replacen("\"true-positive\"", "\"benign\"", 1);
        let mut case = Case::from_bytes(edited.as_bytes()).unwrap();
        case.check_log();
        case.set_verdict("h", "first-login", Some(Verdict::Supports), at);
        assert_eq!(case.problems().len(), 1);
        case.set_disposition("h", Some(Disposition::Authorised), at);
        assert_eq!((case.problems(), case.log_problems()), (&[][..], Vec::new()));
    }

    /// A case with a sharing mark, a file kept apart and two conflicts that nobody decided yet.
    fn contested() -> Case {
        let at = Time::parse("2026-05-02T09:00:00Z").unwrap();
        let mut case = Case::new("b".into(), "ana".into());
        case.tlp = "TLP:RED".into();
        case.set_verdict("h", "first-login", Some(Verdict::Supports), at);
        let mut copy = case.clone();
        copy.part_from(Some(&case), "case.json".into());
        copy.analyst = "bo".into();
        for (case, verdict, tag) in [(&mut case, Verdict::Unknown, "a"), (&mut copy, Verdict::Against, "b")] {
            case.set_verdict("h", "first-login", Some(verdict), at);
            case.set_tags("e", vec![tag.into()], at);
        }
        assert_eq!(crate::triage::merge::merge(&mut case, &copy, "case-2.json", at).conflicts, 2);
        case.keep_apart("case-3.json".into(), at);
        case
    }

    type Edit = fn(&mut serde_json::Value);

    #[test]
    fn what_a_case_says_besides_its_values_is_held_against_the_log_too() {
        let value = serde_json::from_slice::<serde_json::Value>(&contested().to_bytes()).unwrap();
        assert_eq!(read(&value.to_string()), [""; 0]);
        let over = "conflict over the verdict of hit h, step first-login: the log says theirs against (bo, ";
        let edits: [(Edit, &str, &str); 9] = [
            (|case| drop(case["conflicts"].as_array_mut().unwrap().remove(0)), over, "the case nothing"),
            (|case| case["conflicts"][0]["theirs"]["to"] = "supports".into(), over, "the case theirs supports (bo"),
            (|case| case["conflicts"][0]["who"] = "mallory".into(), over, "the case theirs against (mallory"),
            (|case| case["conflicts"][0]["copy"] = "case-9.json".into(), over, "case-9.json)"),
            (
                |case| {
                    let mut more = case["conflicts"][0].clone();
                    more["theirs"]["step"] = "x".into();
                    case["conflicts"].as_array_mut().unwrap().push(more);
                },
                "conflict over the verdict of hit h, step x: the log says nothing",
                "the case theirs against",
            ),
            (|case| case["tlp"] = "TLP:CLEAR".into(), "sharing mark: the log says TLP:RED", "the case TLP:CLEAR"),
            (|case| case["apart"] = serde_json::json!([]), "case-3.json: the log says kept apart", "the case nothing"),
            (
                |case| case["apart"] = serde_json::json!(["case-3.json", "case-2.json"]),
                "case-2.json: the log says nothing",
                "the case kept apart",
            ),
            (
                |case| drop(case["conflicts"].as_array_mut().unwrap().remove(1)),
                "conflict over the tags of event e: the log says theirs \"b\" (bo, ",
                "the case nothing",
            ),
        ];
        for (edit, log, case) in edits {
            let mut value = value.clone();
            edit(&mut value);
            let problems = read(&value.to_string());
            assert!(problems.len() == 1 && problems[0].contains(log) && problems[0].contains(case), "{problems:?}");
        }
        let mut bare = Case::new("b".into(), "ana".into());
        bare.log(Time::MISSING, "opened".into());
        bare.tlp = "TLP:CLEAR".into();
        assert_eq!(bare.log_problems().len(), 1, "the usual mark needs no line, and another one does");
    }

    #[test]
    fn a_conflict_changed_or_taken_out_by_hand_is_settled_by_deciding_its_value() {
        let at = Time::parse("2026-05-02T10:00:00Z").unwrap();
        let mut untouched = contested();
        untouched.decide(1, true, at);
        untouched.decide(0, false, at);
        assert_eq!((untouched.log_problems(), untouched.conflicts.len()), (Vec::new(), 0));
        let mut case = contested();
        case.conflicts.remove(0);
        let Change::Tags { to, .. } = &mut case.conflicts[0].theirs else { panic!() };
        to[0] = "c".into();
        case.check_log();
        assert_eq!(case.problems().len(), 2);
        case.set_verdict("h", "first-login", Some(Verdict::Against), at);
        assert_eq!(case.problems().len(), 1);
        case.decide(0, true, at);
        assert_eq!((case.problems(), case.log_problems()), (&[][..], Vec::new()));
    }

    #[test]
    fn a_case_of_0_1_0_logged_no_sharing_mark_and_is_not_blamed_for_it() {
        let old = r#"{"version":1,"bundle":"b","analyst":"ana","tlp":"TLP:RED","hits":{},"place":null,"log":[]}"#;
        let mut case = Case::from_bytes(old.as_bytes()).unwrap();
        assert_eq!(case.log_problems(), []);
        case.set_bookmark("e", true, Time::MISSING);
        assert_eq!(case.log.first().unwrap().what, "the case is marked TLP:RED");
        assert_eq!((case.log_problems(), case.log.len()), (Vec::new(), 2));
        case.tlp = "TLP:GREEN".into();
        assert_eq!(case.log_problems().len(), 1);
    }
}
