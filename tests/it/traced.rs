//! System calls of the program, as `strace` sees them: no network, no other program, no file written but where it
//! should; and the state of a case when any call of a save fails or is its last.
//!
//! The tests say so where `strace` cannot run, and pass; `.ci/run` sets `TOKENTRAIL_STRACE=required`, and they fail.
#![cfg(target_os = "linux")]

mod calls;
mod saves;

use crate::screens::story;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Returns whether a program can be traced here.
#[expect(clippy::print_stderr, reason = "a test that is passed over says so")]
pub(crate) fn can_trace() -> bool {
    let ran = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    let can = ran.is_ok_and(|output| output.status.success());
    if !can {
        let is_required = std::env::var("TOKENTRAIL_STRACE").is_ok_and(|value| value == "required");
        assert!(!is_required, "strace does not run");
        eprintln!("SKIPPED: strace does not run here");
    }
    can
}

/// A folder to work in: evidence, and what may be written.
struct Place {
    home: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let place = Self { home };
        fs::create_dir(place.at("evidence")).unwrap();
        fs::create_dir(place.at("tmp")).unwrap();
        // Packed twice, so that it is unpacked to the folder for it.
        let rows = story::ndjson();
        let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut archive = tar::Builder::new(gzip);
        let mut header = tar::Header::new_gnu();
        header.set_size(rows.len() as u64);
        header.set_mode(0o600);
        archive.append_data(&mut header, "signins.json", rows.as_bytes()).unwrap();
        fs::write(place.at("evidence/logs.tar.gz"), archive.into_inner().unwrap().finish().unwrap()).unwrap();
        place
    }

    fn at(&self, path: &str) -> PathBuf {
        self.home.path().join(path)
    }

    /// The environment of the program.
    fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        let at = |path| self.at(path);
        vec![
            ("HOME", at("home")),
            ("XDG_STATE_HOME", at("state")),
            ("XDG_CONFIG_HOME", at("config")),
            ("TMPDIR", at("tmp")),
            ("USER", "ana".into()),
            // Without it bash looks its user up, through a socket on some machines.
            ("SHELL", "/bin/sh".into()),
        ]
    }

    /// `strace` with these arguments, about to trace the program with those.
    fn traced(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("strace");
        command.current_dir(self.home.path()).envs(self.environment());
        command.args(["-f", "-y", "-s", "400", "-o"]).arg(self.at("trace")).args(arguments);
        command
    }

    fn trace(&self) -> Vec<String> {
        let trace = fs::read_to_string(self.at("trace")).unwrap();
        trace.lines().map(|line| line.split_once(' ').map_or("", |(_, call)| call.trim_start()).to_owned()).collect()
    }
}

fn program() -> &'static str {
    env!("CARGO_BIN_EXE_tokentrail")
}

/// Runs it; it must get through.
fn through(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Returns whether a path is one of those, or lies below.
fn is_below(path: &Path, allowed: &[PathBuf]) -> bool {
    allowed.iter().any(|allowed| path.starts_with(allowed))
}
