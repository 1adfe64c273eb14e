//! The same bundle in every shape has the same hits, up to the gaps of a shape; and those are named.

use super::{bundle, file, read, read_one};
use serde_json::Value;
use std::path::PathBuf;
use tokentrail::testing::analytics::{Hit, Settings, run};
use tokentrail::testing::facts::Facts;
use tokentrail::testing::ingest::{Loaded, Options};
use tokentrail::testing::report::info::info;

fn hits(loaded: &Loaded) -> Vec<Hit> {
    let analytics = Some(["foci-burst", "device-code-burst", "session-hop-broad"].map(str::to_owned).to_vec());
    run(&loaded.store, Facts::embedded(), &Settings { analytics, ..Settings::default() })
}

/// A hit without the positions of its rows.
fn described(loaded: &Loaded) -> Vec<String> {
    let words = |hit: &Hit| {
        let findings: Vec<_> = hit.findings.iter().map(|finding| (finding.state, &finding.sentence)).collect();
        format!(
            "{} {} {:?} {:?} {:?} {:?} {} {:?}",
            hit.id,
            hit.analytic,
            hit.severity,
            hit.confidence,
            hit.reasons,
            hit.columns,
            hit.graph.len(),
            findings
        )
    };
    hits(loaded).iter().map(words).collect()
}

/// Names of the columns that every source of the bundle lacks, of those that an analytic or a step reads.
fn lacking(loaded: &Loaded) -> Vec<&'static str> {
    let mut columns: Vec<_> =
        info(loaded).sources.iter().flat_map(|source| &source.lacks).map(|lack| lack.column).collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

#[test]
fn every_shape_has_the_same_hits() {
    let folder = tempfile::tempdir().unwrap();
    let shapes = bundle::shapes(&bundle::rows());
    let expected = described(&read_one(file(folder.path(), "first.ndjson", shapes[0].1.as_bytes())));
    assert!(expected.iter().any(|hit| hit.contains("device-code-burst")), "{expected:#?}");
    assert!(expected.iter().any(|hit| hit.contains("foci-burst")));
    for (name, text) in shapes.iter().chain([&("rows.csv", bundle::log_analytics_csv(&bundle::rows()))]) {
        let loaded = read_one(file(folder.path(), name, text.as_bytes()));
        assert_eq!(described(&loaded), expected, "{name}");
        assert_eq!(lacking(&loaded), [""; 0], "{name}");
    }
}

/// The parts of a hit that are the same in a shape that lacks columns: user, client, time, count, resources.
fn core(loaded: &Loaded) -> Vec<(String, &'static str, usize, Vec<String>)> {
    let hits = hits(loaded).into_iter();
    hits.map(|hit| {
        (
            format!("{} {} {}", hit.upn, hit.app_id, hit.first_seen.second()),
            hit.analytic,
            hit.sign_in_count,
            hit.resource_ids,
        )
    })
    .collect()
}

/// A row of Graph's beta without the columns of v1.0.
fn v1(mut row: Value) -> Value {
    for column in
        ["authenticationProtocol", "originalTransferMethod", "incomingTokenType", "sessionId", "uniqueTokenIdentifier"]
    {
        row.as_object_mut().unwrap().remove(column);
    }
    row
}

#[test]
fn what_a_shape_lacks_is_named_and_the_rest_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let rows = bundle::rows();
    let expected = core(&read_one(file(folder.path(), "first.ndjson", bundle::shapes(&rows)[0].1.as_bytes())));
    let beta = bundle::graph(&rows);
    let page = |rows: Vec<Value>| format!("{{\"@odata.context\":\"x\",\"value\":{}}}", Value::from(rows));
    let portal: Vec<PathBuf> = [true, false]
        .map(|interactive| {
            let name = if interactive { "InteractiveSignIns_x.csv" } else { "NonInteractiveSignIns_x.csv" };
            file(folder.path(), name, bundle::portal_csv(&rows, interactive).as_bytes())
        })
        .to_vec();
    let beta_page = vec![file(folder.path(), "beta.json", page(beta.clone()).as_bytes())];
    let v1_page = vec![file(folder.path(), "v1.json", page(beta.into_iter().map(v1).collect()).as_bytes())];
    let v1_lacks =
        ["AuthenticationProtocol", "IncomingTokenType", "OriginalTransferMethod", "SessionId", "UniqueTokenIdentifier"];
    for (name, paths, lacks, finds) in [
        ("portal", portal, &["AuthenticationProcessingDetails"][..], "all"),
        ("beta", beta_page, &[], "all"),
        // Without the two marks no device code is seen; without incoming tokens, no session hop.
        ("v1.0", v1_page, &v1_lacks, "foci-burst"),
    ] {
        let loaded = read(&paths, &Options::default());
        assert_eq!(lacking(&loaded), lacks, "{name}");
        let expected: Vec<_> = expected.iter().filter(|hit| finds == "all" || hit.1 == finds).cloned().collect();
        assert_eq!(core(&loaded), expected, "{name}");
    }
}
