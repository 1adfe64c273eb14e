//! The one table of field spellings: what each export calls a value, and where the value goes.

use crate::model::Field;
use crate::tables::Marks;
use Target::{
    Activity, AppOnly, Category, Created, DevicePart, Endpoint, ErrorAnswer, EventTypes, Group, Ingested, Interactive,
    Json, Number, Place, PortalPlace, Properties, Resource, ServicePrincipal, Status, Text, TokenOwner, Type, Words,
    Wrapper,
};
use std::collections::HashMap;
use std::sync::OnceLock;

/// How strongly a spelling speaks for its field. Of two spellings in one row the stronger is kept, whatever
/// their order; of two equal ones the later.
pub(super) type Rank = u8;

/// Where a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Nowhere.
    Skip,
    /// A field that is text; numbers and booleans are kept as written.
    Text(Field, Rank),
    /// A field that is JSON, or JSON inside a text.
    Json(Field, Rank),
    /// A field that is one word, words joined by commas, or an array of them.
    Words(Field, Rank),
    /// A field of which only the digits count.
    Number(Field, Rank),
    /// The event time.
    Created(Rank),
    /// The ingest time.
    Ingested(Rank),
    /// The inner object of a diagnostics record.
    Properties,
    /// The record itself, inside what a search tool put around it: an object, or JSON in a text.
    Wrapper,
    /// An object whose members are known by its name and theirs: `source.ip`.
    Group(&'static str),
    /// The endpoint a sign-in was made at, which is all that Defender's tables say of the protocol.
    Endpoint,
    /// Result: an object with code and reason, or a word.
    Status,
    /// A country as text, or a place as an object.
    Place,
    /// `City, State, CC`.
    PortalPlace,
    /// The resource's id, unless it is the ARM path that envelopes and Log Analytics keep under the same name.
    Resource,
    /// Names the table.
    Type(Rank),
    /// Nowhere, but no table of ours has it.
    Mark(Marks),
    /// What an interface answers in place of rows.
    ErrorAnswer,
    /// Names the table, or the kind of an audit row.
    Category,
    /// The time of an audit row, which is no event of ours.
    Activity,
    /// Whether a person was at the prompt.
    Interactive,
    /// The kinds of sign-in a row is of.
    EventTypes,
    /// `app` marks a token without a user.
    AppOnly,
    /// Blank in a row of a user.
    ServicePrincipal,
    /// The object the token was issued to: a user only in a token that has one.
    TokenOwner,
    /// One member of the device that the portal spreads over columns.
    DevicePart(usize),
}

/// Members of the device JSON, in the order Entra writes them; [`Target::DevicePart`] counts in it.
pub(super) const DEVICE_PARTS: [&str; 7] =
    ["deviceId", "displayName", "operatingSystem", "browser", "isCompliant", "isManaged", "trustType"];

/// The keys whose array holds the rows of a page or an envelope.
pub(super) const ROW_ARRAYS: [&str; 5] = ["records", "value", "tables", "results", HITS];
/// Elastic's own: an object of that name around an array of that name.
pub(super) const HITS: &str = "hits";

/// Lower-case spelling and target. Order does not matter; a spelling stands once.
#[rustfmt::skip]
const SPELLINGS: &[(&str, Target)] = &[
    // Clocks
    ("createddatetime", Created(2)), ("timestamp", Created(0)),
    ("timegenerated", Ingested(1)), ("time", Ingested(0)), ("@timestamp", Ingested(0)),
    // Which table
    ("type", Type(1)), ("_originaltype", Type(2)), ("$table", Type(2)), ("sourcetable", Type(0)), ("tablename", Type(0)),
    ("error", ErrorAnswer), ("category", Category), ("activitydatetime", Activity), ("isinteractive", Interactive), ("signineventtypes", EventTypes),
    ("logontype", EventTypes), ("c_idtyp", AppOnly), ("serviceprincipalid", ServicePrincipal),
    ("userprincipalobjectid", TokenOwner), ("properties", Properties),
    // What search tools put around a record: Splunk's `result` and `_raw`, Elastic's `_source`, `event.original`
    // and its common schema
    ("_raw", Wrapper), ("result", Wrapper), ("_source", Wrapper), ("fields", Wrapper), ("event.original", Wrapper),
    ("azure", Wrapper), ("signinlogs", Wrapper), ("graphactivitylogs", Wrapper),
    ("event", Group("event")), ("source", Group("source")), ("user_agent", Group("user_agent")),
    ("http", Group("http")), ("url", Group("url")),
    ("source.ip", Text(Field::IpAddress, 0)), ("user_agent.original", Text(Field::UserAgent, 0)),
    ("http.request.method", Text(Field::RequestMethod, 0)), ("url.original", Text(Field::RequestUri, 0)),
    ("http.response.status_code", Text(Field::ResponseStatusCode, 0)), ("createdat", Created(1)),
    // Ids
    ("id", Text(Field::Id, 1)), ("requestid", Text(Field::Id, 0)),
    ("operationid", Text(Field::CorrelationId, 1)), ("correlationid", Text(Field::CorrelationId, 0)),
    ("uniquetokenidentifier", Text(Field::TokenId, 1)), ("signinactivityid", Text(Field::TokenId, 1)),
    ("uniquetokenid", Text(Field::TokenId, 0)),
    ("sessionid", Text(Field::SessionId, 1)), ("c_sid", Text(Field::SessionId, 0)),
    ("deviceid", Text(Field::DeviceId, 1)), ("c_deviceid", Text(Field::DeviceId, 0)), ("cdeviceid", Text(Field::DeviceId, 0)),
    ("entraiddeviceid", DevicePart(0)),
    // User
    ("userid", Text(Field::UserId, 1)), ("accountobjectid", Text(Field::UserId, 0)),
    ("userprincipalname", Text(Field::UserPrincipalName, 1)), ("accountupn", Text(Field::UserPrincipalName, 0)),
    ("userdisplayname", Text(Field::UserDisplayName, 1)), ("accountdisplayname", Text(Field::UserDisplayName, 0)),
    ("identity", Text(Field::Identity, 0)), ("usertype", Text(Field::UserType, 0)),
    // Client and resource
    ("appid", Text(Field::AppId, 1)), ("applicationid", Text(Field::AppId, 0)),
    ("appdisplayname", Text(Field::AppDisplayName, 1)), ("application", Text(Field::AppDisplayName, 0)),
    ("resourceidentity", Text(Field::ResourceIdentity, 1)), ("resourceid", Resource),
    ("resourcedisplayname", Text(Field::ResourceDisplayName, 0)),
    ("hometenantid", Text(Field::HomeTenantId, 0)), ("resourcetenantid", Text(Field::ResourceTenantId, 0)),
    ("clientappused", Text(Field::ClientAppUsed, 0)),
    // Where from
    ("ipaddress", Text(Field::IpAddress, 1)), ("calleripaddress", Text(Field::IpAddress, 0)),
    ("autonomoussystemnumber", Number(Field::Asn, 1)), ("asn", Number(Field::Asn, 0)),
    ("useragent", Text(Field::UserAgent, 0)),
    ("location", Place), ("locationdetails", Json(Field::LocationDetails, 1)),
    ("country", Text(Field::Location, 0)), ("location.countryorregion", Text(Field::Location, 0)),
    ("devicedetail.deviceid", DevicePart(0)), ("devicedetail.displayname", DevicePart(1)),
    ("devicedetail.operatingsystem", DevicePart(2)), ("devicedetail.browser", DevicePart(3)),
    ("devicedetail.iscompliant", DevicePart(4)), ("devicedetail.ismanaged", DevicePart(5)),
    ("devicedetail.trusttype", DevicePart(6)), ("iscompliant", DevicePart(4)), ("ismanaged", DevicePart(5)),
    ("osplatform", DevicePart(2)), ("devicename", DevicePart(1)),
    ("devicedetail", Json(Field::DeviceDetail, 1)),
    // Outcome
    ("resulttype", Text(Field::ResultType, 3)), ("errorcode", Text(Field::ResultType, 2)),
    ("status.errorcode", Text(Field::ResultType, 1)), ("status", Status), ("endpointcall", Endpoint),
    ("resultdescription", Text(Field::ResultDescription, 1)),
    ("status.failurereason", Text(Field::ResultDescription, 0)), ("failurereason", Text(Field::ResultDescription, 0)),
    ("conditionalaccessstatus", Text(Field::ConditionalAccessStatus, 0)),
    ("authenticationrequirement", Text(Field::AuthenticationRequirement, 0)),
    ("risklevelduringsignin", Text(Field::RiskLevel, 0)),
    // Token
    ("authenticationprotocol", Text(Field::AuthenticationProtocol, 0)),
    ("originaltransfermethod", Text(Field::OriginalTransferMethod, 0)),
    ("incomingtokentype", Words(Field::IncomingTokenType, 0)),
    ("authenticationprocessingdetails", Json(Field::ProcessingDetails, 0)),
    ("tokenprotectionstatusdetails", Json(Field::TokenProtection, 1)),
    ("signintokenprotectionstatus", Json(Field::TokenProtection, 0)),
    // Graph activity
    ("requestmethod", Text(Field::RequestMethod, 0)), ("requesturi", Text(Field::RequestUri, 0)),
    ("responsestatuscode", Text(Field::ResponseStatusCode, 0)), ("scopes", Words(Field::Scopes, 0)),
];

/// Spellings of the Entra portal's CSV. They win over [`SPELLINGS`] in such a file: `Status`, `Resource` and
/// `Location` mean something else there.
#[rustfmt::skip]
const PORTAL: &[(&str, Target)] = &[
    ("date (utc)", Created(1)),
    ("request id", Text(Field::Id, 1)), ("correlation id", Text(Field::CorrelationId, 0)),
    ("unique token identifier", Text(Field::TokenId, 1)), ("session id", Text(Field::SessionId, 1)),
    ("user id", Text(Field::UserId, 1)), ("username", Text(Field::UserPrincipalName, 1)),
    ("user", Text(Field::UserDisplayName, 1)), ("user type", Text(Field::UserType, 0)),
    ("application id", Text(Field::AppId, 1)), ("application", Text(Field::AppDisplayName, 1)),
    ("resource id", Text(Field::ResourceIdentity, 1)), ("resource", Text(Field::ResourceDisplayName, 0)),
    ("home tenant id", Text(Field::HomeTenantId, 0)), ("resource tenant id", Text(Field::ResourceTenantId, 0)),
    ("client app", Text(Field::ClientAppUsed, 0)),
    ("ip address", Text(Field::IpAddress, 1)), ("autonomous system number", Number(Field::Asn, 1)),
    ("user agent", Text(Field::UserAgent, 0)), ("location", PortalPlace),
    ("status", Status), ("sign-in error code", Number(Field::ResultType, 2)),
    ("failure reason", Text(Field::ResultDescription, 1)),
    ("conditional access", Text(Field::ConditionalAccessStatus, 0)),
    ("authentication requirement", Text(Field::AuthenticationRequirement, 0)),
    ("authentication protocol", Text(Field::AuthenticationProtocol, 0)),
    ("original transfer method", Text(Field::OriginalTransferMethod, 0)),
    ("incoming token type", Words(Field::IncomingTokenType, 0)),
    ("token protection - sign in session", Json(Field::TokenProtection, 0)),
    ("device id", DevicePart(0)), ("operating system", DevicePart(2)), ("browser", DevicePart(3)),
    ("compliant", DevicePart(4)), ("managed", DevicePart(5)), ("join type", DevicePart(6)),
];

/// Where the value under this key or column goes. Case, outer spaces and repeated spaces do not count, nor do
/// the type suffixes a union query adds.
pub(super) fn target(spelling: &str, portal: bool) -> Target {
    static ANY: OnceLock<HashMap<&str, Target>> = OnceLock::new();
    static IN_PORTAL: OnceLock<HashMap<&str, Target>> = OnceLock::new();
    let name = plain(spelling);
    let found = if portal {
        IN_PORTAL.get_or_init(|| PORTAL.iter().copied().collect()).get(&*name).copied()
    } else {
        let any = ANY.get_or_init(|| SPELLINGS.iter().copied().collect());
        any.get(&*name).or_else(|| looser(&name, any)).copied()
    };
    found.or_else(|| foreign(&name)).unwrap_or(Target::Skip)
}

/// The spelling without what some tools put into it.
fn looser<'t>(name: &str, any: &'t HashMap<&str, Target>) -> Option<&'t Target> {
    // Elastic writes app_id; its _id and _index are its own.
    if name.starts_with('_') || !name.contains('_') {
        return None;
    }
    let name = name.strip_prefix("properties_").unwrap_or(name);
    // Names of nested objects joined: status_errorCode, DeviceDetail_isCompliant.
    let plain = |name: &str| {
        any.get(name).or_else(|| any.get(&*name.replace('_', ""))).or_else(|| any.get(&*name.replacen('_', ".", 1)))
    };
    plain(name).or_else(|| {
        // A custom table of the older kind names the type behind each column.
        let (name, suffix) = name.rsplit_once('_')?;
        plain(name).filter(|_| ["s", "g", "t", "d", "b"].contains(&suffix))
    })
}

/// The mark of a key that only tables which are not read have; of an object written flat, that of its name.
fn foreign(name: &str) -> Option<Target> {
    let whole = || Marks::of_key(name);
    let outer = || Marks::of_key(name.strip_prefix("azure.").unwrap_or(name).split('.').next()?);
    whole().or_else(outer).or_else(|| Marks::of_key(&name.replace('_', ""))).map(Target::Mark)
}

/// What stands before a name when nested objects are written flat.
const PREFIXES: [&str; 5] = ["_source.", "result.", "azure.signinlogs.", "azure.graphactivitylogs.", "properties."];

/// The spelling as the table has it.
pub(super) fn plain(spelling: &str) -> String {
    let lower = spelling.to_ascii_lowercase();
    let mut name = lower.as_str();
    for prefix in PREFIXES {
        name = name.strip_prefix(prefix).unwrap_or(name);
    }
    for suffix in ["_dynamic", "_string", "{}"] {
        name = name.strip_suffix(suffix).unwrap_or(name);
    }
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelling_stands_once_and_as_it_is_looked_up() {
        for table in [SPELLINGS, PORTAL] {
            for (index, (name, _)) in table.iter().enumerate() {
                assert_eq!(plain(name), *name);
                assert!(table[..index].iter().all(|(other, _)| other != name), "{name} stands twice");
            }
        }
    }

    #[test]
    fn every_log_analytics_column_is_known() {
        for field in Field::ALL {
            let known = match target(field.column(), false) {
                Text(f, _) | Json(f, _) | Words(f, _) | Number(f, _) => f == field,
                Place => field == Field::Location,
                _ => false,
            };
            assert!(known, "{}", field.column());
        }
    }

    #[test]
    fn decorated_names_are_the_same_names() {
        assert_eq!(target("DeviceDetail_dynamic", false), target("devicedetail", false));
        assert_eq!(target("properties.appId", false), target("AppId", false));
        assert_eq!(target("Autonomous system  number", true), Number(Field::Asn, 1));
        assert_eq!(target("Application ID ", true), Text(Field::AppId, 1));
    }
}
