//! Queries for what a step or a gap lacks: the one table of which place offers which.

use super::{Question, Subject, Target, collect, of_analytic, of_case};
use crate::analytics::{Hit, Settings};
use crate::facts::Facts;
use crate::model::Table;
use crate::model::words::listed;
use crate::store::Store;

/// Tables named in a line.
const NAMED: usize = 3;

/// Questions beyond the bundle, with the ids of the steps that ask them. Every step offers the query of its analytic and
/// the rows of its incident besides.
const OF_STEPS: [(Question, &[&str]); 3] = [
    (
        Question::Baseline,
        &[
            "usual-address",
            "device-code-address",
            "client-used-before",
            "device-used",
            "device-known",
            "exits-usual",
            "networks-seen",
            "pair-usual",
            "binding-regular",
            "attempts-before",
            "codes-before",
            "swept-before",
            "software-seen",
            "begun-by",
            "first-login",
        ],
    ),
    (
        Question::Scope,
        &[
            "others-there",
            "others-with-agent",
            "others-with-device",
            "swept-by-others",
            "client-rarity",
            "agent-in-tenant",
            "address-and-device",
            "code-and-burst-origin",
            "elsewhere",
        ],
    ),
    (
        Question::AfterRevoke,
        &[
            "residual-calls",
            "returned-after",
            "renewed-after",
            "session-after",
            "refused-after",
            "revoked-what",
            "still-there",
            "still-standing",
            "survives",
            "what-to-revoke",
        ],
    ),
];

/// Text of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ask {
    /// The analytic, over everybody.
    Analytic(&'static str),
    /// A question of the case.
    Case(Question),
    /// The rows of the incident: of these tables, or of all where none is named.
    Rows(Vec<Table>),
}

/// A query that a place offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    ask: Ask,
    /// Its purpose, in a few words.
    pub about: String,
}

impl Offer {
    fn new(ask: Ask) -> Self {
        let about = match &ask {
            Ask::Analytic(id) => format!("who else {id} finds on these days"),
            Ask::Case(Question::Baseline) => "the usual days of the user before it began".to_owned(),
            Ask::Case(Question::Scope) => "who else used these addresses, agents, sessions, tokens, devices".to_owned(),
            Ask::Case(Question::AfterRevoke) => "what came after the revocation".to_owned(),
            Ask::Rows(tables) if tables.is_empty() => "the rows of this user and time, of every table".to_owned(),
            Ask::Rows(tables) => {
                let names: Vec<&str> = tables.iter().map(|table| table.name()).collect();
                format!("the rows of tables that are not here: {}", listed(&names, NAMED))
            }
        };
        Self { ask, about }
    }

    /// Its name, a word that a file may bear.
    pub fn name(&self) -> &'static str {
        match &self.ask {
            Ask::Analytic(id) => id,
            Ask::Case(question) => question.into(),
            Ask::Rows(tables) if tables.is_empty() => "collect",
            Ask::Rows(_) => "collect-missing",
        }
    }

    /// End of the name of a file for its text.
    pub fn ending(&self, target: Target) -> &'static str {
        match (&self.ask, target) {
            (Ask::Rows(_), _) => "sh",
            (_, Target::ClickHouse) => "sql",
            _ => "kql",
        }
    }

    /// The command that prints the same, but for the bundle's path; an incident's id is hexadecimal.
    pub fn command(&self, incident: &str, subject: &Subject) -> String {
        match &self.ask {
            Ask::Analytic(id) => match subject.days() {
                None => format!("tokentrail query {id}"),
                Some((first, end)) => {
                    format!("tokentrail query {id} --since {} --until {}", first.day(), end.day())
                }
            },
            Ask::Case(question) => format!("tokentrail query {} --incident {incident}", <&str>::from(question)),
            Ask::Rows(_) => format!("tokentrail query collect --incident {incident}"),
        }
    }

    /// Its text.
    ///
    /// # Errors
    /// With the reason, a sentence, where the engine cannot answer it or nothing is there to ask about.
    pub fn text(
        &self,
        subject: &Subject,
        settings: &Settings,
        facts: &Facts,
        target: Target,
    ) -> Result<String, String> {
        const NO_TIME: &str = "nothing here has a time to ask about";
        match &self.ask {
            Ask::Analytic(id) => {
                let analytic = crate::analytics::by_id(id).ok_or("there is no such analytic")?;
                // The days of the incident, whatever part of the bundle was looked at.
                let (since, until) =
                    subject.days().map_or((settings.since, settings.until), |(first, end)| (Some(first), Some(end)));
                let settings = Settings { since, until, ..settings.clone() };
                of_analytic(analytic, &settings, facts, target).map_err(|error| error.to_string())
            }
            Ask::Case(question) => of_case(*question, subject, (None, None), target).ok_or_else(|| NO_TIME.to_owned()),
            Ask::Rows(tables) => {
                let period = subject.period().ok_or(NO_TIME)?;
                Ok(collect(subject, period, None, target, tables))
            }
        }
    }
}

/// The queries offered at a step of a hit, or, without one, on its incident: what fits best first.
pub fn offers(store: &Store, hit: &Hit, step: Option<&str>, is_revoked: bool) -> Vec<Offer> {
    let absent: Vec<Table> = Table::ALL.into_iter().filter(|table| store.count(*table) == 0).collect();
    let analytic = Ask::Analytic(hit.analytic);
    let rows = (!absent.is_empty() && absent.len() < Table::COUNT).then_some(Ask::Rows(absent));
    let rows = [Ask::Rows(Vec::new())].into_iter().chain(rows);
    let asks: Vec<Ask> = match step {
        Some(step) => {
            let asked = OF_STEPS.iter().filter(|(_, steps)| steps.contains(&step));
            let asked = asked.map(|(question, _)| Ask::Case(*question));
            asked.chain([analytic]).chain(rows).collect()
        }
        None => rows.chain(OF_STEPS.iter().rev().map(|(question, _)| Ask::Case(*question))).chain([analytic]).collect(),
    };
    let can_ask = |ask: &Ask| is_revoked || *ask != Ask::Case(Question::AfterRevoke);
    asks.into_iter().filter(can_ask).map(Offer::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::ANALYTICS;
    use crate::model::Time;

    #[test]
    fn the_table_names_steps_that_there_are_and_each_once() {
        let mut ids: Vec<&str> = OF_STEPS.iter().flat_map(|(_, steps)| steps.iter().copied()).collect();
        for id in &ids {
            let is_known = ANALYTICS.iter().any(|analytic| analytic.steps.iter().any(|step| step.id == *id));
            assert!(is_known, "no analytic has the step {id}");
        }
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }

    #[test]
    fn a_name_is_one_that_the_command_knows_or_is_of_its_rows() {
        for ask in [
            Ask::Analytic("foci-burst"),
            Ask::Case(Question::Scope),
            Ask::Rows(Vec::new()),
            Ask::Rows(vec![Table::Graph]),
        ] {
            let offer = Offer::new(ask);
            let word = offer.name().strip_suffix("-missing").unwrap_or(offer.name());
            let command = offer.command("1f", &Subject::default());
            assert!(command.starts_with(&format!("tokentrail query {word}")), "{offer:?}");
        }
        let [first, last] = ["2026-04-29T09:31:02Z", "2026-04-30T10:16:31Z"].map(Time::parse);
        let subject = Subject { first, last, ..Subject::default() };
        let analytic = Offer::new(Ask::Analytic("foci-burst"));
        assert_eq!(
            analytic.command("1f", &subject),
            "tokentrail query foci-burst --since 2026-04-29 --until 2026-05-01"
        );
        let text = analytic.text(&subject, &Settings::default(), Facts::embedded(), Target::Sentinel).unwrap();
        assert!(text.contains("2026-04-29T00:00:00") && text.contains("2026-05-01T00:00:00"), "{text}");
        let missing = Offer::new(Ask::Rows(vec![Table::Graph]));
        assert_eq!(missing.about, "the rows of tables that are not here: MicrosoftGraphActivityLogs");
        assert_eq!((missing.ending(Target::Xdr), missing.name()), ("sh", "collect-missing"));
    }
}
