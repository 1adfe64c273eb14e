//! Pseudonyms for users, addresses, devices, hosts and tenants, in everything that is written of a report.
//!
//! They are put in place of the finished text, whatever wrote it: escapes of Markdown, percent signs of requests and
//! brackets of defanged addresses are read through. Addresses and e-mail addresses are found by their form, so that one
//! that no row has is masked too; names are those of the bundle. The same value has the same pseudonym, in every note
//! that is written with the same key. File names, subjects and remarks are searched for these values only.

use crate::ingest::Loaded;
use crate::model::words::is_guid;
use crate::model::{Field, Sym};
use crate::store::{Store, device_id, device_member};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::ops::Range;

/// Kind of a value that is masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    User,
    Address,
    Device,
    Host,
    Tenant,
}

impl Kind {
    const ALL: [Self; 5] = [Self::User, Self::Address, Self::Device, Self::Host, Self::Tenant];

    fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Address => "address",
            Self::Device => "device",
            Self::Host => "host",
            Self::Tenant => "tenant",
        }
    }
}

/// Columns of a key.
pub const KEY: [&str; 3] = ["Pseudonym", "Kind", "Value"];

/// Replaces values by pseudonyms, and remembers which is which.
pub struct Redactor {
    /// Known values in lower case, each with the value that it is another form of.
    known: HashMap<String, (Kind, String)>,
    /// Names that have blanks or other marks in them: they are no word of the text. The longest first.
    phrases: Vec<(String, Kind)>,
    /// Parts of the names of the organisation: `contoso`.
    labels: HashSet<String>,
    /// Addresses that stay.
    shown: HashSet<IpAddr>,
    numbers: RefCell<Numbers>,
}

/// Number of each value, and the last of each kind.
#[derive(Default)]
struct Numbers {
    of: BTreeMap<(Kind, String), usize>,
    last: BTreeMap<Kind, usize>,
}

impl Numbers {
    fn insert(&mut self, kind: Kind, value: String, number: usize) {
        let last = self.last.entry(kind).or_default();
        *last = number.max(*last);
        self.of.insert((kind, value), number);
    }
}

impl Redactor {
    /// One for the values of a bundle, with the pseudonyms of an earlier key: rows of [`KEY`].
    ///
    /// # Errors
    /// The first row that is none of a key.
    pub fn new(loaded: &Loaded, key: &[[String; 3]]) -> Result<Self, String> {
        let mut numbers = Numbers::default();
        for [pseudonym, kind, value] in key {
            let kind = Kind::ALL.into_iter().find(|known| known.word() == kind);
            let number = pseudonym.rsplit_once('-').and_then(|(_, number)| number.parse().ok());
            let (Some(kind), Some(number)) = (kind, number) else {
                return Err(format!("{pseudonym} is no pseudonym of a key"));
            };
            numbers.insert(kind, value.clone(), number);
        }
        let mut values = Values::default();
        values.read(&loaded.store);
        let Values { known, mut phrases, labels } = values;
        phrases.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        phrases.dedup();
        Ok(Self { known, phrases, labels, shown: HashSet::new(), numbers: RefCell::new(numbers) })
    }

    /// Leaves these addresses as they are.
    pub fn show<'a>(&mut self, addresses: impl Iterator<Item = &'a str>) {
        self.shown.extend(addresses.filter_map(|address| address.parse::<IpAddr>().ok()));
    }

    /// The rows of the key, by kind and number.
    pub fn key(&self) -> Vec<[String; 3]> {
        let numbers = self.numbers.borrow();
        let mut rows: Vec<_> = numbers.of.iter().map(|((kind, value), number)| (*kind, *number, value)).collect();
        rows.sort_unstable();
        let row = |(kind, number, value): (Kind, usize, &String)| {
            [format!("{}-{number}", kind.word()), kind.word().to_owned(), value.clone()]
        };
        rows.into_iter().map(row).collect()
    }

    fn pseudonym(&self, kind: Kind, value: &str) -> String {
        let mut numbers = self.numbers.borrow_mut();
        let key = (kind, value.to_owned());
        let number = numbers.of.get(&key).copied().unwrap_or_else(|| {
            let next = numbers.last.get(&kind).copied().unwrap_or(0) + 1;
            numbers.insert(kind, key.1, next);
            next
        });
        format!("{}-{number}", kind.word())
    }

    /// A text with pseudonyms.
    pub fn apply(&self, text: &str) -> String {
        let view = View::new(text);
        let mut cuts: Vec<(Range<usize>, String)> = Vec::new();
        for (name, kind) in &self.phrases {
            for (at, _) in view.text.match_indices(name.as_str()) {
                cuts.push((at..at + name.len(), self.pseudonym(*kind, name)));
            }
        }
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '@' | ':' | '-' | '+');
        let mut start = None;
        for (at, c) in view.text.char_indices().chain([(view.text.len(), ' ')]) {
            match (start, is_word(c)) {
                (None, true) => start = Some(at),
                (Some(from), false) => {
                    self.word(&view.text, from..at, &mut cuts);
                    start = None;
                }
                _ => {}
            }
        }
        cuts.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for (range, pseudonym) in cuts {
            let range = view.origin(range);
            if range.start >= done {
                out.push_str(&text[done..range.start]);
                out.push_str(&pseudonym);
                done = range.end;
            }
        }
        out.push_str(&text[done..]);
        out
    }

    /// Masks a run of letters, digits and the marks of names, or its parts.
    fn word(&self, text: &str, range: Range<usize>, cuts: &mut Vec<(Range<usize>, String)>) {
        let run = &text[range.clone()];
        let word = run.trim_matches(|c| matches!(c, '.' | ':' | '-' | '_' | '+' | '@'));
        let from = range.start + (run.len() - run.trim_start_matches(|c| ".:-_+@".contains(c)).len());
        let range = from..from + word.len();
        if word.is_empty() || word.parse().is_ok_and(|address| self.shown.contains(&address)) {
            return;
        }
        if let Some((kind, value)) = self.value(word) {
            cuts.push((range, self.pseudonym(kind, &value)));
        } else if let Some(colon) = word.find(':') {
            // `ip:198.51.100.23`, `198.51.100.23:443`.
            self.word(text, range.start..range.start + colon, cuts);
            self.word(text, range.start + colon + 1..range.end, cuts);
        }
    }

    fn value(&self, word: &str) -> Option<(Kind, String)> {
        if let Some((kind, value)) = self.known.get(word) {
            return Some((*kind, value.clone()));
        }
        if let Ok(address) = word.parse::<IpAddr>() {
            return Some((Kind::Address, address.to_string()));
        }
        if word.split_once('@').is_some_and(|(account, host)| !account.is_empty() && host.contains('.')) {
            return Some((Kind::User, word.to_owned()));
        }
        let is_ours = word.split(['.', '-', '_', '@']).any(|part| self.labels.contains(part));
        (is_ours && !word.contains(':')).then(|| (Kind::Host, word.to_owned()))
    }
}

/// Values of a bundle, as they are collected.
#[derive(Default)]
struct Values {
    known: HashMap<String, (Kind, String)>,
    phrases: Vec<(String, Kind)>,
    labels: HashSet<String>,
}

/// Domains that are not the organisation's own.
const PUBLIC: [&str; 6] = ["onmicrosoft", "microsoft", "outlook", "hotmail", "gmail", "example"];
/// Shortest name that is masked by itself: a shorter one is part of too many words.
const SHORTEST: usize = 4;

impl Values {
    fn read(&mut self, store: &Store) {
        let mut seen: HashSet<(Field, Sym), foldhash::fast::RandomState> = HashSet::default();
        for (_, event) in store.events() {
            for field in
                [Field::UserPrincipalName, Field::UserId, Field::HomeTenantId, Field::DeviceDetail, Field::DeviceId]
            {
                let sym = event.get(field);
                if !sym.is_none() && seen.insert((field, sym)) {
                    self.take(field, store.text(sym).trim());
                }
            }
            let (user, upn) = (store.text(event.user), store.upn(event.user));
            if is_guid(user) && user != upn && seen.insert((Field::Id, event.user)) {
                // One person under name and id.
                self.known.insert(user.to_lowercase(), (Kind::User, upn.to_lowercase()));
            }
        }
    }

    fn take(&mut self, field: Field, text: &str) {
        let lower = text.to_lowercase();
        match field {
            Field::UserPrincipalName if lower.contains('@') => self.user(&lower),
            Field::UserId if is_guid(&lower) => {
                self.known.entry(lower.clone()).or_insert((Kind::User, lower));
            }
            Field::HomeTenantId if is_guid(&lower) => {
                self.known.insert(lower.clone(), (Kind::Tenant, lower));
            }
            Field::DeviceId if is_guid(&lower) => {
                self.known.insert(lower.clone(), (Kind::Device, lower));
            }
            Field::DeviceDetail => {
                let id = device_id(text).map(|id| id.to_lowercase()).filter(|id| is_guid(id));
                let name = device_member(text, "displayName");
                let name = name.and_then(|name| name.as_str().map(|name| name.trim().to_lowercase()));
                if let Some(id) = &id {
                    self.known.insert(id.clone(), (Kind::Device, id.clone()));
                }
                if let Some(name) = name.filter(|name| name.chars().count() >= SHORTEST) {
                    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
                    // One device under name and id.
                    let value = id.unwrap_or_else(|| name.clone());
                    if name.chars().all(is_word) {
                        self.known.insert(name, (Kind::Device, value));
                    } else {
                        self.phrases.push((name, Kind::Device));
                    }
                }
            }
            _ => {}
        }
    }

    fn user(&mut self, upn: &str) {
        self.known.insert(upn.to_owned(), (Kind::User, upn.to_owned()));
        let Some((account, domain)) = upn.split_once('@') else { return };
        // A plain word may be anything; a name in two parts is somebody.
        if account.chars().count() >= SHORTEST && account.contains(['.', '_', '-']) {
            self.known.insert(account.to_owned(), (Kind::User, upn.to_owned()));
        }
        let label = domain.split('.').next().unwrap_or_default();
        if label.chars().count() >= SHORTEST && !PUBLIC.contains(&label) {
            self.labels.insert(label.to_owned());
        }
    }
}

/// A text as it is read: lower case, escapes taken away, with the way back.
struct View {
    text: String,
    /// For each byte of the text, the range it came from.
    from: Vec<Range<usize>>,
}

impl View {
    fn new(text: &str) -> Self {
        let mut view = Self { text: String::with_capacity(text.len()), from: Vec::with_capacity(text.len()) };
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let (c, len) = match &bytes[at..] {
                [b'\\', mark, ..] if mark.is_ascii_punctuation() => (char::from(*mark), 2),
                [b'[', mark @ (b'.' | b':' | b'@'), b']', ..] => (char::from(*mark), 3),
                [b'%', b'4', b'0', ..] => ('@', 3),
                _ => (c, c.len_utf8()),
            };
            let before = view.text.len();
            view.text.extend(c.to_lowercase());
            view.from.extend((before..view.text.len()).map(|_| at..at + len));
            at += len;
        }
        view
    }

    fn origin(&self, range: Range<usize>) -> Range<usize> {
        let start = self.from.get(range.start).map_or(0, |from| from.start);
        let end = range.end.checked_sub(1).and_then(|last| self.from.get(last)).map_or(start, |from| from.end);
        start..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Source, Table};
    use crate::store::testing::Rows;

    fn redactor(key: &[[String; 3]]) -> Redactor {
        let mut rows = Rows::default();
        let id = "aaaa0000-0000-4000-8000-00000000000a";
        let device = r#"{"deviceId":"bbbb0000-0000-4000-8000-00000000000b","displayName":"LAPTOP-ANA"}"#;
        let named = r#"{"displayName":"Ana's laptop"}"#;
        for (upn, detail) in [("Ana.Novak@contoso.com", device), ("bo@contoso.com", named)] {
            rows.row(
                Table::SignIn,
                "2026-05-01T10:00:00Z",
                &[
                    (Field::UserPrincipalName, upn),
                    (Field::UserId, if upn.starts_with('A') { id } else { "" }),
                    (Field::DeviceDetail, detail),
                    (Field::IpAddress, "198.51.100.23"),
                ],
            );
        }
        let loaded = Loaded::new(rows.build(), vec![Source::default()], Vec::new());
        Redactor::new(&loaded, key).unwrap()
    }

    #[test]
    fn one_value_has_one_pseudonym_in_whatever_form_it_is_written() {
        let redactor = redactor(&[]);
        let text = "ana.novak@contoso.com Ana\\.Novak@contoso.com, /users/ana.novak%40contoso.com/messages ana.novak \
                    aaaa0000-0000-4000-8000-00000000000a";
        assert_eq!(redactor.apply(text), "user-1 user-1, /users/user-1/messages user-1 user-1");
        assert_eq!(redactor.apply("198.51.100.23 198[.]51[.]100[.]23 ip:198.51.100.23: 198.51.100.230."), {
            "address-1 address-1 ip:address-1: address-2."
        });
        assert_eq!(redactor.apply("2001:db8::1, 2001[:]db8[:][:]1; 14:02:09"), "address-3, address-3; 14:02:09");
        assert_eq!(redactor.apply("LAPTOP\\-ANA bbbb0000-0000-4000-8000-00000000000b"), "device-1 device-1");
        assert_eq!(redactor.apply("on \"Ana's laptop\""), "on \"device-2\"");
        assert_eq!(redactor.apply("contoso-my.sharepoint.com contoso.zip"), "host-1 host-2");
        assert_eq!(redactor.apply("to stranger@evil.example"), "to user-2", "nobody's row has it");
    }

    #[test]
    fn an_address_that_is_shown_stays() {
        let mut redactor = redactor(&[]);
        redactor.show(["198.51.100.23", "2001:db8::1", ""].into_iter());
        let text = "198[.]51[.]100[.]23 2001:DB8::1 198.51.100.24";
        assert_eq!(redactor.apply(text), "198[.]51[.]100[.]23 2001:DB8::1 address-1");
    }

    #[test]
    fn what_is_nobodys_stays() {
        let text =
            "Microsoft Graph 2.32.3 GET 200 /me/messages 04b07795-8ddb-461a-bbee-02f9e1bf7b46 13:50 b.c 3b7d1904f49b";
        assert_eq!(redactor(&[]).apply(text), text);
    }

    #[test]
    fn a_key_keeps_pseudonyms_from_note_to_note_and_says_who_is_who() {
        let first = redactor(&[]);
        first.apply("bo@contoso.com 198.51.100.23 ana.novak@contoso.com");
        let key = first.key();
        assert_eq!(key[0], ["user-1", "user", "bo@contoso.com"].map(str::to_owned));
        let second = redactor(&key);
        assert_eq!(second.apply("ana.novak@contoso.com 192.0.2.1"), "user-2 address-2");
        assert_eq!(second.key().len(), 4);
        let mut wrong = key;
        wrong[0][1] = "dog".to_owned();
        let loaded = Loaded::new(Rows::default().build(), vec![Source::default()], Vec::new());
        assert!(Redactor::new(&loaded, &wrong).is_err());
    }
}
