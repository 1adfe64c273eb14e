//! A save whose calls fail one after the other, or are its last: the case is the old one or the new one, whole.

use super::{Place, can_trace, program};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::{Output, Stdio};

/// The calls a save may be made of.
const CALLS: [&str; 14] = [
    "openat",
    "write",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "flock",
    "fcntl",
    "fchmod",
];

const CASE: &str = "case/c.json";

/// Gives a verdict on the first hit by `--plain`, while `strace` does as told.
fn session(place: &Place, verdict: &str, arguments: &[&str]) -> Output {
    let mut command = place.traced(arguments);
    command.args([program(), "--plain", "evidence/logs.tar.gz", "--case", CASE]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that ended by a signal reads no more.
    let _ = child.stdin.take().unwrap().write_all(format!("1\n{verdict}\nq\n").as_bytes());
    child.wait_with_output().unwrap()
}

/// Number of times each call was made on something in the case's folder.
fn counted(place: &Place) -> BTreeMap<&'static str, usize> {
    let count = |name: &str| place.trace().iter().filter(|call| call.starts_with(&format!("{name}("))).count();
    CALLS.into_iter().map(|name| (name, count(name))).filter(|(_, count)| *count > 0).collect()
}

#[test]
fn a_call_of_a_save_that_fails_or_is_the_last_leaves_a_whole_case() {
    if !can_trace() {
        return;
    }
    let place = Place::new();
    let watched = format!("trace={}", CALLS.join(","));
    fs::create_dir(place.at("case")).unwrap();
    let path = place.at(CASE);
    assert!(session(&place, "y", &["-e", "trace=none"]).status.success());
    let old = fs::read_to_string(&path).unwrap();
    // What a whole session does to the case; each of its calls is then struck in a run of its own.
    assert!(session(&place, "x", &["-e", &watched]).status.success());
    let new = fs::read_to_string(&path).unwrap();
    assert!(old.matches("verdict").count() < new.matches("verdict").count());
    let first = place.trace().iter().position(|call| call.contains(CASE)).unwrap();
    let before =
        |name: &str| place.trace()[..first].iter().filter(|call| call.starts_with(&format!("{name}("))).count();
    let calls: Vec<(&str, usize, usize)> =
        counted(&place).into_iter().map(|(name, count)| (name, before(name), count)).collect();
    let names: Vec<&str> = calls.iter().map(|(name, ..)| *name).collect();
    assert!(names.contains(&"write") && names.contains(&"fsync"), "{names:?}");
    // Threads open files in any order: the call that is struck may be one that reads the evidence, which the log says.
    let lines = |case: &str| case.lines().filter(|line| !line.contains("the evidence has changed")).count();
    let (mut struck, mut kept, mut saved) = (0, 0, 0);
    for (name, before, count) in calls {
        for number in before + 1..=count {
            for blow in ["error=EIO", "signal=KILL"] {
                fs::write(&path, &old).unwrap();
                let inject = format!("inject={name}:{blow}:when={number}");
                session(&place, "x", &["-e", &watched, "-e", &inject]);
                struck += 1;
                let there = fs::read_to_string(&path).unwrap();
                let case: serde_json::Value = serde_json::from_str(&there).expect("a whole case");
                assert_eq!(case["bundle"].as_str().map(str::len), Some(64), "{inject}");
                // The time in the log differs from run to run: the lines do not.
                match lines(&there) {
                    lines if there == old => kept += usize::from(lines > 0),
                    found => {
                        assert_eq!(found, lines(&new), "{inject}: {there}");
                        saved += 1;
                    }
                }
                // Whatever was left behind is in nobody's way.
                let again = session(&place, "x", &["-e", "trace=none"]);
                assert!(again.status.success(), "{inject}: {}", String::from_utf8_lossy(&again.stderr));
                assert!(fs::read_to_string(&path).unwrap().contains("against"), "{inject}");
            }
        }
    }
    assert!(kept > 0 && saved > 0, "of {struck}: {kept} old, {saved} new");
}

#[test]
fn a_file_system_that_cannot_sync_is_said_once_and_what_is_saved_counts_as_saved() {
    if !can_trace() {
        return;
    }
    for (error, is_saved) in
        [("EINVAL", true), ("EOPNOTSUPP", true), ("EIO", false), ("ENOSPC", false), ("EDQUOT", false)]
    {
        let place = Place::new();
        fs::create_dir(place.at("case")).unwrap();
        let inject = format!("inject=fsync,fdatasync:error={error}");
        let output = session(&place, "y\nx", &["-e", "trace=fsync,fdatasync", "-e", &inject]);
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(text.contains("NOT saved"), !is_saved, "{error}: {text}");
        let count = text.matches("the case is saved; it cannot be put on disk at once").count();
        assert_eq!(count, usize::from(is_saved), "{error}: {text}");
        let case = fs::read_to_string(place.at(CASE)).unwrap_or_default();
        assert_eq!(case.matches("\"set\":\"verdict\"").count(), if is_saved { 2 } else { 0 }, "{error}: {case}");
    }
}

#[test]
fn a_folder_that_may_be_written_and_not_listed_is_said_once_and_what_is_saved_counts_as_saved() {
    if !can_trace() {
        return;
    }
    let place = Place::new();
    fs::create_dir(place.at("case")).unwrap();
    let folder = place.at("case").to_string_lossy().into_owned();
    let output = session(&place, "y\nx", &["-P", &folder, "-e", "trace=openat", "-e", "inject=openat:error=EACCES"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && !text.contains("NOT saved"), "{text}");
    assert_eq!(text.matches("the case is saved; its folder cannot be put on disk at once").count(), 1, "{text}");
    assert_eq!(text.matches("copies of the case are not looked for").count(), 1, "{text}");
    assert_eq!(fs::read_to_string(place.at(CASE)).unwrap().matches("\"set\":\"verdict\"").count(), 2);
}
