//! Rows that are counted and not analysed: their kinds, and the exports to ask for instead.

use super::words::{counted, rows as rows_of};
use crate::ingest::{Loaded, UNKNOWN_TABLE};
use crate::model::Table;
use crate::tables::Foreign;
use crate::tables::foreign::HIT_TABLE;
use std::collections::BTreeMap;

/// Tables named in a sentence.
const NAMED: usize = 4;

/// The sentence about a bundle that has rows and none that is analysed; `None` where it has one, or no row that names
/// its table.
pub fn nothing_analysed(loaded: &Loaded) -> Option<String> {
    if loaded.rows_read() > 0 || loaded.nothing_readable() {
        return None;
    }
    let mut rows: BTreeMap<&str, u64> = BTreeMap::new();
    for (table, count) in loaded.sources.iter().flat_map(|source| &source.tables) {
        *rows.entry(table).or_default() += count;
    }
    rows.remove(UNKNOWN_TABLE);
    // Hits of other engines are read.
    rows.remove(HIT_TABLE.name);
    // Those are said apart, and are sign-ins for all we know.
    for table in loaded.lookalikes().keys() {
        rows.remove(table);
    }
    if rows.is_empty() {
        return None;
    }
    let holds = |table: &str| Foreign::of_name(&table.to_ascii_lowercase()).map(|foreign| foreign.holds);
    Some(format!(
        "no row is a sign-in of a user or a call of Microsoft Graph. Counted, not analysed: {}",
        listed(&rows, |table| holds(table).map_or_else(|| table.to_owned(), |holds| format!("{table} ({holds})")))
    ))
}

/// The export to ask for where [`nothing_analysed`] finds none.
pub fn export_sign_ins() -> String {
    format!("Export {} and {} of the same days.", Table::SignIn.name(), Table::NonInteractive.name())
}

/// The sentence on rows that look like sign-ins or calls in a table of another name; `None` for none.
pub fn lookalikes(loaded: &Loaded) -> Option<String> {
    let rows = loaded.lookalikes();
    let verb = if rows.values().sum::<u64>() == 1 { "looks like a sign-in or Graph call" } else { LOOK };
    (!rows.is_empty())
        .then(|| format!("{} {verb} in a table of another name: not analysed", listed(&rows, str::to_owned)))
}

const LOOK: &str = "look like sign-ins or Graph calls";

/// The way to make rows that [`lookalikes`] names readable.
pub fn name_the_table() -> String {
    let names: Vec<&str> = Table::ALL.into_iter().map(Table::name).collect();
    format!("Give each row's Type (or a column SourceTable) the table it is a copy of: {}.", names.join(", "))
}

/// `4 rows of A, 1 row of B and 3 further tables`, most rows first.
fn listed(rows: &BTreeMap<&str, u64>, name: impl Fn(&str) -> String) -> String {
    let mut tables: Vec<(&str, u64)> = rows.iter().map(|(table, count)| (*table, *count)).collect();
    tables.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut words: Vec<String> =
        tables.iter().take(NAMED).map(|(table, count)| format!("{} of {}", rows_of(*count), name(table))).collect();
    let (others, rest) = (tables.len().saturating_sub(NAMED), tables.iter().skip(NAMED).map(|(_, count)| count).sum());
    if others > 0 {
        words.push(format!("{} of {}", rows_of(rest), counted(others as u64, "other table")));
    }
    words.join(", ")
}
