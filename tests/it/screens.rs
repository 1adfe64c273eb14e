//! Keys in, screen out: the workbench without a terminal, its effects carried out on the spot.
#![expect(clippy::unwrap_used, reason = "a test may fail that way")]

mod acts;
mod allowed;
mod bundle;
mod drafts;
mod explore;
mod eye;
mod facts;
mod filters;
mod hashing;
mod hostile;
mod incidents;
mod joining;
mod listing;
mod many;
mod marks;
mod mouse;
mod queries;
mod save;
mod search;
mod shown;
pub(crate) mod story;
mod taking_out;
mod timeline;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Size;
use shown::{snapshot, text};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokentrail::testing::casefile::{self, CaseFile, Opened};
use tokentrail::testing::facts::Facts;
use tokentrail::testing::ingest::{self, Glimpse, Loaded, Progress, Reading};
use tokentrail::testing::model::{Table, Time};
use tokentrail::testing::session::Composed;
use tokentrail::testing::triage::marks::Places;
use tokentrail::testing::triage::{Case, Disposition, Verdict};
use tokentrail::testing::tui::action::Action;
use tokentrail::testing::tui::app::{Absorbed, App, Effect, Joined, Message, Ready};
use tokentrail::testing::tui::clipboard::{self, Wrap};
use tokentrail::testing::tui::copy::Copied;
use tokentrail::testing::tui::evidence::Evidence;
use tokentrail::testing::tui::keymap::{Key, Keymap};
use tokentrail::testing::tui::reader::{Reader, Request};
use tokentrail::testing::tui::screens;
use tokentrail::testing::tui::theme::{Name, Theme};
use tokentrail::testing::tui::workbench::Workbench;
use tokentrail::testing::{analytics, triage};

const SIZES: [(u16, u16); 5] = [(200, 60), (120, 40), (80, 24), (60, 16), (20, 5)];

/// The bundle as read, and a folder for the case.
struct Desk {
    app: App,
    loaded: Arc<Loaded>,
    hits: Arc<Vec<analytics::Hit>>,
    file: Option<CaseFile>,
    reader: Option<Reader>,
    home: tempfile::TempDir,
    quits: bool,
    copied: String,
    /// Whether saves take until somebody says what became of them.
    slow: bool,
}

/// Writes a file, and reads it as a bundle.
fn read(path: &Path, bytes: &[u8], settings: &analytics::Settings) -> (Loaded, Vec<analytics::Hit>) {
    // Another run of the tests may be reading it.
    if !std::fs::read(path).is_ok_and(|known| known == bytes) {
        std::fs::write(path, bytes).unwrap();
    }
    let (paths, options, stop) = ([path.to_owned()], ingest::Options::default(), AtomicBool::new(false));
    let loaded = ingest::load(&paths, &options, &|_| {}, &stop).unwrap();
    let hits = analytics::run(&loaded.store, Facts::embedded(), settings);
    (loaded, hits)
}

/// Puts fixed words in place of a path and of what the analytics say.
fn reword_all(loaded: &mut Loaded, hits: &mut [analytics::Hit]) {
    "evidence/bundle.json".clone_into(&mut loaded.sources[0].name);
    hits.iter_mut().for_each(reword);
}

impl Desk {
    /// A screen before anything is read.
    fn loading(size: (u16, u16)) -> Self {
        Self::reading(size, &story::ndjson())
    }

    /// A desk on other rows.
    fn reading(size: (u16, u16), rows: &str) -> Self {
        let mut desk = Self::over(size, "bundle.json", rows.as_bytes(), &analytics::Settings::default());
        reword_all(Arc::get_mut(&mut desk.loaded).unwrap(), Arc::get_mut(&mut desk.hits).unwrap());
        desk
    }

    /// A desk on a file, with the hits as found.
    fn over(size: (u16, u16), name: &str, bytes: &[u8], settings: &analytics::Settings) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (loaded, hits) = read(&home.path().join(name), bytes, settings);
        Self::at(size, home, Arc::new(loaded), Arc::new(hits))
    }

    fn at(size: (u16, u16), home: tempfile::TempDir, loaded: Arc<Loaded>, hits: Arc<Vec<analytics::Hit>>) -> Self {
        let size = Size { width: size.0, height: size.1 };
        let app = App::new("contoso.zip".to_owned(), Keymap::embedded(), size);
        Self { app, loaded, hits, file: None, reader: None, home, quits: false, copied: String::new(), slow: false }
    }

    /// The workbench, opened. The story is read once for all.
    fn open(size: (u16, u16)) -> Self {
        static READ: LazyLock<(Arc<Loaded>, Arc<Vec<analytics::Hit>>)> = LazyLock::new(|| {
            let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screens");
            std::fs::create_dir_all(&folder).unwrap();
            let rows = story::ndjson();
            let read = read(&folder.join("bundle.json"), rows.as_bytes(), &analytics::Settings::default());
            let (mut loaded, mut hits) = read;
            reword_all(&mut loaded, &mut hits);
            (Arc::new(loaded), Arc::new(hits))
        });
        let (loaded, hits) = READ.clone();
        let mut desk = Self::at(size, tempfile::tempdir().unwrap(), loaded, hits);
        desk.reopen();
        desk
    }

    /// The workbench, opened with other settings on the same hits.
    fn open_with(size: (u16, u16), settings: analytics::Settings) -> Self {
        let mut desk = Self::loading(size);
        desk.reopen_with(settings);
        desk
    }

    /// Opens the case from disk, as a second start would.
    fn reopen(&mut self) {
        self.reopen_with(analytics::Settings::default());
    }

    fn reopen_with(&mut self, settings: analytics::Settings) {
        let fingerprint = triage::fingerprint(&self.loaded.sources);
        // The start before has ended.
        self.file = None;
        let now = Time::parse("2026-05-02T07:59:00Z").unwrap();
        let mut opened = casefile::open(&self.case_path(), &[], fingerprint.as_str(), "ana", now).unwrap();
        opened.resume(self.hits.iter().map(|hit| (hit.id.as_str(), hit.analytic)), now);
        let Opened { file, case, found } = opened;
        let (loaded, hits) = (Arc::clone(&self.loaded), Arc::clone(&self.hits));
        let evidence = Evidence::new(loaded, hits, settings, Facts::embedded(), &Arc::default(), case.alone());
        self.reader = Some(Reader::new(&evidence, Arc::default(), self.app.name.clone()));
        self.app = App::new(self.app.name.clone(), Keymap::embedded(), self.app.size);
        self.quits = false;
        self.file = Some(file);
        let shown = PathBuf::from("/case");
        let places = Places::find(&evidence.loaded, &case);
        let (case_path, note_path) = (shown.join("case.json"), shown.join("case.md"));
        let ready = Ready { evidence, case, places, case_path, note_path, found };
        self.update(Message::Ready(Box::new(ready)));
    }

    /// Changes the case file by hand.
    fn edit_case(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.case_path()).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(self.case_path(), text.replacen(from, to, 1)).unwrap();
    }

    fn case_path(&self) -> PathBuf {
        self.home.path().join("case/case.json")
    }

    /// Presses keys, named as in the key table and separated by spaces.
    fn press(&mut self, keys: &str) -> &mut Self {
        for (second, key) in (0..).zip(keys.split_whitespace()) {
            let now = Time::parse("2026-05-02T08:00:00Z").unwrap();
            self.hit(
                Key::try_from(key.to_owned()).unwrap(),
                now.plus(tokentrail::testing::model::Span::seconds(second)),
            );
        }
        self
    }

    fn hit(&mut self, key: Key, now: Time) {
        self.update(Message::Key(key.event(), now));
    }

    fn type_in(&mut self, text: &str) -> &mut Self {
        self.update(Message::Paste(text.to_owned()));
        self
    }

    fn update(&mut self, message: Message) {
        for effect in self.app.update(message) {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Save | Effect::SaveTo(_) | Effect::Join(_) | Effect::Absorb(_) if self.slow => {}
            Effect::Save => {
                let mut case = self.app.workbench().unwrap().case.clone();
                let saved = self.file.as_mut().unwrap().save(&mut case);
                assert_eq!(case, self.app.workbench().unwrap().case, "nobody else has the case");
                self.update(Message::Saved(saved.map(|_| None).map_err(|error| error.to_string())));
            }
            effect @ (Effect::ReadRecord(_) | Effect::Run(_) | Effect::Describe) => {
                let now = Time::parse("2026-05-02T08:30:00Z").unwrap();
                let request = Request::new(effect, &self.app).unwrap();
                let message = self.reader.as_mut().unwrap().answer(request, now);
                self.update(message);
            }
            // A short one, the same whatever the note has.
            Effect::Compose(only) => {
                let note = note(&self.app.workbench().unwrap().case);
                self.update(Message::Composed(Composed { only, ..composed(&note) }));
            }
            Effect::Write(path, note) => {
                let path = self.home.path().join(path.file_name().unwrap());
                let written = note.write(&path);
                self.update(Message::Written(Ok(written.unwrap())));
            }
            Effect::SaveTo(path) => self.update(Message::Moved(Ok((path.clone(), path.with_extension("md"))))),
            Effect::Join(how) => {
                let taken = self.app.found.holder.clone().unwrap();
                let opened = self.file.as_ref().unwrap().join(how, &taken, Time::MISSING).unwrap();
                let (file, joined) = Joined::new(opened, &self.loaded);
                self.file = Some(file);
                self.update(Message::Joined(Ok(Box::new(joined))));
            }
            Effect::Absorb(path) => {
                let mut case = self.app.workbench().unwrap().case.clone();
                let file = self.file.as_mut().unwrap();
                let merged = file.absorb(&path, &mut case, Time::MISSING);
                let merged = merged.map(|merged| Box::new(Absorbed::new(file, case, &merged, &self.loaded)));
                self.update(Message::Absorbed(path, merged.map_err(|error| error.to_string())));
            }
            Effect::Copy(what, text) => {
                let (path, bytes) = (PathBuf::from("/case/case.copied.txt"), text.len());
                let sent = Some(clipboard::sequence(&text, Wrap::Plain).is_some());
                self.copied = text;
                self.update(Message::Copied(Copied { what, bytes, sent, file: Ok(path) }));
            }
            Effect::Keep(what, ending, text) => {
                let (path, bytes) = (PathBuf::from(format!("/case/case.{ending}")), text.len());
                self.copied = text;
                self.update(Message::Copied(Copied { what, bytes, sent: None, file: Ok(path) }));
            }
            Effect::Suspend | Effect::Mouse(_) => {}
            Effect::Quit => self.quits = true,
        }
    }

    fn bench(&self) -> &Workbench {
        self.app.workbench().unwrap()
    }

    fn resize(&mut self, size: (u16, u16)) {
        self.update(Message::Resize(Size { width: size.0, height: size.1 }));
    }

    fn buffer(&self, theme: Name) -> Buffer {
        self.drawn(&Theme::named(theme))
    }

    fn drawn(&self, theme: &Theme) -> Buffer {
        let Size { width, height } = self.app.size;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| screens::draw(&self.app, theme, frame)).unwrap();
        terminal.backend().buffer().clone()
    }

    fn screen(&self) -> String {
        text(&self.buffer(Name::Dark))
    }
}

/// Puts fixed words in place of what the analytics say: their wording has its own tests.
fn reword(hit: &mut analytics::Hit) {
    use analytics::State::{Against, Missing, Supports, Unknown};
    "the tokens reach mail, files and Azure management".clone_into(&mut hit.severity_reason);
    "4 findings support it, 1 speaks against it".clone_into(&mut hit.confidence_reason);
    hit.reasons = vec!["6 resources in 2m37s, 3 are enough".to_owned(), "4 Graph calls tied to it".to_owned()];
    hit.attack.truncate(1);
    for technique in &mut hit.attack {
        "searched mail for \"invoice\" once".clone_into(&mut technique.evidence);
    }
    let states = [Against, Supports, Supports, Unknown, Missing];
    for ((number, finding), state) in (1..).zip(&mut hit.findings).zip(states.into_iter().cycle()) {
        finding.state = state;
        finding.brief = format!("brief of step {number}");
        finding.sentence =
            format!("The sentence of step {number}. {}", "It has numbers and goes on for a while. ".repeat(3));
    }
}

/// Stands for the report's note.
fn note(case: &Case) -> String {
    let settled = case.hits.values().filter(|work| work.disposition.is_some()).count();
    format!("# Case note\n\nTLP:AMBER\n\n{settled} settled by {}\n\n{}\n", case.analyst, "A long sentence. ".repeat(30))
}

#[test]
fn main_screen() {
    snapshot("main", Desk::open((80, 24)));
}

#[test]
fn walking_a_step() {
    let mut desk = Desk::open((80, 24));
    desk.press("enter y i").type_in("the user was abroad\u{1b}[31m").press("enter");
    snapshot("step", desk);
}

#[test]
fn grouped_rows_of_a_step() {
    let mut desk = Desk::open((80, 24));
    desk.press("enter 4 l");
    snapshot("groups", desk);
}

#[test]
fn help() {
    let mut desk = Desk::open((80, 24));
    desk.press("enter ?").type_in("step");
    snapshot("help", desk);
}

#[test]
fn a_key_that_does_nothing_here_says_where_it_does() {
    let mut desk = Desk::loading((80, 24));
    desk.press("enter");
    assert!(desk.screen().contains("still reading"), "{}", desk.screen());
    let mut desk = Desk::open((80, 24));
    desk.press("y");
    assert!(desk.screen().contains("no step is open for y (supports): n walks to it"), "{}", desk.screen());
    assert!(desk.bench().case.hits.is_empty());
    // Within a list over the panes it is no verdict anyway.
    desk.press("B y");
    assert!(!desk.screen().contains("no step"));
}

#[test]
fn esc_leaves_the_zoom_before_what_it_hides() {
    let mut desk = Desk::open((80, 24));
    desk.press("enter tab z");
    assert!(!desk.screen().contains("Triage"));
    desk.press("esc");
    assert!(desk.screen().contains("step 1 of 22"), "{}", desk.screen());
    desk.press("esc");
    assert!(!desk.screen().contains("step 1 of 22"));
}

#[test]
fn a_disposition_says_how_many_steps_are_settled() {
    let mut desk = Desk::open((80, 24));
    desk.press("enter y esc d t");
    assert!(desk.screen().contains("theft, with 1 of 21 steps answered"), "{}", desk.screen());
}

#[test]
fn help_goes_to_its_end_and_explains_the_signs() {
    let mut desk = Desk::open((80, 24));
    desk.press("?");
    assert!(desk.screen().contains("more"), "{}", desk.screen());
    desk.press("end");
    assert!(desk.screen().contains("Map: looked around; read or searched"), "{}", desk.screen());
    desk.press("home").type_in("device-code");
    assert!(desk.screen().contains("◆") && !desk.screen().contains("Graph call"), "{}", desk.screen());
}

#[test]
fn palette() {
    let mut desk = Desk::open((80, 24));
    desk.press(":").type_in("tim");
    snapshot("palette", desk);
}

#[test]
fn remark_prompt() {
    let mut desk = Desk::open((80, 24));
    desk.press("enter i").type_in("the user was abroad; asked by phone");
    snapshot("remark", desk);
}

#[test]
fn filtered_hits() {
    let mut desk = Desk::open((80, 24));
    desk.press("/").type_in("office");
    snapshot("filter", desk);
}

#[test]
fn record() {
    let mut desk = Desk::open((80, 24));
    desk.press("enter 3 enter");
    snapshot("record", desk);
}

#[test]
fn note_preview() {
    let mut desk = Desk::open((80, 24));
    desk.press("e");
    snapshot("note", desk);
}

#[test]
fn disposition_menu() {
    let mut desk = Desk::open((80, 24));
    desk.press("d");
    snapshot("disposition", desk);
}

#[test]
fn loading() {
    let mut desk = Desk::loading((80, 24));
    desk.update(Message::Progress(Progress::Found { sources: 3, bytes: 4_000_000_000 }, Duration::ZERO));
    let row = |table, minute: u32, user: &str, client: &str, what: &str| Glimpse {
        table,
        time: Time::parse(&format!("2026-05-01T14:{minute:02}:00Z")).unwrap(),
        user: user.to_owned(),
        client: client.to_owned(),
        what: what.to_owned(),
    };
    let first = vec![
        row(Table::SignIn, 2, "finance.director@contoso.com", "Microsoft Azure CLI", "Microsoft Graph"),
        row(Table::NonInteractive, 3, "build@contoso.com", "Microsoft Azure CLI", "Azure Resource Manager"),
        row(Table::Graph, 4, "a1a1a1a1-0000-4000-8000-00000000000a", "04b07795", "https://graph.microsoft.com/v1.0/me"),
    ];
    desk.update(Message::Progress(Progress::First(first), Duration::from_millis(20)));
    let elapsed = Duration::from_millis(2600);
    let part = |source: &str, bytes, of, rows| Reading { source: source.to_owned(), bytes, of, rows, elapsed };
    let name = "evidence/2026-05-01/insights-logs-noninteractiveusersigninlogs/tenantId=7e4a/y=2026/m=05/PT1H.json";
    let read = Progress::Read {
        bytes: 1_500_000_000,
        rows: 812_000,
        source: String::new(),
        done: 1,
        reading: vec![
            part(name, 1_200_000_000, 2_000_000_000, 700_000),
            part("evidence/graph.json.gz", 100_000_000, 1_900_000_000, 2_000),
        ],
    };
    desk.update(Message::Progress(read, Duration::from_secs(3)));
    snapshot("loading", desk);
}

#[test]
fn the_first_rows_are_inert() {
    let mut desk = Desk::loading((80, 24));
    let row = Glimpse {
        table: Table::NonInteractive,
        time: Time::parse("2026-05-01T14:05:00Z").unwrap(),
        user: "\u{1b}[2J\u{202e}x".to_owned(),
        client: String::new(),
        what: "\u{1b}]0;x\u{7}".repeat(100),
    };
    desk.update(Message::Progress(Progress::First(vec![row]), Duration::from_millis(20)));
    let screen = desk.screen();
    assert!(screen.contains("2026-05-01 14:05:00  \u{fffd}[2J\u{fffd}x"), "{screen}");
    assert!(!screen.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{screen}");
}

#[test]
fn the_first_hit_is_walked_settled_and_written_in_at_most_25_keys() {
    let mut desk = Desk::open((80, 24));
    let keys = "enter y y y x u y y d t e w";
    assert!(keys.split(' ').count() <= 25);
    desk.press(keys);
    let bench = desk.bench();
    let hit = &bench.evidence.hits[bench.hit_list.entries[0].hit];
    assert_eq!(hit.analytic, "device-code-burst");
    let steps = analytics::by_id(hit.analytic).unwrap().steps.iter();
    let verdicts: Vec<_> = steps.map(|step| bench.case.verdict(&hit.id, step.id).unwrap()).collect();
    let (yes, no, open) = (Verdict::Supports, Verdict::Against, Verdict::Unknown);
    assert_eq!(verdicts, [yes, yes, yes, no, open, yes, yes]);
    assert_eq!(bench.case.disposition(&hit.id), Some(Disposition::Theft));
    assert!(std::fs::read_to_string(desk.home.path().join("case.md")).unwrap().starts_with("# Case note"));
    desk.press("q");
    assert!(desk.quits);
}

#[test]
fn a_note_asked_for_while_it_is_composed_is_written() {
    let mut desk = Desk::open((80, 24));
    assert_eq!(desk.app.act(Action::Note, None, Time::from_ticks(0)), [Effect::Compose(None)]);
    assert!(desk.app.act(Action::WriteNote, None, Time::from_ticks(0)).is_empty(), "there is nothing to write yet");
    desk.update(Message::Composed(composed("# Case note")));
    assert!(desk.screen().contains("note written to"));
}

#[test]
fn a_note_may_be_on_one_incident_alone() {
    let mut desk = Desk::open((80, 24));
    let id = desk.bench().incident().unwrap().id.clone();
    desk.press("e o o");
    assert!(!desk.screen().contains(&id), "and on all again: {}", desk.screen());
    desk.press("o w");
    let names = std::fs::read_dir(desk.home.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    assert!(names.contains(&format!("case-{id}.md")) && !names.contains(&"case.md".to_owned()), "{names:?}");
}

#[test]
fn every_verdict_is_on_disk_before_the_next_key() {
    let mut desk = Desk::open((80, 24));
    desk.press("enter");
    for step in 1..=3 {
        desk.press("y");
        let on_disk: Case = serde_json::from_slice(&std::fs::read(desk.case_path()).unwrap()).unwrap();
        assert_eq!(&on_disk, &desk.bench().case);
        assert_eq!(on_disk.hits.values().next().unwrap().verdicts.len(), step);
    }
}

#[test]
fn reopening_resumes_where_it_was() {
    let mut desk = Desk::open((80, 24));
    desk.press("j enter y y i").type_in("seen before").press("enter n q");
    assert!(desk.quits);
    let (hit, step) = (desk.bench().hit, desk.bench().step);
    let case = desk.bench().case.clone();
    desk.reopen();
    assert_eq!((desk.bench().hit, desk.bench().step), (hit, step));
    assert_eq!(desk.bench().case, case);
    assert_eq!(step, 3);
}

#[test]
fn a_failed_save_is_said_and_tried_again() {
    let mut desk = Desk::open((120, 40));
    desk.press("enter");
    // A folder where the case belongs: no write can succeed, not even root's.
    std::fs::create_dir_all(desk.case_path()).unwrap();
    desk.press("y");
    assert!(desk.screen().contains("NOT SAVED") && desk.screen().contains("the case is NOT saved"));
    desk.press("q");
    assert!(!desk.quits, "leaving would lose a verdict");
    std::fs::remove_dir(desk.case_path()).unwrap();
    desk.press("y");
    assert!(!desk.screen().contains("NOT SAVED"));
    let on_disk: Case = serde_json::from_slice(&std::fs::read(desk.case_path()).unwrap()).unwrap();
    assert_eq!(on_disk.hits.values().next().unwrap().verdicts.len(), 2);
}

#[test]
fn a_changed_log_is_said_and_the_case_stays_usable() {
    let mut desk = Desk::open((120, 40));
    desk.press("enter y y");
    desk.edit_case("address: verdict supports", "address: verdict against");
    desk.reopen();
    assert!(desk.screen().contains("log line 1 was changed outside of tokentrail"), "{}", desk.screen());
    desk.press("y");
    assert!(!desk.screen().contains("NOT SAVED") && desk.screen().contains("LOG DIFFERS"));
}

#[test]
fn a_verdict_changed_in_the_case_file_is_said_beside_what_the_log_says_until_it_is_set_anew() {
    let mut desk = Desk::open((120, 40));
    desk.press("enter y y");
    desk.edit_case("\"code-to-burst\": \"supports\"", "\"code-to-burst\": \"against\"");
    desk.reopen();
    let words = "step 2 (how fast?): the log says supports, the case against";
    let screen = |desk: &mut Desk| desk.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(screen(&mut desk).contains("LOG DIFFERS"), "{}", desk.screen());
    assert!(desk.app.status.as_ref().is_some_and(|status| status.is_error && status.text.contains(words)));
    assert_eq!(desk.app.status.as_ref().map(|status| status.text.ends_with("; B shows it")), Some(true));
    let first = desk.app.workbench().unwrap().log_problems().remove(0);
    assert!(first.starts_with("verdict of device-code-burst of finance.director@contoso.com"), "{first}");
    desk.press("2 x");
    assert!(!screen(&mut desk).contains("LOG DIFFERS"), "{}", desk.screen());
    desk.reopen();
    assert!(!screen(&mut desk).contains("LOG DIFFERS"), "the log has the verdict now");
}

#[test]
fn leaving_a_step_brings_the_timeline_back() {
    let mut desk = Desk::open((120, 40));
    desk.press("tab tab j j");
    desk.press("esc");
    let before = desk.bench().timeline.as_ref().unwrap();
    let (zoom, list, len) = (before.shown.zoom, before.shown.list, before.len());
    desk.press("1 n n n");
    assert_ne!(desk.bench().timeline.as_ref().unwrap().len(), len);
    desk.press("esc");
    let after = desk.bench().timeline.as_ref().unwrap();
    assert_eq!((after.shown.zoom, after.shown.list.cursor, after.len()), (zoom, list.cursor, len));
}

#[test]
fn the_timeline_zooms_around_the_hit() {
    let mut desk = Desk::open((120, 40));
    let len = |desk: &Desk| desk.bench().timeline.as_ref().unwrap().events(desk.bench().store()).len();
    let opening = len(&desk);
    desk.press("a");
    assert_eq!(len(&desk), 32, "everything of the user");
    desk.press("0");
    assert_eq!(len(&desk), opening);
    desk.press("- - - - -");
    assert_eq!(len(&desk), 32);
    desk.press("+ + + + + + + + +");
    assert!(len(&desk) < opening);
}

#[test]
fn hits_are_filtered_by_typing() {
    let mut desk = Desk::open((80, 24));
    let all = desk.bench().hit_list.entries.len();
    desk.press("/").type_in("office");
    assert_eq!(desk.bench().hit_list.entries.len(), 1);
    desk.press("enter");
    assert_eq!(desk.bench().current().unwrap().upn, "b.office@contoso.com");
    desk.press("esc");
    assert_eq!(desk.bench().hit_list.entries.len(), all);
    desk.press("/").type_in("zzzz");
    assert!(desk.screen().contains("Nothing matches"));
    desk.press("enter y n i enter d t enter e esc z esc").resize((200, 60));
}

#[test]
fn pasted_text_settles_nothing() {
    let mut desk = Desk::open((80, 24));
    desk.press("enter").type_in("yyyyyyy");
    assert!(desk.bench().case.hits.is_empty());
}

#[test]
fn log_text_is_inert() {
    let mut desk = Desk::open((200, 60));
    desk.press("/").type_in("office").press("enter enter");
    let mut seen = false;
    for keys in ["", "3", "enter", "esc"] {
        desk.press(keys);
        seen |= desk.screen().contains("az\u{fffd}[2J");
        assert!(desk.screen().chars().all(|c| !c.is_control() || c == '\n'));
        assert!(!desk.screen().contains('\u{202e}'));
    }
    assert!(seen, "the record has what was logged");
}

#[test]
fn every_action_is_answered_everywhere() {
    let places =
        ["", "enter", "tab tab", "enter 4 tab", "enter enter", "e", "d", "?", "/", "enter i", "/ z z z z enter"];
    for place in places {
        for &action in Action::ALL {
            let mut desk = Desk::open((80, 24));
            desk.press(place);
            for effect in desk.app.act(action, Some(3), Time::parse("2026-05-02T08:00:00Z").unwrap()) {
                desk.carry_out(effect);
            }
            desk.screen();
        }
    }
}

mod chance {
    use super::*;
    use proptest::prelude::*;

    fn keys() -> Vec<Key> {
        let keymap = Keymap::embedded();
        let bound = keymap.contexts().flat_map(|(_, rows)| rows).flat_map(|row| &row.on);
        bound.copied().collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn no_keys_at_no_size_panic(
            presses in prop::collection::vec((0_usize..1000, 0_u16..220, 0_u16..70, prop::bool::weighted(0.2)), 1..60)
        ) {
            let keys = keys();
            let mut desk = Desk::open((80, 24));
            for (key, width, height, resizes) in presses {
                desk.hit(keys[key % keys.len()], Time::from_ticks(0));
                if resizes {
                    desk.resize((width, height));
                    desk.screen();
                }
            }
            for size in [(1, 1), (20, 5), (40, 10), (80, 24)] {
                desk.resize(size);
                desk.screen();
            }
        }
    }
}

fn composed(text: &str) -> Composed {
    Composed { text: text.to_owned(), indicators: "Kind,Value\n".to_owned(), ..Composed::default() }
}
