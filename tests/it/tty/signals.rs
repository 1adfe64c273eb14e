//! Signals: each that would end a program gives the terminal back and saves, whatever is on the screen.

use super::{READY, Tty, bundle};
use crate::screens::story;
use portable_pty::CommandBuilder;
use std::io::Write;

/// Signals that end the program, and its exit code; `None` where the signal itself has the last word.
pub(super) const ENDING: [(&str, Option<u32>); 15] = [
    ("TERM", Some(143)),
    ("HUP", Some(129)),
    ("INT", Some(130)),
    ("USR1", Some(138)),
    ("USR2", Some(140)),
    ("ALRM", Some(142)),
    ("VTALRM", Some(154)),
    ("PROF", Some(155)),
    ("XCPU", Some(152)),
    ("QUIT", None),
    ("ABRT", None),
    // Sent by somebody, not by the processor.
    ("SEGV", None),
    ("BUS", None),
    ("FPE", None),
    ("ILL", None),
];

/// Sends each of the signals to a program brought to a state; the verdict given there is on disk.
fn each_signal_ends(verdict: bool, start: impl Fn() -> Tty) {
    for (name, code) in ENDING {
        let tty = start();
        // That of a file too large ends nothing, wherever it comes.
        tty.signal("XFSZ");
        tty.signal(name);
        tty.until("the end", |output| output.ended);
        if verdict {
            tty.case_says("verdict supports", 1);
        }
        let (status, text) = tty.ends();
        match code {
            Some(code) => assert_eq!(status.exit_code(), code, "{name}"),
            None => assert!(status.signal().is_some(), "{name}: {status:?}"),
        }
        assert!(!text.contains("error"), "{name}: {text}");
    }
}

fn walked() -> Tty {
    let mut tty = Tty::workbench();
    tty.shows(READY).shows("? help");
    tty.keys("\ry").shows("step 2 of ");
    tty
}

#[test]
fn in_the_list() {
    each_signal_ends(false, || {
        let tty = Tty::workbench();
        tty.shows(READY).shows("? help");
        tty
    });
}

#[test]
fn at_a_step() {
    each_signal_ends(true, walked);
}

#[test]
fn while_a_remark_is_typed() {
    each_signal_ends(true, || {
        let mut tty = walked();
        tty.keys("i").shows("Remark");
        tty.keys("half a rem").shows("half a rem");
        tty
    });
}

#[test]
fn while_the_note_is_looked_at() {
    each_signal_ends(true, || {
        let mut tty = walked();
        tty.keys("e").shows("Note →").shows("# ");
        tty
    });
}

#[test]
fn with_the_mouse_on() {
    each_signal_ends(true, || {
        let mut tty = walked();
        tty.keys("\u{1b}OQ").shows("the mouse is the workbench's");
        tty
    });
}

#[test]
fn while_the_bundle_is_read() {
    let keep = std::cell::RefCell::new(Vec::new());
    each_signal_ends(false, || {
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let mut command = CommandBuilder::new("sh");
        let call = format!("exec '{}' - < '{}'", env!("CARGO_BIN_EXE_tokentrail"), pipe.display());
        command.args(["-c", &call]);
        let tty = Tty::start(command, home, &[]);
        let mut rows = std::fs::File::create(&pipe).unwrap();
        rows.write_all(story::ndjson().as_bytes()).unwrap();
        tty.shows("The first rows; hits follow when all are read");
        // Whoever writes has not ended.
        keep.borrow_mut().push(rows);
        tty
    });
}

#[cfg(target_os = "linux")]
#[test]
fn signals_without_a_name_end_it_too() {
    for number in ["16", "29", "30", "34", "50", "64"] {
        let tty = walked();
        tty.signal(number);
        tty.until("the end", |output| output.ended);
        tty.case_says("verdict supports", 1);
        assert_eq!(tty.ends().0.exit_code(), 128 + number.parse::<u32>().unwrap(), "{number}");
    }
}

/// The write that met the limit fails by itself, and is named.
#[test]
fn the_signal_of_a_file_too_large_ends_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut command = CommandBuilder::new("bash");
    let program = format!("{} {}", env!("CARGO_BIN_EXE_tokentrail"), bundle(home.path()).display());
    command.args(["-c", &format!("ulimit -f 0; exec {program}")]);
    let mut tty = Tty::start(command, home, &[]);
    tty.resize(24, 120);
    tty.shows(READY).shows("? help");
    tty.keys("\ry").shows("step 2 of ").shows("NOT SAVED").shows("File too large");
    tty.signal("XFSZ");
    tty.keys("y").shows("step 3 of ");
    tty.keys("q").shows("quit again");
    tty.keys("q");
    let (status, text) = tty.ends();
    assert!(status.success() && text.contains("NOT saved"), "{text}");
}
