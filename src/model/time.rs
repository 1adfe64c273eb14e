//! Time in ticks of 100 ns, the precision Entra logs with, and spans of it.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::time::{Duration, SystemTime};

/// Ticks in one second.
const SECOND: i64 = 10_000_000;
/// Seconds from 0001-01-01 to the Unix epoch, where Kusto's bins begin.
const KUSTO_EPOCH_SECONDS: i64 = 62_135_596_800;

/// An instant in UTC, in 100 ns ticks since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// "No time" inside a [`EventHead`](crate::model::EventHead); sorts before every real time.
    pub const MISSING: Self = Self(i64::MIN);

    /// From ticks of 100 ns since the Unix epoch.
    pub fn from_ticks(ticks: i64) -> Self {
        Self(ticks)
    }

    /// Ticks of 100 ns since the Unix epoch.
    pub fn ticks(self) -> i64 {
        self.0
    }

    /// Returns whether this is a real time.
    pub fn is_known(self) -> bool {
        self != Self::MISSING
    }

    /// `Some` unless missing.
    pub fn known(self) -> Option<Self> {
        self.is_known().then_some(self)
    }

    /// From calendar parts in UTC; `None` when they name no instant in the years 1 to 9999.
    pub fn from_civil(date: (i32, u32, u32), clock: (u32, u32, u32), ticks: i64) -> Option<Self> {
        let day = NaiveDate::from_ymd_opt(date.0, date.1, date.2).filter(|d| (1..=9999).contains(&d.year()))?;
        let (hour, minute, second) = clock;
        // A leap second reads as the first instant after it.
        if hour > 23 || minute > 59 || second > 60 || !(0..SECOND).contains(&ticks) {
            return None;
        }
        let days = i64::from(day.num_days_from_ce()) - 719_163;
        let seconds = days * 86_400 + i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        Some(Self(seconds * SECOND + ticks))
    }

    /// From milliseconds since the Unix epoch; `None` outside the years 1 to 9999.
    pub fn from_unix_millis(millis: i64) -> Option<Self> {
        let bounds = -62_135_596_800_000..=253_402_300_799_999;
        bounds.contains(&millis).then(|| Self(millis * 10_000))
    }

    /// From a clock of the machine; missing outside the years 1 to 9999.
    pub fn from_clock(clock: SystemTime) -> Self {
        let ticks = |span: Duration| i128::try_from(span.as_nanos() / 100).unwrap_or(i128::MAX);
        let ticks = match clock.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => ticks(after),
            Err(before) => -ticks(before.duration()),
        };
        let bounds = -KUSTO_EPOCH_SECONDS * SECOND..253_402_300_800 * SECOND;
        i64::try_from(ticks).ok().filter(|ticks| bounds.contains(ticks)).map_or(Self::MISSING, Self)
    }

    /// Reads `YYYY-MM-DD[T ]hh:mm:ss[.fraction][Z|±hh:mm]`, also a bare date (its midnight UTC).
    ///
    /// No zone means UTC; digits past the seventh are cut. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let date = (i32::try_from(digits(bytes, 0, 4)?).ok()?, digits(bytes, 5, 2)?, digits(bytes, 8, 2)?);
        if bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        if bytes.len() == 10 {
            return Self::from_civil(date, (0, 0, 0), 0);
        }
        if !matches!(bytes[10], b'T' | b't' | b' ') {
            return None;
        }
        let clock = (digits(bytes, 11, 2)?, digits(bytes, 14, 2)?, digits(bytes, 17, 2)?);
        if bytes[13] != b':' || bytes[16] != b':' {
            return None;
        }
        let (ticks, rest) = fraction(&bytes[19..])?;
        let offset = zone(rest)?;
        Self::from_civil(date, clock, ticks).map(|time| Self(time.0 - offset * 60 * SECOND))
    }

    /// `self + span`, clamped to what an instant can hold.
    #[must_use]
    pub fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// `self - span`, clamped to what an instant can hold.
    #[must_use]
    pub fn minus(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0).max(i64::MIN + 1))
    }

    /// The span from `earlier` to `self`; negative when `earlier` is later.
    pub fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    /// Number of its UTC day since 1970.
    pub fn day_number(self) -> i64 {
        self.0.div_euclid(Span::DAY.0)
    }

    /// Minute boundaries crossed from `earlier` to `self`: Kusto's `datetime_diff('minute', self, earlier)`.
    pub fn minute_boundaries_since(self, earlier: Self) -> i64 {
        self.0.div_euclid(60 * SECOND) - earlier.0.div_euclid(60 * SECOND)
    }

    /// The step of the time by its digits: a second, a millisecond or a tick.
    pub fn precision(self) -> Span {
        let steps = [Span::seconds(1), Span::from_ticks(10_000)];
        steps.into_iter().find(|step| self.0.rem_euclid(step.0) == 0).unwrap_or(Span::from_ticks(1))
    }

    /// The last whole step up to this time.
    #[must_use]
    pub fn floor(self, step: Span) -> Self {
        Self(self.0.saturating_sub(self.0.rem_euclid(step.0.max(1))))
    }

    /// The index of the bin of length `bin` this time falls in, counted since year 1 as Kusto's `bin()` does.
    pub fn bin(self, bin: Span) -> i128 {
        let since_year_one = i128::from(self.0) + i128::from(KUSTO_EPOCH_SECONDS) * i128::from(SECOND);
        since_year_one.div_euclid(i128::from(bin.0.max(1)))
    }

    /// `2026-05-01 14:02:00`, for screens.
    pub fn second(self) -> String {
        self.format("%Y-%m-%d %H:%M:%S")
    }

    /// `2026-05-01T14:02:00Z`; `None` of no time.
    pub fn rfc3339(self) -> Option<String> {
        let time = self.to_chrono()?;
        let Some(year) = u32::try_from(time.year()).ok().filter(|year| *year <= 9999) else {
            return Some(self.format("%Y-%m-%dT%H:%M:%SZ"));
        };
        // By hand: a pattern takes as long as the rest of a row.
        let mut text = "0000-00-00T00:00:00Z".as_bytes().to_vec();
        let parts = [(0..4, year), (5..7, time.month()), (8..10, time.day())];
        let clock = [(11..13, time.hour()), (14..16, time.minute()), (17..19, time.second())];
        for (places, mut number) in parts.into_iter().chain(clock) {
            for place in places.rev() {
                text[place] = b"0123456789"[(number % 10) as usize];
                number /= 10;
            }
        }
        String::from_utf8(text).ok()
    }

    /// `14:02:00`, for columns whose day is clear.
    pub fn clock(self) -> String {
        self.format("%H:%M:%S")
    }

    /// `2026-05-01`.
    pub fn day(self) -> String {
        self.format("%Y-%m-%d")
    }

    fn format(self, pattern: &str) -> String {
        self.to_chrono().map_or_else(|| "-".to_owned(), |time| time.format(pattern).to_string())
    }

    fn to_chrono(self) -> Option<DateTime<Utc>> {
        let nanos = u32::try_from(self.0.rem_euclid(SECOND) * 100).ok()?;
        self.known().and_then(|_| DateTime::from_timestamp(self.0.div_euclid(SECOND), nanos))
    }
}

/// RFC 3339, UTC, always seven fractional digits and `Z`; a missing time is empty.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(time) = self.to_chrono() else { return Ok(()) };
        let ticks = time.nanosecond() / 100;
        write!(f, "{}.{ticks:07}Z", time.format("%Y-%m-%dT%H:%M:%S"))
    }
}

/// Serializes as printed: RFC 3339, UTC, seven digits.
impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom(format!("\"{text}\" is no time")))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_known() { serializer.collect_str(self) } else { serializer.serialize_none() }
    }
}

/// `count` ASCII digits from `start`, as a number.
fn digits(bytes: &[u8], start: usize, count: usize) -> Option<u32> {
    let mut value = 0;
    for byte in bytes.get(start..start + count)? {
        value = value * 10 + u32::from(byte.checked_sub(b'0').filter(|d| *d < 10)?);
    }
    Some(value)
}

/// Reads an optional `.fraction`; returns its ticks and the rest.
fn fraction(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let [b'.' | b',', rest @ ..] = bytes else { return Some((0, bytes)) };
    let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    if count == 0 {
        return None;
    }
    let mut ticks = 0;
    for digit in rest[..count].iter().map(|b| i64::from(b - b'0')).chain(std::iter::repeat(0)).take(7) {
        ticks = ticks * 10 + digit;
    }
    Some((ticks, &rest[count..]))
}

/// Minutes east of UTC of a zone suffix; nothing means UTC.
fn zone(bytes: &[u8]) -> Option<i64> {
    let bytes = bytes.trim_ascii_start();
    match bytes {
        [] | [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), rest @ ..] => {
            let hours = i64::from(digits(rest, 0, 2)?);
            let minutes = match rest.len() {
                2 => 0,
                4 => i64::from(digits(rest, 2, 2)?),
                5 if rest[2] == b':' => i64::from(digits(rest, 3, 2)?),
                _ => return None,
            };
            let offset = hours * 60 + minutes;
            Some(if *sign == b'-' { -offset } else { offset })
        }
        _ => None,
    }
}

/// A length of time in 100 ns ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

impl Span {
    /// A day.
    pub const DAY: Self = Self::minutes(24 * 60);

    /// From seconds.
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds * SECOND)
    }

    /// From minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self::seconds(minutes * 60)
    }

    /// From ticks of 100 ns.
    pub const fn from_ticks(ticks: i64) -> Self {
        Self(ticks)
    }

    /// As long, in the other direction.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self(self.0.saturating_neg())
    }

    /// Its length, whatever its direction.
    #[must_use]
    pub const fn length(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// Ticks of 100 ns.
    pub fn ticks(self) -> i64 {
        self.0
    }

    /// Whole seconds, rounded down.
    pub fn whole_seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// Whole minutes, rounded down.
    pub fn whole_minutes(self) -> i64 {
        self.0.div_euclid(60 * SECOND)
    }

    /// A threshold as [`Self::parse`] reads it: `10m`, `90m`, `2h`, `1d`; the largest unit that divides it.
    pub fn threshold(self) -> String {
        let seconds = self.whole_seconds();
        let units = [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")];
        let (unit, name) = units.into_iter().find(|(unit, _)| seconds % unit == 0).unwrap_or((1, "s"));
        format!("{}{name}", seconds / unit)
    }

    /// Reads `90s`, `10m`, `2h`, `1d` and joined forms such as `1h30m`; must be more than nothing.
    ///
    /// # Errors
    /// A sentence that names the text and the accepted forms.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = || format!("\"{text}\" is not a duration: write it like 90s, 10m, 2h or 1d");
        let mut total: i64 = 0;
        let mut number: Option<i64> = None;
        for c in text.trim().chars() {
            if let Some(digit) = c.to_digit(10) {
                let so_far = number.unwrap_or(0).checked_mul(10).ok_or_else(bad)?;
                number = Some(so_far.checked_add(i64::from(digit)).ok_or_else(bad)?);
                continue;
            }
            let unit = match c {
                's' => 1,
                'm' => 60,
                'h' => 3600,
                'd' => 86_400,
                _ => return Err(bad()),
            };
            let seconds = number.take().and_then(|n| n.checked_mul(unit)).ok_or_else(bad)?;
            total = total.checked_add(seconds).ok_or_else(bad)?;
        }
        // A century bounds every sum of times that follows.
        if number.is_some() || total <= 0 || total > 100 * 366 * 86_400 {
            return Err(bad());
        }
        Ok(Self::seconds(total))
    }
}

/// `7s`, `2m31s`, `1h04m`, `3d 2h`; sub-second parts are dropped, a negative span gets a minus.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = (self.0 / SECOND).abs();
        if self.0 < 0 && seconds > 0 {
            f.write_str("-")?;
        }
        match seconds {
            0..60 => write!(f, "{seconds}s"),
            60..3600 => write!(f, "{}m{:02}s", seconds / 60, seconds % 60),
            3600..86_400 => write!(f, "{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
            _ => write!(f, "{}d {}h", seconds / 86_400, seconds % 86_400 / 3600),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_seven_digits_survive() {
        for (text, shown) in [
            ("2026-05-01T14:02:00.1234567Z", "2026-05-01T14:02:00.1234567Z"),
            ("2026-05-01T14:02:00.123456789Z", "2026-05-01T14:02:00.1234567Z"),
            ("2026-05-01T14:02:00Z", "2026-05-01T14:02:00.0000000Z"),
            ("2026-05-01 14:02:00.5", "2026-05-01T14:02:00.5000000Z"),
            ("2026-05-01T16:02:00.0000001+02:00", "2026-05-01T14:02:00.0000001Z"),
            ("2026-05-01T09:02:00-05:00", "2026-05-01T14:02:00.0000000Z"),
            ("2026-05-01", "2026-05-01T00:00:00.0000000Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000Z"),
        ] {
            assert_eq!(Time::parse(text).unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_names_no_instant_is_refused() {
        for text in [
            "",
            "x",
            "2026-13-01",
            "2026-02-30T00:00:00Z",
            "2026-05-01T25:00:00Z",
            "2026-05-01T14:02:00.Z",
            "2026-05-01T14:02:00Q",
            "2026-05-01T14:02",
            "1/2/2026 3:04:05 PM",
            "20260501T140200Z",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_clock_is_read_wherever_it_stands() {
        let at = |seconds: i64| {
            let span = Duration::from_secs(seconds.unsigned_abs());
            let epoch = SystemTime::UNIX_EPOCH;
            if seconds < 0 { epoch.checked_sub(span) } else { epoch.checked_add(span) }.map(Time::from_clock)
        };
        for (seconds, shown) in [
            (0, "1970-01-01T00:00:00.0000000Z"),
            (-1, "1969-12-31T23:59:59.0000000Z"),
            (-62_135_596_800, "0001-01-01T00:00:00.0000000Z"),
            // chrono's nanoseconds end in 2262.
            (9_300_000_000, "2264-09-14T21:20:00.0000000Z"),
            (253_402_300_799, "9999-12-31T23:59:59.0000000Z"),
            // No stamp of four digits tells these.
            (-62_135_596_801, ""),
            (253_402_300_800, ""),
            (i64::MAX, ""),
            (-i64::MAX, ""),
        ] {
            // What the machine's clock cannot hold is nothing to read.
            let Some(time) = at(seconds) else { continue };
            assert_eq!(time.to_string(), shown, "{seconds}");
            assert_eq!(time.is_known(), !shown.is_empty(), "{seconds}");
        }
        let fraction = SystemTime::UNIX_EPOCH - Duration::from_nanos(100);
        assert_eq!(Time::from_clock(fraction).to_string(), "1969-12-31T23:59:59.9999999Z");
    }

    #[test]
    fn minute_boundaries_are_crossings_not_elapsed_minutes() {
        let t = |s| Time::parse(s).unwrap();
        assert_eq!(t("2026-05-01T14:04:37Z").minute_boundaries_since(t("2026-05-01T14:02:00Z")), 2);
        assert_eq!(t("2026-05-01T23:05:01Z").minute_boundaries_since(t("2026-05-01T23:00:59Z")), 5);
        assert_eq!(t("2026-05-01T14:03:00Z").minute_boundaries_since(t("2026-05-01T14:02:59.9999999Z")), 1);
    }

    #[test]
    fn spans_read_and_show() {
        assert_eq!(Span::parse("10m").unwrap(), Span::minutes(10));
        assert_eq!(Span::parse("1h30m").unwrap(), Span::minutes(90));
        for bad in ["", "10", "m", "-5m", "0s", "10 m", "99999999999999d", "1y"] {
            assert!(Span::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Span::seconds(151).to_string(), "2m31s");
        assert_eq!(Span::seconds(-7).to_string(), "-7s");
        for text in ["90s", "10m", "90m", "2h", "1d"] {
            assert_eq!(Span::parse(text).unwrap().threshold(), text);
        }
    }
}
