//! Several workbenches on one bundle, each a process: what is said in any of them is in the case at the next start.

use crate::bundle;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Barrier};
use std::thread;
use tempfile::TempDir;

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    bundle::write(&folder.path().join("logs"));
    folder
}

fn command(folder: &Path, who: &str, case: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.current_dir(folder).args(["--plain", "logs", "--case", case, "--analyst", who]);
    command.args(["--analytics", bundle::BURSTS]);
    command.env("XDG_STATE_HOME", folder.join("state")).env("XDG_CONFIG_HOME", folder.join("config"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A workbench by lines that waits for what is typed.
struct Talk {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Talk {
    /// Starts it; what it says before the first question.
    fn start(folder: &Path, who: &str) -> (Self, String) {
        let mut child = command(folder, who, "case/c.json").spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        let mut talk = Self { child, stdin, stdout };
        let output = talk.heard();
        (talk, output)
    }

    /// Everything up to the next question.
    fn heard(&mut self) -> String {
        let mut output = Vec::new();
        while !output.ends_with(b"\n> ") {
            let read = self.stdout.read_until(b' ', &mut output).unwrap();
            assert!(read > 0, "it ended: {}", String::from_utf8_lossy(&output));
        }
        String::from_utf8(output).unwrap()
    }

    /// Types a line; what is answered.
    fn types(&mut self, line: &str) -> String {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
        self.heard()
    }

    /// Settles a step of the first hit, and goes back to the list.
    fn says(&mut self, step: usize, verdict: &str) {
        self.types("1");
        self.types(&step.to_string());
        self.types(verdict);
        self.types("l");
    }

    /// Leaves; the last lines.
    fn leaves(mut self) -> String {
        writeln!(self.stdin.take().unwrap(), "q").unwrap();
        let mut output = String::new();
        self.stdout.read_to_string(&mut output).unwrap();
        assert!(self.child.wait().unwrap().success());
        output
    }

    fn killed(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Opens the case once more; what is said first.
fn again(folder: &Path) -> String {
    let (talk, output) = Talk::start(folder, "cy");
    talk.leaves();
    output
}

fn case(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("case/c.json")).unwrap()).unwrap()
}

/// The first steps of the first hit, by their numbers.
const STEPS: [&str; 4] = ["device-code-address", "code-to-burst", "resources-reached", "graph-agents"];

/// The verdicts of the first hit worked on, by the id of the step.
fn verdicts(folder: &Path) -> BTreeMap<String, String> {
    let case = case(folder);
    let Some(work) = case["hits"].as_object().and_then(|hits| hits.values().next()) else { return BTreeMap::new() };
    let verdicts = work["verdicts"].as_object().unwrap();
    verdicts.iter().map(|(step, verdict)| (step.clone(), verdict.as_str().unwrap().to_owned())).collect()
}

fn expected(verdicts: &[(usize, &str)]) -> BTreeMap<String, String> {
    verdicts.iter().map(|(step, verdict)| (STEPS[step - 1].to_owned(), (*verdict).to_owned())).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder.join("case")).unwrap();
    let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn two_that_both_say_something_lose_nothing_in_whatever_order_they_leave() {
    for first_leaves_first in [true, false] {
        let folder = folder();
        let (mut ana, output) = Talk::start(folder.path(), "ana");
        assert!(output.contains("2 hits, 0 closed"), "{output}");
        let (mut bo, output) = Talk::start(folder.path(), "bo");
        let who = format!("in use by ana, process {} on ", ana.child.id());
        assert!(output.contains(&who) && output.contains(", since 20") && !output.contains("2 hits"), "{output}");
        assert!(bo.types("y").contains("means nothing here"), "nothing is typed into the case before");
        assert!(bo.types("c").contains("Your work goes to a copy"));
        bo.says(2, "x");
        ana.says(1, "y");
        bo.says(3, "u");
        ana.says(4, "y");
        let last = if first_leaves_first {
            ana.leaves();
            bo.leaves()
        } else {
            assert!(bo.leaves().contains("(a copy, merged at the next start; the case is in use by ana, "));
            assert!(ana.leaves().contains("c.json\n"));
            again(folder.path())
        };
        let words = if first_leaves_first { "your copy is merged" } else { "merged c-2.json: 2 changes by bo" };
        assert!(last.contains(words), "{last}");
        let all = expected(&[(1, "supports"), (2, "against"), (3, "unknown"), (4, "supports")]);
        assert_eq!(verdicts(folder.path()), all);
        assert_eq!(names(folder.path()), ["c-2.merged.json", "c.json"]);
    }
}

#[test]
fn three_leave_in_any_order_and_lose_nothing() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let folder = folder();
        let mut talks: Vec<Option<Talk>> = Vec::new();
        for (number, who) in ["ana", "bo", "di"].into_iter().enumerate() {
            let (mut talk, _) = Talk::start(folder.path(), who);
            if number > 0 {
                talk.types("c");
            }
            talk.says(number + 1, "y");
            talks.push(Some(talk));
        }
        for number in order {
            let mut talk = talks[number].take().unwrap();
            talk.says(4, "y");
            talk.leaves();
        }
        again(folder.path());
        let all = expected(&[(1, "supports"), (2, "supports"), (3, "supports"), (4, "supports")]);
        assert_eq!(verdicts(folder.path()), all, "{order:?}");
        assert_eq!(names(folder.path()), ["c-2.merged.json", "c-3.merged.json", "c.json"], "{order:?}");
        assert!(case(folder.path()).get("conflicts").is_none(), "they say the same");
    }
}

#[test]
fn many_that_start_at_once_lose_nothing() {
    for many in [2, 3, 4] {
        for _ in 0..6 {
            let folder = folder();
            let start = Arc::new(Barrier::new(many));
            let run = |number: usize| {
                let (start, path) = (Arc::clone(&start), folder.path().to_owned());
                thread::spawn(move || {
                    start.wait();
                    let mut child = command(&path, &format!("analyst{number}"), "case/c.json").spawn().unwrap();
                    // Who gets the case is asked nothing, and has no conflicts; the others work on copies.
                    let typed = format!("c\n1\n{number}\ny\nq\n");
                    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
                    let output = child.wait_with_output().unwrap();
                    assert!(output.status.success(), "{output:?}");
                })
            };
            let running: Vec<_> = (1..=many).map(run).collect();
            for thread in running {
                thread.join().unwrap();
            }
            again(folder.path());
            let all: Vec<_> = (1..=many).map(|step| (step, "supports")).collect();
            assert_eq!(verdicts(folder.path()), expected(&all), "{:?}", names(folder.path()));
            let log = case(folder.path())["log"].to_string();
            assert!((1..=many).all(|number| log.contains(&format!("analyst{number}"))), "{log}");
        }
    }
}

#[cfg(unix)]
#[test]
fn after_a_kill_the_next_start_takes_the_case_and_merges_what_was_copied() {
    let folder = folder();
    let (mut ana, _) = Talk::start(folder.path(), "ana");
    let (mut bo, _) = Talk::start(folder.path(), "bo");
    bo.types("c");
    ana.says(1, "y");
    bo.says(2, "x");
    let pid = ana.child.id();
    ana.killed();
    bo.killed();
    assert_eq!(names(folder.path()), ["c-2.json", "c-2.json.lock", "c.json", "c.json.lock"]);
    let output = again(folder.path());
    assert!(output.contains(&format!("taken over from ana, process {pid} on ")), "{output}");
    assert!(output.contains("merged c-2.json: 1 change by bo"), "{output}");
    assert_eq!(verdicts(folder.path()), expected(&[(1, "supports"), (2, "against")]));
    assert_eq!(names(folder.path()), ["c-2.merged.json", "c.json"]);
}

#[test]
fn what_both_said_differently_is_asked_and_stands_in_the_note() {
    let folder = folder();
    let (mut ana, _) = Talk::start(folder.path(), "ana");
    let (mut bo, _) = Talk::start(folder.path(), "bo");
    bo.types("c");
    ana.says(1, "y");
    bo.says(1, "x");
    ana.says(2, "y");
    bo.says(2, "x");
    ana.leaves();
    let last = bo.leaves();
    assert!(last.contains("your copy is merged; 2 conflicts to decide at the next start"), "{last}");
    let note = |folder: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokentrail"));
        command.current_dir(folder).args(["note", "logs", "--case", "case/c.json"]);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let text = note(folder.path());
    assert!(
        text.contains("## Conflicts between analysts") && text.contains("): verdict | supports | against | bo"),
        "{text}"
    );
    let (mut cy, output) = Talk::start(folder.path(), "cy");
    assert!(output.contains("c lists them"), "{output}");
    let output = cy.types("c");
    assert!(output.contains("1. ") && output.contains("ours: supports · theirs: against (bo, 20"), "{output}");
    cy.types("t 1");
    assert!(cy.types("o 1").contains("2 hits"), "nothing is left");
    cy.leaves();
    // They stand in the order of the steps' ids.
    assert_eq!(verdicts(folder.path()), expected(&[(1, "supports"), (2, "against")]));
    assert!(case(folder.path()).get("conflicts").is_none());
    assert!(!note(folder.path()).contains("Conflicts between analysts"));
}

#[test]
fn work_that_0_1_0_left_beside_a_case_is_named_everywhere_and_merged_on_request() {
    let folder = folder();
    let (mut ana, _) = Talk::start(folder.path(), "ana");
    ana.says(1, "y");
    ana.leaves();
    let beside = folder.path().join("case/c-2.json");
    let mut stranded = case(folder.path());
    stranded["analyst"] = "bo".into();
    // Layout 1: steps by number, a log in words, no end of it.
    stranded["version"] = 1.into();
    stranded["place"] = Value::Null;
    stranded["log"] = serde_json::json!([]);
    stranded.as_object_mut().unwrap().remove("log_end");
    let work = stranded["hits"].as_object_mut().unwrap().values_mut().next().unwrap();
    work["verdicts"] = serde_json::json!({"1": "against", "2": "unknown"});
    fs::write(&beside, stranded.to_string()).unwrap();
    for arguments in [&["note", "logs"][..], &["timeline", "logs", "--user", bundle::VICTIM]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokentrail"));
        command.current_dir(folder.path()).args(arguments).args(["--case", "case/c.json"]);
        let output = command.output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.success() && message.contains("work by bo in ") && message.contains("c-2.json"),
            "{message}"
        );
    }
    assert_eq!(fs::read_to_string(&beside).unwrap(), stranded.to_string(), "who only reads leaves it alone");
    let (mut cy, output) = Talk::start(folder.path(), "cy");
    assert!(output.contains("copies to merge: c lists them"), "{output}");
    cy.types("c");
    assert!(cy.types("t 1").contains("Merged: 1 change by bo, 1 conflict to decide"));
    cy.types("t 1");
    cy.leaves();
    assert_eq!(verdicts(folder.path()), expected(&[(1, "against"), (2, "unknown")]));
    assert_eq!(names(folder.path()), ["c-2.merged.json", "c.json"]);
}

#[test]
fn read_only_keeps_nothing_and_loses_nothing() {
    let folder = folder();
    let (mut ana, _) = Talk::start(folder.path(), "ana");
    ana.says(1, "y");
    let before = fs::read(folder.path().join("case/c.json")).unwrap();
    let (mut bo, _) = Talk::start(folder.path(), "bo");
    assert!(bo.types("r").contains("no verdict is kept"));
    bo.types("1");
    assert!(bo.types("x").contains("Read only: that is not kept"));
    assert!(bo.types("e").contains("Read only"));
    bo.types("l");
    bo.leaves();
    assert_eq!(fs::read(folder.path().join("case/c.json")).unwrap(), before);
    assert_eq!(names(folder.path()), ["c.json", "c.json.lock"]);
    ana.leaves();
}

/// The path of the case, whatever it is called, is nothing else's.
#[test]
fn a_case_named_as_its_note_is_not_displaced() {
    let folder = folder();
    for name in ["case/c.md", "case/c.json"] {
        for typed in ["1\ny\nl\ne\ne\nq\n", "e\nq\n"] {
            let mut child = command(folder.path(), "ana", name).spawn().unwrap();
            child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
            let output = child.wait_with_output().unwrap();
            let output = String::from_utf8(output.stdout).unwrap();
            assert!(output.contains(&format!("case  {}\n", path(folder.path(), name).display())), "{output}");
        }
        let case: Value = serde_json::from_slice(&fs::read(folder.path().join(name)).unwrap()).unwrap();
        assert_eq!(case["hits"].as_object().unwrap().len(), 1);
    }
    assert!(!names(folder.path()).iter().any(|name| name.contains("kept")), "{:?}", names(folder.path()));
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.current_dir(folder.path()).args(["note", "logs", "--case", "case/c.md", "-o", "case/../case/c.md"]);
    let output = command.output().unwrap();
    assert!(!output.status.success() && String::from_utf8(output.stderr).unwrap().contains("is a case"));
}

fn path(folder: &Path, name: &str) -> PathBuf {
    folder.canonicalize().unwrap().join(name)
}
