//! Hits: results of analytics, with the evidence to defend them.

use super::ties::Rung;
use super::{Allow, Cell, Finding, Grade, Semantics, Uncovered, Weights};
use crate::model::{Confidence, EventId, Flags, Origin, Severity, Span, Sym, Time};
use crate::store::Store;
use serde::Serialize;

/// One result of an analytic.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Stable across runs and machines: a short hash of analytic, user, app, session, first seen.
    pub id: String,
    /// Id of its incident; empty under published semantics.
    pub incident: String,
    /// Id of the analytic.
    pub analytic: &'static str,
    /// Semantics that found it.
    pub semantics: Semantics,
    /// Whether the published query would have returned a row that overlaps it.
    pub also_published: bool,
    /// Severity if it is token theft.
    pub severity: Severity,
    /// Reason for the severity, one sentence.
    pub severity_reason: String,
    /// Confidence by the findings.
    pub confidence: Confidence,
    /// Reason for the confidence, one sentence with the counts.
    pub confidence_reason: String,
    /// Sentences with the numbers that fired.
    pub reasons: Vec<String>,
    /// User key in the store, for its timeline.
    pub user: Sym,
    /// The user's object id as printed (the UPN where the bundle has no id).
    pub user_id: String,
    /// The user's sign-in name.
    pub upn: String,
    /// Client application id.
    pub app_id: String,
    /// Client application name.
    pub app_name: String,
    /// Session, where the hit is of one.
    pub session: Option<String>,
    /// First event.
    pub first_seen: Time,
    /// Last event.
    pub last_seen: Time,
    /// Sign-ins it covers.
    pub sign_in_count: usize,
    /// Resource identities counted; a normalized name where a row has no id. Sorted.
    pub resource_ids: Vec<String>,
    /// Difference of its rows from the machine of the session's rows before, in words; empty where it is not of such.
    pub machine: String,
    /// Family membership of the client at `first_seen`, with its source.
    pub family: String,
    /// The columns of the published query (and the analytic's own), in order, under their own names.
    pub columns: Vec<(&'static str, Cell)>,
    /// Its sign-in rows, in time order.
    pub evidence: Vec<EventId>,
    /// Device-code legs of its flow, in time order; empty where it has none.
    pub legs: Vec<EventId>,
    /// First use of its flow's device code; `None` where it has no flow.
    pub code_time: Option<Time>,
    /// Graph calls tied to it, in time order.
    pub graph: Vec<GraphCall>,
    /// Rows of audit tables tied to its sign-ins, in order; those tied by a time alone are left out.
    pub acts: Vec<HitAct>,
    /// Grade by its analytic's own rule; `None` where severity follows from the analytic's base.
    pub grade: Option<Grade>,
    /// Facts that weigh for and against theft; `None` under published semantics.
    pub weights: Option<Weights>,
    /// ATT&CK techniques, each earned by evidence.
    pub attack: Vec<Attack>,
    /// One finding per step of the analytic, in order.
    pub findings: Vec<Finding>,
    /// Smallest value of its analytic's own threshold of time with which its rows fire.
    pub span_needed: Option<Span>,
    /// The entry of the allow-list that covers it.
    pub allowed: Option<Allow>,
    /// The queries that found it in other engines.
    pub elsewhere: Vec<FoundElsewhere>,
    /// The entry that would cover it but for a few addresses, and these, where none does; where one does, the addresses
    /// of its Graph calls outside of that entry's networks.
    pub uncovered: Option<Uncovered>,
}

impl Hit {
    /// Returns whether only a query elsewhere found it, so that the bundle has no evidence of it to weigh.
    pub fn is_found_elsewhere_only(&self) -> bool {
        self.severity == Severity::NotWeighed
    }

    /// Returns whether its analytic grades by a rule of its own, and it is low: a near miss.
    pub fn is_near_miss(&self) -> bool {
        self.grade.is_some() && self.severity == Severity::Low
    }

    /// The strongest tie of its Graph calls.
    pub fn graph_tie(&self) -> GraphTie {
        self.graph.iter().map(|call| call.tie).min().unwrap_or(GraphTie::None)
    }

    /// The strongest tie in words, which mention computed token ids.
    pub fn link_words(&self, store: &Store) -> &'static str {
        match self.graph_tie() {
            GraphTie::Token if self.computed_tokens(store) > 0 => "token, computed from the sign-in id",
            link => link.word(),
        }
    }

    /// The first of its sign-ins and device-code legs: its baseline ends a day before.
    pub fn begins(&self, store: &Store) -> Time {
        let rows = self.evidence.iter().chain(&self.legs).map(|event| store.event(*event).time());
        rows.min().unwrap_or(self.first_seen)
    }

    /// Number of its sign-ins whose token id is only computed from their id, and named by a Graph call.
    pub fn computed_tokens(&self, store: &Store) -> usize {
        let computed = |event: &&EventId| store.event(**event).flags.has(Flags::TOKEN_COMPUTED);
        if self.semantics == Semantics::Published { 0 } else { self.evidence.iter().filter(computed).count() }
    }

    /// A sentence on the entry that a few addresses kept from covering the hit, or on its Graph calls from outside of
    /// the one that covers it.
    pub fn uncovered_words(&self) -> Option<String> {
        let uncovered = self.uncovered.as_ref()?;
        let (number, addresses) = (uncovered.entry.number, uncovered.words());
        Some(match self.allowed {
            None => format!("entry {number} of the allow-list would cover it but for {addresses}"),
            Some(_) => format!("its Graph calls also came from {addresses}, outside of entry {number}"),
        })
    }

    /// A column's value by name.
    #[cfg(any(test, feature = "testing"))]
    pub fn column(&self, name: &str) -> Option<&Cell> {
        self.columns.iter().find(|(column, _)| *column == name).map(|(_, cell)| cell)
    }
}

/// Tie of a Graph call to a hit, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GraphTie {
    /// The token itself: `SignInActivityId` equals `UniqueTokenIdentifier`.
    Token,
    /// The same session.
    Session,
    /// The same user and client at the right time.
    UserAppTime,
    /// No Graph call.
    None,
}

impl GraphTie {
    /// The word in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Session => "session",
            Self::UserAppTime => "user-app-time",
            Self::None => "none",
        }
    }
}

/// A query that found a hit in another engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundElsewhere {
    /// The engine, in a few words.
    pub engine: String,
    /// Semantics of the query.
    pub semantics: Semantics,
    /// Whether the query finds more than the analytic.
    pub is_at_most: bool,
    /// The row of its result.
    pub origin: Origin,
    /// Id that the hit has by this row alone.
    pub id: String,
}

impl FoundElsewhere {
    /// `Sentinel`, `Sentinel, as published`.
    pub fn words(&self) -> String {
        let published = if self.semantics == Semantics::Published { ", as published" } else { "" };
        format!("{}{published}", self.engine)
    }
}

/// A Graph call of a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GraphCall {
    /// The call.
    pub event: EventId,
    /// Its tie to the hit.
    pub tie: GraphTie,
}

/// An act of a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HitAct {
    /// The row.
    pub event: EventId,
    /// Rung that ties it to the hit.
    pub rung: Rung,
}

/// An ATT&CK technique with the evidence for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attack {
    /// Technique id.
    pub id: &'static str,
    /// Technique name.
    pub name: &'static str,
    /// The evidence, in a sentence.
    pub evidence: String,
}
