//! The thread that saves: no disk holds the screen.
//!
//! One save runs at a time, and takes the case file with it. Of the states that come meanwhile the newest follows, so
//! that what is on disk is always the last state but those that wait. Notes and copies go the same way.

use super::app::Message;
use super::copy::Copied;
use super::{Incoming, fault};
use crate::casefile::{self, CaseFile, Saved};
use crate::session::Composed;
use crate::triage::Case;
use crate::triage::merge::Branch;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

/// Where the case is kept.
pub(super) struct Keep {
    pub(super) file: Option<CaseFile>,
    /// Why nothing can be kept there, as far as is known before the first save.
    pub(super) fault: Option<String>,
}

/// Something to put on disk.
enum Order {
    Save(Box<CaseFile>, Box<Case>),
    Write(PathBuf, Composed),
    Copy(Copied, PathBuf, String),
}

/// What became of it.
pub(super) enum Done {
    /// The case; see [`Saver::back`].
    Saved(Back),
    /// The rest.
    Message(Message),
}

/// A save that came back.
pub(super) struct Back {
    file: Box<CaseFile>,
    saved: Result<Saved, String>,
    /// What the case was made from: new where it went on in a copy.
    branch: Option<Box<Branch>>,
}

/// A save that is over.
pub(super) struct Over {
    /// What became of it.
    pub(super) saved: Result<Saved, String>,
    /// What the case on screen is made from by now, where that changed.
    pub(super) branch: Option<Box<Branch>>,
    /// Whether a newer state is being saved already: this one is not the last.
    pub(super) goes_on: bool,
}

/// What becomes of a state given to be saved.
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
    /// Without the file while a save has it.
    pub(super) keep: Keep,
    is_away: bool,
    /// The state that waits for the save that runs.
    next: Option<Box<Case>>,
    /// Orders that are not answered.
    open: usize,
    /// Whether one was given since the last frame.
    is_new: bool,
    orders: Sender<Order>,
    done: Receiver<Done>,
}

impl Saver {
    /// Starts the thread. It ends with this; `sink` hears when something is done.
    pub(super) fn spawn(sink: Sender<Incoming>) -> io::Result<Self> {
        let (orders, given) = mpsc::channel();
        let (answers, done) = mpsc::channel();
        fault::spawn("saver", sink, move |sink| work(&given, &answers, sink))?;
        let keep = Keep { file: None, fault: None };
        Ok(Self { keep, is_away: false, next: None, open: 0, is_new: false, orders, done })
    }

    /// Puts the case on disk, once the save that runs is over.
    pub(super) fn save(&mut self, case: &Case) -> Begun {
        if case.log.is_empty() && case.place.is_none() {
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

    fn order(&mut self, order: Order) {
        (self.open, self.is_new) = (self.open + 1, true);
        self.orders.send(order).expect("the thread ends after this");
    }

    /// What is done by now.
    pub(super) fn done(&mut self) -> Option<Done> {
        let done = self.done.try_recv().ok();
        self.counted(done)
    }

    /// The same, of what was ordered since the last frame; waited for, but for no longer than that.
    pub(super) fn done_within(&mut self, time: Duration) -> Option<Done> {
        if !std::mem::take(&mut self.is_new) || self.open == 0 {
            return None;
        }
        let done = self.done.recv_timeout(time).ok();
        self.counted(done)
    }

    /// What is done next, waited for as long as it takes; `None` when nothing is left to do.
    pub(super) fn wait(&mut self) -> Option<Done> {
        let done = (self.open > 0).then(|| self.done.recv().expect("the thread ends after this"));
        self.counted(done)
    }

    fn counted(&mut self, done: Option<Done>) -> Option<Done> {
        self.open -= usize::from(done.is_some());
        done
    }

    /// Takes the case file back, and saves the state that waited.
    pub(super) fn back(&mut self, back: Back) -> Over {
        let Back { file, saved, branch } = back;
        let branch = branch.filter(|_| matches!(saved, Ok(Saved::Beside(..))));
        let next = self.next.take();
        let goes_on = next.is_some();
        if let Some(mut case) = next {
            // What was said meanwhile belongs to the copy too.
            if branch.is_some() {
                case.branch.clone_from(&branch);
            }
            self.order(Order::Save(file, case));
        } else {
            (self.keep.file, self.is_away) = (Some(*file), false);
        }
        Over { saved, branch, goes_on }
    }
}

/// What is being saved is saved to its end, and what waits too: a fault elsewhere takes nothing with it.
impl Drop for Saver {
    fn drop(&mut self) {
        while let Some(done) = self.wait() {
            if let Done::Saved(back) = done {
                self.back(back);
            }
        }
    }
}

fn work(orders: &Receiver<Order>, answers: &Sender<Done>, sink: &Sender<Incoming>) {
    for order in orders {
        let mut is_fault = false;
        let done = carry_out(order, &mut is_fault);
        // Nobody listens any more only when the program is leaving.
        let _ = answers.send(done);
        let _ = sink.send(if is_fault {
            Incoming::Failed(anyhow::anyhow!("{}", fault::sentence()))
        } else {
            Incoming::Done
        });
    }
}

fn carry_out(order: Order, is_fault: &mut bool) -> Done {
    match order {
        Order::Save(mut file, mut case) => {
            let saved = guarded(is_fault, || file.save(&mut case));
            Done::Saved(Back { file, saved, branch: case.branch })
        }
        Order::Write(path, note) => Done::Message(Message::Written(guarded(is_fault, || note.write(&path)))),
        Order::Copy(copied, path, text) => {
            let file = guarded(is_fault, || casefile::replace(&path, text.as_bytes())).map(|()| path);
            Done::Message(Message::Copied(Copied { file, ..copied }))
        }
    }
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
        let mut saver = Saver::spawn(mpsc::channel().0).unwrap();
        saver.keep.file = Some(opened.file);
        (saver, opened.case)
    }

    fn say(case: &mut Case, steps: std::ops::Range<i64>) {
        steps.for_each(|step| case.set_verdict("h", &step.to_string(), Some(Verdict::Against), at(step)));
    }

    fn on_disk(home: &Path) -> Case {
        Case::from_bytes(&fs::read(home.join("case/c.json")).unwrap()).unwrap()
    }

    fn wait(saver: &mut Saver) -> Option<Over> {
        saver.wait().map(|done| match done {
            Done::Saved(back) => saver.back(back),
            Done::Message(_) => panic!("only the case was saved"),
        })
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
    fn a_fault_in_a_save_is_an_error_of_it() {
        let mut is_fault = false;
        let saved: Result<(), _> = guarded(&mut is_fault, || panic!("in the middle"));
        assert!(saved.is_err() && is_fault);
    }
}
