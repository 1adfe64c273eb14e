//! Lists that the user brings: networks in any format, known networks, and the allow-list.
#![no_main]
use tokentrail::testing::analytics::{AllowList, KnownNetworks};
use tokentrail::testing::facts::Networks;
use tokentrail::testing::model::Time;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(networks) = Networks::from_bytes(String::new(), String::new(), bytes.to_vec()) {
        for address in ["192.0.2.1", "255.255.255.255", "2001:db8::1", "::", "x"] {
            let _ = networks.find(address);
        }
    }
    match KnownNetworks::parse("known", bytes) {
        Ok(known) => {
            for address in ["192.0.2.1", "255.255.255.255", "2001:db8::1", "::"] {
                let _ = known.find(Some(64500), address.parse().ok());
            }
        }
        Err(error) => assert!(error.line >= 1 && error.line <= bytes.iter().filter(|byte| **byte == b'\n').count() + 1),
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let now = Time::parse("2026-05-01T00:00:00Z").expect("a time");
        if let Err(error) = AllowList::parse("list", text, now) {
            assert!(error.line >= 1 && error.line <= text.matches('\n').count() + 1);
        }
    }
});
