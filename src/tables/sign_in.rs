//! `SigninLogs`: a person was at the prompt. Its columns are those of every sign-in of a user.

use super::column::Columns;
use super::column::Target::{
    Created, DevicePart, Endpoint, Json, Mark, MfaPart, Number, Place, PlacePart, Policies, PortalPlace, Resource,
    RiskPart, Status, Steps, Text, Words,
};
use super::common::{ENVELOPE, TOKEN};
use super::{Missing, Role, RowKind, Success, TableSpec};
use crate::model::{Field, Flags, Table};

pub(super) const SPEC: TableSpec = TableSpec {
    table: Table::SignIn,
    name: "SigninLogs",
    words: "sign-in log",
    aliases: &["interactiveusersigninlogs"],
    file_marks: &["interactivesignins", "interactiveuser", "signinlogs"],
    keys: &[],
    hosts: &[],
    skips: |_| false,
    role: Role::Issues,
    kind: RowKind::SignIn,
    fields: FIELDS,
    act: None,
    columns: COLUMNS,
    portal: PORTAL,
    twin: Some(Table::NonInteractive),
    user_of_token: false,
    success: Success::Result,
    same_run: SAME_RUN,
    reads: &[NAMED, &[(Field::AuthenticationProtocol, "where a device code was typed cannot be seen")], TRACED],
    missing: Missing {
        cost: "no prompt is seen: where a device code was typed, and sessions' first logins, are missing",
        export: "Export SigninLogs of the same days.",
        from_graph: None,
    },
};

/// User, client and address: fields read from every sign-in, and the loss without each.
#[rustfmt::skip]
pub(super) const NAMED: &[(Field, &str)] = &[
    (Field::Id, "duplicates of a row cannot be found"),
    (Field::UserId, "a renamed user is two users; Graph calls cannot be given to a user"),
    (Field::UserPrincipalName, "users have no names"),
    (Field::AppId, "no client is known: nothing can be found"),
    (Field::ResourceIdentity, "resources are told apart by display name alone"),
    (Field::ResultType, "no success is known: nothing can be found"),
    (Field::IpAddress, "addresses cannot be compared"),
    (Field::UserAgent, "tooling cannot be told from clients"),
];

/// Tokens, sessions and tenants: fields read from every sign-in, and the loss without each.
#[rustfmt::skip]
pub(super) const TRACED: &[(Field, &str)] = &[
    (Field::OriginalTransferMethod, "where a device code was redeemed cannot be seen"),
    (Field::IncomingTokenType, "a session's first login cannot be told from its refreshes"),
    (Field::SessionId, "sessions cannot be followed"),
    (Field::CorrelationId, "legs of a device-code flow are tied by user and time alone"),
    (Field::HomeTenantId, "own-tenant sign-ins cannot be told from guests'"),
    (Field::ResourceTenantId, "own-tenant sign-ins cannot be told from guests'"),
    (Field::TokenId, "Graph calls cannot be tied to the token that made them"),
];

/// Fields that like sign-ins share: resource and result.
pub(super) const SAME_RUN: &[Field] = &[Field::ResultType];

#[rustfmt::skip]
pub(super) const FIELDS: &[Field] = &[
    Field::Id, Field::CorrelationId, Field::UserId, Field::UserPrincipalName, Field::UserDisplayName, Field::Identity,
    Field::AppId, Field::AppDisplayName, Field::ResourceIdentity, Field::ResourceDisplayName, Field::IpAddress,
    Field::Asn, Field::UserAgent, Field::ResultType, Field::ResultDescription, Field::AuthenticationProtocol,
    Field::OriginalTransferMethod, Field::IncomingTokenType, Field::SessionId, Field::TokenId, Field::HomeTenantId,
    Field::ResourceTenantId, Field::DeviceDetail, Field::LocationDetails, Field::Location, Field::ClientAppUsed,
    Field::ProcessingDetails, Field::TokenProtection, Field::UserType, Field::ConditionalAccessStatus,
    Field::AuthenticationRequirement, Field::RiskLevel, Field::AuthenticationDetails, Field::GatewayJa4, Field::DeviceId,
    Field::AddressAtResource, Field::RiskState, Field::Policies,
];

pub(super) const COLUMNS: &[Columns] = &[ENVELOPE, TOKEN, SIGN_IN];

#[rustfmt::skip]
const SIGN_IN: Columns = &[
    ("entraiddeviceid", DevicePart(0)),
    // User
    ("userdisplayname", Text(Field::UserDisplayName, 1)), ("accountdisplayname", Text(Field::UserDisplayName, 0)),
    ("identity", Text(Field::Identity, 0)), ("usertype", Text(Field::UserType, 0)),
    // Resource
    ("resourceidentity", Text(Field::ResourceIdentity, 1)), ("resourceid", Resource),
    ("resourcedisplayname", Text(Field::ResourceDisplayName, 0)),
    ("hometenantid", Text(Field::HomeTenantId, 0)), ("resourcetenantid", Text(Field::ResourceTenantId, 0)),
    ("clientappused", Text(Field::ClientAppUsed, 0)),
    // Where from
    ("autonomoussystemnumber", Number(Field::Asn, 1)), ("asn", Number(Field::Asn, 0)),
    ("location", Place), ("locationdetails", Json(Field::LocationDetails, 1)),
    ("country", Text(Field::Location, 0)), ("location.countryorregion", Text(Field::Location, 0)),
    ("city", PlacePart(0)), ("state", PlacePart(1)), ("latitude", PlacePart(2)), ("longitude", PlacePart(3)),
    ("location.city", PlacePart(0)), ("location.state", PlacePart(1)),
    ("location.geocoordinates.latitude", PlacePart(2)), ("location.geocoordinates.longitude", PlacePart(3)),
    ("devicedetail.deviceid", DevicePart(0)), ("devicedetail.displayname", DevicePart(1)),
    ("devicedetail.operatingsystem", DevicePart(2)), ("devicedetail.browser", DevicePart(3)),
    ("devicedetail.iscompliant", DevicePart(4)), ("devicedetail.ismanaged", DevicePart(5)),
    ("devicedetail.trusttype", DevicePart(6)), ("iscompliant", DevicePart(4)), ("ismanaged", DevicePart(5)),
    ("osplatform", DevicePart(2)), ("devicename", DevicePart(1)),
    ("devicedetail", Json(Field::DeviceDetail, 1)),
    ("isthroughglobalsecureaccess", Mark(Flags::GLOBAL_SECURE_ACCESS)), ("gatewayja4", Text(Field::GatewayJa4, 0)),
    ("ipaddressfromresourceprovider", Text(Field::AddressAtResource, 0)),
    // Outcome
    ("resulttype", Text(Field::ResultType, 3)), ("errorcode", Text(Field::ResultType, 2)),
    ("status.errorcode", Text(Field::ResultType, 1)), ("status", Status), ("endpointcall", Endpoint),
    ("resultdescription", Text(Field::ResultDescription, 1)),
    ("status.failurereason", Text(Field::ResultDescription, 0)), ("failurereason", Text(Field::ResultDescription, 0)),
    ("conditionalaccessstatus", Text(Field::ConditionalAccessStatus, 0)),
    ("authenticationrequirement", Text(Field::AuthenticationRequirement, 0)),
    ("conditionalaccesspolicies", Policies(1)), ("appliedconditionalaccesspolicies", Policies(0)),
    ("authenticationdetails", Steps), ("risklevelduringsignin", Text(Field::RiskLevel, 0)),
    ("riskstate", RiskPart(0)), ("riskeventtypes", RiskPart(1)), ("riskeventtypes_v2", RiskPart(1)),
    ("riskdetail", RiskPart(2)), ("risklevelaggregated", RiskPart(3)),
    // Token
    ("authenticationprotocol", Text(Field::AuthenticationProtocol, 0)),
    ("originaltransfermethod", Text(Field::OriginalTransferMethod, 0)),
    ("incomingtokentype", Words(Field::IncomingTokenType, 0)),
    ("authenticationprocessingdetails", Json(Field::ProcessingDetails, 0)),
    ("tokenprotectionstatusdetails", Json(Field::TokenProtection, 1)),
    ("signintokenprotectionstatus", Json(Field::TokenProtection, 0)),
];

/// Spellings of the Entra portal's CSV. Such a file has no others: `Status`, `Resource` and `Location` mean something
/// else there.
#[rustfmt::skip]
pub(super) const PORTAL: Columns = &[
    ("date (utc)", Created(1)),
    ("request id", Text(Field::Id, 1)), ("correlation id", Text(Field::CorrelationId, 0)),
    ("unique token identifier", Text(Field::TokenId, 1)), ("session id", Text(Field::SessionId, 1)),
    ("user id", Text(Field::UserId, 1)), ("username", Text(Field::UserPrincipalName, 1)),
    ("user", Text(Field::UserDisplayName, 1)), ("user type", Text(Field::UserType, 0)),
    ("application id", Text(Field::AppId, 1)), ("application", Text(Field::AppDisplayName, 1)),
    ("resource id", Text(Field::ResourceIdentity, 1)), ("resource", Text(Field::ResourceDisplayName, 0)),
    ("home tenant id", Text(Field::HomeTenantId, 0)), ("resource tenant id", Text(Field::ResourceTenantId, 0)),
    ("client app", Text(Field::ClientAppUsed, 0)),
    ("ip address (seen by resource)", Text(Field::AddressAtResource, 0)),
    ("ip address", Text(Field::IpAddress, 1)), ("autonomous system number", Number(Field::Asn, 1)),
    ("user agent", Text(Field::UserAgent, 0)), ("location", PortalPlace),
    ("status", Status), ("sign-in error code", Number(Field::ResultType, 2)),
    ("failure reason", Text(Field::ResultDescription, 1)),
    ("conditional access", Text(Field::ConditionalAccessStatus, 0)),
    ("authentication requirement", Text(Field::AuthenticationRequirement, 0)),
    ("multifactor authentication result", MfaPart(0)), ("multifactor authentication auth method", MfaPart(1)),
    ("through global secure access", Mark(Flags::GLOBAL_SECURE_ACCESS)),
    ("authentication protocol", Text(Field::AuthenticationProtocol, 0)),
    ("original transfer method", Text(Field::OriginalTransferMethod, 0)),
    ("incoming token type", Words(Field::IncomingTokenType, 0)),
    ("token protection - sign in session", Json(Field::TokenProtection, 0)),
    ("device id", DevicePart(0)), ("operating system", DevicePart(2)), ("browser", DevicePart(3)),
    ("compliant", DevicePart(4)), ("managed", DevicePart(5)), ("join type", DevicePart(6)),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::targets;

    #[test]
    fn every_log_analytics_column_is_known() {
        for field in FIELDS {
            assert_eq!(
                targets(field.column(), false).under(Some(Table::SignIn)).field(),
                Some(*field),
                "{}",
                field.column()
            );
        }
    }

    #[test]
    fn decorated_names_are_the_same_names() {
        let target = |name: &str| targets(name, false).under(Some(Table::SignIn));
        assert_eq!(target("DeviceDetail_dynamic"), target("devicedetail"));
        assert_eq!(target("properties.appId"), target("AppId"));
        assert_eq!(target("UserId_g"), target("UserId"));
        assert_eq!(targets("Autonomous system  number", true).under(Some(Table::SignIn)), Number(Field::Asn, 1));
        let seen = targets("IP address (seen by resource)", true).under(Some(Table::SignIn));
        assert_eq!(seen, Text(Field::AddressAtResource, 0));
        assert_eq!(targets("Application ID ", true).under(Some(Table::SignIn)), Text(Field::AppId, 1));
    }
}
