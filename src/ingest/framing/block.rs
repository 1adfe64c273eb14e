//! Records of a stream that one thread cut off and any can read.

use super::csv::Rows;
use super::elements::Elements;
use super::keep_on::KeepOn;
use super::lines::LineBlock;
use crate::ingest::record::builder::RecordReader;
use crate::ingest::stats::SourceStats;

/// Some records of a source, next to each other.
pub(crate) enum Block<'b> {
    /// Of a CSV.
    Rows(Rows<'b>),
    /// Of a source with one record a line.
    Lines(LineBlock<'b>),
    /// Of any other JSON.
    Elements(Elements),
}

impl Block<'_> {
    /// The offset of their first byte in the source.
    pub(crate) fn offset(&self) -> u64 {
        match self {
            Self::Rows(rows) => rows.offset(),
            Self::Lines(lines) => lines.offset(),
            Self::Elements(elements) => elements.offset(),
        }
    }

    /// The same, for another thread.
    pub(crate) fn into_owned(self) -> Block<'static> {
        match self {
            Self::Rows(rows) => Block::Rows(rows.into_owned()),
            Self::Lines(lines) => Block::Lines(lines.into_owned()),
            Self::Elements(elements) => Block::Elements(elements),
        }
    }

    /// Reads them, as long as `keep_on` returns true; returns the last answer.
    pub(crate) fn read(&self, records: &mut RecordReader, stats: &mut SourceStats, keep_on: &mut KeepOn<'_>) -> bool {
        match self {
            Self::Rows(rows) => rows.read(records, stats, keep_on),
            Self::Lines(lines) => lines.read(records, stats, keep_on),
            Self::Elements(elements) => elements.read(records, stats, keep_on),
        }
    }
}
