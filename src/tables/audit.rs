//! `AuditLogs`: changes in the directory.
//!
//! Words of [`Field::Variant`]: `secret`, `federated` and `methods` were added, or taken away (`secret-removed`,
//! `federated-removed`, `methods-removed`) · `disabled` and `enabled`, of accounts and policies · `temporary-pass`, a
//! temporary access pass was made · `admin-consent`, a consent for everybody · `nothing`, an update of nothing that
//! matters.

mod changes;
mod details;
mod grants;
mod portal;

pub use details::OBJECT_ID;

use super::act::{ActRow, FIELDS};
use super::address::{address, tells};
use super::json::{Arena, Value};
use super::members::{Members, read_out};
use super::nested::{Nested, items, part, part_text, text};
use super::{Missing, Role, RowKind, Success, TableSpec};
use crate::model::{Field, Kept, Table, Time};
use changes::{Changes, Distinct};

pub(super) const SPEC: TableSpec = TableSpec {
    table: Table::Audit,
    name: "AuditLogs",
    words: "directory audit log",
    aliases: &[],
    file_marks: &[],
    keys: &[
        &["activitydisplayname"],
        &["targetresources", "initiatedby"],
        &["targetresources", "loggedbyservice"],
        &["initiatedby", "loggedbyservice"],
        &["actortype", "activity"],
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

/// Names of which a record has one.
const MARKS: &[&str] = &["activityDisplayName", "operationName", "targetResources", "initiatedBy"];

/// Reads a record.
fn read<'r>(record: &Members<'r>) -> ActRow<'r> {
    let (columns, arena) = (record, record.arena());
    let from_portal = portal::record(record);
    let portal = from_portal.as_ref().map(|json| Members::from_json(arena.alloc_str(&json.to_string()), arena));
    let record = Nested::open(portal.as_ref().unwrap_or(record), MARKS);
    let mut row = ActRow::default();
    row.kept = if from_portal.is_some() { Kept::Columns } else { Kept::Whole };
    let names = ["activityDateTime", "createdDateTime", "time", "timeGenerated", "@timestamp", "timestamp"];
    row.created = portal::time(columns).or_else(|| record.time(columns, &names));
    row.set_some(Field::Id, record.text(&["id"]));
    row.set_some(Field::CorrelationId, record.text(&["correlationId"]).or_else(|| record.around(&["correlationId"])));
    if let Some(name) = record.text(&["operationName", "activityDisplayName"]) {
        row.set(Field::Operation, without_stop(name));
    }
    row.set_some(Field::Workload, record.text(&["loggedByService"]));
    if let Some(result) = record.text(&["result"]).or_else(|| record.around(&["event", "outcome"])) {
        row.failed = !result.eq_ignore_ascii_case("success");
        row.set(Field::Outcome, result);
    }
    row.set_some(Field::ResultDescription, record.text(&["resultReason", "resultDescription"]));
    let initiated = record.value("initiatedBy");
    let actor = Actor::read(initiated, arena);
    actor.put(&mut row);
    let logged = [
        part_text(part(initiated, "user"), &["ipAddress"]),
        record.text(&["callerIpAddress"]),
        record.around(&["source", "ip"]),
    ];
    row.set_some(Field::IpAddress, logged.into_iter().flatten().find_map(address));
    let linkable = read_out(part(initiated, "linkableIdentifiers"), arena);
    put_token(&mut row, linkable, arena);

    let (targets, details) = (record.value("targetResources"), record.value("additionalDetails"));
    let changes = Changes::read(targets, details, arena);
    row.set_some(Field::UserAgent, record.text(&["userAgent"]).or_else(|| changes.detail("User-Agent")));
    row.set_some(Field::DeviceId, changes.device_id());
    if let Some(device) = part_text(linkable, &["deviceId"]).filter(|id| tells(id)) {
        // Of a change to a device the field has that device alone.
        let is_of_device = row.get(Field::Operation).is_some_and(|name| name.to_ascii_lowercase().contains("device"));
        row.set_some(Field::DeviceId, Some(device).filter(|_| !is_of_device));
    }
    row.set(Field::ActedUpon, acted_upon(&changes, &actor));
    details::put(&mut row, &changes);
    row
}

/// Puts object, detail and variant of a change that another table has: from its targets and further details as they
/// are written here.
pub(super) fn put_change<'r>(row: &mut ActRow<'r>, targets: Value<'r>, details: Value<'r>, arena: &'r Arena) {
    let changes = Changes::read(targets, details, arena);
    row.set_some(Field::DeviceId, changes.device_id());
    details::put(row, &changes);
}

/// An operation without the blanks and the one full stop at its end, which the unified log writes.
fn without_stop(name: &str) -> &str {
    let name = name.trim();
    name.strip_suffix('.').unwrap_or(name).trim_end()
}

/// Puts the ids of the actor's token, which the beta of the Graph API has.
fn put_token<'r>(row: &mut ActRow<'r>, linkable: Value<'r>, arena: &'r Arena) {
    let token = read_out(part(linkable, "tokenDetails"), arena);
    row.set_some(Field::SessionId, part_text(linkable, &["sessionId"]).filter(|id| tells(id)));
    row.set_some(Field::TokenId, part_text(token, &["uniqueTokenIdentifier"]).filter(|id| tells(id)));
    row.set_some(Field::IssuedAt, part_text(token, &["issuedAtDateTime"]).and_then(rfc3339));
}

/// A time to the second as RFC 3339 writes it in UTC.
pub(super) fn rfc3339(time: &str) -> Option<String> {
    Time::parse(time.trim())?.rfc3339()
}

/// Prefixes and names of services that are logged as if they were users.
const SERVICES: [&str; 2] = ["serviceprincipal_", "fim_password_service@"];

/// Whoever made a change.
struct Actor<'r> {
    name: Option<&'r str>,
    id: Option<&'r str>,
    app: Option<&'r str>,
}

impl<'r> Actor<'r> {
    fn read(initiated: Value<'r>, arena: &'r Arena) -> Self {
        let user = read_out(part(initiated, "user"), arena);
        let name = part_text(user, &["userPrincipalName"]);
        let is_of = |name: &str, service: &str| {
            name.get(..service.len()).is_some_and(|start| start.eq_ignore_ascii_case(service))
        };
        let (name, service) = match name {
            Some(name) if SERVICES.iter().any(|service| is_of(name, service)) => (None, Some(name)),
            name => (name, None),
        };
        let id = part_text(user, &["id"]).filter(|id| service.is_none() && tells(id));
        let names = ["displayName", "servicePrincipalName", "servicePrincipalId", "appId"];
        let app = || part_text(read_out(part(initiated, "app"), arena), &names);
        let app = if name.is_none() && id.is_none() { service.or_else(app) } else { None };
        Self { name, id, app }
    }

    fn put(&self, row: &mut ActRow<'r>) {
        row.set_some(Field::UserPrincipalName, self.name);
        row.set_some(Field::UserId, self.id);
        row.set_some(Field::AppDisplayName, self.app);
    }

    fn is(&self, known: Option<&str>) -> bool {
        let same = |mine: Option<&str>| mine.zip(known).is_some_and(|(mine, known)| mine.eq_ignore_ascii_case(known));
        same(self.name) || same(self.id)
    }
}

/// The users changed, by sign-in name or else object id, in lower case; the actor is none of them.
fn acted_upon(changes: &Changes<'_>, actor: &Actor<'_>) -> String {
    let mut users = Distinct::default();
    for target in changes.targets.iter().filter(|target| target.is_user()) {
        if actor.is(target.upn) || actor.is(target.id) {
            continue;
        }
        let name = [target.upn, target.id].into_iter().flatten().find(|name| !name.contains(char::is_whitespace));
        if let Some(name) = name {
            users.add(&name.to_lowercase());
        }
    }
    users.texts.join(" ")
}

#[cfg(test)]
mod tests;
