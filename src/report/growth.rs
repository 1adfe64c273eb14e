//! Growth of the work with the parts of a bundle: rows and texts looked at, at two sizes, four times apart.

use super::{Header, Report, exporter};
use crate::analytics::{self, Settings};
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::model::{Field, Flags, Source, Table, Time, work};
use crate::report::info::{info, lines};
use crate::store::Key;
use crate::store::testing::Rows;
use crate::triage::lineage::{Grouping, tree};
use crate::triage::{Case, fingerprint, runs};

const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const SHELL: &str = "1950a258-227b-4e31-a9cf-717495945fc2";
const TEAMS: &str = "1fec8e78-bce4-4aaf-ab1b-5451cc387264";
const RESOURCES: [&str; 4] = [
    "00000003-0000-0000-c000-000000000000",
    "00000002-0000-0000-c000-000000000000",
    "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",
];

const OFFICE_HOME: &str = "4765445b-32c6-49b0-83e6-1d93765276ca";
/// Milliseconds of the days at home.
const DAYS: usize = 21 * 86_400_000;
const AWAY: [(Field, &str); 3] = [
    (Field::IpAddress, "198.51.100.23"),
    (Field::Asn, "64500"),
    (Field::DeviceDetail, r#"{"operatingSystem":"Windows"}"#),
];
const TOOL: [(Field, &str); 1] = [(Field::UserAgent, "axios/1.7.9")];

/// Rows of one bundle.
#[derive(Default)]
struct Made(Rows);

type Fields<'f> = &'f [(Field, &'f str)];

impl Made {
    fn row(&mut self, table: Table, millis: usize, common: Fields, special: Fields) {
        let time = Time::parse("2026-05-04T08:00:00Z").unwrap();
        let ticks = i64::try_from(millis).unwrap() * 10_000;
        let time = time.plus(crate::model::Span::from_ticks(ticks)).to_string();
        let held = |field| special.iter().any(|(special, _)| *special == field);
        let mut fields: Vec<_> = common.iter().copied().filter(|(field, _)| !held(*field)).collect();
        fields.extend(special);
        // The published query has only the ingest time.
        self.0.row_at(table, &time, &time, &fields);
    }

    /// A token exchange of one user's Azure PowerShell, but for what is given.
    fn exchange(&mut self, millis: usize, special: Fields) {
        let common = [
            (Field::UserId, "u1"),
            (Field::UserPrincipalName, "u1@contoso.com"),
            (Field::AppId, SHELL),
            (Field::AppDisplayName, "Microsoft Azure PowerShell"),
            (Field::ResultType, "0"),
            (Field::IpAddress, "203.0.113.7"),
            (Field::UserAgent, "python-requests/2.32.3"),
            (Field::IncomingTokenType, "refreshToken"),
            (Field::ResourceIdentity, RESOURCES[0]),
            (Field::HomeTenantId, "t1"),
            (Field::ResourceTenantId, "t1"),
        ];
        self.row(Table::NonInteractive, millis, &common, special);
    }

    /// A first login.
    fn login(&mut self, millis: usize, special: Fields) {
        let common = [
            (Field::UserId, "u1"),
            (Field::UserPrincipalName, "u1@contoso.com"),
            (Field::AppId, TEAMS),
            (Field::AppDisplayName, "Microsoft Teams"),
            (Field::ResultType, "0"),
            (Field::IpAddress, "203.0.113.7"),
            (Field::IncomingTokenType, "none"),
            (Field::HomeTenantId, "t1"),
            (Field::ResourceTenantId, "t1"),
        ];
        self.row(Table::NonInteractive, millis, &common, special);
    }

    /// Forty bound sign-ins over twenty days from one network.
    fn days_at_home(&mut self) {
        let bound = r#"{"signInSessionStatus":"bound"}"#;
        for half in 0..40 {
            let home = [
                (Field::IpAddress, "192.0.2.10"),
                (Field::Asn, "64496"),
                (Field::UserAgent, "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0"),
                (Field::TokenProtection, bound),
                (Field::DeviceDetail, r#"{"deviceId":"d1","operatingSystem":"Windows"}"#),
            ];
            self.exchange(half * DAYS / 42, &home);
        }
    }

    /// An interactive sign-in at home.
    fn sign_in(&mut self, millis: usize, special: Fields) {
        let common = [
            (Field::UserId, "u1"),
            (Field::UserPrincipalName, "u1@contoso.com"),
            (Field::ResultType, "0"),
            (Field::IpAddress, "192.0.2.10"),
            (Field::Asn, "64496"),
            (Field::UserAgent, "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0"),
            (Field::IncomingTokenType, "none"),
        ];
        self.row(Table::SignIn, millis, &common, special);
    }

    /// A device code typed.
    fn code(&mut self, millis: usize, special: Fields) {
        let common = [
            (Field::UserId, "u1"),
            (Field::UserPrincipalName, "u1@contoso.com"),
            (Field::ResultType, "0"),
            (Field::AuthenticationProtocol, "deviceCode"),
            (Field::IpAddress, "203.0.113.7"),
        ];
        self.row(Table::SignIn, millis, &common, special);
    }

    fn call(&mut self, millis: usize, special: Fields) {
        let common = [
            (Field::UserId, "u1"),
            (Field::AppId, SHELL),
            (Field::TokenId, "token"),
            (Field::RequestMethod, "GET"),
            (Field::RequestUri, "https://graph.microsoft.com/v1.0/me/messages"),
            (Field::ResponseStatusCode, "200"),
        ];
        self.row(Table::Graph, millis, &common, special);
    }

    /// An act of the user that succeeded.
    fn act(&mut self, millis: usize, special: Fields) {
        self.row(Table::UnifiedAudit, millis, &[(Field::UserId, "u1")], special);
        self.0.flag(Flags::SUCCESS);
    }

    /// A burst of one user.
    fn burst(&mut self, millis: usize, special: Fields) {
        for (at, resource) in RESOURCES.iter().enumerate() {
            let mut fields = vec![(Field::ResourceIdentity, *resource), (Field::TokenId, "token")];
            fields.extend(special);
            self.exchange(millis + at * 100, &fields);
        }
    }
}

/// One kind of content of a bundle, made `n` times.
type Content = (&'static str, fn(&mut Made, usize));

/// A burst, and `n` exchanges in it that differ in a field.
fn varied(made: &mut Made, n: usize, field: Field) {
    made.burst(0, &[]);
    for at in 0..n {
        made.exchange(500 + at, &[(field, &format!("value {at}"))]);
    }
}

/// Fields of a call of a sweep.
fn swept(at: usize) -> [(Field, &'static str); 2] {
    const PATHS: [&str; 6] = ["organization", "users", "groups", "applications", "devices", "me/messages"];
    [(Field::RequestUri, PATHS[at % PATHS.len()]), (Field::SessionId, "s")]
}

const CONTENTS: [Content; 28] = [
    ("objects of calls", |made, n| {
        made.burst(0, &[]);
        for at in 0..n {
            let uri = format!("https://graph.microsoft.com/v1.0/users/{at:08}-0000-4000-8000-000000000000/memberOf");
            made.call(1000 + at, &[(Field::RequestUri, &uri)]);
        }
    }),
    ("agents of calls", |made, n| {
        made.burst(0, &[]);
        for at in 0..n {
            made.call(1000 + at, &[(Field::UserAgent, &format!("tool/{at}"))]);
        }
    }),
    ("resources", |made, n| varied(made, n, Field::ResourceIdentity)),
    ("agents", |made, n| varied(made, n, Field::UserAgent)),
    ("addresses", |made, n| varied(made, n, Field::IpAddress)),
    ("sessions", |made, n| varied(made, n, Field::SessionId)),
    ("correlation ids", |made, n| varied(made, n, Field::CorrelationId)),
    ("clients", |made, n| varied(made, n, Field::AppId)),
    ("kinds of token", |made, n| varied(made, n, Field::IncomingTokenType)),
    ("devices", |made, n| varied(made, n, Field::DeviceDetail)),
    ("sign-in names of an id", |made, n| varied(made, n, Field::UserPrincipalName)),
    ("users with a hit", |made, n| {
        for at in 0..n {
            let (id, upn) = (format!("u{at}"), format!("u{at}@contoso.com"));
            made.burst(at * 10, &[(Field::UserId, &id), (Field::UserPrincipalName, &upn), (Field::TokenId, "")]);
        }
    }),
    ("hits of a user", |made, n| (0..n).for_each(|at| made.burst(at * 1_300_000, &[(Field::TokenId, "")]))),
    ("sessions of a user with a hit", |made, n| {
        for at in 0..n {
            let session = format!("s{at}");
            made.login(at * 60_000, &[(Field::SessionId, &session)]);
            let hop =
                [(Field::SessionId, &*session), (Field::AppId, CLI), (Field::AppDisplayName, "Microsoft Azure CLI")];
            made.exchange(at * 60_000 + 10_000, &[&hop[..], &[(Field::ResourceIdentity, RESOURCES[1])]].concat());
        }
    }),
    ("requests of a session", |made, n| {
        made.login(0, &[(Field::SessionId, "s")]);
        let hop = [(Field::SessionId, "s"), (Field::AppId, CLI), (Field::AppDisplayName, "Microsoft Azure CLI")];
        let hop = [&hop[..], &[(Field::ResourceIdentity, RESOURCES[1])]].concat();
        (0..n).for_each(|at| made.exchange(60_000 + at, &hop));
    }),
    ("logins and requests of a session", |made, n| {
        let hop = [(Field::SessionId, "s"), (Field::AppId, CLI), (Field::AppDisplayName, "Microsoft Azure CLI")];
        let hop = [&hop[..], &[(Field::ResourceIdentity, RESOURCES[1])]].concat();
        (0..n).for_each(|at| made.login(at, &[(Field::SessionId, "s")]));
        (0..n).for_each(|at| made.exchange(120_000 + at, &hop));
    }),
    ("device codes before a burst", |made, n| {
        for at in 0..n {
            made.code(at, &[(Field::SessionId, &format!("s{at}"))]);
        }
        made.burst(n + 5000, &[]);
    }),
    ("device codes in a burst", |made, n| {
        for at in 0..n {
            made.code(at * 10, &[(Field::SessionId, &format!("s{at}"))]);
            made.exchange(at * 10 + 1, &[(Field::ResourceIdentity, RESOURCES[at % 4])]);
        }
    }),
    ("device codes with a burst each", |made, n| {
        for at in 0..n {
            made.code(at * 2_000_000, &[(Field::SessionId, &format!("s{at}"))]);
            made.burst(at * 2_000_000 + 60_000, &[(Field::TokenId, "")]);
        }
    }),
    ("codes of a session redeemed elsewhere", |made, n| {
        made.days_at_home();
        for at in 0..n {
            let app = [(Field::AppId, CLI), (Field::SessionId, "s")];
            made.sign_in(DAYS + at * 2000, &app);
            made.login(DAYS + at * 2000 + 1000, &[&app[..], &AWAY].concat());
        }
    }),
    ("sessions begun elsewhere", |made, n| {
        made.days_at_home();
        for at in 0..n {
            let session = format!("s{at}");
            let of = [(Field::SessionId, &*session), (Field::AppId, OFFICE_HOME)];
            made.sign_in(DAYS + at * 60_000, &[&of[..], &AWAY].concat());
            made.exchange(DAYS + at * 60_000 + 1000, &[&of[..], &AWAY, &TOOL].concat());
        }
    }),
    ("acts of sessions begun elsewhere", |made, n| {
        made.days_at_home();
        for at in 0..n {
            let (session, address) = (format!("s{at}"), format!("198.{}.{}.7", 18 + at / 250, at % 250));
            let of = [(Field::SessionId, &*session), (Field::AppId, OFFICE_HOME), (Field::IpAddress, &*address)];
            made.sign_in(DAYS + at * 60_000, &[&of[..], &AWAY[1..]].concat());
            made.act(DAYS + at * 60_000 + 1000, &[of[0], (Field::Operation, "New-InboxRule")]);
            made.act(DAYS + at * 60_000 + 2000, &[of[0], (Field::Operation, "FileAccessed")]);
        }
    }),
    ("first uses of clients", |made, n| {
        made.days_at_home();
        for at in 0..n {
            let app = format!("client{at}");
            let of = [(Field::AppId, &*app), (Field::SessionId, "s"), (Field::ResourceIdentity, RESOURCES[2])];
            made.exchange(DAYS + at * 600_000, &[&of[..], &AWAY].concat());
        }
    }),
    ("unbound tokens", |made, n| {
        made.days_at_home();
        let unbound = r#"{"signInSessionStatus":"unbound","signInSessionStatusCode":1002}"#;
        for at in 0..n {
            let session = format!("s{at}");
            let of = [(Field::SessionId, &*session), (Field::TokenProtection, unbound)];
            made.exchange(DAYS + at * 1000, &[&of[..], &AWAY].concat());
        }
    }),
    ("calls of a sweep", |made, n| {
        made.burst(0, &[(Field::SessionId, "s")]);
        (0..n.max(20)).for_each(|at| made.call(1000 + at, &swept(at)));
    }),
    ("sweeps of a user", |made, n| {
        for at in 0..n * 20 {
            made.call(at / 20 * 1_300_000 + at % 20, &swept(at));
        }
    }),
    ("networks of a tool", |made, n| {
        for at in 0..n {
            let address = format!("11.{}.{}.7", at / 250, at % 250);
            made.exchange(at, &[(Field::IpAddress, address.as_str()), (Field::UserAgent, "azurehound/2")]);
        }
    }),
    ("devices that codes made", |made, n| {
        for at in 0..n {
            let (session, device) = (format!("s{at}"), format!(r#"{{"deviceId":"d{at}"}}"#));
            let fields = [
                (Field::SessionId, &*session),
                (Field::DeviceDetail, &*device),
                (Field::IncomingTokenType, "primaryRefreshToken"),
                (Field::OriginalTransferMethod, "deviceCodeFlow"),
            ];
            made.exchange(at * 3_600_000, &fields);
        }
    }),
];

/// Looks that findings, note, overview and lineage take over a bundle of a kind.
fn looks(kind: &Content, n: usize) -> (u64, usize) {
    let mut made = Made::default();
    kind.1(&mut made, n);
    let loaded = Loaded::new(made.0.build(), vec![Source::default()], Vec::new());
    let (store, facts, settings) = (&loaded.store, Facts::embedded(), Settings::default());
    let mut found = 0;
    let looks = work::looks(|| {
        let hits = analytics::run(store, facts, &settings);
        found = hits.len();
        let case = Case::new(fingerprint(&loaded.sources), String::new());
        let header = Header::new("contoso", "0.0.0", &settings);
        let report = Report::build(&loaded, facts, &hits, &case, &header);
        (exporter("markdown").unwrap().write)(&report, &mut std::io::sink()).unwrap();
        lines(&info(&loaded));
        let events = store.with(Key::User, store.find("u1").unwrap());
        tree(store, events, Grouping::Lineage);
        tree(store, events, Grouping::GroupBy(Field::UserAgent));
        runs::outline(store, events);
    });
    (looks, found)
}

#[test]
fn four_times_the_bundle_is_some_four_times_the_work() {
    let mut wrong = Vec::new();
    for kind in &CONTENTS {
        let ((few, found), (many, _)) = (looks(kind, 300), looks(kind, 1200));
        assert!(found > 0, "{}: no hit, so nothing was asked", kind.0);
        if many > few * 5 {
            wrong.push(format!("{}: {few} looks, and {many} for four times as much", kind.0));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
