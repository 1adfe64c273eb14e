//! All state of the screen. `update` takes each event and returns the effects to carry out; nothing here reads or writes.

mod checking;
mod containing;
mod copying;
mod drafting;
mod filtering;
mod guided;
mod hashing;
mod joining;
mod marking;
mod mouse;
mod obstacles;
mod overlays;
mod pivot;
mod querying;
mod records;
mod save;
mod searching;
mod time;
mod verdicts;

use self::checking::log_lines;
use self::drafting::Earlier;
pub use self::drafting::Offered;
pub use self::hashing::Hashing;
use super::action::Action;
use super::copy::Copied;
use super::evidence::Evidence;
use super::job::{Job, JobResult};
use super::keymap::{Context, Key, Keymap};
use super::layout::Pane;
use super::marks::LineKind;
use super::near::NearView;
use super::overlay::{Overlay, Overlays};
use super::pretty::laid_out;
use super::rows::Timeline;
use super::scroll::Move;
use super::workbench::Workbench;
use crate::casefile::note::Written;
use crate::casefile::{Found, Join};
use crate::ingest::{Glimpse, Progress, Reading};
use crate::model::{EventId, Time};
use crate::report::info::Tone;
use crate::session::Composed;
use crate::triage::marks::{Places, lost_words};
use crate::triage::{Case, Disposition, Verdict};
use crossterm::event::{KeyEvent, KeyEventKind, MouseEvent};
use ratatui::layout::Size;
use std::path::PathBuf;
use std::time::Duration;

/// Something that happened.
pub enum Message {
    /// A key was pressed, at a time.
    Key(KeyEvent, Time),
    /// The mouse did something, at a time.
    Mouse(MouseEvent, Time),
    /// Text was pasted.
    Paste(String),
    /// The screen has a new size.
    Resize(Size),
    /// The reader got on, so long after it began.
    Progress(Progress, Duration),
    /// All rows are read; the analytics run.
    Analysing(u64),
    /// The hits are there, and the files are not hashed yet: everything but what needs the case works.
    Early(Box<Ready>),
    /// So many bytes of the files are hashed, of all.
    Hashed(u64, u64),
    /// A file cannot be hashed, so that no case is known: why.
    NoHash(String),
    /// The workbench can open.
    Ready(Box<Ready>),
    /// A raw record was read again, or could not be.
    Record(EventId, Result<Vec<u8>, String>),
    /// The lines of the page about the bundle.
    Described(Vec<(Tone, String)>),
    /// The note was composed.
    Composed(Composed),
    /// The note was written, or could not be.
    Written(Result<Written, String>),
    /// The worker did a job, at a time.
    JobDone(JobResult, Time),
    /// Lines typed in an earlier run and never entered.
    Drafts(Vec<Offered>),
    /// The line being typed cannot be kept on disk: why.
    NotDrafted(String),
    /// Something was copied.
    Copied(Copied),
    /// The case as it is now was saved, with what to say about it; or could not be.
    Saved(Result<Option<String>, String>),
    /// The case is in this file from now on, with its note there; or it is still where it was.
    Moved(Result<(PathBuf, PathBuf), String>),
    /// The work goes on with this case; or it cannot.
    Joined(Result<Box<Joined>, String>),
    /// A copy was merged into the case; or it could not be.
    Absorbed(PathBuf, Result<Box<Absorbed>, String>),
}

/// Everything the workbench opens with.
pub struct Ready {
    /// The bundle and its hits.
    pub evidence: Evidence,
    /// The case as opened.
    pub case: Case,
    /// Positions of its marks' events in the bundle.
    pub places: Places,
    /// Path of the case file.
    pub case_path: PathBuf,
    /// Path of the note.
    pub note_path: PathBuf,
    /// Facts about the case that the analyst needs first.
    pub found: Found,
}

impl Ready {
    /// The hits alone, with a case that is not kept.
    pub fn without_case(evidence: Evidence, case: Case) -> Self {
        let (case_path, note_path) = (PathBuf::new(), PathBuf::new());
        Self { evidence, case, places: Places::default(), case_path, note_path, found: Found::default() }
    }
}

/// A case to go on with.
pub struct Joined {
    /// The case.
    pub case: Case,
    /// Positions of its marks' events in the bundle.
    pub places: Places,
    /// Its path.
    pub case_path: PathBuf,
    /// Path of the note.
    pub note_path: PathBuf,
    /// Facts about it that the analyst needs first.
    pub found: Found,
}

/// A case that a copy was merged into.
pub struct Absorbed {
    /// The case.
    pub case: Case,
    /// Positions of its marks' events in the bundle.
    pub places: Places,
    /// Its path.
    pub case_path: PathBuf,
    /// Path of the note.
    pub note_path: PathBuf,
    /// Numbers of values carried over and of conflicts, in words.
    pub merged: String,
}

/// Something to do outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Put the case on disk; answered by [`Message::Saved`] once the newest state is there, for all that were asked for
    /// until then.
    Save,
    /// Read a raw record; answered by [`Message::Record`].
    ReadRecord(EventId),
    /// Have the worker run a job; answered by [`Message::JobDone`].
    Run(Job),
    /// Say what was read; answered by [`Message::Described`].
    Describe,
    /// Compose the note, on the incident of that id or on all; answered by [`Message::Composed`].
    Compose(Option<String>),
    /// Write this note; answered by [`Message::Written`].
    Write(PathBuf, Composed),
    /// Keep the case in this file from now on; answered by [`Message::Moved`].
    SaveTo(PathBuf),
    /// Go on with the case that another process has; answered by [`Message::Joined`].
    Join(Join),
    /// Merge this copy; answered by [`Message::Absorbed`].
    Absorb(PathBuf),
    /// Copy a text, named in a word; answered by [`Message::Copied`].
    Copy(&'static str, String),
    /// Put a text, named in a word, in a file of its own beside the note, whose name ends so; answered by
    /// [`Message::Copied`].
    Keep(&'static str, String, String),
    /// Take the mouse, or give it back.
    Mouse(bool),
    /// Stop until the shell continues us.
    Suspend,
    /// Leave, once all is on disk.
    Quit,
}

/// The reader's last report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loading {
    /// Sources found.
    pub sources: usize,
    /// Bytes found.
    pub total: u64,
    /// Bytes read.
    pub read: u64,
    /// Rows read.
    pub rows: u64,
    /// Sources read to their end.
    pub done: usize,
    /// Sources being read.
    pub reading: Vec<Reading>,
    /// The first rows read.
    pub first: Vec<Glimpse>,
    /// Since the beginning.
    pub elapsed: Duration,
    /// Reading, building or analysing.
    pub phase: Phase,
}

/// Stages of loading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// The bundle is walked.
    #[default]
    Looking,
    /// Sources are read.
    Reading,
    /// The store is built.
    Building,
    /// The analytics run.
    Analysing,
}

/// The screen below the overlays.
pub enum Stage {
    /// The bundle is read.
    Loading(Loading),
    /// The three panes.
    Working(Box<Workbench>),
}

/// A sentence at the bottom, until the next key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The sentence.
    pub text: String,
    /// Whether something went wrong.
    pub is_error: bool,
}

/// Progress of the last save.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Saving {
    /// Done: the case is on disk, or [`App::unsaved`] has the reason it is not.
    #[default]
    Over,
    /// It is on its way.
    Runs,
    /// It is, and the user leaves once it is there.
    ThenLeave,
}

/// Work on the case file that is more than a save; one runs at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// The case moves to another file.
    Move,
    /// Another process's case is opened.
    Open,
    /// A copy is merged into the case: nothing may change it meanwhile.
    Merge,
}

impl Task {
    /// The task that an effect begins.
    fn begun_by(effect: &Effect) -> Option<Self> {
        match effect {
            Effect::SaveTo(_) => Some(Self::Move),
            Effect::Join(_) => Some(Self::Open),
            Effect::Absorb(_) => Some(Self::Merge),
            _ => None,
        }
    }

    /// Word for the header while it runs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Move => "moving the case…",
            Self::Open => "opening the case…",
            Self::Merge => "merging…",
        }
    }
}

/// All state of the screen.
pub struct App {
    /// Size of the screen.
    pub size: Size,
    /// The key table.
    pub keymap: Keymap,
    /// Name of the bundle.
    pub name: String,
    /// The screen below the overlays.
    pub stage: Stage,
    /// The overlays above it.
    pub overlays: Overlays,
    /// The last message.
    pub status: Option<Status>,
    /// Whether the mouse is ours.
    pub mouse: bool,
    /// Why the case is not on disk, while it is not.
    pub unsaved: Option<String>,
    /// Progress of the last save.
    pub saving: Saving,
    /// The other task on the case file, while one runs.
    pub task: Option<Task>,
    /// Findings beside the case: its other writer, unmerged copies.
    pub found: Found,
    /// The hashing of the files, while the hits are shown before it is done.
    pub hashing: Option<Hashing>,
    /// Path of the case file; empty while loading and hashing.
    pub case_path: PathBuf,
    /// Path of the note.
    pub note_path: PathBuf,
    /// The note that was written, and the files it replaced.
    pub written: Option<Written>,
    /// Hint on how to name the analyst, shown once where no name is set.
    pub advice: Option<String>,
    /// Whether an unsaved case was already warned about.
    warned: bool,
    /// Searches begun: the number of each.
    searches: u64,
    /// The timeline's question to the worker, until it is answered.
    asked: Option<Job>,
    note: Composed,
    /// Lines of earlier runs that were not entered.
    earlier: Earlier,
    /// Hits of other thresholds that came while a copy was being merged.
    held: Option<(JobResult, Time)>,
}

impl App {
    /// The first screen, before anything is read.
    pub fn new(name: String, keymap: Keymap, size: Size) -> Self {
        Self {
            size,
            keymap,
            name,
            stage: Stage::Loading(Loading::default()),
            overlays: Overlays::default(),
            status: None,
            mouse: false,
            unsaved: None,
            saving: Saving::Over,
            task: None,
            found: Found::default(),
            hashing: None,
            case_path: PathBuf::new(),
            note_path: PathBuf::new(),
            written: None,
            advice: None,
            warned: false,
            searches: 0,
            asked: None,
            note: Composed::default(),
            earlier: Earlier::default(),
            held: None,
        }
    }

    /// The three panes, once they are open.
    pub fn workbench(&self) -> Option<&Workbench> {
        match &self.stage {
            Stage::Working(bench) => Some(bench),
            Stage::Loading(_) => None,
        }
    }

    /// The workbench, to change it.
    pub fn workbench_mut(&mut self) -> Option<&mut Workbench> {
        match &mut self.stage {
            Stage::Working(bench) => Some(bench),
            Stage::Loading(_) => None,
        }
    }

    /// The contexts whose keys hold, the nearest first.
    pub fn contexts(&self) -> Vec<Context> {
        if let Some(overlay) = self.overlays.top() {
            return overlay.contexts().to_vec();
        }
        match &self.stage {
            Stage::Loading(_) => vec![Context::Loading, Context::Everywhere],
            Stage::Working(bench) => {
                let pane = match bench.focus {
                    Pane::Hits => Context::Hits,
                    Pane::Timeline => Context::Timeline,
                    Pane::Triage => Context::Triage,
                };
                let mut contexts = vec![pane, Context::Workbench, Context::List, Context::Everywhere];
                if bench.is_away() {
                    contexts.insert(1, Context::Away);
                }
                // In the list of hits a verdict would settle a step that nobody is looking at.
                if bench.is_walking() && bench.focus != Pane::Hits {
                    contexts.insert(0, Context::Walking);
                }
                if bench.focus == Pane::Timeline && bench.find().is_some() {
                    contexts.insert(0, Context::Searching);
                }
                contexts
            }
        }
    }

    /// Takes an event; returns its effects, in order.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        if matches!(message, Message::Key(..) | Message::Mouse(..) | Message::Paste(_)) {
            self.touch();
        }
        let mut effects = self.take(message);
        self.open_on();
        self.offer_on();
        effects.extend(self.ask_on());
        if effects.contains(&Effect::Save) && self.saving != Saving::ThenLeave {
            self.saving = Saving::Runs;
        }
        self.task = effects.iter().find_map(Task::begun_by).or(self.task);
        effects
    }

    fn take(&mut self, message: Message) -> Vec<Effect> {
        match message {
            // Somebody who leaves has said all they want to say.
            Message::Key(..) | Message::Mouse(..) | Message::Paste(_) if self.saving == Saving::ThenLeave => {}
            Message::Key(key, now) => return self.key(key, now),
            Message::Mouse(event, now) => return self.pointed(event, now),
            Message::Paste(text) => return self.paste(&text),
            Message::Resize(size) => self.resize(size),
            Message::Progress(progress, elapsed) => self.progress(progress, elapsed),
            Message::Analysing(rows) => {
                if let Stage::Loading(loading) = &mut self.stage {
                    loading.phase = Phase::Analysing;
                    loading.rows = rows;
                }
            }
            Message::Early(ready) => self.open_early(*ready),
            Message::Hashed(done, all) => self.hashed(done, all),
            Message::NoHash(why) => self.no_hash(why),
            Message::Ready(ready) => self.open(ready),
            Message::Record(read, bytes) => {
                if let Some(Overlay::Record { row, lines, .. }) = self.overlays.top_mut()
                    && *row == read
                {
                    *lines = Some(bytes.map(|bytes| laid_out(&bytes)));
                }
            }
            Message::Described(page) => {
                let log = self.workbench().map(log_lines).unwrap_or_default();
                if let Some(Overlay::Bundle { lines, .. }) = self.overlays.top_mut() {
                    *lines = Some(log.into_iter().chain(page).collect());
                }
            }
            Message::Composed(note) => return self.composed(note),
            Message::Written(result) => self.note_written(result),
            Message::Drafts(drafts) => self.offer(drafts),
            Message::NotDrafted(why) => self.say_wrong(format!("a line being typed is not kept until Enter: {why}")),
            Message::Copied(copied) => self.copied(&copied),
            // Logged in a case that is replaced in a moment, it would be lost.
            Message::JobDone(answer @ JobResult::Rerun(..), now) if self.task == Some(Task::Merge) => {
                self.held = Some((answer, now));
            }
            Message::JobDone(answer, now) => return self.answered(answer, now),
            Message::Saved(result) => return self.case_saved(result),
            Message::Moved(result) => return self.case_moved(result),
            Message::Joined(result) => return self.joined(result),
            Message::Absorbed(path, result) => return self.absorbed(&path, result),
        }
        Vec::new()
    }

    /// Shows a case, and what the analyst has to know of it first.
    fn begin(&mut self, evidence: Evidence, joined: Joined) {
        let Joined { case, places, case_path, note_path, found } = joined;
        (self.case_path, self.note_path) = (case_path, note_path);
        self.overlays.clear();
        self.show(Workbench::new(evidence, case, places), found);
    }

    fn show(&mut self, bench: Workbench, found: Found) {
        let mut sentences = found.sentences();
        let mut is_wrong = found.trouble.is_some() || !found.unread.is_empty();
        sentences.extend(lost_words(bench.places.lost(&bench.case)));
        let wrong: Vec<String> = self.log_differs(&bench).into_iter().chain(self.advice.take()).collect();
        is_wrong |= !wrong.is_empty();
        sentences.extend(wrong);
        if !sentences.is_empty() {
            self.status = Some(Status { text: sentences.join("; "), is_error: is_wrong });
        }
        self.found = found;
        self.stage = Stage::Working(Box::new(bench));
        if let Some(question) = self.first_question() {
            self.overlays.show(question);
        }
    }

    fn progress(&mut self, progress: Progress, elapsed: Duration) {
        let Stage::Loading(loading) = &mut self.stage else { return };
        loading.elapsed = elapsed;
        match progress {
            Progress::Looking { sources } => loading.sources = sources,
            Progress::Found { sources, bytes } => {
                loading.sources = sources;
                loading.total = bytes;
                loading.phase = Phase::Reading;
            }
            Progress::First(rows) => {
                // The later message has more.
                if rows.len() > loading.first.len() {
                    loading.first = rows;
                }
            }
            Progress::Read { bytes, rows, done, reading, .. } => {
                // Threads report in any order.
                loading.read = loading.read.max(bytes);
                loading.rows = loading.rows.max(rows);
                loading.done = loading.done.max(done);
                loading.reading = reading;
                loading.phase = Phase::Reading;
            }
            Progress::Building => loading.phase = Phase::Building,
        }
    }

    /// Says what is wrong, until the next key.
    pub fn warn(&mut self, text: String) {
        self.say_wrong(text);
    }

    pub(super) fn say(&mut self, text: String) {
        self.status = Some(Status { text, is_error: false });
    }

    fn say_wrong(&mut self, text: String) {
        self.status = Some(Status { text, is_error: true });
    }

    fn key(&mut self, event: KeyEvent, now: Time) -> Vec<Effect> {
        if event.kind == KeyEventKind::Release {
            return Vec::new();
        }
        self.status = None;
        if let Some((action, place)) = self.keymap.bound(&self.contexts(), Key::from(event)) {
            return self.act(action, Some(place), now);
        }
        if self.overlays.top_mut().is_some_and(|overlay| overlay.key(event)) {
            return self.typed();
        }
        if self.overlays.is_empty() {
            self.say_where(Key::from(event));
        }
        Vec::new()
    }

    /// Says where a key works that does nothing here: a verdict that was not taken must not pass for one.
    fn say_where(&mut self, key: Key) {
        match &self.stage {
            Stage::Loading(_) => self.say("still reading: keys work once the hits are shown".to_owned()),
            Stage::Working(_) => {
                if let Some((action, _)) = self.keymap.bound(&[Context::Walking], key) {
                    let next = self.keymap.key_of(Action::NextStep);
                    self.say(format!("no step is open for {key} ({}): {next} walks to it", action.name()));
                }
            }
        }
    }

    /// Does an action. `place` is that of the key pressed among the action's keys, from 1.
    pub fn act(&mut self, action: Action, place: Option<usize>, now: Time) -> Vec<Effect> {
        if self.has_to_wait(action) {
            return Vec::new();
        }
        match action {
            Action::Quit => return self.quit(),
            Action::Mouse => return self.toggle_mouse(),
            Action::Suspend => return vec![Effect::Suspend],
            Action::Help => self.help(),
            Action::Palette => self.palette(),
            Action::Close => self.close(),
            Action::Accept => return self.accept(now),
            Action::Back => self.back(),
            Action::Next => self.go(Move::Next),
            Action::Prev => self.go(Move::Prev),
            Action::PageDown => self.go(Move::PageDown),
            Action::PageUp => self.go(Move::PageUp),
            Action::First => self.go(Move::First),
            Action::Last => self.go(Move::Last),
            Action::NextPane if !self.overlays.is_empty() => self.next_part(),
            Action::NextPane => self.bench(|bench| bench.focus_on(bench.focus.next())),
            Action::PrevPane => self.bench(|bench| bench.focus_on(bench.focus.prev())),
            Action::ZoomPane => self.zoom_pane(),
            Action::OpenHit => self.bench(Workbench::open_hit),
            Action::OpenRecord => return self.open_record(),
            Action::NextRecord => return self.other_record(Move::Next),
            Action::PrevRecord => return self.other_record(Move::Prev),
            Action::NextCopy => return self.next_copy(),
            Action::Bundle => {
                self.overlays.show(Overlay::Bundle { lines: None, offset: 0 });
                return vec![Effect::Describe];
            }
            Action::Contain => self.contain(now),
            Action::Tick => return self.tick(now),
            Action::CopyCommand => return self.copy_command(),
            Action::Queries | Action::NextQuery | Action::NextEngine | Action::CopyQuery | Action::WriteQuery => {
                return self.query(action);
            }
            Action::NextStep => self.next_step(),
            Action::PrevStep => self.prev_step(),
            Action::JumpToStep => self.jump_to_step(place),
            Action::Supports => return self.verdict(Some(Verdict::Supports), now),
            Action::Against => return self.verdict(Some(Verdict::Against), now),
            Action::Unknown => return self.verdict(Some(Verdict::Unknown), now),
            Action::ClearVerdict => return self.verdict(None, now),
            Action::Remark => self.remark(),
            Action::Dispose => self.dispose(),
            Action::TruePositive => return self.choose_verdict(Disposition::Theft, now),
            Action::Benign => return self.choose_verdict(Disposition::Authorised, now),
            Action::FalsePositive => return self.choose_verdict(Disposition::Misfired, now),
            Action::Undetermined => return self.choose_verdict(Disposition::CannotTell, now),
            Action::ClearDisposition => return self.close_incident(None, now),
            Action::Undo => return self.undo(now),
            Action::Bookmark => return self.bookmark(now),
            Action::Tags => return self.words(LineKind::Tags),
            Action::RemarkRow => return self.words(LineKind::Remark),
            Action::Complete => self.complete(),
            Action::Marks => self.list_marks(),
            Action::Copy => self.copy_menu(),
            Action::Search => self.search(),
            Action::NextFound => self.next_found(false),
            Action::PrevFound => self.next_found(true),
            Action::LeaveSearch => self.leave_search(),
            Action::ToggleLineage => self.toggle_lineage(),
            Action::ToggleCollapsed if self.workbench().is_some_and(|bench| bench.focus == Pane::Hits) => {
                self.bench(Workbench::toggle_hits);
            }
            Action::ToggleCollapsed => self.toggle_collapsed(),
            Action::ToggleRun => self.toggle_run(),
            Action::OnlyFound => self.toggle_only_found(),
            Action::NextBurst => self.jump_burst(false),
            Action::PrevBurst => self.jump_burst(true),
            Action::SaveTo => self.ask_save_to(),
            Action::Decisions => self.list_decisions(),
            Action::TakeTheirs | Action::KeepOurs => return self.decide(action == Action::TakeTheirs, now),
            Action::ReadOnly => self.read_only(),
            Action::WorkOnCopy => return self.join(Join::Copy),
            Action::TakeOver => return self.join(Join::TakeOver),
            Action::GoToTime => self.go_to_time(),
            Action::Revoked => self.ask_revoked(),
            Action::Users => return self.list_users(),
            Action::Pivot => return self.pivot(),
            Action::Compare => return self.compare(),
            Action::TrailBack => self.walk_trail(true),
            Action::TrailOn => self.walk_trail(false),
            Action::NearMisses => return self.near_misses(),
            Action::Raise => return self.threshold(|near| near.step(true)),
            Action::Lower => return self.threshold(|near| near.step(false)),
            Action::TryMiss => return self.threshold(NearView::try_miss),
            Action::ResetThresholds => return self.threshold(NearView::reset),
            Action::ApplyThresholds => return self.apply_thresholds(),
            Action::Note => return self.note(),
            Action::WriteNote => return self.write_note(),
            _ => return self.narrow(action, now),
        }
        Vec::new()
    }

    pub(super) fn bench(&mut self, change: impl FnOnce(&mut Workbench)) {
        if let Some(bench) = self.workbench_mut() {
            change(bench);
        }
    }

    fn on_timeline(&mut self, change: impl FnOnce(&mut Timeline, &crate::store::Store)) {
        self.bench(|bench| bench.on_timeline(change));
    }
}
