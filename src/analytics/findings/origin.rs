//! Origins of rows, compared with the user's baseline.

use super::{capital, listed, missing};
use crate::analytics::baseline::{Baseline, Seen};
use crate::analytics::flow::{Leg, leg_of};
use crate::analytics::{Finding, State, StepContext, scopes};
use crate::facts::Agent;
use crate::model::{EventId, Field, Flags, Sym};
use std::collections::BTreeMap;

/// Address, network, software and device of the hit's sign-ins.
pub fn origin(context: &StepContext) -> Finding {
    origin_of(context, &context.hit.evidence)
}

/// Address, network, software and device of the device-code legs: the polling leg decides, where the bundle has one.
pub fn leg_origin(context: &StepContext) -> Finding {
    let (hit, store) = (context.hit, context.store);
    let legs =
        |leg| -> Vec<EventId> { hit.legs.iter().copied().filter(|&id| leg_of(store.event(id)) == Some(leg)).collect() };
    let (polling, browser) = (legs(Leg::Polling), legs(Leg::Browser));
    if polling.is_empty() {
        let mut finding = origin_of(context, &browser);
        finding.sentence.push_str(
            " The bundle has only the sign-in in the browser: its address is where the code was typed, not where the \
             tokens went.",
        );
        return finding;
    }
    let mut finding = origin_of(context, &polling);
    finding.sentence = format!("Where the tokens went: {}", finding.sentence);
    if !browser.is_empty() {
        let typed = compared(context, &browser).map_or_else(|| "no address recorded".to_owned(), |origin| origin.words);
        finding.sentence += " Where the code was typed: ";
        finding.sentence += &typed;
        finding.sentence.push('.');
    }
    finding.with_rows(browser)
}

/// Origin of some rows, compared with the baseline.
struct Origin {
    places: Vec<AddressSeen>,
    is_script: bool,
    own_device: bool,
    words: String,
}

/// Compares the origin of some rows with the baseline; `None` where none has an address.
fn compared(context: &StepContext, rows: &[EventId]) -> Option<Origin> {
    let baseline = context.baseline;
    let places = places(context, baseline, rows);
    if places.is_empty() {
        return None;
    }
    let shown: Vec<String> = places.iter().map(|place| place.words(context)).collect();
    let (is_script, software) = agents(context, baseline, rows);
    let (own_device, device) = device(context, baseline, rows);
    Some(Origin { places, is_script, own_device, words: format!("{}; {software}; {device}", listed(&shown)) })
}

/// Address, network, software and device of some rows of the hit.
pub fn origin_of(context: &StepContext, rows: &[EventId]) -> Finding {
    let baseline = context.baseline;
    let Some(origin) = compared(context, rows) else {
        return missing(
            "no address recorded",
            "None of these rows has an address",
            "the same rows from Log Analytics, which have IPAddress",
        )
        .with_rows(rows.iter().copied());
    };
    let words = capital(&origin.words);
    let finding = if baseline.is_empty() {
        missing(
            "no history",
            &format!("{words}. The bundle has no sign-in of this user that is more than a day older than the hit"),
            "30 days of SigninLogs and AADNonInteractiveUserSignInLogs for the user",
        )
    } else {
        let (state, brief) = judge(&origin, baseline);
        Finding::new(state, brief, format!("{words}. Compared with {}.", baseline.words()))
    };
    finding.with_rows(rows.iter().copied())
}

fn judge(origin: &Origin, baseline: &Baseline) -> (State, String) {
    let Origin { places, is_script, own_device, .. } = origin;
    let usual = places.iter().filter(|place| place.address.is_usual()).count();
    let network = places.iter().all(|place| place.network.is_usual());
    if usual == places.len() {
        let brief = if places.len() == 1 { "usual address" } else { "usual addresses" };
        // A script at the user's own address may run on their own machine: theirs or an intruder's.
        return if *is_script {
            (State::Unknown, format!("{brief}, script"))
        } else {
            (State::Against, brief.to_owned())
        };
    }
    if baseline.is_thin() {
        return (State::Unknown, format!("only {} days of history", baseline.all.days));
    }
    if *own_device {
        return (State::Unknown, "new address, usual device".to_owned());
    }
    if network {
        return (State::Unknown, "new address, usual network".to_owned());
    }
    let brief = if places.iter().any(|place| place.address.sign_ins > 0) { "unusual address" } else { "new address" };
    (State::Supports, brief.to_owned())
}

/// An address of the hit, with its counts in the baseline.
struct AddressSeen {
    row: EventId,
    address: Seen,
    network: Seen,
}

impl AddressSeen {
    fn words(&self, context: &StepContext) -> String {
        let store = context.store;
        let asn = store.get(self.row, Field::Asn);
        let address = store.get(self.row, Field::IpAddress);
        let seen = |seen: Seen| if context.baseline.is_empty() { String::new() } else { format!(": {}", seen.words()) };
        if asn.is_empty() {
            return format!("{address}{}", seen(self.address));
        }
        // The table knows who runs the network; a record has only its number.
        let (name, giver) = match store.event(self.row).flags.has(Flags::ASN_LOOKED_UP).then(|| store.network(address))
        {
            Some(Some(network)) if !network.name.is_empty() => (format!(" {}", network.name), "the table of networks"),
            Some(_) => (String::new(), "the table of networks"),
            None => (String::new(), "the record"),
        };
        format!("{address}{} (AS{asn}{name} by {giver}{})", seen(self.address), seen(self.network))
    }
}

fn places(context: &StepContext, baseline: &Baseline, rows: &[EventId]) -> Vec<AddressSeen> {
    let store = context.store;
    let mut by_address: BTreeMap<&str, EventId> = BTreeMap::new();
    for &id in rows {
        let address: Sym = store.normalized_field(store.event(id), Field::IpAddress);
        if !address.is_none() {
            by_address.entry(store.text(address)).or_insert(id);
        }
    }
    let place = |row| AddressSeen {
        row,
        address: baseline.seen(store, row, Field::IpAddress),
        network: baseline.seen(store, row, Field::Asn),
    };
    by_address.into_values().map(place).collect()
}

/// Returns whether a script is among the software used, and the software in words.
fn agents(context: &StepContext, baseline: &Baseline, rows: &[EventId]) -> (bool, String) {
    let mut kinds: Vec<Agent> =
        rows.iter().map(|&id| context.facts.agent(context.store.get(id, Field::UserAgent))).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let words: Vec<String> = kinds
        .iter()
        .map(|&kind| {
            let seen = if baseline.is_empty() { String::new() } else { format!(": {}", baseline.agent(kind).words()) };
            format!("{}{seen}", kind.software())
        })
        .collect();
    (kinds.contains(&Agent::Script), words.join(", "))
}

/// Returns whether the rows come from a usual device of the user, and the device in words.
fn device(context: &StepContext, baseline: &Baseline, rows: &[EventId]) -> (bool, String) {
    let details: Vec<&str> = rows.iter().map(|&id| context.store.get(id, Field::DeviceDetail)).collect();
    let mut devices: Vec<String> = details.iter().filter_map(|text| scopes::device_id(text)).collect();
    devices.sort_unstable();
    devices.dedup();
    let compliant = !details.is_empty() && details.iter().all(|text| scopes::compliant(text) == Some(true));
    let state = if compliant { ", compliant" } else { "" };
    let Some(device) = devices.first() else {
        return (false, "no registered device".to_owned());
    };
    let seen = baseline.device(device);
    if devices.len() > 1 {
        let usual = devices.iter().all(|device| baseline.device(device).is_usual());
        return (usual, format!("{} registered devices{state}", devices.len()));
    }
    let words = if baseline.is_empty() { String::new() } else { format!(": {}", seen.words()) };
    (seen.is_usual(), format!("device {device}{words}{state}"))
}
