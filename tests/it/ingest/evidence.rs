//! Evidence that changes after it was read, hides, is linked to, or is no file.

use super::containers::{problems, tar};
use super::{bundle, file, gzip, read_one, zip};
use std::fs;
use std::io::Write;
use std::path::Path;
use tokentrail::testing::ingest::{Loaded, Options, load};
use tokentrail::testing::model::{EventId, Field};

fn line() -> String {
    bundle::shapes(&bundle::rows()[..2])[0].1.clone()
}

/// Names of the sources below a folder, without it.
fn names(loaded: &Loaded, folder: &Path) -> Vec<String> {
    let name = |name: &str| name.strip_prefix(folder.to_str().unwrap()).unwrap_or(name).to_owned();
    loaded.sources.iter().map(|source| name(&source.name)).collect()
}

#[test]
fn no_other_bytes_are_shown_as_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let text = line();
    let csv = bundle::log_analytics_csv(&bundle::rows());
    let array = bundle::shapes(&bundle::rows()[..2])[2].1.clone();
    let swap = |text: &str| text.replace("2026-", "2025-").into_bytes();
    for (name, before, after) in [
        ("lines", text.clone().into_bytes(), swap(&text)),
        ("csv", csv.clone().into_bytes(), swap(&csv)),
        ("array", array.clone().into_bytes(), swap(&array)),
        ("gz", gzip(text.as_bytes()), gzip(&swap(&text))),
        ("tgz", gzip(&tar(&[("a", text.as_bytes())])), gzip(&tar(&[("a", &swap(&text))]))),
        ("zip", zip(&[("a", text.as_bytes())]), zip(&[("a", &swap(&text))])),
        ("cut", text.clone().into_bytes(), text.as_bytes()[..10].to_vec()),
        ("cut.zip", zip(&[("a", text.as_bytes())]), b"PK\x03\x04".to_vec()),
    ] {
        let path = file(folder.path(), name, &before);
        let loaded = read_one(path.clone());
        let all: Vec<EventId> = loaded.store.events().map(|(id, _)| id).collect();
        assert!(all.len() >= 2, "{name}: {:?}", loaded.problems);
        assert!(all.iter().all(|id| loaded.raw_record(*id).is_ok()), "{name}");
        assert_ne!(before, after, "{name}");
        fs::write(&path, &after).unwrap();
        for id in all {
            let record = loaded.raw_record(id).map(|_| ()).map_err(|error| error.to_string());
            // A packed tar was set aside as it was read: what is shown is what was read.
            if name == "tgz" {
                assert_eq!(record, Ok(()));
                continue;
            }
            let error = record.unwrap_err();
            assert!(error.contains(name) && error.contains("changed since it was read"), "{name}: {error}");
        }
    }
}

#[cfg(unix)]
#[test]
fn what_takes_the_place_of_evidence_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "rows", line().as_bytes());
    let loaded = read_one(path.clone());
    let (first, _) = loaded.store.events().next().unwrap();
    let error = || loaded.raw_record(first).unwrap_err().to_string();
    fs::remove_file(&path).unwrap();
    assert!(error().ends_with("changed since it was read: it is no longer there"), "{}", error());
    std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
    assert!(error().contains("is a device, no file"), "{}", error());
    fs::remove_file(&path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert!(error().contains("is a pipe, no file"), "{}", error());
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(error().contains("is a folder, no file"), "{}", error());
}

#[test]
fn hidden_files_are_read_and_rubbish_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = line();
    let rows = text.as_bytes();
    let members: [(&str, &[u8]); 6] = [
        (".signins.json", rows),
        (".old/a.json", rows),
        (".DS_Store", b"\0\0\0\x01Bud1"),
        ("__MACOSX/._a.json", b"\0\x05\x16\x07"),
        ("Thumbs.db", rows),
        (".git/HEAD", b"ref: refs/heads/main\n"),
    ];
    let read = [".old/a.json", ".signins.json", "Thumbs.db"];
    for (name, bytes) in [("a.zip", zip(&members)), ("a.tar", tar(&members)), ("a.tgz", gzip(&tar(&members)))] {
        let loaded = read_one(file(folder.path(), name, &bytes));
        assert_eq!(names(&loaded, folder.path()), read.map(|member| format!("/{name}!{member}")), "{name}");
        let [problem] = &problems(&loaded)[..] else { panic!("{:?}", loaded.problems) };
        assert!(
            problem.ends_with("left behind by systems, not read: .DS_Store, __MACOSX/._a.json, .git/HEAD"),
            "{problem}"
        );
        assert_eq!((loaded.rows_read(), loaded.rows_skipped()), (6, 0), "{name}");
    }
    let tree = folder.path().join("tree");
    for (name, bytes) in &members {
        let path = tree.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let loaded = read_one(tree.clone());
    assert_eq!(names(&loaded, &tree), read.map(|member| format!("/{member}")));
    let [problem] = &problems(&loaded)[..] else { panic!("{:?}", loaded.problems) };
    for name in [".DS_Store", "__MACOSX/._a.json", ".git/"] {
        assert!(problem.contains(name), "{problem}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_under_real_names_and_what_is_no_file_is_named() {
    use std::os::unix::fs::symlink;
    let home = tempfile::tempdir().unwrap();
    let home = fs::canonicalize(home.path()).unwrap();
    let (given, outside) = (home.join("given"), home.join("outside"));
    fs::create_dir_all(given.join("deep")).unwrap();
    fs::create_dir_all(outside.join("folder")).unwrap();
    file(&given, "z.json", line().as_bytes());
    file(&outside, "one.json", line().as_bytes());
    file(&outside.join("folder"), "two.json", line().as_bytes());
    symlink("z.json", given.join("a.json")).unwrap();
    symlink(outside.join("one.json"), given.join("link.json")).unwrap();
    symlink(outside.join("folder"), given.join("link")).unwrap();
    // Loops: to itself, to the folder above, and from outside back in.
    symlink("self", given.join("self")).unwrap();
    symlink("..", given.join("deep/up")).unwrap();
    symlink(&given, outside.join("folder/back")).unwrap();
    symlink("/nowhere/at/all", given.join("gone")).unwrap();
    symlink("/dev/zero", given.join("zero")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(given.join("pipe")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(given.join("socket")).unwrap();
    let loaded = read_one(given.clone());
    assert_eq!(names(&loaded, &home), ["/given/z.json", "/outside/folder/two.json", "/outside/one.json"]);
    let remarks: Vec<_> = loaded.sources.iter().map(|source| source.remarks.join("; ")).collect();
    assert!(!remarks[0].contains("link"), "{remarks:?}");
    assert!(remarks[1].contains(&format!("a link leads to it: {}", given.join("link").display())), "{remarks:?}");
    assert!(remarks[2].contains(&format!("a link leads to it: {}", given.join("link.json").display())), "{remarks:?}");
    let problems = problems(&loaded);
    let about =
        |name: &str, what: &str| problems.iter().any(|problem| problem.contains(name) && problem.contains(what));
    assert!(about("/given/self", "leads nowhere"), "{problems:?}");
    assert!(about("/given/gone", "does not exist"), "{problems:?}");
    assert!(about("/dev/zero", "is a device, neither a file nor a folder: not read"), "{problems:?}");
    assert!(about("/given/pipe", "is a pipe"), "{problems:?}");
    assert!(about("/given/socket", "is a socket"), "{problems:?}");
    assert_eq!(problems.len(), 5, "{problems:?}");
}

/// Packed as hard as it goes.
fn best(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn a_bomb_hides_nothing_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let text = line();
    let large = vec![b' '; 70 << 20];
    let inner = zip(&[("big", &large), ("in.json", text.as_bytes())]);
    let members: [(&str, &[u8]); 4] =
        [("before.json", text.as_bytes()), ("bomb.json", &large), ("i.zip", &inner), ("ok.json", text.as_bytes())];
    for (name, bytes) in [("b.zip", zip(&members)), ("b.tgz", best(&tar(&members)))] {
        let loaded = read_one(file(folder.path(), name, &bytes));
        let read = ["before.json", "i.zip!in.json", "ok.json"].map(|member| format!("/{name}!{member}"));
        assert_eq!(names(&loaded, folder.path()), read, "{name}: {:?}", loaded.problems);
        assert_eq!(loaded.rows_read(), 6, "{name}");
        for bomb in [format!("{name}!bomb.json"), format!("{name}!i.zip!big")] {
            let problems = problems(&loaded);
            let named =
                problems.iter().any(|problem| problem.contains(&bomb) && problem.contains("(--max-ratio raises it)"));
            assert!(named, "{bomb}: {problems:?}");
        }
        let more = Options { max_ratio: 1_000_000, ..Options::default() };
        let all =
            load(&[folder.path().join(name)], &more, &|_| {}, &std::sync::atomic::AtomicBool::new(false)).unwrap();
        assert_eq!(all.sources.len(), 5, "{name}: {:?}", all.problems);
    }
}

#[test]
fn a_packed_tar_that_is_cut_gives_what_came_before() {
    let folder = tempfile::tempdir().unwrap();
    let text = line();
    let many: String = (0..4000).map(|n| text.replace("-4000-", &format!("-4{n:03}-"))).collect();
    let whole = gzip(&tar(&[("a.json", text.as_bytes()), ("b.json", many.as_bytes()), ("c.json", text.as_bytes())]));
    let loaded = read_one(file(folder.path(), "cut.tgz", &whole[..whole.len() / 2]));
    assert_eq!(names(&loaded, folder.path()), ["/cut.tgz!a.json", "/cut.tgz!b.json"]);
    assert!(loaded.rows_read() > 1000, "{}", loaded.rows_read());
    assert!(
        problems(&loaded).iter().any(|problem| problem.contains("is a damaged tar from member 2 on")),
        "{:?}",
        loaded.problems
    );
    assert!(loaded.store.events().all(|(id, _)| loaded.raw_record(id).is_ok()));
    assert!(loaded.store.events().all(|(_, event)| !event.get(Field::Id).is_none()));
}
