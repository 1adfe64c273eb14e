//! Actions of Graph calls in plain words, from method and address.
//!
//! The log has only the address: the requests in a `$batch`, the terms a POST searched for and the content of an answer
//! are not known.

use super::{Reach, Weight, attack, table};
use serde::Deserialize;
use std::borrow::Cow;
use std::sync::Arc;

mod address;

use address::Address;

const TABLE: &str = include_str!("../../assets/facts/graph_verbs.csv");

/// The action of a Graph call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Verb {
    /// Plain words, equal for calls that count together: `searched mail`, `listed files`, `read chat messages`.
    pub action: Arc<str>,
    /// Its object: the search term, the mailbox, the user.
    pub object: Option<String>,
    /// Its gravity.
    pub weight: Weight,
    /// Its reach.
    pub reach: Reach,
    /// ATT&CK id the call earns when it succeeded.
    pub technique: Option<&'static str>,
    /// Whether a row of the table matches the call; the others are named by their address.
    pub is_known: bool,
}

/// One row; the first that fits decides the action.
pub(super) struct Pattern {
    method: String,
    segments: Vec<Part>,
    action: Arc<str>,
    /// The action where the address has a search term; empty where it is the same.
    search: Arc<str>,
    weight: Weight,
    reach: Reach,
    pub(super) technique: Option<&'static str>,
}

/// One segment of a pattern.
enum Part {
    /// `@`: `/me`, or `/users/<id>`.
    Owner,
    /// `~`: one drive, however it is addressed: of an owner, a site or a group, or by its own id.
    Drive,
    /// `{}`: any one segment, which is the object of the call.
    Object,
    /// `*`: any one segment.
    Any,
    /// `**`, last only: whatever follows, or nothing.
    Rest,
    /// This word, lower case.
    Word(String),
}

#[derive(Deserialize)]
struct VerbRow {
    method: String,
    path: String,
    action: String,
    search: String,
    weight: String,
    reach: String,
    technique: String,
}

/// The patterns in order: the special before the general.
pub(super) fn load() -> Vec<Pattern> {
    table::rows::<VerbRow>("graph_verbs.csv", TABLE).into_iter().map(Pattern::from).collect()
}

impl From<VerbRow> for Pattern {
    fn from(row: VerbRow) -> Self {
        let part = |word: &str| match word {
            "@" => Part::Owner,
            "~" => Part::Drive,
            "{}" => Part::Object,
            "*" => Part::Any,
            "**" => Part::Rest,
            word => Part::Word(word.to_owned()),
        };
        Self {
            segments: row.path.split('/').map(part).collect(),
            method: row.method,
            action: row.action.into(),
            search: row.search.into(),
            weight: Weight::spelt(&row.weight),
            reach: Reach::spelt(&row.reach),
            technique: attack::find(&row.technique).map(|technique| technique.id.as_str()),
        }
    }
}

impl Pattern {
    /// The object of the call, when the pattern fits.
    fn fits<'a>(&self, method: &str, address: &'a Address) -> Option<Named<'a>> {
        if self.method != "*" && !self.method.eq_ignore_ascii_case(method) {
            return None;
        }
        let mut named = Named::default();
        let mut segments = address.segments.iter().map(String::as_str);
        for part in &self.segments {
            match part {
                Part::Rest => return Some(named),
                Part::Owner => {
                    let first = segments.next()?;
                    if first.eq_ignore_ascii_case("users") {
                        named.owner = Some(segments.next()?);
                    } else if !first.eq_ignore_ascii_case("me") {
                        return None;
                    }
                }
                Part::Drive => named.drive(&mut segments)?,
                Part::Object => named.object = Some(segments.next()?),
                Part::Any => _ = segments.next()?,
                Part::Word(word) => {
                    if !segments.next()?.eq_ignore_ascii_case(word) {
                        return None;
                    }
                }
            }
        }
        segments.next().is_none().then_some(named)
    }
}

/// Segments of an address that name something.
#[derive(Default)]
struct Named<'a> {
    owner: Option<&'a str>,
    object: Option<&'a str>,
}

impl<'a> Named<'a> {
    /// Takes one drive off the segments. `drives` alone is a list of drives, and none of them.
    fn drive(&mut self, segments: &mut impl Iterator<Item = &'a str>) -> Option<()> {
        let mut next = segments.next()?;
        if ["users", "sites", "groups"].iter().any(|place| next.eq_ignore_ascii_case(place)) {
            self.owner = Some(segments.next()?);
            next = segments.next()?;
        } else if next.eq_ignore_ascii_case("me") {
            next = segments.next()?;
        }
        if next.eq_ignore_ascii_case("drives") {
            segments.next()?;
            return Some(());
        }
        next.eq_ignore_ascii_case("drive").then_some(())
    }
}

/// The action of a call: by the first pattern that fits, else by its first path segments.
pub(super) fn verb(patterns: &[Pattern], method: &str, uri: &str) -> Verb {
    let address = Address::read(uri);
    let method = method.trim();
    for pattern in patterns {
        let Some(named) = pattern.fits(method, &address) else { continue };
        let searched = address.search.is_some() && !pattern.search.is_empty();
        let object = match (&address.search, named.owner.or(named.object)) {
            (Some(term), Some(owner)) if searched => Some(format!("{} (of {})", short(term), short(owner))),
            (Some(term), None) if searched => Some(short(term).into_owned()),
            (_, named) => named.map(|text| short(text).into_owned()),
        };
        return Verb {
            action: Arc::clone(if searched { &pattern.search } else { &pattern.action }),
            object,
            weight: if searched { Weight::Searched } else { pattern.weight },
            reach: pattern.reach,
            technique: pattern.technique,
            is_known: true,
        };
    }
    Verb {
        action: unknown(method, &address).into(),
        object: None,
        weight: Weight::Other,
        reach: Reach::Other,
        technique: None,
        is_known: false,
    }
}

/// The action by address, without ids so that equal calls count together: `called reports/getFoo`, `called POST
/// admin/x`.
fn unknown(method: &str, address: &Address) -> String {
    let is_id = |text: &str| text.len() > 40 || text.bytes().filter(u8::is_ascii_digit).count() >= 6;
    let path: Vec<&str> = address.segments.iter().take(3).map(|s| if is_id(s) { "{id}" } else { s.as_str() }).collect();
    match (path.is_empty(), method) {
        (true, _) => "called an address that was not recorded".to_owned(),
        (false, method) if method.eq_ignore_ascii_case("get") || method.is_empty() => {
            format!("called {}", path.join("/"))
        }
        (false, method) => format!("called {} {}", short(method), path.join("/")),
    }
}

/// Shortens a text that the caller of the API chose to what one line can show.
fn short(text: &str) -> Cow<'_, str> {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

#[cfg(test)]
mod tests;
