//! Files that options name, and what is given as evidence that is none.

use super::{bundle, run, text};
use std::fs;

#[cfg(unix)]
#[test]
fn what_never_ends_is_refused_at_once_wherever_a_file_is_named() {
    let (folder, _) = bundle();
    fs::write(folder.path().join("c.toml"), "allow = \"/dev/zero\"\nkeys = \"/dev/zero\"\nfacts = [\"/dev/zero\"]\n")
        .unwrap();
    for option in ["--allow", "--asn", "--clients", "--config"] {
        let output = run(folder.path(), &["scan", "logs", option, "/dev/zero"]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{option}: {said}");
        assert!(said.contains("is a device, no file"), "{option}: {said}");
    }
    let output = run(folder.path(), &["note", "logs", "--case", "/dev/zero"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("is a device, no file"), "{}", text(&output.stderr));
    let output = run(folder.path(), &["config", "--check", "--config", "c.toml"]);
    assert_eq!(text(&output.stderr).matches("is a device, no file").count(), 3, "{}", text(&output.stderr));
}

#[test]
fn a_list_past_its_cap_is_refused() {
    let (folder, _) = bundle();
    let list = fs::File::create(folder.path().join("list")).unwrap();
    list.set_len(1 << 40).unwrap();
    let output = run(folder.path(), &["scan", "logs", "--allow", "list"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("more than 16777216 bytes"), "{}", text(&output.stderr));
}

#[cfg(unix)]
#[test]
fn hidden_files_pipes_and_rubbish_are_named_in_the_last_lines() {
    let (folder, paths) = bundle();
    let logs = folder.path().join("logs");
    fs::rename(&paths[0], logs.join(".signins.json")).unwrap();
    fs::write(logs.join(".DS_Store"), b"\0\0\0\x01Bud1").unwrap();
    assert!(std::process::Command::new("mkfifo").arg(logs.join("pipe")).status().unwrap().success());
    let output = run(folder.path(), &["scan", "logs", "--format", "jsonl"]);
    let said = text(&output.stderr);
    assert_eq!(text(&output.stdout).lines().count(), 2, "{said}");
    assert!(said.contains("logs/pipe: is a pipe") && said.contains("left behind by systems, not read: logs/.DS_Store"));
    let info = text(&run(folder.path(), &["info", "logs"]).stdout);
    assert!(info.contains(".signins.json") && info.contains("is a pipe") && info.contains(".DS_Store"), "{info}");
    let note = text(&run(folder.path(), &["note", "logs"]).stdout);
    assert!(note.contains(".signins.json") && note.contains("is a pipe") && note.contains("DS"), "{note}");
}
