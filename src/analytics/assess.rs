//! Severity, confidence and techniques of a hit, by rules that a reader can check.
//!
//! **Severity** is how bad it is if it is token theft. An analytic either grades by a rule of its own, or has a base
//! (`device-code-burst` high, `foci-burst` and `session-hop` medium, `session-hop-broad` low), from medium up to high
//! when the tokens reach two or more valuable classes (mail, chat, files, Azure management, Key Vault, Office
//! management, device registration, directory, business data) and the facts weigh for theft as much as high confidence
//! asks. Down to low when everyday work explains it, by the table of [`super::weights`], and from high to medium when
//! another code of the user's, an application's server or a colleague at the address makes it doubtful.
//!
//! **Confidence** follows from the same table, and is no higher than the comparisons allow.
//!
//! A run as published keeps older rules for both: low when everything about the origin is the user's own, on two days
//! before the last day before the hit; and confidence by the number of findings that support theft or speak against it.

use super::findings::{reached, valuable};
use super::flow::presents_token;
use super::weigh::weigh;
use super::weights::{Fact, HIGH};
use super::{Attack, Baseline, DetectContext, Finding, Hit, State, StepContext, Weights, acts, findings, scopes};
use crate::facts::{Agent, Reach, technique};
use crate::model::words::counted;
use crate::model::{Confidence, EventId, Field, Severity};
use std::collections::BTreeMap;

/// Techniques that sign-ins earn; a Graph call earns the one of its row in the facts.
const TOKEN_USED: &str = "T1550.001";
const TOKEN_STOLEN: &str = "T1528";
const ACCOUNT_USED: &str = "T1078.004";
const CLOUD_SERVICE: &str = "T1021.007";
const DEVICE_REGISTERED: &str = "T1098.005";

/// Weighs a hit, and lowers it where everyday work explains it, or another code makes it doubtful, and a rule of its
/// analytic graded it.
pub(super) fn weighed(context: &DetectContext, hit: &mut Hit, baseline: &Baseline) {
    let weights = weigh(context, hit, baseline);
    if hit.grade.is_some()
        && let Some((severity, reason)) = lowered(hit, &weights, hit.severity)
    {
        (hit.severity, hit.severity_reason) = (severity, reason);
    }
    hit.weights = Some(weights);
}

/// Severity, with its sentence.
pub fn severity(context: &StepContext) -> (Severity, String) {
    let hit = context.hit;
    if hit.grade.is_some() {
        return (hit.severity, hit.severity_reason.clone());
    }
    if let Some(weights) = &hit.weights {
        if let Some(lowered) = lowered(hit, weights, context.analytic.severity) {
            return lowered;
        }
    } else if is_own(context, &hit.evidence.iter().chain(&hit.legs).copied().collect::<Vec<_>>()) {
        return (
            Severity::Low,
            "every address is the user's usual one, with a usual or compliant device or a client used before"
                .to_owned(),
        );
    }
    let base = context.analytic.severity;
    let classes = valuable(&reached(context.store, context.facts, &hit.evidence));
    let foreign = match &hit.weights {
        Some(weights) => weights.over() >= HIGH,
        None => findings::origin(context).state == State::Supports,
    };
    match base {
        Severity::Medium if foreign && classes >= 2 => (
            Severity::High,
            format!("tokens for {classes} kinds of valuable data went to an address that is not usual for this user"),
        ),
        Severity::Low => (base, format!("{} is broad by design", hit.analytic)),
        _ => (
            base,
            format!(
                "{} is {} by rule; tokens for {} of valuable data",
                hit.analytic,
                base.word(),
                counted(classes, "kind")
            ),
        ),
    }
}

/// Severity of a hit whose facts speak for everyday work as much as for theft: low; but one lower only where a rule of
/// its own graded it and they are even, or a fact makes it doubtful. `by_rule` is its severity before.
fn lowered(hit: &Hit, weights: &Weights, by_rule: Severity) -> Option<(Severity, String)> {
    let reason = || match &hit.grade {
        Some(grade) => grade.reason.clone(),
        None => format!("{} is {} by rule", hit.analytic, by_rule.word()),
    };
    // A burst of the user's own device and software may be a laptop on its way, and one nearby a new lease.
    let is_near = || [Fact::NearNetwork, Fact::KnownTown].iter().any(|fact| weights.has(*fact));
    let is_roaming = hit.grade.is_none()
        && weights.has(Fact::SeenSoftware)
        && ((weights.over() <= 1 && weights.has(Fact::OwnDevice)) || (weights.over() <= 0 && is_near()));
    if !weights.is_explained() && !is_roaming {
        let doubt = weights.doubt().filter(|_| by_rule == Severity::High)?;
        return Some((Severity::Medium, format!("{}; one lower, as {}", reason(), doubt.words())));
    }
    let why = format!("everyday work explains it: {}", weights.sentence());
    Some(if hit.grade.is_none() {
        (Severity::Low, why)
    } else if by_rule == Severity::High && weights.over() == 0 {
        (Severity::Medium, format!("{}; one lower, as {why}", reason()))
    } else {
        (Severity::Low, format!("{}; low, as {why}", reason()))
    })
}

/// Returns whether everything about the origin of the rows is usual for the user.
fn is_own(context: &StepContext, rows: &[EventId]) -> bool {
    let (store, baseline) = (context.store, context.baseline);
    let text = |id, field| store.get(id, field);
    let usual_address = |&id: &EventId| baseline.seen(store, id, Field::IpAddress).is_usual();
    let script = |&id: &EventId| context.facts.agent(text(id, Field::UserAgent)) == Agent::Script;
    let device = |&id: &EventId| {
        let detail = text(id, Field::DeviceDetail);
        scopes::compliant(detail) == Some(true)
            || scopes::device_id(detail).is_some_and(|device| baseline.device(&device).is_usual())
    };
    let client = context.hit.evidence.iter().all(|&id| baseline.seen(store, id, Field::AppId).is_usual());
    rows.iter().all(usual_address) && !rows.iter().any(script) && (client || rows.iter().all(device))
}

/// Confidence from the findings, with its sentence.
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
            "{} to theft, {against} away, {unknown} cannot tell, {missing} missing",
            if supports == 1 { "1 check points".to_owned() } else { format!("{supports} checks point") }
        ),
    )
}

/// Techniques earned by the evidence, each with that evidence; sorted by id. A sign-in that everyday work explains earns
/// none: its severity is low.
pub fn attack(context: &StepContext, severity: Severity) -> Vec<Attack> {
    let (store, hit) = (context.store, context.hit);
    let mut earned: BTreeMap<&'static str, String> = BTreeMap::new();
    let presented = hit.evidence.iter().filter(|&&id| presents_token(store.event(id))).count();
    if presented > 0 {
        earned.insert(TOKEN_USED, format!("{presented} sign-ins presented a token instead of credentials"));
    }
    if !hit.legs.is_empty() {
        earned.insert(TOKEN_STOLEN, format!("{} device-code legs in its flow", hit.legs.len()));
    }
    let is_sign_in = |id: EventId| store.event(id).table.issues() && store.event(id).succeeded();
    let succeeded = hit.evidence.iter().filter(|&&id| is_sign_in(id)).count();
    if succeeded > 0 {
        earned.insert(ACCOUNT_USED, format!("{succeeded} successful sign-ins as the user"));
    }
    let classes = reached(store, context.facts, &hit.evidence);
    if let Some(names) = classes.get(&Reach::AzureManagement) {
        earned.insert(CLOUD_SERVICE, format!("token for {}", names.join(", ")));
    }
    if let Some(names) = classes.get(&Reach::DeviceRegistration) {
        earned.insert(
            DEVICE_REGISTERED,
            format!("token for {}; registration itself is in the audit log", names.join(", ")),
        );
    }
    if severity == Severity::Low {
        earned.clear();
    }
    let calls: Vec<EventId> = hit.graph.iter().map(|call| call.event).collect();
    let tally = findings::count_actions(store, context.facts, &calls);
    let mut actions: BTreeMap<&'static str, Vec<&findings::ActionCount>> = BTreeMap::new();
    for line in tally.iter().filter(|line| line.succeeded > 0) {
        if let Some(id) = line.verb.technique {
            actions.entry(id).or_default().push(line);
        }
    }
    for (id, lines) in actions {
        let mut words: Vec<String> = earned.remove(id).into_iter().collect();
        words.extend(findings::in_words(lines));
        earned.insert(id, words.join("; "));
    }
    for done in acts::done(store, context.facts, &hit.acts).iter().filter(|one| one.failed < one.rows.len()) {
        for id in done.action.iter().flat_map(|action| &action.attack) {
            if let Some(id) = context.analytic.attack.iter().copied().find(|known| **known == **id) {
                let words = earned.entry(id).or_default();
                *words = if words.is_empty() { done.words() } else { format!("{words}; {}", done.words()) };
            }
        }
    }
    for own in hit.attack.iter().filter(|_| severity > Severity::Low) {
        earned.insert(own.id, own.evidence.clone());
    }
    let declared = |id: &str| context.analytic.attack.contains(&id);
    let attack = |(id, evidence)| Attack { id, name: &technique(id).name, evidence };
    earned.into_iter().filter(|(id, _)| declared(id)).map(attack).collect()
}

/// Completes hits from the builder: reasons, findings, techniques, severity, confidence.
pub fn complete(context: &StepContext) -> Assessment {
    let findings: Vec<Finding> = context.analytic.steps.iter().map(|step| (step.answer)(context)).collect();
    let (severity, severity_reason) = severity(context);
    let most = context.hit.grade.as_ref().map_or(Confidence::High, |grade| grade.most);
    let by_weights = context.hit.weights.as_ref().map(|weights| (weights.confidence(), weights.sentence()));
    let (found, confidence_reason) = by_weights.unwrap_or_else(|| {
        let steps = findings.iter().zip(context.analytic.steps);
        let evidence: Vec<Finding> =
            steps.filter(|(_, step)| !step.is_task()).map(|(finding, _)| finding.clone()).collect();
        confidence(&evidence)
    });
    let confidence = found.min(most);
    Assessment { attack: attack(context, severity), findings, severity, severity_reason, confidence, confidence_reason }
}

/// Results of [`complete`].
pub struct Assessment {
    attack: Vec<Attack>,
    findings: Vec<Finding>,
    severity: Severity,
    severity_reason: String,
    confidence: Confidence,
    confidence_reason: String,
}

impl Assessment {
    /// Sets the results in the hit.
    pub fn fill(self, hit: &mut Hit) {
        hit.attack = self.attack;
        hit.findings = self.findings;
        hit.severity = self.severity;
        hit.severity_reason = self.severity_reason;
        hit.confidence = self.confidence;
        hit.confidence_reason = self.confidence_reason;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ANALYTICS, Semantics, Settings, run};
    use super::*;
    use crate::facts::{Facts, techniques};
    use crate::model::Table;
    use crate::store::testing::Rows;
    use std::collections::BTreeSet;

    fn rated(supports: usize, against: usize, unknown: usize, missing: usize) -> Confidence {
        let counts = [
            (supports, State::Supports),
            (against, State::Against),
            (unknown, State::Unknown),
            (missing, State::Missing),
        ];
        let findings =
            counts.into_iter().flat_map(|(count, state)| (0..count).map(move |_| Finding::new(state, "", "")));
        confidence(&findings.collect::<Vec<_>>()).0
    }

    #[test]
    fn techniques_are_those_of_the_table() {
        let by_sign_ins = [TOKEN_USED, TOKEN_STOLEN, ACCOUNT_USED, CLOUD_SERVICE, DEVICE_REGISTERED];
        let by_calls = Facts::embedded().call_techniques();
        let earned: BTreeSet<&str> = by_calls.chain(by_sign_ins).collect();
        let promised: BTreeSet<&str> = ANALYTICS.iter().flat_map(|analytic| analytic.attack).copied().collect();
        let known: BTreeSet<&str> = techniques().iter().map(|technique| technique.id.as_str()).collect();
        // Rules of single analytics earn the others.
        assert!(earned.is_subset(&known), "what is earned, and the table");
        assert_eq!(promised, known, "what analytics promise, and the table");
    }

    #[test]
    fn confidence_is_high_from_three_supports_on() {
        assert_eq!(rated(3, 0, 0, 0), Confidence::High);
        assert_eq!(rated(2, 0, 0, 0), Confidence::Medium);
        assert_eq!(rated(3, 0, 20, 0), Confidence::High, "what decides nothing takes nothing away");
        assert_eq!(rated(2, 0, 20, 0), Confidence::Medium);
    }

    #[test]
    fn a_third_as_many_against_leaves_it_high_and_more_do_not() {
        for (supports, against, rates) in [
            (3, 1, Confidence::High),
            (3, 2, Confidence::Medium),
            (5, 1, Confidence::High),
            (5, 2, Confidence::Medium),
            (6, 2, Confidence::High),
            (6, 3, Confidence::Medium),
        ] {
            assert_eq!(rated(supports, against, 0, 0), rates, "{supports} to {against}");
        }
    }

    #[test]
    fn a_third_missing_leaves_it_high_and_more_does_not() {
        for (supports, unknown, missing, rates) in [
            (4, 0, 2, Confidence::High),
            (3, 0, 2, Confidence::Medium),
            (3, 3, 3, Confidence::High),
            (3, 2, 3, Confidence::Medium),
            (5, 0, 2, Confidence::High),
            (4, 0, 3, Confidence::Medium),
        ] {
            assert_eq!(rated(supports, 0, unknown, missing), rates, "{missing} of {}", supports + unknown + missing);
        }
    }

    #[test]
    fn confidence_is_low_below_two_supports_or_with_as_many_against() {
        for (supports, against, rates) in [
            (0, 0, Confidence::Low),
            (1, 0, Confidence::Low),
            (2, 0, Confidence::Medium),
            (2, 1, Confidence::Medium),
            (2, 2, Confidence::Low),
            (3, 2, Confidence::Medium),
            (3, 3, Confidence::Low),
            (3, 4, Confidence::Low),
        ] {
            assert_eq!(rated(supports, against, 0, 0), rates, "{supports} to {against}");
        }
    }

    #[test]
    fn an_undecided_finding_that_is_decided_moves_confidence_its_way_or_not_at_all() {
        for counts in 0..7_usize.pow(4) {
            let [s, a, u, m] = [counts % 7, counts / 7 % 7, counts / 49 % 7, counts / 343];
            let now = rated(s, a, u + 1, m);
            assert!(rated(s + 1, a, u, m) >= now, "{s} {a} {u} {m}: for it");
            assert!(rated(s, a + 1, u, m) <= now, "{s} {a} {u} {m}: against");
            assert!(rated(s, a, u, m + 1) <= now, "{s} {a} {u} {m}: missing");
        }
    }

    #[test]
    fn the_sentence_has_the_counts() {
        let findings = [State::Supports, State::Against, State::Unknown, State::Missing, State::Missing];
        let findings = findings.map(|state| Finding::new(state, "", ""));
        assert_eq!(confidence(&findings).1, "1 check points to theft, 1 away, 1 cannot tell, 2 missing");
    }

    const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    const PORTAL: &str = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c";
    const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";
    const PROTECTION: &str = "00000007-0000-0ff1-ce00-000000000000";
    const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
    const TEAMS: &str = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe";
    const MANAGEMENT: &str = "c5393580-f805-4401-95e8-94b7a6ef2fc2";
    /// Two valuable classes.
    const WORTHY: [&str; 3] = ["x", EXCHANGE, TEAMS];

    const HOME: (Field, &str) = (Field::IpAddress, "192.0.2.10");
    const AWAY: (Field, &str) = (Field::IpAddress, "198.51.100.23");
    const BROWSER: (Field, &str) = (Field::UserAgent, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0");
    const SCRIPT: (Field, &str) = (Field::UserAgent, "python-requests/2.31.0");
    const DEVICE: (Field, &str) = (Field::DeviceDetail, r#"{"deviceId":"d1","isCompliant":false}"#);

    /// Sign-ins of one user, the last of them a burst on 1 May 2026 at 14:00.
    #[derive(Default)]
    struct Days {
        rows: Rows,
        count: usize,
    }

    impl Days {
        fn row(&mut self, table: Table, at: &str, fields: &[(Field, &str)]) -> &mut Self {
            self.count += 1;
            let id = format!("row{}", self.count);
            let common = [(Field::Id, id.as_str()), (Field::UserId, "u"), (Field::ResultType, "0")];
            self.rows.row(table, at, &[&common, fields].concat());
            self
        }

        /// A sign-in on each of some days of April, in a browser to the portal unless fields say otherwise.
        fn earlier(&mut self, days: &[u32], fields: &[(Field, &str)]) -> &mut Self {
            for day in days {
                let fields = [&[(Field::AppId, PORTAL), BROWSER], fields].concat();
                self.row(Table::SignIn, &format!("2026-04-{day:02}T09:00:00Z"), &fields);
            }
            self
        }

        /// Five sign-ins on five days: enough for a baseline.
        fn at_home() -> Self {
            let mut days = Self::default();
            days.earlier(&[1, 2, 3, 4, 5], &[HOME]);
            days
        }

        /// The burst as a hit of `analytic`.
        fn burst(&mut self, analytic: &str, resources: [&str; 3], fields: &[(Field, &str)]) -> Severity {
            for (second, resource) in resources.iter().enumerate() {
                let named = [
                    (Field::AppId, CLI),
                    (Field::ResourceIdentity, *resource),
                    (Field::ResourceDisplayName, *resource),
                ];
                let fields = [&named, fields].concat();
                self.row(Table::NonInteractive, &format!("2026-05-01T14:00:0{second}Z"), &fields);
            }
            let settings = Settings { semantics: Semantics::Published, ..Settings::default() };
            let hits = run(&self.rows.build(), Facts::embedded(), &settings);
            hits.iter().find(|hit| hit.analytic == analytic).expect("the burst is found").severity
        }

        fn foci(&mut self, resources: [&str; 3], fields: &[(Field, &str)]) -> Severity {
            self.burst("foci-burst", resources, fields)
        }

        fn code(&mut self, fields: &[(Field, &str)]) -> &mut Self {
            let fields =
                [&[(Field::AppId, CLI), (Field::AuthenticationProtocol, "deviceCode"), BROWSER], fields].concat();
            self.row(Table::SignIn, "2026-05-01T13:59:00Z", &fields)
        }
    }

    #[test]
    fn each_analytic_begins_at_its_base() {
        let bases: Vec<_> = ANALYTICS.iter().map(|analytic| (analytic.id, analytic.severity)).collect();
        for (id, base) in [
            ("device-code-burst", Severity::High),
            ("foci-burst", Severity::Medium),
            ("session-hop", Severity::Medium),
            ("session-hop-broad", Severity::Low),
        ] {
            assert!(bases.contains(&(id, base)), "{id}: {bases:?}");
        }
        let bare = ["x", "y", "z"];
        assert_eq!(Days::default().foci(bare, &[]), Severity::Medium);
        assert_eq!(Days::default().code(&[]).burst("device-code-burst", bare, &[]), Severity::High);
    }

    #[test]
    fn two_classes_of_worth_from_elsewhere_make_medium_high_and_one_does_not() {
        for (resources, severity) in [
            (["x", "y", "z"], Severity::Medium),
            (["x", "y", EXCHANGE], Severity::Medium),
            (["x", GRAPH, EXCHANGE], Severity::Medium),
            (["x", PROTECTION, MANAGEMENT], Severity::Medium),
            (WORTHY, Severity::High),
            ([MANAGEMENT, EXCHANGE, TEAMS], Severity::High),
        ] {
            assert_eq!(Days::at_home().foci(resources, &[AWAY]), severity, "{resources:?}");
        }
    }

    #[test]
    fn it_is_high_only_from_an_address_that_is_not_usual() {
        let after = |days: &[u32]| Days::at_home().earlier(days, &[AWAY]).foci(WORTHY, &[AWAY, SCRIPT]);
        assert_eq!(after(&[]), Severity::High);
        assert_eq!(after(&[8]), Severity::High, "once before is not usual");
        assert_eq!(after(&[8, 9]), Severity::Medium);
        assert_eq!(Days::at_home().foci(WORTHY, &[HOME, SCRIPT]), Severity::Medium);
        let network = (Field::Asn, "64500");
        let near = |days: &[u32]| Days::at_home().earlier(days, &[HOME, network]).foci(WORTHY, &[AWAY, network]);
        assert_eq!((near(&[8]), near(&[8, 9])), (Severity::High, Severity::Medium), "its network is usual");
        let carried = |days: &[u32]| Days::at_home().earlier(days, &[HOME, DEVICE]).foci(WORTHY, &[AWAY, DEVICE]);
        assert_eq!((carried(&[8]), carried(&[8, 9])), (Severity::High, Severity::Medium), "its device is usual");
    }

    #[test]
    fn it_takes_five_sign_ins_on_three_days_to_tell_what_is_not_usual() {
        let after = |days: &[u32]| Days::default().earlier(days, &[HOME]).foci(WORTHY, &[AWAY]);
        assert_eq!(after(&[]), Severity::Medium);
        assert_eq!(after(&[1, 2, 3, 4]), Severity::Medium, "four sign-ins");
        assert_eq!(after(&[1, 1, 1, 2, 2]), Severity::Medium, "two days");
        assert_eq!(after(&[1, 1, 2, 2, 3]), Severity::High);
    }

    #[test]
    fn everything_of_the_users_makes_it_low_and_each_thing_that_is_not_leaves_it() {
        let client = [HOME, (Field::AppId, CLI)];
        let after = |earlier: &[(Field, &str)], days: &[u32], burst: &[(Field, &str)]| {
            Days::default().earlier(days, earlier).foci(WORTHY, burst)
        };
        assert_eq!(after(&client, &[1, 2], &[HOME, BROWSER]), Severity::Low);
        assert_eq!(after(&client, &[1], &[HOME, BROWSER]), Severity::Medium, "one day");
        assert_eq!(after(&client, &[1, 1], &[HOME, BROWSER]), Severity::Medium, "twice on one day");
        assert_eq!(after(&client, &[1, 2], &[HOME, SCRIPT]), Severity::Medium, "a script");
        assert_eq!(after(&client, &[1, 2], &[AWAY, BROWSER]), Severity::Medium, "another address");
        assert_eq!(after(&client, &[1, 2], &[BROWSER]), Severity::Medium, "no address");
        assert_eq!(after(&[HOME], &[1, 2], &[HOME, BROWSER]), Severity::Medium, "another client, no device");
        assert_eq!(after(&[HOME, DEVICE], &[1, 2], &[HOME, BROWSER, DEVICE]), Severity::Low, "a usual device instead");
        let new_device = Days::default()
            .earlier(&[1, 2], &[HOME])
            .earlier(&[3], &[HOME, DEVICE])
            .foci(WORTHY, &[HOME, BROWSER, DEVICE]);
        assert_eq!(new_device, Severity::Medium, "a device of one day");
        let state = |text| after(&[HOME], &[1, 2], &[HOME, BROWSER, (Field::DeviceDetail, text)]);
        assert_eq!(state(r#"{"isCompliant":true}"#), Severity::Low, "a compliant device instead");
        assert_eq!(state(r#"{"isCompliant":false}"#), Severity::Medium);
        assert_eq!(state("{}"), Severity::Medium);
    }

    #[test]
    fn the_last_day_before_the_hit_is_no_day_before() {
        let second = |at: &str| {
            let client = [(Field::AppId, CLI), HOME, BROWSER];
            let mut days = Days::default();
            days.row(Table::SignIn, "2026-04-20T09:00:00Z", &client).row(Table::SignIn, at, &client);
            days.foci(WORTHY, &[HOME, BROWSER])
        };
        assert_eq!(second("2026-04-30T14:00:00Z"), Severity::Low);
        assert_eq!(second("2026-04-30T14:00:00.0000001Z"), Severity::Medium);
    }

    #[test]
    fn the_legs_of_a_device_code_have_to_be_the_users_too() {
        let rated = |leg: &[(Field, &str)]| {
            let mut days = Days::default();
            days.earlier(&[1, 2], &[HOME, (Field::AppId, CLI)]).code(leg);
            days.burst("device-code-burst", WORTHY, &[HOME, BROWSER])
        };
        assert_eq!(rated(&[HOME]), Severity::Low);
        assert_eq!(rated(&[AWAY]), Severity::High);
        assert_eq!(rated(&[HOME, SCRIPT]), Severity::High);
    }

    #[test]
    fn every_row_has_to_come_from_the_device() {
        let compliant = (Field::DeviceDetail, r#"{"isCompliant":true}"#);
        let rated = |burst: &[(Field, &str)]| {
            let mut days = Days::default();
            days.earlier(&[1, 2], &[HOME]).code(&[HOME, compliant]);
            days.burst("device-code-burst", WORTHY, burst)
        };
        assert_eq!(rated(&[HOME, BROWSER, compliant]), Severity::Low);
        assert_eq!(rated(&[HOME, BROWSER]), Severity::High);
    }
}
