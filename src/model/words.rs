//! Counts, lists, bytes and ids as text.

use std::fmt::Display;

/// `1 row`, `3 rows`.
pub fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let plural = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// `a, b and 3 more`: the first `most`, and how many more there are.
pub fn listed<T: AsRef<str>>(texts: &[T], most: usize) -> String {
    listed_by(texts, most, |text| text.as_ref().to_owned())
}

/// [`listed()`] of things that only the named ones are put into words of.
pub fn listed_by<T>(things: &[T], most: usize, words: impl FnMut(&T) -> String) -> String {
    let named: Vec<String> = things.iter().take(most).map(words).collect();
    let named = named.join(", ");
    if things.len() > most { format!("{named} and {} more", things.len() - most) } else { named }
}

/// Bytes in lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|half| DIGITS[usize::from(half)]);
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(bytes.iter().flat_map(digits));
    text
}

/// Returns whether a text has the form `8-4-4-4-12` in hexadecimal digits, of either case.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_counts_lists_bytes_and_ids() {
        assert_eq!((counted(1_usize, "row"), counted(0_u64, "row")), ("1 row".to_owned(), "0 rows".to_owned()));
        assert_eq!(listed(&["a", "b"], 2), "a, b");
        assert_eq!(listed(&["a", "b", "c", "d"], 2), "a, b and 2 more");
        assert_eq!(hex(&[0, 10, 255]), "000aff");
        assert!(is_guid("04b07795-8DDB-461a-bbee-02f9e1bf7b46"));
        for none in ["", "------------------------------------", "04b077958ddb461abbee02f9e1bf7b46", "{04b07795}"] {
            assert!(!is_guid(none), "{none}");
        }
    }
}
