//! `AzureActivity`: changes of Azure resources.

use super::act::{ActRow, FIELDS};
use super::members::Members;
use super::{Missing, Role, RowKind, Success, TableSpec};
use crate::model::{Field, Table};

pub(super) const SPEC: TableSpec = TableSpec {
    table: Table::Activity,
    name: "AzureActivity",
    aliases: &["administrative"],
    file_marks: &[],
    keys: &[
        &["operationnamevalue", "categoryvalue"],
        &["eventdataid"],
        &["eventtimestamp", "claims"],
        &["authorization", "claims"],
        &["activitylogs"],
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
        cost: "what was done to Azure resources is not seen",
        export: "Export AzureActivity of the same days from Log Analytics, or the activity log of each subscription.",
        from_graph: None,
    },
};

/// Fields read, and the loss without each.
const READS: &[(Field, &str)] = &[
    (Field::Id, "copies of a record cannot be found"),
    (Field::TokenId, "acts cannot be tied to the token that made them"),
    (Field::IpAddress, "addresses cannot be compared"),
];

/// Reads a record.
fn read(record: &Members<'_>) -> ActRow {
    let _ = record;
    ActRow::default()
}
