//! The log of a case: each change with author, time, the change as data and the hash of the line before.

use super::change::Change;
use crate::model::is_blank;
use crate::model::words::hex;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Author of a line when the analyst is not known.
pub(crate) const UNKNOWN: &str = "unknown";

/// One line of the log. `prev` is the hash of the line before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Time, RFC 3339 UTC.
    pub at: String,
    /// The author.
    pub who: String,
    /// The change in words.
    pub what: String,
    /// The change as data; `None` in the lines of tokentrail 0.1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// SHA-256 of the line before, lower-case hex; empty for the first.
    pub prev: String,
    /// SHA-256 of `prev`, `at`, `who` and `what`, each ended by a line feed; before them the word `change` and after
    /// them the change as JSON, each ended by a line feed too, where the line has one.
    pub hash: String,
    /// Fields of a later program, kept unchanged, under no hash.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

impl LogLine {
    /// The hash of its text.
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

/// End of a log when the case was last saved: its length and the hash of its last line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEnd {
    /// Lines.
    pub lines: usize,
    /// Hash of the last one; empty where there is none.
    pub hash: String,
}

/// Lines of a block, the most that are copied when a line is added while a clone lives.
const BLOCK: usize = 256;

/// The lines, oldest first. Append-only.
///
/// A clone shares them: the case goes to the threads that save it and compose the note while this one draws. A line
/// added while a clone lives copies the last block alone, however long the log.
#[derive(Clone, Debug, Default)]
pub struct Log(Vec<Arc<Block>>);

/// Some lines in a row; all blocks but the last are full.
#[derive(Clone, Debug, Default)]
struct Block {
    lines: Vec<LogLine>,
    /// The lines as the file has them, so that a save formats only the new one.
    text: String,
}

impl Log {
    /// Appends a line. A line without a signature is signed [`UNKNOWN`].
    pub(super) fn push(&mut self, at: String, who: &str, what: String, change: Change) {
        let who = if is_blank(who) { UNKNOWN } else { who.trim() };
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
        let is_first = self.is_empty();
        if self.0.last().is_none_or(|block| block.lines.len() == BLOCK) {
            self.0.push(Arc::default());
        }
        let block = Arc::make_mut(self.0.last_mut().expect("there is one now"));
        block.text.push_str(if is_first { "\n    " } else { ",\n    " });
        block.text.push_str(&json(&line));
        block.lines.push(line);
    }

    /// Every line.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &LogLine> {
        self.0.iter().flat_map(|block| &block.lines)
    }

    /// Number of lines.
    pub fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * BLOCK + last.lines.len())
    }

    /// Returns whether there are no lines.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The line at a place, counted from 0.
    pub fn get(&self, at: usize) -> Option<&LogLine> {
        self.0.get(at / BLOCK)?.lines.get(at % BLOCK)
    }

    /// The oldest line.
    pub fn first(&self) -> Option<&LogLine> {
        self.get(0)
    }

    /// The newest line.
    pub fn last(&self) -> Option<&LogLine> {
        self.0.last()?.lines.last()
    }

    /// Length and last hash.
    pub fn end(&self) -> LogEnd {
        let hash = self.last().map_or_else(String::new, |line| line.hash.clone());
        LogEnd { lines: self.len(), hash }
    }

    /// The members of the JSON array, each on a line, in parts.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|block| block.text.as_str())
    }
}

impl PartialEq for Log {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
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

    fn text(log: &Log) -> String {
        log.texts().collect()
    }

    #[test]
    fn a_line_added_leaves_those_before_as_they_stand() {
        let mut log = Log::default();
        let mut before = String::new();
        for line in 0..2 * BLOCK + 3 {
            assert_eq!((log.len(), log.is_empty()), (line, line == 0));
            log.push(String::new(), "ana", format!("line {line}"), Change::Nothing);
            let now = text(&log);
            let added = now.strip_prefix(before.as_str()).unwrap();
            assert_eq!(added.matches("\"hash\"").count(), 1, "only the new line is made into text");
            before = now;
        }
        let read: Log = serde_json::from_str(&format!("[{before}]")).unwrap();
        assert_eq!((&read, text(&read)), (&log, before));
        let place = |line: Option<&LogLine>| line.map(|line| line.what.clone());
        assert_eq!(place(log.get(BLOCK)), Some(format!("line {BLOCK}")));
        assert_eq!((place(log.first()), place(log.get(log.len()))), (Some("line 0".to_owned()), None));
        assert_eq!(place(log.iter().next_back()), place(log.last()));
    }

    #[test]
    fn a_line_added_while_a_clone_lives_copies_one_block_however_long_the_log() {
        for lines in [10, 1_000, 10_000] {
            let mut log = Log::default();
            for line in 0..lines {
                log.push(String::new(), "ana", format!("line {line}"), Change::Nothing);
            }
            let clone = log.clone();
            log.push(String::new(), "ana", "after".to_owned(), Change::Nothing);
            let apart = clone.0.iter().zip(&log.0).filter(|(before, now)| !Arc::ptr_eq(before, now));
            let copied: usize = apart.map(|(before, _)| before.lines.len()).sum();
            assert!(copied < BLOCK, "{copied} of {lines}");
            assert_eq!((clone.len(), log.len()), (lines, lines + 1));
            assert!(text(&log).starts_with(&text(&clone)) && clone != log);
        }
    }
}
