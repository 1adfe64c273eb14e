//! Times as an analyst types them: a clock, a date, both, or an offset from the current row.

use crate::model::{Span, Time};

/// The accepted forms.
pub const FORMS: &str = "14:02, 14:02:31, 2026-05-01 14:02, 05-01, +10m or -2h";

/// Reads a time, UTC. `here` supplies the parts left out: the day of a clock, the year of a date.
///
/// # Errors
/// A sentence that names the text and the accepted forms.
pub fn parse(text: &str, here: Time) -> Result<Time, String> {
    let text = text.trim();
    let bad = || format!("\"{text}\" is no time: write {FORMS}");
    if let Some(span) = text.strip_prefix('+') {
        return Span::parse(span).map(|span| here.plus(span)).map_err(|_| bad());
    }
    if let Some(span) = text.strip_prefix('-') {
        return Span::parse(span).map(|span| here.minus(span)).map_err(|_| bad());
    }
    if let Some(time) = Time::parse(text) {
        return Ok(time);
    }
    let text = text.trim_end_matches(['Z', 'z']);
    if text.is_empty() {
        return Err(bad());
    }
    let here = here.second();
    let (date, clock) = match text.split_once([' ', 'T', 't']) {
        Some((date, clock)) => (date, clock.trim()),
        None if text.contains(':') => ("", text),
        None => (text, "00:00"),
    };
    let date = match date.len() {
        0 => here.get(..10).unwrap_or_default().to_owned(),
        // A month and a day.
        5 => format!("{}{date}", here.get(..5).unwrap_or_default()),
        _ => date.to_owned(),
    };
    let hour = clock.find(':').unwrap_or(0);
    let seconds = if clock.matches(':').count() == 1 { ":00" } else { "" };
    let zero = if hour == 1 { "0" } else { "" };
    Time::parse(&format!("{date}T{zero}{clock}{seconds}")).ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_that_of_the_row() {
        let here = Time::parse("2026-05-01T14:02:31.5Z").unwrap();
        for (text, time) in [
            ("14:02", "2026-05-01 14:02:00"),
            (" 9:05 ", "2026-05-01 09:05:00"),
            ("14:02:31", "2026-05-01 14:02:31"),
            ("14:02:31Z", "2026-05-01 14:02:31"),
            ("2026-04-30 23:59", "2026-04-30 23:59:00"),
            ("2026-04-30T23:59:07Z", "2026-04-30 23:59:07"),
            ("04-20", "2026-04-20 00:00:00"),
            ("04-20 7:30", "2026-04-20 07:30:00"),
            ("2026-04-20", "2026-04-20 00:00:00"),
            ("+10m", "2026-05-01 14:12:31"),
            ("-2h", "2026-05-01 12:02:31"),
            ("-1d", "2026-04-30 14:02:31"),
        ] {
            assert_eq!(parse(text, here).map(Time::second).as_deref(), Ok(time), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_what_is_one() {
        let here = Time::parse("2026-05-01T14:02:31Z").unwrap();
        for text in
            ["", "x", "25:00", "14", "2026-13-01", "+", "+10", "-", "14:0", "ä", "02-30", "1:2:3:4", "T14:02:31é"]
        {
            assert!(parse(text, here).is_err_and(|why| why.contains("14:02:31") && why.contains("+10m")), "{text}");
        }
        assert!(parse("14:02", Time::MISSING).is_err(), "there is no day to take");
    }
}
