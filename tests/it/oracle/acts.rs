//! Ties of acts to sign-ins, judged a second time by trying every sign-in of the user for every rung.

use super::random::Dice;
use super::row::{Row, SECOND, at, listing, number_of, store_of};
use std::collections::BTreeMap;
use tokentrail::testing::facts::Facts;
use tokentrail::testing::ingest::Loaded;
use tokentrail::testing::model::{EventId, Field, Table};
use tokentrail::testing::report::timeline;

const DAY: i64 = 86_400 * SECOND;
const MICROSOFT: &str = "8075";
const ADDRESSES: [&str; 4] = ["203.0.113.5", "203.0.113.6", "198.51.100.7", "10.0.0.1"];
const AUDIT: [Table; 3] = [Table::UnifiedAudit, Table::Audit, Table::Activity];

/// Rows of two users, sign-ins and acts, with few values so that they meet.
fn draw(seed: u64) -> Vec<Row> {
    let mut dice = Dice::new(seed);
    let begin = at("2026-05-01T00:00:00Z");
    let text = |dice: &mut Dice, name: &str, n: usize| format!("{name}-{}", dice.below(n));
    let mut rows = Vec::new();
    for number in 0..16 {
        let is_sign_in = number < 8;
        let hours = i64::try_from(dice.below(60)).expect("small");
        let part = i64::try_from(dice.below(40)).expect("small") * (SECOND / 4);
        let table = if is_sign_in { Table::NonInteractive } else { dice.pick(&AUDIT) };
        let user = text(&mut dice, "user", 2);
        // No two rows at one time: their order would be a matter of taste.
        let mut row = Row::new(table, begin + hours * 3600 * SECOND + part + number);
        row.set(Field::Id, &format!("row-{number}"));
        row.set(Field::UserId, &user);
        if dice.percent(60) {
            row.set(Field::AppId, &text(&mut dice, "client", 2));
        }
        if dice.percent(80) {
            let address = dice.pick(&ADDRESSES);
            row.set(Field::IpAddress, address);
            row.set(Field::Asn, if address == "198.51.100.7" { MICROSOFT } else { "64500" });
        }
        if dice.percent(if is_sign_in { 70 } else { 30 }) {
            let session = text(&mut dice, "session", 4);
            row.set(Field::SessionId, &if dice.percent(50) { session.to_uppercase() } else { session });
        }
        if is_sign_in {
            row.set(Field::TokenId, &format!("Token-of-{number}"));
            row.set(Field::ResultType, dice.pick(&["0", "0", "50126"]));
        } else {
            row.set(Field::Operation, &format!("Act {number}"));
            if dice.percent(25) {
                let token = format!("Token-of-{}", dice.below(8));
                row.set(Field::TokenId, &if dice.percent(30) { token.to_lowercase() } else { token });
            }
            if dice.percent(60) {
                let near: &Row = &rows[dice.below(8)];
                let off = i64::try_from(dice.below(9)).expect("small") - 4;
                let issued = near.hunt_time() / SECOND * SECOND + (off - 300) * SECOND;
                row.set(Field::IssuedAt, &super::row::moment(issued));
            }
        }
        rows.push(row);
    }
    rows
}

/// The rung and the ids of the sign-ins that may stand for it.
fn judged<'r>(row: &Row, rows: &'r [Row]) -> (&'static str, Vec<String>) {
    let second = |row: &Row| row.hunt_time() / SECOND;
    let folded = |row: &Row, field: Field| row.get(field).to_lowercase();
    let now = second(row);
    let mine: Vec<&'r Row> = rows
        .iter()
        .filter(|other| other.table == Table::NonInteractive && other.get(Field::UserId) == row.get(Field::UserId))
        .collect();
    let succeeded = |other: &&&Row| other.get(Field::ResultType) == "0";
    let ids = |rows: &[&Row]| rows.iter().map(|row| row.get(Field::Id).to_owned()).collect::<Vec<_>>();
    let latest = |rows: Vec<&'r Row>| rows.into_iter().max_by_key(|row| row.hunt_time());

    let token: Vec<&Row> = mine
        .iter()
        .filter(|other| !row.get(Field::TokenId).is_empty() && other.get(Field::TokenId) == row.get(Field::TokenId))
        .copied()
        .collect();
    if !token.is_empty() {
        return ("token", ids(&token));
    }
    let session = folded(row, Field::SessionId);
    let session: Vec<&Row> = mine
        .iter()
        .filter(|other| !session.is_empty() && folded(other, Field::SessionId) == session)
        .copied()
        .collect();
    let before = |rows: &[&'r Row]| -> Vec<_> { rows.iter().filter(|other| second(other) <= now).copied().collect() };
    if !session.is_empty() {
        let until = before(&session);
        let best = latest(until.iter().filter(succeeded).copied().collect()).or_else(|| latest(until));
        let best = best.or_else(|| session.iter().min_by_key(|row| row.hunt_time()).copied());
        return ("session", ids(&[best.expect("there is one")]));
    }
    if !row.get(Field::IssuedAt).is_empty() && !row.get(Field::AppId).is_empty() {
        let issue = at(row.get(Field::IssuedAt)) / SECOND + 300;
        let fits =
            |other: &&&Row| other.get(Field::AppId) == row.get(Field::AppId) && (second(other) - issue).abs() <= 2;
        let issued: Vec<&Row> = mine.iter().filter(succeeded).filter(fits).copied().collect();
        if !issued.is_empty() {
            return ("issued", ids(&issued));
        }
    }
    let recent: Vec<&Row> =
        before(&mine).into_iter().filter(|other| succeeded(&other) && now - second(other) <= DAY / SECOND).collect();
    let address = row.get(Field::IpAddress);
    if address.starts_with("203.") {
        let same = recent.iter().filter(|other| other.get(Field::IpAddress) == address).copied().collect();
        if let Some(best) = latest(same) {
            return ("network", ids(&[best]));
        }
    }
    latest(recent).map_or(("none", Vec::new()), |best| ("time", ids(&[best])))
}

#[test]
fn random_acts_are_tied_alike() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 1..=400 {
        let rows = draw(seed);
        let loaded = Loaded::new(store_of(&rows, 16), Vec::new(), Vec::new());
        let events: Vec<EventId> = loaded.store.events().map(|(event, _)| event).collect();
        let ties = timeline::ties(&loaded, Facts::embedded(), &events);
        for (event, tie) in ties {
            let row = &rows[number_of(loaded.store.event(event), 16)];
            if row.table == Table::NonInteractive {
                continue;
            }
            let (rung, sign_ins) = judged(row, &rows);
            let found = tie.sign_in.map(|sign_in| loaded.store.get(sign_in, Field::Id).to_owned());
            let is_alike =
                tie.rung.word() == rung && found.as_ref().map_or(sign_ins.is_empty(), |id| sign_ins.contains(id));
            assert!(
                is_alike,
                "seed {seed}: {row}\nthe program says {} {found:?}, the judge {rung} {sign_ins:?}\n{}",
                tie.rung.word(),
                listing(&rows)
            );
            *counts.entry(rung).or_default() += 1;
        }
    }
    assert!(
        ["token", "session", "issued", "network", "time", "none"].iter().all(|rung| counts[rung] >= 30),
        "{counts:?}"
    );
}
