//! First-party clients, and the membership of each in the family of client ids on a given day.
//!
//! Clients of the family share refresh tokens: one client's token serves them all. Membership is known only from dated
//! observations, never from the vendor, and it changes: the date of the event decides.

use super::table;
use crate::model::{Span, Time};
use serde::Deserialize;

pub(super) const TABLE: &str = include_str!("../../assets/facts/clients.csv");

/// Sources of the published family list, as written in the table.
const PUBLISHED: &str = "secureworks@";

/// Sentence for an id in none of the lists.
const UNLISTED: &str =
    "not a known family client (absent from secureworks@52c66c5, zh54321@caf89fa, ROADtools@fc344df)";

/// A client application.
#[derive(Debug)]
pub struct Client {
    /// Application id, lower case.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whether the published family list has it.
    pub published: bool,
    /// Family record.
    pub family: Family,
    /// Source of the row.
    pub source: String,
    observed: Observed,
    /// Whether the row is from a table of the user's.
    pub(super) is_users: bool,
}

/// The dated observations of one client's membership.
#[derive(Debug)]
struct Observed {
    /// End of the last day on which it was seen as a member.
    last_member: Option<Time>,
    /// The first day on which it was seen as none.
    first_gone: Option<Time>,
    /// `last_member` as written.
    last_member_day: String,
    /// `first_gone` as written.
    first_gone_day: String,
    /// Source that saw it gone.
    gone_source: String,
    /// Purpose of the client, where it never was a member.
    path: String,
}

/// A client's record in the family of client ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// In the newest list.
    Current,
    /// Was a member, left between two dated observations.
    Removed,
    /// In an older list, absent from the newest source.
    Unverified,
    /// Known and never a member.
    Never,
    /// An id in a published list that no application has.
    #[serde(rename = "not an application")]
    NotAnApplication,
}

impl Family {
    /// Returns whether it was ever a member.
    pub fn was_ever(self) -> bool {
        matches!(self, Self::Current | Self::Removed | Self::Unverified)
    }
}

/// Family membership at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The standing at that time.
    pub standing: Standing,
    /// Sentence for hits and notes, source included.
    pub sentence: String,
}

/// Standing of a client in the family at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Member; also one that only an older list has.
    Member,
    /// Between the last observation as member and the first as none.
    Leaving,
    /// Had left.
    Left,
    /// Never a member, or not known.
    Never,
}

/// Every client of the table, sorted by id.
pub(super) fn load() -> Vec<Client> {
    let mut clients: Vec<Client> =
        table::rows::<ClientRow>("clients.csv", TABLE).into_iter().map(Client::from).collect();
    clients.sort_by(|a, b| a.id.cmp(&b.id));
    clients
}

/// Standing of a client; `None` is a client that the table does not have.
pub(super) fn membership(client: Option<&Client>, at: Time) -> Membership {
    let Some(client) = client else { return Membership::never(UNLISTED.to_owned()) };
    match client.family {
        Family::Current => Membership::member(cited("family client", &client.source)),
        Family::Unverified => {
            Membership::member(cited("family client in an older list, unverified since", &client.source))
        }
        Family::Removed => client.left(at),
        Family::NotAnApplication => {
            Membership::never(cited("in the published list, but no known application", &client.source))
        }
        Family::Never if !client.is_users && !client.source.starts_with("ROADtools@") => {
            Membership::never(UNLISTED.to_owned())
        }
        Family::Never if client.observed.path.is_empty() => {
            Membership::never(cited("not a family client", &client.source))
        }
        Family::Never => {
            Membership::never(cited(&format!("not a family client: {}", client.observed.path), &client.source))
        }
    }
}

impl Client {
    /// Membership of a client that left. The day of the last observation as a member counts whole.
    fn left(&self, at: Time) -> Membership {
        let seen = &self.observed;
        if seen.last_member.is_none_or(|end| at < end) {
            return Membership::member(cited("family client", &self.source));
        }
        if seen.first_gone.is_none_or(|day| at < day) {
            let sentence = format!("leaving the family (between {} and {})", seen.last_member_day, seen.first_gone_day);
            let newest = self.source.rsplit("; ").next().unwrap_or_default();
            let sources = format!("{newest}; {}", seen.gone_source);
            return Membership { standing: Standing::Leaving, sentence: cited(&sentence, &sources) };
        }
        let sentence = format!("shares no tokens with other Microsoft apps since {}", month(&seen.first_gone_day));
        Membership { standing: Standing::Left, sentence: cited(&sentence, &seen.gone_source) }
    }
}

impl Membership {
    fn member(sentence: String) -> Self {
        Self { standing: Standing::Member, sentence }
    }

    fn never(sentence: String) -> Self {
        Self { standing: Standing::Never, sentence }
    }
}

/// The sentence with its sources in brackets.
fn cited(sentence: &str, sources: &str) -> String {
    format!("{sentence} ({})", sources.replace("; ", ", "))
}

/// `Jan 2026` of `2026-01-26`.
fn month(day: &str) -> String {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let name = day.get(5..7).and_then(|m| m.parse::<usize>().ok()).and_then(|m| NAMES.get(m.wrapping_sub(1)));
    match (name, day.get(..4)) {
        (Some(name), Some(year)) => format!("{name} {year}"),
        _ => day.to_owned(),
    }
}

/// A row as written.
#[derive(Deserialize)]
pub(super) struct ClientRow {
    id: String,
    name: String,
    family: Family,
    last_member: String,
    first_gone: String,
    gone_source: String,
    path: String,
    source: String,
}

impl ClientRow {
    /// Checks a row of the user's; returns it in the form the tables compare, or its fault.
    pub(super) fn checked(mut self) -> Result<Self, String> {
        self.id = table::id(&self.id)?;
        if self.name.trim().is_empty() {
            return Err("the client has no name".to_owned());
        }
        for (column, day) in [("last_member", &self.last_member), ("first_gone", &self.first_gone)] {
            if !day.is_empty() && Time::parse(day).is_none() {
                return Err(format!("{column} is no date like 2026-01-26: {day}"));
            }
        }
        if self.family == Family::Removed && (self.last_member.is_empty() || self.first_gone.is_empty()) {
            return Err("a client that was removed needs last_member and first_gone".to_owned());
        }
        Ok(self)
    }
}

impl From<ClientRow> for Client {
    fn from(row: ClientRow) -> Self {
        Self {
            published: row.source.contains(PUBLISHED),
            observed: Observed {
                last_member: Time::parse(&row.last_member).map(|day| day.plus(Span::minutes(24 * 60))),
                first_gone: Time::parse(&row.first_gone),
                last_member_day: row.last_member,
                first_gone_day: row.first_gone,
                gone_source: row.gone_source,
                path: row.path,
            },
            id: row.id,
            name: row.name,
            family: row.family,
            source: row.source,
            is_users: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;
    use crate::model::words::is_guid;

    const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    const POWERSHELL: &str = "1950a258-227b-4e31-a9cf-717495945fc2";

    fn at(id: &str, time: &str) -> Membership {
        Facts::embedded().family_at(id, Time::parse(time).unwrap())
    }

    #[test]
    fn the_table_is_whole() {
        table::check_sources("clients.csv", TABLE);
        let clients = load();
        assert!(clients.iter().all(|c| is_guid(&c.id) && c.id == c.id.to_lowercase()), "ids are lower-case GUIDs");
        assert!(clients.windows(2).all(|pair| pair[0].id < pair[1].id), "ids are unique");
        assert!(clients.iter().all(|c| !c.name.is_empty()));
        let count = |family| clients.iter().filter(|c| c.family == family).count();
        assert_eq!(clients.iter().filter(|c| c.published).count(), 37, "the published list");
        assert_eq!(count(Family::Current), 49);
        assert_eq!(count(Family::Removed), 2);
        assert_eq!(count(Family::Unverified), 2);
        assert_eq!(count(Family::NotAnApplication), 1);
        assert!(clients.iter().all(|c| !c.published || c.family.was_ever()));
    }

    #[test]
    fn a_client_that_left_is_judged_by_the_date() {
        for id in [CLI, POWERSHELL] {
            for (time, standing, sentence) in [
                (
                    "2025-12-02T23:59:59.9999999Z",
                    Standing::Member,
                    "family client (secureworks@52c66c5, zh54321@caf89fa, ROADtools@a100963)",
                ),
                (
                    "2025-12-03T00:00:00Z",
                    Standing::Leaving,
                    "leaving the family (between 2025-12-02 and 2026-01-26) (ROADtools@a100963, ROADtools@7eb28a9)",
                ),
                (
                    "2026-01-25T23:59:59.9999999Z",
                    Standing::Leaving,
                    "leaving the family (between 2025-12-02 and 2026-01-26) (ROADtools@a100963, ROADtools@7eb28a9)",
                ),
                (
                    "2026-01-26T00:00:00Z",
                    Standing::Left,
                    "shares no tokens with other Microsoft apps since Jan 2026 (ROADtools@7eb28a9)",
                ),
            ] {
                assert_eq!(at(id, time), Membership { standing, sentence: sentence.to_owned() }, "{id} {time}");
            }
        }
    }

    #[test]
    fn each_kind_of_client_has_its_sentence() {
        for (id, standing, sentence) in [
            (
                "d3590ed6-52b3-4102-aeff-aad2292ab01c",
                Standing::Member,
                "family client (secureworks@52c66c5, zh54321@caf89fa, ROADtools@fc344df)",
            ),
            (
                "29d9ed98-a469-4536-ade2-f981bc1d605e",
                Standing::Never,
                "not a family client: device-registration path (ROADtools@fc344df)",
            ),
            (
                "04b07795-8542-4bc9-aaaa-59d79c0a3df9",
                Standing::Never,
                "in the published list, but no known application (hunt-2025-044, hunt-2025-045)",
            ),
            (
                "eb539595-3fe1-474e-9c1d-feb3625d1be5",
                Standing::Member,
                "family client in an older list, unverified since (secureworks@52c66c5, zh54321@caf89fa)",
            ),
            ("aebc6443-996d-45c2-90f0-388ff96faa56", Standing::Never, "not a family client (ROADtools@fc344df)"),
            ("c44b4083-3bb0-49c1-b47d-974e53cbdf3c", Standing::Never, UNLISTED),
            ("11111111-2222-3333-4444-555555555555", Standing::Never, UNLISTED),
        ] {
            assert_eq!(at(id, "2026-05-01"), Membership { standing, sentence: sentence.to_owned() }, "{id}");
        }
    }

    #[test]
    fn the_published_list_is_exact() {
        let facts = Facts::embedded();
        assert!(facts.is_published_family(CLI));
        assert!(!facts.is_published_family(&CLI.to_uppercase()));
        assert!(!facts.is_published_family("14638111-3389-403d-b206-a6a71d9f8f16"), "Copilot App came later");
        assert!(facts.was_ever_family("14638111-3389-403d-b206-a6a71d9f8f16"));
        assert!(!facts.was_ever_family("29d9ed98-a469-4536-ade2-f981bc1d605e"));
        assert_eq!(facts.client(CLI).unwrap().name, "Microsoft Azure CLI");
    }
}
