//! Made-up records of audit logs: Purview's CSV of the unified log, directory changes as Log Analytics rows and as
//! diagnostics records. The same numbers give the same bytes.

#![expect(clippy::format_push_string, reason = "one record, member after member")]

use super::rows::{Dice, SESSIONS_PER_USER, address, agent, client, guid, quoted, time, token_id};
use std::fs::{self, File};
use std::io::{BufWriter, Result, Write};
use std::path::Path;

const USERS: u64 = 5_000;
const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";
const SHAREPOINT: &str = "00000003-0000-0ff1-ce00-000000000000";

/// Writes `ual.csv`, `audit.ndjson` and `directory.ndjson` into the folder.
pub(crate) fn write(folder: &Path, records: u64, changes: u64) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut dice = Dice(11);
    let file =
        |name: &str| Ok::<_, std::io::Error>(BufWriter::with_capacity(1 << 20, File::create(folder.join(name))?));
    let mut out = file("ual.csv")?;
    writeln!(
        out,
        "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames"
    )?;
    for row in 0..records {
        let Record { kind, operation, user, data } = record(&mut dice, row, records);
        let at = time(row, records, 0, 0);
        let data = data.replace('"', "\"\"");
        writeln!(out, "{},{at},{kind},{operation},{},\"{data}\",,", guid(row, 20), upn(user))?;
    }
    out.flush()?;
    let (mut rows, mut stored) = (file("audit.ndjson")?, file("directory.ndjson")?);
    for row in 0..changes {
        let change = Change::made_up(&mut dice, row, changes);
        change.as_row(&mut rows)?;
        change.as_stored(&mut stored)?;
    }
    rows.flush()?;
    stored.flush()
}

fn upn(user: u64) -> String {
    format!("user{user:05}@contoso.com")
}

/// A record of the unified log.
struct Record {
    kind: u16,
    operation: &'static str,
    user: u64,
    data: String,
}

fn record(dice: &mut Dice, row: u64, rows: u64) -> Record {
    let user = dice.below(USERS);
    match dice.below(100) {
        0..35 => mail_read(dice, row, rows, user),
        35..65 => file(dice, row, rows, user),
        65..80 => logon(dice, row, rows, user),
        80..90 => moved(dice, row, rows, user),
        90..95 => cmdlet(dice, row, rows, user),
        _ => message(dice, row, rows, user),
    }
}

/// Members that every record begins with.
fn start(row: u64, rows: u64, (kind, workload): (u16, &str), operation: &str, user: u64) -> String {
    let second = time(row, rows, 0, 0);
    format!(
        "{{\"CreationTime\":\"{}\",\"Id\":\"{}\",\"Operation\":\"{operation}\",\"OrganizationId\":\"{}\",\"RecordType\":{kind},\"ResultStatus\":\"Succeeded\",\"UserKey\":\"10032000{user:08x}\",\"UserType\":0,\"Version\":1,\"Workload\":\"{workload}\",\"UserId\":\"{}\",",
        &second[..19],
        guid(row, 20),
        guid(1, 1),
        upn(user)
    )
}

fn context(dice: &mut Dice, row: u64, api: &str, app: &str, user: u64) -> String {
    let session = user * SESSIONS_PER_USER + dice.below(SESSIONS_PER_USER);
    format!(
        "\"AppAccessContext\":{{\"AADSessionId\":\"{}\",\"APIId\":\"{api}\",\"ClientAppId\":\"{app}\",\"IssuedAtTime\":\"2026-05-01T00:00:00\",\"UniqueTokenId\":\"{}\"}},",
        guid(session, 6),
        token_id(row / 3)
    )
}

/// Members of records from a mailbox.
fn mailbox(dice: &mut Dice, user: u64, app: &str) -> String {
    format!(
        "\"AppId\":\"{EXCHANGE}\",\"ClientAppId\":\"{app}\",\"ClientIPAddress\":\"{}\",\"ClientInfoString\":\"Client=OWA;{};Action=ViaProxy\",\"ExternalAccess\":false,\"InternalLogonType\":0,\"LogonType\":0,\"LogonUserSid\":\"S-1-5-21-1004336348-1177238915-682003330-{user}\",\"MailboxGuid\":\"{}\",\"MailboxOwnerSid\":\"S-1-5-21-1004336348-1177238915-682003330-{user}\",\"MailboxOwnerUPN\":\"{}\",\"OrganizationName\":\"contoso.onmicrosoft.com\",\"OriginatingServer\":\"AM9PR0{}MB5521 (15.20.4200.000)\\r\\n\",\"TokenObjectId\":\"{}\",\"TokenTenantId\":\"{}\",",
        address(user),
        agent(dice.below(200)),
        guid(user, 21),
        upn(user),
        user % 10,
        guid(user, 10),
        guid(1, 1)
    )
}

fn item(dice: &mut Dice) -> String {
    let n = dice.below(400_000);
    format!(
        "{{\"ClientRequestId\":\"{}\",\"Id\":\"RgAAAAB{}{}AAAAAAEMAAA{}AAA\",\"ImmutableId\":\"LgAAAAB{}{}AAAAAAEMAAA{}AAA\",\"InternetMessageId\":\"<AM9PR01MB5521{n:016X}@AM9PR01MB5521.eurprd01.prod.exchangelabs.com>\",\"SizeInBytes\":{}}}",
        guid(n, 22),
        token_id(n),
        token_id(n + 1),
        token_id(n + 2),
        token_id(n + 3),
        token_id(n + 4),
        token_id(n + 5),
        dice.below(300_000)
    )
}

fn mail_read(dice: &mut Dice, row: u64, rows: u64, user: u64) -> Record {
    let (app, _) = client(dice.roll() & dice.roll());
    let count = 1 + dice.below(5);
    let items: Vec<String> = (0..count).map(|_| item(dice)).collect();
    let mut data = start(row, rows, (50, "Exchange"), "MailItemsAccessed", user);
    data += &context(dice, row, EXCHANGE, &app, user);
    data += &mailbox(dice, user, &app);
    data += &format!(
        "\"OperationProperties\":[{{\"Name\":\"MailAccessType\",\"Value\":\"Bind\"}}],\"Folders\":[{{\"FolderItems\":[{}],\"Id\":\"LgAAAAB{}AAA\",\"Path\":\"\\\\{}\"}}],\"OperationCount\":{count}}}",
        items.join(","),
        token_id(user),
        dice.one_of(&["Inbox", "Sent Items", "Drafts", "Archive"])
    );
    Record { kind: 50, operation: "MailItemsAccessed", user, data }
}

fn file(dice: &mut Dice, row: u64, rows: u64, user: u64) -> Record {
    let operation = dice.one_of(&["FileAccessed", "FileAccessed", "FileDownloaded", "FileModified", "PageViewed"]);
    let (app, _) = client(dice.roll() & dice.roll());
    let (site, folder, name) = (dice.below(300), dice.below(40), dice.below(5_000));
    let mut data = start(row, rows, (6, "SharePoint"), operation, user);
    data += &context(dice, row, SHAREPOINT, &app, user);
    let url = format!(
        "https:\\/\\/contoso.sharepoint.com\\/sites\\/site{site}\\/Shared Documents\\/Folder {folder}\\/Document {name}.docx"
    );
    data += &format!(
        "\"ClientIP\":\"{}\",\"AuthenticationType\":\"OAuth\",\"BrowserName\":\"Edge\",\"BrowserVersion\":\"120.0.0.0\",\"CorrelationId\":\"{}\",\"DeviceDisplayName\":\"{}\",\"EventSource\":\"SharePoint\",\"GeoLocation\":\"EUR\",\"IsManagedDevice\":false,\"ItemType\":\"File\",\"ListBaseType\":1,\"ListId\":\"{}\",\"ListItemUniqueId\":\"{}\",\"ListServerTemplate\":101,\"ObjectId\":\"{url}\",\"Platform\":\"WinDesktop\",\"Site\":\"{}\",\"SiteUrl\":\"https:\\/\\/contoso.sharepoint.com\\/sites\\/site{site}\\/\",\"SourceFileExtension\":\"docx\",\"SourceFileName\":\"Document {name}.docx\",\"SourceRelativeUrl\":\"Shared Documents\\/Folder {folder}\",\"UserAgent\":\"{}\",\"WebId\":\"{}\",\"HighPriorityMediaProcessing\":false,\"ApplicationDisplayName\":\"Example Client\",\"ApplicationId\":\"{app}\"}}",
        address(user),
        guid(row, 23),
        address(user),
        guid(site, 24),
        guid(name, 25),
        guid(site, 26),
        agent(dice.below(200)),
        guid(site, 27),
    );
    Record { kind: 6, operation, user, data }
}

fn logon(dice: &mut Dice, row: u64, rows: u64, user: u64) -> Record {
    let (app, _) = client(dice.roll() & dice.roll());
    let session = user * SESSIONS_PER_USER + dice.below(SESSIONS_PER_USER);
    let (id, correlation) = (guid(row, 20), guid(row, 23));
    let mut data = start(row, rows, (15, "AzureActiveDirectory"), "UserLoggedIn", user);
    data += &format!(
        "\"ClientIP\":\"{0}\",\"ObjectId\":\"{EXCHANGE}\",\"AzureActiveDirectoryEventType\":1,\"ExtendedProperties\":[{{\"Name\":\"ResultStatusDetail\",\"Value\":\"Success\"}},{{\"Name\":\"UserAgent\",\"Value\":\"{1}\"}},{{\"Name\":\"RequestType\",\"Value\":\"OAuth2:Token\"}}],\"ModifiedProperties\":[],\"Actor\":[{{\"ID\":\"{2}\",\"Type\":0}},{{\"ID\":\"{3}\",\"Type\":5}}],\"ActorContextId\":\"{4}\",\"ActorIpAddress\":\"{0}\",\"InterSystemsId\":\"{correlation}\",\"IntraSystemId\":\"{id}\",\"SupportTicketId\":\"\",\"Target\":[{{\"ID\":\"{EXCHANGE}\",\"Type\":0}}],\"TargetContextId\":\"{4}\",\"ApplicationId\":\"{app}\",\"DeviceProperties\":[{{\"Name\":\"OS\",\"Value\":\"Windows10\"}},{{\"Name\":\"BrowserType\",\"Value\":\"Edge\"}},{{\"Name\":\"IsCompliantAndManaged\",\"Value\":\"False\"}},{{\"Name\":\"SessionId\",\"Value\":\"{5}\"}}],\"ErrorNumber\":\"0\"}}",
        address(user),
        agent(dice.below(200)),
        guid(user, 10),
        upn(user),
        guid(1, 1),
        guid(session, 6)
    );
    Record { kind: 15, operation: "UserLoggedIn", user, data }
}

fn moved(dice: &mut Dice, row: u64, rows: u64, user: u64) -> Record {
    let operation = dice.one_of(&["MoveToDeletedItems", "SoftDelete", "HardDelete"]);
    let (app, _) = client(dice.roll() & dice.roll());
    let n = dice.below(400_000);
    let mut data = start(row, rows, (3, "Exchange"), operation, user);
    data += &context(dice, row, EXCHANGE, &app, user);
    data += &mailbox(dice, user, &app);
    data += &format!(
        "\"ClientIP\":\"{}\",\"SessionId\":\"{}\",\"AffectedItems\":[{{\"Attachments\":\"image001.png (12345b)\",\"Id\":\"RgAAAAB{}AAA\",\"InternetMessageId\":\"<{n:016X}@contoso.com>\",\"ParentFolder\":{{\"Id\":\"LgAAAAB{}AAB\",\"Path\":\"\\\\Inbox\"}},\"Subject\":\"Status of order {n}\"}}],\"CrossMailboxOperation\":false,\"DestFolder\":{{\"Id\":\"LgAAAAB{}AAC\",\"Path\":\"\\\\Deleted Items\"}},\"Folder\":{{\"Id\":\"LgAAAAB{}AAB\",\"Path\":\"\\\\Inbox\"}}}}",
        address(user),
        guid(user * SESSIONS_PER_USER, 6),
        token_id(n),
        token_id(user),
        token_id(user + 1),
        token_id(user)
    );
    Record { kind: 3, operation, user, data }
}

fn cmdlet(dice: &mut Dice, row: u64, rows: u64, user: u64) -> Record {
    let mut data = start(row, rows, (1, "Exchange"), "Set-Mailbox", user);
    data += &format!(
        "\"ClientIP\":\"{}:4{:04}\",\"ObjectId\":\"EURPR01A001.PROD.OUTLOOK.COM\\/Microsoft Exchange Hosted Organizations\\/contoso.onmicrosoft.com\\/{}\",\"AppId\":\"\",\"ClientAppId\":\"\",\"ExternalAccess\":false,\"OrganizationName\":\"contoso.onmicrosoft.com\",\"OriginatingServer\":\"AM9PR01MB5521 (15.20.4200.000)\",\"Parameters\":[{{\"Name\":\"Identity\",\"Value\":\"{}\"}},{{\"Name\":\"RetentionPolicy\",\"Value\":\"Default {}\"}},{{\"Name\":\"Force\",\"Value\":\"True\"}}],\"RequestId\":\"{}\",\"SessionId\":\"{}\"}}",
        address(user),
        dice.below(10_000),
        guid(user, 10),
        upn(user + 1),
        dice.below(4),
        guid(row, 23),
        guid(user * SESSIONS_PER_USER, 6)
    );
    Record { kind: 1, operation: "Set-Mailbox", user, data }
}

fn message(dice: &mut Dice, row: u64, rows: u64, user: u64) -> Record {
    let thread = dice.below(3_000);
    let mut data = start(row, rows, (25, "MicrosoftTeams"), "MessageSent", user);
    data += &context(dice, row, "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "5e3ce6c0-2b1f-4285-8d4b-75ee78787346", user);
    data += &format!(
        "\"ClientIP\":\"::ffff:192.0.2.{}\",\"ChatThreadId\":\"19:{}_{}@unq.gbl.spaces\",\"CommunicationType\":\"OneOnOne\",\"ExtraProperties\":[{{\"Key\":\"TimeZone\",\"Value\":\"Europe\\/Paris\"}},{{\"Key\":\"OsName\",\"Value\":\"windows\"}}],\"MessageId\":\"1777593{row:06}\",\"MessageVersion\":\"1777593{row:06}\",\"Members\":[{{\"DisplayName\":\"User {user:05}\",\"OrganizationId\":\"{}\",\"Role\":0,\"UPN\":\"{}\"}}],\"ParticipantInfo\":{{\"HasForeignTenantUsers\":false,\"HasGuestUsers\":false,\"HasOtherGuestUsers\":false,\"HasUnauthenticatedUsers\":false,\"ParticipatingTenantIds\":[\"{}\"]}}}}",
        user % 254 + 1,
        guid(thread, 28),
        guid(thread + 1, 28),
        guid(1, 1),
        upn(user),
        guid(1, 1)
    );
    Record { kind: 25, operation: "MessageSent", user, data }
}

/// A change in the directory.
struct Change {
    at: String,
    id: String,
    correlation: String,
    operation: &'static str,
    category: &'static str,
    address: String,
    initiated: String,
    targets: String,
    details: String,
}

/// A changed property.
fn property(name: &str, old: &str, new: &str) -> String {
    format!("{{\"displayName\":\"{name}\",\"oldValue\":\"{}\",\"newValue\":\"{}\"}}", quoted(old), quoted(new))
}

/// Operations, and their categories.
const OPERATIONS: [(&str, &str); 10] = [
    ("Update user", "UserManagement"),
    ("Update user", "UserManagement"),
    ("Update user", "UserManagement"),
    ("Update device", "Device"),
    ("Update device", "Device"),
    ("Add member to group", "GroupManagement"),
    ("Add registered owner to device", "Device"),
    ("User registered security info", "UserManagement"),
    ("Update service principal", "ApplicationManagement"),
    ("Consent to application", "ApplicationManagement"),
];

impl Change {
    fn made_up(dice: &mut Dice, row: u64, rows: u64) -> Self {
        let (operation, category) = dice.one_of(&OPERATIONS);
        let (user, target) = (dice.below(USERS), dice.below(USERS));
        let correlation = guid(row, 30);
        let is_app = dice.below(2) == 0;
        let initiated = if is_app {
            format!(
                "{{\"app\":{{\"appId\":null,\"displayName\":\"Example Service {}\",\"servicePrincipalId\":\"{}\",\"servicePrincipalName\":null}}}}",
                user % 20,
                guid(user % 20, 31)
            )
        } else {
            format!(
                "{{\"user\":{{\"id\":\"{}\",\"displayName\":\"User {user:05}\",\"userPrincipalName\":\"{}\",\"ipAddress\":\"{}\",\"roles\":[]}}}}",
                guid(user, 10),
                upn(user),
                address(user)
            )
        };
        let kind = match category {
            "Device" => "Device",
            "ApplicationManagement" => "ServicePrincipal",
            _ => "User",
        };
        let name = if kind == "User" { format!("\"{}\"", upn(target)) } else { "null".to_owned() };
        let properties = properties(dice, operation, target);
        let targets = format!(
            "[{{\"id\":\"{}\",\"displayName\":\"Object {target:05}\",\"type\":\"{kind}\",\"userPrincipalName\":{name},\"modifiedProperties\":[{}],\"administrativeUnits\":[]}}]",
            guid(target, 10),
            properties.join(",")
        );
        let details = match kind {
            "Device" => format!(
                "[{{\"key\":\"DeviceId\",\"value\":\"{}\"}},{{\"key\":\"DeviceOSType\",\"value\":\"Windows\"}},{{\"key\":\"DeviceTrustType\",\"value\":\"Workplace\"}},{{\"key\":\"User-Agent\",\"value\":\"{}\"}}]",
                guid(target, 3),
                agent(dice.below(200))
            ),
            _ => format!(
                "[{{\"key\":\"UserType\",\"value\":\"Member\"}},{{\"key\":\"User-Agent\",\"value\":\"{}\"}}]",
                agent(dice.below(200))
            ),
        };
        Self {
            at: time(row, rows, 0, dice.below(10_000_000)),
            id: format!("Directory_{correlation}_{}_{row}", &token_id(row)[..5]),
            correlation,
            operation,
            category,
            address: address(user),
            initiated,
            targets,
            details,
        }
    }

    /// A row of Log Analytics, its dynamic columns as texts.
    fn as_row(&self, out: &mut impl Write) -> Result<()> {
        let Self { at, id, correlation, operation, category, initiated, targets, details, .. } = self;
        writeln!(
            out,
            "{{\"TenantId\":\"{0}\",\"SourceSystem\":\"Azure AD\",\"TimeGenerated\":\"{at}\",\"ResourceId\":\"/tenants/{1}/providers/Microsoft.aadiam\",\"OperationName\":\"{operation}\",\"OperationVersion\":\"1.0\",\"Category\":\"{category}\",\"ResultType\":\"\",\"ResultSignature\":\"None\",\"ResultDescription\":\"\",\"DurationMs\":0,\"CorrelationId\":\"{correlation}\",\"Resource\":\"Microsoft.aadiam\",\"ResourceGroup\":\"Microsoft.aadiam\",\"ResourceProvider\":\"\",\"Identity\":\"\",\"Level\":\"4\",\"Location\":\"\",\"AdditionalDetails\":\"{2}\",\"Id\":\"{id}\",\"InitiatedBy\":\"{3}\",\"LoggedByService\":\"Core Directory\",\"Result\":\"success\",\"ResultReason\":\"\",\"TargetResources\":\"{4}\",\"AADTenantId\":\"{1}\",\"ActivityDisplayName\":\"{operation}\",\"ActivityDateTime\":\"{at}\",\"AADOperationType\":\"Update\",\"Type\":\"AuditLogs\"}}",
            guid(2, 1),
            guid(1, 1),
            quoted(details),
            quoted(initiated),
            quoted(targets)
        )
    }

    /// A diagnostics record of a storage account.
    fn as_stored(&self, out: &mut impl Write) -> Result<()> {
        let Self { at, id, correlation, operation, category, address, initiated, targets, details } = self;
        writeln!(
            out,
            "{{\"time\":\"{at}\",\"resourceId\":\"/tenants/{0}/providers/Microsoft.aadiam\",\"operationName\":\"{operation}\",\"operationVersion\":\"1.0\",\"category\":\"AuditLogs\",\"tenantId\":\"{0}\",\"resultSignature\":\"None\",\"durationMs\":0,\"callerIpAddress\":\"{address}\",\"correlationId\":\"{correlation}\",\"identity\":\"\",\"Level\":4,\"properties\":{{\"tenantId\":\"{0}\",\"resultType\":\"\",\"resultDescription\":\"\",\"operationName\":\"{operation}\",\"identity\":\"\",\"tenantGeo\":\"EU\",\"id\":\"{id}\",\"category\":\"{category}\",\"correlationId\":\"{correlation}\",\"result\":\"success\",\"resultReason\":\"\",\"activityDisplayName\":\"{operation}\",\"activityDateTime\":\"{at}\",\"loggedByService\":\"Core Directory\",\"operationType\":\"Update\",\"userAgent\":null,\"initiatedBy\":{initiated},\"targetResources\":{targets},\"additionalDetails\":{details}}}}}",
            guid(1, 1)
        )
    }
}

/// The changed properties of an operation.
fn properties(dice: &mut Dice, operation: &str, target: u64) -> Vec<String> {
    let quote = |text: &str| format!("\"{text}\"");
    let updated = |names: &str| property("Included Updated Properties", "", &quote(names));
    match operation {
        "Update user" => vec![
            property(
                "LicenseAssignmentDetail",
                "[]",
                &format!("[{{\"SkuId\":\"{}\",\"AssignedState\":1}}]", guid(dice.below(9), 32)),
            ),
            property("Department", "[\"Sales\"]", "[\"Marketing\"]"),
            updated("LicenseAssignmentDetail, Department"),
            property("TargetId.UserType", "", &quote("Member")),
        ],
        "Update device" => vec![
            property("CloudDeviceOSVersion", "[\"10.0.22631.3155\"]", "[\"10.0.22631.3296\"]"),
            property("LastDirSyncTime", "[\"2026-04-30T10:00:00Z\"]", "[\"2026-05-01T10:00:00Z\"]"),
            updated("CloudDeviceOSVersion, LastDirSyncTime"),
            property("TargetId.DeviceId", "", &quote(&guid(target, 3))),
            property("TargetId.DeviceOSType", "", &quote("Windows")),
            property("TargetId.DeviceTrustType", "", &quote("Workplace")),
        ],
        "Add member to group" => vec![
            property("Group.ObjectID", "", &quote(&guid(target % 400, 33))),
            property("Group.DisplayName", "", &quote(&format!("Group {}", target % 400))),
            property("Group.WellKnownObjectName", "", ""),
        ],
        "Add registered owner to device" => vec![
            property("Device.ObjectID", "", &quote(&guid(target, 34))),
            property("Device.DisplayName", "", &quote(&format!("WS-{target:05}"))),
            property("Device.DeviceId", "", &quote(&guid(target, 3))),
            property("Device.DeviceOSType", "", &quote("Windows")),
            property("Device.DeviceTrustType", "", &quote("Workplace")),
        ],
        "User registered security info" => {
            vec![property("GraphUserPhoneAuthMethod.PhoneNumber", "", &quote("+1 5555550100"))]
        }
        "Update service principal" => vec![
            property(
                "AppRole",
                "[]",
                &format!("[{{\"EntitlementEncodingVersion\":2,\"Id\":\"{}\"}}]", guid(target, 35)),
            ),
            updated("AppRole"),
            property("TargetId.ServicePrincipalNames", "", &quote(&guid(target, 9))),
        ],
        _ => vec![
            property("ConsentContext.IsAdminConsent", "", &quote("False")),
            property("ConsentContext.IsAppOnly", "", &quote("False")),
            property("ConsentContext.OnBehalfOfAll", "", &quote("False")),
            property(
                "ConsentAction.Permissions",
                "",
                &quote(&format!(
                    "[] => [[Id: {0}, ClientId: {0}, PrincipalId: {1}, ResourceId: {2}, ConsentType: Principal, Scope:  User.Read openid profile, CreatedDateTime: , LastModifiedDateTime ]]; ",
                    guid(target, 9),
                    guid(target, 10),
                    guid(4, 4)
                )),
            ),
            property("TargetId.ServicePrincipalNames", "", &quote(&guid(target, 9))),
        ],
    }
}
