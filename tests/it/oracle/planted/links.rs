//! Graph calls just inside and just outside of what ties them to a hit.

use super::{burst, every, start};
use crate::oracle::known::{POWERSHELL, VSCODE, ZERO};
use crate::oracle::row::{MINUTE, Row, SECOND, TICK};
use crate::oracle::stories::{SESSION, TOKEN, graph_call};
use tokentrail::testing::model::Field;

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
