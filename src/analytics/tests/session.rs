//! Session hops: what fires, what stays quiet, and what the published query does otherwise.

use super::hits_with;
use crate::analytics::{Cell, Semantics, Settings, State};
use crate::model::{Field, Table};
use crate::store::Store;
use crate::store::testing::Rows;

const TEAMS: &str = "1fec8e78-bce4-4aaf-ab1b-5451cc387264";
const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const AAD_GRAPH: &str = "00000002-0000-0000-c000-000000000000";
const TENANT: &str = "11111111-2222-3333-4444-555555555555";

/// A Teams login at 10:00:00, then `client` for AAD Graph at `second`, with some fields of the second changed.
fn hop(second: &str, client: &str, changed: &[(Field, &str)]) -> Store {
    let mut rows = Rows::default();
    let common = [
        (Field::UserId, "u"),
        (Field::UserPrincipalName, "a.novak@contoso.com"),
        (Field::SessionId, "s"),
        (Field::ResultType, "0"),
        (Field::HomeTenantId, TENANT),
        (Field::ResourceTenantId, TENANT),
    ];
    let mut first = common.to_vec();
    first.extend([
        (Field::Id, "first"),
        (Field::AppId, TEAMS),
        (Field::AppDisplayName, "Microsoft Teams"),
        (Field::IncomingTokenType, "none"),
        (Field::IpAddress, "192.0.2.7"),
        (Field::ProcessingDetails, r#"[{"key":"Oauth Scope Info","value":"[\"User.Read\"]"}]"#),
    ]);
    rows.row(Table::NonInteractive, "2026-05-01T10:00:00Z", &first);
    let mut later = common.to_vec();
    later.extend([
        (Field::Id, "second"),
        (Field::AppId, client),
        (Field::AppDisplayName, "Microsoft Azure CLI"),
        (Field::IncomingTokenType, "refreshToken"),
        (Field::ResourceIdentity, AAD_GRAPH),
        (Field::ResourceDisplayName, "Windows Azure Active Directory"),
        (Field::IpAddress, "198.51.100.9"),
        (Field::ProcessingDetails, r#"[{"key":"Oauth Scope Info","value":"[\"User.Read\",\"Directory.Read.All\"]"}]"#),
        (Field::TokenProtection, r#"{"signInSessionStatus":"unbound"}"#),
    ]);
    later.extend(changed);
    rows.row(Table::NonInteractive, &format!("2026-05-01T{second}Z"), &later);
    rows.build()
}

fn count(store: &Store, settings: &Settings) -> usize {
    hits_with(store, settings).iter().filter(|hit| hit.analytic == "session-hop").count()
}

fn published() -> Settings {
    Settings { semantics: Semantics::Published, ..Settings::default() }
}

#[test]
fn a_hop_tells_both_ends_and_what_changed() {
    let store = hop("10:04:00", CLI, &[]);
    let hits = hits_with(&store, &Settings::default());
    let [hit] = &hits[..] else { panic!("{} hits", hits.len()) };
    assert!(hit.also_published);
    assert_eq!(hit.column("AddedScopes"), Some(&Cell::List(vec!["Directory.Read.All".into()])));
    assert_eq!(hit.column("SecondIPAddress"), Some(&Cell::Text("198.51.100.9".into())));
    assert_eq!(hit.column("TimeDiff"), Some(&Cell::Number(4)));
    assert_eq!(hit.column("SecondCount"), Some(&Cell::Number(1)));
    assert_eq!(hit.resource_ids, [AAD_GRAPH]);
    let states: Vec<_> = hit.findings.iter().map(|finding| finding.state).collect();
    assert_eq!(states[2..7], [State::Supports, State::Supports, State::Supports, State::Unknown, State::Supports]);
}

#[test]
fn the_window_holds_both_ends_and_excludes_nothing_elapsed() {
    assert_eq!(count(&hop("11:30:00", CLI, &[]), &Settings::default()), 1);
    assert_eq!(count(&hop("11:30:00.0000001", CLI, &[]), &Settings::default()), 0);
    assert_eq!(count(&hop("10:00:00.0000001", CLI, &[]), &Settings::default()), 1);
    assert_eq!(count(&hop("10:00:00", CLI, &[]), &Settings::default()), 0);
}

#[test]
fn the_published_query_wants_a_minute_boundary_and_reads_the_first_result() {
    assert_eq!(count(&hop("10:00:59", CLI, &[]), &published()), 0);
    assert_eq!(count(&hop("10:01:00", CLI, &[]), &published()), 1);
    assert_eq!(count(&hop("10:05:00", CLI, &[(Field::ResultType, "50126")]), &published()), 1);
    assert_eq!(count(&hop("10:05:00", CLI, &[(Field::ResultType, "50126")]), &Settings::default()), 0);
}

#[test]
fn look_alikes_stay_quiet() {
    for changed in [
        [(Field::IncomingTokenType, "none")],
        [(Field::IncomingTokenType, "")],
        [(Field::ResourceIdentity, "00000003-0000-0000-c000-000000000000")],
        [(Field::ResourceTenantId, "another tenant")],
        [(Field::SessionId, "another session")],
        [(Field::SessionId, " ")],
        [(Field::UserId, "another user")],
    ] {
        assert_eq!(count(&hop("10:04:00", CLI, &changed), &Settings::default()), 0, "{changed:?}");
    }
    assert_eq!(count(&hop("10:04:00", TEAMS, &[]), &Settings::default()), 0);
    let withheld = [(Field::IncomingTokenType, "unknownFutureValue")];
    assert_eq!(count(&hop("10:04:00", CLI, &withheld), &Settings::default()), 1);
}

#[test]
fn the_tuning_flags_restrict_azure_cli_alone() {
    let admin_only = || Settings { admin_scope_only: true, ..Settings::default() };
    let noncompliant = || Settings { noncompliant_only: true, ..Settings::default() };
    let admin = (Field::ProcessingDetails, r#"[{"key":"wids","value":"62E90394-69F5-4237-9190-012177145E10"}]"#);
    assert_eq!(count(&hop("10:04:00", CLI, &[]), &admin_only()), 0);
    assert_eq!(count(&hop("10:04:00", CLI, &[admin]), &admin_only()), 1);
    assert_eq!(count(&hop("10:04:00", CLI, &[admin]), &noncompliant()), 1);
    let compliant = [admin, (Field::DeviceDetail, r#"{"isCompliant":true}"#)];
    assert_eq!(count(&hop("10:04:00", CLI, &compliant), &noncompliant()), 0);
    assert_eq!(count(&hop("10:04:00", "1950a258-227b-4e31-a9cf-717495945fc2", &[]), &noncompliant()), 1);
}

#[test]
fn the_broad_version_is_off_until_named_and_has_no_time_limit() {
    let store = hop("23:00:00", CLI, &[(Field::ResultType, "50126")]);
    assert!(hits_with(&store, &Settings::default()).is_empty());
    let broad = Settings { analytics: Some(vec!["session-hop-broad".into()]), ..Settings::default() };
    assert_eq!(hits_with(&store, &broad).len(), 1);
}
