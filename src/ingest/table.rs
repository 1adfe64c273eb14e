//! Which table a row belongs to.

use super::fields::Rank;
use crate::model::Table;
use crate::tables::foreign::{AAD_GRAPH, ACTIVITY, AUDIT, MANAGED_IDENTITY, SERVICE_PRINCIPAL};
use crate::tables::{Foreign, Marks};

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

/// Lower-case `Type`, category and container names of the tables that have several.
const NAMES: &[(&str, Table)] = &[
    ("signinlogs", Table::SignIn),
    ("interactiveusersigninlogs", Table::SignIn),
    ("aadnoninteractiveusersigninlogs", Table::NonInteractive),
    ("noninteractiveusersigninlogs", Table::NonInteractive),
    ("microsoftgraphactivitylogs", Table::Graph),
    ("graphapiauditevents", Table::Graph),
];

/// Defender's tables that hold sign-ins of every kind: each row says its own.
const OF_ALL_KINDS: [&str; 2] = ["entraidsigninevents", "aadsignineventsbeta"];

/// What file names of downloads and collectors hold, more telling ones first.
const FILE_MARKS: &[(&str, Kind)] = &[
    ("serviceprincipal", Kind::Foreign(&SERVICE_PRINCIPAL)),
    ("applicationsignins", Kind::Foreign(&SERVICE_PRINCIPAL)),
    ("managedidentity", Kind::Foreign(&MANAGED_IDENTITY)),
    ("msisignins", Kind::Foreign(&MANAGED_IDENTITY)),
    ("adgraphactivity", Kind::Foreign(&AAD_GRAPH)),
    ("graphactivity", Kind::Ours(Table::Graph)),
    ("noninteractive", Kind::Ours(Table::NonInteractive)),
    ("rt_signin_log", Kind::Ours(Table::NonInteractive)),
    ("interactivesignins", Kind::Ours(Table::SignIn)),
    ("interactiveuser", Kind::Ours(Table::SignIn)),
    ("signinlogs", Kind::Ours(Table::SignIn)),
];

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
    let ours = NAMES.iter().find(|(known, _)| *known == lower).map(|(_, table)| Kind::Ours(*table));
    ours.or_else(|| Foreign::of_name(lower).map(Kind::Foreign))
}

/// The table whose copy a name says it is: `signinlogs`, or `signinlogs_may`.
fn copied(lower: &str) -> Option<Kind> {
    known(lower).or_else(|| {
        let (table, _) = NAMES.iter().copied().find_map(|(known, table)| {
            lower.strip_prefix(known).filter(|rest| rest.starts_with('_')).map(|rest| (table, rest))
        })?;
        Some(Kind::Ours(table))
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
        let marked = || FILE_MARKS.iter().find(|(mark, _)| part.contains(mark)).map(|(_, kind)| kind.clone());
        container.and_then(known).or_else(marked)
    })
}

/// Whose interface a row tells of a call to: it has a request, and a token or method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Call {
    /// It has no request.
    #[default]
    None,
    /// Microsoft Graph.
    Graph,
    /// The older Graph, by its host.
    AadGraph,
}

/// What a row says about its table.
#[derive(Default)]
pub(super) struct Clues {
    /// What names its table, and how strongly.
    kind: Option<(Rank, Kind)>,
    /// Keys that no table of ours has.
    pub(super) marks: Marks,
    /// What one column suggests, where nothing tells more.
    pub(super) hint: Option<&'static Foreign>,
    /// Its category.
    pub(super) category: Option<Kind>,
    /// Its kinds of sign-in.
    pub(super) event_types: Option<Kind>,
    /// Whether a person was at the prompt.
    pub(super) interactive: Option<bool>,
    /// Of what call it tells.
    pub(super) call: Call,
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
        self.is_sign_in || self.call != Call::None
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
pub(super) fn tell(clues: &mut Clues, from_name: Option<&Kind>) -> Told {
    let named = clues.kind.take().map(|(_, kind)| kind);
    if let Some(kind @ (Kind::Ours(_) | Kind::Foreign(_))) = named {
        return Told::Row(kind);
    }
    if let (None, Some(Kind::Ours(table))) = (&named, &clues.category) {
        return Told::Row(Kind::Ours(*table));
    }
    // A computed column may have taken the place of the name; what a row holds is no accident.
    if let Some(table) = Foreign::of_marks(clues.marks) {
        return Told::Row(Kind::Foreign(table));
    }
    if let Some(Kind::Named(name)) = named {
        return if clues.is_alike() { Told::Alike(name) } else { Told::Row(Kind::Named(name)) };
    }
    // An audit row's category is the kind of its activity.
    if clues.hint == Some(&AUDIT) && !clues.is_alike() {
        return Told::Row(Kind::Foreign(&AUDIT));
    }
    match clues.category.take() {
        Some(Kind::Named(_)) | None if clues.hint == Some(&ACTIVITY) => {
            return Told::Row(Kind::Foreign(&ACTIVITY));
        }
        Some(Kind::Named(name)) if clues.is_alike() => return Told::Alike(name),
        Some(kind) => return Told::Row(kind),
        None => {}
    }
    match clues.call {
        Call::AadGraph => return Told::Row(Kind::Foreign(&AAD_GRAPH)),
        Call::Graph if from_name == Some(&Kind::Foreign(&AAD_GRAPH)) => {
            return Told::Name(Kind::Foreign(&AAD_GRAPH));
        }
        Call::Graph => return Told::Row(Kind::Ours(Table::Graph)),
        Call::None => {}
    }
    if !clues.is_sign_in {
        return if clues.is_service_principal { Told::Row(Kind::Foreign(&SERVICE_PRINCIPAL)) } else { Told::Unknown };
    }
    if let Some(kind) = clues.event_types.take() {
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
            ("am-AADGraphActivityLogs/PT05M.json", Some(Kind::Foreign(&AAD_GRAPH))),
            ("AzureADGraphActivityLogs_may.csv", Some(Kind::Foreign(&AAD_GRAPH))),
            ("rows.json", None),
        ] {
            assert_eq!(of_file_name(name), table, "{name}");
        }
    }
}
