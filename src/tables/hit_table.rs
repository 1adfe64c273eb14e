//! Results of queries in other engines: a row is a hit that was found there, or a candidate for one. It is no row of a
//! log, and never becomes an event.

use super::members::{Members, WrittenTime};
use crate::model::Claim;
use std::net::IpAddr;

/// Column with the id of the analytic. The queries that this program prints have it, and the three below.
pub const ANALYTIC: &str = "Analytic";
/// Column with the semantics: `hunt` or `published`.
pub const SEMANTICS: &str = "Semantics";
/// Column with the claim of a row: a word of [`CLAIMS`].
pub const FINDS: &str = "Finds";
/// Column with the name of the engine.
pub const ENGINE: &str = "Engine";

/// Words of claims.
pub const CLAIMS: [(&str, Claim); 3] =
    [("hit", Claim::Hit), ("at-most-hit", Claim::AtMostHit), ("candidate", Claim::Candidate)];

/// Columns of times.
const FIRST: &[&str] = &["FirstSeen", "FirstRequestTimeGenerated"];
const LAST: &[&str] = &["LastSeen", "SecondRequestTimeGenerated"];

/// Longest name of an engine that is kept.
const ENGINE_LEN: usize = 40;

/// Most addresses that are kept of a column.
const ADDRESSES: usize = 100;

/// A row, its times as written.
#[derive(Debug, PartialEq, Eq)]
pub struct HitRow<'r> {
    /// Id of the analytic, as written.
    pub analytic: &'r str,
    /// Whether the published query found it.
    pub is_published: bool,
    /// Its claim.
    pub claim: Claim,
    /// The engine, in a few words.
    pub engine: String,
    /// Object id of the user.
    pub user_id: &'r str,
    /// Sign-in name of the user.
    pub upn: &'r str,
    /// Id of the client.
    pub app: &'r str,
    /// Name of the client.
    pub app_name: &'r str,
    /// Addresses, sorted.
    pub addresses: Vec<IpAddr>,
    /// The session.
    pub session: &'r str,
    /// First event.
    pub first: WrittenTime<'r>,
    /// Last event.
    pub last: WrittenTime<'r>,
}

/// Returns whether a column holds times.
pub fn is_time(column: &str) -> bool {
    FIRST.iter().chain(LAST).any(|name| name.eq_ignore_ascii_case(column.trim()))
}

/// Reads a row.
///
/// # Errors
/// With the reason why it names no hit: the end of a sentence that begins with the row.
pub fn read<'r>(record: &Members<'r>) -> Result<HitRow<'r>, String> {
    let text = |names: &[&str]| record.first(names).unwrap_or_default();
    let (analytic, semantics) = match (record.text(ANALYTIC), record.text(SEMANTICS)) {
        (Some(analytic), Some(semantics)) => (analytic, semantics),
        (Some(_), None) => return Err(format!("is a hit of no semantics: its {SEMANTICS} is empty")),
        (None, _) => (of_columns(record)?, "published"),
    };
    let is_published = match semantics {
        "published" => true,
        "hunt" => false,
        other => return Err(format!("is a hit of semantics that there are not: {SEMANTICS} is \"{other}\"")),
    };
    let claim = match record.text(FINDS) {
        None => Claim::Hit,
        Some(word) => {
            let known = CLAIMS.iter().find(|(known, _)| *known == word).map(|(_, claim)| *claim);
            known.ok_or_else(|| format!("is neither hit nor candidate: {FINDS} is \"{word}\""))?
        }
    };
    // The key of a user is the id, or the name where no row has an id.
    let key = text(&["User"]);
    let (by_id, by_name) = if key.contains('@') { ("", key) } else { (key, "") };
    let or = |first: &'r str, second| if first.is_empty() { second } else { first };
    let (user_id, upn) = (or(text(&["UserId"]), by_id), or(text(&["UserPrincipalName"]), by_name));
    if user_id.is_empty() && upn.is_empty() {
        return Err("is a hit of no user: UserId and UserPrincipalName are empty".to_owned());
    }
    let first = record.time(FIRST).ok_or_else(|| format!("is a hit of no time: it has no {}", FIRST[0]))?;
    Ok(HitRow {
        analytic,
        is_published,
        claim,
        engine: engine(record),
        user_id,
        upn,
        app: text(&["AppId", "SecondAppId"]),
        app_name: text(&["AppDisplayName", "SecondAppDisplayName"]),
        addresses: addresses(record),
        session: text(&["SessionId"]),
        first,
        last: record.time(LAST).unwrap_or(first),
    })
}

/// The analytic of a published query's result, by its columns.
fn of_columns(record: &Members<'_>) -> Result<&'static str, String> {
    if record.has("AppIdCount") {
        return Ok(if record.has("DeviceCodeTime") { "device-code-burst" } else { "foci-burst" });
    }
    if record.has("SecondRequestTimeGenerated") {
        let text = "is a hit of session-hop or of session-hop-broad: their published queries give the same columns. The \
                    query that `tokentrail query` prints says which";
        return Err(text.to_owned());
    }
    Err(format!("is a hit of no analytic: its {ANALYTIC} is empty"))
}

/// The addresses of a row. Engines and their exports write lists in many forms.
fn addresses(record: &Members<'_>) -> Vec<IpAddr> {
    let columns = ["IPs", "IPAddress", "SecondIPAddress", "DeviceCodeIP"];
    let texts = columns.iter().filter(|name| record.has(name)).map(|name| record.value(name).to_string());
    let mut found: Vec<IpAddr> = Vec::new();
    for text in texts {
        let parts = text.split(|c: char| !(c.is_ascii_hexdigit() || matches!(c, '.' | ':')));
        found.extend(parts.filter_map(|part| part.parse::<IpAddr>().ok()).take(ADDRESSES));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The engine that the row names. The program's own list of hits names none, and has an id of each.
fn engine(record: &Members<'_>) -> String {
    match record.text(ENGINE) {
        Some(engine) => engine.chars().take(ENGINE_LEN).collect(),
        None if record.has("HitId") => "another run of tokentrail".to_owned(),
        None => "another engine".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::json::Arena;

    fn row(json: &serde_json::Value) -> Result<(String, bool, Claim, String), String> {
        let (arena, json) = (Arena::new(), json.to_string());
        let members = Members::from_json(&json, &arena);
        read(&members).map(|row| {
            let user = format!("{}|{}|{}|{}", row.user_id, row.upn, row.app, row.session);
            (row.analytic.to_owned(), row.is_published, row.claim, format!("{user}|{}", row.engine))
        })
    }

    #[test]
    fn a_row_says_what_found_it() {
        let at = "2026-05-01T14:02:00Z";
        let hit = serde_json::json!({"Analytic": "foci-burst", "Semantics": "hunt", "Finds": "hit", "Engine": "Sentinel",
            "UserId": "u1", "UserPrincipalName": "", "AppId": "a", "FirstSeen": at, "LastSeen": at});
        let read = row(&hit).unwrap();
        assert_eq!(read, ("foci-burst".to_owned(), false, Claim::Hit, "u1||a||Sentinel".to_owned()));
        let candidate = serde_json::json!({"Analytic": "session-split", "Semantics": "hunt", "Finds": "candidate",
            "User": "eve@contoso.com", "SessionId": "s", "FirstSeen": at});
        let read = row(&candidate).unwrap();
        assert_eq!(
            read,
            ("session-split".to_owned(), false, Claim::Candidate, "|eve@contoso.com||s|another engine".to_owned())
        );
        let published = serde_json::json!({"AppIdCount": 1, "ResourceCount": 4, "SpanMinutes": 2,
            "UserPrincipalName": "eve@contoso.com", "AppId": "a", "FirstSeen": at, "LastSeen": at});
        assert_eq!(row(&published).unwrap().0, "foci-burst");
    }

    #[test]
    fn a_row_that_names_no_hit_says_why() {
        let at = "2026-05-01T14:02:00Z";
        for (json, reason) in [
            (serde_json::json!({"Analytic": "foci-burst", "Semantics": "hunt", "UserId": "u"}), "no time"),
            (serde_json::json!({"Analytic": "foci-burst", "Semantics": "hunt", "FirstSeen": at}), "no user"),
            (serde_json::json!({"Analytic": "foci-burst", "Semantics": "", "FirstSeen": at}), "no semantics"),
            (serde_json::json!({"Analytic": "foci-burst", "Semantics": "loud", "FirstSeen": at}), "\"loud\""),
            (serde_json::json!({"Analytic": "", "Semantics": "hunt", "FirstSeen": at}), "no analytic"),
            (
                serde_json::json!({"FirstRequestTimeGenerated": at, "SecondRequestTimeGenerated": at}),
                "session-hop or of session-hop-broad",
            ),
        ] {
            assert!(row(&json).unwrap_err().contains(reason), "{json}");
        }
    }
}
