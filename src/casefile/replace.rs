//! Files replaced as a whole: a reader sees the old bytes or the new ones, never a part, whatever happens meanwhile.

use super::process::Process;
use crate::model::{Span, Time};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempPath};

/// Most bytes of a file's name that its temporary file repeats: names have at most 255.
const NAME_BYTES: usize = 120;
const ENDING: &str = ".tmp";

/// Puts a folder on disk. A parameter, so that a test can have one that fails.
pub(super) type Sync = fn(&Path) -> io::Result<()>;

/// Certainty that a written file outlives a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It does.
    Synced,
    /// There is no way to make sure of this part.
    Unsynced(Unsynced),
}

/// The part of a save that cannot be put on disk at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsynced {
    /// The bytes: some FUSE mounts have no way.
    File,
    /// The name: some network and FUSE mounts have no way, nor has who may not list the folder.
    Folder,
}

/// Replaces a file. The folder is made where it is missing. Only the user may read what is new.
///
/// # Errors
/// When any step fails; no half-written file stays behind.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    Pending::write(path, bytes)?.put(path, sync_folder).map(|_| ())
}

/// A file written under a name nobody can guess, not yet in its place; removed on drop.
pub(super) struct Pending {
    file: NamedTempFile,
    is_synced: bool,
}

impl Pending {
    /// Writes the bytes to disk beside `path`. Never through a link: the name is new, or it is not taken.
    pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<Self> {
        let mut file = temporary(path)?;
        file.write_all(bytes)?;
        let is_synced = sync_file(file.as_file())?;
        Ok(Self { file, is_synced })
    }

    /// Its path, to be removed on drop.
    pub(super) fn into_path(self) -> TempPath {
        self.file.into_temp_path()
    }

    /// Puts it in the place of any file there.
    pub(super) fn put(self, path: &Path, sync: Sync) -> io::Result<Kept> {
        self.file.persist(path).map_err(|error| error.error)?;
        match sync(folder(path)) {
            Ok(()) if self.is_synced => Ok(Kept::Synced),
            Err(error) if !is_unsyncable(&error) && error.kind() != io::ErrorKind::PermissionDenied => Err(error),
            _ if !self.is_synced => Ok(Kept::Unsynced(Unsynced::File)),
            // Who may write in a folder and not list it cannot open it either.
            _ => Ok(Kept::Unsynced(Unsynced::Folder)),
        }
    }

    /// Puts it where there is no file; [`io::ErrorKind::AlreadyExists`] where there is one, and for all but one of
    /// several at once.
    pub(super) fn put_new(self, path: &Path) -> io::Result<()> {
        match self.file.persist_noclobber(path) {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(error.error),
            // A file system without a second name for a file.
            Err(error) => {
                let bytes = fs::read(error.file.path())?;
                let mut options = File::options();
                options.write(true).create_new(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                let mut file = options.open(path)?;
                file.write_all(&bytes)?;
                sync_file(&file).map(|_| ())
            }
        }
    }
}

/// An empty file beside `path`, to be put in its place; see [`Pending::write`].
pub(super) fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    make_folder(folder(path))?;
    let beginning = format!("{}{}.", beginning(path), Process::this().tag());
    tempfile::Builder::new().prefix(&beginning).suffix(ENDING).rand_bytes(16).tempfile_in(folder(path))
}

/// The folder of a file.
pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Beginning of the names of a file's temporary files.
fn beginning(path: &Path) -> String {
    let mut name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    while name.len() > NAME_BYTES {
        name.pop();
    }
    name.push('.');
    name
}

/// Removes the temporary files of these files that killed runs left: those whose process ran here and is gone. Those of
/// a process that runs, of another machine, or of anything else are left alone.
pub(super) fn clear(folder: &Path, paths: &[PathBuf], here: &Process, now: Time) {
    let beginnings: Vec<String> = paths.iter().map(|path| beginning(path)).collect();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str().and_then(|name| name.strip_suffix(ENDING)) else { continue };
        let rest = beginnings.iter().filter_map(|beginning| name.strip_prefix(beginning.as_str()));
        // A link or a folder is none of ours.
        let is_file = entry.metadata().is_ok_and(|data| data.is_file());
        if is_file && rest.into_iter().any(|rest| is_left(rest, &entry, here, now)) {
            // Best effort: it takes room, and does no harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Returns whether nobody writes a temporary file any more; `rest` is the part of its name between beginning and
/// ending.
fn is_left(rest: &str, entry: &fs::DirEntry, here: &Process, now: Time) -> bool {
    if let Some((tag, random)) = rest.split_once('.') {
        return random.len() == 16 && here.is_gone(tag);
    }
    // Version 0.1.0 named only the number of the process, of whatever machine: an hour is longer than any save takes.
    let millis =
        |time: std::time::SystemTime| time.duration_since(std::time::UNIX_EPOCH).ok()?.as_millis().try_into().ok();
    let changed = entry.metadata().and_then(|data| data.modified()).ok().and_then(millis);
    let changed = changed.and_then(Time::from_unix_millis);
    rest.parse::<u32>().is_ok() && changed.is_some_and(|changed| now.since(changed) > Span::seconds(3600))
}

pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A rename is on disk only when its folder is.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Puts a file on disk; `false` where its file system has no way to.
fn sync_file(file: &File) -> io::Result<bool> {
    match file.sync_all() {
        Ok(()) => Ok(true),
        Err(error) if is_unsyncable(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns whether an error of a sync says that there is no such thing there: some network and FUSE mounts.
fn is_unsyncable(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_the_users_alone_and_its_temporary_file_has_no_name_to_wait_at() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let (path, other) = (home.path().join("case.json"), home.path().join("precious"));
        fs::write(&other, "precious").unwrap();
        // Where 0.1.0 wrote first.
        let known = home.path().join(format!("case.json.{}.tmp", std::process::id()));
        std::os::unix::fs::symlink(&other, &known).unwrap();
        let (one, two) = (Pending::write(&path, b"1").unwrap(), Pending::write(&path, b"2").unwrap());
        assert_ne!(one.file.path(), two.file.path());
        one.put(&path, sync_folder).unwrap();
        drop(two);
        assert_eq!(fs::read_to_string(&path).unwrap(), "1");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(&other).unwrap(), "precious");
        assert_eq!(names(home.path()).len(), 3, "{:?}", names(home.path()));
    }

    #[test]
    fn a_new_file_takes_nobodys_place() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("case.json");
        Pending::write(&path, b"1").unwrap().put_new(&path).unwrap();
        let error = Pending::write(&path, b"2").unwrap().put_new(&path).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!((fs::read_to_string(&path).unwrap(), names(home.path()).len()), ("1".to_owned(), 1));
    }

    #[test]
    fn a_folder_that_cannot_be_synced_counts_as_written_and_other_errors_do_not() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("case.json");
        let put = |sync: Sync| Pending::write(&path, b"1").unwrap().put(&path, sync);
        for error in [
            (|_: &Path| Err(io::Error::from_raw_os_error(22))) as Sync,
            |_| Err(io::ErrorKind::Unsupported.into()),
            |_| {
                // A folder that may be written and not listed.
                Err(io::ErrorKind::PermissionDenied.into())
            },
        ] {
            assert_eq!(put(error).unwrap(), Kept::Unsynced(Unsynced::Folder));
        }
        assert_eq!(put(|_| Err(io::Error::from_raw_os_error(5))).unwrap_err().raw_os_error(), Some(5));
        assert_eq!(
            put(|_| Err(io::ErrorKind::StorageFull.into())).unwrap_err().kind(),
            io::ErrorKind::StorageFull,
            "and what was written may be lost"
        );
        let unsynced = Pending { is_synced: false, ..Pending::write(&path, b"1").unwrap() };
        assert_eq!(unsynced.put(&path, sync_folder).unwrap(), Kept::Unsynced(Unsynced::File));
        assert_eq!(put(sync_folder).unwrap(), Kept::Synced);
    }

    #[test]
    fn temporary_files_of_killed_runs_are_cleared_and_nothing_else_is() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("case.json");
        let here = Process::this();
        let gone = here.tag().replacen(&format!("{}-", here.id), "4194305-", 1);
        let tag = here.tag();
        let stay = [
            format!("case.json.{tag}.0123456789abcdef.tmp"),
            format!("case.json.{gone}.short.tmp"),
            format!("case.json.{}.0123456789abcdef.tmp", gone.replace(|c| matches!(c, 'a'..='f'), "0")),
            format!("other.json.{gone}.0123456789abcdef.tmp"),
            "case.json.notes.tmp".to_owned(),
            "case.json.7.tmp".to_owned(),
        ];
        let go = [format!("case.json.{gone}.0123456789abcdef.tmp"), format!("case.md.{gone}.0123456789abcdef.tmp")];
        for name in stay.iter().chain(&go) {
            fs::write(home.path().join(name), "").unwrap();
        }
        let modified = |name: &str| fs::metadata(home.path().join(name)).unwrap().modified().unwrap();
        let written = modified("case.json.7.tmp").duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
        let now = Time::from_unix_millis(i64::try_from(written).unwrap()).unwrap();
        clear(home.path(), &[path.clone(), path.with_extension("md")], &here, now.plus(Span::seconds(60)));
        let mut expected = stay.to_vec();
        expected.sort();
        assert_eq!(names(home.path()), expected);
        clear(home.path(), &[path], &here, now.plus(Span::seconds(7200)));
        assert!(!names(home.path()).contains(&"case.json.7.tmp".to_owned()), "that of an old 0.1.0");
    }
}
