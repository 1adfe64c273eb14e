//! Millions of rows scroll as easily as ten: a frame costs what is seen.

use super::{Desk, SIZES};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokentrail::testing::ingest::Loaded;
use tokentrail::testing::model::{Field, NewEvent, Origin, Source, SourceId, Span, Table, Time};
use tokentrail::testing::store::{Part, Store};
use tokentrail::testing::tui::theme::Name;

/// A desk whose first hit is of a user with this many events.
pub(super) fn desk(events: u32) -> Desk {
    let mut desk = Desk::loading(SIZES[0]);
    let mut part = Part::default();
    let texts: Vec<_> = [
        (Field::UserId, "u1"),
        (Field::ResultType, "0"),
        (Field::ResourceDisplayName, "Microsoft Graph"),
        (Field::AppDisplayName, "Microsoft Azure CLI"),
        (Field::IpAddress, "198.51.100.23"),
        (Field::UserAgent, "python-requests/2.31.0"),
    ]
    .into_iter()
    .map(|(field, text)| (field, part.texts.intern(text)))
    .collect();
    let start = Time::parse("2026-05-01T00:00:00Z").unwrap();
    for record in 1..=events {
        let mut event =
            NewEvent::new(Table::NonInteractive, Origin { source: SourceId(0), record, offset: 0, len: 0, check: 0 });
        event.created = start.plus(Span::seconds(i64::from(record)));
        for (field, text) in &texts {
            event[*field] = *text;
        }
        part.events.push(&event);
    }
    let store = Store::build(vec![part]);
    let mut hit = desk.hits[0].clone();
    hit.user = store.find("u1").unwrap();
    let ids: Vec<_> = store.events().map(|(id, _)| id).collect();
    (hit.evidence, hit.legs) = (ids.clone(), Vec::new());
    (hit.first_seen, hit.last_seen) = store.range().unwrap();
    for finding in &mut hit.findings {
        finding.rows.clone_from(&ids);
    }
    desk.loaded = Arc::new(Loaded::new(store, vec![Source::default()], Vec::new()));
    desk.hits = Arc::new(vec![hit]);
    desk.reopen();
    desk
}

/// The middle one of some frames, each after a key.
fn frame(desk: &mut Desk, keys: &[&str]) -> Duration {
    let theme = tokentrail::testing::tui::theme::Theme::named(Name::Dark);
    let backend = ratatui::backend::TestBackend::new(SIZES[0].0, SIZES[0].1);
    let mut terminal = ratatui::Terminal::new(backend).unwrap();
    let mut times: Vec<Duration> = (0..13)
        .map(|at| {
            let began = Instant::now();
            desk.press(keys[at % keys.len()]);
            terminal.draw(|frame| tokentrail::testing::tui::screens::draw(&desk.app, &theme, frame)).unwrap();
            began.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

const KEYS: [&str; 6] = ["j", "pgdn", "G", "k", "g", "pgdn"];

#[test]
#[ignore = "a measurement, which a busy machine fails: run it alone, with --release"]
fn a_frame_costs_what_is_seen() {
    let (mut few, mut many) = (desk(1000), desk(100_000));
    for keys in ["tab tab a", "f", "t", "f", "t", "1", "3", "4 l"] {
        few.press(keys);
        many.press(keys);
        // The best of two: the machine does other things too.
        let best = |desk: &mut Desk| (0..2).map(|_| frame(desk, &KEYS)).min().unwrap();
        let (few, many) = (best(&mut few), best(&mut many));
        assert!(many < few * 3, "after {keys}: {many:?} for a hundred times the rows of {few:?}");
    }
}

#[test]
#[ignore = "a measurement: run it with --release and --nocapture"]
fn a_million_rows() {
    let began = Instant::now();
    let mut desk = desk(1_000_000);
    println!("opened in {:?}", began.elapsed());
    for keys in ["tab tab a", "f", "t", "f", "t", "1", "3", "4 l"] {
        let began = Instant::now();
        desk.press(keys);
        println!("{keys:<12} {:?}, then a frame {:?}", began.elapsed(), frame(&mut desk, &KEYS));
    }
}
