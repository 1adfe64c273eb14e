//! Sentences for what is wrong with the log of a case.

use crate::analytics::{Hit, by_id};
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::report::guided::QUESTIONS;
use crate::triage::marks::Places;
use crate::triage::{About, LogProblem, timeline};

/// Most sentences; the rest is counted.
const MOST: usize = 20;

/// Everything that the subject of a change is named from.
pub struct Names<'a> {
    /// The bundle.
    pub loaded: &'a Loaded,
    /// Dated knowledge.
    pub facts: &'a Facts,
    /// The hits of this run.
    pub hits: &'a [Hit],
    /// Positions of marked events in the bundle.
    pub places: &'a Places,
}

impl Names<'_> {
    /// `foci-burst of ana@contoso.com, step 2 (address vs. usual)`; the bare key of what is not in the bundle.
    pub fn name(&self, about: &About) -> String {
        let store = &self.loaded.store;
        match about {
            About::Hit(id, step) => {
                let known = self.hits.iter().find(|hit| hit.id == *id);
                let steps = known.and_then(|hit| by_id(hit.analytic)).map_or(&[][..], |analytic| analytic.steps);
                let hit = known.map_or_else(|| format!("hit {id}"), |hit| format!("{} of {}", hit.analytic, hit.upn));
                let Some(step) = step else { return hit };
                match steps.iter().position(|known| known.id == step) {
                    Some(at) => format!("{hit}, step {} ({})", at + 1, steps[at].title),
                    None => match QUESTIONS.iter().find(|question| question.id == *step) {
                        Some(question) => format!("{hit}, \"{}\"", question.words),
                        None => format!("{hit}, step {step}"),
                    },
                }
            }
            About::Event(key) => self.places.event(key).map_or_else(
                || format!("event {key}"),
                |event| {
                    let line = timeline::line(store, self.facts, event, None);
                    format!("the row of {}, {}", line.time.second(), line.what)
                },
            ),
            About::User(key) => {
                store.find(key).map_or_else(|| format!("user {key}"), |user| store.who(user).into_owned())
            }
            About::Log => "the log".to_owned(),
        }
    }
}

/// A sentence for each problem, without its full stop; past a number of them how many more.
pub fn log_problems(problems: &[LogProblem], names: &Names) -> Vec<String> {
    let mut lines: Vec<String> =
        problems.iter().take(MOST).map(|problem| problem.sentence(|about| names.name(about))).collect();
    if problems.len() > MOST {
        lines.push(format!("and {} more", problems.len() - MOST));
    }
    lines
}
