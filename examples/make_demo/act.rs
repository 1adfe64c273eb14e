//! Records of the unified audit log, as the Purview portal exports them.

use super::Written;
use super::rng::{Guid, Rng};
use super::row::{Row, json};
use super::sign_in::{OK, SignIn};
use super::world::{EXCHANGE, GRAPH, Person, SHAREPOINT, TEAMS_SERVICES, TENANT};
use tokentrail::testing::model::{Span, Time};

/// The first line of the export.
pub(crate) const HEADER: &str =
    "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\n";

/// Number and workload of a record type.
pub(crate) type Kind = (u16, &'static str);

pub(crate) const CMDLET: Kind = (1, "Exchange");
pub(crate) const ITEM: Kind = (2, "Exchange");
pub(crate) const ITEMS: Kind = (3, "Exchange");
pub(crate) const MAIL_READ: Kind = (50, "Exchange");
pub(crate) const DRIVE: Kind = (6, "OneDrive");
pub(crate) const SITE: Kind = (6, "SharePoint");
pub(crate) const CHAT: Kind = (25, "MicrosoftTeams");
pub(crate) const DIRECTORY: Kind = (8, "AzureActiveDirectory");
const LOGON: Kind = (15, "AzureActiveDirectory");

/// A record being written.
pub(crate) struct Record {
    at: Time,
    id: Guid,
    operation: String,
    kind: Kind,
    user: String,
    cells: Row,
}

impl Record {
    pub(crate) fn new(at: Time, id: Guid, operation: &str, kind: Kind, (user, key): (&str, &str)) -> Self {
        // The log writes whole seconds.
        let at = at.floor(Span::seconds(1));
        let mut cells = Row::default();
        cells
            .text("CreationTime", second(at))
            .text("Id", id.to_string())
            .text("Operation", operation)
            .text("OrganizationId", TENANT)
            .raw("RecordType", kind.0.to_string())
            .text("UserId", user)
            .text("UserKey", key)
            .raw("Version", "1")
            .text("Workload", kind.1);
        Self { at, id, operation: operation.to_owned(), kind, user: user.to_owned(), cells }
    }

    /// A record of what a sign-in's token did, some seconds after it.
    pub(crate) fn with_token(rng: &mut Rng, token: &SignIn, seconds: i64, operation: &str, kind: Kind) -> Self {
        let person = token.person;
        let who = (person.upn.as_str(), &*person.id.to_string());
        let mut record = Self::new(token.at.plus(Span::seconds(seconds)), rng.guid(), operation, kind, who);
        record.cells.raw("UserType", "0");
        match kind.1 {
            "Exchange" if kind.0 == MAIL_READ.0 => record.text("ClientIPAddress", &token.place.address),
            "Exchange" => record.text("ClientIP", &token.place.address).text("ClientIPAddress", &token.place.address),
            "MicrosoftTeams" if !token.place.address.contains(':') => {
                record.text("ClientIP", format!("::ffff:{}", token.place.address))
            }
            _ => record.text("ClientIP", &token.place.address),
        };
        record
    }

    pub(crate) fn text(&mut self, name: &'static str, value: impl AsRef<str>) -> &mut Self {
        self.cells.text(name, value);
        self
    }

    pub(crate) fn raw(&mut self, name: &'static str, json: impl Into<String>) -> &mut Self {
        self.cells.raw(name, json);
        self
    }

    /// The ids of the token: what clients over the web leave in every record.
    pub(crate) fn linked(&mut self, token: &SignIn) -> &mut Self {
        let api = match self.kind.1 {
            _ if token.resource == GRAPH => GRAPH,
            "Exchange" => EXCHANGE,
            "MicrosoftTeams" => TEAMS_SERVICES,
            _ => SHAREPOINT,
        };
        // A token is dated five minutes before its issue.
        let issued = token.at.floor(Span::seconds(1)).minus(Span::minutes(5));
        let context = format!(
            r#"{{"AADSessionId":"{}","APIId":"{api}","ClientAppId":"{}","IssuedAtTime":"{}","UniqueTokenId":"{}"}}"#,
            token.session,
            token.client,
            second(issued),
            token.id.uti()
        );
        if self.kind.1 == "Exchange" {
            self.text("AppId", api).text("ClientAppId", token.client).text("TokenTenantId", TENANT);
            self.text("TokenObjectId", token.person.id.to_string());
        }
        self.raw("AppAccessContext", context)
    }

    /// The session alone: what Outlook on a computer leaves.
    pub(crate) fn of_session(&mut self, token: &SignIn) -> &mut Self {
        self.raw("AppAccessContext", r#"{"APIId":""}"#).text("SessionId", token.session.to_string())
    }

    /// The mailbox of a person, and the client that opened it.
    pub(crate) fn mailbox(&mut self, person: &Person, client: &str) -> &mut Self {
        self.text("ClientInfoString", client)
            .raw("ExternalAccess", "false")
            .raw("InternalLogonType", "0")
            .raw("LogonType", "0")
            .text("MailboxGuid", Rng::seeded(&format!("{} mailbox", person.upn)).guid().to_string())
            .text("MailboxOwnerUPN", &person.upn)
            .text("OrganizationName", "contoso.onmicrosoft.com")
            .text("ResultStatus", "Succeeded")
    }

    /// The row of the export.
    pub(crate) fn written(self) -> Written {
        let Self { at, id, operation, kind, user, cells } = self;
        let date = format!("{}.0000000Z", second(at));
        let data = cells.line().replace('"', "\"\"");
        let line = format!("{id},{date},{},{operation},{user},\"{data}\",,", kind.0);
        Written { user, ingested: at, line }
    }
}

/// A time as the log writes it: whole seconds, no zone.
fn second(at: Time) -> String {
    at.second().replacen(' ', "T", 1)
}

/// A sign-in as the unified log has it: its id is the sign-in's.
pub(crate) fn logon(token: &SignIn) -> Written {
    let succeeded = token.outcome == OK;
    let operation = if succeeded { "UserLoggedIn" } else { "UserLoginFailed" };
    let person = token.person;
    let mut record = Record::new(token.at, token.id, operation, LOGON, (&person.upn, &person.id.to_string()));
    let device = token.device;
    let known = if device.id.is_empty() {
        String::new()
    } else {
        format!(r#"{{"Name":"Id","Value":"{}"}},{{"Name":"DisplayName","Value":"{}"}},"#, device.id, device.name)
    };
    record
        .text("ActorIpAddress", &token.place.address)
        .text("ClientIP", &token.place.address)
        .text("ApplicationId", token.client)
        .text("ErrorNumber", token.outcome.0)
        .text("InterSystemsId", token.correlation.to_string())
        .text("IntraSystemId", token.id.to_string())
        .text("ResultStatus", "Success")
        .raw("UserType", "0")
        .raw("Actor", format!(r#"[{{"ID":"{}","Type":0}},{{"ID":"{}","Type":5}}]"#, person.id, person.upn))
        .raw("Target", format!(r#"[{{"ID":"{}","Type":0}}]"#, token.resource))
        .raw(
            "ExtendedProperties",
            format!(
                r#"[{{"Name":"ResultStatusDetail","Value":"Success"}},{{"Name":"UserAgent","Value":{}}},{{"Name":"RequestType","Value":"OAuth2:Authorize"}}]"#,
                json(token.agent)
            ),
        )
        .raw(
            "DeviceProperties",
            format!(
                r#"[{known}{{"Name":"OS","Value":"{}"}},{{"Name":"BrowserType","Value":"{}"}},{{"Name":"SessionId","Value":"{}"}}]"#,
                device.system, device.browser, token.session
            ),
        );
    if !succeeded {
        record.text("LogonError", token.outcome.1);
    }
    record.written()
}

/// A message, with its place in a mailbox.
pub(crate) struct Message<'a> {
    pub(crate) folder: &'a str,
    pub(crate) subject: &'a str,
}

impl Message<'_> {
    /// The message as an item. Its ids are those of person and subject.
    fn item(&self, person: &Person) -> String {
        let guid = Rng::seeded(&format!("{} {}", person.upn, self.subject)).guid();
        let size = Rng::seeded(self.subject).between(9_000, 90_000);
        format!(
            r#"{{"Id":"RgAAAAB{}","InternetMessageId":"<{guid}@mail.contoso.com>","SizeInBytes":{size},"Subject":{}}}"#,
            &guid.uti()[..12],
            json(self.subject)
        )
    }
}

/// Messages that a client opened.
pub(crate) fn mail_read(rng: &mut Rng, token: &SignIn, seconds: i64, client: &str, messages: &[Message<'_>]) -> Record {
    let mut folders: Vec<&str> = messages.iter().map(|message| message.folder).collect();
    folders.dedup();
    let listed: Vec<String> = folders
        .iter()
        .map(|folder| {
            let items = messages.iter().filter(|message| message.folder == *folder);
            let items: Vec<String> = items.map(|message| message.item(token.person)).collect();
            format!(r#"{{"FolderItems":[{}],"Id":"LgAAAA{}","Path":{}}}"#, items.join(","), folder.len(), json(folder))
        })
        .collect();
    let mut record = Record::with_token(rng, token, seconds, "MailItemsAccessed", MAIL_READ);
    record
        .mailbox(token.person, client)
        .raw(
            "OperationProperties",
            r#"[{"Name":"MailAccessType","Value":"Bind"},{"Name":"IsThrottled","Value":"False"}]"#,
        )
        .raw("Folders", format!("[{}]", listed.join(",")))
        .raw("OperationCount", messages.len().to_string());
    record
}

/// One message sent or removed.
pub(crate) fn mail_item(
    rng: &mut Rng,
    token: &SignIn,
    seconds: i64,
    operation: &str,
    client: &str,
    message: &Message<'_>,
) -> Record {
    let folder = format!(r#"{{"Id":"LgAAAA{}","Path":{}}}"#, message.folder.len(), json(message.folder));
    let item = message.item(token.person);
    let is_sent = operation == "Send";
    let mut record = Record::with_token(rng, token, seconds, operation, if is_sent { ITEM } else { ITEMS });
    record.mailbox(token.person, client);
    if is_sent {
        let item = item.strip_suffix('}').expect("an object");
        record.raw("Item", format!(r#"{item},"ParentFolder":{folder}}}"#));
    } else {
        record.raw("AffectedItems", format!("[{item}]")).raw("Folder", folder);
    }
    record
}

/// A file, with its folder.
pub(crate) struct File<'a> {
    pub(crate) folder: &'a str,
    pub(crate) name: &'a str,
}

/// A file opened, taken or changed: of a person's own drive, or of a site.
pub(crate) fn file(
    rng: &mut Rng,
    token: &SignIn,
    seconds: i64,
    operation: &str,
    (site, file): (Option<&str>, &File<'_>),
) -> Record {
    let mut record = Record::with_token(rng, token, seconds, operation, if site.is_some() { SITE } else { DRIVE });
    let site = if let Some(site) = site {
        format!("https://contoso.sharepoint.com/sites/{site}")
    } else {
        let person = token.person.upn.replace(['.', '@'], "_");
        format!("https://contoso-my.sharepoint.com/personal/{person}")
    };
    let (_, extension) = file.name.rsplit_once('.').unwrap_or_default();
    record
        .text("EventSource", "SharePoint")
        .text("ItemType", "File")
        .text("ObjectId", format!("{site}/{}/{}", file.folder, file.name))
        .text("SiteUrl", format!("{site}/"))
        .text("SourceFileExtension", extension)
        .text("SourceFileName", file.name)
        .text("SourceRelativeUrl", file.folder)
        .text("UserAgent", token.agent)
        .linked(token);
    record
}

/// Something in Teams.
pub(crate) fn chat(rng: &mut Rng, token: &SignIn, seconds: i64, operation: &str, thread: &str) -> Record {
    let mut record = Record::with_token(rng, token, seconds, operation, CHAT);
    record.linked(token);
    if !thread.is_empty() {
        record.text("ChatThreadId", thread).text("CommunicationType", "GroupChat");
    }
    record
}

/// An inbox rule by its parameters.
pub(crate) fn inbox_rule(
    rng: &mut Rng,
    token: &SignIn,
    seconds: i64,
    name: &str,
    parameters: &[(&str, &str)],
) -> Record {
    let (alias, _) = token.person.upn.split_once('@').expect("a sign-in name");
    let all = [("Name", name)].into_iter().chain(parameters.iter().copied());
    let all: Vec<String> =
        all.map(|(name, value)| format!(r#"{{"Name":{},"Value":{}}}"#, json(name), json(value))).collect();
    let mut record = Record::with_token(rng, token, seconds, "New-InboxRule", CMDLET);
    record
        .linked(token)
        .raw("ExternalAccess", "false")
        .text("ObjectId", format!("{alias}\\{name}"))
        .text("OrganizationName", "contoso.onmicrosoft.com")
        .raw("Parameters", format!("[{}]", all.join(",")))
        .text("ResultStatus", "True");
    record
}
