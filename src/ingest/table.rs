//! Which table a row belongs to.

use crate::model::Table;
use crate::tables::foreign::{ACTIVITY, AUDIT, MANAGED_IDENTITY, SERVICE_PRINCIPAL};
use crate::tables::{Foreign, Marked, Marks, Rank, TABLES};

/// A row's table: one of ours, or one that is only counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An analytic may read it.
    Ours(Table),
    /// Known, and counted under its name.
    Foreign(&'static Foreign),
    /// Counted under the name it gives itself, which says nothing to us.
    Named(String),
}

/// Defender's tables that hold sign-ins of every kind: each row says its own.
const OF_ALL_KINDS: [&str; 2] = ["entraidsigninevents", "aadsignineventsbeta"];

/// What is put behind the name of a table for a copy of it: by a custom table, a job that writes one, a search of
/// archived logs, and a restore.
const COPIES: [&str; 4] = ["_kql_cl", "_cl", "_srch", "_rst"];

/// The table a `Type` or category names; nothing where the row has more to say than that.
pub(super) fn named(name: &str) -> Option<Kind> {
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
    Some(known(lower).or_else(copied).unwrap_or_else(|| Kind::Named(name.to_owned())))
}

fn known(lower: &str) -> Option<Kind> {
    Table::of_name(lower).map(Kind::Ours).or_else(|| Foreign::of_name(lower).map(Kind::Foreign))
}

/// The table whose copy a name says it is: `signinlogs`, or `signinlogs_may`.
fn copied(lower: &str) -> Option<Kind> {
    known(lower).or_else(|| {
        let ends = lower.match_indices('_').map(|(at, _)| at);
        ends.filter_map(|end| Table::of_name(&lower[..end])).map(Kind::Ours).next()
    })
}

/// The table that kinds of sign-in name: Graph's words, or Log Analytics'.
pub(super) fn of_event_types(types: &str) -> Option<Kind> {
    let lower = types.to_ascii_lowercase();
    [
        ("noninteractiveuser", Kind::Ours(Table::NonInteractive)),
        ("serviceprincipal", Kind::Foreign(&SERVICE_PRINCIPAL)),
        ("managedidentity", Kind::Foreign(&MANAGED_IDENTITY)),
        ("refreshtoken", Kind::Ours(Table::NonInteractive)),
        ("continuousaccessevaluation", Kind::Ours(Table::NonInteractive)),
        ("interactive", Kind::Ours(Table::SignIn)),
    ]
    .into_iter()
    .find(|(word, _)| lower.contains(word))
    .map(|(_, kind)| kind)
}

/// What a source's name suggests, the last resort: the nearest part of its path that says anything.
pub(super) fn of_file_name(name: &str) -> Option<Kind> {
    let lower = name.to_ascii_lowercase();
    lower.split(['/', '\\', '!']).rev().find_map(|part| {
        let container = part.strip_prefix("insights-logs-").or_else(|| part.strip_prefix("am-"));
        container.and_then(known).or_else(|| marked(part))
    })
}

/// What a part of a name suggests. Later tables have the more telling marks: `noninteractive` before `signinlogs`.
fn marked(part: &str) -> Option<Kind> {
    let is_marked = |marks: &[&str]| marks.iter().any(|mark| part.contains(mark));
    let foreign = Foreign::all().find(|table| is_marked(table.file_marks)).map(Kind::Foreign);
    foreign.or_else(|| TABLES.iter().rev().find(|spec| is_marked(spec.file_marks)).map(|spec| Kind::Ours(spec.table)))
}

/// The table of calls of the interface at this address; without a host, of the newest one.
pub(super) fn of_request(uri: &str) -> Table {
    let host = uri.split_once("://").map_or("", |(_, rest)| rest);
    let of = |spec: &&crate::tables::TableSpec| spec.hosts.iter().any(|known| host.starts_with(known));
    TABLES.iter().find(of).map_or(Table::Graph, |spec| spec.table)
}

/// What a row says about its table.
#[derive(Default)]
pub(super) struct Clues {
    /// What names its table, and how strongly.
    kind: Option<(Rank, Kind)>,
    /// Keys that tell a table.
    pub(super) marks: Marks,
    /// What one column suggests, where nothing tells more.
    pub(super) hint: Option<&'static Foreign>,
    /// Its category.
    pub(super) category: Option<Kind>,
    /// Its kinds of sign-in.
    pub(super) event_types: Option<Kind>,
    /// Whether a person was at the prompt.
    pub(super) interactive: Option<bool>,
    /// The table of calls it looks like a row of.
    pub(super) call: Option<Table>,
    /// It has a client and a user, or the id of a sign-in.
    pub(super) is_sign_in: bool,
    /// It has a service principal and no user.
    pub(super) is_service_principal: bool,
}

impl Clues {
    /// Takes a name of the row's table.
    pub(super) fn named(&mut self, rank: Rank, name: &str) {
        if self.kind.as_ref().is_none_or(|(held, _)| *held <= rank) {
            self.kind = named(name).map(|kind| (rank, kind));
        }
    }

    /// Whether it would be read, if it did not say another table.
    fn is_alike(&self) -> bool {
        self.is_sign_in || self.call.is_some()
    }
}

/// How a table was told.
pub(super) enum Told {
    /// By the row.
    Row(Kind),
    /// By the source's name, because the row does not say.
    Name(Kind),
    /// By nothing: it looks like a sign-in.
    Guess(Kind),
    /// By a name that says nothing to us, though the row looks like one of ours.
    Alike(String),
    /// It is no row we know.
    Unknown,
}

/// Decides a row's table.
pub(super) fn tell(clues: &Clues, from_name: Option<&Kind>) -> Told {
    let named = clues.kind.clone().map(|(_, kind)| kind);
    if let Some(kind @ (Kind::Ours(_) | Kind::Foreign(_))) = named {
        return Told::Row(kind);
    }
    if let (None, Some(Kind::Ours(table))) = (&named, &clues.category) {
        return Told::Row(Kind::Ours(*table));
    }
    // A computed column may have taken the place of the name; what a row holds is no accident.
    match clues.marks.table() {
        Some(Marked::Ours(table)) => return Told::Row(Kind::Ours(table)),
        Some(Marked::Foreign(table)) => return Told::Row(Kind::Foreign(table)),
        None => {}
    }
    if let Some(Kind::Named(name)) = named {
        return if clues.is_alike() { Told::Alike(name) } else { Told::Row(Kind::Named(name)) };
    }
    // An audit row's category is the kind of its activity.
    if clues.hint == Some(&AUDIT) && !clues.is_alike() {
        return Told::Row(Kind::Foreign(&AUDIT));
    }
    match clues.category.clone() {
        Some(Kind::Named(_)) | None if clues.hint == Some(&ACTIVITY) => {
            return Told::Row(Kind::Foreign(&ACTIVITY));
        }
        Some(Kind::Named(name)) if clues.is_alike() => return Told::Alike(name),
        Some(kind) => return Told::Row(kind),
        None => {}
    }
    match (clues.call, from_name) {
        // Exports that leave out the host: the name of the source may know better.
        (Some(Table::Graph), Some(Kind::Ours(table))) if table.uses() && *table != Table::Graph => {
            return Told::Name(Kind::Ours(*table));
        }
        (Some(table), _) => return Told::Row(Kind::Ours(table)),
        (None, _) => {}
    }
    if !clues.is_sign_in {
        return if clues.is_service_principal { Told::Row(Kind::Foreign(&SERVICE_PRINCIPAL)) } else { Told::Unknown };
    }
    if let Some(kind) = clues.event_types.clone() {
        return Told::Row(kind);
    }
    if clues.is_service_principal {
        return Told::Row(Kind::Foreign(&SERVICE_PRINCIPAL));
    }
    match (clues.interactive, from_name) {
        (Some(true), _) => Told::Row(Kind::Ours(Table::SignIn)),
        (Some(false), Some(kind)) if *kind != Kind::Ours(Table::SignIn) => Told::Name(kind.clone()),
        (Some(false), _) => Told::Row(Kind::Ours(Table::NonInteractive)),
        (None, Some(kind)) => Told::Name(kind.clone()),
        (None, None) => Told::Guess(Kind::Ours(Table::SignIn)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_and_containers() {
        for (name, table) in [
            ("x/insights-logs-noninteractiveusersigninlogs/y=2026/PT1H.json", Some(Kind::Ours(Table::NonInteractive))),
            ("am-MicrosoftGraphActivityLogs/PT05M.json", Some(Kind::Ours(Table::Graph))),
            ("NonInteractiveSignIns_2026-05-01_2026-05-02.csv", Some(Kind::Ours(Table::NonInteractive))),
            ("InteractiveSignIns_2026-05-01.json", Some(Kind::Ours(Table::SignIn))),
            ("export.zip!MSISignIns_1.json", Some(Kind::Foreign(&MANAGED_IDENTITY))),
            ("am-AADGraphActivityLogs/PT05M.json", Some(Kind::Ours(Table::AadGraph))),
            ("AzureADGraphActivityLogs_may.csv", Some(Kind::Ours(Table::AadGraph))),
            ("rows.json", None),
        ] {
            assert_eq!(of_file_name(name), table, "{name}");
        }
    }
}
