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
mod ascii;
pub mod clipboard;
pub mod closing;
pub mod copy;
pub mod decisions;
pub mod edit;
pub mod evidence;
pub mod filters;
pub mod find;
pub mod glyphs;
#[cfg(test)]
mod growth;
pub mod hit_list;
mod input;
pub mod job;
mod keeping;
pub mod keymap;
pub mod layout;
pub mod marks;
pub mod near;
pub mod overlay;
pub mod palette;
mod panic_report;
pub mod pivot;
mod pretty;
pub mod queries;
pub mod reader;
pub mod rows;
mod saver;
mod scope;
mod screen_diff;
pub mod screens;
pub mod scroll;
mod terminal;
pub mod text;
pub mod theme;
mod trail;
pub mod users;
pub mod widgets;
pub mod workbench;
mod worker;

use crate::analytics::Settings;
use crate::config::{Borders, Mouse};
use crate::facts::Facts;
use crate::ingest::Options;
use crate::model::{Problem, inert};
use crate::session::{ExitSummary, Opening};
use crate::triage::Draft;
use app::{App, Effect, Message, Ready};
use keymap::Keymap;
use reader::Request;
use saver::{Begun, Keep, Saver};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};
use terminal::{PanicHook, Screen};
use theme::{Name, Theme};
use worker::LoadJob;

/// Everything the workbench starts with.
pub struct Config {
    /// Name of the bundle, as shown.
    pub name: String,
    /// The bundle, its case, and who works on it.
    pub opening: Opening,
    /// Options of the reader.
    pub options: Options,
    /// Settings of the analytics.
    pub settings: Settings,
    /// Dated knowledge of clients, resources and agents.
    pub facts: &'static Facts,
    /// Hint on how to name the analyst, shown when the workbench opens where no name is set.
    pub advice: Option<String>,
    /// The keys.
    pub keymap: Keymap,
    /// Mistakes in the user's configuration, shown at the start.
    pub complaint: Option<String>,
    /// The colours.
    pub theme: Name,
    /// The characters of frames, bars and marks.
    pub borders: Borders,
    /// Whether the mouse is taken.
    pub mouse: Mouse,
}

/// Nothing in the bundle could be read.
#[derive(Debug)]
pub struct NothingReadable {
    /// The parts of the bundle that were not read, and why.
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

/// Input from outside.
#[cfg_attr(not(unix), expect(dead_code, reason = "there are no signals"))]
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
    /// The thread that saves has done something.
    Done,
}

/// Longest wait of a frame for a save that has just begun: on most disks it is over by then, and nothing is shown of
/// it.
const SOON: Duration = Duration::from_millis(10);

/// Runs the workbench until the user leaves.
///
/// # Errors
/// When the terminal cannot be taken over; [`NothingReadable`]; a case file that is not ours
/// ([`CaseError`](crate::casefile::CaseError)).
pub fn run(config: Config) -> anyhow::Result<ExitSummary> {
    let _hook = PanicHook::set();
    let theme = Theme::named(config.theme).with(config.borders);
    let (sink, incoming) = mpsc::channel();
    let (requests, waiting) = mpsc::channel();
    // Before the terminal is taken over: none of them may end us with the terminal in our state.
    input::spawn_signals(sink.clone())?;
    let screen = Screen::enter(sink.clone())?;
    let mut app = App::new(config.name.clone(), config.keymap, screen.size()?);
    if let Some(complaint) = config.complaint {
        app.warn(complaint);
    }
    app.advice = config.advice;
    app.mouse = config.mouse == Mouse::On;
    let mut session = Session {
        screen,
        app,
        saver: Saver::spawn(sink.clone(), config.opening.paths.clone())?,
        drafts: ((PathBuf::new(), Vec::new()), false),
        requests,
        end: None,
    };
    session.screen.take_mouse(session.app.mouse);
    session.draw(&theme)?;

    let stop = Arc::new(AtomicBool::new(false));
    input::spawn(sink.clone())?;
    let Config { name, opening, options, settings, facts, .. } = config;
    let job = LoadJob { name, opening, options, settings, facts };
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
        let soon = Instant::now() + SOON;
        while session.end.is_none()
            && let Some(done) = session.saver.done_before(soon)
        {
            session.take_done(done)?;
        }
        if session.end.is_none() {
            session.draw(&theme)?;
        }
    }
    stop.store(true, Ordering::Relaxed);
    session.summary()
}

/// Says the last lines on the terminal, once it is given back. Then a signal that asks for an image of the memory has
/// its way.
pub fn take_leave(lines: &[u8], signal: Option<i32>) {
    terminal::say_last(lines);
    signal.into_iter().for_each(input::end_by);
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
    saver: Saver,
    /// The lines being typed as last given to be kept, with the case's path, and whether that failed.
    drafts: ((PathBuf, Vec<Draft>), bool),
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
        self.save_all()?;
        self.end = Some(why.map_or(End::Signal(SIGHUP), |error| End::Failed(error.into())));
        Ok(())
    }

    fn take(&mut self, incoming: Incoming) -> anyhow::Result<()> {
        match incoming {
            Incoming::Message(message) => self.update(message)?,
            Incoming::Opened(ready, keep) => {
                self.saver.keep = *keep;
                self.update(Message::Ready(ready))?;
                if let Some(why) = &self.saver.keep.fault {
                    self.app.warn_unkept(why);
                }
            }
            Incoming::Failed(error) => {
                self.save_all()?;
                self.end = Some(End::Failed(error));
            }
            Incoming::Signal(signal) => {
                self.save_all()?;
                self.end = Some(End::Signal(signal));
            }
            Incoming::Stop => self.carry_out(Effect::Suspend)?,
            Incoming::Continued => {
                self.screen.enter_again()?;
                self.update(Message::Resize(self.screen.size()?))?;
            }
            Incoming::Lost => self.leave(None)?,
            Incoming::Drained => {}
            Incoming::Done => {
                while let Some(done) = self.saver.done() {
                    self.take_done(done)?;
                }
            }
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

    fn carry_out(&mut self, effect: Effect) -> anyhow::Result<()> {
        match effect {
            // The case that is open is nobody's yet, and no case file is its.
            Effect::Save if self.app.hashing.is_some() => self.update(Message::Saved(Ok(None)))?,
            Effect::Save => {
                let Some(bench) = self.app.workbench() else { return Ok(()) };
                match self.saver.save(&bench.case) {
                    Begun::Yes => {}
                    Begun::Nothing => self.update(Message::Saved(Ok(None)))?,
                    Begun::Nowhere(why) => self.update(Message::Saved(Err(why)))?,
                }
            }
            effect @ (Effect::Run(_) | Effect::ReadRecord(_) | Effect::Describe | Effect::Compose(_)) => {
                // The worker is gone only when it failed, which ends the loop.
                let _ = Request::new(effect, &self.app).map(|request| self.requests.send(request));
            }
            Effect::Write(path, note) => {
                if let Err(why) = self.saver.write(path, note) {
                    self.update(Message::Written(Err(why)))?;
                }
            }
            effect @ (Effect::SaveTo(_) | Effect::Join(_) | Effect::Absorb(_)) => self.begin(effect)?,
            Effect::Copy(what, text) => {
                if let Some(copied) = self.copy(what, text) {
                    self.update(Message::Copied(copied))?;
                }
            }
            Effect::Keep(what, ending, text) => {
                if let Some(kept) = self.keep_text(what, &ending, text) {
                    self.update(Message::Copied(kept))?;
                }
            }
            Effect::Mouse(on) => self.screen.take_mouse(on),
            Effect::Suspend => {
                self.settle()?;
                self.screen.suspend()?;
                self.update(Message::Resize(self.screen.size()?))?;
            }
            Effect::Quit => {
                self.settle()?;
                self.end = Some(End::Quit);
            }
        }
        Ok(())
    }

    fn summary(self) -> anyhow::Result<ExitSummary> {
        let Self { screen, app, end, mut saver, .. } = self;
        drop(screen);
        let signal = match end {
            Some(End::Failed(error)) => return Err(error),
            Some(End::Signal(signal)) => Some(signal),
            Some(End::Quit) | None => None,
        };
        let bench = app.workbench();
        let mut summary = ExitSummary {
            hits: bench.map(|bench| bench.evidence.hits.len()),
            settled: bench.map_or(0, |bench| bench.case.closed(&bench.evidence.hits)),
            unsaved: app.unsaved.clone(),
            note: app.written.clone(),
            signal,
            is_early: app.hashing.is_some(),
            ..ExitSummary::default()
        };
        let case = bench.map(|bench| &bench.case).filter(|_| !summary.is_early);
        summary.close(saver.keep.file.take(), case, &app.case_path, input::now());
        Ok(summary)
    }
}

/// The signal of a lost terminal.
const SIGHUP: i32 = 1;
