//! Edges of `foreign-session`: candidates, each mark, and the grade.

use super::*;
use crate::analytics::Cell;
use crate::analytics::testing::{
    AWAY, BROWSER, Bundle, DESK, Fields, KIT, LIBRARY, LYON, MAC, NO_TOKEN, REFRESH, TICK, after,
};

const SESSION: (Field, &str) = (Field::SessionId, "s");
const HOME: (Field, &str) = (Field::AppId, OFFICE_HOME);
const PORTAL: (Field, &str) = (Field::AppId, "c44b4083-3bb0-49c1-b47d-974e53cbdf3c");
const DEVICE: (Field, &str) = (Field::DeviceDetail, r#"{"deviceId":"d1"}"#);
const THIRD: Fields = &[(Field::IpAddress, "198.51.100.23"), (Field::Asn, "64500")];
const NOW: Span = Span::seconds(0);

/// A session that begins away from the desk, in a browser.
fn begin(bundle: &mut Bundle, fields: &[(Field, &str)]) {
    bundle.row(Table::SignIn, &after(NOW), &[AWAY, &[NO_TOKEN, PORTAL, SESSION], fields]);
}

fn then(bundle: &mut Bundle, elapsed: Span, fields: &[(Field, &str)]) {
    bundle.row(Table::NonInteractive, &after(elapsed), &[AWAY, &[REFRESH, PORTAL, SESSION], fields]);
}

fn marked(bundle: &mut Bundle) -> Vec<(&'static str, String)> {
    let hits = bundle.hits(ANALYTIC.id);
    let [hit] = &hits[..] else { panic!("{} hits", hits.len()) };
    let Some(Cell::Object(marks)) = hit.column("Marks") else { panic!("{:?}", hit.columns) };
    let word = |cell: &Cell| match cell {
        Cell::Text(word) => word.clone(),
        other => panic!("{other:?}"),
    };
    marks.iter().map(|(name, cell)| (*name, word(cell))).collect()
}

fn mark(name: &str, bundle: &mut Bundle) -> String {
    marked(bundle).into_iter().find(|(mark, _)| *mark == name).unwrap().1
}

#[test]
fn it_begins_with_a_login_from_a_network_that_seven_days_do_not_show() {
    let found = |days, table, fields: &[(Field, &str)]| {
        let mut bundle = Bundle::at_desk(days);
        bundle.row(table, &after(NOW), &[AWAY, &[NO_TOKEN, SESSION], fields]);
        bundle.hits(ANALYTIC.id).len()
    };
    assert_eq!((found(7, Table::SignIn, &[]), found(6, Table::SignIn, &[])), (1, 0));
    assert_eq!(found(7, Table::SignIn, &[REFRESH]), 1, "interactive, whatever it presents");
    assert_eq!(found(7, Table::NonInteractive, &[]), 1);
    assert_eq!(found(7, Table::NonInteractive, &[REFRESH]), 0);
    assert_eq!(found(7, Table::SignIn, DESK), 0);
    assert_eq!(found(7, Table::SignIn, &[(Field::ResultType, "50074")]), 0);
    assert_eq!(found(7, Table::SignIn, &[(Field::Asn, "8075"), (Field::UserAgent, "")]), 0, "neutral");
    let mut known = Bundle::at_desk(7);
    known.row(Table::SignIn, "2026-04-20T09:00:00Z", &[DESK, &[SESSION]]);
    begin(&mut known, &[]);
    assert!(known.hits(ANALYTIC.id).is_empty(), "its first row is at the desk");
}

#[test]
fn a_session_that_began_before_the_range_did_not_begin_in_it() {
    let mut bundle = Bundle::at_desk(7);
    bundle.row(Table::SignIn, "2026-04-20T09:00:00Z", &[DESK, &[SESSION]]).since("2026-05-01T00:00:00Z");
    begin(&mut bundle, &[]);
    assert!(bundle.hits(ANALYTIC.id).is_empty());
}

#[test]
fn without_session_ids_the_sign_ins_from_a_network_stand_in_for_one() {
    let blank = (Field::SessionId, "");
    let found = |first: &[(Field, &str)], desk: &[(Field, &str)]| {
        let mut bundle = Bundle::at_desk(7);
        bundle.row(Table::SignIn, &after(Span::minutes(-60)), &[DESK, desk]);
        bundle.row(Table::SignIn, &after(NOW), &[AWAY, &[NO_TOKEN, HOME, blank], first]);
        bundle.row(Table::NonInteractive, &after(Span::minutes(60)), &[AWAY, &[REFRESH, blank, LIBRARY]]);
        bundle.row(Table::NonInteractive, &after(Span::minutes(70)), &[THIRD, &[REFRESH, blank, LIBRARY]]);
        let hits = bundle.hits(ANALYTIC.id);
        hits.iter().map(|hit| (hit.severity, hit.evidence.len())).collect::<Vec<_>>()
    };
    assert_eq!(found(&[], &[blank]), [(Severity::High, 2)], "a token in a third network began nothing");
    assert_eq!(found(&[(Field::ResultType, "50074")], &[blank]), [], "the first success presents a token");
    assert_eq!(found(&[], &[SESSION]), [], "the export has session ids");
}

#[test]
fn web_is_the_start_page_in_an_interactive_row() {
    for (table, app, expected) in
        [(Table::SignIn, HOME, "yes"), (Table::SignIn, PORTAL, "no"), (Table::NonInteractive, HOME, "no")]
    {
        let mut bundle = Bundle::at_desk(7);
        bundle.row(table, &after(NOW), &[AWAY, &[NO_TOKEN, SESSION, app]]);
        assert_eq!(mark("web", &mut bundle), expected, "{app:?}");
    }
}

#[test]
fn parallel_is_another_session_in_a_known_network_too_far_away() {
    let found = |elapsed: Span, begun: &[(Field, &str)], fields: &[(Field, &str)]| {
        let mut bundle = Bundle::at_desk(7);
        begin(&mut bundle, begun);
        bundle.row(Table::NonInteractive, &after(elapsed), &[DESK, &[REFRESH], fields]);
        mark("parallel", &mut bundle)
    };
    let hour = Span::minutes(60);
    let other = (Field::SessionId, "other");
    assert_eq!(found(hour, &[LYON], &[other]), "yes");
    assert_eq!(found(hour, &[LYON], &[]), "yes", "in no session");
    assert_eq!(found(Span::minutes(-60), &[LYON], &[other]), "yes", "before");
    assert_eq!(found(Span::from_ticks(hour.ticks() + TICK.ticks()), &[LYON], &[other]), "no");
    assert_eq!(found(hour, &[], &[other]), "no", "the same country");
    assert_eq!(found(hour, &[LYON], &[SESSION]), "no", "the session itself");
    assert_eq!(found(hour, &[LYON], &[other, (Field::Asn, "64511")]), "no", "no known network");
    assert_eq!(found(hour, &[(Field::LocationDetails, "")], &[other]), "unknown", "no location here");
}

#[test]
fn the_nearest_row_of_another_session_is_found_among_those_of_the_session() {
    let mut bundle = Bundle::at_desk(7);
    begin(&mut bundle, &[LYON]);
    bundle.row(Table::NonInteractive, &after(Span::minutes(30)), &[DESK, &[(Field::SessionId, "t")]]);
    for minute in 1..30 {
        bundle.row(Table::NonInteractive, &after(Span::minutes(minute)), &[DESK, &[SESSION]]);
    }
    assert_eq!(mark("parallel", &mut bundle), "yes");
}

#[test]
fn second_is_another_new_network_with_other_software() {
    let found = |fields: &[(Field, &str)]| {
        let mut bundle = Bundle::at_desk(7);
        begin(&mut bundle, &[]);
        then(&mut bundle, Span::minutes(10), fields);
        mark("second", &mut bundle)
    };
    assert_eq!(found(&[THIRD, &[MAC]].concat()), "yes");
    assert_eq!(found(THIRD), "no", "the same software");
    assert_eq!(found(&[MAC]), "no", "the same network");
    assert_eq!(found(&[DESK, &[MAC]].concat()), "no", "a known network");
    assert_eq!(found(&[(Field::IpAddress, "198.51.100.23"), (Field::Asn, ""), MAC]), "no", "undecided, and weak");
}

#[test]
fn tool_is_a_kit_anywhere_or_a_library_in_a_new_network() {
    let found = |begun: &[(Field, &str)], fields: &[(Field, &str)]| {
        let mut bundle = Bundle::at_desk(7);
        begin(&mut bundle, begun);
        then(&mut bundle, Span::minutes(10), fields);
        mark("tool", &mut bundle)
    };
    assert_eq!(found(&[], &[LIBRARY]), "yes");
    assert_eq!(found(&[], &[DESK, &[LIBRARY]].concat()), "no");
    assert_eq!(found(&[], &[DESK, &[KIT]].concat()), "yes");
    assert_eq!(found(&[], &[]), "no");
    let blank = (Field::UserAgent, "");
    assert_eq!((found(&[blank], &[blank]), found(&[blank], &[])), ("unknown".to_owned(), "no".to_owned()));
}

#[test]
fn marks_are_of_one_day_and_counts_of_the_whole_session() {
    let found = |elapsed| {
        let mut bundle = Bundle::at_desk(7);
        begin(&mut bundle, &[]);
        then(&mut bundle, elapsed, &[KIT, (Field::ResourceIdentity, "r")]);
        let hits = bundle.hits(ANALYTIC.id);
        assert_eq!((hits[0].sign_in_count, hits[0].resource_ids.len()), (2, 1));
        hits[0].last_seen.since(hits[0].first_seen)
    };
    let day = Span::DAY;
    let late = Span::from_ticks(day.ticks() + TICK.ticks());
    assert_eq!((found(day), found(late)), (day, late));
    let tool = |elapsed| {
        let mut bundle = Bundle::at_desk(7);
        begin(&mut bundle, &[]);
        then(&mut bundle, elapsed, &[KIT]);
        mark("tool", &mut bundle)
    };
    assert_eq!((tool(day), tool(late)), ("yes".to_owned(), "no".to_owned()));
}

#[test]
fn keepalive_is_four_gaps_of_half_an_hour_in_a_row_of_one_client() {
    let found = |gaps: &[Span], more: &[(Span, (Field, &str))]| {
        let mut bundle = Bundle::at_desk(7);
        begin(&mut bundle, &[]);
        let mut at = Span::minutes(1);
        then(&mut bundle, at, &[]);
        for gap in gaps {
            at = Span::from_ticks(at.ticks() + gap.ticks());
            then(&mut bundle, at, &[]);
        }
        for (at, app) in more {
            then(&mut bundle, *at, &[*app]);
        }
        mark("keepalive", &mut bundle)
    };
    let half = Span::minutes(30);
    let off = |minutes, ticks| Span::from_ticks(Span::minutes(minutes).ticks() + ticks);
    assert_eq!((found(&[half; 4], &[]), found(&[half; 3], &[])), ("yes".to_owned(), "no".to_owned()));
    assert_eq!(found(&[off(25, 0), off(35, 0), off(25, 0), off(35, 0)], &[]), "yes");
    assert_eq!(found(&[half, off(25, -1), half, half], &[]), "no");
    assert_eq!(found(&[half, off(35, 1), half, half], &[]), "no");
    assert_eq!(found(&[half, half, off(5, 0), half, half], &[]), "no", "it begins anew");
    assert_eq!(found(&[half; 4], &[(Span::minutes(70), PORTAL)]), "no", "another row of the client");
    assert_eq!(found(&[half; 4], &[(Span::minutes(70), HOME)]), "yes", "a row of another client");
    let mut alone = Bundle::at_desk(7);
    begin(&mut alone, &[]);
    assert_eq!(mark("keepalive", &mut alone), "unknown", "the table is not there");
}

#[test]
fn profile_is_software_that_the_user_never_had() {
    let found = |fields: &[(Field, &str)], earlier: &[(Field, &str)]| {
        let mut bundle = Bundle::at_desk(7);
        bundle.row(Table::NonInteractive, "2026-04-20T09:00:00Z", &[DESK, earlier]);
        begin(&mut bundle, fields);
        mark("profile", &mut bundle)
    };
    assert_eq!(found(&[MAC], &[]), "yes");
    assert_eq!(found(&[MAC], &[MAC]), "no");
    assert_eq!(found(&[MAC], &[MAC, (Field::Asn, "8075")]), "no", "a row in a network of Microsoft's counts too");
    let newer = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/121.0";
    assert_eq!(found(&[(Field::UserAgent, newer)], &[]), "no", "another version");
    assert_eq!(found(&[BROWSER], &[]), "no");
}

#[test]
fn unmanaged_is_no_device_where_nine_of_ten_have_one() {
    let found = |with: u32, without: u32, fields: &[(Field, &str)]| {
        let mut bundle = Bundle::default();
        for at in 0..with + without {
            let device: &[(Field, &str)] = if at < with { &[DEVICE] } else { &[] };
            bundle.row(Table::SignIn, &format!("2026-04-{:02}T09:00:00Z", at + 1), &[DESK, device]);
        }
        begin(&mut bundle, fields);
        mark("unmanaged", &mut bundle)
    };
    assert_eq!((found(10, 0, &[]), found(9, 0, &[])), ("yes".to_owned(), "unknown".to_owned()));
    assert_eq!((found(9, 1, &[]), found(8, 2, &[])), ("yes".to_owned(), "no".to_owned()));
    assert_eq!((found(18, 2, &[]), found(17, 3, &[])), ("yes".to_owned(), "no".to_owned()));
    assert_eq!(found(10, 0, &[DEVICE]), "no");
}

#[test]
fn the_grade_is_the_first_rule_that_holds() {
    const ALL: [&str; 8] = ["web", "parallel", "second", "tool", "keepalive", "foothold", "profile", "unmanaged"];
    let graded = |yes: &[&str]| grade(&Marks::new(ALL.map(|name| (name, Mark::decided(yes.contains(&name)))))).severity;
    for (marks, severity) in [
        (&[][..], Severity::Low),
        (&["web"], Severity::Low),
        (&["profile", "unmanaged"], Severity::Low),
        (&["foothold"], Severity::High),
        (&["tool"], Severity::Low),
        (&["tool", "web"], Severity::High),
        (&["tool", "parallel"], Severity::High),
        (&["tool", "second"], Severity::Medium),
        (&["parallel", "second"], Severity::High),
        (&["parallel", "profile"], Severity::High),
        (&["parallel", "unmanaged"], Severity::Medium),
        (&["web", "profile", "unmanaged"], Severity::Medium),
        (&["web", "keepalive", "unmanaged"], Severity::Medium),
        (&["web", "keepalive", "profile", "unmanaged"], Severity::High),
    ] {
        assert_eq!(graded(marks), severity, "{marks:?}");
    }
    let unknown = Marks::new(ALL.map(|name| (name, Mark::Unknown)));
    assert_eq!(grade(&unknown).severity, Severity::Low, "unknown never counts");
}
