//! The note as written to disk.

use crate::analytics::{Hit, Settings};
use crate::casefile::note::{Written, write};
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::report::note::changed;
use crate::report::{EXPORTERS, Header, Report, write_indicators};
use crate::triage::Case;
use std::io;
use std::path::Path;

/// A note as written to disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composed {
    /// The note.
    pub text: String,
    /// Its indicators for machines, not defanged: CSV.
    pub indicators: String,
    /// Its pictures: the end of each file's name, and SVG.
    pub maps: Vec<(String, String)>,
    /// The incidents that it is on, by id or user; `None` for all.
    pub only: Option<String>,
}

impl Composed {
    /// Composes the note of a case, and its indicators. Reads the bundle's files again: see [`report`].
    pub fn new(loaded: &Loaded, facts: &Facts, hits: &[Hit], settings: &Settings, case: &Case, asked: &Asked) -> Self {
        let report = &report(loaded, facts, hits, settings, case, asked);
        let (mut text, mut indicators) = (Vec::new(), Vec::new());
        (EXPORTERS[0].write)(report, &mut text).expect("writing to memory does not fail");
        write_indicators(report, &mut indicators).expect("writing to memory does not fail");
        let read = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let only = asked.only.map(ToOwned::to_owned);
        Self { text: read(text), indicators: read(indicators), maps: report.maps(), only }
    }

    /// Writes the note at `path`, and its indicators beside it. Text changed by hand there is kept:
    /// [`write()`].
    ///
    /// # Errors
    /// When either cannot be written; the files from before are still there, or beside it.
    pub fn write(&self, path: &Path) -> io::Result<Written> {
        write(path, self.text.as_bytes(), self.indicators.as_bytes(), &self.maps)
    }
}

/// The choices of a note.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// Name of the bundle.
    pub name: &'a str,
    /// The incidents that it is on, by id or user; `None` for all.
    pub only: Option<&'a str>,
    /// Whether its CSV has the indicators of the user and of everybody too.
    pub all_indicators: bool,
}

/// The report on a case of the bundle. Hashes the bundle's files again, to name those that changed.
pub fn report(loaded: &Loaded, facts: &Facts, hits: &[Hit], settings: &Settings, case: &Case, asked: &Asked) -> Report {
    let changed = changed(&loaded.sources);
    let header = Header {
        changed: Some(&changed),
        only: asked.only,
        all_indicators: asked.all_indicators,
        ..Header::new(asked.name, env!("CARGO_PKG_VERSION"), settings)
    };
    Report::build(loaded, facts, hits, case, &header)
}
