//! Rows with the columns of Log Analytics' tables.

use crate::event::{Audit, Call, Factor, Incoming, OK, SignIn, Transfer, reason};
use crate::row::{Row, json};
use crate::world::World;
use crate::world::ids::{client_name, resource_name};
use crate::world::machine::{Binding, Device};
use serde_json::{Value, json as value};

/// The tenant that owns Microsoft's own clients and resources.
const VENDOR_TENANT: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/// A sign-in of either table.
pub(super) fn sign_in(world: &World, row: &SignIn) -> Row {
    let mut out = Row::default();
    write_request(world, row, &mut out);
    write_who(world, row, &mut out);
    write_where(world, row, &mut out);
    write_token(row, &mut out);
    write_policy(row, &mut out);
    out
}

/// A column that is dynamic in one table and text in the other.
fn dynamic(row: &SignIn, out: &mut Row, column: &'static str, value: &Value) {
    if row.interactive {
        out.raw(column, value.to_string());
    } else {
        out.text(column, value.to_string());
    }
}

fn write_request(world: &World, row: &SignIn, out: &mut Row) {
    let (table, category) = if row.interactive {
        ("SigninLogs", "SignInLogs")
    } else {
        ("AADNonInteractiveUserSignInLogs", "NonInteractiveUserSignInLogs")
    };
    out.text("TimeGenerated", row.ingested().to_string())
        .text("CreatedDateTime", row.at.to_string())
        .text("Type", table)
        .text("Category", category)
        .text("SourceSystem", "Azure AD")
        .text("TenantId", world.workspace.to_string())
        .text("AADTenantId", world.tenant.to_string())
        .text("OperationName", "Sign-in activity")
        .text("Id", row.id.to_string())
        .text("OriginalRequestId", row.id.to_string())
        .text("CorrelationId", row.correlation.to_string())
        .raw("IsInteractive", if row.interactive { "true" } else { "false" })
        .text("ResultType", row.result.to_string())
        .text("ResultDescription", reason(row.result))
        .text("ResultSignature", if row.result == OK { "SUCCESS" } else { "FAILURE" })
        .raw("IsThroughGlobalSecureAccess", "false");
    dynamic(row, out, "Status", &status(row));
}

/// The result, as Graph and Log Analytics word it.
pub(super) fn status(row: &SignIn) -> Value {
    if row.result == OK {
        value!({"errorCode": 0, "additionalDetails": "MFA requirement satisfied by claim in the token"})
    } else {
        value!({"errorCode": row.result, "failureReason": reason(row.result)})
    }
}

fn write_who(world: &World, row: &SignIn, out: &mut Row) {
    let person = &world.people[row.origin.who];
    out.text("UserPrincipalName", &person.upn)
        .text("UserDisplayName", &person.name)
        .text("Identity", &person.name)
        .text("UserId", person.id.to_string())
        .text("UserType", "Member")
        .text("AlternateSignInName", &person.upn)
        .text("HomeTenantId", world.tenant.to_string())
        .text("ResourceTenantId", world.tenant.to_string())
        .text("CrossTenantAccessType", "none")
        .text("AppId", row.client)
        .text("AppDisplayName", client_name(row.client))
        .text("AppOwnerTenantId", VENDOR_TENANT)
        .text("ResourceIdentity", row.resource)
        .text("ResourceDisplayName", resource_name(row.resource))
        .text("ResourceOwnerTenantId", VENDOR_TENANT);
}

fn write_where(world: &World, row: &SignIn, out: &mut Row) {
    let spot = &row.origin.spot;
    out.text("IPAddress", &spot.address).text("Location", spot.town.country).text("UserAgent", &row.origin.agent);
    if world.export.networks {
        out.text("AutonomousSystemNumber", spot.asn.to_string());
    }
    out.text("ClientAppUsed", if is_browser(row) { "Browser" } else { "Mobile Apps and Desktop clients" });
    dynamic(row, out, "LocationDetails", &location(row));
    dynamic(row, out, "DeviceDetail", &device(&row.origin.device));
}

pub(super) fn is_browser(row: &SignIn) -> bool {
    row.interactive && row.origin.agent.starts_with("Mozilla/5.0 (") && !row.origin.agent.contains("PKeyAuth")
}

pub(super) fn location(row: &SignIn) -> Value {
    let town = row.origin.spot.town;
    value!({
        "city": town.city,
        "state": town.state,
        "countryOrRegion": town.country,
        "geoCoordinates": {"latitude": town.latitude, "longitude": town.longitude},
    })
}

pub(super) fn device(device: &Device) -> Value {
    let Device { id, name, system, browser, trust, compliant } = device;
    if id.is_empty() {
        return value!({"deviceId": "", "operatingSystem": system, "browser": browser});
    }
    value!({
        "deviceId": id, "displayName": name, "operatingSystem": system, "browser": browser,
        "isCompliant": compliant, "isManaged": compliant, "trustType": trust,
    })
}

fn write_token(row: &SignIn, out: &mut Row) {
    let incoming = match row.incoming {
        Incoming::None => "none",
        Incoming::Refresh => "refreshToken",
        Incoming::Primary => "primaryRefreshToken",
    };
    out.text("AuthenticationProcessingDetails", details(row).to_string())
        .text("AuthenticationProtocol", if row.code_typed { "deviceCode" } else { "none" })
        .text("OriginalTransferMethod", transfer(row))
        .text("IncomingTokenType", incoming)
        .text("SessionId", row.session.to_string())
        .text("UniqueTokenIdentifier", row.id.uti());
    dynamic(row, out, "TokenProtectionStatusDetails", &protection(row));
}

pub(super) fn transfer(row: &SignIn) -> &'static str {
    match row.transfer {
        Transfer::None => "none",
        Transfer::DeviceCode => "deviceCodeFlow",
    }
}

pub(super) fn details(row: &SignIn) -> Value {
    value!([
        {"key": "Legacy TLS (TLS 1.0, 1.1, 3DES)", "value": "False"},
        {"key": "Oauth Scope Info", "value": value!(row.scopes).to_string()},
        {"key": "Is CAE Token", "value": if row.origin.device.compliant { "True" } else { "False" }},
    ])
}

pub(super) fn protection(row: &SignIn) -> Value {
    match row.origin.binding {
        Binding::Bound => value!({"signInSessionStatus": "bound", "signInSessionStatusCode": 0}),
        Binding::Unbound(code) => value!({"signInSessionStatus": "unbound", "signInSessionStatusCode": code}),
    }
}

fn write_policy(row: &SignIn, out: &mut Row) {
    out.text("AuthenticationDetails", steps(row).to_string())
        .text("AuthenticationRequirement", "multiFactorAuthentication")
        .text("ConditionalAccessStatus", if row.result == 53003 { "failure" } else { "success" })
        .text("RiskLevelAggregated", "none")
        .text("RiskLevelDuringSignIn", "none")
        .text("RiskState", "none")
        .empty(&["ServicePrincipalId", "TokenIssuerName"]);
}

/// Way in which each factor was met.
pub(super) fn steps(row: &SignIn) -> Value {
    let succeeded = row.result == OK;
    let step = |method: &str, detail: &str, requirement: &str, sequence: u8| {
        value!({
            "authenticationStepDateTime": row.at.to_string(), "authenticationMethod": method, "succeeded": succeeded,
            "authenticationStepResultDetail": detail, "authenticationStepRequirement": requirement,
            "StatusSequence": 0, "RequestSequence": sequence,
        })
    };
    match row.factor {
        Factor::Claim => value!([step(
            "Previously satisfied",
            "MFA requirement satisfied by claim in the token",
            "Multifactor authentication",
            0
        )]),
        Factor::Fresh(method) => value!([
            step("Password", "Correct password", "Primary authentication", 1),
            step(method, "MFA completed in Azure AD", "Multifactor authentication", 2)
        ]),
    }
}

/// A call of either API.
pub(super) fn call(world: &World, row: &Call) -> Row {
    let person = &world.people[row.origin.who];
    let mut out = Row::default();
    let host = if row.legacy {
        format!("https://graph.windows.net/{}", world.tenant)
    } else {
        "https://graph.microsoft.com".to_owned()
    };
    out.text("TimeGenerated", row.at.to_string())
        .text("Type", if row.legacy { "AADGraphActivityLogs" } else { "MicrosoftGraphActivityLogs" })
        .text("TenantId", world.workspace.to_string())
        .text("AADTenantId", world.tenant.to_string())
        .text("AppId", row.client)
        .raw("ClientAuthMethod", "0")
        .text("RequestId", row.id.to_string())
        .text("RequestMethod", row.method)
        .text("RequestUri", format!("{host}{}", row.path))
        .raw("ResponseStatusCode", row.status.to_string())
        .text("Scopes", row.scopes.join(" "))
        .text("SessionId", row.session.to_string())
        .text("DeviceId", &row.origin.device.id)
        .text("TokenIssuedAt", row.issued.to_string())
        .text("UserAgent", &row.origin.agent)
        .text("UserId", person.id.to_string());
    if row.legacy {
        out.text("SignInActivityId", format!("{}==", row.token.uti()))
            .text("CallerIpAddress", &row.origin.spot.address)
            .text("TimeRequested", row.at.to_string())
            .text("ActorType", "User");
    } else {
        out.text("SignInActivityId", row.token.uti())
            .text("UniqueTokenId", row.token.uti())
            .text("IPAddress", &row.origin.spot.address)
            .text("ApiVersion", if row.path.starts_with("/beta") { "beta" } else { "v1.0" });
    }
    out
}

/// A row of the directory's audit log.
pub(super) fn audit(world: &World, row: &Audit) -> Row {
    let person = &world.people[row.who];
    let mut out = Row::default();
    out.text("TimeGenerated", row.at.to_string())
        .text("ActivityDateTime", row.at.to_string())
        .text("Type", "AuditLogs")
        .text("Category", "Device")
        .text("LoggedByService", "Device Registration Service")
        .text("TenantId", world.workspace.to_string())
        .text("AADTenantId", world.tenant.to_string())
        .text("Id", format!("Directory_{}", row.id))
        .text("CorrelationId", row.correlation.to_string())
        .text("OperationName", row.operation)
        .text("Result", "success")
        .raw(
            "InitiatedBy",
            value!({"user": {"id": person.id.to_string(), "userPrincipalName": person.upn, "ipAddress": row.address}})
                .to_string(),
        )
        .raw(
            "TargetResources",
            value!([{
                "displayName": row.device.name, "type": "Device", "id": row.correlation.to_string(),
                "modifiedProperties": [{"displayName": "CloudDeviceOSVersion", "oldValue": "[]", "newValue": json(&format!("[{}]", json(row.version)))}],
            }])
            .to_string(),
        )
        .raw(
            "AdditionalDetails",
            value!([{"key": "DeviceId", "value": row.device.id}, {"key": "User-Agent", "value": row.agent}]).to_string(),
        );
    out
}
