//! Times as exports write them, beyond the ISO form.

use crate::model::{Span, Time};

/// Reads a time in any form an export is known to use; `None` for anything else.
///
/// Numbers before the year are taken as month, then day, unless only the other order names a day; dots always
/// mean day, then month.
pub(super) fn read(text: &str) -> Option<Time> {
    Time::parse(text).or_else(|| {
        let text = text.trim();
        Time::parse(text).or_else(|| dot_net(text)).or_else(|| spoken(text))
    })
}

/// `/Date(1700000000000)/`, with an offset that says nothing about the instant.
fn dot_net(text: &str) -> Option<Time> {
    let inner = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let end = inner.char_indices().skip(1).find(|(_, c)| matches!(c, '+' | '-')).map_or(inner.len(), |(at, _)| at);
    Time::from_unix_millis(inner[..end].parse().ok()?)
}

/// `4/19/2021, 12:13:19.483 PM`, `19.04.2021 12:13:19`, `1/9/2007 10:41:00 AM +01:00`.
fn spoken(text: &str) -> Option<Time> {
    let spaced = text.replace(['\u{202f}', '\u{a0}'], " ");
    let mut words = spaced.split([' ', ',']).filter(|word| !word.is_empty());
    let date = day(words.next()?)?;
    let Some(clock) = words.next() else { return Time::from_civil(date, (0, 0, 0), 0) };
    let (mut hour, minute, second, ticks) = clock_parts(clock)?;
    let mut offset = 0;
    for word in words {
        match word.to_ascii_uppercase().as_str() {
            "AM" if (1..=12).contains(&hour) => hour %= 12,
            "PM" if (1..=12).contains(&hour) => hour = hour % 12 + 12,
            "Z" | "UTC" | "+00:00" => {}
            zone => offset = zone_minutes(zone)?,
        }
    }
    Some(Time::from_civil(date, (hour, minute, second), ticks)?.minus(Span::minutes(offset)))
}

fn day(word: &str) -> Option<(i32, u32, u32)> {
    let dots = word.contains('.');
    let mut numbers = word.split(['/', '.', '-']).map(|part| part.parse::<u32>().ok());
    let (first, second, year) = (numbers.next()??, numbers.next()??, numbers.next()??);
    if numbers.next().is_some() || year < 1000 {
        return None;
    }
    let (month, day) = if dots || first > 12 { (second, first) } else { (first, second) };
    Some((i32::try_from(year).ok()?, month, day))
}

fn clock_parts(word: &str) -> Option<(u32, u32, u32, i64)> {
    let mut parts = word.split(':');
    let hour = parts.next()?.parse().ok()?;
    let minute = parts.next()?.parse().ok()?;
    let (second, fraction) = match parts.next() {
        None => ("0", ""),
        Some(rest) => rest.split_once('.').unwrap_or((rest, "")),
    };
    let mut ticks = 0;
    for c in fraction.chars().chain(std::iter::repeat('0')).take(7) {
        ticks = ticks * 10 + i64::from(c.to_digit(10)?);
    }
    parts.next().is_none().then_some((hour, minute, second.parse().ok()?, ticks))
}

/// Minutes east of UTC of `+01:00`, `-5`, `+0530`.
pub(super) fn zone_minutes(zone: &str) -> Option<i64> {
    let (sign, rest) = match zone.as_bytes().first()? {
        b'+' => (1, &zone[1..]),
        b'-' => (-1, &zone[1..]),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(pair) => pair,
        None if rest.len() == 4 => rest.split_at_checked(2)?,
        None => (rest, "0"),
    };
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..=14).contains(&hours) && (0..60).contains(&minutes)).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_exports_use() {
        for (text, shown) in [
            ("4/19/2021, 12:13:19.483 PM", "2021-04-19T12:13:19.4830000Z"),
            ("9/19/2023, 1:45:17.287 PM", "2023-09-19T13:45:17.2870000Z"),
            ("9/19/2023, 1:45:17.287\u{202f}PM", "2023-09-19T13:45:17.2870000Z"),
            ("11/14/2025 12:48:53 AM", "2025-11-14T00:48:53.0000000Z"),
            ("01/09/2007 09:41:00", "2007-01-09T09:41:00.0000000Z"),
            ("1/9/2007 10:41:00 AM +01:00", "2007-01-09T09:41:00.0000000Z"),
            ("15/01/2024 10:11:12", "2024-01-15T10:11:12.0000000Z"),
            ("05.01.2024 10:11:12", "2024-01-05T10:11:12.0000000Z"),
            ("/Date(1700000000123)/", "2023-11-14T22:13:20.1230000Z"),
            ("/Date(1700000000123+0100)/", "2023-11-14T22:13:20.1230000Z"),
            (" 2025-01-15 09:35:20.456 ", "2025-01-15T09:35:20.4560000Z"),
        ] {
            assert_eq!(read(text).unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_names_no_instant_is_refused() {
        for text in [
            "",
            "soon",
            "13/13/2024",
            "1/2/2024 25:00:00",
            "1/2/2024 13:00:00 PM",
            "/Date(x)/",
            "1/2",
            "1/2/2024 9:61 é",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
