//! The analyst's verdict on an incident, and what speaks against it.

use super::steps::asked;
use crate::analytics::{Hit, State};
use crate::model::Confidence;
use crate::model::words::counted;
use crate::report::guided::QUESTIONS;
use crate::triage::{Case, Closing, Disposition, Verdict};
use serde::Serialize;
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
            Some(Disposition::Theft) => Self::Theft,
            Some(Disposition::CannotTell) => Self::Undecided,
            None => Self::Open,
            Some(Disposition::Authorised) => Self::Authorised,
            Some(Disposition::Misfired) => Self::Misfired,
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
pub(super) fn outcome(case: &Case, hits: &[&Hit]) -> Outcome {
    hits.iter().map(|hit| Outcome::new(case.disposition(&hit.id))).min().unwrap_or(Outcome::Open)
}

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

/// The reasons for the verdicts on some hits, and who confirmed them.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Grounds {
    /// Reasons, in the analyst's words.
    pub reasons: Vec<String>,
    /// Who confirmed them.
    pub confirmed_by: Vec<String>,
    /// Whether a verdict among them asks for both.
    #[serde(skip)]
    is_asked: bool,
}

impl Grounds {
    /// The grounds of the verdicts on some hits.
    pub fn new(case: &Case, hits: &[&Hit]) -> Self {
        let closings: Vec<Closing> = hits.iter().filter_map(|hit| case.closing(&hit.id)).collect();
        let each = |part: fn(&Closing) -> &String| -> Vec<String> {
            let texts: BTreeSet<&String> = closings.iter().map(part).filter(|text| !text.is_empty()).collect();
            texts.into_iter().cloned().collect()
        };
        Self {
            reasons: each(|closing| &closing.reason),
            confirmed_by: each(|closing| &closing.confirmed),
            is_asked: closings.iter().any(|closing| closing.disposition.needs_a_reason()),
        }
    }

    /// The reasons; that there is none, where the verdict asks for one.
    pub fn reason(&self) -> Option<String> {
        if self.reasons.is_empty() {
            return self.is_asked.then(|| "no reason given".to_owned());
        }
        Some(self.reasons.join("; "))
    }

    /// Who confirmed it; that nobody did, where the verdict asks for it.
    pub fn confirmed(&self) -> Option<String> {
        if self.confirmed_by.is_empty() {
            return self.is_asked.then(|| "confirmed by nobody".to_owned());
        }
        Some(format!("confirmed by {}", self.confirmed_by.join("; ")))
    }
}

/// Findings of some hits for and against theft, each question once.
fn findings(hits: &[&Hit]) -> (usize, usize) {
    let count = |state: State| -> usize {
        let all =
            hits.iter().flat_map(|hit| hit.findings.iter().enumerate().map(|(at, found)| (asked(hit, at).0, found)));
        all.filter(|(_, found)| found.state == state).map(|(id, _)| id).collect::<BTreeSet<_>>().len()
    };
    (count(State::Supports), count(State::Against))
}

/// The findings that the verdict on some hits contradicts: `6 findings speak for theft all the same`.
pub fn contradiction(case: &Case, hits: &[&Hit]) -> Option<String> {
    let (supports, against) = findings(hits);
    let speak = |count: usize| if count == 1 { "speaks" } else { "speak" };
    let words = |count: usize, side: &str| {
        (count > 0).then(|| format!("{} {} {side} theft all the same", counted(count, "finding"), speak(count)))
    };
    match outcome(case, hits) {
        outcome if outcome.is_harmless() => words(supports, "for"),
        Outcome::Theft => words(against, "against"),
        _ => None,
    }
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
