//! The steps of an incident: those of its leading hit under their numbers, then those of the others that ask something
//! new.

use super::Case;
use crate::analytics::{Analytic, Finding, Hit, Step};
use std::collections::HashSet;

/// A step with its hit.
#[derive(Clone, Copy)]
pub struct Asked {
    /// Position of the hit among those of the run.
    pub hit: usize,
    /// Place (from 0) of the step among those of the hit's analytic.
    pub at: usize,
    /// The step.
    pub step: &'static Step,
}

impl Asked {
    /// The finding that answers it.
    pub fn finding<'a>(&self, hits: &'a [Hit]) -> Option<&'a Finding> {
        hits[self.hit].findings.get(self.at)
    }
}

/// The steps that some hits ask, by their positions, the leading hit first. One that asks by the same id asks nothing
/// new, unless an answer was given to that one: then it is asked in the other's place.
pub fn walk(hits: &[Hit], of: &[usize], case: &Case, analytic: fn(&str) -> Option<&'static Analytic>) -> Vec<Asked> {
    let asked_by = |hit: usize| {
        let steps = analytic(hits[hit].analytic).map_or(&[][..], |analytic| analytic.steps);
        steps.iter().enumerate().map(move |(at, step)| Asked { hit, at, step })
    };
    let mut ids = HashSet::new();
    // Hits of an analytic ask alike: a routine of a thousand is asked once.
    let mut analytics = HashSet::new();
    let first = of.iter().copied().filter(|hit| analytics.insert(hits[*hit].analytic));
    let mut walk: Vec<Asked> = first.flat_map(asked_by).filter(|one| ids.insert(one.step.id)).collect();
    let is_answered = |one: &Asked| case.verdict(&hits[one.hit].id, one.step.id).is_some();
    let with_work = of.iter().copied().filter(|hit| case.work(&hits[*hit].id).is_some());
    for other in with_work.flat_map(asked_by).filter(is_answered) {
        if let Some(one) = walk.iter_mut().find(|one| one.step.id == other.step.id && !is_answered(one)) {
            *one = other;
        }
    }
    walk
}

impl Case {
    /// Steps of a walk with an answer, and all that are questions: what is to do asks nothing.
    pub fn answered(&self, hits: &[Hit], walk: &[Asked]) -> (usize, usize) {
        let questions = || walk.iter().filter(|one| !one.step.is_task());
        let answered = questions().filter(|one| self.verdict(&hits[one.hit].id, one.step.id).is_some());
        (answered.count(), questions().count())
    }

    /// Place (from 0) of the first question of a walk without an answer.
    pub fn first_open(&self, hits: &[Hit], walk: &[Asked]) -> Option<usize> {
        let is_open = |one: &Asked| !one.step.is_task() && self.verdict(&hits[one.hit].id, one.step.id).is_none();
        walk.iter().position(is_open)
    }
}
