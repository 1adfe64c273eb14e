//! Files and members: each becomes a source, or is opened as the archive it is.
//!
//! A member is never looked up by its name: two may share one, and a name may say anything.

mod sevenz;
mod tar;
mod workbook;
mod zip;

use super::intake::{Input, Intake};
use super::rubbish::Rubbish;
use crate::ingest::bytes::body::reason;
use crate::ingest::bytes::container::{Container, MAGIC};
use crate::ingest::bytes::decode::{self, FileRange, Method};
use std::io;
use std::ops::Range;
use std::path::Path;

/// Members named one by one that are not read for the same reason; more of them are one sentence.
const NAMED: usize = 3;

/// Returns whether something in an archive cannot be read without a password.
fn is_locked(container: Container, place: &FileRange) -> bool {
    match container {
        Container::Zip => zip::is_locked(place),
        Container::SevenZ => sevenz::is_locked(place),
        Container::Tar => false,
    }
}

/// Returns whether a path is an archive with something encrypted in it, so that the password can be asked for before
/// the reading begins.
pub fn needs_password(path: &Path) -> bool {
    let place = FileRange::whole(path);
    path.is_file()
        && decode::head(&place, MAGIC).is_ok_and(|head| {
            !head.packed && Container::from_head(&head.bytes).is_some_and(|container| is_locked(container, &place))
        })
}

/// An archive as found.
pub(super) struct Archive<'a> {
    /// The file as received, and its name.
    pub(super) holder: (&'a FileRange, &'a str),
    /// Its name, with the members that lead to it.
    pub(super) name: &'a str,
    /// Its bytes.
    pub(super) place: &'a FileRange,
    /// Its bytes, packed.
    pub(super) bytes: u64,
    /// Archives around it, itself included.
    pub(super) depth: usize,
}

impl Archive<'_> {
    /// Bytes of the archive as a range of its file, cut at the archive's end.
    fn range(&self, start: u64, bytes: u64) -> Range<u64> {
        let (base, end) = self.place.range.as_ref().map_or((0, u64::MAX), |range| (range.start, range.end));
        let start = base.saturating_add(start).min(end);
        start..start.saturating_add(bytes).min(end)
    }
}

/// A member on its way to become a source.
struct Member {
    name: String,
    place: FileRange,
    /// Packed size.
    bytes: u64,
}

/// Members left out of an archive, reported at its end: a million members are a few sentences.
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
        self.empty.is_empty() && self.bombs.is_empty() && self.rubbish.sentence().is_none()
    }
}

/// The bytes an archive may unpack to before they are out of proportion.
struct Ration {
    packed: u64,
    taken: u64,
}

impl Intake<'_> {
    /// Takes a whole file as a source, or opens the archive it is.
    pub(super) fn whole(&mut self, place: FileRange, name: String, bytes: u64, remark: Option<String>) {
        self.report();
        if bytes == 0 {
            return self.problem(name, "is empty");
        }
        let head = match decode::head(&place, MAGIC) {
            Ok(head) => head,
            Err(error)
                if error.kind() == io::ErrorKind::NotFound || error.kind() == io::ErrorKind::PermissionDenied =>
            {
                return self.problem(name, reason(&error));
            }
            Err(error) => return self.problem(name, format!("cannot be unpacked: {error}")),
        };
        self.members = 0;
        match Container::from_head(&head.bytes) {
            None if head.bytes.is_empty() => self.problem(name, "is empty"),
            None => {
                self.preview.look(&name, &place);
                let holder = place.clone();
                let remarks = remark.into_iter().collect();
                self.inputs.push(Input { name, holder, member: None, place, packed: head.packed, bytes, remarks });
            }
            Some(container) => {
                if head.packed {
                    self.preview.look(&name, &place);
                }
                let before = self.inputs.len();
                let holder = (&place, name.as_str());
                let archive = Archive { holder, name: &name, place: &place, bytes, depth: 1 };
                self.archive(container, head.packed, &archive);
                for input in &mut self.inputs[before..] {
                    input.remarks.extend(remark.clone());
                }
            }
        }
    }

    /// Takes the members of an archive as sources. One that is `packed` as a whole is unpacked first.
    fn archive(&mut self, container: Container, packed: bool, archive: &Archive<'_>) {
        let mut left = Left::default();
        let taken = match container {
            Container::Tar if packed => self.packed_tar(archive, &mut left),
            Container::Tar => self.tar(archive, &mut left),
            Container::Zip | Container::SevenZ if packed => self.packed_archive(container, archive, &mut left),
            Container::Zip => self.zip(archive, &mut left),
            Container::SevenZ => self.sevenz(archive, &mut left),
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
        if let Some(sentence) = left.rubbish.sentence() {
            self.problem(archive.name, sentence);
        }
    }

    /// Zip and 7z have their directory at their end: a packed one is unpacked as a whole before it is read.
    fn packed_archive(&mut self, container: Container, archive: &Archive<'_>, left: &mut Left) -> Result<(), String> {
        let max_ratio = self.options.max_ratio;
        let copied = decode::open(archive.place, max_ratio, &|_| {}, |reader| self.copy_aside(reader));
        let range = copied.and_then(|(range, failed)| failed.map_or(Ok(range), Err));
        let range = range.map_err(|error| format!("cannot be unpacked: {error}"))?;
        let bytes = range.end - range.start;
        let place = FileRange::part(self.spooled()?, range);
        let inner = Archive { holder: archive.holder, name: archive.name, place: &place, bytes, depth: archive.depth };
        if container == Container::Zip { self.zip(&inner, left) } else { self.sevenz(&inner, left) }
    }

    fn too_many(&self, members: Option<usize>) -> String {
        let most = self.options.max_members;
        let has = members.map_or_else(|| format!("more than {most}"), |members| members.to_string());
        format!("has {has} members: those after the first {most} were not read (--max-members raises it)")
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
        match Container::from_head(&head.bytes) {
            None => {
                self.preview.look(&name, &member.place);
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
    fn inner(&mut self, container: Container, packed: bool, outer: &Archive<'_>, name: &str, member: &Member) {
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
            self.preview.look(name, &member.place);
        }
        let (holder, place, depth) = (outer.holder, &member.place, outer.depth + 1);
        self.archive(container, packed, &Archive { holder, name, place, bytes: member.bytes, depth });
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
