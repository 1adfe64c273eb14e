//! Ordinary acts: the mail, files and chats of people at work, and a month of the tenant's administration.

use super::act::{self, CMDLET, File, ITEM, Message, Record};
use super::change::{Actor, Change, Target, method_registered, new_password};
use super::rng::Rng;
use super::row::json;
use super::sign_in::{OK, SignIn};
use super::world::{
    EXCHANGE, OFFICE, OFFICE_HOME, ONEDRIVE, OUTLOOK_MOBILE, Person, SHAREPOINT, SHAREPOINT_WEB, TEAMS, TEAMS_SERVICES,
    branch,
};
use super::{Log, at, clock};
use tokentrail::testing::model::{Table, Time};

const SUBJECTS: [&str; 24] = [
    "Minutes of the Monday meeting",
    "RE: Lunch on Thursday?",
    "Holiday calendar",
    "Offer 2026-118",
    "FW: Parking permits",
    "Quarterly figures, draft",
    "RE: Offer 2026-118",
    "Training: first aid",
    "Order confirmation 77124",
    "Welcome to the team",
    "RE: Figures for the board",
    "Room booking changed",
    "Site visit next week",
    "Delivery note 3391",
    "RE: Delivery note 3391",
    "Newsletter April",
    "Printer on the second floor",
    "Travel expenses March",
    "RE: Travel expenses March",
    "Your ticket was closed",
    "Agenda for Tuesday",
    "Photos of the summer party",
    "Contract renewal, cleaning",
    "RE: Agenda for Tuesday",
];

const FILES: [(&str, &str); 14] = [
    ("Documents", "Notes.docx"),
    ("Documents", "Travel expenses March.xlsx"),
    ("Documents/Offers", "Offer 2026-118.docx"),
    ("Documents/Offers", "Offer 2026-121.docx"),
    ("Documents", "Agenda.docx"),
    ("Documents", "Figures draft.xlsx"),
    ("Documents/Training", "First aid.pptx"),
    ("Documents", "Site visit.pdf"),
    ("Documents", "Holiday calendar.xlsx"),
    ("Documents/Offers", "Price list.xlsx"),
    ("Documents", "Room plan.pdf"),
    ("Documents", "Minutes.docx"),
    ("Documents/Training", "Induction.pptx"),
    ("Documents", "Delivery note 3391.pdf"),
];

const SITES: [&str; 3] = ["Intranet", "Sales", "Projects"];

fn message(rng: &mut Rng) -> Message<'static> {
    Message { folder: "\\Inbox", subject: SUBJECTS[rng.index(SUBJECTS.len())] }
}

fn file(rng: &mut Rng) -> File<'static> {
    let &(folder, name) = rng.pick(&FILES);
    File { folder, name }
}

/// Acts of a person with the token of a sign-in from a place of their own.
pub(super) fn acts(log: &mut Log, token: &SignIn) {
    let person = token.person;
    // A second delivery tells of no second sign-in.
    if token.risk == "low" {
        return;
    }
    let mut rng = Rng::seeded(&format!("acts {}", token.id));
    if token.table == Table::SignIn && (token.outcome == OK || rng.percent(70)) {
        log.unified.push(act::logon(token));
    }
    let places = [&person.office, &person.home, &person.phone, &branch()];
    if token.outcome != OK || person.guest || !places.iter().any(|place| place.address == token.place.address) {
        return;
    }
    match (token.client, token.resource) {
        (OFFICE, EXCHANGE) => outlook(&mut rng, log, token),
        (OUTLOOK_MOBILE, EXCHANGE) if rng.percent(60) => {
            let messages: Vec<_> = (0..rng.between(1, 3)).map(|_| message(&mut rng)).collect();
            let seconds = rng.between(5, 900);
            let client = "Client=OutlookService;Outlook-iOS/2.0;";
            let mut record = act::mail_read(&mut rng, token, seconds, client, &messages);
            record.linked(token);
            log.unified.push(record.written());
        }
        (ONEDRIVE, SHAREPOINT) => {
            for _ in 0..rng.between(0, 3) {
                let operation = *rng.pick(&["FileSyncDownloadedFull", "FileModified", "FileSyncUploadedFull"]);
                let (seconds, file) = (rng.between(2, 3000), file(&mut rng));
                log.unified.push(act::file(&mut rng, token, seconds, operation, (None, &file)).written());
            }
        }
        (SHAREPOINT_WEB, SHAREPOINT) => {
            for _ in 0..rng.between(1, 4) {
                let operation =
                    *rng.pick(&["FileAccessed", "FileAccessed", "FileDownloaded", "FileModified", "FilePreviewed"]);
                let (seconds, file, site) = (rng.between(2, 2400), file(&mut rng), *rng.pick(&SITES));
                log.unified.push(act::file(&mut rng, token, seconds, operation, (Some(site), &file)).written());
            }
        }
        (OFFICE_HOME, _) => web_mail(&mut rng, log, token),
        (TEAMS, TEAMS_SERVICES) => teams(&mut rng, log, token),
        _ => {}
    }
}

/// Outlook on the computer: whole folders, and mail sent.
fn outlook(rng: &mut Rng, log: &mut Log, token: &SignIn) {
    const CLIENT: &str = "Client=MSExchangeRPC";
    if rng.percent(40) {
        let seconds = rng.between(2, 60);
        let folder = *rng.pick(&["\\Inbox", "\\Inbox", "\\Sent Items", "\\Calendar"]);
        let mut record = Record::with_token(rng, token, seconds, "MailItemsAccessed", ITEM);
        record
            .mailbox(token.person, CLIENT)
            .of_session(token)
            .text("ClientProcessName", "OUTLOOK.EXE")
            .raw(
                "OperationProperties",
                r#"[{"Name":"MailAccessType","Value":"Sync"},{"Name":"IsThrottled","Value":"False"}]"#,
            )
            .raw("Item", format!(r#"{{"ParentFolder":{{"Id":"LgAAAA{}","Path":{}}}}}"#, folder.len(), json(folder)));
        log.unified.push(record.written());
    }
    if rng.percent(35) {
        let sent = Message { folder: "\\Sent Items", ..message(rng) };
        let seconds = rng.between(60, 6000);
        let mut record = act::mail_item(rng, token, seconds, "Send", CLIENT, &sent);
        record.of_session(token).text("ClientProcessName", "OUTLOOK.EXE");
        log.unified.push(record.written());
    }
    if rng.percent(8) {
        let seconds = rng.between(60, 6000);
        let gone = message(rng);
        let mut record = act::mail_item(rng, token, seconds, "MoveToDeletedItems", CLIENT, &gone);
        record.of_session(token).text("ClientProcessName", "OUTLOOK.EXE");
        log.unified.push(record.written());
    }
}

/// Mail and files in the browser.
fn web_mail(rng: &mut Rng, log: &mut Log, token: &SignIn) {
    if rng.percent(55) {
        let messages: Vec<_> = (0..rng.between(1, 4)).map(|_| message(rng)).collect();
        let seconds = rng.between(10, 1200);
        let mut record = act::mail_read(rng, token, seconds, "Client=OWA;Action=ViaProxy", &messages);
        record.linked(token);
        log.unified.push(record.written());
    }
    if rng.percent(30) {
        let (seconds, file) = (rng.between(10, 1200), file(rng));
        log.unified.push(act::file(rng, token, seconds, "FileAccessed", (None, &file)).written());
    }
}

fn teams(rng: &mut Rng, log: &mut Log, token: &SignIn) {
    if rng.percent(30) {
        log.unified.push(act::chat(rng, token, 3, "TeamsSessionStarted", "").written());
    }
    if rng.percent(15) {
        let seconds = rng.between(30, 9000);
        let mut record = act::chat(rng, token, seconds, "MessageSent", "19:2f80ac11_fabrikam@thread.v2");
        record.raw(
            "ParticipantInfo",
            r#"{"HasForeignTenantUsers":true,"ParticipatingDomains":["contoso.com","fabrikam.example"]}"#,
        );
        log.unified.push(record.written());
    }
}

/// Passwords that people changed on a Friday evening, when the week's work was done.
const NEW_PASSWORDS: [(&str, &str); 3] =
    [("z.mueller", "2026-04-10"), ("k.haddad", "2026-04-17"), ("t.marsh", "2026-04-24")];

/// Accounts whose sessions the service desk ended, and the day.
const ENDED: [(&str, &str); 1] = [("hr.lead", "2026-04-29")];

/// Number of times that a person's sessions have ended by a day: with each, phone and laptop sign in anew.
pub(super) fn endings_by(person: &Person, day: i64) -> usize {
    let is_theirs = |(account, date): &&(&str, &str)| {
        let before = Time::parse(date).expect("a date") < at(day, 0);
        before && person.upn.starts_with(&format!("{account}@"))
    };
    NEW_PASSWORDS.iter().chain(&ENDED).filter(is_theirs).count()
}

/// The month of those who look after the tenant, and of the directory's own services.
pub(super) fn administration(people: &[Person], log: &mut Log) {
    let named = |account: &str| {
        let upn = format!("{account}@contoso.com");
        people.iter().find(|person| person.upn == upn).expect("one of the people")
    };
    let mut rng = Rng::seeded("administration");
    let (admin, desk) = (named("it.admin"), named("helpdesk"));
    let by = |person| Actor::Person(person, &person.office.address);
    for (account, day) in NEW_PASSWORDS {
        let person = named(account);
        new_password(&mut rng, log, by(person), person, clock(day, "19:40:12"), "Change user password");
    }
    for (group, account, day, time, operation) in [
        ("Quiz evening", "v.lake", "2026-04-02", "10:05:51", "Add member to group"),
        ("Sales", "p.quill", "2026-04-07", "10:12:40", "Add member to group"),
        ("Projects", "g.stone", "2026-04-09", "14:02:11", "Add member to group"),
        ("Printers floor 2", "n.brook", "2026-04-15", "08:55:03", "Add member to group"),
        ("Sales", "q.north", "2026-04-16", "11:20:57", "Remove member from group"),
        ("Projects", "c.ibanez", "2026-04-21", "13:31:29", "Add member to group"),
        ("Quiz evening", "r.oconnor", "2026-05-01", "16:41:02", "Remove member from group"),
        ("All laptops", "h.newlaptop", "2026-04-27", "13:10:44", "Add member to group"),
    ] {
        let person = Target::user(named(account)).with("Group.DisplayName", "", &json(group));
        let change = Change {
            targets: vec![person, Target::new("Group", group)],
            ..Change::new(&mut rng, clock(day, time), operation, by(admin), Target::new("Group", group))
        };
        change.write(&mut rng, log);
    }
    for (account, day, time, property, new) in [
        ("v.lake", "2026-04-08", "09:31:12", "JobTitle", "Analyst"),
        ("u.west", "2026-04-14", "15:07:48", "Department", "Logistics"),
        ("x.ford", "2026-04-20", "10:44:21", "TelephoneNumber", "+44 20 7946 0958"),
        ("reception", "2026-04-23", "16:18:36", "JobTitle", "Front of house"),
    ] {
        let person = Target::user(named(account)).with(property, "[]", &format!("[{}]", json(new))).with(
            "Included Updated Properties",
            "",
            &json(property),
        );
        Change::new(&mut rng, clock(day, time), "Update user", by(desk), person).write(&mut rng, log);
        let license = Target::user(named(account));
        Change::new(&mut rng, clock(day, "17:02:30"), "Change user license", by(admin), license).write(&mut rng, log);
    }
    for (account, day, time, method) in [
        ("l.wisniewski", "2026-04-13", "09:05:17", "Authenticator App with Notification and Code"),
        ("m.nguyen", "2026-04-20", "10:22:46", "Mobile Phone SMS"),
    ] {
        let person = named(account);
        method_registered(&mut rng, log, (person, &person.office.address), clock(day, time), method);
    }
    for day in ["2026-04-07", "2026-04-14", "2026-04-21", "2026-04-28"] {
        let role = Target::new("Role", "User Administrator");
        let change = Change {
            service: "PIM",
            targets: vec![role.clone(), Target::user(admin)],
            ..Change::new(
                &mut rng,
                clock(day, "08:30:09"),
                "Add member to role completed (PIM activation)",
                by(admin),
                role,
            )
        };
        change.write(&mut rng, log);
    }
    data_centre(people, log);
}

/// Changes of mailboxes by Microsoft's data centre: no person's act.
fn data_centre(people: &[Person], log: &mut Log) {
    let mut rng = Rng::seeded("data centre");
    for day in 0..super::DAYS {
        let person = &people[rng.index(people.len())];
        if person.guest {
            continue;
        }
        let time = at(day, rng.below(86_400));
        let who = ("NT AUTHORITY\\SYSTEM (Microsoft.Exchange.Servicehost)", "NT AUTHORITY\\SYSTEM");
        let mut record = Record::new(time, rng.guid(), "Set-Mailbox", CMDLET, who);
        record
            .raw("ExternalAccess", "true")
            .text("ObjectId", &person.upn)
            .text("OrganizationName", "contoso.onmicrosoft.com")
            .raw(
                "Parameters",
                format!(r#"[{{"Name":"Identity","Value":"{}"}},{{"Name":"MailboxRegion","Value":"GBR"}}]"#, person.upn),
            )
            .text("ResultStatus", "True")
            .raw("UserType", "3");
        log.unified.push(record.written());
    }
}
