//! Sessions with a first login and a second client.

use super::{Case, Kind, somebody_else};
use crate::oracle::known::{
    CLI, COPILOT, EDGE_TAB, GLOBAL_ADMINISTRATOR, MANAGEMENT, POWERSHELL, STUDIO, TEAMS, VSCODE,
};
use crate::oracle::row::{MINUTE, Row, SECOND, TICK};
use crate::oracle::stories::{CORRELATION, SESSION, hop};
use tokentrail::testing::analytics::Settings;
use tokentrail::testing::model::{Field, Table};

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

pub(crate) fn hop_thresholds() -> Vec<Case> {
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

pub(crate) fn hop_texts() -> Vec<Case> {
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
        ("two users in one session", second(somebody_else), 0, 0),
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

pub(crate) fn broad_hops() -> Vec<Case> {
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

/// The tuning flags: they hold Azure CLI back, and nothing else, and not as published.
pub(crate) fn tuned() -> Vec<Kind> {
    let admin: fn(&mut Settings) = |settings| settings.admin_scope_only = true;
    let noncompliant: fn(&mut Settings) = |settings| settings.noncompliant_only = true;
    let role = |row: &mut Row, device: &str| {
        row.set(Field::ProcessingDetails, &format!("[{{\"key\":\"Role\",\"value\":\"{GLOBAL_ADMINISTRATOR}\"}}]"));
        row.set(Field::DeviceDetail, device);
    };
    let shouted = |row: &mut Row| row.set(Field::ProcessingDetails, &GLOBAL_ADMINISTRATOR.to_uppercase());
    let powershell = |row: &mut Row| client(row, POWERSHELL, "Microsoft Azure PowerShell");
    let compliant = |text: &str| second(|row| role(row, &format!("{{\"isCompliant\":{text}}}")));
    let cases = [
        ("admin only, no role", admin, second(|_| ()), 0),
        ("admin only, the role", admin, compliant("true"), 1),
        ("admin only, the role in upper case", admin, second(shouted), 1),
        ("admin only, PowerShell", admin, second(powershell), 1),
        ("noncompliant only, no role", noncompliant, second(|_| ()), 0),
        ("noncompliant only, PowerShell", noncompliant, second(powershell), 1),
        ("noncompliant only, compliant", noncompliant, compliant("true"), 0),
        ("noncompliant only, compliant in text", noncompliant, compliant("\"true\""), 0),
        ("noncompliant only, not compliant", noncompliant, compliant("false"), 1),
        ("noncompliant only, null", noncompliant, compliant("null"), 1),
        ("noncompliant only, no device", noncompliant, second(|row| role(row, "")), 1),
        ("noncompliant only, a broken device", noncompliant, second(|row| role(row, "{\"isCompliant\":tr")), 1),
    ];
    let kind = |(name, set, rows, hunt): (&'static str, fn(&mut Settings), Vec<Row>, usize)| {
        let mut settings = Settings::default();
        set(&mut settings);
        Kind { name, analytic: "session-hop", rows, settings, published: 1, hunt }
    };
    cases.into_iter().map(kind).collect()
}
