//! A user's rows, indexed once for all analytics, steps and weights.

use super::Origins;
use super::habits::Habits;
use super::history::History;
use crate::model::Sym;

/// Rows of one user by client, address and kind, and the habits that they show.
#[derive(Debug)]
pub struct UserRows {
    /// Rows by client, address and kind.
    pub history: History,
    /// Devices and token bindings.
    pub habits: Habits,
}

impl UserRows {
    /// Indexes the rows of a user.
    pub fn new(origins: Origins<'_>, user: Sym) -> Self {
        Self { history: History::new(origins.store, user), habits: Habits::new(origins, user) }
    }
}
