//! The place of the case: a warning at the start where it cannot be written, and rights for nobody else to read.

use super::{READY, Tty, bundle};
use portable_pty::CommandBuilder;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const HOMELESS: [(&str, &str); 3] = [("HOME", ""), ("XDG_STATE_HOME", ""), ("XDG_CONFIG_HOME", "")];

#[test]
fn without_a_home_it_opens_and_says_so_in_one_line() {
    let mut tty = Tty::workbench_with(&HOMELESS);
    tty.resize(24, 120);
    tty.shows(READY).shows("nothing can be kept (there is no home folder): S keeps the case elsewhere");
    assert!(tty.text().contains("--case FILE"), "{}", tty.text());
    // Nothing was said: nothing would be lost.
    tty.keys("q");
    let (status, text) = tty.ends();
    assert!(status.success() && text.contains("no verdicts yet"), "{text}");
}

#[test]
fn without_a_home_a_verdict_is_not_called_saved_and_can_be_kept_elsewhere() {
    let mut tty = Tty::workbench_with(&HOMELESS);
    tty.resize(24, 120);
    tty.shows("nothing can be kept");
    tty.keys("\ry").shows("step 2 of ").shows("NOT SAVED");
    tty.keys("ew").shows("the note is not written");
    tty.keys("\u{1b}").shows("step 2 of ");
    tty.keys("q").shows("quit again");
    tty.keys("Shere.json\r").shows("the case is kept in");
    tty.keys("y").shows("step 3 of ");
    tty.keys("q");
    let case = tty.home.path().join("here.json");
    tty.until("the end", |output| output.ended);
    assert_eq!(fs::read_to_string(case).unwrap().matches("verdict supports").count(), 2);
    let (status, text) = tty.ends();
    assert!(status.success() && text.contains("here.json") && !text.contains("NOT"), "{text}");
}

#[test]
fn a_folder_that_takes_nothing_is_told_at_the_start() {
    let home = tempfile::tempdir().unwrap();
    // A link to nowhere: nothing can be made in it, not even by root.
    std::os::unix::fs::symlink(home.path().join("gone/there"), home.path().join("state")).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.arg(bundle(home.path()));
    let mut tty = Tty::start(command, home, &[]);
    tty.resize(24, 200);
    tty.shows(READY).shows("nothing can be kept (").shows("S keeps the case elsewhere");
    tty.keys("q");
    assert!(tty.ends().0.success());
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn whatever_the_umask_only_the_user_reads_what_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let mut command = CommandBuilder::new("sh");
    let program = format!("{} {}", env!("CARGO_BIN_EXE_tokentrail"), bundle(home.path()).display());
    command.args(["-c", &format!("umask 000; exec {program}")]);
    let mut tty = Tty::start(command, home, &[]);
    tty.shows(READY).shows("? help");
    tty.keys("\ry").shows("step 2 of ");
    tty.case_says("verdict supports", 1);
    tty.keys("ew").shows("note written");
    tty.keys("Y\r").shows("not confirmed");
    let state = tty.home.path().join("state");
    let folder = state.join("tokentrail");
    assert_eq!((mode(&state), mode(&folder)), (0o700, 0o700));
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() >= 4, "case, note, indicators, copy: {files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    tty.keys("q");
    assert!(tty.ends().0.success());
}

/// Something in the place of the folder of cases that nobody gets past, root neither.
fn barred(home: &Path, is_loop: bool) {
    fs::create_dir(home.join("state")).unwrap();
    let folder = home.join("state/tokentrail");
    if is_loop {
        std::os::unix::fs::symlink(&folder, &folder).unwrap();
    } else {
        fs::write(&folder, "a file").unwrap();
    }
}

#[test]
fn a_folder_that_cannot_be_read_is_told_at_the_start_and_the_case_can_be_kept_elsewhere() {
    for is_loop in [false, true] {
        let home = tempfile::tempdir().unwrap();
        barred(home.path(), is_loop);
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
        command.arg(bundle(home.path()));
        let mut tty = Tty::start(command, home, &[]);
        tty.resize(24, 200);
        tty.shows(READY).shows("nothing can be kept (").shows("S keeps the case elsewhere");
        tty.keys("\ry").shows("step 2 of ").shows("NOT SAVED");
        tty.keys("Shere.json\r").shows("the case is kept in");
        tty.keys("q");
        let case = tty.home.path().join("here.json");
        tty.until("the end", |output| output.ended);
        assert_eq!(fs::read_to_string(case).unwrap().matches("verdict supports").count(), 1);
        assert!(tty.ends().0.success());
    }
}

/// Output of a program run without a terminal, on a home whose folder of cases is barred.
fn output(arguments: &[&str], typed: &str) -> (String, String) {
    let home = tempfile::tempdir().unwrap();
    barred(home.path(), false);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.current_dir(home.path()).args(arguments).arg(bundle(home.path()));
    command.env("XDG_STATE_HOME", home.path().join("state")).env("XDG_CONFIG_HOME", home.path().join("config"));
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2, "nothing is written elsewhere");
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn by_lines_and_in_a_note_a_folder_that_cannot_be_read_is_said_and_no_end() {
    let (out, _) = output(&["--plain"], "1\ny\ne\nq\n");
    assert!(out.contains("nothing can be kept (") && out.contains("--case FILE"), "{out}");
    assert!(out.contains("The case is NOT saved: there is no place to keep it"), "{out}");
    assert!(out.contains("The note is not written: it stands beside the case"), "{out}");
    let (out, err) = output(&["note"], "");
    assert!(out.starts_with('#') || out.contains("TLP:AMBER"), "{out}");
    assert!(err.contains("without a case: cannot get at the folder"), "{err}");
}
