//! Rows of a result that a query gave in another engine.

use super::{Origin, Time};
use std::net::IpAddr;

/// Claim of a row of such a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// A hit.
    Hit,
    /// A hit, or less: the query finds all that the analytic finds, and more.
    AtMostHit,
    /// A user and a span that may hold a hit.
    Candidate,
}

/// A hit, or a candidate for one, that a query found in another engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The row of the result.
    pub origin: Origin,
    /// Id of the analytic, as the result names it.
    pub analytic: String,
    /// Whether the published query found it.
    pub is_published: bool,
    /// Its claim.
    pub claim: Claim,
    /// The engine, in a few words.
    pub engine: String,
    /// Object id of the user; empty where the result has none.
    pub user_id: String,
    /// Sign-in name of the user; empty where the result has none.
    pub upn: String,
    /// Id of the client; empty where the result is of none.
    pub app: String,
    /// Name of the client; empty where the result has none.
    pub app_name: String,
    /// Addresses that the row names, sorted.
    pub addresses: Vec<IpAddr>,
    /// The session; empty where the result is of none.
    pub session: String,
    /// First event.
    pub first: Time,
    /// Last event.
    pub last: Time,
}

impl Elsewhere {
    /// The user as shown: the sign-in name, else the id.
    pub fn who(&self) -> &str {
        if self.upn.is_empty() { &self.user_id } else { &self.upn }
    }
}
