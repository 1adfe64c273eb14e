//! Comparison of text under hunt semantics.

use crate::oracle::known::ZERO;
use crate::oracle::row::Row;
use tokentrail::testing::model::Field;

/// Ids and UPNs: trimmed, Unicode lower case; `None` when blank.
///
/// Reading: the redaction mark is a mark in any case, since ids are compared without case.
pub(crate) fn normalized(text: &str) -> Option<String> {
    let normalized = text.trim().to_lowercase();
    let blank = normalized.is_empty()
        || normalized == "{pii removed}"
        || normalized == ZERO
        || PLACEHOLDERS.contains(&&*normalized);
    (!blank).then_some(normalized)
}

/// Words and marks for nothing, the commoner of the spreadsheet's among them.
const PLACEHOLDERS: [&str; 14] =
    ["-", "--", "null", "<null>", "none", "nil", "n/a", "na", "nan", "undefined", "#name?", "#n/a", "#value!", "#ref!"];

/// As [`normalized`] for an id, which one character again and again is not.
pub(crate) fn normalized_id(text: &str) -> Option<String> {
    let normalized = normalized(text)?;
    let letters: Vec<char> = normalized.chars().filter(|c| !"-{}()=".contains(*c)).collect();
    let one = letters.len() != 1 && letters.iter().all(|c| *c == letters[0]);
    (!one).then_some(normalized)
}

/// The text of a row's field as that field compares it.
///
/// Reading: "a word like None" is any of the placeholders that is a word; "its id says so too" is an id that is not
/// blank. `none` is a value of an enumeration, and `na` the country Namibia.
pub(crate) fn normalized_field(row: &Row, field: Field) -> Option<String> {
    let text = row.get(field);
    let lower = text.trim().to_lowercase();
    let id_of = match field {
        Field::UserDisplayName | Field::Identity => Some(Field::UserId),
        Field::AppDisplayName => Some(Field::AppId),
        Field::ResourceDisplayName => Some(Field::ResourceIdentity),
        _ => None,
    };
    match field {
        _ if IDS.contains(&field) => normalized_id(text),
        _ if ENUMERATIONS.contains(&field) && lower == "none" => Some(lower),
        Field::Location if lower == "na" => Some(lower),
        _ if id_of.is_some_and(|id| normalized_id(row.get(id)).is_some()) && WORDS.contains(&&*lower) => Some(lower),
        _ => normalized(text),
    }
}

/// Placeholders that are words: names where the id beside them says something.
pub(crate) const WORDS: [&str; 7] = ["null", "none", "nil", "n/a", "na", "nan", "undefined"];

const IDS: [Field; 10] = [
    Field::Id,
    Field::CorrelationId,
    Field::UserId,
    Field::AppId,
    Field::ResourceIdentity,
    Field::SessionId,
    Field::TokenId,
    Field::HomeTenantId,
    Field::ResourceTenantId,
    Field::DeviceId,
];

const ENUMERATIONS: [Field; 9] = [
    Field::AuthenticationProtocol,
    Field::OriginalTransferMethod,
    Field::IncomingTokenType,
    Field::TokenProtection,
    Field::ClientAppUsed,
    Field::UserType,
    Field::ConditionalAccessStatus,
    Field::AuthenticationRequirement,
    Field::RiskLevel,
];

/// Enumerations: without case and spaces, wherever the spaces stand.
pub(crate) fn word(text: &str) -> String {
    text.split_whitespace().collect::<String>().to_lowercase()
}

/// Token ids: exact, without trailing `=`; `None` when blank.
///
/// Reading: what only trailing `=` made of nothing is blank too.
pub(crate) fn token(text: &str) -> Option<&str> {
    let token = text.trim_end_matches('=');
    normalized_id(token).map(|_| token)
}
