//! The hunt semantics, paragraph by paragraph, over plain rows. Slow on purpose: every rule is a loop.
//!
//! `Reading:` says which one stands here where a paragraph can be read in two ways.

mod burst;
mod duplicates;
mod flow;
mod graph;
mod hop;
pub(crate) mod text;

use super::line::Line;
use super::row::Row;
pub(crate) use duplicates::uti;
use std::collections::{BTreeMap, BTreeSet};
use text::{normalized, normalized_field, normalized_id, word};
use tokentrail::testing::analytics::{Clients, Settings};
use tokentrail::testing::model::{Field, Table};

/// The rows that are left to look at, in hunt order, and whose they are.
pub(crate) struct Hunt<'a> {
    rows: &'a [Row],
    settings: &'a Settings,
    /// Numbers of the rows that are neither copies nor outside `--since/--until`, in hunt order.
    live: Vec<usize>,
    users: BTreeMap<usize, String>,
}

/// Every hit of every analytic.
pub(crate) fn hits(rows: &[Row], per_source: usize, settings: &Settings) -> Vec<Line> {
    let (live, rows) = duplicates::events(rows, per_source);
    let hunt = Hunt::new(&rows, live, settings);
    let bursts = hunt.bursts();
    let mut lines: Vec<Line> = bursts.iter().map(|burst| hunt.burst_line(burst)).collect();
    lines.extend(hunt.device_code_bursts(&bursts));
    lines.extend(hunt.hops());
    lines.extend(hunt.broad_hops());
    lines
}

impl<'a> Hunt<'a> {
    fn new(rows: &'a [Row], mut live: Vec<usize>, settings: &'a Settings) -> Self {
        // "Applied after folding and before all else": users too are known from these rows only.
        live.retain(|&n| {
            let time = rows[n].hunt_time();
            settings.since.is_none_or(|since| since.ticks() <= time)
                && settings.until.is_none_or(|until| time < until.ticks())
        });
        // Reading: the Id of "event time, ingest time, Id" is compared as ids are, normalized; then reading order.
        live.sort_by_key(|&n| (rows[n].hunt_time(), rows[n].ingested, normalized_field(&rows[n], Field::Id), n));
        let users = users(rows, &live);
        Self { rows, settings, live, users }
    }

    fn row(&self, n: usize) -> &Row {
        &self.rows[n]
    }

    fn time(&self, n: usize) -> i64 {
        self.rows[n].hunt_time()
    }

    fn user(&self, n: usize) -> Option<&str> {
        self.users.get(&n).map(String::as_str)
    }

    /// The user as an id: blank where no row has it as one.
    fn user_id(&self, user: &str) -> String {
        let is_id = self.live.iter().any(|&n| self.normalized(n, Field::UserId).as_deref() == Some(user));
        if is_id { user.to_owned() } else { String::new() }
    }

    /// A field normalized; `None` when blank.
    fn normalized(&self, n: usize, field: Field) -> Option<String> {
        normalized_field(&self.rows[n], field)
    }

    /// A field's text trimmed; `None` when blank.
    fn shown(&self, n: usize, field: Field) -> Option<String> {
        self.normalized(n, field).map(|_| self.rows[n].get(field).trim().to_owned())
    }

    /// The last non-blank normalized text of a field among rows in hunt order.
    fn last(&self, rows: &[usize], field: Field) -> Option<String> {
        rows.iter().rev().find_map(|&n| self.normalized(n, field))
    }

    /// Reading: without case and spaces, `0` and `Success` are the two words of success, and `0.0` with either mark.
    fn succeeded(&self, n: usize) -> bool {
        let word = word(self.rows[n].get(Field::ResultType));
        let zeros = word.strip_prefix("0.").or_else(|| word.strip_prefix("0,")).unwrap_or_default();
        word == "0" || word == "success" || !zeros.is_empty() && zeros.chars().all(|c| c == '0')
    }

    /// Incoming token type without case and spaces; `None` when it is not recorded.
    fn incoming(&self, n: usize) -> Option<String> {
        normalized_field(&self.rows[n], Field::IncomingTokenType).map(|text| word(&text))
    }

    fn is_sign_in(&self, n: usize) -> bool {
        is_sign_in(&self.rows[n])
    }

    fn is_watched(&self, client: &str) -> bool {
        let seeds = super::known::SEEDS.contains(&client);
        match &self.settings.clients {
            Clients::Seeds => seeds,
            Clients::Family => seeds || super::known::was_ever_family(client),
            Clients::Listed(ids) => ids.iter().any(|id| normalized(id).as_deref() == Some(client)),
        }
    }

    /// "The resource id, else the folded display name; blank is not counted."
    fn resource(&self, n: usize) -> Option<String> {
        self.normalized(n, Field::ResourceIdentity).or_else(|| self.normalized(n, Field::ResourceDisplayName))
    }

    fn resources(&self, rows: &[usize]) -> BTreeSet<String> {
        rows.iter().filter_map(|&n| self.resource(n)).collect()
    }

    /// The user as printed: the UPN of the last row that has one; `*` where none of them says, for then the
    /// paragraphs do not.
    fn upn(&self, rows: &[usize]) -> String {
        self.last(rows, Field::UserPrincipalName).unwrap_or_else(|| "*".to_owned())
    }
}

/// Returns whether a row is of one of the two sign-in tables.
fn is_sign_in(row: &Row) -> bool {
    matches!(row.table, Table::SignIn | Table::NonInteractive)
}

/// "`UserId`; a row without one takes the `UserId` that its folded UPN has in the bundle's sign-ins, if that is
/// exactly one, else the folded UPN is the user; a row with neither belongs to nobody."
fn users(rows: &[Row], live: &[usize]) -> BTreeMap<usize, String> {
    let id = |n: usize| normalized_id(rows[n].get(Field::UserId));
    let upn = |n: usize| normalized(rows[n].get(Field::UserPrincipalName));
    let sign_ins = live.iter().filter(|&&n| is_sign_in(&rows[n]));
    let known: BTreeSet<(String, String)> = sign_ins.filter_map(|&n| Some((upn(n)?, id(n)?))).collect();
    let resolve = |n: usize| {
        id(n).or_else(|| {
            let upn = upn(n)?;
            let mut ids = known.iter().filter(|(known, _)| *known == upn).map(|(_, id)| id);
            match (ids.next(), ids.next()) {
                (Some(only), None) => Some(only.clone()),
                _ => Some(upn),
            }
        })
    };
    live.iter().filter_map(|&n| Some((n, resolve(n)?))).collect()
}
