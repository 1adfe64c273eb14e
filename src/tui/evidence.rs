//! The bundle, its hits and their incidents.

use super::hit_list::Orders;
use crate::analytics::{self, Analytic, Candidates, DetectContext, Hit, Incidents, Settings};
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::report::card::{Card, CardContext, card};
use crate::store::Store;
use crate::triage::filter::OtherSide;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The worker's result once the bundle is read and the analytics have run.
#[derive(Clone)]
pub struct Evidence {
    /// The bundle.
    pub loaded: Arc<Loaded>,
    /// The hits.
    pub hits: Arc<Vec<Hit>>,
    /// Their incidents, and the order they are listed in.
    pub found: Arc<Grouped>,
    /// The settings they were found with.
    pub settings: Settings,
    /// Dated knowledge.
    pub facts: &'static Facts,
    /// Finds the analytic of a hit.
    pub analytic: fn(&str) -> Option<&'static Analytic>,
}

/// All that follows from some hits: made by the worker, since it takes longer than a frame may.
#[derive(Default)]
pub struct Grouped {
    /// The incidents.
    pub incidents: Incidents,
    /// The card of each group; none under published semantics.
    pub cards: Vec<Card>,
    /// The other side of each incident, where it has two.
    pub sides: Vec<Option<Arc<OtherSide>>>,
    /// Orders of the hits.
    pub orders: Orders,
    /// Ids of the hits that the analyst had taken out of their incidents.
    pub alone: BTreeSet<String>,
    /// Places of all rows, and the networks of all users.
    candidates: Arc<Candidates>,
}

impl Grouped {
    /// Groups some hits, those of the ids in `alone` each by itself.
    pub fn new(
        loaded: &Loaded,
        facts: &Facts,
        settings: &Settings,
        candidates: &Arc<Candidates>,
        hits: &[Hit],
        alone: BTreeSet<String>,
    ) -> Self {
        let store = &loaded.store;
        let incidents = Incidents::new(store, facts, settings, Arc::clone(candidates), hits, &alone);
        let orders = Orders::new(store, hits, &incidents);
        let context = CardContext { store, facts, hits, incidents: &incidents };
        let cards = orders.groups.iter().filter_map(|group| Some(card(&context, group.incident?))).collect();
        let sides = incidents.all.iter().map(|incident| OtherSide::new(store, incident).map(Arc::new)).collect();
        // Every row of a timeline asks for it: better here than at the first frame.
        let origins = DetectContext::over(store, facts, settings, Arc::clone(candidates));
        origins.known();
        store.greatest_token_number();
        // So it is with what is new to a user, whose rows are looked through once.
        for hit in hits {
            if let Some(&id) = hit.evidence.first() {
                origins.news(id);
            }
        }
        Self { incidents, cards, sides, orders, alone, candidates: Arc::clone(candidates) }
    }
}

impl Evidence {
    /// Puts the bundle and the hits of these settings together. Groups the hits: not for the thread that draws.
    pub fn new(
        loaded: Arc<Loaded>,
        hits: Arc<Vec<Hit>>,
        settings: Settings,
        facts: &'static Facts,
        candidates: &Arc<Candidates>,
        alone: BTreeSet<String>,
    ) -> Self {
        let found = Arc::new(Grouped::new(&loaded, facts, &settings, candidates, &hits, alone));
        Self { loaded, hits, found, settings, facts, analytic: analytics::by_id }
    }

    /// The events.
    pub fn store(&self) -> &Store {
        &self.loaded.store
    }

    /// Places of all rows, and the networks of all users.
    pub fn origins(&self) -> DetectContext<'_> {
        let candidates = Arc::clone(&self.found.candidates);
        DetectContext::over(self.store(), self.facts, &self.settings, candidates)
    }

    /// The card of a hit's incident.
    pub fn card(&self, hit: usize) -> Option<&Card> {
        self.found.cards.get(self.found.orders.group_of(hit)?)
    }
}
