//! Clients and resources of rows by the one name they are shown by.

use crate::facts::Facts;
use crate::model::Field;
use crate::store::{Event, Store};

/// Name of a row's client.
pub fn client_of<'a>(store: &'a Store, facts: &'a Facts, row: Event<'_>) -> &'a str {
    let id = store.text(store.normalized_field(row, Field::AppId));
    facts.client_name(id, store.text(row.get(Field::AppDisplayName)))
}

/// Name of a row's resource.
pub fn resource_of<'a>(store: &'a Store, facts: &'a Facts, row: Event<'_>) -> &'a str {
    let id = store.text(store.normalized_field(row, Field::ResourceIdentity));
    facts.resource_name(id, store.text(row.get(Field::ResourceDisplayName)))
}
