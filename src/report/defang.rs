//! Indicators that nobody follows by accident: `hxxps://`, `[.]`, and `[:]` in an IPv6 address.

/// An address with its separators in brackets.
pub fn address(address: &str) -> String {
    address.replace('.', "[.]").replace(':', "[:]")
}

/// A text with the scheme and host of each URL in it, also of one without a scheme (`//host`), and each `www.` host,
/// defanged. The rest stays, since the dots of a version or a file name lead nowhere.
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let bytes = text.as_bytes();
    let (mut done, mut at) = (0, 0);
    // One pass: what is looked at is at most four bytes ahead, and a host is read once.
    while at < bytes.len() {
        let slashes = bytes[at..].starts_with(b"//") && begins(bytes[..at].last());
        let www = bytes[at..].get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"www."));
        if !slashes && !www {
            at += 1;
            continue;
        }
        out.push_str(&text[done..at]);
        if slashes {
            no_scheme(&mut out);
            out.push_str("//");
            at += 2;
        }
        done = at + host(&text[at..], &mut out);
        at = done;
    }
    out.push_str(&text[done..]);
    out
}

/// Returns whether two slashes after that byte begin a host, rather than being part of a path.
fn begins(before: Option<&u8>) -> bool {
    before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'/' | b'.' | b'_' | b'-'))
}

/// Makes `https:` at the end `hxxps:`, in whatever case it was written: `HTTPS://` is followed as gladly.
fn no_scheme(out: &mut String) {
    let length = ["https:", "http:"].iter().map(|scheme| scheme.len()).find(|length| {
        let from = out.len().checked_sub(*length);
        from.is_some_and(|from| {
            out.as_bytes()[from..].eq_ignore_ascii_case(b"https:")
                || out.as_bytes()[from..].eq_ignore_ascii_case(b"http:")
        })
    });
    if let Some(length) = length {
        let scheme = out.split_off(out.len() - length);
        out.push_str(&scheme.replace('t', "x").replace('T', "X"));
    }
}

/// Writes the host that the text begins with, its dots in brackets unless they are already; how long it is. What stands
/// behind its last letter or digit ends a sentence.
fn host(text: &str, out: &mut String) -> usize {
    let end = text.find(|c: char| !(c.is_alphanumeric() || ".-_:@[]".contains(c))).unwrap_or(text.len());
    let name = text[..end].trim_end_matches(|c: char| !c.is_alphanumeric());
    let mut before = ' ';
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        if c == '.' && !(before == '[' && rest.peek() == Some(&']')) {
            out.push_str("[.]");
        } else {
            out.push(c);
        }
        before = c;
    }
    out.push_str(&text[name.len()..end]);
    end
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
        assert_eq!(text("//evil.example/p.png"), "//evil[.]example/p.png");
        assert_eq!(text("ftp://evil.example"), "ftp://evil[.]example");
        assert_eq!(text("GET /a//b.json"), "GET /a//b.json", "a path");
        assert_eq!(text("https://"), "hxxps://");
        assert_eq!(text("wwww.a"), "wwww[.]a");
        assert_eq!(text("https://a.example. https://b.example."), "hxxps://a[.]example. hxxps://b[.]example.");
    }

    #[test]
    fn what_is_defanged_stays_as_it_is() {
        let once = text("https://a.b.example/x www.c.example //d.example");
        assert_eq!(text(&once), once);
    }
}
