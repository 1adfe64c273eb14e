//! What is said of a bundle outside the workbench: hits and timelines as rows, what was read, and the case note.
//!
//! Everything here is a function of its arguments: no clock and no terminal, so the same case gives the same bytes.

pub mod hits;
pub mod info;
mod row;
pub mod timeline;

pub use row::{Format, Row, Value, write};

/// Writes a note in one format.
pub struct Exporter {
    /// Its name on the command line.
    pub id: &'static str,
    /// Extension of its files.
    pub extension: &'static str,
}

/// Every exporter, the default first.
pub const EXPORTERS: &[Exporter] = &[Exporter { id: "markdown", extension: "md" }];
