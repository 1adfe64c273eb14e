//! Kits that name themselves, with a token that was taken before the bundle's rows show how.

use crate::event::SignIn;
use crate::export::Table;
use crate::story::Story;
use crate::world::ids::{AAD_GRAPH, EXCHANGE, GRAPH, OFFICE, TEAMS, VSCODE};

const SWEEP: [&str; 14] = [
    "organization",
    "users?$top=999",
    "groups?$top=999",
    "servicePrincipals?$top=999",
    "applications?$top=999",
    "devices?$top=999",
    "roleManagement/directory/roleDefinitions",
    "roleManagement/directory/roleAssignments",
    "policies/authorizationPolicy",
    "domains",
    "me/messages?$top=50",
    "me/drive/root/children",
    "directoryRoles",
    "administrativeUnits",
];
const LEGACY_SWEEP: [&str; 8] = [
    "users",
    "groups",
    "servicePrincipals",
    "applications",
    "devices",
    "directoryRoles",
    "roleDefinitions",
    "tenantDetails",
];

/// Rows and calls of a kit; or calls alone, where only the access token was taken.
pub(super) fn kit(story: &mut Story) {
    let agent = *story.rng.pick(&[
        "azurehound/v2.4.1",
        "kali365-live/1.2",
        "Dsreg/10.0 (Windows 10.0.19041.928)",
        "AADInternals",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Teams/1.3.00.30866 Chrome/80.0.3987.165 Electron/8.5.1 Safari/537.36",
        "aiohttp/3.9.5",
    ]);
    let spot = story.rented();
    let thief = story.machine_at(spot, "", "", agent);
    let session = story.person.session_on(story.world, story.day);
    let mut second = story.working_second();
    let client = *story.rng.pick(&[OFFICE, TEAMS, VSCODE]);
    let legacy = agent.starts_with("Dsreg") || agent.starts_with("aiohttp") || agent == "AADInternals";
    let calls_alone = story.rng.percent(20);
    let resource = if legacy { AAD_GRAPH } else { GRAPH };
    if calls_alone {
        // The victim's own row issued the token; the kit shows in the calls only.
        let victim = story.laptop(second, &story.person.laptop_on(story.day).agents.office.clone());
        let mut token = story.silent(second, &victim, session, (client, resource));
        token = story.aside(token);
        token.origin = thief;
        sweep(story, &token, legacy);
        if legacy && !story.world.export.has(Table::Legacy) {
            story.undecided = Some("AADGraphActivityLogs");
        } else if !legacy && !story.world.export.has(Table::Graph) {
            story.undecided = Some("MicrosoftGraphActivityLogs");
        }
    } else {
        for _ in 0..story.rng.between(1, 4) {
            let row = story.silent(second, &thief, session, (client, resource));
            let token = story.sign_in(row);
            sweep(story, &token, legacy);
            second += story.rng.between(600, 4000);
        }
        if story.rng.percent(40) {
            story.renew(second, &thief, session, (client, EXCHANGE));
        }
    }
    story.needs_history = agent.starts_with("aiohttp");
}

fn sweep(story: &mut Story, token: &SignIn, legacy: bool) {
    let mut seconds = 2;
    for step in 0..story.rng.index(200) + 40 {
        let refused = story.rng.percent(15);
        let path = if legacy {
            format!("/{}?api-version=1.61-internal", LEGACY_SWEEP[step % LEGACY_SWEEP.len()])
        } else if step % 3 == 0 {
            format!("/v1.0/groups/{}/members", story.rng.guid())
        } else {
            format!("/v1.0/{}", SWEEP[step % SWEEP.len()])
        };
        story.call_with(token, seconds, path, |call| {
            call.legacy = legacy;
            call.status = if refused { 403 } else { 200 };
        });
        if story.rng.percent(60) {
            seconds += story.rng.between(0, 3);
        }
    }
}
