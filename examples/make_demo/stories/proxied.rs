//! Story 6: a sign-in through a proxy that keeps the cookie, which a script uses at another network.

use super::super::act::{self, Message};
use super::super::call::Call;
use super::super::change::{device_joined, method_registered};
use super::super::rng::{Guid, Rng};
use super::super::sign_in::{BAD_PASSWORD, MFA_NEEDED, OK, STAY_SIGNED_IN, SignIn};
use super::super::world::{
    BROKER, DEVICE_REGISTRATION, Device, GRAPH, OFFICE_HOME, Person, WINDOWS_BROKER_AGENT, cookie_script, proxy,
};
use super::super::{Log, clock};
use tokentrail::testing::model::Table;

const DAY: &str = "2026-04-29";

pub(super) fn write(victim: &Person, log: &mut Log) {
    let mut rng = Rng::seeded("proxied");
    let mut audit = Rng::seeded("proxied, audited");
    let (session, correlation) = (rng.guid(), rng.guid());
    let (login, replay) = (proxy(), cookie_script());
    let (browser, script) = (Device::unknown("Windows10", "Edge 135.0.0"), Device::unknown("", ""));
    for (time, outcome, lag) in [
        ("15:17:20", BAD_PASSWORD, 55),
        ("15:17:41", MFA_NEEDED, 61),
        ("15:17:58", STAY_SIGNED_IN, 44),
        ("15:18:03", OK, 49),
    ] {
        let mut row = SignIn::new(&mut rng, Table::SignIn, victim, clock(DAY, time), OFFICE_HOME, GRAPH);
        (row.session, row.correlation, row.outcome, row.lag) = (session, correlation, outcome, lag);
        (row.place, row.device) = (&login, &browser);
        row.factor = Some("Mobile app notification");
        log.sign_in(&row);
    }
    footholds(&mut audit, log, victim, session);
    for (time, lag) in
        [("15:49:10", 70), ("16:19:22", 64), ("16:48:57", 91), ("17:19:31", 58), ("17:49:05", 77), ("18:18:40", 83)]
    {
        let mut row = SignIn::new(&mut rng, Table::NonInteractive, victim, clock(DAY, time), OFFICE_HOME, GRAPH);
        (row.session, row.lag, row.incoming) = (session, lag, "refreshToken");
        (row.place, row.device, row.agent) = (&replay, &script, "axios/1.7.9");
        log.sign_in(&row);
        log.call(&mut rng, &Call::get(&row, 6, "/v1.0/me/messages?$search=\"payroll\"&$top=25"));
        audited(&mut audit, log, &row, time);
        if time.starts_with("16:48") {
            log.call(&mut rng, &Call::get(&row, 15, "/v1.0/me/mailFolders/inbox/messageRules"));
            let rule =
                Call { method: "POST", status: 201, ..Call::get(&row, 32, "/v1.0/me/mailFolders/inbox/messageRules") };
            log.call(&mut rng, &rule);
        }
    }
}

/// A sign-in method and a device that outlive the session, both from the proxy's address.
fn footholds(rng: &mut Rng, log: &mut Log, victim: &Person, session: Guid) {
    let place = proxy();
    let method = "Authenticator App with Notification and Code";
    method_registered(rng, log, (victim, &place.address), clock(DAY, "15:23:44"), method);
    let machine = Device::unknown("Windows10", "");
    let time = clock(DAY, "15:31:08");
    let mut token = SignIn::new(rng, Table::NonInteractive, victim, time, BROKER, DEVICE_REGISTRATION);
    (token.session, token.lag, token.incoming) = (session, 52, "refreshToken");
    (token.place, token.device, token.agent) = (&place, &machine, WINDOWS_BROKER_AGENT);
    log.sign_in(&token);
    let id = rng.guid().to_string();
    device_joined(rng, log, (victim, &place.address), clock(DAY, "15:31:40"), ("DESKTOP-7K2QF9M", &id));
}

/// The unified log's records of a renewal: messages opened, at times a rule, and at last a mail in the victim's name.
fn audited(rng: &mut Rng, log: &mut Log, token: &SignIn, time: &str) {
    const CLIENT: &str = "Client=REST;;";
    let inbox = |subject| Message { folder: "\\Inbox", subject };
    let mut messages = vec![inbox("Payroll run April: final"), inbox("Payroll: new account numbers")];
    if time > "16:30" {
        messages.push(inbox("RE: Payroll run May"));
    }
    let mut read = act::mail_read(rng, token, 9, CLIENT, &messages);
    read.linked(token);
    log.unified.push(read.written());
    if time.starts_with("16:48") {
        let rule = [
            ("SubjectOrBodyContainsWords", "payroll;salary"),
            ("MoveToFolder", "RSS Feeds"),
            ("MarkAsRead", "True"),
            ("StopProcessingRules", "True"),
        ];
        log.unified.push(act::inbox_rule(rng, token, 32, "..", &rule).written());
    }
    if time.starts_with("17:49") {
        let mail = Message { folder: "\\Sent Items", subject: "New bank account for my salary" };
        for (seconds, operation) in [(95, "Send"), (121, "HardDelete")] {
            let mut record = act::mail_item(rng, token, seconds, operation, CLIENT, &mail);
            record.linked(token);
            log.unified.push(record.written());
        }
    }
}
