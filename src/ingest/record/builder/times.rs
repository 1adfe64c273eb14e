//! The times of a record, and notes on them.

use super::{Record, RecordReader};
use crate::ingest::record::timestamps::{self, Form, Order};
use crate::ingest::stats::Note;
use crate::model::{Field, Flags, Span, Time};
use crate::store::is_blank;
use crate::tables::Rank;

/// Quality of one of a record's times, the better the greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stand {
    /// No text, or a blank one.
    Nothing,
    /// A text that is no time.
    Unread,
    /// A day without a time of day.
    Day,
    /// An instant.
    Instant,
}

/// Order of day and month in the dates of a record, and a spreadsheet's day numbers in it.
#[derive(Default)]
pub(super) struct Dates {
    pub(super) day_first: u64,
    pub(super) month_first: u64,
    pub(super) serial: bool,
    /// The times read the other way round, where that names a day too.
    pub(super) created: Option<OtherReading>,
    pub(super) ingested: Option<OtherReading>,
}

/// The other reading of a time.
#[derive(Clone, Copy)]
pub(crate) struct OtherReading {
    pub(crate) time: Time,
    /// True if it is the one with the day first.
    pub(crate) day_first: bool,
}

/// An event whose dates could be day-first or month-first, or are day numbers.
pub(crate) struct AmbiguousDate {
    /// Its place in the part.
    pub(crate) event: usize,
    /// Event time.
    pub(crate) created: Option<OtherReading>,
    /// Ingest time.
    pub(crate) ingested: Option<OtherReading>,
    /// True if one of them is a spreadsheet's day number.
    pub(crate) serial: bool,
}

impl Record {
    /// Decides which times the event gets, and notes what is wrong with them. A day has no instant: a row that has
    /// no more is at its midnight and takes part in no window of time.
    pub(super) fn stand(&mut self) {
        let [created, ingested] = self.clocks;
        if created == Stand::Instant && ingested == Stand::Instant {
            return;
        }
        if ingested == Stand::Unread {
            self.notes.add(Note::IngestUnread);
        }
        match (created, ingested) {
            (Stand::Instant, Stand::Day) => {
                self.event.ingested = Time::MISSING;
                self.notes.add(Note::IngestUnread);
            }
            (Stand::Instant, _) | (Stand::Nothing, Stand::Instant) => {}
            (Stand::Day, Stand::Instant) => {
                self.event.created = Time::MISSING;
                self.event.flags.set(Flags::UNTIMED, true);
                self.notes.add(Note::NoTimeOfDay);
            }
            (Stand::Unread, Stand::Instant) => {
                self.event.flags.set(Flags::UNTIMED, true);
                self.notes.add(Note::EventTimeUnread);
            }
            (_, _) => {
                self.event.flags.set(Flags::UNTIMED | Flags::NO_INSTANT, true);
                self.notes.add(Note::NoTimeOfDay);
            }
        }
    }
}

impl RecordReader {
    /// Takes the event time, or the ingest time.
    pub(super) fn time(&mut self, rank: Rank, text: &str, created: bool) {
        let at = usize::from(!created);
        let read = match timestamps::read(text) {
            Ok(read) => read,
            Err(_) if is_blank(text, Field::ResultDescription) => return,
            Err(fault) => {
                self.record.clocks[at] = self.record.clocks[at].max(Stand::Unread);
                self.record.bad_time = Some(fault.words(text));
                return;
            }
        };
        let record = &mut self.record;
        let utc_offset = if read.zoned { Span::from_ticks(0) } else { record.utc_offset };
        let time = read.time.minus(utc_offset);
        let (slot, held) = if created {
            (&mut record.event.created, &mut record.created)
        } else {
            (&mut record.event.ingested, &mut record.ingested)
        };
        let stand = if read.day_only { Stand::Day } else { Stand::Instant };
        // An instant says more than a day, whatever the column.
        if (stand, rank + 1) < (record.clocks[at], *held) {
            return;
        }
        (*slot, *held, record.clocks[at]) = (time, rank + 1, stand);
        match read.form {
            Form::Date => {}
            Form::ShortYear => record.notes.add(Note::ShortYear),
            Form::SharedName => record.notes.add(Note::SharedName),
            Form::Count => record.notes.add(Note::Count),
            Form::Serial => record.notes.add(Note::Serial),
        }
        if read.order != Order::Certain || read.form == Form::Serial || record.dates.is_some() {
            let dates = record.dates.get_or_insert_default();
            let other = |time: Time, day_first| Some(OtherReading { time: time.minus(utc_offset), day_first });
            let other = match read.order {
                Order::OrDayFirst(time) => other(time, true),
                Order::OrMonthFirst(time) => other(time, false),
                Order::Certain | Order::DayFirst | Order::MonthFirst => None,
            };
            dates.day_first += u64::from(read.order == Order::DayFirst);
            dates.month_first += u64::from(read.order == Order::MonthFirst);
            dates.serial |= read.form == Form::Serial;
            *(if created { &mut dates.created } else { &mut dates.ingested }) = other;
        }
    }
}
