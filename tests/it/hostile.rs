//! Nothing alive: every text from outside, at every place where one comes in, against every way out.
#![expect(clippy::unwrap_used, reason = "a test may fail that way")]

mod files;
mod options;
mod rendered;
pub(crate) mod rows;
pub(crate) mod values;

use assert_cmd::Command;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;
use values::alive;

#[test]
fn the_command_line_writes_by_its_gate_alone() {
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli")).unwrap() {
        let path = file.unwrap().path();
        let allowed = path.ends_with("gate.rs");
        let text = fs::read_to_string(&path).unwrap_or_default();
        for way in ["io::stderr", "io::stdout", "stderr().lock", "stdout().lock", "println!", "print!("] {
            assert!(allowed || !text.contains(way), "{way} in {}", path.display());
        }
    }
}

/// The program in a folder that has the small bundle as `logs`.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    crate::bundle::write(&folder.path().join("logs"));
    folder
}

fn tokentrail(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("tokentrail").unwrap();
    command.current_dir(folder).env("XDG_STATE_HOME", folder.join("state"));
    command.env("XDG_CONFIG_HOME", folder.join("config")).env("TERM", "xterm").env("LOGNAME", "ana");
    command.env_remove("NO_COLOR");
    command
}

/// Runs it, and looks at every byte that it said.
fn run<S: AsRef<OsStr>>(folder: &Path, args: impl IntoIterator<Item = S>) -> Output {
    let mut command = tokentrail(folder);
    command.args(args);
    ends_inert(command)
}

fn ends_inert(mut command: Command) -> Output {
    let output = command.output().unwrap();
    for bytes in [&output.stdout, &output.stderr] {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let text = if command.get_args().any(|arg| arg == "always") { plain(&text) } else { text };
        if let Some(c) = alive(&text) {
            let line = text.lines().find(|line| line.contains(c)).unwrap_or_default();
            panic!("{c:?} came out of {command:?}: {line:?}");
        }
    }
    assert!(output.status.code().is_some(), "{command:?} was killed");
    output
}

/// The text without our own colours, each of which is taken back before another begins.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut parts = text.split("\u{1b}[");
    plain.push_str(parts.next().unwrap_or_default());
    for (number, part) in parts.enumerate() {
        let (code, rest) = part.split_once('m').unwrap_or(("", part));
        let known = if number % 2 == 0 { &["1", "2", "33", "1;31"][..] } else { &["0"] };
        assert!(known.contains(&code), "{code:?} is no colour of ours, or out of turn");
        plain.push_str(rest);
    }
    plain
}

/// Asserts that the program ended with this code.
fn ends(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Every command that prints something of a bundle, in each of its formats.
fn commands(user: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    for format in ["table", "jsonl", "json", "csv"] {
        commands.push(vec!["scan", "--format", format]);
        commands.push(vec!["timeline", "--user", user, "--format", format]);
    }
    commands.extend([
        vec!["-v", "scan", "--color", "always", "--format", "table"],
        vec!["info"],
        vec!["info", "--format", "json"],
        vec!["note"],
        vec!["note", "--format", "json"],
    ]);
    commands.into_iter().map(|command| command.into_iter().map(str::to_owned).collect()).collect()
}
