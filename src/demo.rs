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
/// When a file cannot be written, or one of that name stands there already: nothing is overwritten, and nothing written
/// stays. The error names the path.
pub fn write(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder).map_err(|error| named(folder, &error))?;
    let files: Vec<_> = files().into_iter().map(|(name, bytes)| (folder.join(name), bytes)).collect();
    for (path, _) in &files {
        // A link that leads nowhere is in the way, too.
        if path.symlink_metadata().is_ok() {
            return Err(named(path, &io::ErrorKind::AlreadyExists.into()));
        }
    }
    let mut paths = Vec::with_capacity(files.len());
    for (path, bytes) in files {
        let written = File::create_new(&path).and_then(|mut file| {
            paths.push(path.clone());
            file.write_all(&bytes)
        });
        if let Err(error) = written {
            for written in &paths {
                // The first error is the one to name.
                let _ = fs::remove_file(written);
            }
            return Err(named(&path, &error));
        }
    }
    Ok(paths)
}

/// An error with the path it is about.
fn named(path: &Path, error: &io::Error) -> io::Error {
    let why = match error.kind() {
        io::ErrorKind::AlreadyExists => "stands there already and is not overwritten; give another folder".to_owned(),
        _ => error.to_string(),
    };
    io::Error::new(error.kind(), format!("{}: {why}", crate::model::shown(path)))
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

    #[test]
    fn a_name_that_is_taken_keeps_the_folder_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (last, _) = files().pop().unwrap();
        fs::write(folder.path().join(&last), "mine").unwrap();
        let refused = write(folder.path()).unwrap_err();
        assert!(refused.to_string().contains(&last), "{refused}");
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [last.as_str()]);
        assert_eq!(fs::read_to_string(folder.path().join(&last)).unwrap(), "mine");
    }
}
