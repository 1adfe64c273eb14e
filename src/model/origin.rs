//! Sources and places of records, and problems in reading them.

use super::{FieldSet, Time};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Position of a source in the bundle, in path order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// Place of a record in the bundle, enough to read it again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The source it was read from.
    pub source: SourceId,
    /// Its number in that source, from 1.
    pub record: u32,
    /// Offset of its first byte in the source's decoded bytes.
    pub offset: u64,
    /// Length in bytes.
    pub len: u32,
    /// Short hash of its bytes as read, to see whether the source still has them. It fills padding, so an event is no
    /// larger for it.
    pub check: u32,
}

/// One file, archive member or stream of the bundle, with counts of its rows.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Name as shown: the path as given, `archive.zip!member` for a member, `-` for stdin.
    pub name: String,
    /// The file on disk; empty for stdin and for a bundle built into the program.
    pub path: PathBuf,
    /// Member inside the archive.
    pub member: Option<String>,
    /// Shape that was recognised; `None` when none was.
    pub shape: Option<SourceShape>,
    /// Bytes as received (compressed size for a member).
    pub bytes: u64,
    /// Unpacked bytes, as far as it was read; `None` where nothing is packed.
    pub decoded: Option<u64>,
    /// As [`Self::sha256`], once it is known.
    pub sha256: OnceLock<String>,
    /// As [`Self::content`], once it is known.
    pub content: OnceLock<String>,
    /// Set once the file is known to have changed while it was read: its hash may be of other bytes than its records.
    pub has_changed: OnceLock<()>,
    /// Rows per table, including tables that no analytic reads.
    pub tables: BTreeMap<String, u64>,
    /// Those of [`Self::tables`] that look like sign-ins or calls, and are in a table of another name.
    pub lookalikes: BTreeMap<String, u64>,
    /// Rows that became events.
    pub read: u64,
    /// Duplicates: rows of an event that another row represents.
    pub duplicates: u64,
    /// Rows that could not be read.
    pub skipped: u64,
    /// First event time.
    pub first: Option<Time>,
    /// Last event time.
    pub last: Option<Time>,
    /// Fields seen with a value.
    pub fields: FieldSet,
    /// Searches of the unified audit log that found more than the source has.
    pub short_searches: Vec<ShortSearch>,
    /// Assumptions of the reader, in sentences.
    pub remarks: Vec<String>,
}

/// Remark on a file that changed while it was read.
const CHANGED: &str =
    "the file changed while it was read: its hash is that of the file as it is now, and its rows may be of other bytes";

impl Source {
    /// All remarks on it: the reader's, and that on a change of its file.
    pub fn all_remarks(&self) -> impl Iterator<Item = &str> {
        self.remarks.iter().map(String::as_str).chain(self.has_changed.get().map(|()| CHANGED))
    }

    /// SHA-256 of the file as received, lower-case hex; empty where it was not hashed. Members carry their archive's.
    pub fn sha256(&self) -> &str {
        self.sha256.get().map_or("", String::as_str)
    }

    /// SHA-256 of the unpacked bytes, lower-case hex: the same in every archive. Empty where nothing was hashed, or the
    /// bytes were not read to their end.
    pub fn content(&self) -> &str {
        self.content.get().map_or("", String::as_str)
    }
}

/// A search of which rows are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ShortSearch {
    /// Rows that it found, by its own count; 0 for a page without an answer.
    pub found: u64,
    /// Rows of searches that found so many.
    pub rows: u64,
}

/// Name of a layout of exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceShape {
    /// Id, as `info` prints it.
    pub id: &'static str,
    /// Its family.
    pub family: ShapeFamily,
}

/// Origin of a shape's exports, as far as it decides which other export has more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ShapeFamily {
    /// The portal's downloads.
    Portal,
    /// Microsoft Graph.
    Graph,
    /// Defender XDR's tables.
    Defender,
    /// Diagnostic settings, sent to a store of any kind.
    Stream,
    /// A query over Log Analytics, or a shape that names nobody.
    #[default]
    Query,
}

/// Cost of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// A row, a source or the rest of one was not read.
    Unread,
    /// Every row was read, but its times perhaps not as they were meant.
    Times,
}

/// Something that was not read, or not for sure, with place and reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Name of the source (or path) it concerns.
    pub source: String,
    /// Record number from 1, where there is one.
    pub record: Option<u64>,
    /// Byte offset in the decoded source, where there is one.
    pub offset: Option<u64>,
    /// Its cost.
    pub kind: ProblemKind,
    /// The fault and, where possible, the way out.
    pub reason: String,
}
