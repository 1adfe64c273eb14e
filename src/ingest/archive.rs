//! What lies in an archive: its members as places to read from, inner archives set aside and opened too.
//!
//! A member is never looked up by its name: two may share one, and a name may say anything.

mod sevenz;
mod tar;
mod workbook;
mod zip;

use super::body::Body;
use super::bundle::{Bundle, Input};
use super::decode::{self, Method, Place};
use super::rubbish::Rubbish;
use std::io::{self, Read};
use std::ops::Range;

/// Bytes of a source that tell how it is packed: a tar says so at 257.
pub(super) const MAGIC: usize = 512;
/// Members named one by one that are not read for the same reason; more of them are one sentence.
const NAMED: usize = 3;

/// An archive that members are listed of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Zip,
    Tar,
    SevenZ,
}

/// Which archive begins so.
pub(super) fn kind(head: &[u8]) -> Option<Kind> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        Some(Kind::Zip)
    } else if head.get(257..262) == Some(b"ustar") {
        Some(Kind::Tar)
    } else if head.starts_with(b"7z\xbc\xaf\x27\x1c") {
        Some(Kind::SevenZ)
    } else {
        None
    }
}

/// Returns whether something in an archive cannot be read without a password.
pub(super) fn is_locked(kind: Kind, place: &Place) -> bool {
    match kind {
        Kind::Zip => zip::is_locked(place),
        Kind::SevenZ => sevenz::is_locked(place),
        Kind::Tar => false,
    }
}

/// An archive as found.
pub(super) struct Archive<'a> {
    /// The file as received, and its name.
    pub(super) holder: (&'a Place, &'a str),
    /// Its name, with the members that lead to it.
    pub(super) name: &'a str,
    /// Where its bytes stand.
    pub(super) place: &'a Place,
    /// Its bytes, packed.
    pub(super) bytes: u64,
    /// Archives around it, itself included.
    pub(super) depth: usize,
}

impl Archive<'_> {
    /// Where bytes of the archive stand in its file; what would lie behind its end is not its.
    fn range(&self, start: u64, bytes: u64) -> Range<u64> {
        let (base, end) = self.place.range.as_ref().map_or((0, u64::MAX), |range| (range.start, range.end));
        let start = base.saturating_add(start).min(end);
        start..start.saturating_add(bytes).min(end)
    }
}

/// A member on its way to become a source.
struct Member {
    name: String,
    place: Place,
    /// Packed size.
    bytes: u64,
}

/// What was left out of an archive, to be said when it is read: a million members are a few sentences.
#[derive(Default)]
struct Left {
    /// Members without a byte.
    empty: Vec<String>,
    /// Members that unpack to more than their archive may.
    bombs: Vec<String>,
    /// Files of a system, not logs.
    rubbish: Rubbish,
}

impl Left {
    fn is_empty(&self) -> bool {
        self.empty.is_empty() && self.bombs.is_empty() && self.rubbish.said().is_none()
    }
}

/// How many bytes an archive gives before what it unpacks to is out of proportion.
struct Ration {
    packed: u64,
    taken: u64,
}

impl Bundle<'_> {
    /// Takes the members of an archive as sources. One that is `packed` as a whole is unpacked first.
    pub(super) fn archive(&mut self, kind: Kind, packed: bool, archive: &Archive<'_>) {
        let mut left = Left::default();
        let taken = match kind {
            Kind::Tar if packed => self.packed_tar(archive, &mut left),
            Kind::Tar => self.tar(archive, &mut left),
            Kind::Zip | Kind::SevenZ if packed => self.packed_archive(kind, archive, &mut left),
            Kind::Zip => self.zip(archive, &mut left),
            Kind::SevenZ => self.sevenz(archive, &mut left),
        };
        if let Err(reason) = taken {
            self.problem(archive.name, reason);
        }
        match left.empty.as_slice() {
            [] => {}
            [one] => self.problem(format!("{}!{one}", archive.name), "is empty"),
            [first, ..] => {
                self.problem(archive.name, format!("has {} empty members, the first {first}", left.empty.len()));
            }
        }
        let ratio = self.options.max_ratio;
        for name in left.bombs.iter().take(NAMED) {
            self.problem(
                format!("{}!{name}", archive.name),
                format!("was not read: it unpacks to more than {ratio} times its size (--max-ratio raises it)"),
            );
        }
        if let Some(more) = left.bombs.get(NAMED..).filter(|more| !more.is_empty()) {
            let reason = format!("{} further members that unpack so far were not read (--max-ratio)", more.len());
            self.problem(archive.name, reason);
        }
        if let Some(said) = left.rubbish.said() {
            self.problem(archive.name, said);
        }
    }

    /// Zip and 7z have their directory at their end: a packed one is unpacked as a whole before it is read.
    fn packed_archive(&mut self, kind: Kind, archive: &Archive<'_>, left: &mut Left) -> Result<(), String> {
        let max_ratio = self.options.max_ratio;
        let copied = decode::open(archive.place, max_ratio, &|_| {}, |reader| self.copy_aside(reader));
        let range = copied.and_then(|(range, failed)| failed.map_or(Ok(range), Err));
        let range = range.map_err(|error| format!("cannot be unpacked: {error}"))?;
        let bytes = range.end - range.start;
        let place = Place::part(self.spooled()?, range);
        let inner = Archive { holder: archive.holder, name: archive.name, place: &place, bytes, depth: archive.depth };
        if kind == Kind::Zip { self.zip(&inner, left) } else { self.sevenz(&inner, left) }
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
    fn member(&mut self, archive: &Archive<'_>, member: Member, left: &mut Left) {
        self.count_member();
        if member.bytes == 0 || member.place.check.is_some_and(|(_, size)| size == 0) {
            left.empty.push(member.name);
            return;
        }
        let name = format!("{}!{}", archive.name, member.name);
        let head = match decode::head(&member.place, MAGIC) {
            Ok(head) => head,
            Err(error) => return self.problem(name, format!("cannot be unpacked: {error}")),
        };
        if left.rubbish.takes(&member.name, &head.bytes) {
            return;
        }
        match kind(&head.bytes) {
            None => {
                self.scout.look(&name, &member.place);
                self.inputs.push(Input {
                    member: name.get(archive.holder.1.len() + 1..).map(str::to_owned),
                    name,
                    holder: archive.holder.0.clone(),
                    packed: head.packed || member.place.method != Method::Stored,
                    place: member.place,
                    bytes: member.bytes,
                    remarks: Vec::new(),
                });
            }
            Some(inner) => self.inner(inner, head.packed, archive, &name, &member),
        }
    }

    /// Opens an archive that lies in another.
    fn inner(&mut self, kind: Kind, packed: bool, outer: &Archive<'_>, name: &str, member: &Member) {
        let deepest = self.options.max_depth;
        if outer.depth >= deepest {
            return self.problem(
                name,
                format!("lies {} archives deep: unpack it and give the folder (--max-depth raises it)", outer.depth),
            );
        }
        // One with a checksum is unpacked too: that is what holds it against the sum.
        let packed = packed || member.place.method != Method::Stored || member.place.check.is_some();
        if packed {
            self.scout.look(name, &member.place);
        }
        let (holder, place, depth) = (outer.holder, &member.place, outer.depth + 1);
        self.archive(kind, packed, &Archive { holder, name, place, bytes: member.bytes, depth });
    }

    /// Copies a stream to what is set aside: where it stands there, as far as it came, and what ended it early.
    pub(super) fn copy_aside(&mut self, reader: &mut dyn Read) -> (Range<u64>, Option<io::Error>) {
        let most = self.options.max_bytes;
        let mut block = vec![0; 256 << 10];
        let start = self.spool.end();
        let failed = loop {
            if self.is_stopped() {
                break None;
            }
            match reader.read(&mut block) {
                Ok(0) => break None,
                Ok(count) => {
                    if self.spool.end() - start + count as u64 > most {
                        break Some(io::Error::other(super::window::TOO_MANY_BYTES));
                    }
                    if let Err(error) = self.spool.push(&block[..count]) {
                        break Some(error);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(error),
            }
        };
        (start..self.spool.end(), failed)
    }

    fn spooled(&mut self) -> Result<Body, String> {
        self.spool.body().map_err(|error| error.to_string())
    }
}

impl Ration {
    fn new(packed: u64) -> Self {
        Self { packed, taken: 0 }
    }

    /// Takes so many bytes; `false` where they are more than the archive may give.
    fn take(&mut self, bytes: u64, max_ratio: u64) -> bool {
        let taken = self.taken.saturating_add(bytes);
        let fits = !decode::is_bomb(self.packed, taken, max_ratio);
        if fits {
            self.taken = taken;
        }
        fits
    }
}
