//! Questions that may take longer than a frame: asked by the screen, answered by the worker.

use super::copy::{self, Spot};
use super::evidence::Evidence;
use super::hit_list::Orders;
use super::scope::Scope;
use super::users::{Everyone, User};
use crate::analytics::{self, Candidates, Difference, Hit, Near, Settings};
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::model::EventId;
use crate::triage::alike::{self, Outline};
use crate::triage::lineage::{self, Shape, Tree};
use crate::triage::pivot::{self, Counts, Value};
use crate::triage::search::{Marks, Search};
use std::ops::Range;
use std::sync::Arc;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The reach of each value of this row.
    Reach(EventId),
    /// Effect of these settings on the hits, and their near misses.
    WhatIf(Box<Settings>),
    /// The hits these settings find.
    Rerun(Box<Settings>),
    /// The rows of this part that match the search.
    Search(Chunk),
    /// The runs that can show as one row, and the start of each stretch of activity.
    Outline(Scope),
    /// In which order do these stand?
    Tree(Scope, Shape),
    /// The text of this entry of the copy menu.
    Copy(usize, Spot),
    /// The users that match this.
    Users(String),
}

/// A part of the rows to search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Number of the search.
    pub number: u64,
    /// The query as typed.
    pub query: String,
    /// The value that the rows share.
    pub of: Value,
    /// The part.
    pub rows: Range<usize>,
    /// The analyst's marks on events.
    pub marks: Marks,
}

/// Its answer.
pub enum Answer {
    /// The values of the row, each with its counts.
    Reach(EventId, Vec<(Value, Counts)>),
    /// Effect of the settings.
    WhatIf(Box<Change>),
    /// The hits of the settings, and their orders.
    Rerun(Box<Settings>, Arc<Vec<Hit>>, Arc<Orders>),
    /// The rows of the part that hold it, in order.
    Found(Chunk, Vec<EventId>),
    /// Runs and bursts.
    Outline(Scope, Arc<Outline>),
    /// The order.
    Tree(Scope, Shape, Arc<Tree>),
    /// The text to copy, named in a word, or why there is none.
    Copy(&'static str, Result<String, String>),
    /// Those that answer to it, and how many there are in all.
    Users(String, Arc<Vec<User>>, usize),
}

/// Effect of settings on the hits.
pub struct Change {
    /// The settings.
    pub settings: Settings,
    /// Hits that come and go.
    pub difference: Difference,
    /// The near misses under them.
    pub near: Near,
}

/// The data that answers come from. Kept between questions: what one run found, the next need not find again.
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
    users: Everyone,
}

impl Answers {
    /// Answers about what was read and found.
    pub fn new(evidence: &Evidence, candidates: Arc<Candidates>) -> Self {
        Self {
            loaded: Arc::clone(&evidence.loaded),
            facts: evidence.facts,
            candidates,
            hits: Arc::clone(&evidence.hits),
            settings: evidence.settings.clone(),
            search: None,
            users: Everyone::default(),
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
                let orders = Arc::new(Orders::of(&self.hits));
                Answer::Rerun(settings, Arc::clone(&self.hits), orders)
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
            Ask::Copy(entry, spot) => {
                let text = copy::make(entry, &spot, &self.loaded, self.facts, &self.hits);
                Answer::Copy(copy::ENTRIES.get(entry).map_or("text", |entry| entry.name), text)
            }
            Ask::Users(text) => {
                let (shown, total) = self.users.find(store, &self.hits, &text);
                Answer::Users(text, shown, total)
            }
        }
    }

    fn search(&mut self, chunk: &Chunk) -> Vec<EventId> {
        if self.search.as_ref().is_none_or(|(number, _)| *number != chunk.number) {
            let search = Search::parse(&chunk.query).map(|search| search.with(Arc::clone(&chunk.marks)));
            self.search = search.ok().map(|search| (chunk.number, search));
        }
        let Some((_, search)) = &mut self.search else { return Vec::new() };
        let store = &self.loaded.store;
        let rows = chunk.of.events(store).get(chunk.rows.clone()).unwrap_or(&[]);
        rows.iter().copied().filter(|event| search.holds(store, self.facts, *event)).collect()
    }
}
