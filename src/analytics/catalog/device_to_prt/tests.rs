use super::*;
use crate::analytics::Settings;
use crate::analytics::registration::BROKER;
use crate::facts::Facts;
use crate::model::{Flags, Table};
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

    /// A registration in the directory's log.
    fn registers(&mut self, at: &str, fields: Fields) -> &mut Self {
        let change = [(Field::Operation, "Register device"), (Field::UserId, "u")];
        self.rows.row(Table::Audit, &format!("2026-05-01T{at}Z"), &[&change[..], fields].concat());
        self.rows.flag(Flags::SUCCESS);
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
    let at =
        |fields: &[Fields]| Day::after(8).uses("14:00:00", &[&[OF_CODE], fields.concat().as_slice()].concat()).found();
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

const LT: Fields = &[(Field::DeviceId, "D1"), (Field::Object, "LT-1")];
const GRAPH_SPY: Fields = &[(Field::DeviceId, "d1"), (Field::Object, "graphspy-device")];

#[test]
fn rule_b_takes_the_latest_request_of_ten_minutes() {
    let at = |time| Day::after(8).asks("14:00:00", &AWAY).registers(time, LT).found();
    assert_eq!(at("14:00:00"), one("B", Severity::Medium, 1));
    assert_eq!(at("14:10:00"), one("B", Severity::Medium, 1));
    assert_eq!(at("14:10:00.0000001"), []);
    assert_eq!(at("13:59:59.9999999"), []);
    let mut home = Day::after(8);
    home.asks("14:00:00", &AWAY).asks("14:05:00", &HOME).registers("14:06:00", LT);
    assert_eq!(home.found(), one("B", Severity::Low, 1), "the latest is at home");
    let mut bundle = Day::after(8);
    bundle.asks("14:00:00", &AWAY).registers("14:01:00", &[LT, &[(Field::UserId, "v")]].concat());
    assert_eq!(bundle.found(), [], "somebody else's");
}

#[test]
fn rule_b_is_graded_by_its_marks() {
    let with = |ask: Fields, made: Fields| Day::after(8).asks("14:00:00", ask).registers("14:01:00", made).found();
    let kit = [&AWAY[..], &[(Field::UserAgent, "kali365-live/2")]].concat();
    let library = |at: &[(Field, &'static str)]| [at, &[(Field::UserAgent, "axios/1.7")]].concat();
    assert_eq!(with(&HOME, LT), one("B", Severity::Low, 1));
    assert_eq!(with(&AWAY, LT), one("B", Severity::Medium, 1));
    assert_eq!(with(&HOME, GRAPH_SPY), one("B", Severity::Medium, 1));
    assert_eq!(with(&AWAY, GRAPH_SPY), one("B", Severity::High, 1));
    assert_eq!(with(&kit, LT), one("B", Severity::High, 1));
    assert_eq!(with(&library(&AWAY), LT), one("B", Severity::High, 1));
    assert_eq!(with(&library(&HOME), LT), one("B", Severity::Low, 1), "a library at home");
    let version = [LT, &[(Field::Detail, "Windows, 10.0.19045.2006, trust type Workplace")]].concat();
    assert_eq!(with(&HOME, &version), one("B", Severity::Medium, 1));
    let real = [LT, &[(Field::Detail, "Windows, 10.0.26100.4061")]].concat();
    assert_eq!(with(&HOME, &real), one("B", Severity::Low, 1), "a whole version");
}

#[test]
fn rule_b_is_high_after_a_code() {
    let code = |at: &str, session| {
        let mut day = Day::after(8);
        let leg = [&HOME[..], &[(Field::AuthenticationProtocol, "deviceCode"), (Field::SessionId, session)]].concat();
        day.row(&format!("2026-05-01T{at}Z"), &[("u", "0")], &leg);
        day.asks("14:00:00", &HOME).registers("14:01:00", LT).found()
    };
    assert_eq!(code("13:00:00", "other"), one("B", Severity::High, 1));
    assert_eq!(code("12:59:59.9999999", "other"), one("B", Severity::Low, 1));
    assert_eq!(code("09:30:00", "s"), one("B", Severity::High, 1), "the session of the code");
    assert_eq!(code("14:00:00.0000001", "other"), one("B", Severity::Low, 1), "a code after it");
}

#[test]
fn rule_b_adds_the_first_use_of_the_device_within_a_day() {
    let used = |made: Fields, at: &str| {
        let mut day = Day::after(8);
        day.asks("14:00:00", &AWAY).registers("14:01:00", made);
        let used = [&[(Field::IncomingTokenType, "primaryRefreshToken")][..], &[DEVICE]].concat();
        day.row(at, &[("u", "0")], &used);
        day.found()
    };
    let correlated: Fields = &[(Field::Detail, "Windows, object id d1")];
    for made in [LT, correlated] {
        assert_eq!(used(made, "2026-05-02T14:01:00Z"), one("B", Severity::Medium, 2), "{made:?}");
        assert_eq!(used(made, "2026-05-02T14:01:00.0000001Z"), one("B", Severity::Medium, 1));
        assert_eq!(used(made, "2026-05-01T14:00:59.9999999Z"), one("B", Severity::Medium, 1));
    }
    assert_eq!(used(&[(Field::DeviceId, "d2")], "2026-05-01T15:00:00Z"), one("B", Severity::Medium, 1));
}

#[test]
fn a_registration_is_read_with_the_rows_of_its_operation() {
    let found = |operation: &str| {
        let mut day = Day::after(8);
        day.registers("14:01:00", &[(Field::CorrelationId, "c")]);
        let fields = [(Field::Operation, "Add device"), (Field::CorrelationId, operation)];
        day.rows.row(Table::Audit, "2026-05-01T14:00:59Z", &[&fields[..], GRAPH_SPY].concat());
        day.rows.flag(Flags::SUCCESS);
        day.found()
    };
    assert_eq!(found("C"), one("C", Severity::Medium, 0));
    assert_eq!(found("other"), []);
    assert_eq!(found(""), []);
}

#[test]
fn rule_c_needs_a_trace_or_a_tool_and_no_request() {
    let found = |fields: Fields| Day::after(8).registers("14:00:00", fields).found();
    assert_eq!(found(LT), []);
    assert_eq!(found(GRAPH_SPY), one("C", Severity::Medium, 0));
    let agent = |at: &[(Field, &'static str)], agent| [LT, at, &[(Field::UserAgent, agent)]].concat();
    assert_eq!(found(&agent(&HOME, "Dsreg/10.0 (Windows 10.0.19041.928)")), one("C", Severity::Medium, 0));
    assert_eq!(found(&agent(&AWAY, "axios/1.7")), one("C", Severity::Medium, 0));
    assert_eq!(found(&agent(&HOME, "axios/1.7")), []);
}

#[test]
fn rule_c_counts_distinct_devices_in_a_quarter_of_an_hour() {
    let made = |rows: &[(&str, &str)], at: Fields| {
        let mut day = Day::after(8);
        for (time, id) in rows {
            day.registers(time, &[&[(Field::DeviceId, *id)][..], at].concat());
        }
        day.found()
    };
    assert_eq!(made(&[("14:00:00", "a"), ("14:07:00", "b"), ("14:15:00", "c")], &AWAY), one("C", Severity::High, 0));
    assert_eq!(made(&[("14:00:00", "a"), ("14:07:00", "b"), ("14:15:00", "c")], &HOME), one("C", Severity::Low, 0));
    assert_eq!(made(&[("14:00:00", "a"), ("14:07:00", "b"), ("14:15:00.0000001", "c")], &AWAY), []);
    assert_eq!(made(&[("14:00:00", "a"), ("14:07:00", "b"), ("14:15:00", "A")], &AWAY), [], "one device twice");
    let five = [("14:00:00", "a"), ("14:07:00", "b"), ("14:15:00", "c"), ("14:20:00", "d"), ("14:22:00", "e")];
    assert_eq!(made(&five, &AWAY), one("C", Severity::High, 0), "windows that share an instant are one");
    let spies = [("14:00:00", "a"), ("14:00:00", "b"), ("14:00:00", "c")];
    assert_eq!(made(&spies, &[&AWAY[..], &GRAPH_SPY[1..]].concat()), one("C", Severity::High, 0), "no single hits");
}

#[test]
fn rule_d_steps_back_where_the_log_covers_the_request() {
    let away = [&AWAY[..], &[UNBOUND]].concat();
    let with = |changes: &[&str]| {
        let mut day = Day::after(8);
        day.asks("14:00:00", &away).uses("14:20:00", &[DEVICE]);
        for at in changes {
            day.rows.row(Table::Audit, &format!("2026-05-01T{at}Z"), &[(Field::Operation, "Update user")]);
        }
        day.found()
    };
    assert_eq!(with(&["13:00:00", "15:00:00"]), []);
    assert_eq!(with(&["14:00:00"]), [], "its first and last");
    assert_eq!(with(&["13:00:00"]), one("D", Severity::Medium, 2), "after its last");
    assert_eq!(with(&["14:00:01", "15:00:00"]), one("D", Severity::Medium, 2), "before its first");
}
