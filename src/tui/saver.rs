//! The thread that works on the case's files: no disk holds the screen.
//!
//! One save or [`Task`] runs at a time, and takes the case file with it. Of the states that come meanwhile the newest
//! follows, so that what is on disk is always the last state but those that wait. Notes, copies and lines being typed
//! go the same way.

use super::app::{Absorbed, Joined, Message, Offered};
use super::copy::Copied;
use super::{Incoming, input, panic_report};
use crate::casefile::draft::DraftFile;
use crate::casefile::{self, CaseError, CaseFile, Join, Saved, Taken};
use crate::ingest::Loaded;
use crate::session::{Composed, unentered};
use crate::triage::{Branch, Case, Draft};
use std::error::Error;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Instant;

/// Paths of the case.
pub(super) struct Keep {
    pub(super) file: Option<CaseFile>,
    /// Why nothing can be kept there, as far as is known before the first save.
    pub(super) fault: Option<String>,
}

/// Work on the case file that is more than a save.
pub(super) enum Task {
    /// Keeps this case in that file from then on.
    Move(PathBuf, Box<Case>),
    /// Goes on with a case that another process has.
    Open(Join, Taken, Arc<Loaded>),
    /// Merges a copy that does not say it is one into this case.
    Merge(PathBuf, Box<Case>, Arc<Loaded>),
}

/// Something to put on disk.
enum Order {
    Save(Box<CaseFile>, Box<Case>),
    Task(Box<CaseFile>, Task),
    Write(PathBuf, Composed),
    Copy(Copied, PathBuf, String),
    Draft(PathBuf, Vec<Draft>),
}

/// An order that was carried out.
pub(super) enum Done {
    /// On the case file: see [`Saver::back`].
    File(Box<CaseFile>, Ended),
    /// The lines being typed are kept, or cannot be.
    Drafted(io::Result<()>),
    /// The rest.
    Message(Message),
}

/// Result of a save or a task.
pub(super) enum Ended {
    /// The case was saved. The branch is new where it went on in a copy.
    Saved(Result<Saved, String>, Option<Box<Branch>>),
    /// The case and its note have these paths.
    Moved(Result<(PathBuf, PathBuf), String>),
    /// Another case, with what was typed in it and not entered.
    Opened(Result<(Box<Joined>, Vec<Offered>), String>),
    /// The copy in that file was merged.
    Merged(PathBuf, Result<Box<Absorbed>, String>),
}

/// Fate of a state given to be saved.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Begun {
    /// It is on its way: [`Saver::done`] has the answer.
    Yes,
    /// There is nothing to put on disk.
    Nothing,
    /// There is no place for it.
    Nowhere(String),
}

/// Gives orders to the thread and takes what comes back.
pub(super) struct Saver {
    /// Without the file while a save or a task has it.
    pub(super) keep: Keep,
    is_away: bool,
    /// The state that waits for what runs.
    next: Option<Box<Case>>,
    /// The task that waits for the save that runs.
    task: Option<Task>,
    /// Whether another case is being opened: this one is not saved any more.
    is_opening: bool,
    /// Orders that are not answered.
    open: usize,
    /// Whether one was given since the last frame that may be over before the next.
    is_new: bool,
    orders: Sender<Order>,
    done: Receiver<Done>,
}

impl Saver {
    /// Starts the thread. It ends with this; `sink` hears when something is done. `evidence` are the paths of the
    /// bundle: no case stands among them.
    pub(super) fn spawn(sink: Sender<Incoming>, evidence: Vec<PathBuf>) -> io::Result<Self> {
        let (orders, given) = mpsc::channel();
        let (answers, done) = mpsc::channel();
        panic_report::spawn("saver", sink, move |sink| work(&given, &answers, sink, &evidence))?;
        let keep = Keep { file: None, fault: None };
        let (next, task) = (None, None);
        Ok(Self { keep, is_away: false, next, task, is_opening: false, open: 0, is_new: false, orders, done })
    }

    /// Puts the case on disk, once what runs is over.
    pub(super) fn save(&mut self, case: &Case) -> Begun {
        if (case.log.is_empty() && case.place.is_none()) || self.is_opening {
            return Begun::Nothing;
        }
        if self.is_away {
            self.next = Some(Box::new(case.clone()));
            return Begun::Yes;
        }
        let Keep { file, fault } = &mut self.keep;
        match (file.take_if(|file| !file.is_read_only()), fault) {
            (Some(file), _) => {
                self.is_away = true;
                self.order(Order::Save(Box::new(file), Box::new(case.clone())));
                Begun::Yes
            }
            (None, Some(why)) if file.is_none() => Begun::Nowhere(why.clone()),
            (None, _) => Begun::Nothing,
        }
    }

    /// Begins a task, once the save that runs is over. `nowhere` makes a file for a case that has none.
    ///
    /// # Errors
    /// When there is no case file.
    pub(super) fn begin(&mut self, task: Task, nowhere: impl FnOnce() -> Option<CaseFile>) -> Result<(), String> {
        self.is_opening |= matches!(task, Task::Open(..));
        if self.is_away {
            self.task = Some(task);
            return Ok(());
        }
        let file = self.keep.file.take().or_else(nowhere).ok_or("there is no case")?;
        self.is_away = true;
        self.order(Order::Task(Box::new(file), task));
        Ok(())
    }

    /// Writes a note, where there is a place for anything.
    pub(super) fn write(&mut self, path: PathBuf, note: Composed) -> Result<(), String> {
        match &self.keep {
            Keep { file: None, fault: Some(why) } if !self.is_away => Err(why.clone()),
            _ => {
                self.order(Order::Write(path, note));
                Ok(())
            }
        }
    }

    /// Puts a copied text in a file.
    pub(super) fn copy(&mut self, copied: Copied, path: PathBuf, text: String) {
        self.order(Order::Copy(copied, path, text));
    }

    /// Keeps these lines beside the case, and no others.
    pub(super) fn draft(&mut self, case: PathBuf, lines: Vec<Draft>) {
        self.order(Order::Draft(case, lines));
    }

    fn order(&mut self, order: Order) {
        (self.open, self.is_new) = (self.open + 1, true);
        self.orders.send(order).expect("the thread ends after this");
    }

    /// The next result that is ready.
    pub(super) fn done(&mut self) -> Option<Done> {
        let done = self.done.try_recv().ok();
        self.counted(done)
    }

    /// The next result of the orders since the last frame, waited for until `end` at most.
    pub(super) fn done_before(&mut self, end: Instant) -> Option<Done> {
        if !self.is_new || self.open == 0 {
            return None;
        }
        let done = self.done.recv_timeout(end.saturating_duration_since(Instant::now())).ok();
        self.is_new = done.is_some();
        self.counted(done)
    }

    /// The next result, waited for as long as it takes; `None` when no order is open.
    pub(super) fn wait(&mut self) -> Option<Done> {
        let done = (self.open > 0).then(|| self.done.recv().expect("the thread ends after this"));
        self.counted(done)
    }

    fn counted(&mut self, done: Option<Done>) -> Option<Done> {
        self.open -= usize::from(done.is_some());
        done
    }

    /// Takes the case file back, and goes on with what waited. Returns whether a newer state is being saved already: the
    /// one that came back is not the last.
    pub(super) fn back(&mut self, file: Box<CaseFile>, outcome: &Ended) -> bool {
        match outcome {
            // What was said meanwhile belongs to the copy too.
            Ended::Saved(Ok(Saved::Beside(..)), branch) => {
                self.next.iter_mut().for_each(|next| next.branch.clone_from(branch));
            }
            Ended::Moved(Ok(_)) => {
                self.keep.fault = None;
                self.next.iter_mut().for_each(|next| next.branch = None);
            }
            // What was on screen before is another case; whoever shows the new one saves that.
            Ended::Merged(_, Ok(_)) => self.next = None,
            Ended::Opened(_) => self.is_opening = false,
            Ended::Saved(..) | Ended::Moved(Err(_)) | Ended::Merged(_, Err(_)) => {}
        }
        let next = self.next.take();
        let goes_on = next.is_some();
        if let Some(case) = next {
            self.order(Order::Save(file, case));
        } else if let Some(task) = self.task.take() {
            self.order(Order::Task(file, task));
        } else {
            self.is_away = false;
            // One without a place is none.
            self.keep.file = Some(*file).filter(|file| !file.path().as_os_str().is_empty());
        }
        goes_on
    }
}

/// Finishes the running save and those that wait: a fault elsewhere loses none of them.
impl Drop for Saver {
    fn drop(&mut self) {
        while let Some(done) = self.wait() {
            if let Done::File(file, outcome) = done {
                self.back(file, &outcome);
            }
        }
    }
}

fn work(orders: &Receiver<Order>, answers: &Sender<Done>, sink: &Sender<Incoming>, evidence: &[PathBuf]) {
    let mut drafts = DraftFile::default();
    for order in orders {
        let mut is_fault = false;
        let done = carry_out(order, &mut drafts, evidence, &mut is_fault);
        // Nobody listens any more only when the program is leaving.
        let _ = answers.send(done);
        let _ = sink.send(if is_fault {
            Incoming::Failed(anyhow::anyhow!("{}", panic_report::sentence()))
        } else {
            Incoming::Done
        });
    }
}

fn carry_out(order: Order, drafts: &mut DraftFile, evidence: &[PathBuf], is_fault: &mut bool) -> Done {
    match order {
        Order::Save(mut file, mut case) => {
            let saved = guarded(is_fault, || file.save(&mut case));
            let branch = case.branch.filter(|_| matches!(saved, Ok(Saved::Beside(..))));
            Done::File(file, Ended::Saved(saved, branch))
        }
        Order::Task(mut file, task) => {
            let outcome = match task {
                Task::Move(path, mut case) => {
                    let moved = guarded(is_fault, || {
                        file.move_to(&path, evidence, &mut case).map_err(|error| with_cause(&error))
                    });
                    Ended::Moved(moved.map(|()| paths(&file)))
                }
                Task::Open(how, taken, loaded) => {
                    let opened =
                        guarded(is_fault, || file.join(how, &taken, input::now()).map_err(|error| with_cause(&error)));
                    Ended::Opened(opened.map(|opened| {
                        let joined;
                        (*file, joined) = Joined::new(opened, &loaded);
                        let drafts = unentered(&file, &joined.found, &loaded);
                        (Box::new(joined), drafts)
                    }))
                }
                Task::Merge(copy, mut case, loaded) => {
                    let absorb = || file.absorb(&copy, &mut case, input::now()).map_err(|error| with_cause(&error));
                    let merged = guarded(is_fault, absorb);
                    let merged = merged.map(|merged| Box::new(Absorbed::new(&file, *case, &merged, &loaded)));
                    Ended::Merged(copy, merged)
                }
            };
            Done::File(file, outcome)
        }
        Order::Write(path, note) => Done::Message(Message::Written(guarded(is_fault, || note.write(&path)))),
        Order::Copy(copied, path, text) => {
            let file = guarded(is_fault, || casefile::replace(&path, text.as_bytes())).map(|()| path);
            Done::Message(Message::Copied(Copied { file, ..copied }))
        }
        Order::Draft(case, lines) => Done::Drafted(drafts.keep(&case, &lines)),
    }
}

fn paths(file: &CaseFile) -> (PathBuf, PathBuf) {
    (file.path().to_owned(), file.note_path())
}

/// An error and what caused it.
fn with_cause(error: &CaseError) -> io::Error {
    io::Error::other(match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    })
}

/// Does it; a fault in it leaves the case file in our hands.
fn guarded<T>(is_fault: &mut bool, work: impl FnOnce() -> io::Result<T>) -> Result<T, String> {
    let done = catch_unwind(AssertUnwindSafe(work));
    *is_fault |= done.is_err();
    done.map_or_else(|_| Err("a fault in the program".to_owned()), |done| done.map_err(|error| error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Span, Time};
    use crate::triage::Verdict;
    use std::fs;
    use std::path::Path;

    fn at(second: i64) -> Time {
        Time::parse("2026-05-02T08:00:00Z").unwrap().plus(Span::seconds(second))
    }

    /// Saves to a case in the folder, and the case.
    fn open(home: &Path) -> (Saver, Case) {
        let opened = casefile::open(&home.join("case/c.json"), &[], "b", "ana", at(0)).unwrap();
        let mut saver = Saver::spawn(mpsc::channel().0, Vec::new()).unwrap();
        saver.keep.file = Some(opened.file);
        (saver, opened.case)
    }

    fn say(case: &mut Case, steps: std::ops::Range<i64>) {
        steps.for_each(|step| case.set_verdict("h", &step.to_string(), Some(Verdict::Against), at(step)));
    }

    fn on_disk(home: &Path) -> Case {
        Case::from_bytes(&fs::read(home.join("case/c.json")).unwrap()).unwrap()
    }

    /// A save that came back.
    struct Over {
        saved: Result<Saved, String>,
        branch: Option<Box<Branch>>,
        goes_on: bool,
    }

    fn wait(saver: &mut Saver) -> Option<Over> {
        let done = saver.wait()?;
        let Done::File(file, outcome) = done else { panic!("only the case was saved") };
        let goes_on = saver.back(file, &outcome);
        let Ended::Saved(saved, branch) = outcome else { panic!("it was only saved") };
        Some(Over { saved, branch, goes_on })
    }

    #[test]
    fn of_the_states_that_wait_the_newest_alone_follows() {
        let home = tempfile::tempdir().unwrap();
        let (mut saver, mut case) = open(home.path());
        assert_eq!(saver.save(&case), Begun::Nothing);
        // The answer of the first is not taken: until then it counts as running, however quick the disk.
        for step in 0..50 {
            say(&mut case, step..step + 1);
            assert_eq!(saver.save(&case), Begun::Yes);
        }
        let over = wait(&mut saver).unwrap();
        assert_eq!((over.saved, over.goes_on), (Ok(Saved::Here), true));
        let over = wait(&mut saver).unwrap();
        assert_eq!((over.saved, over.goes_on), (Ok(Saved::Here), false));
        assert_eq!(on_disk(home.path()), case);
        assert!(wait(&mut saver).is_none() && saver.done().is_none(), "two saves were enough");
    }

    #[test]
    fn what_waits_is_on_disk_before_a_fault_takes_the_rest() {
        let home = tempfile::tempdir().unwrap();
        let (mut saver, mut case) = open(home.path());
        for step in 0..3 {
            say(&mut case, step..step + 1);
            saver.save(&case);
        }
        drop(saver);
        assert_eq!(on_disk(home.path()), case);
        assert!(!home.path().join("case/c.json.lock").exists(), "the lock is given back");
    }

    #[test]
    fn a_copy_that_the_case_goes_on_in_has_what_was_said_meanwhile() {
        let home = tempfile::tempdir().unwrap();
        let (mut saver, mut case) = open(home.path());
        say(&mut case, 0..1);
        saver.save(&case);
        wait(&mut saver);
        // Somebody else's program.
        let mut other = case.clone();
        say(&mut other, 7..8);
        fs::write(home.path().join("case/c.json"), other.to_bytes()).unwrap();
        say(&mut case, 1..2);
        saver.save(&case);
        say(&mut case, 2..3);
        saver.save(&case);
        let over = wait(&mut saver).unwrap();
        assert!(matches!(&over.saved, Ok(Saved::Beside(path, _)) if path.ends_with("c-2.json")), "{:?}", over.saved);
        assert!(over.goes_on);
        case.branch = over.branch;
        assert_eq!(wait(&mut saver).unwrap().saved, Ok(Saved::Here));
        let copy = Case::from_bytes(&fs::read(home.path().join("case/c-2.json")).unwrap()).unwrap();
        assert_eq!(copy, case);
        assert_eq!(copy.branch.unwrap().case, "c.json");
        assert_eq!(on_disk(home.path()), other, "theirs is as it was");
    }

    #[test]
    fn a_save_that_fails_says_why_and_the_next_one_tries_again() {
        let home = tempfile::tempdir().unwrap();
        let (mut saver, mut case) = open(home.path());
        fs::remove_dir_all(home.path().join("case")).unwrap();
        fs::write(home.path().join("case"), "no folder").unwrap();
        say(&mut case, 0..1);
        saver.save(&case);
        assert!(wait(&mut saver).unwrap().saved.is_err());
        fs::remove_file(home.path().join("case")).unwrap();
        saver.save(&case);
        assert_eq!(wait(&mut saver).unwrap().saved, Ok(Saved::Here));
        assert_eq!(on_disk(home.path()), case);
    }

    #[test]
    fn a_move_waits_for_the_save_that_runs_and_what_comes_meanwhile_goes_to_the_new_file() {
        let home = tempfile::tempdir().unwrap();
        let (mut saver, mut case) = open(home.path());
        say(&mut case, 0..1);
        saver.save(&case);
        saver.begin(Task::Move(home.path().join("there/c.json"), Box::new(case.clone())), || None).unwrap();
        assert!(saver.keep.file.is_none() && saver.task.is_some(), "the save that runs has the file");
        assert!(matches!(wait(&mut saver), Some(Over { saved: Ok(Saved::Here), goes_on: false, .. })));
        case.branch = Some(Box::default());
        say(&mut case, 1..2);
        assert_eq!(saver.save(&case), Begun::Yes);
        let Some(Done::File(file, outcome)) = saver.wait() else { panic!("the move comes back") };
        assert!(saver.back(file, &outcome), "what came meanwhile is saved at once");
        assert!(matches!(&outcome, Ended::Moved(Ok((path, _))) if path.ends_with("there/c.json")));
        assert_eq!(wait(&mut saver).unwrap().saved, Ok(Saved::Here));
        case.branch = None;
        let there = Case::from_bytes(&fs::read(home.path().join("there/c.json")).unwrap()).unwrap();
        assert_eq!(there, case, "and is no copy any more");
        assert_eq!(on_disk(home.path()).log.len(), 1, "the first file stays as it was");
    }

    #[test]
    fn a_case_without_a_place_has_none_after_a_move_that_failed() {
        let mut saver = Saver::spawn(mpsc::channel().0, Vec::new()).unwrap();
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("no-folder"), "").unwrap();
        let mut case = Case::new("b".to_owned(), "ana".to_owned());
        say(&mut case, 0..1);
        let to = |name: &str| Task::Move(home.path().join(name), Box::new(case.clone()));
        assert!(saver.begin(to("c.json"), || None).is_err(), "there is no case file");
        for (name, works) in [("no-folder/c.json", false), ("c.json", true)] {
            saver.begin(to(name), || Some(CaseFile::nowhere(&case, at(0)))).unwrap();
            let Some(Done::File(file, outcome)) = saver.wait() else { panic!("the move comes back") };
            saver.back(file, &outcome);
            assert_eq!((matches!(outcome, Ended::Moved(Ok(_))), saver.keep.file.is_some()), (works, works));
        }
    }

    #[test]
    fn a_fault_in_a_save_is_an_error_of_it() {
        let mut is_fault = false;
        let saved: Result<(), _> = guarded(&mut is_fault, || panic!("in the middle"));
        assert!(saved.is_err() && is_fault);
    }
}
