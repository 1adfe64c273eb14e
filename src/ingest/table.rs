//! Which table a row belongs to.

use crate::model::Table;
use std::borrow::Cow;

/// A row's table: one of ours, or one that is only counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An analytic may read it.
    Ours(Table),
    /// Counted under this name.
    Other(Cow<'static, str>),
}

const SERVICE_PRINCIPAL: Kind = Kind::Other(Cow::Borrowed("AADServicePrincipalSignInLogs"));
const MANAGED_IDENTITY: Kind = Kind::Other(Cow::Borrowed("AADManagedIdentitySignInLogs"));

/// Lower-case `Type`, category and container names of the tables that have several.
const NAMES: &[(&str, Kind)] = &[
    ("signinlogs", Kind::Ours(Table::SignIn)),
    ("interactiveusersigninlogs", Kind::Ours(Table::SignIn)),
    ("aadnoninteractiveusersigninlogs", Kind::Ours(Table::NonInteractive)),
    ("noninteractiveusersigninlogs", Kind::Ours(Table::NonInteractive)),
    ("microsoftgraphactivitylogs", Kind::Ours(Table::Graph)),
    ("aadserviceprincipalsigninlogs", SERVICE_PRINCIPAL),
    ("serviceprincipalsigninlogs", SERVICE_PRINCIPAL),
    ("aadmanagedidentitysigninlogs", MANAGED_IDENTITY),
    ("managedidentitysigninlogs", MANAGED_IDENTITY),
    ("auditlogs", Kind::Other(Cow::Borrowed("AuditLogs"))),
    ("adfssigninlogs", Kind::Other(Cow::Borrowed("ADFSSignInLogs"))),
    ("aadgraphactivitylogs", Kind::Other(Cow::Borrowed("AADGraphActivityLogs"))),
    ("azureadgraphactivitylogs", Kind::Other(Cow::Borrowed("AADGraphActivityLogs"))),
];

/// What file names of downloads and collectors hold, more telling ones first.
const FILE_MARKS: &[(&str, Kind)] = &[
    ("serviceprincipal", SERVICE_PRINCIPAL),
    ("applicationsignins", SERVICE_PRINCIPAL),
    ("managedidentity", MANAGED_IDENTITY),
    ("msisignins", MANAGED_IDENTITY),
    ("graphactivity", Kind::Ours(Table::Graph)),
    ("noninteractive", Kind::Ours(Table::NonInteractive)),
    ("rt_signin_log", Kind::Ours(Table::NonInteractive)),
    ("interactivesignins", Kind::Ours(Table::SignIn)),
    ("interactiveuser", Kind::Ours(Table::SignIn)),
    ("signinlogs", Kind::Ours(Table::SignIn)),
];

/// The table a `Type` or category names.
pub(super) fn named(name: &str) -> Kind {
    let lower = name.trim().to_ascii_lowercase();
    NAMES
        .iter()
        .find(|(known, _)| *known == lower)
        .map_or_else(|| Kind::Other(Cow::Owned(name.trim().to_owned())), |(_, kind)| kind.clone())
}

/// The table that kinds of sign-in name: Graph's words, or Log Analytics'.
pub(super) fn of_event_types(types: &str) -> Option<Kind> {
    let lower = types.to_ascii_lowercase();
    [
        ("noninteractiveuser", Kind::Ours(Table::NonInteractive)),
        ("serviceprincipal", SERVICE_PRINCIPAL),
        ("managedidentity", MANAGED_IDENTITY),
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
        let known = container.and_then(|table| NAMES.iter().find(|(name, _)| *name == table));
        known.or_else(|| FILE_MARKS.iter().find(|(mark, _)| part.contains(mark))).map(|(_, kind)| kind.clone())
    })
}

/// What a row says about its table.
#[derive(Default)]
pub(super) struct Clues {
    /// Its `Type`.
    pub(super) kind: Option<Kind>,
    /// Its category.
    pub(super) category: Option<Kind>,
    /// Its kinds of sign-in.
    pub(super) event_types: Option<Kind>,
    /// Whether a person was at the prompt.
    pub(super) interactive: Option<bool>,
    /// It has a request and a token or method.
    pub(super) is_request: bool,
    /// It has a client and a user, or the id of a sign-in.
    pub(super) is_sign_in: bool,
    /// It has a service principal and no user.
    pub(super) is_service_principal: bool,
}

/// How a table was told.
pub(super) enum Told {
    /// By the row.
    Row(Kind),
    /// By the source's name, because the row does not say.
    Name(Kind),
    /// By nothing: it looks like a sign-in.
    Guess(Kind),
    /// It is no row we know.
    Unknown,
}

/// Decides a row's table.
pub(super) fn tell(clues: &mut Clues, from_name: Option<&Kind>) -> Told {
    if let Some(kind) = clues.kind.take().or_else(|| clues.category.take()) {
        return Told::Row(kind);
    }
    if clues.is_request {
        return Told::Row(Kind::Ours(Table::Graph));
    }
    if !clues.is_sign_in {
        return if clues.is_service_principal { Told::Row(SERVICE_PRINCIPAL) } else { Told::Unknown };
    }
    if let Some(kind) = clues.event_types.take() {
        return Told::Row(kind);
    }
    if clues.is_service_principal {
        return Told::Row(SERVICE_PRINCIPAL);
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
            ("export.zip!MSISignIns_1.json", Some(MANAGED_IDENTITY)),
            ("rows.json", None),
        ] {
            assert_eq!(of_file_name(name), table, "{name}");
        }
    }
}
