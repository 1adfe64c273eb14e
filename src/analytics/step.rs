//! Numbered triage steps.

use super::{Analytic, Baseline, DetectContext, Finding, Hit};
use crate::facts::Facts;
use crate::model::Field;
use crate::store::Store;

/// One triage step. Its number is its place in the analytic's list, from 1.
pub struct Step {
    /// Kebab-case id, the key of saved verdicts and remarks. Unique within an analytic, the same for the same question
    /// in all. Never change it or give it to another question: saved cases name it.
    pub id: &'static str,
    /// A few words for a narrow list.
    pub title: &'static str,
    /// The question to settle, one sentence.
    pub question: &'static str,
    /// Hint for reading the rows shown, one line.
    pub look_for: &'static str,
    /// Display of the finding's rows in the timeline.
    pub show: Show,
    /// Computes the finding.
    pub answer: Answer,
}

impl Step {
    /// Returns whether it is a task, and no question of evidence: what to revoke.
    pub fn is_task(&self) -> bool {
        self.id == "what-to-revoke"
    }
}

/// Computes a step's finding for a hit.
pub(super) type Answer = fn(&StepContext) -> Finding;

/// Display of a step's rows in the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// All rows stay; the step's are marked and the first is in view.
    Mark,
    /// Only the step's rows.
    Only,
    /// Only the step's rows, grouped by a field.
    GroupBy(Field),
}

/// Input of a step.
pub struct StepContext<'a> {
    /// The analytic that found the hit.
    pub analytic: &'a Analytic,
    /// The run that found the hit.
    pub detect: &'a DetectContext<'a>,
    /// Every event.
    pub store: &'a Store,
    /// Dated knowledge.
    pub facts: &'a Facts,
    /// The hit in question, complete but for findings.
    pub hit: &'a Hit,
    /// Baseline of the hit's user.
    pub baseline: &'a Baseline,
}
