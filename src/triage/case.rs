//! Verdicts, remarks and dispositions, with a log that shows when a line was changed or dropped.

use crate::model::{Source, Time};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What the analyst says to a step's finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Speaks for token theft.
    Supports,
    /// Speaks against it.
    Against,
    /// Decides nothing.
    Unknown,
}

impl Verdict {
    /// The word printed everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Supports => "supports",
            Self::Against => "against",
            Self::Unknown => "unknown",
        }
    }
}

/// What the hit turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// Token theft.
    TruePositive,
    /// It happened as described, and was meant to.
    Benign,
    /// It did not happen as described.
    FalsePositive,
    /// The evidence does not decide it.
    Undetermined,
}

impl Disposition {
    /// All, in the order of the menu.
    pub const ALL: [Self; 4] = [Self::TruePositive, Self::Benign, Self::FalsePositive, Self::Undetermined];

    /// The words printed everywhere.
    pub fn words(self) -> &'static str {
        match self {
            Self::TruePositive => "true positive",
            Self::Benign => "benign",
            Self::FalsePositive => "false positive",
            Self::Undetermined => "undetermined",
        }
    }
}

/// What was said to one hit. Steps count from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HitWork {
    /// Verdict by step.
    pub verdicts: BTreeMap<usize, Verdict>,
    /// Remark by step.
    pub remarks: BTreeMap<usize, String>,
    /// Disposition of the hit.
    pub disposition: Option<Disposition>,
}

/// One line of the log: who did what when. `prev` is the hash of the line before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When, RFC 3339 UTC.
    pub at: String,
    /// Who.
    pub who: String,
    /// What, in words.
    pub what: String,
    /// SHA-256 of the line before, lower-case hex; empty for the first.
    pub prev: String,
    /// SHA-256 of `prev`, `at`, `who` and `what`, each ended by a line feed.
    pub hash: String,
}

/// The sharing marks, from the widest circle to the closest (FIRST, TLP 2.0).
pub const TLP: [&str; 5] = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"];

/// The analyst's work on one bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Version of this layout; a newer one is not touched.
    pub version: u32,
    /// [`fingerprint`] of the bundle.
    pub bundle: String,
    /// Who works on it.
    #[serde(default)]
    pub analyst: String,
    /// TLP marking, such as `TLP:AMBER`.
    pub tlp: String,
    /// Work by hit id.
    #[serde(default)]
    pub hits: BTreeMap<String, HitWork>,
    /// Hit id last worked on, and the step.
    #[serde(default)]
    pub place: Option<(String, usize)>,
    /// When the sessions and tokens of a user were revoked, as the analyst says, by the store's key of the user.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub revoked: BTreeMap<String, Time>,
    /// Append-only log.
    #[serde(default)]
    pub log: Vec<LogLine>,
}

impl Case {
    /// Version this program writes.
    pub const VERSION: u32 = 1;

    /// An empty case for a bundle.
    pub fn new(bundle: String, analyst: String) -> Self {
        Self {
            version: Self::VERSION,
            bundle,
            analyst,
            tlp: TLP[2].to_owned(),
            hits: BTreeMap::new(),
            place: None,
            revoked: BTreeMap::new(),
            log: Vec::new(),
        }
    }

    /// The work on a hit, if any was done.
    pub fn work(&self, hit: &str) -> Option<&HitWork> {
        self.hits.get(hit)
    }

    /// Verdict on a step (from 1).
    pub fn verdict(&self, hit: &str, step: usize) -> Option<Verdict> {
        self.work(hit)?.verdicts.get(&step).copied()
    }

    /// Remark on a step (from 1).
    pub fn remark(&self, hit: &str, step: usize) -> Option<&str> {
        self.work(hit)?.remarks.get(&step).map(String::as_str)
    }

    /// Disposition of a hit.
    pub fn disposition(&self, hit: &str) -> Option<Disposition> {
        self.work(hit)?.disposition
    }

    /// Sets or clears a verdict.
    pub fn set_verdict(&mut self, hit: &str, step: usize, verdict: Option<Verdict>, at: Time) {
        let work = self.hits.entry(hit.to_owned()).or_default();
        let said = if let Some(verdict) = verdict {
            work.verdicts.insert(step, verdict);
            verdict.word()
        } else {
            work.verdicts.remove(&step);
            "cleared"
        };
        self.log(at, format!("{hit} step {step}: verdict {said}"));
    }

    /// Sets a remark; an empty one clears it.
    pub fn set_remark(&mut self, hit: &str, step: usize, remark: &str, at: Time) {
        let work = self.hits.entry(hit.to_owned()).or_default();
        if remark.is_empty() {
            work.remarks.remove(&step);
            self.log(at, format!("{hit} step {step}: remark cleared"));
        } else {
            work.remarks.insert(step, remark.to_owned());
            self.log(at, format!("{hit} step {step}: remark \"{remark}\""));
        }
    }

    /// Sets or clears a disposition.
    pub fn set_disposition(&mut self, hit: &str, disposition: Option<Disposition>, at: Time) {
        self.hits.entry(hit.to_owned()).or_default().disposition = disposition;
        let words = disposition.map_or("cleared", Disposition::words);
        self.log(at, format!("{hit}: disposition {words}"));
    }

    /// When a user's sessions and tokens were revoked, as the analyst says.
    pub fn revoked(&self, user: &str) -> Option<Time> {
        self.revoked.get(user).copied()
    }

    /// Sets or clears the time at which a user's sessions and tokens were revoked.
    pub fn set_revoked(&mut self, user: &str, revoked: Option<Time>, at: Time) {
        let said = if let Some(time) = revoked {
            self.revoked.insert(user.to_owned(), time);
            format!("at {time}")
        } else {
            self.revoked.remove(user);
            "cleared".to_owned()
        };
        self.log(at, format!("user {user}: revoked {said}"));
    }

    /// Appends a line to the log.
    pub fn log(&mut self, at: Time, what: String) {
        let prev = self.log.last().map_or_else(String::new, |line| line.hash.clone());
        let mut line = LogLine { at: at.to_string(), who: self.analyst.clone(), what, prev, hash: String::new() };
        line.hash = line.expected_hash();
        self.log.push(line);
    }

    /// Number (from 1) of the first log line that was changed, dropped or moved; `None` when the log is whole.
    pub fn broken_log_line(&self) -> Option<usize> {
        let mut prev = "";
        for (index, line) in self.log.iter().enumerate() {
            if line.prev != prev || line.hash != line.expected_hash() {
                return Some(index + 1);
            }
            prev = &line.hash;
        }
        None
    }
}

impl LogLine {
    fn expected_hash(&self) -> String {
        hex(&Sha256::digest(format!("{}\n{}\n{}\n{}\n", self.prev, self.at, self.who, self.what)))
    }
}

/// Names a bundle by the bytes of its files, whatever they are called and in whatever order they were given.
pub fn fingerprint(sources: &[Source]) -> String {
    let mut hashes: Vec<&str> = sources.iter().map(|source| source.sha256.as_str()).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hex(&Sha256::digest(hashes.join("\n")))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string does not fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_log_line_is_found() {
        let mut case = Case::new("b".into(), "ana".into());
        let at = Time::parse("2026-05-02T08:00:00Z").unwrap();
        case.set_verdict("h", 1, Some(Verdict::Supports), at);
        case.set_remark("h", 1, "seen", at);
        case.set_disposition("h", Some(Disposition::Benign), at);
        assert_eq!(case.broken_log_line(), None);
        case.log[1].what.push('!');
        assert_eq!(case.broken_log_line(), Some(2));
    }

    #[test]
    fn a_revocation_is_kept_and_logged_and_a_case_without_one_opens() {
        let mut case = Case::new("b".into(), "ana".into());
        let before = serde_json::to_string(&case).unwrap();
        assert!(!before.contains("revoked"), "nothing is written that an older program does not know");
        assert_eq!(serde_json::from_str::<Case>(&before).unwrap(), case);
        let at = Time::parse("2026-05-02T08:00:00Z").unwrap();
        let revoked = Time::parse("2026-05-01T14:10:00Z").unwrap();
        case.set_revoked("u1", Some(revoked), at);
        let again: Case = serde_json::from_str(&serde_json::to_string(&case).unwrap()).unwrap();
        assert_eq!((again.revoked("u1"), again.revoked("u2")), (Some(revoked), None));
        assert_eq!(again.log[0].what, "user u1: revoked at 2026-05-01T14:10:00.0000000Z");
        case.set_revoked("u1", None, at);
        assert_eq!((case.revoked("u1"), case.broken_log_line(), case.log.len()), (None, None, 2));
    }
}
