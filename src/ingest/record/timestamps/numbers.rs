//! Times that are plain numbers: counted from 1970, from 1601 or from year 1, or a spreadsheet's days.
//!
//! The size of a number shows its kind: the ranges of the years 2000 to 2099 do not overlap.

use super::{Fault, Form, Read};
use crate::model::{Number, Span, Time, number};

/// First and last second of the years that are believed.
const SECONDS: std::ops::Range<i128> = 946_684_800..4_102_444_800;
/// Days from a spreadsheet's day 0 to 1970.
const SERIAL_EPOCH: i64 = 25_569;
/// Ticks from 1601, and from year 1, to 1970.
const SINCE_1601: i128 = 116_444_736_000_000_000;
const SINCE_YEAR_ONE: i128 = 621_355_968_000_000_000;
const TICKS: i128 = 10_000_000;
/// Digits after the point that fix the second of a day; fewer do where they are a whole minute.
const EXACT_DIGITS: usize = 5;

/// Reads a text of digits, with a fraction or without; `None` where it is no number.
pub(super) fn read(text: &str) -> Option<Result<Read, Fault>> {
    let text = text.trim();
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 40 {
        return None;
    }
    if text.contains(['e', 'E']) {
        return match number(text) {
            Number::Whole(whole) => Some(of_count(&whole.to_string(), "")),
            Number::Damaged => Some(Err(Fault::Shortened)),
            Number::None => None,
        };
    }
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() < 5 || !digits(whole) || !digits(fraction) {
        return None;
    }
    if whole.len() == 5 { Some(serial(whole, fraction)) } else { Some(of_count(whole, fraction)) }
}

/// A count of seconds or of a part of them.
fn of_count(whole: &str, fraction: &str) -> Result<Read, Fault> {
    let count: i128 = whole.parse().map_err(|_| Fault::NoTime)?;
    let within = |per_second: i128| SECONDS.contains(&count.div_euclid(per_second));
    let since = |ticks: i128| i64::try_from(ticks).ok().map(Time::from_ticks);
    // Ticks of a fraction that counts units of so many.
    let part = |unit: i128| {
        let digits = &fraction[..fraction.len().min(12)];
        let scale = 10i128.pow(u32::try_from(digits.len()).unwrap_or(0));
        digits.parse::<i128>().map_or(0, |part| part * unit / scale)
    };
    let time = if within(1) {
        since(count * TICKS + part(TICKS))
    } else if within(1_000) {
        since(count * 10_000 + part(10_000))
    } else if within(1_000_000) {
        since(count * 10)
    } else if within(1_000_000_000) {
        since(count.div_euclid(100))
    } else if SECONDS.contains(&(count - SINCE_1601).div_euclid(TICKS)) {
        since(count - SINCE_1601)
    } else if SECONDS.contains(&(count - SINCE_YEAR_ONE).div_euclid(TICKS)) {
        since(count - SINCE_YEAR_ONE)
    } else {
        None
    };
    time.map(|time| Read { form: Form::Count, zoned: true, ..Read::at(time) }).ok_or(Fault::NoTime)
}

/// A spreadsheet's day number.
fn serial(whole: &str, fraction: &str) -> Result<Read, Fault> {
    let days: i64 = whole.parse().map_err(|_| Fault::NoTime)?;
    let midnight = (days - SERIAL_EPOCH) * 86_400;
    if !SECONDS.contains(&i128::from(midnight)) {
        return Err(Fault::NoTime);
    }
    let digits = &fraction[..fraction.len().min(15)];
    let scale = 10i128.pow(u32::try_from(digits.len()).unwrap_or(0));
    let ticks = digits.parse::<i128>().unwrap_or(0) * 86_400 * TICKS;
    // As fine as the digits are: a millisecond where there are eight, else a second.
    let (step, exact) = if digits.len() >= 8 {
        (TICKS / 1000, true)
    } else {
        (TICKS, digits.len() >= EXACT_DIGITS || ticks % (scale * 60 * TICKS) == 0)
    };
    let rounded = (ticks + scale * step / 2).div_euclid(scale * step) * step;
    let day = Time::from_ticks(midnight * 10_000_000);
    let time = day.plus(Span::from_ticks(i64::try_from(rounded).map_err(|_| Fault::NoTime)?));
    Ok(Read { form: Form::Serial, day_only: fraction.is_empty() || !exact, ..Read::at(time) })
}
