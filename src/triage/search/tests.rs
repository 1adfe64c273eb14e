//! Searches, field by field.

use super::*;
use crate::model::Table;
use crate::store::testing::Rows;

const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

fn store() -> Store {
    let mut rows = Rows::default();
    let user = (Field::UserId, "u1");
    rows.row(
        Table::SignIn,
        "2026-05-01T14:02:07Z",
        &[
            user,
            (Field::UserPrincipalName, "Ana@contoso.com"),
            (Field::IpAddress, "198.51.100.23"),
            (Field::Asn, "64500"),
            (Field::AppId, CLI),
            (Field::ResultType, "50126"),
            (Field::UserAgent, "python-requests/2.31.0"),
        ],
    );
    rows.row(
        Table::Graph,
        "2026-05-01T14:03:00Z",
        &[
            user,
            (Field::IpAddress, "192.0.2.10"),
            (Field::RequestMethod, "GET"),
            (Field::ResponseStatusCode, "200"),
            (Field::RequestUri, "https://graph.microsoft.com/v1.0/me/messages?$search=\"an invoice\""),
            (Field::SessionId, "s1"),
        ],
    );
    rows.build()
}

/// The rows, of two, that match.
fn found(line: &str) -> Vec<u32> {
    let store = store();
    let mut search = Search::parse(line).unwrap();
    store.events().map(|(id, _)| id).filter(|id| search.holds(&store, Facts::embedded(), *id)).map(|id| id.0).collect()
}

#[test]
fn a_row_holds_what_every_term_asks() {
    for (line, rows) in [
        ("", vec![0, 1]),
        ("PYTHON", vec![0]),
        ("ip:198.51", vec![0]),
        ("ip:graph", vec![]),
        ("IPAddress:192.0.2.10 method:get", vec![1]),
        ("method:get result:50126", vec![]),
        ("app:azure", vec![0]),
        ("AS64500", vec![0]),
        ("asn:645", vec![0]),
        ("user:ana@", vec![0, 1]),
        ("kind:graph", vec![1]),
        ("session:", vec![1]),
        ("/me/messages", vec![1]),
        ("uri:/messages.*INV[aeiou]+ce/", vec![1]),
        ("/an inv.ice/ 200", vec![1]),
        ("\"an invoice\"", vec![1]),
        ("uri:\"an invoice\" ip:198", vec![]),
        ("14:02", vec![0]),
        ("time:2026-05-01", vec![0, 1]),
        ("https://graph", vec![1]),
        ("nobody:knows", vec![]),
        ("2.31.0", vec![0]),
        ("2x31", vec![]),
    ] {
        assert_eq!(found(line), rows, "{line}");
    }
}

#[test]
fn a_dash_leaves_rows_out_and_failures_have_a_name() {
    for (line, expected) in [
        ("-invoice", vec![0]),
        ("-ip:198.51.100.23", vec![1]),
        ("-uri:\"an invoice\"", vec![0]),
        ("-/no.such/", vec![0, 1]),
        ("ip:198 -failed:", vec![]),
        ("failed:", vec![0]),
        ("failed:yes", vec![0]),
        ("-failed:", vec![1]),
        ("-", vec![0]),
    ] {
        assert_eq!(found(line), expected, "{line}");
    }
}

#[test]
fn acts_are_found_by_operation_words_object_and_detail() {
    let mut rows = Rows::default();
    let rule = [
        (Field::UserId, "u1"),
        (Field::Operation, "New-InboxRule"),
        (Field::Variant, "moves"),
        (Field::Object, "x"),
        (Field::Detail, "→ RSS Feeds"),
    ];
    rows.row(Table::UnifiedAudit, "2026-05-01T14:02:07Z", &rule);
    let reset = [
        (Field::UserPrincipalName, "admin@contoso.com"),
        (Field::Operation, "Reset user password"),
        (Field::ActedUpon, "ana@contoso.com"),
        (Field::Outcome, "failure"),
    ];
    rows.row(Table::Audit, "2026-05-01T14:02:08Z", &reset);
    let store = rows.build();
    for (line, expected) in [
        ("new-inbox", vec![0]),
        ("\"created inbox rule\"", vec![0]),
        ("act:created", vec![0]),
        ("operation:password", vec![1]),
        ("act:RSS", vec![]),
        ("object:rss", vec![0]),
        ("detail:rss", vec![0]),
        ("user:ana", vec![1]),
        ("result:fail", vec![1]),
        ("act:", vec![0, 1]),
    ] {
        let mut search = Search::parse(line).unwrap();
        let found = [0, 1].into_iter().filter(|id| search.holds(&store, Facts::embedded(), EventId(*id)));
        assert_eq!(found.collect::<Vec<_>>(), expected, "{line}");
    }
}

#[test]
fn marks_are_searched_too() {
    let store = store();
    let bookmark = Mark { bookmarked: true, ..Mark::default() };
    let remark = Mark { tags: vec!["phish".into()], remark: "the first mail".into(), ..Mark::default() };
    let marks: EventMarks = Arc::new([(EventId(0), remark), (EventId(1), bookmark)].into());
    for (line, rows) in [
        ("tag:", vec![0]),
        ("tag:PHI", vec![0]),
        ("tag:mail", vec![]),
        ("remark:/first.mail/", vec![0]),
        ("remark:", vec![0]),
        ("mark:", vec![0, 1]),
        ("mark:bookmark", vec![1]),
        ("mark:phish ip:198", vec![0]),
        ("phish", vec![0]),
        ("\"first mail\"", vec![0]),
    ] {
        let mut search = Search::parse(line).unwrap().with(Arc::clone(&marks));
        let found = [0, 1].into_iter().filter(|id| search.holds(&store, Facts::embedded(), EventId(*id)));
        assert_eq!(found.collect::<Vec<_>>(), rows, "{line}");
    }
    assert!(found("mark: tag: remark:").is_empty(), "without marks there are none");
}

#[test]
fn what_is_wrong_with_an_expression_is_said_in_a_line() {
    for line in ["/(/", "uri:/a{1000}{1000}{1000}/", "/[z-a]/"] {
        let error = Search::parse(line).err().unwrap();
        assert!(error.contains("expression") && !error.contains('\n'), "{error}");
    }
    assert!(Search::parse("/(").is_ok(), "it is a path until its end is typed");
}

#[test]
fn the_parts_that_match_are_told_per_cell() {
    let parts = |line: &str, fields: &[Field], cell| Search::parse(line).unwrap().parts(fields, cell);
    assert_eq!(parts("me es", &[], "/me/messages"), [1..3, 4..6, 6..7, 10..12]);
    assert_eq!(parts("ip:192", &[Field::IpAddress], "192.0.2.10 192."), [0..3, 11..14]);
    assert!(parts("ip:192", &[Field::RequestUri], "/192").is_empty());
    assert!(parts("/x*/", &[], "abc").is_empty(), "nothing is no part");
}

#[test]
fn every_short_name_is_one_name() {
    for (name, _) in NAMES {
        assert_eq!(NAMES.iter().filter(|(other, _)| *other == name).count(), 1, "{name}");
    }
}

#[test]
fn new_asks_for_kinds_of_what_is_new() {
    let store = store();
    let first = store.events().next().expect("a row").0;
    let found = |line: &str| {
        // The bundle has no days before: here the first row is new by what a test says.
        let news: NewsOf = Arc::new(move |_, _, event| {
            if event == first { News::of_kinds(&[NewKind::Country, NewKind::Client]) } else { News::default() }
        });
        let mut search = Search::parse(line).unwrap().with_news(news);
        let rows = store.events().map(|(id, _)| id);
        rows.filter(|id| search.holds(&store, Facts::embedded(), *id)).map(|id| id.0).collect::<Vec<_>>()
    };
    assert_eq!((found("new:"), found("new:country"), found("new:app")), (vec![0], vec![0], vec![0]));
    assert_eq!((found("new:ip"), found("-new:"), found("-new:ip")), (vec![], vec![1], vec![0, 1]));
    let mut without = Search::parse("new:").unwrap();
    assert!(!without.holds(&store, Facts::embedded(), first), "nobody tells");
}
