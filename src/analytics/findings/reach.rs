//! Reach of a hit's tokens, by class of resource.

use super::{capital, listed, missing};
use crate::analytics::{Finding, State, StepContext};
use crate::facts::{Facts, Reach};
use crate::model::words::counted;
use crate::model::{EventId, Field};
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};

/// Classes of the resources that rows got tokens for, with the resources' names.
pub fn reached(store: &Store, facts: &Facts, rows: &[EventId]) -> BTreeMap<Reach, Vec<String>> {
    let mut classes: BTreeMap<Reach, BTreeSet<&str>> = BTreeMap::new();
    for &id in rows {
        let event = store.event(id);
        let name = store.text(event.get(Field::ResourceDisplayName));
        let known = facts
            .resource(store.text(store.normalized_field(event, Field::ResourceIdentity)))
            .or_else(|| facts.resource_named(name));
        let (reach, name) = known.map_or((Reach::Other, name), |known| (known.reach, known.name.as_str()));
        let names = classes.entry(reach).or_default();
        if !name.is_empty() {
            names.insert(name);
        }
    }
    let owned = |names: BTreeSet<&str>| names.into_iter().map(str::to_owned).collect();
    classes.into_iter().map(|(reach, names)| (reach, owned(names))).collect()
}

/// Resources of the hit, by class. No product gets both personal data and control with one client at start.
pub fn resources(context: &StepContext) -> Finding {
    let hit = context.hit;
    let classes = reached(context.store, context.facts, &hit.evidence);
    let named: Vec<String> = classes
        .iter()
        .filter(|(reach, names)| **reach != Reach::Other || !names.is_empty())
        .map(|(reach, names)| format!("{} ({})", reach.word(), listed(names)))
        .collect();
    if named.is_empty() {
        return missing("no resource named", "No row names its resource", "ResourceIdentity and ResourceDisplayName");
    }
    let personal = classes.keys().filter(|reach| reach.is_personal()).count();
    let control = classes.keys().filter(|reach| reach.is_control()).count();
    let (state, reads) = match (personal, control) {
        (1.., 1..) => {
            (State::Supports, "personal data and control together: no Microsoft app requests both at start-up")
        }
        (2.., 0) => (State::Unknown, "personal data only, as an Office client at start also asks for"),
        (0, 2..) => (State::Unknown, "control only, as a command line also asks for"),
        _ => (State::Against, "little of what an intruder wants"),
    };
    let kinds = match (personal, control) {
        (1.., 1..) => "mail, chat or files and admin systems together",
        (1.., 0) => "mail, chat or files",
        (0, 1..) => "admin systems",
        (0, 0) => "nothing of value",
    };
    let brief = format!("{}: {kinds}", counted(hit.resource_ids.len(), "resource"));
    let sentence = format!("{} resources: {}. {}.", hit.resource_ids.len(), named.join("; "), capital(reads));
    Finding::new(state, brief, sentence).with_rows(hit.evidence.iter().copied())
}

/// Number of valuable classes reached.
pub fn valuable(classes: &BTreeMap<Reach, Vec<String>>) -> usize {
    classes.keys().filter(|reach| reach.is_valuable()).count()
}
