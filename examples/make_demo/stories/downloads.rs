//! Story 4: a device code whose tokens go where the user never was: two resources, then files by the hundred.

use super::super::call::Call;
use super::super::rng::Rng;
use super::super::sign_in::{CONFIRM_APP, OK, SignIn};
use super::super::world::{Device, GRAPH, OFFICE, Person, SHAREPOINT, downloader};
use super::super::{Log, clock};
use tokentrail::testing::model::Table;

const DAY: &str = "2026-04-29";
/// Files taken with the token of 11:12:30.
const FILES: i64 = 140;

pub(super) fn write(victim: &Person, log: &mut Log) {
    let mut rng = Rng::seeded("downloads");
    let (session, correlation) = (rng.guid(), rng.guid());
    let attacker = downloader();
    let machine = Device::unknown("", "");

    for (time, outcome, lag) in [("10:30:38", CONFIRM_APP, 48), ("10:31:02", OK, 57)] {
        let mut leg = SignIn::new(&mut rng, Table::SignIn, victim, clock(DAY, time), OFFICE, GRAPH);
        (leg.session, leg.correlation, leg.outcome, leg.lag) = (session, correlation, outcome, lag);
        (leg.protocol, leg.transfer) = ("deviceCode", "deviceCodeFlow");
        log.sign_in(&leg);
    }
    let mut stolen = |time, resource, lag, incoming| {
        let mut row = SignIn::new(&mut rng, Table::NonInteractive, victim, clock(DAY, time), OFFICE, resource);
        (row.session, row.lag, row.incoming, row.transfer) = (session, lag, incoming, "deviceCodeFlow");
        if incoming == "none" {
            row.correlation = correlation;
        }
        (row.place, row.device, row.agent) = (&attacker, &machine, "axios/1.7.9");
        row.scopes = &["Files.ReadWrite.All", "Sites.Read.All", "User.Read"];
        row
    };
    let polling = stolen("10:31:06", GRAPH, 83, "none");
    let site = stolen("10:52:41", SHAREPOINT, 71, "refreshToken");
    let renewed = stolen("11:12:30", GRAPH, 94, "refreshToken");
    for row in [&polling, &site, &renewed] {
        log.sign_in(row);
    }
    for (seconds, path) in [(4, "/v1.0/me"), (9, "/v1.0/sites?search=*"), (31, "/v1.0/me/drive/root/children?$top=200")]
    {
        log.call(&mut rng, &Call::get(&polling, seconds, path));
    }
    let mut seconds = 12;
    for file in 0..FILES {
        let path = format!("/v1.0/me/drive/items/01HRPAYR{:04}DOC/content", 1000 + file * 7);
        log.call(&mut rng, &Call { status: 302, ..Call::get(&renewed, seconds, &path) });
        seconds += rng.between(2, 17);
    }
}
