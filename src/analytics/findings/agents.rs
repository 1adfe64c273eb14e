//! The exact user agents of a hit: who else has them, and with which clients.

use super::{KEPT, listed, missing, names_of};
use crate::analytics::rows::distinct;
use crate::analytics::{Finding, State, StepContext};
use crate::model::words::counted;
use crate::model::{EventId, Field, Sym, Time};
use crate::store::Key;
use std::collections::BTreeSet;

/// Most rows with an agent that are read, the earliest: a library has thousands, and a tool a hit in every network.
const READ: usize = 100;

/// Rows of the tenant with the hit's agents before a time; in part where there are many. With the number of all.
fn with_agents(context: &StepContext, before: Option<Time>) -> (Vec<EventId>, usize) {
    let store = context.store;
    let agents = distinct(&context.hit.evidence, |id| Key::Agent.value(store, store.event(id)));
    let mut rows: Vec<EventId> = Vec::new();
    let mut all = 0;
    for agent in agents {
        let list = store.with(Key::Agent, agent);
        let end = before.map_or(list.len(), |time| list.partition_point(|&id| store.event(id).time() < time));
        all += end;
        rows.extend(list[..end].iter().take(READ.saturating_sub(rows.len())));
    }
    (rows, all)
}

fn agents_of(context: &StepContext) -> Vec<String> {
    context.detect.texts(&context.hit.evidence, Field::UserAgent)
}

/// The exact agents, and who had them before the hit.
pub fn agent_in_tenant(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let agents = agents_of(context);
    if agents.is_empty() {
        return missing("no agent recorded", "None of these rows has a user agent", "the same rows with UserAgent");
    }
    let (before, all) = with_agents(context, Some(hit.first_seen));
    let names = |field| {
        let syms: BTreeSet<Sym> = before.iter().map(|&id| store.normalized_field(store.event(id), field)).collect();
        let name =
            |sym: Sym| context.facts.client(store.text(sym)).map_or(store.text(sym), |client| client.name.as_str());
        let mut names: Vec<&str> = syms.into_iter().filter(|sym| !sym.is_none()).map(name).collect();
        names.sort_unstable();
        names
    };
    let clients = names(Field::AppId);
    let users: BTreeSet<Sym> = before.iter().map(|&id| store.event(id).user).filter(|user| !user.is_none()).collect();
    let shown = listed(&agents);
    let (state, brief, words) = match (before.is_empty(), users.contains(&hit.user)) {
        (true, _) => (State::Supports, "first here", "no row of the bundle before the hit has it".to_owned()),
        (false, own) => {
            let words = format!(
                "{} before the hit, of {}, with {}",
                counted(all, "row"),
                counted(users.len(), "user"),
                listed(&clients)
            );
            if own {
                (State::Against, "the user had it before", words)
            } else {
                (State::Unknown, "others had it", words)
            }
        }
    };
    let cut = super::kept("first", before.len(), all, "with it");
    let sentence = format!("{shown}: {words}.{cut}");
    Finding::new(state, brief, sentence).with_rows(hit.evidence.iter().copied().take(KEPT))
}

/// Other users with the hit's agents.
pub fn others_with_agent(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    if agents_of(context).is_empty() {
        return missing("no agent recorded", "None of these rows has a user agent", "the same rows with UserAgent");
    }
    let places = context.detect.places();
    let nets: BTreeSet<_> = hit.evidence.iter().filter_map(|&id| places.net(id)).collect();
    let (rows, _) = with_agents(context, None);
    let is_other = |id: &EventId| !matches!(store.event(*id).user, user if user.is_none() || user == hit.user);
    let others: Vec<EventId> = rows.into_iter().filter(is_other).collect();
    let names = |rows: &mut dyn Iterator<Item = EventId>| {
        let users: BTreeSet<Sym> = rows.map(|id| store.event(id).user).collect();
        names_of(store, users)
    };
    let all = names(&mut others.iter().copied());
    let there = |id: &EventId| places.net(*id).is_some_and(|net| nets.contains(&net));
    let same = names(&mut others.iter().copied().filter(there));
    let (state, brief, sentence) = match (all.len(), same.len()) {
        (0, _) => (State::Unknown, "nobody else".to_owned(), "No other user has a row with this agent.".to_owned()),
        (_, 0) => (
            State::Unknown,
            counted(all.len(), "other user"),
            format!("Other users with it, in other networks: {}.", listed(&all)),
        ),
        _ => (
            State::Supports,
            format!("{} in that network", counted(same.len(), "other user")),
            format!("Other users with it in the same network: {}.", listed(&same)),
        ),
    };
    Finding::new(state, brief, sentence).with_rows(others.into_iter().take(KEPT))
}
