//! "One session, first login then an abused client."

use super::Hunt;
use super::text::word;
use crate::oracle::known::{
    AAD_GRAPH, AAD_GRAPH_NAME, ABUSED, ABUSED_BROAD, CLI, GLOBAL_ADMINISTRATOR, was_ever_family,
};
use crate::oracle::line::{Line, list, numbers, scopes};
use crate::oracle::row::{MINUTE, moment};
use std::collections::BTreeSet;
use tokentrail::testing::model::Field;

/// A first login and the seconds of one client, in hunt order.
struct Hop {
    user: String,
    session: String,
    client: String,
    first: usize,
    seconds: Vec<usize>,
}

impl Hunt<'_> {
    pub(super) fn hops(&self) -> Vec<Line> {
        let window = self.settings.session_window.ticks();
        let second = |first: usize, n: usize| {
            let elapsed = self.time(n) - self.time(first);
            elapsed > 0
                && elapsed <= window
                && self.succeeded(n)
                && self.is_abused(n, &ABUSED)
                && self.is_for_aad_graph(n)
                && self.passes_tuning(n)
        };
        self.hops_where(second).iter().map(|hop| self.hop_line("session-hop", hop)).collect()
    }

    /// V1. Readings: a second is any row with an incoming token at or after the first login, by one of the
    /// three clients and not the first login's; the tuning flags are this version's too, where they come from.
    pub(super) fn broad_hops(&self) -> Vec<Line> {
        let second = |first: usize, n: usize| {
            self.time(n) >= self.time(first)
                && self.is_abused(n, &ABUSED_BROAD)
                && self.normalized(n, Field::AppId) != self.normalized(first, Field::AppId)
                && self.passes_tuning(n)
        };
        self.hops_where(second).iter().map(|hop| self.hop_line("session-hop-broad", hop)).collect()
    }

    /// Hops whose seconds pass, beside what every second must be: of the same session and user, with a token,
    /// in the home tenant. Reading: the first login's tenants do not matter ("itself in the home tenant").
    fn hops_where(&self, second: impl Fn(usize, usize) -> bool) -> Vec<Hop> {
        let of = |n: usize| Some((self.normalized(n, Field::SessionId)?, self.user(n)?.to_owned()));
        let sign_ins: Vec<usize> = self.live.iter().copied().filter(|&n| self.is_sign_in(n)).collect();
        let groups: BTreeSet<(String, String)> = sign_ins.iter().filter_map(|&n| of(n)).collect();
        let mut hops = Vec::new();
        for group in groups {
            let rows: Vec<usize> = sign_ins.iter().copied().filter(|&n| of(n).as_ref() == Some(&group)).collect();
            let Some(first) = rows.iter().copied().find(|&n| self.is_first_login(n)) else { continue };
            let seconds: Vec<usize> = rows
                .into_iter()
                .filter(|&n| self.incoming(n).is_some_and(|token| token != "none"))
                .filter(|&n| self.is_home(n) && second(first, n))
                .collect();
            let clients: BTreeSet<String> = seconds.iter().filter_map(|&n| self.normalized(n, Field::AppId)).collect();
            for client in clients {
                let of_client = |n: &usize| self.normalized(*n, Field::AppId).as_ref() == Some(&client);
                let seconds = seconds.iter().copied().filter(of_client).collect();
                hops.push(Hop { user: group.1.clone(), session: group.0.clone(), client, first, seconds });
            }
        }
        hops
    }

    fn is_first_login(&self, n: usize) -> bool {
        self.incoming(n).as_deref() == Some("none")
            && self.normalized(n, Field::AppId).is_some_and(|client| was_ever_family(&client))
    }

    fn is_home(&self, n: usize) -> bool {
        let home = self.normalized(n, Field::HomeTenantId);
        home.is_some() && home == self.normalized(n, Field::ResourceTenantId)
    }

    fn is_abused(&self, n: usize, clients: &[&str]) -> bool {
        self.normalized(n, Field::AppId).is_some_and(|client| clients.contains(&client.as_str()))
    }

    fn is_for_aad_graph(&self, n: usize) -> bool {
        match self.normalized(n, Field::ResourceIdentity) {
            Some(id) => id == AAD_GRAPH,
            None => self.normalized(n, Field::ResourceDisplayName) == Some(AAD_GRAPH_NAME.to_lowercase()),
        }
    }

    fn passes_tuning(&self, n: usize) -> bool {
        let settings = self.settings;
        let restricted = settings.admin_scope_only || settings.noncompliant_only;
        if !restricted || self.normalized(n, Field::AppId).as_deref() != Some(CLI) {
            return true;
        }
        let admin = self.row(n).get(Field::ProcessingDetails).to_lowercase().contains(GLOBAL_ADMINISTRATOR);
        admin && !(settings.noncompliant_only && self.is_known_compliant(n))
    }

    /// Reading: compliant is the JSON value true, or a text that says it.
    fn is_known_compliant(&self, n: usize) -> bool {
        let device: serde_json::Value = serde_json::from_str(self.row(n).get(Field::DeviceDetail)).unwrap_or_default();
        match &device["isCompliant"] {
            serde_json::Value::Bool(compliant) => *compliant,
            serde_json::Value::String(text) => word(text) == "true",
            _ => false,
        }
    }

    /// Reading: at one instant a second comes after its first login, whatever their Ids say.
    fn hop_line(&self, analytic: &'static str, hop: &Hop) -> Line {
        let mut rows = vec![hop.first];
        rows.extend(&hop.seconds);
        let (first, second) = (hop.first, hop.seconds[0]);
        let last = hop.seconds[hop.seconds.len() - 1];
        let calls = self.graph_calls(&rows, &hop.user, &hop.client);
        let diff = self.time(second).div_euclid(MINUTE) - self.time(first).div_euclid(MINUTE);
        let id = |n, field| self.normalized(n, field).unwrap_or_default();
        let shown = |n, field| self.shown(n, field).unwrap_or_default();
        let mut line = Line::from([
            ("Analytic", analytic.to_owned()),
            ("UserPrincipalName", self.upn(&rows)),
            ("UserId", self.user_id(&hop.user)),
            ("AppId", hop.client.clone()),
            ("SessionId", hop.session.clone()),
            ("FirstSeen", moment(self.time(first))),
            ("LastSeen", moment(self.time(last))),
            ("SignInCount", (1 + hop.seconds.len()).to_string()),
            ("SecondCount", hop.seconds.len().to_string()),
            ("ResourceIds", list(self.resources(&hop.seconds))),
            ("TimeDiff", diff.to_string()),
            ("FirstRequestTimeGenerated", moment(self.time(first))),
            ("SecondRequestTimeGenerated", moment(self.time(second))),
            ("FirstAppId", id(first, Field::AppId)),
            ("SecondAppId", id(second, Field::AppId)),
            ("FirstResult", shown(first, Field::ResultType)),
            ("SecondResult", shown(second, Field::ResultType)),
            ("SecondIncomingTokenType", word(self.row(second).get(Field::IncomingTokenType))),
            ("FirstResourceIdentity", id(first, Field::ResourceIdentity)),
            ("SecondResourceIdentity", id(second, Field::ResourceIdentity)),
            ("SecondIPAddress", shown(second, Field::IpAddress)),
            ("SecondUserAgent", shown(second, Field::UserAgent)),
            ("SecondDeviceDetail", shown(second, Field::DeviceDetail)),
            ("SecondAppDisplayName", shown(second, Field::AppDisplayName)),
            ("FirstAppDisplayName", shown(first, Field::AppDisplayName)),
            ("IPAddress", shown(first, Field::IpAddress)),
            ("UserAgent", shown(first, Field::UserAgent)),
            ("DeviceDetail", shown(first, Field::DeviceDetail)),
            ("FirstOauthScopeInfo", list(self.scope_words(first))),
            ("SecondOauthScopeInfo", list(self.scope_words(second))),
            ("AddedScopes", list(self.scope_words(second).difference(&self.scope_words(first)))),
            ("evidence", numbers(rows)),
        ]);
        Self::add_calls(&mut line, &calls);
        line
    }

    /// The words of the "Oauth Scope Info" entry of the processing details; tools write its keys in any case.
    fn scope_words(&self, n: usize) -> BTreeSet<String> {
        let details: serde_json::Value =
            serde_json::from_str(self.row(n).get(Field::ProcessingDetails)).unwrap_or_default();
        let entries = details.as_array().cloned().unwrap_or_default();
        let member = |entry: &serde_json::Value, name: &str| {
            let members = entry.as_object()?;
            let (_, value) = members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
            value.as_str().map(str::to_owned)
        };
        let is_scopes = |entry: &&serde_json::Value| {
            member(entry, "key").is_some_and(|key| key.trim().eq_ignore_ascii_case("Oauth Scope Info"))
        };
        let entry = entries.iter().find(is_scopes);
        scopes(&entry.and_then(|entry| member(entry, "value")).unwrap_or_default())
    }
}
