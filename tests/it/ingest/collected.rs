//! The made-up bundle as collectors, search tools and hunting screens hand it over: the same events and the same hits,
//! up to what such a shape has no place for; and `info` names what an analytic misses of that.

use super::bundle::{self, diagnostics, graph, is_call, lines};
use super::collectors::{
    Row, V1_FIELDS, analyzer, capitalised, columns, containers, csv, dates, defender, elastic, extractor, flat, hawk,
    panther, single_quoted, stream, unlabelled,
};
use super::{file, read, read_one};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use tokentrail::testing::analytics::{Settings, run};
use tokentrail::testing::facts::Facts;
use tokentrail::testing::ingest::{Loaded, Options, shapes};
use tokentrail::testing::model::{Field, Flags, Table};
use tokentrail::testing::report::info::info;
use tokentrail::testing::store::Event;

/// One export of the bundle.
struct Export {
    name: &'static str,
    files: Vec<(String, String)>,
    shape: &'static str,
    /// Tables it holds.
    tables: &'static [Table],
    /// Fields it has no place for, with or without a reader.
    without: &'static [Field],
    /// Of those, what an analytic or a step reads: `info` names exactly these.
    lacks: &'static [&'static str],
    /// Analytics that find there what they find in the whole bundle.
    finds: &'static [&'static str],
}

const ALL: &[&str] = &["device-code-burst", "foci-burst", "session-hop-broad"];
const SIGN_INS: &[Table] = &[Table::SignIn, Table::NonInteractive];
const V1: &[&str] =
    &["AuthenticationProtocol", "IncomingTokenType", "OriginalTransferMethod", "SessionId", "UniqueTokenIdentifier"];
fn one(name: &str, text: String) -> Vec<(String, String)> {
    vec![(name.to_owned(), text)]
}

/// Whole records, in other clothes.
fn of_records(rows: &[Row]) -> Vec<Export> {
    let records: Vec<Value> = rows.iter().map(diagnostics).collect();
    vec![
        Export {
            name: "data export containers without a table in their rows",
            files: containers(rows),
            shape: "log-analytics-ndjson",
            tables: &Table::ALL,
            without: &[],
            lacks: &[],
            finds: ALL,
        },
        Export {
            name: "diagnostics with capitals and no properties",
            files: one("PT1H.json", lines(rows.iter().map(capitalised))),
            shape: "log-analytics-ndjson",
            tables: &Table::ALL,
            without: &[],
            lacks: &[],
            finds: ALL,
        },
        Export {
            name: "properties in single quotes",
            files: one("quotes.json", lines(records.iter().map(single_quoted))),
            shape: "diagnostics-ndjson",
            tables: &Table::ALL,
            without: &[],
            lacks: &[],
            finds: ALL,
        },
        Export {
            name: "diagnostics, printed",
            files: one("records.json", serde_json::to_string_pretty(&records).unwrap()),
            shape: "diagnostics-json",
            tables: &Table::ALL,
            without: &[],
            lacks: &[],
            finds: ALL,
        },
        Export {
            name: "Panther",
            files: one("panther.json", lines(records.iter().map(panther))),
            shape: "diagnostics-ndjson",
            tables: &Table::ALL,
            without: &[],
            lacks: &[],
            finds: ALL,
        },
        Export {
            name: "Defender's stream to an event hub",
            files: one("hub.json", lines(rows.iter().map(|row| stream(&defender(row), row)))),
            shape: "diagnostics-ndjson",
            tables: &Table::ALL,
            without: WITHOUT_DEFENDER,
            lacks: LACKS_DEFENDER,
            finds: &ALL[..2],
        },
    ]
}

/// Exports from Microsoft Graph: sign-ins.
fn of_graph(rows: &[Row]) -> Vec<Export> {
    let beta = graph(rows);
    let (prompts, exchanges): (Vec<Value>, Vec<Value>) =
        beta.iter().cloned().partition(|row| row["isInteractive"] == json!(true));
    vec![
        Export {
            name: "Microsoft-Extractor-Suite, pages and their merger",
            files: extractor(&prompts, &exchanges),
            shape: "graph-json",
            tables: SIGN_INS,
            without: &[Field::Identity],
            lacks: &[],
            finds: ALL,
        },
        Export {
            name: "Goose's refresh tokens",
            files: one("rt/rt_signin_log_2026-05-01.json", lines(exchanges.iter().map(unlabelled))),
            shape: "graph-ndjson",
            tables: &[Table::NonInteractive],
            without: &[Field::Identity],
            lacks: &[],
            finds: &["foci-burst"],
        },
        Export {
            name: "Hawk",
            files: one("Entra_Sign_In_Log_zoe.json", dates(&Value::from(beta.iter().map(hawk).collect::<Vec<_>>()))),
            shape: "graph-powershell",
            tables: SIGN_INS,
            without: V1_FIELDS,
            lacks: V1,
            finds: &["foci-burst"],
        },
        Export {
            name: "Microsoft-Analyzer-Suite",
            files: one("Untouched.csv", csv(&beta.iter().map(analyzer).collect::<Vec<_>>())),
            shape: "graph-csv",
            tables: SIGN_INS,
            without: WITHOUT_ANALYZER,
            lacks: &["AuthenticationProcessingDetails", "HomeTenantId", "ResourceTenantId"],
            finds: &ALL[..2],
        },
    ]
}

/// Exports of search tools and hunting screens.
fn of_tools(rows: &[Row]) -> Vec<Export> {
    let records: Vec<Value> = rows.iter().map(diagnostics).collect();
    vec![
        Export {
            name: "Splunk's flattened columns",
            files: one("flat.json", lines(records.iter().map(|row| json!({"preview": false, "result": flat(row)})))),
            shape: "splunk-ndjson",
            tables: &Table::ALL,
            without: WITHOUT_COLUMNS,
            lacks: &["AuthenticationProcessingDetails"],
            finds: ALL,
        },
        Export {
            name: "Splunk's flattened columns in a CSV",
            files: one("flat.csv", csv(&records.iter().map(flat).collect::<Vec<_>>())),
            shape: "splunk-csv",
            tables: &Table::ALL,
            without: WITHOUT_COLUMNS,
            lacks: &["AuthenticationProcessingDetails"],
            finds: ALL,
        },
        Export {
            name: "Elastic's common schema",
            files: one("hits.ndjson", lines(records.iter().map(elastic))),
            shape: "elastic-ndjson",
            tables: &Table::ALL,
            without: &[],
            lacks: &[],
            finds: ALL,
        },
        Export {
            name: "Elastic's common schema in a CSV",
            files: one(
                "discover.csv",
                csv(&records.iter().map(|row| columns(&elastic(row)["_source"])).collect::<Vec<_>>()),
            ),
            shape: "elastic-csv",
            tables: &Table::ALL,
            without: WITHOUT_COLUMNS,
            lacks: &["AuthenticationProcessingDetails"],
            finds: ALL,
        },
        Export {
            name: "Defender's hunting tables by its interface",
            files: one(
                "hunt.json",
                serde_json::to_string_pretty(&rows.iter().map(defender).collect::<Vec<_>>()).unwrap(),
            ),
            shape: "defender-xdr-json",
            tables: &Table::ALL,
            without: WITHOUT_DEFENDER,
            lacks: LACKS_DEFENDER,
            finds: &ALL[..2],
        },
        Export {
            name: "Defender's hunting tables, a line each",
            files: one("hunt.ndjson", lines(rows.iter().map(|row| defender(row).into()))),
            shape: "defender-xdr-ndjson",
            tables: &Table::ALL,
            without: WITHOUT_DEFENDER,
            lacks: LACKS_DEFENDER,
            finds: &ALL[..2],
        },
        Export {
            name: "Defender's hunting tables",
            files: vec![
                (
                    "signins.csv".to_owned(),
                    csv(&rows.iter().filter(|row| !is_call(row)).map(defender).collect::<Vec<_>>()),
                ),
                (
                    "calls.csv".to_owned(),
                    csv(&rows.iter().filter(|row| is_call(row)).map(defender).collect::<Vec<_>>()),
                ),
            ],
            shape: "defender-xdr-csv",
            tables: &Table::ALL,
            without: WITHOUT_DEFENDER,
            lacks: LACKS_DEFENDER,
            finds: &ALL[..2],
        },
    ]
}

/// Fields without a column of their own where every member of an object has one.
const WITHOUT_COLUMNS: &[Field] = &[Field::LocationDetails, Field::ProcessingDetails, Field::AuthenticationDetails];
const WITHOUT_DEFENDER: &[Field] = &[
    Field::Identity,
    Field::UserType,
    Field::Asn,
    Field::ResultDescription,
    // But for device code, which the endpoint tells.
    Field::AuthenticationProtocol,
    Field::OriginalTransferMethod,
    Field::IncomingTokenType,
    Field::HomeTenantId,
    Field::DeviceDetail,
    Field::LocationDetails,
    Field::ConditionalAccessStatus,
    Field::RiskLevel,
    Field::AuthenticationDetails,
];
const LACKS_DEFENDER: &[&str] = &["HomeTenantId", "IncomingTokenType", "OriginalTransferMethod"];
const WITHOUT_ANALYZER: &[Field] = &[
    Field::Identity,
    Field::HomeTenantId,
    Field::ResourceTenantId,
    Field::DeviceDetail,
    Field::LocationDetails,
    Field::ProcessingDetails,
    Field::AuthenticationDetails,
];

/// An event's table, its time to the second, and its fields by name, but for `without`.
type Described = (Table, String, BTreeMap<&'static str, String>);

/// The events by id, copies as one.
fn described(loaded: &Loaded, tables: &[Table], without: &[Field]) -> BTreeMap<String, Described> {
    let store = &loaded.store;
    let fields = |event: Event<'_>| {
        let held = Field::ALL.into_iter().filter(|field| !without.contains(field) && !event.get(*field).is_none());
        // Defender's tables have no columns of flags.
        let kept = if without == WITHOUT_DEFENDER { 0 } else { event.flags.0 & Flags::OF_COLUMNS.0 };
        let flags = format!("{:?}", Flags(kept));
        held.map(|field| (field.column(), normal(store.text(event.get(field)))))
            .filter(|(_, text)| !text.is_empty())
            .chain([("flags", flags)])
            .collect()
    };
    let events = store.events().filter(|(_, event)| !event.is_duplicate() && tables.contains(&event.table));
    events
        .map(|(id, event)| (store.get(id, Field::Id).to_owned(), (event.table, event.time().second(), fields(event))))
        .collect()
}

/// Members of objects by lower-case name, whatever their order; a flag that came as a text is one.
fn normal(text: &str) -> String {
    fn member(value: &Value) -> Value {
        match value {
            Value::Object(members) => members
                .iter()
                .map(|(key, value)| (key.replace('_', "").to_lowercase(), member(value)))
                .collect::<Row>()
                .into(),
            value => value.clone(),
        }
    }
    serde_json::from_str::<Value>(text)
        .ok()
        .filter(Value::is_object)
        .map_or_else(|| text.to_owned(), |value| member(&value).to_string())
}

/// The parts of a hit that are the same in every shape: its id holds user, client, time and session.
fn hits(loaded: &Loaded, finds: &[&str]) -> Vec<(String, &'static str, usize, Vec<String>)> {
    let settings = Settings { analytics: Some(ALL.iter().map(|id| (*id).to_owned()).collect()), ..Settings::default() };
    let found =
        run(&loaded.store, Facts::embedded(), &settings).into_iter().filter(|hit| finds.contains(&hit.analytic));
    found
        .map(|hit| {
            (format!("{} {}", hit.app_id, hit.first_seen.second()), hit.analytic, hit.sign_in_count, hit.resource_ids)
        })
        .collect()
}

#[test]
fn every_collector_s_export_is_the_same_bundle_up_to_what_it_lacks() {
    let rows = bundle::rows();
    let whole = tempfile::tempdir().unwrap();
    let whole = read_one(file(whole.path(), "whole.ndjson", bundle::shapes(&rows)[0].1.as_bytes()));
    for export in of_records(&rows).into_iter().chain(of_graph(&rows)).chain(of_tools(&rows)) {
        let name = export.name;
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in &export.files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let loaded = read(&[folder.path().to_owned()], &Options::default());
        assert_eq!(loaded.problems, [], "{name}");
        for source in &loaded.sources {
            assert_eq!(source.shape.map(|shape| shape.id), Some(export.shape), "{name}: {}", source.name);
        }
        let given = described(&loaded, &Table::ALL, export.without);
        let expected = described(&whole, export.tables, export.without);
        for (id, event) in &expected {
            assert_eq!(given.get(id), Some(event), "{name}: {id}");
        }
        assert_eq!(given.len(), expected.len(), "{name}");
        let page = info(&loaded);
        let mut lacks: Vec<&str> =
            page.sources.iter().flat_map(|source| &source.lacks).map(|lack| lack.column).collect();
        lacks.sort_unstable();
        lacks.dedup();
        assert_eq!(lacks, export.lacks, "{name}");
        assert_eq!(hits(&loaded, ALL), hits(&whole, export.finds), "{name}");
    }
}

/// The gaps of each shape are held against those that `info` names, here or in `hits`: none is left out.
#[test]
fn every_shape_is_tried() {
    let rows = bundle::rows();
    let exports = of_records(&rows).into_iter().chain(of_graph(&rows)).chain(of_tools(&rows));
    let mut tried: BTreeSet<&str> = exports.map(|export| export.shape).collect();
    let folder = tempfile::tempdir().unwrap();
    let page = serde_json::json!({"@odata.context": "x", "value": graph(&rows)}).to_string();
    let at = "2026-05-20T07:09:33Z";
    let office = format!(r#"{{"TimeGenerated":"{at}","Operation":"Send","OfficeId":"1","OfficeWorkload":"Exchange"}}"#);
    let others = [
        ("rows.csv", bundle::log_analytics_csv(&rows)),
        ("InteractiveSignIns.csv", bundle::portal_csv(&rows, true)),
        ("page.json", page),
        ("office.csv", format!("TimeGenerated,Operation,OfficeId,OfficeWorkload\n{at},Send,1,Exchange\n")),
        ("office.ndjson", format!("{office}\n{office}\n")),
        ("office.json", format!("[\n{office},\n{office}\n]")),
    ];
    for (name, text) in bundle::shapes(&rows).into_iter().chain(others) {
        tried.extend(read_one(file(folder.path(), name, text.as_bytes())).sources[0].shape.map(|shape| shape.id));
    }
    let untried: Vec<&str> = shapes().filter(|shape| !tried.contains(shape)).collect();
    assert_eq!(untried, ["csv", "json"], "but for what is told by nothing more than its framing");
}
