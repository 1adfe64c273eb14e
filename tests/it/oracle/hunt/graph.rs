//! "Graph calls of a hit."

use super::Hunt;
use super::text::token;
use crate::oracle::line::Line;
use crate::oracle::row::{MINUTE, SECOND};
use tokentrail::testing::model::Field;

impl Hunt<'_> {
    /// The Graph calls of a hit with these events, in hunt order, each with its link.
    ///
    /// Readings: a session's call counts whoever's it is; the client is the one the hit prints as `AppId`.
    pub(super) fn graph_calls(&self, rows: &[usize], user: &str, client: &str) -> Vec<(usize, &'static str)> {
        let times = || rows.iter().map(|&n| self.time(n));
        let (first, last) = (times().min().expect("a hit has rows"), times().max().expect("a hit has rows"));
        let near = |n: usize| (first - 5 * SECOND..=last + 60 * MINUTE).contains(&self.time(n));
        let mut calls = Vec::new();
        for n in self.live.iter().copied().filter(|&n| !self.is_sign_in(n)) {
            let uti = |n: usize| token(self.row(n).get(Field::TokenId));
            let session = |n: usize| self.normalized(n, Field::SessionId);
            let same_token = uti(n).is_some() && rows.iter().any(|&r| uti(r) == uti(n));
            let same_session = session(n).is_some() && rows.iter().any(|&r| session(r) == session(n));
            let same_user = self.user(n) == Some(user) && self.normalized(n, Field::AppId).as_deref() == Some(client);
            if same_token {
                calls.push((n, "token"));
            } else if same_session && near(n) {
                calls.push((n, "session"));
            } else if same_user && near(n) {
                calls.push((n, "user-app-time"));
            }
        }
        calls
    }

    pub(super) fn add_calls(line: &mut Line, calls: &[(usize, &'static str)]) {
        let best = ["token", "session", "user-app-time"].into_iter().find(|link| calls.iter().any(|c| c.1 == *link));
        let mut shown: Vec<String> = calls.iter().map(|(n, link)| format!("{} {link}", n + 1)).collect();
        shown.sort();
        line.insert("graph", format!("{shown:?}"));
        line.insert("GraphLink", best.unwrap_or("none").to_owned());
    }
}
