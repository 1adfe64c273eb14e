//! One made-up bundle, told in every shape.

use serde_json::{Map, Value, json};

/// A row as Log Analytics has it, column by column, for the three tables.
pub(crate) fn rows() -> Vec<Map<String, Value>> {
    let mut rows = Vec::new();
    for n in 0..12u32 {
        rows.push(sign_in(n));
        rows.push(call(n));
    }
    rows
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { unreachable!("written as an object") };
    map
}

fn sign_in(n: u32) -> Map<String, Value> {
    let interactive = n.is_multiple_of(3);
    let device = json!({"deviceId": "", "operatingSystem": "Windows 10", "browser": format!("Edge {n}")});
    let place = json!({"city": "Example City", "state": "Example State", "countryOrRegion": "US"});
    let details = json!([
        {"key": "Legacy TLS (TLS 1.0, 1.1, 3DES)", "value": "False"},
        {"key": "Oauth Scope Info", "value": format!("[\"User.Read\",\"Group.{n}.All\"]")},
    ]);
    let steps = json!([
        {"authenticationStepDateTime": format!("2026-05-01T14:{n:02}:00Z"), "authenticationMethod": "Password",
         "succeeded": true, "authenticationStepResultDetail": "Correct password"},
        {"authenticationMethod": "Previously satisfied", "succeeded": true,
         "authenticationStepResultDetail": "MFA requirement satisfied by claim in the token"},
    ]);
    object(json!({
        "TimeGenerated": format!("2026-05-01T14:{:02}:05.1234567Z", n + 2),
        "CreatedDateTime": format!("2026-05-01T14:{n:02}:00.765432{}Z", n % 10),
        "Category": if interactive { "SignInLogs" } else { "NonInteractiveUserSignInLogs" },
        "ResourceId": "/tenants/11111111-0000-4000-8000-000000000001/providers/Microsoft.aadiam",
        "ResultType": if n == 5 { "50076" } else { "0" },
        "ResultDescription": if n == 5 { "Use multifactor, \"now\"." } else { "Other." },
        "CorrelationId": format!("22222222-0000-4000-8000-0000000000{n:02}"),
        "Id": format!("33333333-0000-4000-8000-0000000000{n:02}"),
        "Identity": "Zoë Example",
        "UserDisplayName": "Zoë Example",
        "UserPrincipalName": "Zoe@contoso.com",
        "UserId": "44444444-0000-4000-8000-000000000001",
        "UserType": "Member",
        "AppId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
        "AppDisplayName": "Microsoft Azure CLI",
        "ResourceIdentity": format!("55555555-0000-4000-8000-00000000000{}", n % 4),
        "ResourceDisplayName": format!("Example Resource {}", n % 4),
        "IPAddress": if n == 7 { "2001:db8::7" } else { "203.0.113.9" },
        "AutonomousSystemNumber": "64500",
        "UserAgent": "Mozilla/5.0 (X11; Linux) \\ \u{1f41f}\tx",
        "AuthenticationProtocol": if n == 0 { "deviceCode" } else { "none" },
        "OriginalTransferMethod": "deviceCodeFlow",
        "IncomingTokenType": if n == 4 { "primaryRefreshToken,saml20" } else { "refreshToken" },
        "SessionId": "66666666-0000-4000-8000-000000000001",
        "UniqueTokenIdentifier": format!("AAAAAAAAAAAAAAAAAAAA{n:02}"),
        "HomeTenantId": "11111111-0000-4000-8000-000000000001",
        "ResourceTenantId": "11111111-0000-4000-8000-000000000001",
        // Log Analytics keeps these as text in one table and as objects in the other.
        "DeviceDetail": if interactive { device } else { Value::from(device.to_string()) },
        "LocationDetails": if interactive { place } else { Value::from(place.to_string()) },
        "Location": "US",
        "AuthenticationProcessingDetails": serde_json::to_string_pretty(&details).unwrap(),
        "AuthenticationDetails": steps.to_string(),
        "IsThroughGlobalSecureAccess": n == 7,
        "ClientAppUsed": "Mobile Apps and Desktop clients",
        "ConditionalAccessStatus": "notApplied",
        "AuthenticationRequirement": "singleFactorAuthentication",
        "RiskLevelDuringSignIn": "none",
        "IsInteractive": interactive,
        "FlaggedForReview": null,
        "Type": if interactive { "SigninLogs" } else { "AADNonInteractiveUserSignInLogs" },
    }))
}

fn call(n: u32) -> Map<String, Value> {
    object(json!({
        "TimeGenerated": format!("2026-05-01T14:{n:02}:30.0000001Z"),
        "RequestId": format!("77777777-0000-4000-8000-0000000000{n:02}"),
        "OperationId": format!("88888888-0000-4000-8000-0000000000{n:02}"),
        "SignInActivityId": format!("AAAAAAAAAAAAAAAAAAAA{n:02}"),
        "SessionId": "66666666-0000-4000-8000-000000000001",
        "DeviceId": "99999999-0000-4000-8000-000000000001",
        "UserId": "44444444-0000-4000-8000-000000000001",
        "AppId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
        "IPAddress": "203.0.113.9",
        "UserAgent": "curl/8.7.1",
        "Location": "East US 2",
        "RequestMethod": "GET",
        "RequestUri": format!("https://graph.microsoft.com/v1.0/users?$skip={n}&$top=5"),
        "ResponseStatusCode": 200 + n,
        "Scopes": "User.Read Mail.Read",
        "ClientAuthMethod": if n == 3 { "2" } else { "0" },
        "Type": "MicrosoftGraphActivityLogs",
    }))
}

pub(crate) fn is_call(row: &Map<String, Value>) -> bool {
    row.contains_key("RequestUri")
}

pub(crate) fn lines(rows: impl Iterator<Item = Value>) -> String {
    rows.map(|row| format!("{row}\n")).collect()
}

fn values(rows: &[Map<String, Value>]) -> Vec<Value> {
    rows.iter().cloned().map(Value::Object).collect()
}

/// The whole bundle in every shape that can hold all of it.
pub(crate) fn shapes(rows: &[Map<String, Value>]) -> Vec<(&'static str, String)> {
    let diagnostics: Vec<Value> = rows.iter().map(diagnostics).collect();
    let texts: Vec<Value> = diagnostics.iter().cloned().map(properties_as_text).collect();
    vec![
        ("ndjson", lines(values(rows).into_iter())),
        ("crlf.ndjson", lines(values(rows).into_iter()).replace('\n', "\r\n")),
        ("array.json", Value::from(values(rows)).to_string()),
        ("pretty.json", serde_json::to_string_pretty(&values(rows)).unwrap()),
        (
            "concatenated.json",
            rows.chunks(5).map(|c| Value::from(values(c)).to_string()).collect::<Vec<_>>().join("\r\n"),
        ),
        ("objects.json", values(rows).iter().map(|row| serde_json::to_string_pretty(row).unwrap()).collect()),
        ("arrays.ndjson", rows.chunks(5).map(|c| format!("{}\n", Value::from(values(c)))).collect()),
        ("query.json", query(rows)),
        ("kusto-v1.json", kusto_v1(rows)),
        ("kusto-v2.json", kusto_v2(rows)),
        ("diagnostics.ndjson", lines(diagnostics.iter().cloned())),
        ("text-properties.ndjson", lines(texts.into_iter())),
        ("records.json", json!({ "records": diagnostics }).to_string()),
        ("kusto-progressive.json", kusto_progressive(rows)),
        ("splunk.ndjson", lines(diagnostics.iter().map(|row| json!({"preview": false, "result": {"_raw": row.to_string()}})))),
        ("splunk.json", json!({"preview": false, "results": diagnostics.iter().map(|row| json!({"_raw": row.to_string()})).collect::<Vec<_>>()}).to_string()),
        ("elastic.ndjson", lines(diagnostics.iter().map(elastic))),
        ("elastic.json", json!({"took": 1, "hits": {"total": {"value": 24}, "hits": diagnostics.iter().map(elastic).collect::<Vec<_>>()}, "status": 200}).to_string()),
        ("strings.ndjson", lines(diagnostics.iter().map(|row| Value::from(row.to_string())))),
        ("twice.json", Value::from(Value::from(values(rows)).to_string()).to_string()),
        ("syslog.log", diagnostics.iter().map(|row| format!("<14>1 2026-05-20T14:02:00Z c1 azure 7 - - {row}\n")).collect()),
        ("warning.json", format!("WARNING: this command is in preview.\n{}", Value::from(values(rows)))),
        ("shipper.ndjson", lines(diagnostics.iter().map(|row| json!({"@timestamp": "2026-05-20T14:02:00Z", "host": "c1", "message": row.to_string()})))),
        ("capture.ndjson", lines(diagnostics.chunks(5).map(|c| json!({"Offset": "0", "Body": {"bytes": json!({ "records": c }).to_string()}})))),
        ("answer.json", json!({"statusCode": 200, "body": {"count": rows.len(), "rows": {"items": values(rows)}}}).to_string()),
        ("messages.ndjson", diagnostics.chunks(5).map(|c| format!("{}\n", json!({ "records": c }))).collect()),
    ]
}

/// The rows as one table with the union of their columns, and the names of those.
fn table(rows: &[Map<String, Value>]) -> (Vec<String>, Vec<Vec<Value>>) {
    let mut columns: Vec<String> = rows.iter().flat_map(|row| row.keys().cloned()).collect();
    columns.sort();
    columns.dedup();
    let cells =
        |row: &Map<String, Value>| columns.iter().map(|name| row.get(name).cloned().unwrap_or_default()).collect();
    let table = rows.iter().map(cells).collect();
    (columns, table)
}

fn query(rows: &[Map<String, Value>]) -> String {
    let (columns, table) = table(rows);
    let columns: Vec<Value> = columns.iter().map(|name| json!({"name": name, "type": "string"})).collect();
    format!(
        "{{\"tables\": [ {{\"name\":\"PrimaryResult\",\"columns\":{},\n\"rows\": {}}} ]}}",
        Value::from(columns),
        serde_json::to_string_pretty(&table).unwrap()
    )
}

fn kusto_v1(rows: &[Map<String, Value>]) -> String {
    let (columns, table) = table(rows);
    let columns: Vec<Value> = columns.iter().map(|name| json!({"ColumnName": name, "DataType": "String"})).collect();
    format!("{{\"Tables\":[{{\"TableName\":\"Table_0\",\"Columns\":{},\"Rows\":{}}}]}}", json!(columns), json!(table))
}

fn kusto_v2(rows: &[Map<String, Value>]) -> String {
    let (columns, table) = table(rows);
    let columns: Vec<Value> = columns.iter().map(|name| json!({"ColumnName": name, "ColumnType": "string"})).collect();
    format!(
        "[{{\"FrameType\":\"DataSetHeader\",\"Version\":\"v2.0\"}},\n\
         {{\"FrameType\":\"DataTable\",\"TableKind\":\"QueryProperties\",\"TableName\":\"@ExtendedProperties\",\"Columns\":[{{\"ColumnName\":\"Key\",\"ColumnType\":\"string\"}}],\"Rows\":[[\"x\"]]}},\n\
         {{\"FrameType\":\"DataTable\",\"TableKind\":\"PrimaryResult\",\"TableName\":\"PrimaryResult\",\"Columns\":{},\"Rows\":{}}},\n\
         {{\"FrameType\":\"DataSetCompletion\",\"HasErrors\":false,\"Cancelled\":false}}]",
        json!(columns),
        json!(table)
    )
}

/// The rows in pieces, as a progressive query sends them: written out, since a frame's rows come last.
fn kusto_progressive(rows: &[Map<String, Value>]) -> String {
    let (columns, table) = table(rows);
    let columns: Vec<Value> = columns.iter().map(|name| json!({"ColumnName": name, "ColumnType": "string"})).collect();
    let mut frames = vec![
        "\"DataSetHeader\",\"IsProgressive\":true,\"Version\":\"v2.0\"".to_owned(),
        format!(
            "\"TableHeader\",\"TableId\":1,\"TableKind\":\"PrimaryResult\",\"TableName\":\"PrimaryResult\",\"Columns\":{}",
            json!(columns)
        ),
    ];
    for rows in table.chunks(7) {
        let rows = json!(rows);
        frames.push(format!("\"TableFragment\",\"TableFragmentType\":\"DataAppend\",\"TableId\":1,\"Rows\":{rows}"));
        frames.push("\"TableProgress\",\"TableId\":1,\"TableProgress\":50".to_owned());
    }
    frames.push(format!("\"TableCompletion\",\"TableId\":1,\"RowCount\":{}", table.len()));
    frames.push("\"DataSetCompletion\",\"HasErrors\":false,\"Cancelled\":false".to_owned());
    let frames: Vec<String> = frames.into_iter().map(|frame| format!("{{\"FrameType\":{frame}}}")).collect();
    format!("[{}]", frames.join(",\n"))
}

/// A hit of Elastic's, which keeps the record it was made from.
fn elastic(record: &Value) -> Value {
    json!({"_index": "logs-azure", "_id": "x", "_score": 1.0, "_source": {
        "event": {"dataset": "azure.signinlogs", "original": record.to_string()},
        "source": {"geo": {"city_name": "Elsewhere"}},
        "tags": ["preserve_original_event"],
    }})
}

/// A column's name inside `properties` and in Graph.
fn camel(name: &str) -> String {
    match name {
        "ResourceIdentity" => "resourceId".to_owned(),
        "IPAddress" => "ipAddress".to_owned(),
        "LocationDetails" => "location".to_owned(),
        _ => name[..1].to_lowercase() + &name[1..],
    }
}

fn parsed(value: &Value) -> Value {
    value.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| value.clone())
}

pub(crate) fn diagnostics(row: &Map<String, Value>) -> Value {
    let mut inner = Map::new();
    for (name, value) in row {
        match name.as_str() {
            "TimeGenerated" | "Category" | "ResourceId" | "Type" | "Identity" => {}
            "ResultType" | "ResultDescription" | "Location" if !is_call(row) => {}
            "DeviceDetail" | "LocationDetails" | "AuthenticationProcessingDetails" | "AuthenticationDetails" => {
                inner.insert(camel(name), parsed(value));
            }
            "AutonomousSystemNumber" => {
                inner.insert(camel(name), json!(64500));
            }
            "SessionId" | "DeviceId" if is_call(row) => {
                inner.insert(if name == "DeviceId" { "C_DeviceId" } else { "C_Sid" }.to_owned(), value.clone());
            }
            "UserId" if is_call(row) => {
                inner.insert("UserPrincipalObjectID".to_owned(), value.clone());
            }
            _ => {
                inner.insert(camel(name), value.clone());
            }
        }
    }
    let mut record = object(json!({
        "time": row["TimeGenerated"],
        "resourceId": "/tenants/11111111-0000-4000-8000-000000000001/providers/Microsoft.aadiam",
        "category": row.get("Category").cloned().unwrap_or_else(|| "MicrosoftGraphActivityLogs".into()),
        "tenantId": "11111111-0000-4000-8000-000000000001",
        "Level": 4,
        "correlationId": row.get("CorrelationId").or_else(|| row.get("RequestId")),
        "callerIpAddress": row["IPAddress"],
        "location": row["Location"],
        "properties": inner,
    }));
    if !is_call(row) {
        for (name, column) in
            [("identity", "Identity"), ("resultType", "ResultType"), ("resultDescription", "ResultDescription")]
        {
            record.insert(name.to_owned(), row[column].clone());
        }
    }
    Value::Object(record)
}

fn properties_as_text(mut record: Value) -> Value {
    let text = record["properties"].to_string();
    record["properties"] = Value::from(text);
    record
}

/// The sign-ins as Graph has them.
pub(crate) fn graph(rows: &[Map<String, Value>]) -> Vec<Value> {
    let item = |row: &Map<String, Value>| {
        let mut item = Map::new();
        for (name, value) in row {
            match name.as_str() {
                "TimeGenerated" | "Category" | "ResourceId" | "Type" | "Identity" | "ResultType" | "Location"
                | "ResultDescription" => {}
                "DeviceDetail" | "LocationDetails" | "AuthenticationProcessingDetails" | "AuthenticationDetails" => {
                    item.insert(camel(name), parsed(value));
                }
                "AutonomousSystemNumber" => {
                    item.insert(camel(name), json!(64500));
                }
                "IncomingTokenType" => {
                    let words: Vec<&str> = value.as_str().unwrap().split(',').collect();
                    item.insert(camel(name), json!(words));
                }
                _ => {
                    item.insert(camel(name), value.clone());
                }
            }
        }
        let code: u32 = row["ResultType"].as_str().unwrap().parse().unwrap();
        item.insert("status".to_owned(), json!({"errorCode": code, "failureReason": row["ResultDescription"]}));
        Value::Object(item)
    };
    rows.iter().filter(|row| !is_call(row)).map(item).collect()
}

pub(crate) fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The rows as the Log Analytics portal saves a union: object columns twice, times with their zone in the header.
pub(crate) fn log_analytics_csv(rows: &[Map<String, Value>]) -> String {
    let (columns, table) = table(rows);
    let mut csv = String::new();
    for name in &columns {
        let name = match name.as_str() {
            "TimeGenerated" | "CreatedDateTime" => format!("{name} [UTC]"),
            "DeviceDetail" | "LocationDetails" => format!("{name}_dynamic,{name}_string"),
            name => name.to_owned(),
        };
        csv += &format!("{name},");
    }
    csv += "Extra\r\n";
    for row in table {
        for (name, value) in columns.iter().zip(row) {
            let text = cell(&plain(&value));
            csv += &match (name.as_str(), value.is_object()) {
                ("DeviceDetail" | "LocationDetails", true) => format!("{text},,"),
                ("DeviceDetail" | "LocationDetails", false) => format!(",{text},"),
                _ => format!("{text},"),
            };
        }
        csv += "\r\n";
    }
    csv
}

/// The sign-ins of one kind as the Entra portal saves them.
pub(crate) fn portal_csv(rows: &[Map<String, Value>], interactive: bool) -> String {
    const COLUMNS: [(&str, &str); 24] = [
        ("Date (UTC)", "CreatedDateTime"),
        ("Request ID", "Id"),
        ("User agent", "UserAgent"),
        ("Correlation ID", "CorrelationId"),
        ("User ID", "UserId"),
        ("User", "UserDisplayName"),
        ("Username", "UserPrincipalName"),
        ("User type", "UserType"),
        ("Incoming token type", "IncomingTokenType"),
        ("Authentication Protocol", "AuthenticationProtocol"),
        ("Unique token identifier", "UniqueTokenIdentifier"),
        ("Original transfer method", "OriginalTransferMethod"),
        ("Application", "AppDisplayName"),
        ("Application ID ", "AppId"),
        ("Resource", "ResourceDisplayName"),
        ("Resource ID ", "ResourceIdentity"),
        ("Home tenant ID", "HomeTenantId"),
        ("Resource tenant ID", "ResourceTenantId"),
        ("IP address", "IPAddress"),
        ("Failure reason", "ResultDescription"),
        ("Client app", "ClientAppUsed"),
        ("Session ID", "SessionId"),
        ("Autonomous system  number", "AutonomousSystemNumber"),
        ("Conditional Access", "ConditionalAccessStatus"),
    ];
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let mut csv = format!(
        "\u{feff}{},Location,Status,Sign-in error code,Device ID,Browser,Operating System,Compliant,Incoming token type,Authentication requirement\n",
        names.join(",")
    );
    for row in rows.iter().filter(|row| !is_call(row) && row["IsInteractive"] == json!(interactive)) {
        for (_, column) in COLUMNS {
            csv += &format!("{},", cell(&plain(&row[column])));
        }
        let failed = row["ResultType"] != json!("0");
        let browser = parsed(&row["DeviceDetail"])["browser"].as_str().unwrap().to_owned();
        csv += &format!(
            "\"Example City, Example State, US\",{},,{browser},Windows 10,,,{}\n",
            if failed { "Failure,50076" } else { "Success," },
            plain(&row["AuthenticationRequirement"])
        );
    }
    csv
}
