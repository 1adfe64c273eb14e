//! Rows of the audit tables: hostile members, in every shape, stop nothing, and a record is one event however it is
//! wrapped.
#![no_main]
mod shared;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use tokentrail::testing::facts::Facts;
use tokentrail::testing::ingest::Loaded;
use tokentrail::testing::model::Field;
use tokentrail::testing::report::{Format, timeline, write};
use tokentrail::testing::triage::acts::words;
use tokentrail::testing::triage::timeline::of_user;

/// Brackets in a record that no limit of depth tells from its text.
const FEW: usize = 16;

/// The members with others in the place of those of the same name, in any case.
fn with(members: &Map<String, Value>, others: Value) -> Value {
    let Value::Object(others) = others else { return Value::Null };
    let is_other = |name: &str| others.keys().any(|other| other.eq_ignore_ascii_case(name));
    let mut all: Map<String, Value> = others.clone();
    all.extend(members.iter().filter(|(name, _)| !is_other(name)).map(|(name, value)| (name.clone(), value.clone())));
    Value::Object(all)
}

fn events_of(loaded: &Loaded) -> Vec<String> {
    let live = loaded.store.events().filter(|(_, event)| !event.is_duplicate());
    let event = |(id, event): (_, tokentrail::testing::store::Event<'_>)| {
        let fields: Vec<&str> = Field::ALL.iter().map(|field| loaded.store.get(id, *field)).collect();
        format!("{:?} {} {fields:?} {:?}", event.table, event.created, loaded.store.acted_upon(id))
    };
    live.map(event).collect()
}

fn read(rows: &[Value]) -> Loaded {
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    shared::read(text.as_bytes())
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(members) = serde_json::from_str::<Map<String, Value>>(text) else { return };
    let time = "2026-05-01T14:00:00";
    let all = Value::Object(members.clone());
    let record = with(&members, json!({"Operation": "Send", "CreationTime": time, "Id": "i", "RecordType": 2}));
    let text = Value::from(record.to_string());
    let rows = [
        record.clone(),
        json!({"AuditData": text, "UserIds": "u", "Operations": "Send", "Identity": "i"}),
        json!({"AuditData": record, "UserIds": "u", "Operations": "Send", "Identity": "i"}),
        json!({"ActionType": "Send", "ReportId": "1_2_i", "Timestamp": time, "RawEventData": record}),
        json!({"ActionType": "Send", "ReportId": "1_2_i", "Timestamp": time, "RawEventData": text}),
        json!({"auditLogRecordType": "x", "id": "i", "auditData": record}),
        json!({"auditLogRecordType": "x", "id": "i", "auditData": {"dynamicProperties": record}}),
        json!({"o365": {"audit": record}, "event": {"action": "Send"}}),
        json!({"result": {"_raw": text}}),
        with(&members, json!({"OfficeWorkload": "Exchange", "OfficeId": "o", "Operation": "Send", "TimeGenerated": time})),
        with(&members, json!({"Type": "AuditLogs", "OperationName": "Update user", "ActivityDateTime": time, "Id": "a"})),
        json!({"time": time, "category": "AuditLogs", "operationName": "x", "properties": all}),
        json!({"activityDisplayName": "x", "activityDateTime": time, "initiatedBy": all, "targetResources": [all]}),
        with(&members, json!({"Activity": "x", "ActorType": "User", "Date (UTC)": time, "CorrelationId": "c"})),
        with(&members, json!({"Type": "AzureActivity", "OperationNameValue": "a/b", "TimeGenerated": time})),
        json!({"time": time, "category": "Administrative", "operationName": "a/b", "identity": all, "properties": all}),
        json!({"eventTimestamp": time, "operationName": {"value": "a/b"}, "claims": all, "eventDataId": "e"}),
    ];
    let loaded = read(&rows);
    shared::analyse(&loaded);
    let facts = Facts::embedded();
    for (user, _) in loaded.store.users() {
        let events = of_user(&loaded.store, user);
        let (ties, hits) = (timeline::ties(&loaded, facts, events), HashMap::new());
        write(timeline::rows(&loaded, facts, &[user], events, &ties, &hits, None), Format::Jsonl, &mut std::io::sink())
            .expect("nothing is written");
        for event in events.iter().map(|event| loaded.store.event(*event)) {
            words(&loaded.store, facts, event, !event.succeeded());
        }
    }
    // A text nests nothing, so only the depth that is allowed may differ.
    if record.to_string().matches(['{', '[']).count() < FEW && members.keys().all(|name| name.is_ascii()) {
        let bare = events_of(&read(&rows[..1]));
        // A member may make it a page of other rows, or a row of another table, or hide its id.
        if bare.len() != 1 || !bare[0].starts_with("UnifiedAudit") || !bare[0].contains("[\"i\",") {
            return;
        }
        assert_eq!(bare, events_of(&read(&[json!({"result": {"_raw": text}})])));
        assert_eq!(bare.len(), events_of(&read(&rows[..2])).len());
    }
});
