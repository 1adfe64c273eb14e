//! The first rows, read ahead of their turn: whoever waits sees at once whether it is the right bundle, however many
//! files must be walked, told apart, unpacked and hashed before the reading begins.
//!
//! What is read here is read again in its place. Nothing of it counts.

use super::archive::{self, Kind, MAGIC};
use super::decode::{self, Place};
use super::row::Rows;
use super::shape::HEAD;
use super::tally::Tally;
use super::{Glimpse, Options, Progress, stream};
use crate::model::{Field, SourceId};
use crate::store::{Event, Interner};
use crate::tables::Role;
use std::cell::Cell;
use std::io::{Cursor, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Rows shown before all are read.
const FIRST: usize = 6;
/// Characters of a value that are shown.
const SHOWN: usize = 200;
/// Sources looked into: where so many hold no row, the reading will find one.
const LOOKS: usize = 16;
/// Bytes looked through of an archive that is packed.
const REACH: u64 = 4 << 20;

/// Where the first rows are left.
#[derive(Default)]
pub(super) struct First {
    fresh: AtomicBool,
    rows: Mutex<Vec<Glimpse>>,
}

impl First {
    /// Leaves a row; whether further ones are wanted.
    pub(super) fn leave(&self, event: Event<'_>, texts: &Interner) -> bool {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.len() < FIRST {
            rows.push(glimpse(event, texts));
            self.fresh.store(true, Ordering::Relaxed);
        }
        rows.len() < FIRST
    }

    /// The rows so far, where some were left since they were last told.
    pub(super) fn told(&self) -> Option<Vec<Glimpse>> {
        let fresh = self.fresh.load(Ordering::Relaxed) && self.fresh.swap(false, Ordering::Relaxed);
        fresh.then(|| self.rows.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Forgets all but so many.
    fn keep(&self, count: usize) {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).truncate(count);
    }

    fn count(&self) -> usize {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Looks into the first sources as they are found.
pub(super) struct Scout<'o> {
    first: Arc<First>,
    options: &'o Options,
    progress: &'o dyn Fn(Progress),
    looks: Cell<usize>,
}

impl<'o> Scout<'o> {
    pub(super) fn new(options: &'o Options, progress: &'o dyn Fn(Progress)) -> Self {
        Self { first: Arc::default(), options, progress, looks: Cell::new(0) }
    }

    /// Where the readers are to leave the first rows: nowhere, when some are shown.
    pub(super) fn into_wanted(self) -> Option<Arc<First>> {
        (self.first.count() == 0).then_some(self.first)
    }

    /// Looks into a source, or an archive that will take a while to unpack.
    pub(super) fn look(&self, name: &str, place: &Place) {
        if self.is_done() {
            return;
        }
        // What is wrong with it is said in its turn.
        let _ = decode::open(place, self.options.max_ratio, &|_| {}, |reader| self.stream(name, reader));
    }

    /// Looks into the first bytes of a stream that goes on; whether there are rows enough.
    pub(super) fn begin(&self, name: &str, bytes: &[u8]) -> bool {
        let before = self.first.count();
        if !self.is_done() {
            let _ = decode::unpack(Box::new(bytes), |reader| self.stream(name, reader));
        }
        let done = self.is_done();
        if !done {
            // More of them will be there when it is looked into again.
            self.first.keep(before);
        }
        done
    }

    fn is_done(&self) -> bool {
        self.first.count() >= FIRST || self.looks.get() >= LOOKS
    }

    fn stream(&self, name: &str, reader: &mut dyn Read) {
        let mut head = Vec::new();
        if (&mut *reader).take(MAGIC as u64).read_to_end(&mut head).is_err() && head.is_empty() {
            return;
        }
        let kind = archive::kind(&head);
        let mut whole = Cursor::new(head).chain(reader).take(REACH);
        match kind {
            None => self.records(name, &mut whole),
            Some(Kind::Tar) => self.tar(name, whole),
            // Nothing of it can be read before its end.
            Some(Kind::SevenZ) => {}
            Some(Kind::Zip) => {
                while let Ok(Some(member)) = zip::read::read_zipfile_from_stream(&mut whole) {
                    let name = format!("{name}!{}", String::from_utf8_lossy(member.name_raw()));
                    let _ = decode::unpack(Box::new(member), |reader| self.records(&name, reader));
                    if self.is_done() {
                        return;
                    }
                }
            }
        }
    }

    fn tar(&self, name: &str, reader: impl Read) {
        let mut tar = tar::Archive::new(reader);
        let Ok(members) = tar.entries() else { return };
        for member in members.map_while(Result::ok).filter(|member| member.header().entry_type().is_file()) {
            let name = format!("{name}!{}", String::from_utf8_lossy(&member.path_bytes()));
            let _ = decode::unpack(Box::new(member), |reader| self.records(&name, reader));
            if self.is_done() {
                return;
            }
        }
    }

    /// Reads records until there are enough.
    fn records(&self, name: &str, reader: &mut dyn Read) {
        self.looks.set(self.looks.get() + 1);
        let mut rows = Rows::default();
        rows.first = Some(Arc::clone(&self.first));
        let mut tally = Tally::new(SourceId(0), name);
        let mut keep_on = |_| self.first.count() < FIRST;
        stream::read(&mut reader.take(HEAD as u64), self.options, &mut rows, &mut tally, &mut keep_on);
        if let Some(rows) = self.first.told() {
            (self.progress)(Progress::First(rows));
        }
    }
}

fn glimpse(event: Event<'_>, texts: &Interner) -> Glimpse {
    let text = |field: Field| Some(texts.text(event[field])).filter(|text| !text.is_empty());
    let shown = |text: Option<&str>| text.unwrap_or_default().chars().take(SHOWN).collect();
    let either = |field, other| text(field).or_else(|| text(other));
    let what = match event.table.role() {
        Role::Uses => text(Field::RequestUri),
        Role::Issues | Role::Records => either(Field::ResourceDisplayName, Field::ResourceIdentity),
    };
    Glimpse {
        table: event.table,
        time: event.time(),
        user: shown(either(Field::UserPrincipalName, Field::UserId)),
        client: shown(either(Field::AppDisplayName, Field::AppId)),
        what: shown(what),
    }
}
