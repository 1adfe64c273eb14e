//! The verdict on some hits: its grounds, and the findings that it contradicts.

use crate::analytics::{Hit, State, by_id};
use crate::model::words::counted;
use crate::triage::{Case, Closing, Disposition};
use serde::Serialize;
use std::collections::BTreeSet;

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
pub fn outcome(case: &Case, hits: &[&Hit]) -> Outcome {
    hits.iter().map(|hit| Outcome::new(case.disposition(&hit.id))).min().unwrap_or(Outcome::Open)
}

/// The reasons for the verdicts on some hits, and who confirmed them.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Grounds {
    /// Reasons, in the analyst's words.
    pub reasons: Vec<String>,
    /// The confirmers.
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

    /// The confirmers; that there is none, where the verdict asks for one.
    pub fn confirmed(&self) -> Option<String> {
        if self.confirmed_by.is_empty() {
            return self.is_asked.then(|| "confirmed by nobody".to_owned());
        }
        Some(format!("confirmed by {}", self.confirmed_by.join("; ")))
    }
}

/// Findings of some hits for and against theft, each question once.
pub(super) fn findings(hits: &[&Hit]) -> (usize, usize) {
    let count = |state: State| -> usize {
        let all =
            hits.iter().flat_map(|hit| hit.findings.iter().enumerate().map(|(at, found)| (question(hit, at), found)));
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

/// Id of the question that a finding (from 0) of a hit answers.
fn question(hit: &Hit, at: usize) -> &'static str {
    by_id(hit.analytic).and_then(|analytic| analytic.steps.get(at)).map_or("", |step| step.id)
}
