//! Findings: the bundle's answers to triage steps.

use crate::model::EventId;
use serde::{Deserialize, Serialize};

/// The bundle's answer to a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its direction.
    pub state: State,
    /// Three to five words for a narrow list: `2m00s`, `6 resources, 5 classes`.
    pub brief: String,
    /// The sentence with the numbers. For [`State::Missing`] it names the export that would answer.
    pub sentence: String,
    /// The rows it rests on, in time order.
    pub rows: Vec<EventId>,
}

impl Finding {
    /// A finding without rows.
    pub fn new(state: State, brief: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { state, brief: brief.into(), sentence: sentence.into(), rows: Vec::new() }
    }

    /// Adds the rows it rests on.
    #[must_use]
    pub fn with_rows(mut self, rows: impl IntoIterator<Item = EventId>) -> Self {
        self.rows.extend(rows);
        self.rows.sort_unstable();
        self.rows.dedup();
        self
    }
}

/// Direction of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Speaks for token theft.
    Supports,
    /// Speaks against it.
    Against,
    /// The bundle has rows, but they decide nothing.
    Unknown,
    /// The bundle cannot answer.
    Missing,
}

impl State {
    /// Its word, the same everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Supports => "supports",
            Self::Against => "against",
            Self::Unknown => "unknown",
            Self::Missing => "missing",
        }
    }
}
