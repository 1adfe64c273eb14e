//! One act in every shape is one row.

use super::*;

/// A row's fields and times.
fn all(row: &ActRow<'_>) -> (Vec<(Field, String)>, String, bool) {
    let mut texts: Vec<(Field, String)> = row.texts().map(|(field, text)| (field, text.to_owned())).collect();
    texts.sort();
    let created = row.created.expect("a time").text;
    (texts, created.get(..19).unwrap().replace('T', " "), row.failed)
}

#[track_caller]
fn same(found: &ActRow<'_>, expected: &ActRow<'_>) {
    assert_eq!(all(found), all(expected));
    assert!(!found.is_cut);
}

/// The record with each nested value as text.
fn in_texts(record: &Value) -> Value {
    let members = record.as_object().unwrap().iter().map(|(name, value)| {
        let value = if value.is_object() || value.is_array() { json!(value.to_string()) } else { value.clone() };
        (name.clone(), value)
    });
    Value::Object(members.collect())
}

/// The record with names in lower case, those inside too.
fn in_lower_case(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.to_lowercase(), in_lower_case(value))).collect())
        }
        Value::Array(items) => items.iter().map(in_lower_case).collect(),
        other => other.clone(),
    }
}

#[test]
fn the_record_itself_is_read_whole() {
    let row = row(&bind());
    let fields = [
        (Field::Id, ID),
        (Field::UserPrincipalName, ANA),
        (Field::UserId, OID),
        (Field::AppId, CLIENT),
        (Field::IpAddress, "203.0.113.5"),
        (Field::SessionId, SID),
        (Field::TokenId, TOKEN),
        (Field::IssuedAt, "2026-05-19T13:12:18Z"),
        (Field::DeviceId, "b0a1c2d3-e4f5-4a6b-8c7d-9e0f1a2b3c4d"),
        (Field::UserAgent, "Client=OWA;Action=ViaProxy"),
        (Field::Operation, "MailItemsAccessed"),
        (Field::Workload, "Exchange"),
        (Field::Variant, "bind"),
        (Field::Object, "\\Inbox, \\Sent Items"),
        (Field::Count, "3"),
        (Field::Outcome, "Succeeded"),
    ];
    for (field, expected) in fields {
        assert_eq!(row.get(field), Some(expected), "{field:?}");
    }
    let digests: Vec<&str> = row.get(Field::Items).unwrap().split(' ').collect();
    assert!(digests.len() == 3 && digests.iter().all(|digest| digest.len() == 8));
    assert_eq!(row.texts().count(), fields.len() + 1);
    assert!(!row.failed && !row.is_cut);
}

#[test]
fn names_values_and_texts_may_be_written_otherwise() {
    let expected = row(&bind());
    same(&row(&in_texts(&bind())), &expected);
    let panther = with(in_lower_case(&bind()), &json!({"creationtime": "2026-05-20 07:09:33"}));
    same(&row(&panther), &expected);
    same(&row(&with(bind(), &json!({"RecordType": "50", "OperationCount": "3", "UserType": "Regular"}))), &expected);
    let columns = in_texts(&bind());
    let columns: Vec<(&str, String)> =
        columns.as_object().unwrap().iter().map(|(name, value)| (name.as_str(), plain(value))).collect();
    let columns: Vec<(&str, &str)> = columns.iter().map(|(name, value)| (*name, value.as_str())).collect();
    same(&cells(&columns), &expected);
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn rows_of_the_cmdlet_and_of_purview_hold_it_as_text_or_object() {
    let expected = row(&bind());
    let text = bind().to_string().replace('/', "\\/");
    let cmdlet = json!({
        "RecordType": "ExchangeItemAggregated", "CreationDate": "5/20/2026 9:13:33 PM", "UserIds": ANA,
        "Operations": "MailItemsAccessed", "AuditData": text, "ResultIndex": 1, "ResultCount": 2,
        "Identity": ID, "IsValid": true, "ObjectState": "Unchanged",
    });
    same(&row(&cmdlet), &expected);
    same(&row(&with(cmdlet.clone(), &json!({"AuditData": bind()}))), &expected);
    let columns = in_texts(&cmdlet);
    let columns: Vec<(&str, String)> =
        columns.as_object().unwrap().iter().map(|(name, value)| (name.as_str(), plain(value))).collect();
    let columns: Vec<(&str, &str)> = columns.iter().map(|(name, value)| (*name, value.as_str())).collect();
    same(&cells(&columns), &expected);
    let purview = [
        ("RecordId", ID),
        ("CreationDate", "2026-05-24T06:54:24.0000000Z "),
        ("RecordType", "50"),
        ("Operation", "MailItemsAccessed"),
        ("UserId", ANA),
        ("AuditData", text.as_str()),
        ("AssociatedAdminUnits", ""),
    ];
    same(&cells(&purview), &expected);
    same(&cells(&[("CreationDate", "x"), ("UserIds", ANA), ("Operations", "y"), ("AuditData", &text)]), &expected);
}

#[test]
fn what_a_spreadsheet_cut_keeps_its_envelope() {
    let text = bind().to_string();
    for stump in ["", &text[..text.len() / 2]] {
        let purview = cells(&[
            ("RecordId", ID),
            ("CreationDate", "9/20/2026 4:05:03 AM"),
            ("RecordType", "50"),
            ("Operation", "MailItemsAccessed"),
            ("UserId", ANA),
            ("AuditData", stump),
        ]);
        let cmdlet = cells(&[
            ("Identity", ID),
            ("CreationDate", "9/20/2026 4:05:03 AM"),
            ("Operations", "MailItemsAccessed"),
            ("UserIds", ANA),
            ("AuditData", stump),
        ]);
        for row in [purview, cmdlet] {
            assert!(row.is_cut && !row.failed);
            assert_eq!(row.created.as_ref().unwrap().text, "9/20/2026 4:05:03 AM");
            let fields = [Field::Id, Field::Operation, Field::UserPrincipalName];
            assert_eq!(texts(&row, fields), [ID, "MailItemsAccessed", ANA]);
            assert_eq!(row.texts().count(), 3, "nothing is read from the stump");
        }
    }
}

#[test]
fn graphs_own_records_are_read_from_what_is_inside() {
    let expected = row(&bind());
    let graph = |data: Value| {
        json!({
            "id": ID, "createdDateTime": "2026-05-20T07:09:33Z", "auditLogRecordType": "ExchangeItemAggregated",
            "operation": "MailItemsAccessed", "organizationId": "o", "userType": "Regular", "userId": "10032000C757D25F",
            "service": "Exchange", "objectId": null, "userPrincipalName": ANA, "clientIp": null,
            "administrativeUnits": [""], "auditData": data,
        })
    };
    let data = with(
        in_texts(&bind()),
        &json!({
            "@odata.type": "#microsoft.graph.security.defaultAuditData", "CreationTime": "2026-05-20T07:09:33Z",
            "AppAccessContext@odata.type": "#String", "Folders@odata.type": "#Collection(String)",
        }),
    );
    same(&row(&graph(data.clone())), &expected);
    same(&row(&graph(json!(data.to_string()))), &expected);
    same(&row(&data), &expected);
    let dynamic = json!({"@odata.type": "#x", "CreationTime": "2026-05-20T07:09:33Z", "dynamicProperties": data});
    same(&row(&graph(dynamic)), &expected);
    let empty = row(&graph(Value::Null));
    assert!(empty.is_cut);
    assert_eq!(texts(&empty, [Field::UserPrincipalName, Field::UserId, Field::Id]), [ANA, "", ID]);
}

/// The record as `OfficeActivity` has it, in columns.
fn office() -> Value {
    let record = with(
        in_texts(&bind()),
        &json!({
            "Id": null, "CreationTime": null, "Workload": null, "ClientIPAddress": null, "OperationCount": null,
            "TokenObjectId": null, "DeviceId": null, "UserType": "Regular", "RecordType": "50",
            "TimeGenerated": "2026-05-20T07:09:33Z", "OfficeWorkload": "Exchange", "OfficeId": ID, "SourceRecordId": ID,
            "Client_IPAddress": "203.0.113.5", "UserId_": ANA, "ClientIP_": "", "Start_Time": "2026-05-20T07:16:00Z",
            "ElevationTime": "2026-05-20T07:16:00Z", "OfficeTenantId": "$RestApiTenantId$", "Type": "OfficeActivity",
        }),
    );
    with(
        record,
        &json!({"OperationProperties": json!([
        {"Value": "Bind", "Name": "MailAccessType"}, {"Value": "False", "Name": "IsThrottled"},
    ]).to_string()}),
    )
}

#[test]
fn columns_of_office_activity_are_read() {
    let expected = row(&with(bind(), &json!({"TokenObjectId": null, "DeviceId": null})));
    let found = row(&office());
    same(&found, &expected);
    assert_eq!(found.ingested.unwrap().text, "2026-05-20T07:16:00Z");
    let older = row(&with(office(), &json!({"AppAccessContext": null, "TimeGenerated": null})));
    assert_eq!((older.get(Field::TokenId), older.created.is_none()), (None, true));
    assert!(older.ingested.is_some(), "a file without event times has those of arrival");
    let doubled = row(&with(office(), &json!({"UserId": "", "Client_IPAddress": "", "ClientIP_": "[203.0.113.5]:41"})));
    assert_eq!(texts(&doubled, [Field::UserPrincipalName, Field::IpAddress]), [ANA, "203.0.113.5"]);
    let portal = cells(&[
        ("TimeGenerated [UTC]", "4/28/2026, 3:05:26.000 PM"),
        ("Operation", "Send"),
        ("OfficeWorkload", "Exchange"),
        ("Item", "{\n  \"Subject\": \"Hello\"\n}"),
        ("UserId_", ANA),
    ]);
    assert_eq!(portal.created.as_ref().unwrap().text, "4/28/2026, 3:05:26.000 PM");
    assert_eq!(texts(&portal, [Field::Object, Field::UserPrincipalName]), ["Hello", ANA]);
}

/// A row of Defender with the record inside.
fn cloud_app(raw: &Value) -> Value {
    json!({
        "Timestamp": "2026-05-20T07:09:33Z", "ActionType": "MailItemsAccessed", "Application": "Microsoft Exchange Online",
        "ApplicationId": 20893, "AccountObjectId": OID, "AccountDisplayName": "Ana", "IPAddress": "203.0.113.5",
        "UserAgent": "Client=OWA;Action=ViaProxy", "RawEventData": raw, "ReportId": format!("31_20893_{ID}"),
    })
}

#[test]
fn rows_of_defender_are_read_from_what_is_inside_else_from_themselves() {
    let expected = row(&bind());
    let raw = with(bind(), &json!({"CreationTime": "2026-05-20T07:09:33.0000000Z"}));
    same(&row(&cloud_app(&raw)), &expected);
    same(&row(&cloud_app(&json!(raw.to_string()))), &expected);
    for none in [Value::Null, json!("")] {
        let found = row(&cloud_app(&none));
        assert!(!found.is_cut && !found.failed);
        let fields = [Field::Id, Field::UserId, Field::IpAddress, Field::Operation, Field::Count];
        assert_eq!(texts(&found, fields), [ID, OID, "203.0.113.5", "MailItemsAccessed", ""]);
        assert_eq!(found.get(Field::UserPrincipalName), None, "a display name is no user");
        assert_eq!(found.created.unwrap().text, "2026-05-20T07:09:33Z");
    }
    let projected = with(cloud_app(&Value::Null), &json!({"RawEventData": null, "ActionType": "UserLoginFailed"}));
    let failed = row(&projected);
    assert!(failed.failed);
    let stopped = with(cloud_app(&Value::Null), &json!({"ActionType": "Add member to role."}));
    assert_eq!(row(&stopped).get(Field::Operation), Some("Add member to role"));
}

#[test]
fn what_powershell_made_of_objects_is_read() {
    let raw = with(
        bind(),
        &json!({
            "OperationProperties": ["@{Value=Bind; Name=MailAccessType}", "@{Value=False; Name=IsThrottled}"],
            "Folders": ["@{FolderItems=System.Object[]; Id=LgAAAA1; Path=\\Inbox}"],
        }),
    );
    let found = row(&cloud_app(&raw));
    let fields = [Field::Variant, Field::Object, Field::Count, Field::Items, Field::SessionId, Field::Detail];
    assert_eq!(texts(&found, fields), ["bind", "\\Inbox", "3", "", SID, "names are lost in this export"]);
    let logon = record(
        "AzureActiveDirectory",
        "UserLoggedIn",
        &json!({
            "RecordType": 15, "ApplicationId": CLIENT,
            "DeviceProperties": ["@{Name=OS; Value=Windows 10}", format!("@{{Name=SessionId; Value={SID}}}")],
            "Target": ["@{ID=00000003-0000-0000-c000-000000000000; Type=0}"],
        }),
    );
    let found = row(&cloud_app(&logon));
    assert_eq!(
        texts(&found, [Field::SessionId, Field::Object, Field::AppId]),
        [SID, "00000003-0000-0000-c000-000000000000", CLIENT]
    );
    let whole = format!(
        "@{{CreationTime=2026-05-20T07:09:33; Id={ID}; Operation=MailItemsAccessed; Workload=Exchange; UserId={ANA}; \
         UserAgent=Mozilla/5.0 (X; Y; z); ClientIP=203.0.113.5; Folders=System.Object[]; OperationCount=4}}"
    );
    let found = row(&cloud_app(&json!(whole)));
    let fields = [Field::UserPrincipalName, Field::UserAgent, Field::Count, Field::IpAddress];
    assert_eq!(texts(&found, fields), [ANA, "Mozilla/5.0 (X; Y; z)", "4", "203.0.113.5"]);
}

#[test]
fn envelopes_of_search_tools_are_looked_through() {
    let expected = row(&bind());
    let text = bind().to_string();
    same(&row(&json!({"_time": "2026-01-01T00:00:00Z", "_raw": text, "Operation": "x", "Workload": "y"})), &expected);
    same(&row(&json!({"preview": false, "result": {"_raw": text, "index": "o365"}})), &expected);
    let elastic = with(
        bind(),
        &json!({
            "OperationProperties": {"MailAccessType": "Bind", "IsThrottled": "False"}, "RecordType": "50",
        }),
    );
    let hit = json!({
        "_index": "logs-o365.audit", "_id": "x", "_source": {
            "@timestamp": "2026-05-20T07:09:33.000Z",
            "event": {"action": "MailItemsAccessed", "provider": "Exchange", "outcome": "success"},
            "o365": {"audit": elastic}, "user": {"id": ANA}, "source": {"ip": "203.0.113.5"},
        },
    });
    same(&row(&hit), &expected);
    let kept = json!({"@timestamp": "x", "event": {"action": "y", "original": text}, "o365": {"audit": {"Id": "z"}}});
    same(&row(&kept), &expected);
    same(&row(&json!({"@timestamp": "x", "event.original": text, "o365.audit.Id": "z"})), &expected);
    same(&row(&json!({"message": text})), &expected);
}

#[test]
fn flattened_names_become_objects_again() {
    fn flatten(name: &str, value: &Value, into: &mut serde_json::Map<String, Value>) {
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(part, value)| flatten(&format!("{name}.{part}"), value, into));
            }
            other => {
                into.insert(name.to_owned(), other.clone());
            }
        }
    }
    let expected = row(&bind());
    let elastic = with(bind(), &json!({"OperationProperties": {"MailAccessType": "Bind"}}));
    let mut flat = serde_json::Map::new();
    flatten("o365.audit", &elastic, &mut flat);
    flat.insert("@timestamp".to_owned(), json!("2026-05-20T07:09:33.000Z"));
    same(&row(&Value::Object(flat.clone())), &expected);
    let fields: serde_json::Map<String, Value> = flat
        .iter()
        .map(|(name, value)| (name.clone(), if value.is_array() { value.clone() } else { json!([value]) }))
        .collect();
    same(&row(&json!({"_index": "x", "fields": fields})), &expected);
    let numbered = json!({
        "o365.audit.Operation": "Add member to group.", "o365.audit.Workload": "AzureActiveDirectory",
        "o365.audit.RecordType": "8", "o365.audit.Target.0.ID": "Group", "o365.audit.Target.0.Type": 2,
        "o365.audit.Target.1.ID": "Bo@contoso.com", "o365.audit.Target.1.Type": 5,
        "o365.audit.ModifiedProperties.Group_DisplayName.NewValue": "Payroll",
    });
    let found = row(&numbered);
    assert_eq!(texts(&found, [Field::Object, Field::ActedUpon]), ["Payroll", "bo@contoso.com"]);
}

#[test]
fn no_record_is_read_for_another() {
    let nothing = row(&json!({"a": {"b": 1}, "message": "text", "event": {"original": "{\"x\":1}"}}));
    assert_eq!(nothing.texts().count(), 0);
    let mut deep = bind();
    for _ in 0..40 {
        deep = json!({"result": deep});
    }
    assert_eq!(row(&deep).texts().count(), 0);
}
