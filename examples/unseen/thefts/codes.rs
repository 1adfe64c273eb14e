//! Device codes that the victim typed for somebody else.

use crate::event::{BLOCKED, OK, Origin, SignIn};
use crate::story::{Code, Pair, Story};
use crate::world::ids::{
    AAD_GRAPH, ARM, BROKER, CLI, EXCHANGE, GRAPH, KEY_VAULT, MANAGEMENT_APIS, OFFICE, POWERSHELL, SHAREPOINT, TEAMS,
    TEAMS_SERVICES, VSCODE,
};

const CLIENTS: [&str; 6] = [OFFICE, OFFICE, BROKER, CLI, TEAMS, VSCODE];
const RESOURCES: [&str; 8] = [EXCHANGE, SHAREPOINT, TEAMS_SERVICES, ARM, AAD_GRAPH, KEY_VAULT, MANAGEMENT_APIS, GRAPH];

/// The flow: the victim types in the browser, the thief's program redeems. Whose address the typed leg shows is
/// contested, so it is drawn.
fn flow(story: &mut Story, redeemed: Origin, pair: Pair) -> (Code, SignIn) {
    let second = story.working_second();
    let mut typed = story.browser(second);
    if story.rng.percent(25) {
        typed.spot = redeemed.spot.clone();
    }
    let code = Code::new(story, second, typed, redeemed, pair);
    let token = story.device_code(&code);
    (code, token)
}

fn rented_machine(story: &mut Story) -> Origin {
    let spot = story.rented();
    story.thief_in_disguise(spot)
}

/// Mail read with a Graph token, if it is one.
fn read_mail(story: &mut Story, token: &SignIn, calls: i64) {
    if token.resource != GRAPH {
        return;
    }
    let words = ["invoice", "payment", "password", "contract", "wire"];
    let mut seconds = 3;
    for call in 0..calls {
        let path = match call % 4 {
            0 => format!("/v1.0/me/messages?$search=\"{}\"&$top=50", story.rng.pick(&words)),
            1 => "/v1.0/me/mailFolders?$top=100".to_owned(),
            _ => format!("/v1.0/me/messages/AAMkAG{}AAA=", story.rng.between(10_000, 99_999)),
        };
        story.call(token, seconds, path);
        seconds += story.rng.between(1, 40);
    }
}

/// A network the user never had; one resource or two, renewed for hours.
pub(super) fn new_network(story: &mut Story) {
    let thief = rented_machine(story);
    let client = *story.rng.pick(&CLIENTS);
    let first = *story.rng.pick(&[GRAPH, EXCHANGE, SHAREPOINT]);
    let (code, token) = flow(story, thief, (client, first));
    let calls = story.rng.between(2, 30);
    read_mail(story, &token, calls);
    let second = if story.rng.percent(50) { Some(*story.rng.pick(&[GRAPH, EXCHANGE, AAD_GRAPH])) } else { None };
    let mut later = code.second + story.rng.between(20, 4000);
    for _ in 0..story.rng.between(1, 12) {
        let resource = second.filter(|_| story.rng.percent(50)).unwrap_or(first);
        let token = story.descend(later, &code, (client, resource), OK);
        read_mail(story, &token, 4);
        later += story.rng.between(1800, 5400);
    }
}

/// Most exchanges are refused by Conditional Access.
pub(super) fn refused(story: &mut Story) {
    let thief = rented_machine(story);
    let client = *story.rng.pick(&CLIENTS);
    let (code, token) = flow(story, thief, (client, GRAPH));
    read_mail(story, &token, 3);
    let mut later = code.second + story.rng.between(4, 240);
    let open = story.rng.between(0, 1);
    for attempt in 0..story.rng.between(4, 14) {
        let resource = *story.rng.pick(&RESOURCES);
        let result = if attempt < open { OK } else { BLOCKED };
        story.descend(later, &code, (client, resource), result);
        later += story.rng.between(2, 400);
    }
}

/// One resource an hour.
pub(super) fn slow_pivot(story: &mut Story) {
    let thief = rented_machine(story);
    let client = *story.rng.pick(&CLIENTS);
    let (code, _) = flow(story, thief, (client, GRAPH));
    let mut later = code.second;
    let from = story.rng.index(RESOURCES.len());
    for step in 0..story.rng.index(5) + 4 {
        later += story.rng.between(2700, 6600);
        let resource = RESOURCES[(from + step) % RESOURCES.len()];
        let token = story.descend(later, &code, (client, resource), OK);
        read_mail(story, &token, 5);
    }
}

/// Two resources, then hundreds of files.
pub(super) fn downloads(story: &mut Story) {
    let thief = rented_machine(story);
    let client = *story.rng.pick(&[OFFICE, TEAMS, VSCODE]);
    let (code, token) = flow(story, thief, (client, GRAPH));
    let second = code.second + story.rng.between(30, 3000);
    story.descend(second, &code, (client, SHAREPOINT), OK);
    let mut seconds = 20;
    for file in 0..story.rng.between(150, 600) {
        if file % 40 == 0 {
            story.call(&token, seconds, format!("/v1.0/me/drive/items/01{}FOLDER/children?$top=200", 10_000 + file));
        }
        let path = format!("/v1.0/me/drive/items/01QXK{:05}TD/content", 10_000 + file * 7);
        story.call_with(&token, seconds, path, |call| call.status = 302);
        seconds += story.rng.between(1, 12);
    }
}

/// Six resources in minutes: the classic.
pub(super) fn burst(story: &mut Story) {
    let spot = story.rented_or_nearby();
    let thief = story.thief_in_disguise(spot);
    let client = *story.rng.pick(&[CLI, OFFICE, POWERSHELL, OFFICE, CLI, TEAMS]);
    let (code, token) = flow(story, thief, (client, GRAPH));
    let calls = story.rng.between(4, 25);
    read_mail(story, &token, calls);
    let mut later = code.second + story.rng.between(20, 900);
    let from = story.rng.index(RESOURCES.len());
    for step in 0..6 {
        story.descend(later, &code, (client, RESOURCES[(from + step) % RESOURCES.len()]), OK);
        later += story.rng.between(8, 40);
    }
}

/// The first exchange leaves from the victim's own address, through a relay on their machine; the rest does not.
pub(super) fn first_at_home(story: &mut Story) {
    let mut thief = rented_machine(story);
    let elsewhere = thief.spot.clone();
    let client = *story.rng.pick(&CLIENTS);
    let second = story.working_second();
    let typed = story.browser(second);
    thief.spot = typed.spot.clone();
    let mut code = Code::new(story, second, typed, thief, (client, GRAPH));
    story.device_code(&code);
    code.redeemed.spot = elsewhere;
    let mut later = second;
    for _ in 0..story.rng.between(2, 8) {
        later += story.rng.between(120, 4000);
        let resource = *story.rng.pick(&[GRAPH, EXCHANGE, SHAREPOINT, GRAPH]);
        let token = story.descend(later, &code, (client, resource), OK);
        read_mail(story, &token, 6);
    }
}
