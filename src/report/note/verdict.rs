//! The analyst's verdict on an incident in words, and what speaks against it.

use crate::analytics::Hit;
use crate::model::Confidence;
use crate::model::words::counted;
use crate::report::guided::QUESTIONS;
use crate::report::verdict::{Outcome, findings, outcome};
use crate::triage::{Case, Verdict};
use std::collections::BTreeMap;

/// `theft`; of several verdicts `theft (2 of 3 hits), open (1)`.
pub(super) fn words(case: &Case, hits: &[&Hit]) -> String {
    let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
    for hit in hits {
        *counts.entry(Outcome::new(case.disposition(&hit.id))).or_default() += 1;
    }
    if counts.len() == 1 {
        return counts.into_keys().next().unwrap_or(Outcome::Open).word().to_owned();
    }
    let part = |(outcome, count): (Outcome, usize)| format!("{} ({count} of {} hits)", outcome.word(), hits.len());
    counts.into_iter().map(part).collect::<Vec<_>>().join(", ")
}

/// Sentences on all that speaks against the verdict of some hits, of which the first leads.
pub(super) fn contradictions(case: &Case, hits: &[&Hit]) -> Vec<String> {
    let outcome = outcome(case, hits);
    let answers: Vec<(&String, &Verdict)> =
        hits.iter().filter_map(|hit| case.work(&hit.id)).flat_map(|work| &work.verdicts).collect();
    // Answers to the plain questions stand by themselves: no step has them.
    let is_step = |id: &str| !QUESTIONS.iter().any(|question| question.id == id);
    let count = |verdict: Verdict| answers.iter().filter(|(id, one)| **one == verdict && is_step(id)).count();
    let (supports, against) = findings(hits);
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
