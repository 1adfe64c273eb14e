//! The case note as the program writes it.

use crate::bundle::{self, VICTIM};
use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;
use tokentrail::testing::casefile;
use tokentrail::testing::ingest::{Loaded, Options, load};
use tokentrail::testing::model::Time;
use tokentrail::testing::triage::{Case, Disposition, Verdict, fingerprint};

fn note(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::cargo_bin("tokentrail").unwrap();
    command.current_dir(folder).env("XDG_STATE_HOME", folder.join("state")).arg("note").args(args);
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    bundle::write(&folder.path().join("logs"));
    folder
}

fn read(folder: &Path) -> Loaded {
    load(&[folder.join("logs")], &Options::default(), &|_| {}, &false.into()).unwrap()
}

/// The id of the bundle's first hit.
fn hit_id(folder: &Path) -> String {
    let json: Value = serde_json::from_slice(&note(folder, &["logs", "--format", "json"]).stdout).unwrap();
    json["Hits"][0]["Id"].as_str().unwrap().to_owned()
}

fn case(folder: &Path) -> Case {
    let at = |clock: &str| Time::parse(&format!("2026-05-02T{clock}Z")).unwrap();
    let mut case = Case::new(fingerprint(&read(folder).sources), "ana".into());
    let id = hit_id(folder);
    case.set_verdict(&id, "what-to-revoke", Some(Verdict::Supports), at("08:00:00"));
    case.set_remark(&id, "what-to-revoke", "called the user: she typed a code", at("08:01:00"));
    case.set_disposition(&id, Some(Disposition::Theft), at("08:02:00"));
    case
}

#[test]
fn a_case_file_settles_the_note() {
    let folder = folder();
    fs::write(folder.path().join("c.json"), case(folder.path()).to_bytes()).unwrap();
    let output = note(folder.path(), &["logs", "--case", "c.json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let note_text = text(&output.stdout);
    assert!(note_text.starts_with("TLP:AMBER\n") && note_text.ends_with("\nTLP:AMBER\n"));
    let sections: Vec<&str> = note_text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let order = [
        "In short",
        "Do now",
        "Incidents",
        "Other incidents",
        "Scope: who else",
        "Indicators",
        "ATT&CK",
        "Gaps",
        "Queries",
        "Assumptions",
        "Custody",
        "Analyst log",
    ];
    let kept: Vec<&str> = order.into_iter().filter(|name| sections.contains(name)).collect();
    assert_eq!(sections, kept, "in order, and none of another name");
    assert!(sections.contains(&"Analyst log") && sections.contains(&"Indicators"));
    assert!(note_text.contains("The analyst's verdict: theft (1 of "), "{note_text}");
    assert!(note_text.contains("called the user: she typed a code"));
    assert!(note_text.contains("searched mail for \"invoice\""));
    assert!(note_text.contains("198[.]51[.]100[.]23"));
    assert_eq!(output.stdout, note(folder.path(), &["logs", "--case", "c.json"]).stdout, "same case, same bytes");
}

#[test]
fn the_case_of_the_workbench_is_found_again() {
    let folder = folder();
    let case = case(folder.path());
    let state = folder.path().join("state");
    let path = casefile::default_path(&case.bundle, |name| (name == "XDG_STATE_HOME").then(|| state.clone().into()));
    casefile::replace(&path.unwrap(), &case.to_bytes()).unwrap();
    assert!(text(&note(folder.path(), &["logs"]).stdout).contains("The analyst's verdict: theft"));
}

#[test]
fn a_case_that_does_not_fit_is_named_and_left_alone() {
    let folder = folder();
    let case = case(folder.path());
    let mut other = case.clone();
    other.bundle = "0".repeat(64);
    other.hits = std::mem::take(&mut other.hits).into_iter().map(|(hit, work)| (format!("{hit}0"), work)).collect();
    let mut newer = case.clone();
    newer.version = Case::VERSION + 1;
    for (bytes, message) in [
        (b"{\"version\":1,".to_vec(), "not a whole case file"),
        (other.to_bytes(), "another bundle"),
        (newer.to_bytes(), "newer"),
    ] {
        fs::write(folder.path().join("c.json"), &bytes).unwrap();
        let output = note(folder.path(), &["logs", "--case", "c.json"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
        assert_eq!(fs::read(folder.path().join("c.json")).unwrap(), bytes);
    }
}

#[test]
fn a_note_on_disk_has_its_indicators_beside_it() {
    let folder = folder();
    bundle::write_days_before(&folder.path().join("logs"));
    let output = note(folder.path(), &["logs", "--output", "out/note.md"]);
    assert!(output.stdout.is_empty());
    let written = fs::read(folder.path().join("out/note.md")).unwrap();
    assert_eq!(written, note(folder.path(), &["logs"]).stdout);
    let csv = fs::read_to_string(folder.path().join("out/note.indicators.csv")).unwrap();
    assert!(csv.contains("address,198.51.100.23,"), "{csv}");
    assert!(!csv.contains("[.]"));
}

#[test]
fn a_note_is_on_one_incident_where_it_is_asked_for() {
    let folder = folder();
    bundle::write_days_before(&folder.path().join("logs"));
    let json = |args: &[&str]| -> Value {
        serde_json::from_slice(&note(folder.path(), &[&["logs", "--format", "json"], args].concat()).stdout).unwrap()
    };
    let all = json(&[]);
    let incidents = all["Incidents"].as_array().unwrap();
    let id = incidents[0]["Id"].as_str().unwrap();
    let of_user = incidents.iter().filter(|incident| incident["Upn"] == VICTIM).count();
    for (value, count) in [(id, 1), (VICTIM, of_user), (&VICTIM.to_uppercase(), of_user)] {
        let some = json(&["--incident", value]);
        assert_eq!(some["Incidents"].as_array().unwrap().len(), count, "{value}");
        assert_eq!(some["OtherIncidents"], incidents.len() - count);
        assert!(some["Incidents"].as_array().unwrap().iter().all(|incident| incident["InFull"] == true));
    }
    let output = note(folder.path(), &["logs", "--incident", "nobody"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains(id), "{}", text(&output.stderr));
    let output = note(folder.path(), &["logs", "--as-published", "--incident", id]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("published semantics have hits alone"), "{}", text(&output.stderr));
}

#[test]
fn maps_stand_beside_a_note_on_disk_and_all_indicators_on_request() {
    let folder = folder();
    bundle::write_days_before(&folder.path().join("logs"));
    let output = note(folder.path(), &["logs", "-o", "n.md", "--all-indicators"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let page = fs::read_to_string(folder.path().join("n.md")).unwrap();
    let name = page
        .split("`….")
        .find(|rest| rest.starts_with("incident-") && !rest.starts_with("incident-ID"))
        .and_then(|rest| rest.split('`').next())
        .expect("the note names the map");
    let svg = fs::read_to_string(folder.path().join(format!("n.{name}"))).unwrap();
    assert!(svg.starts_with("<svg ") && svg.contains("198.51.100.23"), "{svg}");
    let all = fs::read_to_string(folder.path().join("n.indicators.csv")).unwrap();
    note(folder.path(), &["logs", "-o", "n.md"]);
    let few = fs::read_to_string(folder.path().join("n.indicators.csv")).unwrap();
    assert!(all.contains(",user") && !few.contains(",user\n") && !few.contains(",shared\n"), "{all}\n{few}");
    assert_eq!(fs::read_to_string(folder.path().join(format!("n.{name}"))).unwrap(), svg, "the same bytes");
}

#[test]
fn a_note_on_disk_that_somebody_changed_is_moved_aside() {
    let folder = folder();
    for (format, name, kept) in [("markdown", "n.md", "n.kept.md"), ("json", "n.json", "n.kept.json")] {
        let write = || note(folder.path(), &["logs", "--format", format, "-o", name]);
        let path = folder.path().join(name);
        write();
        let whole = fs::read(&path).unwrap();
        assert!(!text(&write().stderr).contains("kept"), "it is as it was written");
        let edited = [&whole[..], b"by hand\n"].concat();
        fs::write(&path, &edited).unwrap();
        let note_text = text(&write().stderr);
        assert!(note_text.contains(&format!("it is now {kept}\n")), "{note_text}");
        assert_eq!((fs::read(&path).unwrap(), fs::read(folder.path().join(kept)).unwrap()), (whole, edited));
        assert!(!folder.path().join("n.indicators.kept.csv").exists(), "the CSV is as it was written");
    }
    fs::write(folder.path().join("n.indicators.csv"), "mine\n").unwrap();
    assert!(text(&note(folder.path(), &["logs", "-q", "-o", "n.md"]).stderr).contains("n.indicators.kept.csv"));
    assert_eq!(fs::read_to_string(folder.path().join("n.indicators.kept.csv")).unwrap(), "mine\n");
}

#[test]
fn a_note_is_never_written_among_the_evidence() {
    let folder = folder();
    for target in ["logs/note.md", "logs/SigninLogs.json"] {
        let before = fs::read_dir(folder.path().join("logs")).unwrap().count();
        let output = note(folder.path(), &["logs", "-o", target]);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains("inside the evidence"));
        assert_eq!(fs::read_dir(folder.path().join("logs")).unwrap().count(), before);
    }
}

#[test]
fn the_json_note_names_file_and_record_of_everything() {
    let folder = folder();
    bundle::write_days_before(&folder.path().join("logs"));
    let json: Value = serde_json::from_slice(&note(folder.path(), &["logs", "--format", "json"]).stdout).unwrap();
    assert_eq!(json["Hits"][0]["Upn"], VICTIM);
    assert_eq!(json["DoNow"]["Users"][0]["Upn"], VICTIM);
    let event = &json["Timeline"]["Events"][0];
    assert_eq!(event["Record"], "SigninLogs.json:1");
    assert_eq!(json["Custody"].as_array().unwrap().len(), 4);
    assert_eq!(json["Rehashed"], true);
}
