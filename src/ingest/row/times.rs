//! The times of a row: what stands for each, and what has to be said of it.

use super::{Draft, Rows};
use crate::ingest::tally::Note;
use crate::ingest::timestamps::{self, Form, Order};
use crate::model::{Field, Flags, Span, Time};
use crate::store::is_blank;
use crate::tables::Rank;

/// What stands for one of a row's times, the better the greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stand {
    /// No text, or one that says nothing.
    Nothing,
    /// A text that is no time.
    Unread,
    /// A day without a time of day.
    Day,
    /// An instant.
    Instant,
}

/// What the times of a row say of the order of day and month, or of a spreadsheet's day numbers.
#[derive(Default)]
pub(super) struct Dates {
    pub(super) day_first: u64,
    pub(super) month_first: u64,
    pub(super) serial: bool,
    /// The times read the other way round, where that names a day too.
    pub(super) created: Option<Other>,
    pub(super) ingested: Option<Other>,
}

/// The other reading of a time.
#[derive(Clone, Copy)]
pub(in crate::ingest) struct Other {
    pub(in crate::ingest) time: Time,
    /// Whether it is the one with the day first.
    pub(in crate::ingest) day_first: bool,
}

/// An event whose times read either way, or are day numbers.
pub(in crate::ingest) struct EitherWay {
    /// Its place in the part.
    pub(in crate::ingest) event: usize,
    /// Event time.
    pub(in crate::ingest) created: Option<Other>,
    /// Ingest time.
    pub(in crate::ingest) ingested: Option<Other>,
    /// Whether a spreadsheet's day number stands for one.
    pub(in crate::ingest) serial: bool,
}

impl Draft {
    /// Settles which times stand for the event, and what has to be said of them. A day has no instant: a row that has
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

impl Rows {
    /// Takes the event time, or the ingest time.
    pub(super) fn time(&mut self, rank: Rank, text: &str, created: bool) {
        let at = usize::from(!created);
        let read = match timestamps::read(text) {
            Ok(read) => read,
            Err(_) if is_blank(text, Field::ResultDescription) => return,
            Err(fault) => {
                self.draft.clocks[at] = self.draft.clocks[at].max(Stand::Unread);
                self.draft.bad_time = Some(fault.words(text));
                return;
            }
        };
        let draft = &mut self.draft;
        let ahead = if read.zoned { Span::from_ticks(0) } else { draft.ahead };
        let time = read.time.minus(ahead);
        let (slot, held) = if created {
            (&mut draft.event.created, &mut draft.created)
        } else {
            (&mut draft.event.ingested, &mut draft.ingested)
        };
        let stand = if read.day_only { Stand::Day } else { Stand::Instant };
        // An instant says more than a day, whatever the column.
        if (stand, rank + 1) < (draft.clocks[at], *held) {
            return;
        }
        (*slot, *held, draft.clocks[at]) = (time, rank + 1, stand);
        match read.form {
            Form::Date => {}
            Form::ShortYear => draft.notes.add(Note::ShortYear),
            Form::SharedName => draft.notes.add(Note::SharedName),
            Form::Count => draft.notes.add(Note::Count),
            Form::Serial => draft.notes.add(Note::Serial),
        }
        if read.order != Order::Told || read.form == Form::Serial || draft.dates.is_some() {
            let dates = draft.dates.get_or_insert_default();
            let other = |time: Time, day_first| Some(Other { time: time.minus(ahead), day_first });
            let other = match read.order {
                Order::OrDayFirst(time) => other(time, true),
                Order::OrMonthFirst(time) => other(time, false),
                Order::Told | Order::DayFirst | Order::MonthFirst => None,
            };
            dates.day_first += u64::from(read.order == Order::DayFirst);
            dates.month_first += u64::from(read.order == Order::MonthFirst);
            dates.serial |= read.form == Form::Serial;
            *(if created { &mut dates.created } else { &mut dates.ingested }) = other;
        }
    }
}
