//! Story 5: a laptop's session, days old, is used from a second network while the laptop works on.

use super::super::act::{self, File};
use super::super::call::Call;
use super::super::change::{Actor, Change, Target};
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
    let mut audit = Rng::seeded("elsewhere, audited");
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
            let mut read = act::chat(&mut audit, &row, 8, "MessagesListed", "19:4b7e22aa_merger@thread.v2");
            read.text("ChatName", "Project Larch");
            log.unified.push(read.written());
        } else {
            for (seconds, operation, name) in [
                (31, "FileAccessed", "Larch timetable.docx"),
                (58, "FileDownloaded", "Larch share purchase agreement v7.docx"),
                (83, "FileDownloaded", "Larch disclosure list.xlsx"),
            ] {
                let file = File { folder: "Shared Documents/Larch", name };
                log.unified.push(act::file(&mut audit, &row, seconds, operation, (Some("Legal"), &file)).written());
            }
        }
    }
    // An application that reads mail and files from then on, with a token that is nobody's session.
    let scopes = "Mail.Read Files.Read.All offline_access";
    let permissions = format!(
        "\"[] => [[Id: 7Kp1, ClientId: 4e1f, PrincipalId: {}, ResourceId: 9b27, ConsentType: Principal, Scope:  {scopes}, \
         CreatedDateTime: , LastModifiedDateTime ]]; \"",
        victim.id
    );
    let app = Target::new("ServicePrincipal", "PDF Merge Free")
        .with("ConsentContext.IsAdminConsent", "", "\"False\"")
        .with("ConsentAction.Permissions", "", &permissions);
    let actor = Actor::Person(victim, &attacker.address);
    let mut change = Change::new(&mut audit, clock(DAY, "12:04:37"), "Consent to application", actor, app);
    change.details = vec![("User-Agent", BROWSER.to_owned())];
    change.write(&mut audit, log);
}
