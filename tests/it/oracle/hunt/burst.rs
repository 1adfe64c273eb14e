//! "One client, many resources."

use super::Hunt;
use crate::oracle::line::{Line, list, numbers};
use crate::oracle::row::{MINUTE, moment};
use std::collections::BTreeSet;
use tokentrail::testing::model::{Field, Table};

/// A hunt burst: its rows in hunt order.
pub(super) struct Burst {
    pub(super) user: String,
    pub(super) client: String,
    pub(super) rows: Vec<usize>,
}

impl Hunt<'_> {
    pub(super) fn bursts(&self) -> Vec<Burst> {
        let of = |n: usize| Some((self.user(n)?.to_owned(), self.normalized(n, Field::AppId)?));
        let exchanges: Vec<usize> = self.live.iter().copied().filter(|&n| self.is_watched_success(n)).collect();
        let groups: BTreeSet<(String, String)> = exchanges.iter().filter_map(|&n| of(n)).collect();
        let mut bursts = Vec::new();
        for group in groups {
            let rows: Vec<usize> = exchanges.iter().copied().filter(|&n| of(n).as_ref() == Some(&group)).collect();
            for rows in self.merged_windows(&rows) {
                bursts.push(Burst { user: group.0.clone(), client: group.1.clone(), rows });
            }
        }
        bursts
    }

    fn is_watched_success(&self, n: usize) -> bool {
        self.row(n).table == Table::NonInteractive
            && self.succeeded(n)
            && self.normalized(n, Field::AppId).is_some_and(|client| self.is_watched(&client))
    }

    /// The rows inside each group of qualifying windows that share an instant.
    fn merged_windows(&self, rows: &[usize]) -> Vec<Vec<usize>> {
        let inside = |from: i64, to: i64| -> Vec<usize> {
            rows.iter().copied().filter(|&n| (from..=to).contains(&self.time(n))).collect()
        };
        let mut windows: Vec<(i64, i64)> = Vec::new();
        for &first in rows {
            let start = self.time(first);
            let covered = inside(start, start + self.settings.window.ticks());
            let end = covered.iter().map(|&n| self.time(n)).max().expect("a window holds its first event");
            if self.resources(&covered).len() >= self.settings.min_resources {
                windows.push((start, end));
            }
        }
        // Join two windows that share an instant until no two do.
        while let Some((a, b)) = sharing_pair(&windows) {
            let second = windows.remove(b);
            windows[a] = (windows[a].0.min(second.0), windows[a].1.max(second.1));
        }
        windows.into_iter().map(|(from, to)| inside(from, to)).collect()
    }

    pub(super) fn burst_line(&self, burst: &Burst) -> Line {
        let mut line = self.common(&burst.rows, &burst.user, &burst.client);
        line.insert("Analytic", "foci-burst".to_owned());
        line
    }

    /// The columns that both burst analytics print of the rows they cover.
    ///
    /// Readings: a blank address, agent or name is not listed (it says nothing); names are listed as the rows
    /// have them (compared here without case); `RequestUris` are those of the linked Graph calls.
    pub(super) fn common(&self, rows: &[usize], user: &str, client: &str) -> Line {
        let shown = |field| list(rows.iter().filter_map(|&n| self.shown(n, field)));
        let (first, last) = (self.time(rows[0]), self.time(rows[rows.len() - 1]));
        let resources = self.resources(rows);
        let calls = self.graph_calls(rows, user, client);
        let mut line = Line::from([
            ("UserPrincipalName", self.upn(rows)),
            ("UserId", self.user_id(user)),
            ("AppId", client.to_owned()),
            ("AppDisplayName", self.last(rows, Field::AppDisplayName).unwrap_or_default()),
            ("FirstSeen", moment(first)),
            ("LastSeen", moment(last)),
            ("SpanMinutes", (last.div_euclid(MINUTE) - first.div_euclid(MINUTE)).to_string()),
            ("AppIdCount", "1".to_owned()),
            ("ResourceCount", resources.len().to_string()),
            ("ResourceIds", list(&resources)),
            ("Resources", list(rows.iter().filter_map(|&n| self.normalized(n, Field::ResourceDisplayName)))),
            ("SignInCount", rows.len().to_string()),
            ("IPs", shown(Field::IpAddress)),
            ("UserAgents", shown(Field::UserAgent)),
            ("RequestUris", list(calls.iter().filter_map(|(n, _)| self.shown(*n, Field::RequestUri)))),
            ("evidence", numbers(rows.iter().copied())),
        ]);
        Self::add_calls(&mut line, &calls);
        line
    }
}

fn sharing_pair(windows: &[(i64, i64)]) -> Option<(usize, usize)> {
    let pairs = (0..windows.len()).flat_map(|a| (a + 1..windows.len()).map(move |b| (a, b)));
    pairs.into_iter().find(|&(a, b)| windows[a].0 <= windows[b].1 && windows[b].0 <= windows[a].1)
}
