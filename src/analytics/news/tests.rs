use super::*;
use crate::analytics::{DetectContext, Settings};
use crate::facts::Facts;
use crate::store::testing::Rows;

const HOME: [(Field, &str); 6] = [
    (Field::IpAddress, "192.0.2.10"),
    (Field::Asn, "64496"),
    (Field::Location, "GB"),
    (Field::UserAgent, "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36"),
    (Field::AppId, "office"),
    (Field::ResourceIdentity, "mail"),
];

/// The news of a last row on 20 April, after sign-ins at home on some days.
fn last(days: std::ops::RangeInclusive<u32>, table: Table, differs: &[(Field, &str)]) -> News {
    let mut rows = Rows::default();
    let common = [(Field::UserId, "u"), (Field::ResultType, "0")];
    for day in days {
        rows.row(Table::NonInteractive, &format!("2026-04-{day:02}T09:00:00Z"), &[&common[..], &HOME].concat());
    }
    rows.row(table, "2026-04-20T09:00:00Z", &[&common[..], &HOME, differs].concat());
    let store = rows.build();
    let settings = Settings::default();
    let context = DetectContext::new(&store, Facts::embedded(), &settings);
    let id = store.events().last().expect("a row").0;
    context.news(id)
}

fn new(news: News) -> Vec<&'static str> {
    news.with(Standing::New).map(NewKind::word).collect()
}

#[test]
fn each_value_is_new_by_itself() {
    let issued = |differs: &[(Field, &str)]| new(last(1..=9, Table::NonInteractive, differs));
    assert_eq!(issued(&[]), Vec::<&str>::new());
    assert_eq!(issued(&[(Field::Location, "NL")]), ["country"]);
    assert_eq!(issued(&[(Field::UserAgent, "python-requests/2.31.0")]), ["agent"]);
    assert_eq!(issued(&[(Field::AppId, "cli")]), ["client"]);
    assert_eq!(issued(&[(Field::ResourceIdentity, "vault")]), ["resource"]);
    assert_eq!(issued(&[(Field::IpAddress, "198.51.100.7")]), ["address"], "another part of the network");
    let away = [(Field::IpAddress, "198.51.100.7"), (Field::Asn, "64510")];
    assert_eq!(issued(&away), ["address", "network"]);
    let known = last(1..=9, Table::NonInteractive, &[]);
    assert_eq!(known.with(Standing::Known).count(), 6);
}

#[test]
fn what_the_days_before_cannot_decide_is_never_new() {
    let all = [
        (Field::IpAddress, "198.51.100.7"),
        (Field::Asn, "64510"),
        (Field::Location, "NL"),
        (Field::UserAgent, "python-requests/2.31.0"),
        (Field::AppId, "cli"),
        (Field::ResourceIdentity, "vault"),
    ];
    let few = last(1..=6, Table::NonInteractive, &all);
    assert_eq!(new(few), Vec::<&str>::new());
    assert_eq!(few.with(Standing::Undecided).count(), 6);
    assert_eq!(new(last(1..=9, Table::NonInteractive, &all)).len(), 6);
}

#[test]
fn software_of_calls_is_compared_with_calls() {
    let call = last(1..=9, Table::Graph, &[(Field::UserAgent, "Client=REST;;"), (Field::AppId, "cli")]);
    assert_eq!((call.of_kind(NewKind::Agent), call.of_kind(NewKind::Client)), {
        let open = Some(Standing::Undecided);
        (open, open)
    });
    assert_eq!(call.of_kind(NewKind::Network), Some(Standing::Known));
    assert_eq!(call.of_kind(NewKind::Resource), None);
}
