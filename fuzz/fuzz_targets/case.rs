//! A case file from elsewhere: read, refused, never a panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::NamedTempFile::new_in("/dev/shm").expect("memory takes a file");
    std::io::Write::write_all(&mut file, bytes).expect("memory takes the bytes");
    let _ = tokentrail::testing::casefile::stored(file.path(), &"bundle".into());
    assert_eq!(std::fs::read(file.path()).expect("it is still there"), bytes, "a case file is not touched");
});
