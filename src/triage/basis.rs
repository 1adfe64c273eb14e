//! The evidence that a case was made from, so that it is recognised in whatever form it comes next: packed otherwise,
//! renamed, added to, or with a file less.

use crate::analytics::{Hit, State, by_id};
use crate::model::Source;
use crate::model::words::counted;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// The files and hits of the bundles that a case was opened on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Basis {
    /// Fingerprints of the bundles before the last.
    pub(super) earlier: BTreeSet<String>,
    /// Files by the SHA-256 of their unpacked bytes.
    pub(super) files: BTreeMap<String, Exhibit>,
    /// Hits by id.
    pub(super) hits: BTreeMap<String, KnownHit>,
    /// Fields of a later program, kept unchanged.
    pub(super) rest: BTreeMap<String, Value>,
    /// It as the case file has it: written once, copied at each save.
    pub(super) text: Arc<str>,
}

/// A file of the evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Exhibit {
    /// Its name without folders and archives.
    pub(super) name: String,
    /// SHA-256 of the file as received; that of the archive for a member.
    pub(super) received: String,
    /// Unpacked bytes.
    pub(super) bytes: u64,
    /// Rows of all tables.
    pub(super) rows: u64,
    /// Whether the bundle that was opened last lacks it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) gone: bool,
}

/// A hit that was found in the evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KnownHit {
    /// Whether the bundle that was opened last lacks it.
    pub(super) gone: bool,
    /// Ids of the steps that no table of the bundle could answer.
    pub(super) missing: Vec<String>,
}

/// Evidence that two bundles share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Common {
    /// Files with rows that both have.
    pub files: usize,
    /// Hits that both have.
    pub hits: usize,
    /// Files of the bundle.
    pub here: usize,
    /// Files of the case; `None` where it was saved without a list of them.
    pub of_files: Option<usize>,
    /// Hits of the case.
    pub of_hits: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it so")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Basis {
    /// Gives it its text.
    pub(super) fn written(mut self) -> Self {
        self.text = serde_json::to_string(&Stored::from(&self)).expect("a basis is texts and numbers").into();
        self
    }

    /// It as the case file has it, on one line.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The evidence shared with a case: its basis, else the hits that it has work on.
    pub(super) fn shared<'h>(&self, basis: Option<&Self>, hits: impl ExactSizeIterator<Item = &'h String>) -> Common {
        let Some(basis) = basis else {
            let of_hits = hits.len();
            let hits = hits.filter(|hit| self.hits.contains_key(*hit)).count();
            return Common { hits, of_hits, here: self.files.len(), ..Common::default() };
        };
        let is_shared = |(content, file): &(&String, &Exhibit)| file.rows > 0 && self.files.contains_key(*content);
        Common {
            files: basis.files.iter().filter(is_shared).count(),
            hits: basis.hits.keys().filter(|hit| self.hits.contains_key(*hit)).count(),
            here: self.files.len(),
            of_files: Some(basis.files.len()),
            of_hits: basis.hits.len(),
        }
    }
}

impl Common {
    /// Returns whether there is anything.
    pub fn is_any(self) -> bool {
        self.files + self.hits > 0
    }

    /// Returns whether a case goes on with the bundle unasked: they share a hit, or half of the files of one of them. A
    /// file that two inquiries in one tenant share does not make them one.
    pub fn is_close(self) -> bool {
        self.hits > 0 || (self.files > 0 && 2 * self.files >= self.here.min(self.of_files.unwrap_or(usize::MAX)))
    }

    /// Closeness of two bundles: the larger the closer.
    pub fn rank(self) -> (usize, usize) {
        (self.files, self.hits)
    }
}

/// `2 of its 6 files and 30 of its 30 hits`.
impl fmt::Display for Common {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(of_files) = self.of_files {
            write!(f, "{} of its {} and ", self.files, counted(of_files, "file"))?;
        }
        write!(f, "{} of its {}", self.hits, counted(self.of_hits, "hit"))
    }
}

impl Exhibit {
    pub(super) fn new(source: &Source) -> Self {
        let name = source.name.rsplit(['/', '\\', '!']).next().unwrap_or_default();
        Self {
            name: name.to_owned(),
            received: source.sha256().to_owned(),
            bytes: source.decoded.unwrap_or(source.bytes),
            rows: source.tables.values().sum(),
            gone: false,
        }
    }
}

impl KnownHit {
    pub(super) fn new(hit: &Hit) -> Self {
        let steps = by_id(hit.analytic).map_or(&[][..], |analytic| analytic.steps);
        let missing = steps.iter().zip(&hit.findings).filter(|(_, finding)| finding.state == State::Missing);
        Self { gone: false, missing: missing.map(|(step, _)| step.id.to_owned()).collect() }
    }
}

/// The name of a source's bytes whatever packs them; where they were not read to their end, that of their place.
pub(super) fn content(source: &Source) -> String {
    match &source.member {
        _ if !source.content().is_empty() => source.content().to_owned(),
        Some(member) => format!("{}!{member}", source.sha256()),
        None => source.sha256().to_owned(),
    }
}

/// A basis as the case file has it. Hits are many and most are alike: those alike share a line.
#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(default)]
    earlier: BTreeSet<String>,
    #[serde(default)]
    files: Vec<StoredFile>,
    #[serde(default)]
    hits: Vec<StoredHits>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Serialize, Deserialize)]
struct StoredFile {
    content: String,
    #[serde(flatten)]
    file: Exhibit,
}

#[derive(Serialize, Deserialize)]
struct StoredHits {
    #[serde(default, skip_serializing_if = "is_false")]
    gone: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    missing: Vec<String>,
    ids: Vec<String>,
}

impl From<&Basis> for Stored {
    fn from(basis: &Basis) -> Self {
        let Basis { earlier, files, hits, rest, .. } = basis;
        let mut alike: BTreeMap<&KnownHit, Vec<String>> = BTreeMap::new();
        for (id, hit) in hits {
            alike.entry(hit).or_default().push(id.clone());
        }
        let hits = alike.into_iter().map(|(KnownHit { gone, missing }, ids)| {
            let (gone, missing) = (*gone, missing.clone());
            StoredHits { gone, missing, ids }
        });
        Self {
            earlier: earlier.clone(),
            files: files
                .iter()
                .map(|(content, file)| StoredFile { content: content.clone(), file: file.clone() })
                .collect(),
            hits: hits.collect(),
            rest: rest.clone(),
        }
    }
}

/// The basis without the fingerprint, which stands in the case.
impl<'de> Deserialize<'de> for Basis {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Stored { earlier, files, hits, rest } = Stored::deserialize(deserializer)?;
        let known = |StoredHits { gone, missing, ids }: StoredHits| {
            ids.into_iter().map(move |id| (id, KnownHit { gone, missing: missing.clone() }))
        };
        let basis = Self {
            earlier,
            files: files.into_iter().map(|StoredFile { content, file }| (content, file)).collect(),
            hits: hits.into_iter().flat_map(known).collect(),
            rest,
            ..Self::default()
        };
        Ok(basis.written())
    }
}
