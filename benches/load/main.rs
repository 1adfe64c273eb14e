//! Loads and analyses a bundle and prints what it took; `generate` writes the bundle. See benches/README.md.

mod acts;
mod rows;

use std::io::BufReader;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::time::Instant;
use tokentrail::testing::analytics::{self, Settings};
use tokentrail::testing::facts::Facts;
use tokentrail::testing::ingest::{Hashing, Options, Progress, load};

const USAGE: &str = "usage: load generate FOLDER [SIGN-INS GRAPH-CALLS [ACTS]] | load generate-acts FOLDER [RECORDS CHANGES] | \
                     load read [--threads N] [--hash] PATH… | load unpack FILE.gz…";

#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let number = |at: usize, default: u64| words.get(at).and_then(|word| word.parse().ok()).unwrap_or(default);
    match words.first().map(String::as_str) {
        Some("generate") if words.len() >= 2 => {
            rows::write(&PathBuf::from(&words[1]), number(2, 115_041), number(3, 211_659), number(4, 0))
        }
        Some("generate-acts") if words.len() >= 2 => {
            acts::write(&PathBuf::from(&words[1]), number(2, 200_000), number(3, 160_000))
        }
        Some("read") if words.len() >= 2 => {
            read(&words[1..]);
            Ok(())
        }
        Some("unpack") if words.len() >= 2 => unpack(&words[1..]),
        _ => {
            println!("{USAGE}");
            Ok(())
        }
    }
}

/// Unpacks gzip files, a thread each, by the library that loading uses; what a load of them cannot be faster than.
#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn unpack(paths: &[String]) -> std::io::Result<()> {
    let start = Instant::now();
    let lengths = std::thread::scope(|scope| {
        let unpacked = |path| {
            let unpacked = flate2::read::MultiGzDecoder::new(std::fs::File::open(path)?);
            std::io::copy(&mut BufReader::with_capacity(256 << 10, unpacked), &mut std::io::sink())
        };
        let threads: Vec<_> = paths.iter().map(|path| scope.spawn(move || unpacked(path))).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).sum::<std::io::Result<u64>>()
    })?;
    println!("{{\"seconds\": {:.3}, \"bytes\": {lengths}}}", start.elapsed().as_secs_f64());
    Ok(())
}

/// One JSON object: seconds, the analytics' share of them, rows, bytes, and peak memory where the system tells it, after
/// loading and after the analytics.
#[expect(clippy::print_stdout, reason = "the figures are the output")]
fn read(words: &[String]) {
    let mut options = Options { hash: Hashing::Never, ..Options::default() };
    let mut paths = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--threads" => options.threads = words.next().and_then(|word| word.parse().ok()),
            "--hash" => options.hash = Hashing::WhileReading,
            path => paths.push(PathBuf::from(path)),
        }
    }
    let start = Instant::now();
    let building = OnceLock::new();
    let progress = |message| {
        if message == Progress::Building {
            building.get_or_init(|| start.elapsed().as_secs_f64());
        }
    };
    let loaded = load(&paths, &options, &progress, &AtomicBool::new(false)).expect("nothing stops it");
    let loaded_after = start.elapsed().as_secs_f64();
    let peak_loaded = peak_kib().unwrap_or(0);
    let hits = analytics::run(&loaded.store, Facts::embedded(), &Settings::default());
    let seconds = start.elapsed().as_secs_f64();
    let bytes: u64 = loaded.sources.iter().map(|source| source.bytes).sum();
    println!(
        "{{\"seconds\": {seconds:.3}, \"of_it_reading\": {:.3}, \"of_it_loading\": {loaded_after:.3}, \"share_of_analytics\": {:.3}, \"hits\": {}, \"rows\": {}, \"folded\": {}, \"skipped\": {}, \"bytes\": {bytes}, \"peak_kib_loaded\": {peak_loaded}, \"peak_kib\": {}}}",
        building.get().unwrap_or(&0.0),
        (seconds - loaded_after) / seconds,
        hits.len(),
        loaded.rows_read(),
        loaded.store.duplicates(),
        loaded.rows_skipped(),
        peak_kib().unwrap_or(0)
    );
}

/// Peak resident memory, as Linux tells it.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").parse().ok()
}
