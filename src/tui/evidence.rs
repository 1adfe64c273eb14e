//! The bundle and its hits.

use super::hit_list::Orders;
use crate::analytics::{self, Analytic, Hit, Settings};
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::store::Store;
use std::sync::Arc;

/// The worker's result once the bundle is read and the analytics have run.
pub struct Evidence {
    /// The bundle.
    pub loaded: Arc<Loaded>,
    /// The hits.
    pub hits: Arc<Vec<Hit>>,
    /// In which orders they are listed.
    pub orders: Arc<Orders>,
    /// The settings they were found with.
    pub settings: Settings,
    /// Dated knowledge.
    pub facts: &'static Facts,
    /// Finds the analytic of a hit.
    pub analytic: fn(&str) -> Option<&'static Analytic>,
}

impl Evidence {
    /// Puts the bundle and the hits of these settings together. Sorts the hits: not for the thread that draws.
    pub fn new(loaded: Arc<Loaded>, hits: Arc<Vec<Hit>>, settings: Settings, facts: &'static Facts) -> Self {
        let orders = Arc::new(Orders::new(&hits));
        Self { loaded, hits, orders, settings, facts, analytic: analytics::by_id }
    }

    /// The events.
    pub fn store(&self) -> &Store {
        &self.loaded.store
    }
}
