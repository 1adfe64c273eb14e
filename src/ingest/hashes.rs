//! SHA-256 of the files as received, and of what lies unpacked in archives: while the bundle is read, or once the hits
//! are there.

use super::bundle::intake::Input;
use super::bytes::body::Body;
use super::bytes::decode::FileRange;
use crate::model::Source;
use crate::model::words::hex;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::SystemTime;

/// Bytes to hash, and the sources that their hash is of.
pub(crate) struct Unhashed {
    place: FileRange,
    bytes: u64,
    /// Positions of the sources whose file it is.
    files: Vec<usize>,
    /// Positions of the sources whose unpacked bytes it is.
    contents: Vec<usize>,
    /// Length and time of the file before any of it was read.
    stamp: Option<Stamp>,
    is_done: AtomicBool,
}

type Stamp = (u64, Option<SystemTime>);

/// Remark on a file that changed while it was read.
pub(crate) const CHANGED: &str =
    "the file changed while it was read: its hash is that of the file as it is now, and its rows may be of other bytes";

/// Files that could not be hashed as they were read, by the position of a source of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsure {
    /// Those that changed: the hash is of what they are now.
    pub changed: Vec<usize>,
    /// Those that can no longer be read: there is no hash.
    pub gone: Vec<usize>,
}

impl Unhashed {
    /// Everything that one reading of the bundle does not hash by itself. `in_pieces` are the sources that are not read
    /// from their first byte to their last by one thread.
    pub(crate) fn list(inputs: &[Input], in_pieces: &[usize]) -> Vec<Self> {
        let mut list: Vec<Self> = Vec::new();
        for (at, input) in inputs.iter().enumerate() {
            let content = (!is_inside(input)).then_some(at);
            match list.last_mut().filter(|last| last.place.body.path() == input.holder.body.path()) {
                Some(last) => {
                    last.files.push(at);
                    last.contents.extend(content);
                }
                None => list.push(Self::new(&input.holder, input.bytes, vec![at], content.into_iter().collect())),
            }
        }
        let members = in_pieces.iter().copied().filter(|at| is_inside(&inputs[*at]));
        list.extend(members.map(|at| Self::new(&inputs[at].place, inputs[at].bytes, Vec::new(), vec![at])));
        list
    }

    fn new(place: &FileRange, bytes: u64, files: Vec<usize>, contents: Vec<usize>) -> Self {
        let stamp = stamp(place);
        // An archive's members say nothing of its own length.
        let bytes = stamp.filter(|_| place.range.is_none()).map_or(bytes, |(len, _)| len);
        Self { place: place.clone(), bytes, files, contents, stamp, is_done: AtomicBool::new(false) }
    }

    /// The hash; `None` when the bytes cannot be read, which is named where their records are read, or when it was
    /// stopped. `goes_on` hears of the bytes read.
    pub(crate) fn hash(&self, goes_on: impl FnMut(usize) -> bool) -> Option<String> {
        sha256(&self.place, goes_on).ok().flatten()
    }

    /// Gives the hash to the sources. Returns whether the file is still the one that was there before it was read.
    pub(crate) fn settle(&self, sources: &[Source], hash: &str) -> bool {
        let is_same = stamp(&self.place) == self.stamp;
        for at in &self.files {
            let _ = sources[*at].sha256.set(hash.to_owned());
            if !is_same {
                let _ = sources[*at].has_changed.set(());
            }
        }
        for at in &self.contents {
            let _ = sources[*at].content.set(hash.to_owned());
        }
        self.is_done.store(true, Ordering::Relaxed);
        is_same
    }

    fn hash_later(&self, sources: &[Source], unsure: &mut Unsure, goes_on: impl FnMut(usize) -> bool) {
        match sha256(&self.place, goes_on) {
            // Stopped.
            Ok(None) => {}
            Ok(Some(hash)) => {
                let is_same = self.settle(sources, &hash);
                unsure.changed.extend(self.files.first().filter(|_| !is_same));
            }
            Err(_) => {
                self.is_done.store(true, Ordering::Relaxed);
                unsure.gone.extend(self.files.first());
            }
        }
    }

    /// Positions of the sources that wait for it; none once it is done.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = usize> {
        let waits = !self.is_done.load(Ordering::Relaxed);
        self.files.iter().chain(&self.contents).copied().filter(move |_| waits)
    }
}

/// Returns whether the unpacked bytes of a source are not the bytes of its file: they have a hash of their own then.
pub(crate) fn is_inside(input: &Input) -> bool {
    input.packed || input.member.is_some()
}

/// Hashes everything of a list on some threads, the largest first. `progress` hears of the bytes hashed so far and of
/// all.
pub(crate) fn hash_all(
    list: &[Unhashed],
    sources: &[Source],
    threads: usize,
    progress: &(dyn Fn(u64, u64) + Sync),
    stop: &AtomicBool,
) -> Unsure {
    let mut order: Vec<&Unhashed> = list.iter().collect();
    order.sort_by_key(|unhashed| std::cmp::Reverse(unhashed.bytes));
    let all = list.iter().map(|unhashed| unhashed.bytes).sum();
    let (next, done) = (AtomicUsize::new(0), AtomicU64::new(0));
    let work = || {
        let mut unsure = Unsure::default();
        while let Some(unhashed) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            unhashed.hash_later(sources, &mut unsure, |count| {
                progress(done.fetch_add(count as u64, Ordering::Relaxed) + count as u64, all);
                !stop.load(Ordering::Relaxed)
            });
        }
        unsure
    };
    let mut unsure = std::thread::scope(|scope| {
        let rest: Vec<_> = (1..threads.min(order.len())).map(|_| scope.spawn(work)).collect();
        let mut unsure = work();
        for thread in rest {
            let Unsure { changed, gone } = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            unsure.changed.extend(changed);
            unsure.gone.extend(gone);
        }
        unsure
    });
    unsure.changed.sort_unstable();
    unsure.gone.sort_unstable();
    unsure
}

fn stamp(place: &FileRange) -> Option<Stamp> {
    let Body::Named(path) = &place.body else { return None };
    let about = fs::metadata(path).ok()?;
    Some((about.len(), about.modified().ok()))
}

/// `None` where `goes_on`, which hears of the bytes read, wants no more.
fn sha256(place: &FileRange, mut goes_on: impl FnMut(usize) -> bool) -> io::Result<Option<String>> {
    let mut file = place.open()?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        let count = match file.read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if count == 0 {
            return Ok(Some(hex(&hash.finalize())));
        }
        hash.update(&buffer[..count]);
        if !goes_on(count) {
            return Ok(None);
        }
    }
}
