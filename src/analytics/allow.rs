//! Allow-list: entries with a reason and an expiry, which mark hits as harmless and move them down.

mod cover;

use super::by_id;
use crate::model::{Span, Time, inert, words};
use ipnet::IpNet;
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use std::fmt;
use std::net::IpAddr;
use toml::Spanned;

/// Entries of a list, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowList {
    /// The file's name as given.
    pub name: String,
    entries: Vec<Allow>,
    /// Time of the run: entries that expired before are not applied.
    now: Time,
}

/// One entry. Each kind of value it names must fit; of a kind, one value is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// Its number in the list, from 1.
    pub number: usize,
    /// Sign-in names or user ids, normalized.
    pub users: Vec<String>,
    /// Client ids or names, normalized.
    pub clients: Vec<String>,
    /// Networks that every address that the hit shows must lie in.
    pub networks: Vec<IpNet>,
    /// Ids of analytics.
    pub analytics: Vec<String>,
    /// The reason.
    pub reason: String,
    /// Expiry: not applied from this time on.
    pub expires: Time,
}

/// Most addresses that may keep an entry from fitting for the hit to say so.
const FEW: usize = 3;

/// Addresses of a hit that lie outside the networks of an entry that fits it otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncovered {
    /// The entry.
    pub entry: Allow,
    /// The addresses, sorted.
    pub addresses: Vec<IpAddr>,
    /// Whether a row without an address is among those that kept it from fitting.
    pub has_blank: bool,
}

impl Uncovered {
    /// The addresses as texts; `a row without an address` among them where one has none.
    pub fn texts(&self) -> Vec<String> {
        let blank = self.has_blank.then(|| "a row without an address".to_owned());
        self.addresses.iter().map(ToString::to_string).chain(blank).collect()
    }

    /// The addresses in words.
    pub fn words(&self) -> String {
        words::listed(&self.texts(), FEW)
    }
}

/// Reason why a list cannot be used: the line, and the way out.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {}", inert(what))]
pub struct AllowError {
    /// Line of the file, from 1.
    pub line: usize,
    /// The fault.
    pub what: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    allow: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default)]
    user: Words,
    #[serde(default)]
    client: Words,
    #[serde(default)]
    address: Words,
    #[serde(default)]
    analytic: Words,
    reason: Option<Spanned<String>>,
    expires: Option<Spanned<Expires>>,
}

/// One word, or several, each with its place in the file.
#[derive(Default)]
struct Words(Vec<Spanned<String>>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Spanned::<OneOrMany>::deserialize(deserializer)?;
        let span = words.span();
        Ok(Self(match words.into_inner() {
            OneOrMany::One(word) => vec![Spanned::new(span, word)],
            OneOrMany::Many(words) => words,
        }))
    }
}

enum OneOrMany {
    One(String),
    Many(Vec<Spanned<String>>),
}

/// Written by hand: an untagged enum of serde loses the place in the file.
impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E>(self, word: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany::One(word.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMany, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = list.next_element()? {
                    words.push(word);
                }
                Ok(OneOrMany::Many(words))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// A date as a text, or as a TOML date.
#[derive(Deserialize)]
#[serde(untagged, expecting = "this is neither a text nor a date")]
enum Expires {
    Text(String),
    Date(toml::value::Datetime),
}

impl Words {
    /// The words, normalized.
    fn normalized(&self) -> Vec<String> {
        self.0.iter().map(|word| word.as_ref().trim().to_lowercase()).collect()
    }

    /// Place of the first blank word.
    fn blank(&self) -> Option<usize> {
        self.0.iter().find(|word| word.as_ref().trim().is_empty()).map(|word| word.span().start)
    }
}

/// Place of a fault in the file, `None` for the entry as a whole, and the way out.
struct Wrong(Option<usize>, String);

impl AllowList {
    /// Reads a list; `now` decides which entries have expired.
    ///
    /// # Errors
    /// When it is not TOML, has unknown keys or blank values, or when an entry names nothing, has no reason or no
    /// expiry.
    pub fn parse(name: &str, text: &str, now: Time) -> Result<Self, AllowError> {
        let line_of = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() + 1;
        let file: File = toml::from_str(text).map_err(|err| AllowError {
            line: line_of(err.span().map_or(0, |span| span.start)),
            what: err.message().to_owned(),
        })?;
        let entries = file.allow.into_iter().enumerate().map(|(index, entry)| {
            let start = entry.span().start;
            Allow::new(index + 1, &entry.into_inner())
                .map_err(|Wrong(at, what)| AllowError { line: line_of(at.unwrap_or(start)), what })
        });
        Ok(Self { name: name.to_owned(), entries: entries.collect::<Result<_, _>>()?, now })
    }

    /// Entries that are applied.
    pub fn in_force(&self) -> impl Iterator<Item = &Allow> {
        self.entries.iter().filter(|entry| self.now < entry.expires)
    }

    /// Entries that have expired.
    pub fn expired(&self) -> impl Iterator<Item = &Allow> {
        self.entries.iter().filter(|entry| self.now >= entry.expires)
    }
}

impl Allow {
    fn new(number: usize, entry: &Entry) -> Result<Self, Wrong> {
        let whole = |what: &str| Wrong(None, what.to_owned());
        let no_reason = "this entry needs a reason: who says that it is harmless, and why";
        let reason = entry.reason.as_ref().ok_or_else(|| whole(no_reason))?;
        if reason.as_ref().trim().is_empty() {
            return Err(Wrong(Some(reason.span().start), no_reason.to_owned()));
        }
        let no_expiry = "this entry needs an expiry, such as expires = 2027-01-31";
        let expiry = entry.expires.as_ref().ok_or_else(|| whole(no_expiry))?;
        let expires = match expiry.as_ref() {
            Expires::Text(text) => text.clone(),
            Expires::Date(date) => date.to_string(),
        };
        let expires = Time::parse(&expires)
            .ok_or_else(|| {
                Wrong(Some(expiry.span().start), format!("expires = \"{expires}\" is no date and no RFC 3339 time"))
            })
            // A day is over at its end.
            .map(|time| if expires.len() == 10 { time.plus(Span::minutes(24 * 60)) } else { time })?;
        let networks = entry.address.0.iter().map(|word| {
            let text = word.as_ref().trim();
            let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            net.map_err(|_| Wrong(Some(word.span().start), format!("{text:?} is no address and no network")))
        });
        let networks = networks.collect::<Result<Vec<_>, _>>()?;
        let analytics = entry.analytic.normalized();
        if let Some(at) = analytics.iter().position(|id| by_id(id).is_none()) {
            let unknown = &analytics[at];
            let what = format!("there is no analytic {unknown:?}: tokentrail list names them");
            return Err(Wrong(Some(entry.analytic.0[at].span().start), what));
        }
        let (users, clients) = (entry.user.normalized(), entry.client.normalized());
        let everything = "this entry covers everything: name a user, a client, an address or an analytic";
        if let Some(at) = entry.user.blank().or_else(|| entry.client.blank()) {
            return Err(Wrong(Some(at), everything.to_owned()));
        }
        let named = [&users, &clients, &analytics].iter().any(|named| !named.is_empty());
        if !named && networks.is_empty() {
            return Err(whole(everything));
        }
        Ok(Self { number, users, clients, networks, analytics, reason: reason.as_ref().clone(), expires })
    }
}

impl fmt::Display for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {}", self.number)?;
        let networks: Vec<String> = self.networks.iter().map(ToString::to_string).collect();
        let kinds =
            [("user", &self.users), ("client", &self.clients), ("address", &networks), ("analytic", &self.analytics)];
        for (index, (kind, named)) in kinds.iter().filter(|(_, named)| !named.is_empty()).enumerate() {
            let before = if index == 0 { " (" } else { "; " };
            write!(f, "{before}{kind} {}", named.join(" or "))?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<AllowList, String> {
        let now = Time::parse("2026-05-20T00:00:00Z").unwrap();
        AllowList::parse("allow.toml", text, now).map_err(|err| err.to_string())
    }

    #[test]
    fn an_entry_says_why_and_until_when() {
        let list = parse(
            "[[allow]]\nuser = [\"A@contoso.com\"]\naddress = \"192.0.2.0/24\"\nreason = \"build host\"\nexpires = 2026-05-31\n\
             [[allow]]\nclient = \"x\"\nreason = \"old\"\nexpires = \"2026-05-19\"\n\
             [[allow]]\nclient = \"y\"\nreason = \"today\"\nexpires = \"2026-05-20\"\n",
        )
        .unwrap();
        let shown: Vec<String> = list.in_force().map(ToString::to_string).collect();
        assert_eq!(shown, ["entry 1 (user a@contoso.com; address 192.0.2.0/24)", "entry 3 (client y)"]);
        assert_eq!(list.expired().map(|entry| entry.number).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let wrong = |body: &str| parse(&format!("# list\n[[allow]]\n{body}\n")).unwrap_err();
        for (body, begins, says) in [
            ("user = \"a\"\nexpires = 2026-06-01", "line 2: ", "needs a reason"),
            ("user = \"a\"\nreason = \" \"\nexpires = 2026-06-01", "line 4: ", "needs a reason"),
            ("user = \"a\"\nreason = \"x\"", "line 2: ", "needs an expiry"),
            ("user = \"a\"\nreason = \"x\"\nexpires = \"soon\"", "line 5: ", "no date"),
            ("user = \"a\"\nreason = \"x\"\nexpires = 7", "line 5: ", "neither a text nor a date"),
            ("reason = \"x\"\nexpires = 2026-06-01", "line 2: ", "covers everything"),
            ("reason = \"x\"\nuser = [\n  \"a\",\n  \"\",\n]\nexpires = 2026-06-01", "line 6: ", "covers everything"),
            ("reason = \"x\"\naddress = \"lan\"\nexpires = 2026-06-01", "line 4: ", "no address"),
            (
                "address = [\"192.0.2.1\",\n\"lan\"]\nreason = \"x\"\nexpires = 2026-06-01",
                "line 4: ",
                "\"lan\" is no address",
            ),
            ("reason = \"x\"\nexpires = 2026-06-01\nanalytic = \"foo\"", "line 5: ", "no analytic \"foo\""),
            ("reason = \"x\"\nexpires = 2026-06-01\nclient = 7", "line 5: ", "a text or a list of texts"),
            ("usr = \"a\"", "line 3: ", "usr"),
        ] {
            let wrong = wrong(body);
            assert!(wrong.starts_with(begins) && wrong.contains(says), "{body}: {wrong}");
        }
        assert!(parse("[[allow]\n").unwrap_err().starts_with("line 1: "));
    }
}
