//! Whole numbers as a spreadsheet writes them back.

/// A text read as a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// This number.
    Whole(u64),
    /// A number that lost digits, or that can be read as two.
    Damaged,
    /// No number.
    None,
}

/// Reads `64500`, `64500.0`, `64500,0`, `64,500`, `64 500`, `+64500`, `6.4500E+04`.
///
/// `6.45E+04` is damaged: fewer digits are written than the number has. So is `64,000`, which a decimal comma makes
/// 64; and a number with another fraction than zeros is none of ours.
pub fn number(text: &str) -> Number {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text);
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 40 {
        return Number::None;
    }
    let digits = |text: &str| text.parse().map_or(Number::None, Number::Whole);
    // As nearly every number is written.
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits(text);
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => match exponent.strip_prefix('+').unwrap_or(exponent).parse::<usize>() {
            Ok(exponent) => (mantissa, Some(exponent)),
            Err(_) => return if is_scientific(text) { Number::Damaged } else { Number::None },
        },
        None => (text, None),
    };
    let Some((whole, fraction)) = parts(mantissa) else { return Number::None };
    let zeros = |text: &str| text.bytes().all(|byte| byte == b'0');
    // Zero stays zero whatever it is raised to.
    let exponent = if zeros(&whole) { Some(0) } else { exponent };
    match (exponent.unwrap_or(0), fraction) {
        (0, Fraction::None) => digits(&whole),
        (exponent, Fraction::Decimals(decimals)) if exponent <= decimals.len() && zeros(&decimals[exponent..]) => {
            digits(&format!("{whole}{}", &decimals[..exponent]))
        }
        _ => Number::Damaged,
    }
}

/// Returns whether a text is a number that a spreadsheet shortened: `1.23E+15`. An id written so is lost.
pub fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.trim().split_once(['e', 'E']) else { return false };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or_default();
    let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    whole.len() == 1 && digits(whole) && digits(decimals) && (2..=3).contains(&exponent.len()) && digits(exponent)
}

/// Part of a number after its digits.
enum Fraction<'t> {
    None,
    Decimals(&'t str),
    /// Three zeros that may be thousands or decimals.
    Either,
}

/// The digits before the decimal mark, without marks between thousands, and the part after it.
fn parts(text: &str) -> Option<(String, Fraction<'_>)> {
    let is_mark = |c: char| matches!(c, '.' | ',' | ' ' | '\'' | '\u{2019}' | '\u{a0}' | '\u{202f}');
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let groups: Vec<&str> = text.split(is_mark).collect();
    if !groups.iter().all(|group| all_digits(group)) {
        return None;
    }
    let marks: Vec<char> = text.chars().filter(|c| is_mark(*c)).collect();
    let (first, rest) = groups.split_first()?;
    // A number does not begin with a zero: a text of digits that does is a code.
    if first.len() > 1 && first.starts_with('0') && !rest.is_empty() {
        return None;
    }
    let Some((last, middle)) = rest.split_last() else { return Some(((*first).to_owned(), Fraction::None)) };
    let mark = *marks.last()?;
    let decimal = matches!(mark, '.' | ',') && marks[..marks.len() - 1].iter().all(|other| *other != mark);
    let thousands = |groups: &[&str]| (1..=3).contains(&first.len()) && groups.iter().all(|group| group.len() == 3);
    let uniform = marks.iter().all(|other| *other == mark);
    let joined = |groups: &[&str]| format!("{first}{}", groups.concat());
    let as_thousands = uniform && thousands(rest) && *first != "0";
    let as_decimals = decimal && (middle.is_empty() || thousands(middle));
    match (as_thousands, as_decimals) {
        (true, true) if last.bytes().all(|byte| byte == b'0') => Some((joined(rest), Fraction::Either)),
        (true, _) => Some((joined(rest), Fraction::None)),
        (false, true) => Some((joined(middle), Fraction::Decimals(last))),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_passed_through_a_spreadsheet_is_that_number() {
        for (text, whole) in [
            ("0", 0),
            ("0.0", 0),
            ("0,0", 0),
            ("0.00E+00", 0),
            ("0,000", 0),
            ("200.0", 200),
            ("64500", 64500),
            ("64500.0", 64500),
            ("64500,0", 64500),
            ("64500.000", 64500),
            ("64,500", 64500),
            ("64.500", 64500),
            ("64 500", 64500),
            ("64\u{a0}500,00", 64500),
            ("1,234,567", 1_234_567),
            ("1,234.0", 1234),
            ("+64500", 64500),
            ("6.4500E+04", 64500),
            ("5,0126E+04", 50126),
            ("5.0126e4", 50126),
        ] {
            assert_eq!(number(text), Number::Whole(whole), "{text}");
        }
    }

    #[test]
    fn lost_digits_are_never_made_up() {
        for text in ["6.45E+04", "6E+04", "64,000", "64.000", "64500.5", "0.5", "1.5", "1.23E+15"] {
            assert_eq!(number(text), Number::Damaged, "{text}");
        }
        for text in
            ["", "-", "-1", "AS64500", "64500 64501", "1.2.3", "0x10", "00.0", "1e", "99999999999999999999999", "1..0"]
        {
            assert_eq!(number(text), Number::None, "{text}");
        }
        assert!(is_scientific("1.23E+15") && is_scientific("4,5e-07") && is_scientific("1E+20"));
        for text in ["", "12E+15", "1.23E", "1.23E+1", "5e1f0000-aaaa", "1.2.3E+15", "e+15", "1E+2000"] {
            assert!(!is_scientific(text), "{text}");
        }
    }
}
