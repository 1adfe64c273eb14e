//! A case whose evidence changes: packed, renamed, added to, with a file less. What the analyst did stays.

use super::{bundle, run, text, tokentrail};
use crate::bundle::{VICTIM, write_days_before};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokentrail::testing::model::Time;
use tokentrail::testing::triage::Case;

/// The files of the state folder that are cases.
fn cases(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder.join("state/tokentrail")).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut cases: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    cases.sort();
    cases
}

fn case(path: &Path) -> Case {
    Case::from_bytes(&fs::read(path).unwrap()).unwrap()
}

/// The output of `--plain` for this input.
fn plain(folder: &Path, args: &[&str], typed: &str) -> String {
    let output = tokentrail(folder).arg("--plain").args(args).write_stdin(typed).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// The sentence on the evidence, without the words that lead it.
fn sentence(output: &str) -> &str {
    let line = output.lines().find(|line| line.contains(" known") && line.starts_with("Note: "));
    line.map_or("", |line| line.trim_start_matches("Note: "))
}

/// A case with a verdict, a remark, a mark, a disposition and a time of revocation, and its path.
fn worked_on(folder: &Path) -> PathBuf {
    plain(folder, &["logs"], "1\n3\nr\nb 1\nt 1 phish\n1\ni looked at the portal\ny\nd\nt\nq\n");
    let [path] = &cases(folder)[..] else { panic!("one case") };
    let mut work = case(path);
    work.set_revoked(VICTIM, Time::parse("2026-05-01T14:20:00Z"), Time::parse("2026-05-02T08:00:00Z").unwrap());
    fs::write(path, work.to_bytes()).unwrap();
    path.clone()
}

/// Holds the work against what it was: what was added since is more, nothing is other.
fn assert_kept(before: &Case, after: &Case, form: &str) {
    for (hit, work) in &before.hits {
        let now = after.work(hit).unwrap_or_else(|| panic!("{form}: {hit}"));
        assert_eq!((&now.remarks, now.disposition), (&work.remarks, work.disposition), "{form}");
        assert!(work.verdicts.iter().all(|(step, verdict)| now.verdicts.get(step) == Some(verdict)), "{form}");
    }
    assert_eq!((&after.marks, &after.revoked), (&before.marks, &before.revoked), "{form}");
    assert_eq!(after.log_problems(), [], "{form}");
}

fn zip(folder: &Path, into: &Path) {
    let mut archive = zip::ZipWriter::new(fs::File::create(into).unwrap());
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap();
        archive.start_file(format!("export/{name}"), zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&fs::read(&path).unwrap()).unwrap();
    }
    archive.finish().unwrap();
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

#[test]
fn evidence_packed_renamed_added_to_and_taken_away_keeps_its_case() {
    let (folder, _) = bundle();
    let folder = folder.path();
    let path = worked_on(folder);
    let before = case(&path);
    assert!(before.hits.values().any(|work| !work.remarks.is_empty() && !work.verdicts.is_empty()), "{before:?}");
    assert!(before.marks.values().any(|mark| mark.bookmarked && mark.tags == ["phish"]), "{before:?}");
    let (logs, at) = (folder.join("logs"), |name: &str| folder.join(name));

    zip(&logs, &at("logs.zip"));
    copied(&logs, &at("gz"));
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&fs::read(at("gz/SigninLogs.json")).unwrap()).unwrap();
    fs::write(at("gz/SigninLogs.json.gz"), packer.finish().unwrap()).unwrap();
    fs::remove_file(at("gz/SigninLogs.json")).unwrap();
    copied(&logs, &at("renamed"));
    fs::rename(at("renamed/SigninLogs.json"), at("renamed/InteractiveSignIns_0501.json")).unwrap();
    copied(&logs, &at("more"));
    write_days_before(&at("more"));
    copied(&logs, &at("less"));
    fs::remove_file(at("less/MicrosoftGraphActivityLogs.json")).unwrap();

    // A verdict more each time, so that the case is saved on this evidence: the next one is held against it.
    let forms = [
        ("logs.zip", "3 of 3 files known, 3 packed or named otherwise: "),
        ("gz", "3 of 3 files known, 3 packed or named otherwise: "),
        ("renamed", "3 of 3 files known, 1 packed or named otherwise: "),
        (
            "less",
            "2 of 2 files known, 1 packed or named otherwise, 1 no longer here (MicrosoftGraphActivityLogs.json): ",
        ),
        ("more", "3 of 4 files known, 1 new (before.json), 1 back (MicrosoftGraphActivityLogs.json): "),
        ("logs", "3 of 3 files known, 1 no longer here (before.json): "),
    ];
    for (form, words) in forms {
        let output = plain(folder, &[form], "m\n1\n1\nn\nu\nq\n");
        assert!(sentence(&output).starts_with(words), "{form}: {output}");
        assert!(sentence(&output).contains(" carried over"), "{form}: {output}");
        assert!(
            output.contains(", bookmarked, tags phish") && output.contains("looked at the portal"),
            "{form}: {output}"
        );
        assert_eq!(cases(folder), std::slice::from_ref(&path), "{form}: no second case");
        let after = case(&path);
        let line = after.log.iter().rev().find_map(|logged| logged.what.strip_prefix("the evidence has changed: "));
        assert!(line.is_some_and(|line| line.starts_with(words)), "{form}: {:?}", after.log);
        assert_kept(&before, &after, form);
    }
    // Opened again on the same evidence it has nothing to say.
    assert_eq!(sentence(&plain(folder, &["logs"], "q\n")), "");
}

#[test]
fn steps_that_a_late_log_answers_are_counted_and_looking_alone_changes_nothing() {
    let (folder, _) = bundle();
    let folder = folder.path();
    let graph = folder.join("logs/MicrosoftGraphActivityLogs.json");
    let rows = fs::read(&graph).unwrap();
    fs::remove_file(&graph).unwrap();
    let path = worked_on(folder);
    let saved = fs::read(&path).unwrap();
    fs::write(&graph, rows).unwrap();
    for _ in 0..2 {
        let output = plain(folder, &["logs"], "q\n");
        assert!(
            sentence(&output).starts_with("2 of 3 files known, 1 new (MicrosoftGraphActivityLogs.json): "),
            "{output}"
        );
        assert!(
            sentence(&output).contains("; step ") && sentence(&output).ends_with(" can now be answered."),
            "{output}"
        );
        assert_eq!(fs::read(&path).unwrap(), saved, "only looked at");
    }
    let note = run(folder, &["note", "logs"]);
    assert!(text(&note.stderr).contains("2 of 3 files known"), "{}", text(&note.stderr));
    assert!(text(&note.stdout).contains("looked at the portal"));
    assert_eq!(note.stdout, run(folder, &["note", "logs"]).stdout, "no clock is in it");
}

#[test]
fn other_evidence_is_refused_with_numbers_and_a_case_without_a_list_is_known_by_its_hits() {
    let (folder, _) = bundle();
    let folder = folder.path();
    let path = worked_on(folder);
    fs::create_dir(folder.join("other")).unwrap();
    write_days_before(&folder.join("other"));
    let named = ["--plain", "other", "--case", path.to_str().unwrap()];
    let output = tokentrail(folder).args(named).write_stdin("q\n").output().unwrap();
    let error = text(&output.stderr);
    assert!(error.contains("belongs to another bundle: 0 of its 3 files and 0 of its "), "{error}");
    assert!(error.contains("--case FILE"), "{error}");
    // Nothing in common: it begins anew, beside it.
    assert!(!plain(folder, &["other"], "q\n").contains("known"));
    // As a program before wrote it: no list of the evidence.
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    json.as_object_mut().unwrap().remove("basis");
    let old = folder.join("old.json");
    fs::write(&old, json.to_string()).unwrap();
    fs::remove_file(&path).unwrap();
    write_days_before(&folder.join("logs"));
    let output = plain(folder, &["logs", "--case", "old.json"], "1\n1\nq\n");
    assert!(
        output.contains("the case lists no files, this bundle has 4: ") && output.contains(" carried over"),
        "{output}"
    );
    assert!(output.contains("looked at the portal"), "{output}");
}

#[test]
fn of_two_cases_the_closest_is_opened_and_the_other_is_named() {
    let (folder, _) = bundle();
    let folder = folder.path();
    let path = worked_on(folder);
    // Another analyst's case of a part of it, in the same folder.
    let other = path.with_file_name("bo.json");
    copied(&folder.join("logs"), &folder.join("part"));
    fs::remove_file(folder.join("part/MicrosoftGraphActivityLogs.json")).unwrap();
    plain(folder, &["part", "--case", other.to_str().unwrap(), "--analyst", "bo"], "1\ni mine\nq\n");
    let there = fs::read(&other).unwrap();
    write_days_before(&folder.join("logs"));
    let output = plain(folder, &["logs"], "1\nu\nq\n");
    assert!(sentence(&output).starts_with("3 of 4 files known, 1 new (before.json): "), "{output}");
    assert!(output.contains("bo.json shares evidence with this bundle too"), "{output}");
    assert!(!output.contains("mine"), "never merged unasked: {output}");
    assert_eq!(fs::read(&other).unwrap(), there);
}

#[test]
fn a_copy_made_on_other_evidence_while_the_case_is_in_use_is_merged() {
    let (folder, _) = bundle();
    let folder = folder.path();
    let path = worked_on(folder);
    zip(&folder.join("logs"), &folder.join("logs.zip"));
    let mut holder = std::process::Command::new(assert_cmd::cargo::cargo_bin("tokentrail"));
    holder.current_dir(folder).args(["--plain", "logs"]).env("XDG_STATE_HOME", folder.join("state"));
    holder.env("XDG_CONFIG_HOME", folder.join("config")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut holder = holder.spawn().unwrap();
    // It has the case once it speaks.
    holder.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    let output = plain(folder, &["logs.zip", "--analyst", "bo"], "c\n1\n2\ni theirs\nq\n");
    assert!(output.contains("It is in use by ") && output.contains("Your work goes to a copy"), "{output}");
    assert!(sentence(&output).starts_with("3 of 3 files known, 3 packed or named otherwise: "), "{output}");
    drop(holder.stdin.take());
    holder.wait().unwrap();
    let output = plain(folder, &["logs"], "1\n2\nq\n");
    assert!(output.contains(": 1 change by bo.") && output.contains("Your remark: theirs"), "{output}");
    assert_eq!(
        (case(&path).log_problems(), sentence(&output)),
        (Vec::new(), ""),
        "the case itself saw no other evidence"
    );
}

/// The id of the demo's director.
const DIRECTOR: &str = "5ccc50a4-437e-40dc-9f68-b77080aa4600";

#[test]
fn a_revocation_of_the_case_is_looked_behind_at_the_next_start_and_in_the_note() {
    let folder = tempfile::TempDir::new().unwrap();
    let folder = folder.path();
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo");
    let count =
        |output: &str| output.split(" hits").next().and_then(|text| text.rsplit(' ').next()?.parse::<u32>().ok());
    let before = count(&plain(folder, &[demo], "1\n1\ni looked at\nq\n")).unwrap();
    let note = || text(&run(folder, &["note", "--format", "json", demo]).stdout);
    let behind = |note: &str| note.matches("\"after-revoke\"").count();
    let without = note();
    let [path] = &cases(folder)[..] else { panic!("one case") };
    let mut work = case(path);
    let at = Time::parse("2026-05-01T14:20:00Z");
    work.set_revoked(DIRECTOR, at, Time::parse("2026-05-02T08:00:00Z").unwrap());
    fs::write(path, work.to_bytes()).unwrap();
    assert_eq!(count(&plain(folder, &[demo], "q\n")), Some(before + 1));
    assert!(behind(&note()) > behind(&without));
}
