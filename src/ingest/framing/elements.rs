//! Elements of JSON: cut out of their stream by one thread, read by any.

use super::keep_on::KeepOn;
use crate::ingest::bytes::codepage;
use crate::ingest::record::builder::{Position, RecordReader};
use crate::ingest::record::keys::Column;
use crate::ingest::stats::{Note, SourceStats};
use std::sync::Arc;

/// Some elements of a stream, next to each other, and the faults between them.
#[derive(Default)]
pub(crate) struct Elements {
    /// The elements as written, one after another.
    bytes: Vec<u8>,
    cuts: Vec<Cut>,
    /// The table that they stand in, where it has a name.
    container: Option<String>,
    /// Columns of those that are rows of a table.
    columns: Arc<[Column]>,
}

/// An element, or what was met in its place, by its offset in the source.
struct Cut {
    offset: u64,
    kind: Kind,
}

/// Kinds of [`Cut`].
enum Kind {
    /// An object of so many bytes.
    Object(usize),
    /// A list of the values of the columns, of so many bytes.
    Row(usize),
    /// An object of more bytes than these, of which nothing is kept.
    TooLong(usize),
    /// An element that is no record.
    Fault(String),
    /// A fault around elements.
    Problem(String),
    /// A fault of the whole source.
    Whole(&'static str),
    /// A remark on the whole source.
    Remark(&'static str),
}

/// Bytes of a cut with its reason, about.
const OF_A_CUT: usize = 64;

impl Elements {
    /// None yet, of a table.
    pub(super) fn new(container: Option<String>, columns: Arc<[Column]>) -> Self {
        Self { container, columns, ..Self::default() }
    }

    /// The table that they stand in.
    pub(super) fn table(&self) -> (Option<String>, Arc<[Column]>) {
        (self.container.clone(), Arc::clone(&self.columns))
    }

    /// Returns whether nothing is there.
    pub(super) fn is_empty(&self) -> bool {
        self.cuts.is_empty()
    }

    /// Bytes that they take, about.
    pub(super) fn len(&self) -> usize {
        self.bytes.len() + self.cuts.len() * OF_A_CUT
    }

    fn add(&mut self, offset: u64, kind: Kind) {
        self.cuts.push(Cut { offset, kind });
    }

    /// Adds a record.
    pub(super) fn object(&mut self, offset: u64, written: &[u8]) {
        self.bytes.extend_from_slice(written);
        self.add(offset, Kind::Object(written.len()));
    }

    /// Adds a record that is a list of the values of the columns.
    pub(super) fn row(&mut self, offset: u64, written: &[u8]) {
        self.bytes.extend_from_slice(written);
        self.add(offset, Kind::Row(written.len()));
    }

    /// Notes a record that is longer than records may be.
    pub(super) fn too_long(&mut self, offset: u64, max_record: usize) {
        self.add(offset, Kind::TooLong(max_record));
    }

    /// Notes an element that is no record.
    pub(super) fn fault(&mut self, offset: u64, reason: String) {
        self.add(offset, Kind::Fault(reason));
    }

    /// Notes a fault around elements.
    pub(super) fn problem(&mut self, offset: u64, reason: String) {
        self.add(offset, Kind::Problem(reason));
    }

    /// Notes a fault of the whole source.
    pub(super) fn problem_of_all(&mut self, offset: u64, reason: &'static str) {
        self.add(offset, Kind::Whole(reason));
    }

    /// Notes a remark on the whole source.
    pub(super) fn remark(&mut self, offset: u64, remark: &'static str) {
        self.add(offset, Kind::Remark(remark));
    }

    /// The offset of the first.
    pub(crate) fn offset(&self) -> u64 {
        self.cuts.first().map_or(0, |cut| cut.offset)
    }

    /// Reads them, as long as `keep_on` returns true; returns the last answer.
    pub(crate) fn read(&self, records: &mut RecordReader, stats: &mut SourceStats, keep_on: &mut KeepOn<'_>) -> bool {
        let outer = std::mem::replace(&mut stats.container, self.container.clone());
        let (mut rest, mut goes_on) = (&self.bytes[..], true);
        for Cut { offset, kind } in &self.cuts {
            let offset = *offset;
            match kind {
                Kind::Object(len) | Kind::Row(len) => {
                    let (written, after) = rest.split_at(*len);
                    rest = after;
                    let columns = matches!(kind, Kind::Row(_)).then_some(&*self.columns);
                    element(written, offset, columns, records, stats);
                }
                Kind::TooLong(max_record) => stats.skip_too_long(offset, *max_record),
                Kind::Fault(reason) => {
                    stats.records += 1;
                    stats.skip(offset, reason.clone());
                }
                Kind::Problem(reason) => stats.problem(Some(offset), reason.clone()),
                Kind::Whole(reason) => stats.problem(None, (*reason).to_owned()),
                Kind::Remark(remark) => stats.remarks.push((*remark).to_owned()),
            }
            goes_on = keep_on(records.part(), stats.read);
            if !goes_on {
                break;
            }
        }
        stats.container = outer;
        goes_on
    }
}

fn element(
    written: &[u8],
    offset: u64,
    columns: Option<&[Column]>,
    records: &mut RecordReader,
    stats: &mut SourceStats,
) {
    let position = Position::new(offset, written);
    let (text, of_page) = match codepage::text(written) {
        Ok(text) => text,
        Err(at) => return stats.skip_bad_utf8(offset, at),
    };
    if of_page {
        stats.note_one(Note::CodePage);
    }
    match columns {
        Some(columns) => records.array(&text, columns, position, stats),
        None => records.object(&text, position, stats),
    }
}
