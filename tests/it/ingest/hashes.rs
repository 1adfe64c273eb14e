//! Hashes taken while the files are read, and after it.

use super::containers::{stored, tar};
use super::{bundle, file, gzip, read, zip};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use tokentrail::testing::ingest::{Hashing, Loaded, Options, Progress, load};

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
        assert_eq!(loaded.unhashed().len(), paths.len(), "every file waits");
        let reports = Mutex::new(Vec::new());
        let counted = |done, all| reports.lock().unwrap().push((done, all));
        loaded.hash(Some(threads), &counted, &AtomicBool::new(false));
        assert!(loaded.unhashed().is_empty() && loaded.changed().is_empty() && loaded.without_hash().is_empty());
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
fn a_file_that_changes_in_between_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let paths = files(folder.path());
    let expected = hashes(&read(&paths, &Options::default()));
    let loaded = later(&paths);
    std::fs::write(&paths[0], "{}").unwrap();
    std::fs::remove_file(&paths[1]).unwrap();
    loaded.hash(None, &|_, _| {}, &AtomicBool::new(false));
    let [first, second] = [&loaded.sources[0], &loaded.sources[1]];
    assert_eq!(loaded.changed().into_iter().collect::<Vec<_>>(), [&first.path, &second.path]);
    assert_eq!(loaded.without_hash().into_iter().collect::<Vec<_>>(), [&second.path]);
    assert_eq!((first.sha256().len(), second.sha256()), (64, ""));
    assert_ne!(first.sha256(), expected[0].0, "it is that of the file as it is");
    assert_eq!(hashes(&loaded)[2..], expected[2..], "the others have theirs");
    assert!(loaded.unhashed().is_empty(), "nobody waits for it any more");
}

#[test]
fn who_stops_it_has_no_half_of_a_hash() {
    let folder = tempfile::tempdir().unwrap();
    let loaded = later(&files(folder.path()));
    loaded.hash(Some(1), &|_, _| {}, &AtomicBool::new(true));
    assert!(loaded.sources.iter().all(|source| source.sha256().is_empty()));
    assert_eq!(loaded.unhashed().len(), 5);
}

#[test]
fn a_file_that_grows_while_it_is_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let paths = files(folder.path());
    // Before its rows are read, and after.
    for moment in [
        |progress: &Progress| matches!(progress, Progress::Found { .. }),
        |progress: &Progress| matches!(progress, Progress::Building),
    ] {
        let grow = |progress: Progress| {
            if moment(&progress) {
                let mut file = std::fs::OpenOptions::new().append(true).open(&paths[0]).unwrap();
                file.write_all(b"{}\n").unwrap();
            }
        };
        let loaded = load(&paths, &Options::default(), &grow, &AtomicBool::new(false)).unwrap();
        assert_eq!(loaded.changed().into_iter().collect::<Vec<_>>(), [&paths[0]]);
        let remarks = |at: usize| loaded.sources[at].all_remarks().filter(|remark| remark.contains("changed")).count();
        assert_eq!((remarks(0), remarks(1)), (1, 0));
    }
}
