//! The made-up bundle's rows as collectors, search tools and hunting screens write them.

use super::bundle::{cell, is_call, lines, plain};
use serde_json::{Map, Value, json};
use tokentrail::testing::model::{Field, Table};

pub(crate) type Row = Map<String, Value>;

/// Fields that Graph's v1.0 leaves out.
pub(crate) const V1_FIELDS: &[Field] = &[
    Field::Identity,
    Field::AuthenticationProtocol,
    Field::IncomingTokenType,
    Field::OriginalTransferMethod,
    Field::SessionId,
    Field::TokenId,
    Field::AuthenticationDetails,
];

/// A folder a table, as Log Analytics' data export makes them.
pub(crate) fn containers(rows: &[Row]) -> Vec<(String, String)> {
    let table = |name: &str| {
        let rows = rows.iter().filter(|row| row["Type"] == json!(name)).map(|row| {
            Value::Object(
                row.iter()
                    .filter(|(key, _)| !["Type", "Category", "IsInteractive"].contains(&key.as_str()))
                    .map(owned)
                    .collect(),
            )
        });
        (format!("am-{name}/y=2026/m=05/d=01/h=14/m=00/PT05M.json"), lines(rows))
    };
    Table::ALL.map(|kind| table(kind.name())).into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

fn owned((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}

pub(crate) fn capitalised(row: &Row) -> Value {
    let mut row = row.clone();
    row.remove("Type");
    let time = row.remove("TimeGenerated");
    row.insert("Time".to_owned(), time.unwrap());
    row.entry("Category").or_insert_with(|| "MicrosoftGraphActivityLogs".into());
    Value::Object(row)
}

pub(crate) fn single_quoted(record: &Value) -> Value {
    fn literal(value: &Value) -> String {
        let quoted = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\t', "\\t"));
        let joined = |parts: Vec<String>| parts.join(", ");
        match value {
            Value::Null => "None".to_owned(),
            Value::Bool(flag) => if *flag { "True" } else { "False" }.to_owned(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => quoted(text),
            Value::Array(items) => format!("[{}]", joined(items.iter().map(literal).collect())),
            Value::Object(members) => {
                format!(
                    "{{{}}}",
                    joined(members.iter().map(|(key, value)| format!("{}: {}", quoted(key), literal(value))).collect())
                )
            }
        }
    }
    let mut record = record.clone();
    record["properties"] = literal(&record["properties"]).into();
    record
}

pub(crate) fn panther(record: &Value) -> Value {
    let mut record = record.clone();
    record["time"] = record["time"].as_str().unwrap()[..23].replace('T', " ").into();
    record["p_log_type"] = "Azure.Audit".into();
    record["p_event_time"] = "2026-05-01 14:00:00.000".into();
    record
}

/// Two pages in one file, with a mark; single rows as bare objects; and all of it joined as the tool joins it.
pub(crate) fn extractor(prompts: &[Value], exchanges: &[Value]) -> Vec<(String, String)> {
    let tree = "Output/EntraID/20260502-101010-SignInLogs";
    let pages: Vec<String> = exchanges.chunks(5).map(|page| serde_json::to_string_pretty(page).unwrap()).collect();
    let concatenated = pages.join("\r\n");
    let bare = |(n, row): (usize, &Value)| {
        (
            format!("{tree}/interactiveUser/2026050210101{n}-interactiveUser-SignInLogs.json"),
            serde_json::to_string_pretty(row).unwrap(),
        )
    };
    let inner = |text: &str| text.trim().trim_start_matches('[').trim_end_matches(']').to_owned();
    let merged =
        format!("[{},{}]", inner(&concatenated), prompts.iter().map(Value::to_string).collect::<Vec<_>>().join(","));
    let mut files: Vec<(String, String)> = prompts.iter().enumerate().map(bare).collect();
    let name = format!("{tree}/nonInteractiveUser/20260502101010-nonInteractiveUser-SignInLogs.json");
    files.push((name, format!("\u{feff}{concatenated}\r\n")));
    files.push((format!("{tree}/Merged/SignInLogs-interactiveUser-nonInteractiveUser-Combined.json"), merged));
    files
}

pub(crate) fn unlabelled(row: &Value) -> Value {
    let mut row = row.clone();
    row.as_object_mut().unwrap().remove("isInteractive");
    row
}

/// Graph's v1.0 as Windows PowerShell writes its objects: capitals, dates in milliseconds, what is too deep as a text.
pub(crate) fn hawk(row: &Value) -> Value {
    let pascal = |name: &str| name[..1].to_uppercase() + &name[1..];
    let flattened = |value: &Value| {
        let member = |(key, value): (&String, &Value)| format!("{}={}", pascal(key), plain(value));
        format!("@{{{}}}", value.as_object().unwrap().iter().map(member).collect::<Vec<_>>().join("; "))
    };
    let without = V1_FIELDS.iter().map(|field| field.column()).collect::<Vec<_>>();
    let members = row
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| (pascal(key), value))
        .filter(|(key, _)| !without.contains(&key.as_str()));
    let values = members.map(|(key, value)| {
        let value = match key.as_str() {
            "CreatedDateTime" => {
                let minutes: i64 = value.as_str().unwrap()[14..16].parse().unwrap();
                // 2026-05-01T14:00:00Z
                format!("/Date({})/", 1_777_644_000_000 + minutes * 60_000).into()
            }
            "DeviceDetail" | "Location" | "Status" => flattened(value).into(),
            _ => value.clone(),
        };
        (key, value)
    });
    Value::Object(values.collect())
}

pub(crate) fn dates(rows: &Value) -> String {
    rows.to_string().replace("\"/Date(", "\"\\/Date(").replace(")/\"", ")\\/\"")
}

/// Members of objects as columns, those of objects in arrays as lists.
pub(crate) fn flat(record: &Value) -> Row {
    fn add(value: &Value, prefix: &str, out: &mut Row) {
        for (key, value) in value.as_object().unwrap() {
            let name = format!("{prefix}{key}");
            match value {
                Value::Object(_) => add(value, &format!("{name}."), out),
                Value::Array(items) => {
                    for member in items.first().and_then(Value::as_object).into_iter().flat_map(Map::keys) {
                        let list: Vec<Value> = items.iter().map(|item| item[member].clone()).collect();
                        out.insert(format!("{name}{{}}.{member}"), list.into());
                    }
                }
                Value::Null => {}
                value => drop(out.insert(name, plain(value).into())),
            }
        }
    }
    let mut out = Row::new();
    add(record, "", &mut out);
    out
}

/// A column for each value, its path as the name: lists have none.
pub(crate) fn columns(record: &Value) -> Row {
    flat(record).into_iter().filter(|(name, _)| !name.contains("{}")).collect()
}

pub(crate) fn elastic(record: &Value) -> Value {
    fn snake(value: &Value) -> Value {
        let name = |key: &str| {
            let mut name = String::new();
            for c in key.chars() {
                if c.is_uppercase() && name.ends_with(|last: char| last.is_lowercase()) {
                    name.push('_');
                }
                name.extend(c.to_lowercase());
            }
            name
        };
        match value {
            Value::Object(members) => {
                members.iter().map(|(key, value)| (name(key), snake(value))).collect::<Row>().into()
            }
            value => value.clone(),
        }
    }
    let mut properties = snake(&record["properties"]);
    let mut take = |name: &str| properties.as_object_mut().unwrap().remove(name);
    let address = take("ip_address");
    let agent = take("user_agent");
    let uri = take("request_uri");
    let (data, kept) = if uri.is_some() {
        ("azure.graphactivitylogs", "graphactivitylogs")
    } else {
        ("azure.signinlogs", "signinlogs")
    };
    json!({"_index": "logs", "_source": {
        "@timestamp": record["time"], "event": {"dataset": data}, "source": {"ip": address},
        "user_agent": {"original": agent}, "url": {"original": uri},
        "azure": {"tenant_id": record["tenantId"], "correlation_id": record["correlationId"], kept: {
            "category": record["category"], "identity": record["identity"], "result_type": record["resultType"],
            "result_description": record["resultDescription"], "properties": properties,
        }},
    }})
}

pub(crate) fn defender(row: &Row) -> Row {
    let mut out = Row::new();
    let mut put = |name: &str, value: Value| drop(out.insert(name.to_owned(), value));
    let created = row.get("CreatedDateTime").unwrap_or(&row["TimeGenerated"]);
    put("Timestamp", created.clone());
    for (name, column) in [
        ("ApplicationId", "AppId"),
        ("AccountObjectId", "UserId"),
        ("IPAddress", "IPAddress"),
        ("UserAgent", "UserAgent"),
        ("SessionId", "SessionId"),
    ] {
        put(name, row[column].clone());
    }
    if is_call(row) {
        put("UniqueTokenIdentifier", row["SignInActivityId"].clone());
        for name in [
            "RequestId",
            "OperationId",
            "RequestMethod",
            "RequestUri",
            "ResponseStatusCode",
            "Scopes",
            "Location",
            "DeviceId",
        ] {
            put(name, row[name].clone());
        }
        return out;
    }
    for (name, column) in [
        ("Application", "AppDisplayName"),
        ("ErrorCode", "ResultType"),
        ("CorrelationId", "CorrelationId"),
        ("AccountDisplayName", "UserDisplayName"),
        ("AccountUpn", "UserPrincipalName"),
        ("ResourceDisplayName", "ResourceDisplayName"),
        ("ResourceId", "ResourceIdentity"),
        ("ResourceTenantId", "ResourceTenantId"),
        ("AuthenticationProcessingDetails", "AuthenticationProcessingDetails"),
        ("AuthenticationRequirement", "AuthenticationRequirement"),
        ("ClientAppUsed", "ClientAppUsed"),
        ("Country", "Location"),
        ("RequestId", "Id"),
        ("UniqueTokenId", "UniqueTokenIdentifier"),
    ] {
        put(name, row[column].clone());
    }
    let kind = if row["IsInteractive"] == json!(true) { "interactiveUser" } else { "nonInteractiveUser" };
    put("LogonType", json!([kind]).to_string().into());
    let typed = row["AuthenticationProtocol"] == json!("deviceCode");
    put("EndpointCall", if typed { "Cmsi:Cmsi" } else { "OAuth2:Token" }.into());
    out
}

pub(crate) fn stream(row: &Row, origin: &Row) -> Value {
    let table = if is_call(origin) { "GraphApiAuditEvents" } else { "EntraIdSignInEvents" };
    json!({"time": origin["TimeGenerated"], "operationName": "Publish", "category": format!("AdvancedHunting-{table}"), "properties": row})
}

pub(crate) fn analyzer(row: &Value) -> Row {
    let mut out = Row::new();
    for (key, value) in row.as_object().unwrap() {
        let name = match key.as_str() {
            "ipAddress" => "IpAddress".to_owned(),
            "autonomousSystemNumber" => "ASN".to_owned(),
            "deviceDetail"
            | "location"
            | "status"
            | "homeTenantId"
            | "resourceTenantId"
            | "authenticationProcessingDetails" => continue,
            key => key[..1].to_uppercase() + &key[1..],
        };
        let text = match value {
            Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
            value => plain(value),
        };
        out.insert(name, text.into());
    }
    out["CreatedDateTime"] = row["createdDateTime"].as_str().unwrap()[..19].replace('T', " ").into();
    out.insert("ErrorCode".to_owned(), row["status"]["errorCode"].clone());
    out.insert("FailureReason".to_owned(), row["status"]["failureReason"].clone());
    out.insert("Country".to_owned(), row["location"]["countryOrRegion"].clone());
    out
}

pub(crate) fn csv(rows: &[Row]) -> String {
    let mut columns: Vec<&String> = rows.iter().flat_map(Map::keys).collect();
    columns.sort_unstable();
    columns.dedup();
    let mut text = columns.iter().map(|name| cell(name)).collect::<Vec<_>>().join(",") + "\r\n";
    for row in rows {
        let cells = columns.iter().map(|name| cell(&row.get(*name).map(plain).unwrap_or_default()));
        text += &(cells.collect::<Vec<_>>().join(",") + "\r\n");
    }
    text
}
