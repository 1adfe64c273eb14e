//! The thread that reads: the bundle first, then raw records and notes on request.

use super::app::{Message, Ready};
use super::evidence::Evidence;
use super::reader::{Reader, Request};
use super::saver::Keep;
use super::{Incoming, NothingReadable};
use crate::analytics::{self, Candidates, Hit, Settings};
use crate::casefile::{Found, Opened};
use crate::facts::Facts;
use crate::ingest::{self, Options};
use crate::model::{Sym, shown};
use crate::session::{Opening, Unkept, unentered, with_revocations};
use crate::store::Key;
use crate::triage::marks::Places;
use crate::triage::{Bundle, Case};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, Sender};
use std::thread;
use std::time::Instant;

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

fn work(job: &LoadJob, stop: &AtomicBool, sink: &Sender<Incoming>, requests: &Receiver<Request>) -> anyhow::Result<()> {
    let say = |message| {
        let _ = sink.send(Incoming::Message(message));
    };
    let began = Instant::now();
    let progress = |progress| say(Message::Progress(progress, began.elapsed()));
    let loaded = ingest::load(&job.opening.paths, &job.options, &progress, stop)?;
    if loaded.nothing_readable() {
        return Err(NothingReadable { problems: loaded.problems }.into());
    }
    say(Message::Analysing(loaded.rows_read()));
    let facts = job.facts;
    let mut candidates: Arc<Candidates> = Arc::default();
    let mut hits = analytics::run_over(&loaded.store, facts, &job.settings, Arc::clone(&candidates));
    let environment = |name: &str| std::env::var_os(name);
    let opened = job.opening.open(Bundle::new(&loaded, &hits), environment, super::input::now())?;
    let (keep, mut case, found) = take_up(opened, &hits);
    let mut settings = job.settings.clone();
    if let Some((anew, over)) = with_revocations(&loaded.store, facts, &mut settings, &mut case) {
        (hits, candidates) = (anew, over);
    }
    // Every timeline reads it: better here than at the first frame.
    loaded.store.with(Key::User, Sym::NONE);
    let (loaded, hits) = (Arc::new(loaded), Arc::new(hits));
    let evidence = Evidence::new(Arc::clone(&loaded), hits, settings, facts, &candidates, case.alone());
    let mut reader = Reader::new(&evidence, candidates, job.name.clone());
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

/// Takes the case up on the hits, and tries the folder it is kept in.
fn take_up(opened: Result<Opened, Unkept>, hits: &[Hit]) -> (Keep, Case, Found) {
    let hits = hits.iter().map(|hit| (hit.id.as_str(), hit.analytic));
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
