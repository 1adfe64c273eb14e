//! Lines typed and not entered, beside the case file, as they grow.
//!
//! Each change is written at once, so that it outlives the program however that ends. It is not forced to the disk:
//! a machine that loses power may lose the last seconds of an unfinished line, never of the case.

use super::replace::temporary;
use crate::triage::Draft;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Most bytes read of such a file.
const MOST: u64 = 1 << 20;

/// The file of the lines being typed.
#[derive(Debug, Default)]
pub struct DraftFile {
    path: PathBuf,
    /// Kept open: a line that grows is written in place.
    file: Option<File>,
    kept: Vec<Draft>,
}

/// The drafts beside a case file; none where there is no such file, or one that is none.
pub fn drafts(case: &Path) -> Vec<Draft> {
    let mut bytes = Vec::new();
    let Ok(file) = File::open(path(case)) else { return Vec::new() };
    if file.take(MOST).read_to_end(&mut bytes).is_err() {
        return Vec::new();
    }
    // A line that grew shorter may have the end of the longer one behind it.
    serde_json::Deserializer::from_slice(&bytes).into_iter().next().and_then(Result::ok).unwrap_or_default()
}

pub(super) fn path(case: &Path) -> PathBuf {
    let is_draft = case.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("draft"));
    case.with_extension(if is_draft { "typed.draft" } else { "draft" })
}

impl DraftFile {
    /// Keeps these drafts beside the case file, and no others. Where they are kept already nothing is written.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn keep(&mut self, case: &Path, drafts: &[Draft]) -> io::Result<()> {
        let path = path(case);
        if self.kept == drafts && (self.path == path || drafts.is_empty()) {
            return Ok(());
        }
        if self.path != path && !self.kept.is_empty() {
            self.remove()?;
        }
        self.path = path;
        if drafts.is_empty() {
            self.remove()?;
        } else {
            let bytes = serde_json::to_vec(drafts).expect("a draft is texts");
            self.write(&bytes)?;
        }
        self.kept = drafts.to_vec();
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(0))?;
            file.write_all(bytes)?;
            return file.set_len(bytes.len() as u64);
        }
        // Under a name nobody knows beforehand, then over whatever stands there: no link is written through.
        let mut file = temporary(&self.path)?;
        file.write_all(bytes)?;
        self.file = Some(file.persist(&self.path)?);
        Ok(())
    }

    fn remove(&mut self) -> io::Result<()> {
        self.file = None;
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::Prompt;

    fn draft(text: &str) -> Draft {
        Draft { prompt: Prompt::Remark { hit: "h".into(), step: "first-login".into() }, text: text.into() }
    }

    #[test]
    fn a_line_is_on_disk_as_it_grows_and_gone_when_it_is_entered() {
        let home = tempfile::tempdir().unwrap();
        let case = home.path().join("deep/case.json");
        let mut file = DraftFile::default();
        file.keep(&case, &[]).unwrap();
        assert!(!case.parent().unwrap().exists(), "nothing is made for nothing");
        let waiting = draft("waits for its hit");
        for text in ["c", "called the user \"ana\"", "ca", "called"] {
            file.keep(&case, &[waiting.clone(), draft(text)]).unwrap();
            assert_eq!(drafts(&case), [waiting.clone(), draft(text)]);
        }
        assert_eq!(fs::read_dir(case.parent().unwrap()).unwrap().count(), 1, "no temporary file stays");
        file.keep(&case, &[]).unwrap();
        assert_eq!((drafts(&case), case.with_extension("draft").exists()), (Vec::new(), false));
    }

    #[test]
    fn the_end_of_a_longer_line_does_not_spoil_a_shorter_one() {
        let home = tempfile::tempdir().unwrap();
        let case = home.path().join("case.json");
        let bytes = serde_json::to_string(&[draft("short")]).unwrap();
        fs::write(case.with_extension("draft"), format!("{bytes}longer\"}}]")).unwrap();
        assert_eq!(drafts(&case), [draft("short")]);
        fs::write(case.with_extension("draft"), "no drafts").unwrap();
        assert_eq!(drafts(&case), []);
    }

    #[cfg(unix)]
    #[test]
    fn it_is_the_users_alone_and_no_link_is_written_through() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let home = tempfile::tempdir().unwrap();
        let (case, other) = (home.path().join("case.json"), home.path().join("other"));
        fs::write(&other, "mine").unwrap();
        symlink(&other, case.with_extension("draft")).unwrap();
        DraftFile::default().keep(&case, &[draft("x")]).unwrap();
        assert_eq!(fs::read_to_string(&other).unwrap(), "mine");
        let mode = fs::symlink_metadata(case.with_extension("draft")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
