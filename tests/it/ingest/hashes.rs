//! Hashes taken while the files are read, and after it.

use super::containers::{stored, tar};
use super::{bundle, file, gzip, read, zip};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use tokentrail::testing::ingest::{Hashing, Loaded, Options};

/// A plain file, packed ones, members of archives, and one of a tar that is so large that it is read in pieces.
fn files(folder: &Path) -> Vec<PathBuf> {
    let lines = bundle::shapes(&bundle::rows())[0].1.clone();
    let bytes = lines.as_bytes();
    let large = bytes.repeat((5 << 20) / bytes.len());
    vec![
        file(folder, "a.json", bytes),
        file(folder, "b.json.gz", &gzip(bytes)),
        file(folder, "c.zip", &zip(&[("one.json", bytes), ("two.json", bytes)])),
        file(folder, "d.zip", &stored(&[("one.json", bytes)])),
        file(folder, "e.tar", &tar(&[("small.json", bytes), ("large.json", &large)])),
    ]
}

fn hashes(loaded: &Loaded) -> Vec<(String, String)> {
    loaded.sources.iter().map(|source| (source.sha256().to_owned(), source.content().to_owned())).collect()
}

fn later(paths: &[PathBuf]) -> Loaded {
    read(paths, &Options { hash: Hashing::Later, ..Options::default() })
}

#[test]
fn hashed_later_they_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let paths = files(folder.path());
    let expected = hashes(&read(&paths, &Options::default()));
    assert!(expected.iter().all(|(file, content)| file.len() == 64 && content.len() == 64), "{expected:?}");
    for threads in [1, 3] {
        let loaded = later(&paths);
        assert_eq!(loaded.unhashed().len(), loaded.sources.len(), "every file waits");
        let reports = Mutex::new(Vec::new());
        let changed =
            loaded.hash(Some(threads), &|done, all| reports.lock().unwrap().push((done, all)), &AtomicBool::new(false));
        assert!(changed.is_empty() && loaded.unhashed().is_empty(), "{changed:?}");
        assert_eq!(hashes(&loaded), expected, "{threads} threads");
        let reports = reports.into_inner().unwrap();
        assert_eq!(
            reports.iter().map(|(done, _)| done).max(),
            reports.first().map(|(_, all)| all),
            "all of it is counted"
        );
    }
}

#[test]
fn a_file_that_changes_in_between_gets_no_hash() {
    let folder = tempfile::tempdir().unwrap();
    let paths = files(folder.path());
    let expected = hashes(&read(&paths, &Options::default()));
    let loaded = later(&paths);
    std::fs::write(&paths[0], "{}").unwrap();
    std::fs::remove_file(&paths[1]).unwrap();
    let changed = loaded.hash(None, &|_, _| {}, &AtomicBool::new(false));
    assert_eq!(changed, [&loaded.sources[0].name, &loaded.sources[1].name]);
    assert_eq!((loaded.sources[0].sha256(), loaded.sources[0].content(), loaded.sources[1].sha256()), ("", "", ""));
    assert_eq!(hashes(&loaded)[2..], expected[2..], "the others have theirs");
    assert!(loaded.unhashed().is_empty(), "nobody waits for it any more");
}

#[test]
fn who_stops_it_has_no_half_of_a_hash() {
    let folder = tempfile::tempdir().unwrap();
    let loaded = later(&files(folder.path()));
    assert!(loaded.hash(Some(1), &|_, _| {}, &AtomicBool::new(true)).is_empty());
    assert!(loaded.sources.iter().all(|source| source.sha256().is_empty()));
    assert_eq!(loaded.unhashed().len(), loaded.sources.len());
}
