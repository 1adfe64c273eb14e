//! Planted cases: one story each, changed in one way, and what must come of it in either semantics.
//!
//! The counts are written by hand, so they judge the oracles too.

use super::known::{
    BROKER, CLI, CLI_TYPO, COPILOT, EDGE_TAB, MANAGEMENT, OFFICE, POWERSHELL, STUDIO, TEAMS, VSCODE, ZERO,
};
use super::row::{MINUTE, Row, SECOND, TICK, at};
use super::stories::{CORRELATION, SESSION, TOKEN, UPN, device_code, exchange, graph_call, hop};
use tokentrail::analytics::Settings;
use tokentrail::model::{Field, Span, Table};

/// What a case must yield: hits of the case's analytic, as published and in hunt.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) analytic: &'static str,
    pub(crate) rows: Vec<Row>,
    pub(crate) settings: Settings,
    pub(crate) published: usize,
    pub(crate) hunt: usize,
}

/// Begins in the middle of a published bin's first half, so that a story fits its bin.
fn start() -> i64 {
    at("2026-05-01T14:02:00Z")
}

/// Three resources, a minute apart.
fn burst() -> Vec<Row> {
    (0..3).map(|n| exchange(n, start() + i64::try_from(n).expect("few") * MINUTE)).collect()
}

/// The burst with its last row at a time after the first.
fn burst_until(later: i64) -> Vec<Row> {
    let mut rows = burst();
    rows[2] = exchange(2, start() + later);
    rows
}

/// The burst, changed.
fn changed(change: impl FnOnce(&mut Vec<Row>)) -> Vec<Row> {
    let mut rows = burst();
    change(&mut rows);
    rows
}

/// The burst with one field of its last row set.
fn third(field: Field, text: &str) -> Vec<Row> {
    changed(|rows| rows[2].set(field, text))
}

/// The burst with one field of every row set.
fn every(field: Field, text: &str) -> Vec<Row> {
    changed(|rows| rows.iter_mut().for_each(|row| row.set(field, text)))
}

/// The burst and a device code so long before it; negative is after.
fn coded(before: i64, change: impl FnOnce(&mut Row)) -> Vec<Row> {
    let mut code = device_code(start() - before);
    change(&mut code);
    let mut rows = burst();
    rows.push(code);
    rows
}

/// A hop of five minutes with its second row changed.
fn second(change: impl FnOnce(&mut Row)) -> Vec<Row> {
    let mut rows = hop(5 * MINUTE);
    change(&mut rows[1]);
    rows
}

/// A hop of five minutes with its first row changed.
fn first(change: impl FnOnce(&mut Row)) -> Vec<Row> {
    let mut rows = hop(5 * MINUTE);
    change(&mut rows[0]);
    rows
}

/// A hop of five minutes with one field of both rows set.
fn both(field: Field, text: &str) -> Vec<Row> {
    let mut rows = hop(5 * MINUTE);
    for row in &mut rows {
        row.set(field, text);
    }
    rows
}

type Case = (&'static str, Vec<Row>, usize, usize);

fn kinds_of(analytic: &'static str, cases: Vec<Case>) -> impl Iterator<Item = Kind> {
    cases.into_iter().map(move |(name, rows, published, hunt)| {
        let settings = Settings::default();
        Kind { name, analytic, rows, settings, published, hunt }
    })
}

/// Every kind.
pub(crate) fn kinds() -> Vec<Kind> {
    let mut kinds: Vec<Kind> = kinds_of("foci-burst", burst_thresholds())
        .chain(kinds_of("foci-burst", burst_texts()))
        .chain(kinds_of("foci-burst", burst_copies()))
        .chain(kinds_of("device-code-burst", device_codes()))
        .chain(kinds_of("device-code-burst", legs()))
        .chain(kinds_of("session-hop", hop_thresholds()))
        .chain(kinds_of("session-hop", hop_texts()))
        .chain(kinds_of("session-hop-broad", broad_hops()))
        .collect();
    kinds.extend(with_settings());
    kinds
}

fn burst_thresholds() -> Vec<Case> {
    let bin = at("2026-05-01T14:10:00Z");
    vec![
        ("three resources", burst(), 1, 1),
        ("two resources", burst()[..2].to_vec(), 0, 0),
        ("three requests for two resources", changed(|r| r[2] = exchange(1, start() + 2 * MINUTE)), 0, 0),
        ("ten minutes exactly, across a bin", burst_until(10 * MINUTE), 0, 1),
        ("ten minutes and a tick", burst_until(10 * MINUTE + TICK), 0, 0),
        ("the last tick of a bin", changed(|r| r[2] = exchange(2, bin - TICK)), 1, 1),
        ("the first tick of the next bin", changed(|r| r[2] = exchange(2, bin)), 0, 1),
        ("one instant", (0..3).map(|n| exchange(n, start())).collect(), 1, 1),
        ("two bursts far apart", apart(30 * MINUTE), 2, 2),
        ("two bursts whose windows meet", apart(2 * MINUTE), 1, 1),
        ("two bursts whose windows miss by a tick", apart(12 * MINUTE + TICK), 2, 2),
        ("two bursts whose windows share an instant", apart_sharing(), 2, 1),
        ("ingested a bin later", lagged(10 * MINUTE), 1, 1),
        ("ingested in two bins", changed(|r| r[2].ingested = Some(bin)), 0, 1),
        ("ingested together, made far apart", made_far_apart(), 1, 0),
        ("no created time", changed(|r| r.iter_mut().for_each(|row| row.created = None)), 1, 1),
        ("no ingest time", changed(|r| r.iter_mut().for_each(|row| row.ingested = None)), 1, 1),
    ]
}

/// Two bursts, the second so long after the first begins.
fn apart(later: i64) -> Vec<Row> {
    let mut rows = burst();
    rows.extend(burst().into_iter().enumerate().map(|(n, mut row)| {
        row.shift(later);
        row.set(Field::Id, &format!("again-{n}"));
        row
    }));
    rows
}

/// A burst of resources 0 1 2, then one of 0 1 2 that begins with the first one's last event's instant.
fn apart_sharing() -> Vec<Row> {
    let mut rows = burst_until(7 * MINUTE + 59 * SECOND);
    rows.extend((3..6).map(|n| exchange(n, start() + (5 + 3 * i64::try_from(n - 2).expect("few")) * MINUTE)));
    rows
}

fn lagged(lag: i64) -> Vec<Row> {
    changed(|rows| rows.iter_mut().for_each(|row| row.ingested = row.created.map(|t| t + lag)))
}

fn made_far_apart() -> Vec<Row> {
    changed(|rows| rows[2].created = Some(start() - 30 * MINUTE))
}

fn burst_texts() -> Vec<Case> {
    vec![
        ("one UPN in upper case", third(Field::UserPrincipalName, &UPN.to_uppercase()), 0, 1),
        ("one UPN with a space", third(Field::UserPrincipalName, &format!(" {UPN}")), 0, 1),
        ("one UPN missing", changed(|r| drop(r[2].fields.remove(&Field::UserPrincipalName))), 0, 1),
        ("one user id missing", changed(|r| drop(r[2].fields.remove(&Field::UserId))), 1, 1),
        ("one user id all zero", third(Field::UserId, ZERO), 1, 1),
        ("one user id in upper case", third(Field::UserId, &super::stories::USER.to_uppercase()), 1, 1),
        ("one user id of somebody else", third(Field::UserId, VSCODE), 1, 0),
        ("no user at all", nobody(), 1, 0),
        ("one AppId in upper case", third(Field::AppId, &CLI.to_uppercase()), 0, 1),
        ("every AppId in upper case", every(Field::AppId, &CLI.to_uppercase()), 0, 1),
        ("the client renamed once", third(Field::AppDisplayName, "Azure CLI"), 0, 1),
        ("the client's name blank", every(Field::AppDisplayName, ""), 1, 1),
        ("the id that no application has", every(Field::AppId, CLI_TYPO), 1, 1),
        ("PowerShell", every(Field::AppId, POWERSHELL), 1, 1),
        ("the broker", every(Field::AppId, BROKER), 1, 1),
        ("Office", every(Field::AppId, OFFICE), 1, 1),
        ("a family client that is not watched", every(Field::AppId, TEAMS), 0, 0),
        ("two clients", third(Field::AppId, POWERSHELL), 0, 0),
        ("one resource by two names", renamed_resource(), 1, 0),
        ("two resources of one name", same_names(), 0, 1),
        ("one resource blank", blank_resource(""), 1, 0),
        ("one resource redacted", blank_resource("{PII Removed}"), 1, 0),
        ("one resource by name only", changed(|r| drop(r[2].fields.remove(&Field::ResourceIdentity))), 1, 1),
        ("names only, one in other case", names_in_two_cases(), 1, 0),
        ("a failed result", third(Field::ResultType, "50126"), 0, 0),
        ("result 00", third(Field::ResultType, "00"), 0, 0),
        ("result blank", third(Field::ResultType, ""), 0, 0),
        ("result missing", changed(|r| drop(r[2].fields.remove(&Field::ResultType))), 0, 0),
        ("result Success", third(Field::ResultType, "Success"), 0, 1),
        ("result success with a space", third(Field::ResultType, "success "), 0, 1),
        ("the wrong table", changed(|r| r[2].table = Table::SignIn), 0, 0),
    ]
}

fn nobody() -> Vec<Row> {
    changed(|rows| {
        for row in rows {
            row.fields.remove(&Field::UserId);
            row.fields.remove(&Field::UserPrincipalName);
        }
    })
}

fn renamed_resource() -> Vec<Row> {
    changed(|rows| {
        rows[2] = exchange(1, start() + 2 * MINUTE).with(Field::Id, "third");
        rows[2].set(Field::ResourceDisplayName, "A newer name");
    })
}

fn same_names() -> Vec<Row> {
    third(Field::ResourceDisplayName, "Microsoft Graph")
}

fn blank_resource(text: &str) -> Vec<Row> {
    changed(|rows| {
        rows[2].set(Field::ResourceIdentity, text);
        rows[2].set(Field::ResourceDisplayName, text);
    })
}

fn names_in_two_cases() -> Vec<Row> {
    changed(|rows| {
        for row in rows.iter_mut() {
            drop(row.fields.remove(&Field::ResourceIdentity));
        }
        rows[1].set(Field::ResourceDisplayName, "microsoft GRAPH ");
    })
}

fn burst_copies() -> Vec<Case> {
    vec![
        ("a copy of a row", copied(0, |_| ()), 1, 1),
        ("a later copy that failed", copied(MINUTE, |row| row.set(Field::ResultType, "50126")), 1, 0),
        ("an earlier copy that failed", copied(-MINUTE, |row| row.set(Field::ResultType, "50126")), 1, 1),
        ("a copy of equal ingest read last that failed", copied(0, |row| row.set(Field::ResultType, "50126")), 1, 0),
        ("a copy without ingest that failed", unclocked_copy(), 1, 1),
        ("a later failed copy with the id in upper case", shouted_copy(), 1, 0),
        ("a later failed row of the other table with that id", copied_elsewhere(), 1, 1),
        ("the user id told only by a copy that is folded", told_by_a_copy(), 0, 0),
        ("rows without an id", every(Field::Id, ""), 1, 1),
        ("rows of the all-zero id", every(Field::Id, ZERO), 1, 1),
        ("rows of one id", every(Field::Id, "one"), 1, 0),
    ]
}

/// The burst and a copy of its last row, ingested so much later, changed.
fn copied(later: i64, change: impl FnOnce(&mut Row)) -> Vec<Row> {
    let mut rows = burst();
    let mut copy = rows[2].clone();
    copy.ingested = copy.ingested.map(|t| t + later);
    change(&mut copy);
    rows.push(copy);
    rows
}

fn unclocked_copy() -> Vec<Row> {
    copied(0, |row| {
        row.ingested = None;
        row.set(Field::ResultType, "50126");
    })
}

fn shouted_copy() -> Vec<Row> {
    copied(MINUTE, |row| {
        row.set(Field::Id, "EXCHANGE-2 ");
        row.set(Field::ResultType, "50126");
    })
}

fn copied_elsewhere() -> Vec<Row> {
    copied(MINUTE, |row| {
        row.table = Table::SignIn;
        row.set(Field::ResultType, "50126");
    })
}

fn device_codes() -> Vec<Case> {
    vec![
        ("two minutes before", coded(2 * MINUTE, |_| ()), 1, 1),
        ("at the same instant", coded(0, |_| ()), 1, 1),
        ("twenty minutes before", coded(20 * MINUTE, |_| ()), 1, 1),
        ("twenty minutes and a tick before", coded(20 * MINUTE + TICK, |_| ()), 0, 0),
        ("a tick after the burst begins", coded(-TICK, |_| ()), 0, 1),
        ("five seconds after the burst begins", coded(-5 * SECOND, |_| ()), 0, 1),
        ("five seconds and a tick after", coded(-5 * SECOND - TICK, |_| ()), 0, 0),
        ("no burst", vec![device_code(start())], 0, 0),
        ("two codes", two_codes(3 * MINUTE), 2, 1),
        ("another user's code", coded(2 * MINUTE, another), 0, 0),
        (
            "the code's UPN in upper case",
            coded(2 * MINUTE, |r| r.set(Field::UserPrincipalName, &UPN.to_uppercase())),
            0,
            1,
        ),
        ("a failed code", coded(2 * MINUTE, |r| r.set(Field::ResultType, "50199")), 0, 0),
        ("result Success", coded(2 * MINUTE, |r| r.set(Field::ResultType, "Success")), 0, 1),
        ("a code in the other table", coded(2 * MINUTE, |r| r.table = Table::NonInteractive), 0, 1),
        ("blank UPNs join as published", blank_upns(), 1, 1),
        ("an early refresh in the burst's bin", early_refresh(), 0, 1),
    ]
}

fn another(row: &mut Row) {
    row.set(Field::UserId, VSCODE);
    row.set(Field::UserPrincipalName, "b.office@contoso.com");
}

/// Two codes before the burst, two flows: neither a session nor a correlation in common, 16 minutes apart.
fn two_codes(before: i64) -> Vec<Row> {
    let mut rows = coded(before, |_| ());
    let earlier = device_code(start() - before - 16 * MINUTE).with(Field::Id, "other-code");
    rows.push(earlier.with(Field::CorrelationId, SESSION));
    rows
}

fn blank_upns() -> Vec<Row> {
    let mut rows = coded(2 * MINUTE, |_| ());
    for row in &mut rows {
        row.set(Field::UserPrincipalName, "");
    }
    rows
}

/// A legitimate refresh puts the bin's first event before the code.
fn early_refresh() -> Vec<Row> {
    let mut rows = coded(MINUTE, |_| ());
    rows.push(exchange(0, start() - 90 * SECOND).with(Field::Id, "early"));
    rows
}

fn legs() -> Vec<Case> {
    vec![
        ("protocol in odd case", leg("Device CODE", "", "none"), 0, 1),
        ("a polling leg", leg("none", "deviceCodeFlow", "none"), 0, 1),
        ("a polling leg, token not recorded", leg("none", "deviceCodeFlow", ""), 0, 1),
        ("a polling leg, token redacted", leg("none", "deviceCodeFlow", "{PII Removed}"), 0, 1),
        ("a polling leg, None and spaces", leg("", " DeviceCodeFlow", " None"), 0, 1),
        ("a row that only descends", leg("none", "deviceCodeFlow", "refreshToken"), 0, 0),
        ("a withheld token only descends", leg("none", "deviceCodeFlow", "unknownFutureValue"), 0, 0),
        ("a browser signed in by a primary refresh token", leg("deviceCode", "", "primaryRefreshToken"), 1, 1),
        ("no mark at all", leg("none", "none", "none"), 0, 0),
    ]
}

/// The burst, two minutes after a row with these marks.
fn leg(protocol: &str, transfer: &str, token: &str) -> Vec<Row> {
    coded(2 * MINUTE, |row| {
        row.set(Field::AuthenticationProtocol, protocol);
        row.set(Field::OriginalTransferMethod, transfer);
        row.set(Field::IncomingTokenType, token);
    })
}

fn hop_thresholds() -> Vec<Case> {
    let mut boundary = hop(SECOND);
    for row in &mut boundary {
        row.shift(59 * SECOND);
    }
    vec![
        ("five minutes", hop(5 * MINUTE), 1, 1),
        ("one instant", hop(0), 0, 0),
        ("one tick later, in the same minute", hop(TICK), 0, 1),
        ("one second later, over a minute boundary", boundary, 1, 1),
        ("a minute less a tick", hop(MINUTE - TICK), 0, 1),
        ("ninety minutes", hop(90 * MINUTE), 1, 1),
        ("ninety minutes and a tick", hop(90 * MINUTE + TICK), 1, 0),
        ("ninety-one boundaries", hop(91 * MINUTE), 0, 0),
        ("before the first login", hop(-MINUTE), 0, 0),
        ("two seconds of one client", again(|_| ()), 2, 1),
        ("seconds of two clients", again(|row| client(row, COPILOT, "Copilot App")), 1, 2),
        ("two first logins", two_firsts(), 2, 1),
    ]
}

fn client(row: &mut Row, id: &str, name: &str) {
    row.set(Field::AppId, id);
    row.set(Field::AppDisplayName, name);
}

fn again(change: impl FnOnce(&mut Row)) -> Vec<Row> {
    let mut rows = hop(5 * MINUTE);
    let mut third = rows[1].clone().with(Field::Id, "third");
    third.shift(MINUTE);
    change(&mut third);
    rows.push(third);
    rows
}

fn two_firsts() -> Vec<Row> {
    let mut rows = hop(5 * MINUTE);
    let mut other = rows[0].clone().with(Field::Id, "other-first");
    other.shift(MINUTE);
    rows.push(other);
    rows
}

fn hop_texts() -> Vec<Case> {
    let blank = |row: &mut Row| drop(row.fields.remove(&Field::IncomingTokenType));
    let legacy = |row: &mut Row| client(row, STUDIO, "Visual Studio - Legacy");
    vec![
        ("Visual Studio", second(legacy), 1, 1),
        ("Visual Studio under its newer name", second(|r| client(r, STUDIO, "Visual Studio")), 0, 1),
        ("Edge new tab page", second(|r| client(r, EDGE_TAB, "Microsoft Edge Enterprise New Tab Page")), 1, 1),
        ("Copilot, which the published list lacks", second(|r| client(r, COPILOT, "Copilot App")), 0, 1),
        ("Teams", second(|r| client(r, TEAMS, "Microsoft Teams")), 0, 0),
        ("the name of an abused client on another", second(|r| r.set(Field::AppId, TEAMS)), 1, 0),
        ("the second's AppId in upper case", second(|r| r.set(Field::AppId, &CLI.to_uppercase())), 0, 1),
        ("another resource", second(|r| r.set(Field::ResourceIdentity, CLI)), 0, 0),
        ("the resource by name only", second(|r| drop(r.fields.remove(&Field::ResourceIdentity))), 0, 1),
        ("the second failed", second(|r| r.set(Field::ResultType, "50126")), 1, 0),
        ("the first failed", first(|r| r.set(Field::ResultType, "50126")), 0, 1),
        ("the second's token withheld", second(|r| r.set(Field::IncomingTokenType, "unknownFutureValue")), 1, 1),
        ("the second's token not recorded", second(blank), 1, 0),
        ("the first's token not recorded", first(blank), 0, 0),
        ("the first's token None", first(|r| r.set(Field::IncomingTokenType, "None")), 0, 1),
        ("the second's token NONE", second(|r| r.set(Field::IncomingTokenType, " NONE")), 1, 0),
        ("the second from another tenant", second(|r| r.set(Field::HomeTenantId, CLI)), 0, 0),
        ("the first from another tenant", first(|r| r.set(Field::HomeTenantId, CLI)), 0, 1),
        ("tenants blank", both_blank(), 1, 0),
        ("the first in the interactive table", first(|r| r.table = Table::SignIn), 0, 1),
        ("the second in the interactive table", second(|r| r.table = Table::SignIn), 0, 1),
        ("sessions blank", both(Field::SessionId, ""), 1, 0),
        ("sessions differ", second(|r| r.set(Field::SessionId, CORRELATION)), 0, 0),
        ("sessions differ in case", second(|r| r.set(Field::SessionId, &SESSION.to_uppercase())), 0, 1),
        ("two users in one session", second(another), 0, 0),
        ("the first's client never in the family", first(|r| client(r, VSCODE, "Visual Studio Code")), 0, 0),
        ("the first's client later in the family", first(|r| client(r, COPILOT, "Copilot App")), 0, 1),
    ]
}

fn both_blank() -> Vec<Row> {
    let mut rows = both(Field::HomeTenantId, "");
    for row in &mut rows {
        row.set(Field::ResourceTenantId, "");
    }
    rows
}

fn broad_hops() -> Vec<Case> {
    let management = |row: &mut Row| client(row, MANAGEMENT, "Office 365 Management");
    let mut days = hop(7 * 24 * 60 * MINUTE);
    days[1].set(Field::ResultType, "50126");
    vec![
        ("another client at the same instant", hop(0), 1, 1),
        ("another client days later, failed", days, 1, 1),
        ("Office 365 Management", second(management), 1, 1),
        ("the same client", second(|r| client(r, POWERSHELL, "Microsoft Azure PowerShell")), 0, 0),
        ("the same client under another name", second(|r| client(r, POWERSHELL, "Microsoft Azure CLI")), 1, 0),
        ("a tick before, in the same minute", earlier(TICK), 1, 0),
    ]
}

/// A hop whose second is so much before its first, within a minute.
fn earlier(ticks: i64) -> Vec<Row> {
    let mut rows = hop(-ticks);
    for row in &mut rows {
        row.shift(SECOND);
    }
    rows
}

fn with_settings() -> Vec<Kind> {
    let analytic = "foci-burst";
    let case = |name, rows, published, hunt, set: fn(&mut Settings)| {
        let mut settings = Settings::default();
        set(&mut settings);
        Kind { name, analytic, rows, settings, published, hunt }
    };
    let two = |rows: &[Row]| rows[..2].to_vec();
    vec![
        case("two are enough when asked", two(&burst()), 0, 1, |s| s.min_resources = 2),
        case("two minutes are enough", burst(), 1, 1, |s| s.window = Span::minutes(2)),
        case("a tick under two minutes is not", burst(), 1, 0, |s| s.window = Span::from_ticks(2 * MINUTE - TICK)),
        case("since the first event", burst(), 1, 1, |s| s.since = Some(time(0))),
        case("since a tick after it", burst(), 0, 0, |s| s.since = Some(time(TICK))),
        case("until the last event", burst(), 0, 0, |s| s.until = Some(time(2 * MINUTE))),
        case("until a tick after it", burst(), 1, 1, |s| s.until = Some(time(2 * MINUTE + TICK))),
        case("the user id told by an earlier row", told_earlier(), 0, 1, |_| ()),
        case("the user id told only before since", told_earlier(), 0, 0, |s| s.since = Some(time(0))),
        case("since on its own clock", lagged(MINUTE), 1, 0, |s| s.since = Some(time(TICK))),
    ]
}

/// Two rows that have the UPN alone, one that has the id alone, and a failed row before them that has both.
fn told_earlier() -> Vec<Row> {
    changed(|rows| {
        let told = exchange(0, start() - MINUTE).with(Field::Id, "told").with(Field::ResultType, "50126");
        rows[2].fields.remove(&Field::UserPrincipalName);
        for row in &mut rows[..2] {
            row.fields.remove(&Field::UserId);
        }
        rows.push(told);
    })
}

/// The same, told by a copy that a later one without the id takes the place of.
fn told_by_a_copy() -> Vec<Row> {
    let mut rows = told_earlier();
    let mut copy = rows[3].clone();
    copy.fields.remove(&Field::UserId);
    rows.push(copy);
    rows
}

fn time(after: i64) -> tokentrail::model::Time {
    tokentrail::model::Time::from_ticks(start() + after)
}

/// A burst whose first row has a token and a session, and a Graph call; what links them.
pub(crate) fn linked() -> Vec<(&'static str, Vec<Row>, &'static str)> {
    let end = start() + 2 * MINUTE;
    let with = |call: Row| {
        let mut rows = burst();
        rows[0].set(Field::TokenId, TOKEN);
        rows[0].set(Field::SessionId, SESSION);
        rows.push(call);
        rows
    };
    let stranger = |time| graph_call(time).with(Field::UserId, VSCODE);
    let in_session = |time| stranger(time).with(Field::SessionId, &SESSION.to_uppercase());
    vec![
        ("the token, days later", with(stranger(end + 9000 * MINUTE).with(Field::TokenId, TOKEN)), "token"),
        ("the token padded", with(stranger(end).with(Field::TokenId, &format!("{TOKEN}=="))), "token"),
        ("the token in other case", with(stranger(end).with(Field::TokenId, &TOKEN.to_lowercase())), "none"),
        ("the session, an hour later", with(in_session(end + 60 * MINUTE)), "session"),
        ("the session, an hour and a tick", with(in_session(end + 60 * MINUTE + TICK)), "none"),
        ("the session, five seconds before", with(in_session(start() - 5 * SECOND)), "session"),
        ("the session, five seconds and a tick", with(in_session(start() - 5 * SECOND - TICK)), "none"),
        ("user and client", with(graph_call(end + 60 * MINUTE)), "user-app-time"),
        ("user and client too late", with(graph_call(end + 60 * MINUTE + TICK)), "none"),
        ("another client", with(graph_call(end).with(Field::AppId, POWERSHELL)), "none"),
        ("blank sessions", blank_sessions(graph_call(end).with(Field::UserId, VSCODE)), "none"),
    ]
}

fn blank_sessions(call: Row) -> Vec<Row> {
    let mut rows = every(Field::SessionId, ZERO);
    for row in &mut rows {
        row.set(Field::TokenId, "=");
    }
    rows.push(call.with(Field::SessionId, ZERO).with(Field::TokenId, "="));
    rows
}
