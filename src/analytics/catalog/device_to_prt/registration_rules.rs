//! Rules on the registration itself: B, after a request for it; C, without one, or of many devices at once.

use super::registered::{Operations, Registered};
use super::seen::{Devices, Found};
use super::{ANALYTIC, Columns, columns};
use crate::analytics::flow::FlowKind;
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::known::Standing;
use crate::analytics::places::Tool;
use crate::analytics::registration::is_unbound;
use crate::analytics::{DetectContext, Grade, Hit, Mark, Marks, certainty, graph_ties};
use crate::model::words::counted;
use crate::model::{EventId, Field, Severity, Span, Sym, Time};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Longest time from a request to the registration.
const REQUEST_TO_DEVICE: Span = Span::minutes(10);
/// Longest time from the registration to the first use of the device's token.
const DEVICE_TO_USE: Span = Span::DAY;
/// Longest time from a device code to the request.
const CODE_TO_REQUEST: Span = Span::minutes(60);
/// Longest time from the first to the last of many registrations.
const MANY_WITHIN: Span = Span::minutes(15);
/// Devices that are many.
const MANY: usize = 3;

/// A registration, read.
struct Made {
    row: EventId,
    time: Time,
    device: Registered,
    request: Option<EventId>,
}

/// Hits of the rules B and C.
pub(super) fn hits(context: &DetectContext, found: &Found, devices: &Devices) -> Vec<Hit> {
    let store = context.store;
    let operations = Operations::new(context, found);
    let mut hits = Vec::new();
    for (&user, rows) in &found.registered {
        let requests = found.requests.get(&user).map_or(&[][..], Vec::as_slice);
        let made = |&row: &EventId| {
            let time = store.event(row).time();
            let before = &requests[..requests.partition_point(|&id| store.event(id).time() <= time)];
            let is_near = |id: &EventId| time.since(store.event(*id).time()) <= REQUEST_TO_DEVICE;
            let request = before.last().copied().filter(is_near);
            Made { row, time, device: operations.device(context, row), request }
        };
        let made: Vec<Made> = rows.iter().map(made).collect();
        let many = many(&made);
        let codes = Codes::new(context, user);
        for (at, one) in made.iter().enumerate() {
            let is_one_of_many = many.iter().any(|&(first, last)| first <= at && at <= last);
            match one.request {
                Some(request) => hits.push(rule_b(context, devices, &codes, user, one, request)),
                None if !is_one_of_many => hits.extend(rule_c(context, devices, user, one)),
                None => {}
            }
        }
        hits.extend(many.into_iter().map(|(first, last)| rule_c_of_many(context, devices, user, &made[first..=last])));
    }
    hits
}

/// Windows with many devices, by first and last place; those that share an instant are one.
fn many(made: &[Made]) -> Vec<(usize, usize)> {
    let mut windows: Vec<(usize, usize)> = Vec::new();
    let mut inside: HashMap<&str, usize> = HashMap::new();
    let mut end = 0;
    for (start, first) in made.iter().enumerate() {
        while let Some(next) = made.get(end).filter(|next| next.time.since(first.time) <= MANY_WITHIN) {
            if let Some(id) = next.device.ids.first() {
                *inside.entry(id).or_default() += 1;
            }
            end += 1;
        }
        if inside.len() >= MANY {
            match windows.last_mut().filter(|last| made[last.1].time >= first.time) {
                Some(last) => last.1 = end - 1,
                None => windows.push((start, end - 1)),
            }
        }
        if let Some(id) = first.device.ids.first()
            && let Some(count) = inside.get_mut(id.as_str())
        {
            *count -= 1;
            if *count == 0 {
                inside.remove(id.as_str());
            }
        }
    }
    windows
}

/// Codes and transfers of a user.
struct Codes {
    sessions: HashSet<Sym>,
    times: Vec<Time>,
}

impl Codes {
    fn new(context: &DetectContext, user: Sym) -> Self {
        let flows = FlowKind::ALL.iter().filter_map(|kind| context.flows_in(*kind).get(&user)).flatten();
        let mut codes = Self { sessions: HashSet::new(), times: Vec::new() };
        for flow in flows {
            codes.sessions.extend(&flow.sessions);
            codes.times.push(flow.time(context.store));
        }
        codes.times.sort_unstable();
        codes
    }

    /// Returns whether a request is in the session of a code, or soon after one.
    fn have(&self, context: &DetectContext, request: EventId) -> bool {
        let event = context.store.event(request);
        let session = context.store.normalized_field(event, Field::SessionId);
        let before = &self.times[..self.times.partition_point(|&time| time <= event.time())];
        (!session.is_none() && self.sessions.contains(&session))
            || before.last().is_some_and(|&code| event.time().since(code) <= CODE_TO_REQUEST)
    }
}

fn standing(context: &DetectContext, user: Sym, id: EventId) -> Standing {
    context.known().standing(user, context.places().place(id), context.store.event(id).time())
}

/// Returns whether a row's agent is a kit's, or a library's in a network that is new to the user.
fn is_tool(context: &DetectContext, user: Sym, id: EventId) -> bool {
    match context.places().profile(id).tool {
        Tool::Kit => true,
        Tool::Library => standing(context, user, id) == Standing::New,
        Tool::None => false,
    }
}

fn marks(context: &DetectContext, codes: &Codes, user: Sym, made: &Made, request: EventId) -> Marks {
    let places = context.places();
    let net = standing(context, user, request);
    let rows = [request, made.row];
    let has_agent = rows.iter().any(|&id| !places.profile(id).agent.is_none());
    Marks::new([
        ("code", Mark::decided(codes.have(context, request))),
        ("net", Mark::seen(net == Standing::New, net != Standing::Undecided)),
        ("print", Mark::seen(made.device.print.is_some(), made.device.is_named)),
        ("tool", Mark::seen(rows.iter().any(|&id| is_tool(context, user, id)), has_agent)),
        ("unbound", Mark::decided(is_unbound(context.store, request))),
    ])
}

/// Rule B: a device after a request for registration.
fn rule_b(context: &DetectContext, devices: &Devices, codes: &Codes, user: Sym, made: &Made, request: EventId) -> Hit {
    let store = context.store;
    let time = |id: EventId| store.event(id).time();
    let first_use = |id: &String| {
        let uses = &devices.with_id(user, id)?.uses;
        uses.get(uses.partition_point(|&id| time(id) < made.time)).copied()
    };
    let used = made.device.ids.iter().filter_map(first_use).min();
    let used = used.filter(|&id| time(id).since(made.time) <= DEVICE_TO_USE);
    let marks = marks(context, codes, user, made, request);
    let (severity, reason) = if marks.has("code") {
        (Severity::High, "a device was registered with a token that came of a device code or a transfer".to_owned())
    } else {
        match marks.count(&["net", "print", "tool"]) {
            0 => (Severity::Low, "a device was registered, and nothing tells it from an enrolment".to_owned()),
            1 => (Severity::Medium, format!("a device was registered, with one mark of a theft: {}", marks.words())),
            _ => (Severity::High, format!("a device was registered, with marks of a theft: {}", marks.words())),
        }
    };
    let mut sign_ins: Vec<EventId> = [Some(request), used].into_iter().flatten().collect();
    sign_ins.sort_unstable();
    let is_open = !marks.has("code") && standing(context, user, request) == Standing::Undecided;
    let most = certainty::most(store, sign_ins.iter().copied(), is_open);
    let last = used.unwrap_or(request);
    let session = store.normalized_field(store.event(last), Field::SessionId);
    let mut builder = HitBuilder::for_sign_ins(context, ANALYTIC.id, (user, session), Some(last), sign_ins);
    builder.graph = graph_ties::tied_firmly(context, &builder.events);
    builder.sign_in_count = Some(builder.events.len());
    builder.events.push(made.row);
    builder.events.sort_unstable();
    builder.grade = Some(Grade { severity, reason, most });
    builder.seen = Some((time(request), used.map_or(made.time, time)));
    if !context.bare {
        builder.columns =
            columns(context, devices, user, &Columns { rule: 'B', row: used, made: Some((made.row, &made.device)) });
        builder.columns.push(("Marks", marks.cell()));
        builder.reasons = vec![
            format!(
                "{} was registered {} after the Broker asked for it (rule B: within {})",
                made.device.label(),
                made.time.since(time(request)),
                REQUEST_TO_DEVICE.threshold()
            ),
            format!("marks: {}", marks.words()),
        ];
        builder.reasons.extend(print_words(&made.device));
        if let Some(used) = used {
            let after = time(used).since(made.time);
            builder.reasons.push(format!("its primary refresh token was first used {after} after that"));
        }
        builder.attack = vec![("T1098.005", registered_words(&made.device))];
        if marks.has("code") {
            let words = "a device code or a transfer gave the token that asked for the device";
            builder.attack.push(("T1528", words.to_owned()));
        }
    }
    builder.finish(context)
}

fn print_words(device: &Registered) -> Option<String> {
    let (tool, value) = device.print.as_ref()?;
    Some(format!("the device has a trace of {tool}: {value}"))
}

fn registered_words(device: &Registered) -> String {
    format!("a device was registered: {}", device.label())
}

/// Rule C: a device with a tool's traces, that no sign-in asked for.
fn rule_c(context: &DetectContext, devices: &Devices, user: Sym, made: &Made) -> Option<Hit> {
    let reason = match (&made.device.print, is_tool(context, user, made.row)) {
        (Some((tool, _)), _) => format!("a device with a trace of {tool} was registered, and no sign-in asked for it"),
        (None, true) => "a tool registered a device, and no sign-in asked for it".to_owned(),
        (None, false) => return None,
    };
    let why = "no request of the Broker within 10m before the registration (rule C)".to_owned();
    Some(of_changes(context, devices, user, std::slice::from_ref(made), (Severity::Medium, reason), why))
}

/// Rule C: many devices at once.
fn rule_c_of_many(context: &DetectContext, devices: &Devices, user: Sym, made: &[Made]) -> Hit {
    let count = made.iter().filter_map(|one| one.device.ids.first()).collect::<BTreeSet<_>>().len();
    let is_desk = made.iter().all(|one| standing(context, user, one.row) == Standing::Known);
    let (severity, reason) = if is_desk {
        (Severity::Low, "many devices at once from networks that the user is known to use, as at an enrolment desk")
    } else {
        (Severity::High, "many devices at once")
    };
    let why = format!(
        "{} registered by one user, each {MANY} within {} (rule C)",
        counted(count, "device"),
        MANY_WITHIN.threshold()
    );
    of_changes(context, devices, user, made, (severity, reason.to_owned()), why)
}

/// A hit of registrations alone.
fn of_changes(
    context: &DetectContext,
    devices: &Devices,
    user: Sym,
    made: &[Made],
    (severity, reason): (Severity, String),
    why: String,
) -> Hit {
    let events: Vec<EventId> = made.iter().map(|one| one.row).collect();
    let most = certainty::most(context.store, events.iter().copied(), false);
    let mut builder = HitBuilder::new(ANALYTIC.id, user, Sym::NONE);
    builder.events = events;
    builder.sign_in_count = Some(0);
    builder.grade = Some(Grade { severity, reason, most });
    if !context.bare
        && let Some(first) = made.first()
    {
        builder.columns =
            columns(context, devices, user, &Columns { rule: 'C', row: None, made: Some((first.row, &first.device)) });
        builder.reasons = vec![why];
        builder.reasons.extend(made.iter().find_map(|one| print_words(&one.device)));
        builder.attack = vec![("T1098.005", registered_words(&first.device))];
    }
    builder.finish(context)
}
