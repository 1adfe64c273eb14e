//! Authorization codes that the victim pasted for somebody else.

use crate::event::{Incoming, SignIn};
use crate::story::Story;
use crate::world::ids::{AAD_GRAPH, ARM, CLI, GRAPH, GRAPH_TOOLS, POWERSHELL, TEAMS, VISUAL_STUDIO, VSCODE};

/// Issued to the victim's browser, redeemed elsewhere.
pub(super) fn pasted(story: &mut Story) {
    let client = *story.rng.pick(&[CLI, CLI, POWERSHELL, VSCODE, VISUAL_STUDIO, TEAMS, GRAPH_TOOLS]);
    let first = *story.rng.pick(&[GRAPH, AAD_GRAPH, ARM]);
    let second = story.working_second();
    let browser = story.browser(second);
    let session =
        if story.rng.percent(50) { story.person.web_session_on(story.world, story.day) } else { story.rng.guid() };
    let issued = story.prompt(second, &browser, session, (client, first));
    let issued = story.sign_in(issued);
    let spot = story.rented();
    let thief = story.thief(spot);
    let mut later = second + story.rng.between(6, 570);
    let redeemed = story.silent(later, &thief, session, (client, first));
    let correlation = if story.rng.percent(50) { issued.correlation } else { redeemed.correlation };
    let token = story.sign_in(SignIn { incoming: Incoming::None, correlation, ..redeemed });
    recon(story, &token);
    for _ in 0..story.rng.between(1, 6) {
        later += story.rng.between(30, 5000);
        let resource = *story.rng.pick(&[AAD_GRAPH, GRAPH, ARM]);
        let token = story.renew(later, &thief, session, (client, resource));
        recon(story, &token);
    }
    story.needs_history = false;
}

fn recon(story: &mut Story, token: &SignIn) {
    let mut seconds = 2;
    for _ in 0..story.rng.between(2, 12) {
        let path = *story.rng.pick(&[
            "/users?$top=999",
            "/groups?$top=999",
            "/me/memberOf",
            "/directoryRoles",
            "/servicePrincipals?$top=200",
        ]);
        match token.resource {
            GRAPH => story.call(token, seconds, format!("/v1.0{path}")),
            AAD_GRAPH => story.call_with(token, seconds, format!("{path}&api-version=1.6"), |call| call.legacy = true),
            _ => {}
        }
        seconds += story.rng.between(1, 30);
    }
}
