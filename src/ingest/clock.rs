//! Times as exports write them, beyond the ISO form.

use crate::model::{Span, Time};

/// Which of a date's two small numbers is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The form tells, or both readings are one day.
    Told,
    /// Only day first names a day.
    DayFirst,
    /// Only month first names a day.
    MonthFirst,
    /// Both do: read month first; day first it is this time.
    Either(Time),
}

/// Reads a time in any form an export is known to use; `None` for anything else.
///
/// Dots and hyphens always mean day, then month.
pub(super) fn read(text: &str) -> Option<(Time, Order)> {
    let told = |time| (time, Order::Told);
    Time::parse(text).map(told).or_else(|| {
        let text = text.trim();
        Time::parse(text).or_else(|| dot_net(text)).map(told).or_else(|| spoken(text))
    })
}

/// `/Date(1700000000000)/`, with an offset that says nothing about the instant.
fn dot_net(text: &str) -> Option<Time> {
    let inner = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let end = inner.char_indices().skip(1).find(|(_, c)| matches!(c, '+' | '-')).map_or(inner.len(), |(at, _)| at);
    Time::from_unix_millis(inner[..end].parse().ok()?)
}

/// `4/19/2021, 12:13:19.483 PM`, `19.04.2021 12:13:19`, `1/9/2007 10:41:00 AM +01:00`.
fn spoken(text: &str) -> Option<(Time, Order)> {
    let spaced = text.replace(['\u{202f}', '\u{a0}'], " ");
    let mut words = spaced.split([' ', ',']).filter(|word| !word.is_empty());
    let date = words.next()?;
    let (mut hour, minute, second, ticks) = words.next().map_or(Some((0, 0, 0, 0)), clock_parts)?;
    let mut offset = 0;
    for word in words {
        match word.to_ascii_uppercase().as_str() {
            "AM" if (1..=12).contains(&hour) => hour %= 12,
            "PM" if (1..=12).contains(&hour) => hour = hour % 12 + 12,
            "Z" | "UTC" | "+00:00" => {}
            zone => offset = zone_minutes(zone)?,
        }
    }
    let on = |day| Some(Time::from_civil(day, (hour, minute, second), ticks)?.minus(Span::minutes(offset)));
    let (first, second, year, slashes) = numbers(date)?;
    let (by_month, by_day) = (on((year, first, second)), on((year, second, first)));
    match (by_month, by_day) {
        (_, Some(day)) if !slashes => Some((day, Order::Told)),
        (Some(month), Some(_)) if slashes && first == second => Some((month, Order::Told)),
        (Some(month), Some(day)) if slashes => Some((month, Order::Either(day))),
        (Some(month), None) if slashes => Some((month, Order::MonthFirst)),
        (None, Some(day)) => Some((day, Order::DayFirst)),
        _ => None,
    }
}

/// The two small numbers of a date, its year, and whether slashes stand between them.
fn numbers(word: &str) -> Option<(u32, u32, i32, bool)> {
    let mut numbers = word.split(['/', '.', '-']).map(|part| part.parse::<u32>().ok());
    let (first, second, year) = (numbers.next()??, numbers.next()??, numbers.next()??);
    if numbers.next().is_some() || year < 1000 {
        return None;
    }
    Some((first, second, i32::try_from(year).ok()?, word.contains('/')))
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
            assert_eq!(read(text).unwrap().0.to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_a_date_says_of_its_order() {
        let order = |text| read(text).unwrap().1;
        assert_eq!(order("15/01/2024 10:11:12"), Order::DayFirst);
        assert_eq!(order("1/15/2024"), Order::MonthFirst);
        assert_eq!(order("05.01.2024"), Order::Told);
        assert_eq!(order("3/3/2024"), Order::Told);
        assert_eq!(order("2024-03-04T00:00:00Z"), Order::Told);
        assert_eq!(order("3/4/2024 1:00 PM +01:00"), Order::Either(Time::parse("2024-04-03T12:00:00Z").unwrap()));
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
