//! The password of encrypted archives: kept for the reading, and written nowhere.

use std::sync::Arc;

/// Reason for a member that needs a password and has none.
pub(crate) const ENCRYPTED: &str = "is encrypted: --password-file FILE opens it with the first line of FILE";
/// Reason for a member that the password does not open.
pub(crate) const WRONG: &str = "is encrypted with another password than the one given, or damaged";

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

    pub(crate) fn text(&self) -> &str {
        &self.0
    }
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
