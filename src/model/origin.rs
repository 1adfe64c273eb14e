//! Where a record came from, and what could not be read.

use super::{FieldSet, Time};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Position of a source in the bundle, in path order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// Where a record stands: enough to read it again.
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
    /// Short hash of its bytes as they were read: tells whether they still stand there. It fills what alignment
    /// leaves over, so an event is no larger for it.
    pub check: u32,
}

/// One file, archive member or stream of the bundle, and what became of its bytes.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Name as shown: the path as given, `archive.zip!member` for a member, `-` for stdin.
    pub name: String,
    /// The file on disk; empty for stdin and for a bundle that is part of the program, of which nobody else has the
    /// bytes.
    pub path: PathBuf,
    /// Member inside the archive.
    pub member: Option<String>,
    /// Id of the shape that was recognised; `None` when none was.
    pub shape: Option<&'static str>,
    /// Bytes as received (compressed size for a member).
    pub bytes: u64,
    /// Bytes that came out of it, as far as it was read; `None` where nothing is packed.
    pub decoded: Option<u64>,
    /// SHA-256 of the file as received, lower-case hex. Members carry their archive's.
    pub sha256: String,
    /// Rows per table, including tables that no analytic reads.
    pub tables: BTreeMap<String, u64>,
    /// Those of [`Self::tables`] that look like sign-ins or calls, and are in a table of another name.
    pub lookalikes: BTreeMap<String, u64>,
    /// Rows that became events.
    pub read: u64,
    /// Events of this source that other rows tell better.
    pub folded: u64,
    /// Rows that could not be read.
    pub skipped: u64,
    /// First event time.
    pub first: Option<Time>,
    /// Last event time.
    pub last: Option<Time>,
    /// Fields seen with a value.
    pub fields: FieldSet,
    /// What the reader had to assume, in sentences.
    pub remarks: Vec<String>,
}

/// Something that was not read: which, where, why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Name of the source (or path) it concerns.
    pub source: String,
    /// Record number from 1, where there is one.
    pub record: Option<u64>,
    /// Byte offset in the decoded source, where there is one.
    pub offset: Option<u64>,
    /// What is wrong and, where possible, what to do.
    pub reason: String,
}

/// How problems begin that are about how times were read, and lose no row.
pub const TIMES_CONTRADICT: &str = "dates contradict each other";
/// As [`TIMES_CONTRADICT`].
pub const DAY_OR_MONTH: &str = "day and month cannot be told apart";
/// As [`TIMES_CONTRADICT`].
pub const ZONE_UNTOLD: &str = "the zone of the times";

/// As [`TIMES_CONTRADICT`].
pub const TIME_OF_DAY: &str = "no time of day";
/// As [`TIMES_CONTRADICT`].
pub const EVENT_TIME: &str = "the event time";

impl Problem {
    /// Whether everything was read, but its times perhaps not as they were meant.
    pub fn is_of_times(&self) -> bool {
        [TIMES_CONTRADICT, DAY_OR_MONTH, ZONE_UNTOLD, TIME_OF_DAY, EVENT_TIME]
            .iter()
            .any(|begin| self.reason.starts_with(begin))
    }
}
