//! Archives and what is packed: any bytes end in rows or in a sentence.
#![no_main]
mod shared;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let loaded = shared::read(bytes);
    assert!(!loaded.sources.is_empty() || !loaded.problems.is_empty());
});
