//! Output about a bundle outside the workbench: hits and timelines as rows, the page about its sources, and the case
//! note.
//!
//! Everything here is a function of its arguments: no clock and no terminal, so the same case gives the same bytes.

pub mod card;
pub mod checklist;
pub mod containment;
pub mod defang;
pub mod escape;
mod gravity;
#[cfg(test)]
mod growth;
pub mod guided;
pub mod hits;
pub mod incidents;
pub mod info;
mod json;
mod log;
mod markdown;
pub mod note;
mod picture;
pub mod redact;
mod row;
pub mod seal;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod timeline;
pub mod verdict;
pub mod visibility;

pub use log::{Names, log_problems};
pub use note::{Header, Report};
pub use row::{Format, write, write_under};

use std::io::{self, Write};

/// Writes a note in one format.
pub struct Exporter {
    /// Its name on the command line.
    pub id: &'static str,
    /// Writes the note.
    pub write: fn(&Report, &mut dyn Write) -> io::Result<()>,
}

/// Every exporter, the default first. Adding one is a file in `report/` and two lines here.
pub const EXPORTERS: &[Exporter] = &[markdown::EXPORTER, json::EXPORTER];

/// The exporter of that name.
pub fn exporter(id: &str) -> Option<&'static Exporter> {
    EXPORTERS.iter().find(|exporter| exporter.id == id)
}

/// Writes the indicators for machines: CSV, not defanged. A user's own and shared ones stand in it on request only: it
/// is what gets pasted into a block list.
pub fn write_indicators(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let kept = |indicator: &&note::Indicator| report.all_indicators || indicator.is_to_block();
    let rows = report.indicators.iter().filter(kept).map(note::Indicator::row);
    let mut csv = Vec::new();
    write_under(&note::Indicator::COLUMNS, rows, Format::Csv, &mut csv)?;
    out.write_all(report.masked(String::from_utf8_lossy(&csv).into_owned()).as_bytes())
}
