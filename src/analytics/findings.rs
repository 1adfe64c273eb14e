//! Findings for the triage questions, computed from the bundle. Shared by the analytics that ask them.

mod aftermath;
mod agents;
mod begin;
mod binding;
mod client;
mod codes;
mod devices;
mod flow;
mod footholds;
mod graph;
mod handoff;
mod networks;
mod origin;
mod owners;
mod parties;
mod reach;
mod recon;
mod revoke;
pub mod session;
mod token_uses;

pub use aftermath::{refused_after, renewed_after, residual_calls, returned_after, revoked_what, still_standing};
pub use agents::{agent_in_tenant, others_with_agent};
pub use begin::{attempts_before, elsewhere, mfa_met, mfa_words, session_after, software_seen};
pub use binding::{binding_code, binding_regular, bound_device};
pub use client::{client_family, client_history, client_rarity, scopes_asked};
pub use codes::{codes_before, descendants, device_registration, legs_of_flow};
pub use devices::{
    device_disabled, device_keys, device_known, device_registered, device_used, others_with_device,
    registration_request,
};
pub use flow::{delay, device_code_before, legs_apart};
pub use footholds::{
    added, added_before, added_tie, planted, records_changes, rules_made, same_object, still_there, survives,
};
pub use graph::{ActionCount, count_actions, graph_agents, graph_verbs, in_words};
pub use handoff::{code_issued, code_redeemed, exits_usual};
pub use networks::{networks_seen, others_there};
pub use origin::{leg_origin, origin, origin_of};
pub use owners::whose_party;
pub use parties::{begun_by, interleaved, last_act, machines_of_session, parties, tokens_by_party};
pub use reach::{reached, resources, valuable};
pub use recon::{categories_read, read_or_refused, scopes_used, swept_before, swept_by_others};
pub use revoke::what_to_revoke;
pub use token_uses::{agents_of_sides, nets_of_token, pair_usual, token_expired};

use super::{Finding, State};
use crate::model::{Sym, words};
use crate::store::Store;

/// Most texts that a sentence names; it counts the others.
const NAMED: usize = 4;

/// Rows around a hit that a finding keeps: a script's account has thousands of hits, each with all the others around.
const KEPT: usize = 1000;

/// ` Of 4320 rows of those 30 days the last 1000 are shown.`, where some are not.
fn kept(which: &str, kept: usize, all: usize, of: &str) -> String {
    if kept < all { format!(" Of {all} rows {of} the {which} {kept} are shown.") } else { String::new() }
}

/// `a, b and 3 more`.
fn listed<T: AsRef<str>>(texts: &[T]) -> String {
    words::listed(texts, NAMED)
}

/// Sign-in names of some users, those first that a sentence names, sorted: the numbers of texts are in no order that two
/// runs share.
fn names_of(store: &Store, users: impl IntoIterator<Item = Sym>) -> Vec<&str> {
    let mut names: Vec<&str> = users.into_iter().map(|user| store.upn(user)).collect();
    if names.len() > NAMED {
        names.select_nth_unstable(NAMED);
    }
    let named = names.len().min(NAMED);
    names[..named].sort_unstable();
    names
}

/// A sentence with a capital letter.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Finding for a question that the bundle cannot answer; names the export that would.
fn missing(brief: &str, lacks: &str, export: &str) -> Finding {
    Finding::new(State::Missing, brief, format!("{lacks}. To answer: {export}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Field, Table};
    use crate::store::testing::Rows;

    #[test]
    fn names_come_in_an_order_of_their_own() {
        let mut rows = Rows::default();
        for name in ["zoe@contoso.com", "amy@contoso.com"] {
            rows.row(Table::SignIn, "2026-05-01T14:00:00Z", &[(Field::UserPrincipalName, name)]);
        }
        let store = rows.build();
        let users = ["zoe@contoso.com", "amy@contoso.com"].map(|name| store.find(name).expect("a row names it"));
        assert_eq!(names_of(&store, users), ["amy@contoso.com", "zoe@contoso.com"]);
    }
}
