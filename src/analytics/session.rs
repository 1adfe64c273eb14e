//! Session hops: a first login, then a client that tools favour, in one session. Shared by both session analytics.

use super::candidates::{Request, SessionOf};
use super::flow::presents_token;
use super::names::{client_of, resource_of};
use super::{Cell, DetectContext, Hit, HitBuilder, graph_ties, scopes};
use crate::model::{EventId, Field, Flags, Span, Sym, Table};
use crate::store::Event;
use crate::tables::Role;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap};

/// Role template id of Global Administrator (public, the same in every tenant).
pub const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
/// Azure CLI, the one client the tuning options restrict.
const AZURE_CLI: (&str, &str) = ("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI");

/// Conditions that make a pair of sign-ins a hop.
pub struct Hop {
    /// Id of the analytic.
    pub analytic: &'static str,
    /// Abused clients: ids for hunt semantics, names for published ones.
    pub clients: &'static [(&'static str, &'static str)],
    /// Whether the second is for AAD Graph.
    pub aad_graph_only: bool,
    /// Whether the second is of another client than the first.
    pub other_client: bool,
    /// Whether the pair is bounded: more than nothing, at most the session window; and the result is tested.
    pub bounded: bool,
}

/// AAD Graph, the old directory API, a favourite of public tools: its id, and its name where a row has no id.
const AAD_GRAPH: (&str, &str) = ("00000002-0000-0000-c000-000000000000", "windows azure active directory");

/// Every hop under hunt semantics: the requests of one client that followed a first login are one hit.
pub fn hops(context: &DetectContext, hop: &Hop) -> Vec<Hit> {
    let mut grouped: BTreeMap<(EventId, Sym), (SessionOf, Vec<EventId>)> = BTreeMap::new();
    for &Request { of, app, first, second, elapsed } in
        context.candidates.requests(hop.analytic, || requests(context, hop)).iter()
    {
        let in_time = if hop.bounded {
            elapsed > Span::from_ticks(0) && elapsed <= context.settings.session_window
        } else {
            elapsed >= Span::from_ticks(0)
        };
        if in_time {
            grouped.entry((first, app)).or_insert_with(|| (of, Vec::new())).1.push(second);
        }
    }
    let hit = |((first, app), ((session, user), seconds)): ((EventId, Sym), (SessionOf, Vec<EventId>))| {
        let second = seconds.first().copied().unwrap_or(first);
        let pair = Pair { session, user, app, first, result: second, scopes: scope_list, seconds };
        let mut builder = core(context, hop, &pair);
        builder.graph = graph_ties::tied(context, user, app, &builder.events);
        if !context.bare {
            let details = |id| context.text(id, Field::ProcessingDetails);
            let added = scopes::added(details(first), details(second));
            builder.columns.push(("AddedScopes", Cell::List(added)));
        }
        builder.finish(context)
    };
    grouped.into_iter().map(hit).collect()
}

/// Every request that makes a hop if it came in time, in time order.
fn requests(context: &DetectContext, hop: &Hop) -> Vec<Request> {
    let store = context.store;
    let rows = context.admitted().find_in(Role::Issues, || {
        // By client: whether a login with it may be a first, and a request of it a second.
        let mut clients: HashMap<Sym, (bool, bool), RandomState> = HashMap::default();
        move |id, event| {
            let is_login = event.flags.has(Flags::INCOMING_NONE);
            if !is_login && !presents_token(event) {
                return None;
            }
            let (may_be_first, may_be_second) =
                *clients.entry(store.normalized_field(event, Field::AppId)).or_insert_with_key(|app| {
                    let app = store.text(*app);
                    (context.facts.was_ever_family(app), hop.clients.iter().any(|(id, _)| *id == app))
                });
            if !(if is_login { may_be_first } else { may_be_second && hunt_second(context, hop, event) }) {
                return None;
            }
            let key = (store.normalized_field(event, Field::SessionId), context.user(event));
            (!key.0.is_none() && !key.1.is_none()).then_some((key, id, is_login))
        }
    });
    let mut firsts: HashMap<SessionOf, EventId, RandomState> = HashMap::default();
    let mut seconds: Vec<(SessionOf, EventId)> = Vec::new();
    for (key, id, is_login) in rows {
        if is_login {
            firsts.entry(key).or_insert(id);
        } else {
            seconds.push((key, id));
        }
    }
    let paired = seconds.into_iter().filter_map(|(of, second)| {
        let first = *firsts.get(&of)?;
        let (login, event) = (store.event(first), store.event(second));
        let app = store.normalized_field(event, Field::AppId);
        let same = app == store.normalized_field(login, Field::AppId);
        let elapsed = event.time().since(login.time());
        (!hop.other_client || !same).then_some(Request { of, app, first, second, elapsed })
    });
    paired.collect()
}

/// Returns whether a row of a hop's client that presents a token may be the second of a hop.
fn hunt_second(context: &DetectContext, hop: &Hop, event: Event<'_>) -> bool {
    let store = context.store;
    let normalized = |field| store.text(store.normalized_field(event, field));
    let tenant = store.normalized_field(event, Field::HomeTenantId);
    let app = normalized(Field::AppId);
    let resource = store.normalized_field(event, Field::ResourceIdentity);
    let aad_graph = if resource.is_none() {
        normalized(Field::ResourceDisplayName) == AAD_GRAPH.1
    } else {
        store.text(resource) == AAD_GRAPH.0
    };
    (event.succeeded() || !hop.bounded)
        && (aad_graph || !hop.aad_graph_only)
        && !tenant.is_none()
        && tenant == store.normalized_field(event, Field::ResourceTenantId)
        && (app != AZURE_CLI.0 || cli_counts(context, event))
}

/// The published tuning options: Azure CLI counts only with the Global Administrator role in its token's details,
/// or only with that and from a device not known to be compliant.
fn cli_counts(context: &DetectContext, event: Event<'_>) -> bool {
    let settings = context.settings;
    let text = |field| context.store.text(event.get(field));
    let admin = || text(Field::ProcessingDetails).to_lowercase().contains(GLOBAL_ADMINISTRATOR);
    let open = || scopes::compliant(text(Field::DeviceDetail)) != Some(true);
    (!settings.admin_scope_only && !settings.noncompliant_only) || (admin() && (!settings.noncompliant_only || open()))
}

/// The published query: every pair of rows on (session, UPN), its first-row result test included.
pub fn published_hops(context: &DetectContext, hop: &Hop) -> Vec<Hit> {
    let store = context.store;
    let rows = context.admitted().find_in(Role::Issues, || {
        let mut family: HashMap<Sym, bool, RandomState> = HashMap::default();
        move |id, event| {
            let exact = |field| context.exact(event, field);
            let text = |field: Field| store.text(event.get(field));
            let of_family = |app: Sym| context.facts.is_published_family(store.text(app));
            if event.table != Table::NonInteractive
                || exact(Field::HomeTenantId) != exact(Field::ResourceTenantId)
                || !*family.entry(event.get(Field::AppId)).or_insert_with_key(|app| of_family(*app))
            {
                return None;
            }
            let is_first = text(Field::IncomingTokenType) == "none";
            let is_second = || {
                hop.clients.iter().any(|(_, name)| *name == text(Field::AppDisplayName))
                    && (!hop.aad_graph_only || text(Field::ResourceIdentity) == AAD_GRAPH.0)
                    && (text(Field::AppDisplayName) != AZURE_CLI.1 || cli_counts(context, event))
            };
            let key = (exact(Field::SessionId), exact(Field::UserPrincipalName));
            (is_first || is_second()).then_some((key, id, is_first))
        }
    });
    let mut firsts: HashMap<SessionOf, Vec<EventId>> = HashMap::new();
    let mut seconds = Vec::new();
    for (key, id, is_first) in rows {
        if is_first {
            firsts.entry(key).or_default().push(id);
        } else {
            seconds.push((key, id));
        }
    }
    let pair = |key: SessionOf, first: EventId, second: EventId| {
        let app = context.exact(store.event(second), Field::AppId);
        let ((session, user), seconds) = (key, vec![second]);
        let scopes = |details: &str| Cell::Text(scopes::published_extract(details).to_owned());
        // The published query gives the first row's result under the name SecondResult.
        core(context, hop, &Pair { session, user, app, first, seconds, result: first, scopes }).finish(context)
    };
    if context.thin {
        return thinned(context, hop, &firsts, &seconds).map(|(key, first, second)| pair(key, first, second)).collect();
    }
    let mut hits = Vec::new();
    for (key, second) in seconds {
        for &first in firsts.get(&key).map_or(&[][..], Vec::as_slice) {
            if published_pair(context, hop, store.event(first), store.event(second)) {
                hits.push(pair(key, first, second));
            }
        }
    }
    hits
}

/// A part of the pairs that the published query joins, with each of its rows in one: a session with thousands on both
/// sides has millions of pairs. Takes one second request for each first and client, since rows are found by client.
fn thinned<'a>(
    context: &'a DetectContext,
    hop: &'a Hop,
    firsts: &'a HashMap<SessionOf, Vec<EventId>>,
    seconds: &'a [(SessionOf, EventId)],
) -> impl Iterator<Item = (SessionOf, EventId, EventId)> {
    let mut by_key: BTreeMap<SessionOf, BTreeMap<Sym, Vec<EventId>>> = BTreeMap::new();
    for (key, second) in seconds {
        let app = context.exact(context.store.event(*second), Field::AppId);
        by_key.entry(*key).or_default().entry(app).or_default().push(*second);
    }
    by_key.into_iter().flat_map(move |(key, apps)| {
        let firsts = firsts.get(&key).map_or(&[][..], Vec::as_slice);
        let mut pairs = Vec::new();
        // What is said of a first alone is asked beforehand: a partner is only looked for by time and name.
        let succeeded = |id: &EventId| context.store.text(context.store.event(*id).get(Field::ResultType)) == "0";
        let able = firsts.iter().copied().filter(|id| !hop.bounded || succeeded(id));
        let sorted_firsts = Partners::new(context, hop, able);
        for seconds in apps.values() {
            let of_seconds = seconds.iter().copied();
            let first_of = |second| Some((sorted_firsts.partner(second, false)?, second));
            pairs.extend(of_seconds.clone().filter_map(first_of));
            let seconds = Partners::new(context, hop, of_seconds);
            pairs.extend(firsts.iter().filter_map(|first| Some((*first, seconds.partner(*first, true)?))));
        }
        pairs.into_iter().map(move |(first, second)| (key, first, second))
    })
}

/// Rows of one side of the published join, by time, to find a partner for a row of the other side.
struct Partners<'a> {
    context: &'a DetectContext<'a>,
    hop: &'a Hop,
    /// With the place of the next row that has another client name.
    rows: Vec<(EventId, usize)>,
}

impl<'a> Partners<'a> {
    fn new(context: &'a DetectContext<'a>, hop: &'a Hop, rows: impl Iterator<Item = EventId>) -> Self {
        let mut ids: Vec<EventId> = rows.collect();
        ids.sort_by_key(|id| (context.time(context.store.event(*id)), *id));
        let name = |id: EventId| context.store.text(context.store.event(id).get(Field::AppDisplayName));
        let mut rows: Vec<(EventId, usize)> = ids.into_iter().map(|id| (id, 0)).collect();
        for at in (0..rows.len()).rev() {
            let next = at + 1;
            let alike = rows.get(next).is_some_and(|(id, _)| name(*id) == name(rows[at].0));
            rows[at].1 = if alike { rows[next].1 } else { next };
        }
        Self { context, hop, rows }
    }

    /// A row that makes a pair with the given row, which is the first of the two or the second.
    fn partner(&self, row: EventId, is_first: bool) -> Option<EventId> {
        let store = self.context.store;
        let apart = |id: EventId| {
            let (first, second) = if is_first { (row, id) } else { (id, row) };
            let time = |id| self.context.time(store.event(id));
            time(second).minute_boundaries_since(time(first))
        };
        let most = if self.hop.bounded { self.context.settings.session_window.whole_minutes() } else { i64::MAX };
        let least = i64::from(self.hop.bounded);
        // Seconds come later and later, firsts nearer and nearer.
        let from = self.rows.partition_point(|(id, _)| if is_first { apart(*id) < least } else { apart(*id) > most });
        let to = self.rows.partition_point(|(id, _)| if is_first { apart(*id) <= most } else { apart(*id) >= least });
        let &(nearest, other) = self.rows.get(from).filter(|_| from < to)?;
        let fits = |id: EventId| {
            let (first, second) = if is_first { (row, id) } else { (id, row) };
            published_pair(self.context, self.hop, store.event(first), store.event(second)).then_some(id)
        };
        fits(nearest).or_else(|| self.rows.get(other).filter(|_| other < to).and_then(|(id, _)| fits(*id)))
    }
}

fn published_pair(context: &DetectContext, hop: &Hop, first: Event<'_>, second: Event<'_>) -> bool {
    let text = |event: Event<'_>, field| context.store.text(event.get(field));
    let minutes = context.time(second).minute_boundaries_since(context.time(first));
    if hop.other_client && text(first, Field::AppDisplayName) == text(second, Field::AppDisplayName) {
        return false;
    }
    if !hop.bounded {
        return minutes >= 0;
    }
    // The published query tests the first row's result under the name SecondResult.
    text(first, Field::ResultType) == "0" && (1..=context.settings.session_window.whole_minutes()).contains(&minutes)
}

/// A first login and the requests of one client that followed it.
struct Pair {
    session: Sym,
    user: Sym,
    app: Sym,
    first: EventId,
    seconds: Vec<EventId>,
    /// The row whose result is reported as the second's.
    result: EventId,
    /// The scopes in a row's details.
    scopes: fn(&str) -> Cell,
}

fn scope_list(details: &str) -> Cell {
    Cell::List(scopes::scopes(details))
}

/// The core of a hit, without Graph calls.
fn core(context: &DetectContext, hop: &Hop, pair: &Pair) -> HitBuilder {
    let mut events = vec![pair.first];
    events.extend(&pair.seconds);
    let second = pair.seconds.first().copied().unwrap_or(pair.first);
    HitBuilder {
        session: Some(pair.session),
        app_name: context.last_text(&pair.seconds, Field::AppDisplayName).to_owned(),
        resource_events: pair.seconds.clone(),
        columns: if context.bare { Vec::new() } else { columns(context, pair, second) },
        reasons: if context.bare { Vec::new() } else { reasons(context, pair, second) },
        events,
        ..HitBuilder::new(hop.analytic, pair.user, pair.app)
    }
}

/// The published `project` list, then ours.
fn columns(context: &DetectContext, pair: &Pair, second: EventId) -> Vec<(&'static str, Cell)> {
    let first = pair.first;
    let text = |id, field| Cell::Text(context.text(id, field).to_owned());
    let id = |event, field| {
        let sym = context.key(context.store.event(event), field);
        Cell::Text(context.store.text(sym).to_owned())
    };
    let clock = |event| context.time(context.store.event(event));
    let scope = |event| (pair.scopes)(context.text(event, Field::ProcessingDetails));
    vec![
        ("FirstRequestTimeGenerated", Cell::Time(clock(first))),
        ("FirstResult", text(first, Field::ResultType)),
        ("FirstResultDescription", text(first, Field::ResultDescription)),
        ("Identity", text(first, Field::Identity)),
        ("Location", text(first, Field::Location)),
        ("FirstAppDisplayName", text(first, Field::AppDisplayName)),
        ("FirstAppId", id(first, Field::AppId)),
        ("ClientAppUsed", text(first, Field::ClientAppUsed)),
        ("DeviceDetail", text(first, Field::DeviceDetail)),
        ("SecondDeviceDetail", text(second, Field::DeviceDetail)),
        ("IPAddress", Cell::Text(context.address(first).to_owned())),
        ("LocationDetails", text(first, Field::LocationDetails)),
        ("UserAgent", text(first, Field::UserAgent)),
        ("SecondRequestTimeGenerated", Cell::Time(clock(second))),
        ("SecondResult", text(pair.result, Field::ResultType)),
        ("SecondResultDescription", text(second, Field::ResultDescription)),
        ("SecondAppDisplayName", text(second, Field::AppDisplayName)),
        ("SecondAppId", id(second, Field::AppId)),
        ("SecondIncomingTokenType", text(second, Field::IncomingTokenType)),
        ("SessionId", Cell::Text(context.store.text(pair.session).to_owned())),
        ("TimeDiff", Cell::Number(clock(second).minute_boundaries_since(clock(first)))),
        ("FirstOauthScopeInfo", scope(first)),
        ("SecondOauthScopeInfo", scope(second)),
        ("FirstResourceIdentity", id(first, Field::ResourceIdentity)),
        ("SecondResourceIdentity", id(second, Field::ResourceIdentity)),
        ("SecondIPAddress", Cell::Text(context.address(second).to_owned())),
        ("SecondUserAgent", text(second, Field::UserAgent)),
        ("SecondCount", Cell::count(pair.seconds.len())),
    ]
}

fn reasons(context: &DetectContext, pair: &Pair, second: EventId) -> Vec<String> {
    let store = context.store;
    let (login, event) = (store.event(pair.first), store.event(second));
    let name = |event: Event<'_>| client_of(store, context.facts, event).to_owned();
    let mut reasons = vec![format!(
        "{} after the session's first login ({}), {} asked for {} with {}",
        context.time(event).since(context.time(login)),
        name(login),
        name(event),
        resource_of(store, context.facts, event),
        match store.text(event.get(Field::IncomingTokenType)) {
            "unknownFutureValue" => "a token whose kind the export withholds (unknownFutureValue)",
            "" => "no recorded token",
            kind => kind,
        },
    )];
    if pair.seconds.len() > 1 {
        reasons.push(format!("{} such requests in the session", pair.seconds.len()));
    }
    let address = |event| store.normalized_field(event, Field::IpAddress);
    let (from, to) = (address(login), address(event));
    if from != to {
        let (from, to) = (store.text(from), store.text(to));
        reasons.push(format!("the first login came from {from}, the second client from {to}"));
    }
    if context.settings.noncompliant_only {
        reasons.push(
            "Azure CLI counted only with the Global Administrator role, from a device not known compliant".to_owned(),
        );
    } else if context.settings.admin_scope_only {
        reasons.push("Azure CLI counted only with the Global Administrator role".to_owned());
    }
    reasons
}
