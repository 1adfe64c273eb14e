//! Texts of records as values: words for nothing, truth, digests of ids.

use crate::model::words::hex;
use foldhash::fast::FixedState;
use std::hash::BuildHasher;

/// Bytes of a digest; the ids of a bundle's messages are told apart by them.
const DIGEST: usize = 4;

/// A text, unless it is a word for nothing.
pub(super) fn meaning(text: &str) -> Option<&str> {
    const NOTHING: [&str; 7] = ["not available", "unknown", "unknown (unknown)", "<null>", "null", "__null__", "-"];
    let text = text.trim();
    let is_nothing = text.is_empty() || NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word));
    (!is_nothing).then_some(text)
}

/// Returns whether a value of a setting is true: `True`, `$true`, `1`.
pub(super) fn is_true(text: &str) -> bool {
    let text = text.trim().trim_start_matches('$');
    text == "1" || text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("yes")
}

/// Returns whether a text is a sign-in name. An alias, a path in the directory or a display name is none.
pub(super) fn is_sign_in_name(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && !part.contains(['@', '\\', '/', ' ', ':', '"', ';', ',']);
    text.split_once('@').is_some_and(|(name, domain)| is_part(name) && is_part(domain) && domain.contains('.'))
}

/// Short digests of ids, each once, separated by spaces.
pub(super) fn digests(ids: &[&str]) -> String {
    let hashes = FixedState::default();
    let digest = |id: &&str| *hashes.hash_one(id.as_bytes()).to_le_bytes().first_chunk().expect("a hash is longer");
    let mut digests: Vec<[u8; DIGEST]> = ids.iter().map(digest).collect();
    digests.sort_unstable();
    digests.dedup();
    let mut text = String::with_capacity(digests.len() * (2 * DIGEST + 1));
    for digest in digests {
        let space = if text.is_empty() { "" } else { " " };
        text.push_str(space);
        text.push_str(&hex(&digest));
    }
    text
}
