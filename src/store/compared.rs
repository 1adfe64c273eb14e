//! The form in which texts are compared: ids and names without case and padding, addresses without a port.

use std::net::SocketAddr;

/// The folded form of a text; of one that is never compared, only whether it is blank.
pub(super) fn folded(text: &str, compared: bool) -> Folded {
    match fold_text(text) {
        Folded::Other(_) if !compared => Folded::Same,
        folded => folded,
    }
}

/// A text in the form in which texts are compared.
pub(super) enum Folded {
    Blank,
    Same,
    Other(String),
}

pub(super) fn fold_text(text: &str) -> Folded {
    if text.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase()) {
        return match host(text) {
            Some(host) => Folded::Other(host.to_owned()),
            None if is_blank(text) => Folded::Blank,
            None => Folded::Same,
        };
    }
    let folded = text.trim().to_lowercase();
    let folded = host(&folded).map(str::to_owned).unwrap_or(folded);
    if is_blank(&folded) {
        Folded::Blank
    } else if folded == text {
        Folded::Same
    } else {
        Folded::Other(folded)
    }
}

/// The address of `192.0.2.1:443` or `[2001:db8::1]:443`: some records name the port too, which is another one each
/// time and tells no machine from another.
fn host(text: &str) -> Option<&str> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '[') || !text.contains(':') {
        return None;
    }
    text.parse::<SocketAddr>().ok()?;
    let (host, _) = text.rsplit_once(':')?;
    Some(host.trim_start_matches('[').trim_end_matches(']'))
}

/// Whether a trimmed, lower-case text says nothing: empty, Microsoft's redaction mark, or an all-zero GUID.
pub(super) fn is_blank(text: &str) -> bool {
    text.is_empty() || text == "{pii removed}" || text == "00000000-0000-0000-0000-000000000000"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_padding_and_ports_do_not_count() {
        for (text, expected) in [
            (" Zoe@Contoso.com ", "zoe@contoso.com"),
            ("192.0.2.1:51234", "192.0.2.1"),
            ("[2001:DB8::1]:443", "2001:db8::1"),
        ] {
            assert!(matches!(fold_text(text), Folded::Other(folded) if folded == expected), "{text}");
        }
        for text in ["192.0.2.1", "2001:db8::1", "192.0.2.1:http", "192.0.2.1:99999", "10:30", "[redacted]"] {
            assert!(matches!(fold_text(text), Folded::Same), "{text}");
        }
        assert!(matches!(fold_text(" {PII Removed}"), Folded::Blank));
    }
}
