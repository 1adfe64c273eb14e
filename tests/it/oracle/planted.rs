//! Planted cases: one story each, changed in one way, and what must come of it in either semantics.
//!
//! The counts are written by hand, so they judge the oracles too.

pub(crate) mod bursts;
pub(crate) mod codes;
pub(crate) mod hops;
pub(crate) mod links;

use super::known::VSCODE;
use super::row::{MINUTE, Row, at};
use super::stories::{device_code, exchange};
use tokentrail::testing::analytics::Settings;
use tokentrail::testing::model::Field;

/// The hits a case must yield: those of its analytic, as published and in hunt.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) analytic: &'static str,
    pub(crate) rows: Vec<Row>,
    pub(crate) settings: Settings,
    pub(crate) published: usize,
    pub(crate) hunt: usize,
}

/// Begins in the middle of a published bin's first half, so that a story fits its bin.
fn start() -> i64 {
    at("2026-05-01T14:02:00Z")
}

/// Three resources, a minute apart.
fn burst() -> Vec<Row> {
    (0..3).map(|n| exchange(n, start() + i64::try_from(n).expect("few") * MINUTE)).collect()
}

/// The burst with its last row at a time after the first.
fn burst_until(later: i64) -> Vec<Row> {
    let mut rows = burst();
    rows[2] = exchange(2, start() + later);
    rows
}

/// The burst, changed.
fn changed(change: impl FnOnce(&mut Vec<Row>)) -> Vec<Row> {
    let mut rows = burst();
    change(&mut rows);
    rows
}

/// The burst with one field of its last row set.
fn third(field: Field, text: &str) -> Vec<Row> {
    changed(|rows| rows[2].set(field, text))
}

/// The burst with one field of every row set.
fn every(field: Field, text: &str) -> Vec<Row> {
    changed(|rows| rows.iter_mut().for_each(|row| row.set(field, text)))
}

/// The burst and a device code so long before it; negative is after.
fn coded(before: i64, change: impl FnOnce(&mut Row)) -> Vec<Row> {
    let mut code = device_code(start() - before);
    change(&mut code);
    let mut rows = burst();
    rows.push(code);
    rows
}

type Case = (&'static str, Vec<Row>, usize, usize);

fn kinds_of(analytic: &'static str, cases: Vec<Case>) -> impl Iterator<Item = Kind> {
    cases.into_iter().map(move |(name, rows, published, hunt)| {
        let settings = Settings::default();
        Kind { name, analytic, rows, settings, published, hunt }
    })
}

/// Every kind.
pub(crate) fn kinds() -> Vec<Kind> {
    let mut kinds: Vec<Kind> = kinds_of("foci-burst", bursts::burst_thresholds())
        .chain(kinds_of("foci-burst", bursts::burst_texts()))
        .chain(kinds_of("foci-burst", bursts::burst_copies()))
        .chain(kinds_of("device-code-burst", codes::device_codes()))
        .chain(kinds_of("device-code-burst", codes::legs()))
        .chain(kinds_of("session-hop", hops::hop_thresholds()))
        .chain(kinds_of("session-hop", hops::hop_texts()))
        .chain(kinds_of("session-hop-broad", hops::broad_hops()))
        .collect();
    kinds.extend(bursts::with_settings());
    kinds.extend(hops::tuned());
    kinds
}

/// Makes the row somebody else's.
fn somebody_else(row: &mut Row) {
    row.set(Field::UserId, VSCODE);
    row.set(Field::UserPrincipalName, "b.office@contoso.com");
}
