//! Members of an object by marks of their names: a hundred names are looked for in every record, and most are not in it.

use super::json::Arena;
use bumpalo::collections::Vec as List;

/// First letter of a name, in lower case, and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NameMark {
    letter: u8,
    /// [`Self::ANY`] where exports may have added something, or the name is long.
    len: u8,
}

impl NameMark {
    /// A length that stands for every other.
    pub(super) const ANY: usize = u8::MAX as usize;

    /// The mark of a name that counts as so long.
    #[inline]
    pub(super) fn new(name: &[u8], len: usize) -> Self {
        let letter = name.first().map_or(0, u8::to_ascii_lowercase);
        Self { letter, len: u8::try_from(len).unwrap_or(u8::MAX) }
    }

    fn is_any(self) -> bool {
        usize::from(self.len) == Self::ANY
    }

    /// Returns whether a member with this mark may have a name with that one.
    fn may_be(self, name: Self) -> bool {
        self.letter == name.letter && (self.len == name.len || self.is_any())
    }
}

/// Kinds of marks.
const KINDS: usize = 64;

/// The members of an object, each by its place.
#[derive(Debug)]
pub(super) struct NameIndex<'r> {
    /// The first and the last member of each kind of marks: its place and one more, 0 for none.
    ends: [[u8; 2]; KINDS],
    members: List<'r, Entry>,
    /// First letters of names of any length, one bit each.
    loose: u32,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    mark: NameMark,
    /// The next member of its kind, as in [`NameIndex::ends`].
    next: u8,
}

impl<'r> NameIndex<'r> {
    /// Of no members yet, with room for some.
    pub(super) fn new(room: usize, arena: &'r Arena) -> Self {
        Self { ends: [[0; 2]; KINDS], members: List::with_capacity_in(room, arena), loose: 0 }
    }

    fn kind(mark: NameMark) -> usize {
        (usize::from(mark.letter) * 31 + usize::from(mark.len)) % KINDS
    }

    fn letter(mark: NameMark) -> u32 {
        1 << (mark.letter % 32)
    }

    /// Adds the next member.
    #[inline]
    pub(super) fn add(&mut self, mark: NameMark) {
        self.members.push(Entry { mark, next: 0 });
        if mark.is_any() {
            self.loose |= Self::letter(mark);
        }
        // So many members are looked through one after another.
        let Ok(at) = u8::try_from(self.members.len()) else {
            self.loose = u32::MAX;
            return;
        };
        let [first, last] = &mut self.ends[Self::kind(mark)];
        match self.members.get_mut(usize::from(*last).wrapping_sub(1)) {
            Some(before) => before.next = at,
            None => *first = at,
        }
        *last = at;
    }

    /// The first member that may have a name with this mark and that `read` makes anything of: that.
    #[inline]
    pub(super) fn find<T>(&self, name: NameMark, mut read: impl FnMut(usize) -> Option<T>) -> Option<T> {
        if self.loose & Self::letter(name) != 0 {
            let mut alike = self.members.iter().enumerate().filter(|(_, member)| member.mark.may_be(name));
            return alike.find_map(|(at, _)| read(at));
        }
        let [mut next, _] = self.ends[Self::kind(name)];
        while let Some(at) = usize::from(next).checked_sub(1) {
            let member = self.members[at];
            if member.mark == name
                && let Some(found) = read(at)
            {
                return Some(found);
            }
            next = member.next;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_in_their_order_however_many_there_are() {
        let arena = Arena::new();
        for count in [1, 7, 100, 254, 255, 256, 1000] {
            let mut index = NameIndex::new(4, &arena);
            let name = |at: usize| format!("{}{}", ['a', 'B', 'q', '@'][at % 4], "x".repeat(at % 40));
            (0..count).for_each(|at| index.add(NameMark::new(name(at).as_bytes(), name(at).len())));
            for at in 0..count {
                let wanted = name(at).to_ascii_uppercase();
                let mut seen = Vec::new();
                let none: Option<()> = index.find(NameMark::new(wanted.as_bytes(), wanted.len()), |at| {
                    seen.push(at);
                    None
                });
                assert!(none.is_none() && seen.is_sorted() && seen.contains(&at), "{at} of {count}: {seen:?}");
            }
        }
    }

    #[test]
    fn a_member_of_any_length_may_have_every_name_with_its_letter() {
        let arena = Arena::new();
        let mut index = NameIndex::new(4, &arena);
        for (name, len) in [("id", 2), ("Id_s", NameMark::ANY), ("item", 4)] {
            index.add(NameMark::new(name.as_bytes(), len));
        }
        let mut seen = Vec::new();
        let found = index.find(NameMark::new(b"Id", 2), |at| {
            seen.push(at);
            (at == 1).then_some(at)
        });
        assert_eq!((found, seen), (Some(1), vec![0, 1]));
    }
}
