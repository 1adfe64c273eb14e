//! `device-to-prt`: from a stolen token to a device, and to the primary refresh token that the device gets.
//!
//! Rules A and D read sign-ins alone. B and C read the registration in the directory's log; where that log shows it, D
//! steps back.

mod registered;
mod registration_rules;
mod seen;

use crate::analytics::certainty;
use crate::analytics::findings::{
    device_disabled, device_keys, device_known, device_registered, device_used, others_with_device,
    registration_request,
};
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::known::{Outside, Standing};
use crate::analytics::need::OF_DEVICES;
use crate::analytics::places::Tool;
use crate::analytics::want;
use crate::analytics::{Analytic, Cell, DetectContext, Grade, Hit, LookAlike, Mark, Show, Step, graph_ties};
use crate::model::words::counted;
use crate::model::{EventId, Field, Severity, Span, Sym, Table, Time};
use crate::store::{device_id, device_member};
use registered::Registered;
use seen::{Devices, Found, Seen};

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "device-to-prt",
    title: "From token to device",
    about: ABOUT,
    look_alikes: &[LookAlike::RoomDevice, LookAlike::NewDevice, LookAlike::Onboarding],
    source: "tokentrail",
    attack: &["T1098.005", "T1528", "T1550.001"],
    needs: OF_DEVICES,
    wants: &[want::DEVICE_SIGN_INS[0], want::DEVICE_SIGN_INS[1], want::WEEK, want::NETWORKS, want::CHANGES],
    thresholds: &[],
    severity: Severity::Medium,
    on_by_default: true,
    reads_hits: false,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str = "Looks for primary refresh tokens that came of a device code or a transfer (rule A); for a device \
that AuditLogs show within ten minutes of the Broker's request for registration, with the first use of its token (rule \
B); for one with a tool's traces that no sign-in asked for, and for three devices within a quarter of an hour (rule C); \
and, where no AuditLogs show the registration, for a device that first signs in within an hour of an unbound request \
(rule D).

A registered device gets a primary refresh token. It signs in everywhere, satisfies a demand for a registered device, \
and outlives a reset of the password: nothing but disabling or deleting the device ends it.

Meeting rooms and phones that are set up by code look like rule A every day, every enrolment of a new laptop looks like \
rules B and D, and an enrolment desk like rule C: all stay low in networks that the user is known to use.";

const STEPS: &[Step] = &[
    Step {
        id: "registration-request",
        title: "who asked for it?",
        question: "Which sign-in asked for device registration, and in which flow?",
        look_for: "The Broker and device registration, in a device code's session.",
        show: Show::Mark,
        answer: registration_request,
    },
    Step {
        id: "device-registered",
        title: "what was registered?",
        question: "What are the name and the system of the device, and are they a tool's?",
        look_for: "DESKTOP- and eight characters, or a version that a tool sends.",
        show: Show::Mark,
        answer: device_registered,
    },
    Step {
        id: "device-used",
        title: "is it in use?",
        question: "From where did sign-ins present the device's primary refresh token?",
        look_for: "Networks that the user is not known to use.",
        show: Show::Only,
        answer: device_used,
    },
    Step {
        id: "device-known",
        title: "does the user know it?",
        question: "Was the device seen with this user before?",
        look_for: "Ask the user about a device that is new.",
        show: Show::Mark,
        answer: device_known,
    },
    Step {
        id: "others-with-device",
        title: "others with the device?",
        question: "Do other users sign in with the same device?",
        look_for: "One device id with several users.",
        show: Show::Mark,
        answer: others_with_device,
    },
    Step {
        id: "device-disabled",
        title: "is it disabled?",
        question: "Is the device disabled or deleted?",
        look_for: "If not: nothing else will end its access.",
        show: Show::Mark,
        answer: device_disabled,
    },
    Step {
        id: "device-keys",
        title: "keys on it?",
        question: "Were Windows Hello or other keys added with the device?",
        look_for: "Keys outlive the password too.",
        show: Show::Mark,
        answer: device_keys,
    },
];

/// Longest time from a request for registration to the first use of the device's token.
const REQUEST_TO_USE: Span = Span::minutes(60);
fn detect(context: &DetectContext) -> Vec<Hit> {
    let found = Found::new(context);
    let devices = Devices::new(context, &found);
    let of_code = found.of_code.iter().map(|(&(user, session), rows)| rule_a(context, &devices, user, session, rows));
    let mut hits: Vec<Hit> = of_code.collect();
    for (&(user, device), seen) in &devices.seen {
        hits.extend(rule_d(context, &found, &devices, user, device, seen));
    }
    hits.extend(registration_rules::hits(context, &found, &devices));
    hits
}

/// Rule A: a primary refresh token that came of a code or a transfer.
fn rule_a(context: &DetectContext, devices: &Devices, user: Sym, session: Sym, rows: &[EventId]) -> Hit {
    let (store, places, known) = (context.store, context.places(), context.known());
    let at = rows.first().map_or(Time::MISSING, |&id| store.event(id).time());
    let has_kit = rows.iter().any(|&id| places.profile(id).tool == Tool::Kit);
    let from = places.distinct(rows.iter().copied());
    let outside = known.outside(user, from.iter().copied(), at);
    let what = "a primary refresh token came of a device code or a transfer";
    let (severity, reason) = match outside {
        _ if has_kit => (Severity::High, format!("{what}, and an attack tool presents it")),
        Outside::Yes => (Severity::High, format!("{what}, in a network that the user is not known to use")),
        Outside::Near => {
            (Severity::Medium, format!("{what}, in another part of a network or a block that the user is known to use"))
        }
        Outside::No => (
            Severity::Low,
            format!("{what}, at addresses of the user's, as with rooms and phones that are set up by code"),
        ),
    };
    let standings = || from.iter().map(|place| known.standing(user, place, at));
    let is_open = !has_kit
        && standings().all(|standing| standing != Standing::New)
        && from
            .iter()
            .zip(standings())
            .any(|(place, standing)| standing == Standing::Undecided && place.telling_net().is_some());
    let most = certainty::most(store, rows.iter().copied(), is_open);
    let first = rows.first().copied();
    let mut builder = HitBuilder::for_sign_ins(context, ANALYTIC.id, (user, session), first, rows.to_vec());
    builder.graph = graph_ties::tied_firmly(context, rows);
    builder.grade = Some(Grade { severity, reason, most });
    if !context.bare {
        let named = rows.iter().copied().find(|&id| devices.of(context, user, id).is_some()).or(first);
        builder.columns = columns(context, devices, user, &Columns { rule: 'A', row: named, made: None });
        builder.reasons = vec![format!(
            "{} with a primary refresh token that came of a device code or a transfer (rule A)",
            counted(rows.len(), "sign-in")
        )];
        builder.attack = vec![
            (
                "T1098.005",
                "a primary refresh token belongs to a registered device, and this one came of a code".to_owned(),
            ),
            ("T1528", "a device code or a transfer gave the token".to_owned()),
        ];
    }
    builder.finish(context)
}

/// Rule D: a device that is new to the user, soon after an unbound request for registration.
fn rule_d(
    context: &DetectContext,
    found: &Found,
    devices: &Devices,
    user: Sym,
    device: u32,
    seen: &Seen,
) -> Option<Hit> {
    let (store, places, known) = (context.store, context.places(), context.known());
    let used = *seen.uses.first()?;
    let time = |id: EventId| store.event(id).time();
    let requests = found.unbound.get(&user)?;
    let request = requests[..requests.partition_point(|&id| time(id) <= time(used))].last().copied()?;
    let elapsed = time(used).since(time(request));
    if elapsed > REQUEST_TO_USE
        || seen.since < time(request)
        || found.is_recorded(time(request))
        || !known.has_baseline(user, time(request))
    {
        return None;
    }
    let standing = known.standing(user, places.place(request), time(request));
    let (severity, reason) = if standing == Standing::Known {
        (Severity::Low, "a new device after a request for registration in a network that the user is known to use")
    } else {
        (Severity::Medium, "a new device after an unbound request for registration, which no AuditLogs show")
    };
    let mut rows = vec![request, used];
    rows.sort_unstable();
    let session = store.normalized_field(store.event(used), Field::SessionId);
    let most = certainty::most(store, [used], standing == Standing::Undecided);
    let mut builder = HitBuilder::for_sign_ins(context, ANALYTIC.id, (user, session), Some(used), rows);
    builder.graph = graph_ties::tied_firmly(context, &builder.events);
    builder.grade = Some(Grade { severity, reason: reason.to_owned(), most });
    builder.seen = Some((time(request), time(used)));
    if !context.bare {
        builder.columns = columns(context, devices, user, &Columns { rule: 'D', row: Some(used), made: None });
        let id = devices.id(device);
        builder.reasons = vec![format!(
            "device {id} was first seen {elapsed} after an unbound request for device registration (rule D: within {})",
            REQUEST_TO_USE.threshold()
        )];
        let words = "an unbound request for device registration, and the first token of a new device";
        builder.attack = vec![("T1098.005", words.to_owned())];
    }
    Some(builder.finish(context))
}

/// Rows that the columns of a hit are read from.
struct Columns<'f> {
    rule: char,
    /// A sign-in with the device.
    row: Option<EventId>,
    /// The registration, and the device that it made.
    made: Option<(EventId, &'f Registered)>,
}

/// `Rule`, and `Device` as far as sign-ins and the directory's log show it.
fn columns(context: &DetectContext, devices: &Devices, user: Sym, of: &Columns) -> Vec<(&'static str, Cell)> {
    let store = context.store;
    let text = of.row.map_or("", |id| store.get(id, Field::DeviceDetail));
    let member = |name| {
        let member = device_member(text, name);
        member.as_ref().and_then(|text| text.as_str()).unwrap_or_default().trim().to_owned()
    };
    let made = of.made.map(|(_, device)| device);
    let or = |registered: Option<&String>, signed_in: String| {
        registered.filter(|text| !text.is_empty()).cloned().unwrap_or(signed_in)
    };
    let id = device_id(text).or_else(|| made?.ids.first().cloned()).unwrap_or_default();
    let seen = of.row.and_then(|id| devices.of(context, user, id));
    let seen = seen.or_else(|| made?.ids.iter().find_map(|id| devices.with_id(user, id)));
    let last = seen.and_then(|seen| seen.uses.last());
    let registered = of.made.map_or(Time::MISSING, |(row, _)| store.event(row).time());
    let ids = made.into_iter().flat_map(|device| &device.ids).chain([&id]).map(String::as_str);
    let ended = !context.device_ends().of(store, ids, [], registered).is_empty();
    let time = |time: Time| if time == Time::MISSING { Cell::Text(String::new()) } else { Cell::Time(time) };
    let device = vec![
        ("Id", Cell::Text(id.clone())),
        ("Name", Cell::Text(or(made.map(|device| &device.name), member("displayName")))),
        ("Os", Cell::Text(or(made.map(|device| &device.os), member("operatingSystem")))),
        ("Agent", Cell::Text(of.made.map_or("", |(row, _)| store.get(row, Field::UserAgent)).trim().to_owned())),
        ("Registered", time(registered)),
        ("LastPrtUse", time(last.map_or(Time::MISSING, |&last| store.event(last).time()))),
        ("Disabled", Cell::Text(Mark::seen(ended, store.count(Table::Audit) > 0).word().to_owned())),
    ];
    vec![("Rule", Cell::Text(of.rule.to_string())), ("Device", Cell::Object(device))]
}

#[cfg(test)]
mod tests;
