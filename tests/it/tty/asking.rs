//! Questions at the terminal before the reading begins.

use super::{READY, Tty};
use crate::ingest::packed::{SECRET, locked};
use crate::screens::story;
use portable_pty::CommandBuilder;

fn locked_bundle(arguments: &[&str]) -> Tty {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("e.zip");
    std::fs::write(&path, locked(story::ndjson().as_bytes())).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.args(arguments);
    command.arg(path);
    Tty::start(command, home, &[])
}

#[test]
fn a_password_is_asked_for_and_not_shown() {
    let mut tty = locked_bundle(&["scan", "--color", "never"]);
    tty.shows("Password of ");
    tty.keys(&format!("{SECRET}\r"));
    tty.until("the end", |output| output.ended);
    let (status, text) = tty.ends();
    assert!(status.success(), "{text}");
    assert!(text.contains("1 source, ") && !text.contains(SECRET), "{text}");
}

#[test]
fn the_workbench_opens_what_is_encrypted_and_keeps_no_password() {
    let mut tty = locked_bundle(&[]);
    tty.shows("Password of ");
    tty.keys(&format!("{SECRET}\r")).shows(READY);
    tty.keys("\ry").shows("step 2 of ");
    tty.keys("q");
    tty.until("the end", |output| output.ended);
    let shown = tty.since(0);
    assert!(!shown.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()), "it was shown");
    let case = std::fs::read_to_string(tty.case()).unwrap();
    assert!(!case.contains(SECRET));
}

#[test]
fn without_an_answer_it_is_named() {
    let mut tty = locked_bundle(&["scan", "--color", "never"]);
    tty.shows("Password of ");
    tty.keys("\r");
    tty.until("the end", |output| output.ended);
    let (status, text) = tty.ends();
    assert_eq!(status.exit_code(), 3, "{text}");
    assert!(text.replace("\r\n", "").contains("--password-file FILE"), "{text}");
}
