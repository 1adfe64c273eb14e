//! A million events of one user: what the analytics take, and what a frame takes. See benches/README.md.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokentrail::testing::analytics::{self, Settings};
use tokentrail::testing::casefile::Found;
use tokentrail::testing::facts::Facts;
use tokentrail::testing::ingest::Loaded;
use tokentrail::testing::model::{Field, NewEvent, Origin, SourceId, Sym, Table, Time};
use tokentrail::testing::report::{EXPORTERS, Header, Report};
use tokentrail::testing::session::Composed;
use tokentrail::testing::store::{Key as StoreKey, Part, Store};
use tokentrail::testing::triage::marks::Places;
use tokentrail::testing::triage::{Case, Disposition, Verdict};
use tokentrail::testing::tui::app::{Absorbed, App, Effect, Joined, Message, Ready};
use tokentrail::testing::tui::evidence::Evidence;
use tokentrail::testing::tui::job::Job;
use tokentrail::testing::tui::keymap::{Key, Keymap};
use tokentrail::testing::tui::layout::Pane;
use tokentrail::testing::tui::reader::{Reader, Request};
use tokentrail::testing::tui::screens;
use tokentrail::testing::tui::theme::{Name, Theme};
use tokentrail::testing::tui::workbench::Workbench;

/// The client of the bursts, and that of all other rows.
const BURST: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const USUAL: &str = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c";
/// The rows of a token.
const MIXED: [Table; 4] = [Table::NonInteractive, Table::Graph, Table::Graph, Table::SignIn];
const IN_RUNS: [Table; 8] = {
    let mut tables = [Table::Graph; 8];
    tables[0] = Table::NonInteractive;
    tables[7] = Table::SignIn;
    tables
};
const EVENTS: u32 = 1_000_000;
const SIZE: Size = Size { width: 200, height: 60 };

#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn main() {
    // Every exchange a candidate, nearly all of them in one burst.
    let clients = analytics::Clients::Listed([BURST, USUAL].map(str::to_owned).into());
    let all = Settings { clients, ..Settings::default() };
    let is_asked = |part: &str| std::env::args().any(|arg| arg == part);
    if is_asked("sizes") {
        many_users();
        many_hits();
        return long_log();
    }
    if is_asked("user") {
        return one_user(&all);
    }
    if is_asked("ten") {
        for users in [10_000, 1] {
            let store = Store::build(vec![events(10 * EVENTS, users, &MIXED)]);
            let start = Instant::now();
            let hits = analytics::run(&store, Facts::embedded(), &Settings::default());
            let took = start.elapsed().as_secs_f64();
            println!("ten million events, {users} users: {took:.2} s, {} hits", hits.len());
        }
        return;
    }
    println!("of 10,000 users:");
    let spread = Store::build(vec![part(10_000, &MIXED)]);
    other_thresholds(&spread, &Settings::default());
    println!("of 10,000 users, every client watched:");
    other_thresholds(&spread, &all);
    screens_of(spread, &["U 9 9 esc", "U u esc"]);
    println!("of 100,000 users:");
    screens_of(Store::build(vec![part(100_000, &MIXED)]), &["U 9 9 esc", "U u esc"]);
    println!("of 300,000 users:");
    many_users();
    println!("of 50,000 hits:");
    many_hits();
    long_log();
    one_user(&all);
}

/// All rows of one user: the longest timeline.
#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn one_user(every_client: &Settings) {
    println!("of one user:");
    let built = Instant::now();
    let store = Store::build(vec![part(1, &MIXED)]);
    println!("store of {EVENTS} events built in {:.3} s", built.elapsed().as_secs_f64());
    other_thresholds(&store, &Settings::default());
    println!("of one user, every client watched:");
    other_thresholds(&store, every_client);
    screens_of(store, &["tab a", "j", "pgdn", "G", "g", "n", "tab", "U esc"]);
    println!("of one user, folded and by lineage:");
    collapsed(Store::build(vec![part(1, &MIXED)]));
    println!("of one user, six like calls a token:");
    collapsed(Store::build(vec![part(1, &IN_RUNS)]));
}

/// Time of frames where runs are one row and rows stand by lineage: keys alone, and with the worker's answers.
fn collapsed(store: Store) {
    let (mut app, mut reader) = open(store);
    for keys in ["tab tab esc a", "j", "pgdn", "G", "g", "f", "space", "}", "{", "- +", "1 esc", "n"] {
        measure(&mut app, &mut reader, keys);
    }
    for keys in ["esc 0 t", "a", "j", "pgdn", "G", "g", "f", "space", "}", "{"] {
        measure(&mut app, &mut reader, keys);
    }
    for keys in ["t", "1 esc"] {
        measure(&mut app, &mut reader, keys);
    }
}

/// The list of users: opened, typed in, moved in.
fn many_users() {
    let (mut app, mut reader) = open(Store::build(vec![part(300_000, &MIXED)]));
    for keys in ["U esc", "U 9 9 backspace esc", "U u down up esc", "U 2 9 9 9 9 9 enter"] {
        measure(&mut app, &mut reader, keys);
    }
}

/// The list of hits: drawn first, moved in, filtered, sorted, settled.
#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn many_hits() {
    const HITS: usize = 50_000;
    let store = Store::build(vec![part(10_000, &MIXED)]);
    let found = analytics::run(&store, Facts::embedded(), &Settings::default());
    let users = store.users();
    let spread = |(number, (hit, (user, upn))): (usize, (&analytics::Hit, &(Sym, &str)))| analytics::Hit {
        id: format!("{number:012x}"),
        user: *user,
        upn: (*upn).to_owned(),
        ..hit.clone()
    };
    let pairs = found.iter().cycle().zip(users.iter().cycle());
    let hits: Vec<_> = pairs.enumerate().map(spread).take(HITS).collect();
    let (mut app, mut reader) = open_on(store, hits, Arc::default());
    for keys in ["j", "pgdn", "G", "g", "s", "/ u s e r 9 esc", "/ backspace m e d enter esc", "enter y u esc"] {
        measure(&mut app, &mut reader, keys);
    }
    // Every hit with a word of the analyst's.
    let case = &mut app.workbench_mut().expect("it is open").case;
    for number in 0..HITS {
        let disposition = Some(Disposition::Authorised);
        case.set_disposition(&format!("{number:012x}"), disposition, Time::from_ticks(0));
    }
    println!("all of them settled:");
    for keys in ["j", "/ b e n esc", "enter y u esc"] {
        measure(&mut app, &mut reader, keys);
    }
}

/// Time that a case with a log of 50,000 lines costs the thread that draws: whatever comes back of the worker and the
/// saver.
#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn long_log() {
    const LINES: usize = 50_000;
    println!("of a log of {LINES} lines:");
    let (mut app, _) = open(Store::build(vec![part(10_000, &MIXED)]));
    let hits: Vec<_> = app.workbench().expect("it is open").evidence.hits.iter().map(|hit| hit.id.clone()).collect();
    let now = Time::from_ticks(0);
    let mut case = Case::new(String::new(), "ana".to_owned());
    for line in 0..LINES {
        let hit = &hits[line % hits.len().min(2_000)];
        match line % 3 {
            0 => case.set_remark(hit, "first-login", &format!("looked at the portal, line {line}: travels a lot"), now),
            1 => case.set_verdict(hit, "second-client", Some(Verdict::Supports), now),
            _ => case.set_verdict(hit, "second-client", Some(Verdict::Against), now),
        }
    }
    // As whoever reads one does, off the thread that draws.
    case.check_log();
    let bench = app.workbench().expect("it is open");
    let (loaded, settings, hits) =
        (Arc::clone(&bench.evidence.loaded), bench.evidence.settings.clone(), Arc::clone(&bench.evidence.hits));
    let header = Header::new("case", "0", &settings);
    let report = Report::build(&loaded, Facts::embedded(), &hits, &case, &header);
    let mut text = Vec::new();
    (EXPORTERS[0].write)(&report, &mut text).expect("writing to memory does not fail");
    let note = Composed { text: String::from_utf8(text).expect("a note is text"), ..Composed::default() };
    let paths = || (PathBuf::from("case"), PathBuf::from("note"));
    let opened = |case: Case| {
        let ((case_path, note_path), places) = (paths(), Places::default());
        Message::Joined(Ok(Box::new(Joined { case, places, case_path, note_path, found: Found::default() })))
    };
    let merged = |case: Case| {
        let ((case_path, note_path), places, merged) = (paths(), Places::default(), String::new());
        Message::Absorbed("copy".into(), Ok(Box::new(Absorbed { case, places, case_path, note_path, merged })))
    };
    let key = |name: &str| Message::Key(Key::try_from(name.to_owned()).expect("a key's name").event(), now);
    let mut terminal = Terminal::new(TestBackend::new(SIZE.width, SIZE.height)).expect("a test backend never fails");
    let theme = Theme::named(Name::Dark);
    let mut step = |what: &str, message: Message| {
        let start = Instant::now();
        let effects = app.update(message);
        // What the loop hands over: the saver and the worker get a copy of the case.
        let copies = effects.iter().filter(|effect| !matches!(effect, Effect::Run(_) | Effect::Copy(..))).count();
        let case = app.workbench().map(|bench| &bench.case);
        (0..copies).for_each(|_| drop(black_box(case.cloned())));
        terminal.draw(|frame| screens::draw(&app, &theme, frame)).expect("a test backend never fails");
        println!("{what}: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    };
    step("another's case opened", opened(case.clone()));
    step("a copy merged", merged(case.clone()));
    step("moved to another file", Message::Moved(Ok(paths())));
    for name in ["enter", "x", "u", "e"] {
        step(name, key(name));
    }
    println!("a note of {} kB", note.text.len() / 1000);
    step("note composed", Message::Composed(note));
    for name in ["pgdn", "G", "w", "esc", "q"] {
        step(name, key(name));
    }
}

/// Time of a frame in the workbench on a store, and of the questions to the worker.
#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn screens_of(store: Store, keys: &[&str]) {
    let (mut app, mut reader) = open(store);
    for run in ["builds indexes", "again"] {
        let event = app.workbench().and_then(Workbench::event).expect("a hit is open");
        let start = Instant::now();
        reader.answer(Request::Run(Job::Reach(event, None)), Time::from_ticks(0));
        println!("who else, all values counted ({run}): {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    }
    for keys in keys {
        measure(&mut app, &mut reader, keys);
    }
    for query in ["burst198", "ip:198.51", "uri:/mess.*ges/", "get"] {
        search(&mut app, &mut reader, query);
    }
}

/// The workbench on a store.
fn open(store: Store) -> (App, Reader) {
    let candidates = Arc::default();
    let hits = analytics::run_over(&store, Facts::embedded(), &Settings::default(), Arc::clone(&candidates));
    open_on(store, hits, candidates)
}

/// The workbench on a store and hits.
#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn open_on(store: Store, hits: Vec<analytics::Hit>, candidates: Arc<analytics::Candidates>) -> (App, Reader) {
    // As the worker does.
    store.users_by_name();
    for key in [StoreKey::User, StoreKey::Token, StoreKey::Session] {
        store.with(key, Sym::NONE);
    }
    let (hits, settings) = (Arc::new(hits), Settings::default());
    let loaded = Arc::new(Loaded::new(store, Vec::new(), Vec::new()));
    let evidence =
        Evidence::new(loaded, hits, settings, Facts::embedded(), &candidates, std::collections::BTreeSet::new());
    let mut reader = Reader::new(&evidence, candidates, "bench".to_owned());
    let mut app = App::new("bench".to_owned(), Keymap::embedded(), SIZE);
    let case = Case::new(String::new(), String::new());
    let (case_path, note_path) = (PathBuf::from("case"), PathBuf::from("note"));
    let found = Found::default();
    let ready = Ready { evidence, case, places: Places::default(), case_path, note_path, found };
    let start = Instant::now();
    let mut effects = app.update(Message::Ready(Box::new(ready)));
    println!("opened in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    while let Some(request) = effects.pop().and_then(|effect| Request::new(effect, &app)) {
        let start = Instant::now();
        let answer = reader.answer(request, Time::from_ticks(0));
        println!("runs and bursts found in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
        effects = app.update(answer);
    }
    (app, reader)
}

/// Time of a search of everything, from the key to the matches near the cursor and to the end; and of the frames
/// meanwhile.
#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn search(app: &mut App, reader: &mut Reader, query: &str) {
    let mut terminal = Terminal::new(TestBackend::new(SIZE.width, SIZE.height)).expect("a test backend never fails");
    let theme = Theme::named(Name::Dark);
    let now = Time::from_ticks(0);
    let press = |app: &mut App, name: &str| {
        let key = Key::try_from(name.to_owned()).expect("a key's name");
        app.update(Message::Key(key.event(), now))
    };
    while app.workbench().map(|bench| bench.focus) != Some(Pane::Timeline) {
        press(app, "tab");
    }
    for key in ["esc", "/", "ctrl-u"] {
        press(app, key);
    }
    let start = Instant::now();
    let mut effects = app.update(Message::Paste(query.to_owned()));
    let (mut first, mut frames, mut chunks) = (None, Vec::new(), Vec::new());
    while let Some(request) = effects.pop().and_then(|effect| Request::new(effect, app)) {
        let asked = Instant::now();
        let answer = reader.answer(request, now);
        chunks.push(asked.elapsed());
        let answered = Instant::now();
        effects = app.update(answer);
        terminal.draw(|frame| screens::draw(app, &theme, frame)).expect("a test backend never fails");
        frames.push(answered.elapsed());
        first.get_or_insert(start.elapsed());
    }
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let all = ms(start.elapsed());
    let worst = |times: &[Duration]| times.iter().max().copied().map_or(0.0, ms);
    let (rows, found) = app.workbench().and_then(Workbench::find).map_or((0, 0), |find| (find.rows, find.len()));
    let first = first.map_or(0.0, ms);
    println!(
        "search {query}: {found} of {rows} rows in {all:.0} ms, first answer {first:.1} ms, worst chunk {:.1} ms, worst answer to frame {:.2} ms",
        worst(&chunks),
        worst(&frames)
    );
    press(app, "enter");
    measure(app, reader, "n");
    press(app, "esc");
}

/// Time of a run, the near misses and a change of thresholds, at first and afterwards.
#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn other_thresholds(store: &Store, settings: &Settings) {
    let (facts, candidates) = (Facts::embedded(), Arc::default());
    let start = Instant::now();
    let hits = analytics::run_over(store, facts, settings, Arc::clone(&candidates));
    println!("analytics: {:.3} s, {} hits", start.elapsed().as_secs_f64(), hits.len());
    let start = Instant::now();
    let near = analytics::near_misses(store, facts, settings, &candidates);
    println!("near misses: {:.1} ms, {} of them", start.elapsed().as_secs_f64() * 1e3, near.total);
    for minutes in [11, 60, 1, 10] {
        let other = Settings { window: tokentrail::testing::model::Span::minutes(minutes), ..settings.clone() };
        let start = Instant::now();
        let change = analytics::what_if(store, facts, &other, &candidates, &hits);
        let (took, gained, lost) = (start.elapsed().as_secs_f64() * 1e3, change.gained.len(), change.lost.len());
        println!("other thresholds, --window {minutes}m: {took:.1} ms, {gained} hits gained, {lost} lost");
    }
}

/// Presses each key a hundred times, drawing after each; prints median and 99th percentile of key to frame, of the
/// worker's answers to frame, and the longest that the worker took.
#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn measure(app: &mut App, reader: &mut Reader, keys: &str) {
    let mut terminal = Terminal::new(TestBackend::new(SIZE.width, SIZE.height)).expect("a test backend never fails");
    let theme = Theme::named(Name::Dark);
    let (mut times, mut answered, mut worked) = (Vec::new(), Vec::new(), Duration::ZERO);
    let mut frame = |app: &mut App, message: Message, times: &mut Vec<Duration>| {
        let start = Instant::now();
        let effects = app.update(message);
        terminal.draw(|frame| screens::draw(app, &theme, frame)).expect("a test backend never fails");
        times.push(start.elapsed());
        effects
    };
    for _ in 0..100 {
        for key in keys.split_whitespace() {
            let key = Key::try_from(key.to_owned()).expect("a key's name");
            let mut effects = frame(app, Message::Key(key.event(), Time::from_ticks(0)), &mut times);
            while let Some(effect) = effects.pop() {
                let Effect::Run(job @ (Job::Outline(_) | Job::Tree(..) | Job::Users(_))) = effect else { continue };
                let start = Instant::now();
                let answer = reader.answer(Request::Run(job), Time::from_ticks(0));
                worked = worked.max(start.elapsed());
                effects = frame(app, answer, &mut answered);
            }
        }
    }
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let at = |times: &mut Vec<Duration>, percent: usize| {
        times.sort_unstable();
        times.get(times.len().saturating_sub(1) * percent / 100).copied().map_or(0.0, ms)
    };
    let [median, most, worst] = [50, 99, 100].map(|percent| at(&mut times, percent));
    print!("key to frame, {keys:>13}: median {median:.2} ms, p99 {most:.2} ms, worst {worst:.2} ms");
    if !answered.is_empty() {
        let count = answered.len();
        let [most, worst] = [99, 100].map(|percent| at(&mut answered, percent));
        print!("; {count} answers in at most {:.0} ms, to frame p99 {most:.2} ms, worst {worst:.2} ms", ms(worked));
    }
    println!();
}

/// A year of so many users, one after the other: a token every half minute, a burst every few days, Graph calls
/// under the tokens; each token has its rows of these tables.
fn part(users: u32, tables: &[Table]) -> Part {
    events(EVENTS, users, tables)
}

/// As [`part`], of so many events.
fn events(count: u32, users: u32, tables: &[Table]) -> Part {
    let mut part = Part::default();
    let start = Time::parse("2026-01-01T00:00:00Z").expect("a time").ticks();
    let resources = [
        "00000003-0000-0000-c000-000000000000",
        "00000002-0000-0ff1-ce00-000000000000",
        "797f4846-ba00-4fd7-ba43-dac1f8f63013",
        "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
    ];
    for number in 0..count {
        let place = number as usize % tables.len();
        let (table, batch) = (tables[place], number as usize / tables.len());
        let origin = Origin { source: SourceId(0), record: number + 1, offset: 0, len: 0, check: 0 };
        let mut event = NewEvent::new(table, origin);
        event.created = Time::from_ticks(start + i64::from(number) * 30 * 10_000_000);
        let burst = number % 20_000 < 40;
        let user = number / (count / users);
        let token = format!("token{batch}");
        for (field, text) in [
            (Field::Id, format!("id{number}").as_str()),
            (Field::UserId, &format!("user{user}")),
            (Field::UserPrincipalName, &format!("user{user}@contoso.com")),
            (Field::AppId, if burst { BURST } else { USUAL }),
            (Field::AppDisplayName, "Client"),
            (Field::ResultType, "0"),
            (Field::ResourceIdentity, resources[batch % resources.len()]),
            (Field::IpAddress, if burst { "198.51.100.9" } else { "192.0.2.7" }),
            (Field::IncomingTokenType, "refreshToken"),
            (Field::TokenId, &token),
            (Field::SessionId, if burst { "s1" } else { "s0" }),
            (Field::RequestMethod, "GET"),
            (Field::RequestUri, "https://graph.microsoft.com/v1.0/me/messages"),
            (Field::ResponseStatusCode, "200"),
        ] {
            event[field] = part.texts.intern(text);
        }
        part.events.push(&event);
    }
    part
}
