//! What lies in an archive: its members as places to read from, inner archives set aside and opened too.
//!
//! A member is never looked up by its name: two may share one, and a name may say anything.

use super::bundle::{Bundle, Input, is_hidden};
use super::decode::{self, Method, Place};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use zip::CompressionMethod;
use zip::unstable::read::ZipIterable;

/// Bytes of a source that tell how it is packed: a tar says so at 257.
pub(super) const MAGIC: usize = 512;

/// An archive that members are listed of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Zip,
    Tar,
}

/// Which archive begins so.
pub(super) fn kind(head: &[u8]) -> Option<Kind> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        Some(Kind::Zip)
    } else if head.get(257..262) == Some(b"ustar") {
        Some(Kind::Tar)
    } else {
        None
    }
}

/// An archive as found: the file given, its name with the members that lead to it, and its bytes.
pub(super) struct Archive<'a> {
    /// The file as received, and its name.
    pub(super) holder: (&'a Path, &'a str),
    pub(super) name: &'a str,
    /// Where its bytes stand: the file itself, or what an inner one was set aside in.
    pub(super) path: &'a Path,
    pub(super) bytes: u64,
    /// Archives around it, itself included.
    pub(super) depth: usize,
}

/// A member on its way to become a source.
struct Member {
    name: String,
    place: Place,
    /// Packed size.
    bytes: u64,
}

impl Bundle<'_> {
    /// Takes the members of an archive as sources.
    pub(super) fn archive(&mut self, kind: Kind, archive: &Archive<'_>) {
        let taken = match kind {
            Kind::Zip => self.zip(archive),
            Kind::Tar => self.tar(archive),
        };
        if let Err(reason) = taken {
            self.problem(archive.name, reason);
        }
        // A million of them are one sentence.
        let (from, mine) = (archive.name, |name: &String| name.starts_with(archive.name));
        let empty: Vec<String> = self.empty.extract_if(.., |name| mine(name)).collect();
        match empty.as_slice() {
            [] => {}
            [one] => self.problem(one, "is empty"),
            [first, ..] => self.problem(from, format!("has {} empty members, the first {first}", empty.len())),
        }
    }

    fn zip(&mut self, archive: &Archive<'_>) -> Result<(), String> {
        let damaged = |error: &dyn std::fmt::Display| format!("is a damaged zip: {error}");
        let open = || File::open(archive.path).map_err(|error| super::bundle::reason(&error));
        // One cursor walks the directory, the other looks at the members' own headers.
        let mut bodies = open()?;
        let directory = BufReader::new(open()?);
        let mut zip = ZipIterable::try_new(directory, zip::read::Config::default()).map_err(|error| damaged(&error))?;
        let members = zip.len();
        if members == 0 {
            return Err("is a zip without members".to_owned());
        }
        let mut unpacked = 0u64;
        for (number, entry) in (1..).zip(zip.files().map_err(|error| damaged(&error))?) {
            if self.is_stopped() {
                return Ok(());
            }
            let entry = entry.map_err(|error| format!("its directory is damaged from member {number} on: {error}"))?;
            if entry.is_dir() {
                continue;
            }
            if self.members_left() == 0 {
                return Err(self.too_many(Some(members)));
            }
            let name = entry
                .name()
                .map_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into_owned(), std::borrow::Cow::into_owned);
            if name.starts_with("__MACOSX/") {
                continue;
            }
            unpacked = unpacked.saturating_add(entry.size());
            if self.options.is_bomb(archive.bytes, unpacked) {
                return Err(format!(
                    "unpacks to more than {} times its size: from member {number} on it was not read \
                     (--max-ratio raises it)",
                    self.options.max_ratio
                ));
            }
            let full = format!("{}!{name}", archive.name);
            let method = match entry.compression() {
                _ if entry.encrypted() => {
                    self.member_problem(
                        full,
                        "is encrypted: unpack the archive with its password and give the folder".to_owned(),
                    );
                    continue;
                }
                CompressionMethod::Stored => Method::Stored,
                CompressionMethod::Deflated => Method::Deflate,
                CompressionMethod::ZSTD => Method::Zstd,
                other => {
                    self.member_problem(full, format!("is packed with {other}: unpack it and give the file"));
                    continue;
                }
            };
            let start = match body_of(&mut bodies, entry.header_start()) {
                Ok(start) => start,
                Err(error) => {
                    self.member_problem(full, format!("is damaged: its own header cannot be read: {error}"));
                    continue;
                }
            };
            let bytes = entry.compressed_size();
            let place = Place {
                path: archive.path.to_owned(),
                range: Some(start..start.saturating_add(bytes)),
                method,
                check: Some((entry.crc32(), entry.size())),
            };
            self.member(archive, Member { name, place, bytes });
        }
        Ok(())
    }

    fn tar(&mut self, archive: &Archive<'_>) -> Result<(), String> {
        let file = File::open(archive.path).map_err(|error| super::bundle::reason(&error))?;
        let mut tar = tar::Archive::new(BufReader::new(file));
        let entries = tar.entries_with_seek().map_err(|error| format!("is a damaged tar: {error}"))?;
        let before = self.found();
        for (number, entry) in (1u64..).zip(entries) {
            if self.is_stopped() {
                return Ok(());
            }
            let entry = entry.map_err(|error| format!("is a damaged tar from member {number} on: {error}"))?;
            let kind = entry.header().entry_type();
            if kind.is_dir() {
                continue;
            }
            if self.members_left() == 0 {
                return Err(self.too_many(None));
            }
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            if !kind.is_file() && !kind.is_contiguous() {
                let what = if kind.is_gnu_sparse() { "a sparse file" } else { "a link or a device" };
                self.member_problem(
                    format!("{}!{name}", archive.name),
                    format!("is {what}: unpack the archive and give the folder"),
                );
                continue;
            }
            let start = entry.raw_file_position();
            let bytes = entry.size();
            // What is cut off at the archive's end is said when its bytes are read.
            let place = Place {
                path: archive.path.to_owned(),
                range: Some(start..start.saturating_add(bytes)),
                method: Method::Stored,
                check: None,
            };
            self.member(archive, Member { name, place, bytes });
        }
        if self.found() == before {
            return Err("is a tar without files".to_owned());
        }
        Ok(())
    }

    fn too_many(&self, members: Option<usize>) -> String {
        let most = self.options.max_members;
        let has = members.map_or_else(|| format!("more than {most}"), |members| members.to_string());
        format!("has {has} members: those after the first {most} were not read (--max-members raises it)")
    }

    /// A member that is not read counts like one that is: a million of them must end somewhere.
    fn member_problem(&mut self, name: String, reason: String) {
        self.count_member();
        self.problem(name, reason);
    }

    /// Takes a member as a source, or opens the archive it is.
    fn member(&mut self, archive: &Archive<'_>, member: Member) {
        self.count_member();
        if member.name.rsplit('/').any(is_hidden) {
            return;
        }
        let name = format!("{}!{}", archive.name, member.name);
        if member.bytes == 0 || member.place.check.is_some_and(|(_, size)| size == 0) {
            self.empty.push(name);
            return;
        }
        let head = match decode::head(&member.place, MAGIC) {
            Ok(head) => head,
            Err(error) => return self.problem(name, format!("cannot be unpacked: {error}")),
        };
        match kind(&head.bytes) {
            None => {
                self.scout.look(&name, &member.place);
                self.inputs.push(Input {
                    member: name.get(archive.holder.1.len() + 1..).map(str::to_owned),
                    name,
                    path: archive.holder.0.to_owned(),
                    packed: head.packed || member.place.method != Method::Stored,
                    place: member.place,
                    bytes: member.bytes,
                });
            }
            Some(inner) => self.inner(inner, archive, &name, &member),
        }
    }

    /// Opens an archive that lies in another.
    fn inner(&mut self, kind: Kind, outer: &Archive<'_>, name: &str, member: &Member) {
        let deepest = self.options.max_depth;
        if outer.depth >= deepest {
            return self.problem(
                name,
                format!("lies {} archives deep: unpack it and give the folder (--max-depth raises it)", outer.depth),
            );
        }
        self.scout.look(name, &member.place);
        match self.set_aside(&member.place) {
            Ok((path, bytes)) => {
                self.archive(kind, &Archive { holder: outer.holder, name, path: &path, bytes, depth: outer.depth + 1 });
            }
            Err(reason) => self.problem(name, reason),
        }
    }

    /// Unpacks an archive into a file of its own, where its members can be found again at any time.
    pub(super) fn set_aside(&mut self, place: &Place) -> Result<(std::path::PathBuf, u64), String> {
        let options = self.options;
        let copied = decode::open(place, options.max_ratio, &|_| {}, |reader| {
            let mut file = tempfile::NamedTempFile::new()?;
            let mut block = vec![0; 256 << 10];
            let mut held = 0u64;
            loop {
                let count = match reader.read(&mut block) {
                    Ok(0) => break,
                    Ok(count) => count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => return Err(error),
                };
                held += count as u64;
                if held > options.max_bytes {
                    return Err(io::Error::other(super::window::TOO_MANY_BYTES));
                }
                if self.is_stopped() {
                    break;
                }
                file.write_all(&block[..count])?;
            }
            file.flush()?;
            Ok((file.into_temp_path(), held))
        });
        match copied.and_then(|copied| copied) {
            Ok((spool, bytes)) => {
                let path = spool.to_path_buf();
                self.spools.push(spool);
                Ok((path, bytes))
            }
            Err(error) => Err(format!("cannot be unpacked: {error}")),
        }
    }
}

/// Where a zip member's bytes begin: behind its own header, whose length the directory does not tell.
fn body_of(file: &mut File, header: u64) -> io::Result<u64> {
    let mut local = [0; 30];
    file.seek(SeekFrom::Start(header))?;
    file.read_exact(&mut local)?;
    if !local.starts_with(b"PK\x03\x04") {
        return Err(io::Error::other("there is no member where the directory says"));
    }
    let length = |at: usize| u64::from(u16::from_le_bytes([local[at], local[at + 1]]));
    Ok(header + 30 + length(26) + length(28))
}
