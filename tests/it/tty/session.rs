//! Whole sessions.

use super::{READY, Tty, bundle};
use portable_pty::CommandBuilder;
use std::fs;
use std::path::Path;

#[test]
fn a_whole_hit_by_keys_alone() {
    let mut tty = Tty::workbench();
    tty.shows(READY).shows("? help");
    tty.keys("\r").shows("step 1 of ");
    tty.keys("yyyyyyyd").shows("What is this incident?");
    tty.keys("t").shows("1 closed");
    tty.keys("e").shows("Note →");
    tty.keys("w").shows("note written");
    tty.keys("q");
    assert!(std::fs::read_to_string(tty.case()).unwrap().contains("verdict theft"));
    let (status, text) = tty.ends();
    assert!(status.success(), "{text}");
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines[0], "5 hits, 4 closed");
    assert!(text.contains("case ") && text.contains("note "), "{text}");
}

fn demo(home: tempfile::TempDir) -> Tty {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.arg("demo");
    let tty = Tty::start(command, home, &[]);
    tty.shows("closed").shows("? help");
    tty
}

fn notes(home: &Path) -> Vec<String> {
    let files = fs::read_dir(home.join("state/tokentrail")).unwrap().map(|file| file.unwrap().path());
    let notes = files.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    notes.map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn the_demos_first_hit_is_settled_and_written_in_at_most_25_keys() {
    let mut tty = demo(tempfile::tempdir().unwrap());
    let mut pressed = 0;
    let mut press = |tty: &mut Tty, key: &str, shows: &str| {
        tty.keys(key).shows(shows);
        pressed += 1;
    };
    press(&mut tty, "\r", "step 1 of ");
    // Every step of the hit that leads; those of the others are there to be walked.
    for _ in 0..8 {
        let before = tty.rests();
        press(&mut tty, "y", "");
        tty.until("an answer", |output| output.bytes.len() > before);
        tty.rests();
    }
    press(&mut tty, "d", "What is this incident?");
    press(&mut tty, "t", "1 closed");
    press(&mut tty, "e", "# ");
    press(&mut tty, "w", "note written");
    assert!(pressed <= 25, "{pressed} keys");
    let home = tty.home.path().to_owned();
    let note = notes(&home).pop().unwrap();
    assert!(note.contains("verdict: theft"), "{note}");
    tty.keys("q");
    let (status, text) = tty.ends();
    assert!(status.success() && text.contains(" closed") && text.contains("note  "), "{text}");
}

#[test]
fn killed_in_the_middle_nothing_said_is_lost() {
    let mut tty = Tty::workbench();
    tty.shows(READY);
    tty.keys("\ryxi").shows("Remark");
    tty.keys("seen before\r").shows("seen before");
    let home = tty.killed();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.arg(bundle(home.path()));
    let mut tty = Tty::start(command, home, &[]);
    // It comes back where it was, on a terminal that the killed one left as it likes.
    tty.shows("step 3 of ");
    tty.keys("3").shows("seen before");
    tty.keys("yyyyyd").shows("What is this incident?");
    tty.keys("a").shows("Reason");
    tty.keys("at a customer's\r").shows("nobody confirmed it");
    tty.keys("her manager\r").shows("1 closed");
    tty.keys("e").shows("Note →");
    tty.keys("w").shows("note written");
    let note = notes(tty.home.path()).pop().unwrap();
    assert!(
        note.contains("seen before") && note.contains("authorised activity: at a customer's, confirmed by her manager"),
        "{note}"
    );
    tty.keys("q");
    assert!(tty.ends().0.success());
}

#[test]
fn resized_and_suspended_in_the_middle_a_session_ends_with_its_note() {
    let home = tempfile::tempdir().unwrap();
    let mut command = CommandBuilder::new("bash");
    command.args(["--norc", "--noprofile", "-i"]);
    let mut tty = Tty::start(command, home, &[("PS1", "prompt> ")]);
    tty.shows("prompt>");
    tty.keys(&format!("{} demo\n", env!("CARGO_BIN_EXE_tokentrail"))).shows("closed").shows("? help");
    tty.keys("\r").shows("step 1 of ");
    tty.keys("y").shows("step 2 of ");
    tty.resize(40, 120);
    tty.shows("┃");
    tty.keys("\u{1a}").shows("Stopped");
    tty.resize(20, 72);
    tty.keys("fg\n");
    tty.until("the screen again", |output| output.screen.screen().alternate_screen());
    tty.resize(24, 80);
    tty.shows("step 2 of ");
    tty.keys("dt").shows("1 closed");
    tty.keys("ew").shows("note written");
    tty.keys("q");
    tty.until("the prompt", |output| {
        !output.screen.screen().alternate_screen() && output.screen.screen().contents().trim_end().ends_with("prompt>")
    });
    assert!(tty.text().contains(" closed"), "{}", tty.text());
    assert_eq!(notes(tty.home.path()).len(), 1);
    tty.keys("exit\n");
    tty.ends();
}
