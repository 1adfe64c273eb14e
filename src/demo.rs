//! A bundle to try the program on: a month of a tenant that does not exist.
//!
//! `assets/demo/README.md` says what is planted where; `cargo run --example make_demo` makes the archive anew.

use std::fs::{self, File};
use std::io::{self, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use zip::ZipArchive;

/// The archive's file name.
pub const NAME: &str = "contoso.zip";

/// The bundle as an archive, ready to be read like any other.
pub fn archive() -> &'static [u8] {
    include_bytes!("../assets/demo/contoso.zip")
}

/// The files of the bundle, unpacked: name and bytes, in the order of the archive. About 24 MB in all.
pub fn files() -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(archive())).expect("a test reads the embedded archive");
    let mut files = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).expect("a test reads every member");
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).expect("a test reads every member");
        let name = member.name().expect("the names are ASCII").into_owned();
        files.push((name, bytes));
    }
    files
}

/// Writes the bundle's files into a folder, which is made where it is missing, and returns their paths.
///
/// # Errors
/// When a file cannot be written, or stands there already: nothing is overwritten. The error names the path.
pub fn write(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let named = |path: &Path, error: &io::Error| {
        let why = match error.kind() {
            io::ErrorKind::AlreadyExists => {
                "stands there already and is not overwritten; give another folder".to_owned()
            }
            _ => error.to_string(),
        };
        io::Error::new(error.kind(), format!("{}: {why}", path.display()))
    };
    fs::create_dir_all(folder).map_err(|error| named(folder, &error))?;
    let mut paths = Vec::new();
    for (name, bytes) in files() {
        let path = folder.join(name);
        File::create_new(&path).and_then(|mut file| file.write_all(&bytes)).map_err(|error| named(&path, &error))?;
        paths.push(path);
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundle_is_written_out_once() {
        let folder = tempfile::tempdir().unwrap();
        let paths = write(&folder.path().join("new")).unwrap();
        assert_eq!(paths.len(), files().len());
        assert!(paths.iter().all(|path| path.metadata().unwrap().len() > 0));
        let again = write(&folder.path().join("new")).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert!(again.to_string().contains("AADGraphActivityLogs.json"), "{again}");
    }
}
