//! Story 5: a laptop's session, days old, is used from a second network while the laptop works on.

use super::super::call::Call;
use super::super::days::week_session;
use super::super::rng::Rng;
use super::super::sign_in::SignIn;
use super::super::world::{Device, GRAPH, Person, SHAREPOINT, TEAMS, second_place};
use super::super::{Log, clock};
use tokentrail::testing::model::Table;

const DAY: &str = "2026-04-30";
const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36";

pub(super) fn write(victim: &Person, log: &mut Log) {
    let mut rng = Rng::seeded("elsewhere");
    let session = week_session(victim, 28);
    let attacker = second_place();
    let machine = Device::unknown("Linux", "Chrome 128.0.0");
    for (time, resource, lag) in [("11:02:14", GRAPH, 66), ("11:41:50", GRAPH, 102), ("12:57:03", SHAREPOINT, 88)] {
        let mut row = SignIn::new(&mut rng, Table::NonInteractive, victim, clock(DAY, time), TEAMS, resource);
        (row.session, row.lag, row.incoming) = (session, lag, "refreshToken");
        (row.place, row.device, row.agent) = (&attacker, &machine, BROWSER);
        row.scopes = &["Chat.ReadWrite", "Files.ReadWrite.All", "User.Read"];
        log.sign_in(&row);
        if resource == GRAPH {
            for (seconds, path) in [
                (3, "/v1.0/me/chats?$top=50"),
                (8, "/v1.0/me/chats/19:4b7e22aa_merger@thread.v2/messages?$top=50"),
                (40, "/v1.0/me/drive/recent"),
            ] {
                log.call(&mut rng, &Call::get(&row, seconds, path));
            }
        }
    }
}
