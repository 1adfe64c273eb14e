//! The log of a case: who changed what when, each line with the hash of the one before and with the change as data.

use super::change::Change;
use super::hex;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

/// Signs a line where nobody is known.
pub const UNKNOWN: &str = "unknown";

/// One line of the log: who did what when. `prev` is the hash of the line before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When, RFC 3339 UTC.
    pub at: String,
    /// Who.
    pub who: String,
    /// What, in words.
    pub what: String,
    /// The same as data; `None` in the lines of tokentrail 0.1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// SHA-256 of the line before, lower-case hex; empty for the first.
    pub prev: String,
    /// SHA-256 of `prev`, `at`, `who` and `what`, each ended by a line feed; before them the word `change` and after
    /// them the change as JSON, each ended by a line feed too, where the line has one.
    pub hash: String,
    /// Fields of a later program: kept as they are, under no hash.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

impl LogLine {
    /// The hash that its text gives.
    pub(super) fn expected_hash(&self) -> String {
        let Self { prev, at, who, what, change, .. } = self;
        let words = format!("{prev}\n{at}\n{who}\n{what}\n");
        hex(&Sha256::digest(match change {
            None => words,
            Some(change) => format!("change\n{words}{}\n", json(change)),
        }))
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a log line is texts and numbers")
}

/// Where a log ended when the case was last saved: its length and the hash of its last line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEnd {
    /// Lines.
    pub lines: usize,
    /// Hash of the last one; empty where there is none.
    pub hash: String,
}

/// The lines, oldest first. They are only added to.
///
/// A clone shares them: the case goes to the thread that composes the note while this one draws. Only a line added while
/// a clone lives copies all of them.
#[derive(Clone, Debug, Default)]
pub struct Log {
    lines: Arc<Vec<LogLine>>,
    /// The lines as they stand in the file, so that a save writes only the new one anew.
    text: Arc<String>,
}

impl Log {
    /// Appends a line. A line without a signature is signed [`UNKNOWN`].
    pub(super) fn push(&mut self, at: String, who: &str, what: String, change: Change) {
        let who = if who.trim().is_empty() { UNKNOWN } else { who.trim() };
        let prev = self.end().hash;
        let mut line = LogLine {
            at,
            who: who.to_owned(),
            what,
            change: Some(change),
            prev,
            hash: String::new(),
            rest: BTreeMap::new(),
        };
        line.hash = line.expected_hash();
        self.keep(line);
    }

    fn keep(&mut self, line: LogLine) {
        let (lines, text) = (Arc::make_mut(&mut self.lines), Arc::make_mut(&mut self.text));
        text.push_str(if lines.is_empty() { "\n    " } else { ",\n    " });
        text.push_str(&json(&line));
        lines.push(line);
    }

    /// Length and last hash.
    pub fn end(&self) -> LogEnd {
        let hash = self.lines.last().map_or_else(String::new, |line| line.hash.clone());
        LogEnd { lines: self.lines.len(), hash }
    }

    /// The members of the JSON array, each on a line.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

impl Deref for Log {
    type Target = [LogLine];

    fn deref(&self) -> &[LogLine] {
        &self.lines
    }
}

impl PartialEq for Log {
    fn eq(&self, other: &Self) -> bool {
        self.lines == other.lines
    }
}

impl Eq for Log {}

impl<'de> Deserialize<'de> for Log {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut log = Self::default();
        for line in Vec::<LogLine>::deserialize(deserializer)? {
            log.keep(line);
        }
        Ok(log)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_added_leaves_those_before_as_they_stand_and_a_clone_shares_them() {
        let mut log = Log::default();
        let mut before = String::new();
        for line in 0..50 {
            log.push(String::new(), "ana", format!("line {line}"), Change::Nothing);
            let added = log.text().strip_prefix(before.as_str()).unwrap();
            assert_eq!(added.matches("\"hash\"").count(), 1, "only the new line is made into text");
            before = log.text().to_owned();
        }
        let clone = log.clone();
        assert!(Arc::ptr_eq(&clone.lines, &log.lines) && Arc::ptr_eq(&clone.text, &log.text));
        log.push(String::new(), "ana", "after".to_owned(), Change::Nothing);
        assert_eq!((clone.len(), log.len(), clone.text() == before), (50, 51, true));
    }
}
