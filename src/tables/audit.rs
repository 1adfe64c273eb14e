//! `AuditLogs`: changes in the directory.

use super::act::{ActRow, FIELDS};
use super::members::Members;
use super::{Missing, Role, RowKind, Success, TableSpec};
use crate::model::{Field, Table};

pub(super) const SPEC: TableSpec = TableSpec {
    table: Table::Audit,
    name: "AuditLogs",
    aliases: &[],
    file_marks: &[],
    keys: &[
        &["activitydisplayname"],
        &["targetresources", "initiatedby"],
        &["targetresources", "loggedbyservice"],
        &["actoruserprincipalname", "actorobjectid"],
        &["auditlogs"],
    ],
    hosts: &[],
    skips: |_| false,
    role: Role::Records,
    kind: RowKind::Record,
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
        cost: "devices, sign-in methods, consents and roles that were added are not seen, nor whether sessions were revoked",
        export: "Export AuditLogs of the same days: Log Analytics, a storage account, or directoryAudits of the Graph API.",
        from_graph: None,
    },
};

/// Fields read, and the loss without each.
const READS: &[(Field, &str)] =
    &[(Field::Id, "copies of a record cannot be found"), (Field::IpAddress, "addresses cannot be compared")];

/// Reads a record.
fn read(record: &Members<'_>) -> ActRow {
    let _ = record;
    ActRow::default()
}
