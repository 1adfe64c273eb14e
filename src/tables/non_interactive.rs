//! `AADNonInteractiveUserSignInLogs`: a client did it for the user.

use super::sign_in::{COLUMNS, FIELDS, NAMED, PORTAL, SAME_RUN, TRACED};
use super::{Missing, Role, RowKind, Success, TableSpec};
use crate::model::{Field, Table};

pub(super) const SPEC: TableSpec = TableSpec {
    table: Table::NonInteractive,
    name: "AADNonInteractiveUserSignInLogs",
    words: "non-interactive sign-in log",
    aliases: &["noninteractiveusersigninlogs"],
    file_marks: &["noninteractive", "rt_signin_log"],
    keys: &[],
    hosts: &[],
    skips: |_| false,
    role: Role::Issues,
    kind: RowKind::Token,
    fields: FIELDS,
    act: None,
    columns: COLUMNS,
    portal: PORTAL,
    twin: Some(Table::SignIn),
    user_of_token: false,
    success: Success::Result,
    same_run: SAME_RUN,
    reads: &[NAMED, TRACED, &[(Field::ProcessingDetails, "scopes and roles of a token are not known")]],
    missing: Missing {
        cost: "no token exchange is seen: foci-burst and device-code-burst cannot run",
        export: "Export AADNonInteractiveUserSignInLogs of the same days.",
        from_graph: Some(
            "Microsoft Graph gives interactive sign-ins only unless asked: filter by \
             signInEventTypes/any(t: t eq 'nonInteractiveUser') at the beta endpoint, or export \
             AADNonInteractiveUserSignInLogs from Log Analytics.",
        ),
    },
};
