//! Ends of devices in the directory: disabled, deleted, no longer registered.

use crate::facts::folded_operation;
use crate::model::{EventId, Field, Sym, Time};
use crate::store::{Event, Store};
use crate::tables::OBJECT_ID;
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Rows that end devices, in time order.
#[derive(Default)]
pub struct DeviceEnds {
    /// By device id and by object id, in lower case.
    ids: HashMap<String, Vec<EventId>, RandomState>,
    /// By name, in lower case.
    names: HashMap<String, Vec<EventId>, RandomState>,
}

impl DeviceEnds {
    /// Those in the rows of a run.
    pub(super) fn new<'s>(store: &'s Store, rows: impl Iterator<Item = (EventId, Event<'s>)>) -> Self {
        let mut found = Self::default();
        let mut ending: HashMap<(Sym, Sym), bool, RandomState> = HashMap::default();
        for (id, event) in rows.filter(|(_, event)| event.table.records() && event.succeeded()) {
            let (operation, variant) = (event.get(Field::Operation), event.get(Field::Variant));
            if !*ending.entry((operation, variant)).or_insert_with(|| ends(store.text(operation), store.text(variant)))
            {
                continue;
            }
            let mut ids: Vec<String> = Vec::new();
            let device = store.text(store.normalized_field(event, Field::DeviceId));
            ids.extend((!device.is_empty()).then(|| device.to_lowercase()));
            ids.extend(object_id(store, event));
            for device in ids {
                found.ids.entry(device).or_default().push(id);
            }
            let name = store.text(event.get(Field::Object)).trim().to_lowercase();
            if !name.is_empty() {
                found.names.entry(name).or_default().push(id);
            }
        }
        found
    }

    /// Rows from a time on that end a device of some ids and names, both in lower case.
    pub fn of<'n>(
        &self,
        store: &Store,
        ids: impl IntoIterator<Item = &'n str>,
        names: impl IntoIterator<Item = &'n str>,
        from: Time,
    ) -> Vec<EventId> {
        let by_id = ids.into_iter().filter_map(|id| self.ids.get(id));
        let by_name = names.into_iter().filter_map(|name| self.names.get(name));
        let rows = by_id.chain(by_name).flat_map(|rows| {
            let start = rows.partition_point(|&id| store.event(id).time() < from);
            rows[start..].iter().copied()
        });
        let mut rows: Vec<EventId> = rows.collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

/// Returns whether an operation ends a device.
fn ends(operation: &str, variant: &str) -> bool {
    let operation = folded_operation(operation);
    ["delete device", "disable device", "unregister device"].iter().any(|end| operation.starts_with(end))
        || (operation.starts_with("update device") && variant.split_whitespace().any(|word| word == "disabled"))
}

/// The id that the directory gives the device of a change, in lower case.
pub fn object_id(store: &Store, event: Event<'_>) -> Option<String> {
    let parts = store.text(event.get(Field::Detail)).split(", ");
    parts.filter_map(|part| part.strip_prefix(OBJECT_ID)).map(|id| id.trim().to_lowercase()).find(|id| !id.is_empty())
}
