//! What was read and found.

use super::hit_list::Orders;
use crate::analytics::{self, Analytic, Hit, Settings};
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::store::Store;
use std::sync::Arc;

/// What the worker hands over when the bundle is read and the analytics have run.
pub struct Evidence {
    /// The bundle.
    pub loaded: Arc<Loaded>,
    /// What the analytics found.
    pub hits: Arc<Vec<Hit>>,
    /// In which orders they are listed.
    pub orders: Arc<Orders>,
    /// What they were found with.
    pub settings: Settings,
    /// Dated knowledge.
    pub facts: &'static Facts,
    /// Finds the analytic of a hit.
    pub analytic: fn(&str) -> Option<&'static Analytic>,
}

impl Evidence {
    /// What was read, and what was found in it with these settings. Sorts the hits: not for the thread that draws.
    pub fn new(loaded: Arc<Loaded>, hits: Arc<Vec<Hit>>, settings: Settings, facts: &'static Facts) -> Self {
        let orders = Arc::new(Orders::of(&hits));
        Self { loaded, hits, orders, settings, facts, analytic: analytics::by_id }
    }

    /// The events.
    pub fn store(&self) -> &Store {
        &self.loaded.store
    }
}
