//! Story 6: a sign-in through a proxy that keeps the cookie, which a script uses at another network.

use super::super::call::Call;
use super::super::rng::Rng;
use super::super::sign_in::{BAD_PASSWORD, MFA_NEEDED, OK, STAY_SIGNED_IN, SignIn};
use super::super::world::{Device, GRAPH, OFFICE_HOME, Person, cookie_script, proxy};
use super::super::{Log, clock};
use tokentrail::testing::model::Table;

const DAY: &str = "2026-04-29";

pub(super) fn write(victim: &Person, log: &mut Log) {
    let mut rng = Rng::seeded("proxied");
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
    for (time, lag) in
        [("15:49:10", 70), ("16:19:22", 64), ("16:48:57", 91), ("17:19:31", 58), ("17:49:05", 77), ("18:18:40", 83)]
    {
        let mut row = SignIn::new(&mut rng, Table::NonInteractive, victim, clock(DAY, time), OFFICE_HOME, GRAPH);
        (row.session, row.lag, row.incoming) = (session, lag, "refreshToken");
        (row.place, row.device, row.agent) = (&replay, &script, "axios/1.7.9");
        log.sign_in(&row);
        log.call(&mut rng, &Call::get(&row, 6, "/v1.0/me/messages?$search=\"payroll\"&$top=25"));
        if time.starts_with("16:48") {
            log.call(&mut rng, &Call::get(&row, 15, "/v1.0/me/mailFolders/inbox/messageRules"));
            let rule =
                Call { method: "POST", status: 201, ..Call::get(&row, 32, "/v1.0/me/mailFolders/inbox/messageRules") };
            log.call(&mut rng, &rule);
        }
    }
}
