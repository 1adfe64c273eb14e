//! The demo bundle: a month of a tenant that does not exist, with its stories.
//!
//! Same bytes on every machine and every run. `assets/demo/README.md` says what is planted where.

mod act;
mod call;
mod change;
mod days;
#[path = "../common/rng.rs"]
mod rng;
#[path = "../common/row.rs"]
mod row;
mod sign_in;
mod stories;
mod work;
mod world;

use call::Call;
use rng::Rng;
use sign_in::SignIn;
use tokentrail::testing::model::{Span, Table, Time};

/// The first day of the bundle.
const FIRST_DAY: &str = "2026-04-02";
/// Days in it.
const DAYS: i64 = 30;

/// Every file of the bundle, in the order of the archive.
pub(crate) fn files() -> Vec<(&'static str, Vec<u8>)> {
    let people = world::people();
    let mut log = Log::default();
    days::write(&people, &mut log);
    work::administration(&people, &mut log);
    stories::write(&people, &mut log);
    let Log { interactive, non_interactive, graph, legacy, audit, unified, service } = log;
    let mut files: Vec<(&'static str, Vec<u8>)> = [
        ("AADGraphActivityLogs.json", legacy),
        ("AADNonInteractiveUserSignInLogs.json", non_interactive),
        ("AADServicePrincipalSignInLogs.json", service),
        ("AuditLogs.json", audit),
        ("MicrosoftGraphActivityLogs.json", graph),
        ("SigninLogs.json", interactive),
    ]
    .map(|(name, rows)| (name, lines(rows)))
    .into();
    let unified = [act::HEADER.as_bytes(), &lines(unified)].concat();
    files.push(("UnifiedAuditLog.csv", unified));
    files
}

/// Rows one a line, user by user: the result of a query has the order that was asked for, not the order of time.
/// (It also packs the archive to half its size.)
fn lines(mut rows: Vec<Written>) -> Vec<u8> {
    rows.sort();
    let mut text = String::new();
    for Written { line, .. } in rows {
        text.push_str(&line);
        text.push('\n');
    }
    text.into_bytes()
}

/// A row, with what it is sorted by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Written {
    user: String,
    ingested: Time,
    line: String,
}

/// The rows written so far, table by table.
#[derive(Default)]
struct Log {
    interactive: Vec<Written>,
    non_interactive: Vec<Written>,
    graph: Vec<Written>,
    legacy: Vec<Written>,
    audit: Vec<Written>,
    unified: Vec<Written>,
    service: Vec<Written>,
}

impl Log {
    fn sign_in(&mut self, row: &SignIn) {
        let rows = if row.table == Table::SignIn { &mut self.interactive } else { &mut self.non_interactive };
        rows.push(Written { user: row.person.upn.clone(), ingested: row.ingested(), line: row.line() });
        work::acts(self, row);
    }

    fn call(&mut self, rng: &mut Rng, call: &Call) {
        let user = call.token.person.upn.clone();
        self.graph.push(Written { user, ingested: call.at, line: call.line(rng) });
    }
}

/// An instant of the bundle: a day counted from the first, and seconds into it.
fn at(day: i64, seconds: i64) -> Time {
    let start = Time::parse(FIRST_DAY).expect("a date");
    start.plus(Span::seconds(day * 86_400 + seconds))
}

/// A time as read off a clock: `clock("2026-05-01", "14:02:00")`. Where no fraction is written, one is made up: no
/// real sign-in falls on a whole second.
fn clock(day: &str, time: &str) -> Time {
    let whole = Time::parse(&format!("{day}T{time}Z")).expect("a time");
    let fraction = if time.contains('.') { 0 } else { Rng::seeded(&format!("{day} {time}")).below(9_000_000) };
    whole.plus(Span::from_ticks(fraction))
}
