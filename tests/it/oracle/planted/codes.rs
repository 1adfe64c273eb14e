//! Device codes before bursts, and the legs that make a flow.

use super::{Case, burst, coded, somebody_else, start};
use crate::oracle::row::{MINUTE, Row, SECOND, TICK};
use crate::oracle::stories::{CORRELATION, SESSION, UPN, device_code, exchange};
use tokentrail::testing::model::{Field, Table};

pub(crate) fn device_codes() -> Vec<Case> {
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
        ("another user's code", coded(2 * MINUTE, somebody_else), 0, 0),
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

pub(crate) fn legs() -> Vec<Case> {
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

/// The flows that a case of device-code legs must give: legs by row number, tie, other flows.
pub(crate) struct Flows {
    pub(crate) name: &'static str,
    pub(crate) rows: Vec<Row>,
    pub(crate) legs: &'static str,
    pub(crate) tie: &'static str,
    pub(crate) others: usize,
}

/// The burst with a session and a correlation of its own (rows 1 to 3) and two legs (rows 4 and 5).
fn legged(name: &'static str, first: Row, second: Row, legs: &'static str, tie: &'static str, others: usize) -> Flows {
    let mut rows = burst();
    rows[1].set(Field::SessionId, SESSION);
    rows[2].set(Field::CorrelationId, CORRELATION);
    rows.extend([first.with(Field::Id, "leg-a"), second.with(Field::Id, "leg-b")]);
    Flows { name, rows, legs, tie, others }
}

/// A browser leg so long before the burst, with a session and a correlation unless they are empty.
fn typed(before: i64, session: &str, correlation: &str) -> Row {
    let row = device_code(start() - before);
    row.with(Field::SessionId, session).with(Field::CorrelationId, correlation)
}

/// A polling leg, likewise.
fn polled(before: i64, session: &str, correlation: &str) -> Row {
    let row = typed(before, session, correlation);
    row.with(Field::AuthenticationProtocol, "none").with(Field::OriginalTransferMethod, "deviceCodeFlow")
}

const EARLY: i64 = 17 * MINUTE;
const LATE: i64 = 2 * MINUTE;
/// More than a code's life before the late leg.
const STALE: i64 = 18 * MINUTE;

/// Legs that are one flow or two.
#[rustfmt::skip] // One case a line: it is a table.
pub(crate) fn flows() -> Vec<Flows> {
    let user = "user";
    vec![
        legged("bare, fifteen minutes apart", typed(EARLY, "", ""), typed(LATE, "", ""), "[4, 5]", user, 0),
        legged("bare, a tick more", typed(EARLY + TICK, "", ""), typed(LATE, "", ""), "[5]", user, 1),
        legged("one session, polled late", typed(STALE, "x", ""), polled(LATE, "x", ""), "[4, 5]", user, 0),
        legged("one session, typed late", typed(STALE, "x", ""), typed(LATE, "x", ""), "[5]", user, 1),
        legged("one session in two cases", typed(EARLY, "x", ""), polled(LATE, "X ", ""), "[4, 5]", user, 0),
        legged("one correlation, polled late", typed(STALE, "", "x"), polled(LATE, "", "x"), "[4, 5]", user, 0),
        legged("two sessions", typed(3 * MINUTE, "x", ""), polled(LATE, "y", ""), "[5]", user, 1),
        legged("two correlations", typed(3 * MINUTE, "", "x"), polled(LATE, "", "y"), "[5]", user, 1),
        legged("a session, a correlation", typed(EARLY, "x", ""), polled(LATE, "", "y"), "[4, 5]", user, 0),
        legged("a session, a correlation, too late", typed(EARLY + TICK, "x", ""), polled(LATE, "", "y"), "[5]", user, 1),
        legged("two sessions, one correlation", typed(STALE, "x", "z"), polled(LATE, "y", "z"), "[4, 5]", user, 0),
        legged("one session, two correlations", typed(STALE, "x", "y"), polled(LATE, "x", "z"), "[4, 5]", user, 0),
        legged("the later of two", typed(EARLY, "x", ""), typed(LATE, "y", ""), "[5]", user, 1),
        legged("two at one instant", typed(LATE, "x", ""), typed(LATE, "y", ""), "[5]", user, 1),
        legged("the session beats the later", typed(EARLY, SESSION, ""), typed(LATE, "y", ""), "[4]", "session", 1),
        legged("the correlation beats the later", typed(EARLY, "", CORRELATION), typed(LATE, "", "y"), "[4]", "correlation", 1),
        legged("the session beats the correlation", typed(EARLY, SESSION, "x"), typed(LATE, "y", CORRELATION), "[4]", "session", 1),
        legged("any leg may share", typed(EARLY, "", "x"), polled(LATE, SESSION, "x"), "[4, 5]", "session", 0),
        legged("too early to be another", typed(20 * MINUTE + TICK, "x", ""), typed(LATE, "y", ""), "[5]", user, 0),
    ]
}
