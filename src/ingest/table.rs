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
const AUDIT: Kind = Kind::Other(Cow::Borrowed("AuditLogs"));
/// Calls of the older Graph: its rows look like those of the newer one.
const AAD_GRAPH: Kind = Kind::Other(Cow::Borrowed("AADGraphActivityLogs"));

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
    ("auditlogs", AUDIT),
    ("adfssigninlogs", Kind::Other(Cow::Borrowed("ADFSSignInLogs"))),
    ("aadgraphactivitylogs", AAD_GRAPH),
    ("azureadgraphactivitylogs", AAD_GRAPH),
    ("graphapiauditevents", Kind::Ours(Table::Graph)),
    ("entraidspnsigninevents", SERVICE_PRINCIPAL),
    ("aadspnsignineventsbeta", SERVICE_PRINCIPAL),
];

/// Defender's tables that hold sign-ins of every kind: each row says its own.
const OF_ALL_KINDS: [&str; 2] = ["entraidsigninevents", "aadsignineventsbeta"];

/// What file names of downloads and collectors hold, more telling ones first.
const FILE_MARKS: &[(&str, Kind)] = &[
    ("serviceprincipal", SERVICE_PRINCIPAL),
    ("applicationsignins", SERVICE_PRINCIPAL),
    ("managedidentity", MANAGED_IDENTITY),
    ("msisignins", MANAGED_IDENTITY),
    ("adgraphactivity", AAD_GRAPH),
    ("graphactivity", Kind::Ours(Table::Graph)),
    ("noninteractive", Kind::Ours(Table::NonInteractive)),
    ("rt_signin_log", Kind::Ours(Table::NonInteractive)),
    ("interactivesignins", Kind::Ours(Table::SignIn)),
    ("interactiveuser", Kind::Ours(Table::SignIn)),
    ("signinlogs", Kind::Ours(Table::SignIn)),
];

/// The table a `Type` or category names; nothing where the row has more to say than that.
pub(super) fn named(name: &str) -> Option<Kind> {
    let lower = name.trim().to_ascii_lowercase();
    // Defender's stream to storage and event hubs.
    let lower = lower.strip_prefix("advancedhunting-").unwrap_or(&lower);
    if OF_ALL_KINDS.contains(&lower) {
        return None;
    }
    let known = NAMES.iter().find(|(known, _)| *known == lower).map(|(_, kind)| kind.clone());
    Some(known.unwrap_or_else(|| Kind::Other(Cow::Owned(name.trim().to_owned()))))
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
    /// Its `Type`.
    pub(super) kind: Option<Kind>,
    /// Its category.
    pub(super) category: Option<Kind>,
    /// Its kinds of sign-in.
    pub(super) event_types: Option<Kind>,
    /// Whether a person was at the prompt.
    pub(super) interactive: Option<bool>,
    /// Of what call it tells.
    pub(super) call: Call,
    /// It has the time of an activity.
    pub(super) is_audit: bool,
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
    if let Some(kind) = clues.kind.take() {
        return Told::Row(kind);
    }
    // An audit row's category is the kind of its activity.
    if clues.is_audit && !clues.is_sign_in && clues.call == Call::None {
        return Told::Row(AUDIT);
    }
    if let Some(kind) = clues.category.take() {
        return Told::Row(kind);
    }
    match clues.call {
        Call::AadGraph => return Told::Row(AAD_GRAPH),
        Call::Graph if from_name == Some(&AAD_GRAPH) => return Told::Name(AAD_GRAPH),
        Call::Graph => return Told::Row(Kind::Ours(Table::Graph)),
        Call::None => {}
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
            ("am-AADGraphActivityLogs/PT05M.json", Some(AAD_GRAPH)),
            ("AzureADGraphActivityLogs_may.csv", Some(AAD_GRAPH)),
            ("rows.json", None),
        ] {
            assert_eq!(of_file_name(name), table, "{name}");
        }
    }
}
