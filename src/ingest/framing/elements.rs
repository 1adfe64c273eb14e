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

/// An element, or a fault, by its offset in the source.
enum Cut {
    /// An object of so many bytes.
    Object(u64, usize),
    /// A list of the values of the columns, of so many bytes.
    Row(u64, usize),
    /// An object of more bytes than these, of which nothing is kept.
    TooLong(u64, usize),
    /// An element that is no record.
    Fault(u64, String),
    /// A fault around elements.
    Problem(u64, String),
    /// A fault of the whole source, met at the offset.
    Whole(u64, String),
    /// A remark on the whole source, made at the offset.
    Remark(u64, String),
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

    pub(super) fn object(&mut self, offset: u64, written: &[u8]) {
        self.bytes.extend_from_slice(written);
        self.cuts.push(Cut::Object(offset, written.len()));
    }

    pub(super) fn row(&mut self, offset: u64, written: &[u8]) {
        self.bytes.extend_from_slice(written);
        self.cuts.push(Cut::Row(offset, written.len()));
    }

    pub(super) fn too_long(&mut self, offset: u64, max_record: usize) {
        self.cuts.push(Cut::TooLong(offset, max_record));
    }

    pub(super) fn fault(&mut self, offset: u64, reason: String) {
        self.cuts.push(Cut::Fault(offset, reason));
    }

    pub(super) fn problem(&mut self, offset: u64, reason: String) {
        self.cuts.push(Cut::Problem(offset, reason));
    }

    pub(super) fn problem_of_all(&mut self, offset: u64, reason: &str) {
        self.cuts.push(Cut::Whole(offset, reason.to_owned()));
    }

    pub(super) fn remark(&mut self, offset: u64, remark: &str) {
        self.cuts.push(Cut::Remark(offset, remark.to_owned()));
    }

    /// The offset of the first.
    pub(crate) fn offset(&self) -> u64 {
        match self.cuts.first() {
            None => 0,
            Some(
                Cut::Object(offset, _)
                | Cut::Row(offset, _)
                | Cut::TooLong(offset, _)
                | Cut::Fault(offset, _)
                | Cut::Problem(offset, _)
                | Cut::Whole(offset, _)
                | Cut::Remark(offset, _),
            ) => *offset,
        }
    }

    /// Reads them, as long as `keep_on` returns true; returns the last answer.
    pub(crate) fn read(&self, records: &mut RecordReader, stats: &mut SourceStats, keep_on: &mut KeepOn<'_>) -> bool {
        let outer = std::mem::replace(&mut stats.container, self.container.clone());
        let (mut rest, mut goes_on) = (&self.bytes[..], true);
        for cut in &self.cuts {
            match cut {
                Cut::Object(offset, len) | Cut::Row(offset, len) => {
                    let (written, after) = rest.split_at(*len);
                    rest = after;
                    let columns = matches!(cut, Cut::Row(..)).then_some(&*self.columns);
                    element(written, *offset, columns, records, stats);
                }
                Cut::TooLong(offset, max_record) => stats.skip_too_long(*offset, *max_record),
                Cut::Fault(offset, reason) => {
                    stats.records += 1;
                    stats.skip(*offset, reason.clone());
                }
                Cut::Problem(offset, reason) => stats.problem(Some(*offset), reason.clone()),
                Cut::Whole(_, reason) => stats.problem(None, reason.clone()),
                Cut::Remark(_, remark) => stats.remarks.push(remark.clone()),
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
