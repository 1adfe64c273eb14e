//! "One event per (table, Id)": duplicates, the union of the fields, and token ids that only the sign-in's id tells.

use super::text::{normalized_field, normalized_id, token, word};
use crate::oracle::row::{Row, SECOND};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use tokentrail::testing::model::Field;

/// The numbers of the rows that stand for an event, and all rows, those with what their copies add.
pub(super) fn events(rows: &[Row], per_source: usize) -> (Vec<usize>, Vec<Row>) {
    let live: Vec<usize> = (0..rows.len()).filter(|&n| ranked(rows, n)[0] == n).collect();
    let mut united = rows.to_vec();
    for &n in &live {
        united[n] = union(rows, &ranked(rows, n));
    }
    let tokens: Vec<Option<String>> = live.iter().map(|&n| computed(rows, per_source, n)).collect();
    for (&n, token) in live.iter().zip(tokens) {
        if let Some(token) = token {
            united[n].set(Field::TokenId, &token);
        }
    }
    (live, united)
}

/// The rows that share (table, Id) with a row, itself among them: "the latest ingest wins, a missing one is the
/// oldest, a tie goes to the copy read last".
fn ranked(rows: &[Row], n: usize) -> Vec<usize> {
    let id = |n: usize| normalized_field(&rows[n], Field::Id);
    let same =
        |other: usize| other == n || (rows[n].table == rows[other].table && id(n).is_some() && id(n) == id(other));
    let mut group: Vec<usize> = (0..rows.len()).filter(|&other| same(other)).collect();
    group.sort_by_key(|&n| Reverse((rows[n].ingested, n)));
    group
}

/// The first row with its blank fields filled from the others, in their order; a withheld value yields to a told
/// one; the time is the most precise that agrees with what is known of it.
fn union(rows: &[Row], group: &[usize]) -> Row {
    let mut union = rows[group[0]].clone();
    for field in Field::ALL {
        // Blank < withheld < told; of equals the earlier in the order.
        let weight = |n: usize| match normalized_field(&rows[n], field) {
            None => 0,
            Some(text) if is_enumeration(field) && word(&text) == "unknownfuturevalue" => 1,
            Some(_) => 2,
        };
        let best = group.iter().copied().max_by_key(|&n| (weight(n), Reverse(group.iter().position(|&g| g == n))));
        let best = best.expect("a group has a row");
        if weight(best) > weight(group[0]) {
            union.set(field, rows[best].get(field));
        }
    }
    for &n in group {
        union.created = match (union.created, rows[n].created) {
            (None, other) => other,
            (Some(time), Some(other)) if step(other) < step(time) && other - other.rem_euclid(step(time)) == time => {
                Some(other)
            }
            (time, _) => time,
        };
    }
    union
}

/// Enumerations of which an export may withhold values.
fn is_enumeration(field: Field) -> bool {
    matches!(field, Field::AuthenticationProtocol | Field::OriginalTransferMethod | Field::IncomingTokenType)
}

/// The unit that a time seems to be counted in: seconds, milliseconds, or ticks.
fn step(time: i64) -> i64 {
    [SECOND, SECOND / 1000].into_iter().find(|step| time % step == 0).unwrap_or(1)
}

/// The token that a sign-in's id gives, where no row of it names one and the bundle does not contradict it.
fn computed(rows: &[Row], per_source: usize, n: usize) -> Option<String> {
    let group = ranked(rows, n);
    if !super::is_sign_in(&rows[n]) || group.iter().any(|&n| token(rows[n].get(Field::TokenId)).is_some()) {
        return None;
    }
    // What the named tokens of each source, or of its rows' copies, say of the rule.
    let answers: BTreeSet<(usize, bool)> =
        (0..rows.len()).filter_map(|n| Some((n / per_source, agrees(rows, n)?))).collect();
    let of_source: Vec<bool> =
        answers.iter().filter(|(source, _)| *source == n / per_source).map(|(_, yes)| *yes).collect();
    let trusted =
        if of_source.is_empty() { answers.iter().all(|(_, yes)| *yes) } else { of_source.iter().all(|yes| *yes) };
    uti(rows[n].get(Field::Id)).filter(|_| trusted)
}

/// Returns whether the token named by a sign-in row, else by a copy of it, is the one its id gives; `None` where that
/// cannot be decided.
fn agrees(rows: &[Row], n: usize) -> Option<bool> {
    if !super::is_sign_in(&rows[n]) {
        return None;
    }
    let mut copies = std::iter::once(n).chain(ranked(rows, n));
    let named = copies.find_map(|n| token(rows[n].get(Field::TokenId)))?;
    let is_uti = named.len() == 22
        && named.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        && named.ends_with(['A', 'Q', 'g', 'w']);
    is_uti.then_some(uti(rows[n].get(Field::Id))? == named)
}

/// Base64url, without padding, of the bytes of a GUID, its first three groups turned round.
pub(crate) fn uti(id: &str) -> Option<String> {
    let id = normalized_id(id)?;
    let groups: Vec<&str> = id.split('-').collect();
    if groups.iter().map(|group| group.len()).ne([8, 4, 4, 4, 12]) {
        return None;
    }
    let mut bytes = Vec::new();
    for (n, group) in groups.iter().enumerate() {
        let mut part: Vec<u8> = Vec::new();
        for at in (0..group.len()).step_by(2) {
            part.push(u8::from_str_radix(group.get(at..at + 2)?, 16).ok()?);
        }
        if n < 3 {
            part.reverse();
        }
        bytes.extend(part);
    }
    let bits: String = bytes
        .iter()
        .flat_map(|byte| format!("{byte:08b}").into_bytes())
        .map(char::from)
        .chain("0000".chars())
        .collect();
    let letters: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_']).collect();
    let letter = |at: usize| letters[usize::from_str_radix(&bits[at..at + 6], 2).expect("bits")];
    Some((0..bits.len()).step_by(6).map(letter).collect())
}
