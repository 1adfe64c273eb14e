//! The members of a 7z. They can only be unpacked in their order, so all are unpacked once and set aside.

use super::{Archive, Left, Member, Ration};
use crate::ingest::bundle::intake::Intake;
use crate::ingest::bytes::body::reason;
use crate::ingest::bytes::decode::FileRange;
use crate::ingest::bytes::window::TOO_MANY_BYTES;
use crate::ingest::password::{ENCRYPTED, WRONG};
use sevenz_rust2::{Archive as Listed, Block, BlockDecoder, EncoderMethod, Error, Password};
use std::io::{self, BufReader, Read};

/// Most memory for the lists and dictionaries of one archive, in KiB: 7-Zip's strongest setting needs a quarter.
const MEMORY: usize = 1 << 20;

impl Intake<'_> {
    pub(super) fn sevenz(&mut self, archive: &Archive<'_>, left: &mut Left) -> Result<(), String> {
        let password = self.options.password.as_ref().map_or_else(Password::empty, |given| given.text().into());
        let mut file = BufReader::new(archive.place.open().map_err(|error| reason(&error))?);
        let listed = Listed::read_with_memory_limit(&mut file, &password, MEMORY).map_err(|error| match error {
            Error::PasswordRequired => ENCRYPTED.to_owned(),
            Error::MaybeBadPassword(_) => WRONG.to_owned(),
            error => format!("is a 7z that cannot be listed: {}", words(&error)),
        })?;
        let mut weigh = Weigh { ration: Ration::new(archive.bytes), passed: 0 };
        let before = self.found();
        for number in 0..listed.blocks.len() {
            if self.is_stopped() {
                return Ok(());
            }
            let locked = is_encrypted(&listed.blocks[number]);
            let block = BlockDecoder::new_with_memory_limit(1, MEMORY, number, &listed, &password, &mut file);
            let names: Vec<String> = block.entries().iter().map(|entry| entry.name.clone()).collect();
            if locked && password.is_empty() {
                for name in names {
                    if self.members_left() == 0 {
                        return Err(self.too_many(Some(listed.files.len())));
                    }
                    self.member_problem(format!("{}!{name}", archive.name), ENCRYPTED.to_owned());
                }
                continue;
            }
            let mut done = 0;
            let mut stop = None;
            let unpacked = block.for_each_entries(&mut |entry, reader| {
                done += 1;
                let outcome = if self.members_left() == 0 {
                    Err(self.too_many(Some(listed.files.len())))
                } else {
                    self.sevenz_member((&entry.name, entry.size, locked), reader, archive, &mut weigh, left)
                };
                stop = outcome.err();
                Ok(stop.is_none() && !self.is_stopped())
            });
            if let Some(stop) = stop {
                return Err(stop);
            }
            if let Err(error) = unpacked {
                let why = match error {
                    _ if locked => WRONG.to_owned(),
                    error => format!("cannot be unpacked: {}", words(&error)),
                };
                for name in names.iter().skip(done) {
                    self.member_problem(format!("{}!{name}", archive.name), why.clone());
                }
            }
        }
        let empty = listed.files.iter().filter(|entry| !entry.has_stream && !entry.is_directory);
        left.empty.extend(empty.map(|entry| entry.name.clone()).take(self.members_left()));
        if self.found() == before && left.is_empty() {
            return Err("is a 7z without files".to_owned());
        }
        Ok(())
    }

    /// Sets a member aside and takes it. An error ends the archive, not the member.
    fn sevenz_member(
        &mut self,
        (name, bytes, locked): (&str, u64, bool),
        reader: &mut dyn Read,
        archive: &Archive<'_>,
        weigh: &mut Weigh,
        left: &mut Left,
    ) -> Result<(), String> {
        weigh.passed = weigh.passed.saturating_add(bytes);
        if weigh.passed > self.options.max_bytes {
            return Err(format!("from {name} on it was not read: it {TOO_MANY_BYTES}"));
        }
        if !weigh.ration.take(bytes, self.options.max_ratio) {
            self.count_member();
            left.bombs.push(name.to_owned());
            // Later members can only be reached through it; they report a fault in it.
            let _ = io::copy(reader, &mut io::sink());
            return Ok(());
        }
        let (range, failed) = self.copy_aside(reader);
        let came = range.end - range.start;
        if let Some(error) = failed {
            let why = if locked { WRONG.to_owned() } else { format!("is damaged, or cannot be unpacked: {error}") };
            self.problem(format!("{}!{name}", archive.name), why);
            // With the wrong password it is noise.
            if locked {
                self.count_member();
                return Ok(());
            }
        }
        let place = FileRange::part(self.spooled()?, range);
        self.member(archive, Member { name: name.to_owned(), place, bytes: came }, left);
        Ok(())
    }
}

/// Bytes taken out of an archive so far.
struct Weigh {
    ration: Ration,
    passed: u64,
}

/// Returns whether the members, or the list of them, cannot be read without a password.
pub(super) fn is_locked(place: &FileRange) -> bool {
    let Ok(file) = place.open() else { return false };
    match Listed::read_with_memory_limit(&mut BufReader::new(file), &Password::empty(), MEMORY) {
        Ok(listed) => listed.blocks.iter().any(is_encrypted),
        Err(error) => matches!(error, Error::PasswordRequired),
    }
}

fn is_encrypted(block: &Block) -> bool {
    block.coders.iter().any(|coder| coder.encoder_method_id() == EncoderMethod::ID_AES256_SHA256)
}

/// An error in words.
fn words(error: &Error) -> String {
    match error {
        Error::Io(error, _) | Error::MaybeBadPassword(error) => error.to_string(),
        Error::Other(why) | Error::Unsupported(why) => why.to_string(),
        Error::UnsupportedCompressionMethod(method) => {
            format!("it is packed with {method}; unpack it (7z x) and give the folder")
        }
        Error::MaxMemLimited { .. } => {
            format!("it takes more than {} MiB of memory; unpack it (7z x) and give the folder", MEMORY >> 10)
        }
        Error::ChecksumVerificationFailed | Error::NextHeaderCrcMismatch => "a checksum is not right".to_owned(),
        _ => "it is damaged".to_owned(),
    }
}
