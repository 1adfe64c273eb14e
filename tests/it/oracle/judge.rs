//! The comparison: what the oracles find against what the program finds, and the smallest rows that part them.

use super::line::Line;
use super::published::Published;
use super::row::{Row, listing, store_of};
use super::{hunt, program};
use tokentrail::testing::analytics::{Semantics, Settings};
use tokentrail::testing::model::Time;
use tokentrail::testing::store::Store;

/// The hits of the oracle of these settings' semantics.
pub(crate) fn expected(sql: &Published, rows: &[Row], per_source: usize, settings: &Settings) -> Vec<Line> {
    let mut lines = match settings.semantics {
        Semantics::Hunt => hunt::hits(rows, per_source, settings),
        Semantics::Published => sql.hits(rows, settings.since.map(Time::ticks), settings.until.map(Time::ticks)),
    };
    lines.sort();
    lines
}

/// The settings of the published reading: its thresholds are the query's own, only the dates are ours.
pub(crate) fn as_published(settings: &Settings) -> Settings {
    Settings {
        semantics: Semantics::Published,
        since: settings.since,
        until: settings.until,
        analytics: settings.analytics.clone(),
        ..Settings::default()
    }
}

/// Compares both semantics; on a difference tells the smallest rows that still show it.
pub(crate) fn compare(sql: &Published, rows: &[Row], per_source: usize, settings: &Settings) -> Result<(), String> {
    compare_by(sql, rows, per_source, settings, &store_of)
}

/// Compares what comes of another way from rows to a store.
pub(crate) fn compare_by(
    sql: &Published,
    rows: &[Row],
    per_source: usize,
    settings: &Settings,
    store_of: &dyn Fn(&[Row], usize) -> Store,
) -> Result<(), String> {
    let store = store_of(rows, per_source);
    for settings in [settings.clone(), as_published(settings)] {
        if difference(sql, rows, (&store, per_source), &settings).is_none() {
            continue;
        }
        let differs = |rows: &[Row]| difference(sql, rows, (&store_of(rows, per_source), per_source), &settings);
        let least = shrink(rows.to_vec(), &|rows| differs(rows).is_some());
        let difference = differs(&least).expect("shrinking keeps the difference");
        return Err(format!("{settings:?}, {per_source} rows a source\n{}{difference}", listing(&least)));
    }
    Ok(())
}

fn difference(
    sql: &Published,
    rows: &[Row],
    (store, per_source): (&Store, usize),
    settings: &Settings,
) -> Option<String> {
    let (expected, actual) = (expected(sql, rows, per_source, settings), program::hits(store, per_source, settings));
    if expected == actual {
        return None;
    }
    let (mut only_expected, mut only_actual) = (beside(&expected, &actual), beside(&actual, &expected));
    // Of one line on each side only the columns that differ are news.
    if let ([one], [other]) = (only_expected.as_mut_slice(), only_actual.as_mut_slice()) {
        let same: Vec<&str> = one.keys().copied().filter(|k| *k != "Analytic" && one.get(k) == other.get(k)).collect();
        for column in same {
            one.remove(column);
            other.remove(column);
        }
    }
    Some(format!("oracle only:  {only_expected:#?}\nprogram only: {only_actual:#?}"))
}

/// The lines of `all` that `other` lacks, each as often as it lacks them.
fn beside(all: &[Line], other: &[Line]) -> Vec<Line> {
    let mut other = other.to_vec();
    let mut rest = Vec::new();
    for line in all {
        match other.iter().position(|o| o == line) {
            Some(at) => drop(other.swap_remove(at)),
            None => rest.push(line.clone()),
        }
    }
    rest
}

/// Drops rows, then fields, for as long as what is wrong stays wrong.
pub(crate) fn shrink(mut rows: Vec<Row>, wrong: &dyn Fn(&[Row]) -> bool) -> Vec<Row> {
    loop {
        let before = rows.clone();
        for n in (0..rows.len()).rev() {
            let mut fewer = rows.clone();
            fewer.remove(n);
            if wrong(&fewer) {
                rows = fewer;
            }
        }
        for n in 0..rows.len() {
            for field in rows[n].fields.keys().copied().collect::<Vec<_>>() {
                let mut plainer = rows.clone();
                plainer[n].fields.remove(&field);
                if wrong(&plainer) {
                    rows = plainer;
                }
            }
        }
        if rows == before {
            return rows;
        }
    }
}
