//! Story 4: a device code whose tokens go where the user never was: two resources, then files by the hundred.

use super::super::act::{self, File};
use super::super::call::Call;
use super::super::change::{Actor, new_password};
use super::super::rng::Rng;
use super::super::sign_in::{CONFIRM_APP, OK, SignIn};
use super::super::world::{Device, GRAPH, OFFICE, Person, SHAREPOINT, downloader};
use super::super::{Log, clock};
use tokentrail::testing::model::Table;

const DAY: &str = "2026-04-29";
/// Files taken with the token of 11:12:30.
const FILES: i64 = 140;

/// Folders they are in.
const FOLDERS: [&str; 4] = ["Payroll", "Contracts", "Reviews", "Sick notes"];

pub(super) fn write(victim: &Person, desk: &Person, log: &mut Log) {
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
        taken(log, &renewed, seconds, file);
        seconds += rng.between(2, 17);
    }

    // The service desk ends it, and half an hour later a token from before still works.
    let actor = Actor::Person(desk, &desk.office.address);
    new_password(&mut rng, log, actor, victim, clock(DAY, "13:05:12"), "Reset password (by admin)");
    taken(log, &renewed, 8917, FILES);
}

/// A file taken, as the unified log has it.
fn taken(log: &mut Log, token: &SignIn, seconds: i64, number: i64) {
    let mut rng = Rng::seeded(&format!("taken {number}"));
    let folder = format!("Shared Documents/{}", rng.pick(&FOLDERS));
    let name =
        if number == FILES { "Redundancies 2026.xlsx".to_owned() } else { format!("HR-{}.pdf", 1000 + number * 7) };
    let file = File { folder: &folder, name: &name };
    log.unified.push(act::file(&mut rng, token, seconds, "FileDownloaded", (Some("HR"), &file)).written());
}
