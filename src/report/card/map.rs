//! The map of an incident: one lane a place, marks by time, and the end of what the logs show.

use super::{CardContext, Label, label_of_class, label_of_verb};
use crate::analytics::incidents::Lane;
use crate::analytics::known::Standing;
use crate::analytics::{Hit, Incident, leg_of};
use crate::model::{EventId, Field, Span, Sym, Table, Time};
use std::collections::{BTreeMap, BTreeSet};

/// Parts that the time is cut into.
pub const BINS: usize = 240;
/// Lanes that are kept: a few known places, and all that a screen has room for of the others.
const LANES: usize = 8;
/// Longest time before the incident with which its map begins.
const NEAR: Span = Span::minutes(60);
/// Known places that are kept.
const KNOWN: usize = 2;

/// A map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    /// Its beginning.
    pub from: Time,
    /// Its end.
    pub to: Time,
    /// Places: known ones above, others below.
    pub lanes: Vec<MapLane>,
    /// Places that are left out.
    pub more: usize,
    /// The gravest use of the tokens in each part, from places that are not known; of all where every place is.
    pub uses: Vec<Option<Use>>,
    /// The first row of each of these uses.
    pub use_rows: Vec<Option<EventId>>,
    /// The part in which a table of these uses ends, where it ends at the last of them or before.
    pub edge: Option<usize>,
    /// The part of the first revocation.
    pub revoked: Option<usize>,
}

/// One place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapLane {
    /// Its address.
    pub address: String,
    /// City and country; empty where no row records them.
    pub location: String,
    /// Standing of the address with the user.
    pub standing: Standing,
    /// The gravest mark of each part.
    pub marks: Vec<Option<Mark>>,
    /// The first row of each of these marks.
    pub rows: Vec<Option<EventId>>,
}

/// A mark on a lane, the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// A failed sign-in.
    Failed,
    /// A token issued without the user.
    Token,
    /// A sign-in with the user present.
    SignIn,
    /// A device code.
    Code,
}

/// A use of tokens, the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Looked around.
    Looked,
    /// Read or searched.
    Read,
    /// Took or changed.
    Took,
}

pub(super) fn map(context: &CardContext, incident: &Incident, hits: &[&Hit]) -> Map {
    let store = context.store;
    let legs: BTreeSet<EventId> = hits.iter().flat_map(|hit| hit.legs.iter().copied()).collect();
    // It begins with the session's last sign-in before, where that is near.
    let before = incident.lanes.iter().flat_map(|lane| &lane.sign_ins).map(|id| store.event(*id).time());
    let before = before.filter(|time| *time < incident.first && incident.first.since(*time) <= NEAR).max();
    let from = before.unwrap_or(incident.first);
    let scale = Scale::new(from, incident.last);
    let mark = |id: EventId| {
        let event = store.event(id);
        if legs.contains(&id) && leg_of(event).is_some() {
            Mark::Code
        } else if !event.succeeded() {
            Mark::Failed
        } else if event.table == Table::SignIn {
            Mark::SignIn
        } else {
            Mark::Token
        }
    };
    let with_rows = || incident.lanes.iter().filter(|lane| !lane.sign_ins.is_empty() && !lane.address.is_empty());
    let kept: Vec<&Lane> = {
        let known = with_rows().filter(|lane| lane.standing == Standing::Known).take(KNOWN);
        let others = with_rows().filter(|lane| lane.standing != Standing::Known);
        known.chain(others).take(LANES).collect()
    };
    let more = with_rows().count() - kept.len();
    let lanes = kept.into_iter().map(|lane| {
        let mut bins = Bins::default();
        for &id in lane.sign_ins.iter().filter(|id| store.event(**id).time() >= from) {
            bins.put(scale.bin(store.event(id).time()), mark(id), id);
        }
        let (address, location) = (lane.address.clone(), lane.location.clone());
        MapLane { address, location, standing: lane.standing, marks: bins.gravest, rows: bins.rows }
    });
    let lanes = lanes.collect();
    let calls = hits.iter().flat_map(|hit| hit.graph.iter().map(|call| call.event));
    let uses_of_hits = calls.chain(hits.iter().flat_map(|hit| hit.acts.iter().map(|act| act.event)));
    let edge = super::ends(context, uses_of_hits, incident.last).map(|(_, end)| scale.bin(end)).min();
    let uses = uses(context, incident, &scale);
    Map {
        from,
        to: incident.last,
        lanes,
        more,
        uses: uses.gravest,
        use_rows: uses.rows,
        edge,
        revoked: incident.revoked.first().filter(|at| **at <= incident.last).map(|at| scale.bin(*at)),
    }
}

/// The gravest use in each part.
fn uses(context: &CardContext, incident: &Incident, scale: &Scale) -> Bins<Use> {
    let store = context.store;
    let foreign = || incident.lanes.iter().filter(|lane| lane.standing != Standing::Known && !lane.uses.is_empty());
    let lanes: Vec<&Lane> =
        if foreign().next().is_some() { foreign().collect() } else { incident.lanes.iter().collect() };
    let mut uses = Bins::default();
    // Like calls are looked up once.
    let mut known: BTreeMap<(Sym, Sym), Option<Use>> = BTreeMap::new();
    for &id in lanes.iter().flat_map(|lane| &lane.uses) {
        let event = store.event(id);
        let texts = if event.table.uses() {
            (event.get(Field::RequestMethod), event.get(Field::RequestUri))
        } else {
            (event.get(Field::Operation), event.get(Field::Variant))
        };
        let found = *known.entry(texts).or_insert_with(|| weight(context, id));
        if let Some(found) = found {
            uses.put(scale.bin(event.time()), found, id);
        }
    }
    uses
}

fn weight(context: &CardContext, id: EventId) -> Option<Use> {
    let (store, facts) = (context.store, context.facts);
    let text = |field| store.get(id, field);
    let label = if store.event(id).table.uses() {
        label_of_verb(&facts.graph_verb(text(Field::RequestMethod), text(Field::RequestUri)))
    } else {
        label_of_class(facts.action(text(Field::Operation), text(Field::Variant))?.class)
    };
    Some(match label? {
        Label::Took | Label::Changed => Use::Took,
        Label::Read => Use::Read,
        _ => Use::Looked,
    })
}

/// The gravest of each part, and its first row.
struct Bins<T> {
    gravest: Vec<Option<T>>,
    rows: Vec<Option<EventId>>,
}

impl<T: Copy> Default for Bins<T> {
    fn default() -> Self {
        Self { gravest: vec![None; BINS], rows: vec![None; BINS] }
    }
}

impl<T: Copy + Ord> Bins<T> {
    fn put(&mut self, bin: usize, value: T, row: EventId) {
        let (gravest, first) = (&mut self.gravest[bin], &mut self.rows[bin]);
        if *gravest < Some(value) {
            (*gravest, *first) = (Some(value), Some(row));
        } else if *gravest == Some(value) {
            *first = (*first).min(Some(row));
        }
    }
}

/// A mark of the map that a screen can go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Its part.
    pub bin: usize,
    /// Its lane; `None` for the line of uses.
    pub lane: Option<usize>,
    /// Its row.
    pub row: EventId,
}

impl Map {
    /// Every mark with its row, in order of time.
    pub fn spots(&self) -> Vec<Spot> {
        let lanes = self.lanes.iter().enumerate().map(|(at, lane)| (Some(at), &lane.rows));
        let all = lanes.chain([(None, &self.use_rows)]);
        let spots = all.flat_map(|(lane, rows)| {
            let spot = move |(bin, row): (usize, &Option<EventId>)| Some(Spot { bin, lane, row: (*row)? });
            rows.iter().enumerate().filter_map(spot)
        });
        let mut spots: Vec<Spot> = spots.collect();
        spots.sort_unstable_by_key(|spot| (spot.row, spot.lane.is_none()));
        spots
    }
}

/// Times as parts.
struct Scale {
    from: Time,
    span: i64,
}

impl Scale {
    fn new(from: Time, to: Time) -> Self {
        Self { from, span: to.since(from).ticks().max(1) }
    }

    fn bin(&self, time: Time) -> usize {
        let since = time.since(self.from).max(Span::from_ticks(0)).ticks().min(self.span);
        let last = i128::try_from(BINS - 1).expect("a small number");
        usize::try_from(i128::from(since) * last / i128::from(self.span)).unwrap_or(BINS - 1)
    }
}
