//! The published true-positive stories, rebuilt as raw rows, and their look-alikes.

mod flows;
mod near;
mod session;

use super::{Cell, Hit, Semantics, Settings, State, run};
use crate::facts::Facts;
use crate::model::{Confidence, Field, Severity, Table};
use crate::store::Store;
use crate::store::testing::Rows;

const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const USER: &str = "finance.director@contoso.com";
const RESOURCES: [(&str, &str, &str); 6] = [
    ("14:02:00", "00000003-0000-0000-c000-000000000000", "Microsoft Graph"),
    ("14:02:31", "00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"),
    ("14:03:02", "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "Microsoft Teams Services"),
    ("14:03:33", "797f4846-ba00-4fd7-ba43-dac1f8f63013", "Azure Resource Manager"),
    ("14:04:04", "cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "Azure Key Vault"),
    ("14:04:37", "c5393580-f805-4401-95e8-94b7a6ef2fc2", "Office 365 Management APIs"),
];

/// Twenty days of office work from one address, then the phish from another.
fn phish() -> Store {
    let mut rows = Rows::default();
    for day in 1..=20 {
        let at = format!("2026-04-{day:02}T09:00:00Z");
        rows.row(
            Table::SignIn,
            &at,
            &[
                (Field::UserId, "u1"),
                (Field::UserPrincipalName, USER),
                (Field::ResultType, "0"),
                (Field::IpAddress, "192.0.2.10"),
                (Field::AppId, "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"),
                (Field::UserAgent, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0"),
            ],
        );
    }
    rows.row(
        Table::SignIn,
        "2026-05-01T14:00:00Z",
        &[
            (Field::Id, "code"),
            (Field::UserId, "u1"),
            (Field::UserPrincipalName, USER),
            (Field::ResultType, "0"),
            (Field::AuthenticationProtocol, "deviceCode"),
            (Field::IpAddress, "192.0.2.10"),
            (Field::SessionId, "s1"),
            (Field::UserAgent, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0"),
            (Field::AppId, CLI),
        ],
    );
    for (number, (clock, id, name)) in RESOURCES.into_iter().enumerate() {
        rows.row(
            Table::NonInteractive,
            &format!("2026-05-01T{clock}Z"),
            &[
                (Field::Id, &format!("row{number}")),
                (Field::UserId, "u1"),
                (Field::UserPrincipalName, USER),
                (Field::ResultType, "0"),
                (Field::IncomingTokenType, "refreshToken"),
                (Field::AppId, CLI),
                (Field::AppDisplayName, "Microsoft Azure CLI"),
                (Field::ResourceIdentity, id),
                (Field::ResourceDisplayName, name),
                (Field::IpAddress, "198.51.100.23"),
                (Field::Asn, "64500"),
                (Field::UserAgent, "python-requests/2.31.0"),
                (Field::SessionId, "s1"),
                (Field::TokenId, &format!("tok{number}")),
            ],
        );
    }
    rows.row(
        Table::Graph,
        "2026-05-01T14:02:07Z",
        &[
            (Field::Id, "call"),
            (Field::UserId, "u1"),
            (Field::AppId, CLI),
            (Field::TokenId, "tok0"),
            (Field::RequestMethod, "GET"),
            (Field::ResponseStatusCode, "200"),
            (Field::RequestUri, "https://graph.microsoft.com/v1.0/me/messages?$search=\"invoice\""),
            (Field::UserAgent, "python-requests/2.31.0"),
        ],
    );
    rows.build()
}

fn hits(store: &Store, semantics: Semantics) -> Vec<Hit> {
    hits_with(store, &Settings { semantics, ..Settings::default() })
}

fn hits_with(store: &Store, settings: &Settings) -> Vec<Hit> {
    run(store, Facts::embedded(), settings)
}

fn shown(hit: &Hit, column: &str) -> String {
    match hit.column(column) {
        Some(Cell::Time(time)) => time.to_string(),
        Some(Cell::Number(number)) => number.to_string(),
        Some(Cell::Text(text)) => text.clone(),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_published_story_gives_the_published_record_in_both_semantics() {
    let store = phish();
    for semantics in [Semantics::Hunt, Semantics::Published] {
        let hits = hits(&store, semantics);
        let ids: Vec<_> = hits.iter().map(|hit| hit.analytic).collect();
        assert_eq!(ids, ["device-code-burst", "foci-burst"], "{semantics:?}");
        for hit in &hits {
            assert_eq!(shown(hit, "FirstSeen"), "2026-05-01T14:02:00.0000000Z");
            assert_eq!(shown(hit, "LastSeen"), "2026-05-01T14:04:37.0000000Z");
            assert_eq!(shown(hit, "SpanMinutes"), "2");
            assert_eq!(shown(hit, "ResourceCount"), "6");
            assert_eq!(shown(hit, "SignInCount"), "6");
            assert_eq!(shown(hit, "UserPrincipalName"), USER);
            assert!(hit.also_published);
        }
        assert_eq!(shown(&hits[0], "DeviceCodeTime"), "2026-05-01T14:00:00.0000000Z");
    }
}

#[test]
fn the_phish_is_severe_and_well_supported() {
    let hits = hits(&phish(), Semantics::Hunt);
    let hit = &hits[0];
    assert_eq!((hit.severity, hit.confidence), (Severity::High, Confidence::High), "{:#?}", hit.findings);
    assert_eq!(hits[1].severity, Severity::High, "{}", hits[1].severity_reason);
    assert_eq!(hit.graph_link(), super::GraphLink::Token);
    assert_eq!(hit.findings[4].state, State::Supports, "{}", hit.findings[4].sentence);
    assert!(hit.findings[4].sentence.contains("invoice"), "{}", hit.findings[4].sentence);
    let techniques: Vec<_> = hit.attack.iter().map(|attack| attack.id).collect();
    assert!(techniques.contains(&"T1528") && techniques.contains(&"T1114.002"), "{techniques:?}");
}

#[test]
fn without_graph_rows_no_mail_technique_is_earned_and_the_step_says_what_to_export() {
    let mut rows = Rows::default();
    for (number, (clock, id, _)) in RESOURCES.into_iter().enumerate() {
        rows.row(
            Table::NonInteractive,
            &format!("2026-05-01T{clock}Z"),
            &[
                (Field::Id, &format!("row{number}")),
                (Field::UserId, "u1"),
                (Field::ResultType, "0"),
                (Field::AppId, CLI),
                (Field::ResourceIdentity, id),
            ],
        );
    }
    let hits = hits(&rows.build(), Semantics::Hunt);
    assert_eq!(hits.len(), 1);
    assert!(hits[0].attack.iter().all(|attack| attack.id != "T1114.002"));
    assert_eq!(hits[0].findings[1].state, State::Missing);
    assert!(hits[0].findings[4].sentence.contains("MicrosoftGraphActivityLogs"));
}

#[test]
fn an_office_client_starting_at_the_usual_desk_ranks_low() {
    let mut rows = Rows::default();
    for day in 1..=20 {
        for (minute, (_, id, name)) in RESOURCES[..3].iter().enumerate() {
            rows.row(
                Table::NonInteractive,
                &format!("2026-04-{day:02}T08:0{minute}:00Z"),
                &[
                    (Field::Id, &format!("{day}-{minute}")),
                    (Field::UserId, "u2"),
                    (Field::ResultType, "0"),
                    (Field::AppId, "d3590ed6-52b3-4102-aeff-aad2292ab01c"),
                    (Field::AppDisplayName, "Microsoft Office"),
                    (Field::ResourceIdentity, id),
                    (Field::ResourceDisplayName, name),
                    (Field::IpAddress, "192.0.2.20"),
                    (Field::UserAgent, "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17531; Pro)"),
                ],
            );
        }
    }
    let hits = hits(&rows.build(), Semantics::Hunt);
    assert_eq!(hits.len(), 20);
    let last = hits.last().unwrap();
    assert_eq!((last.severity, last.confidence), (Severity::Low, Confidence::Low), "{:#?}", last.findings);
}

#[test]
fn a_burst_one_tick_too_long_or_one_resource_short_stays_quiet() {
    let burst = |last: &str, resources: usize| {
        let mut rows = Rows::default();
        for (number, clock) in ["14:00:00", "14:05:00", last].into_iter().enumerate() {
            rows.row(
                Table::NonInteractive,
                &format!("2026-05-01T{clock}Z"),
                &[
                    (Field::Id, &format!("{number}")),
                    (Field::UserId, "u"),
                    (Field::ResultType, "0"),
                    (Field::AppId, CLI),
                    (Field::ResourceIdentity, ["a", "b", "c"][number.min(resources - 1)]),
                ],
            );
        }
        hits(&rows.build(), Semantics::Hunt).len()
    };
    assert_eq!(burst("14:10:00", 3), 1);
    assert_eq!(burst("14:10:00.0000001", 3), 0);
    assert_eq!(burst("14:10:00", 2), 0);
}
