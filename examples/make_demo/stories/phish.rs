//! Story 1: the finance director types a stranger's device code, and the stranger's script goes shopping.

use super::super::act::{self, File, Message};
use super::super::call::Call;
use super::super::rng::Rng;
use super::super::sign_in::{CONFIRM_APP, SignIn};
use super::super::world::{
    ARM, CLI, Device, EXCHANGE, GRAPH, KEY_VAULT, MANAGEMENT_APIS, Person, TEAMS_SERVICES, phisher,
};
use super::super::{Log, clock};
use tokentrail::testing::model::{Span, Table};

const DAY: &str = "2026-05-01";
const SCRIPT: &str = "python-requests/2.31.0";
const SCOPES: &[&str] = &[
    "AuditLog.Read.All",
    "Directory.AccessAsUser.All",
    "Files.ReadWrite.All",
    "Group.ReadWrite.All",
    "Mail.Read",
    "User.ReadWrite.All",
];

/// The six exchanges: time, resource, and seconds to its ingest. All ingest times fall between 14:00 and 14:10, so
/// that the published query, which bins by ingest time, sees one burst too.
const EXCHANGES: [(&str, &str, i64); 6] = [
    ("14:02:00.1274410", GRAPH, 74),
    ("14:02:31.5530128", EXCHANGE, 96),
    ("14:03:02.2046673", TEAMS_SERVICES, 61),
    ("14:03:29.8811095", ARM, 118),
    ("14:04:05.4709532", KEY_VAULT, 83),
    ("14:04:37.6092218", MANAGEMENT_APIS, 132),
];

/// Calls with the token of 14:02:00: seconds after it, path, status.
const CALLS: [(i64, &str, u16); 20] = [
    (7, "/v1.0/me/messages?$search=\"invoice\"&$top=50", 200),
    (12, "/v1.0/me/messages/AAMkAGI2THVSAAA=", 200),
    (15, "/v1.0/me/messages/AAMkAGI2THVSAAB=", 200),
    (21, "/v1.0/me/messages/AAMkAGI2THVSAAB=/attachments", 200),
    (44, "/v1.0/me/messages?$search=\"bank details\"&$top=50", 200),
    (70, "/v1.0/me/drive/root/children?$top=200", 200),
    (78, "/v1.0/me/drive/items/01FIN4NCEQ1FORECAST/children", 200),
    (95, "/v1.0/users?$top=999&$select=displayName,mail,jobTitle", 200),
    (99, "/v1.0/users?$top=999&$skiptoken=RFNwdAIAAQ", 200),
    (110, "/v1.0/me/memberOf", 200),
    (121, "/v1.0/groups/9d1b6f04-2c53-4b8e-9f7a-6e0d3c5a7b00/members", 200),
    (133, "/v1.0/servicePrincipals?$top=100", 403),
    (160, "/v1.0/me/chats?$top=20", 200),
    (214, "/v1.0/me/chats/19:7c1f0d5e_finance@thread.v2/messages?$top=50", 200),
    (242, "/v1.0/me/drive/items/01FIN4NCEQ1FORECASTXLSX/content", 302),
    (260, "/v1.0/me/drive/items/01FIN4NCEPAYMENTRUNAPR/content", 302),
    (341, "/v1.0/me/messages?$search=\"wire transfer\"&$top=50", 200),
    (422, "/v1.0/me/mailFolders/inbox/messageRules", 200),
    (598, "/v1.0/sites?search=finance", 200),
    (1745, "/v1.0/me/messages?$search=\"invoice\"&$filter=receivedDateTime ge 2026-05-01", 200),
];

pub(super) fn write(victim: &Person, log: &mut Log) {
    let mut rng = Rng::seeded("device-code phish");
    let (session, correlation) = (rng.guid(), rng.guid());
    let attacker = phisher();
    let machine = Device::unknown("", "Python Requests 2.31");

    // The victim's own browser, at home as on every Friday: asked to confirm the application, then done.
    for (time, outcome, lag) in
        [("13:59:41.6120344", CONFIRM_APP, 52), ("14:00:00.0817264", super::super::sign_in::OK, 41)]
    {
        let mut leg = SignIn::new(&mut rng, Table::SignIn, victim, clock(DAY, time), CLI, GRAPH);
        (leg.session, leg.correlation) = (session, correlation);
        (leg.outcome, leg.lag, leg.protocol, leg.transfer) = (outcome, lag, "deviceCode", "deviceCodeFlow");
        leg.place = &victim.home;
        log.sign_in(&leg);
    }

    // Where the tokens went: first the code is redeemed, then its refresh token is exchanged.
    let mut stolen = |time: &str, resource, lag, incoming| {
        let mut row = SignIn::new(&mut rng, Table::NonInteractive, victim, clock(DAY, time), CLI, resource);
        (row.session, row.correlation) = (session, if incoming == "none" { correlation } else { row.correlation });
        (row.lag, row.incoming, row.transfer) = (lag, incoming, "deviceCodeFlow");
        (row.place, row.device, row.agent) = (&attacker, &machine, SCRIPT);
        row.scopes = if resource == GRAPH { SCOPES } else { &["user_impersonation"] };
        row
    };
    let polling = SignIn { risk: "medium", ..stolen("14:00:04.3318097", GRAPH, 66, "none") };
    let exchanges = EXCHANGES.map(|(time, resource, lag)| stolen(time, resource, lag, "refreshToken"));
    for row in [&polling].into_iter().chain(&exchanges) {
        log.sign_in(row);
    }

    log.call(&mut rng, &Call::get(&polling, 5, "/v1.0/me"));
    for (seconds, path, status) in CALLS {
        let call = Call { status, ..Call::get(&exchanges[0], seconds, path) };
        log.call(&mut rng, &call);
    }
    let batch = Call { method: "POST", ..Call::get(&exchanges[0], 612, "/v1.0/$batch") };
    log.call(&mut rng, &batch);

    audited(&mut Rng::seeded("device-code phish, audited"), log, &exchanges[0], &exchanges[1]);

    // Meanwhile the victim works on: an ordinary call of their own Office, minutes later.
    let mut usual = SignIn::new(
        &mut rng,
        Table::NonInteractive,
        victim,
        clock(DAY, "14:06:18.7730456"),
        super::super::world::OFFICE,
        GRAPH,
    );
    usual.place = &victim.home;
    usual.session = Rng::seeded("the director's Friday").guid();
    log.sign_in(&usual);
    let calendar = Call { at: usual.at.plus(Span::seconds(3)), ..Call::get(&usual, 3, "/v1.0/me/events?$top=10") };
    log.call(&mut rng, &calendar);
}

/// Messages opened, by the second of the record: those of a search and those beside it.
const MESSAGES: [(i64, &[Message<'_>]); 3] = [
    (
        17,
        &[
            Message { folder: "\\Inbox", subject: "RE: Invoice 20418, Harbour Works" },
            Message { folder: "\\Inbox", subject: "Updated bank details, supplier 4471" },
            Message { folder: "\\Inbox", subject: "Payment run 30 April: please approve" },
        ],
    ),
    (
        71,
        &[
            Message { folder: "\\Inbox", subject: "Updated bank details, supplier 4471" },
            Message { folder: "\\Inbox", subject: "Bank mandate: signatories 2026" },
            Message { folder: "\\Sent Items", subject: "RE: Bank mandate: signatories 2026" },
        ],
    ),
    (
        344,
        &[
            Message { folder: "\\Inbox", subject: "Wire transfer confirmation 28 April" },
            Message { folder: "\\Inbox", subject: "Wire transfer limits" },
            Message { folder: "\\Sent Items", subject: "RE: Wire transfer limits" },
        ],
    ),
];

/// The unified log's records of it: messages, a chat and files by Graph, then a rule with the token for Exchange.
fn audited(rng: &mut Rng, log: &mut Log, graph: &SignIn, exchange: &SignIn) {
    const CLIENT: &str = "Client=REST;;";
    for (seconds, messages) in MESSAGES {
        let mut record = act::mail_read(rng, graph, seconds, CLIENT, messages);
        record.linked(graph);
        log.unified.push(record.written());
    }
    let thread = "19:7c1f0d5e_finance@thread.v2";
    let mut read = act::chat(rng, graph, 214, "MessagesListed", thread);
    read.text("ChatName", "Finance leads");
    log.unified.push(read.written());
    for (seconds, name) in [(242, "Forecast FY2026.xlsx"), (260, "Payment run April.xlsx")] {
        let file = File { folder: "Documents/Treasury", name };
        log.unified.push(act::file(rng, graph, seconds, "FileDownloaded", (None, &file)).written());
    }
    let rule = [
        ("SubjectOrBodyContainsWords", "invoice;bank;wire"),
        ("MoveToFolder", "RSS Feeds"),
        ("MarkAsRead", "True"),
        ("DeleteMessage", "True"),
        ("StopProcessingRules", "True"),
    ];
    log.unified.push(act::inbox_rule(rng, exchange, 440, ".", &rule).written());
    let alert = Message { folder: "\\Inbox", subject: "New sign-in to your account" };
    let mut gone = act::mail_item(rng, exchange, 512, "HardDelete", CLIENT, &alert);
    gone.linked(exchange);
    log.unified.push(gone.written());
}
