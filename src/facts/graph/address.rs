//! Reads a request address as Graph does: segments without version and keys in brackets, and the search term.

use std::borrow::Cow;

/// Collections whose members can be named by another key than their id: `users(userPrincipalName='…')`.
const KEYED: [&str; 4] = ["users", "groups", "applications", "servicePrincipals"];

/// A Graph address.
pub(super) struct Address {
    /// Path segments after the version, decoded, as written.
    pub(super) segments: Vec<String>,
    /// The search term.
    pub(super) search: Option<String>,
}

impl Address {
    /// Reads an address, whole or from its path on.
    pub(super) fn read(uri: &str) -> Self {
        // Some exports keep the JSON escape of `&` in the address.
        let uri: Cow<str> = if uri.contains("\\u0026") { uri.replace("\\u0026", "&").into() } else { uri.into() };
        let after_host = match uri.split_once("://") {
            Some((_, rest)) => rest.find(['/', '?']).map_or("", |start| &rest[start..]),
            None => &*uri,
        };
        let (path, query) = after_host.split_once('?').unwrap_or((after_host, ""));
        let mut address = Self { segments: Vec::new(), search: search_in_query(query) };
        let path = if is_of_tenant(&uri) {
            path.trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest)
        } else {
            path
        };
        address.read_path(path);
        address
    }

    fn read_path(&mut self, path: &str) {
        let mut raw = path.split('/').filter(|segment| !segment.is_empty()).peekable();
        let is_version = |segment: &&str| segment.eq_ignore_ascii_case("v1.0") || segment.eq_ignore_ascii_case("beta");
        raw.next_if(is_version);
        while let Some(segment) = raw.next() {
            let segment = decode(segment, false);
            // `root:/a/b:/content`: what stands between the colons is a file path, not part of the call.
            if let Some(root) = segment.strip_suffix(':') {
                self.push(root);
                for inner in raw.by_ref() {
                    if decode(inner, false).ends_with(':') {
                        break;
                    }
                }
                continue;
            }
            self.push(&segment);
        }
    }

    /// Adds a segment; `users('id')` is two, and `search(q='term')` is one that searches.
    fn push(&mut self, segment: &str) {
        let Some((name, arguments)) = segment.strip_suffix(')').and_then(|s| s.split_once('(')) else {
            self.segments.push(segment.to_owned());
            return;
        };
        self.segments.push(name.to_owned());
        if let Some((key, value)) = arguments.split_once('=') {
            if key.trim().eq_ignore_ascii_case("q") {
                self.search = self.search.take().or_else(|| term(value));
            } else if KEYED.iter().any(|collection| name.eq_ignore_ascii_case(collection)) {
                self.segments.push(unquote(value).to_owned());
            }
        } else if !arguments.is_empty() {
            self.segments.push(unquote(arguments).to_owned());
        }
    }
}

/// Returns whether a tenant precedes the path, as in every address of the older Azure AD Graph.
fn is_of_tenant(uri: &str) -> bool {
    uri.split_once("://").is_some_and(|(_, rest)| rest.to_ascii_lowercase().starts_with("graph.windows.net/"))
}

/// The value of `$search`, `search` or `q`.
fn search_in_query(query: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        let key = decode(key, true);
        let key = key.trim().trim_start_matches('$');
        (key.eq_ignore_ascii_case("search") || key.eq_ignore_ascii_case("q")).then(|| term(&decode(value, true)))?
    })
}

/// A search term without its quotes; `None` when nothing is left.
fn term(value: &str) -> Option<String> {
    let term = unquote(value);
    (!term.is_empty()).then(|| term.to_owned())
}

/// Strips one pair of quotes, escaped or not.
fn unquote(text: &str) -> &str {
    let text = text.trim();
    for (open, close) in [("\\\"", "\\\""), ("\"", "\""), ("'", "'")] {
        if let Some(inner) = text.strip_prefix(open).and_then(|t| t.strip_suffix(close)) {
            return inner.trim();
        }
    }
    text
}

/// Percent-decodes; in a query `+` is a space. Bytes that are no UTF-8 become U+FFFD.
fn decode(text: &str, query: bool) -> Cow<'_, str> {
    if !(text.contains('%') || query && text.contains('+')) {
        return Cow::Borrowed(text);
    }
    let hex = |byte: Option<&u8>| byte.and_then(|b| char::from(*b).to_digit(16));
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while place < bytes.len() {
        let escaped = match (bytes[place], hex(bytes.get(place + 1)), hex(bytes.get(place + 2))) {
            (b'%', Some(high), Some(low)) => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        if let Some(byte) = escaped {
            out.push(byte);
            place += 3;
        } else {
            out.push(if query && bytes[place] == b'+' { b' ' } else { bytes[place] });
            place += 1;
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}
