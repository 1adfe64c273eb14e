//! Parameters of queries: thresholds, times and lists of a run, each by the name that the texts know it under.

use super::Value;
use crate::analytics::{Settings, hop_clients};
use crate::facts::{CONTINUES, ClientRole, Facts};
use crate::model::Span;

/// A parameter.
pub(super) struct Parameter {
    /// Its name in every text.
    pub(super) name: &'static str,
    /// A few words, with the option that sets it.
    pub(super) about: &'static str,
    /// Its value in a run.
    pub(super) value: fn(&Settings, &Facts) -> Value,
}

/// The analytics of sessions.
const HOP: &str = "session-hop";
const BROAD_HOP: &str = "session-hop-broad";

/// Longest time from an event to its arrival in the log that a query allows for.
const LAG: Span = Span::minutes(2 * 24 * 60);
/// The part of the past that a query looks at for a user's habits.
const HISTORY: Span = Span::minutes(30 * 24 * 60);
/// The part of the past that a query looks at where no time is given.
const RECENT: Span = Span::minutes(24 * 60);
/// The very moment.
const NOW: Span = Span::minutes(0);

const fn parameter(name: &'static str, about: &'static str, value: fn(&Settings, &Facts) -> Value) -> Parameter {
    Parameter { name, about, value }
}

/// Every parameter.
const PARAMETERS: &[Parameter] = &[
    parameter("Since", "--since: events from this time on", |settings, _| {
        settings.since.map_or(Value::Ago(RECENT), Value::Time)
    }),
    parameter("Until", "--until: events before this time", |settings, _| {
        settings.until.map_or(Value::Ago(NOW), Value::Time)
    }),
    parameter("Lag", "longest time from an event to its arrival", |_, _| Value::Span(LAG)),
    parameter("History", "days before --since in which habits are looked for", |_, _| Value::Span(HISTORY)),
    parameter("MinResources", "--min-resources: distinct resources that make a burst", |settings, _| {
        Value::Number(i64::try_from(settings.min_resources).unwrap_or(i64::MAX))
    }),
    parameter("Window", "--window: length of a burst's window", |settings, _| Value::Span(settings.window)),
    parameter("DeviceCodeWindow", "--device-code-window: from a device code to the burst", |settings, _| {
        Value::Span(settings.device_code_window)
    }),
    parameter("SessionWindow", "--session-window: from a session's first login to the second client", |settings, _| {
        Value::Span(settings.session_window)
    }),
    parameter("SplitGap", "--split-gap: between two parties of one session", |settings, _| {
        Value::Span(settings.split_gap)
    }),
    parameter("FootholdWindow", "--foothold-window: from a hit to a change", |settings, _| {
        Value::Span(settings.foothold_window)
    }),
    parameter("HandoffWindow", "--handoff-window: from the issue of a code to its exchange", |settings, _| {
        Value::Span(settings.handoff_window)
    }),
    parameter("ReconWindow", "--recon-window: length of a sweep's window", |settings, _| {
        Value::Span(settings.recon_window)
    }),
    parameter(
        "AdminScopeOnly",
        "--admin-scope-only: Azure CLI counts only with the Global Administrator role",
        |settings, _| Value::Truth(settings.admin_scope_only),
    ),
    parameter(
        "NoncompliantOnly",
        "--noncompliant-only: and only from a device not known to be compliant",
        |settings, _| Value::Truth(settings.noncompliant_only),
    ),
    parameter("Watched", "--clients: clients whose bursts are watched", |settings, facts| {
        texts(settings.clients.watched(facts))
    }),
    parameter("PublishedFamily", "the family list that the query was published with", |_, facts| {
        texts(facts.clients().iter().map(|client| client.id.as_str()).filter(|id| facts.is_published_family(id)))
    }),
    parameter("Family", "clients that were ever family members", |_, facts| {
        texts(facts.clients().iter().map(|client| client.id.as_str()).filter(|id| facts.was_ever_family(id)))
    }),
    parameter("HopClients", "clients abused as a session's second", |_, _| texts(hop_clients(HOP).map(|(id, _)| id))),
    parameter("HopNames", "their names", |_, _| texts(hop_clients(HOP).map(|(_, name)| name))),
    parameter("BroadHopClients", "clients that tools favour", |_, _| texts(hop_clients(BROAD_HOP).map(|(id, _)| id))),
    parameter("BroadHopNames", "their names", |_, _| texts(hop_clients(BROAD_HOP).map(|(_, name)| name))),
    parameter("HandoffClients", "clients whose authorization code can be pasted", |_, facts| {
        texts(facts.clients_with(ClientRole::Handoff))
    }),
    parameter("BaselineUntil", "--baseline-until: no row from then on is a habit", |settings, _| {
        settings.baseline_until.or(settings.until).map_or(Value::Ago(NOW), Value::Time)
    }),
    parameter("MicrosoftNetworks", "AS numbers of Microsoft's networks", |_, facts| {
        texts(facts.microsoft_networks().map(|asn| asn.to_string()))
    }),
    parameter("ServiceClients", "services that call in a user's name", |_, facts| {
        texts(facts.clients_with(ClientRole::ServiceSide))
    }),
    parameter("SensitiveResources", "resources that a first use draws attention to", |_, facts| {
        texts(facts.sensitive_resources())
    }),
    parameter("ToolPattern", "user agents of tools and libraries", |_, facts| Value::Text(facts.tool_pattern())),
    parameter("Footholds", "operations that outlive a revocation", |_, facts| {
        texts(facts.foothold_operations().filter(|name| !name.ends_with(CONTINUES)))
    }),
    parameter("FootholdBeginnings", "beginnings of such operations", |_, facts| {
        texts(facts.foothold_operations().filter_map(|name| name.strip_suffix(CONTINUES)))
    }),
];

fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Value {
    let mut all: Vec<String> = texts.into_iter().map(|text| text.as_ref().to_owned()).collect();
    all.sort_unstable();
    all.dedup();
    Value::Texts(all)
}

/// The parameter of a name.
pub(super) fn named(name: &str) -> Option<&'static Parameter> {
    PARAMETERS.iter().find(|parameter| parameter.name == name)
}
