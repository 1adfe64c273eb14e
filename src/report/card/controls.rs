//! Controls at the sign-ins of an incident: what each did by the records, and which change would have made it bite.

use crate::analytics::binding::{Binding, Protection, code_words};
use crate::analytics::flow::is_refused_by_policy;
use crate::analytics::known::Standing;
use crate::analytics::scopes::{compliant, detail};
use crate::analytics::{Hit, Incident};
use crate::model::words::counted;
use crate::model::{EventId, Field, Policy, PolicyResult, Proof, Sym, mfa_proof, policies};
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};

/// Most policies named of an incident.
const POLICIES: usize = 6;
/// Most characters of a policy's name.
const NAME: usize = 60;

/// A control, by the records of an incident's sign-ins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// Its name: a policy's, or the kind of control.
    pub name: String,
    /// Its effect on these sign-ins.
    pub did: String,
    /// The change by which it would have stopped them; empty where the records show none.
    pub change: String,
    /// The same in few words; empty for what need not be said on a card.
    pub(super) brief: String,
    /// Whether it says how second factors were met.
    has_proofs: bool,
}

impl Control {
    /// All of it on one line.
    pub fn line(&self) -> String {
        let change = if self.change.is_empty() { String::new() } else { format!("; {}", self.change) };
        format!("{}: {}{change}", self.name, self.did)
    }
}

/// Results of one policy: how often each.
#[derive(Default)]
struct Results {
    of: BTreeMap<PolicyResult, usize>,
    grants: String,
    blocks: bool,
}

/// The controls, those first that would have stopped a sign-in.
pub(super) fn controls(store: &Store, incident: &Incident, hits: &[&Hit]) -> Vec<Control> {
    let rows = rows(incident, hits);
    let passed: Vec<EventId> = rows.iter().copied().filter(|id| store.event(*id).succeeded()).collect();
    let proofs = Proofs::new(store, &passed);
    let mut found = of_policies(store, &rows, &passed, &proofs);
    if !found.iter().any(|control| control.has_proofs) {
        found.extend(proofs.control());
    }
    found.extend(risk(store, &rows));
    found.extend(device(store, &passed));
    found.extend(protection(store, &passed));
    found.extend(evaluation(store, &passed));
    found
}

/// Sign-ins from places that are not known, and the legs of codes; where there are none, all.
fn rows(incident: &Incident, hits: &[&Hit]) -> Vec<EventId> {
    let away = incident.lanes.iter().filter(|lane| lane.standing != Standing::Known);
    let mut rows: BTreeSet<EventId> = away.flat_map(|lane| lane.sign_ins.iter().copied()).collect();
    if rows.is_empty() {
        rows.extend(incident.lanes.iter().flat_map(|lane| lane.sign_ins.iter().copied()));
    }
    rows.extend(hits.iter().flat_map(|hit| hit.legs.iter().copied()));
    rows.into_iter().collect()
}

/// The policies by name; where no row has a list of them, the outcome alone.
fn of_policies(store: &Store, rows: &[EventId], passed: &[EventId], proofs: &Proofs) -> Vec<Control> {
    let mut by: BTreeMap<&str, Results> = BTreeMap::new();
    let mut texts: BTreeMap<(Sym, bool), usize> = BTreeMap::new();
    for &id in rows {
        let event = store.event(id);
        if event.succeeded() || is_refused_by_policy(store, id) {
            *texts.entry((event.get(Field::Policies), event.succeeded())).or_default() += 1;
        }
    }
    let has_list = texts.keys().any(|(text, _)| !store.text(*text).is_empty());
    for ((text, succeeded), count) in texts {
        // A sign-in that failed says of a policy only that it refused; one that passed was refused by none.
        let counts = |policy: &Policy<'_>| succeeded != (policy.result == PolicyResult::Stopped);
        for policy in policies(store.text(text)).filter(counts) {
            let results = by.entry(policy.name).or_default();
            *results.of.entry(policy.result).or_default() += count;
            results.blocks = policy.blocks();
            policy.grants.clone_into(&mut results.grants);
        }
    }
    if !has_list {
        return vec![outcome(store, rows)];
    }
    let mut found: Vec<(PolicyResult, Control)> = by
        .iter()
        .filter_map(|(name, results)| Some((*results.of.keys().next()?, policy(name, results, proofs)?)))
        .collect();
    found.sort_by_key(|(result, _)| *result);
    let more = found.len().saturating_sub(POLICIES);
    let mut controls: Vec<Control> = found.into_iter().take(POLICIES).map(|(_, control)| control).collect();
    if more > 0 {
        controls.push(plain("Conditional Access", format!("{more} more policies in these rows")));
    }
    if controls.is_empty() {
        let did = format!("no policy applied to {}", counted(passed.len(), "sign-in"));
        let brief = did.clone();
        controls.push(Control { brief, ..plain("Conditional Access", did) });
    }
    controls
}

fn plain(name: &str, did: String) -> Control {
    Control { name: name.to_owned(), did, change: String::new(), brief: String::new(), has_proofs: false }
}

/// One policy; its gravest result decides.
fn policy(name: &str, results: &Results, proofs: &Proofs) -> Option<Control> {
    let (result, count) = results.of.iter().next()?;
    let name = bare(name);
    let times = counted(*count, "sign-in");
    let grants = if results.grants.is_empty() { "its demands".to_owned() } else { results.grants.replace(',', ", ") };
    let turn_on = || "turn it on".to_owned();
    Some(match result {
        PolicyResult::WouldStop => {
            let would = if results.blocks {
                format!("would have blocked {times}")
            } else {
                format!("would have refused {times} ({grants} not met)")
            };
            let brief = format!("turn on {name}: {would}");
            Control { change: turn_on(), brief, ..plain(&name, format!("report-only, {would}")) }
        }
        PolicyResult::WouldAsk => {
            let would = format!("would have asked for {grants} at {times}");
            let brief = format!("turn on {name}: {would}");
            Control { change: turn_on(), brief, ..plain(&name, format!("report-only, {would}")) }
        }
        PolicyResult::Stopped => {
            let did = format!("refused {times}");
            Control { brief: format!("{name} {did}"), ..plain(&name, did) }
        }
        PolicyResult::Met => {
            let asks_mfa = results.grants.to_ascii_lowercase().contains("mfa");
            let how = if asks_mfa { proofs.words() } else { String::new() };
            let has_proofs = !how.is_empty();
            let how = if how.is_empty() { "met".to_owned() } else { format!("met {how}") };
            let change = if asks_mfa && proofs.claims > 0 {
                "a sign-in frequency of every time would have asked anew".to_owned()
            } else {
                String::new()
            };
            let did = format!("applied to {times}, {how} ({grants})");
            Control { brief: format!("{name} {how}"), change, has_proofs, ..plain(&name, did) }
        }
        PolicyResult::WouldMeet => plain(&name, format!("report-only, would have been met at {times}")),
        PolicyResult::Unknown => plain(&name, format!("result not known at {times}")),
    })
}

/// A policy's name, without the remark that it is report-only: the result has that.
fn bare(name: &str) -> String {
    let end = "(report-only)";
    let is_marked = name.len() > end.len()
        && name.is_char_boundary(name.len() - end.len())
        && name[name.len() - end.len()..].eq_ignore_ascii_case(end);
    let name = if is_marked { name[..name.len() - end.len()].trim_end() } else { name };
    name.chars().take(NAME).collect()
}

/// The outcome of Conditional Access, where the rows have no list of policies.
fn outcome(store: &Store, rows: &[EventId]) -> Control {
    let status = |id: &EventId| store.get(*id, Field::ConditionalAccessStatus);
    let mut by: BTreeMap<&str, usize> = BTreeMap::new();
    for status in rows.iter().map(status).filter(|status| !status.is_empty()) {
        *by.entry(status).or_default() += 1;
    }
    if by.is_empty() {
        let did = "not in the record".to_owned();
        return Control {
            brief: "Conditional Access not in the record".to_owned(),
            ..plain("Conditional Access", did)
        };
    }
    let did = times(by.into_iter().map(|(status, count)| (super::spaced(status), count)));
    let brief = format!("Conditional Access {did}, without its policies");
    let did = format!("{did}; the rows have no ConditionalAccessPolicies");
    Control { brief, ..plain("Conditional Access", did) }
}

fn times(kinds: impl IntoIterator<Item = (String, usize)>) -> String {
    kinds.into_iter().map(|(kind, count)| format!("{kind} {count}×")).collect::<Vec<_>>().join(", ")
}

/// Proofs of a second factor among sign-ins that passed.
struct Proofs {
    claims: usize,
    fresh: usize,
}

impl Proofs {
    fn new(store: &Store, passed: &[EventId]) -> Self {
        let of = |wanted: Proof| {
            let is = |id: &&EventId| mfa_proof(store.get(**id, Field::AuthenticationDetails)) == Some(wanted);
            passed.iter().filter(is).count()
        };
        Self { claims: of(Proof::Claim), fresh: of(Proof::Fresh) }
    }

    fn words(&self) -> String {
        let claims = (self.claims > 0).then(|| format!("by a claim in the token {}×", self.claims));
        let fresh = (self.fresh > 0).then(|| format!("by a fresh factor {}×", self.fresh));
        claims.into_iter().chain(fresh).collect::<Vec<_>>().join(", ")
    }

    fn control(&self) -> Option<Control> {
        let words = self.words();
        (!words.is_empty()).then(|| Control { brief: format!("MFA {words}"), ..plain("MFA", format!("met {words}")) })
    }
}

fn risk(store: &Store, rows: &[EventId]) -> Option<Control> {
    let mut by: BTreeMap<String, usize> = BTreeMap::new();
    let mut states: BTreeSet<&str> = BTreeSet::new();
    for &id in rows {
        let level = store.get(id, Field::RiskLevel).to_lowercase();
        if !matches!(&*level, "" | "none" | "hidden" | "unknownfuturevalue") {
            *by.entry(level).or_default() += 1;
        }
        states.insert(store.get(id, Field::RiskState));
    }
    states.remove("");
    let levels = times(by);
    if levels.is_empty() && states.is_empty() {
        return None;
    }
    let states = states.into_iter().take(2).collect::<Vec<_>>().join(", ");
    let brief = if levels.is_empty() { format!("risk {states}") } else { format!("risk {levels}") };
    let did = [levels, states].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
    let change = "a policy on sign-in risk would have had this to act on".to_owned();
    Some(Control { change, brief, ..plain("risk", did) })
}

fn device(store: &Store, passed: &[EventId]) -> Option<Control> {
    let devices: Vec<&str> =
        passed.iter().map(|id| store.get(*id, Field::DeviceDetail)).filter(|text| !text.is_empty()).collect();
    let fit = devices.iter().filter(|device| compliant(device) == Some(true)).count();
    if devices.is_empty() {
        return None;
    }
    let other = devices.len() - fit;
    if other == 0 {
        return Some(plain("device", format!("compliant at {}", counted(fit, "sign-in"))));
    }
    let did = format!("no compliant device at {other} of {}", counted(devices.len(), "sign-in"));
    let change = "a policy that requires one would have refused them".to_owned();
    Some(Control { change, brief: format!("no compliant device {other}×"), ..plain("device", did) })
}

fn protection(store: &Store, passed: &[EventId]) -> Option<Control> {
    let mut by: BTreeMap<String, usize> = BTreeMap::new();
    let mut unbound = 0;
    for &id in passed {
        let read = Protection::read(store.get(id, Field::TokenProtection));
        let Some(binding) = read.binding else { continue };
        unbound += usize::from(binding == Binding::Unbound);
        let word = if binding == Binding::Bound { "bound" } else { "unbound" };
        let code = read.code.filter(|code| *code != 0);
        let code = code.map_or_else(String::new, |code| format!(" ({code}: {})", code_words(code)));
        *by.entry(format!("{word}{code}")).or_default() += 1;
    }
    if by.is_empty() {
        let is_any = passed.is_empty();
        return (!is_any).then(|| plain("token protection", "not in the record".to_owned()));
    }
    let did = times(by);
    if unbound == 0 {
        return Some(plain("token protection", did));
    }
    let change = "a policy that requires it refuses unbound tokens, where client and system can bind".to_owned();
    Some(Control { change, brief: format!("token unbound {unbound}×"), ..plain("token protection", did) })
}

fn evaluation(store: &Store, passed: &[EventId]) -> Option<Control> {
    let mut by: BTreeMap<Sym, usize> = BTreeMap::new();
    for &id in passed {
        *by.entry(store.event(id).get(Field::ProcessingDetails)).or_default() += 1;
    }
    let (mut with, mut all) = (0, 0);
    for (text, count) in by {
        let text = store.text(text);
        if let Some(flag) = detail(text, "Is CAE Token").or_else(|| detail(text, "IsCAEToken")) {
            all += count;
            with += if flag.eq_ignore_ascii_case("true") { count } else { 0 };
        }
    }
    (all > 0).then(|| plain("continuous access evaluation", format!("in {with} of {}", counted(all, "token"))))
}

/// The line of a card: what would have stopped it first.
pub(super) fn brief(controls: &[Control]) -> String {
    let briefs: Vec<&str> =
        controls.iter().map(|control| control.brief.as_str()).filter(|text| !text.is_empty()).collect();
    briefs.join("; ")
}
