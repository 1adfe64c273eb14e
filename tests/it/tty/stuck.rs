//! Output that nobody takes: a stuck line, a stopped tmux.

use super::{PATIENCE, READY, Tty, bundle, settings};
use portable_pty::CommandBuilder;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// A workbench whose terminal is not read any more. Below a shell that lives on: with the first of its session a
/// terminal loses what nobody read.
struct Stuck {
    tty: Tty,
}

impl Stuck {
    fn at_a_step() -> Self {
        let home = tempfile::tempdir().unwrap();
        let program = format!("{} {}", env!("CARGO_BIN_EXE_tokentrail"), bundle(home.path()).display());
        let mut command = CommandBuilder::new("sh");
        let inner = format!("echo $$ > pid; exec {program}");
        command.args(["-c", &format!("sh -c '{inner}'; echo $? > code; read -r line")]);
        let mut tty = Tty::start(command, home, &[]);
        tty.resize(60, 200);
        tty.shows(READY).shows("? help");
        tty.keys("\r").shows("step 1 of ");
        tty.stop_reading(true);
        for turn in 0..20 {
            // Each size is drawn whole, once the one before is taken: no terminal keeps that much unread.
            tty.resize(60 + turn % 2, 200);
            thread::sleep(Duration::from_millis(20));
        }
        Self { tty }
    }

    fn signal(&self, name: &str) {
        let pid = fs::read_to_string(self.tty.home.path().join("pid")).unwrap();
        assert!(std::process::Command::new("kill").args(["-s", name, pid.trim()]).status().unwrap().success());
    }

    /// Waits until the program ended though nobody reads; the shell's word for how.
    fn ended(&self) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let code = fs::read_to_string(self.tty.home.path().join("code")).unwrap_or_default();
            if code.ends_with('\n') {
                let master = self.tty.master.as_ref().unwrap();
                assert_eq!(settings(&**master), self.tty.settings, "the terminal is set as before");
                return code.trim().to_owned();
            }
            assert!(Instant::now() < end, "it waits for the terminal");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Reads on: the terminal was given back. What it shows.
    fn read_on(mut self) -> String {
        self.tty.stop_reading(false);
        self.tty.until("the shell's screen", |output| !output.screen.screen().alternate_screen());
        // Only now is the next line the shell's.
        self.ended();
        self.tty.keys("\n");
        self.tty.ends().1
    }
}

#[test]
fn each_signal_ends_it_with_the_work_saved_and_the_terminal_given_back() {
    for (name, code) in super::signals::ENDING {
        let mut stuck = Stuck::at_a_step();
        stuck.tty.keys("y");
        stuck.tty.case_says("verdict supports", 1);
        stuck.signal(name);
        let ended = stuck.ended();
        assert!(code.is_none_or(|code| ended == code.to_string()), "{name}: {ended}");
        assert!(ended.parse::<u32>().unwrap() > 128, "{name}: {ended}");
        stuck.read_on();
    }
}

#[test]
fn quitting_waits_for_nobody() {
    let mut stuck = Stuck::at_a_step();
    stuck.tty.keys("yq");
    assert_eq!(stuck.ended(), "0");
    stuck.tty.case_says("verdict supports", 1);
    // What could not be shown was taken back, so there was room for the last words.
    let text = stuck.read_on();
    assert!(text.contains(READY), "{text}");
}

#[test]
fn keys_are_taken_and_verdicts_saved_while_nobody_reads() {
    let mut stuck = Stuck::at_a_step();
    stuck.tty.keys("y");
    stuck.tty.case_says("verdict supports", 1);
    stuck.tty.keys("yx");
    stuck.tty.case_says("verdict against", 1);
    // What is shown afterwards is the last, whatever was not drawn meanwhile.
    stuck.tty.stop_reading(false);
    stuck.tty.shows("step 4 of ");
    stuck.tty.keys("q");
    let text = stuck.read_on();
    assert!(text.contains(READY), "{text}");
}

#[test]
fn what_is_drawn_afterwards_is_whole() {
    let mut stuck = Stuck::at_a_step();
    stuck.tty.keys("?");
    stuck.tty.resize(24, 80);
    stuck.tty.stop_reading(false);
    stuck.tty.shows("Help");
    stuck.tty.keys("\u{1b}");
    stuck.tty.until("all of it", |output| {
        let text = output.screen.screen().contents();
        text.starts_with(" tokentrail") && text.contains("step 1 of ") && text.lines().count() == 24
    });
    stuck.tty.keys("q");
    let output = std::sync::Arc::clone(&stuck.tty.output);
    stuck.read_on();
    assert!(!output.0.lock().unwrap().bytes.contains(&0x18), "nothing was cut");
}
