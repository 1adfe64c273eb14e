//! Jobs that may take longer than a frame: the screen asks, the worker runs them.

use super::copy::{self, Spot};
use super::evidence::{Evidence, Grouped};
use super::scope::Scope;
use super::users::{Everyone, User};
use crate::analytics::{self, Candidates, DetectContext, Difference, Hit, Near, Settings};
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::model::{EventId, Sym};
use crate::triage::compare::{self, Comparison};
use crate::triage::filter::{self, Filter};
use crate::triage::lineage::{self, Grouping, Tree};
use crate::triage::pivot::{self, Reach, Suspects, Value};
use crate::triage::runs::{self, Outline};
use crate::triage::search::{EventMarks, NewsOf, Search};
use std::collections::{BTreeSet, HashSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;

/// Something to find out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// The reach of each value of this row, but for the value that all rows shown share.
    Reach(EventId, Option<Value>),
    /// The reach of each value of an incident.
    Suspects(Box<Suspects>),
    /// Effect of these settings on the hits, and their near misses.
    WhatIf(Box<Settings>),
    /// The hits these settings find.
    Rerun(Box<Settings>),
    /// The incidents where the hits of these ids are taken out.
    Group(BTreeSet<String>),
    /// The rows of this part that match the search.
    Search(Chunk),
    /// The runs that can show as one row, and the start of each stretch of activity.
    Outline(Scope),
    /// The order of these by lineage or group.
    Tree(Scope, Grouping),
    /// The text of this entry of the copy menu.
    Copy(usize, Spot),
    /// The users that match this.
    Users(String),
    /// The rows that a filter keeps.
    Sift(Box<Sift>),
    /// The hits of these ids beside their user's usual days.
    Compare(Vec<String>),
    /// A look through a user's rows: it tells what is new in each.
    LookThrough(Sym),
}

/// Rows to choose from, and the filter that chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sift {
    /// Most of the rows.
    pub scope: Scope,
    /// Rows beside them, in time order.
    pub and: Arc<Vec<EventId>>,
    /// The filter.
    pub filter: Filter,
    /// The analyst's marks on events.
    pub marks: EventMarks,
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
    pub marks: EventMarks,
}

/// The result of a job.
pub enum JobResult {
    /// The values of the row, each with its counts.
    Reach(EventId, Vec<Reach>),
    /// Effect of the settings.
    WhatIf(Box<Change>),
    /// The hits of the settings, and their incidents.
    Rerun(Box<Settings>, Arc<Vec<Hit>>, Arc<Grouped>),
    /// The incidents of these hits.
    Grouped(Arc<Vec<Hit>>, Arc<Grouped>),
    /// The rows of the part that hold it, in order.
    Found(Chunk, Vec<EventId>),
    /// Runs and bursts.
    Outline(Scope, Arc<Outline>),
    /// The order.
    Tree(Scope, Grouping, Arc<Tree>),
    /// The text to copy, named in a word, or why there is none.
    Copy(&'static str, Result<String, String>),
    /// Those that answer to it, and how many there are in all.
    Users(String, Arc<Vec<User>>, usize),
    /// The rows kept, in time order.
    Sifted(Box<Sift>, Vec<EventId>),
    /// The comparison of these hits.
    Compared(Vec<String>, Box<Comparison>),
    /// This user's rows were looked through.
    LookedThrough(Sym),
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

/// Runs jobs, and keeps what they share between them: what one run found, the next need not find again.
pub struct JobRunner {
    loaded: Arc<Loaded>,
    facts: &'static Facts,
    candidates: Arc<Candidates>,
    /// The hits of the last run.
    pub hits: Arc<Vec<Hit>>,
    /// The settings of the last run.
    pub settings: Settings,
    /// Ids of the hits that were taken out of their incidents at the last grouping.
    alone: BTreeSet<String>,
    /// The search under way, with what it knows of the texts, by its number.
    search: Option<(u64, Search)>,
    users: Everyone,
    /// The last trees. A tree of a million rows takes longer to free than a frame may: while it is kept here too, the
    /// screen only lets go of it.
    trees: VecDeque<(Scope, Grouping, Arc<Tree>)>,
}

/// Trees kept: the one on screen, and the one that takes its place.
const TREES: usize = 2;

impl JobRunner {
    /// A runner of jobs about the bundle and its hits.
    pub fn new(evidence: &Evidence, candidates: Arc<Candidates>) -> Self {
        Self {
            loaded: Arc::clone(&evidence.loaded),
            facts: evidence.facts,
            candidates,
            hits: Arc::clone(&evidence.hits),
            settings: evidence.settings.clone(),
            alone: evidence.found.alone.clone(),
            search: None,
            users: Everyone::default(),
            trees: VecDeque::new(),
        }
    }

    /// Runs one job.
    pub fn run(&mut self, job: Job) -> JobResult {
        let store = &self.loaded.store;
        match job {
            Job::Reach(event, shown) => JobResult::Reach(event, pivot::reach_of_row(store, event, shown)),
            Job::Suspects(suspects) => JobResult::Reach(suspects.event, suspects.reach(store)),
            Job::WhatIf(settings) => {
                let candidates = self.candidates.clone().renewed(&settings);
                let difference = analytics::what_if(store, self.facts, &settings, &candidates, &self.hits);
                let near = analytics::near_misses(store, self.facts, &settings, &candidates);
                self.candidates = candidates;
                JobResult::WhatIf(Box::new(Change { settings: *settings, difference, near }))
            }
            Job::Rerun(settings) => {
                self.candidates = Arc::clone(&self.candidates).renewed(&settings);
                let hits = analytics::run_over(store, self.facts, &settings, Arc::clone(&self.candidates));
                self.hits = Arc::new(hits);
                self.settings = (*settings).clone();
                JobResult::Rerun(settings, Arc::clone(&self.hits), self.grouped())
            }
            Job::Group(alone) => {
                self.alone = alone;
                JobResult::Grouped(Arc::clone(&self.hits), self.grouped())
            }
            Job::Search(chunk) => {
                let found = self.search(&chunk);
                JobResult::Found(chunk, found)
            }
            Job::Outline(scope) => {
                let outline = runs::outline(store, scope.events(store));
                JobResult::Outline(scope, Arc::new(outline))
            }
            Job::Tree(scope, grouping) => {
                let tree = self.tree(&scope, grouping);
                JobResult::Tree(scope, grouping, tree)
            }
            Job::Copy(entry, spot) => {
                let text = copy::make(entry, &spot, &self.loaded, self.facts, &self.hits);
                JobResult::Copy(copy::ENTRIES.get(entry).map_or("text", |entry| entry.name), text)
            }
            Job::Users(text) => {
                let (shown, total) = self.users.find(store, &self.hits, &text);
                JobResult::Users(text, shown, total)
            }
            Job::Compare(ids) => {
                let wanted: HashSet<&String> = ids.iter().collect();
                let of: Vec<usize> = (0..self.hits.len()).filter(|at| wanted.contains(&self.hits[*at].id)).collect();
                let comparison = compare::compare(&self.context(), &self.hits, &of);
                JobResult::Compared(ids, Box::new(comparison))
            }
            Job::LookThrough(user) => {
                self.context().look_through(user);
                JobResult::LookedThrough(user)
            }
            Job::Sift(sift) => {
                let kept = self.sift(&sift);
                JobResult::Sifted(sift, kept)
            }
        }
    }

    fn context(&self) -> DetectContext<'_> {
        DetectContext::over(&self.loaded.store, self.facts, &self.settings, Arc::clone(&self.candidates))
    }

    fn grouped(&self) -> Arc<Grouped> {
        let (candidates, alone) = (&self.candidates, self.alone.clone());
        Arc::new(Grouped::new(&self.loaded, self.facts, &self.settings, candidates, &self.hits, alone))
    }

    fn sift(&self, sift: &Sift) -> Vec<EventId> {
        let store = &self.loaded.store;
        let context = self.context();
        let mut kept = filter::kept(&context, &sift.marks, &sift.filter, sift.scope.events(store));
        if !sift.and.is_empty() {
            kept.extend(filter::kept(&context, &sift.marks, &sift.filter, &sift.and));
            kept.sort_unstable();
        }
        kept
    }

    fn tree(&mut self, scope: &Scope, grouping: Grouping) -> Arc<Tree> {
        let is_wanted = |kept: &&(Scope, Grouping, Arc<Tree>)| (&kept.0, kept.1) == (scope, grouping);
        if let Some((.., tree)) = self.trees.iter().find(is_wanted) {
            return Arc::clone(tree);
        }
        let store = &self.loaded.store;
        let tree = Arc::new(lineage::tree(store, scope.events(store), grouping));
        self.trees.push_back((scope.clone(), grouping, Arc::clone(&tree)));
        if self.trees.len() > TREES {
            self.trees.pop_front();
        }
        tree
    }

    fn search(&mut self, chunk: &Chunk) -> Vec<EventId> {
        if self.search.as_ref().is_none_or(|(number, _)| *number != chunk.number) {
            let (candidates, settings) = (Arc::clone(&self.candidates), self.settings.clone());
            let news: NewsOf = Arc::new(move |store, facts, event| {
                DetectContext::over(store, facts, &settings, Arc::clone(&candidates)).news(event)
            });
            let search = Search::parse(&chunk.query);
            let search = search.map(|search| search.with(Arc::clone(&chunk.marks)).with_news(news));
            self.search = search.ok().map(|search| (chunk.number, search));
        }
        let Some((_, search)) = &mut self.search else { return Vec::new() };
        let store = &self.loaded.store;
        let rows = chunk.of.events(store).get(chunk.rows.clone()).unwrap_or(&[]);
        rows.iter().copied().filter(|event| search.holds(store, self.facts, *event)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Field;
    use crate::store::{Part, Store};

    #[test]
    fn the_tree_on_screen_is_kept_until_the_one_after_the_next() {
        let loaded = Arc::new(Loaded::new(Store::build(vec![Part::default()]), Vec::new(), Vec::new()));
        let evidence = Evidence::new(
            loaded,
            Arc::default(),
            Settings::default(),
            Facts::embedded(),
            &Arc::default(),
            BTreeSet::new(),
        );
        let mut runner = JobRunner::new(&evidence, Arc::default());
        let mut tree = |grouping| match runner.run(Job::Tree(Scope::List(Arc::default()), grouping)) {
            JobResult::Tree(.., tree) => tree,
            _ => panic!("a tree was asked for"),
        };
        let first = tree(Grouping::Lineage);
        assert!(Arc::ptr_eq(&first, &tree(Grouping::Lineage)), "asked for again it is not made again");
        tree(Grouping::GroupBy(Field::AppId));
        assert_eq!(Arc::strong_count(&first), 2, "the screen may let go of it");
        tree(Grouping::GroupBy(Field::IpAddress));
        assert_eq!(Arc::strong_count(&first), 1);
    }
}
