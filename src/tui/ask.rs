//! What takes longer than a frame may: asked by the screen, answered by the worker.

use super::rows::Scope;
use super::workbench::Evidence;
use crate::analytics::{self, Candidates, Difference, Hit, Near, Settings};
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::model::EventId;
use crate::triage::alike::{self, Outline};
use crate::triage::lineage::{self, Shape, Tree};
use crate::triage::pivot::{self, Counts, Value};
use crate::triage::search::Search;
use std::ops::Range;
use std::sync::Arc;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// How far does each value of this row reach?
    Reach(EventId),
    /// What would these settings change, and what would almost fire?
    WhatIf(Box<Settings>),
    /// What do these settings find?
    Rerun(Box<Settings>),
    /// Which rows of this part hold what is searched?
    Search(Chunk),
    /// Which rows can be folded, and where does activity begin?
    Outline(Scope),
    /// In which order do these stand?
    Tree(Scope, Shape),
}

/// A part of the rows to search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Which search.
    pub number: u64,
    /// What was typed.
    pub query: String,
    /// What the rows share.
    pub of: Value,
    /// The part.
    pub rows: Range<usize>,
}

/// Its answer.
pub enum Answer {
    /// The values of the row, each with its counts.
    Reach(EventId, Vec<(Value, Counts)>),
    /// What the settings change.
    WhatIf(Box<Change>),
    /// The hits of the settings.
    Rerun(Box<Settings>, Arc<Vec<Hit>>),
    /// The rows of the part that hold it, in order.
    Found(Chunk, Vec<EventId>),
    /// Runs and bursts.
    Outline(Scope, Arc<Outline>),
    /// The order.
    Tree(Scope, Shape, Arc<Tree>),
}

/// What settings would change.
pub struct Change {
    /// The settings.
    pub settings: Settings,
    /// Hits that come and go.
    pub difference: Difference,
    /// What almost fires with them.
    pub near: Near,
}

/// What it is answered from. Kept between questions: what one run found, the next need not find again.
pub struct Answers {
    loaded: Arc<Loaded>,
    facts: &'static Facts,
    candidates: Arc<Candidates>,
    /// The hits of the last run.
    pub hits: Arc<Vec<Hit>>,
    /// The settings of the last run.
    pub settings: Settings,
    /// The search under way, with what it knows of the texts, by its number.
    search: Option<(u64, Search)>,
}

impl Answers {
    /// Answers about what was read and found.
    pub fn of(evidence: &Evidence, candidates: Arc<Candidates>) -> Self {
        Self {
            loaded: Arc::clone(&evidence.loaded),
            facts: evidence.facts,
            candidates,
            hits: Arc::clone(&evidence.hits),
            settings: evidence.settings.clone(),
            search: None,
        }
    }

    /// Answers one question.
    pub fn answer(&mut self, ask: Ask) -> Answer {
        let store = &self.loaded.store;
        match ask {
            Ask::Reach(event) => {
                let counted = |value| (value, pivot::counts(store, value));
                Answer::Reach(event, pivot::values(store, event).into_iter().map(counted).collect())
            }
            Ask::WhatIf(settings) => {
                let candidates = self.candidates.clone().renewed(&settings);
                let difference = analytics::what_if(store, self.facts, &settings, &candidates, &self.hits);
                let near = analytics::near_misses(store, self.facts, &settings, &candidates);
                self.candidates = candidates;
                Answer::WhatIf(Box::new(Change { settings: *settings, difference, near }))
            }
            Ask::Rerun(settings) => {
                let hits = analytics::run_over(store, self.facts, &settings, Arc::clone(&self.candidates));
                self.hits = Arc::new(hits);
                self.settings = (*settings).clone();
                Answer::Rerun(settings, Arc::clone(&self.hits))
            }
            Ask::Search(chunk) => {
                let found = self.search(&chunk);
                Answer::Found(chunk, found)
            }
            Ask::Outline(scope) => {
                let outline = alike::outline(store, scope.events(store));
                Answer::Outline(scope, Arc::new(outline))
            }
            Ask::Tree(scope, shape) => {
                let tree = lineage::tree(store, scope.events(store), shape);
                Answer::Tree(scope, shape, Arc::new(tree))
            }
        }
    }

    fn search(&mut self, chunk: &Chunk) -> Vec<EventId> {
        if self.search.as_ref().is_none_or(|(number, _)| *number != chunk.number) {
            self.search = Search::parse(&chunk.query).ok().map(|search| (chunk.number, search));
        }
        let Some((_, search)) = &mut self.search else { return Vec::new() };
        let store = &self.loaded.store;
        let rows = chunk.of.events(store).get(chunk.rows.clone()).unwrap_or(&[]);
        rows.iter().copied().filter(|event| search.holds(store, self.facts, *event)).collect()
    }
}
