//! Zones: offsets, and the words whose offset is fixed and the same everywhere.

/// Words for a zone, lower case, and minutes east of UTC. A word that is used for two offsets (CST, IST, BST, PST,
/// AST) is not here: a row that has one is named.
const WORDS: [(&str, i64); 40] = [
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("ut", 0),
    ("zulu", 0),
    ("coordinated universal time", 0),
    ("universal time coordinated", 0),
    ("greenwich mean time", 0),
    ("wet", 0),
    ("west", 60),
    ("cet", 60),
    ("mez", 60),
    ("cest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("sast", 120),
    ("central european time", 60),
    ("central european summer time", 120),
    ("pkt", 300),
    ("wib", 420),
    ("sgt", 480),
    ("hkt", 480),
    ("awst", 480),
    ("jst", 540),
    ("kst", 540),
    ("acst", 570),
    ("aest", 600),
    ("acdt", 630),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("brt", -180),
    ("edt", -240),
    ("eastern daylight time", -240),
    ("est", -300),
    ("mdt", -360),
    ("pdt", -420),
    ("akst", -540),
];

/// Reason that a zone cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// These words name none that is known.
    Word(String),
    /// It is no zone.
    Other,
}

/// UTC offset in minutes of the text after a time of day: nothing, `Z`, `+02:00`, `UTC+2`, `+0000 UTC`, `(CEST)`.
pub(super) fn read(text: &str) -> Result<Option<i64>, Unknown> {
    let text = text.trim_matches([' ', ',']);
    if text.is_empty() {
        return Ok(None);
    }
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text);
    for word in ["utc", "gmt"] {
        let Some(rest) = inner.strip_prefix(word).filter(|rest| !rest.starts_with(char::is_alphabetic)) else {
            continue;
        };
        let rest = rest.trim_start();
        if rest.is_empty() || is_name(rest) {
            return Ok(Some(0));
        }
        return signed(rest).map(Some).ok_or(Unknown::Other);
    }
    if inner.starts_with(['+', '-', '\u{2212}']) {
        return signed(inner).map(Some).ok_or(Unknown::Other);
    }
    match WORDS.iter().find(|(word, _)| *word == inner) {
        Some((_, minutes)) => Ok(Some(*minutes)),
        None if is_words(inner) => Err(Unknown::Word(inner.to_owned())),
        None => Err(Unknown::Other),
    }
}

/// An offset, and perhaps the zone's name behind it, which may not be that of another offset.
fn signed(text: &str) -> Option<i64> {
    let (offset, name) = text.split_once(' ').unwrap_or((text, ""));
    let minutes = minutes(&offset.replace('\u{2212}', "-"))?;
    let name = name.trim();
    let bare = name.strip_prefix('(').and_then(|name| name.strip_suffix(')')).unwrap_or(name);
    let agrees = WORDS.iter().find(|(word, _)| *word == bare).is_none_or(|(_, known)| *known == minutes);
    (agrees && (name.is_empty() || is_name(name) || is_words(bare))).then_some(minutes)
}

/// `(Coordinated Universal Time)`.
fn is_name(text: &str) -> bool {
    text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).is_some_and(is_words)
}

fn is_words(text: &str) -> bool {
    text.starts_with(char::is_alphabetic)
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '/' | '_' | '.' | '-' | '\''))
}

/// Minutes east of UTC of `+01:00`, `-5`, `+0530`, and of `+060`, which WMI counts in minutes.
pub(crate) fn minutes(zone: &str) -> Option<i64> {
    let (sign, rest) = match zone.as_bytes().first()? {
        b'+' => (1, &zone[1..]),
        b'-' => (-1, &zone[1..]),
        _ => return None,
    };
    if rest.len() == 3 && !rest.contains(':') {
        let minutes: i64 = rest.parse().ok()?;
        return (rest.bytes().all(|byte| byte.is_ascii_digit()) && minutes <= 14 * 60).then_some(sign * minutes);
    }
    let (hours, minutes) = match rest.split_once(':') {
        Some(pair) => pair,
        None if rest.len() == 4 => rest.split_at_checked(2)?,
        None => (rest, "0"),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..=14).contains(&hours) && (0..60).contains(&minutes)).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_that_are_known_and_those_that_are_not() {
        for (text, minutes) in [
            ("z", 0),
            (" utc", 0),
            ("+0000 utc", 0),
            ("+02:00", 120),
            ("+0200 cest", 120),
            ("\u{2212}5", -300),
            ("utc+5:30", 330),
            ("gmt+0000 (coordinated universal time)", 0),
            ("(edt)", -240),
            ("+060", 60),
        ] {
            assert_eq!(read(text), Ok(Some(minutes)), "{text}");
        }
        assert_eq!(read(" "), Ok(None));
        for text in ["cst", "ist", "w. europe standard time", "europe/berlin", "bst"] {
            assert_eq!(read(text), Err(Unknown::Word(text.to_owned())));
        }
        for text in ["+0200 utc", "+25:00", "é!", "5", "+", "+a"] {
            assert_eq!(read(text), Err(Unknown::Other), "{text}");
        }
    }
}
