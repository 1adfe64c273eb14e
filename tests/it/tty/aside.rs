//! Unpacked files are gone with the program, however it ends.

use super::{PATIENCE, READY, Tty};
use crate::screens::story;
use portable_pty::CommandBuilder;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A packed tar of some megabytes.
fn packed(folder: &Path) -> PathBuf {
    let rows = story::ndjson();
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for number in 0..40 {
        let bytes = rows.repeat(200_000 / rows.len() + 1);
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        archive.append_data(&mut header, format!("{number}.json"), bytes.as_bytes()).unwrap();
    }
    let path = folder.join("evidence.tgz");
    fs::write(&path, archive.into_inner().unwrap().finish().unwrap()).unwrap();
    path
}

/// Looks into a folder as often as it can.
struct Watch {
    over: Arc<AtomicBool>,
    seen: Arc<AtomicU64>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Watch {
    fn on(folder: &Path) -> Self {
        let (over, seen, folder) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)), folder.to_owned());
        let thread = thread::spawn({
            let (over, seen) = (Arc::clone(&over), Arc::clone(&seen));
            move || {
                while !over.load(Ordering::Relaxed) {
                    seen.fetch_add(fs::read_dir(&folder).unwrap().count() as u64, Ordering::Relaxed);
                    thread::sleep(Duration::from_micros(200));
                }
            }
        });
        Self { over, seen, thread: Some(thread) }
    }

    /// Names seen until now.
    fn ends(mut self) -> u64 {
        self.over.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
        self.seen.load(Ordering::Relaxed)
    }
}

/// Waits until the process holds a file without a name, that stood in the folder.
#[cfg(target_os = "linux")]
fn holds_aside(pid: u32, folder: &Path) {
    let end = Instant::now() + PATIENCE;
    let holds = || {
        let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        let mut targets = open.filter_map(|entry| fs::read_link(entry.path()).ok());
        targets.any(|target| target.starts_with(folder) && target.to_string_lossy().ends_with("(deleted)"))
    };
    while !holds() {
        assert!(Instant::now() < end, "nothing was set aside");
        thread::sleep(Duration::from_millis(1));
    }
}

#[cfg(not(target_os = "linux"))]
fn holds_aside(_: u32, _: &Path) {}

#[test]
fn nothing_unpacked_stays_however_the_workbench_ends() {
    for leave in ["KILL", "TERM", "HUP", "INT", "q", "late q"] {
        let home = tempfile::tempdir().unwrap();
        let aside = fs::canonicalize(home.path()).unwrap().join("t");
        fs::create_dir(&aside).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
        command.arg(packed(home.path()));
        let watch = Watch::on(&aside);
        let mut tty = Tty::start(command, home, &[("TMPDIR", aside.to_str().unwrap())]);
        holds_aside(tty.child.process_id().unwrap(), &aside);
        let home = match leave {
            "KILL" => tty.killed(),
            "late q" => {
                tty.shows(READY);
                tty.keys("q");
                tty.until("the end", |output| output.ended);
                std::mem::replace(&mut tty.home, tempfile::tempdir().unwrap())
            }
            "q" => {
                tty.keys("q");
                tty.until("the end", |output| output.ended);
                std::mem::replace(&mut tty.home, tempfile::tempdir().unwrap())
            }
            signal => {
                tty.signal(signal);
                tty.until("the end", |output| output.ended);
                std::mem::replace(&mut tty.home, tempfile::tempdir().unwrap())
            }
        };
        assert_eq!(watch.ends(), 0, "{leave}: a name was seen");
        assert_eq!(fs::read_dir(&aside).unwrap().count(), 0, "{leave}");
        drop(home);
    }
}

#[test]
fn nothing_unpacked_stays_when_a_scan_is_killed() {
    let home = tempfile::tempdir().unwrap();
    let home = fs::canonicalize(home.path()).unwrap();
    let aside = home.join("t");
    fs::create_dir(&aside).unwrap();
    let path = packed(&home);
    let watch = Watch::on(&aside);
    for signal in ["KILL", "INT", "TERM"] {
        let mut scan = Command::new(env!("CARGO_BIN_EXE_tokentrail"))
            .args(["scan".as_ref(), path.as_os_str()])
            .env("TMPDIR", &aside)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        holds_aside(scan.id(), &aside);
        assert!(Command::new("kill").args(["-s", signal, &scan.id().to_string()]).status().unwrap().success());
        scan.wait().unwrap();
        assert_eq!(fs::read_dir(&aside).unwrap().count(), 0, "{signal}");
    }
    assert_eq!(watch.ends(), 0, "a name was seen");
}
