//! Loads bytes as a file, with small caps, and looks at everything that came of it.
#![allow(dead_code, reason = "not every target uses all of it")]

use std::sync::atomic::AtomicBool;
use tokentrail::testing::analytics::{self, Settings};
use tokentrail::testing::facts::Facts;
use tokentrail::testing::ingest::{Hashing, Loaded, Options, Password, load};

/// Reads the bytes as one file in memory.
pub fn read(bytes: &[u8]) -> Loaded {
    let mut file = tempfile::NamedTempFile::new_in("/dev/shm").expect("memory takes a file");
    std::io::Write::write_all(&mut file, bytes).expect("memory takes the bytes");
    let options = Options {
        threads: Some(1),
        hash: Hashing::Never,
        max_bytes: 4 << 20,
        max_record: 64 << 10,
        max_members: 50,
        password: Password::first_line(b"pass"),
        ..Options::default()
    };
    let loaded =
        load(&[file.path().to_owned()], &options, &|_| {}, &AtomicBool::new(false)).expect("nobody stops it");
    // What was kept of a record finds it again, with the same bytes every time.
    for (id, event) in loaded.store.events().take(3) {
        let raw = loaded.raw_record(id).expect("the file is still there");
        assert_eq!(raw.len(), event.origin.len as usize);
    }
    loaded
}

/// Runs the analytics too: no row that can be read may stop them.
pub fn analyse(loaded: &Loaded) {
    for semantics in [analytics::Semantics::Hunt, analytics::Semantics::Published] {
        let settings = Settings { semantics, ..Settings::default() };
        analytics::run(&loaded.store, Facts::embedded(), &settings);
    }
}
