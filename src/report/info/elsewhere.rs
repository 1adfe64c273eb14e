//! Rows of other engines' results that are no hits: candidates, and those of analytics that there are not.

use super::notice::{Notice, NoticeKind, notice};
use super::words::counted;
use crate::analytics::{Pending, pending};
use crate::model::Elsewhere;
use crate::model::words::listed;
use crate::store::Store;
use std::collections::BTreeMap;

/// Candidates named in a sentence.
const NAMED: usize = 3;

/// A notice for each analytic and engine that has candidates, and for each analytic that there is not.
pub(super) fn notices(store: &Store) -> Vec<Notice> {
    let mut candidates: BTreeMap<(&str, &str), Vec<(&Elsewhere, usize)>> = BTreeMap::new();
    let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
    for one in pending(store) {
        match one {
            Pending::Candidate { row, rows } => {
                candidates.entry((&row.analytic, &row.engine)).or_default().push((row, rows));
            }
            Pending::Unknown(row) => *unknown.entry(&row.analytic).or_default() += 1,
        }
    }
    let candidates = candidates.into_iter().map(|((analytic, engine), mut rows)| {
        // Those without rows are what is left to do.
        rows.sort_by_key(|(row, here)| (*here > 0, row.first));
        let without = rows.iter().filter(|(_, here)| *here == 0).count();
        let count = counted(rows.len() as u64, "candidate");
        let names: Vec<String> = rows.iter().map(|(row, here)| words(row, *here)).collect();
        let what = format!("{engine} names {count} for {analytic}, to be computed here: {}.", listed(&names, NAMED));
        let way_out = format!(
            "Fetch the rows of {} without any, then look again: tokentrail query collect --user NAME --since TIME \
             --until TIME.",
            if without == rows.len() { "those".to_owned() } else { format!("the {without}") }
        );
        notice(NoticeKind::Elsewhere, what, (without > 0).then_some(way_out))
    });
    let unknown = unknown.into_iter().map(|(analytic, rows)| {
        let verb = if rows == 1 { "names" } else { "name" };
        let rows = counted(rows as u64, "row");
        let what = format!("{rows} of a hit table {verb} the analytic \"{analytic}\", which there is not here.");
        notice(NoticeKind::Elsewhere, what, "tokentrail list prints those that there are.".to_owned())
    });
    candidates.chain(unknown).collect()
}

/// `eve@contoso.com 2026-05-01 14:02:00 to 2026-05-01 14:10:00 (no row here)`.
fn words(row: &Elsewhere, here: usize) -> String {
    let here = if here == 0 { "no row".to_owned() } else { counted(here as u64, "row") };
    format!("{} {} to {} ({here} here)", row.who(), row.first.second(), row.last.second())
}

/// A sentence on what a load found of them; `None` where it found none.
pub fn pending_words(store: &Store) -> Option<String> {
    let (mut candidates, mut unknown) = (0, 0);
    for one in pending(store) {
        match one {
            Pending::Candidate { .. } => candidates += 1,
            Pending::Unknown(_) => unknown += 1,
        }
    }
    let mut parts = Vec::new();
    if candidates > 0 {
        parts.push(format!("{} of other engines", counted(candidates, "candidate")));
    }
    if unknown > 0 {
        parts.push(format!("{} of analytics that there are not here", counted(unknown, "hit")));
    }
    (!parts.is_empty()).then(|| format!("{} (tokentrail info names them)", parts.join(", ")))
}
