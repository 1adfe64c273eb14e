//! The program on a real terminal: what it takes over, what it leaves behind.
#![expect(clippy::unwrap_used, reason = "a test may fail that way")]
#![cfg(unix)]

use crate::screens::story;
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// Long enough for a loaded machine; a test that passes never waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came out of the terminal so far.
struct Output {
    screen: vt100::Parser,
    bytes: Vec<u8>,
    ended: bool,
    /// Whether to let go of the terminal at the next output.
    hang_up: bool,
}

fn cells(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap()
}

/// A program on a terminal.
struct Tty {
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    output: Arc<(Mutex<Output>, Condvar)>,
    home: tempfile::TempDir,
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

impl Tty {
    /// The workbench on the story's bundle, at 80×24.
    fn workbench() -> Self {
        Self::workbench_with(&[])
    }

    fn workbench_with(environment: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
        command.arg(bundle(home.path()));
        Self::start(command, home, environment)
    }

    fn start(mut command: CommandBuilder, home: tempfile::TempDir, environment: &[(&str, &str)]) -> Self {
        command.env("XDG_STATE_HOME", home.path().join("state"));
        command.env("TERM", "xterm-256color");
        command.env_remove("NO_COLOR");
        for (name, value) in environment {
            command.env(name, value);
        }
        command.cwd(home.path());
        let pair = native_pty_system().openpty(size(24, 80)).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let output = Output {
            screen: vt100::Parser::new(cells(24), cells(80), 100),
            bytes: Vec::new(),
            ended: false,
            hang_up: false,
        };
        let output = Arc::new((Mutex::new(output), Condvar::new()));
        let shared = Arc::clone(&output);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let read = reader.read(&mut buffer).unwrap_or(0);
                let mut output = shared.0.lock().unwrap();
                output.screen.process(&buffer[..read]);
                output.bytes.extend_from_slice(&buffer[..read]);
                output.ended = read == 0;
                shared.1.notify_all();
                if read == 0 || output.hang_up {
                    return;
                }
            }
        });
        Self { child, master: Some(pair.master), writer: Some(writer), output, home }
    }

    /// Waits until the screen shows a text.
    fn shows(&self, text: &str) -> &Self {
        self.until(text, |output| output.screen.screen().contents().contains(text));
        self
    }

    fn until(&self, what: &str, mut holds: impl FnMut(&Output) -> bool) {
        let end = Instant::now() + PATIENCE;
        let mut output = self.output.0.lock().unwrap();
        while !holds(&output) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "never came: {what}\n{}", output.screen.screen().contents());
            output = self.output.1.wait_timeout(output, left).unwrap().0;
        }
    }

    fn keys(&mut self, keys: &str) -> &mut Self {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
        self
    }

    fn resize(&self, rows: u16, columns: u16) {
        self.output.0.lock().unwrap().screen.screen_mut().set_size(cells(rows), cells(columns));
        self.master.as_ref().unwrap().resize(size(rows, columns)).unwrap();
    }

    fn signal(&self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Waits for the end; the program must leave the terminal as it found it.
    fn ends(mut self) -> (ExitStatus, String) {
        self.until("the end", |output| output.ended);
        let output = self.output.0.lock().unwrap();
        let screen = output.screen.screen();
        assert!(!screen.alternate_screen(), "the alternate screen was left");
        assert!(!screen.hide_cursor(), "the cursor is back");
        assert!(!screen.bracketed_paste(), "pasting is plain again");
        let text = screen.contents();
        drop(output);
        (self.child.wait().unwrap(), text)
    }

    fn case(&self) -> PathBuf {
        self.kept("json")
    }

    /// The file of that extension in the state folder.
    fn kept(&self, wanted: &str) -> PathBuf {
        let folder = self.home.path().join("state/tokentrail");
        let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.into_iter().find(|path| path.extension().is_some_and(|extension| extension == wanted)).unwrap()
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        // Only a failed test leaves it running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn bundle(home: &Path) -> PathBuf {
    let path = home.join("bundle.json");
    std::fs::write(&path, story::ndjson()).unwrap();
    path
}

#[test]
fn a_whole_hit_by_keys_alone() {
    let mut tty = Tty::workbench();
    tty.shows("3 hits, 0 settled").shows("? help");
    tty.keys("\r").shows("step 1 of 7");
    tty.keys("yyyyyyy").shows("What is this hit?");
    tty.keys("t").shows("1 settled");
    tty.keys("e").shows("Note →");
    tty.keys("w").shows("note written");
    tty.keys("q");
    assert!(std::fs::read_to_string(tty.case()).unwrap().contains("disposition true positive"));
    let (status, text) = tty.ends();
    assert!(status.success(), "{text}");
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines[0], "3 hits, 1 settled");
    assert!(text.contains("case ") && text.contains("note "), "{text}");
}

#[test]
fn leaving_while_loading_is_quick_and_clean() {
    let mut tty = Tty::workbench();
    tty.until("the first screen", |output| output.screen.screen().alternate_screen());
    tty.keys("q");
    assert!(tty.ends().0.success());
}

#[test]
fn a_new_size_is_drawn_at_once() {
    let mut tty = Tty::workbench();
    tty.shows("3 hits, 0 settled");
    tty.resize(40, 120);
    tty.until("three panes", |output| {
        let text = output.screen.screen().contents();
        text.contains("Hits") && text.contains("Triage") && text.contains("Timeline")
    });
    tty.resize(5, 20);
    tty.shows("need 40×10");
    tty.resize(24, 80);
    tty.shows("? help");
    tty.keys("q");
    assert!(tty.ends().0.success());
}

#[test]
fn a_signal_saves_and_leaves() {
    for (name, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let mut tty = Tty::workbench();
        tty.shows("3 hits, 0 settled");
        tty.keys("\ry").shows("step 2 of 7");
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
    tty.shows("3 hits, 0 settled");
    tty.keys("\u{3}");
    assert!(tty.ends().0.success());
}

#[test]
fn a_lost_terminal_ends_it() {
    let mut tty = Tty::workbench();
    tty.shows("3 hits, 0 settled");
    tty.keys("\ry").shows("step 2 of 7");
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
    tty.keys(&format!("{program}\n")).shows("3 hits, 0 settled");
    tty.keys("\u{1a}").shows("Stopped");
    tty.keys("fg\n").shows("3 hits, 0 settled");
    tty.keys("q");
    tty.until("the prompt after the last lines", |output| {
        output.screen.screen().contents().trim_end().ends_with("prompt>")
    });
    tty.keys("exit\n");
    tty.ends();
}

#[test]
fn without_colour_the_attributes_stay() {
    let mut tty = Tty::workbench_with(&[("NO_COLOR", "1")]);
    tty.shows("3 hits, 0 settled").shows("high");
    tty.keys("q");
    let output = Arc::clone(&tty.output);
    assert!(tty.ends().0.success());
    let output = output.0.lock().unwrap();
    let text = String::from_utf8_lossy(&output.bytes);
    assert!(text.contains("\u{1b}[7m"), "the cursor row is reversed");
    assert!(!text.contains("38;5;") && !text.contains("48;5;"), "no colour was sent");
}

#[test]
fn idle_sends_nothing_and_a_move_sends_little() {
    let mut tty = Tty::workbench();
    tty.shows("3 hits, 0 settled").shows("└ GET 200");
    let sent = |tty: &Tty| tty.output.0.lock().unwrap().bytes.len();
    // A silence can only be told by listening.
    thread::sleep(Duration::from_millis(300));
    let before = sent(&tty);
    thread::sleep(Duration::from_millis(500));
    assert_eq!(sent(&tty), before, "an idle screen is silent");
    tty.keys("\t\tj").until("the move", |output| output.bytes.len() > before);
    let text = tty.output.0.lock().unwrap().bytes.clone();
    assert!(text.windows(8).any(|bytes| bytes == b"\x1b[?2026h"), "frames are synchronized");
    thread::sleep(Duration::from_millis(300));
    let before = sent(&tty);
    tty.keys("k").until("the move", |output| output.bytes.len() > before);
    thread::sleep(Duration::from_millis(300));
    let moved = sent(&tty) - before;
    assert!(moved < 1500, "a move sent {moved} bytes");
    tty.keys("q");
    tty.ends();
}

/// What was sent that asks the terminal to take a text, decoded; and whether each stands outside of a frame.
fn copies(bytes: &[u8]) -> Vec<(String, bool)> {
    use base64::Engine as _;
    let sent = String::from_utf8_lossy(bytes);
    let parts = sent.match_indices("\u{1b}]52;c;").map(|(at, start)| {
        let (before, text) = (&sent[..at], &sent[at + start.len()..]);
        let encoded = &text[..text.find("\u{1b}\\").unwrap()];
        let text = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap();
        let frames = |mark| before.matches(mark).count();
        (String::from_utf8(text).unwrap(), frames("\u{1b}[?2026h") == frames("\u{1b}[?2026l"))
    });
    parts.collect()
}

#[test]
fn a_copy_comes_out_whole_between_two_frames_and_in_a_file_for_the_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mut tty = Tty::workbench_with(&[("TMUX", ""), ("STY", "")]);
    tty.shows("3 hits, 0 settled").shows("? help");
    tty.keys("\r3").shows("step 3 of 7");
    tty.keys("Y").shows("those of the hit, defanged");
    tty.keys("\r").shows("not confirmed");
    let file = tty.kept("txt");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "198.51.100.23");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    tty.keys("YGkkk\r").shows("record: ");
    let record = std::fs::read_to_string(&file).unwrap();
    assert!(record.starts_with("{\n  \"AppDisplayName\""), "{record}");
    tty.keys("q");
    let output = Arc::clone(&tty.output);
    assert!(tty.ends().0.success());
    let sent = copies(&output.0.lock().unwrap().bytes);
    assert_eq!(sent, [("198.51.100.23".to_owned(), true), (record, true)]);
}

#[test]
fn a_copy_too_long_for_a_terminal_is_not_sent() {
    let home = tempfile::tempdir().unwrap();
    let bundle = home.path().join("bundle.json");
    let long = "x".repeat(60_000);
    std::fs::write(&bundle, story::ndjson().replace("python-requests/2.31.0", &long)).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.arg(bundle);
    let mut tty = Tty::start(command, home, &[("TMUX", ""), ("STY", "")]);
    tty.shows("3 hits, 0 settled").shows("? help");
    tty.keys("\r3").shows("step 3 of 7");
    tty.keys("Yjjjj\r").shows("were not sent");
    assert_eq!(std::fs::read_to_string(tty.kept("txt")).unwrap(), long);
    tty.keys("q");
    let output = Arc::clone(&tty.output);
    assert!(tty.ends().0.success());
    assert!(copies(&output.0.lock().unwrap().bytes).is_empty());
}

#[test]
fn a_mark_lives_through_a_kill() {
    let mut tty = Tty::workbench();
    tty.shows("3 hits, 0 settled").shows("? help");
    tty.keys("m").shows("bookmarked: ");
    tty.keys("Tphish\r").shows("tags phish");
    tty.signal("KILL");
    tty.until("the end", |output| output.ended);
    let case = std::fs::read_to_string(tty.case()).unwrap();
    assert!(case.contains("\"version\": 2") && case.contains("\"phish\""), "{case}");
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
