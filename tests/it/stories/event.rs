//! One line of a story as a row: who did what, and its details.

use std::collections::HashMap;
use std::net::IpAddr;
use tokentrail::testing::facts::Facts;
use tokentrail::testing::model::{Field, Flags, Span, Table, Time};
use tokentrail::testing::store::testing::Rows;

/// The domain left out of a user's name.
pub(super) const DOMAIN: &str = "@contoso.com";
/// The tenant of users and resources.
const TENANT: &str = "7e4a0000-0000-4000-8000-000000000001";
const GRAPH: &str = "https://graph.microsoft.com/v1.0";
const OLD_GRAPH: &str = "https://graph.windows.net/contoso.com";

/// A word for what was done, the table that has it, and what its rows have.
type Done = (&'static str, Table, &'static [(Field, &'static str)]);

const DONE: &[Done] = &[
    ("sign-in", Table::SignIn, &[(Field::IncomingTokenType, "none")]),
    ("first login", Table::NonInteractive, &[(Field::IncomingTokenType, "none")]),
    ("token", Table::NonInteractive, &[(Field::IncomingTokenType, "refreshToken")]),
    ("code typed", Table::SignIn, &[(Field::AuthenticationProtocol, "deviceCode")]),
    (
        "code polled",
        Table::NonInteractive,
        &[(Field::OriginalTransferMethod, "deviceCodeFlow"), (Field::IncomingTokenType, "none")],
    ),
    ("call", Table::Graph, &[]),
    ("old call", Table::AadGraph, &[]),
    ("act", Table::UnifiedAudit, &[]),
    ("change", Table::Audit, &[]),
    ("azure", Table::Activity, &[]),
];

/// Begins the name, which is the id, of an application that is not Microsoft's.
const OTHERS: &str = "Contoso ";
/// The user agents that a line may name.
const AGENTS: &[(&str, &str)] = &[
    ("browser", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0"),
    ("older browser", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/118.0"),
    ("newer browser", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0"),
    ("Edge", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0 Safari/537.36 Edg/120.0"),
    ("Office", "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17531; Pro)"),
    ("Mac browser", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.4 Safari/605.1.15"),
    ("phone browser", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Version/17.4 Mobile Safari/604.1"),
    ("script", "python-requests/2.31.0"),
    ("kali365", "kali365-live/2.1"),
    ("azurehound", "azurehound/v2.1.7"),
    ("axios", "axios/1.7.9"),
    ("Dsreg", "Dsreg/10.0 (Windows 10.0.19041.928)"),
    ("SDK", "AZURECLI/2.60.0 (DEB) azsdk-python-core/1.28.0 Python/3.11.8 (Linux)"),
];

/// A row in the making.
#[derive(Default)]
pub(super) struct Event {
    clock: String,
    table: Option<Table>,
    fields: Vec<(Field, String)>,
    /// Pairs of the token's processing details, as JSON.
    processing: Vec<String>,
    failed: bool,
}

/// The days that a line names: one, or the first and the last of some.
pub(super) fn days(line: &str) -> Result<Vec<String>, String> {
    let (first, last) = line.split_once(" to ").unwrap_or((line, line));
    let midnight = |day: &str| Time::parse(&format!("{day}T00:00:00Z")).ok_or_else(|| format!("no day {day}"));
    let (mut day, last) = (midnight(first)?, midnight(last)?);
    let mut days = Vec::new();
    while day <= last {
        days.push(day.to_string()[..10].to_owned());
        day = day.plus(Span::minutes(24 * 60));
    }
    Ok(days)
}

impl Event {
    /// Reads `time | user | what was done | client → resource | details`.
    pub(super) fn read(line: &str, given: &HashMap<String, String>) -> Result<Self, String> {
        let mut parts = line.splitn(5, '|').map(str::trim);
        let mut part = || parts.next().filter(|part| !part.is_empty());
        let (clock, user) = (part().ok_or("no time")?, part().ok_or("no user")?);
        let done = part().ok_or("nothing done")?;
        let known = DONE.iter().find(|(word, ..)| *word == done);
        let &(_, table, fields) = known.ok_or_else(|| format!("no event `{done}`: {} are known", events()))?;
        let mut event = Self { clock: clock.to_owned(), table: Some(table), ..Self::default() };
        if user != "-" {
            event.put(Field::UserId, user);
        }
        if table.issues() {
            event.put(Field::UserPrincipalName, &format!("{user}{DOMAIN}"));
            event.put(Field::ResultType, "0");
            event.put(Field::HomeTenantId, TENANT);
            event.put(Field::ResourceTenantId, TENANT);
        }
        for (field, text) in fields {
            event.put(*field, text);
        }
        event.aim(part().ok_or("no client")?)?;
        if let Some(details) = part() {
            event.details(details, given)?;
        }
        Ok(event)
    }

    fn put(&mut self, field: Field, text: &str) {
        self.fields.push((field, text.to_owned()));
    }

    /// Reads `client → resource`, `client → GET 200 /me/messages` of a call, or `operation → object` of an act.
    fn aim(&mut self, aim: &str) -> Result<(), String> {
        let (name, to) = aim.split_once('→').map_or((aim, ""), |(name, to)| (name.trim(), to.trim()));
        if self.table.is_some_and(Table::records) {
            self.put(Field::Operation, name);
            self.put(Field::Object, to);
            return Ok(());
        }
        let facts = Facts::embedded();
        let named = |known: &str| known == name || known.strip_prefix("Microsoft ") == Some(name);
        let client = facts.clients().iter().find(|client| named(&client.name));
        let client = client.map(|client| (client.id.as_str(), client.name.as_str()));
        let other = || name.starts_with(OTHERS).then_some((name, name));
        let (client, shown) =
            client.or_else(other).ok_or_else(|| format!("no client {name} in assets/facts/clients.csv"))?;
        self.put(Field::AppId, client);
        if let Some(table) = self.table.filter(|table| table.uses()) {
            let host = if table == Table::AadGraph { OLD_GRAPH } else { GRAPH };
            let mut words = to.splitn(3, ' ');
            let mut word = || words.next().ok_or("a call is `client → GET 200 /path`");
            self.put(Field::RequestMethod, word()?);
            self.put(Field::ResponseStatusCode, word()?);
            self.put(Field::RequestUri, &format!("{host}{}", word()?));
            return Ok(());
        }
        self.put(Field::AppDisplayName, shown);
        if !to.is_empty() {
            let resource = facts.resource_named(to);
            let resource = resource.ok_or_else(|| format!("no resource {to} in assets/facts/resources.csv"))?;
            self.put(Field::ResourceIdentity, &resource.id);
            self.put(Field::ResourceDisplayName, resource.display_names.first().unwrap_or(&resource.name));
        }
        Ok(())
    }

    /// Reads details: those that a story gave a name, and `word value`.
    pub(super) fn details(&mut self, details: &str, given: &HashMap<String, String>) -> Result<(), String> {
        for detail in details.split('|').map(str::trim) {
            match given.get(detail) {
                Some(means) => self.details(means, given)?,
                None => self.detail(detail)?,
            }
        }
        Ok(())
    }

    fn detail(&mut self, detail: &str) -> Result<(), String> {
        let (word, value) = detail.split_once(' ').unwrap_or((detail, ""));
        match (word, value) {
            ("from", address) => {
                let (address, network) = address.split_once(" AS").unwrap_or((address, ""));
                address.parse::<IpAddr>().map_err(|_| format!("no address {address}"))?;
                self.put(Field::IpAddress, address);
                self.put(Field::Asn, network);
            }
            ("seen", from) => {
                let address = from.strip_prefix("from ").unwrap_or_default();
                address.parse::<IpAddr>().map_err(|_| format!("no address {from}"))?;
                self.put(Field::AddressAtResource, address);
            }
            ("agent", name) => {
                let agent = AGENTS.iter().find(|(known, _)| *known == name);
                self.put(Field::UserAgent, agent.ok_or_else(|| format!("no agent {name}"))?.1);
            }
            ("device", device) if self.table.is_some_and(Table::records) => self.put(Field::DeviceId, device),
            ("device", device) => {
                let (id, state) = device.split_once(' ').unwrap_or((device, ""));
                let compliant = match state {
                    "" => "",
                    "compliant" => r#","isCompliant":true"#,
                    "noncompliant" => r#","isCompliant":false"#,
                    _ => return Err(format!("no state {state} of a device: compliant, noncompliant are known")),
                };
                self.put(Field::DeviceDetail, &format!(r#"{{"deviceId":"{id}"{compliant}}}"#));
            }
            ("scopes", scopes) => {
                let scopes = serde_json::to_string(&scopes.split(", ").collect::<Vec<_>>()).unwrap();
                let value = serde_json::to_string(&scopes).unwrap();
                self.processing.push(format!(r#"{{"key":"Oauth Scope Info","value":{value}}}"#));
            }
            ("role", "Global Administrator") => {
                let role = "62E90394-69F5-4237-9190-012177145E10";
                self.processing.push(format!(r#"{{"key":"wids","value":"{role}"}}"#));
            }
            ("session", "blank") => self.put(Field::SessionId, " "),
            ("session", session) => self.put(Field::SessionId, session),
            ("correlation", id) => self.put(Field::CorrelationId, id),
            ("token", id) => self.put(Field::TokenId, id),
            ("tenant", tenant) => self.put(Field::ResourceTenantId, tenant),
            ("result", code) => self.put(Field::ResultType, code),
            ("upon", users) => self.put(Field::ActedUpon, users),
            ("by", application) => self.put(Field::AppDisplayName, application),
            ("variant", words) => self.put(Field::Variant, words),
            ("that", detail) => self.put(Field::Detail, detail),
            ("issued", time) => self.put(Field::IssuedAt, time),
            ("failed", "") => self.failed = true,
            ("presents", "nothing") => self.put(Field::IncomingTokenType, "none"),
            ("presents", token) => self.put(Field::IncomingTokenType, token),
            ("descends", "from device code") => self.put(Field::OriginalTransferMethod, "deviceCodeFlow"),
            ("bound" | "unbound", "") => {
                self.put(Field::TokenProtection, &format!(r#"{{"signInSessionStatus":"{word}"}}"#));
            }
            ("bound" | "unbound", code) if code.parse::<u16>().is_ok() => {
                let status = format!(r#"{{"signInSessionStatus":"{word}","signInSessionStatusCode":{code}}}"#);
                self.put(Field::TokenProtection, &status);
            }
            ("at", place) => self.put(Field::LocationDetails, &location(place)?),
            ("mfa", "fresh") => {
                self.put(Field::AuthenticationDetails, "Password fresh; MFA Mobile app notification fresh");
            }
            ("mfa", "by claim") => self.put(Field::AuthenticationDetails, "First factor by claim; MFA by claim"),
            _ => return Err(format!("no detail `{detail}`: tests/stories/README.md has those that are known")),
        }
        Ok(())
    }

    /// Adds the row of a day.
    pub(super) fn add_to(&mut self, rows: &mut Rows, day: &str, id: &str) -> Result<(), String> {
        let created = format!("{day}T{}Z", self.clock);
        if Time::parse(&created).is_none() {
            return Err(format!("no time {}", self.clock));
        }
        self.put(Field::Id, id);
        if !self.processing.is_empty() {
            self.put(Field::ProcessingDetails, &format!("[{}]", self.processing.join(",")));
        }
        let fields: Vec<(Field, &str)> = self.fields.iter().map(|(field, text)| (*field, text.as_str())).collect();
        let table = self.table.expect("a line that reads has one");
        rows.row(table, &created, &fields);
        if table.records() && !self.failed {
            rows.flag(Flags::SUCCESS);
        }
        Ok(())
    }
}

/// Reads `DE`, `DE Hamburg` or `DE 52.52 13.40`: a country, and a city or degrees.
fn location(place: &str) -> Result<String, String> {
    let fault = || format!("no place {place}: a country, with a city or latitude and longitude, is meant");
    let words: Vec<&str> = place.split(' ').collect();
    let degrees = |text: &str| text.parse::<f64>().map_err(|_| fault());
    match words[..] {
        [country] if country.len() == 2 => Ok(format!(r#"{{"countryOrRegion":"{country}"}}"#)),
        [country, city] => Ok(format!(r#"{{"city":"{city}","countryOrRegion":"{country}"}}"#)),
        [country, latitude, longitude] => Ok(format!(
            r#"{{"countryOrRegion":"{country}","geoCoordinates":{{"latitude":{},"longitude":{}}}}}"#,
            degrees(latitude)?,
            degrees(longitude)?
        )),
        _ => Err(fault()),
    }
}

fn events() -> String {
    DONE.iter().map(|(word, ..)| *word).collect::<Vec<_>>().join(", ")
}
