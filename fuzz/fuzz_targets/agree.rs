//! The quick and the strict way through a record give the same event: `properties` as an object is read the quick
//! way, `properties` as a text the strict one.
#![no_main]
mod shared;
use serde_json::{Map, Value, json};
use tokentrail::testing::ingest::Loaded;
use tokentrail::testing::model::Field;

fn events_of(loaded: &Loaded) -> Vec<String> {
    let event = |(id, event): (_, tokentrail::testing::store::Event<'_>)| {
        let fields: Vec<&str> = Field::ALL.iter().map(|field| loaded.store.get(id, *field)).collect();
        format!("{:?} {} {} {fields:?}", event.table, event.created, event.ingested)
    };
    loaded.store.events().map(event).collect()
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(members) = serde_json::from_str::<Map<String, Value>>(text) else { return };
    let nested = members.values().any(|value| value.is_object() || value.is_array());
    let envelope = |properties: Value| {
        let row = json!({"time": "2026-05-01T00:00:00Z", "category": "SignInLogs", "properties": properties});
        shared::read(format!("{row}\n").as_bytes())
    };
    let quick = envelope(Value::from(members.clone()));
    let strict = envelope(Value::from(Value::from(members).to_string()));
    // Only the depth that is allowed differs: a text nests nothing.
    if !nested {
        assert_eq!(events_of(&quick), events_of(&strict));
    }
});
