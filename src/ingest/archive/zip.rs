//! The members of a zip, by its directory.

use super::{Archive, Left, Member, Ration};
use crate::ingest::body::Stretch;
use crate::ingest::bundle::{Bundle, reason};
use crate::ingest::decode::{Method, Place};
use std::borrow::Cow;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use zip::CompressionMethod;
use zip::unstable::read::ZipIterable;

impl Bundle<'_> {
    pub(super) fn zip(&mut self, archive: &Archive<'_>, left: &mut Left) -> Result<(), String> {
        let damaged = |error: &dyn std::fmt::Display| format!("is a damaged zip: {error}");
        let open = || archive.place.open().map_err(|error| reason(&error));
        // One cursor walks the directory, the other looks at the members' own headers.
        let mut bodies = open()?;
        let directory = BufReader::new(open()?);
        let mut zip = ZipIterable::try_new(directory, zip::read::Config::default()).map_err(|error| damaged(&error))?;
        let members = zip.len();
        if members == 0 {
            return Err("is a zip without members".to_owned());
        }
        let mut ration = Ration::new(archive.bytes);
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
            let name =
                entry.name().map_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into_owned(), Cow::into_owned);
            // What the directory says of its sizes is held against what comes out of it, as it is read.
            if !ration.take(entry.size(), self.options.max_ratio) {
                self.count_member();
                left.bombs.push(name);
                continue;
            }
            let full = || format!("{}!{name}", archive.name);
            let method = match entry.compression() {
                _ if entry.encrypted() => {
                    let reason = "is encrypted: unpack the archive with its password and give the folder";
                    self.member_problem(full(), reason.to_owned());
                    continue;
                }
                CompressionMethod::Stored => Method::Stored,
                CompressionMethod::Deflated => Method::Deflate,
                CompressionMethod::ZSTD => Method::Zstd,
                other => {
                    self.member_problem(full(), format!("is packed with {other}: unpack it and give the file"));
                    continue;
                }
            };
            let start = match body_of(&mut bodies, entry.header_start()) {
                Ok(start) => start,
                Err(error) => {
                    self.member_problem(full(), format!("is damaged: its own header cannot be read: {error}"));
                    continue;
                }
            };
            let bytes = entry.compressed_size();
            let place = Place {
                body: archive.place.body.clone(),
                range: Some(archive.range(start, bytes)),
                method,
                check: Some((entry.crc32(), entry.size())),
            };
            self.member(archive, Member { name, place, bytes }, left);
        }
        Ok(())
    }
}

/// Where a zip member's bytes begin: behind its own header, whose length the directory does not tell.
fn body_of(file: &mut Stretch, header: u64) -> io::Result<u64> {
    let mut local = [0; 30];
    file.seek(SeekFrom::Start(header))?;
    file.read_exact(&mut local)?;
    if !local.starts_with(b"PK\x03\x04") {
        return Err(io::Error::other("there is no member where the directory says"));
    }
    let length = |at: usize| u64::from(u16::from_le_bytes([local[at], local[at + 1]]));
    Ok(header + 30 + length(26) + length(28))
}
