//! Leaving, by whatever way: the terminal as it was found, the work on disk.

use super::{PATIENCE, READY, Tty, bundle};
use crate::screens::story;
use portable_pty::CommandBuilder;
use std::io::Write;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn leaving_while_loading_is_quick_and_clean() {
    let mut tty = Tty::workbench();
    tty.until("the first screen", |output| output.screen.screen().alternate_screen());
    tty.keys("q");
    assert!(tty.ends().0.success());
}

/// A slow writer to stdin delays nothing: the first rows are shown, and Ctrl-C need not wait for the rest.
#[test]
fn stdin_that_goes_on_keeps_nobody() {
    let home = tempfile::tempdir().unwrap();
    let pipe = home.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut command = CommandBuilder::new("sh");
    let call = format!("exec '{}' - < '{}'", env!("CARGO_BIN_EXE_tokentrail"), pipe.display());
    command.args(["-c", &call]);
    let mut tty = Tty::start(command, home, &[]);
    let mut rows = std::fs::File::create(&pipe).unwrap();
    rows.write_all(story::ndjson().as_bytes()).unwrap();
    tty.shows("The first rows; hits follow when all are read").shows("Looking through");
    tty.keys("\u{3}");
    assert!(tty.ends().0.success());
}

#[test]
fn a_signal_saves_and_leaves() {
    for (name, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let mut tty = Tty::workbench();
        tty.shows(READY);
        tty.keys("\ry").shows("step 2 of ");
        tty.signal(name);
        tty.until("the end", |output| output.ended);
        let case = std::fs::read_to_string(tty.case()).unwrap();
        assert!(case.contains("verdict supports"));
        assert_eq!(tty.ends().0.exit_code(), code, "{name}");
    }
}

#[test]
fn control_c_is_a_clean_end() {
    let mut tty = Tty::workbench();
    tty.shows(READY);
    tty.keys("\u{3}");
    assert!(tty.ends().0.success());
}

#[test]
fn a_lost_terminal_ends_it() {
    let mut tty = Tty::workbench();
    tty.shows(READY);
    tty.keys("\ry").shows("step 2 of ");
    // The reading thread lets go with the frame that answers a key; then nobody holds the other end.
    tty.output.0.lock().unwrap().hang_up = true;
    tty.keys("?");
    let output = Arc::clone(&tty.output);
    let end = Instant::now() + PATIENCE;
    while Arc::strong_count(&output) > 2 {
        assert!(Instant::now() < end, "the reading thread holds on");
        thread::sleep(Duration::from_millis(5));
    }
    tty.writer = None;
    tty.master = None;
    while tty.child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < end, "it runs on without a terminal");
        thread::sleep(Duration::from_millis(5));
    }
    assert!(std::fs::read_to_string(tty.case()).unwrap().contains("verdict supports"));
}

#[test]
fn suspended_and_continued_it_is_drawn_again() {
    let home = tempfile::tempdir().unwrap();
    let mut command = CommandBuilder::new("bash");
    command.args(["--norc", "--noprofile", "-i"]);
    let program = format!("{} {}", env!("CARGO_BIN_EXE_tokentrail"), bundle(home.path()).display());
    let mut tty = Tty::start(command, home, &[("PS1", "prompt> ")]);
    tty.shows("prompt>");
    tty.keys(&format!("{program}\n")).shows(READY);
    tty.keys("\u{1a}").shows("Stopped");
    tty.keys("fg\n").shows(READY);
    tty.keys("q");
    tty.until("the prompt after the last lines", |output| {
        output.screen.screen().contents().trim_end().ends_with("prompt>")
    });
    tty.keys("exit\n");
    tty.ends();
}

#[test]
fn a_case_of_another_bundle_is_refused_by_name() {
    let home = tempfile::tempdir().unwrap();
    let case = home.path().join("other.json");
    std::fs::write(&case, "{\"version\":1,\"bundle\":\"other\",\"tlp\":\"TLP:RED\"}").unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.args([bundle(home.path()).as_os_str(), "--case".as_ref(), case.as_os_str()]);
    let before = std::fs::read(&case).unwrap();
    let tty = Tty::start(command, home, &[]);
    tty.until("the end", |output| output.ended);
    assert_eq!(std::fs::read(&case).unwrap(), before);
    let (status, text) = tty.ends();
    assert_eq!(status.exit_code(), 1);
    assert!(text.replace("\r\n", "").contains("belongs to another bundle"), "{text}");
}

#[test]
fn a_bundle_of_nothing_is_told_and_left() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("empty.json"), "no rows here").unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.arg(home.path().join("empty.json"));
    let (status, text) = Tty::start(command, home, &[]).ends();
    assert_eq!(status.exit_code(), 3, "{text}");
    assert!(text.contains("nothing in the bundle could be read"), "{text}");
}

/// The workbench started from a shell that controls jobs.
fn from_a_shell() -> Tty {
    from(CommandBuilder::new("bash"))
}

fn from(mut command: CommandBuilder) -> Tty {
    let home = tempfile::tempdir().unwrap();
    command.args(["--norc", "--noprofile", "-i"]);
    let program = format!("{} {}", env!("CARGO_BIN_EXE_tokentrail"), bundle(home.path()).display());
    let mut tty = Tty::start(command, home, &[("PS1", "prompt> ")]);
    tty.shows("prompt>");
    tty.keys(&format!("{program}\n")).shows(READY).shows("? help");
    tty
}

#[test]
fn stopped_from_elsewhere_it_gives_the_terminal_back() {
    let mut tty = from_a_shell();
    let children = format!("/proc/{0}/task/{0}/children", tty.child.process_id().unwrap());
    let Ok(children) = std::fs::read_to_string(children) else { return };
    let stop = |name: &str| {
        std::process::Command::new("kill").args(["-s", name, children.trim()]).status().unwrap();
    };
    for _ in 0..2 {
        stop("TSTP");
        tty.shows("Stopped");
        let output = Arc::clone(&tty.output);
        assert!(!output.0.lock().unwrap().screen.screen().alternate_screen());
        tty.keys("clear; fg\n").shows(READY);
        tty.until("the alternate screen", |output| output.screen.screen().alternate_screen());
        tty.rests();
    }
    // Without a word to us, as a debugger does it.
    stop("STOP");
    tty.shows("Stopped");
    tty.keys("fg\n");
    tty.until("the screen again", |output| output.screen.screen().contents().starts_with(" tokentrail"));
    tty.keys("q");
    tty.until("the prompt", |output| output.screen.screen().contents().trim_end().ends_with("prompt>"));
    tty.keys("exit\n");
    tty.ends();
}

/// Entered from outside, a container has a session that no process in it began.
#[test]
#[cfg(target_os = "linux")]
fn in_a_container_it_stops_and_goes_on() {
    let unshared = ["--user", "--map-root-user", "--fork", "--pid", "--"];
    let may = std::process::Command::new("unshare").args(unshared).arg("true").status();
    if !may.is_ok_and(|status| status.success()) {
        return;
    }
    let mut command = CommandBuilder::new("unshare");
    command.args(unshared);
    command.arg("bash");
    let mut tty = from(command);
    tty.rests();
    tty.keys("\u{1a}");
    tty.until("the shell", |output| !output.screen.screen().alternate_screen());
    tty.shows("Stopped");
    tty.keys("clear; fg\n").shows(READY);
    tty.keys("q");
    tty.until("the prompt", |output| output.screen.screen().contents().trim_end().ends_with("prompt>"));
    tty.keys("exit\n");
    tty.ends();
}

#[test]
fn where_nobody_could_continue_it_a_stop_is_no_end() {
    let mut tty = Tty::workbench();
    tty.shows(READY);
    tty.rests();
    tty.keys("\u{1a}");
    tty.signal("TSTP");
    tty.keys("?").shows("Help");
    tty.keys("\u{3}");
    assert!(tty.ends().0.success());
}
