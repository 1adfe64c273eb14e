//! Bundles for the tests of graded analytics: a user's days at the desk, and a row after another.

use super::{Hit, Settings, run_with_low};
use crate::facts::Facts;
use crate::model::{Field, Flags, Severity, Span, Table, Time};
use crate::store::testing::Rows;
use std::sync::Arc;

/// The day after the days.
pub(super) const TODAY: &str = "2026-05-01T10:00:00Z";
/// Network, address and place of the desk.
pub(super) const DESK: Fields = &[(Field::IpAddress, "192.0.2.10"), (Field::Asn, "64496"), BROWSER, BERLIN];
/// Those of somebody else.
pub(super) const AWAY: Fields = &[(Field::IpAddress, "203.0.113.50"), (Field::Asn, "64510"), BROWSER, BERLIN];
/// A browser on Windows.
pub(super) const BROWSER: (Field, &str) = (Field::UserAgent, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0");
/// A browser on macOS.
pub(super) const MAC: (Field, &str) =
    (Field::UserAgent, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.4 Safari/605.1.15");
/// A kit.
pub(super) const KIT: (Field, &str) = (Field::UserAgent, "kali365-live/2.1");
/// An HTTP library.
pub(super) const LIBRARY: (Field, &str) = (Field::UserAgent, "axios/1.7.9");
/// No token presented.
pub(super) const NO_TOKEN: (Field, &str) = (Field::IncomingTokenType, "none");
/// A refresh token presented.
pub(super) const REFRESH: (Field, &str) = (Field::IncomingTokenType, "refreshToken");

/// A country.
pub(super) const BERLIN: (Field, &str) = (Field::LocationDetails, r#"{"countryOrRegion":"DE"}"#);
/// Another country.
pub(super) const LYON: (Field, &str) = (Field::LocationDetails, r#"{"countryOrRegion":"FR"}"#);

/// Fields of a row; of two with the same field the last counts.
pub(super) type Fields = &'static [(Field, &'static str)];

/// A row's time as text: so long after [`TODAY`].
pub(super) fn after(elapsed: Span) -> String {
    Time::parse(TODAY).expect("a time").plus(elapsed).to_string()
}

/// One tick.
pub(super) const TICK: Span = Span::from_ticks(1);

/// Rows of a bundle.
#[derive(Default)]
pub(super) struct Bundle {
    rows: Rows,
    count: usize,
    settings: Settings,
}

impl Bundle {
    /// An interactive sign-in at the desk on each of so many days of April.
    pub(super) fn at_desk(days: u32) -> Self {
        let mut bundle = Self::default();
        for day in 1..=days {
            bundle.row(Table::SignIn, &format!("2026-04-{day:02}T09:00:00Z"), &[DESK]);
        }
        bundle
    }

    /// Adds a success of the user.
    pub(super) fn row(&mut self, table: Table, at: &str, fields: &[&[(Field, &str)]]) -> &mut Self {
        self.count += 1;
        let id = format!("row{}", self.count);
        let common = [(Field::Id, id.as_str()), (Field::UserId, "u"), (Field::ResultType, "0")];
        self.rows.row(table, at, &[&common[..], &fields.concat()].concat());
        self
    }

    /// Sets flags of the last row.
    pub(super) fn flag(&mut self, flags: Flags) -> &mut Self {
        self.rows.flag(flags);
        self
    }

    /// Sets the range of the run.
    pub(super) fn since(&mut self, since: &str) -> &mut Self {
        self.settings.since = Time::parse(since);
        self
    }

    /// All hits of an analytic, those graded low too.
    pub(super) fn hits(&mut self, analytic: &str) -> Vec<Hit> {
        let settings = Settings { analytics: Some(vec![analytic.to_owned()]), ..self.settings.clone() };
        run_with_low(&self.rows.build(), Facts::embedded(), &settings, Arc::default())
    }

    /// Severities of the hits of an analytic by its rule.
    pub(super) fn severities(&mut self, analytic: &str) -> Vec<Severity> {
        self.hits(analytic).iter().map(graded).collect()
    }
}

/// Severity of a hit by its analytic's rule.
pub(super) fn graded(hit: &Hit) -> Severity {
    hit.grade.as_ref().expect("a rule graded it").severity
}
