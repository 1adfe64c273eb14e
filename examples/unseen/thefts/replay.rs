//! Sessions and tokens taken from the victim's machine and used by somebody else.

use crate::event::{Call, Factor, Incoming, OK, Origin, SignIn};
use crate::export::{Shape, Table};
use crate::story::{Pair, Story};
use crate::world::ids::{
    AAD_GRAPH, ARM, AZURE_PORTAL, EXCHANGE, GRAPH, OFFICE, OFFICE_HOME, ONEDRIVE, OUTLOOK_WEB, SHAREPOINT,
    SHAREPOINT_WEB, TEAMS, TEAMS_SERVICES,
};
use crate::world::machine::Binding;
use crate::world::person::{Job, Person, Place};

/// Calls that look around in mail and files.
fn look_around(story: &mut Story, token: &SignIn, calls: i64) {
    if token.resource != GRAPH {
        return;
    }
    let mut seconds = 2;
    for _ in 0..calls {
        let path = *story.rng.pick(&[
            "/v1.0/me/messages?$top=50",
            "/v1.0/me/drive/root/children",
            "/v1.0/me/memberOf",
            "/v1.0/users?$top=999",
            "/v1.0/me/chats?$top=20",
        ]);
        story.call(token, seconds, path);
        seconds += story.rng.between(1, 90);
    }
}

/// An access token from a trace or from memory: calls with it from a second network, and no sign-in but the victim's.
pub(super) fn access_token(story: &mut Story) {
    let second = story.working_second();
    let browser = story.browser(second);
    let session = story.person.web_session_on(story.world, story.day);
    let row = story.silent(second, &browser, session, (OFFICE_HOME, GRAPH));
    let token = story.aside(row);
    // Often the victim works on with it.
    let mut seconds = 1;
    for _ in 0..if story.rng.percent(70) { story.rng.between(1, 6) } else { 0 } {
        let call = Call::get(&mut story.rng, &token, seconds, "/v1.0/me");
        story.log.calls.push(call);
        seconds += story.rng.between(60, 500);
    }
    let spot = story.rented();
    let mut thief = story.thief(spot);
    if story.rng.percent(60) {
        (*story.rng.pick(&["python-requests/2.32.3", "axios/1.7.9", "curl/8.5.0"])).clone_into(&mut thief.agent);
    }
    let mut seconds = story.rng.between(120, 1800);
    for _ in 0..story.rng.between(3, 20) {
        let path = *story.rng.pick(&["/v1.0/me/messages?$top=50", "/v1.0/me/drive/root/children", "/v1.0/me"]);
        let origin = thief.clone();
        story.call_with(&token, seconds, path, |call| call.origin = origin);
        seconds += story.rng.between(1, 90);
    }
    // Defender's calls name no agent, and without AS numbers two prefixes may be of one provider.
    if !story.world.export.has(Table::Graph) || story.world.export.shape == Shape::Defender {
        story.undecided = Some("MicrosoftGraphActivityLogs");
    }
}

/// The laptop's session, or the browser's, days after it began, at a second network.
pub(super) fn elsewhere(story: &mut Story) {
    let spot = story.rented();
    let thief = story.thief(spot);
    let mut second = story.rng.between(0, 86_000);
    let days = story.rng.between(0, 3);
    // The session began at home or at work, some days before or the same day.
    let begun = (story.day - *story.rng.pick(&[0, 0, 1, 1, 2, 3, 5, 9])).max(0);
    let way = story.rng.below(3);
    begin(story, begun, way == 0);
    match way {
        // The browser's cookie: prompts that ask nothing, then the page's renewals.
        0 => {
            let session = story.person.web_session_on(story.world, begun);
            let pages: [Pair; 4] =
                [(OFFICE_HOME, GRAPH), (OUTLOOK_WEB, EXCHANGE), (SHAREPOINT_WEB, SHAREPOINT), (AZURE_PORTAL, ARM)];
            for _ in 0..story.rng.between(2, 6) {
                let page = *story.rng.pick(&pages);
                let row = story.prompt(second, &thief, session, page);
                let row = story.sign_in(row);
                look_around(story, &row, 4);
                second += story.rng.between(60, 5000) + days * story.rng.between(0, 40_000);
                let row = story.renew(second, &thief, session, page);
                look_around(story, &row, 3);
            }
        }
        // A cookie of the primary refresh token: the rows show the victim's device.
        1 => {
            let session = story.person.session_on(story.world, begun);
            let mut thief = thief;
            thief.device = story.victim_device();
            for _ in 0..story.rng.between(2, 7) {
                let pair = *story.rng.pick(&[
                    (OFFICE_HOME, GRAPH),
                    (AZURE_PORTAL, ARM),
                    (TEAMS, GRAPH),
                    (OUTLOOK_WEB, EXCHANGE),
                ]);
                let mut row = if story.rng.percent(50) {
                    story.prompt(second, &thief, session, pair)
                } else {
                    story.silent(second, &thief, session, pair)
                };
                row.incoming = Incoming::Primary;
                let row = story.sign_in(row);
                look_around(story, &row, 4);
                second += story.rng.between(60, 7000) + days * story.rng.between(0, 30_000);
            }
        }
        // A refresh token of a program.
        _ => {
            let session = story.person.session_on(story.world, begun);
            let client = *story.rng.pick(&[OFFICE, TEAMS, ONEDRIVE]);
            for _ in 0..story.rng.between(2, 8) {
                let resource = *story.rng.pick(&[GRAPH, EXCHANGE, SHAREPOINT, AAD_GRAPH, TEAMS_SERVICES]);
                let row = story.renew(second, &thief, session, (client, resource));
                look_around(story, &row, 6);
                second += story.rng.between(60, 6000) + days * story.rng.between(0, 40_000);
            }
        }
    }
}

/// The victim's own rows that begin the session: an ordinary day may have none.
fn begin(story: &mut Story, day: i64, web: bool) {
    let today = std::mem::replace(&mut story.day, day);
    let second = story.person.start + story.rng.between(-600, 1500);
    if web {
        let browser = story.browser(second);
        let session = story.person.web_session_on(story.world, day);
        let row = story.prompt(second, &browser, session, (OFFICE_HOME, GRAPH));
        let factor = Factor::drawn(&mut story.rng);
        story.aside(SignIn { factor, ..row });
    } else {
        let agent = story.person.laptop_on(day).agents.office.clone();
        let laptop = story.laptop(second, &agent);
        let session = story.person.session_on(story.world, day);
        let row = story.silent(second, &laptop, session, (OFFICE, EXCHANGE));
        story.aside(row);
    }
    story.day = today;
}

/// Returns whether the person is seen at an exit that others use too.
pub(super) fn has_an_exit(person: &Person) -> bool {
    person.job != Job::Room && !person.laptop.device.id.is_empty()
}

/// Somebody inside the office network or its VPN: the victim's exit, another machine.
pub(super) fn behind_the_exit(story: &mut Story) {
    let mut second = story.working_second();
    let spot = story.person.spot(story.world, &Place::Office, story.day, &mut story.rng);
    // Nothing tells a silent agent at a known address from a program of the victim.
    let mut thief = story.thief(spot.clone());
    while thief.agent.is_empty() {
        thief = story.thief(spot.clone());
    }
    let session = story.person.session_on(story.world, story.day);
    let client = *story.rng.pick(&[OFFICE, TEAMS]);
    for _ in 0..story.rng.between(3, 9) {
        let resource = *story.rng.pick(&[GRAPH, AAD_GRAPH, EXCHANGE, SHAREPOINT, ARM]);
        let row = story.renew(second, &thief, session, (client, resource));
        look_around(story, &row, 6);
        second += story.rng.between(20, 3000);
    }
    story.needs_history = false;
}

/// Returns whether the person's tokens are bound to the machine.
pub(super) fn is_bound(person: &Person) -> bool {
    person.job != Job::Room && person.laptop.binding == Binding::Bound
}

/// A refresh token that is not bound, where the client's always are; same client, often the same agent.
pub(super) fn unbound(story: &mut Story) {
    let spot = story.rented();
    let laptop = story.person.laptop_on(story.day).clone();
    let same = story.rng.percent(60);
    let thief = if same {
        let machine = story.machine_at(spot, laptop.device.system, &laptop.device.browser, &laptop.agents.office);
        Origin { device: story.victim_device(), ..machine }
    } else {
        story.thief(spot)
    };
    let thief = Story::unbound(thief);
    let session = story.person.session_on(story.world, story.day);
    let mut second = story.working_second();
    for _ in 0..story.rng.between(2, 7) {
        let resource = *story.rng.pick(&[EXCHANGE, GRAPH, SHAREPOINT]);
        let mut row = story.silent(second, &thief, session, (OFFICE, resource));
        row.result = OK;
        let row = story.sign_in(row);
        look_around(story, &row, 5);
        second += story.rng.between(300, 5000);
    }
    if same && !story.world.export.names_tokens() {
        story.undecided = Some("sign-in logs from Log Analytics, which name the refresh token");
    }
}
