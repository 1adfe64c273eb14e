//! SHA-256 of the files as received, and of what lies unpacked in archives: while the bundle is read, or once the hits
//! are there.

use super::bundle::intake::Input;
use super::bytes::body::{Stamp, stamp};
use super::bytes::decode::FileRange;
use crate::model::Source;
use crate::model::words::hex;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

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

impl Unhashed {
    /// Everything that is not hashed as it is unpacked. `in_pieces` are the sources that are not read from their first
    /// byte to their last by one thread, `stamps` those of the files before any of them was read.
    pub(crate) fn list(inputs: &[Input], in_pieces: &[usize], stamps: &HashMap<PathBuf, Stamp>) -> Vec<Self> {
        let mut list: Vec<Self> = Vec::new();
        for (at, input) in inputs.iter().enumerate() {
            let content = (!is_inside(input)).then_some(at);
            let holder = &input.holder;
            if let Some(last) = list.last_mut().filter(|last| last.place.body.path() == holder.body.path()) {
                last.files.push(at);
                last.contents.extend(content);
            } else {
                let stamp = stamps.get(holder.body.path()).copied();
                list.push(Self::new(holder, (vec![at], content.into_iter().collect()), stamp));
            }
        }
        let members = in_pieces.iter().copied().filter(|at| is_inside(&inputs[*at]));
        list.extend(members.map(|at| Self::new(&inputs[at].place, (Vec::new(), vec![at]), None)));
        list
    }

    fn new(place: &FileRange, (files, contents): (Vec<usize>, Vec<usize>), stamp: Option<Stamp>) -> Self {
        let part = place.range.as_ref().map(|range| range.end - range.start);
        let bytes = part.or(stamp.map(|(len, _)| len)).unwrap_or_default();
        Self { place: place.clone(), bytes, files, contents, stamp, is_done: AtomicBool::new(false) }
    }

    /// The hash; `None` when the bytes cannot be read, which is named where their records are read, or when it was
    /// stopped. `goes_on` hears of the bytes read.
    pub(crate) fn hash(&self, goes_on: impl FnMut(usize) -> bool) -> Option<String> {
        sha256(&self.place, goes_on).ok().flatten()
    }

    /// Gives the hash to the sources.
    pub(crate) fn settle(&self, sources: &[Source], hash: &str) {
        for at in &self.files {
            let _ = sources[*at].sha256.set(hash.to_owned());
        }
        for at in &self.contents {
            let _ = sources[*at].content.set(hash.to_owned());
        }
        self.is_done.store(true, Ordering::Relaxed);
    }

    /// Notes with the sources where the file is not as it was before it was read.
    pub(crate) fn compare(&self, sources: &[Source]) {
        let Some(before) = self.stamp else { return };
        if fs::metadata(self.place.body.path()).ok().map(|about| stamp(&about)) != Some(before) {
            for at in &self.files {
                let _ = sources[*at].has_changed.set(());
            }
        }
    }

    fn hash_later(&self, sources: &[Source], goes_on: impl FnMut(usize) -> bool) {
        match sha256(&self.place, goes_on) {
            Ok(Some(hash)) => self.settle(sources, &hash),
            Ok(None) => {}
            Err(_) => self.is_done.store(true, Ordering::Relaxed),
        }
    }

    /// Bytes to hash.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
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

/// Hashes everything of a list on some threads, the largest first, and compares the files with what was read.
/// `progress` hears of the bytes hashed so far and of all.
pub(crate) fn hash_all(
    list: &[Unhashed],
    sources: &[Source],
    threads: usize,
    progress: &(dyn Fn(u64, u64) + Sync),
    stop: &AtomicBool,
) {
    let mut order: Vec<&Unhashed> = list.iter().collect();
    order.sort_by_key(|unhashed| std::cmp::Reverse(unhashed.bytes));
    let all = list.iter().map(Unhashed::bytes).sum();
    let (next, done) = (AtomicUsize::new(0), AtomicU64::new(0));
    let goes_on = || !stop.load(Ordering::Relaxed);
    let work = || {
        while let Some(unhashed) = order.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| goes_on()) {
            unhashed.hash_later(sources, |count| {
                progress(done.fetch_add(count as u64, Ordering::Relaxed) + count as u64, all);
                goes_on()
            });
        }
    };
    std::thread::scope(|scope| {
        (1..threads.min(order.len())).for_each(|_| {
            scope.spawn(work);
        });
        work();
    });
    for unhashed in list {
        unhashed.compare(sources);
    }
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
