//! Evidence packed with 7z, xz and bzip2, and evidence that is encrypted.

use super::containers::{problems, tar};
use super::{assert_same, bundle, described, file, gzip, read, read_one, zip};
use bzip2::write::BzEncoder;
use lzma_rust2::{XzOptions, XzWriter};
use sevenz_rust2::encoder_options::{AesEncoderOptions, Lzma2Options};
use sevenz_rust2::{ArchiveEntry, ArchiveWriter};
use std::io::{Cursor, Write};
use tokentrail::testing::ingest::{Hashing, Loaded, Options, Password, needs_password};
use tokentrail::testing::model::Field;
use zip::unstable::write::FileOptionsExt;
use zip::write::SimpleFileOptions;

pub(crate) const SECRET: &str = "Correct-Horse-9";

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut packer = XzWriter::new(Vec::new(), XzOptions::with_preset(0)).unwrap();
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut packer = BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// A 7z, with a password where one is given, and with its list hidden where that is wanted.
fn sevenz(members: &[(&str, &[u8])], password: Option<(&str, bool)>) -> Vec<u8> {
    let mut archive = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    archive.set_content_methods(vec![Lzma2Options::from_level(0).into()]);
    if let Some((password, hidden)) = password {
        let aes = AesEncoderOptions::new(password.into());
        archive.set_content_methods(vec![aes.into(), Lzma2Options::from_level(0).into()]);
        archive.set_encrypt_header(hidden);
    }
    for (name, bytes) in members {
        archive.push_archive_entry(ArchiveEntry::new_file(name), Some(*bytes)).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn zip_with(members: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A zip of one member, encrypted with [`SECRET`].
pub(crate) fn locked(bytes: &[u8]) -> Vec<u8> {
    zip_with(&[("rows.json", bytes)], SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes256, SECRET))
}

fn names(loaded: &Loaded) -> Vec<&str> {
    loaded.sources.iter().map(|source| source.name.rsplit('/').next().unwrap()).collect()
}

#[test]
fn every_packer_gives_the_same_events_and_finds_records_again() {
    let folder = tempfile::tempdir().unwrap();
    let text = bundle::shapes(&bundle::rows())[0].1.clone();
    let bytes = text.as_bytes();
    let expected = described(&read_one(file(folder.path(), "rows.ndjson", bytes)));
    let (one, other) = bytes.split_at(text.match_indices('\n').nth(9).unwrap().0 + 1);
    let both: [(&str, &[u8]); 2] = [("a", one), ("b", other)];
    let bzipped = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Bzip2);
    for (name, packed, sources) in [
        ("a.xz", xz(bytes), &["a.xz"][..]),
        ("a.bz2", bz2(bytes), &["a.bz2"]),
        ("streams.xz", [xz(one), xz(other)].concat(), &["streams.xz"]),
        ("streams.bz2", [bz2(one), bz2(other)].concat(), &["streams.bz2"]),
        ("xz.gz", gzip(&xz(bytes)), &["xz.gz"]),
        ("a.txz", xz(&tar(&both)), &["a.txz!a", "a.txz!b"]),
        ("a.tbz", bz2(&tar(&both)), &["a.tbz!a", "a.tbz!b"]),
        ("a.7z", sevenz(&both, None), &["a.7z!a", "a.7z!b"]),
        ("packed.zip", zip(&[("a.xz", &xz(one)), ("b.bz2", &bz2(other))]), &["packed.zip!a.xz", "packed.zip!b.bz2"]),
        ("bz.zip", zip_with(&both, bzipped), &["bz.zip!a", "bz.zip!b"]),
        ("7z.zip", zip(&[("i.7z", &sevenz(&both, None))]), &["7z.zip!i.7z!a", "7z.zip!i.7z!b"]),
        ("zip.7z", sevenz(&[("i.zip", &zip(&both))], None), &["zip.7z!i.zip!a", "zip.7z!i.zip!b"]),
        ("tar.7z", sevenz(&[("i.txz", &xz(&tar(&both)))], None), &["tar.7z!i.txz!a", "tar.7z!i.txz!b"]),
        ("7z.txz", xz(&tar(&[("i.7z", &sevenz(&both, None))])), &["7z.txz!i.7z!a", "7z.txz!i.7z!b"]),
    ] {
        let loaded = read_one(file(folder.path(), name, &packed));
        assert_eq!(problems(&loaded), [""; 0], "{name}");
        assert_eq!(names(&loaded), sources, "{name}");
        assert_same(&described(&loaded), &expected, name);
        for (id, _) in loaded.store.events() {
            let raw = String::from_utf8(loaded.raw_record(id).unwrap()).unwrap();
            assert!(raw.contains(loaded.store.get(id, Field::Id)), "{name}");
        }
    }
}

#[test]
fn encrypted_archives_open_with_their_password_and_are_named_without() {
    let folder = tempfile::tempdir().unwrap();
    let text = bundle::shapes(&bundle::rows())[0].1.clone();
    let bytes = text.as_bytes();
    let expected = described(&read_one(file(folder.path(), "rows.ndjson", bytes)));
    let members: [(&str, &[u8]); 1] = [("a.json", bytes)];
    let aes = SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes256, SECRET);
    let old = SimpleFileOptions::default().with_deprecated_encryption(SECRET.as_bytes()).unwrap();
    for (name, archive, hidden) in [
        ("aes.zip", zip_with(&members, aes), false),
        ("old.zip", zip_with(&members, old), false),
        ("content.7z", sevenz(&members, Some((SECRET, false))), false),
        ("hidden.7z", sevenz(&members, Some((SECRET, true))), true),
        ("in.zip", zip(&[("i.7z", &sevenz(&members, Some((SECRET, false))))]), false),
    ] {
        let path = file(folder.path(), name, &archive);
        assert_eq!(needs_password(&path), name != "in.zip", "{name}");
        let with = |password: Option<&str>| {
            let password = password.and_then(|password| Password::first_line(password.as_bytes()));
            read(std::slice::from_ref(&path), &Options { password, ..Options::default() })
        };
        let right = with(Some(SECRET));
        assert_eq!(problems(&right), [""; 0], "{name}");
        assert_same(&described(&right), &expected, name);
        assert!(right.store.events().all(|(id, _)| right.raw_record(id).is_ok()), "{name}");
        for (password, why) in [(None, "--password-file FILE"), (Some("another"), "with another password")] {
            let without = with(password);
            let [problem] = &problems(&without)[..] else { panic!("{name}: {:?}", without.problems) };
            assert!(problem.contains(why) && problem.contains("is encrypted"), "{name}: {problem}");
            assert!(problem.contains(if hidden { name } else { "!a.json" }), "{name}: {problem}");
            assert_eq!(without.rows_read(), 0, "{name}");
            assert!(!problem.contains("another\"") && !problem.contains(SECRET), "{problem}");
        }
    }
}

#[test]
fn a_wrong_password_hides_nothing_that_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let text = bundle::shapes(&bundle::rows()[..2])[0].1.clone();
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let aes = SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes128, SECRET);
    archive.start_file("locked.json", aes).unwrap();
    archive.write_all(text.as_bytes()).unwrap();
    archive.start_file("open.json", SimpleFileOptions::default()).unwrap();
    archive.write_all(text.as_bytes()).unwrap();
    let path = file(folder.path(), "mixed.zip", &archive.finish().unwrap().into_inner());
    let password = Password::first_line(b"wrong");
    let loaded = read(&[path], &Options { password, ..Options::default() });
    assert_eq!((names(&loaded), loaded.rows_read()), (vec!["mixed.zip!open.json"], 2));
    assert!(problems(&loaded)[0].contains("mixed.zip!locked.json: is encrypted with another password"));
}

#[test]
fn bombs_in_every_packer_hide_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let text = bundle::shapes(&bundle::rows()[..2])[0].1.clone();
    let large = vec![b' '; 70 << 20];
    let members: [(&str, &[u8]); 2] = [("bomb.json", &large), ("ok.json", text.as_bytes())];
    for (name, bytes) in
        [("b.7z", sevenz(&members, None)), ("b.txz", xz(&tar(&members))), ("b.tbz", bz2(&tar(&members)))]
    {
        let loaded = read_one(file(folder.path(), name, &bytes));
        assert_eq!(names(&loaded), [format!("{name}!ok.json")], "{:?}", loaded.problems);
        assert_eq!(loaded.rows_read(), 2);
        let problem = &problems(&loaded)[0];
        assert!(problem.contains("bomb.json: was not read") && problem.contains("--max-ratio"), "{problem}");
    }
    let loaded = read_one(file(folder.path(), "one.xz", &xz(&[text.as_bytes(), &large].concat())));
    assert!(problems(&loaded)[0].contains("--max-ratio raises it"), "{:?}", loaded.problems);
}

#[test]
fn damaged_archives_end_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let text = bundle::shapes(&bundle::rows())[0].1.clone();
    let members: [(&str, &[u8]); 2] = [("a.json", text.as_bytes()), ("b.json", text.as_bytes())];
    let whole =
        [sevenz(&members, None), sevenz(&members, Some((SECRET, false))), xz(text.as_bytes()), bz2(text.as_bytes())];
    let options =
        Options { password: Password::first_line(SECRET.as_bytes()), hash: Hashing::Never, ..Options::default() };
    let mut dice = 12345u64;
    for (number, archive) in whole.iter().enumerate() {
        for round in 0..60 {
            let mut bytes = archive.clone();
            for _ in 0..=round % 4 {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = usize::try_from(dice >> 33).unwrap() % bytes.len();
                bytes[at] = u8::try_from(dice >> 24 & 0xff).unwrap();
            }
            if round % 5 == 4 {
                bytes.truncate(bytes.len() * usize::try_from(round).unwrap() / 60);
            }
            let loaded = read(&[file(folder.path(), "x", &bytes)], &options);
            assert!(loaded.rows_read() > 0 || !loaded.problems.is_empty(), "{number} {round}");
            assert!(loaded.store.events().all(|(id, _)| loaded.raw_record(id).is_ok()));
        }
    }
}

#[test]
fn formats_that_are_not_read_are_named_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    for (head, what, way) in [
        (&b"Obj\x01\x04\x16avro.schema"[..], "an Avro file", "avro-tools tojson"),
        (b"PAR1\x15\x04\x15", "a Parquet file", "duckdb -c"),
        (b"Rar!\x1a\x07\x01\0", "a rar archive", "unrar x"),
        (b"SQLite format 3\0", "an SQLite database", "sqlite3 -json"),
        (b"ElfFile\0\0\0", "a Windows event log", "export SigninLogs"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "a workbook or document of an old Office", "CSV UTF-8"),
        (b"%PDF-1.7\n", "a PDF", "as JSON or CSV"),
        (b"\x04\x22\x4d\x18\x60\x40\x82", "packed with lz4", "lz4 -d"),
    ] {
        let loaded = read_one(file(folder.path(), "x", head));
        let problem = &problems(&loaded)[0];
        assert!(problem.contains(what) && problem.contains(way), "{problem}");
    }
    // Letters that also begin a header are no mark.
    let csv = "MZ,TimeGenerated,UserId,AppId,ResultType\n1,2026-05-20T14:00:00Z,u,a,0\n";
    assert_eq!(read_one(file(folder.path(), "mz.csv", csv.as_bytes())).rows_read(), 1);
}
