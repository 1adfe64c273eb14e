//! Marks and copies on a terminal: what is on disk, and what was sent.

use super::{READY, Tty};
use crate::screens::story;
use portable_pty::CommandBuilder;
use std::sync::Arc;

/// Texts that the terminal was asked to take, decoded; and whether each was sent outside of a frame.
fn copies(bytes: &[u8]) -> Vec<(String, bool)> {
    use base64::Engine as _;
    let sent = String::from_utf8_lossy(bytes);
    let parts = sent.match_indices("\u{1b}]52;c;").map(|(at, start)| {
        let (before, text) = (&sent[..at], &sent[at + start.len()..]);
        let encoded = &text[..text.find("\u{1b}\\").unwrap()];
        let text = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap();
        let frames = |mark| before.matches(mark).count();
        (String::from_utf8(text).unwrap(), frames("\u{1b}[?2026h") == frames("\u{1b}[?2026l"))
    });
    parts.collect()
}

#[test]
fn a_copy_comes_out_whole_between_two_frames_and_in_a_file_for_the_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mut tty = Tty::workbench_with(&[("TMUX", ""), ("STY", "")]);
    tty.shows(READY).shows("? help");
    tty.keys("\r3").shows("step 3 of ");
    tty.keys("Y").shows("those of the hit, defanged");
    tty.keys("\r").shows("not confirmed");
    let file = tty.kept("txt");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "198.51.100.23");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    tty.keys("YGkkk\r").shows("record: ");
    let record = std::fs::read_to_string(&file).unwrap();
    assert!(record.starts_with("{\n  \"AppDisplayName\""), "{record}");
    tty.keys("q");
    let output = Arc::clone(&tty.output);
    assert!(tty.ends().0.success());
    let sent = copies(&output.0.lock().unwrap().bytes);
    assert_eq!(sent, [("198.51.100.23".to_owned(), true), (record, true)]);
}

#[test]
fn a_copy_too_long_for_a_terminal_is_not_sent() {
    let home = tempfile::tempdir().unwrap();
    let bundle = home.path().join("bundle.json");
    let long = "x".repeat(60_000);
    std::fs::write(&bundle, story::ndjson().replace("python-requests/2.31.0", &long)).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.arg(bundle);
    let mut tty = Tty::start(command, home, &[("TMUX", ""), ("STY", "")]);
    tty.shows(READY).shows("? help");
    tty.keys("\r3").shows("step 3 of ");
    tty.keys("Yjjjj\r").shows("were not sent");
    assert_eq!(std::fs::read_to_string(tty.kept("txt")).unwrap(), long);
    tty.keys("q");
    let output = Arc::clone(&tty.output);
    assert!(tty.ends().0.success());
    assert!(copies(&output.0.lock().unwrap().bytes).is_empty());
}

#[test]
fn a_mark_lives_through_a_kill() {
    let mut tty = Tty::workbench();
    tty.shows(READY).shows("? help");
    tty.keys("m").shows("bookmarked: ");
    tty.keys("Tphish\r").shows("tags phish");
    tty.signal("KILL");
    tty.until("the end", |output| output.ended);
    let case = std::fs::read_to_string(tty.case()).unwrap();
    assert!(case.contains("\"version\": 3") && case.contains("\"phish\""), "{case}");
}
