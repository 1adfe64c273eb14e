//! From the start of the program to its first frame and the first rows, on a terminal. See benches/README.md.

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::io::Read;
use std::time::{Duration, Instant};

const STARTS: usize = 20;
/// The end of a frame.
const FRAME: &[u8] = b"\x1b[?2026l";
/// The words above the first rows.
const ROWS: &[u8] = b"The first rows";
/// Words that are only there when all is loaded: a small bundle may be, before its first rows are drawn.
const LOADED: &[u8] = b"closed";

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the figures are the output")]
fn main() {
    let paths: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    if paths.is_empty() {
        eprintln!("cargo bench --bench start -- PATH…");
        return;
    }
    let (mut frames, mut rows): (Vec<Duration>, Vec<Duration>) = (0..STARTS).map(|_| first(&paths)).unzip();
    for (what, times) in [("frame", &mut frames), ("rows", &mut rows)] {
        times.sort_unstable();
        println!("first {what} of {STARTS} starts: median {:.1?}, worst {:.1?}", times[STARTS / 2], times[STARTS - 1]);
    }
}

/// Time to the first frame, and to the first rows; the program is killed then.
fn first(paths: &[String]) -> (Duration, Duration) {
    let home = tempfile::tempdir().expect("a folder can be made");
    let size = PtySize { rows: 60, cols: 200, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).expect("there are terminals");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.args(paths);
    command.env("XDG_STATE_HOME", home.path());
    command.env("XDG_CONFIG_HOME", home.path());
    command.env("TERM", "xterm-256color");
    command.cwd(std::env::current_dir().expect("there is a folder"));
    let mut reader = pair.master.try_clone_reader().expect("a terminal can be read");
    let began = Instant::now();
    let mut child = pair.slave.spawn_command(command).expect("the program starts");
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    let mut frame = None;
    let rows = loop {
        let read = reader.read(&mut buffer).expect("the program draws");
        bytes.extend_from_slice(&buffer[..read]);
        let has = |mark: &[u8]| bytes.windows(mark.len()).any(|window| window == mark);
        if frame.is_none() && has(FRAME) {
            frame = Some(began.elapsed());
        }
        if frame.is_some() && (has(ROWS) || has(LOADED)) {
            break began.elapsed();
        }
    };
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    (frame.unwrap_or(rows), rows)
}
