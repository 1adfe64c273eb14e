//! Reads for the screen once the bundle is loaded: raw records, the note, and answers that may take longer than a
//! frame.

use super::app::{App, Effect, Message};
use super::evidence::{Evidence, Grouped};
use super::job::{Job, JobRunner};
use crate::analytics::{Candidates, Hit};
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::model::words::listed;
use crate::model::{EventId, Time, shown};
use crate::report::info::{Tone, info, lines};
use crate::report::visibility::visibility;
use crate::session::{Asked, Composed};
use crate::triage::Case;
use std::sync::Arc;

/// Something to read.
pub enum Request {
    /// A raw record.
    Record(EventId),
    /// A job about the whole bundle.
    Run(Job),
    /// The page about the bundle, with what it shows of the incident in this place.
    Bundle(Option<(Arc<Vec<Hit>>, Arc<Grouped>, usize)>),
    /// The note of this case, on the incident of that id or on all.
    Note(Box<Case>, Option<String>),
}

impl Request {
    /// The request that an effect is; `None` for one that is none.
    pub fn new(effect: Effect, app: &App) -> Option<Self> {
        match effect {
            Effect::Run(job) => Some(Self::Run(job)),
            Effect::ReadRecord(event) => Some(Self::Record(event)),
            Effect::Describe => Some(Self::Bundle(app.workbench().and_then(|bench| {
                let evidence = &bench.evidence;
                Some((Arc::clone(&evidence.hits), Arc::clone(&evidence.found), bench.place_of_incident()?))
            }))),
            Effect::Compose(only) => app.workbench().map(|bench| Self::Note(Box::new(bench.case.clone()), only)),
            _ => None,
        }
    }
}

/// Answers requests. Slow: not for the thread that draws.
pub struct Reader {
    name: String,
    loaded: Arc<Loaded>,
    facts: &'static Facts,
    runner: JobRunner,
}

impl Reader {
    /// A reader of the bundle of that name.
    pub fn new(evidence: &Evidence, candidates: Arc<Candidates>, name: String) -> Self {
        let runner = JobRunner::new(evidence, candidates);
        Self { name, loaded: Arc::clone(&evidence.loaded), facts: evidence.facts, runner }
    }

    /// Answers one request, as of a time.
    pub fn answer(&mut self, request: Request, now: Time) -> Message {
        match request {
            Request::Record(event) => {
                Message::Record(event, self.loaded.raw_record(event).map_err(|error| error.to_string()))
            }
            Request::Run(job) => Message::JobDone(self.runner.run(job), now),
            Request::Bundle(incident) => {
                let seen = incident.map(|(hits, found, at)| visibility(&self.loaded, &found.incidents, &hits, at));
                let mut page = seen.map_or_else(Vec::new, |seen| seen.lines(true));
                if !page.is_empty() {
                    page.push((Tone::Head, String::new()));
                }
                page.extend(self.unhashed());
                page.extend(lines(&info(&self.loaded)));
                Message::Described(page)
            }
            Request::Note(case, only) => {
                let JobRunner { hits, settings, .. } = &self.runner;
                let asked = Asked { name: &self.name, only: only.as_deref(), ..Asked::default() };
                Message::Composed(Composed::new(&self.loaded, self.facts, hits, settings, &case, &asked))
            }
        }
    }

    /// The files that are not hashed yet, a few of them, in one line.
    fn unhashed(&self) -> Option<(Tone, String)> {
        let names: Vec<String> = self.loaded.unhashed().into_iter().map(shown).collect();
        (!names.is_empty()).then(|| (Tone::Warn, format!("not hashed yet: {}", listed(&names, NAMED))))
    }
}

/// Files that are named of those that wait.
const NAMED: usize = 5;
