//! Rows of a user's changes that let somebody come back, by session and network.

use super::places::Net;
use super::rows::within;
use crate::model::{EventId, Sym, Time};
use crate::store::Store;
use std::collections::HashMap;

/// Rows of changes that let somebody come back, by a user or upon one, in order.
#[derive(Default)]
pub struct FootholdRows {
    /// All of them.
    pub all: Vec<EventId>,
    /// Those the user made, by session.
    pub sessions: HashMap<Sym, Vec<EventId>>,
    /// Those the user made, by network; Microsoft's left out.
    pub nets: HashMap<Net, Vec<EventId>>,
}

impl FootholdRows {
    /// Returns whether the user made a change between two times in a session or from one of some networks.
    pub fn any(&self, store: &Store, session: Sym, nets: impl Iterator<Item = Net>, (from, to): (Time, Time)) -> bool {
        let in_session = self.sessions.get(&session).filter(|_| !session.is_none());
        let at_nets = nets.filter_map(|net| self.nets.get(&net));
        in_session.into_iter().chain(at_nets).any(|rows| !within(store, rows, from, to).is_empty())
    }
}
