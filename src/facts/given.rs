//! Files that the user names: opened only if they are files, and read only up to a size.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// Most bytes of a list or a table that a person writes: settings, keys, an allow-list, client ids, facts.
pub const LIST: u64 = 16 << 20;

/// Opens a file for reading, without waiting for a pipe's writer.
///
/// # Errors
/// As [`File::open`]; also where the path leads to no regular file.
pub fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A pipe put in the place of a file would keep the reader for ever.
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    let file = options.read(true).open(path)?;
    let about = file.metadata()?;
    if about.is_file() { Ok(file) } else { Err(io::Error::other(format!("is {}, no file", kind(&about)))) }
}

/// Reads a whole file or pipe of at most `most` bytes. `/dev/null` counts as an empty file.
///
/// # Errors
/// As [`fs::read`]; also where it is neither file nor pipe, or holds more.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let about = fs::metadata(path)?;
    if path == Path::new("/dev/null") {
        return Ok(Vec::new());
    }
    if !about.is_file() && !is_pipe(&about) {
        return Err(io::Error::other(format!("is {}, no file", kind(&about))));
    }
    let too_large = || io::Error::other(format!("holds more than {most} bytes, the most that is read of such a file"));
    if about.len() > most {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0));
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(too_large()) } else { Ok(bytes) }
}

/// Kind of a path that is neither file nor folder.
pub fn kind(about: &Metadata) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = about.file_type();
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    if about.is_dir() { "a folder" } else { "something else" }
}

#[cfg(unix)]
fn is_pipe(about: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&about.file_type())
}

#[cfg(not(unix))]
fn is_pipe(_: &Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_size() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert!(read(&path, 4).unwrap_err().to_string().contains("more than 4 bytes"));
        assert!(open(&path).is_ok());
        assert!(read(folder.path(), 9).unwrap_err().to_string().contains("is a folder, no file"));
    }

    #[cfg(unix)]
    #[test]
    fn what_never_ends_is_not_begun() {
        let zero = Path::new("/dev/zero");
        assert!(read(zero, 9).unwrap_err().to_string().contains("is a device, no file"));
        assert!(open(zero).unwrap_err().to_string().contains("is a device, no file"));
        assert_eq!(read(Path::new("/dev/null"), 9).unwrap(), b"");
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(open(&pipe).unwrap_err().to_string().contains("is a pipe, no file"));
        let writer = std::thread::spawn({
            let pipe = pipe.clone();
            // Fails where the reader has had enough.
            move || drop(fs::write(pipe, vec![b'x'; 100_000]))
        });
        assert!(read(&pipe, 1000).unwrap_err().to_string().contains("more than 1000 bytes"));
        writer.join().unwrap();
    }
}
