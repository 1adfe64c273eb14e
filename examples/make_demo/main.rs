//! Writes `assets/demo/contoso.zip`: `cargo run --example make_demo`.

// By path, so that the test that checks the archive can take the same file in.
#[path = "bundle.rs"]
mod bundle;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

fn main() -> anyhow::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/contoso.zip");
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        // The same for every run: the archive must not depend on when it was made.
        .last_modified_time(DateTime::from_date_and_time(2026, 5, 2, 6, 0, 0)?)
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(File::create(&path)?);
    for (name, bytes) in bundle::files() {
        archive.start_file(name, options)?;
        archive.write_all(&bytes)?;
    }
    archive.finish()?;
    Ok(())
}
