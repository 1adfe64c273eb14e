//! A million events of one user: what the analytics take, and what a frame takes. See benches/README.md.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokentrail::analytics::{self, Settings};
use tokentrail::facts::Facts;
use tokentrail::ingest::Loaded;
use tokentrail::model::{Event, Field, Origin, SourceId, Table, Time};
use tokentrail::store::{Part, Store};
use tokentrail::triage::Case;
use tokentrail::tui::app::{App, Message, Ready};
use tokentrail::tui::keymap::{Key, Keymap};
use tokentrail::tui::screens;
use tokentrail::tui::theme::{Name, Theme};
use tokentrail::tui::workbench::Evidence;

const EVENTS: u32 = 1_000_000;
const SIZE: Size = Size { width: 200, height: 60 };

#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn main() {
    let built = Instant::now();
    let store = Store::build(vec![part()]);
    println!("store of {EVENTS} events built in {:.3} s", built.elapsed().as_secs_f64());
    for run in ["first run (builds indexes)", "second run"] {
        let start = Instant::now();
        let hits = analytics::run(&store, Facts::embedded(), &Settings::default());
        println!("analytics, {run}: {:.3} s, {} hits", start.elapsed().as_secs_f64(), hits.len());
    }
    let hits = Arc::new(analytics::run(&store, Facts::embedded(), &Settings::default()));
    let loaded = Arc::new(Loaded::new(store, Vec::new(), Vec::new()));
    let evidence = Evidence { loaded, hits, facts: Facts::embedded(), analytic: analytics::by_id };
    let mut app = App::new("bench".to_owned(), Keymap::embedded(), SIZE);
    let case = Case::new(String::new(), String::new());
    let ready = Ready { evidence, case, case_path: PathBuf::from("case"), note_path: PathBuf::from("note") };
    app.update(Message::Ready(Box::new(ready)));
    for keys in ["tab a", "j", "pagedown", "G", "g", "n", "tab"] {
        measure(&mut app, keys);
    }
}

/// Presses each key a hundred times, drawing after each; prints median and 99th percentile of key to frame.
#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn measure(app: &mut App, keys: &str) {
    let mut terminal = Terminal::new(TestBackend::new(SIZE.width, SIZE.height)).expect("a test backend never fails");
    let theme = Theme::named(Name::Dark);
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..100 {
        for key in keys.split_whitespace() {
            let key = Key::try_from(key.to_owned()).expect("a key's name");
            let start = Instant::now();
            app.update(Message::Key(key.event(), Time::from_ticks(0)));
            terminal.draw(|frame| screens::draw(app, &theme, frame)).expect("a test backend never fails");
            times.push(start.elapsed());
        }
    }
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    println!("key to frame, {keys:>9}: median {:.2} ms, p99 {:.2} ms", at(50), at(99));
}

/// One user's year: a token every half minute, a burst every few days, Graph calls under the tokens.
fn part() -> Part {
    let mut part = Part::default();
    let start = Time::parse("2026-01-01T00:00:00Z").expect("a time").ticks();
    let resources = [
        "00000003-0000-0000-c000-000000000000",
        "00000002-0000-0ff1-ce00-000000000000",
        "797f4846-ba00-4fd7-ba43-dac1f8f63013",
        "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
    ];
    for number in 0..EVENTS {
        let table = [Table::NonInteractive, Table::Graph, Table::Graph, Table::SignIn][number as usize % 4];
        let origin = Origin { source: SourceId(0), record: number + 1, offset: 0, len: 0 };
        let mut event = Event::new(table, origin);
        event.created = Time::from_ticks(start + i64::from(number) * 30 * 10_000_000);
        let burst = number % 20_000 < 40;
        let token = format!("token{}", number / 4);
        for (field, text) in [
            (Field::Id, format!("id{number}").as_str()),
            (Field::UserId, "user"),
            (Field::UserPrincipalName, "one@contoso.com"),
            (
                Field::AppId,
                if burst { "04b07795-8ddb-461a-bbee-02f9e1bf7b46" } else { "c44b4083-3bb0-49c1-b47d-974e53cbdf3c" },
            ),
            (Field::AppDisplayName, "Client"),
            (Field::ResultType, "0"),
            (Field::ResourceIdentity, resources[number as usize / 4 % resources.len()]),
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
        part.events.push(event);
    }
    part
}
