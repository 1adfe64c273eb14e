//! `UnifiedAuditLog`: what was done in mail, files, Teams and the directory, in every export shape.

mod apps;
mod entra;
mod exchange;
mod flat;
mod rules;
mod shape;
mod sharepoint;
mod teams;
#[cfg(test)]
mod tests;
mod who;
mod words;

use super::act::{ActRow, FIELDS};
use super::address::tells;
use super::members::Members;
use super::{Missing, Role, RowKind, Success, TableSpec};
use crate::model::{Field, Kept, Table};
use shape::{Body, Envelope};

pub(super) const SPEC: TableSpec = TableSpec {
    table: Table::UnifiedAudit,
    name: "UnifiedAuditLog",
    words: "unified audit log",
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
        &["o365audit"],
        &["recordid", "creationdate"],
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

/// Reads a record of any shape.
///
/// Words of [`Field::Variant`]:
/// - messages read: `bind`, `sync` (the whole folder), `throttled`; sent: `sharing` (by SharePoint, of a share)
/// - mail rules and settings: `forwards`, `deletes`, `moves`; rules from clients also `added`, `changed`, `removed`;
///   `clears` (forwarding removed), `audit` (auditing switched), `default` (rights that all have)
/// - files: `guest` (shared with one), `page` (no document); chats: `foreign` (with people of other tenants)
/// - the directory: as in `AuditLogs`
fn read<'r>(record: &Members<'r>) -> ActRow<'r> {
    let mut row = ActRow::default();
    shape::open(record, &mut |body, around| row = read_body(body, around));
    row.search = search(record);
    row
}

/// The count of the search that found a record; of a page without an answer its numbers are -1 and 0.
fn search(record: &Members<'_>) -> Option<u64> {
    let index: i64 = record.text("ResultIndex")?.parse().ok()?;
    let count = record.text("ResultCount")?.parse().ok()?;
    Some(if index < 0 { 0 } else { count })
}

fn read_body<'r>(body: &Body<'_, 'r>, around: &Envelope<'r>) -> ActRow<'r> {
    let mut row = ActRow::default();
    row.is_cut = around.is_cut;
    row.kept = if body.is_nothing() {
        Kept::Envelope
    } else if around.is_wrapped {
        Kept::Wrapped
    } else if body.has("OfficeId") || body.has("OfficeWorkload") {
        Kept::Columns
    } else {
        Kept::Whole
    };
    put_times(&mut row, body, around);
    let text = |names: &[&str]| body.first(names);
    row.set_some(Field::Id, text(&["OfficeId", "Id", "SourceRecordId", "RecordId"]).or(around.id));
    let operation = text(&["Operation"]).or(around.operation).unwrap_or_default();
    row.set(Field::Operation, operation.trim().strip_suffix('.').unwrap_or(operation.trim()));
    row.set_some(Field::Workload, text(&["Workload", "OfficeWorkload"]).or(around.workload));
    row.set_some(Field::Outcome, text(&["ResultStatus"]));
    let operation = row.get(Field::Operation).unwrap_or_default().to_lowercase();
    let is_logon = entra::is_logon(&operation);
    row.failed = match operation.as_str() {
        "userloginfailed" => true,
        "userloggedin" => false,
        _ => row.get(Field::Outcome).is_some_and(is_failure),
    };
    who::put(&mut row, body, around, is_logon);
    if body.is_nothing() {
        return row;
    }
    put_object(&mut row, body, &operation);
    if row.failed && row.get(Field::ResultDescription).is_none() && body.has("ExtendedProperties") {
        row.set_some(Field::ResultDescription, entra::old_reason(body));
    }
    // What the data centre does to mailboxes is on nobody's timeline.
    if !who::is_data_centre(body) {
        put_acted_upon(&mut row, body, is_logon);
    }
    row
}

/// Puts the event's time: the record's before any envelope's, and what trails it as time of arrival.
fn put_times<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>, around: &Envelope<'r>) {
    let of_record = body.time(&["CreationTime"]).or_else(|| body.time(&["TimeGenerated", "CreationDate", "Timestamp"]));
    row.created = of_record.or(around.created).or_else(|| body.time(&["@timestamp", "_time"]));
    row.ingested = body.time(&["Start_Time", "ElevationTime"]);
}

/// Returns whether a result is a failure. What succeeded in part did happen.
fn is_failure(result: &str) -> bool {
    ["failed", "failure", "false"].iter().any(|word| result.eq_ignore_ascii_case(word))
}

/// Puts what the act was done to.
fn put_object<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>, operation: &str) {
    if entra::is_logon(operation) {
        return entra::logon(row, body);
    }
    let workload = row.get(Field::Workload).unwrap_or_default().to_ascii_lowercase();
    let is = |names: &[&str]| names.iter().any(|name| workload.contains(name));
    if is(&["azureactivedirectory"]) || workload.is_empty() && body.has("AzureActiveDirectoryEventType") {
        entra::change(row, body);
    } else if is(&["sharepoint", "onedrive"]) && !operation.starts_with("search") || body.has("SourceFileName") {
        sharepoint::put(row, body, operation);
    } else if is(&["teams"]) {
        teams::put(row, body, operation);
    } else if !exchange::put(row, body, operation) {
        apps::put(row, body);
    }
}

/// Puts the users acted upon, the actor left out.
fn put_acted_upon<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>, is_logon: bool) {
    let kind = body.text("RecordType");
    let is_change = kind.is_none_or(|kind| kind == "8" || kind.eq_ignore_ascii_case("AzureActiveDirectory"));
    let mut users = if is_change && !is_logon { entra::users(body) } else { Vec::new() };
    users.extend(body.text("MailboxOwnerUPN").filter(|user| tells(user)));
    users.extend(rules::mailboxes(body));
    let actors = [row.get(Field::UserPrincipalName), row.get(Field::UserId)];
    let mut others: Vec<String> = Vec::new();
    for user in users {
        // Nearly all act on their own mailbox.
        if actors.iter().flatten().any(|actor| actor.eq_ignore_ascii_case(user)) {
            continue;
        }
        let user = user.to_lowercase();
        let is_actor = actors.iter().flatten().any(|actor| actor.to_lowercase() == user);
        if !is_actor && !user.contains(char::is_whitespace) && !others.contains(&user) {
            others.push(user);
        }
    }
    row.set(Field::ActedUpon, others.join(" "));
}
