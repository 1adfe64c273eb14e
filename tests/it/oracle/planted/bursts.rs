//! Bursts just inside and just outside of their thresholds.

use super::{Case, Kind, burst, burst_until, changed, every, start, third};
use crate::oracle::known::{BROKER, CLI, CLI_TYPO, OFFICE, POWERSHELL, TEAMS, VSCODE, ZERO};
use crate::oracle::row::{MINUTE, Row, SECOND, TICK, at};
use crate::oracle::stories::{UPN, USER, exchange};
use tokentrail::testing::analytics::Settings;
use tokentrail::testing::model::{Field, Span, Table, Time};

pub(crate) fn burst_thresholds() -> Vec<Case> {
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
        ("two bins, one chain of windows", chained(), 2, 1),
        ("two windows that share one instant", sharing_an_instant(), 0, 1),
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

/// Three resources at the end of a bin, three others from the next bin's first instant on.
fn chained() -> Vec<Row> {
    let mut rows = burst_until(7 * MINUTE + 59 * SECOND);
    rows.extend((3..6).map(|n| exchange(n, start() + (5 + 3 * i64::try_from(n - 2).expect("few")) * MINUTE)));
    rows
}

/// Two resources at once, a third ten minutes on, two more another ten minutes on.
fn sharing_an_instant() -> Vec<Row> {
    [0, 0, 10, 20, 20].into_iter().enumerate().map(|(n, minutes)| exchange(n, start() + minutes * MINUTE)).collect()
}

fn lagged(lag: i64) -> Vec<Row> {
    changed(|rows| rows.iter_mut().for_each(|row| row.ingested = row.created.map(|t| t + lag)))
}

fn made_far_apart() -> Vec<Row> {
    changed(|rows| rows[2].created = Some(start() - 30 * MINUTE))
}

pub(crate) fn burst_texts() -> Vec<Case> {
    vec![
        ("one UPN in upper case", third(Field::UserPrincipalName, &UPN.to_uppercase()), 0, 1),
        ("one UPN in upper case, with an accent", accented(), 0, 1),
        ("one UPN with a space", third(Field::UserPrincipalName, &format!(" {UPN}")), 0, 1),
        ("one UPN missing", changed(|r| drop(r[2].fields.remove(&Field::UserPrincipalName))), 0, 1),
        ("one user id missing", changed(|r| drop(r[2].fields.remove(&Field::UserId))), 1, 1),
        ("one user id all zero", third(Field::UserId, ZERO), 1, 1),
        ("one user id in upper case", third(Field::UserId, &USER.to_uppercase()), 1, 1),
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

fn accented() -> Vec<Row> {
    changed(|rows| {
        for row in rows.iter_mut() {
            row.fields.remove(&Field::UserId);
            row.set(Field::UserPrincipalName, "élodie@contoso.com");
        }
        rows[2].set(Field::UserPrincipalName, "ÉLODIE@contoso.com");
    })
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

pub(crate) fn burst_copies() -> Vec<Case> {
    vec![
        ("a copy of a row", copied(0, |_| ()), 1, 1),
        ("a later copy that failed", copied(MINUTE, |row| row.set(Field::ResultType, "50126")), 1, 0),
        ("an earlier copy that failed", copied(-MINUTE, |row| row.set(Field::ResultType, "50126")), 1, 1),
        ("a copy of equal ingest read last that failed", copied(0, |row| row.set(Field::ResultType, "50126")), 1, 0),
        ("a copy without ingest that failed", unclocked_copy(), 1, 1),
        ("a later failed copy with the id in upper case", shouted_copy(), 1, 0),
        ("a later failed row of the other table with that id", copied_elsewhere(), 1, 1),
        ("the user id only in a copy that is a duplicate", user_id_in_a_copy(), 0, 1),
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

pub(crate) fn with_settings() -> Vec<Kind> {
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
        case("the user id in an earlier row", user_id_earlier(), 0, 1, |_| ()),
        case("the user id only before since", user_id_earlier(), 0, 0, |s| s.since = Some(time(0))),
        case("since on its own clock", lagged(MINUTE), 1, 0, |s| s.since = Some(time(TICK))),
    ]
}

/// Two rows that have the UPN alone, one that has the id alone, and a failed row before them that has both.
fn user_id_earlier() -> Vec<Row> {
    changed(|rows| {
        let refused = exchange(0, start() - MINUTE).with(Field::Id, "told").with(Field::ResultType, "50126");
        rows[2].fields.remove(&Field::UserPrincipalName);
        for row in &mut rows[..2] {
            row.fields.remove(&Field::UserId);
        }
        rows.push(refused);
    })
}

/// The row as a copy has it, replaced by a later one without the id.
fn user_id_in_a_copy() -> Vec<Row> {
    let mut rows = user_id_earlier();
    let mut copy = rows[3].clone();
    copy.fields.remove(&Field::UserId);
    rows.push(copy);
    rows
}

fn time(after: i64) -> Time {
    Time::from_ticks(start() + after)
}
