//! Rows of tables that are only counted, found by texts in them: their sources are read again, and only when asked for.

use super::bytes::decode::{self, FileRange};
use super::framing::stream;
use super::options::Options;
use super::record::builder::RecordReader;
use super::stats::{Left, SourceStats};
use crate::model::SourceId;
use regex::bytes::{Regex, RegexBuilder};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

/// Bytes looked through at a time.
const BLOCK: usize = 1 << 20;
/// Matches kept of one source: more of them are one and the same export of an intruder's rows.
const MATCHES: usize = 100_000;

/// Rows of one table in one source that hold any of the texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Position of the source.
    pub source: SourceId,
    /// Their table, as it is counted.
    pub table: String,
    /// Their number.
    pub rows: u64,
    /// Positions of the texts they hold, in order.
    pub texts: Vec<usize>,
}

/// Returns whether what stands around a match goes on with its word: an address is none in the middle of a longer one.
/// A full stop that ends a sentence goes on with nothing.
fn is_inside(before: Option<u8>, after: &[u8]) -> bool {
    let joins = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let goes_on = match after {
        [b'.', next, ..] | [next, ..] => joins(*next),
        [] => false,
    };
    goes_on || before.is_some_and(|byte| joins(byte) || byte == b'.')
}

/// The texts as one expression.
fn expression(texts: &[String]) -> Option<Regex> {
    let mut any: Vec<String> = texts.iter().filter(|text| !text.is_empty()).map(|text| regex::escape(text)).collect();
    // The first that fits is taken: the longer one.
    any.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let built = RegexBuilder::new(&any.join("|")).case_insensitive(true).unicode(false).build();
    built.ok().filter(|_| !any.is_empty())
}

/// The matches of a stream: offset and length of each.
struct Matches {
    found: Vec<(u64, Vec<u8>)>,
    /// Whether all of it was looked through.
    is_whole: bool,
}

fn matches(place: &FileRange, wanted: &Regex, longest: usize, most: u64) -> io::Result<Matches> {
    decode::open(place, u64::MAX, &|_| {}, |reader| {
        let (mut buffer, mut offset, mut left) = (Vec::new(), 0u64, most);
        let mut found = Vec::new();
        loop {
            let room = BLOCK.min(usize::try_from(left).unwrap_or(BLOCK));
            let read = (&mut *reader).take(room as u64).read_to_end(&mut buffer)?;
            left -= read as u64;
            let is_end = read == 0;
            // What begins in the last bytes may go on: it is looked at with the next block.
            let until = if is_end { buffer.len() } else { buffer.len().saturating_sub(longest + 2) };
            for one in wanted.find_iter(&buffer).filter(|one| one.start() < until) {
                let before = one.start().checked_sub(1).map(|at| buffer[at]);
                let is_bounded = !is_inside(before, &buffer[one.end()..]);
                // The byte kept before the first is what it was found behind.
                if is_bounded && (one.start() > 0 || offset == 0) && found.len() < MATCHES {
                    found.push((offset + one.start() as u64, one.as_bytes().to_ascii_lowercase()));
                }
            }
            if is_end {
                let is_whole = left > 0 && found.len() < MATCHES;
                return Ok(Matches { found, is_whole });
            }
            let drop = until.saturating_sub(1).min(buffer.len());
            buffer.drain(..drop);
            offset += drop as u64;
        }
    })?
}

/// The rows of one source that are only counted and hold any of the texts, of its first `most` decoded bytes; and
/// whether that was all of it.
///
/// # Errors
/// When it cannot be read any more.
pub(crate) fn carried(
    name: &str,
    source: SourceId,
    place: &FileRange,
    texts: &[String],
    most: u64,
) -> io::Result<(Vec<Carried>, bool)> {
    let Some(wanted) = expression(texts) else { return Ok((Vec::new(), true)) };
    let longest = texts.iter().map(String::len).max().unwrap_or(0);
    let Matches { found, is_whole } = matches(place, &wanted, longest, most)?;
    if found.is_empty() {
        return Ok((Vec::new(), is_whole));
    }
    let options = Options { max_bytes: most, ..Options::default() };
    let mut stats = SourceStats::new(source, name);
    stats.left = Some(Vec::new());
    decode::open(place, u64::MAX, &|_| {}, |reader| {
        stream::read(reader, &options, &mut RecordReader::default(), &mut stats, &mut |block, records, stats| {
            block.read(records, stats, &mut |_, _| true)
        });
    })?;
    let numbers: BTreeMap<String, usize> = (0..).zip(texts).map(|(at, text)| (text.to_ascii_lowercase(), at)).collect();
    let mut tables: BTreeMap<String, (u64, BTreeSet<usize>)> = BTreeMap::new();
    for Left { table, offset, len } in stats.left.unwrap_or_default() {
        let first = found.partition_point(|(at, _)| *at < offset);
        let within = found[first..].iter().take_while(|(at, _)| *at < offset + len as u64);
        let held: Vec<usize> =
            within.filter_map(|(_, text)| numbers.get(&*String::from_utf8_lossy(text)).copied()).collect();
        if !held.is_empty() {
            let (rows, texts) = tables.entry(table).or_default();
            *rows += 1;
            texts.extend(held);
        }
    }
    let carried = tables.into_iter().map(|(table, (rows, texts))| Carried {
        source,
        table,
        rows,
        texts: texts.into_iter().collect(),
    });
    Ok((carried.collect(), is_whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_as_a_word_of_its_own_and_across_blocks() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("rows");
        let mut bytes = b"198.51.100.7 198.51.100.77. x198.51.100.7 198.51.100.7.5 [198.51.100.7]".to_vec();
        bytes.resize(BLOCK - 6, b' ');
        bytes.extend_from_slice(b" AAAA-bbbb aaaa-bbbb-c\n");
        std::fs::write(&path, &bytes).unwrap();
        let texts = ["198.51.100.7", "198.51.100.77", "aaaa-bbbb"].map(str::to_owned);
        let found = |most| {
            let wanted = expression(&texts).unwrap();
            let Matches { found, is_whole } = matches(&FileRange::whole(&path), &wanted, 13, most).unwrap();
            (found.into_iter().map(|(at, text)| (at, text.len())).collect::<Vec<_>>(), is_whole)
        };
        let last = BLOCK as u64 - 5;
        assert_eq!(found(u64::MAX), (vec![(0, 12), (13, 13), (58, 12), (last, 9)], true));
        assert_eq!(found(20), (vec![(0, 12)], false), "no more is read than may be");
    }
}
