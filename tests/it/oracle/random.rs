//! Dense random bundles: few users, clients, sessions and resources, and times that stand on each other's
//! thresholds, one tick before and after.

use super::hunt::uti;
use super::known::{
    AAD_GRAPH, AAD_GRAPH_NAME, BROKER, CLI, CLI_TYPO, COPILOT, EDGE_TAB, GLOBAL_ADMINISTRATOR, MANAGEMENT, OFFICE,
    POWERSHELL, STUDIO, TEAMS, VSCODE, ZERO,
};
use super::row::{MINUTE, Row, SECOND, TICK, at};
use std::collections::BTreeSet;
use tokentrail::testing::analytics::{Clients, Settings};
use tokentrail::testing::model::{Field, Span, Table, Time};

/// A small seeded generator (SplitMix64): the same seed, the same bundle, on every machine.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n.max(1)).expect("fits");
        usize::try_from(self.next() % n).expect("below n")
    }

    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub(crate) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}

/// A generated case.
pub(crate) struct Draw {
    pub(crate) rows: Vec<Row>,
    pub(crate) settings: Settings,
    pub(crate) per_source: usize,
}

/// The case of a seed.
pub(crate) fn draw(seed: u64) -> Draw {
    let mut dice = Dice::new(seed);
    let mut mint = Mint {
        noise: dice.pick(&[0, 1, 3, 8, 20]),
        users: dice.pick(&[1, 1, 2, 3]),
        lags: dice.pick(&[&[Some(0)][..], &[Some(90 * SECOND)], &[Some(0), Some(3 * MINUTE), None]]),
        theme: dice.pick(&[Theme::Burst, Theme::Flow, Theme::Hop, Theme::All]),
        tokens: dice.pick(&[Tokens::Any, Tokens::Any, Tokens::OfIds, Tokens::Contradict]),
        dice,
    };
    let count = 3 + mint.dice.below(20);
    let story = mint.dice.below(6);
    let mut rows: Vec<Row> = Vec::new();
    for n in 0..count {
        let row = if n < story { mint.story_row(&rows, n) } else { mint.row(&rows, n) };
        rows.push(row);
        if mint.dice.percent(3 + mint.noise) {
            let copy = mint.copy(&rows);
            let place = mint.dice.below(rows.len() + 1);
            rows.insert(place, copy);
        }
    }
    for _ in 0..mint.dice.below(1 + count / 3) {
        let (a, b) = (mint.dice.below(rows.len()), mint.dice.below(rows.len()));
        rows.swap(a, b);
    }
    // A copy of another table has that table's columns, and no others.
    for row in &mut rows {
        row.fields.retain(|field, _| row.table.spec().has(*field));
    }
    let settings = mint.settings(&rows);
    Draw { rows, settings, per_source: 1 + mint.dice.below(12) }
}

/// Relation of the token ids to the ids of the sign-ins.
#[derive(Clone, Copy, PartialEq)]
enum Tokens {
    /// Nothing.
    Any,
    /// They are what the ids give, and are often left out.
    OfIds,
    /// They are what the ids give, but some contradict them.
    Contradict,
}

#[derive(Clone, Copy, PartialEq)]
enum Theme {
    Burst,
    Flow,
    Hop,
    All,
}

struct Mint {
    dice: Dice,
    /// Chance in a hundred that a field is odd.
    noise: usize,
    users: usize,
    lags: &'static [Option<i64>],
    theme: Theme,
    tokens: Tokens,
}

/// Tables whose rows issue or use a token: those the analytics of the oracle read.
const OF_TOKENS: [Table; 4] = [Table::SignIn, Table::NonInteractive, Table::Graph, Table::AadGraph];

const USERS: [(&str, &str); 3] = [
    ("aaaaaaaa-0000-4000-8000-000000000001", "ana@contoso.com"),
    ("bbbbbbbb-0000-4000-8000-000000000002", "élodie@contoso.com"),
    ("cccccccc-0000-4000-8000-000000000003", "finance.director@contoso.com"),
];
const CLIENTS: [(&str, &str); 11] = [
    (CLI, "Microsoft Azure CLI"),
    (POWERSHELL, "Microsoft Azure PowerShell"),
    (OFFICE, "Microsoft Office"),
    (BROKER, "Microsoft Authentication Broker"),
    (CLI_TYPO, "Microsoft Azure CLI"),
    (TEAMS, "Microsoft Teams"),
    (COPILOT, "Copilot App"),
    (STUDIO, "Visual Studio - Legacy"),
    (EDGE_TAB, "Microsoft Edge Enterprise New Tab Page"),
    (MANAGEMENT, "Office 365 Management"),
    (VSCODE, "Visual Studio Code"),
];
const RESOURCES: [(&str, &str); 6] = [
    ("00000003-0000-0000-c000-000000000000", "Microsoft Graph"),
    ("00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"),
    ("797f4846-ba00-4fd7-ba43-dac1f8f63013", "Azure Resource Manager"),
    ("cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "Azure Key Vault"),
    ("c5393580-f805-4401-95e8-94b7a6ef2fc2", "Office 365 Management APIs"),
    (AAD_GRAPH, AAD_GRAPH_NAME),
];
const SESSIONS: [&str; 3] = ["5e551000-0000-4000-8000-0000000000aa", "S2", "S3"];
const CORRELATIONS: [&str; 3] = ["c0220000-0000-4000-8000-0000000000aa", "C2", "S2"];
const TOKENS: [&str; 5] = ["AbCdEf0", "abcdef0", "S2", "tok-3", "tok-4"];
/// An id as an anonymiser leaves it.
const NO_ID: &str = "11111111-1111-1111-1111-111111111111";
const TENANT: &str = "7e4a0000-0000-4000-8000-0000000000aa";
const DEVICES: [&str; 8] = [
    "{\"isCompliant\":true}",
    "{\"isCompliant\":false}",
    "{\"isCompliant\":\"true\"}",
    "{\"isCompliant\":\"false\"}",
    "{\"isCompliant\":null}",
    "{}",
    "{\"isCompliant\":tr",
    "",
];
/// Distances that thresholds are about.
const STEPS: [i64; 15] = [
    0,
    SECOND,
    5 * SECOND,
    -5 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    -10 * MINUTE,
    15 * MINUTE,
    20 * MINUTE,
    60 * MINUTE,
    90 * MINUTE,
    91 * MINUTE,
];

impl Mint {
    fn odd(&mut self) -> bool {
        let noise = self.noise;
        self.dice.percent(noise)
    }

    /// A time that stands a threshold away from an earlier row, at times one tick beside it.
    fn time(&mut self, rows: &[Row]) -> i64 {
        let anchor = at("2026-05-01T14:02:00Z");
        let Some(last) = rows.last() else { return anchor + self.dice.pick(&[0, -TICK, 4 * MINUTE, 30 * SECOND]) };
        let near = self.dice.percent(60);
        let from = if near { last.hunt_time() } else { self.dice.pick(rows).hunt_time() };
        let step = if near && self.dice.percent(70) { self.dice.pick(&STEPS[..8]) } else { self.dice.pick(&STEPS) };
        from + step + if self.dice.percent(20) { self.dice.pick(&[-TICK, TICK]) } else { 0 }
    }

    fn row(&mut self, rows: &[Row], n: usize) -> Row {
        let time = self.time(rows);
        let choice = self.dice.below(100);
        let mut row = match (self.theme, choice) {
            (_, 0..8) => self.graph(time),
            (Theme::Burst, _) | (Theme::Flow, 30..) | (Theme::All, 60..) => self.exchange(time),
            (Theme::Flow, _) | (Theme::All, 40..) => self.leg(time),
            (Theme::Hop | Theme::All, _) => self.hop_row(time),
        };
        self.finish(&mut row, n);
        row
    }

    /// One user's code, then their exchanges with one client, each for another resource: what chance alone
    /// seldom brings together.
    fn story_row(&mut self, rows: &[Row], n: usize) -> Row {
        let time = self.time(rows);
        let mut row = match (self.theme, n) {
            (Theme::Hop, _) => self.hop_row(time),
            (Theme::Flow | Theme::All, 0) => self.leg(time),
            _ => self.exchange(time),
        };
        let (id, upn) = USERS[0];
        row.set(Field::UserId, id);
        row.set(Field::UserPrincipalName, upn);
        if self.theme != Theme::Hop {
            row.set(Field::AppId, CLIENTS[0].0);
            row.set(Field::AppDisplayName, CLIENTS[0].1);
            row.set(Field::ResourceIdentity, RESOURCES[n].0);
            row.set(Field::ResourceDisplayName, RESOURCES[n].1);
        }
        self.finish(&mut row, n);
        row
    }

    fn finish(&mut self, row: &mut Row, n: usize) {
        row.set(Field::Id, &format!("id-{n:02}"));
        if self.tokens != Tokens::Any {
            self.token_of_id(row, n);
        }
        self.clocks(row);
        self.blemish(row);
    }

    /// An id that gives a token, and the token, of this row or, for a call, of another.
    fn token_of_id(&mut self, row: &mut Row, n: usize) {
        let id = |n: usize| format!("ebbcde9f-2dd4-4b92-8f29-7a0ef7b100{n:02}");
        row.set(Field::Id, &id(n));
        row.fields.remove(&Field::TokenId);
        let of = if row.table.uses() { self.dice.below(n + 2) } else { n };
        let token = uti(&id(of)).expect("a GUID");
        if row.table.uses() || self.dice.percent(30) {
            row.set(Field::TokenId, &token);
        } else if self.tokens == Tokens::Contradict && self.dice.percent(10) {
            row.set(Field::TokenId, self.dice.pick(&["AAAAAAAAAAAAAAAAAAAAAQ", "AAAAAAAAAAAAAAAAAAAAAA"]));
        }
    }

    fn clocks(&mut self, row: &mut Row) {
        let created = row.hunt_time();
        row.ingested = self.dice.pick(self.lags).map(|lag| created + lag);
        if self.odd() {
            row.ingested = Some(created + self.dice.pick(&[0, 10 * MINUTE, -MINUTE, TICK]));
        }
        match (self.odd(), self.odd()) {
            (true, _) => (row.created, row.ingested) = (None, Some(created)),
            (_, true) => row.ingested = None,
            _ => {}
        }
    }

    fn base(&mut self, table: Table, time: i64, clients: usize) -> Row {
        let (id, upn) = USERS[self.dice.below(self.users)];
        let (client, name) = CLIENTS[self.dice.below(clients)];
        let (resource, display) = self.dice.pick(&RESOURCES);
        let mut row = Row::new(table, time)
            .with(Field::UserId, id)
            .with(Field::UserPrincipalName, upn)
            .with(Field::AppId, client)
            .with(Field::AppDisplayName, name)
            .with(Field::ResourceIdentity, resource)
            .with(Field::ResourceDisplayName, display)
            .with(Field::ResultType, "0")
            .with(Field::IncomingTokenType, "refreshToken")
            .with(Field::AuthenticationProtocol, "none")
            .with(Field::SessionId, SESSIONS[0])
            .with(Field::HomeTenantId, TENANT)
            .with(Field::ResourceTenantId, TENANT)
            .with(Field::IpAddress, self.dice.pick(&["192.0.2.1", "198.51.100.7", "2001:db8::7"]))
            .with(Field::UserAgent, self.dice.pick(&["python-requests/2.31.0", "Mozilla/5.0 (X11)"]));
        match self.dice.below(8) {
            0..3 => row.set(Field::SessionId, self.dice.pick(&SESSIONS)),
            3 => drop(row.fields.remove(&Field::SessionId)),
            _ => {}
        }
        if self.dice.percent(50) {
            row.set(Field::CorrelationId, self.dice.pick(&CORRELATIONS));
        }
        if self.dice.percent(40) {
            row.set(Field::TokenId, self.dice.pick(&TOKENS));
        }
        row
    }

    fn exchange(&mut self, time: i64) -> Row {
        let clients = self.dice.pick(&[1, 1, 2, 6]);
        let mut row = self.base(Table::NonInteractive, time, clients);
        if self.theme != Theme::Burst && self.dice.percent(20) {
            row.set(Field::OriginalTransferMethod, "deviceCodeFlow");
        }
        row
    }

    fn leg(&mut self, time: i64) -> Row {
        let table = self.dice.pick(&[Table::SignIn, Table::SignIn, Table::NonInteractive]);
        let mut row = self.base(table, time, 3);
        match self.dice.below(5) {
            0 | 1 => {
                row.set(Field::AuthenticationProtocol, "deviceCode");
                row.set(Field::IncomingTokenType, "none");
            }
            2 | 3 => {
                row.set(Field::OriginalTransferMethod, "deviceCodeFlow");
                row.set(Field::IncomingTokenType, self.dice.pick(&["none", "none", "", "{PII Removed}"]));
            }
            _ => {
                row.set(Field::AuthenticationProtocol, "deviceCode");
                row.set(Field::OriginalTransferMethod, "deviceCodeFlow");
                row.set(Field::IncomingTokenType, self.dice.pick(&["none", "primaryRefreshToken"]));
            }
        }
        if self.dice.percent(30) {
            row.fields.remove(&Field::SessionId);
        }
        row
    }

    fn hop_row(&mut self, time: i64) -> Row {
        let first = self.dice.percent(35);
        let table = if self.dice.percent(80) { Table::NonInteractive } else { Table::SignIn };
        let clients = self.dice.pick(&[2, CLIENTS.len()]);
        let mut row = self.base(table, time, clients);
        if first {
            row.set(Field::IncomingTokenType, "none");
        } else if self.dice.percent(80) {
            row.set(Field::ResourceIdentity, AAD_GRAPH);
            row.set(Field::ResourceDisplayName, AAD_GRAPH_NAME);
        }
        row.set(Field::DeviceDetail, self.dice.pick(&DEVICES));
        let scopes = self.dice.pick(&["user_impersonation", "Mail.Read\\\",\\\"User.Read", ""]);
        let role = if self.dice.percent(60) { GLOBAL_ADMINISTRATOR } else { "none" };
        // The order of the two entries decides how much the greedy published expression takes.
        let scope = format!("{{\"key\":\"Oauth Scope Info\",\"value\":\"[\\\"{scopes}\\\"]\"}}");
        let roles = format!("{{\"key\":\"Role Ids\",\"value\":\"[{role}]\"}}");
        let entries = if self.dice.percent(50) { [scope, roles] } else { [roles, scope] };
        let details = match self.dice.below(8) {
            0 => String::new(),
            1 => format!("[{}]", entries.join(",")).to_uppercase(),
            _ => format!("[{}]", entries.join(",")),
        };
        row.set(Field::ProcessingDetails, &details);
        row.set(Field::ResultDescription, self.dice.pick(&["", "Other."]));
        row.set(Field::Identity, "Ana");
        row.set(Field::Location, self.dice.pick(&["DE", "NL"]));
        row.set(Field::ClientAppUsed, "Mobile Apps and Desktop clients");
        row.set(Field::LocationDetails, "{\"city\":\"Examplestadt\"}");
        row
    }

    fn graph(&mut self, time: i64) -> Row {
        let table = if time % 3 == 0 { Table::AadGraph } else { Table::Graph };
        let mut row = self.base(table, time, 2);
        let keep = [Field::UserId, Field::AppId, Field::SessionId, Field::TokenId, Field::IpAddress, Field::UserAgent];
        row.fields.retain(|field, _| keep.contains(field));
        row.set(Field::RequestMethod, "GET");
        row.set(
            Field::RequestUri,
            self.dice.pick(&["https://graph.microsoft.com/v1.0/me", "https://graph.microsoft.com/v1.0/users"]),
        );
        row.set(Field::ResponseStatusCode, "200");
        if self.dice.percent(30) {
            row.set(Field::TokenId, self.dice.pick(&CORRELATIONS));
        }
        row
    }

    /// Makes fields odd, each in the ways its paragraph speaks of.
    fn blemish(&mut self, row: &mut Row) {
        for field in row.fields.keys().copied().collect::<Vec<_>>() {
            if field == Field::Id || !self.odd() {
                continue;
            }
            let text = row.get(field).to_owned();
            let odd = match field {
                Field::ResultType => self.dice.pick(&[
                    "00", "", "Success", "success ", "50126", " 0 ", "SUCCESS", "0", "0.0", "0,00", "0.5", "-",
                ]),
                Field::IncomingTokenType => {
                    self.dice.pick(&["none", "None", " refresh Token ", "unknownFutureValue", "", "NONE ", "n one"])
                }
                Field::AuthenticationProtocol => self.dice.pick(&["DeviceCode", "device Code", "devicecode ", ""]),
                Field::OriginalTransferMethod => self.dice.pick(&["Device Code Flow", "DEVICECODEFLOW", "none", ""]),
                Field::DeviceDetail | Field::ProcessingDetails => "not json",
                Field::ResourceDisplayName => {
                    self.dice.pick(&["Renamed", "microsoft graph", "", "Azure Key Vault ", "undefined"])
                }
                Field::AppDisplayName => self.dice.pick(&["Azure CLI", "", "Microsoft Azure CLI", "None"]),
                Field::AppId => self.dice.pick(&[CLI, POWERSHELL, TEAMS, VSCODE]),
                Field::UserId => USERS[self.dice.below(3)].0,
                Field::TokenId => self.dice.pick(&["AbCdEf0==", "S2=", "=", "tok-3=", "{PII Removed}"]),
                Field::HomeTenantId | Field::ResourceTenantId => "7e4a0000-0000-4000-8000-0000000000bb",
                _ => "",
            };
            let plain = [
                " ",
                "",
                "{PII Removed}",
                "{pii removed}",
                ZERO,
                "-",
                "--",
                "None",
                " n/a ",
                "<NULL>",
                "#NAME?",
                NO_ID,
                "xx",
            ];
            match self.dice.below(6) {
                0 => drop(row.fields.remove(&field)),
                1 => row.set(field, &text.to_uppercase()),
                // Space around JSON is nobody's: the loader drops it.
                2 if matches!(field, Field::DeviceDetail | Field::ProcessingDetails | Field::LocationDetails) => {}
                2 => row.set(field, &format!(" {text}\t")),
                3 => row.set(field, self.dice.pick(&plain)),
                _ => row.set(field, odd),
            }
        }
    }

    /// Another row of an Id already there, told differently.
    fn copy(&mut self, rows: &[Row]) -> Row {
        let mut copy = self.dice.pick(rows);
        let ingested = copy.ingested.or(copy.created).expect("every row has a time");
        match self.dice.below(5) {
            0 => copy.ingested = Some(ingested + self.dice.pick(&[TICK, MINUTE])),
            1 => copy.ingested = Some(ingested - self.dice.pick(&[TICK, MINUTE])),
            2 if copy.created.is_some() => copy.ingested = None,
            _ => {}
        }
        // What another export of it lacks, withholds or cuts.
        for field in copy.fields.keys().copied().collect::<Vec<_>>() {
            let withheld = matches!(
                field,
                Field::IncomingTokenType | Field::AuthenticationProtocol | Field::OriginalTransferMethod
            );
            match self.dice.below(16) {
                0 if field != Field::Id => drop(copy.fields.remove(&field)),
                1 | 2 if withheld => copy.set(field, "unknownFutureValue"),
                _ => {}
            }
        }
        let step = self.dice.pick(&[TICK, TICK, SECOND / 1000, SECOND]);
        copy.created = copy.created.map(|time| time - time.rem_euclid(step));
        match self.dice.below(7) {
            0 => copy.set(Field::ResultType, "50126"),
            1 => copy.set(Field::ResourceIdentity, RESOURCES[3].0),
            2 => copy.set(Field::SessionId, "S3"),
            3 => copy.set(Field::Id, &copy.get(Field::Id).to_uppercase()),
            4 => copy.set(Field::Id, self.dice.pick(&["", " ", ZERO])),
            5 => copy.table = self.dice.pick(&OF_TOKENS),
            _ => {}
        }
        copy
    }

    fn settings(&mut self, rows: &[Row]) -> Settings {
        let mut settings = Settings::default();
        if self.dice.percent(60) {
            return settings;
        }
        let edge = |dice: &mut Dice| {
            let row = dice.pick(rows);
            let time = if dice.percent(50) { row.hunt_time() } else { row.published_time() };
            dice.percent(40).then(|| Time::from_ticks(time + dice.pick(&[-TICK, 0, TICK])))
        };
        (settings.since, settings.until) = (edge(&mut self.dice), edge(&mut self.dice));
        settings.min_resources = self.dice.pick(&[1, 2, 3, 3, 4]);
        settings.window = Span::from_ticks(self.dice.pick(&[10 * MINUTE, 5 * MINUTE, 2 * MINUTE, 60 * MINUTE, TICK]));
        settings.device_code_window = Span::from_ticks(self.dice.pick(&[20 * MINUTE, 5 * MINUTE, 90 * MINUTE, SECOND]));
        settings.session_window = Span::from_ticks(self.dice.pick(&[90 * MINUTE, 15 * MINUTE, MINUTE, TICK]));
        settings.clients = match self.dice.below(4) {
            0 => Clients::Family,
            1 => Clients::Listed(BTreeSet::from([VSCODE.to_owned(), TEAMS.to_owned(), CLI.to_owned()])),
            _ => Clients::Seeds,
        };
        settings.admin_scope_only = self.dice.percent(30);
        settings.noncompliant_only = self.dice.percent(30);
        settings
    }
}
