//! Sign-ins through a proxy that keeps the cookie.

use super::thief::LIBRARIES;
use crate::event::{BAD_PASSWORD, Factor, Incoming, MFA_NEEDED, Origin, STAY_SIGNED_IN, SignIn};
use crate::rng::Guid;
use crate::story::{Pair, Story};
use crate::world::ids::{EXCHANGE, GRAPH, OFFICE_HOME, OUTLOOK_WEB, SECURITY_INFO, SHAREPOINT, SHAREPOINT_WEB};

/// The login that the kit makes for the victim: factor and all, from the proxy's network.
fn proxied(story: &mut Story, second: i64, agent: Option<&str>) -> (SignIn, Guid) {
    let spot = story.rented();
    // Some proxies pass the victim's agent on, some have their own.
    let victim = story.person.laptop_on(story.day).clone();
    let agent = match agent {
        Some(agent) => agent.to_owned(),
        None if story.rng.percent(60) => victim.agents.browser.clone(),
        None => "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36".to_owned(),
    };
    let system = if agent.contains("Macintosh") { "MacOs" } else { "Windows10" };
    let origin = story.machine_at(spot, system, &browser_name(&agent), &agent);
    let session = story.rng.guid();
    let first: Pair = if story.rng.percent(75) { (OFFICE_HOME, GRAPH) } else { (OUTLOOK_WEB, EXCHANGE) };
    let mut login = story.prompt(second, &origin, session, first);
    login.factor = Factor::drawn(&mut story.rng);
    let mut wait = 9;
    for result in [STAY_SIGNED_IN, MFA_NEEDED, BAD_PASSWORD] {
        if story.rng.percent(45) {
            let before = story.prompt(second - wait, &origin, session, first);
            story.sign_in(SignIn { result, correlation: login.correlation, ..before });
        }
        wait += story.rng.between(5, 25);
    }
    (story.sign_in(login), session)
}

/// A browser as the device record has it.
fn browser_name(agent: &str) -> String {
    let names = [("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Version/", "Safari")];
    let found = names.iter().find_map(|(mark, name)| agent.split_once(mark).map(|(_, rest)| (name, rest)));
    found.map_or(String::new(), |(name, rest)| format!("{name} {}.0.0", rest.split('.').next().unwrap_or_default()))
}

fn read(story: &mut Story, token: &SignIn) {
    if token.resource != GRAPH {
        return;
    }
    let mut seconds = 2;
    for _ in 0..story.rng.between(1, 8) {
        let path = *story.rng.pick(&[
            "/v1.0/me/messages?$search=\"payroll\"",
            "/v1.0/me/mailFolders/inbox/messageRules",
            "/v1.0/me/messages?$top=25",
        ]);
        story.call(token, seconds, path);
        seconds += story.rng.between(2, 60);
    }
}

/// The proxy here, a script at another network with the cookie.
pub(super) fn two_networks(story: &mut Story) {
    let second = story.working_second();
    let (login, session) = proxied(story, second, None);
    let mut spot = story.rented();
    while spot.asn == login.origin.spot.asn {
        spot = story.rented();
    }
    let agent = *story.rng.pick(&LIBRARIES);
    let script = story.machine_at(spot, "", "", agent);
    let mut later = second + story.rng.between(40, 14_000);
    for _ in 0..story.rng.between(2, 9) {
        let pair = *story.rng.pick(&[(OFFICE_HOME, GRAPH), (OUTLOOK_WEB, EXCHANGE), (SHAREPOINT_WEB, SHAREPOINT)]);
        let row = story.renew(later, &script, session, pair);
        read(story, &row);
        later += story.rng.between(60, 5000);
    }
}

/// Proxy and script on one machine, which renews about every half hour.
pub(super) fn kept_alive(story: &mut Story) {
    let second = story.working_second();
    let scripted = story.rng.percent(50);
    let (login, session) = proxied(story, second, scripted.then_some("axios/1.7.9"));
    let mut machine: Origin = login.origin.clone();
    if story.rng.percent(70) {
        machine.agent = (*story.rng.pick(&["axios/1.7.9", "node", "axios/1.13.2"])).to_owned();
    }
    let mut later = second;
    for _ in 0..story.rng.between(7, 40) {
        later += story.rng.between(1640, 1960);
        let mut row = story.silent(later, &machine, session, (OFFICE_HOME, GRAPH));
        row.incoming = Incoming::Refresh;
        let row = story.sign_in(row);
        if story.rng.percent(30) {
            read(story, &row);
        }
    }
    if story.rng.percent(40) {
        let second = second + story.rng.between(60, 900);
        let row = story.prompt(second, &machine, session, (OFFICE_HOME, SECURITY_INFO));
        story.sign_in(row);
    }
}
