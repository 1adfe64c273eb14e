//! Registrations as the directory logs them: the device, and the traces of tools on it.

use super::seen::Found;
use crate::analytics::DetectContext;
use crate::analytics::device_ends::object_id;
use crate::model::{EventId, Field, Sym, Table};
use crate::tables::Role;
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Most rows of one operation that are read, the first: a registration has three or four, and a made-up log may give a
/// million rows one correlation id.
const MOST_ROWS: usize = 16;

/// Rows of the operations of which a registration is part.
pub(super) struct Operations(HashMap<Sym, Vec<EventId>, RandomState>);

impl Operations {
    pub(super) fn new(context: &DetectContext, found: &Found) -> Self {
        let store = context.store;
        let correlation = |id: EventId| store.normalized_field(store.event(id), Field::CorrelationId);
        let mut rows: HashMap<Sym, Vec<EventId>, RandomState> = HashMap::default();
        for operation in found.registered.values().flatten().map(|&id| correlation(id)) {
            if !operation.is_none() {
                rows.entry(operation).or_default();
            }
        }
        if !rows.is_empty() {
            for (id, event) in context.rows_in(Role::Records) {
                if event.table == Table::Audit
                    && event.succeeded()
                    && let Some(rows) = rows.get_mut(&correlation(id)).filter(|rows| rows.len() < MOST_ROWS)
                {
                    rows.push(id);
                }
            }
        }
        Self(rows)
    }

    /// The device that a registration made.
    pub(super) fn device(&self, context: &DetectContext, id: EventId) -> Registered {
        let store = context.store;
        let operation = store.normalized_field(store.event(id), Field::CorrelationId);
        let others = self.0.get(&operation).into_iter().flatten().copied().filter(|&other| other != id);
        let rows: Vec<EventId> = std::iter::once(id).chain(others).collect();
        let mut device = Registered::default();
        let mut add = |id: String| {
            if !id.is_empty() && !device.ids.contains(&id) {
                device.ids.push(id);
            }
        };
        for &row in &rows {
            add(store.text(store.normalized_field(store.event(row), Field::DeviceId)).to_lowercase());
        }
        for &row in &rows {
            add(object_id(store, store.event(row)).unwrap_or_default());
        }
        for &row in &rows {
            // Of a row without a device it is the user.
            let name = store.get(row, Field::Object).trim();
            let name = if name.contains('@') { "" } else { name };
            let detail = store.get(row, Field::Detail);
            let print = context.facts.fingerprint(name, "");
            let print = print.or_else(|| detail.split(", ").find_map(|part| context.facts.fingerprint("", part)));
            if device.print.is_none() {
                device.print = print.map(|print| (print.tool.clone(), print.value.clone()));
            }
            if device.name.is_empty() {
                name.clone_into(&mut device.name);
            }
            if device.os.is_empty() {
                let is_id =
                    |part: &&str| ["trust type ", "device id ", "object id "].iter().any(|id| part.starts_with(id));
                device.os = detail.split(", ").take_while(|part| !is_id(part)).collect::<Vec<_>>().join(" ");
            }
        }
        device.is_named = !device.name.is_empty() || !device.os.is_empty();
        device
    }
}

/// A device by its registration.
#[derive(Default)]
pub(super) struct Registered {
    /// Its ids in lower case: those that sign-ins show, then those of the directory.
    pub(super) ids: Vec<String>,
    pub(super) name: String,
    pub(super) os: String,
    /// The tool whose trace it has, and the trace.
    pub(super) print: Option<(String, String)>,
    /// Whether its name or its system is recorded.
    pub(super) is_named: bool,
}

impl Registered {
    /// Its name, else its id.
    pub(super) fn label(&self) -> &str {
        if self.name.is_empty() { self.ids.first().map_or("without a name", String::as_str) } else { &self.name }
    }
}
