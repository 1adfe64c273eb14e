//! JSON of any other layout: pages, envelopes, frames, cut and broken.
#![no_main]
mod shared;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut text = vec![b'['];
    text.extend_from_slice(bytes);
    shared::analyse(&shared::read(&text));
    shared::read(bytes);
});
