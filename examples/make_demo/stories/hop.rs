//! Story 2: a Teams session is replayed with Azure PowerShell's client id, for the legacy directory API.

use super::super::call::{Call, legacy_call};
use super::super::change::{Actor, Change, Target};
use super::super::rng::Rng;
use super::super::sign_in::SignIn;
use super::super::world::{AAD_GRAPH, Device, GRAPH, POWERSHELL, Person, TEAMS, TEAMS_SERVICES, replayer};
use super::super::{Log, clock};
use tokentrail::testing::model::Table;

const DAY: &str = "2026-04-29";

/// Requests of the replayed session to the legacy directory API: seconds after the token, path.
const LEGACY: [(i64, &str); 5] = [
    (4, "/tenantDetails?api-version=1.61-internal"),
    (6, "/users?api-version=1.61-internal&$top=999"),
    (9, "/groups?api-version=1.61-internal&$top=999"),
    (14, "/servicePrincipals?api-version=1.61-internal&$top=999"),
    (19, "/directoryRoles?api-version=1.61-internal"),
];

/// Its requests to Microsoft Graph, later.
const MODERN: [(i64, &str, u16); 6] = [
    (8, "/v1.0/me", 200),
    (11, "/v1.0/users?$top=999", 200),
    (17, "/v1.0/directoryRoles", 200),
    (25, "/v1.0/groups?$top=999", 200),
    (33, "/v1.0/applications?$top=999", 403),
    (52, "/v1.0/oauth2PermissionGrants", 403),
];

pub(super) fn write(victim: &Person, log: &mut Log) {
    let mut rng = Rng::seeded("session hop");
    let (session, login) = (rng.guid(), rng.guid());
    let attacker = replayer();
    let machine = Device::unknown("Windows10", "Python Requests 2.32");

    // The login is the victim's own: prompt, then the code redeemed by Teams. Its tokens are taken from there.
    for (table, time, lag) in [(Table::SignIn, "09:31:02", 58), (Table::NonInteractive, "09:31:05", 71)] {
        let mut first = SignIn::new(&mut rng, table, victim, clock(DAY, time), TEAMS, TEAMS_SERVICES);
        (first.session, first.correlation, first.lag, first.incoming) = (session, login, lag, "none");
        first.scopes = &["Teams.AccessAsUser.All", "user_impersonation"];
        if table == Table::NonInteractive {
            first.agent = victim.agents.teams;
        }
        log.sign_in(&first);
    }

    for (time, resource, lag) in [
        ("09:35:11", AAD_GRAPH, 64),
        ("09:38:47", AAD_GRAPH, 90),
        ("09:52:20", GRAPH, 77),
        ("10:14:03", AAD_GRAPH, 105),
    ] {
        let mut second = SignIn::new(&mut rng, Table::NonInteractive, victim, clock(DAY, time), POWERSHELL, resource);
        (second.session, second.lag, second.incoming) = (session, lag, "refreshToken");
        (second.place, second.device, second.agent) = (&attacker, &machine, "python-requests/2.32.3");
        second.scopes = if resource == GRAPH {
            &["AuditLog.Read.All", "Directory.AccessAsUser.All", "User.Read"]
        } else {
            &["62e90394-69f5-4237-9190-012177145e10", "user_impersonation"]
        };
        log.sign_in(&second);
        if resource == GRAPH {
            for (seconds, path, status) in MODERN {
                let call = Call { status, ..Call::get(&second, seconds, path) };
                log.call(&mut rng, &call);
            }
        } else {
            let calls = LEGACY.map(|(seconds, path)| legacy_call(&mut rng, &second, seconds, path));
            log.legacy.extend(calls);
        }
    }
    // A secret of their own for an application that can read every mailbox's backup.
    let key = |entries: &str| format!("[{entries}]");
    let old =
        "\"[KeyIdentifier=5d0c4b1e-88f2-4a0e-9b57-0e3c7a61d400,KeyType=Password,KeyUsage=Verify,DisplayName=backup]\"";
    let new =
        "\"[KeyIdentifier=c3a9f7d2-1e64-4f0b-8a35-d2b90e7c4100,KeyType=Password,KeyUsage=Verify,DisplayName=sync]\"";
    let app =
        Target::new("Application", "Contoso Backup").with("KeyDescription", &key(old), &key(&format!("{old},{new}")));
    let actor = Actor::Person(victim, &attacker.address);
    let operation = "Update application \u{2013} Certificates and secrets management ";
    let mut change = Change::new(&mut rng, clock(DAY, "10:16:31"), operation, actor, app);
    change.details = vec![("User-Agent", "python-requests/2.32.3".to_owned())];
    change.write(&mut rng, log);
}
