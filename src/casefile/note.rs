//! The note on disk and its indicators beside it, never written over what an analyst made of them.

use super::replace;
use crate::model::shown;
use crate::report::seal;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A note on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The note.
    pub note: PathBuf,
    /// Its indicators as CSV.
    pub indicators: PathBuf,
    /// Maps of its incidents.
    pub maps: Vec<PathBuf>,
    /// Paths of the earlier files kept aside, which were not as this program had written them.
    pub kept: Vec<PathBuf>,
}

/// Path of the note on one incident, beside that on all.
pub fn note_of(note: &Path, incident: &str) -> PathBuf {
    let stem = note.file_stem().unwrap_or_default().to_string_lossy();
    note.with_file_name(format!("{stem}-{incident}.md"))
}

/// Writes a note at `path`, and beside it its indicators and its maps, each of these by the end of its name.
///
/// A note there as this program wrote it is replaced. One that somebody changed, or a file that is no note of ours, is
/// moved aside first, under a free name beside it.
///
/// # Errors
/// When a step fails, and where a case is there; the earlier file is still there, or beside it.
pub fn write(path: &Path, note: &[u8], indicators: &[u8], maps: &[(String, String)]) -> io::Result<Written> {
    let mut written = Written {
        note: path.to_owned(),
        indicators: indicators_path(path),
        maps: maps.iter().map(|(name, _)| path.with_extension(name)).collect(),
        kept: Vec::new(),
    };
    let all = [&written.note, &written.indicators].into_iter().chain(&written.maps);
    if let Some(case) = all.into_iter().find(|path| is_case(path)) {
        let error = format!("{} is a case: give the note another name", shown(case));
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, error));
    }
    let there = standing(&written.note)?;
    let csv = standing(&written.indicators)?;
    let known = there.as_deref().unwrap_or_default();
    if csv.is_some_and(|csv| csv != indicators && !seal::names_indicators(known, &csv)) {
        written.kept.push(keep(&written.indicators)?);
    }
    let before: Vec<Option<Vec<u8>>> = written.maps.iter().map(|path| standing(path)).collect::<io::Result<_>>()?;
    for (at, before) in before.into_iter().enumerate() {
        let svg = maps[at].1.as_bytes();
        if before.is_some_and(|before| before != svg && !seal::names(known, &before)) {
            written.kept.push(keep(&written.maps[at])?);
        }
    }
    if there.as_ref().is_some_and(|there| there != note && !seal::is_whole(there)) {
        written.kept.insert(0, keep(&written.note)?);
    }
    replace(&written.indicators, indicators)?;
    for (path, (_, svg)) in written.maps.iter().zip(maps) {
        replace(path, svg.as_bytes())?;
    }
    replace(&written.note, note)?;
    if written.kept.is_empty() {
        remove_stale_maps(path, known, &written.maps);
    }
    Ok(written)
}

/// Removes the maps that only the replaced note named: nothing refers to them any more. One that somebody changed
/// stays, and so does one that cannot be removed.
fn remove_stale_maps(note: &Path, replaced: &[u8], current: &[PathBuf]) {
    let Some(stem) = note.file_stem() else { return };
    let folder = note.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beginning = format!("{}.incident-", stem.to_string_lossy());
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = note.with_file_name(entry.file_name());
        let is_map = name.starts_with(&beginning) && path.extension().is_some_and(|kind| kind == "svg");
        if is_map && !current.contains(&path) && fs::read(&path).is_ok_and(|svg| seal::names(replaced, &svg)) {
            // It is no more than litter.
            let _ = fs::remove_file(&path);
        }
    }
}

/// Path of the indicators of a note.
pub fn indicators_path(note: &Path) -> PathBuf {
    note.with_extension("indicators.csv")
}

/// Returns whether the file is a case, of whatever bundle.
pub(super) fn is_case(path: &Path) -> bool {
    #[derive(serde::Deserialize)]
    struct Head {
        #[serde(rename = "version")]
        _version: u32,
        #[serde(rename = "bundle")]
        _bundle: String,
    }
    fs::metadata(path).is_ok_and(|data| data.is_file())
        && fs::read(path).is_ok_and(|bytes| serde_json::from_slice::<Head>(&bytes).is_ok())
}

/// The bytes of a file; `None` where there is none. A file that cannot be read, like one that is none (a folder, a
/// device), is an error: it would be lost or spoilt.
fn standing(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::metadata(path) {
        Ok(data) if data.is_file() => fs::read(path).map(Some),
        Ok(_) => Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{} is no file", shown(path)))),
        // A link that leads nowhere is replaced: there is nothing behind it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Gives a file a free name beside it: `case.kept.md`, `case.kept-2.md`.
fn keep(path: &Path) -> io::Result<PathBuf> {
    let extension = path.extension().map_or_else(String::new, |extension| format!(".{}", extension.to_string_lossy()));
    for number in 1u32.. {
        let mut name = path.file_stem().unwrap_or_default().to_owned();
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        name.push(format!(".kept{number}{extension}"));
        let aside = path.with_file_name(name);
        if fs::symlink_metadata(&aside).is_ok() {
            continue;
        }
        // A second name, so that the first one is never missing and no other file is hit; not every file system has them.
        return match fs::hard_link(path, &aside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(_) => fs::rename(path, &aside).map(|()| aside),
            Ok(()) => Ok(aside),
        };
    }
    unreachable!("a folder does not hold every number")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: &str, csv: &str) -> (String, String) {
        let hash = crate::model::words::hex(&<sha2::Sha256 as sha2::Digest>::digest(csv));
        let open = format!("{text}\nSHA-256 of the CSV beside it: `{hash}`\n");
        let seal = crate::model::words::hex(&<sha2::Sha256 as sha2::Digest>::digest(&open));
        (format!("{open}Seal, SHA-256 of every other line: `{seal}`\n"), csv.to_owned())
    }

    fn written(path: &Path, (note, csv): &(String, String)) -> Vec<String> {
        let written = write(path, note.as_bytes(), csv.as_bytes(), &[]).unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), *note);
        assert_eq!(fs::read_to_string(&written.indicators).unwrap(), *csv);
        written.kept.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn what_was_changed_by_hand_is_kept_and_what_was_not_is_replaced() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("case.md");
        let (first, second) = (note("first", "a\n"), note("second", "b\n"));
        let none: [&str; 0] = [];
        assert_eq!(written(&path, &first), none);
        assert_eq!(written(&path, &first), none, "the same again");
        assert_eq!(written(&path, &second), none, "as it was written");
        let edited = second.0.replace("second", "second, and what I think of it");
        fs::write(&path, &edited).unwrap();
        assert_eq!(written(&path, &first), ["case.kept.md"], "its CSV is untouched, as it says itself");
        assert_eq!(fs::read_to_string(home.path().join("case.kept.md")).unwrap(), edited);
        fs::write(&path, "no note").unwrap();
        fs::write(indicators_path(&path), "c\n").unwrap();
        assert_eq!(written(&path, &second), ["case.kept-2.md", "case.indicators.kept.csv"]);
        assert_eq!(fs::read_to_string(home.path().join("case.kept-2.md")).unwrap(), "no note");
        assert_eq!(fs::read_to_string(home.path().join("case.indicators.kept.csv")).unwrap(), "c\n");
        assert_eq!(written(&path, &first), none);
    }

    #[test]
    fn a_map_changed_by_hand_is_kept_and_one_that_the_note_names_is_replaced() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("case.md");
        let map = |svg: &str| vec![("incident-1.svg".to_owned(), svg.to_owned())];
        let text = |svg: &str| {
            let open = format!("map {}\n", seal::sha256(svg.as_bytes()));
            let hash = seal::sha256(open.as_bytes());
            format!("{open}Seal, SHA-256 of every other line: `{hash}`\n")
        };
        let write = |svg: &str| write(&path, text(svg).as_bytes(), b"", &map(svg)).unwrap();
        let written = write("one");
        assert_eq!(written.maps, [home.path().join("case.incident-1.svg")]);
        assert_eq!(fs::read_to_string(&written.maps[0]).unwrap(), "one");
        assert!(write("two").kept.is_empty(), "the note named it");
        fs::write(&written.maps[0], "mine").unwrap();
        assert_eq!(write("three").kept, [home.path().join("case.incident-1.kept.svg")]);
        assert_eq!(fs::read_to_string(home.path().join("case.incident-1.kept.svg")).unwrap(), "mine");
    }

    #[test]
    fn a_map_that_no_note_names_any_more_is_removed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("case.md");
        let text = |svg: &str| {
            let open = format!("map {}\n", seal::sha256(svg.as_bytes()));
            let hash = seal::sha256(open.as_bytes());
            format!("{open}Seal, SHA-256 of every other line: `{hash}`\n")
        };
        let write = |name: &str| {
            let maps = [(format!("incident-{name}.svg"), name.to_owned())];
            write(&path, text(name).as_bytes(), b"", &maps).unwrap().maps
        };
        let first = write("a");
        fs::write(home.path().join("case.incident-other.svg"), "of another program").unwrap();
        let second = write("b");
        assert_eq!((first[0].exists(), second[0].exists()), (false, true));
        assert!(home.path().join("case.incident-other.svg").exists());
        fs::write(&path, "mine, with the map").unwrap();
        write("c");
        assert!(second[0].exists(), "the note that was kept has it");
    }

    #[test]
    fn a_csv_without_its_note_is_kept_unless_it_says_the_same() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("case");
        let (first, second) = (note("first", "a\n"), note("second", "b\n"));
        let none: [&str; 0] = [];
        written(&path, &first);
        fs::remove_file(&path).unwrap();
        assert_eq!(written(&path, &first), none);
        fs::remove_file(&path).unwrap();
        assert_eq!(written(&path, &second), ["case.indicators.kept.csv"]);
    }

    #[test]
    fn a_case_is_never_displaced() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("case.md");
        for case in [path.clone(), indicators_path(&path)] {
            fs::write(&case, "{\"version\":1,\"bundle\":\"b\",\"tlp\":\"TLP:RED\"}").unwrap();
            assert!(write(&path, b"n", b"i", &[]).unwrap_err().to_string().contains("is a case"));
            fs::remove_file(case).unwrap();
        }
        write(&path, b"n", b"i", &[]).unwrap();
    }

    #[test]
    fn what_is_no_file_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("case.md");
        fs::create_dir(&path).unwrap();
        assert!(write(&path, b"n", b"i", &[]).unwrap_err().to_string().contains("is no file"));
        assert!(!indicators_path(&path).exists(), "nothing is written in halves");
        assert!(path.is_dir());
    }
}
