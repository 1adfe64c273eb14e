//! Gaps in a table's time: hours without rows where there usually are some.
//!
//! An hour is compared with the same hour of the same weekday in the other weeks the table covers; where it covers
//! fewer than three weeks, with the same hour of the other Mondays to Thursdays, for Friday to Sunday are weekends
//! somewhere. The share of those that have rows is how far rows are usual in that hour. A run of empty hours is a gap
//! when the shares add up to twelve hours; or, in a table that has rows in every other hour, from three hours on, one
//! where every other hour has ten rows. What lies before the first row and after the last cannot be judged.

use crate::model::{Span, Time};
use serde::Serialize;

/// Usual hours that must be empty.
const USUAL: f64 = 12.0;
/// Empty hours in a table that never rests.
const RESTLESS: i64 = 3;
/// Rows in every other hour that make one empty hour enough.
const DENSE: u32 = 10;
/// Fewest hours that tell what a table that never rests is like.
const ENOUGH: usize = 48;
/// No more of a run is looked at.
const LONGEST: i64 = 60 * 24;
/// Weeks that must be comparable.
const WEEKS: i64 = 3;

/// Whole hours of a table without rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Gap {
    /// The last row before.
    pub from: Time,
    /// The first row after.
    pub until: Time,
}

/// An hour that has rows: its number, its rows, its first and last.
struct Hour {
    number: i64,
    rows: u32,
    first: Time,
    last: Time,
}

/// The hours of a table that have rows, in order.
#[derive(Default)]
pub(super) struct Hours(Vec<Hour>);

impl Hours {
    /// Counts a row that is not before any counted so far.
    pub(super) fn add(&mut self, time: Time) {
        let number = time.ticks().div_euclid(Span::minutes(60).ticks());
        match self.0.last_mut() {
            Some(hour) if hour.number == number => {
                hour.rows = hour.rows.saturating_add(1);
                hour.last = time;
            }
            _ => self.0.push(Hour { number, rows: 1, first: time, last: time }),
        }
    }

    /// The gaps, in order.
    pub(super) fn gaps(&self) -> Vec<Gap> {
        gaps(&self.0)
    }
}

fn gaps(hours: &[Hour]) -> Vec<Gap> {
    let usual = Usual::new(hours);
    let runs = || hours.windows(2).filter(|pair| pair[1].number > pair[0].number + 1);
    let restless = hours.len() >= ENOUGH && runs().count() == 1;
    // The first and the last hour are cut off by the range of the export.
    let inner = hours.get(1..hours.len().saturating_sub(1)).unwrap_or_default();
    let least = if inner.iter().all(|hour| hour.rows >= DENSE) { 1 } else { RESTLESS };
    let is_gap = |pair: &&[Hour]| {
        let empty = pair[0].number + 1..pair[1].number;
        (restless && empty.end - empty.start >= least)
            || empty.take(usize::try_from(LONGEST).unwrap_or(usize::MAX)).map(|hour| usual.share(hour)).sum::<f64>()
                >= USUAL
    };
    runs().filter(is_gap).map(|pair| Gap { from: pair[0].last, until: pair[1].first }).collect()
}

const DAY: i64 = 24;
const WEEK: i64 = 7 * DAY;

/// Usual frequency of rows in each hour.
struct Usual {
    /// Hours with rows, by hour of the week.
    of_week: [f64; 168],
    /// Hours with rows from Monday to Thursday, by hour of the day.
    of_day: [f64; 24],
    weeks: f64,
    days: f64,
    long: bool,
}

impl Usual {
    fn new(hours: &[Hour]) -> Self {
        let (first, last) = (hours.first().map_or(0, |hour| hour.number), hours.last().map_or(0, |hour| hour.number));
        let range = last - first + 1;
        let mut usual =
            Self { of_week: [0.0; 168], of_day: [0.0; 24], weeks: 0.0, days: 0.0, long: range >= WEEKS * WEEK };
        for hour in hours {
            usual.of_week[of_week(hour.number)] += 1.0;
            if is_working_day(hour.number) {
                usual.of_day[of_day(hour.number)] += 1.0;
            }
        }
        let whole = |count: i64| f64::from(i32::try_from(count).unwrap_or(i32::MAX));
        usual.weeks = whole(range / WEEK);
        let days = (first.div_euclid(DAY)..=last.div_euclid(DAY)).take(usize::try_from(WEEKS * 7).unwrap_or(0));
        usual.days = whole(i64::try_from(days.filter(|day| is_working_day(day * DAY)).count()).unwrap_or(0));
        usual
    }

    /// The share of comparable hours that have rows, of an hour that has none.
    fn share(&self, hour: i64) -> f64 {
        // The hour itself is one of them.
        let (with_rows, all) = if self.long {
            (self.of_week[of_week(hour)], self.weeks - 1.0)
        } else if is_working_day(hour) {
            (self.of_day[of_day(hour)], self.days - 1.0)
        } else {
            return 0.0;
        };
        if all < 2.0 { 0.0 } else { (with_rows / all).min(1.0) }
    }
}

/// Hour of the week, from Monday midnight: the epoch's day was a Thursday.
fn of_week(hour: i64) -> usize {
    usize::try_from((hour + 3 * DAY).rem_euclid(WEEK)).expect("not negative")
}

fn of_day(hour: i64) -> usize {
    usize::try_from(hour.rem_euclid(DAY)).expect("not negative")
}

fn is_working_day(hour: i64) -> bool {
    of_week(hour) < 4 * 24
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows in the hours, counted from Monday 2026-04-06, that `keep` admits.
    fn table(hours: i64, keep: impl Fn(i64) -> u32) -> Vec<(String, String)> {
        let start = Time::parse("2026-04-06").unwrap();
        let mut table = Hours::default();
        for hour in 0..hours {
            for row in 0..keep(hour) {
                table.add(start.plus(Span::minutes(hour * 60 + i64::from(row))));
            }
        }
        let shown = |gap: &Gap| (gap.from.second()[5..16].to_owned(), gap.until.second()[5..16].to_owned());
        table.gaps().iter().map(shown).collect()
    }

    fn office(hour: i64) -> u32 {
        u32::from((8..18).contains(&(hour % 24)) && hour % WEEK < 5 * DAY)
    }

    fn gap(from: &str, until: &str) -> Vec<(String, String)> {
        vec![(from.to_owned(), until.to_owned())]
    }

    #[test]
    fn nights_weekends_and_one_day_off_are_no_gaps() {
        assert_eq!(table(4 * WEEK, office), []);
        assert_eq!(table(8 * DAY, office), [], "one weekend, nothing to compare it with");
        let holiday = |hour| if (7 * DAY..8 * DAY).contains(&hour) { 0 } else { office(hour) };
        assert_eq!(table(4 * WEEK, holiday), []);
        assert_eq!(table(60 * DAY, |hour| u32::from(hour % 31 == 0)), [], "too sparse to tell");
        assert_eq!(table(1, |_| 1), []);
        assert_eq!(table(0, |_| 1), []);
    }

    #[test]
    fn days_without_rows_are_a_gap() {
        let cut = |hour| if (8 * DAY..10 * DAY).contains(&hour) { 0 } else { office(hour) };
        assert_eq!(table(4 * WEEK, cut), gap("04-13 17:00", "04-16 08:00"));
        let cut = |hour| if (DAY..3 * DAY).contains(&hour) { 0 } else { office(hour) };
        assert_eq!(table(11 * DAY, cut), gap("04-06 17:00", "04-09 08:00"), "few weeks: by the hour of the day");
    }

    #[test]
    fn a_table_that_never_rests_shows_a_few_hours() {
        let cut = |from: i64, until: i64, rows| move |hour| if (from..until).contains(&hour) { 0 } else { rows };
        assert_eq!(table(3 * DAY, cut(30, 33, 1)), gap("04-07 05:00", "04-07 09:00"));
        assert_eq!(table(3 * DAY, cut(30, 32, 1)), []);
        assert_eq!(table(3 * DAY, cut(30, 31, 10)), gap("04-07 05:09", "04-07 07:00"));
    }
}
