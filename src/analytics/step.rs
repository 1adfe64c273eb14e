//! Numbered triage steps and the findings the bundle gives to them.

use super::{Analytic, Baseline, Hit};
use crate::facts::Facts;
use crate::model::{EventId, Field};
use crate::store::Store;
use serde::{Deserialize, Serialize};

/// One triage step. Its number is its place in the analytic's list, from 1.
pub struct Step {
    /// Kebab-case id: what verdicts and remarks are saved under. Unique within an analytic, the same for the same
    /// question in all. Never changed and never given to another question: saved cases name it.
    pub id: &'static str,
    /// A few words for a narrow list.
    pub title: &'static str,
    /// The question to settle, one sentence.
    pub question: &'static str,
    /// What to look for in the rows shown, one line.
    pub look_for: &'static str,
    /// How the timeline shows the finding's rows.
    pub show: Show,
    /// Computes the finding.
    pub answer: Answer,
}

/// Computes a step's finding for a hit.
pub(super) type Answer = fn(&Inquiry) -> Finding;

/// How the timeline shows a step's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// All rows stay; the step's are marked and the first is in view.
    Mark,
    /// Only the step's rows.
    Only,
    /// Only the step's rows, grouped by a field.
    GroupBy(Field),
}

/// What a step may look at.
pub struct Inquiry<'a> {
    /// The analytic that found the hit.
    pub analytic: &'a Analytic,
    /// Every event.
    pub store: &'a Store,
    /// Dated knowledge.
    pub facts: &'a Facts,
    /// The hit in question, complete but for findings.
    pub hit: &'a Hit,
    /// What is usual for the hit's user.
    pub baseline: &'a Baseline,
}

/// What the bundle says to a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which way it points.
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

/// Which way a finding points.
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
    /// The word printed everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Supports => "supports",
            Self::Against => "against",
            Self::Unknown => "unknown",
            Self::Missing => "missing",
        }
    }
}
