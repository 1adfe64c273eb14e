//! The cost of keys on the thread that draws, however large the bundle: users and hits looked at, counted.

use super::action::Action;
use super::app::{App, Effect, Message, Ready};
use super::evidence::Evidence;
use super::keymap::{Key, Keymap};
use super::reader::{Reader, Request};
use super::screens;
use super::theme::{Name, Theme};
use crate::analytics::{self, Settings};
use crate::casefile::Found;
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::model::{Field, Source, Sym, Table, Time, work};
use crate::report::testing;
use crate::store::Key as StoreKey;
use crate::store::testing::Rows;
use crate::triage::Case;
use crate::triage::marks::Places;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Cell;
use ratatui::layout::Size;
use std::path::PathBuf;
use std::sync::Arc;

const SIZE: Size = Size { width: 120, height: 40 };
/// Looks that the rows of one screen take at most.
const SCREEN: u64 = 1_000;

/// A workbench whose worker is asked by hand.
struct Bench {
    app: App,
    reader: Reader,
    terminal: Terminal<TestBackend>,
}

impl Bench {
    /// So many users with a row each, and so many hits.
    fn open(users: usize, hits: usize) -> Self {
        Self::with_rows(users, 1, hits)
    }

    /// So many users with so many rows each, and so many hits.
    fn with_rows(users: usize, each: usize, hits: usize) -> Self {
        let mut rows = Rows::default();
        for user in 0..users {
            let (id, upn) = (format!("id-{user:06}"), format!("user{user:06}@contoso.com"));
            let address = (Field::IpAddress, "203.0.113.20");
            let fields = [(Field::UserId, id.as_str()), (Field::UserPrincipalName, upn.as_str()), address];
            for _ in 0..each {
                rows.row(Table::NonInteractive, "2026-05-01T14:00:00Z", &fields);
            }
        }
        let loaded = Arc::new(Loaded::new(rows.build(), vec![Source::default()], Vec::new()));
        // As the worker has done by then.
        loaded.store.with(StoreKey::Device, Sym::NONE);
        let model = testing::hits(&testing::loaded()).remove(0);
        let named = loaded.store.users();
        let hit = |number: usize| {
            let (user, upn) = named[number % users];
            let (id, upn) = (format!("{number:012x}"), upn.to_owned());
            analytics::Hit { id, user, upn, legs: Vec::new(), evidence: Vec::new(), ..model.clone() }
        };
        let hits: Arc<Vec<_>> = Arc::new((0..hits).map(hit).collect());
        let (settings, facts) = (Settings::default(), Facts::embedded());
        let candidates = Arc::default();
        let evidence =
            Evidence::new(Arc::clone(&loaded), hits, settings, facts, &candidates, std::collections::BTreeSet::new());
        let reader = Reader::new(&evidence, candidates, "bundle".to_owned());
        let (case, places) = (Case::new("b".into(), "ana".into()), Places::default());
        let (case_path, note_path, found) = (PathBuf::new(), PathBuf::new(), Found::default());
        let ready = Ready { evidence, case, places, case_path, note_path, found };
        let app = App::new("bundle".to_owned(), Keymap::embedded(), SIZE);
        let terminal = Terminal::new(TestBackend::new(SIZE.width, SIZE.height)).unwrap();
        let mut bench = Self { app, reader, terminal };
        bench.take(Message::Ready(Box::new(ready)));
        bench
    }

    /// Updates and draws; answers what is asked until nothing is. Looks of the thread that draws, and of the worker.
    fn take(&mut self, message: Message) -> [u64; 2] {
        let theme = Theme::named(Name::Dark);
        let mut looked = [0; 2];
        let mut messages = vec![message];
        while let Some(message) = messages.pop() {
            let mut effects = Vec::new();
            looked[0] += work::looks(|| {
                effects = self.app.update(message);
                self.terminal.draw(|frame| screens::draw(&self.app, &theme, frame)).unwrap();
            });
            for effect in effects {
                match effect {
                    Effect::Save => messages.push(Message::Saved(Ok(None))),
                    effect => {
                        let request = Request::new(effect, &self.app).unwrap();
                        looked[1] += work::looks(|| messages.push(self.reader.answer(request, Time::MISSING)));
                    }
                }
            }
        }
        looked
    }

    /// Presses some keys; the counts of each.
    fn press(&mut self, keys: &str) -> Vec<[u64; 2]> {
        let key = |name: &str| Key::try_from(name.to_owned()).unwrap();
        keys.split_whitespace().map(|name| self.take(Message::Key(key(name).event(), Time::MISSING))).collect()
    }

    fn shows(&self, text: &str) -> bool {
        let buffer = self.terminal.backend().buffer();
        let rows = buffer.content().chunks(SIZE.width.into());
        rows.map(|row| row.iter().map(Cell::symbol).collect::<String>()).any(|row| row.contains(text))
    }
}

#[test]
fn the_list_of_users_is_made_and_searched_by_the_worker() {
    let looked = [2_000, 8_000].map(|users| {
        let mut bench = Bench::open(users, 3);
        let looked = bench.press("U 9 9 backspace down");
        assert!(bench.shows("Users: 9"), "it is open");
        let worked: u64 = looked.iter().map(|looked| looked[1]).sum();
        assert!(worked >= users as u64, "{worked} looks at {users} users");
        bench.press("enter");
        assert!(bench.shows("user") && !bench.shows("Users: "), "one was chosen");
        looked.into_iter().map(|looked| looked[0]).collect::<Vec<_>>()
    });
    assert_eq!(looked[0], looked[1], "on the thread that draws");
}

#[test]
fn rows_are_filtered_by_the_worker() {
    let looked = [20_000, 80_000].map(|rows| {
        let mut bench = Bench::with_rows(1, rows, 1);
        let looked = bench.press("l l a F enter \\ F x ! w \\ |");
        let worked: u64 = looked.iter().map(|looked| looked[1]).sum();
        assert!(worked >= 3 * rows as u64, "{worked} looks at {rows} rows");
        looked.into_iter().map(|looked| looked[0]).collect::<Vec<_>>()
    });
    // Places among more rows take a few looks more.
    let grows = looked[0].iter().zip(&looked[1]).any(|(few, many)| *many > few + few / 4);
    assert!(!grows, "on the thread that draws: {looked:?}");
}

#[test]
fn a_user_chosen_ahead_of_the_answer_is_the_one_that_was_typed() {
    let mut bench = Bench::open(50, 0);
    let key = |name: &str| Message::Key(Key::try_from(name.to_owned()).unwrap().event(), Time::MISSING);
    let mut asked = bench.app.update(key("U"));
    for name in ["0", "3", "7", "enter"] {
        assert!(bench.app.update(key(name)).is_empty(), "one question at a time");
    }
    let mut questions = 0;
    while let Some(request) = asked.pop().and_then(|effect| Request::new(effect, &bench.app)) {
        questions += 1;
        let answer = bench.reader.answer(request, Time::MISSING);
        asked = bench.app.update(answer);
    }
    assert!(bench.app.overlays.is_empty(), "it was chosen");
    let of = bench.app.workbench().unwrap().timeline.as_ref().unwrap().of;
    assert_eq!(bench.app.workbench().unwrap().store().upn(of.sym), "user000037@contoso.com");
    assert!(questions >= 2);
}

#[test]
fn an_answer_finds_the_list_below_the_help() {
    let mut bench = Bench::open(50, 0);
    let key = |name: &str| Message::Key(Key::try_from(name.to_owned()).unwrap().event(), Time::MISSING);
    let asked = bench.app.update(key("U"));
    bench.app.act(Action::Help, None, Time::MISSING);
    let [Effect::Run(job)] = &asked[..] else { panic!("{asked:?}") };
    let answer = bench.reader.answer(Request::Run(job.clone()), Time::MISSING);
    bench.take(answer);
    bench.press("esc");
    assert!(bench.shows("50 users: type to find one"));
}

#[test]
fn hits_are_put_in_order_once_and_a_frame_looks_at_none_that_is_not_seen() {
    let sizes = [50, 2_000];
    let looked = sizes.map(|hits| {
        let mut bench = Bench::open(10, hits);
        let moves: u64 = bench.press("j k pgdn G g tab").iter().map(|looked| looked[0]).sum();
        bench.press("shift-tab");
        let most = |looked: Vec<[u64; 2]>| looked.into_iter().map(|looked| looked[0]).max().unwrap_or(0);
        let filter = most(bench.press("/ u s e r backspace esc"));
        let narrowed = most(bench.press("/ u s e r 1 @ c").split_off(6));
        assert!(narrowed <= (hits / 5) as u64 + SCREEN, "{narrowed} looks at what is left of {hits} hits");
        bench.press("esc");
        let sort = most(bench.press("s s s"));
        let verdict = most(bench.press("enter y u esc"));
        for (what, looks, at_most) in [("filter", filter, 1), ("sort", sort, 1), ("said", verdict, 1)] {
            assert!(looks <= (at_most * hits) as u64 + SCREEN, "{what}: {looks} looks at {hits} hits");
        }
        moves
    });
    assert_eq!(looked[0], looked[1], "moving");
}
