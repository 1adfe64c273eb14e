//! The files the note rests on.

use crate::facts::given;
use crate::ingest::Loaded;
use crate::model::words::hex;
use crate::model::{Source, Time};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Read};
use std::path::Path;

/// A source of the bundle.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Custody {
    /// Short name, as in `file:record`.
    pub label: String,
    /// Name as given.
    pub name: String,
    /// Bytes as received; packed ones, for what came packed.
    pub bytes: u64,
    /// Bytes that came out of them, where they came packed: what offsets of records count.
    pub decoded: Option<u64>,
    /// SHA-256 as received.
    pub sha256: String,
    /// Rows that became events.
    pub read: u64,
    /// Duplicates: rows of an event beside the one that counts.
    pub duplicates: u64,
    /// Rows that could not be read.
    pub skipped: u64,
    /// First event time.
    pub first_event: Option<Time>,
    /// Last event time.
    pub last_event: Option<Time>,
    /// Whether its bytes changed since they were read.
    pub changed: bool,
}

pub(super) fn custody(loaded: &Loaded, labels: &[String], changed: &[String]) -> Vec<Custody> {
    let changed: HashSet<&String> = changed.iter().collect();
    let custody = |(source, label): (&Source, &String)| Custody {
        label: label.clone(),
        name: source.name.clone(),
        bytes: source.bytes,
        decoded: source.decoded,
        sha256: source.sha256().to_owned(),
        read: source.read,
        duplicates: source.duplicates,
        skipped: source.skipped,
        first_event: source.first.and_then(Time::known),
        last_event: source.last.and_then(Time::known),
        changed: changed.contains(&source.name),
    };
    loaded.sources.iter().zip(labels).map(custody).collect()
}

/// Short names: the last part of each name where no other source has the same, else the name.
pub(in crate::report) fn labels(sources: &[Source]) -> Vec<String> {
    let short = |source: &'_ Source| source.name.rsplit(['/', '\\', '!']).next().unwrap_or_default().to_owned();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for source in sources {
        *counts.entry(short(source)).or_default() += 1;
    }
    let label = |source: &Source| {
        let short = short(source);
        if counts[&short] == 1 && !short.is_empty() { short } else { source.name.clone() }
    };
    sources.iter().map(label).collect()
}

/// Names of the sources whose file has other bytes than when it was read, or can no longer be read.
pub fn changed(sources: &[Source]) -> Vec<String> {
    let mut seen: BTreeMap<&Path, Option<String>> = BTreeMap::new();
    let mut changed = Vec::new();
    for source in sources {
        // What has no path stands in a file that nobody else can open.
        if source.path.as_os_str().is_empty() {
            continue;
        }
        let now = seen.entry(&source.path).or_insert_with(|| sha256(&source.path).ok());
        if source.has_changed.get().is_some() || now.as_deref() != Some(source.sha256()) {
            changed.push(source.name.clone());
        }
    }
    changed
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut file = given::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => hash.update(&buffer[..count]),
            // A file read in part would pass for a changed one.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(hex(&hash.finalize()))
}
