//! The workbench: hits, their steps, and the rows they rest on, by keyboard alone.
//!
//! ```text
//! key ─ keymap ─► Action ─► App::update ─► state + Effect ─► worker ─► Message ─► App::update      App ─ draw ─► Frame
//! ```
//!
//! [`app::App`] holds all state and neither reads nor writes; this file carries out its effects. Panels are
//! functions that draw. To add a key: an [`action::Action`], a row in `assets/keymap.toml`, an arm in
//! [`app::App::act`].

pub mod action;
pub mod app;
pub mod ask;
pub mod clipboard;
pub mod copy;
pub mod decisions;
pub mod edit;
mod fault;
pub mod find;
mod glyphs;
pub mod hit_list;
mod input;
pub mod keymap;
pub mod layout;
pub mod marks;
pub mod near;
mod outcome;
pub mod overlay;
pub mod palette;
pub mod pivot;
pub mod rows;
pub mod screens;
pub mod scroll;
mod terminal;
pub mod text;
pub mod theme;
pub mod users;
pub mod widgets;
mod wire;
pub mod workbench;
mod worker;

use crate::analytics::{Hit, Settings};
use crate::casefile::draft::DraftFile;
use crate::casefile::note::{self, Written};
use crate::casefile::{self, CaseFile, Closed, Join, Opened, Saved};
use crate::config::{Borders, Mouse};
use crate::facts::Facts;
use crate::ingest::{Loaded, Options};
use crate::model::{Problem, inert};
use crate::triage::Case;
use crate::triage::marks::Places;
use app::{App, Composed, Effect, Joined, Message, Offered, Ready};
use clipboard::Wrap;
use copy::Copied;
use keymap::Keymap;
pub use outcome::Outcome;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::{fmt, io};
use terminal::{PanicHook, Screen};
use theme::{Name, Theme};
use worker::{Job, Request};

/// Composes the case note.
pub type Note = Box<dyn Fn(&Loaded, &[Hit], &Settings, &Case) -> Composed + Send>;

/// What the workbench opens on.
pub struct Config {
    /// Name of the bundle, as shown.
    pub name: String,
    /// The bundle.
    pub paths: Vec<PathBuf>,
    /// How it is read.
    pub options: Options,
    /// How the analytics run.
    pub settings: Settings,
    /// The case file; `None` for the bundle's own in the state folder.
    pub case: Option<PathBuf>,
    /// What is known of clients, resources and agents.
    pub facts: &'static Facts,
    /// Who signs the verdicts.
    pub analyst: String,
    /// How to give a name, where nothing gave one: said when the workbench opens.
    pub advice: Option<String>,
    /// Sharing mark of a new case; `None` for the usual one.
    pub tlp: Option<String>,
    /// The keys.
    pub keymap: Keymap,
    /// What is wrong with what the user set, said at the start.
    pub complaint: Option<String>,
    /// The colours.
    pub theme: Name,
    /// What frames, bars and marks are drawn with.
    pub borders: Borders,
    /// Whether the mouse is taken.
    pub mouse: Mouse,
    /// Composes the note.
    pub note: Note,
}

/// Nothing in the bundle could be read.
#[derive(Debug)]
pub struct NothingReadable {
    /// What was not read, and why.
    pub problems: Vec<Problem>,
}

impl std::error::Error for NothingReadable {}

impl fmt::Display for NothingReadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing in the bundle could be read")?;
        let mut named = self.problems.iter().take(5);
        named.try_for_each(|problem| write!(f, "\n  {}: {}", inert(&problem.source), inert(&problem.reason)))
    }
}

/// What comes in from outside.
enum Incoming {
    /// For the App.
    Message(Message),
    /// The bundle is read: the App's part, and where the case is kept, which stays here.
    Opened(Box<Ready>, Box<Keep>),
    /// The worker ended.
    Failed(anyhow::Error),
    /// A signal that ends us.
    Signal(i32),
    /// A signal that asks us to stop until we are continued.
    Stop,
    /// The process goes on after it was stopped.
    Continued,
    /// The terminal is gone.
    Lost,
    /// The terminal took the frame that it had left waiting: there may be a newer one.
    Drained,
}

/// Where the case is kept.
struct Keep {
    file: Option<CaseFile>,
    /// Why nothing can be kept there, as far as is known before the first save.
    fault: Option<String>,
}

/// Runs the workbench until the user leaves.
///
/// # Errors
/// When the terminal cannot be taken over; [`NothingReadable`]; a case file that is not ours
/// ([`casefile::CaseError`]).
pub fn run(config: Config) -> anyhow::Result<Outcome> {
    let _hook = PanicHook::set();
    let theme = Theme::named(config.theme).with(config.borders);
    let (sink, incoming) = mpsc::channel();
    let (requests, waiting) = mpsc::channel();
    // Before the terminal is taken over: none of them may end us with the terminal in our state.
    input::spawn_signals(sink.clone())?;
    let screen = Screen::enter(sink.clone())?;
    let mut app = App::new(config.name, config.keymap, screen.size()?);
    if let Some(complaint) = config.complaint {
        app.warn(complaint);
    }
    app.advice = config.advice;
    app.mouse = config.mouse == Mouse::On;
    let mut session = Session {
        screen,
        app,
        keep: Keep { file: None, fault: None },
        drafts: (DraftFile::default(), false),
        evidence: config.paths.clone(),
        requests,
        end: None,
    };
    session.screen.take_mouse(session.app.mouse);
    session.draw(&theme)?;

    let stop = Arc::new(AtomicBool::new(false));
    input::spawn(sink.clone())?;
    let Config { paths, options, settings, case, facts, analyst, tlp, note, .. } = config;
    let job = Job { paths, options, settings, case, facts, analyst, tlp, note };
    worker::spawn(job, Arc::clone(&stop), sink, waiting);

    while session.end.is_none() {
        let first = incoming.recv().expect("the signal thread holds a sender");
        session.take(first)?;
        // Everything that waits goes into one frame: keys held down do not queue up on a slow line.
        while session.end.is_none()
            && let Ok(next) = incoming.try_recv()
        {
            session.take(next)?;
        }
        if session.end.is_none() {
            session.draw(&theme)?;
        }
    }
    stop.store(true, Ordering::Relaxed);
    session.outcome()
}

/// Says the last lines on the terminal, once it is given back. Then a signal that asks for an image of the memory has
/// its way.
pub fn take_leave(lines: &[u8], signal: Option<i32>) {
    terminal::say_last(lines);
    #[cfg(unix)]
    signal.into_iter().for_each(input::end_by);
}

/// Writes the note at `path` and its indicators beside it. What somebody changed there is kept: see [`note::write`].
///
/// # Errors
/// When either cannot be written; what stood there before is still there, or beside it.
pub fn write_note(path: &Path, note: &Composed) -> io::Result<Written> {
    note::write(path, note.text.as_bytes(), note.indicators.as_bytes())
}

/// Why the loop ends.
enum End {
    Quit,
    Signal(i32),
    Failed(anyhow::Error),
}

/// Everything the loop holds on to.
struct Session {
    screen: Screen,
    app: App,
    keep: Keep,
    /// The lines being typed, and whether keeping them failed.
    drafts: (DraftFile, bool),
    /// The paths of the bundle: no case stands among them.
    evidence: Vec<PathBuf>,
    requests: Sender<Request>,
    end: Option<End>,
}

impl Session {
    fn draw(&mut self, theme: &Theme) -> anyhow::Result<()> {
        let Self { screen, app, .. } = self;
        screen.draw(|frame| screens::draw(app, theme, frame)).or_else(|error| {
            // A terminal that takes no more output is a lost one; the loop hears of it by itself.
            if error.kind() == std::io::ErrorKind::Interrupted { Ok(()) } else { self.leave(Some(error)) }
        })
    }

    /// Saves and leaves without a word: there is nobody to read it.
    fn leave(&mut self, why: Option<std::io::Error>) -> anyhow::Result<()> {
        self.carry_out(Effect::Save)?;
        self.end = Some(why.map_or(End::Signal(SIGHUP), |error| End::Failed(error.into())));
        Ok(())
    }

    fn take(&mut self, incoming: Incoming) -> anyhow::Result<()> {
        match incoming {
            Incoming::Message(message) => self.update(message)?,
            Incoming::Opened(ready, keep) => {
                self.keep = *keep;
                self.update(Message::Ready(ready))?;
                if let Some(why) = &self.keep.fault {
                    self.app.warn_unkept(why);
                }
            }
            Incoming::Failed(error) => {
                self.carry_out(Effect::Save)?;
                self.end = Some(End::Failed(error));
            }
            Incoming::Signal(signal) => {
                self.carry_out(Effect::Save)?;
                self.end = Some(End::Signal(signal));
            }
            Incoming::Stop => self.carry_out(Effect::Suspend)?,
            Incoming::Continued => {
                self.screen.enter_again()?;
                self.update(Message::Resize(self.screen.size()?))?;
            }
            Incoming::Lost => self.leave(None)?,
            Incoming::Drained => {}
        }
        Ok(())
    }

    fn update(&mut self, message: Message) -> anyhow::Result<()> {
        for effect in self.app.update(message) {
            self.carry_out(effect)?;
        }
        self.keep_drafts();
        Ok(())
    }

    /// Puts what is being typed on disk. What was entered stays there until the case has it.
    fn keep_drafts(&mut self) {
        let Some(file) = self.keep.file.as_ref().filter(|file| !file.is_read_only()) else { return };
        let typed = self.app.drafts();
        if typed.is_empty() && self.app.unsaved.is_some() {
            return;
        }
        let (drafts, failed) = &mut self.drafts;
        match drafts.keep(file.path(), &typed) {
            Ok(()) => *failed = false,
            Err(_) if *failed => {}
            Err(error) => {
                *failed = true;
                // Not through `update`, which comes here.
                let _ = self.app.update(Message::NotDrafted(error.to_string()));
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) -> anyhow::Result<()> {
        match effect {
            Effect::Save => {
                if let Some(result) = self.save() {
                    self.update(Message::Saved(result))?;
                }
            }
            Effect::Ask(ask) => self.request(Request::Ask(ask)),
            Effect::ReadRecord(event) => self.request(Request::Record(event)),
            Effect::Describe => self.request(Request::Bundle),
            Effect::Compose => {
                if let Some(bench) = self.app.workbench() {
                    self.request(Request::Note(Box::new(bench.case.clone())));
                }
            }
            Effect::Write(path, note) => {
                let written = match &self.keep {
                    Keep { file: None, fault: Some(why) } => Err(why.clone()),
                    _ => write_note(&path, &note).map_err(|error| error.to_string()),
                };
                self.update(Message::Written(written))?;
            }
            Effect::SaveTo(path) => {
                let moved = self.save_to(&path);
                self.update(Message::Moved(moved))?;
            }
            Effect::Join(how) => {
                let joined = self.join(how);
                let drafts = joined.as_ref().map_or_else(|_| Vec::new(), |(_, drafts)| drafts.clone());
                self.update(Message::Joined(joined.map(|(joined, _)| joined)))?;
                if !drafts.is_empty() {
                    self.update(Message::Drafts(drafts))?;
                }
            }
            Effect::Absorb(path) => {
                let absorbed = self.absorb(&path);
                self.update(Message::Absorbed(path, absorbed))?;
            }
            Effect::Copy(what, text) => {
                let copied = self.copy(what, &text);
                self.update(Message::Copied(copied))?;
            }
            Effect::Mouse(on) => self.screen.take_mouse(on),
            Effect::Suspend => {
                self.screen.suspend()?;
                self.update(Message::Resize(self.screen.size()?))?;
            }
            Effect::Quit => self.end = Some(End::Quit),
        }
        Ok(())
    }

    /// Sends a text to the terminal, if it is short enough, and puts it in the file for it: nobody confirms the former.
    fn copy(&mut self, what: &'static str, text: &str) -> Copied {
        let wrap = Wrap::of(|name| std::env::var_os(name));
        let sent = clipboard::sequence(text, wrap).is_some_and(|bytes| Screen::send(bytes.as_bytes()));
        let path = self.keep.file.as_ref().map(CaseFile::copy_path).ok_or_else(|| "there is no case".to_owned());
        let file = path.and_then(|path| {
            casefile::replace(&path, text.as_bytes()).map(|()| path).map_err(|error| error.to_string())
        });
        Copied { what, bytes: text.len(), sent, file }
    }

    fn request(&self, request: Request) {
        // The worker is gone only when it failed, which ends the loop.
        let _ = self.requests.send(request);
    }

    /// Puts the case on disk; `None` when there is nothing to put there.
    fn save(&mut self) -> Option<Result<Option<String>, String>> {
        let case = &mut self.app.workbench_mut()?.case;
        if case.log.is_empty() && case.place.is_none() {
            return None;
        }
        let Keep { file, fault } = &mut self.keep;
        let Some(file) = file else { return fault.clone().map(Err) };
        if file.is_read_only() {
            return None;
        }
        let saved = file.save(case).map_err(|error| error.to_string());
        if let Ok(Saved::Beside(..)) = &saved {
            file.path().clone_into(&mut self.app.case_path);
            self.app.note_path = file.note_path();
        }
        Some(saved.map(|saved| saved.sentence()))
    }

    /// Goes on with a case that another process has.
    fn join(&mut self, how: Join) -> Result<(Box<Joined>, Vec<Offered>), String> {
        let (file, bench) = self.keep.file.as_ref().zip(self.app.workbench()).ok_or("there is no case")?;
        let taken = self.app.found.holder.as_ref().ok_or("nobody else has the case")?;
        let opened = file.join(how, taken, input::now()).map_err(|error| said(&error))?;
        let Opened { file, case, found } = opened;
        let places = Places::find(&bench.evidence.loaded, &case);
        let (case_path, note_path) = (file.path().to_owned(), file.note_path());
        let drafts = worker::offered(&file, &found, &bench.evidence.loaded);
        self.keep.file = Some(file);
        Ok((Box::new(Joined { case, places, case_path, note_path, found }), drafts))
    }

    /// Merges a copy that does not say it is one; what it brought.
    fn absorb(&mut self, path: &Path) -> Result<String, String> {
        let file = self.keep.file.as_mut().ok_or("there is no case")?;
        let bench = self.app.workbench_mut().ok_or("there is no case")?;
        let merged = file.absorb(path, &mut bench.case, input::now()).map_err(|error| said(&error))?;
        bench.places = Places::find(&bench.evidence.loaded, &bench.case);
        Ok(merged.to_string())
    }

    /// Keeps the case in a file of its own from now on, if it can be written there.
    fn save_to(&mut self, path: &Path) -> Result<(PathBuf, PathBuf), String> {
        let case = self.app.workbench_mut().map(|bench| &mut bench.case).ok_or("there is no case")?;
        let Keep { file, fault } = &mut self.keep;
        let file = file.get_or_insert_with(|| CaseFile::nowhere(case, input::now()));
        if let Err(error) = file.move_to(path, &self.evidence, case) {
            let why = said(&error);
            // One without a place is none.
            self.keep.file.take_if(|file| file.path().as_os_str().is_empty());
            return Err(why);
        }
        *fault = None;
        Ok((file.path().to_owned(), file.note_path()))
    }

    fn outcome(self) -> anyhow::Result<Outcome> {
        let Self { screen, app, end, keep, .. } = self;
        drop(screen);
        let signal = match end {
            Some(End::Failed(error)) => return Err(error),
            Some(End::Signal(signal)) => Some(signal),
            Some(End::Quit) | None => None,
        };
        // What is not on disk is not merged either.
        let case = app.workbench().map(|bench| &bench.case).filter(|_| app.unsaved.is_none());
        let closed = keep.file.zip(case).map_or(Closed::Case, |(file, case)| file.close(case, input::now()));
        let case = if let Closed::Merged(path, _) = &closed { path } else { &app.case_path };
        Ok(Outcome {
            case: Outcome::on_disk(case),
            closed,
            hits: app.workbench().map(|bench| bench.evidence.hits.len()),
            settled: app.workbench().map_or(0, workbench::Workbench::settled),
            unsaved: app.unsaved,
            note: app.written,
            signal,
        })
    }
}

/// An error and what caused it.
fn said(error: &casefile::CaseError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// The signal of a lost terminal.
const SIGHUP: i32 = 1;
