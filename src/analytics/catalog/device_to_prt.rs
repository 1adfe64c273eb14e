//! `device-to-prt`: from a stolen token to a device, and to the primary refresh token that the device gets.
//!
//! Two rules, which read sign-ins. The letters B and C are kept for rules on the registration itself.

use crate::analytics::certainty;
use crate::analytics::findings::{
    device_disabled, device_keys, device_known, device_registered, device_used, others_with_device,
    registration_request,
};
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::known::{Outside, Standing};
use crate::analytics::need::OF_DEVICES;
use crate::analytics::places::Tool;
use crate::analytics::registration::{BROKER, asks_for_registration, is_for_registration, is_unbound};
use crate::analytics::want;
use crate::analytics::{Analytic, Cell, DetectContext, Grade, Hit, Show, Step, graph_ties};
use crate::model::words::counted;
use crate::model::{EventId, Field, Flags, Severity, Span, Sym, Time};
use crate::store::{Event, device_id, device_member};
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "device-to-prt",
    title: "From token to device",
    about: ABOUT,
    source: "tokentrail",
    attack: &["T1098.005", "T1528", "T1550.001"],
    needs: OF_DEVICES,
    wants: &[want::WEEK, want::NETWORKS, want::CHANGES],
    thresholds: &[],
    severity: Severity::Medium,
    on_by_default: true,
    reads_hits: false,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str = "Looks for primary refresh tokens that came of a device code or a transfer (rule A), and for a \
device that first signs in with one within an hour of an unbound request for device registration (rule D).

A registered device gets a primary refresh token. It signs in everywhere, satisfies a demand for a registered device, \
and outlives a reset of the password: nothing but disabling or deleting the device ends it.

Meeting rooms and phones that are set up by code look like rule A every day, and every enrolment of a new laptop looks \
like rule D: both stay low in networks that the user is known to use. The registration itself is in \
AuditLogs: `foothold` and the steps show it, no rule of this analytic begins with it.";

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
/// Marks of a token that came of a code or a transfer.
const MOVED: Flags = Flags(Flags::DEVICE_TRANSFER.0 | Flags::MOVED_TRANSFER.0);
/// Marks of the browser that approved a code or a transfer: it presents the token of its own device.
const APPROVED: Flags = Flags(Flags::DEVICE_PROTOCOL.0 | Flags::MOVED_PROTOCOL.0);

fn detect(context: &DetectContext) -> Vec<Hit> {
    let found = Found::new(context);
    let devices = Devices::new(context, &found);
    let of_code = found.of_code.iter().map(|(&(user, session), rows)| rule_a(context, &devices, user, session, rows));
    let mut hits: Vec<Hit> = of_code.collect();
    for (&(user, device), seen) in &devices.seen {
        hits.extend(rule_d(context, &found, &devices, user, device, seen));
    }
    hits
}

/// Returns whether a sign-in presented a primary refresh token, and for anything but registration.
fn is_use(context: &DetectContext, id: EventId, event: Event<'_>) -> bool {
    event.succeeded() && event.flags.has(Flags::INCOMING_PRIMARY) && !is_for_registration(context.store, id)
}

/// Sign-ins that the rules begin with.
#[derive(Default)]
struct Found {
    /// Uses of primary refresh tokens that came of a code or a transfer, by user and session.
    of_code: BTreeMap<(Sym, Sym), Vec<EventId>>,
    /// Unbound requests for registration, by user.
    requests: HashMap<Sym, Vec<EventId>, RandomState>,
}

impl Found {
    fn new(context: &DetectContext) -> Self {
        let store = context.store;
        let broker = store.find(BROKER);
        let mut found = Self::default();
        for (id, event) in context.rows() {
            if !event.table.issues() || !event.succeeded() {
                continue;
            }
            let may_be_use = event.flags.has(Flags::INCOMING_PRIMARY) && event.flags.any(MOVED);
            let may_ask = event.flags.has(Flags::INCOMING_REFRESH)
                && broker.is_some_and(|broker| store.normalized_field(event, Field::AppId) == broker);
            if !may_be_use && !may_ask {
                continue;
            }
            let user = context.user(event);
            if user.is_none() {
                continue;
            }
            if may_be_use && !event.flags.any(APPROVED) && is_use(context, id, event) {
                let session = store.normalized_field(event, Field::SessionId);
                found.of_code.entry((user, session)).or_default().push(id);
            }
            if may_ask && is_unbound(store, id) && asks_for_registration(store, id) {
                found.requests.entry(user).or_default().push(id);
            }
        }
        found
    }
}

/// Sign-ins of a user with a device.
struct Seen {
    /// Time of the first row, refused ones included.
    since: Time,
    /// First and last use of its primary refresh token.
    used: Option<(EventId, EventId)>,
}

/// Devices of the users that a rule may fire for.
#[derive(Default)]
struct Devices {
    /// Number of the device of each device text.
    texts: HashMap<Sym, Option<u32>, RandomState>,
    ids: HashMap<String, u32>,
    names: Vec<String>,
    seen: BTreeMap<(Sym, u32), Seen>,
}

impl Devices {
    fn new(context: &DetectContext, found: &Found) -> Self {
        let mut devices = Self::default();
        let mut users: HashSet<Sym, RandomState> = found.requests.keys().copied().collect();
        if !context.bare {
            users.extend(found.of_code.keys().map(|&(user, _)| user));
        }
        if users.is_empty() {
            return devices;
        }
        for (id, event) in context.rows().filter(|(_, event)| event.table.issues()) {
            let user = context.user(event);
            let Some(device) = users.contains(&user).then(|| devices.number(context, event)).flatten() else {
                continue;
            };
            let seen = devices.seen.entry((user, device)).or_insert(Seen { since: event.time(), used: None });
            if is_use(context, id, event) {
                seen.used = Some(seen.used.map_or((id, id), |(first, _)| (first, id)));
            }
        }
        devices
    }

    fn number(&mut self, context: &DetectContext, event: Event<'_>) -> Option<u32> {
        let text = event[Field::DeviceDetail];
        if let Some(known) = self.texts.get(&text) {
            return *known;
        }
        let number = device_id(context.store.text(text)).map(|id| {
            *self.ids.entry(id).or_insert_with_key(|id| {
                self.names.push(id.clone());
                u32::try_from(self.names.len() - 1).expect("no more than events")
            })
        });
        self.texts.insert(text, number);
        number
    }

    /// The device that a row names, with the user's sign-ins with it.
    fn of(&self, context: &DetectContext, user: Sym, id: EventId) -> Option<&Seen> {
        let device = self.texts.get(&context.store.event(id)[Field::DeviceDetail]).copied().flatten()?;
        self.seen.get(&(user, device))
    }
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
        Outside::Near => (Severity::Medium, format!("{what}, in another part of a known network")),
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
        builder.columns = columns(context, 'A', devices, user, named);
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
    let (used, _) = seen.used?;
    let time = |id: EventId| store.event(id).time();
    let requests = found.requests.get(&user)?;
    let request = requests[..requests.partition_point(|&id| time(id) <= time(used))].last().copied()?;
    let elapsed = time(used).since(time(request));
    if elapsed > REQUEST_TO_USE || seen.since < time(request) || !known.has_baseline(user, time(request)) {
        return None;
    }
    let standing = known.standing(user, places.place(request), time(request));
    let (severity, reason) = if standing == Standing::Known {
        (Severity::Low, "a new device after a request for registration in a network that the user is known to use")
    } else {
        (Severity::Medium, "a new device after an unbound request for registration")
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
        builder.columns = columns(context, 'D', devices, user, Some(used));
        let id = &devices.names[device as usize];
        builder.reasons = vec![format!(
            "device {id} was first seen {elapsed} after an unbound request for device registration (rule D: within {})",
            REQUEST_TO_USE.threshold()
        )];
        let words = "an unbound request for device registration, and the first token of a new device";
        builder.attack = vec![("T1098.005", words.to_owned())];
    }
    Some(builder.finish(context))
}

/// `Rule`, and `Device` as far as sign-ins show it.
fn columns(
    context: &DetectContext,
    rule: char,
    devices: &Devices,
    user: Sym,
    row: Option<EventId>,
) -> Vec<(&'static str, Cell)> {
    let store = context.store;
    let text = row.map_or("", |id| store.get(id, Field::DeviceDetail));
    let member = |name| {
        let member = device_member(text, name);
        Cell::Text(member.as_ref().and_then(|text| text.as_str()).unwrap_or_default().trim().to_owned())
    };
    let last = row.and_then(|id| devices.of(context, user, id)).and_then(|seen| seen.used);
    let last = last.map_or(Time::MISSING, |(_, last)| store.event(last).time());
    let device = vec![
        ("Id", Cell::Text(device_id(text).unwrap_or_default())),
        ("Name", member("displayName")),
        ("Os", member("operatingSystem")),
        ("Agent", Cell::Text(String::new())),
        ("Registered", Cell::Text(String::new())),
        ("LastPrtUse", Cell::Time(last)),
        ("Disabled", Cell::Text("unknown".to_owned())),
    ];
    vec![("Rule", Cell::Text(rule.to_string())), ("Device", Cell::Object(device))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::Settings;
    use crate::facts::Facts;
    use crate::model::Table;
    use crate::store::testing::Rows;

    type Fields<'f> = &'f [(Field, &'f str)];

    const HOME: [(Field, &str); 2] = [(Field::IpAddress, "192.0.2.10"), (Field::Asn, "64496")];
    const NEXT: [(Field, &str); 2] = [(Field::IpAddress, "203.0.113.10"), (Field::Asn, "64496")];
    const AWAY: [(Field, &str); 2] = [(Field::IpAddress, "198.51.100.23"), (Field::Asn, "64500")];
    const OF_CODE: (Field, &str) = (Field::OriginalTransferMethod, "deviceCodeFlow");
    const UNBOUND: (Field, &str) =
        (Field::TokenProtection, r#"{"signInSessionStatus":"unbound","signInSessionStatusCode":"1002"}"#);
    const DEVICE: (Field, &str) = (Field::DeviceDetail, r#"{"deviceId":"d1","displayName":"LT-1"}"#);

    /// Sign-ins at home on some days before 1 May, and rows on that day.
    struct Day {
        rows: Rows,
    }

    impl Day {
        fn after(days: u32) -> Self {
            let mut day = Self { rows: Rows::default() };
            for at in 0..days {
                day.row(&format!("2026-04-{:02}T09:00:00Z", 10 + at), &[("u", "0")], &HOME);
            }
            day
        }

        fn row(&mut self, at: &str, who: &[(&str, &str)], fields: Fields) {
            let common = [(Field::UserId, who[0].0), (Field::ResultType, who[0].1), (Field::SessionId, "s")];
            let held = |field| fields.iter().any(|(given, _)| *given == field);
            let mut all: Vec<_> = common.iter().copied().filter(|(field, _)| !held(*field)).collect();
            all.extend(fields);
            self.rows.row(Table::NonInteractive, at, &all);
        }

        /// A request for registration.
        fn asks(&mut self, at: &str, fields: Fields) -> &mut Self {
            let ask = [
                (Field::AppId, BROKER),
                (Field::ResourceIdentity, "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9"),
                (Field::IncomingTokenType, "refreshToken"),
            ];
            self.row(&format!("2026-05-01T{at}Z"), &[("u", "0")], &[&ask[..], fields].concat());
            self
        }

        /// Use of a primary refresh token.
        fn uses(&mut self, at: &str, fields: Fields) -> &mut Self {
            let used = [&[(Field::IncomingTokenType, "primaryRefreshToken")][..], fields].concat();
            self.row(&format!("2026-05-01T{at}Z"), &[("u", "0")], &used);
            self
        }

        /// Rule, severity, number of sign-ins, by first seen.
        fn found(&mut self) -> Vec<(String, Severity, usize)> {
            let store = self.rows.build();
            let settings = Settings::default();
            let mut hits = detect(&DetectContext::new(&store, Facts::embedded(), &settings));
            hits.sort_by_key(|hit| hit.first_seen);
            let rule = |hit: &Hit| match hit.column("Rule") {
                Some(Cell::Text(rule)) => rule.clone(),
                _ => String::new(),
            };
            hits.iter().map(|hit| (rule(hit), hit.grade.as_ref().unwrap().severity, hit.sign_in_count)).collect()
        }
    }

    fn one(rule: &str, severity: Severity, rows: usize) -> Vec<(String, Severity, usize)> {
        vec![(rule.to_owned(), severity, rows)]
    }

    #[test]
    fn rule_a_is_graded_by_place_and_tool() {
        let at = |fields: &[Fields]| {
            Day::after(8).uses("14:00:00", &[&[OF_CODE], fields.concat().as_slice()].concat()).found()
        };
        assert_eq!(at(&[&HOME]), one("A", Severity::Low, 1));
        assert_eq!(at(&[&NEXT]), one("A", Severity::Medium, 1));
        assert_eq!(at(&[&AWAY]), one("A", Severity::High, 1));
        assert_eq!(at(&[&HOME, &[(Field::UserAgent, "azurehound/2")]]), one("A", Severity::High, 1));
        let moved = [&AWAY[..], &[(Field::OriginalTransferMethod, "authenticationTransfer")]].concat();
        assert_eq!(Day::after(8).uses("14:00:00", &moved).found(), one("A", Severity::High, 1));
        for other in [
            (Field::AuthenticationProtocol, "deviceCode"),
            (Field::AuthenticationProtocol, "authenticationTransfer"),
            (Field::ResourceIdentity, "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9"),
            (Field::ResourceDisplayName, "Device Registration Service"),
            (Field::ResultType, "53003"),
        ] {
            assert_eq!(at(&[&AWAY, &[other]]), [], "{other:?}");
        }
    }

    #[test]
    fn rule_a_gathers_rows_by_session_and_all_without_one() {
        let in_session = |session| [&AWAY[..], &[OF_CODE, (Field::SessionId, session)]].concat();
        let mut day = Day::after(8);
        day.uses("14:00:00", &in_session("s1")).uses("14:01:00", &in_session("")).uses("14:02:00", &in_session(""));
        day.uses("14:03:00", &in_session("s1"));
        let expected = [one("A", Severity::High, 2), one("A", Severity::High, 2)].concat();
        assert_eq!(day.found(), expected);
    }

    #[test]
    fn rule_d_needs_the_first_use_within_the_hour() {
        let after = |at| Day::after(7).asks("14:00:00", &[&AWAY[..], &[UNBOUND]].concat()).uses(at, &[DEVICE]).found();
        assert_eq!(after("15:00:00"), one("D", Severity::Medium, 2));
        assert_eq!(after("14:00:00"), one("D", Severity::Medium, 2));
        assert_eq!(after("15:00:00.0000001"), []);
        assert_eq!(after("13:59:59.9999999"), []);
    }

    #[test]
    fn rule_d_takes_the_latest_request_and_knows_its_network() {
        let (away, home) = ([&AWAY[..], &[UNBOUND]].concat(), [&HOME[..], &[UNBOUND]].concat());
        let mut day = Day::after(8);
        day.asks("14:00:00", &away).asks("14:10:00", &home).asks("14:30:00", &HOME).uses("14:20:00", &[DEVICE]);
        assert_eq!(day.found(), one("D", Severity::Low, 2));
        let mut twice = Day::after(8);
        twice.asks("14:00:00", &away).uses("14:20:00", &[DEVICE]).asks("14:30:00", &away).uses("14:40:00", &[DEVICE]);
        assert_eq!(twice.found(), one("D", Severity::Medium, 2), "a device has one first use");
    }

    #[test]
    fn rule_d_needs_a_new_device_and_a_baseline() {
        let ask = [&AWAY[..], &[UNBOUND]].concat();
        let with = |at: &str| {
            let mut day = Day::after(8);
            day.row(&format!("2026-05-01T{at}Z"), &[("u", "53003")], &[DEVICE]);
            day.asks("14:00:00", &ask).uses("14:20:00", &[DEVICE]).found()
        };
        assert_eq!(with("13:59:59.9999999"), [], "a refused sign-in shows it too");
        assert_eq!(with("14:00:00"), one("D", Severity::Medium, 2));
        let days = |days| Day::after(days).asks("14:00:00", &ask).uses("14:20:00", &[DEVICE]).found();
        assert_eq!(days(6), []);
        assert_eq!(days(7), one("D", Severity::Medium, 2));
        let mut bound = Day::after(8);
        bound.asks("14:00:00", &AWAY).uses("14:20:00", &[DEVICE]);
        assert_eq!(bound.found(), [], "no code recorded");
    }
}
