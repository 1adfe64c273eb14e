//! The form in which texts are compared: ids and names without case and padding, addresses without a port; and which
//! texts say nothing.

use crate::model::{Field, is_scientific};
use std::net::{IpAddr, SocketAddr};

/// The folded form of a text; of one that is never compared, only whether it says anything.
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
    /// A text that says something only in some fields, in the form in which it is compared there.
    Hollow(String, Hollow),
}

/// A text that says nothing, but for some fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hollow {
    /// A mark for a value that is not there: it says nothing anywhere.
    Mark,
    /// A word for a value that is not there: it may be somebody's name.
    Word,
    /// `none`: a value of an enumeration.
    None,
    /// `na`, which is Namibia's code.
    Na,
    /// One character again and again, or a number that a spreadsheet shortened: no id.
    NoId,
}

/// What a field's texts are.
enum Kind {
    Id,
    /// A name, which stands beside an id.
    Name(Field),
    Enumeration,
    Country,
    Other,
}

impl Hollow {
    /// Whether the text says something in a field, given whether an id of the row does.
    pub(super) fn says(self, field: Field, id: impl FnOnce(Field) -> bool) -> bool {
        match (kind(field), self) {
            (_, Self::Mark) | (Kind::Id, _) => false,
            (_, Self::NoId) | (Kind::Enumeration, Self::None) | (Kind::Country, Self::Na) => true,
            (Kind::Name(of), _) => id(of),
            _ => false,
        }
    }

    /// Whether the text says something where its field is not known.
    pub(super) fn says_somewhere(self) -> bool {
        self == Self::NoId
    }
}

fn kind(field: Field) -> Kind {
    match field {
        _ if field.is_id() => Kind::Id,
        Field::UserDisplayName | Field::Identity => Kind::Name(Field::UserId),
        Field::AppDisplayName => Kind::Name(Field::AppId),
        Field::ResourceDisplayName => Kind::Name(Field::ResourceIdentity),
        Field::AuthenticationProtocol
        | Field::OriginalTransferMethod
        | Field::IncomingTokenType
        | Field::TokenProtection
        | Field::ClientAppUsed
        | Field::UserType
        | Field::ConditionalAccessStatus
        | Field::AuthenticationRequirement
        | Field::RiskLevel => Kind::Enumeration,
        Field::Location => Kind::Country,
        _ => Kind::Other,
    }
}

pub(super) fn fold_text(text: &str) -> Folded {
    let plain = text.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase());
    let lower = if plain { String::new() } else { text.trim().to_lowercase() };
    let folded = if plain { text } else { &lower };
    if is_nothing(folded) {
        Folded::Blank
    } else if let Some(hollow) = hollow(folded) {
        Folded::Hollow(folded.to_owned(), hollow)
    } else if let Some(host) = host(folded) {
        Folded::Other(host)
    } else if plain || folded == text {
        Folded::Same
    } else {
        Folded::Other(lower)
    }
}

/// The address of `192.0.2.1:443`, `[2001:db8::1]:443` or `[2001:db8::1]`: some records name the port too, which is
/// another one each time and tells no machine from another.
fn host(text: &str) -> Option<String> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '[') || !text.contains(':') {
        return None;
    }
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    let address = text.parse::<SocketAddr>().map(|address| address.ip()).ok().or_else(bare)?;
    Some(address.to_string())
}

/// Whether a trimmed, lower-case text says nothing in any field: empty, Microsoft's redaction mark, or an all-zero
/// GUID.
fn is_nothing(text: &str) -> bool {
    text.is_empty() || text == "{pii removed}" || text == "00000000-0000-0000-0000-000000000000"
}

/// Returns whether a text says nothing in a field whose row has no id beside it.
pub fn is_blank(text: &str, field: Field) -> bool {
    match fold_text(text) {
        Folded::Blank => true,
        Folded::Hollow(_, hollow) => !hollow.says(field, |_| false),
        Folded::Same | Folded::Other(_) => false,
    }
}

/// Whether a text is no id: it says nothing, or nothing that tells one thing from another.
pub(super) fn is_no_id(text: &str) -> bool {
    matches!(fold_text(text), Folded::Blank | Folded::Hollow(..))
}

/// Longest text that stands for a value that is not there.
const LONGEST_MARK: usize = 20;

/// In what way a trimmed, lower-case text is hollow.
fn hollow(text: &str) -> Option<Hollow> {
    if text.len() <= LONGEST_MARK {
        match text {
            "-" | "--" | "\u{2013}" | "\u{2014}" | "<null>" | "(null)" | "+ac0-" | "+ac0" => return Some(Hollow::Mark),
            "null" | "nil" | "n/a" | "nan" | "undefined" => return Some(Hollow::Word),
            "none" => return Some(Hollow::None),
            "na" => return Some(Hollow::Na),
            _ if is_spreadsheet_error(text) => return Some(Hollow::Mark),
            _ if is_scientific(text) => return Some(Hollow::NoId),
            _ => {}
        }
    }
    repeats(text).then_some(Hollow::NoId)
}

/// Words of such errors that end in no mark.
const WITHOUT_MARK: [&str; 9] = ["n/a", "n/d", "n/b", "nv", "nd", "н/д", "i/t", "yok", "getting_data"];

/// `#name?`, `#div/0!`, `#n/a`, `#wert!`, `err:502`: a spreadsheet's word for a formula that failed, in any language;
/// `####` where a cell was too narrow.
fn is_spreadsheet_error(text: &str) -> bool {
    if let Some(number) = text.strip_prefix("err:") {
        return !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    }
    let Some(word) = text.strip_prefix('#') else { return false };
    let inner = word.strip_suffix(['!', '?']).map(|word| word.trim_start_matches(['\u{a1}', '\u{bf}']));
    WITHOUT_MARK.contains(&word)
        || word.chars().all(|c| c == '#')
        || inner.is_some_and(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '_' | ' ' | '\u{b7}'))
        })
}

/// Whether a text is one character again and again, whatever marks stand between: `ffffffff-ffff-…`, `xxxx`.
fn repeats(text: &str) -> bool {
    let is_mark = |c: &char| matches!(c, '-' | '{' | '}' | '(' | ')' | '=');
    let mut chars = text.chars().filter(|c| !is_mark(c));
    let Some(first) = chars.next() else { return true };
    // Most texts differ in their second character.
    let mut count = 1;
    chars.all(|c| {
        count += 1;
        c == first
    }) && count > 1
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
            ("[2001:db8::1]", "2001:db8::1"),
        ] {
            assert!(matches!(fold_text(text), Folded::Other(folded) if folded == expected), "{text}");
        }
        for text in ["192.0.2.1", "2001:db8::1", "192.0.2.1:http", "192.0.2.1:99999", "10:30", "[redacted]", "a", "0"] {
            assert!(matches!(fold_text(text), Folded::Same), "{text}");
        }
        assert!(matches!(fold_text(" {PII Removed}"), Folded::Blank));
    }

    #[test]
    fn a_word_for_nothing_says_nothing() {
        for text in [
            "-",
            " -- ",
            "null",
            "<NULL>",
            "None",
            "nil",
            "N/A",
            "na",
            "NaN",
            "undefined",
            "#NAME?",
            "#VALUE!",
            "#DIV/0!",
            "#N/A",
            "#REF!",
            "#WERT!",
            "#¿NOMBRE?",
            "Err:502",
            "########",
            "+AC0-",
            "xxxx",
            "11111111-1111-1111-1111-111111111111",
            "1.23E+15",
            "mmmmmmmm==",
            "{FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF}",
            "---",
        ] {
            let Folded::Hollow(_, hollow) = fold_text(text) else { panic!("{text}") };
            assert!(!hollow.says(Field::UserId, |_| true), "{text}");
            assert!(is_no_id(text), "{text}");
        }
        for text in ["#general", "nobody", "none of them", "#1!x", "a-b", "11111111-1111-4111-8111-111111111111", "aab"]
        {
            assert!(!is_no_id(text), "{text}");
        }
    }

    #[test]
    fn a_word_for_nothing_is_a_value_where_it_can_be_one() {
        let says = |text: &str, field, id: bool| match fold_text(text) {
            Folded::Hollow(_, hollow) => hollow.says(field, |_| id),
            Folded::Blank => false,
            _ => true,
        };
        assert!(says("none", Field::IncomingTokenType, false) && !says("null", Field::IncomingTokenType, false));
        assert!(says("NA", Field::Location, false) && !says("None", Field::Location, false));
        assert!(says("None", Field::ResourceDisplayName, true) && !says("None", Field::ResourceDisplayName, false));
        assert!(!says("-", Field::ResourceDisplayName, true));
        assert!(says("3333", Field::Asn, false) && !says("3333", Field::SessionId, false));
        assert!(!says("none", Field::UserPrincipalName, true) && !says("-", Field::IpAddress, false));
    }
}
