//! Builds a [`Hit`] from an analytic's rows.

use super::candidates::Burst;
use super::graph_ties::{self, GraphTies};
use super::{Attack, Cell, DetectContext, Grade, GraphCall, GraphTie, Hit, Semantics};
use crate::facts::technique;
use crate::model::words::{counted, hex};
use crate::model::{Confidence, EventId, Field, Severity, Span, Sym, Time};
use crate::store::Store;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The part of a hit that its analytic decides.
pub struct HitBuilder {
    /// Id of the analytic.
    pub analytic: &'static str,
    /// The user, in the form the semantics compare.
    pub user: Sym,
    /// The client, in the form the semantics compare.
    pub app: Sym,
    /// The session, for analytics that are about one.
    pub session: Option<Sym>,
    /// Name of the client.
    pub app_name: String,
    /// Sign-in rows, in the semantics' time order.
    pub events: Vec<EventId>,
    /// Rows whose resources count; often all.
    pub resource_events: Vec<EventId>,
    /// Device-code legs.
    pub legs: Vec<EventId>,
    /// First use of the device code.
    pub code_time: Option<Time>,
    /// Columns of the published query and the analytic's own.
    pub columns: Vec<(&'static str, Cell)>,
    /// Difference from the machine of the session's rows before, in words.
    pub machine: String,
    /// Sentences with the numbers that fired.
    pub reasons: Vec<String>,
    /// Graph calls.
    pub graph: Vec<GraphCall>,
    /// First and last seen, where they are not those of the sign-ins.
    pub seen: Option<(Time, Time)>,
    /// Number of sign-ins, where it is not that of the rows.
    pub sign_in_count: Option<usize>,
    /// Grade, for analytics that grade by a rule of their own.
    pub grade: Option<Grade>,
    /// Techniques that the rule itself earns, each with its evidence.
    pub attack: Vec<(&'static str, String)>,
    /// Smallest value of the analytic's own threshold with which the rows fire.
    pub span_needed: Option<Span>,
}

impl HitBuilder {
    /// A builder without rows.
    pub fn new(analytic: &'static str, user: Sym, app: Sym) -> Self {
        Self {
            analytic,
            user,
            app,
            session: None,
            app_name: String::new(),
            events: Vec::new(),
            resource_events: Vec::new(),
            legs: Vec::new(),
            code_time: None,
            columns: Vec::new(),
            machine: String::new(),
            reasons: Vec::new(),
            graph: Vec::new(),
            seen: None,
            sign_in_count: None,
            grade: None,
            attack: Vec::new(),
            span_needed: None,
        }
    }

    /// A builder for sign-ins of a session, blank or not, with the client of one of them.
    pub fn for_sign_ins(
        context: &DetectContext,
        analytic: &'static str,
        (user, session): (Sym, Sym),
        named_by: Option<EventId>,
        events: Vec<EventId>,
    ) -> Self {
        let store = context.store;
        let app = named_by.map_or(Sym::NONE, |id| store.normalized_field(store.event(id), Field::AppId));
        Self {
            session: Some(session).filter(|session| !session.is_none()),
            app_name: named_by.map_or("", |id| context.text(id, Field::AppDisplayName)).to_owned(),
            resource_events: events.clone(),
            events,
            ..Self::new(analytic, user, app)
        }
    }

    /// The hit, without findings, severity and confidence: [`super::assess::complete`] adds those.
    pub fn finish(self, context: &DetectContext) -> Hit {
        let store = context.store;
        let clock = |id: Option<&EventId>| id.map_or(Time::MISSING, |&id| context.time(store.event(id)));
        let (first_seen, last_seen) =
            self.seen.unwrap_or_else(|| (clock(self.events.first()), clock(self.events.last())));
        let app_id = store.text(self.app).to_owned();
        let family = if context.bare {
            String::new()
        } else {
            context.facts.family_at(&app_id.to_lowercase(), first_seen).sentence
        };
        let (user_id, mut upn) = (context.reading.user)(store, self.user, &self.events);
        // Calls have no sign-in name: that of the user's sign-ins.
        if upn.is_empty() && self.grade.is_some() {
            let known = store.upn(self.user);
            upn = if known == store.text(self.user) { "" } else { known };
        }
        let session = self.session.map(|sym| store.text(sym).to_owned());
        let resource_ids =
            if context.bare { Vec::new() } else { (context.reading.resources)(store, &self.resource_events) };
        let user = store.text(self.user);
        let id = hit_id(self.analytic, user, &app_id, session.as_deref().unwrap_or_default(), first_seen);
        Hit {
            id,
            analytic: self.analytic,
            semantics: context.settings.semantics,
            also_published: false,
            severity: self.grade.as_ref().map_or(Severity::Medium, |grade| grade.severity),
            severity_reason: self.grade.as_ref().map_or_else(String::new, |grade| grade.reason.clone()),
            confidence: Confidence::Medium,
            confidence_reason: String::new(),
            reasons: self.reasons,
            user: self.events.first().map_or(Sym::NONE, |&event| store.event(event).user),
            user_id: user_id.to_owned(),
            upn: upn.to_owned(),
            app_id,
            app_name: self.app_name,
            session,
            first_seen,
            last_seen,
            sign_in_count: self.sign_in_count.unwrap_or(self.events.len()),
            resource_ids,
            machine: self.machine,
            family,
            columns: self.columns,
            evidence: self.events,
            legs: self.legs,
            code_time: self.code_time,
            graph: self.graph,
            acts: Vec::new(),
            grade: self.grade,
            weights: None,
            attack: self
                .attack
                .into_iter()
                .map(|(id, evidence)| Attack { id, name: &technique(id).name, evidence })
                .collect(),
            findings: Vec::new(),
            span_needed: self.span_needed,
            allowed: None,
            incident: String::new(),
            elsewhere: Vec::new(),
            uncovered: None,
        }
    }
}

/// A builder for a burst, with the columns of the published burst query; `events` is the part of it that counts.
pub fn burst_hit(context: &DetectContext, analytic: &'static str, burst: &Burst, events: Vec<EventId>) -> HitBuilder {
    let ties = graph_ties::of_burst(context, burst, &events);
    let app_name = (context.reading.client_name)(context.store, &events);
    let (columns, reasons) = if context.bare {
        (Vec::new(), Vec::new())
    } else {
        (burst_columns(context, burst, app_name, &events, &ties), burst_reasons(context, burst, &events))
    };
    HitBuilder {
        app_name: app_name.to_owned(),
        resource_events: if context.bare { Vec::new() } else { events.clone() },
        events,
        columns,
        reasons,
        graph: ties.calls,
        ..HitBuilder::new(analytic, burst.user, burst.app)
    }
}

/// The `project` of the published burst query.
fn burst_columns(
    context: &DetectContext,
    burst: &Burst,
    app_name: &str,
    events: &[EventId],
    ties: &GraphTies,
) -> Vec<(&'static str, Cell)> {
    let store = context.store;
    let clock = |id: Option<&EventId>| id.map_or(Time::MISSING, |&id| context.time(store.event(id)));
    let (first, last) = (clock(events.first()), clock(events.last()));
    let (_, upn) = (context.reading.user)(store, burst.user, events);
    let names = context.texts(events, Field::ResourceDisplayName);
    let resources = (context.reading.counted_resources)(store, events);
    let networks = context.texts(events, Field::Asn).into_iter().map(network);
    vec![
        ("FirstSeen", Cell::Time(first)),
        ("LastSeen", Cell::Time(last)),
        ("SpanMinutes", Cell::Number(last.minute_boundaries_since(first))),
        ("UserPrincipalName", Cell::Text(upn.to_owned())),
        ("AppDisplayName", Cell::Text(app_name.to_owned())),
        ("AppId", Cell::Text(store.text(burst.app).to_owned())),
        ("AppIdCount", Cell::Number(1)),
        ("ResourceCount", Cell::count(resources.len())),
        ("Resources", Cell::List(names)),
        ("IPs", Cell::List(context.texts(events, Field::IpAddress))),
        ("ASNs", Cell::List(networks.collect())),
        ("UserAgents", Cell::List(context.texts(events, Field::UserAgent))),
        ("RequestUris", Cell::List(ties.addresses(context))),
        ("SignInCount", Cell::count(events.len())),
    ]
}

/// An autonomous system as people write it; empty stays empty.
fn network(number: String) -> String {
    if number.is_empty() { number } else { format!("AS{number}") }
}

/// The reasons of every burst.
fn burst_reasons(context: &DetectContext, burst: &Burst, events: &[EventId]) -> Vec<String> {
    let store = context.store;
    let settings = context.settings;
    let (Some(&first), Some(&last)) = (events.first(), events.last()) else { return Vec::new() };
    let span = context.time(store.event(last)).since(context.time(store.event(first)));
    let resources = (context.reading.counted_resources)(store, events);
    let mut reasons = vec![format!(
        "{} resources in {} token exchanges of one client within {span} (rule: {} in {} of {})",
        resources.len(),
        events.len(),
        settings.min_resources,
        burst.window,
        settings.window.threshold(),
    )];
    let tokens = incoming(context, events);
    if !tokens.is_empty() {
        reasons.push(format!("of {}: {tokens}", counted(events.len(), "sign-in")));
    }
    reasons
}

/// Most kinds of token that a sentence names; there are four.
const KINDS: usize = 12;

/// Incoming tokens of the rows, blank ones left out: `1 without a token, 6 with a refresh token`.
fn incoming(context: &DetectContext, events: &[EventId]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for &id in events {
        *counts.entry(context.text(id, Field::IncomingTokenType)).or_default() += 1;
    }
    let mut kinds = context.texts(events, Field::IncomingTokenType);
    kinds.retain(|kind| !kind.is_empty());
    let shown = kinds.iter().take(KINDS).map(|kind| {
        let count = counts.get(kind.as_str()).copied().unwrap_or(0);
        match kind.as_str() {
            "unknownFutureValue" => format!("{count} with a token that the export withholds (unknownFutureValue)"),
            "none" => format!("{count} without a token"),
            "refreshToken" => format!("{count} with a refresh token"),
            "primaryRefreshToken" => format!("{count} with a primary refresh token"),
            _ => format!("{count} with {kind}"),
        }
    });
    let shown = shown.collect::<Vec<_>>().join(", ");
    if kinds.len() > KINDS { format!("{shown} and {} more kinds", kinds.len() - KINDS) } else { shown }
}

/// The strongest tie among the calls, as a sentence; `None` without calls.
pub fn graph_reason(store: &Store, hit: &Hit) -> Option<String> {
    let how = match hit.graph_tie() {
        GraphTie::None => return None,
        GraphTie::Token if hit.semantics == Semantics::Published => "by the published join",
        GraphTie::Token if hit.computed_tokens(store) > 0 => "by token id computed from the sign-in id",
        GraphTie::Token => "by token id",
        GraphTie::Session => "by session",
        GraphTie::UserAppTime => "only by user, client and time",
    };
    let tied = format!("{}, matched {how}", counted(hit.graph.len(), "Graph call"));
    Some(match hit.computed_tokens(store) {
        0 => tied,
        count => format!("{tied}: {count} of its sign-ins name no token"),
    })
}

/// The id of a hit that begins at that time.
pub fn hit_id(analytic: &str, user: &str, app: &str, session: &str, first: Time) -> String {
    // To the second: an export that cuts the rest gives the same id.
    short_hash(&[analytic, user, app, session, &first.second()])
}

/// Twelve hex digits over the parts.
pub(super) fn short_hash(parts: &[&str]) -> String {
    hex(&Sha256::digest(parts.join("\u{1f}"))[..6])
}
