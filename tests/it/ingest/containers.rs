//! Archives, archives in archives, and what is meant to break them.

use super::{assert_same, bundle, described, file, gzip, read, read_one, zip};
use std::io::Write;
use std::path::Path;
use tokentrail::testing::ingest::{Hashing, Loaded, Options};
use tokentrail::testing::model::Field;

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

pub(super) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_cksum();
        // Written as it is: a name may say anything.
        archive.append_data(&mut header, name, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

pub(super) fn stored(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

pub(super) fn problems(loaded: &Loaded) -> Vec<String> {
    loaded.problems.iter().map(|problem| format!("{}: {}", problem.source, problem.reason)).collect()
}

#[test]
fn every_container_gives_the_same_events_and_finds_records_again() {
    let folder = tempfile::tempdir().unwrap();
    let rows = bundle::rows();
    let text = bundle::shapes(&rows)[0].1.clone();
    let bytes = text.as_bytes();
    let expected = described(&read_one(file(folder.path(), "rows.ndjson", bytes)));
    let (one, other) = bytes.split_at(text.match_indices('\n').nth(9).unwrap().0 + 1);
    let twice: Vec<u8> = [gzip(one), gzip(other)].concat();
    for (name, bytes, sources) in [
        ("a.zst", zstd(bytes), &["a.zst"][..]),
        ("members.gz", twice, &["members.gz"]),
        ("twice.gz", gzip(&gzip(bytes)), &["twice.gz"]),
        ("a.tar", tar(&[("logs/a", one), ("logs/b", other)]), &["a.tar!logs/a", "a.tar!logs/b"]),
        ("a.tgz", gzip(&tar(&[("a", one), ("b", other)])), &["a.tgz!a", "a.tgz!b"]),
        ("a.tar.zst", zstd(&tar(&[("a", bytes)])), &["a.tar.zst!a"]),
        ("stored.zip", stored(&[("a", one), ("b", other)]), &["stored.zip!a", "stored.zip!b"]),
        ("gz.zip", zip(&[("a.json.gz", &gzip(one)), ("b.zst", &zstd(other))]), &["gz.zip!a.json.gz", "gz.zip!b.zst"]),
        ("zip.zip", zip(&[("i.zip", &zip(&[("a", one)])), ("b", other)]), &["zip.zip!b", "zip.zip!i.zip!a"]),
        ("tgz.zip", zip(&[("i.tgz", &gzip(&tar(&[("a", bytes)])))]), &["tgz.zip!i.tgz!a"]),
        ("zip.tar", tar(&[("i.zip", &stored(&[("a", bytes)]))]), &["zip.tar!i.zip!a"]),
        ("zip.tgz", gzip(&tar(&[("i.zip", &zip(&[("a", bytes)]))])), &["zip.tgz!i.zip!a"]),
    ] {
        let loaded = read_one(file(folder.path(), name, &bytes));
        assert_eq!(problems(&loaded), [""; 0], "{name}");
        assert_same(&described(&loaded), &expected, name);
        let came_out: u64 = loaded.sources.iter().map(|source| source.decoded.unwrap_or(source.bytes)).sum();
        assert_eq!(came_out, text.len() as u64, "{name}: offsets count what came out");
        let names: Vec<&str> =
            loaded.sources.iter().map(|s| s.name.strip_prefix(folder.path().to_str().unwrap()).unwrap()).collect();
        assert_eq!(names, sources.iter().map(|source| format!("/{source}")).collect::<Vec<_>>(), "{name}");
        for (id, _) in loaded.store.events() {
            let raw = String::from_utf8(loaded.raw_record(id).unwrap()).unwrap();
            assert!(raw.starts_with('{') && raw.ends_with('}') && raw.contains(loaded.store.get(id, Field::Id)));
        }
        assert!(
            loaded.sources.iter().all(|source| source.sha256().len() == 64 && source.path == folder.path().join(name))
        );
    }
}

#[test]
fn a_member_s_name_is_only_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let line = bundle::shapes(&bundle::rows()[..2])[0].1.clone();
    let line = line.as_bytes();
    // Two of one name: neither may hide the other.
    let mut same = stored(&[("aaaa", line), ("bbbb", line)]);
    while let Some(at) = same.windows(4).position(|four| four == b"bbbb") {
        same[at..at + 4].copy_from_slice(b"aaaa");
    }
    let hostile = stored(&[("../../etc/x", line), ("/abs", line), ("\u{1b}[2J", line), ("a!b", line)]);
    for (name, bytes, members) in [("same.zip", same, 2), ("hostile.zip", hostile, 4)] {
        let loaded = read_one(file(folder.path(), name, &bytes));
        assert_eq!(problems(&loaded), [""; 0], "{name}");
        assert_eq!((loaded.sources.len(), loaded.rows_read()), (members, 2 * members as u64), "{name}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is unpacked beside the evidence");
}

#[test]
fn a_changed_member_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let line = bundle::shapes(&bundle::rows()[..2])[0].1.clone();
    let mut changed = stored(&[("a", line.as_bytes())]);
    let at = changed.windows(7).position(|seven| seven == b"contoso").unwrap();
    changed[at] = b'C';
    let loaded = read_one(file(folder.path(), "changed.zip", &changed));
    assert_eq!(loaded.rows_read(), 2);
    assert!(problems(&loaded)[0].contains("checksum"), "{:?}", loaded.problems);
}

/// Reads what was made to break a reader; what is said of it.
fn broken(folder: &Path, name: &str, bytes: &[u8], options: &Options) -> String {
    let loaded = read(&[file(folder, name, bytes)], options);
    let message = problems(&loaded).join("\n");
    assert!(!message.is_empty(), "{name}: nothing is said");
    message
}

#[test]
fn bombs_end_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let line = bundle::shapes(&bundle::rows()[..2])[0].1.clone();
    let options = Options { hash: Hashing::Never, ..Options::default() };
    let fill = |bytes: &[u8]| {
        let block = bytes.repeat((1 << 20) / bytes.len());
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(line.as_bytes()).unwrap();
        (0..100).for_each(|_| packer.write_all(&block).unwrap());
        packer.finish().unwrap()
    };
    let zeros = broken(folder.path(), "zeros.gz", &fill(b"\0"), &options);
    assert!(zeros.contains("--max-ratio") || zeros.contains("--max-record"), "{zeros}");
    let blank = broken(folder.path(), "blank.gz", &fill(b"\n"), &options);
    assert!(blank.contains("more than 250 times its size (--max-ratio raises it)"), "{blank}");
    let member = fill(b" ");
    let zipped = broken(folder.path(), "blank.zip", &zip(&[("a.gz", &member)]), &options);
    assert!(zipped.contains("--max-ratio"), "{zipped}");
    // The same bytes for every member: the directory alone shows it.
    let large = vec![b' '; 30 << 20];
    let declared =
        broken(folder.path(), "declared.zip", &zip(&[("a", &large), ("b", &large), ("c", &large)]), &options);
    assert!(declared.contains("declared.zip!c: was not read: it unpacks to more than 250 times"), "{declared}");
    let mut nested = zip(&[("x", b"y")]);
    for _ in 0..200 {
        nested = zip(&[("in.zip", &nested)]);
    }
    let nested = broken(folder.path(), "nested.zip", &nested, &options);
    assert!(nested.contains("--max-depth"), "{nested}");
    let names: Vec<String> = (0..300).map(|n| n.to_string()).collect();
    let empty: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let few = Options { max_members: 100, ..options.clone() };
    for (name, bytes) in [("members.zip", zip(&empty)), ("members.tar", tar(&empty))] {
        let message = broken(folder.path(), name, &bytes, &few);
        assert!(message.contains("after the first 100 were not read (--max-members raises it)"), "{message}");
        assert!(message.contains("has 100 empty members, the first ") && message.lines().count() == 2, "{message}");
    }
    let inner: Vec<Vec<u8>> = (0..200).map(|_| zip(&[("x", line.as_bytes())])).collect();
    let inner: Vec<(&str, &[u8])> =
        names.iter().zip(&inner).map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let message = broken(folder.path(), "zips.zip", &zip(&inner), &few);
    assert!(message.contains("--max-members"), "{message}");
}
