//! `MicrosoftGraphActivityLogs`: calls of Microsoft Graph. Its columns are those of every call.

use super::column::Columns;
use super::column::Target::{AppOnly, ClientProof, Number, Text, TokenOwner, Words};
use super::common::{ENVELOPE, TOKEN};
use super::{Missing, Role, RowKind, Success, TableSpec};
use crate::model::{Field, Table};

pub(super) const SPEC: TableSpec = TableSpec {
    table: Table::Graph,
    name: "MicrosoftGraphActivityLogs",
    words: "Graph log",
    aliases: &["graphapiauditevents"],
    file_marks: &["graphactivity"],
    keys: &[],
    hosts: &["graph.microsoft.com"],
    skips: is_version,
    role: Role::Uses,
    kind: RowKind::Graph,
    fields: FIELDS,
    act: None,
    columns: COLUMNS,
    portal: &[],
    twin: None,
    user_of_token: true,
    success: Success::Status,
    same_run: SAME_RUN,
    reads: &[READS],
    missing: Missing {
        cost: "what the tokens were used for is not known: the steps on Graph calls stay unanswered",
        export: "Export MicrosoftGraphActivityLogs of the same days from Log Analytics or a storage account; no Graph \
                 API gives it.",
        from_graph: None,
    },
};

/// Leaves the version out: most calls are v1.0, and the raw record keeps it.
fn is_version(part: &str) -> bool {
    matches!(part, "v1.0" | "beta")
}

/// Fields read from calls, and the loss without each.
#[rustfmt::skip]
pub(super) const READS: &[(Field, &str)] = &[
    (Field::Id, "duplicates of a row cannot be found"),
    (Field::UserId, "a renamed user is two users; Graph calls cannot be given to a user"),
    (Field::AppId, "no client is known: nothing can be found"),
    (Field::IpAddress, "addresses cannot be compared"),
    (Field::UserAgent, "tooling cannot be told from clients"),
    (Field::TokenId, "Graph calls cannot be tied to the token that made them"),
    (Field::RequestUri, "what the calls did is not known"),
    (Field::RequestMethod, "what the calls did is not known"),
    (Field::ResponseStatusCode, "failed calls cannot be told from successful ones"),
];

/// Fields that like calls share: method and answer. Their addresses are compared part by part.
pub(super) const SAME_RUN: &[Field] = &[Field::RequestMethod, Field::ResponseStatusCode];

#[rustfmt::skip]
pub(super) const FIELDS: &[Field] = &[
    Field::Id, Field::CorrelationId, Field::UserId, Field::UserPrincipalName, Field::AppId, Field::AppDisplayName,
    Field::IpAddress, Field::Asn, Field::UserAgent, Field::SessionId, Field::TokenId, Field::RequestMethod,
    Field::RequestUri, Field::ResponseStatusCode, Field::Scopes, Field::DeviceId, Field::IssuedAt,
];

pub(super) const COLUMNS: &[Columns] = &[ENVELOPE, TOKEN, CALL];

#[rustfmt::skip]
pub(super) const CALL: Columns = &[
    ("signinactivityid", Text(Field::TokenId, 1)),
    ("clientauthmethod", ClientProof), ("c_idtyp", AppOnly), ("userprincipalobjectid", TokenOwner),
    ("requestmethod", Text(Field::RequestMethod, 0)), ("http.request.method", Text(Field::RequestMethod, 0)),
    ("requesturi", Text(Field::RequestUri, 0)), ("url.original", Text(Field::RequestUri, 0)),
    ("responsestatuscode", Text(Field::ResponseStatusCode, 0)),
    ("http.response.status_code", Text(Field::ResponseStatusCode, 0)),
    ("scopes", Words(Field::Scopes, 0)), ("tokenissuedat", Text(Field::IssuedAt, 0)),
    ("autonomoussystemnumber", Number(Field::Asn, 1)), ("asn", Number(Field::Asn, 0)),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::targets;

    #[test]
    fn every_column_is_known_under_the_name_the_table_gives_it() {
        for (column, field) in [
            ("RequestId", Field::Id),
            ("OperationId", Field::CorrelationId),
            ("SignInActivityId", Field::TokenId),
            ("IPAddress", Field::IpAddress),
            ("c_sid", Field::SessionId),
            ("C_DeviceId", Field::DeviceId),
        ] {
            assert_eq!(targets(column, false).under(Some(Table::Graph)).field(), Some(field), "{column}");
        }
        // Where Graph ran, not where the caller was.
        assert_eq!(targets("Location", false).under(Some(Table::Graph)).field(), None);
    }
}
