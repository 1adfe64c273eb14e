//! The case: the analyst's work on one bundle with the log that gives it, read and written.

use super::basis::Basis;
use super::change::{Change, Conflict, History};
use super::log::{Log, LogEnd};
use super::log_problem::LogProblem;
use super::numbered;
use super::work::{Branch, Closing, Disposition, HitWork, Mark, Verdict};
use crate::model::words::hex;
use crate::model::{Source, Time};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The sharing marks, from the widest circle to the closest (FIRST, TLP 2.0).
pub const TLP: [&str; 5] = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"];

/// The analyst's work on one bundle. [`Case::to_bytes`] writes it, [`Case::from_bytes`] reads it. A clone has nothing to
/// undo.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Stored")]
pub struct Case {
    /// Version of this layout; a newer one is not touched.
    pub version: u32,
    /// [`fingerprint`] of the bundle that it was opened on last.
    pub bundle: String,
    /// The evidence it was made from; `None` in a file that lists none.
    pub(super) basis: Option<Arc<Basis>>,
    /// The analyst.
    pub analyst: String,
    /// TLP marking, such as `TLP:AMBER`.
    pub tlp: String,
    /// Work by hit id.
    pub hits: BTreeMap<String, HitWork>,
    /// Marks on events, by [`super::marks::key`].
    pub marks: BTreeMap<String, Mark>,
    /// Hit id last worked on, and the id of the step.
    pub place: Option<(String, String)>,
    /// Time of revocation of a user's sessions and tokens, as the analyst entered it, by the store's key of the user.
    pub revoked: BTreeMap<String, Time>,
    /// When each task of containment was done, by the store's key of the user and the id of the task.
    pub contained: BTreeMap<String, BTreeMap<String, Time>>,
    /// Values that another analyst changed differently, until somebody decides.
    pub conflicts: Vec<Conflict>,
    /// Files beside it that look like copies and that the analyst keeps apart.
    pub apart: Vec<String>,
    /// The case it was copied from, where another process has that.
    pub branch: Option<Box<Branch>>,
    /// Append-only log.
    pub log: Log,
    /// Fields of a later program, kept unchanged.
    pub rest: BTreeMap<String, Value>,
    /// The cut of the log, until a log line records it.
    pub(super) cut: Option<Change>,
    /// Problems found by [`Case::check_log`], without those settled since.
    pub(super) problems: Vec<LogProblem>,
    /// Changes made since the program began.
    pub(super) history: History,
}

/// A case file of any layout up to [`Case::VERSION`].
#[derive(Deserialize)]
struct Stored {
    version: u32,
    bundle: String,
    #[serde(default)]
    analyst: String,
    tlp: String,
    #[serde(default)]
    hits: BTreeMap<String, HitWork>,
    #[serde(default)]
    marks: BTreeMap<String, Mark>,
    #[serde(default, deserialize_with = "place")]
    place: Option<(String, String)>,
    #[serde(default)]
    revoked: BTreeMap<String, Time>,
    #[serde(default)]
    contained: BTreeMap<String, BTreeMap<String, Time>>,
    #[serde(default)]
    conflicts: Vec<Conflict>,
    #[serde(default)]
    apart: Vec<String>,
    #[serde(default)]
    branch: Option<Box<Branch>>,
    #[serde(default)]
    basis: Option<Basis>,
    #[serde(default)]
    log: Log,
    /// End of the log when the file was written; layouts 1 and 2 do not have it.
    #[serde(default)]
    log_end: Option<LogEnd>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

impl From<Stored> for Case {
    fn from(stored: Stored) -> Self {
        let Stored { version, bundle, analyst, tlp, hits, marks, place, revoked, log, log_end, .. } = stored;
        let Stored { conflicts, apart, branch, basis, contained, rest, .. } = stored;
        let end = log.end();
        // A program that wrote no change as data wrote no end either.
        let ends = log_end.is_some() || version >= 3 || log.iter().any(|line| line.change.is_some());
        let cut = (ends && log_end.as_ref() != Some(&end))
            .then(|| Change::LogCut { lines: end.lines, saved: log_end.map(|end| end.lines) });
        Self {
            tlp,
            hits,
            marks,
            place,
            revoked,
            contained,
            conflicts,
            apart,
            branch,
            basis: basis.map(Arc::new),
            log,
            rest,
            cut,
            ..Self::new(bundle, analyst)
        }
    }
}

/// The part of a case file before the log.
#[derive(Serialize)]
struct Head<'a> {
    version: u32,
    bundle: &'a str,
    analyst: &'a str,
    tlp: &'a str,
    hits: &'a BTreeMap<String, HitWork>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    marks: &'a BTreeMap<String, Mark>,
    place: &'a Option<(String, String)>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    revoked: &'a BTreeMap<String, Time>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    contained: &'a BTreeMap<String, BTreeMap<String, Time>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    conflicts: &'a [Conflict],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    apart: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'a Branch>,
    log_end: LogEnd,
    #[serde(flatten)]
    rest: &'a BTreeMap<String, Value>,
}

impl Case {
    /// The layout this program writes, and the newest it reads. Layouts 1 and 2 (tokentrail 0.1.0) number the steps and
    /// have log lines in words alone.
    pub const VERSION: u32 = 3;

    /// An empty case for a bundle.
    pub fn new(bundle: String, analyst: String) -> Self {
        Self {
            version: Self::VERSION,
            bundle,
            analyst,
            tlp: TLP[2].to_owned(),
            hits: BTreeMap::new(),
            marks: BTreeMap::new(),
            place: None,
            revoked: BTreeMap::new(),
            contained: BTreeMap::new(),
            conflicts: Vec::new(),
            apart: Vec::new(),
            branch: None,
            basis: None,
            log: Log::default(),
            rest: BTreeMap::new(),
            cut: None,
            problems: Vec::new(),
            history: History::default(),
        }
    }

    /// Reads a case file of any layout up to [`Case::VERSION`].
    ///
    /// # Errors
    /// When it is not the JSON of a case.
    pub fn from_bytes(bytes: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(bytes)
    }

    /// The case file as JSON, indented but for the log: a line of the log is a line of the file.
    ///
    /// The log's lines are kept as text, so a long log costs no more than copying it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = Head {
            version: self.version,
            bundle: &self.bundle,
            analyst: &self.analyst,
            tlp: &self.tlp,
            hits: &self.hits,
            marks: &self.marks,
            place: &self.place,
            revoked: &self.revoked,
            contained: &self.contained,
            conflicts: &self.conflicts,
            apart: &self.apart,
            branch: self.branch.as_deref(),
            log_end: self.log.end(),
            rest: &self.rest,
        };
        let mut bytes = serde_json::to_vec_pretty(&head).expect("a case is texts and numbers");
        bytes.truncate(bytes.len() - "\n}".len());
        let basis = self.basis.as_ref().map_or("", |basis| basis.text());
        bytes.reserve(self.log.texts().map(str::len).sum::<usize>() + basis.len() + 64);
        if !basis.is_empty() {
            bytes.extend_from_slice(b",\n  \"basis\": ");
            bytes.extend_from_slice(basis.as_bytes());
        }
        bytes.extend_from_slice(b",\n  \"log\": [");
        self.log.texts().for_each(|text| bytes.extend_from_slice(text.as_bytes()));
        bytes.extend_from_slice(if self.log.is_empty() { b"]\n}\n" } else { b"\n  ]\n}\n" });
        bytes
    }

    /// Opens the case on the hits of a run (id, analytic): [`Case::name_steps`], then [`Case::check_log`].
    pub fn resume<'a>(&mut self, hits: impl IntoIterator<Item = (&'a str, &'a str)>) {
        self.name_steps(hits);
        self.check_log();
    }

    /// Replaces step numbers of layouts 1 and 2 by step ids, for these hits (id, analytic). Work on other hits keeps
    /// its numbers until a run has them.
    pub fn name_steps<'a>(&mut self, hits: impl IntoIterator<Item = (&'a str, &'a str)>) {
        for (hit, analytic) in hits {
            if let Some((_, step)) = self.place.as_mut().filter(|(id, _)| id == hit) {
                numbered::name(analytic, step);
            }
            let Some(work) = self.hits.get_mut(hit) else { continue };
            let is_numbered = |step: &String| numbered::is_number(step);
            if !work.verdicts.keys().chain(work.remarks.keys()).any(is_numbered) {
                continue;
            }
            work.verdicts = numbered::named(analytic, std::mem::take(&mut work.verdicts));
            work.remarks = numbered::named(analytic, std::mem::take(&mut work.remarks));
            work.numbered_by = Some(analytic.to_owned());
        }
    }

    /// The work on a hit, if any was done.
    pub fn work(&self, hit: &str) -> Option<&HitWork> {
        self.hits.get(hit)
    }

    /// Verdict on a step, by its id.
    pub fn verdict(&self, hit: &str, step: &str) -> Option<Verdict> {
        self.work(hit)?.verdicts.get(step).copied()
    }

    /// Remark on a step, by its id.
    pub fn remark(&self, hit: &str, step: &str) -> Option<&str> {
        self.work(hit)?.remarks.get(step).map(String::as_str)
    }

    /// Verdict on a hit.
    pub fn disposition(&self, hit: &str) -> Option<Disposition> {
        self.work(hit)?.disposition
    }

    /// Verdict on a hit with its grounds.
    pub fn closing(&self, hit: &str) -> Option<Closing> {
        let work = self.work(hit)?;
        let (reason, confirmed) = (work.reason.clone(), work.confirmed.clone());
        Some(Closing { disposition: work.disposition?, reason, confirmed })
    }

    /// Ids of the hits that the analyst took out of their incidents.
    pub fn alone(&self) -> BTreeSet<String> {
        self.hits.iter().filter(|(_, work)| work.alone).map(|(id, _)| id.clone()).collect()
    }

    /// Time of revocation of a user's sessions and tokens, as the analyst entered it.
    pub fn revoked(&self, user: &str) -> Option<Time> {
        self.revoked.get(user).copied()
    }

    /// Every time of revocation that the analyst entered, by user.
    pub fn revocations(&self) -> Vec<(String, Time)> {
        self.revoked.iter().map(|(user, at)| (user.clone(), *at)).collect()
    }

    /// When a task of containment was done for a user.
    pub fn task_done(&self, user: &str, task: &str) -> Option<Time> {
        self.contained.get(user)?.get(task).copied()
    }

    /// Appends a line to the log that changes nothing in the case.
    pub fn log(&mut self, at: Time, what: String) {
        self.push_line(at, what, Change::Nothing);
    }

    /// Appends a line; before the first one after a cut of the log, a line that records the cut.
    pub(super) fn push_line(&mut self, at: Time, what: String, change: Change) {
        let at = if at.is_known() { at.to_string() } else { "unknown".to_owned() };
        let is_unmarked = self.tlp_is_unlogged() && self.tlp != TLP[2];
        if let Some(cut) = self.cut.take() {
            self.log.push(at.clone(), &self.analyst, cut.words(), cut);
        }
        if is_unmarked {
            let mark = Change::Tlp { to: self.tlp.clone() };
            self.log.push(at.clone(), &self.analyst, mark.words(), mark);
        }
        self.problems.retain(|problem| !problem.is_settled_by(&change));
        self.log.push(at, &self.analyst, what, change);
    }

    /// Returns whether no line sets the sharing mark, and none had to: 0.1.0 logged none, and a new case logs it with
    /// its first line.
    pub(super) fn tlp_is_unlogged(&self) -> bool {
        self.cut.is_none() && self.log.last().is_none_or(|line| line.change.is_none())
    }
}

/// Reads a place; one of layout 1 or 2 has the step's number.
fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<(String, String)>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Step {
        Number(usize),
        Id(String),
    }
    let place = Option::<(String, Step)>::deserialize(deserializer)?;
    Ok(place.map(|(hit, step)| match step {
        Step::Number(number) => (hit, number.to_string()),
        Step::Id(id) => (hit, id),
    }))
}

/// Fingerprint of a bundle by the bytes of its files, whatever their names and order.
pub fn fingerprint(sources: &[Source]) -> String {
    let mut hashes: Vec<&str> = sources.iter().map(Source::sha256).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hex(&Sha256::digest(hashes.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_read_as_it_was_written() {
        let mut case = Case::new("b".into(), "ana".into());
        assert_eq!(Case::from_bytes(&case.to_bytes()).unwrap(), case);
        let at = Time::parse("2026-05-02T08:00:00Z").unwrap();
        let revoked = Time::parse("2026-05-01T14:10:00Z").unwrap();
        case.set_revoked("u1", Some(revoked), at);
        case.set_task("u2", "revoke-sessions", Some(at), true, at);
        assert_eq!(case.revoked("u2"), Some(at), "a time of revocation comes with it");
        assert!(case.undo(at).is_some() && case.task_done("u2", "revoke-sessions").is_none());
        assert_eq!(case.revoked("u2"), None, "and goes with it");
        case.set_task("u1", "revoke-sessions", Some(at), true, at);
        assert_eq!(case.revoked("u1"), Some(revoked), "one that is known stays");
        case.set_remark("h", "first-login", "a \"word\"\\ \u{2028}", at);
        case.place = Some(("h".into(), "first-login".into()));
        let again = Case::from_bytes(&case.to_bytes()).unwrap();
        assert_eq!((again.revoked("u1"), again.revoked("u2")), (Some(revoked), None));
        assert_eq!(again.task_done("u1", "revoke-sessions"), Some(at));
        assert_eq!(again.log.first().unwrap().what, "user u1: revoked at 2026-05-01T14:10:00.0000000Z");
        assert_eq!((again.log_problems(), again.to_bytes() == case.to_bytes()), (Vec::new(), true));
        assert_eq!(again, Case { history: again.history.clone(), ..case });
    }

    #[test]
    fn a_line_of_the_log_is_a_line_of_the_file() {
        let mut case = Case::new("b".into(), "ana".into());
        for second in 0..3 {
            case.set_bookmark("e", second % 2 == 0, Time::MISSING);
        }
        let text = String::from_utf8(case.to_bytes()).unwrap();
        assert_eq!(text.lines().filter(|line| line.contains("\"hash\":") && line.contains("\"at\":")).count(), 3);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((value["version"].as_u64(), value["log_end"]["lines"].as_u64()), (Some(3), Some(3)));
    }
}
