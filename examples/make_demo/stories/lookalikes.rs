//! Story 3: what looks alike and is somebody's own work.

use super::super::call::Call;
use super::super::change::device_joined;
use super::super::days::{NEW_LAPTOP_DAY, device_on, weekday};
use super::super::rng::Rng;
use super::super::sign_in::{BAD_PASSWORD, CONFIRM_APP, OK, SignIn};
use super::super::world::{
    ARM, BROKER, CLI, CLI_AGENT, COMPANY_PORTAL, DEVICE_REGISTRATION, Device, EXCHANGE, GRAPH, INTUNE_ENROLLMENT,
    KEY_VAULT, OFFICE, OFFICE_CLIENT_SERVICE, OFFICE_HOME, ONEDRIVE, Person, Place, SHAREPOINT, TEAMS, TEAMS_SERVICES,
    WINDOWS_BROKER_AGENT, branch, sprayer,
};
use super::super::{DAYS, Log, at, clock};
use tokentrail::testing::model::{Span, Table, Time};

/// Tokens that Office asks for when it starts: seconds after its start, resource.
const OFFICE_STARTS: [(i64, &str); 4] = [(0, EXCHANGE), (21, GRAPH), (74, SHAREPOINT), (190, OFFICE_CLIENT_SERVICE)];

/// Office starting on a known laptop at a known place: three or four resources within minutes, one session.
fn office(log: &mut Log, rng: &mut Rng, person: &Person, device: &Device, place: &Place, start: Time) {
    let (session, correlation) = (rng.guid(), rng.guid());
    let most = if rng.percent(60) { 4 } else { 3 };
    for (seconds, resource) in OFFICE_STARTS.into_iter().take(most) {
        let time = start.plus(Span::from_ticks(seconds * 10_000_000 + rng.below(9_000_000)));
        let mut row = SignIn::new(rng, Table::NonInteractive, person, time, OFFICE, resource);
        (row.session, row.correlation, row.place, row.device) = (session, correlation, place, device);
        log.sign_in(&row);
        if resource == GRAPH {
            log.call(rng, &Call::get(&row, 4, "/v1.0/me?$select=id,displayName,mail"));
        }
    }
}

/// An Office that makes a burst on every working day from 2026-04-06 on: same laptop, same address, same hour. The
/// days before are its baseline: on the first day of a bundle nothing is usual yet.
pub(super) fn office_starts(person: &Person, log: &mut Log) {
    for day in (4..DAYS).filter(|day| weekday(*day) < 5) {
        let mut rng = Rng::seeded(&format!("office start {day}"));
        let start = at(day, (person.start + rng.between(-6, 9)) * 60 + rng.below(60));
        office(log, &mut rng, person, &person.device, &person.office, start);
    }
}

/// A developer's own device code on 2026-04-28, typed and redeemed at the desk; and a burst without one before.
pub(super) fn developer(person: &Person, log: &mut Log) {
    let mut rng = Rng::seeded("developer");
    let terminal = Device::unknown("Linux", "");
    let mut exchanges = |log: &mut Log, session, day: &str, rows: &[(&str, &'static str, &'static str)]| {
        let login = rng.guid();
        for (time, resource, incoming) in rows.iter().copied() {
            let mut row = SignIn::new(&mut rng, Table::NonInteractive, person, clock(day, time), CLI, resource);
            (row.session, row.incoming, row.device, row.agent) = (session, incoming, &terminal, CLI_AGENT);
            if day == "2026-04-28" {
                row.transfer = "deviceCodeFlow";
            }
            if incoming == "none" {
                row.correlation = login;
            }
            row.scopes = &["user_impersonation"];
            log.sign_in(&row);
        }
        login
    };

    let burst = [
        ("15:41:09", ARM, "refreshToken"),
        ("15:41:30", KEY_VAULT, "refreshToken"),
        ("15:46:52", GRAPH, "refreshToken"),
    ];
    exchanges(log, Rng::seeded("d.dev cli of April").guid(), "2026-04-14", &burst);

    let session = Rng::seeded("d.dev device code").guid();
    let tokens = [
        ("09:12:48", ARM, "none"),
        ("09:13:05", ARM, "refreshToken"),
        ("09:17:31", KEY_VAULT, "refreshToken"),
        ("09:19:02", GRAPH, "refreshToken"),
    ];
    let login = exchanges(log, session, "2026-04-28", &tokens);
    for (time, outcome) in [("09:12:25", CONFIRM_APP), ("09:12:43", OK)] {
        let mut leg = SignIn::new(&mut rng, Table::SignIn, person, clock("2026-04-28", time), CLI, ARM);
        (leg.session, leg.correlation, leg.outcome) = (session, login, outcome);
        (leg.protocol, leg.transfer, leg.lag) = ("deviceCode", "deviceCodeFlow", 38);
        log.sign_in(&leg);
    }
}

/// Two people behind one translated address, whose Office starts on the same mornings.
pub(super) fn branch_office(emil: &Person, fiona: &Person, log: &mut Log) {
    let place = branch();
    for (person, day, time) in
        [(emil, "2026-04-22", "11:03:10"), (fiona, "2026-04-22", "11:05:42"), (emil, "2026-04-29", "10:58:31")]
    {
        let mut rng = Rng::seeded(&format!("{} {day}", person.upn));
        office(log, &mut rng, person, &person.device, &place, clock(day, time));
    }
}

/// A new laptop at the office: everything on it is used for the first time, and enrolment explains why.
pub(super) fn new_laptop(person: &Person, log: &mut Log) {
    const DAY: &str = "2026-04-27";
    let mut rng = Rng::seeded("new laptop day");
    let laptop = device_on(person, NEW_LAPTOP_DAY);
    let (session, correlation) = (rng.guid(), rng.guid());
    let unmanaged = Device::unknown("Windows11", "Edge 135.0.0");

    let mut prompt = SignIn::new(&mut rng, Table::SignIn, person, clock(DAY, "12:20:11"), OFFICE_HOME, GRAPH);
    (prompt.session, prompt.correlation, prompt.device) = (session, correlation, &unmanaged);
    log.sign_in(&prompt);
    let steps: [(&str, &str, &str, &str, &str); 8] = [
        ("12:21:02", BROKER, DEVICE_REGISTRATION, "none", WINDOWS_BROKER_AGENT),
        ("12:22:36", BROKER, INTUNE_ENROLLMENT, "refreshToken", WINDOWS_BROKER_AGENT),
        ("12:31:15", COMPANY_PORTAL, GRAPH, "primaryRefreshToken", WINDOWS_BROKER_AGENT),
        ("12:31:21", COMPANY_PORTAL, INTUNE_ENROLLMENT, "primaryRefreshToken", WINDOWS_BROKER_AGENT),
        ("12:40:40", ONEDRIVE, SHAREPOINT, "primaryRefreshToken", person.agents.onedrive),
        ("12:40:52", ONEDRIVE, GRAPH, "primaryRefreshToken", person.agents.onedrive),
        ("12:43:09", TEAMS, TEAMS_SERVICES, "primaryRefreshToken", person.agents.teams),
        ("12:43:15", TEAMS, GRAPH, "primaryRefreshToken", person.agents.teams),
    ];
    for (time, client, resource, incoming, agent) in steps {
        let mut row = SignIn::new(&mut rng, Table::NonInteractive, person, clock(DAY, time), client, resource);
        (row.session, row.correlation, row.incoming, row.agent) = (session, correlation, incoming, agent);
        row.device = if incoming == "primaryRefreshToken" { &laptop } else { &unmanaged };
        log.sign_in(&row);
    }
    office(log, &mut rng, person, &laptop, &person.office, clock(DAY, "12:45:30"));
    let time = clock(DAY, "12:21:40");
    device_joined(&mut rng, log, (person, &person.office.address), time, (&laptop.name, &laptop.id));
}

/// Passwords sprayed from one address in one night, none of them right.
pub(super) fn password_spray(people: &[Person], log: &mut Log) {
    let mut rng = Rng::seeded("spray");
    let place = sprayer();
    let machine = Device::unknown("", "");
    for (number, person) in (0..).zip(people.iter().filter(|person| !person.guest)) {
        let time = clock("2026-04-17", "02:10:00").plus(Span::seconds(number * 37));
        let mut row = SignIn::new(&mut rng, Table::SignIn, person, time, OFFICE_HOME, GRAPH);
        (row.outcome, row.place, row.device, row.agent) = (BAD_PASSWORD, &place, &machine, "BAV2ROPC");
        row.protocol = "ropc";
        row.session = Rng::seeded(&person.upn).guid();
        log.sign_in(&row);
    }
}
