//! Devices of a hit's sign-ins: the request for their registration, their traces of tools, their use.

use super::{KEPT, listed, missing, names_of, records_changes};
use crate::analytics::device_ends::object_id;
use crate::analytics::footholds::{self, Foothold};
use crate::analytics::known::Outside;
use crate::analytics::registration::{BROKER, asks_for_registration, is_unbound};
use crate::analytics::{Finding, State, StepContext};
use crate::model::words::counted;
use crate::model::{EventId, Field, Flags, Span, Sym, Time};
use crate::store::{Key, device_id, device_member};
use std::collections::BTreeSet;

/// Time before a hit in which its device may have been asked for.
const LOOK_BACK: Span = Span::DAY;
/// Most flows that are looked at, the latest.
const LOOKED_AT: usize = 100;
/// Days before on which a device has to be seen to be known.
const KNOWN_DAYS: usize = 2;

/// Devices of the hit's sign-ins, in the index of the store.
fn devices(context: &StepContext) -> BTreeSet<Sym> {
    let store = context.store;
    let of_rows = context.hit.evidence.iter().map(|&id| store.value(Key::Device, id));
    of_rows.filter(|device| !device.is_none()).collect()
}

fn no_device(context: &StepContext) -> Finding {
    missing("no device named", "None of the sign-ins names a device", "the sign-ins with DeviceDetail")
        .with_rows(context.hit.evidence.iter().copied().take(KEPT))
}

/// Distinct texts of a member of the hit's devices.
fn members(context: &StepContext, name: &str) -> Vec<String> {
    let texts: BTreeSet<Sym> =
        context.hit.evidence.iter().map(|&id| context.store.event(id).get(Field::DeviceDetail)).collect();
    let member = |text: Sym| device_member(context.store.text(text), name)?.as_str().map(|text| text.trim().to_owned());
    let found: BTreeSet<String> = texts.into_iter().filter_map(member).filter(|text| !text.is_empty()).collect();
    found.into_iter().collect()
}

/// The sign-ins that asked for device registration.
pub fn registration_request(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let broker = store.find(BROKER).unwrap_or_default();
    let history = context.baseline.history(context.detect);
    let until = hit.last_seen.plus(Span::from_ticks(1));
    let before = history.sign_ins(store, broker, hit.first_seen.minus(LOOK_BACK), until);
    let asks = |id: &EventId| store.event(*id).succeeded() && asks_for_registration(store, *id);
    // Of a phone the Broker has thousands of rows.
    let asked: Vec<EventId> = before.iter().rev().take(KEPT).copied().filter(asks).collect();
    let Some(&last) = asked.first() else {
        let sentence = "No sign-in of the Broker for the Device Registration Service in the day before: the device was \
                        registered earlier, or in another way.";
        return Finding::new(State::Unknown, "none", sentence);
    };
    let session = store.normalized_field(store.event(last), Field::SessionId);
    let flows = context.detect.flows().get(&hit.user).map_or(&[][..], Vec::as_slice);
    let flows = &flows[..flows.partition_point(|flow| flow.time(store) <= hit.last_seen)];
    let in_flow = !session.is_none() && flows.iter().rev().take(LOOKED_AT).any(|flow| flow.sessions.contains(&session));
    let unbound = is_unbound(store, last);
    let (state, brief) = match (in_flow, unbound) {
        (true, _) => (State::Supports, "in a device-code flow"),
        (false, true) => (State::Unknown, "unbound"),
        (false, false) => (State::Unknown, "asked for"),
    };
    let how = if in_flow { ", in the session of a device code" } else { "" };
    let state_words = if unbound {
        "showed no device state, as every device does that has none yet"
    } else {
        "no such code recorded"
    };
    let sentence = format!(
        "{} for device registration, the last at {}{how}; token protection: {state_words}.",
        counted(asked.len(), "request"),
        store.event(last).time().second()
    );
    Finding::new(state, brief, sentence).with_rows(asked)
}

/// Traces of tools in the names of the devices.
pub fn device_registered(context: &StepContext) -> Finding {
    let mut names = members(context, "displayName");
    let mut systems = members(context, "operatingSystem");
    for (name, detail) in registered(context) {
        names.extend(Some(name).filter(|name| !name.is_empty() && !names.contains(name)));
        let is_system = |part: &&str| !part.is_empty() && !part.contains(" id ") && !part.starts_with("trust type ");
        systems.extend(detail.split(", ").take_while(is_system).map(str::to_owned));
    }
    systems.sort_unstable();
    systems.dedup();
    let facts = context.facts;
    let prints = names.iter().filter_map(|name| facts.fingerprint(name, ""));
    let prints = prints.chain(systems.iter().filter_map(|system| facts.fingerprint("", system)));
    let tools: BTreeSet<&str> = prints.map(|print| print.tool.as_str()).collect();
    let shown = match (names.is_empty(), systems.is_empty()) {
        (true, true) => "The sign-ins name neither device nor system".to_owned(),
        (false, true) => format!("The device is {}", listed(&names)),
        (true, false) => format!("The system is {}", listed(&systems)),
        (false, false) => format!("The device is {}, its system {}", listed(&names), listed(&systems)),
    };
    if tools.is_empty() {
        let lacks = format!("{shown}; version and agent of the registration are not among them");
        let export = "AuditLogs with Register device and Add device";
        let finding = if records_changes(context.store) {
            Finding::new(State::Unknown, "no tool's trace", format!("{shown}."))
        } else {
            missing("AuditLogs needed", &lacks, export)
        };
        return finding.with_rows(context.hit.evidence.iter().copied().take(KEPT));
    }
    let tools: Vec<&str> = tools.into_iter().collect();
    let sentence = format!("{shown}: a name or a version that {} gives.", listed(&tools));
    Finding::new(State::Supports, "a tool's trace", sentence).with_rows(context.hit.evidence.iter().copied().take(KEPT))
}

/// Sign-ins with the primary refresh tokens of the devices, from the hit on.
pub fn device_used(context: &StepContext) -> Finding {
    let (store, hit, places) = (context.store, context.hit, context.detect.places());
    let devices = devices(context);
    if devices.is_empty() {
        return no_device(context);
    }
    let is_use = |id: &EventId| {
        let event = store.event(*id);
        event.user == hit.user && event.succeeded() && event.flags.has(Flags::INCOMING_PRIMARY)
    };
    let mut used: Vec<EventId> = Vec::new();
    for device in devices {
        let rows = store.with(Key::Device, device);
        let from = rows.partition_point(|&id| store.event(id).time() < hit.first_seen);
        used.extend(rows[from..].iter().copied().take(KEPT).filter(is_use));
    }
    used.sort_unstable();
    let Some(&last) = used.last() else {
        return Finding::new(State::Unknown, "no use", "No sign-in presented a primary refresh token of the device.");
    };
    let nets: BTreeSet<String> = used.iter().filter_map(|&id| places.net(id)).map(|net| net.to_string()).collect();
    let nets: Vec<String> = nets.into_iter().collect();
    let at = places.distinct(used.iter().copied());
    let outside = context.detect.known().outside(hit.user, at.into_iter(), hit.first_seen);
    let (state, brief) = match outside {
        Outside::Yes => (State::Supports, "in other networks"),
        Outside::Near => (State::Unknown, "near known networks"),
        Outside::No => (State::Against, "in known networks"),
    };
    let sentence = format!(
        "{} with the device's primary refresh token from {}, the last at {}.",
        counted(used.len(), "sign-in"),
        if nets.is_empty() { "no public address".to_owned() } else { listed(&nets) },
        store.event(last).time().second()
    );
    Finding::new(state, brief, sentence).with_rows(used)
}

/// Rows of the user with the devices before the hit.
pub fn device_known(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let devices = devices(context);
    if devices.is_empty() {
        return no_device(context);
    }
    let mut before: Vec<EventId> = Vec::new();
    for device in devices {
        let rows = store.with(Key::Device, device);
        let end = rows.partition_point(|&id| store.event(id).time() < hit.first_seen);
        before.extend(rows[..end].iter().copied().take(KEPT).filter(|&id| store.event(id).user == hit.user));
    }
    before.sort_unstable();
    let day = |id: &EventId| store.event(*id).time().day_number();
    let of_hit = hit.first_seen.day_number();
    let days: BTreeSet<i64> = before.iter().map(day).filter(|day| *day < of_hit).collect();
    let first = before.first().map_or(Time::MISSING, |&id| store.event(id).time());
    let (state, brief, sentence) = match days.len() {
        0 if context.detect.known().has_baseline(hit.user, hit.first_seen) => (
            State::Supports,
            "new: ask the user",
            "The user's sign-ins of the days before have no such device. Ask the user whether they set one up."
                .to_owned(),
        ),
        0 => {
            let lacks =
                "The bundle has fewer than seven days of this user before it, none with the device. Ask the user";
            return missing("ask the user", lacks, "30 days of sign-ins of the user").with_rows(before);
        }
        count => (
            if count >= KNOWN_DAYS { State::Against } else { State::Unknown },
            "seen before",
            format!("Seen with this user on {} before, first at {}.", counted(count, "day"), first.second()),
        ),
    };
    Finding::new(state, brief, sentence).with_rows(before)
}

/// Other users of the devices.
pub fn others_with_device(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let devices = devices(context);
    let names = members(context, "displayName");
    if devices.is_empty() && names.is_empty() {
        return no_device(context);
    }
    let mut rows: Vec<EventId> = Vec::new();
    for device in devices {
        let is_other = |id: &EventId| !matches!(store.event(*id).user, user if user.is_none() || user == hit.user);
        rows.extend(store.with(Key::Device, device).iter().copied().take(KEPT).filter(is_other));
    }
    let users: BTreeSet<Sym> = rows.iter().map(|&id| store.event(id).user).collect();
    let users = names_of(store, users);
    if users.is_empty() {
        let sentence = "No other user signed in with this device id. Names of devices are not compared.";
        return Finding::new(State::Unknown, "nobody else", sentence);
    }
    let sentence = format!("The device is also that of {}.", listed(&users));
    Finding::new(State::Unknown, counted(users.len(), "other user"), sentence).with_rows(rows)
}

/// Rows that end the hit's devices, from the hit on.
fn ends(context: &StepContext) -> Vec<EventId> {
    let (store, hit) = (context.store, context.hit);
    let of_text = |device: Sym| {
        let text = store.text(device);
        device_id(text).unwrap_or_else(|| text.to_lowercase())
    };
    let mut ids: Vec<String> = devices(context).into_iter().map(of_text).collect();
    ids.extend(changes(context).filter_map(|id| object_id(store, store.event(id))));
    let mut names = members(context, "displayName");
    names.extend(registered(context).map(|(name, _)| name));
    let names: Vec<String> = names.into_iter().map(|name| name.to_lowercase()).collect();
    let (ids, names) = (ids.iter().map(String::as_str), names.iter().map(String::as_str));
    context.detect.device_ends().of(store, ids, names, hit.first_seen)
}

/// The hit's rows of the directory's log.
fn changes<'a>(context: &'a StepContext<'_>) -> impl Iterator<Item = EventId> + 'a {
    context.hit.evidence.iter().copied().filter(|&id| context.store.event(id).table.records())
}

/// Name and system of each device that the hit's rows register.
fn registered<'a>(context: &'a StepContext<'_>) -> impl Iterator<Item = (String, &'a str)> + 'a {
    changes(context).take(KEPT).map(|id| {
        // Of a row without a device it is the user.
        let name = context.store.get(id, Field::Object).trim();
        let name = if name.contains('@') { String::new() } else { name.to_owned() };
        (name, context.store.get(id, Field::Detail))
    })
}

/// End of the device, by disabling or deletion.
pub fn device_disabled(context: &StepContext) -> Finding {
    if !records_changes(context.store) {
        return missing(
            "AuditLogs needed",
            "The bundle does not record whether the device was disabled or deleted; until then nothing ends its access",
            &format!("AuditLogs from {} on, or the device's page in Entra", context.hit.first_seen.second()),
        );
    }
    let ends = ends(context);
    match ends.last() {
        None => Finding::new(
            State::Unknown,
            "not seen",
            "No directory change disables or deletes the device: until one does, nothing ends its access.",
        ),
        Some(&last) => {
            let event = context.store.event(last);
            let (operation, at) = (context.store.text(event.get(Field::Operation)), event.time().second());
            Finding::new(State::Unknown, "ended", format!("{operation} at {at}.")).with_rows(ends)
        }
    }
}

/// Keys that were added from the hit on.
pub fn device_keys(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    if !records_changes(store) {
        return missing(
            "AuditLogs needed",
            "The bundle does not record keys that were added",
            &format!("AuditLogs of the user from {} on", hit.first_seen.second()),
        );
    }
    let (found, _) = footholds::of_hit(context.detect, hit);
    let is_key = |one: &&Foothold<'_>| matches!(one.kind(), "key" | "method" | "tap");
    let keys: Vec<EventId> = found.iter().filter(is_key).flat_map(|one| one.rows.iter().copied()).collect();
    if keys.is_empty() {
        return Finding::new(State::Unknown, "none", "No key and no sign-in method was added in the days after it.");
    }
    let sentence = format!("{} of keys and sign-in methods after it.", counted(keys.len(), "change"));
    Finding::new(State::Supports, counted(keys.len(), "change"), sentence).with_rows(keys)
}
