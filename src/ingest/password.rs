//! The password of encrypted archives: kept for the reading, and written nowhere.

use super::archive::{self, MAGIC};
use super::decode::{self, Place};
use std::path::Path;
use std::sync::Arc;

/// What is said of a member that needs a password and has none.
pub(super) const ENCRYPTED: &str = "is encrypted: --password-file FILE opens it with the first line of FILE";
/// What is said where the password opens nothing.
pub(super) const WRONG: &str = "is encrypted with another password than the one given, or damaged";

/// A password. It has no printed form, so that no message, log or panic can show it.
#[derive(Clone)]
pub struct Password(Arc<str>);

impl Password {
    /// The first line of what a file holds, or of what was typed; `None` where that is empty or no UTF-8.
    pub fn first_line(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let line = bytes.split(|byte| *byte == b'\n').next()?;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = std::str::from_utf8(line).ok().filter(|text| !text.is_empty())?;
        Some(Self(text.into()))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

/// Returns whether a path is a file that is an archive with something encrypted in it: whoever is there can be asked
/// for the password before the reading begins.
pub fn needs_password(path: &Path) -> bool {
    let place = Place::whole(path);
    path.is_file()
        && decode::head(&place, MAGIC).is_ok_and(|head| {
            !head.packed && archive::kind(&head.bytes).is_some_and(|kind| archive::is_locked(kind, &place))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_password() {
        let read = |bytes: &[u8]| Password::first_line(bytes).map(|password| password.text().to_owned());
        assert_eq!(read(b"\xef\xbb\xbf s3cret \r\nrest").as_deref(), Some(" s3cret "));
        assert_eq!(read("pässword".as_bytes()).as_deref(), Some("pässword"));
        assert_eq!(read(b"\nsecond"), None);
        assert_eq!(read(b"\xff\n"), None);
    }
}
