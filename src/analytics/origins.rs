//! Origins of rows: their places, and the networks that users are known to sign in from.

use super::known::Known;
use super::places::Places;
use crate::facts::Facts;
use crate::store::Store;

/// Places of all rows and known networks of all users.
#[derive(Clone, Copy)]
pub struct Origins<'a> {
    /// Every event.
    pub store: &'a Store,
    /// Dated knowledge.
    pub facts: &'a Facts,
    /// Place and software of every event.
    pub places: &'a Places,
    /// Networks that users are known to sign in from.
    pub known: &'a Known,
}
