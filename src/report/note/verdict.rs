//! The analyst's verdict on an incident, and what speaks against it.

use super::NoteContext;
use super::steps::asked;
use crate::analytics::{Hit, State};
use crate::model::Confidence;
use crate::model::words::counted;
use crate::triage::{Disposition, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// The gravest of the verdicts on an incident's hits; the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Closed as theft, at least one hit.
    Theft,
    /// Closed without an answer.
    Undecided,
    /// Not closed.
    Open,
    /// Closed as authorised.
    Authorised,
    /// Closed as found in error.
    Misfired,
}

impl Outcome {
    /// The outcome of one hit.
    pub fn new(disposition: Option<Disposition>) -> Self {
        match disposition {
            Some(Disposition::TruePositive) => Self::Theft,
            Some(Disposition::Undetermined) => Self::Undecided,
            None => Self::Open,
            Some(Disposition::Benign) => Self::Authorised,
            Some(Disposition::FalsePositive) => Self::Misfired,
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Theft => "theft",
            Self::Undecided => "cannot tell",
            Self::Open => "open",
            Self::Authorised => "authorised activity",
            Self::Misfired => "rule misfired",
        }
    }

    /// Returns whether it closes an incident as harmless.
    pub fn is_harmless(self) -> bool {
        matches!(self, Self::Authorised | Self::Misfired)
    }
}

/// The gravest outcome of some hits.
pub(super) fn outcome(context: &NoteContext, hits: &[&Hit]) -> Outcome {
    hits.iter().map(|hit| Outcome::new(context.disposition(hit))).min().unwrap_or(Outcome::Open)
}

/// `theft`; of several verdicts `theft (2 of 3 hits), open (1)`.
pub(super) fn words(context: &NoteContext, hits: &[&Hit]) -> String {
    let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
    for hit in hits {
        *counts.entry(Outcome::new(context.disposition(hit))).or_default() += 1;
    }
    if counts.len() == 1 {
        return counts.into_keys().next().unwrap_or(Outcome::Open).word().to_owned();
    }
    let part = |(outcome, count): (Outcome, usize)| format!("{} ({count} of {} hits)", outcome.word(), hits.len());
    counts.into_iter().map(part).collect::<Vec<_>>().join(", ")
}

/// Sentences on all that speaks against the verdict of some hits, of which the first leads.
pub(super) fn contradictions(context: &NoteContext, hits: &[&Hit]) -> Vec<String> {
    let outcome = outcome(context, hits);
    let found = |state: State| -> usize {
        let of =
            hits.iter().flat_map(|hit| hit.findings.iter().enumerate().map(|(at, found)| (asked(hit, at).0, found)));
        of.filter(|(_, found)| found.state == state).map(|(id, _)| id).collect::<BTreeSet<_>>().len()
    };
    let answers: Vec<Verdict> = hits
        .iter()
        .filter_map(|hit| context.case.work(&hit.id))
        .flat_map(|work| work.verdicts.values().copied())
        .collect();
    let count = |verdict: Verdict| answers.iter().filter(|one| **one == verdict).count();
    let (supports, against) = (found(State::Supports), found(State::Against));
    let mut sentences = Vec::new();
    if matches!(outcome, Outcome::Theft | Outcome::Authorised | Outcome::Misfired) && answers.is_empty() {
        sentences.push("No step was answered before this verdict.".to_owned());
    }
    let leading = hits[0];
    let word = outcome.word();
    match outcome {
        Outcome::Authorised | Outcome::Misfired => {
            if supports > 0 {
                let speak = if supports == 1 { "speaks" } else { "speak" };
                sentences.push(format!(
                    "The verdict is {word}, while {} {speak} for theft and {against} against it.",
                    counted(supports, "finding")
                ));
            }
            if leading.confidence > Confidence::Low {
                sentences.push(format!("What fits theft all the same: {}.", leading.confidence_reason));
            }
            if count(Verdict::Supports) > 0 {
                let steps = counted(count(Verdict::Supports), "step");
                sentences.push(format!("The analyst called {steps} evidence for theft."));
            }
        }
        Outcome::Theft => {
            if against > 0 {
                let speak = if against == 1 { "speaks" } else { "speak" };
                sentences.push(format!("{} {speak} against theft, {supports} for it.", counted(against, "finding")));
            }
            if leading.confidence == Confidence::Low {
                sentences.push(format!("What fits everyday work: {}.", leading.confidence_reason));
            }
            if count(Verdict::Against) > 0 {
                let steps = counted(count(Verdict::Against), "step");
                sentences.push(format!("The analyst called {steps} evidence against theft."));
            }
        }
        Outcome::Open | Outcome::Undecided => {}
    }
    sentences
}
