//! Reads the tables that are built into the program.

use crate::model::words::is_guid;
use serde::de::DeserializeOwned;

/// The rows of an embedded CSV table, in order. `name` is for the message when the table itself is broken,
/// which a test of each table would have shown first.
pub(super) fn rows<T: DeserializeOwned>(name: &str, text: &str) -> Vec<T> {
    csv::Reader::from_reader(text.as_bytes())
        .into_deserialize()
        .collect::<Result<_, _>>()
        .unwrap_or_else(|error| panic!("the embedded table {name} is broken: {error}"))
}

/// Returns whether a row's date is written `2026-01` or `2026-01-31`.
pub(super) fn is_dated(date: &str) -> bool {
    let parts: Vec<_> = date.split('-').map(str::len).collect();
    matches!(parts[..], [4, 2] | [4, 2, 2]) && date.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

/// An application id as the tables compare it: lower case.
pub(super) fn id(written: &str) -> Result<String, String> {
    let id = written.trim().to_lowercase();
    if is_guid(&id) { Ok(id) } else { Err(format!("{written:?} is no application id")) }
}

/// Checks what every table promises: each row names its source and date.
#[cfg(test)]
pub(super) fn check_sources(name: &str, text: &str) {
    let rows: Vec<std::collections::HashMap<String, String>> = rows(name, text);
    assert!(!rows.is_empty(), "{name} is empty");
    for row in rows {
        assert!(!row["source"].trim().is_empty(), "{name}: {row:?} has no source");
        assert!(is_dated(&row["date"]), "{name}: {row:?} has no date");
    }
}
