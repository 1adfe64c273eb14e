//! Every form goes there and back, and nothing is read as another instant than it was written for.

use super::*;
use proptest::prelude::*;

fn shown(text: &str) -> String {
    match read(text) {
        Ok(read) if read.day_only => read.time.day(),
        Ok(read) => read.time.to_string(),
        Err(fault) => format!("{fault:?}"),
    }
}

/// The instant of each of the texts below.
const SECOND: &str = "2026-05-20T14:02:04.0000000Z";

#[test]
fn the_forms_exports_use() {
    for (text, time) in [
        ("4/19/2021, 12:13:19.483 PM", "2021-04-19T12:13:19.4830000Z"),
        ("9/19/2023, 1:45:17.287\u{202f}PM", "2023-09-19T13:45:17.2870000Z"),
        ("11/14/2025 12:48:53 AM", "2025-11-14T00:48:53.0000000Z"),
        ("01/09/2007 09:41:00", "2007-01-09T09:41:00.0000000Z"),
        ("1/9/2007 10:41:00 AM +01:00", "2007-01-09T09:41:00.0000000Z"),
        ("15/01/2024 10:11:12", "2024-01-15T10:11:12.0000000Z"),
        ("05.01.2024 10:11:12", "2024-01-05T10:11:12.0000000Z"),
        ("/Date(1700000000123)/", "2023-11-14T22:13:20.1230000Z"),
        ("/Date(1700000000123+0100)/", "2023-11-14T22:13:20.1230000Z"),
        (" 2025-01-15 09:35:20.456 ", "2025-01-15T09:35:20.4560000Z"),
        ("5/20/2026 10:02 AM EDT", "2026-05-20T14:02:00.0000000Z"),
        ("2026-05-20 14:02:04.123 +0000 UTC", "2026-05-20T14:02:04.1230000Z"),
        ("2026-05-20 16:02:04 +0200 CEST", SECOND),
        ("Wed May 20 2026 16:02:04 GMT+0200 (Central European Summer Time)", SECOND),
        ("20260520140204.123456+000", "2026-05-20T14:02:04.1234560Z"),
        ("20260520T140204Z", SECOND),
        ("1779285724", SECOND),
        ("1779285724.5", "2026-05-20T14:02:04.5000000Z"),
        ("1779285724123", "2026-05-20T14:02:04.1230000Z"),
        ("1779285724123456", "2026-05-20T14:02:04.1234560Z"),
        ("1779285724123456700", "2026-05-20T14:02:04.1234567Z"),
        ("134237593240000000", SECOND),
        ("639148825240000000", SECOND),
        ("1.779285724123E+12", "2026-05-20T14:02:04.1230000Z"),
        ("46162.58476852", SECOND),
        ("46162,58477", SECOND),
        ("46162.5", "2026-05-20T12:00:00.0000000Z"),
    ] {
        assert_eq!(shown(text), time, "{text}");
    }
}

#[test]
fn one_instant_in_many_tongues() {
    for text in [
        "2026/05/20 14:02:04",
        "2026/5/20 14:02:04",
        "20.5.2026 14.02.04",
        "20.5.2026 klo 14.02.04",
        "20/5/2026 2:02:04 p. m.",
        "2026-05-20, 2:02:04 p.m.",
        "2026-05-20 2:02:04 PM",
        "2026/5/20 下午2:02:04",
        "2026/5/20 午後 2:02:04",
        "2026. 5. 20. 오후 2:02:04",
        "2026年5月20日 14:02:04",
        "2026年5月20日水曜日 14時02分04秒",
        "2026年5月20日星期三 下午2:02:04",
        "2026년 5월 20일 오후 2시 02분 04초",
        "2026/05/20(水) 14:02:04",
        "20.5.2026, 14:02:04,000",
        "May 20, 2026 @ 14:02:04.000",
        "May 20, 2026 2:02:04 PM",
        "20-May-2026 14:02:04",
        "20 May 2026 14:02:04",
        "20 May 2026, 14:02:04 UTC",
        "Wednesday, May 20, 2026 2:02:04 PM",
        "Wednesday, 20 May 2026 14:02:04",
        "Wed, 20 May 2026 14:02:04 GMT",
        "Wed May 20 14:02:04 2026",
        "Wed May 20 14:02:04 UTC 2026",
        "20/May/2026:14:02:04 +0000",
        "20th May 2026 14:02:04",
        "May 20th, 2026 at 2:02:04 PM",
        "14:02:04 20.05.2026",
        "14:02:04 20/5/2026",
        "Mittwoch, 20. Mai 2026 um 14:02:04",
        "20. Mai 2026, 14:02:04 Uhr",
        "mercredi 20 mai 2026 à 14:02:04",
        "mer. 20 mai 2026 14 h 02 min 04 s",
        "miércoles, 20 de mayo de 2026 14:02:04",
        "20 de maio de 2026 às 14:02:04",
        "quarta-feira, 20 de maio de 2026 14:02:04",
        "mercoledì 20 maggio 2026 14:02:04",
        "woensdag 20 mei 2026 14:02:04",
        "20-05-2026 14:02:04",
        "onsdag 20. maj 2026 kl. 14.02.04",
        "onsdag 20 maj 2026 kl. 14:02:04",
        "keskiviikkona 20. toukokuuta 2026 klo 14.02.04",
        "środa, 20 maja 2026 14:02:04",
        "středa 20. května 2026 14:02:04",
        "2026. május 20., szerda 14:02:04",
        "2026. 05. 20. 14:02:04",
        "20 Mayıs 2026 Çarşamba 14:02:04",
        "20.05.2026 ÖS 2:02:04",
        "20 мая 2026 г. 14:02:04",
        "среда, 20 мая 2026 г. в 14:02:04",
        "20 травня 2026 р. о 14:02:04",
        "20.5.2026 г. 14:02:04 ч.",
        "Τετάρτη, 20 Μαΐου 2026 2:02:04 μ.μ.",
        "miercuri, 20 mai 2026, 14:02:04",
        "2026 m. gegužės 20 d. 14:02:04",
        "2026. gada 20. maijs 14:02:04",
        "20/5/2026 2:02:04 CH",
        "20 tháng 5, 2026 14:02:04",
        "٢٠‏/٥‏/٢٠٢٦ ٢:٠٢:٠٤ م",
        "20.05.26 14:02:04",
    ] {
        assert_eq!(shown(text), SECOND, "{text}");
    }
}

#[test]
fn a_day_is_told_from_an_instant() {
    for text in [
        "20.05.2026",
        "2026-05-20",
        "2026/05/20",
        "20 May 2026",
        "May 20, 2026",
        "20260520",
        "46162",
        "2026年5月20日",
        "20.05.26",
    ] {
        assert_eq!(shown(text), "2026-05-20", "{text}");
    }
    assert!(!read("2026-05-20T00:00:00Z").unwrap().day_only, "midnight is a time of day");
    assert!(read("46162.58").unwrap().day_only, "two digits tell a quarter of an hour");
}

#[test]
fn what_a_date_says_of_its_order() {
    let order = |text| read(text).unwrap().order;
    let time = |text| Time::parse(text).unwrap();
    assert_eq!(order("15/01/2024 10:11:12"), Order::DayFirst);
    assert_eq!(order("1/15/2024"), Order::MonthFirst);
    assert_eq!(order("05.01.2024"), Order::Certain);
    assert_eq!(order("3/3/2024"), Order::Certain);
    assert_eq!(order("2024-03-04T00:00:00Z"), Order::Certain);
    assert_eq!(order("3/4/2024 1:00 PM +01:00"), Order::OrDayFirst(time("2024-04-03T12:00:00Z")));
    assert_eq!(order("03-04-2024 12:00"), Order::OrMonthFirst(time("2024-03-04T12:00:00Z")));
    assert_eq!(order("01-15-2024 12:00"), Order::MonthFirst);
    assert_eq!(order("Wed, 3/4/2024 12:00"), Order::DayFirst, "3 April 2024 was a Wednesday, 4 March was not");
}

#[test]
fn what_names_no_instant_is_refused_and_why() {
    for text in [
        "",
        "soon",
        "[]",
        "-",
        "13/13/2024",
        "1/2/2024 25:00:00",
        "1/2/2024 13:00:00 PM",
        "/Date(x)/",
        "1/2",
        "1/2/2024 9:61",
        "2/30/2026 10:00",
        "05.20.2026 10:00",
        "20/5/2569 14:02:04",
        "Tue, 20 May 2026 14:02:04 GMT",
        "20 Mumble 2026 14:02:04",
        "20.05.2026 02:04.1",
        "2026-05-20 14:02:04 +0200 UTC",
        "5/2026",
        "May 2026",
        "123456",
        "99999999999999999999999999",
    ] {
        assert_eq!(read(text), Err(Fault::NoTime), "{text}");
    }
    for text in ["02:04.1", "14:02", "14:02:04", "00:00.0", "2:02 PM"] {
        assert_eq!(read(text), Err(Fault::NoDay), "{text}");
    }
    for (text, word) in
        [("5/20/2026 10:02 AM CST", "cst"), ("20.05.2026 10:02 W. Europe Standard Time", "w. europe standard time")]
    {
        assert_eq!(read(text), Err(Fault::Zone(word.to_owned())), "{text}");
    }
    assert_eq!(read("1.78E+12"), Err(Fault::Shortened));
}

#[test]
fn a_doubtful_name_or_year_is_marked() {
    assert_eq!(read("20. listopada 2026 10:00").unwrap().form, Form::SharedName);
    assert_eq!(read("5/20/26 14:02").unwrap().form, Form::ShortYear);
    assert!(read("1779285724").unwrap().zoned && !read("2026-05-20 10:00:00").unwrap().zoned);
}

#[test]
fn every_name_of_a_month_is_read_and_in_every_place() {
    for (month, names) in (1..).zip(names::MONTHS) {
        for name in names.split_whitespace() {
            for text in [
                format!("20 {name} 2026 14:02:04"),
                format!("20-{name}-2026 14:02:04"),
                format!("20. {name}. 2026, 14:02:04"),
                format!("{name} 20, 2026 14:02:04"),
                format!("2026. {name} 20. 14:02:04"),
                format!("20 {} 2026 14:02:04", name.to_uppercase()),
            ] {
                assert_eq!(shown(&text), format!("2026-{month:02}-20T14:02:04.0000000Z"), "{text}");
            }
        }
    }
}

/// A way to write a time: its name, the finest step it keeps, and the text.
type Writer = (&'static str, i64, fn(&Parts) -> String);

struct Parts {
    year: i64,
    month: usize,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    ticks: i64,
    /// Picks a name among a month's.
    pick: usize,
    unix: i128,
}

impl Parts {
    fn name(&self) -> &'static str {
        let names: Vec<&str> = names::MONTHS[self.month - 1].split_whitespace().collect();
        names[self.pick % names.len()]
    }

    fn half(&self) -> (&'static str, &'static str) {
        names::HALVES[self.pick % (names::HALVES.len() - 1)]
    }

    fn twelve(&self) -> (u32, &'static str) {
        let (am, pm) = self.half();
        (if self.hour.is_multiple_of(12) { 12 } else { self.hour % 12 }, if self.hour < 12 { am } else { pm })
    }
}

const TICK: i64 = 1;
const MILLI: i64 = 10_000;
const WHOLE: i64 = 10_000_000;
const MINUTE: i64 = 60 * WHOLE;

const WRITERS: [Writer; 22] = [
    ("iso", TICK, |p| {
        format!("{}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}Z", p.year, p.month, p.day, p.hour, p.minute, p.second, p.ticks)
    }),
    ("iso minutes", MINUTE, |p| format!("{}-{:02}-{:02}T{:02}:{:02}Z", p.year, p.month, p.day, p.hour, p.minute)),
    ("slashes year first", MILLI, |p| {
        format!("{}/{}/{} {}:{:02}:{:02}.{:03}", p.year, p.month, p.day, p.hour, p.minute, p.second, p.ticks / MILLI)
    }),
    ("day first", WHOLE, |p| {
        format!("{:02}/{:02}/{} {:02}:{:02}:{:02}", p.day, p.month, p.year, p.hour, p.minute, p.second)
    }),
    ("month first", WHOLE, |p| format!("{}/{}/{} {}:{:02}:{:02}", p.month, p.day, p.year, p.hour, p.minute, p.second)),
    ("hyphens", WHOLE, |p| {
        format!("{:02}-{:02}-{} {:02}:{:02}:{:02}", p.day, p.month, p.year, p.hour, p.minute, p.second)
    }),
    ("dots", WHOLE, |p| format!("{}.{}.{} {}:{:02}:{:02}", p.day, p.month, p.year, p.hour, p.minute, p.second)),
    ("dots all through", WHOLE, |p| {
        format!("{}.{}.{} {}.{:02}.{:02}", p.day, p.month, p.year, p.hour, p.minute, p.second)
    }),
    ("comma for the fraction", MILLI, |p| {
        format!(
            "{}.{}.{}, {:02}:{:02}:{:02},{:03}",
            p.day,
            p.month,
            p.year,
            p.hour,
            p.minute,
            p.second,
            p.ticks / MILLI
        )
    }),
    ("spaced dots", WHOLE, |p| {
        format!("{}. {:02}. {:02}. {}:{:02}:{:02}", p.year, p.month, p.day, p.hour, p.minute, p.second)
    }),
    ("units", WHOLE, |p| format!("{}年{}月{}日 {}時{}分{}秒", p.year, p.month, p.day, p.hour, p.minute, p.second)),
    ("twelve hours", WHOLE, |p| {
        let (hour, half) = p.twelve();
        format!("{}.{}.{} {hour}:{:02}:{:02} {half}", p.day, p.month, p.year, p.minute, p.second)
    }),
    ("twelve hours, word first", WHOLE, |p| {
        let (am, pm) = names::HALVES[1 + p.pick % 3];
        let (hour, half) = (p.twelve().0, if p.hour < 12 { am } else { pm });
        format!("{}/{}/{} {half}{hour}:{:02}:{:02}", p.year, p.month, p.day, p.minute, p.second)
    }),
    ("name between", WHOLE, |p| {
        format!("{} {} {} {:02}:{:02}:{:02}", p.day, p.name(), p.year, p.hour, p.minute, p.second)
    }),
    ("name first", MILLI, |p| {
        format!(
            "{} {}, {} @ {:02}:{:02}:{:02}.{:03}",
            p.name(),
            p.day,
            p.year,
            p.hour,
            p.minute,
            p.second,
            p.ticks / MILLI
        )
    }),
    ("year behind", WHOLE, |p| {
        format!("{} {} {:02}:{:02}:{:02} {}", p.name(), p.day, p.hour, p.minute, p.second, p.year)
    }),
    ("seconds", WHOLE, |p| p.unix.div_euclid(10_000_000).to_string()),
    ("milliseconds", MILLI, |p| p.unix.div_euclid(10_000).to_string()),
    ("microseconds", 10, |p| p.unix.div_euclid(10).to_string()),
    ("nanoseconds", TICK, |p| (p.unix * 100).to_string()),
    ("file time", TICK, |p| (p.unix + 116_444_736_000_000_000).to_string()),
    ("day number", MILLI, |p| {
        let day = 864_000_000_000;
        let days = p.unix.div_euclid(day) + 25_569;
        format!("{days}.{:011}", p.unix.rem_euclid(day) / 10_000 * 10_000 * 100_000_000_000 / day)
    }),
];

proptest! {
    #[test]
    fn every_form_goes_there_and_back(
        seconds in 978_307_200i64..4_000_000_000,
        ticks in 0i64..10_000_000,
        pick in 0usize..1000,
    ) {
        let time = Time::from_ticks(seconds * WHOLE + ticks);
        let text = time.to_string();
        let part = |from: usize, to: usize| text[from..to].parse::<u32>().unwrap();
        let parts = Parts {
            year: i64::from(part(0, 4)),
            month: part(5, 7) as usize,
            day: part(8, 10),
            hour: part(11, 13),
            minute: part(14, 16),
            second: part(17, 19),
            ticks,
            pick,
            unix: i128::from(time.ticks()),
        };
        for (name, step, write) in WRITERS {
            let written = write(&parts);
            let parsed = read(&written);
            prop_assert!(parsed.is_ok(), "{name}: {written}: {parsed:?}");
            let parsed = parsed.unwrap();
            let whole = time.floor(Span::from_ticks(step));
            let other = match parsed.order {
                Order::OrDayFirst(other) | Order::OrMonthFirst(other) => other,
                _ => parsed.time,
            };
            prop_assert!(parsed.time == whole || other == whole, "{name}: {written}: {} is not {whole}", parsed.time);
            prop_assert!(!parsed.day_only, "{name}: {written}");
        }
    }

    #[test]
    fn any_text_is_read_without_a_fault(text in "\\PC{0,40}") {
        let _ = read(&text);
    }

    #[test]
    fn texts_of_times_that_were_damaged_are_no_other_time(
        cut in 10usize..20,
        seconds in 978_307_200i64..4_000_000_000,
    ) {
        // A time that lost its end names the same day, an instant within its unit, or nothing.
        let time = Time::from_ticks(seconds * WHOLE);
        let text = time.second();
        let cut = cut.min(text.len());
        if let Ok(parsed) = read(&text[..cut]) {
            prop_assert!(parsed.time.day() == time.day() && parsed.time <= time, "{}: {}", &text[..cut], parsed.time);
        }
    }
}
