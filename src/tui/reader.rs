//! Reads for the screen once the bundle is loaded: raw records, the note, and answers that may take longer than a
//! frame.

use super::app::{App, Effect, Message};
use super::ask::{Answers, Ask};
use super::evidence::Evidence;
use crate::analytics::Candidates;
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::model::{EventId, Time};
use crate::report::info::{info, lines};
use crate::session::Composed;
use crate::triage::Case;
use std::sync::Arc;

/// Something to read.
pub enum Request {
    /// A raw record.
    Record(EventId),
    /// A question about the whole bundle.
    Ask(Ask),
    /// The page about the bundle.
    Bundle,
    /// The note of this case.
    Note(Box<Case>),
}

impl Request {
    /// The request that an effect is; `None` for one that is none.
    pub fn new(effect: Effect, app: &App) -> Option<Self> {
        match effect {
            Effect::Ask(ask) => Some(Self::Ask(ask)),
            Effect::ReadRecord(event) => Some(Self::Record(event)),
            Effect::Describe => Some(Self::Bundle),
            Effect::Compose => app.workbench().map(|bench| Self::Note(Box::new(bench.case.clone()))),
            _ => None,
        }
    }
}

/// Answers requests. Slow: not for the thread that draws.
pub struct Reader {
    name: String,
    loaded: Arc<Loaded>,
    facts: &'static Facts,
    answers: Answers,
}

impl Reader {
    /// Answers about what was read and found in the bundle of that name.
    pub fn new(evidence: &Evidence, candidates: Arc<Candidates>, name: String) -> Self {
        let answers = Answers::new(evidence, candidates);
        Self { name, loaded: Arc::clone(&evidence.loaded), facts: evidence.facts, answers }
    }

    /// Answers one request, as of a time.
    pub fn answer(&mut self, request: Request, now: Time) -> Message {
        match request {
            Request::Record(event) => {
                Message::Record(event, self.loaded.raw_record(event).map_err(|error| error.to_string()))
            }
            Request::Ask(ask) => Message::Answer(self.answers.answer(ask), now),
            Request::Bundle => Message::Described(lines(&info(&self.loaded))),
            Request::Note(case) => {
                let Answers { hits, settings, .. } = &self.answers;
                Message::Composed(Composed::new(&self.loaded, self.facts, hits, settings, &case, &self.name))
            }
        }
    }
}
