//! Counts and times in words.

use crate::model::Time;
pub(super) use crate::model::words::counted;

/// `1 row`, `3 rows`.
pub(super) fn rows(count: u64) -> String {
    counted(count, "row")
}

/// The numbers of a bundle, the same everywhere: `7 sources, 9486 rows read, 786 duplicates, 0 skipped: 8700 events`.
pub fn read_words(sources: usize, read: u64, duplicates: u64, skipped: u64) -> String {
    let events = counted(read - duplicates, "event");
    let duplicates = counted(duplicates, "duplicate");
    format!("{}, {} read, {duplicates}, {skipped} skipped: {events}", counted(sources, "source"), rows(read))
}

/// `2026-05-01 14:02:00`, or a dash.
pub(super) fn second(time: Option<Time>) -> String {
    time.and_then(Time::known).map_or_else(|| "-".to_owned(), Time::second)
}

/// The words as a sentence.
pub(super) fn sentence(words: &str) -> String {
    let (first, rest) = words.split_at(words.chars().next().map_or(0, char::len_utf8));
    format!("{}{rest}.", first.to_uppercase())
}
