//! An incident in five plain questions, each with its facts: for somebody's first night.

use super::card::{Card, Label};
use crate::analytics::known::Standing;
use crate::analytics::{Hit, State};
use crate::triage::walk::Asked;
use crate::triage::{Case, Verdict};

/// Most findings named under a question.
const FACTS: usize = 6;

/// A plain question on an incident.
pub struct Question {
    /// Id of its answer in the case: an answer is a verdict on this step of the leading hit.
    pub id: &'static str,
    /// The question.
    pub words: &'static str,
    /// The answers, in the order of their digits: for theft, harmless, cannot tell.
    pub answers: [&'static str; 3],
    /// Lines of the card that bear on it.
    labels: &'static [Label],
    /// Steps whose findings bear on it, by id.
    steps: &'static [&'static str],
}

/// The questions, in order.
pub const QUESTIONS: [Question; 5] = [
    Question {
        id: "guided-user",
        words: "Was it the user?",
        answers: ["not the user", "the user", "cannot tell"],
        labels: &[Label::Controls],
        steps: &[
            "networks-seen",
            "usual-address",
            "device-code-address",
            "first-login",
            "elsewhere",
            "parties",
            "legs-of-flow",
            "interleaved",
            "machines-of-session",
            "software-seen",
            "mfa-met",
            "attempts-before",
            "codes-before",
            "device-code-before",
            "agent-in-tenant",
            "client-used-before",
            "client-rarity",
            "revoked-what",
        ],
    },
    Question {
        id: "guided-place",
        words: "Where did the tokens go?",
        answers: ["to a place that is not the user's", "to the user's places", "cannot tell"],
        labels: &[Label::Could, Label::Others],
        steps: &[
            "descendants",
            "nets-of-token",
            "code-and-burst-origin",
            "code-issued",
            "code-redeemed",
            "address-and-device",
            "session-after",
            "tokens-by-party",
            "resources-reached",
            "resources-of-party",
            "resources-of-flow",
            "begun-by",
            "pair-usual",
            "exits-usual",
            "others-there",
            "device-used",
            "renewed-after",
        ],
    },
    Question {
        id: "guided-done",
        words: "What was done with them?",
        answers: ["more than the user's work", "the user's work", "cannot tell"],
        labels: &[Label::Took, Label::Changed, Label::Read, Label::Looked],
        steps: &["graph-actions", "categories-read", "read-or-refused", "swept-before", "residual-calls"],
    },
    Question {
        id: "guided-left",
        words: "What was left behind?",
        answers: ["something that gives access", "nothing", "cannot tell"],
        labels: &[Label::Left],
        steps: &[
            "planted",
            "added",
            "survives",
            "rules-made",
            "still-there",
            "still-standing",
            "device-registered",
            "device-registration",
            "device-keys",
            "device-disabled",
        ],
    },
    Question {
        id: "guided-over",
        words: "Is it over?",
        answers: ["not over", "over", "cannot tell"],
        labels: &[Label::Until, Label::Tokens, Label::Revoked, Label::Missing],
        steps: &["last-act", "token-expired", "refused-after", "returned-after", "bound-device"],
    },
];

/// The verdicts behind the answers.
pub const ANSWERS: [Verdict; 3] = [Verdict::Supports, Verdict::Against, Verdict::Unknown];

/// A fact under a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The way it points; `None` for a line of the card.
    pub state: Option<State>,
    /// Its name: the card's label, or the step's title.
    pub name: &'static str,
    /// The fact.
    pub text: String,
}

impl Question {
    /// Its facts: the places for the second question, lines of the card, findings of the incident's walk: first those
    /// that point somewhere. `hits` are all of the run.
    pub fn facts(&self, card: &Card, hits: &[Hit], walk: &[Asked]) -> Vec<Fact> {
        let mut facts: Vec<Fact> = Vec::new();
        if self.id == QUESTIONS[1].id {
            for lane in &card.map.lanes {
                let place = [lane.address.as_str(), lane.location.as_str()];
                let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
                let (name, state) = match lane.standing {
                    Standing::New => ("new", Some(State::Supports)),
                    Standing::Known => ("known", Some(State::Against)),
                    Standing::Undecided => ("undecided", Some(State::Unknown)),
                };
                facts.push(Fact { state, name, text: place.join(", ") });
            }
        }
        let lines = card.lines.iter().filter(|line| self.labels.contains(&line.label));
        facts.extend(lines.map(|line| Fact { state: None, name: line.label.word(), text: line.text.clone() }));
        let mut found: Vec<Fact> = walk
            .iter()
            .filter(|asked| self.steps.contains(&asked.step.id))
            .filter_map(|asked| Some((asked.step, asked.finding(hits)?)))
            .map(|(step, finding)| Fact {
                state: Some(finding.state),
                name: step.title,
                text: if finding.brief.is_empty() { finding.sentence.clone() } else { finding.brief.clone() },
            })
            .collect();
        found.sort_by_key(|fact| match fact.state {
            Some(State::Supports | State::Against) => 0,
            Some(State::Missing) => 1,
            _ => 2,
        });
        found.truncate(FACTS);
        facts.extend(found);
        facts
    }

    /// The analyst's answer, if it was given.
    pub fn answer(&self, case: &Case, leading: &Hit) -> Option<&'static str> {
        let verdict = case.verdict(&leading.id, self.id)?;
        let at = ANSWERS.iter().position(|answer| *answer == verdict)?;
        Some(self.answers[at])
    }
}

/// The answers given so far: `Was it the user? Not the user.`
pub fn answered(case: &Case, leading: &Hit) -> Vec<String> {
    let line = |question: &Question| Some(format!("{} {}.", question.words, question.answer(case, leading)?));
    QUESTIONS.iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::ANALYTICS;
    use std::collections::HashSet;

    #[test]
    fn every_step_that_a_question_names_is_asked_by_an_analytic_and_none_twice() {
        let known: HashSet<&str> = ANALYTICS.iter().flat_map(|analytic| analytic.steps).map(|step| step.id).collect();
        let named: Vec<&str> = QUESTIONS.iter().flat_map(|question| question.steps).copied().collect();
        for id in &named {
            assert!(known.contains(id), "{id}");
        }
        assert_eq!(named.iter().collect::<HashSet<_>>().len(), named.len());
        assert!(QUESTIONS.iter().all(|question| !known.contains(question.id)), "an answer is no step's");
        for analytic in ANALYTICS {
            let has = |step: &crate::analytics::Step| named.contains(&step.id);
            assert!(analytic.steps.iter().filter(|step| has(step)).count() >= 1, "{}", analytic.id);
        }
    }
}
