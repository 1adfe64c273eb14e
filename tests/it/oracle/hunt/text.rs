//! How hunt semantics compare text.

use crate::oracle::known::ZERO;

/// Ids and UPNs: trimmed, Unicode lower case; `None` when blank.
///
/// Reading: the redaction mark is a mark in any case, since ids are compared without case.
pub(crate) fn fold(text: &str) -> Option<String> {
    let folded = text.trim().to_lowercase();
    let blank = folded.is_empty() || folded == "{pii removed}" || folded == ZERO;
    (!blank).then_some(folded)
}

/// Enumerations: without case and spaces, wherever the spaces stand.
pub(crate) fn word(text: &str) -> String {
    text.split_whitespace().collect::<String>().to_lowercase()
}

/// Token ids: exact, without trailing `=`; `None` when blank.
///
/// Reading: what only trailing `=` made of nothing is blank too.
pub(crate) fn token(text: &str) -> Option<&str> {
    let token = text.trim_end_matches('=');
    fold(token).map(|_| token)
}
