//! A disk that takes seconds: the screen goes on, and nothing that was said is left behind.
#![cfg(target_os = "linux")]

use super::{READY, SAVING, Tty, bundle, signal};
use crate::traced::can_trace;
use portable_pty::CommandBuilder;
use std::ffi::OsStr;
use std::fs;
use tempfile::TempDir;

/// Microseconds that each fsync takes; a save has two.
const DELAY: &str = "inject=fsync:delay_enter=1000000";

/// The workbench on such a disk, at the first step.
fn at_a_step() -> Tty {
    let home = tempfile::tempdir().unwrap();
    let bundle = bundle(home.path());
    let mut tty = on_it(home, &[bundle.as_os_str()]);
    tty.shows(READY).shows("? help");
    tty.keys("\r").shows("step 1 of ");
    tty
}

fn on_it(home: TempDir, arguments: &[&OsStr]) -> Tty {
    let mut command = CommandBuilder::new("strace");
    command.args(["-f", "-o", "/dev/null", "-e", "trace=fsync", "-e", DELAY, env!("CARGO_BIN_EXE_tokentrail")]);
    command.args(arguments);
    Tty::start(command, home, &[])
}

/// Waits for a text while something is on its way to the disk.
fn shows_meanwhile(tty: &Tty, text: &str) {
    shows_with(tty, text, SAVING);
}

fn shows_with(tty: &Tty, text: &str, task: &str) {
    tty.until(text, |output| {
        let shown = output.screen.screen().contents();
        shown.contains(text) && shown.contains(task)
    });
}

/// The traced program's own number.
fn pid(tty: &Tty) -> u32 {
    let strace = tty.child.process_id().unwrap();
    let children = fs::read_to_string(format!("/proc/{strace}/task/{strace}/children")).unwrap();
    children.trim().parse().unwrap()
}

#[test]
fn keys_go_on_while_a_save_runs_and_what_shows_as_saved_outlives_a_kill() {
    if !can_trace() {
        return;
    }
    let mut tty = at_a_step();
    tty.keys("y");
    shows_meanwhile(&tty, "step 2 of ");
    tty.keys("x");
    shows_meanwhile(&tty, "step 3 of ");
    tty.keys("iseen before\r");
    shows_meanwhile(&tty, "remark: seen before");
    tty.shows("remark: seen before");
    signal(pid(&tty), "KILL");
    tty.until("the end", |output| output.ended);
    let case = fs::read_to_string(tty.case()).unwrap();
    for word in ["verdict supports", "verdict against", "seen before"] {
        assert!(case.contains(word), "{word}: {case}");
    }
    assert!(!tty.case().with_extension("draft").exists());
}

#[test]
fn leaving_waits_for_the_save_that_runs_and_makes_the_last_one() {
    if !can_trace() {
        return;
    }
    for (leave, code) in [("q", 0), ("TERM", 143), ("HUP", 129)] {
        let mut tty = at_a_step();
        tty.keys("y");
        shows_meanwhile(&tty, "step 2 of ");
        tty.keys("x");
        shows_meanwhile(&tty, "step 3 of ");
        if leave == "q" {
            tty.keys("q");
        } else {
            signal(pid(&tty), leave);
        }
        tty.until("the end", |output| output.ended);
        let case = fs::read_to_string(tty.case()).unwrap();
        assert!(case.contains("verdict supports") && case.contains("verdict against"), "{leave}: {case}");
        let (status, text) = tty.ends();
        assert_eq!(status.exit_code(), code, "{leave}: {text}");
        assert!(text.contains("case  "), "{leave}: {text}");
    }
}

#[test]
fn keys_go_on_while_the_case_moves_to_another_file_and_while_copies_are_merged() {
    if !can_trace() {
        return;
    }
    let shared = tempfile::tempdir().unwrap();
    let (bundle, there) = (bundle(shared.path()), shared.path().join("there/c.json"));
    let mut tty = on_it(tempfile::tempdir().unwrap(), &[bundle.as_os_str()]);
    tty.resize(24, 120);
    tty.shows(READY).shows("? help");
    tty.keys("\ry").shows("step 2 of ");
    tty.keys(&format!("S{}\r", there.display()));
    shows_with(&tty, "step 2 of ", " moving the case… ");
    tty.keys("x");
    shows_with(&tty, "step 3 of ", " moving the case… ");
    tty.shows("the case is kept in");
    tty.until("all saved", |output| !output.screen.screen().contents().contains(SAVING));
    let case = fs::read_to_string(&there).unwrap();
    assert!(case.contains("verdict supports") && case.contains("verdict against"), "{case}");
    tty.keys("q");
    tty.until("the end", |output| output.ended);
    assert!(tty.ends().0.success());
    // What another program left beside the case.
    fs::write(there.with_file_name("c-2.json"), case.replace("verdict against", "verdict unknown")).unwrap();
    let arguments = [bundle.as_os_str(), "--case".as_ref(), there.as_os_str()];
    let mut tty = on_it(tempfile::tempdir().unwrap(), &arguments);
    tty.resize(24, 120);
    tty.shows("c-2.json");
    tty.keys("t");
    shows_with(&tty, "c-2.json", " merging… ");
    tty.keys("\u{1b}");
    shows_with(&tty, READY, " merging… ");
    tty.shows("merged c-2.json");
    tty.keys("q");
    tty.until("the end", |output| output.ended);
    assert!(there.with_file_name("c-2.merged.json").exists());
    assert!(tty.ends().0.success());
}
