//! Bursts: one client, many resources, within a window. Shared by every analytic that begins with one.

use super::{Scene, Semantics};
use crate::model::{EventId, Field, Sym, Table, Time};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The rows of one burst, in the semantics' time order.
pub struct Burst {
    /// The user: a user key under hunt semantics, the exact UPN under published ones.
    pub user: Sym,
    /// The client id, folded under hunt semantics, exact under published ones.
    pub app: Sym,
    /// Its rows.
    pub events: Vec<EventId>,
}

/// Every burst of a watched client, in no order that matters.
pub fn bursts(scene: &Scene) -> Vec<Burst> {
    match scene.settings.semantics {
        Semantics::Published => tumbling(scene),
        Semantics::Hunt => sliding(scene),
    }
}

/// Hunt semantics: any window from an event to the last one at most `window` later that holds enough resources
/// qualifies; qualifying windows that share an instant are one burst.
fn sliding(scene: &Scene) -> Vec<Burst> {
    let mut watched: HashMap<Sym, bool> = HashMap::new();
    let mut groups: HashMap<(Sym, Sym), Vec<Row>> = HashMap::new();
    for (id, event) in scene.rows() {
        if event.table != Table::NonInteractive || !event.succeeded() {
            continue;
        }
        let app = scene.store.fold(event[Field::AppId]);
        let watch = || scene.settings.clients.watch(scene.facts, scene.store.text(app));
        if app.is_none() || !*watched.entry(app).or_insert_with(watch) {
            continue;
        }
        let user = scene.user(event);
        if !user.is_none() {
            let row = Row { id, time: event.time(), resource: scene.resource(event) };
            groups.entry((user, app)).or_default().push(row);
        }
    }
    let mut found = Vec::new();
    for ((user, app), rows) in groups {
        for (start, end) in windows(scene, &rows) {
            let events = rows[start..end].iter().map(|row| row.id).collect();
            found.push(Burst { user, app, events });
        }
    }
    found
}

/// A row of one user and client.
struct Row {
    id: EventId,
    time: Time,
    resource: Sym,
}

/// Half-open ranges of `rows` (in time order) that qualifying windows cover once joined.
fn windows(scene: &Scene, rows: &[Row]) -> Vec<(usize, usize)> {
    let mut inside: HashMap<Sym, usize> = HashMap::new();
    let mut joined: Vec<(usize, usize)> = Vec::new();
    let mut end = 0;
    for start in 0..rows.len() {
        while end < rows.len() && rows[end].time.since(rows[start].time) <= scene.settings.window {
            if !rows[end].resource.is_none() {
                *inside.entry(rows[end].resource).or_default() += 1;
            }
            end += 1;
        }
        if inside.len() >= scene.settings.min_resources {
            match joined.last_mut() {
                // Windows run from event to event: they share an instant when the later one's first event is
                // not after the earlier one's last.
                Some(last) if rows[start].time <= rows[last.1 - 1].time => last.1 = end,
                _ => joined.push((start, end)),
            }
        }
        if let Some(count) = inside.get_mut(&rows[start].resource) {
            *count -= 1;
            if *count == 0 {
                inside.remove(&rows[start].resource);
            }
        }
    }
    joined
}

/// Published semantics: groups by exact UPN, client id, client name and tumbling bin of ingest time.
fn tumbling(scene: &Scene) -> Vec<Burst> {
    let mut groups: BTreeMap<(Sym, Sym, Sym, i128), Vec<EventId>> = BTreeMap::new();
    for (id, event) in scene.rows() {
        let exact = |field| scene.exact(event[field]);
        if event.table != Table::NonInteractive || scene.store.text(event[Field::ResultType]) != "0" {
            continue;
        }
        let app = exact(Field::AppId);
        if scene.settings.clients.watch(scene.facts, scene.store.text(app)) {
            let bin = event.published_time().bin(scene.settings.window);
            let key = (exact(Field::UserPrincipalName), app, exact(Field::AppDisplayName), bin);
            groups.entry(key).or_default().push(id);
        }
    }
    let names = |events: &[EventId]| {
        let names = events.iter().map(|&id| scene.exact(scene.store.event(id)[Field::ResourceDisplayName]));
        names.collect::<HashSet<_>>().len()
    };
    let enough = groups.into_iter().filter(|(_, events)| names(events) >= scene.settings.min_resources);
    enough
        .map(|((user, app, ..), mut events)| {
            events.sort_by_key(|&id| (scene.store.event(id).published_time(), id));
            Burst { user, app, events }
        })
        .collect()
}
