//! `AADGraphActivityLogs`: calls of the older Azure AD Graph, which tools for directory sweeps use.

use super::column::Columns;
use super::column::Target::Created;
use super::graph::{COLUMNS as CALLS, FIELDS, READS, SAME_RUN};
use super::{Missing, Role, RowKind, Success, TableSpec};
use crate::model::Table;

pub(super) const SPEC: TableSpec = TableSpec {
    table: Table::AadGraph,
    name: "AADGraphActivityLogs",
    words: "Azure AD Graph log",
    aliases: &["azureadgraphactivitylogs"],
    file_marks: &["adgraphactivity"],
    keys: &[],
    hosts: &["graph.windows.net"],
    skips: |_| true,
    role: Role::Uses,
    kind: RowKind::Graph,
    fields: FIELDS,
    act: None,
    columns: &[CALLS[0], CALLS[1], CALLS[2], TIMES],
    portal: &[],
    twin: None,
    user_of_token: false,
    success: Success::Status,
    same_run: SAME_RUN,
    reads: &[READS],
    missing: Missing {
        cost: "calls of Azure AD Graph, which tools such as ROADrecon sweep the directory with, are not seen",
        export: "Export AADGraphActivityLogs of the same days from Log Analytics or a storage account; no Graph API \
                 gives it.",
        from_graph: None,
    },
};

/// Time of the call; `TimeGenerated` is the time of logging.
const TIMES: Columns = &[("timerequested", Created(3))];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Field;
    use crate::tables::targets;

    #[test]
    fn columns_have_the_names_of_this_table() {
        let of = |name| targets(name, false).under(Some(Table::AadGraph));
        assert_eq!(of("CallerIpAddress").field(), Some(Field::IpAddress));
        assert_eq!(of("IPAddress").field(), Some(Field::IpAddress));
        assert_eq!(of("SignInActivityId").field(), Some(Field::TokenId));
        assert_eq!(of("TimeRequested"), Created(3));
        assert_eq!(targets("TimeRequested", false).under(Some(Table::Graph)).field(), None);
    }
}
