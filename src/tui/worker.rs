//! The thread that reads: the bundle first, then raw records and notes on request.

use super::app::{Message, Ready};
use super::evidence::Evidence;
use super::reader::{Reader, Request};
use super::saver::Keep;
use super::{Incoming, NothingReadable};
use crate::analytics::{self, Candidates, Hit, Settings};
use crate::casefile::{Found, Opened};
use crate::facts::Facts;
use crate::ingest::{self, Hashing, Loaded, Options};
use crate::model::words::listed;
use crate::model::{Sym, shown};
use crate::session::{Opening, Unkept, unentered, with_revocations};
use crate::store::Key;
use crate::triage::marks::Places;
use crate::triage::{Bundle, Case};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Bytes that are hashed in a moment: of a bundle up to this size the hits are shown with its case.
const HASHED_AT_ONCE: u64 = 64 << 20;
/// Files that are named in one sentence.
const NAMED: usize = 3;
/// Pause between two looks at whether the files are hashed.
const POLL: Duration = Duration::from_millis(50);

/// The paths to read, with the options and settings.
pub(super) struct LoadJob {
    pub(super) name: String,
    pub(super) opening: Opening,
    pub(super) options: Options,
    pub(super) settings: Settings,
    pub(super) facts: &'static Facts,
}

/// Starts the thread. It ends when the requests do.
pub(super) fn spawn(job: LoadJob, stop: Arc<AtomicBool>, sink: Sender<Incoming>, requests: Receiver<Request>) {
    let work = move || {
        let failed = match catch_unwind(AssertUnwindSafe(|| work(&job, &stop, &sink, &requests))) {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error,
            Err(_) => anyhow::anyhow!("{}", super::panic_report::sentence()),
        };
        // Nobody listens any more only when the program is leaving.
        let _ = sink.send(Incoming::Failed(failed));
    };
    thread::Builder::new().name("worker".to_owned()).spawn(work).expect("a thread can be started");
}

fn work(
    job: &LoadJob,
    stop: &Arc<AtomicBool>,
    sink: &Sender<Incoming>,
    requests: &Receiver<Request>,
) -> anyhow::Result<()> {
    let say = |message| {
        let _ = sink.send(Incoming::Message(message));
    };
    let began = Instant::now();
    let progress = |progress| say(Message::Progress(progress, began.elapsed()));
    // Whoever waits for the hits does not wait for the hashes.
    let options = Options { hash: Hashing::Later, ..job.options.clone() };
    let loaded = Arc::new(ingest::load(&job.opening.paths, &options, &progress, stop)?);
    if loaded.nothing_readable() {
        return Err(NothingReadable { problems: loaded.problems.clone() }.into());
    }
    say(Message::Analysing(loaded.rows_read()));
    let facts = job.facts;
    let mut candidates: Arc<Candidates> = Arc::default();
    let mut hits = Arc::new(analytics::run_over(&loaded.store, facts, &job.settings, Arc::clone(&candidates)));
    // Every timeline reads it: better here than at the first frame.
    loaded.store.with(Key::User, Sym::NONE);
    let mut settings = job.settings.clone();
    let evidence_of = |hits, settings, candidates: &Arc<Candidates>, alone| {
        let evidence = Evidence::new(Arc::clone(&loaded), hits, settings, facts, candidates, alone);
        let reader = Reader::new(&evidence, Arc::clone(candidates), job.name.clone());
        (evidence, reader)
    };
    let (mut evidence, mut reader) = evidence_of(Arc::clone(&hits), settings.clone(), &candidates, BTreeSet::new());
    let hashing = hash(Arc::clone(&loaded), job.options.threads, Arc::clone(stop), sink.clone());
    let is_early = loaded.bytes_to_hash() > HASHED_AT_ONCE;
    let open_early = |evidence: &Evidence, hits: &[Hit]| {
        let mut case = Case::new(String::new(), job.opening.analyst.clone());
        case.resume(ids(hits));
        say(Message::Early(Box::new(Ready::without_case(evidence.clone(), case))));
    };
    if is_early {
        open_early(&evidence, &hits);
    }
    while is_early && !hashing.is_finished() {
        match requests.recv_timeout(POLL) {
            Ok(request) => say(reader.answer(request, super::input::now())),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
    hashing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    if stop.load(Ordering::Relaxed) {
        return Ok(());
    }
    let gone = names(loaded.without_hash());
    if !gone.is_empty() {
        // No case is known without it, but the hits are worth looking at.
        if !is_early {
            open_early(&evidence, &hits);
        }
        say(Message::NoHash(format!("{gone} cannot be read any more")));
        while let Ok(request) = requests.recv() {
            say(reader.answer(request, super::input::now()));
        }
        return Ok(());
    }
    let environment = |name: &str| std::env::var_os(name);
    let opened = job.opening.open(Bundle::new(&loaded, &hits), environment, super::input::now())?;
    let (keep, mut case, mut found) = take_up(opened, &hits);
    let changed = names(loaded.changed());
    if !changed.is_empty() {
        let changed = format!("changed while it was read: {changed}");
        found.trouble = Some(found.trouble.map_or(changed.clone(), |trouble| format!("{trouble}; {changed}")));
    }
    let anew = with_revocations(&loaded.store, facts, &mut settings, &mut case);
    if anew.is_some() || !case.alone().is_empty() {
        if let Some((anew, over)) = anew {
            (hits, candidates) = (Arc::new(anew), over);
        }
        (evidence, reader) = evidence_of(hits, settings, &candidates, case.alone());
    }
    let places = Places::find(&loaded, &case);
    let paths = keep.file.as_ref().map(|file| (file.path().to_owned(), file.note_path()));
    let (case_path, note_path) = paths.unwrap_or_default();
    let drafts = keep.file.as_ref().map_or_else(Vec::new, |file| unentered(file, &found, &loaded));
    let ready = Ready { evidence, case, places, case_path, note_path, found };
    let _ = sink.send(Incoming::Opened(Box::new(ready), Box::new(keep)));
    if !drafts.is_empty() {
        say(Message::Drafts(drafts));
    }
    // What the list of users, lineage and the menus of a row read, while the first screen is looked at.
    loaded.store.users_by_name();
    for key in [Key::Token, Key::Session, Key::Device] {
        loaded.store.with(key, Sym::NONE);
    }
    while let Ok(request) = requests.recv() {
        say(reader.answer(request, super::input::now()));
    }
    Ok(())
}

/// Hashes the files on other threads; says how far.
fn hash(loaded: Arc<Loaded>, threads: Option<usize>, stop: Arc<AtomicBool>, sink: Sender<Incoming>) -> JoinHandle<()> {
    let work = move || {
        let steps = AtomicU64::new(0);
        let progress = |done: u64, all: u64| {
            // A hundred times at most.
            let step = all / 100 + 1;
            if steps.fetch_max(done / step, Ordering::Relaxed) < done / step {
                let _ = sink.send(Incoming::Message(Message::Hashed(done, all)));
            }
        };
        loaded.hash(threads, &progress, &stop);
    };
    thread::Builder::new().name("hashes".to_owned()).spawn(work).expect("a thread can be started")
}

/// A few of some paths, for a sentence.
fn names(paths: BTreeSet<&Path>) -> String {
    let names: Vec<String> = paths.into_iter().map(shown).collect();
    listed(&names, NAMED)
}

/// The hits by id, each with its analytic.
fn ids(hits: &[Hit]) -> impl Iterator<Item = (&str, &str)> {
    hits.iter().map(|hit| (hit.id.as_str(), hit.analytic))
}

/// Takes the case up on the hits, and tries the folder it is kept in.
fn take_up(opened: Result<Opened, Unkept>, hits: &[Hit]) -> (Keep, Case, Found) {
    let hits = ids(hits);
    match opened {
        Ok(mut opened) => {
            opened.resume(hits, super::input::now());
            let Opened { file, case, mut found } = opened;
            let fault = file.try_folder().err().filter(|_| !file.is_read_only());
            let fault = fault.map(|error| format!("{}: {error}", shown(file.folder())));
            // One sentence about it is enough.
            found.trouble = found.trouble.filter(|_| fault.is_none());
            (Keep { file: Some(file), fault }, case, found)
        }
        Err(Unkept { mut case, why }) => {
            case.resume(hits);
            (Keep { file: None, fault: Some(why) }, case, Found::default())
        }
    }
}
