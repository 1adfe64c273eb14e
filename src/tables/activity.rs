//! `AzureActivity`: changes of Azure resources. One row a record: an operation has several, of one correlation id.

mod resource;

use super::act::{ActRow, FIELDS};
use super::address::{address, tells};
use super::json::Value;
use super::members::{Members, read_out};
use super::nested::{Nested, part, part_text, text};
use super::{Missing, Role, RowKind, Success, TableSpec};
use crate::model::{Field, Kept, Table, Time};
use resource::Resource;

pub(super) const SPEC: TableSpec = TableSpec {
    table: Table::Activity,
    name: "AzureActivity",
    words: "Azure activity log",
    aliases: &["administrative"],
    file_marks: &[],
    keys: &[
        &["operationnamevalue"],
        &["activitystatusvalue"],
        &["eventdataid"],
        &["eventtimestamp", "claims"],
        &["eventtimestamp", "caller"],
        &["eventtimestamp", "resourceid"],
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
        export: "Export AzureActivity of the same days, or the activity log of each subscription.",
        from_graph: None,
    },
};

/// Fields read, and the loss without each.
const READS: &[(Field, &str)] = &[
    (Field::Id, "copies of a record cannot be found"),
    (Field::TokenId, "acts cannot be tied to the token that made them"),
    (Field::IpAddress, "addresses cannot be compared"),
];

/// Names of which a record has one.
const MARKS: &[&str] = &["operationNameValue", "operationName"];

/// Reads a record.
fn read<'r>(record: &Members<'r>) -> ActRow<'r> {
    let columns = record;
    let record = Nested::open(record, MARKS);
    let mut row = ActRow::default();
    row.created = record.time(columns, &["eventTimestamp", "timeGenerated", "time", "@timestamp", "timestamp"]);
    row.ingested = record.time(columns, &["eventSubmissionTimestamp", "submissionTimestamp"]);
    let id = record.outer_text(&["eventDataId"]).or_else(|| event_of(record.outer_text(&["id"])?));
    row.set_some(Field::Id, id);
    let correlation = record.outer_text(&["correlationId"]).or_else(|| record.around(&["correlationId"]));
    row.set_some(Field::CorrelationId, correlation);

    let identity = record.outer_value("identity");
    let authorization = either(&record, identity, "authorization");
    let claims = Claims(either(&record, identity, "claims"));
    let operation = operation(&record, authorization);
    let provider = valued(&record, &["resourceProviderValue", "resourceProviderName", "resourceProvider"]);
    let of_name = || operation?.split_once('/').map(|(provider, _)| provider);
    row.set_some(Field::Workload, provider.or_else(of_name));
    put_outcome(&mut row, &record);
    put_actor(&mut row, &record, &claims, authorization);

    let request = record.outer_value("httpRequest");
    let logged = [
        record.outer_text(&["callerIpAddress"]),
        part_text(request, &["clientIpAddress"]),
        claims.text("ipaddr"),
        record.around(&["source", "ip"]),
    ];
    // Of two copies, that with the better address represents the record.
    let logged = logged.iter().map(|logged| address((*logged)?));
    let found =
        logged.zip([Kept::Whole, Kept::Wrapped, Kept::Columns, Kept::Columns]).find(|(found, _)| found.is_some());
    let (found, kept) = found.unwrap_or((None, Kept::Envelope));
    row.set_some(Field::IpAddress, found);
    row.kept = kept;
    row.set_some(Field::AppId, claims.id("appid"));
    row.set_some(Field::TokenId, claims.id("uti"));
    row.set_some(Field::SessionId, claims.id("sid"));
    row.set_some(Field::DeviceId, claims.id("deviceid"));
    row.set_some(Field::IssuedAt, claims.text("iat").and_then(issue));

    let (id, resource) = resource(&record, authorization);
    // The steps of an operation are told apart by the whole id.
    row.set(Field::ResourceIdentity, id.to_lowercase());
    row.set_some(Field::Object, resource.name.clone());
    let is_assignment = operation.is_some_and(|name| name.to_ascii_lowercase().ends_with("/roleassignments/write"));
    let mut words: Vec<String> = if is_assignment { assignment(&record) } else { Vec::new() };
    words.extend(resource.words());
    row.set(Field::Detail, words.join(", "));
    row.set_some(Field::Operation, operation);
    row
}

/// The member of a record, or else of its identity.
fn either<'r>(record: &Nested<'r>, identity: Value<'r>, name: &str) -> Value<'r> {
    let found = record.outer_value(name);
    let found = if found.is_object() { found } else { read_out(part(identity, name), record.arena()) };
    // PowerShell's class around them.
    let content = part(found, "content");
    if content.is_object() { content } else { found }
}

/// The first text under several names, or the value of an object there that has a local name too.
fn valued<'r>(record: &Nested<'r>, names: &[&str]) -> Option<&'r str> {
    names.iter().find_map(|name| {
        let value = record.outer_value(name);
        text(value).or_else(|| part_text(value, &["value"]))
    })
}

/// The operation, which is never the name for people: that is in the language of the portal, and has no slash.
fn operation<'r>(record: &Nested<'r>, authorization: Value<'r>) -> Option<&'r str> {
    let logged = valued(record, &["operationNameValue", "operationName"]).filter(|name| name.contains('/'));
    let name = logged.or_else(|| part_text(authorization, &["action"]))?.trim();
    Some(name.strip_suffix('.').unwrap_or(name))
}

/// The event's id in the path of a record: `…/events/25235036-…/ticks/637896803756986539`.
fn event_of(path: &str) -> Option<&str> {
    let (_, rest) = path.split_once("/events/")?;
    rest.split('/').next().filter(|id| !id.is_empty())
}

/// Puts the result, and the reason of a failure.
fn put_outcome<'r>(row: &mut ActRow<'r>, record: &Nested<'r>) {
    let status = valued(record, &["activityStatusValue", "activityStatus", "resultType", "status"]);
    let Some(status) = status.or_else(|| record.around(&["event", "outcome"])) else { return };
    row.failed = status.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("fail"));
    row.set(Field::Outcome, status);
    if row.failed {
        let message = record.value("statusMessage");
        let error = read_out(part(message, "error"), record.arena());
        let code = part_text(error, &["code"]).or_else(|| part_text(message, &["code"]));
        let short = || valued(record, &["activitySubstatusValue", "subStatus", "resultSignature"]);
        row.set_some(Field::ResultDescription, code.or_else(short));
    }
}

/// Puts whoever acted: a user by the claims, else the caller. The object id of an application is no user's.
fn put_actor<'r>(row: &mut ActRow<'r>, record: &Nested<'r>, claims: &Claims<'r>, authorization: Value<'r>) {
    if let Some(name) = claims.text("upn") {
        row.set(Field::UserPrincipalName, name);
        row.set_some(Field::UserId, claims.id("objectidentifier").or_else(|| claims.id("oid")));
        return;
    }
    let evidence = read_out(part(authorization, "evidence"), record.arena());
    let kind = part_text(evidence, &["principalType"]).unwrap_or_default();
    let is_app = claims.text("idtyp").is_some_and(|kind| kind.eq_ignore_ascii_case("app"))
        || kind.eq_ignore_ascii_case("ServicePrincipal") && claims.text("scope").is_none();
    if is_app {
        row.set_some(Field::AppDisplayName, claims.text("app_displayname"));
        return;
    }
    let caller = record.outer_text(&["caller"]);
    match claims.id("objectidentifier").or_else(|| claims.id("oid")) {
        Some(id) => row.set(Field::UserId, id),
        None => match caller {
            Some(caller) if caller.contains('@') => row.set(Field::UserPrincipalName, caller),
            Some(caller) if is_guid(caller) => row.set(Field::UserId, caller),
            other => row.set_some(Field::AppDisplayName, other),
        },
    }
}

fn is_guid(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok() && tells(text)
}

/// Claims of the token that acted.
struct Claims<'r>(Value<'r>);

impl<'r> Claims<'r> {
    /// A claim by its name, or by the end of the address that is its name.
    fn text(&self, name: &str) -> Option<&'r str> {
        let Value::Object(claims) = self.0 else { return None };
        let short = |key: &str| key.rsplit('/').next().is_some_and(|end| end.eq_ignore_ascii_case(name));
        let exact = claims.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        exact.or_else(|| claims.iter().find(|(key, _)| short(key))).and_then(|(_, value)| text(value))
    }

    /// A claim that is an id which says something.
    fn id(&self, name: &str) -> Option<&'r str> {
        self.text(name).filter(|id| tells(id))
    }
}

/// The time of issue as RFC 3339 writes it, from seconds since 1970 or from a written time.
fn issue(issued: &str) -> Option<String> {
    let seconds = issued.parse::<i64>().ok().and_then(|seconds| Time::from_unix_millis(seconds.checked_mul(1000)?));
    let time = seconds.or_else(|| Time::parse(issued))?;
    Some(format!("{}Z", time.second().replacen(' ', "T", 1)))
}

/// The id of the resource, and what it names. Of equal ids the one in which upper and lower case were kept is taken.
fn resource<'r>(record: &Nested<'r>, authorization: Value<'r>) -> (&'r str, Resource) {
    let names = ["resourceId", "_ResourceId", "resourceUri"];
    let scope = || part_text(authorization, &["scope"]);
    let entity = || record.text(&["entity"]);
    let id = record.outer_text(&names).or_else(|| record.around(&["resource", "id"])).or_else(entity).or_else(scope);
    let Some(id) = id else { return Default::default() };
    let kept = [entity(), scope()].into_iter().flatten().find(|other| other.eq_ignore_ascii_case(id));
    let resource = Resource::read(kept.unwrap_or(id));
    (id, resource)
}

/// Role and principal of an assignment, from the body of the request.
fn assignment(record: &Nested<'_>) -> Vec<String> {
    let body = record.value("requestbody");
    let inner = read_out(part(body, "properties"), record.arena());
    let inner = if inner.is_object() { inner } else { body };
    let role = part_text(inner, &["roleDefinitionId"]).map(|id| id.rsplit('/').next().unwrap_or_default());
    let kind = part_text(inner, &["principalType"]).unwrap_or("principal");
    let principal = part_text(inner, &["principalId"]);
    let words =
        [role.map(|role| format!("role {role}")), principal.map(|id| format!("for {} {id}", kind.to_lowercase()))];
    words.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
