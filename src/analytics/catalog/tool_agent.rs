//! `tool-agent`: an attacker's tool, or a bare HTTP library, that names itself in the user agent.

use crate::analytics::certainty;
use crate::analytics::findings::{agent_in_tenant, others_with_agent};
use crate::analytics::flow::{FlowKind, leg_of};
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::known::Standing;
use crate::analytics::need::OF_AGENTS;
use crate::analytics::owners::Owners;
use crate::analytics::places::Net;
use crate::analytics::registration::BROKER;
use crate::analytics::rows::{CLOCK_SKEW, distinct};
use crate::analytics::shared_steps::{GRAPH_ACTIONS, NETWORKS_SEEN, WHOSE_PARTY};
use crate::analytics::want;
use crate::analytics::{Analytic, Cell, DetectContext, Grade, GraphCall, GraphTie, Hit, LookAlike, Show, Step};
use crate::facts::{ToolAgent, lifetimes};
use crate::model::words::counted;
use crate::model::{EventId, Field, Severity, Span, Sym, Table, Time, call_status};
use crate::store::{Event, Key};
use foldhash::fast::RandomState;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "tool-agent",
    title: "A tool names itself",
    about: ABOUT,
    look_alikes: &[LookAlike::Developer, LookAlike::Inventory],
    source: "tokentrail",
    attack: &["T1069.003", "T1078.004", "T1087.004", "T1114.002", "T1213.002", "T1213.005", "T1526", "T1530"],
    needs: OF_AGENTS,
    wants: &[want::WEEK, want::NETWORKS, want::CALLS_OF_TOKENS],
    thresholds: &[],
    severity: Severity::Medium,
    on_by_default: true,
    reads_hits: false,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str = "Looks for sign-ins and Graph calls whose user agent is that of an attack tool, or of a bare HTTP \
library where it has no business: with the Broker or OfficeHome, in a device-code flow, or in a network that is new to \
the user.

Kits seldom change the agent that their library sends. It is the cheapest sign there is, and a tool's own name is as \
good as certain.

Developers' scripts and command lines send the same libraries from networks that the user is known to use: those stay \
low, and so do they where the bundle is too short to say. An agent can be faked: its absence proves nothing.";

const STEPS: &[Step] = &[
    Step {
        id: "agent-in-tenant",
        title: "agent seen here?",
        question: "Which exact agent was it, and which clients and users had it before?",
        look_for: "An agent that nobody had, or a client that never has it.",
        show: Show::GroupBy(Field::UserAgent),
        answer: agent_in_tenant,
    },
    NETWORKS_SEEN,
    WHOSE_PARTY,
    GRAPH_ACTIONS,
    Step {
        id: "others-with-agent",
        title: "others with this agent?",
        question: "Which other users have rows with the same agent?",
        look_for: "The same agent and network with several users.",
        show: Show::Mark,
        answer: others_with_agent,
    },
];

/// The page of Office in a browser: no library signs in to it.
const OFFICE_HOME: &str = "4765445b-32c6-49b0-83e6-1d93765276ca";
/// Exchange, SharePoint and Graph, whose tokens a thief wants beside those of the sensitive resources.
const SOUGHT: [&str; 3] = [
    "00000002-0000-0ff1-ce00-000000000000",
    "00000003-0000-0ff1-ce00-000000000000",
    "00000003-0000-0000-c000-000000000000",
];
/// Time after a flow in which its tokens count as descending from it.
const LIFE: Span = lifetimes::OF_CODE;
/// Answers that mean success.
const ANSWERED: std::ops::RangeInclusive<u64> = 200..=299;

/// Rows of one user, tool and network.
struct Group<'f> {
    user: Sym,
    tool: &'f str,
    net: Option<Net>,
    rows: Vec<EventId>,
    severity: Severity,
    reason: &'static str,
    /// Whether a network that the bundle cannot decide keeps the grade down.
    is_open: bool,
}

fn detect(context: &DetectContext) -> Vec<Hit> {
    let groups = groups(context);
    let mut owners = Owners::new(context);
    groups.into_iter().map(|group| hit(context, group, &mut owners)).collect()
}

/// Rows that name a tool which has a grade.
fn rows_of_tools<'a>(context: &DetectContext<'a>) -> Vec<(EventId, &'a ToolAgent, Severity)> {
    let (store, facts) = (context.store, context.facts);
    let mut agents: HashMap<Sym, Option<(&ToolAgent, Severity)>, RandomState> = HashMap::default();
    let mut named = |agent: Sym| {
        *agents.entry(agent).or_insert_with(|| {
            let tool = facts.tool(store.text(agent)).filter(|tool| !tool.is_shell())?;
            Some((tool, tool.grade?))
        })
    };
    let is_admitted = |id: EventId| context.admitted().counts(store.event(id));
    let rows = context.places().rows_with(|profile| named(profile.agent));
    rows.filter(|(id, _)| is_admitted(*id)).map(|(id, (tool, grade))| (id, tool, grade)).collect()
}

fn groups<'a>(context: &DetectContext<'a>) -> Vec<Group<'a>> {
    let (store, places) = (context.store, context.places());
    let mut numbers: BTreeMap<(Sym, &str, Option<Net>), usize> = BTreeMap::new();
    let mut groups: Vec<Group> = Vec::new();
    let grader = Grader { context, codes: OnceCell::new() };
    for (id, tool, grade) in rows_of_tools(context) {
        let event = store.event(id);
        let user = context.user(event);
        if user.is_none() || places.place(id).is_neutral || !counts(context, event) {
            continue;
        }
        let net = places.net(id);
        let standing = context.known().standing(user, places.place(id), event.time());
        let (severity, reason) = if tool.is_library() {
            grader.library(id, event, user, standing)
        } else if tool.is_legacy() && standing != Standing::New {
            (Severity::Low, "an old protocol, in a network that is not new to the user")
        } else {
            (grade, "its user agent is an attack tool's")
        };
        let at = *numbers.entry((user, tool.name.as_str(), net)).or_insert_with(|| {
            let tool = tool.name.as_str();
            groups.push(Group { user, tool, net, rows: Vec::new(), severity, reason, is_open: false });
            groups.len() - 1
        });
        let group = &mut groups[at];
        if severity > group.severity {
            (group.severity, group.reason) = (severity, reason);
        }
        group.is_open |= tool.is_library() && standing == Standing::Undecided;
        group.rows.push(id);
    }
    groups
}

/// Returns whether a row is a sign-in or a call that succeeded.
fn counts(context: &DetectContext, event: Event<'_>) -> bool {
    if event.table.issues() {
        event.succeeded()
    } else {
        event.table.uses() && ANSWERED.contains(&call_status(context.store.text(event.get(Field::ResponseStatusCode))))
    }
}

/// Grades rows of HTTP libraries.
struct Grader<'c, 'a> {
    context: &'c DetectContext<'a>,
    /// Times of device-code flows by user and session.
    codes: OnceCell<HashMap<(Sym, Sym), Vec<Time>>>,
}

impl Grader<'_, '_> {
    fn library(&self, id: EventId, event: Event<'_>, user: Sym, standing: Standing) -> (Severity, &'static str) {
        let store = self.context.store;
        let is_new = standing == Standing::New;
        let client = store.text(store.normalized_field(event, Field::AppId));
        if client == BROKER || client == OFFICE_HOME {
            (Severity::High, "a bare HTTP library with a client that no library has")
        } else if standing != Standing::Undecided && self.is_of_code(event, user) {
            (Severity::High, "a bare HTTP library in a device-code flow")
        } else if is_new && self.is_sought(id, event) {
            (
                Severity::High,
                "a bare HTTP library in a network that is new to the user, at a resource that thieves seek",
            )
        } else if is_new {
            (Severity::Medium, "a bare HTTP library in a network that is new to the user")
        } else if standing == Standing::Known {
            (Severity::Low, "a bare HTTP library in a network that the user is known to use")
        } else {
            (Severity::Low, "a bare HTTP library in a network of which the bundle cannot say whether it is new")
        }
    }

    /// Returns whether a row is a leg of a device-code flow, or descends from one.
    fn is_of_code(&self, event: Event<'_>, user: Sym) -> bool {
        if leg_of(event).is_some() {
            return true;
        }
        if !FlowKind::DeviceCode.has_transfer(event) || !event.table.issues() {
            return false;
        }
        let session = self.context.store.normalized_field(event, Field::SessionId);
        let times = self.codes().get(&(user, session)).filter(|_| !session.is_none());
        times.is_some_and(|times| {
            let from = times.partition_point(|time| *time < event.time().minus(LIFE));
            times.get(from).is_some_and(|time| *time <= event.time().plus(CLOCK_SKEW))
        })
    }

    fn codes(&self) -> &HashMap<(Sym, Sym), Vec<Time>> {
        self.codes.get_or_init(|| {
            let mut codes: HashMap<(Sym, Sym), Vec<Time>> = HashMap::new();
            for (&user, flows) in self.context.flows() {
                for flow in flows {
                    for &session in &flow.sessions {
                        codes.entry((user, session)).or_default().push(flow.time(self.context.store));
                    }
                }
            }
            for times in codes.values_mut() {
                times.sort_unstable();
            }
            codes
        })
    }

    /// Returns whether a row's resource is one that thieves seek. That of a Graph call is the Graph it calls.
    fn is_sought(&self, id: EventId, event: Event<'_>) -> bool {
        if !event.table.issues() {
            return matches!(event.table, Table::Graph | Table::AadGraph);
        }
        let (store, facts) = (self.context.store, self.context.facts);
        let resource = store.text(store.normalized_field(event, Field::ResourceIdentity));
        let resource = if resource.is_empty() {
            let name = store.get(id, Field::ResourceDisplayName);
            facts.resource_named(name).map_or("", |known| known.id.as_str())
        } else {
            resource
        };
        SOUGHT.contains(&resource) || facts.is_sensitive(resource)
    }
}

fn hit(context: &DetectContext, group: Group<'_>, owners: &mut Owners<'_, '_>) -> Hit {
    let store = context.store;
    let Group { user, tool, net, rows, severity, reason, is_open } = group;
    let (sign_ins, calls): (Vec<EventId>, Vec<EventId>) = rows.iter().partition(|&&id| store.event(id).table.issues());
    let is_open = is_open && severity == Severity::Low;
    let mut builder = HitBuilder {
        sign_in_count: Some(sign_ins.len()),
        grade: Some(Grade {
            severity,
            reason: reason.to_owned(),
            most: certainty::most(store, rows.iter().copied(), is_open),
        }),
        ..HitBuilder::new(ANALYTIC.id, user, Sym::NONE)
    };
    if !context.bare {
        let clients = context.texts(&rows, Field::AppId);
        let names = context.texts(&sign_ins, Field::AppDisplayName);
        builder.app_name = if names.len() == 1 { names[0].clone() } else { String::new() };
        let agents = context.texts(&rows, Field::UserAgent);
        let from = net.map_or_else(|| "no public address".to_owned(), |net| net.to_string());
        builder.reasons = vec![
            format!("user agent {} ({tool}) from {from}", agents.join(", ")),
            format!("{} and {}", counted(sign_ins.len(), "sign-in"), counted(calls.len(), "call")),
        ];
        builder.columns = vec![
            ("Tool", Cell::Text(tool.to_owned())),
            ("UserAgents", Cell::List(agents)),
            ("Net", Cell::Text(net.map_or_else(String::new, |net| net.to_string()))),
            ("Clients", Cell::List(clients)),
            ("Calls", Cell::count(calls.len())),
        ];
        if sign_ins.is_empty() {
            let words = format!("{} as the user", counted(calls.len(), "successful call"));
            builder.attack = vec![("T1078.004", words)];
        }
        builder.graph = tied(context, &sign_ins, &calls, owners);
        builder.resource_events = sign_ins;
    }
    builder.events = rows;
    builder.finish(context)
}

/// The tool's calls, and those of the tokens that it was issued.
fn tied(
    context: &DetectContext,
    sign_ins: &[EventId],
    calls: &[EventId],
    owners: &mut Owners<'_, '_>,
) -> Vec<GraphCall> {
    let store = context.store;
    let mut found: BTreeMap<EventId, GraphCall> = calls.iter().map(|&id| (id, owners.call(id))).collect();
    for token in distinct(sign_ins, |id| store.token(store.event(id).get(Field::TokenId))) {
        for &event in store.with(Key::Token, token) {
            let row = store.event(event);
            if row.table.uses() && context.admits(row) {
                found.insert(event, GraphCall { event, tie: GraphTie::Token });
            }
        }
    }
    found.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::{DetectContext, Settings};
    use crate::facts::Facts;
    use crate::store::testing::Rows;

    type Fields<'f> = &'f [(Field, &'f str)];

    const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";
    const LIBRARY: (Field, &str) = (Field::UserAgent, "axios/1.7.9");
    const NEW: [(Field, &str); 2] = [(Field::IpAddress, "198.51.100.23"), (Field::Asn, "64500")];
    const HOME: [(Field, &str); 2] = [(Field::IpAddress, "192.0.2.10"), (Field::Asn, "64496")];

    /// Eight days of sign-ins at home, then these rows on 1 May.
    fn found(rows: &[(Table, &str, Fields)]) -> Vec<Hit> {
        let mut store = Rows::default();
        let common = [(Field::UserId, "u"), (Field::ResultType, "0"), (Field::SessionId, "s")];
        for day in 10..18 {
            store.row(Table::SignIn, &format!("2026-04-{day}T09:00:00Z"), &[&common[..], &HOME].concat());
        }
        for (table, at, fields) in rows {
            let held = |field| fields.iter().any(|(given, _)| *given == field);
            let mut all: Vec<_> = common.iter().copied().filter(|(field, _)| !held(*field)).collect();
            all.extend(*fields);
            store.row(*table, &format!("2026-05-01T{at}Z"), &all);
        }
        let store = store.build();
        let settings = Settings::default();
        let mut hits = detect(&DetectContext::new(&store, Facts::embedded(), &settings));
        hits.sort_by_key(|hit| hit.evidence.clone());
        hits
    }

    fn graded(rows: &[(Table, &str, Fields)]) -> Vec<Severity> {
        found(rows).into_iter().filter_map(|hit| hit.grade.map(|grade| grade.severity)).collect()
    }

    fn sign_in(fields: Fields) -> Vec<Severity> {
        graded(&[(Table::NonInteractive, "14:00:00", fields)])
    }

    #[test]
    fn tools_have_the_grade_of_their_row() {
        for (agent, expected) in [
            ("kali365-live/1.0", vec![Severity::High]),
            ("x SharpHound/2", vec![Severity::High]),
            ("BAV2ROPC", vec![Severity::Low]),
            ("Dsreg/10.0 (Windows 10.0.19041.928)", vec![Severity::Medium]),
            ("curl/8.7.1", vec![Severity::Low]),
            ("AZURECLI/2.63.0", vec![]),
            ("Mozilla/5.0", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(sign_in(&[&HOME[..], &[(Field::UserAgent, agent)]].concat()), expected, "{agent}");
        }
    }

    #[test]
    fn a_library_is_graded_by_client_network_and_resource() {
        let of = |fields: &[Fields]| sign_in(&[&[LIBRARY], fields.concat().as_slice()].concat());
        let to = |resource| [(Field::ResourceIdentity, resource)];
        let with = |client| [(Field::AppId, client)];
        assert_eq!(of(&[&HOME, &to(EXCHANGE)]), [Severity::Low]);
        assert_eq!(of(&[&HOME, &with(BROKER)]), [Severity::High]);
        assert_eq!(of(&[&HOME, &with(OFFICE_HOME)]), [Severity::High]);
        assert_eq!(of(&[&NEW, &with(CLI)]), [Severity::Medium]);
        for resource in SOUGHT.into_iter().chain(["cfa8b339-82a2-471a-a3c9-0fc0be7a4093"]) {
            assert_eq!(of(&[&NEW, &to(resource)]), [Severity::High], "{resource}");
        }
        assert_eq!(of(&[&NEW, &[(Field::ResourceDisplayName, "Microsoft Graph")]]), [Severity::High]);
        assert_eq!(of(&[&NEW, &to("c44b4083-3bb0-49c1-b47d-974e53cbdf3c")]), [Severity::Medium]);
        let prefix = [(Field::IpAddress, "203.0.113.9")];
        assert_eq!(of(&[&prefix, &to(EXCHANGE)]), [Severity::Low], "undecided is never new");
        let cli = [(Field::UserAgent, "python-requests/2.31.0"), (Field::AppId, CLI)];
        assert_eq!(sign_in(&[&NEW[..], &cli].concat()), [Severity::Medium], "here Azure CLI is a library too");
    }

    #[test]
    fn a_library_in_a_device_code_flow_is_high() {
        let at_home = [&HOME[..], &[LIBRARY]].concat();
        let code = (Field::AuthenticationProtocol, "deviceCode");
        assert_eq!(sign_in(&[&at_home[..], &[code]].concat()), [Severity::High]);
        let moved = [(Field::OriginalTransferMethod, "deviceCodeFlow"), (Field::IncomingTokenType, "refreshToken")];
        let descends = [&at_home[..], &moved].concat();
        let after = |at: &'static str, session| {
            let code = [(Field::AuthenticationProtocol, "deviceCode"), (Field::SessionId, session)];
            graded(&[(Table::SignIn, at, &code), (Table::NonInteractive, "14:00:00", &descends)])
        };
        assert_eq!(after("13:00:00", "s"), [Severity::High]);
        assert_eq!(after("14:00:05", "s"), [Severity::High], "clocks may differ by five seconds");
        assert_eq!(after("14:00:05.0000001", "s"), [Severity::Low]);
        assert_eq!(after("13:00:00", "other"), [Severity::Low]);
    }

    #[test]
    fn calls_count_where_they_were_answered() {
        let call = |table, status| {
            let fields =
                [&NEW[..], &[LIBRARY, (Field::ResponseStatusCode, status), (Field::RequestUri, "/me")]].concat();
            graded(&[(table, "14:00:00", &fields)])
        };
        assert_eq!(call(Table::Graph, "200"), [Severity::High]);
        assert_eq!(call(Table::AadGraph, "299"), [Severity::High]);
        for status in ["199", "302", "403", ""] {
            assert_eq!(call(Table::Graph, status), [], "{status}");
        }
    }

    #[test]
    fn rows_of_a_user_tool_and_network_are_one_hit() {
        fn tool<'f>(agent: &'f str, net: Fields<'f>) -> Vec<(Field, &'f str)> {
            [&[(Field::UserAgent, agent)], net].concat()
        }
        let (kali, other) = (tool("kali365-live/1", &NEW), tool("kali365-live/2", &NEW));
        let (home, hound) = (tool("kali365-live/1", &HOME), tool("azurehound/2", &NEW));
        let nobody = [&kali[..], &[(Field::UserId, "")]].concat();
        let neutral =
            tool("kali365-live/1", &[(Field::Asn, "8075"), (Field::AppId, "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe")]);
        let hits = found(&[
            (Table::NonInteractive, "14:00:00", &kali),
            (Table::SignIn, "14:00:01", &other),
            (Table::SignIn, "14:00:02", &home),
            (Table::SignIn, "14:00:03", &hound),
            (Table::SignIn, "14:00:04", &nobody),
            (Table::SignIn, "14:00:05", &neutral),
        ]);
        let counts: Vec<(usize, &str)> = hits.iter().map(|hit| (hit.sign_in_count, hit.app_id.as_str())).collect();
        assert_eq!(counts, [(2, ""), (1, ""), (1, "")]);
        assert!(hits.iter().all(|hit| hit.session.is_none()));
    }
}
