//! The loader: every shape of one bundle, bad input, and public samples where they are at hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use tokentrail::ingest::{Loaded, Options, load};

fn read(paths: &[PathBuf], options: &Options) -> Loaded {
    load(paths, options, &|_| {}, &AtomicBool::new(false)).unwrap()
}

fn tables(loaded: &Loaded) -> BTreeMap<&str, u64> {
    let mut tables = BTreeMap::new();
    for (table, count) in loaded.sources.iter().flat_map(|source| &source.tables) {
        *tables.entry(table.as_str()).or_default() += count;
    }
    tables
}

/// Rows of public records, named by `TOKENTRAIL_SAMPLES`; they are no part of this project.
#[test]
fn public_samples_are_read_or_named() {
    let Some(folder) = std::env::var_os("TOKENTRAIL_SAMPLES").map(PathBuf::from) else { return };
    let expected: [(&str, &[(&str, u64)]); 5] = [
        (
            "datadog",
            &[
                ("AADManagedIdentitySignInLogs", 24),
                ("AADNonInteractiveUserSignInLogs", 14),
                ("AADServicePrincipalSignInLogs", 25),
                ("MicrosoftGraphActivityLogs", 25),
                ("SigninLogs", 5),
            ],
        ),
        (
            "panther",
            &[("AADNonInteractiveUserSignInLogs", 3), ("AADServicePrincipalSignInLogs", 8), ("SigninLogs", 15)],
        ),
        ("splunk", &[("SigninLogs", 1)]),
        ("sentinel-training-lab", &[("SigninLogs", 2)]),
        ("msticpy", &[]),
    ];
    for (name, rows) in expected {
        let path = folder.join(name);
        assert!(Path::new(&path).is_dir(), "{name} is missing");
        let loaded = read(&[path], &Options::default());
        assert!(loaded.problems.is_empty(), "{name}: {:?}", loaded.problems);
        if rows.is_empty() {
            assert!(
                tables(&loaded).values().sum::<u64>() > 0 && loaded.rows_read() == 0,
                "{name}: {:?}",
                tables(&loaded)
            );
        } else {
            assert_eq!(tables(&loaded), rows.iter().copied().collect(), "{name}");
        }
        for (id, event) in loaded.store.events() {
            let raw = loaded.raw_record(id).unwrap();
            assert_eq!(raw.len(), event.origin.len as usize);
            assert!(!raw.starts_with(b"\n") && !raw.ends_with(b" "), "{name}");
        }
    }
}
