//! Results of Defender's advanced hunting, as CSV: no AS numbers, no token types, no transfer methods, no binding, and
//! calls without an agent or a session.

use super::{File, Table, lines, table};
use crate::event::{Call, Log, SignIn};
use crate::row::Row;
use crate::world::World;
use crate::world::ids::{client_name, resource_name};
use serde_json::json;

/// The queried tables, each in a file of its name; directory changes are as Log Analytics exports them.
pub(super) fn files(world: &World, log: &Log) -> Vec<File> {
    let calls = |row: &&Call| world.export.has(Table::Graph) && !row.legacy;
    let changes = log.audit.iter().filter(|_| world.export.has(Table::Audit));
    let changes: String = changes.map(|row| lines::audit(world, row).line() + "\n").collect();
    let files = [
        ("EntraIdSignInEvents.csv", table::text(log.sign_ins.iter().map(|row| sign_in(world, row)).collect())),
        ("GraphApiAuditEvents.csv", table::text(log.calls.iter().filter(calls).map(|row| call(world, row)).collect())),
        ("AuditLogs.json", changes),
    ];
    let files = files.into_iter().filter(|(_, text)| !text.is_empty());
    files.map(|(name, text)| (name.to_owned(), text.into_bytes())).collect()
}

fn sign_in(world: &World, row: &SignIn) -> Row {
    let person = &world.people[row.origin.who];
    let (device, spot) = (&row.origin.device, &row.origin.spot);
    let endpoint = if row.code_typed { "Cmsi:Cmsi" } else { "OAuth2:Token" };
    let kind = if row.interactive { "interactiveUser" } else { "nonInteractiveUser" };
    let managed = if device.compliant { "1" } else { "0" };
    let mut out = Row::default();
    out.text("Timestamp", row.at.to_string())
        .text("Application", client_name(row.client))
        .text("ApplicationId", row.client)
        .text("LogonType", json!([kind]).to_string())
        .text("EndpointCall", endpoint)
        .raw("ErrorCode", row.result.to_string())
        .text("CorrelationId", row.correlation.to_string())
        .text("SessionId", row.session.to_string())
        .text("AccountDisplayName", &person.name)
        .text("AccountObjectId", person.id.to_string())
        .text("AccountUpn", person.upn.to_lowercase())
        .raw("IsExternalUser", "0")
        .raw("IsGuestUser", "false")
        .text("ResourceDisplayName", resource_name(row.resource))
        .text("ResourceId", row.resource)
        .text("ResourceTenantId", world.tenant.to_string())
        .text("DeviceName", &device.name)
        .text("EntraIdDeviceId", &device.id)
        .text("OSPlatform", device.system)
        .text("DeviceTrustType", device.trust)
        .raw("IsManaged", managed)
        .raw("IsCompliant", managed)
        .text("AuthenticationProcessingDetails", lines::details(row).to_string())
        .text("AuthenticationRequirement", "multiFactorAuthentication")
        .text("UserAgent", &row.origin.agent)
        .text("ClientAppUsed", if lines::is_browser(row) { "Browser" } else { "Mobile Apps and Desktop clients" })
        .text("Browser", &device.browser)
        .raw("ConditionalAccessStatus", if row.result == 53003 { "1" } else { "0" })
        .text("IPAddress", &spot.address)
        .text("Country", spot.town.country)
        .text("State", spot.town.state)
        .text("City", spot.town.city)
        .text("Latitude", spot.town.latitude.to_string())
        .text("Longitude", spot.town.longitude.to_string())
        .text("RequestId", row.id.to_string())
        .text("UniqueTokenId", row.id.uti());
    out
}

fn call(world: &World, row: &Call) -> Row {
    let person = &world.people[row.origin.who];
    let mut out = Row::default();
    out.text("Timestamp", row.at.to_string())
        .text("ApiVersion", if row.path.starts_with("/beta") { "beta" } else { "v1.0" })
        .text("ApplicationId", row.client)
        .text("IPAddress", &row.origin.spot.address)
        .text("EntityType", "user")
        .text("RequestUri", format!("https://graph.microsoft.com{}", row.path))
        .text("AccountObjectId", person.id.to_string())
        .text("RequestId", row.id.to_string())
        .text("RequestMethod", row.method)
        .text("ResponseStatusCode", row.status.to_string())
        .text("Scopes", row.scopes.join(" "))
        .text("UniqueTokenIdentifier", row.token.uti());
    out
}
