//! A small bundle and its hits, written by hand, for the tests of reports.

use crate::analytics::{Attack, Cell, Finding, GraphCall, GraphTie, Hit, Semantics, State};
use crate::ingest::Loaded;
use crate::model::{
    Confidence, EventId, Field, Problem, ProblemKind, Severity, ShapeFamily, Source, SourceShape, Sym, Table, Time,
};
use crate::store::testing::Rows;

/// User ids of the bundle.
const DIRECTOR: &str = "11111111-0000-0000-0000-000000000001";
const OTHER: &str = "11111111-0000-0000-0000-000000000002";
const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

/// Hostile in every way a user agent can be.
pub(crate) const AGENT: &str = "x|`y`<b>[a](https://evil.example/p)\u{1b}[31m\n# z";

/// A time of the day the story plays on.
pub(crate) fn time(clock: &str) -> Time {
    Time::parse(&format!("2026-05-01T{clock}Z")).expect("a test's time")
}

/// Six rows: a browser leg, two tokens, two Graph calls, and another user at the same address.
pub(crate) fn loaded() -> Loaded {
    let common = |user, upn| [(Field::UserId, user), (Field::UserPrincipalName, upn), (Field::AppId, CLI)];
    let director = common(DIRECTOR, "finance.director@contoso.com");
    let sign_in = |id: &'static str, resource: &'static str, name: &'static str, token: &'static str| {
        let more = [
            (Field::Id, id),
            (Field::AppDisplayName, "Microsoft Azure CLI"),
            (Field::ResourceIdentity, resource),
            (Field::ResourceDisplayName, name),
            (Field::ResultType, "0"),
            (Field::IpAddress, "198.51.100.23"),
            (Field::UserAgent, AGENT),
            (Field::SessionId, "5e55-1"),
            (Field::TokenId, token),
            (Field::IncomingTokenType, "refreshToken"),
            (Field::HomeTenantId, "7e7a-1"),
        ];
        director.into_iter().chain(more).collect::<Vec<_>>()
    };
    let call = |id: &'static str, uri: &'static str| {
        vec![
            (Field::Id, id),
            (Field::UserId, DIRECTOR),
            (Field::AppId, CLI),
            (Field::IpAddress, "2001:db8::23"),
            (Field::UserAgent, AGENT),
            (Field::TokenId, "token-a"),
            (Field::RequestMethod, "GET"),
            (Field::RequestUri, uri),
            (Field::ResponseStatusCode, "200"),
        ]
    };
    let leg: Vec<_> = director
        .into_iter()
        .chain([
            (Field::Id, "leg"),
            (Field::AuthenticationProtocol, "deviceCode"),
            (Field::ResultType, "0"),
            (Field::IpAddress, "203.0.113.20"),
            (Field::SessionId, "5e55-1"),
        ])
        .collect();
    let other: Vec<_> = common(OTHER, "b_office|x@contoso.com")
        .into_iter()
        .chain([(Field::Id, "other"), (Field::ResultType, "0"), (Field::IpAddress, "198.51.100.23")])
        .collect();
    let store = Rows::default()
        .row(Table::SignIn, "2026-05-01T13:00:00Z", &other)
        .row(Table::SignIn, "2026-05-01T14:00:00Z", &leg)
        .row(
            Table::NonInteractive,
            "2026-05-01T14:02:00Z",
            &sign_in("a", "00000003-0000-0000-c000-000000000000", "Microsoft Graph", "token-a"),
        )
        .row(Table::NonInteractive, "2026-05-01T14:02:31Z", &sign_in("b", "res-2", "Vault|One", "token-b"))
        .row(
            Table::Graph,
            "2026-05-01T14:03:00Z",
            &call("g1", "https://graph.microsoft.com/v1.0/me/messages?$search=\"invoice\""),
        )
        .row(
            Table::Graph,
            "2026-05-01T14:03:05Z",
            &call("g2", "https://graph.microsoft.com/v1.0/me/messages?$search=\"invoice\""),
        )
        .build();
    let mut source = Source {
        name: "/evidence/contoso/rows.json".into(),
        path: "/evidence/contoso/rows.json".into(),
        shape: Some(SourceShape { id: "log-analytics-ndjson", family: ShapeFamily::Query }),
        bytes: 4096,
        sha256: "ab".repeat(32).into(),
        read: 6,
        skipped: 1,
        first: Some(time("13:00:00")),
        last: Some(time("14:03:05")),
        remarks: vec!["no time zone: read as UTC".into()],
        ..Source::default()
    };
    for table in Table::ALL {
        source.tables.insert(table.name().into(), 2);
    }
    for field in Field::ALL.into_iter().filter(|field| *field != Field::CorrelationId) {
        source.fields.insert(field);
    }
    let problem = Problem {
        source: source.name.clone(),
        record: Some(7),
        offset: Some(812),
        kind: ProblemKind::Unread,
        reason: "is cut off in the middle".into(),
    };
    Loaded::new(store, vec![source], vec![problem])
}

/// A hit of the director's rows, and a light one of the other user's.
pub(crate) fn hits(loaded: &Loaded) -> Vec<Hit> {
    let mut light = hit(loaded, "light", "b_office|x@contoso.com", OTHER);
    light.severity = Severity::Low;
    light.confidence = Confidence::Low;
    light.evidence = vec![EventId(0)];
    light.legs.clear();
    light.graph.clear();
    light.attack.clear();
    light.first_seen = time("13:00:00");
    light.last_seen = time("13:00:00");
    vec![light, hit(loaded, "heavy", "finance.director@contoso.com", DIRECTOR)]
}

fn hit(loaded: &Loaded, id: &str, upn: &str, user: &str) -> Hit {
    let columns = vec![
        ("DeviceCodeTime", Cell::Time(time("14:00:00"))),
        ("FirstSeen", Cell::Time(time("14:02:00"))),
        ("UserPrincipalName", Cell::Text(upn.into())),
        ("Resources", Cell::List(vec!["Microsoft Graph".into(), "Vault|One".into()])),
        ("SignInCount", Cell::Number(2)),
    ];
    let finding = |state, sentence: &str, rows: &[EventId]| {
        Finding::new(state, "brief", sentence).with_rows(rows.iter().copied())
    };
    Hit {
        id: id.into(),
        analytic: "device-code-burst",
        semantics: Semantics::Hunt,
        also_published: true,
        severity: Severity::High,
        severity_reason: "two classes of worth".into(),
        confidence: Confidence::High,
        confidence_reason: "1 finding supports it".into(),
        reasons: vec!["2 resources in 31s".into(), "device code 2m00s before".into()],
        user: loaded.store.find(user).unwrap_or(Sym::NONE),
        user_id: user.into(),
        upn: upn.into(),
        app_id: CLI.into(),
        app_name: "Microsoft Azure CLI".into(),
        session: Some("5e55-1".into()),
        code_time: Some(time("14:00:00")),
        first_seen: time("14:02:00"),
        last_seen: time("14:02:31"),
        sign_in_count: 2,
        resource_ids: vec!["00000003-0000-0000-c000-000000000000".into(), "res-2".into()],
        family: "left the family (a source)".into(),
        columns,
        evidence: vec![EventId(2), EventId(3)],
        legs: vec![EventId(1)],
        graph: [4, 5].map(|id| GraphCall { event: EventId(id), tie: GraphTie::Token }).into(),
        acts: Vec::new(),
        attack: vec![Attack {
            id: "T1114.002",
            name: "Email Collection: Remote Email Collection",
            evidence: "searched mail \"invoice\" 2×".into(),
        }],
        grade: None,
        weights: None,
        span_needed: None,
        allowed: None,
        incident: id.into(),
        elsewhere: Vec::new(),
        uncovered: None,
        machine: String::new(),
        findings: vec![
            finding(State::Supports, "never seen address; agent x|y", &[EventId(2), EventId(3)]),
            finding(State::Against, "the device is compliant", &[EventId(1)]),
            finding(State::Missing, "No audit log. To answer: export AuditLogs.", &[]),
        ],
    }
}
