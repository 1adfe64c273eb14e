//! Ordinary days: what the tenant looks like when nothing happens.

use super::call::{Call, service_principal};
use super::rng::{Guid, Rng};
use super::sign_in::{BAD_PASSWORD, CONSENT_NEEDED, MFA_NEEDED, Outcome, STAY_SIGNED_IN, SignIn};
use super::work::endings_by;
use super::world::{
    ARM, AZURE_PORTAL, CLI, CLI_AGENT, Device, EXCHANGE, GRAPH, OFFICE, OFFICE_HOME, ONEDRIVE, OUTLOOK_MOBILE,
    PHONE_AGENT, PRESENCE, Person, Place, SHAREPOINT, SHAREPOINT_WEB, TEAMS, TEAMS_SERVICES, VSCODE, branch,
};
use super::{DAYS, Log, at};
use tokentrail::testing::model::{Span, Table, Time};

/// Graph requests that clients make all day long.
const CHATTER: [&str; 9] = [
    "/v1.0/me?$select=id,displayName,mail",
    "/v1.0/me/presence",
    "/v1.0/me/joinedTeams?$select=id",
    "/v1.0/me/photos/48x48/$value",
    "/v1.0/me/calendarView?startDateTime=2026-04-01T00:00:00Z&endDateTime=2026-05-02T00:00:00Z",
    "/v1.0/me/drive/root/delta?token=latest",
    "/v1.0/me/people?$top=5",
    "/beta/me/insights/used",
    "/v1.0/me/licenseDetails",
];

/// The day on which one of them gets a new laptop: 2026-04-27.
pub(super) const NEW_LAPTOP_DAY: i64 = 25;

/// Writes every ordinary day of everyone.
pub(super) fn write(people: &[Person], log: &mut Log) {
    for day in 0..DAYS {
        for person in people {
            Day::new(person, day).write(log);
        }
        let mut rng = Rng::seeded(&format!("service {day}"));
        if day % 5 == 0 {
            log.service.push(service_principal(&mut rng, at(day, 2 * 3600)));
        }
    }
}

/// Monday is 0. The first day of the bundle is a Thursday.
pub(super) fn weekday(day: i64) -> i64 {
    (day + 3) % 7
}

/// The session of a person's laptop on a day: a new one each week.
pub(super) fn week_session(person: &Person, day: i64) -> Guid {
    let week = format!("{} week {}", person.upn, (day + 3) / 7);
    let seed = if was_ended_this_week(person, day) { format!("{week}, anew") } else { week };
    Rng::seeded(&seed).guid()
}

/// Returns whether the person's sessions were ended since Monday.
fn was_ended_this_week(person: &Person, day: i64) -> bool {
    endings_by(person, day) > endings_by(person, day - weekday(day))
}

/// The laptop a person has on a day: one of them gets a new one.
pub(super) fn device_on(person: &Person, day: i64) -> Device {
    if person.upn.starts_with("h.newlaptop@") && day >= NEW_LAPTOP_DAY {
        Device::laptop(&mut Rng::seeded("new laptop"), 207, false)
    } else {
        person.device.clone()
    }
}

/// One day of one person.
struct Day<'a> {
    person: &'a Person,
    /// Counted from the first of the bundle.
    date: i64,
    rng: Rng,
    /// The laptop's place.
    place: Place,
    /// The laptop.
    device: Device,
    /// Its session: a new one each week.
    session: Guid,
}

impl<'a> Day<'a> {
    fn new(person: &'a Person, day: i64) -> Self {
        let session = week_session(person, day);
        let place = if matches!(person.upn.as_str(), "e.field@contoso.com" | "f.field@contoso.com") && weekday(day) > 0
        {
            branch()
        } else if person.home_days.contains(&weekday(day)) || person.guest {
            person.home.clone()
        } else {
            person.office.clone()
        };
        let device = device_on(person, day);
        Self { person, date: day, rng: Rng::seeded(&format!("{} day {day}", person.upn)), place, device, session }
    }

    /// Returns whether the person has a part in a story: those never miss a day, and each story's day is written by
    /// itself.
    fn is_cast(&self) -> bool {
        let cast = ["finance.director@", "a.novak@", "b.office@", "d.dev@", "h.newlaptop@", "e.field@", "f.field@"];
        cast.iter().any(|account| self.person.upn.starts_with(account))
    }

    fn write(mut self, log: &mut Log) {
        let weekend = weekday(self.date) > 4;
        if self.rng.percent(if weekend { 12 } else { 30 }) {
            self.phone(log);
        }
        if weekend || (!self.is_cast() && self.rng.percent(9)) {
            return;
        }
        let start = (self.person.start + self.rng.between(-12, 25)) * 60 + self.rng.below(60);
        if self.rng.percent(45) {
            self.browser(log, start - 200);
        }
        if !self.person.guest {
            self.desktop(log, start);
        }
        if self.person.upn.starts_with("d.dev@") {
            self.developer(log, start);
        }
        if self.rng.percent(25) {
            let later = start + 5 * 3600 + self.rng.below(5000);
            self.browser(log, later);
        }
    }

    /// A non-interactive success of the laptop.
    fn silent(&mut self, second: i64, client: &'static str, resource: &'static str, correlation: Guid) -> SignIn<'a> {
        let time = self.instant(second);
        let mut row = SignIn::new(&mut self.rng, Table::NonInteractive, self.person, time, client, resource);
        row.session = self.session;
        row.correlation = correlation;
        row
    }

    /// A second of the day, with a fraction.
    fn instant(&mut self, second: i64) -> Time {
        at(self.date, second).plus(Span::from_ticks(self.rng.below(10_000_000)))
    }

    /// The programs that start with the laptop. Office asks for two resources only: the people whose Office
    /// makes a burst are planted.
    fn desktop(&mut self, log: &mut Log, start: i64) {
        let agents = self.person.agents;
        let (place, device) = (self.place.clone(), self.device.clone());
        let office = if self.person.upn.starts_with("b.office@") { 0 } else { 60 };
        let starts: [(&str, &str, [&str; 2], i64); 3] = [
            (TEAMS, agents.teams, [TEAMS_SERVICES, if self.rng.percent(50) { GRAPH } else { PRESENCE }], 85),
            (OFFICE, agents.office, [EXCHANGE, GRAPH], office),
            (ONEDRIVE, agents.onedrive, [SHAREPOINT, GRAPH], 35),
        ];
        for (step, (client, agent, resources, chance)) in (0..).zip(starts) {
            if !self.rng.percent(chance) {
                continue;
            }
            let correlation = self.rng.guid();
            let mut second = start + step * 240 + self.rng.below(90);
            for resource in resources {
                let mut row = self.silent(second, client, resource, correlation);
                row.agent = agent;
                row.place = &place;
                row.device = &device;
                if client == TEAMS {
                    row.incoming = if self.rng.percent(10) { "none" } else { "refreshToken" };
                    row.scopes = &["Chat.ReadWrite", "Presence.Read.All", "User.Read"];
                }
                log.sign_in(&row);
                self.chatter(log, &row);
                second += self.rng.between(2, 40);
            }
        }
        // A refresh in the afternoon keeps the mailbox open.
        if self.rng.percent(55) {
            let correlation = self.rng.guid();
            let mut row = self.silent(start + 4 * 3600 + 1800, OFFICE, EXCHANGE, correlation);
            row.place = &place;
            row.device = &device;
            log.sign_in(&row);
            self.copy(log, &row);
        }
    }

    /// Calls to Graph by a client that has just got a token for it.
    fn chatter(&mut self, log: &mut Log, token: &SignIn) {
        if token.resource != GRAPH {
            return;
        }
        for _ in 0..self.rng.between(0, 3) {
            let path = *self.rng.pick(&CHATTER);
            let seconds = self.rng.between(1, 1500);
            let mut call = Call::get(token, seconds, path);
            if self.rng.percent(12) {
                call = Call { method: "POST", path: "/v1.0/$batch", ..call };
            }
            if self.rng.percent(4) {
                call.status = 404;
            }
            log.call(&mut self.rng, &call);
        }
    }

    /// A web application in the browser, sometimes with a prompt or a wrong password before it.
    fn browser(&mut self, log: &mut Log, second: i64) {
        let (client, resource) = *self.rng.pick(&[
            (OFFICE_HOME, GRAPH),
            (OFFICE_HOME, GRAPH),
            (SHAREPOINT_WEB, SHAREPOINT),
            (AZURE_PORTAL, ARM),
        ]);
        let prompts: [Outcome; 4] = [BAD_PASSWORD, MFA_NEEDED, STAY_SIGNED_IN, CONSENT_NEEDED];
        let session = self.rng.guid();
        let correlation = self.rng.guid();
        let (place, device) = (self.place.clone(), self.device.clone());
        let prompt = self.rng.percent(18).then(|| *self.rng.pick(&prompts));
        for (outcome, wait) in prompt.map(|outcome| (outcome, -24)).into_iter().chain([(super::sign_in::OK, 0)]) {
            let time = self.instant(second + wait);
            let mut row = SignIn::new(&mut self.rng, Table::SignIn, self.person, time, client, resource);
            row.place = &place;
            row.device = &device;
            row.session = session;
            row.correlation = correlation;
            row.outcome = outcome;
            log.sign_in(&row);
            self.copy(log, &row);
        }
    }

    /// Mail on a phone the tenant does not manage.
    fn phone(&mut self, log: &mut Log) {
        let phone = Device::unknown("Ios 18.4", "");
        let session = self.phone_session();
        let second = self.rng.between(6 * 3600, 20 * 3600);
        let correlation = self.rng.guid();
        let mut row = self.silent(second, OUTLOOK_MOBILE, EXCHANGE, correlation);
        row.session = session;
        row.place = &self.person.phone;
        row.device = &phone;
        row.agent = PHONE_AGENT;
        row.incoming = "refreshToken";
        row.scopes = &["EWS.AccessAsUser.All", "offline_access"];
        log.sign_in(&row);
    }

    /// The session of the phone: it signs in anew after each new password.
    fn phone_session(&self) -> Guid {
        let seed = match endings_by(self.person, self.date) {
            0 => format!("{} phone", self.person.upn),
            changes => format!("{} phone {changes}", self.person.upn),
        };
        Rng::seeded(&seed).guid()
    }

    /// Azure CLI from the developer's own laptop, on all working days but two.
    fn developer(&mut self, log: &mut Log, start: i64) {
        if matches!(self.date, 8 | 22) {
            return;
        }
        let place = self.place.clone();
        let terminal = Device::unknown("Linux", "");
        let session = Rng::seeded(&format!("d.dev cli {}", (self.date + 3) / 7)).guid();
        for (wait, resource) in [(3600, ARM), (3600 + 2 * 3600, GRAPH)] {
            let correlation = self.rng.guid();
            let mut row = self.silent(start + wait, CLI, resource, correlation);
            row.session = session;
            row.place = &place;
            row.device = &terminal;
            row.agent = CLI_AGENT;
            row.incoming = "refreshToken";
            row.scopes = &["user_impersonation"];
            log.sign_in(&row);
            self.chatter(log, &row);
        }
        if self.rng.percent(60) {
            let time = self.instant(start + 900);
            let mut row = SignIn::new(&mut self.rng, Table::SignIn, self.person, time, VSCODE, ARM);
            row.place = &place;
            row.session = self.session;
            log.sign_in(&row);
        }
    }

    /// Now and then the service delivers a row twice, the later one with the risk it has worked out since.
    fn copy(&mut self, log: &mut Log, row: &SignIn) {
        if !self.is_cast() && self.rng.percent(4) {
            let late = row.lag + self.rng.between(1200, 4000);
            log.sign_in(&SignIn { lag: late, risk: "low", ..row.clone() });
        }
    }
}
