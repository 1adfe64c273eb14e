//! Device-code flows and their bursts: which legs belong together, and how far a burst may be.

use super::hits_with;
use crate::analytics::{Cell, Hit, Settings};
use crate::model::{Field, Table};
use crate::store::testing::Rows;

const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

/// A bundle of one user.
#[derive(Default)]
struct Day {
    rows: Rows,
    count: usize,
}

impl Day {
    fn row(&mut self, table: Table, at: &str, fields: &[(Field, &str)]) -> &mut Self {
        self.count += 1;
        let id = format!("row{}", self.count);
        let mut all = vec![(Field::Id, id.as_str()), (Field::UserId, "u"), (Field::ResultType, "0")];
        all.extend(fields);
        self.rows.row(table, &format!("2026-05-01T{at}Z"), &all);
        self
    }

    fn browser(&mut self, at: &str, fields: &[(Field, &str)]) -> &mut Self {
        let mut all = vec![(Field::AuthenticationProtocol, "deviceCode")];
        all.extend(fields);
        self.row(Table::SignIn, at, &all)
    }

    fn polling(&mut self, at: &str, fields: &[(Field, &str)]) -> &mut Self {
        let mut all = vec![(Field::OriginalTransferMethod, "deviceCodeFlow"), (Field::IncomingTokenType, "none")];
        all.extend(fields);
        self.row(Table::NonInteractive, at, &all)
    }

    /// Three exchanges, the first at `at`, the others a second later each.
    fn burst(&mut self, at: &[&str; 3], fields: &[(Field, &str)]) -> &mut Self {
        for (clock, resource) in at.iter().zip(["a", "b", "c"]) {
            let mut all = vec![(Field::AppId, CLI), (Field::ResourceIdentity, resource)];
            all.extend(fields);
            self.row(Table::NonInteractive, clock, &all);
        }
        self
    }

    fn hits(&mut self) -> Vec<Hit> {
        let hits = hits_with(&self.rows.build(), &Settings::default());
        hits.into_iter().filter(|hit| hit.analytic == "device-code-burst").collect()
    }
}

fn code(hit: &Hit) -> String {
    match hit.column("DeviceCodeTime") {
        Some(Cell::Time(time)) => time.clock(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_burst_may_begin_five_seconds_before_and_twenty_minutes_after_the_code() {
    let at = |clocks: [&str; 3]| Day::default().browser("14:00:00", &[]).burst(&clocks, &[]).hits().len();
    assert_eq!(at(["14:20:00", "14:20:01", "14:20:02"]), 1);
    assert_eq!(at(["14:20:00.0000001", "14:20:01", "14:20:02"]), 0);
    assert_eq!(at(["13:59:55", "14:00:01", "14:00:02"]), 1);
    assert_eq!(at(["13:59:54.9999999", "14:00:01", "14:00:02"]), 0);
}

#[test]
fn an_earlier_row_of_the_same_client_does_not_hide_the_burst() {
    let hits = Day::default()
        .row(Table::NonInteractive, "13:55:00", &[(Field::AppId, CLI), (Field::ResourceIdentity, "a")])
        .browser("14:00:00", &[])
        .burst(&["14:02:00", "14:02:01", "14:02:02"], &[])
        .hits();
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].sign_in_count, 3);
    assert_eq!(hits[0].first_seen.clock(), "14:02:00");
}

#[test]
fn both_legs_are_one_flow_that_begins_with_the_first() {
    let shared = [(Field::CorrelationId, "c1")];
    let mut day = Day::default();
    day.browser("14:00:00", &shared).polling("14:00:04", &shared);
    let hits = day.burst(&["14:02:00", "14:02:01", "14:02:02"], &shared).hits();
    assert_eq!(hits.len(), 1);
    assert_eq!((code(&hits[0]), hits[0].legs.len()), ("14:00:00".to_owned(), 2));
    assert_eq!(hits[0].column("DeviceCodeTie"), Some(&Cell::Text("correlation".into())));
}

#[test]
fn a_browser_leg_joins_within_the_life_of_a_code_and_a_polling_leg_whenever() {
    let session = [(Field::SessionId, "s")];
    let legs = |second: &str, polling: bool| {
        let mut day = Day::default();
        day.browser("14:00:00", &session);
        if polling {
            day.polling(second, &session)
        } else {
            day.browser(second, &session)
        };
        day.burst(&["14:18:00", "14:18:01", "14:18:02"], &session).hits()[0].legs.len()
    };
    assert_eq!(legs("14:15:00", false), 2);
    assert_eq!(legs("14:15:00.0000001", false), 1);
    assert_eq!(legs("14:17:00", true), 2);
}

#[test]
fn the_strongest_tie_wins_over_the_latest_flow() {
    let mut day = Day::default();
    day.browser("14:00:00", &[(Field::SessionId, "s")]).browser("14:05:00", &[(Field::SessionId, "other")]);
    let hits = day.burst(&["14:08:00", "14:08:01", "14:08:02"], &[(Field::SessionId, "s")]).hits();
    assert_eq!(hits.len(), 1);
    assert_eq!(code(&hits[0]), "14:00:00");
    let others = Cell::List(vec!["2026-05-01T14:05:00.0000000Z".to_owned()]);
    assert_eq!(hits[0].column("OtherDeviceCodeTimes"), Some(&others));
}

#[test]
fn rows_that_only_descend_from_a_flow_are_no_leg_and_say_so() {
    for token in ["refreshToken", "unknownFutureValue"] {
        let descends = [(Field::OriginalTransferMethod, "deviceCodeFlow"), (Field::IncomingTokenType, token)];
        let mut day = Day::default();
        day.burst(&["14:08:00", "14:08:01", "14:08:02"], &descends);
        let hits = hits_with(&day.rows.build(), &Settings::default());
        assert_eq!(hits.iter().map(|hit| hit.analytic).collect::<Vec<_>>(), ["foci-burst"], "{token}");
        assert!(hits[0].reasons.iter().any(|reason| reason.contains("not in the bundle")), "{:?}", hits[0].reasons);
    }
}
