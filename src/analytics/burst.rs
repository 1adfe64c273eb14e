//! Bursts: one client, many resources, within a window. Shared by every analytic that begins with one.

use super::DetectContext;
use super::candidates::{Burst, Group, Row};
use crate::model::{EventId, Field, Sym, Table, Time, threads};
use crate::tables::Role;
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Every burst of a watched client under hunt semantics, in no particular order: any window from an event to the last
/// one at most `window` later that holds enough resources qualifies; qualifying windows that share an instant are one
/// burst.
pub fn sliding<'c>(context: &'c DetectContext) -> &'c [Burst] {
    context.sliding.get_or_init(|| slid(context))
}

fn slid(context: &DetectContext) -> Vec<Burst> {
    let mut found = Vec::new();
    for group in context.candidates.groups(|| groups(context)) {
        for (start, end) in windows(context, group) {
            let events = group.rows[start..end].iter().map(|row| row.id).collect();
            found.push(Burst { user: group.user, app: group.app, window: "a window", events });
        }
    }
    found
}

/// Rows that may make a burst under hunt semantics, whatever the thresholds.
fn groups(context: &DetectContext) -> Vec<Group> {
    let rows = context.admitted().group_in(Role::Issues, || {
        let mut watched: HashMap<Sym, bool, RandomState> = HashMap::default();
        move |id, event| {
            if event.table != Table::NonInteractive || !event.succeeded() {
                return None;
            }
            let app = context.store.normalized_field(event, Field::AppId);
            let watch = || context.settings.clients.watch(context.facts, context.store.text(app));
            if app.is_none() || !*watched.entry(app).or_insert_with(watch) {
                return None;
            }
            let user = context.user(event);
            (!user.is_none()).then_some(((user, app), id))
        }
    });
    rows.iter().map(|((user, app), rows)| group(context, user, app, rows)).collect()
}

fn group(context: &DetectContext, user: Sym, app: Sym, ids: &[EventId]) -> Group {
    let mut numbers: HashMap<Sym, u32, RandomState> = HashMap::default();
    let mut rows = Vec::with_capacity(ids.len());
    for &id in ids {
        let event = context.store.event(id);
        let resource = context.resource(event);
        let next = u32::try_from(numbers.len()).expect("as many as events") + 1;
        let resource = if resource.is_none() { 0 } else { *numbers.entry(resource).or_insert(next) };
        rows.push(Row { id, time: event.time(), resource });
    }
    Group { user, app, rows, resources: numbers.len() }
}

/// Half-open ranges of a group's rows that qualifying windows cover once joined.
fn windows(context: &DetectContext, group: &Group) -> Vec<(usize, usize)> {
    let rows = &group.rows;
    let mut joined: Vec<(usize, usize)> = Vec::new();
    if group.resources < context.settings.min_resources {
        return joined;
    }
    let mut inside = vec![0u32; group.resources + 1];
    let mut distinct = 0;
    let mut end = 0;
    for start in 0..rows.len() {
        while end < rows.len() && rows[end].time.since(rows[start].time) <= context.settings.window {
            let resource = rows[end].resource as usize;
            distinct += usize::from(resource > 0 && inside[resource] == 0);
            inside[resource] += 1;
            end += 1;
        }
        if distinct >= context.settings.min_resources {
            match joined.last_mut() {
                // Windows run from event to event: they share an instant when the later one's first event is
                // not after the earlier one's last.
                Some(last) if rows[start].time <= rows[last.1 - 1].time => last.1 = end,
                _ => joined.push((start, end)),
            }
        }
        let resource = rows[start].resource as usize;
        inside[resource] -= 1;
        distinct -= usize::from(resource > 0 && inside[resource] == 0);
    }
    joined
}

/// Every burst of a watched client as published: groups by exact UPN, client id, client name and tumbling bin of ingest
/// time.
pub fn tumbling<'c>(context: &'c DetectContext) -> &'c [Burst] {
    context.tumbling.get_or_init(|| binned(context))
}

fn binned(context: &DetectContext) -> Vec<Burst> {
    let Some(success) = context.store.find("0") else { return Vec::new() };
    let mut rows: Vec<Exact> = context.admitted().find_in(Role::Issues, || {
        let mut watched: HashMap<Sym, bool, RandomState> = HashMap::default();
        move |id, event| {
            let exact = |field| context.exact(event, field);
            if event.table != Table::NonInteractive || event.get(Field::ResultType) != success {
                return None;
            }
            let app = exact(Field::AppId);
            let watch = || context.settings.clients.watch(context.facts, context.store.text(app));
            watched.entry(app).or_insert_with(watch).then(|| {
                let time = event.published_time();
                let bin = time.bin(context.settings.window);
                ((exact(Field::UserPrincipalName), app, exact(Field::AppDisplayName), bin), time, id)
            })
        }
    });
    threads::sort(&mut rows);
    let least = context.settings.min_resources;
    let names = |rows: &[Exact]| {
        let name = |row: &Exact| context.exact(context.store.event(row.2), Field::ResourceDisplayName);
        let mut names: Vec<Sym> = rows.iter().map(name).collect();
        names.sort_unstable();
        names.dedup();
        names.len()
    };
    // Most bins have fewer rows than that.
    let bins = rows.chunk_by(|a, b| a.0 == b.0).filter(|rows| rows.len() >= least && names(rows) >= least);
    let burst = |rows: &[Exact]| {
        let (user, app, ..) = rows.first()?.0;
        Some(Burst { user, app, window: "a tumbling bin", events: rows.iter().map(|row| row.2).collect() })
    };
    bins.filter_map(burst).collect()
}

/// Exact UPN, client id, client name and bin of a row, then its ingest time.
type Exact = ((Sym, Sym, Sym, i128), Time, EventId);
