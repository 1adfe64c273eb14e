//! Archives that have members, known by their first bytes.

/// Bytes of a source that show how it is packed: a tar's mark is at 257.
pub(crate) const MAGIC: usize = 512;

/// An archive with members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Zip,
    Tar,
    SevenZ,
}

impl Container {
    /// The archive that begins with these bytes, if any does.
    pub(crate) fn from_head(head: &[u8]) -> Option<Self> {
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            Some(Self::Zip)
        } else if is_tar(head) {
            Some(Self::Tar)
        } else if head.starts_with(b"7z\xbc\xaf\x27\x1c") {
            Some(Self::SevenZ)
        } else {
            None
        }
    }
}

/// Returns whether a tar begins with these bytes. A log may say `ustar` in the same place, but has no NUL before it; a tar
/// is full of them.
pub(super) fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar") && head[..257].contains(&0)
}
