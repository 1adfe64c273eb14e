//! Addresses and ids as audit records write them.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};

/// An address without port, brackets, zone and `::ffff:`, an IPv6 one as RFC 5952 writes it; `None` where the text is
/// none: `localhost`, `<null>`, Copilot's `ffff:192.0.2.1`.
pub(super) fn address(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim();
    // Nearly every record has the plain form, of which an IPv4 one is written in one way alone.
    let address = match text.parse() {
        Ok(IpAddr::V4(_)) => return Some(Cow::Borrowed(text)),
        Ok(address) => address,
        Err(_) if text.starts_with('[') => {
            let (inner, port) = text[1..].split_once(']')?;
            let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
            if is_port { without_zone(inner)? } else { return None }
        }
        Err(_) => match text.rsplit_once(':') {
            Some((start, port)) if !start.contains(':') && is_port(port) => start.parse().ok()?,
            _ => without_zone(text)?,
        },
    };
    Some(Cow::Owned(address.to_canonical().to_string()))
}

/// An address with or without the zone of an interface, `fe80::1%12`.
fn without_zone(text: &str) -> Option<IpAddr> {
    match text.split_once('%') {
        Some((address, zone)) if !zone.is_empty() => address.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        _ => text.parse().ok(),
    }
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

/// Texts in the place of an id, without marks and in lower case.
#[rustfmt::skip]
const NO_IDS: [&str; 12] = [
    "anonymized", "anonymised", "redacted", "piiremoved", "notavailable", "unknown", "null", "none", "nil", "na", "nan",
    "undefined",
];

/// Returns whether an id tells rows apart. One that is blank, one character repeated, or a word for nothing would tie
/// rows of everybody.
pub(super) fn tells(id: &str) -> bool {
    let mut chars = id.chars().filter(|c| c.is_alphanumeric());
    let Some(first) = chars.next() else { return false };
    if chars.all(|c| c == first) {
        return false;
    }
    // Longer than any of the words with their marks, or with what none of them has.
    if id.len() > 24 || id.bytes().any(|byte| byte.is_ascii_digit()) {
        return true;
    }
    let word = id.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
    !NO_IDS.iter().any(|none| none.bytes().eq(word.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_address_is_one_address() {
        for (text, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            (" 192.0.2.1 ", "192.0.2.1"),
            ("192.0.2.1:5678", "192.0.2.1"),
            ("[192.0.2.1]", "192.0.2.1"),
            ("[192.0.2.1]:5678", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("[::ffff:192.0.2.1]:5678", "192.0.2.1"),
            ("[::FFFF:192.0.2.1]", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("2001:0DB8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:5678", "2001:db8::1"),
            ("fe80::1%12", "fe80::1"),
            ("[fe80::1%eth0]:443", "fe80::1"),
            ("::1", "::1"),
            ("10.0.0.1", "10.0.0.1"),
        ] {
            assert_eq!(address(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_none() {
        for text in [
            "",
            "null",
            "<null>",
            "localhost",
            "mail.contoso.com",
            "ffff:10.11.0.229",
            "192.0.2.1:http",
            "192.0.2.1:",
            "192.0.2.1:+1",
            "192.0.2.1:99999",
            "192.0.2",
            "[192.0.2.1",
            "[2001:db8::1]x",
            "[]",
            "192.0.2.1%1",
            "é",
        ] {
            assert_eq!(address(text), None, "{text}");
        }
    }

    #[test]
    fn an_id_that_everybody_has_tells_nothing() {
        for id in [
            "",
            " ",
            "00000000-0000-0000-0000-000000000000",
            "0000000000000000000000",
            "2222-2222",
            "AAAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAAA==",
            "{ffffffff-ffff-ffff-ffff-ffffffffffff}",
            "ANONYMIZED",
            "xxxx",
            "Not Available",
            "__NULL__",
            "<null>",
            "n/a",
            "{PII Removed}",
        ] {
            assert!(!tells(id), "{id}");
        }
        for id in ["11111111-1111-4111-8111-111111111111", "AAAAAAAAAAAAAAAAAAAAAQ", "n96869QtkkuPKXoO97EKAA", "ab"] {
            assert!(tells(id), "{id}");
        }
    }
}
