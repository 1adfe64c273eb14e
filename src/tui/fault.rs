//! What is left behind of a panic: where it was and how it came there, in a file. Never its message, which may hold
//! evidence.

use crate::casefile;
use std::backtrace::Backtrace;
use std::fmt::Write as _;
use std::panic::PanicHookInfo;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::{env, process, thread};

/// The first panic: those that come after are most often its echo in the threads that waited.
static FIRST: Mutex<Option<Fault>> = Mutex::new(None);

struct Fault {
    place: String,
    report: Option<PathBuf>,
}

/// Notes a panic, and writes its report.
pub(super) fn note(info: &PanicHookInfo<'_>) {
    let mut first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
    if first.is_none() {
        let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let report = write(&report(&place));
        *first = Some(Fault { place, report });
    }
}

/// What to say about it.
pub(super) fn sentence() -> String {
    let first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(fault) = &*first else { return "a fault in the program; every verdict up to it is saved".to_owned() };
    let mut said = format!("a fault in the program at {}; every verdict up to it is saved", fault.place);
    if let Some(path) = &fault.report {
        let _ = write!(said, "\nhow it came there, without a word of the evidence: {}", crate::model::shown(path));
    }
    said
}

fn report(place: &str) -> String {
    let (thread, term) = (thread::current(), env::var("TERM").unwrap_or_default());
    format!(
        "tokentrail {}, {} {}\nat {}\nplace: {place}\nthread: {}\nTERM: {}\n\n{}\n",
        env!("CARGO_PKG_VERSION"),
        env::consts::OS,
        env::consts::ARCH,
        chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ"),
        thread.name().unwrap_or("unnamed"),
        crate::model::inert(&term),
        Backtrace::force_capture()
    )
}

/// Beside the cases, or where files go for a while; `None` where nothing can be written.
fn write(report: &str) -> Option<PathBuf> {
    let name = format!("fault-{}-{}.txt", chrono::Utc::now().format("%Y%m%dT%H%M%SZ"), process::id());
    let beside = casefile::folder(|name| env::var_os(name));
    [beside, Some(env::temp_dir())]
        .into_iter()
        .flatten()
        .map(|folder| folder.join(&name))
        .find(|path| casefile::replace(path, report.as_bytes()).is_ok())
}
