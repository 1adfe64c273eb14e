//! NDJSON: whatever stands in a line, the lines after it are read.
#![no_main]
mod shared;

const ROW: &[u8] = br#"{"Type":"SigninLogs","TimeGenerated":"2026-05-01T00:00:00Z","Id":"i","AppId":"a","UserId":"u"}"#;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let loaded = shared::read(&[ROW, b"\n", bytes, b"\n", ROW, b"\n"].concat());
    if !bytes.contains(&0) && bytes.len() < 60_000 {
        assert!(loaded.rows_read() >= 2);
    }
    shared::analyse(&loaded);
});
