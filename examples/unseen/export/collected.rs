//! Files as Microsoft-Extractor-Suite leaves them: arrays of Graph's sign-in objects, one folder a kind.

use super::{File, lines};
use crate::event::{Incoming, Log, SignIn, Transfer};
use crate::world::World;
use crate::world::ids::{client_name, resource_name};
use serde_json::{Value, json};

pub(super) fn files(world: &World, log: &Log) -> Vec<File> {
    [("interactiveUser", true), ("nonInteractiveUser", false)]
        .map(|(kind, interactive)| {
            let rows: Vec<Value> = log
                .sign_ins
                .iter()
                .filter(|row| row.interactive == interactive)
                .map(|row| object(world, row))
                .collect();
            let path =
                format!("Output/EntraID/20261102-081500-SignInLogs/{kind}/20261102081500-{kind}-SignInLogs.json");
            (path, serde_json::to_vec_pretty(&rows).expect("values are JSON"))
        })
        .into()
}

fn object(world: &World, row: &SignIn) -> Value {
    let person = &world.people[row.origin.who];
    // Graph withholds the newer kinds from those who do not ask for them.
    let incoming = match row.incoming {
        Incoming::None => "none",
        Incoming::Refresh => "unknownFutureValue",
        Incoming::Primary => "primaryRefreshToken",
    };
    let mut object = json!({
        "id": row.id.to_string(),
        "createdDateTime": format!("{}Z", row.at.second().replace(' ', "T").trim_end_matches('Z')),
        "userDisplayName": person.name,
        "userPrincipalName": person.upn,
        "userId": person.id.to_string(),
        "userType": "member",
        "appId": row.client,
        "appDisplayName": client_name(row.client),
        "resourceId": row.resource,
        "resourceDisplayName": resource_name(row.resource),
        "resourceTenantId": world.tenant.to_string(),
        "homeTenantId": world.tenant.to_string(),
        "crossTenantAccessType": "none",
        "ipAddress": row.origin.spot.address,
        "clientAppUsed": if lines::is_browser(row) { "Browser" } else { "Mobile Apps and Desktop clients" },
        "userAgent": row.origin.agent,
        "correlationId": row.correlation.to_string(),
        "originalRequestId": row.id.to_string(),
        "isInteractive": row.interactive,
        "signInEventTypes": [if row.interactive { "interactiveUser" } else { "nonInteractiveUser" }],
        "status": lines::status(row),
        "deviceDetail": lines::device(&row.origin.device),
        "location": lines::location(row),
        "authenticationProtocol": if row.code_typed { "deviceCode" } else { "none" },
        "originalTransferMethod": if row.transfer == Transfer::None { "none" } else { lines::transfer(row) },
        "incomingTokenType": incoming,
        "sessionId": row.session.to_string(),
        "uniqueTokenIdentifier": row.id.uti(),
        "authenticationProcessingDetails": lines::details(row),
        "authenticationDetails": lines::steps(row),
        "tokenProtectionStatusDetails": lines::protection(row),
        "authenticationRequirement": "multiFactorAuthentication",
        "conditionalAccessStatus": if row.result == 53003 { "failure" } else { "success" },
        "riskLevelDuringSignIn": "none",
    });
    if world.export.networks {
        object["autonomousSystemNumber"] = json!(row.origin.spot.asn);
    }
    object
}
