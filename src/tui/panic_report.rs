//! The report of a panic in a file: its place in the code and the calls before it. Never its message, which may hold
//! evidence.
//!
//! [`note`] runs inside of the panic hook, where a second panic ends the program at once: nothing in it may panic.

use super::Incoming;
use crate::casefile;
use crate::model::Time;
use std::backtrace::Backtrace;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};
use std::{env, process, thread};

/// The first panic: those that come after are most often its echo in the threads that waited.
static FIRST: Mutex<Option<Fault>> = Mutex::new(None);

struct Fault {
    place: String,
    report: Option<PathBuf>,
}

/// Starts a thread; a panic in it ends the workbench.
pub(super) fn spawn(
    name: &str,
    sink: Sender<Incoming>,
    work: impl FnOnce(&Sender<Incoming>) + Send + 'static,
) -> io::Result<()> {
    let work = move || {
        if catch_unwind(AssertUnwindSafe(|| work(&sink))).is_err() {
            // Nobody listens any more only when the program is leaving.
            let _ = sink.send(Incoming::Failed(anyhow::anyhow!("{}", sentence())));
        }
    };
    thread::Builder::new().name(name.to_owned()).spawn(work).map(|_| ())
}

/// Notes a panic at a time, and writes its report.
pub(super) fn note(info: &PanicHookInfo<'_>, now: Time) {
    let mut first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
    if first.is_none() {
        let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let report = write(&report(&place, now), now);
        *first = Some(Fault { place, report });
    }
}

/// The line that tells the user about it.
pub(super) fn sentence() -> String {
    let first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(fault) = &*first else { return "a fault in the program; every verdict up to it is saved".to_owned() };
    let mut text = format!("a fault in the program at {}; every verdict up to it is saved", fault.place);
    if let Some(path) = &fault.report {
        let _ = write!(text, "\nhow it came there, without a word of the evidence: {}", crate::model::shown(path));
    }
    text
}

fn report(place: &str, now: Time) -> String {
    let (thread, term) = (thread::current(), env::var("TERM").unwrap_or_default());
    format!(
        "tokentrail {}, {} {}\nat {}\nplace: {place}\nthread: {}\nTERM: {}\n\n{}\n",
        env!("CARGO_PKG_VERSION"),
        env::consts::OS,
        env::consts::ARCH,
        if now.is_known() { now.to_string() } else { "a time unknown".to_owned() },
        thread.name().unwrap_or("unnamed"),
        crate::model::inert(&term),
        Backtrace::force_capture()
    )
}

/// Beside the cases, or where files go for a while; `None` where nothing can be written.
fn write(report: &str, now: Time) -> Option<PathBuf> {
    let name = format!("fault-{}-{}.txt", stamp(now), process::id());
    let beside = casefile::folder(|name| env::var_os(name));
    [beside, Some(env::temp_dir())]
        .into_iter()
        .flatten()
        .map(|folder| folder.join(&name))
        .find(|path| write_new(path, report).is_ok())
}

/// `20260501T140200Z`
fn stamp(now: Time) -> String {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    if now.is_known() { format!("{}T{}Z", digits(&now.day()), digits(&now.clock())) } else { "unknown".to_owned() }
}

/// Writes a file that was not there, for the user alone.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut folder = fs::DirBuilder::new();
    let mut file = File::options();
    file.write(true).create_new(true);
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    }
    path.parent().map_or(Ok(()), |parent| folder.recursive(true).create(parent))?;
    file.open(path)?.write_all(text.as_bytes())
}
