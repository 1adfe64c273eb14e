//! Several workbenches on one case, on terminals.

use super::{READY, Tty, bundle};
use portable_pty::CommandBuilder;
use std::fs;
use std::path::Path;

/// A workbench on the bundle in a folder that others use too.
fn workbench(shared: &Path, who: &str) -> Tty {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.args([bundle(shared).as_os_str(), "--case".as_ref(), shared.join("case/c.json").as_os_str()]);
    command.args(["--analyst", who]);
    Tty::start(command, tempfile::tempdir().unwrap(), &[])
}

fn verdicts(shared: &Path) -> serde_json::Value {
    let case: serde_json::Value = serde_json::from_slice(&fs::read(shared.join("case/c.json")).unwrap()).unwrap();
    case["hits"].as_object().unwrap().values().next().unwrap()["verdicts"].clone()
}

fn names(shared: &Path) -> Vec<String> {
    let files = fs::read_dir(shared.join("case")).unwrap();
    let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_second_is_told_who_has_the_case_before_anything_can_be_typed() {
    let shared = tempfile::tempdir().unwrap();
    let mut ana = workbench(shared.path(), "ana");
    ana.shows(READY).shows("? help");
    let mut bo = workbench(shared.path(), "bo");
    let pid = ana.child.process_id().unwrap();
    bo.shows("READ ONLY").shows(&format!("In use by ana, process {pid} on ")).shows("c copy");
    bo.keys("\ryxZdt").rests();
    bo.shows("READ ONLY").shows("In use by ana");
    bo.keys("r").shows("read only, no verdict is kept");
    bo.keys("\rn").shows("step 2 of ");
    bo.keys("x").shows("read only, no verdict is kept");
    bo.keys("D").shows("In use by ana");
    bo.keys("c").shows("COPY").shows("your work goes to the copy c-2.json");
    ana.keys("\ry").shows("step 2 of ");
    bo.keys("\r2x").shows("step 3 of ");
    ana.keys("q");
    assert!(ana.ends().0.success());
    bo.keys("q");
    let (status, text) = bo.ends();
    assert!(status.success() && text.replace('\n', "").contains("your copy is merged"), "{text}");
    assert_eq!(
        verdicts(shared.path()),
        serde_json::json!({"device-code-address": "supports", "code-to-burst": "against"})
    );
    assert_eq!(names(shared.path()), ["c-2.merged.json", "c.json"]);
}

#[test]
fn killed_or_ended_by_a_signal_the_lock_keeps_nobody_out() {
    let shared = tempfile::tempdir().unwrap();
    for (signal, words) in [("KILL", "taken over from ana, process"), ("TERM", "? help"), ("HUP", "? help")] {
        let mut ana = workbench(shared.path(), "ana");
        ana.shows(READY).shows("? help");
        // The later ones go on at the step.
        ana.keys(if signal == "KILL" { "\ry" } else { "1y" }).shows("step 2 of ");
        ana.signal(signal);
        ana.child.wait().unwrap();
        assert_eq!(shared.path().join("case/c.json.lock").exists(), signal == "KILL");
        let mut bo = workbench(shared.path(), "bo");
        bo.shows("0 closed").shows(words);
        assert!(!bo.text().contains("READ ONLY"), "{}", bo.text());
        bo.keys("q");
        bo.ends();
    }
}

#[test]
fn a_conflict_is_shown_at_the_start_and_decided_there() {
    let shared = tempfile::tempdir().unwrap();
    let mut ana = workbench(shared.path(), "ana");
    ana.shows(READY).shows("? help");
    let mut bo = workbench(shared.path(), "bo");
    bo.shows("READ ONLY");
    bo.keys("c").shows("COPY");
    ana.keys("\ry").shows("step 2 of ");
    bo.keys("\rx").shows("step 2 of ");
    bo.keys("q");
    assert!(bo.ends().1.replace('\n', "").contains("(a copy, merged at the next start"));
    ana.keys("q");
    ana.ends();
    let mut cy = workbench(shared.path(), "cy");
    cy.shows("Conflicts and copies").shows("device-code-burst of finance.director@contoso.com, step 1 (");
    cy.shows("ours: supports").shows("theirs: against (bo, ").shows("0 changes by bo, 1 conflict to decide");
    cy.keys("yx").rests();
    cy.keys("t").shows("decided: ").shows("step 2 of ");
    cy.keys("D").shows("no conflict and no copy to merge");
    cy.keys("q");
    cy.ends();
    assert_eq!(verdicts(shared.path()), serde_json::json!({"device-code-address": "against"}));
}
