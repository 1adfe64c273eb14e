//! The note as one JSON object, for another program.

use super::row::armless;
use super::seal::{Sealed, seal};
use super::{Exporter, Report};
use std::io::{self, Write};

/// The exporter.
pub(super) const EXPORTER: Exporter = Exporter { id: "json", write };

fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let note = armless(&serde_json::to_string_pretty(&Sealed::new(report)?)?).into_owned();
    out.write_all(seal(report.masked(note + "\n")).as_bytes())
}
