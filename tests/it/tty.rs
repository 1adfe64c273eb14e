//! The program on a real terminal: what it takes over, what it leaves behind.
#![expect(clippy::unwrap_used, reason = "a test may fail that way")]
#![cfg(unix)]

mod aside;
mod asking;
mod bytes;
mod copies;
mod cut;
mod drafts;
mod hostile;
mod keeping;
mod leaving;
mod manners;
mod session;
mod signals;
mod slow;
mod stuck;
mod writers;

use crate::screens::story;
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// Long enough for a loaded machine; a test that passes never waits for it.
const PATIENCE: Duration = Duration::from_mins(1);

/// The header's words once the hits are there, however many are found: other tests count them.
pub(crate) const READY: &str = ", 0 closed";

/// The header's words until the last change is on disk.
const SAVING: &str = " saving… ";

/// The terminal's output so far.
struct Output {
    screen: vt100::Parser,
    bytes: Vec<u8>,
    ended: bool,
    /// Whether to let go of the terminal at the next output.
    hang_up: bool,
    /// Whether nobody reads for the time being.
    stopped: bool,
}

fn cells(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap()
}

/// A program on a terminal.
pub(crate) struct Tty {
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    output: Arc<(Mutex<Output>, Condvar)>,
    home: tempfile::TempDir,
    /// Settings of the terminal before the program began.
    settings: String,
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

    pub(crate) fn start(mut command: CommandBuilder, home: tempfile::TempDir, environment: &[(&str, &str)]) -> Self {
        command.env("XDG_STATE_HOME", home.path().join("state"));
        command.env("XDG_CONFIG_HOME", home.path().join("config"));
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "C.UTF-8");
        command.env_remove("NO_COLOR");
        for (name, value) in environment {
            command.env(name, value);
        }
        command.cwd(home.path());
        let pair = native_pty_system().openpty(size(24, 80)).unwrap();
        let settings = settings(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let output = Output {
            screen: vt100::Parser::new(cells(24), cells(80), 100),
            bytes: Vec::new(),
            ended: false,
            hang_up: false,
            stopped: false,
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
                drop(shared.1.wait_while(output, |output| output.stopped).unwrap());
            }
        });
        Self { child, master: Some(pair.master), writer: Some(writer), output, home, settings }
    }

    /// The workbench on the demo.
    fn demo(rows: u16, columns: u16, arguments: &[&str]) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
        command.arg("demo");
        command.args(arguments);
        let mut tty = Self::start(command, tempfile::tempdir().unwrap(), &[]);
        tty.resize(rows, columns);
        tty.shows("closed").shows("? help");
        tty.rests();
        tty
    }

    /// Waits until nothing comes any more; how many bytes came by then.
    fn rests(&mut self) -> usize {
        let mut before = self.sent();
        loop {
            // A silence can only be told by listening.
            thread::sleep(Duration::from_millis(150));
            let now = self.sent();
            if now == before {
                return now;
            }
            before = now;
        }
    }

    fn sent(&self) -> usize {
        self.output.0.lock().unwrap().bytes.len()
    }

    /// The output from a byte on.
    fn since(&self, byte: usize) -> Vec<u8> {
        self.output.0.lock().unwrap().bytes[byte..].to_vec()
    }

    fn text(&self) -> String {
        self.output.0.lock().unwrap().screen.screen().contents()
    }

    /// Waits until the screen shows a text, and nothing is on its way to the disk.
    pub(crate) fn shows(&self, text: &str) -> &Self {
        self.until(text, |output| {
            let shown = output.screen.screen().contents();
            shown.contains(text) && !shown.contains(SAVING)
        });
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

    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
        self
    }

    pub(crate) fn resize(&self, rows: u16, columns: u16) {
        self.output.0.lock().unwrap().screen.screen_mut().set_size(cells(rows), cells(columns));
        self.master.as_ref().unwrap().resize(size(rows, columns)).unwrap();
    }

    fn signal(&self, name: &str) {
        signal(self.child.process_id().unwrap(), name);
    }

    /// Stops reading, as a stuck line or a stopped tmux does; or goes on.
    fn stop_reading(&self, stopped: bool) {
        self.output.0.lock().unwrap().stopped = stopped;
        self.output.1.notify_all();
    }

    /// Waits until the case on disk says a text so many times.
    fn case_says(&self, text: &str, times: usize) {
        self.kept_says("json", text, times);
    }

    /// Waits until the file of that extension in the state folder has a text so many times.
    fn kept_says(&self, extension: &str, text: &str, times: usize) {
        let end = Instant::now() + PATIENCE;
        let folder = self.home.path().join("state/tokentrail");
        loop {
            let files = std::fs::read_dir(&folder).into_iter().flatten().map(|file| file.unwrap().path());
            let mut kept = files.filter(|path| path.extension().is_some_and(|is| is == extension));
            let kept = kept.next().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
            if kept.matches(text).count() >= times {
                return;
            }
            assert!(Instant::now() < end, "{times} times {text:?} was never saved: {kept}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the end; the program must leave the terminal as it found it.
    pub(crate) fn ends(mut self) -> (ExitStatus, String) {
        self.until("the end", |output| output.ended);
        let output = self.output.0.lock().unwrap();
        let screen = output.screen.screen();
        assert!(!screen.alternate_screen(), "the alternate screen was left");
        assert!(!screen.hide_cursor(), "the cursor is back");
        assert!(!screen.bracketed_paste(), "pasting is plain again");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is the terminal's");
        if let Some(master) = &self.master {
            assert_eq!(settings(&**master), self.settings, "the terminal is set as before");
        }
        let text = screen.contents();
        drop(output);
        (self.child.wait().unwrap(), text)
    }

    /// Kills it as a lost machine would; what is left of it.
    fn killed(mut self) -> tempfile::TempDir {
        self.signal("KILL");
        self.child.wait().unwrap();
        std::mem::replace(&mut self.home, tempfile::tempdir().unwrap())
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

fn signal(pid: u32, name: &str) {
    assert!(std::process::Command::new("kill").args(["-s", name, &pid.to_string()]).status().unwrap().success());
}

fn settings(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios())
}

/// Number of frames in a stream. Each begins and ends as one.
fn frames(bytes: &[u8]) -> usize {
    let count = |mark: &[u8]| bytes.windows(mark.len()).filter(|window| window == &mark).count();
    let frames = count(b"\x1b[?2026h");
    assert!(count(b"\x1b[?2026l") >= frames, "every frame ends");
    frames
}

fn bundle(home: &Path) -> PathBuf {
    let path = home.join("bundle.json");
    std::fs::write(&path, story::ndjson()).unwrap();
    path
}
