//! Normal form of a request's address: what was asked, not of whom.

use crate::model::words::is_guid;
use std::borrow::Cow;

/// An id in a normal form.
const ID: &str = "{id}";
/// Segments from this length on may be ids.
const LONG: usize = 20;

/// Writes the normal form of an address; `older` is for Azure AD Graph, where a tenant stands before the path. Returns
/// false for requests of changes since the last one, which sweeps are not made of.
///
/// No scheme and host; no query and fragment; percent-decoded once; lower case; no empty segments; no version or
/// tenant; `{id}` for each segment that is a GUID, has an `@`, is all digits or is long with a digit; `name({id})` for
/// `name(key='…')`.
pub(super) fn normal(address: &str, older: bool, form: &mut String) -> bool {
    form.clear();
    let path = decoded(path_of(address));
    if path.contains("/delta") || path.contains("microsoft.graph.delta") {
        return false;
    }
    let mut segments = Segments { rest: &path };
    let mut first = true;
    let mut name = String::new();
    while segments.next(&mut name) {
        let is_first = std::mem::replace(&mut first, false);
        if is_first && (if older { is_tenant(&name) } else { matches!(name.as_str(), "v1.0" | "beta") }) {
            continue;
        }
        if !form.is_empty() {
            form.push('/');
        }
        form.push_str(if is_id(&name) { ID } else { &name });
    }
    true
}

/// The path of an address, with or without a host before it.
fn path_of(address: &str) -> &str {
    let address = &address[..address.find(['?', '#']).unwrap_or(address.len())];
    match address.find("://") {
        Some(scheme) => {
            let rest = &address[scheme + 3..];
            rest.find('/').map_or("", |path| &rest[path..])
        }
        None => address,
    }
}

/// The path percent-decoded and in lower case.
fn decoded(path: &str) -> Cow<'_, str> {
    if !path.bytes().any(|byte| byte == b'%' || byte.is_ascii_uppercase() || !byte.is_ascii()) {
        return Cow::Borrowed(path);
    }
    let bytes = path.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        out.push(escaped.unwrap_or(bytes[at]).to_ascii_lowercase());
        at += if escaped.is_some() { 3 } else { 1 };
    }
    match String::from_utf8(out) {
        Ok(text) if text.is_ascii() => Cow::Owned(text),
        Ok(text) => Cow::Owned(text.to_lowercase()),
        Err(error) => Cow::Owned(String::from_utf8_lossy(error.as_bytes()).to_lowercase()),
    }
}

/// Segments of a path, empty ones left out. A slash between quotes in brackets is no end.
struct Segments<'p> {
    rest: &'p str,
}

impl Segments<'_> {
    /// Writes the next segment, its keys replaced; returns whether there was one.
    fn next(&mut self, name: &mut String) -> bool {
        name.clear();
        self.rest = self.rest.trim_start_matches('/');
        while let Some(stop) = self.rest.find(['/', '(']) {
            name.push_str(&self.rest[..stop]);
            self.rest = &self.rest[stop..];
            if self.rest.starts_with('/') {
                return true;
            }
            if let Some(end) = keyed(self.rest) {
                name.push_str("({id})");
                self.rest = &self.rest[end..];
            } else {
                name.push('(');
                self.rest = &self.rest[1..];
            }
        }
        name.push_str(self.rest);
        self.rest = "";
        !name.is_empty()
    }
}

/// Length of `(key='…')` or `('…')` at the start of a text.
fn keyed(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('(')?;
    let key = inner.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let value = inner[key..].strip_prefix('=').unwrap_or(&inner[key..]).strip_prefix('\'')?;
    let end = value.find("')")? + 2;
    Some(text.len() - value.len() + end)
}

/// Returns whether the first segment of an Azure AD Graph path names the tenant.
fn is_tenant(segment: &str) -> bool {
    is_guid(segment) || segment.contains('.') || segment == "myorganization"
}

/// Returns whether a segment names an object.
fn is_id(segment: &str) -> bool {
    let bytes = segment.as_bytes();
    let has_digit = || bytes.iter().any(u8::is_ascii_digit);
    let is_part = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'=' | b'-');
    bytes.contains(&b'@')
        || bytes.iter().all(u8::is_ascii_digit)
        || (bytes.len() >= LONG && bytes.iter().all(is_part) && has_digit())
        || is_guid(segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(address: &str, older: bool) -> Option<String> {
        let mut form = "left over".to_owned();
        normal(address, older, &mut form).then_some(form)
    }

    fn of_graph(address: &str) -> String {
        form(address, false).expect("no request of changes")
    }

    #[test]
    fn scheme_host_query_and_fragment_go() {
        for address in [
            "https://graph.microsoft.com/v1.0/me/messages?$search=\"a/b\"",
            "HTTPS://GRAPH.MICROSOFT.COM/beta/me/messages#top",
            "https://graph.microsoft.com/me/messages?next=https://x/y",
            "/v1.0/me/messages",
            "v1.0/me/messages",
        ] {
            assert_eq!(of_graph(address), "me/messages", "{address}");
        }
        assert_eq!(of_graph("https://graph.microsoft.com"), "");
        assert_eq!(of_graph("https://graph.microsoft.com?x"), "");
    }

    #[test]
    fn a_path_is_decoded_once_and_in_lower_case() {
        assert_eq!(of_graph("/v1.0/Me/Mail%46olders"), "me/mailfolders");
        assert_eq!(of_graph("/v1.0/users/a%40contoso.com"), "users/{id}");
        assert_eq!(of_graph("/v1.0/search%252Fquery"), "search%2fquery");
        assert_eq!(of_graph("/v1.0/search%2Fquery"), "search/query");
        assert_eq!(of_graph("/v1.0/%zz%4"), "%zz%4");
        assert_eq!(of_graph("/v1.0/%C3%84"), "ä");
        assert_eq!(of_graph("/v1.0/%ff"), "\u{fffd}");
    }

    #[test]
    fn slashes_collapse_and_the_last_goes() {
        assert_eq!(of_graph("https://graph.microsoft.com//v1.0///groups//"), "groups");
    }

    #[test]
    fn the_version_goes_where_it_is_first() {
        assert_eq!(of_graph("/beta/v1.0/users"), "v1.0/users");
        assert_eq!(of_graph("/users/beta"), "users/beta");
        assert_eq!(of_graph("/v2.0/users"), "v2.0/users");
    }

    #[test]
    fn the_tenant_goes_from_azure_ad_graph() {
        let host = "https://graph.windows.net";
        for (path, expected) in [
            ("/7e4a0000-0000-4000-8000-000000000001/users?api-version=1.61-internal", "users"),
            ("/contoso.com/users", "users"),
            ("/myorganization/users", "users"),
            ("/me/memberOf", "me/memberof"),
            ("/users", "users"),
            ("/contoso.com/contoso.com", "contoso.com"),
        ] {
            assert_eq!(form(&format!("{host}{path}"), true).as_deref(), Some(expected), "{path}");
        }
        assert_eq!(of_graph("/contoso.com/users"), "contoso.com/users", "only there");
    }

    #[test]
    fn ids_are_replaced() {
        for (id, is_replaced) in [
            ("7e4a0000-0000-4000-8000-000000000001", true),
            ("a@b", true),
            ("0", true),
            ("123456", true),
            ("12a", false),
            ("abcdefghij123456789_", true),
            ("abcdefghij12345678_", false),
            ("abcdefghijklmnopqrst", false),
            ("abcdefghijklmnopqr=-", false),
            ("abcdefghijklmnop1.rstu", false),
            ("AAMkADhlZGYwLTQ5ZGMtNDZk=", true),
            ("conditionalaccesspolicies", false),
        ] {
            let expected = if is_replaced { "{id}".to_owned() } else { id.to_lowercase() };
            assert_eq!(of_graph(&format!("/v1.0/users/{id}")), format!("users/{expected}"), "{id}");
        }
    }

    #[test]
    fn keys_in_brackets_are_replaced() {
        for (path, expected) in [
            (
                "servicePrincipals(appId='7e4a0000-0000-4000-8000-000000000001')/appRoleAssignedTo",
                "serviceprincipals({id})/approleassignedto",
            ),
            ("users(userPrincipalName='a@contoso.com')", "users({id})"),
            ("users('a@contoso.com')/messages", "users({id})/messages"),
            ("sites/getByPath(path='a/b')/drive", "sites/getbypath({id})/drive"),
            ("me/drive/root/search(q='pay/roll')", "me/drive/root/search({id})"),
            ("reports/getUsage()", "reports/getusage()"),
            ("me/calendarView(", "me/calendarview("),
            ("x(key='unclosed", "x(key='unclosed"),
        ] {
            assert_eq!(of_graph(&format!("/v1.0/{path}")), expected, "{path}");
        }
    }

    #[test]
    fn requests_of_changes_are_left_out() {
        for path in
            ["users/delta", "users/delta?$deltatoken=x", "users/microsoft.graph.delta()", "me/mailFolders/Delta()"]
        {
            assert_eq!(form(&format!("/v1.0/{path}"), false), None, "{path}");
        }
        assert_eq!(of_graph("/v1.0/users?x=/delta"), "users");
    }
}
