//! Indicators that nobody follows by accident: `hxxps://`, `[.]`, and `[:]` in an IPv6 address.

/// An address with its separators in brackets.
pub fn address(address: &str) -> String {
    address.replace('.', "[.]").replace(':', "[:]")
}

/// A text with the scheme and host of each URL in it, and each `www.` host, defanged. The rest stays, since the
/// dots of a version or a file name lead nowhere.
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some((at, scheme)) = next_host(rest) {
        out.push_str(&rest[..at]);
        // In whatever case it was written: `HTTPS://` is followed as gladly.
        out.push_str(&scheme.replace("tt", "xx").replace("TT", "XX").replace("tT", "xX").replace("Tt", "Xx"));
        let host = &rest[at + scheme.len()..];
        let end = host.find(|c: char| !(c.is_alphanumeric() || ".-_:@[]".contains(c))).unwrap_or(host.len());
        out.push_str(&host[..end].replace('.', "[.]"));
        rest = &host[end..];
    }
    out.push_str(rest);
    out
}

/// Where the next URL or `www.` host begins, and its scheme.
fn next_host(text: &str) -> Option<(usize, &str)> {
    let lower = text.to_ascii_lowercase();
    let found = |mark: &str, length: usize| lower.find(mark).map(|at| (at, &text[at..at + length]));
    [found("https://", 8), found("http://", 7), found("www.", 0)].into_iter().flatten().min_by_key(|(at, _)| *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_urls_lead_nowhere() {
        assert_eq!(address("203.0.113.7"), "203[.]0[.]113[.]7");
        assert_eq!(address("2001:db8::1"), "2001[:]db8[:][:]1");
        assert_eq!(
            text("x/2.31.0 (+https://tool.example.com/a.html; HTTP://b.example)"),
            "x/2.31.0 (+hxxps://tool[.]example[.]com/a.html; HXXP://b[.]example)"
        );
        assert_eq!(text("see www.evil.example now"), "see www[.]evil[.]example now");
        assert_eq!(text("Mozilla/5.0"), "Mozilla/5.0");
        assert_eq!(text("ünï https://ü.example"), "ünï hxxps://ü[.]example");
    }
}
