//! Files that options name, and what is given as evidence that is none.

use super::{VICTIM, bundle, run, text};
use crate::bundle::BURSTS;
use crate::ingest::packed::{SECRET, locked};
use std::fs;

#[cfg(unix)]
#[test]
fn a_revocation_of_somebody_who_is_not_there_is_said_to_change_nothing() {
    let (folder, _) = super::bundle();
    let output = super::tokentrail(folder.path())
        .args(["scan", "logs", "--revoked", "finance.directr@contoso.com=2026-05-01T14:20:00Z"])
        .output()
        .unwrap();
    let stderr = super::text(&output.stderr);
    assert!(
        stderr.contains("--revoked: no user finance.directr@contoso.com in the bundle; near: finance.director@"),
        "{stderr}"
    );
    assert!(stderr.contains("Its time, 2026-05-01T14:20:00.0000000Z, is not used"), "{stderr}");
}

#[test]
fn what_never_ends_is_refused_at_once_wherever_a_file_is_named() {
    let (folder, _) = bundle();
    fs::write(
        folder.path().join("c.toml"),
        "allow = \"/dev/zero\"\nkeys = \"/dev/zero\"\nknown = \"/dev/zero\"\nfacts = [\"/dev/zero\"]\n",
    )
    .unwrap();
    for option in ["--allow", "--asn", "--clients", "--config", "--known"] {
        let output = run(folder.path(), &["scan", "logs", option, "/dev/zero"]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{option}: {message}");
        assert!(message.contains("is a device, no file"), "{option}: {message}");
    }
    let output = run(folder.path(), &["note", "logs", "--case", "/dev/zero"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("is a device, no file"), "{}", text(&output.stderr));
    let output = run(folder.path(), &["config", "--check", "--config", "c.toml"]);
    assert_eq!(text(&output.stderr).matches("is a device, no file").count(), 4, "{}", text(&output.stderr));
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
    let output = run(folder.path(), &["scan", "logs", "--analytics", BURSTS, "--format", "jsonl"]);
    let message = text(&output.stderr);
    assert_eq!(text(&output.stdout).lines().count(), 2, "{message}");
    assert!(
        message.contains("logs/pipe: is a pipe")
            && message.contains("left behind by systems, not read: logs/.DS_Store")
    );
    let info = text(&run(folder.path(), &["info", "logs"]).stdout);
    assert!(info.contains(".signins.json") && info.contains("is a pipe") && info.contains(".DS_Store"), "{info}");
    let note = text(&run(folder.path(), &["note", "logs"]).stdout);
    assert!(note.contains(".signins.json") && note.contains("is a pipe") && note.contains("DS"), "{note}");
}

#[test]
fn a_password_opens_and_is_never_told() {
    let (folder, paths) = bundle();
    fs::write(folder.path().join("e.zip"), locked(&fs::read(&paths[1]).unwrap())).unwrap();
    fs::write(folder.path().join("right"), format!("{SECRET}\r\nnot this\n")).unwrap();
    fs::write(folder.path().join("wrong"), "another-one\n").unwrap();
    fs::write(folder.path().join("empty"), "\nnot this\n").unwrap();
    let without = run(folder.path(), &["scan", "e.zip"]);
    assert_eq!(without.status.code(), Some(3));
    assert!(text(&without.stderr).contains("e.zip!rows.json: is encrypted: --password-file FILE opens it"));
    for (file, code, why) in [
        ("wrong", 3, "is encrypted with another password"),
        ("empty", 2, "its first line is empty"),
        ("gone", 2, "--password-file gone: "),
        ("right", 0, "1 source, 5 rows read"),
    ] {
        let output = run(folder.path(), &["scan", "e.zip", "--password-file", file]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{file}: {message}");
        assert!(message.contains(why), "{file}: {message}");
    }
    for command in ["scan", "info", "note"] {
        let output = run(folder.path(), &[command, "e.zip", "--password-file", "right", "-v"]);
        assert_eq!(output.status.code(), Some(0));
        for message in [text(&output.stdout), text(&output.stderr)] {
            assert!(!message.contains(SECRET) && !message.contains("not this"), "{command}: {message}");
        }
    }
}

#[test]
fn a_case_that_is_none_is_refused_before_the_bundle_is_read() {
    let (folder, _) = bundle();
    fs::write(folder.path().join("c.json"), "{\"version\":1,").unwrap();
    // Nothing of the bundle is looked at: the path is not even there.
    let commands: [&[&str]; 4] = [&["--plain"], &["note"], &["timeline", "--user", VICTIM], &["query", "scope"]];
    for command in commands {
        let with = |case| run(folder.path(), &[command, &["gone", "--case", case]].concat());
        let output = with("c.json");
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.contains("not a whole case file") && !message.contains("gone"), "{message}");
        // The workbench begins one there; the others have nothing to read then.
        let message = text(&with("none.json").stderr);
        let begins = command == ["--plain"];
        assert_eq!(message.contains("there is no case file none.json"), !begins, "{message}");
        assert_eq!(message.contains("gone"), begins, "{message}");
    }
    let output = run(folder.path(), &["--plain", "logs", "--case", "logs/c.json"]);
    assert!(!output.status.success() && text(&output.stdout).is_empty(), "{}", text(&output.stderr));
}
