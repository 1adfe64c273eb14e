//! From the start of the program to its first frame, on a terminal. See benches/README.md.

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::io::Read;
use std::time::{Duration, Instant};

const STARTS: usize = 20;
/// What ends a frame.
const FRAME: &[u8] = b"\x1b[?2026l";

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the figures are the output")]
fn main() {
    let paths: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    if paths.is_empty() {
        eprintln!("cargo bench --bench start -- PATH…");
        return;
    }
    let mut times: Vec<Duration> = (0..STARTS).map(|_| first_frame(&paths)).collect();
    times.sort_unstable();
    println!("first frame of {STARTS} starts: median {:.1?}, worst {:.1?}", times[STARTS / 2], times[STARTS - 1]);
}

/// How long the first frame took; the program is killed then.
fn first_frame(paths: &[String]) -> Duration {
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
    while !bytes.windows(FRAME.len()).any(|window| window == FRAME) {
        let read = reader.read(&mut buffer).expect("the program draws");
        bytes.extend_from_slice(&buffer[..read]);
    }
    let took = began.elapsed();
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    took
}
