//! The rows of an incident as a story: like rows of one place together, in order of the first of each.

use super::NoteContext;
use crate::analytics::known::Standing;
use crate::analytics::{Hit, Incident};
use crate::facts::{ActClass, Action, Verb, Weight};
use crate::model::words::listed;
use crate::model::{EventId, Field, Time};
use crate::report::timeline::client_name;
use crate::tables::Role;
use crate::triage::acts;
use crate::triage::timeline::{RowKind, line};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// Kinds of rows shown.
const KINDS: usize = 7;
/// Objects named of one kind.
const OBJECTS: usize = 3;

/// Like rows of one place.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StoryNote {
    /// First row.
    pub first: Time,
    /// Last row.
    pub last: Time,
    /// Number of rows.
    pub rows: usize,
    /// Address.
    pub address: String,
    /// Standing of the address with the user; empty for a row without one.
    pub standing: &'static str,
    /// The act in words.
    pub what: String,
    /// `file:record` of the first row.
    pub record: String,
    /// Whether the analyst marked one of the rows.
    pub marked: bool,
    /// Whether one of these is bookmarked.
    pub bookmarked: bool,
}

/// Gravity of kinds of rows: those of most weight are kept where not all can be.
const LOOKED: u8 = 1;
const READ: u8 = 2;
const CHANGED: u8 = 3;
const SIGNED_IN: u8 = 4;

fn call_gravity(verb: &Verb) -> u8 {
    match verb.weight {
        Weight::Plumbing => 0,
        Weight::Took | Weight::Changed | Weight::Prepared => CHANGED,
        Weight::Searched | Weight::Read if verb.reach.is_content() => READ,
        Weight::Searched | Weight::Read | Weight::Listed | Weight::Other => LOOKED,
    }
}

fn act_gravity(action: &Action) -> u8 {
    match action.class {
        None | Some(ActClass::Stop) => 0,
        Some(ActClass::Find) => LOOKED,
        Some(ActClass::Read) => READ,
        Some(_) => CHANGED,
    }
}

/// All that makes rows alike.
#[derive(PartialEq, Eq, Hash)]
struct Like<'a> {
    address: &'a str,
    kind: u8,
    what: String,
    failed: bool,
}

/// Rows found so far.
struct Found<'a> {
    /// Its gravity: sign-ins always count.
    gravity: u8,
    rows: Vec<EventId>,
    objects: Vec<String>,
    address: &'a str,
    what: String,
    failed: bool,
}

/// The story of an incident, by one hit with all its rows; and how many kinds are left out.
pub(super) fn story(context: &NoteContext, incident: &Incident, merged: &Hit) -> (Vec<StoryNote>, usize) {
    let (store, facts) = (&context.loaded.store, context.facts);
    let calls = merged.graph.iter().map(|call| call.event);
    let acts_of = merged.acts.iter().map(|act| act.event);
    let rows: BTreeSet<EventId> =
        merged.evidence.iter().chain(&merged.legs).copied().chain(calls).chain(acts_of).collect();
    let mut standings: HashMap<EventId, Standing> = HashMap::new();
    for lane in incident.lanes.iter().filter(|lane| !lane.address.is_empty()) {
        standings.extend(lane.sign_ins.iter().chain(&lane.uses).map(|id| (*id, lane.standing)));
    }
    let mut places: HashMap<Like, usize> = HashMap::new();
    let mut found: Vec<Found> = Vec::new();
    for &id in &rows {
        let (event, line) = (store.event(id), line(store, facts, id, None));
        let (gravity, what, object) = match event.table.role() {
            Role::Uses => {
                let verb = facts.graph_verb(store.get(id, Field::RequestMethod), store.get(id, Field::RequestUri));
                (call_gravity(&verb), verb.action.to_string(), verb.object.unwrap_or_default())
            }
            Role::Records => {
                let gravity = acts::action(store, facts, event).map_or(LOOKED, act_gravity);
                (gravity, acts::verb(store, facts, event).to_owned(), store.get(id, Field::Object).to_owned())
            }
            Role::Issues if line.kind == RowKind::DeviceCode => (SIGNED_IN, line.what.clone(), String::new()),
            Role::Issues => {
                let lead = if line.failed { "failed sign-in by" } else { "token for" };
                (SIGNED_IN, format!("{lead} {}", client_name(facts, line.client)), line.what.clone())
            }
        };
        let like = Like { address: line.address, kind: line.kind as u8, what: what.clone(), failed: line.failed };
        let next = found.len();
        let place = *places.entry(like).or_insert(next);
        if place == next {
            let (address, failed) = (line.address, line.failed);
            found.push(Found { gravity, rows: Vec::new(), objects: Vec::new(), address, what, failed });
        }
        let one = &mut found[place];
        one.rows.push(id);
        if !object.is_empty() && !one.objects.contains(&object) && one.objects.len() < 100 {
            one.objects.push(object);
        }
    }
    let further = found.len().saturating_sub(KINDS);
    if further > 0 {
        let mut gravest: Vec<usize> = (0..found.len()).collect();
        gravest.sort_by_key(|at| std::cmp::Reverse(found[*at].gravity));
        gravest.truncate(KINDS);
        let mut at = 0;
        found.retain(|_| {
            at += 1;
            gravest.contains(&(at - 1))
        });
    }
    let note = |one: Found| {
        let (first, last) = (one.rows[0], one.rows[one.rows.len() - 1]);
        let objects =
            if one.objects.is_empty() { String::new() } else { format!(": {}", listed(&one.objects, OBJECTS)) };
        let tried = if one.failed && !one.what.starts_with("failed") { "refused: " } else { "" };
        let marks = || one.rows.iter().filter_map(|id| context.places.mark(context.case, *id));
        StoryNote {
            marked: marks().next().is_some(),
            bookmarked: marks().any(|mark| mark.bookmarked),
            first: store.event(first).time(),
            last: store.event(last).time(),
            rows: one.rows.len(),
            address: one.address.to_owned(),
            standing: standings.get(&first).map_or("", |standing| standing.word()),
            what: format!("{tried}{}{objects}", one.what),
            record: context.at(first),
        }
    };
    (found.into_iter().map(note).collect(), further)
}
