//! Files that systems leave behind among the evidence: not read, but named.

use crate::ingest::bytes::container::Container;
use crate::ingest::framing::csv::Header;
use std::ffi::OsStr;

/// Names shown of what was left out.
const SHOWN: usize = 3;

/// Folders, hidden ones, that hold no exports.
const FOLDERS: [&str; 7] = [".git", ".svn", ".hg", ".spotlight-v100", ".fseventsd", ".trashes", ".temporaryitems"];
/// Files that no export is called.
const FILES: [&str; 5] = [".ds_store", ".localized", "thumbs.db", "ehthumbs.db", "desktop.ini"];

/// Files and folders that were left out for what they are called.
#[derive(Default)]
pub(crate) struct Rubbish {
    count: usize,
    names: Vec<String>,
}

impl Rubbish {
    /// Takes a file in that is known by its name, unless its first bytes could be those of an export: anybody can call
    /// evidence so.
    pub(crate) fn takes(&mut self, name: &str, head: &[u8]) -> bool {
        let taken = in_folder(name) || is_file(name) && !is_export(head);
        if taken {
            self.add(name);
        }
        taken
    }

    /// Returns whether a file is called as rubbish is.
    pub(crate) fn knows(name: &str) -> bool {
        is_file(name)
    }

    /// Takes a folder in that is known by its name.
    pub(crate) fn takes_folder(&mut self, path: &str, name: &OsStr) -> bool {
        let taken = is_folder(&name.to_string_lossy());
        if taken {
            self.add(&format!("{path}/"));
        }
        taken
    }

    fn add(&mut self, name: &str) {
        self.count += 1;
        if self.names.len() < SHOWN {
            self.names.push(name.to_owned());
        }
    }

    /// The sentence that names some of them; `None` where there are none.
    pub(crate) fn sentence(&self) -> Option<String> {
        let names = self.names.join(", ");
        let more = match self.count - self.names.len() {
            _ if self.count == 0 => return None,
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(format!("holds what was left behind by systems, not read: {names}{more}"))
    }
}

fn parts(name: &str) -> impl DoubleEndedIterator<Item = &str> {
    name.split(['/', '\\'])
}

fn is_folder(name: &str) -> bool {
    FOLDERS.iter().any(|folder| name.eq_ignore_ascii_case(folder))
}

fn in_folder(name: &str) -> bool {
    parts(name).rev().skip(1).any(is_folder)
}

fn is_file(name: &str) -> bool {
    let file = parts(name).next_back().unwrap_or(name);
    file.starts_with("._")
        || parts(name).any(|part| part == "__MACOSX")
        || FILES.iter().any(|known| file.eq_ignore_ascii_case(known))
}

/// Returns whether what begins so could be an export, or hold one.
fn is_export(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let rows = match text {
        [b'{', ..] => true,
        [b'[', rest @ ..] => matches!(rest.trim_ascii_start().first(), Some(b'{' | b'[')),
        _ => Header::read(head).is_some(),
    };
    rows || Container::from_head(head).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rubbish_is_known_by_its_name_and_its_bytes() {
        let mut rubbish = Rubbish::default();
        for (name, head, taken) in [
            (".DS_Store", &b"\0\0\0\x01Bud1"[..], true),
            ("a/.ds_store", b"{\"Type\":1}", false),
            ("__MACOSX/a/._x.json", b"\0\x05\x16\x07", true),
            ("__MACOSX/x.json", b"[ {", false),
            ("logs\\Thumbs.db", b"\xd0\xcf\x11\xe0", true),
            ("desktop.ini", b"[.ShellClassInfo]", true),
            ("repo/.git/config", b"[core]", true),
            (".git", b"gitdir: x", false),
            (".signins.json", b"\0", false),
            ("._x.csv", b"TimeGenerated,UserId,AppId\n", false),
        ] {
            assert_eq!(rubbish.takes(name, head), taken, "{name}");
        }
        let sentence = rubbish.sentence().unwrap();
        assert!(sentence.ends_with(".DS_Store, __MACOSX/a/._x.json, logs\\Thumbs.db and 2 more"), "{sentence}");
        assert!(Rubbish::default().sentence().is_none());
    }
}
