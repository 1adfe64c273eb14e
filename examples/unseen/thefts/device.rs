//! From a device code to a device of the thief's own.

use crate::event::{Audit, Incoming, OK, Origin, SignIn, Transfer};
use crate::story::{Code, Story};
use crate::world::ids::{BROKER, DEVICE_REGISTRATION, EXCHANGE, GRAPH, OFFICE, OFFICE_HOME, SHAREPOINT, TEAMS};
use crate::world::machine::{Binding, Device};
use tokentrail::testing::model::Span;

/// Device code for the broker, a device registered with it, its primary refresh token used.
pub(super) fn registered(story: &mut Story) {
    let second = story.working_second();
    let typed = story.browser(second);
    let spot = story.rented_or_nearby();
    let mut thief = story.thief_in_disguise(spot);
    if story.rng.percent(30) {
        "Dsreg/10.0 (Windows 10.0.19041.928)".clone_into(&mut thief.agent);
    }
    // The code is for the registration service at once, or for Graph and exchanged.
    let direct = story.rng.percent(60);
    let first = if direct { DEVICE_REGISTRATION } else { GRAPH };
    let code = Code::new(story, second, typed, thief.clone(), (BROKER, first));
    story.device_code(&code);
    let mut later = second + story.rng.between(5, 500);
    story.descend(later, &code, (BROKER, DEVICE_REGISTRATION), OK);
    later += story.rng.between(3, 60);
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let tail: String =
        (0..if story.rng.percent(50) { 8 } else { 7 }).map(|_| char::from(*story.rng.pick(letters))).collect();
    let device = Device {
        id: story.rng.guid().to_string(),
        name: format!("DESKTOP-{tail}"),
        system: "Windows10",
        browser: String::new(),
        trust: "Azure AD joined",
        compliant: false,
    };
    let at = story.at(later);
    let versions = ["10.0.19041.928", "10.0.22631.3447", "10.0.26100"];
    let audit = Audit {
        at,
        who: story.person.number,
        address: thief.spot.address.clone(),
        operation: "Register device",
        device: device.clone(),
        version: versions[story.rng.index(versions.len())],
        agent: thief.agent.clone(),
        id: story.rng.guid(),
        correlation: story.rng.guid(),
    };
    story.log.audit.push(audit);
    let mut machine = Origin { device, binding: Binding::Unbound(1003), ..thief };
    if story.rng.percent(50) {
        "Windows-AzureAD-Authentication-Provider/1.0".clone_into(&mut machine.agent);
    }
    let session = if story.rng.percent(60) { code.session } else { story.rng.guid() };
    let keeps_mark = story.rng.percent(75);
    for _ in 0..story.rng.between(2, 9) {
        later += story.rng.between(20, 9000);
        let pair = *story.rng.pick(&[(OFFICE, EXCHANGE), (OFFICE_HOME, GRAPH), (TEAMS, GRAPH), (OFFICE, SHAREPOINT)]);
        let row = story.silent(later, &machine, session, pair);
        let transfer = if keeps_mark { Transfer::DeviceCode } else { Transfer::None };
        let token = story.sign_in(SignIn { incoming: Incoming::Primary, transfer, ..row });
        if pair.1 == GRAPH {
            story.call(&token, 5, "/v1.0/me/messages?$top=50");
            let late = token.at.plus(Span::minutes(2));
            story.call_with(&token, 9, "/v1.0/me/drive/root/children", |call| call.at = late);
        }
    }
}
