//! Tables in JSON whose columns and rows come apart: Kusto's, and those of query interfaces.

use super::envelope::ROW_ARRAYS;
use crate::ingest::record::keys::Column;
use crate::model::Span;
use crate::tables::{self, Targets};
use std::sync::Arc;

/// Meaning of a key of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    RowArray,
    Rows,
    Columns,
    Name,
    Kind,
    Frame,
    Id,
    Fragment,
    Errors,
}

impl Role {
    /// The meaning of a key, if it has one.
    pub(super) fn from_key(key: &[u8]) -> Option<Self> {
        let is = |name: &str| key.eq_ignore_ascii_case(name.as_bytes());
        match key.len() {
            4..=9 | 17 => {}
            _ => return None,
        }
        Some(if ROW_ARRAYS.iter().any(|name| is(name)) {
            Self::RowArray
        } else if is("rows") {
            Self::Rows
        } else if is("columns") {
            Self::Columns
        } else if is("name") || is("tablename") {
            Self::Name
        } else if is("tablekind") {
            Self::Kind
        } else if is("frametype") {
            Self::Frame
        } else if is("tableid") {
            Self::Id
        } else if is("tablefragmenttype") {
            Self::Fragment
        } else if is("haserrors") || is("error") {
            Self::Errors
        } else {
            return None;
        })
    }
}

/// Everything a table has before its rows.
#[derive(Default)]
pub(super) struct TableHead {
    pub(super) name: Option<String>,
    pub(super) columns: Arc<[Column]>,
    /// A table Kusto adds about the query itself.
    pub(super) is_about_the_query: bool,
    /// A piece of a Kusto v2 result.
    pub(super) is_frame: bool,
    /// Its number within that.
    pub(super) id: Option<i64>,
    /// Its rows replace those before.
    pub(super) is_replacement: bool,
}

impl TableHead {
    /// Takes the value of a key.
    pub(super) fn take(&mut self, role: Role, json: &[u8]) {
        match role {
            Role::Name => self.name = Some(serde_json::from_slice(json).unwrap_or_default()),
            Role::Kind => {
                let kind: Option<String> = serde_json::from_slice(json).ok();
                self.is_about_the_query = kind.is_some_and(|kind| kind != "PrimaryResult");
            }
            Role::Columns => self.columns = columns(json),
            Role::Frame => self.is_frame = true,
            Role::Id => self.id = serde_json::from_slice(json).ok(),
            Role::Fragment => self.is_replacement = json == b"\"DataReplace\"",
            Role::RowArray | Role::Rows | Role::Errors => {}
        }
    }
}

fn columns(json: &[u8]) -> Arc<[Column]> {
    let Ok(serde_json::Value::Array(items)) = serde_json::from_slice(json) else { return Arc::default() };
    items
        .iter()
        .map(|item| {
            let name = ["name", "ColumnName"].iter().find_map(|key| item.get(key)).and_then(|name| name.as_str());
            let name = name.unwrap_or_default().to_owned();
            let targets = if name.is_empty() { Targets::SKIP } else { tables::targets(&name, false) };
            Column { name, targets, utc_offset: Span::from_ticks(0) }
        })
        .collect()
}
