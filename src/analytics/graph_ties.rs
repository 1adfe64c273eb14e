//! Ties of Graph calls to a hit.

use super::rows::{CLOCK_SKEW, distinct, within};
use super::{DetectContext, GraphCall, GraphTie, Semantics};
use crate::facts::lifetimes;
use crate::model::{EventId, Field, Span, Sym};
use crate::store::Key;
use std::collections::{BTreeMap, BTreeSet};

/// Longest time from the last event to a call that may still use its token.
const AFTERMATH: Span = lifetimes::ACCESS_TOKEN;

/// The Graph calls of the hit whose sign-ins are `events`, for `user` and `app` (keys of the semantics).
pub fn graph_calls(context: &DetectContext, user: Sym, app: Sym, events: &[EventId]) -> Vec<GraphCall> {
    match context.settings.semantics {
        _ if context.bare => Vec::new(),
        Semantics::Published => published(context, events),
        Semantics::Hunt => hunt(context, user, app, events),
    }
}

/// The published join: `CorrelationId` of the sign-in equals `SignInActivityId` of the call, byte for byte. The
/// two ids are of different kinds, so on real data it finds nothing.
fn published(context: &DetectContext, events: &[EventId]) -> Vec<GraphCall> {
    let known = context.calls_by_exact_token();
    let wanted: BTreeSet<Sym> =
        events.iter().map(|&id| context.exact(context.store.event(id)[Field::CorrelationId])).collect();
    let mut calls: Vec<EventId> = wanted.iter().filter_map(|token| known.get(token)).flatten().copied().collect();
    calls.sort_unstable();
    calls.into_iter().map(|event| GraphCall { event, tie: GraphTie::Token }).collect()
}

fn hunt(context: &DetectContext, user: Sym, app: Sym, events: &[EventId]) -> Vec<GraphCall> {
    let store = context.store;
    let (Some(&first), Some(&last)) = (events.first(), events.last()) else { return Vec::new() };
    let from = store.event(first).time().minus(CLOCK_SKEW);
    let to = store.event(last).time().plus(AFTERMATH);
    let mut found: BTreeMap<EventId, GraphTie> = BTreeMap::new();
    let mut admit = |ids: &[EventId], tie: GraphTie| {
        for &id in ids {
            let event = store.event(id);
            let in_time = tie == GraphTie::Token || event.is_timed();
            let of_client = tie != GraphTie::UserAppTime || store.normalized_field(event, Field::AppId) == app;
            if event.table.uses() && in_time && of_client && context.admits(event) {
                found.entry(id).and_modify(|known| *known = tie.min(*known)).or_insert(tie);
            }
        }
    };
    for token in distinct(events, |id| store.token(store.event(id)[Field::TokenId])) {
        admit(store.with(Key::Token, token), GraphTie::Token);
    }
    for session in distinct(events, |id| store.normalized_field(store.event(id), Field::SessionId)) {
        admit(within(store, store.with(Key::Session, session), from, to), GraphTie::Session);
    }
    admit(within(store, store.with(Key::User, user), from, to), GraphTie::UserAppTime);
    found.into_iter().map(|(event, tie)| GraphCall { event, tie }).collect()
}
