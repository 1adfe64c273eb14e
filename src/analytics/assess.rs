//! Severity, confidence and techniques of a hit, by rules that a reader can check.
//!
//! **Severity** says how bad it is if it is token theft. Each analytic has a base (`device-code-burst` high,
//! `foci-burst` and `session-hop` medium, `session-hop-broad` low). One step up when the tokens reach two or more
//! classes of worth (mail, chat, files, Azure management, Key Vault, Office management, directory, business data)
//! from an address the user never had. Down to low when everything about the origin is the user's own: every
//! address of hit and device-code legs seen on at least two days before, no script among the agents, and a usual
//! or compliant device, or the client used on at least two days before.
//!
//! **Confidence** says how well the findings carry the reading "token theft". High: at least three findings
//! support it, at most a third as many speak against, and at most a third of the steps are missing. Low: as many
//! speak against as support, or fewer than two support. Medium: everything else.

use super::answer::{reached, worth};
use super::flow::presents_token;
use super::{Attack, Finding, Hit, Inquiry, State, answer, scopes};
use crate::facts::{Agent, Reach};
use crate::model::{Confidence, EventId, Field, Severity};
use std::collections::BTreeMap;

/// Severity and the sentence for it.
pub fn severity(inquiry: &Inquiry) -> (Severity, String) {
    let hit = inquiry.hit;
    let base = inquiry.analytic.severity;
    let rows: Vec<EventId> = hit.evidence.iter().chain(&hit.legs).copied().collect();
    if is_own(inquiry, &rows) {
        return (
            Severity::Low,
            "every address is the user's usual one, with a usual or compliant device or a client used before"
                .to_owned(),
        );
    }
    let classes = worth(&reached(inquiry.store, inquiry.facts, &hit.evidence));
    let foreign = answer::origin(inquiry).state == State::Supports;
    match base {
        Severity::Medium if foreign && classes >= 2 => {
            (Severity::High, format!("{classes} classes of worth reached from an address the user never had"))
        }
        Severity::Low => (base, format!("{} is broad by design", hit.analytic)),
        _ => (base, format!("base severity of {}; {classes} classes of worth reached", hit.analytic)),
    }
}

/// Whether everything about the origin of the rows is the user's own.
fn is_own(inquiry: &Inquiry, rows: &[EventId]) -> bool {
    let (store, baseline) = (inquiry.store, inquiry.baseline);
    let text = |id, field| store.get(id, field);
    let usual_address = |&id: &EventId| baseline.seen(store, id, Field::IpAddress).is_usual();
    let script = |&id: &EventId| inquiry.facts.agent(text(id, Field::UserAgent)) == Agent::Script;
    let device = |&id: &EventId| {
        let detail = text(id, Field::DeviceDetail);
        scopes::compliant(detail) == Some(true)
            || scopes::device_id(detail).is_some_and(|device| baseline.device(&device).is_usual())
    };
    let client = inquiry.hit.evidence.iter().all(|&id| baseline.seen(store, id, Field::AppId).is_usual());
    rows.iter().all(usual_address) && !rows.iter().any(script) && (client || rows.iter().all(device))
}

/// Confidence from the findings, and the sentence for it.
pub fn confidence(findings: &[Finding]) -> (Confidence, String) {
    let count = |state| findings.iter().filter(|finding| finding.state == state).count();
    let (supports, against, missing) = (count(State::Supports), count(State::Against), count(State::Missing));
    let confidence = if against >= supports || supports < 2 {
        Confidence::Low
    } else if supports >= 3 && against * 3 <= supports && missing * 3 <= findings.len() {
        Confidence::High
    } else {
        Confidence::Medium
    };
    let unknown = count(State::Unknown);
    (
        confidence,
        format!(
            "{supports} of {} findings for it, {against} against, {unknown} undecided, {missing} missing",
            findings.len()
        ),
    )
}

/// Techniques that the evidence earned, each with what earned it; sorted by id.
pub fn attack(inquiry: &Inquiry) -> Vec<Attack> {
    let (store, hit) = (inquiry.store, inquiry.hit);
    let mut earned: BTreeMap<&'static str, String> = BTreeMap::new();
    let presented = hit.evidence.iter().filter(|&&id| presents_token(store.event(id))).count();
    if presented > 0 {
        earned.insert("T1550.001", format!("{presented} sign-ins presented a token instead of credentials"));
    }
    if !hit.legs.is_empty() {
        earned.insert("T1528", format!("{} device-code legs in its flow", hit.legs.len()));
    }
    let succeeded = hit.evidence.iter().filter(|&&id| store.event(id).succeeded()).count();
    if succeeded > 0 {
        earned.insert("T1078.004", format!("{succeeded} successful sign-ins as the user"));
    }
    let classes = reached(store, inquiry.facts, &hit.evidence);
    if let Some(names) = classes.get(&Reach::AzureManagement) {
        earned.insert("T1021.007", format!("token for {}", names.join(", ")));
    }
    if let Some(names) = classes.get(&Reach::DeviceRegistration) {
        earned.insert("T1098.005", format!("token for {}; registration itself is in the audit log", names.join(", ")));
    }
    let calls: Vec<EventId> = hit.graph.iter().map(|call| call.event).collect();
    let tally = answer::tally(store, inquiry.facts, &calls);
    let mut actions: BTreeMap<&'static str, Vec<&answer::Tally>> = BTreeMap::new();
    for line in tally.iter().filter(|line| line.succeeded > 0) {
        if let Some(id) = line.verb.technique {
            actions.entry(id).or_default().push(line);
        }
    }
    for (id, lines) in actions {
        let mut words: Vec<String> = earned.remove(id).into_iter().collect();
        words.extend(answer::in_words(lines));
        earned.insert(id, words.join("; "));
    }
    earned.into_iter().map(|(id, evidence)| Attack { id, name: technique(id), evidence }).collect()
}

/// Name of a technique, as ATT&CK v19 (April 2026) has it.
pub fn technique(id: &str) -> &'static str {
    match id {
        "T1021.007" => "Remote Services: Cloud Services",
        "T1069.003" => "Permission Groups Discovery: Cloud Groups",
        "T1078.004" => "Valid Accounts: Cloud Accounts",
        "T1087.004" => "Account Discovery: Cloud Account",
        "T1098.005" => "Account Manipulation: Device Registration",
        "T1114.002" => "Email Collection: Remote Email Collection",
        "T1213.002" => "Data from Information Repositories: Sharepoint",
        "T1213.005" => "Data from Information Repositories: Messaging Applications",
        "T1526" => "Cloud Service Discovery",
        "T1528" => "Steal Application Access Token",
        "T1530" => "Data from Cloud Storage",
        "T1550.001" => "Use Alternate Authentication Material: Application Access Token",
        _ => "",
    }
}

/// Fills in what rests on the finished core: reasons, findings, techniques, severity, confidence.
pub fn complete(inquiry: &Inquiry) -> Assessment {
    let findings: Vec<Finding> = inquiry.analytic.steps.iter().map(|step| (step.answer)(inquiry)).collect();
    let (confidence, confidence_reason) = confidence(&findings);
    let (severity, severity_reason) = severity(inquiry);
    Assessment { attack: attack(inquiry), findings, severity, severity_reason, confidence, confidence_reason }
}

/// What [`complete`] worked out.
pub struct Assessment {
    attack: Vec<Attack>,
    findings: Vec<Finding>,
    severity: Severity,
    severity_reason: String,
    confidence: Confidence,
    confidence_reason: String,
}

impl Assessment {
    /// Puts it into the hit.
    pub fn fill(self, hit: &mut Hit) {
        hit.attack = self.attack;
        hit.findings = self.findings;
        hit.severity = self.severity;
        hit.severity_reason = self.severity_reason;
        hit.confidence = self.confidence;
        hit.confidence_reason = self.confidence_reason;
    }
}
