//! No network, no other program, no stray write.

use super::{Place, can_trace, is_below, program, through};
use crate::tty::{READY, Tty};
use portable_pty::CommandBuilder;
use std::path::{Path, PathBuf};

/// The calls that are looked at.
const WATCHED: &str = "trace=%network,%process,%file";

/// Calls that reach another machine, or another program of this one. A pair of sockets is both ends of a pipe.
const NETWORK: [&str; 6] = ["socket", "connect", "bind", "listen", "accept", "accept4"];
/// Calls that change what is on disk, by their paths.
const CHANGING: [&str; 22] = [
    "creat",
    "mkdir",
    "mkdirat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "unlink",
    "unlinkat",
    "rmdir",
    "chmod",
    "fchmodat",
    "chown",
    "lchown",
    "fchownat",
    "truncate",
    "mknod",
    "mknodat",
    "utimensat",
];

/// The first of the traced calls that the program promises not to make.
fn broken(trace: &[String], home: &Path, allowed: &[PathBuf]) -> Option<String> {
    let mut programs = 0;
    trace
        .iter()
        .find(|call| {
            let (name, arguments) = call.split_once('(').unwrap_or_default();
            let starts = match name {
                "execve" | "execveat" => {
                    programs += 1;
                    programs > 1
                }
                "fork" | "vfork" => true,
                "clone" | "clone3" => !arguments.contains("CLONE_THREAD"),
                _ => false,
            };
            let opens = matches!(name, "open" | "openat" | "openat2")
                && ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].iter().any(|flag| arguments.contains(flag));
            let changes = opens || CHANGING.contains(&name);
            // Every other part between quotation marks is a path.
            let strays = changes
                && arguments
                    .split('"')
                    .skip(1)
                    .step_by(2)
                    .any(|path| !path.is_empty() && !is_below(&home.join(path), allowed));
            starts || NETWORK.contains(&name) || strays
        })
        .cloned()
}

fn allowed(place: &Place) -> Vec<PathBuf> {
    let devices = ["/dev/null", "/dev/tty", "/proc/self/fd/1"].map(PathBuf::from);
    ["state", "tmp", "out"].map(|path| place.at(path)).into_iter().chain(devices).collect()
}

fn check(place: &Place) {
    let trace = place.trace();
    assert!(trace.iter().any(|call| call.starts_with("execve(")), "nothing was traced");
    assert_eq!(broken(&trace, place.home.path(), &allowed(place)), None);
}

#[test]
fn no_command_opens_a_socket_starts_a_program_or_writes_where_it_should_not() {
    if !can_trace() {
        return;
    }
    for arguments in [
        &["scan", "evidence"][..],
        &["info", "evidence"],
        &["timeline", "evidence", "--user", "finance.director@contoso.com"],
        &["note", "evidence", "--output", "out/note.md"],
        &["list"],
        &["demo", "--write", "out/demo"],
    ] {
        let place = Place::new();
        through(place.traced(&["-e", WATCHED, program()]).args(arguments));
        check(&place);
        let evidence: Vec<_> = std::fs::read_dir(place.at("evidence")).unwrap().collect();
        assert_eq!(evidence.len(), 1, "the evidence is as it was");
    }
}

#[test]
fn no_session_does_either() {
    if !can_trace() {
        return;
    }
    let place = Place::new();
    let mut command = CommandBuilder::new("strace");
    command.args(["-f", "-y", "-s", "400", "-o"]);
    command.args([place.at("trace").as_os_str(), "-e".as_ref(), WATCHED.as_ref(), program().as_ref()]);
    command.arg(place.at("evidence"));
    let environment = place.environment();
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.to_str().unwrap())).collect();
    let mut tty = Tty::start(command, tempfile::tempdir().unwrap(), &environment);
    tty.shows(READY).shows("? help");
    tty.keys("\ry").shows("step 2 of ");
    tty.keys("iseen before").shows("seen before");
    tty.keys("\r").shows("step 2 of ");
    tty.keys("Y\r").shows("not confirmed");
    tty.keys("ew").shows("note written");
    tty.keys("\u{1b}OQ").shows("the mouse is the workbench's");
    tty.resize(40, 120);
    tty.shows("┃");
    tty.keys("q");
    assert!(tty.ends().0.success());
    check(&place);
}

/// The test of the tests: what breaks the promise is found.
#[test]
fn what_a_program_should_not_do_is_seen() {
    if !can_trace() {
        return;
    }
    for (script, word) in [
        ("exec 3<>/dev/udp/127.0.0.1/9", "socket("),
        ("/bin/true; :", "SIGCHLD"),
        ("echo > elsewhere", "elsewhere"),
        ("exec mkdir evidence/new", "execve("),
    ] {
        let place = Place::new();
        through(&mut place.traced(&["-e", WATCHED, "bash", "-c", script]));
        let found = broken(&place.trace(), place.home.path(), &allowed(&place));
        assert!(found.as_ref().is_some_and(|call| call.contains(word)), "{script}: {found:?}");
    }
    // And what is allowed is no breach.
    let place = Place::new();
    through(&mut place.traced(&["-e", WATCHED, "bash", "-c", "echo > tmp/file"]));
    assert_eq!(broken(&place.trace(), place.home.path(), &allowed(&place)), None);
}
