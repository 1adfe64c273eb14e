//! Rows written out as Log Analytics exports them, and read back by the program.

use super::row::{Row, moment};
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::sync::atomic::AtomicBool;
use tokentrail::testing::ingest::{Options, load};
use tokentrail::testing::model::{Field, Table};
use tokentrail::testing::store::Store;

/// The store the program makes of these rows as files, one for each source.
pub(crate) fn store_of(rows: &[Row], per_source: usize) -> Store {
    let folder = tempfile::tempdir().expect("a folder");
    for (number, chunk) in rows.chunks(per_source).enumerate() {
        let mut text = String::new();
        for row in chunk {
            writeln!(text, "{}", Value::Object(record(row))).expect("texts grow");
        }
        std::fs::write(folder.path().join(format!("{number:03}.json")), text).expect("the file is written");
    }
    let paths = [folder.path().to_path_buf()];
    let loaded = load(&paths, &Options::default(), &|_| {}, &AtomicBool::new(false)).expect("nobody stops it");
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    loaded.store
}

/// A row as a line of an export: missing fields are missing or null, a result is a number where it can be.
pub(crate) fn record(row: &Row) -> Map<String, Value> {
    let mut record = Map::new();
    record.insert("Type".to_owned(), json!(row.table.name()));
    if let Some(time) = row.created {
        record.insert("CreatedDateTime".to_owned(), json!(moment(time)));
    }
    if let Some(time) = row.ingested {
        record.insert("TimeGenerated".to_owned(), json!(moment(time)));
    }
    for field in Field::ALL {
        let value = match row.fields.get(&field) {
            None if field == Field::SessionId => Value::Null,
            None => continue,
            Some(text) if field == Field::ResultType && text == "0" && row.created.is_none_or(|t| t % 2 == 0) => {
                json!(0)
            }
            Some(text) => json!(text),
        };
        record.insert(column(row.table, field).to_owned(), value);
    }
    record
}

fn column(table: Table, field: Field) -> &'static str {
    match (table, field) {
        (Table::Graph | Table::AadGraph, Field::Id) => "RequestId",
        (Table::Graph | Table::AadGraph, Field::TokenId) => "SignInActivityId",
        (Table::Graph, Field::CorrelationId) => "OperationId",
        (Table::AadGraph, Field::IpAddress) => "CallerIpAddress",
        _ => field.column(),
    }
}
