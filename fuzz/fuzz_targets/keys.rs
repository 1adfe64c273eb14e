//! Key tables and times as they are typed.
#![no_main]
use tokentrail::testing::model::{Span, Time};
use tokentrail::testing::tui::keymap::Keymap;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = Keymap::parse(text);
    let _ = Span::parse(text);
    if let Some(time) = Time::parse(text) {
        assert_eq!(Time::parse(&time.to_string()), Some(time));
    }
});
