//! Times as exports, spreadsheets and people write them: the one table of forms.
//!
//! | form | such as |
//! |---|---|
//! | ISO, with `T`, space or nothing between | `2026-05-20T14:02:04.1234567Z`, `2026-05-20 14:02`, `20260520T140204Z` |
//! | numbers, any mark between | `5/20/2026`, `20.5.2026`, `2026/5/20`, `2026. 5. 20.`, `2026年5月20日`, `20.05.26` |
//! | names of months | `May 20, 2026`, `20-May-2026`, `20 de mayo de 2026`, `2026. május 20.`, `Wed May 20 14:02:04 2026` |
//! | clock, before or after the date | `14:02:04.123`, `14.02.04`, `2:02:04 p. m.`, `下午2:02:04`, `14h02`, `14時02分04秒` |
//! | zone | none (UTC), `Z`, `+02:00`, `UTC+2`, `+0000 UTC`, a word of [`zones`] |
//! | counts | seconds to nanoseconds since 1970, `/Date(ms)/`, ticks since 1601 or year 1, a spreadsheet's day number |
//!
//! The whole source decides which of two small numbers is the day ([`Order`]). A text that could be two instants
//! for another reason is not read.

mod names;
mod numbers;
mod zones;

use crate::model::{Span, Time};
use zones::Unknown;
pub(crate) use zones::minutes as zone_minutes;

/// Order of the two small numbers of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The form shows it, or both readings are one day.
    Certain,
    /// Only day first names a day.
    DayFirst,
    /// Only month first names a day.
    MonthFirst,
    /// Both do: read month first; day first it is this time.
    OrDayFirst(Time),
    /// Both do: read day first; month first it is this time.
    OrMonthFirst(Time),
}

/// Kind of text that a time was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A date.
    Date,
    /// A date whose year has two digits.
    ShortYear,
    /// A date whose month's name another language uses for another month.
    SharedName,
    /// A count of seconds or of parts of them.
    Count,
    /// A spreadsheet's day number.
    Serial,
}

/// A time that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Read {
    /// The instant; midnight where the text names a day only.
    pub(crate) time: Time,
    /// Order of its day and month.
    pub(crate) order: Order,
    /// True if it has no time of day.
    pub(crate) day_only: bool,
    /// True if it names its zone, or needs none.
    pub(crate) zoned: bool,
    /// Kind of text it was.
    pub(crate) form: Form,
}

impl Read {
    /// A time in full, but for its zone.
    fn at(time: Time) -> Self {
        Self { time, order: Order::Certain, day_only: false, zoned: false, form: Form::Date }
    }
}

/// Reason that a text is no time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is in no form that is known.
    NoTime,
    /// It has a clock and no day: a spreadsheet shows a cell so, and saves what it shows.
    NoDay,
    /// A spreadsheet wrote fewer digits than the number has.
    Shortened,
    /// Its zone is a word that is not known, or is used for two zones.
    Zone(String),
}

impl Fault {
    /// The reason as the end of a sentence that begins with "its time".
    pub(crate) fn words(&self, text: &str) -> String {
        let shown: String = text.chars().take(40).collect();
        let again = "export again without opening the file in a spreadsheet";
        match self {
            Self::NoTime => format!("cannot be read: \"{shown}\""),
            Self::NoDay => format!("was cut by a spreadsheet, its day is lost; {again}: \"{shown}\""),
            Self::Shortened => format!("was shortened by a spreadsheet, digits of it are lost; {again}: \"{shown}\""),
            Self::Zone(word) => format!("has a zone that is not known ({word}): \"{shown}\""),
        }
    }
}

/// Reads a time in any form.
///
/// # Errors
/// With the reason that it is none.
#[inline]
pub(crate) fn read(text: &str) -> Result<Read, Fault> {
    if let Some(time) = Time::parse(text) {
        let zone_at = text.bytes().rposition(|byte| matches!(byte, b'Z' | b'z' | b'+' | b'-'));
        return Ok(Read { day_only: text.len() == 10, zoned: zone_at.is_some_and(|at| at > 10), ..Read::at(time) });
    }
    spoken(text)
}

#[inline(never)]
fn spoken(text: &str) -> Result<Read, Fault> {
    let plain = plain(text);
    if let Some(time) = dot_net(&plain) {
        return Ok(Read { zoned: true, form: Form::Count, ..Read::at(time) });
    }
    if let Some(read) = compact(&plain) {
        return read;
    }
    if let Some(read) = numbers::read(&plain) {
        return read;
    }
    if Time::parse(&plain).is_some() {
        return read(&plain);
    }
    let with_weekday = |weekday: bool| Cursor { rest: &plain }.whole(weekday);
    match with_weekday(true) {
        // `Mar` is a day in some languages and a month in others.
        Err(Fault::NoTime) => with_weekday(false),
        read => read,
    }
}

/// Lower case, with ASCII digits and plain spaces, without marks of direction.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.trim().to_lowercase().chars() {
        match c {
            // Marks of direction, and what lower case leaves beside a letter: a dot of a Turkish i, an accent of a Greek one.
            '\u{200e}'
            | '\u{200f}'
            | '\u{61c}'
            | '\u{202a}'..='\u{202e}'
            | '\u{feff}'
            | '\u{301}'
            | '\u{307}'
            | '\u{308}' => {}
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' | '\t' | '\n' | '\r' => plain.push(' '),
            '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}' => {
                plain.push(char::from_digit(c as u32 & 0xf, 10).unwrap_or(c));
            }
            '\u{ff10}'..='\u{ff19}' => plain.push(char::from_digit(c as u32 & 0xf, 10).unwrap_or(c)),
            '：' => plain.push(':'),
            '’' => plain.push('\''),
            _ => plain.push(c),
        }
    }
    plain
}

/// `/Date(1700000000000)/`, with an offset that does not change the instant.
fn dot_net(text: &str) -> Option<Time> {
    let inner = text.strip_prefix("/date(")?.strip_suffix(")/")?;
    let end = inner.char_indices().skip(1).find(|(_, c)| matches!(c, '+' | '-')).map_or(inner.len(), |(at, _)| at);
    Time::from_unix_millis(inner[..end].parse().ok()?)
}

/// `20260520T140204Z`, `20260520140204.123456+000`, `20260520`.
fn compact(text: &str) -> Option<Result<Read, Fault>> {
    let run = text.bytes().take_while(u8::is_ascii_digit).count();
    let (date, rest) = match run {
        8 | 12 | 14 => text.split_at(8),
        _ => return None,
    };
    let digits = |text: &str| text.parse::<u32>().ok();
    let (year, month, day) = (date[..4].parse().ok()?, digits(&date[4..6])?, digits(&date[6..])?);
    if !(2000..2100).contains(&year) {
        return None;
    }
    let on = |clock, ticks| Time::from_civil((year, month, day), clock, ticks);
    if rest.is_empty() {
        return Some(on((0, 0, 0), 0).map(|time| Read { day_only: true, ..Read::at(time) }).ok_or(Fault::NoTime));
    }
    let rest = rest.strip_prefix(['t', ' ']).unwrap_or(rest);
    let run = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !matches!(run, 4 | 6) {
        return None;
    }
    let second = if run == 6 { digits(&rest[4..6])? } else { 0 };
    let clock = (digits(&rest[..2])?, digits(&rest[2..4])?, second);
    let mut cursor = Cursor { rest: &rest[run..] };
    let ticks = cursor.fraction().unwrap_or(0);
    Some(cursor.placed(|offset| on(clock, ticks).map(|time| time.minus(Span::minutes(offset)))))
}

/// Stands for seconds where minutes have a fraction: no instant has so many.
const NO_SECOND: u32 = 99;

/// The rest of a text.
#[derive(Clone, Copy)]
struct Cursor<'t> {
    rest: &'t str,
}

/// A date as written: year, and the two small numbers in their written order.
#[derive(Clone, Copy)]
struct Date {
    year: i32,
    first: u32,
    second: u32,
    mark: Mark,
    form: Form,
}

/// Order of a date's small numbers, as far as its form shows it.
#[derive(Clone, Copy, PartialEq)]
enum Mark {
    /// Month, then day.
    MonthFirst,
    /// Day, then month.
    DayFirst,
    /// Slashes: the source decides, month first where it does not.
    Slashes,
    /// Hyphens: the source decides, day first where it does not.
    Hyphens,
}

#[derive(Clone, Copy)]
struct Clock {
    hour: u32,
    minute: u32,
    second: u32,
    ticks: i64,
}

impl<'t> Cursor<'t> {
    /// A date, a clock or none, and a zone or none, in that order or with the clock first.
    fn whole(mut self, weekday: bool) -> Result<Read, Fault> {
        let mut named = if weekday { self.weekday() } else { None };
        let start = self;
        let (date, clock, mut year_behind) = if let Some((date, has_year)) = self.date() {
            self.between(&mut named);
            (date, self.clock(), !has_year)
        } else {
            self = start;
            let clock = self.clock().ok_or(Fault::NoTime)?;
            if self.rest.trim().is_empty() {
                return Err(Fault::NoDay);
            }
            self.between(&mut named);
            let (date, has_year) = self.date().ok_or(Fault::NoTime)?;
            (date, Some(clock), !has_year)
        };
        let mut date = date;
        self.word_of(names::FILLERS);
        self.between(&mut named);
        // `Wed May 20 14:02:04 UTC 2026`.
        if year_behind
            && let Some((before, year)) = self.rest.trim_end().rsplit_once(' ').or(Some(("", self.rest.trim())))
        {
            date.year = year.parse().ok().filter(|_| year.len() == 4).ok_or(Fault::NoTime)?;
            self.rest = before;
            year_behind = false;
        }
        if year_behind || !(1900..2200).contains(&date.year) {
            return Err(Fault::NoTime);
        }
        let offset = match zones::read(self.rest) {
            Ok(offset) => offset,
            Err(Unknown::Word(word)) if clock.is_some() => return Err(Fault::Zone(word)),
            Err(_) => return Err(Fault::NoTime),
        };
        if clock.is_none() && offset.is_some() {
            return Err(Fault::NoTime);
        }
        let day_only = clock.is_none();
        let clock = clock.unwrap_or(Clock { hour: 0, minute: 0, second: 0, ticks: 0 });
        let on = |month, day| {
            let time =
                Time::from_civil((date.year, month, day), (clock.hour, clock.minute, clock.second), clock.ticks)?;
            Some(time.minus(Span::minutes(offset.unwrap_or(0))))
        };
        let is_named = |month, day| match named {
            None | Some(0) => true,
            Some(named) => weekday_of(date.year, month, day) == Some(named),
        };
        let (time, order) = date.decided(on, is_named).ok_or(Fault::NoTime)?;
        Ok(Read { time, order, day_only, zoned: offset.is_some(), form: date.form })
    }

    /// Reads the zone that ends a compact time of day.
    fn placed(self, on: impl Fn(i64) -> Option<Time>) -> Result<Read, Fault> {
        match zones::read(self.rest) {
            Ok(offset) => {
                let time = on(offset.unwrap_or(0)).ok_or(Fault::NoTime)?;
                Ok(Read { zoned: offset.is_some(), ..Read::at(time) })
            }
            Err(Unknown::Word(word)) => Err(Fault::Zone(word)),
            Err(Unknown::Other) => Err(Fault::NoTime),
        }
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, marks: &[char]) -> Option<char> {
        let c = self.rest.chars().next().filter(|c| marks.contains(c))?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// A number of at most four digits, and how many there are.
    fn number(&mut self) -> Option<(u32, usize)> {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if !(1..=4).contains(&digits) {
            return None;
        }
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        Some((number.parse().ok()?, digits))
    }

    fn small(&mut self) -> Option<u32> {
        let before = *self;
        let small = self.number().filter(|(_, digits)| *digits <= 2);
        if small.is_none() {
            *self = before;
        }
        small.map(|(number, _)| number)
    }

    /// The letters at the front, hyphens and apostrophes between them included.
    fn word(&self) -> &'t str {
        let end = self.rest.find(|c: char| !c.is_alphabetic() && !matches!(c, '\'' | '-')).unwrap_or(self.rest.len());
        self.rest[..end].trim_end_matches(['-', '\''])
    }

    /// Takes the word at the front where it is one of these, and a dot behind it.
    fn word_of(&mut self, words: &str) -> bool {
        let before = *self;
        self.space();
        let word = self.word();
        // `t14:02` is a word and a number.
        if !word.is_empty() && words.split_whitespace().any(|known| known == word) {
            self.rest = &self.rest[word.len()..];
            self.eat(&['.']);
            return true;
        }
        *self = before;
        false
    }

    /// A day's name, in brackets too, with the text after it.
    fn weekday(&mut self) -> Option<u32> {
        let before = *self;
        self.space();
        let bracket = self.eat(&['(']).is_some();
        let word = self.word();
        let single = ["日", "月", "火", "水", "木", "金", "土", "월", "화", "수", "목", "금", "토", "일"];
        let day = names::day(word).or_else(|| (bracket && single.contains(&word)).then_some(0));
        let Some(day) = day else {
            *self = before;
            return None;
        };
        self.rest = &self.rest[word.len()..];
        self.eat(&['.']);
        if bracket && self.eat(&[')']).is_none() {
            *self = before;
            return None;
        }
        self.eat(&[',', '،']);
        self.space();
        Some(day)
    }

    /// Passes over words and marks between day and clock.
    fn between(&mut self, named: &mut Option<u32>) {
        loop {
            self.space();
            if let Some(day) = self.weekday() {
                *named = Some(day);
            } else if self.eat(&[',', '،', '@', ';', '|']).is_none() && !self.word_of(names::FILLERS) {
                break;
            }
        }
        // `20/May/2026:14:02:04`, `20.05.2026 - 14:02`, `2026-05-20_14:02`.
        let before = *self;
        self.eat(&[':', '-', '_']);
        self.space();
        if !self.rest.starts_with(|c: char| c.is_ascii_digit())
            || before.rest.starts_with('-') && !before.rest.starts_with("- ")
        {
            *self = before;
        }
    }

    /// A date, and whether it has its year.
    fn date(&mut self) -> Option<(Date, bool)> {
        let start = *self;
        let found = self.date_of_numbers().map(|date| (date, true)).or_else(|| {
            *self = start;
            self.date_of_names()
        })?;
        self.eat(&['.']);
        while self.word_of(names::AFTER_YEAR) {}
        Some(found)
    }

    fn date_of_numbers(&mut self) -> Option<Date> {
        let (first, digits) = self.number()?;
        self.space();
        let mark = self.eat(&['/', '.', '-', '\u{2013}', '年', '년'])?;
        self.space();
        let second = self.small()?;
        self.space();
        let again = self.eat(&['/', '.', '-', '\u{2013}', '月', '월'])?;
        self.space();
        let (third, last) = self.number()?;
        let units = matches!(mark, '年' | '년');
        if units {
            self.space();
            self.eat(&['日', '일'])?;
        }
        if !units && mark != again {
            return None;
        }
        let year = |number: u32| i32::try_from(number).ok();
        match (digits, last) {
            (4, 1..=2) => Some(Date {
                year: year(first)?,
                first: second,
                second: third,
                mark: Mark::MonthFirst,
                form: Form::Date,
            }),
            (1..=2, 4 | 2) if !units => {
                let mark = match mark {
                    '/' => Mark::Slashes,
                    '-' | '\u{2013}' => Mark::Hyphens,
                    _ => Mark::DayFirst,
                };
                let (year, form) = short_year(third, last)?;
                Some(Date { year, first, second, mark, form })
            }
            _ => None,
        }
    }

    /// A date whose month has a name.
    fn date_of_names(&mut self) -> Option<(Date, bool)> {
        let Some((first, digits)) = self.number() else {
            let (month, shared) = self.month()?;
            let day = self.small()?;
            self.ordinal();
            let form = if shared { Form::SharedName } else { Form::Date };
            let date = Date { year: 0, first: month, second: day, mark: Mark::MonthFirst, form };
            let before = *self;
            self.separator();
            let year = self.number().filter(|(_, digits)| *digits == 4);
            // A number before a colon is an hour.
            let Some((year, _)) = year.filter(|_| !self.rest.starts_with(':') || before.rest.starts_with(',')) else {
                *self = before;
                return Some((date, false));
            };
            return Some((Date { year: i32::try_from(year).ok()?, ..date }, true));
        };
        self.ordinal();
        self.separator();
        if digits == 4 {
            // `2026 m. gegužės 20 d.`, `2026. gada 20. maijs`.
            while self.word_of("m gada г р") {}
            self.space();
            let before = *self;
            if let Some((month, shared)) = self.month() {
                let day = self.small()?;
                let form = if shared { Form::SharedName } else { Form::Date };
                let year = i32::try_from(first).ok()?;
                return Some((Date { year, first: month, second: day, mark: Mark::MonthFirst, form }, true));
            }
            *self = before;
            let day = self.small()?;
            self.ordinal();
            self.separator();
            let (month, shared) = self.month()?;
            let form = if shared { Form::SharedName } else { Form::Date };
            let year = i32::try_from(first).ok()?;
            return Some((Date { year, first: month, second: day, mark: Mark::MonthFirst, form }, true));
        }
        let (month, shared) = self.month()?;
        let (year, digits) = self.number()?;
        let (year, form) = short_year(year, digits)?;
        let form = if shared { Form::SharedName } else { form };
        Some((Date { year, first: month, second: first, mark: Mark::MonthFirst, form }, true))
    }

    /// A month's name, or `5月` and `tháng 5`, with the text after it.
    fn month(&mut self) -> Option<(u32, bool)> {
        let before = *self;
        if let Some(number) = self.small() {
            if self.eat(&['月', '월']).is_some() {
                self.separator();
                return Some((number, false));
            }
            *self = before;
            return None;
        }
        if self.word_of("tháng thg") {
            self.space();
            let number = self.small()?;
            self.separator();
            return Some((number, false));
        }
        let word = self.rest.find(|c: char| !c.is_alphabetic()).map_or(self.rest, |end| &self.rest[..end]);
        let found = names::month(word)?;
        self.rest = &self.rest[word.len()..];
        self.separator();
        Some(found)
    }

    /// `20th`, `1er`, `20º`.
    fn ordinal(&mut self) {
        let before = *self;
        let found = self.eat(&['º', 'ª', '°']).is_some() || {
            let word = self.word();
            let known = ["st", "nd", "rd", "th", "er", "e", "a"].contains(&word);
            self.rest = &self.rest[if known { word.len() } else { 0 }..];
            known
        };
        if !found {
            *self = before;
        }
    }

    /// Passes over marks and words between the parts of a date with a name: spaces, `de`, `of`.
    fn separator(&mut self) {
        self.space();
        self.eat(&['.', '/', '-', '\u{2013}', ',']);
        while self.word_of("de del di of d de'") {}
        self.eat(&[',']);
        self.space();
    }

    fn clock(&mut self) -> Option<Clock> {
        let start = *self;
        let found = self.clock_parts();
        if found.is_none() {
            *self = start;
        }
        found
    }

    fn clock_parts(&mut self) -> Option<Clock> {
        let before_noon = self.half();
        self.space();
        let hour = self.small()?;
        let spelt = *self;
        self.space();
        let mark =
            if self.unit(&["h", "時", "时", "點", "点", "시", "ч"]) { ' ' } else { self.eat(&[':', '.'])? };
        if mark != ' ' && spelt.rest.starts_with(' ') {
            return None;
        }
        self.space();
        let (minute, digits) = self.number()?;
        let spelt = *self;
        self.space();
        if digits != 2 && mark != ' ' {
            return None;
        }
        let minute_unit = mark == ' ' && self.unit(&["min", "分", "분", "м", "m"]);
        self.space();
        let mut clock = Clock { hour, minute, second: 0, ticks: 0 };
        if !minute_unit {
            *self = spelt;
        }
        let second = if mark == ' ' { minute_unit } else { self.eat(&[mark]).is_some() };
        if second {
            let before = *self;
            if let Some(number) = self.small() {
                clock.second = number;
                clock.ticks = self.fraction().unwrap_or(0);
                if mark == ' ' {
                    self.space();
                    self.unit(&["sec", "s", "秒", "초", "с"]);
                }
            } else if mark == ' ' {
                *self = before;
            } else {
                return None;
            }
        } else if mark == ':'
            && self.rest.starts_with(['.', ','])
            && self.rest[1..].starts_with(|c: char| c.is_ascii_digit())
        {
            // Minutes with a fraction are minutes and seconds of which the hour was cut: no clock of a day.
            clock.ticks = self.fraction()?;
            clock.second = NO_SECOND;
        }
        let half = before_noon.or_else(|| self.half());
        clock.hour = match half {
            None => clock.hour,
            Some(_) if clock.hour > 12 => return None,
            Some(false) => clock.hour % 12,
            Some(true) => clock.hour % 12 + 12,
        };
        Some(clock)
    }

    /// `.1234567`, `,123` or `:123`, in ticks.
    fn fraction(&mut self) -> Option<i64> {
        let before = *self;
        let mark = self.eat(&['.', ',', ':'])?;
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || mark == ':' && digits < 3 || digits > 12 {
            *self = before;
            return None;
        }
        let (fraction, rest) = self.rest.split_at(digits);
        self.rest = rest;
        let ticks = fraction.bytes().chain(std::iter::repeat(b'0')).take(7);
        Some(ticks.fold(0, |ticks, digit| ticks * 10 + i64::from(digit - b'0')))
    }

    fn unit(&mut self, units: &[&str]) -> bool {
        let found = units.iter().find_map(|unit| {
            let rest = self.rest.strip_prefix(unit)?;
            let whole = !unit.is_ascii() || !rest.starts_with(|c: char| c.is_alphabetic());
            whole.then_some(rest)
        });
        if let Some(rest) = found {
            self.rest = rest.strip_prefix('.').unwrap_or(rest);
        }
        found.is_some()
    }

    /// Returns whether a word for the half of the day means after noon; dots and spaces in it do not count.
    fn half(&mut self) -> Option<bool> {
        let halves = names::HALVES.iter().flat_map(|(am, pm)| [(*am, false), (*pm, true)]);
        let found =
            halves.filter_map(|(word, after)| Some((self.spelt(word)?, after))).min_by_key(|(rest, _)| rest.len());
        let (rest, after) = found?;
        self.rest = rest;
        Some(after)
    }

    /// The text after a word that may have dots and spaces between its letters.
    fn spelt(&self, word: &str) -> Option<&'t str> {
        let skip = |text: &'t str| text.trim_start_matches(['.', ' ']);
        let mut rest = self.rest.trim_start();
        for (at, letter) in word.chars().enumerate() {
            if at > 0 {
                rest = skip(rest);
            }
            rest = rest.strip_prefix(letter)?;
        }
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        let is_latin = word.chars().all(|c| (c as u32) < 0x600);
        (!is_latin || !rest.starts_with(char::is_alphabetic)).then_some(rest)
    }
}

impl Date {
    /// The time, and what the date says of the order of day and month.
    fn decided(
        &self,
        on: impl Fn(u32, u32) -> Option<Time>,
        is_named: impl Fn(u32, u32) -> bool,
    ) -> Option<(Time, Order)> {
        let Self { first, second, mark, .. } = *self;
        let by_month = on(first, second).filter(|_| is_named(first, second));
        let by_day = on(second, first).filter(|_| is_named(second, first));
        match (mark, by_month, by_day) {
            (Mark::MonthFirst, month, _) => Some((month?, Order::Certain)),
            (Mark::DayFirst, _, day) => Some((day?, Order::Certain)),
            (_, Some(month), Some(_)) if first == second => Some((month, Order::Certain)),
            (Mark::Slashes, Some(month), Some(day)) => Some((month, Order::OrDayFirst(day))),
            (Mark::Hyphens, Some(month), Some(day)) => Some((day, Order::OrMonthFirst(month))),
            (_, Some(month), None) => Some((month, Order::MonthFirst)),
            (_, None, Some(day)) => Some((day, Order::DayFirst)),
            (_, None, None) => None,
        }
    }
}

/// The year of two or four digits.
fn short_year(year: u32, digits: usize) -> Option<(i32, Form)> {
    let year = i32::try_from(year).ok()?;
    match digits {
        4 => Some((year, Form::Date)),
        2 if year < 70 => Some((2000 + year, Form::ShortYear)),
        _ => None,
    }
}

/// The day of the week, from 1 for Monday.
fn weekday_of(year: i32, month: u32, day: u32) -> Option<u32> {
    let midnight = Time::from_civil((year, month, day), (0, 0, 0), 0)?;
    // The first of 1970 was a Thursday.
    let days = midnight.ticks().div_euclid(86_400 * 10_000_000);
    u32::try_from((days + 3).rem_euclid(7)).ok().map(|day| day + 1)
}

#[cfg(test)]
mod tests;
