//! Files, chats, Copilot, flows and reports.

use super::*;

const SHOWN: [Field; 3] = [Field::Variant, Field::Object, Field::Detail];

fn shown(workload: &str, operation: &str, members: &Value) -> [String; 3] {
    texts(&row(&record(workload, operation, members)), SHOWN).map(str::to_owned)
}

#[test]
fn files_have_their_name_and_folder() {
    let file = json!({
        "RecordType": 6, "ObjectId": "https://contoso.sharepoint.com/sites/x/Shared Documents/a.xlsx", "ItemType": "File",
        "SiteUrl": "https://contoso.sharepoint.com/sites/x", "SourceFileName": "a.xlsx", "SourceRelativeUrl": "Shared Documents",
        "UserAgent": "Microsoft SkyDriveSync", "FileSyncBytesCommitted": "1344200",
        "AppAccessContext": {"AADSessionId": SID, "CorrelationId": OID, "UniqueTokenId": TOKEN},
    });
    for operation in ["FileDownloaded", "FileSyncDownloadedFull", "FileAccessed"] {
        assert_eq!(shown("SharePoint", operation, &file), ["", "a.xlsx", "in Shared Documents"]);
    }
    let found = row(&record("OneDrive", "FileDownloaded", &file));
    let fields = [Field::SessionId, Field::TokenId, Field::CorrelationId, Field::UserAgent];
    assert_eq!(texts(&found, fields), [SID, TOKEN, OID, "Microsoft SkyDriveSync"]);
    let other =
        row(&record("OneDrive", "FileDownloaded", &with(file.clone(), &json!({"ObjectId": "https://other/a.xlsx"}))));
    assert_ne!(found.get(Field::Items), other.get(Field::Items), "two files of one name are two");
    let moved = with(file.clone(), &json!({"DestinationRelativeUrl": "Old", "DestinationFileName": "b.xlsx"}));
    assert_eq!(shown("SharePoint", "FileMoved", &moved)[2], "→ Old/b.xlsx, in Shared Documents");
    let office = json!({"OfficeObjectId": "https://x/a.docx", "Site_Url": "https://x", "SourceFileName_": "a.docx"});
    assert_eq!(shown("OneDrive", "FileDeleted", &office)[1], "a.docx");
    let page = with(file, &json!({"SourceFileName": "All.aspx", "ObjectId": "https://x/Forms/All.aspx"}));
    assert_eq!(shown("SharePoint", "FileAccessed", &page)[..2], ["page", "All.aspx"]);
    assert_eq!(shown("SharePoint", "ListViewed", &json!({"ObjectId": "https://x/Lists/a"}))[1], "https://x/Lists/a");
}

#[test]
fn shares_name_with_whom_and_how() {
    let share = json!({
        "ObjectId": "https://x/a.docx", "SourceFileName": "a.docx", "TargetUserOrGroupName": "eve@example.org",
        "TargetUserOrGroupType": "Guest", "EventData": "<Type>Edit</Type><MembersCanShareApplied>False</MembersCanShareApplied>",
    });
    assert_eq!(shown("SharePoint", "AddedToSecureLink", &share), ["guest", "a.docx", "with eve@example.org, Edit"]);
    let link = json!({"ObjectId": "https://x/a.docx", "EventData": "<Type>View</Type>"});
    assert_eq!(shown("OneDrive", "AnonymousLinkCreated", &link), ["", "https://x/a.docx", "View"]);
    let admin = json!({"ObjectId": "x", "SiteUrl": "https://x/sites/y", "TargetUserOrGroupName": "eve@contoso.com"});
    assert_eq!(
        shown("SharePoint", "SiteCollectionAdminAdded", &admin),
        ["", "https://x/sites/y", "with eve@contoso.com"]
    );
}

#[test]
fn chats_name_who_is_in_them() {
    let chat = json!({
        "RecordType": 25, "ClientIP": "::ffff:203.0.113.5", "ChatThreadId": "19:1@unq.gbl.spaces",
        "AppAccessContext": {"IssuedAtTime": "2026-05-19T06:51:28", "UniqueTokenId": TOKEN},
        "Members": [{"UPN": "john@example.org", "DisplayName": "John"}],
        "ParticipantInfo": {"HasForeignTenantUsers": true, "ParticipatingDomains": ["example.org"]},
        "ExtraProperties": [{"Key": "TimeZone", "Value": "Europe/Paris"}],
    });
    assert_eq!(
        shown("MicrosoftTeams", "ChatCreated", &chat),
        ["foreign", "19:1@unq.gbl.spaces", "with john@example.org, outside the tenant: example.org"]
    );
    let found = row(&record("MicrosoftTeams", "ChatCreated", &chat));
    assert_eq!(texts(&found, [Field::TokenId, Field::IpAddress]), [TOKEN, "203.0.113.5"]);
    let member = json!({"TeamName": "Finance", "TeamGuid": "x", "Members": [{"UPN": "eve@example.org"}]});
    assert_eq!(shown("MicrosoftTeams", "MemberAdded", &member), ["", "Finance", "with eve@example.org"]);
    let app = json!({"AddOnName": "Bot", "TeamName": "Finance"});
    assert_eq!(shown("MicrosoftTeams", "AppInstalled", &app), ["", "Bot", "in Finance"]);
    let message = json!({"ChatThreadId": "19:1", "MessageId": "17"});
    assert_eq!(shown("MicrosoftTeams", "MessageDeleted", &message)[1], "17");
    assert_eq!(shown("MicrosoftTeams", "ChatRetrieved", &message)[1], "19:1");
    assert_eq!(shown("MicrosoftTeams", "TeamsSessionStarted", &json!({"ObjectId": "Unknown (Unknown)"}))[1], "");
}

#[test]
fn copilot_flows_and_reports_have_names() {
    let asked = |resources: Value| json!({"ClientIP": "ffff:10.11.0.229", "CopilotEventData": {"AppHost": "Word", "AccessedResources": resources}});
    let read = asked(json!([{"Name": "a.docx", "Id": "1"}, {"Name": "b.docx", "Id": "2"}]));
    assert_eq!(shown("Copilot", "CopilotInteraction", &read), ["", "a.docx, b.docx", "in Word"]);
    assert_eq!(shown("Copilot", "CopilotInteraction", &asked(json!([]))), ["", "Word", ""]);
    let flow = json!({"FlowDetailsUrl": "https://flow/1", "FlowConnectorNames": "Office 365 Outlook, HTTP"});
    assert_eq!(shown("MicrosoftFlow", "CreateFlow", &flow), ["", "https://flow/1", "uses Office 365 Outlook, HTTP"]);
    let report = json!({"ReportName": "Sales", "WorkSpaceName": "Board"});
    assert_eq!(shown("PowerBI", "ExportReport", &report), ["", "Sales", "in Board"]);
    assert_eq!(shown("NewService", "NewOperation", &json!({"ObjectId": "thing", "RecordType": 99999}))[1], "thing");
}
