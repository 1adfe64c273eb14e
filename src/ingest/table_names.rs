//! The names of tables: in rows, in paths and in what asks for them.

use crate::model::Table;
use crate::tables::foreign::{MANAGED_IDENTITY, SERVICE_PRINCIPAL};
use crate::tables::{Foreign, TABLES};

/// A row's table: one of ours, or one that is only counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RowTable {
    /// An analytic may read it.
    Ours(Table),
    /// Known, and counted under its name.
    Foreign(&'static Foreign),
    /// Counted under its own, unknown name.
    Named(String),
}

/// Defender's tables that hold sign-ins of every kind: each row says its own.
const OF_ALL_KINDS: [&str; 2] = ["entraidsigninevents", "aadsignineventsbeta"];

/// Suffixes of a table's name for a copy of it: of a custom table, a job that writes one, a search of
/// archived logs, and a restore.
const COPIES: [&str; 4] = ["_kql_cl", "_cl", "_srch", "_rst"];

/// The table that a `Type` or category names; `None` where the row itself knows better.
pub(crate) fn named(name: &str) -> Option<RowTable> {
    let name = name.trim();
    let lower = name.to_ascii_lowercase();
    // Defender's stream to storage and event hubs.
    let (name, lower) = lower
        .strip_prefix("advancedhunting-")
        .map_or((name, &*lower), |rest| (name.get(name.len() - rest.len()..).unwrap_or(name), rest));
    if OF_ALL_KINDS.contains(&lower) {
        return None;
    }
    let copied = || copied(COPIES.iter().find_map(|suffix| lower.strip_suffix(suffix))?);
    Some(known(lower).or_else(copied).unwrap_or_else(|| RowTable::Named(name.to_owned())))
}

fn known(lower: &str) -> Option<RowTable> {
    Table::of_name(lower).map(RowTable::Ours).or_else(|| Foreign::of_name(lower).map(RowTable::Foreign))
}

/// The table whose copy a name says it is: `signinlogs`, or `signinlogs_may`.
fn copied(lower: &str) -> Option<RowTable> {
    known(lower).or_else(|| {
        let ends = lower.match_indices('_').map(|(at, _)| at);
        ends.filter_map(|end| Table::of_name(&lower[..end])).map(RowTable::Ours).next()
    })
}

/// The table that kinds of sign-in name: Graph's words, or Log Analytics'.
pub(crate) fn of_event_types(types: &str) -> Option<RowTable> {
    let lower = types.to_ascii_lowercase();
    [
        ("noninteractiveuser", RowTable::Ours(Table::NonInteractive)),
        ("serviceprincipal", RowTable::Foreign(&SERVICE_PRINCIPAL)),
        ("managedidentity", RowTable::Foreign(&MANAGED_IDENTITY)),
        ("refreshtoken", RowTable::Ours(Table::NonInteractive)),
        ("continuousaccessevaluation", RowTable::Ours(Table::NonInteractive)),
        ("interactive", RowTable::Ours(Table::SignIn)),
    ]
    .into_iter()
    .find(|(word, _)| lower.contains(word))
    .map(|(_, kind)| kind)
}

/// Table suggested by a source's name, the last resort: by the nearest part of its path that names one.
pub(crate) fn of_file_name(name: &str) -> Option<RowTable> {
    let lower = name.to_ascii_lowercase();
    lower.split(['/', '\\', '!']).rev().find_map(|part| {
        let container = part.strip_prefix("insights-logs-").or_else(|| part.strip_prefix("am-"));
        container.and_then(known).or_else(|| marked(part))
    })
}

/// Table suggested by a part of a name. Later tables have the more telling marks: `noninteractive` before `signinlogs`.
fn marked(part: &str) -> Option<RowTable> {
    let is_marked = |marks: &[&str]| marks.iter().any(|mark| part.contains(mark));
    let foreign = Foreign::all().find(|table| is_marked(table.file_marks)).map(RowTable::Foreign);
    foreign
        .or_else(|| TABLES.iter().rev().find(|spec| is_marked(spec.file_marks)).map(|spec| RowTable::Ours(spec.table)))
}

/// The table of calls of the interface at this address; without a host, of the newest one.
pub(crate) fn of_request(uri: &str) -> Table {
    let host = uri.split_once("://").map_or("", |(_, rest)| rest);
    let of = |spec: &&crate::tables::TableSpec| spec.hosts.iter().any(|known| host.starts_with(known));
    TABLES.iter().find(of).map_or(Table::Graph, |spec| spec.table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_and_containers() {
        for (name, table) in [
            (
                "x/insights-logs-noninteractiveusersigninlogs/y=2026/PT1H.json",
                Some(RowTable::Ours(Table::NonInteractive)),
            ),
            ("am-MicrosoftGraphActivityLogs/PT05M.json", Some(RowTable::Ours(Table::Graph))),
            ("NonInteractiveSignIns_2026-05-01_2026-05-02.csv", Some(RowTable::Ours(Table::NonInteractive))),
            ("InteractiveSignIns_2026-05-01.json", Some(RowTable::Ours(Table::SignIn))),
            ("export.zip!MSISignIns_1.json", Some(RowTable::Foreign(&MANAGED_IDENTITY))),
            ("am-AADGraphActivityLogs/PT05M.json", Some(RowTable::Ours(Table::AadGraph))),
            ("AzureADGraphActivityLogs_may.csv", Some(RowTable::Ours(Table::AadGraph))),
            ("rows.json", None),
        ] {
            assert_eq!(of_file_name(name), table, "{name}");
        }
    }
}
