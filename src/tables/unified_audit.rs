//! `UnifiedAuditLog`: what was done in mail, files, Teams and the directory, in every export shape.

use super::act::{ActRow, FIELDS};
use super::members::Members;
use super::{Missing, Role, RowKind, Success, TableSpec};
use crate::model::{Field, Table};

pub(super) const SPEC: TableSpec = TableSpec {
    table: Table::UnifiedAudit,
    name: "UnifiedAuditLog",
    aliases: &["officeactivity", "cloudappevents", "enrichedoffice365auditlogs"],
    file_marks: &[],
    keys: &[
        &["officeworkload"],
        &["officeid"],
        &["actiontype", "raweventdata"],
        &["actiontype", "activityobjects"],
        &["actiontype", "activitytype"],
        &["auditdata"],
        &["auditlogrecordtype"],
        &["operations", "userids"],
        &["operation", "creationtime", "workload"],
        &["operation", "creationtime", "recordtype"],
        &["operation", "workload", "recordtype"],
        &["o365"],
    ],
    hosts: &[],
    skips: |_| false,
    role: Role::Records,
    kind: RowKind::Act,
    fields: FIELDS,
    act: Some(read),
    columns: &[],
    portal: &[],
    twin: None,
    user_of_token: false,
    success: Success::Act,
    same_run: &[Field::Operation, Field::Outcome],
    reads: &[READS],
    missing: Missing {
        cost: "what was done in mail, files and Teams is not seen",
        export: "Export the unified audit log of the same days: Search-UnifiedAuditLog, Purview's audit search, or the Management Activity API.",
        from_graph: None,
    },
};

/// Fields read, and the loss without each.
const READS: &[(Field, &str)] = &[
    (Field::Id, "copies of a record cannot be found"),
    (Field::SessionId, "acts cannot be tied to a session"),
    (Field::TokenId, "acts cannot be tied to the token that made them"),
    (Field::IpAddress, "addresses cannot be compared"),
];

/// Reads a record.
fn read(record: &Members<'_>) -> ActRow {
    let _ = record;
    ActRow::default()
}
