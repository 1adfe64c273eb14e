//! The members of a zip, by its directory.

use super::workbook::{Document, could_be_document, document};
use super::{Archive, Left, Member, Ration};
use crate::ingest::bundle::intake::Intake;
use crate::ingest::bytes::body::Stretch;
use crate::ingest::bytes::body::reason;
use crate::ingest::bytes::decode::{FileRange, Method};
use crate::ingest::password::{ENCRYPTED, WRONG};
use std::borrow::Cow;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use zip::CompressionMethod;
use zip::read::{ZipFileEntry, ZipReadOptions};
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

/// Parts that a workbook has at most: a sheet and its drawings are a handful.
const DOCUMENT_PARTS: usize = 10_000;

impl Intake<'_> {
    pub(super) fn zip(&mut self, archive: &Archive<'_>, left: &mut Left) -> Result<(), String> {
        match document_of(archive.place) {
            Some(Document::Workbook) => {
                self.weigh_workbook(&parts(archive)?, archive.bytes)?;
                return self.workbook(archive, left);
            }
            Some(Document::Other(what)) => return Err(what.to_owned()),
            None => {}
        }
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
                CompressionMethod::Stored if !entry.encrypted() => Method::Stored,
                CompressionMethod::Deflated if !entry.encrypted() => Method::Deflate,
                CompressionMethod::ZSTD if !entry.encrypted() => Method::Zstd,
                // What else there is, is unpacked once and set aside.
                _ => {
                    match self.set_aside(entry, &mut bodies) {
                        Ok(place) => {
                            let bytes = place.range.as_ref().map_or(0, |range| range.end - range.start);
                            self.member(archive, Member { name, place, bytes }, left);
                        }
                        Err(reason) => self.member_problem(full(), reason),
                    }
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
            let place = FileRange {
                body: archive.place.body.clone(),
                range: Some(archive.range(start, bytes)),
                method,
                check: Some((entry.crc32(), entry.size())),
            };
            self.member(archive, Member { name, place, bytes }, left);
        }
        Ok(())
    }

    /// Unpacks a member, and decrypts it, into what is set aside.
    fn set_aside(&mut self, entry: ZipFileEntry<'_>, bodies: &mut Stretch) -> Result<FileRange, String> {
        let (locked, size, method) = (entry.encrypted(), entry.size(), entry.compression());
        let password = self.options.password.clone();
        if locked && password.is_none() {
            return Err(ENCRYPTED.to_owned());
        }
        let password = password.as_ref().filter(|_| locked).map(|password| password.text().as_bytes());
        let opened = entry.with_reader(bodies, ZipReadOptions::new().password(password));
        let mut reader = opened.map_err(|error| match error {
            ZipError::InvalidPassword => WRONG.to_owned(),
            ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
                format!("is packed with {method}: unpack it and give the file")
            }
            error => format!("cannot be unpacked: {error}"),
        })?;
        // One byte more than it declares is one too many; the reader holds the rest against its sum.
        let (range, failed) = self.copy_aside(&mut (&mut reader).take(size.saturating_add(1)));
        let came = range.end - range.start;
        match failed {
            Some(_) if locked => Err(WRONG.to_owned()),
            Some(error) => Err(format!("cannot be unpacked: {error}")),
            None if came != size && !self.is_stopped() => {
                Err(format!("cannot be unpacked: it does not hold the {size} bytes that its archive says"))
            }
            None => Ok(FileRange::part(self.spooled()?, range)),
        }
    }
}

/// Returns what the zip is, where it is no archive of files.
fn document_of(place: &FileRange) -> Option<Document> {
    let mut zip = ZipIterable::try_new(BufReader::new(place.open().ok()?), zip::read::Config::default()).ok()?;
    let entries = zip.files().ok()?.map_while(Result::ok).take(DOCUMENT_PARTS);
    let mut names = entries.filter_map(|entry| entry.name().ok().map(Cow::into_owned)).peekable();
    if could_be_document(names.peek()?) { document(names) } else { None }
}

/// The parts of a workbook, as places with the sizes they declare.
fn parts(archive: &Archive<'_>) -> Result<Vec<(FileRange, u64)>, String> {
    let damaged = |error: &dyn std::fmt::Display| format!("is a damaged workbook: {error}");
    let mut bodies = archive.place.open().map_err(|error| reason(&error))?;
    let directory = BufReader::new(archive.place.open().map_err(|error| reason(&error))?);
    let mut zip = ZipIterable::try_new(directory, zip::read::Config::default()).map_err(|error| damaged(&error))?;
    if zip.len() > DOCUMENT_PARTS {
        return Err(format!(
            "is a workbook of more than {DOCUMENT_PARTS} parts: save the sheet as CSV and give the file"
        ));
    }
    let mut parts = Vec::new();
    for entry in zip.files().map_err(|error| damaged(&error))? {
        let entry = entry.map_err(|error| damaged(&error))?;
        let method = match entry.compression() {
            CompressionMethod::Stored if !entry.encrypted() => Method::Stored,
            CompressionMethod::Deflated if !entry.encrypted() => Method::Deflate,
            _ => {
                return Err(
                    "is a workbook packed as no spreadsheet does: save the sheet as CSV and give the file".to_owned()
                );
            }
        };
        let start = body_of(&mut bodies, entry.header_start()).map_err(|error| damaged(&error))?;
        let place = FileRange {
            body: archive.place.body.clone(),
            range: Some(archive.range(start, entry.compressed_size())),
            method,
            check: Some((entry.crc32(), entry.size())),
        };
        parts.push((place, entry.size()));
    }
    Ok(parts)
}

/// Returns whether a member is encrypted. A damaged zip is named when it is read.
pub(super) fn is_locked(place: &FileRange) -> bool {
    let Ok(file) = place.open() else { return false };
    let Ok(mut zip) = ZipIterable::try_new(BufReader::new(file), zip::read::Config::default()) else { return false };
    zip.files().is_ok_and(|files| files.any(|entry| entry.is_ok_and(|entry| entry.encrypted())))
}

/// Start of a zip member's bytes: after its own header, whose length the directory does not have.
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
