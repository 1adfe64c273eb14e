//! Normalized texts, which the store compares: ids and names without case and padding, addresses without a port; and
//! texts that are no value.

use super::TextKey;
use crate::model::{Field, is_scientific};
use std::net::{IpAddr, SocketAddr};

/// The normalized form of a text; of one that is never compared, only whether it is blank or a placeholder.
pub(super) fn normalize_if_compared(text: &str, compared: bool) -> Normalized {
    // Nothing that is blank or a placeholder is long, but one character repeated.
    if !compared && text.len() > LONG && text.trim().len() > LONG && begins_with_two(text) {
        return Normalized::Same;
    }
    match normalize(text) {
        Normalized::Other(_) if !compared => Normalized::Same,
        normalized => normalized,
    }
}

/// A text made comparable.
pub(super) enum Normalized {
    Blank,
    Same,
    Other(String),
    /// A text that is a value in some fields only, in the form it has there.
    Placeholder(String, Placeholder),
}

/// A text that is a value in some fields only, if in any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placeholder {
    /// A mark for a missing value: a value in no field.
    Mark,
    /// A word for a missing value; may be somebody's name.
    Word,
    /// `none`, a value of enumerations.
    None,
    /// `na`, the country code of Namibia.
    Na,
    /// One character repeated, or a number that a spreadsheet shortened: no id.
    NoId,
}

/// Kind of a field's texts.
enum TextKind {
    Id,
    /// A name, with the field of its id.
    Name(Field),
    Enumeration,
    Country,
    Other,
}

impl Placeholder {
    /// Returns whether the text is a value in a field; `id` answers whether an id field of the row has one.
    pub(super) fn is_value_in(self, field: Field, id: impl FnOnce(Field) -> bool) -> bool {
        match (kind(field), self) {
            (_, Self::Mark) | (TextKind::Id, _) => false,
            (_, Self::NoId) | (TextKind::Enumeration, Self::None) | (TextKind::Country, Self::Na) => true,
            (TextKind::Name(id_field), _) => id(id_field),
            _ => false,
        }
    }

    /// Returns whether the text is a value where its field is not known.
    pub(super) fn is_value_somewhere(self) -> bool {
        self == Self::NoId
    }
}

fn kind(field: Field) -> TextKind {
    match field {
        _ if field.is_id() => TextKind::Id,
        Field::UserDisplayName | Field::Identity => TextKind::Name(Field::UserId),
        Field::AppDisplayName => TextKind::Name(Field::AppId),
        Field::ResourceDisplayName => TextKind::Name(Field::ResourceIdentity),
        Field::AuthenticationProtocol
        | Field::OriginalTransferMethod
        | Field::IncomingTokenType
        | Field::TokenProtection
        | Field::ClientAppUsed
        | Field::UserType
        | Field::ConditionalAccessStatus
        | Field::AuthenticationRequirement
        | Field::RiskLevel => TextKind::Enumeration,
        Field::Location => TextKind::Country,
        _ => TextKind::Other,
    }
}

pub(super) fn normalize(text: &str) -> Normalized {
    // Most texts are ids.
    if matches!(TextKey::new(text), TextKey::Id(_)) {
        return Normalized::Same;
    }
    let plain = text.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase());
    let lower = if plain { String::new() } else { text.trim().to_lowercase() };
    let normalized = if plain { text } else { &lower };
    if is_nothing(normalized) {
        Normalized::Blank
    } else if let Some(placeholder) = placeholder(normalized) {
        Normalized::Placeholder(normalized.to_owned(), placeholder)
    } else if let Some(host) = host(normalized) {
        Normalized::Other(host)
    } else if plain || normalized == text {
        Normalized::Same
    } else {
        Normalized::Other(lower)
    }
}

/// The address of `192.0.2.1:443`, `[2001:db8::1]:443` or `[2001:db8::1]`. Some records add the port, which changes
/// with every connection.
fn host(text: &str) -> Option<String> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '[') || !text.contains(':') {
        return None;
    }
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    let address = text.parse::<SocketAddr>().map(|address| address.ip()).ok().or_else(bare)?;
    Some(address.to_string())
}

/// Returns whether a trimmed, lower-case text is blank in every field: empty, Microsoft's redaction mark, or an
/// all-zero GUID.
fn is_nothing(text: &str) -> bool {
    text.is_empty() || text == "{pii removed}" || text == "00000000-0000-0000-0000-000000000000"
}

/// Returns whether a text is blank in a field whose row has no id beside it.
pub fn is_blank(text: &str, field: Field) -> bool {
    match normalize(text) {
        Normalized::Blank => true,
        Normalized::Placeholder(_, placeholder) => !placeholder.is_value_in(field, |_| false),
        Normalized::Same | Normalized::Other(_) => false,
    }
}

/// Returns whether a text is no id: blank or a placeholder.
pub(super) fn is_no_id(text: &str) -> bool {
    matches!(normalize(text), Normalized::Blank | Normalized::Placeholder(..))
}

/// Length from which on a text is neither blank nor a placeholder, unless it is one character repeated.
const LONG: usize = 64;

/// Longest text that marks a missing value.
const LONGEST_MARK: usize = 20;

/// The kind of placeholder a trimmed, lower-case text is, if one.
fn placeholder(text: &str) -> Option<Placeholder> {
    if text.len() <= LONGEST_MARK {
        match text {
            "-" | "--" | "\u{2013}" | "\u{2014}" | "<null>" | "(null)" | "+ac0-" | "+ac0" => {
                return Some(Placeholder::Mark);
            }
            "null" | "nil" | "n/a" | "nan" | "undefined" => return Some(Placeholder::Word),
            "none" => return Some(Placeholder::None),
            "na" => return Some(Placeholder::Na),
            _ if is_spreadsheet_error(text) => return Some(Placeholder::Mark),
            _ if is_scientific(text) => return Some(Placeholder::NoId),
            _ => {}
        }
    }
    repeats(text).then_some(Placeholder::NoId)
}

/// Words of spreadsheet errors that end in no mark.
const WITHOUT_MARK: [&str; 9] = ["n/a", "n/d", "n/b", "nv", "nd", "н/д", "i/t", "yok", "getting_data"];

/// Returns whether a text is a spreadsheet's error, in any language: `#name?`, `#div/0!`, `#n/a`, `#wert!`, `err:502`;
/// or `####`, from a cell that was too narrow.
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

/// Returns whether the first two characters of a text are two, in any case, marks aside.
fn begins_with_two(text: &str) -> bool {
    let mut bytes = text.trim_ascii_start().bytes().filter(|byte| !is_mark(char::from(*byte)));
    let (Some(first), Some(second)) = (bytes.next(), bytes.next()) else { return false };
    first.is_ascii() && second.is_ascii() && !first.eq_ignore_ascii_case(&second)
}

/// Returns whether a character counts for nothing among repeated ones.
fn is_mark(c: char) -> bool {
    matches!(c, '-' | '{' | '}' | '(' | ')' | '=')
}

/// Returns whether a text is one character repeated, marks aside: `ffffffff-ffff-…`, `xxxx`.
fn repeats(text: &str) -> bool {
    let mut chars = text.chars().filter(|c| !is_mark(*c));
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
    use proptest::prelude::*;

    proptest! {
        /// The short ways say the same as the whole rules.
        #[test]
        fn the_short_ways_agree_with_the_rules(
            text in "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(0|a){8}(-(0|a){4}){3}-(0|a){12}| {0,70}[{a-cA-C0é-]{0,80} {0,3}",
        ) {
            let lower = text.trim().to_lowercase();
            let is_blank = is_nothing(&lower);
            let is_placeholder = !is_blank && placeholder(&lower).is_some();
            let found = normalize_if_compared(&text, false);
            prop_assert_eq!(matches!(found, Normalized::Blank), is_blank, "{}", text);
            prop_assert_eq!(matches!(found, Normalized::Placeholder(..)), is_placeholder, "{}", text);
            let same = matches!(normalize(&text), Normalized::Same);
            prop_assert_eq!(same, !is_blank && !is_placeholder && lower == text, "{}", text);
        }
    }

    #[test]
    fn case_padding_and_ports_do_not_count() {
        for (text, expected) in [
            (" Zoe@Contoso.com ", "zoe@contoso.com"),
            ("192.0.2.1:51234", "192.0.2.1"),
            ("[2001:DB8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
        ] {
            assert!(matches!(normalize(text), Normalized::Other(normalized) if normalized == expected), "{text}");
        }
        for text in ["192.0.2.1", "2001:db8::1", "192.0.2.1:http", "192.0.2.1:99999", "10:30", "[redacted]", "a", "0"] {
            assert!(matches!(normalize(text), Normalized::Same), "{text}");
        }
        assert!(matches!(normalize(" {PII Removed}"), Normalized::Blank));
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
            let Normalized::Placeholder(_, placeholder) = normalize(text) else { panic!("{text}") };
            assert!(!placeholder.is_value_in(Field::UserId, |_| true), "{text}");
            assert!(is_no_id(text), "{text}");
        }
        for text in ["#general", "nobody", "none of them", "#1!x", "a-b", "11111111-1111-4111-8111-111111111111", "aab"]
        {
            assert!(!is_no_id(text), "{text}");
        }
    }

    #[test]
    fn a_word_for_nothing_is_a_value_where_it_can_be_one() {
        let says = |text: &str, field, id: bool| match normalize(text) {
            Normalized::Placeholder(_, placeholder) => placeholder.is_value_in(field, |_| id),
            Normalized::Blank => false,
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
