//! Networks that the user knows, each with a reason, and published relay ranges.
//!
//! One network, address or AS number a line, then a blank or a comma and the reason; `#` begins a comment. A reason
//! that begins or ends with the word `relay` marks a published relay range: many people share it, so that it is never
//! new and never known.

use crate::model::{inert, words};
use ipnet::IpNet;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::net::IpAddr;

/// Known networks, in the order of their file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownNetworks {
    /// The file's name as given.
    pub name: String,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    entries: Vec<KnownNetwork>,
    /// Places of the networks among the entries, and the lengths of their prefixes, the longest first.
    by_prefix: HashMap<IpNet, usize>,
    lengths: Vec<u8>,
    by_asn: HashMap<u32, usize>,
}

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownNetwork {
    /// The reason as written.
    pub reason: String,
    /// Whether it is a published relay range.
    pub is_relay: bool,
    /// Its line, from 1.
    pub line: usize,
}

/// Reason why a file cannot be used: the line, and the way out.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {}", inert(what))]
pub struct KnownError {
    /// Line of the file, from 1.
    pub line: usize,
    /// The fault.
    pub what: String,
}

/// First cells of the header of a table.
const HEADS: [&str; 8] = ["iprange", "cidr", "network", "prefix", "range", "address", "ip", "asn"];

/// Last cells of the rows of published lists of relay ranges.
const FAMILIES: [&str; 2] = ["internetwork", "internetworkv6"];

enum Named {
    Network(IpNet),
    Asn(u32),
}

impl KnownNetworks {
    /// Reads a file.
    ///
    /// # Errors
    /// When a line names no network, covers everything or has no reason.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, KnownError> {
        let text = String::from_utf8_lossy(bytes);
        let sha256 = words::hex(&Sha256::digest(bytes));
        let mut known = Self { name: name.to_owned(), sha256, ..Self::default() };
        for (line, written) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let written = written.trim();
            if written.is_empty() || written.starts_with('#') {
                continue;
            }
            let cells = cells(written);
            let wrong = |what: String| KnownError { line, what };
            let head = cells[0].to_lowercase();
            if known.entries.is_empty() && cells.len() > 1 && HEADS.contains(&head.as_str()) {
                continue;
            }
            let named = named(&cells[0]).map_err(wrong)?;
            let (reason, is_relay) = reason(&cells[1..]).map_err(wrong)?;
            // Of two lines for one network the first counts.
            let place = known.entries.len();
            match named {
                Named::Network(network) => _ = known.by_prefix.entry(network).or_insert(place),
                Named::Asn(number) => _ = known.by_asn.entry(number).or_insert(place),
            }
            known.entries.push(KnownNetwork { reason, is_relay, line });
        }
        known.lengths = known.by_prefix.keys().map(IpNet::prefix_len).collect();
        known.lengths.sort_unstable_by(|a, b| b.cmp(a));
        known.lengths.dedup();
        Ok(known)
    }

    /// The entry for an address, by its longest prefix, else for an AS number.
    pub fn find(&self, asn: Option<u32>, address: Option<IpAddr>) -> Option<&KnownNetwork> {
        let of_prefix = |address: IpAddr| {
            let address = address.to_canonical();
            let within = |length: &u8| self.by_prefix.get(&IpNet::new(address, *length).ok()?.trunc());
            self.lengths.iter().find_map(within)
        };
        let place = address.and_then(of_prefix).or_else(|| self.by_asn.get(&asn?))?;
        self.entries.get(*place)
    }

    /// Number of its lines that name a network.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether it names none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The network, and what follows it: the cells of a CSV row in quotes, else one text.
fn cells(line: &str) -> Vec<String> {
    let trimmed = |text: &str| text.trim().to_owned();
    if line.starts_with('"') {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        if let Some(Ok(row)) = reader.records().next() {
            return row.iter().map(trimmed).collect();
        }
    }
    let (network, rest) = line.split_once(|c: char| c == ',' || c == ';' || c.is_whitespace()).unwrap_or((line, ""));
    let rest = rest.trim_start_matches(|c: char| c == ',' || c == ';' || c.is_whitespace());
    [network, rest].into_iter().map(trimmed).filter(|cell| !cell.is_empty()).collect()
}

fn named(text: &str) -> Result<Named, String> {
    let digits = text.get(..2).filter(|start| start.eq_ignore_ascii_case("as")).map_or(text, |_| &text[2..]);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = digits.parse().ok().filter(|number| *number > 0);
        return number.map(Named::Asn).ok_or_else(|| format!("{text:?} is no AS number"));
    }
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let network =
        network.map_err(|_| format!("{text:?} is no address, no network like 192.0.2.0/24 and no AS number"))?;
    if network.prefix_len() == 0 {
        return Err(format!("{text} covers every address"));
    }
    Ok(Named::Network(network.trunc()))
}

/// The reason in the cells after the network, and whether they are of a relay range.
fn reason(cells: &[String]) -> Result<(String, bool), String> {
    let needs = || "this entry needs a reason: who says that the network is known, and why".to_owned();
    // A published list of relay ranges has places in its rows.
    if let Some((family, place)) = cells.split_last()
        && FAMILIES.contains(&family.to_lowercase().as_str())
    {
        let place: Vec<&str> = place.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
        return Ok((format!("published relay range, {}", place.join(", ")), true));
    }
    let cells: Vec<&str> =
        cells.iter().map(|cell| cell.trim_matches('"').trim()).filter(|cell| !cell.is_empty()).collect();
    let reason = cells.join(", ");
    let mut parts = reason.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let Some(first) = parts.next().filter(|_| !reason.starts_with('#')) else { return Err(needs()) };
    let last = parts.next_back().unwrap_or(first);
    let is_relay = [first, last].iter().any(|word| word.eq_ignore_ascii_case("relay"));
    if !is_relay && is_place(&reason) {
        return Err(
            "this entry names a place and no reason; a list of relay ranges has the word relay after each".to_owned()
        );
    }
    Ok((reason, is_relay))
}

/// Returns whether a text is what stands behind a network in a list of places: `GB,GB-EN,London,`.
fn is_place(text: &str) -> bool {
    let mut cells = text.split(',').map(str::trim);
    let (Some(country), Some(region)) = (cells.next(), cells.next()) else { return false };
    let is_country = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    is_country(country) && (region.is_empty() || region.split_once('-').is_some_and(|(start, _)| start == country))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<KnownNetworks, String> {
        KnownNetworks::parse("known.txt", text.as_bytes()).map_err(|err| err.to_string())
    }

    fn found(known: &KnownNetworks, asn: Option<u32>, address: &str) -> Option<(usize, bool, String)> {
        let entry = known.find(asn, address.parse().ok())?;
        Some((entry.line, entry.is_relay, entry.reason.clone()))
    }

    #[test]
    fn the_longest_prefix_wins_and_then_the_as_number() {
        let known = parse(
            "\u{feff}# ours\n192.0.2.0/24 the office, Springfield\n192.0.2.7,\tits guests' network\n\nAS64500, VPN of ours\n\
             64501 the branch\n2001:db8::/32 the office\n198.51.100.9/24 relay of Example\n203.0.113.0/24 iCloud Private Relay\n",
        )
        .unwrap();
        assert_eq!(known.len(), 7);
        let line = |asn, address: &str| found(&known, asn, address).map(|(line, ..)| line);
        assert_eq!(line(None, "192.0.2.8"), Some(2));
        assert_eq!(line(Some(64500), "192.0.2.7"), Some(3), "an address says more than an AS number");
        assert_eq!(line(None, "::ffff:192.0.2.7"), Some(3));
        assert_eq!(line(Some(64500), "233.252.0.1"), Some(5));
        assert_eq!(line(Some(64501), ""), Some(6), "without an address");
        assert_eq!(line(None, "2001:db8::1"), Some(7));
        assert_eq!(line(Some(64502), "233.252.0.1"), None);
        assert_eq!(found(&known, None, "198.51.100.1"), Some((8, true, "relay of Example".to_owned())));
        assert_eq!(found(&known, None, "203.0.113.1").map(|(_, is_relay, _)| is_relay), Some(true));
        assert_eq!(found(&known, None, "192.0.2.8"), Some((2, false, "the office, Springfield".to_owned())));
        assert_eq!(known.sha256.len(), 64);
    }

    #[test]
    fn published_lists_of_relay_ranges_are_read_as_they_are() {
        let known = parse(
            "\"IPRange\",\"Country\",\"LanguageCode\",\"City\",\"AddressFamily\"\r\n\
             \"203.0.113.0/25\",\"US\",\"US-NY\",\"New York City\",\"InterNetwork\"\r\n\
             \"2001:db8:7::/64\",\"CA\",\"\",\"\",\"InterNetworkV6\"\r\n198.51.100.0/24,the office relays nothing\r\n",
        )
        .unwrap();
        let relay = "published relay range, US, US-NY, New York City".to_owned();
        assert_eq!(found(&known, None, "203.0.113.9"), Some((2, true, relay)));
        assert!(found(&known, None, "2001:db8:7::1").is_some_and(|(_, is_relay, _)| is_relay));
        assert!(found(&known, None, "198.51.100.1").is_some_and(|(_, is_relay, _)| !is_relay));
        let table = parse("CIDR,Reason\n192.0.2.0/24,\"the office\"\n").unwrap();
        assert_eq!(found(&table, None, "192.0.2.1"), Some((2, false, "the office".to_owned())));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (line, expected) in [
            ("office 192.0.2.0/24", "\"office\" is no address, no network like 192.0.2.0/24 and no AS number"),
            ("192.0.2.0/33 office", "\"192.0.2.0/33\" is no address"),
            ("AS99999999999 office", "\"AS99999999999\" is no AS number"),
            ("AS0 office", "\"AS0\" is no AS number"),
            ("0.0.0.0/0 all of it", "0.0.0.0/0 covers every address"),
            ("192.0.2.0/24", "this entry needs a reason"),
            ("192.0.2.0/24,", "this entry needs a reason"),
            ("64500 # to do", "this entry needs a reason"),
            ("64500 ---", "this entry needs a reason"),
            ("\"192.0.2.0/24\",\"\"", "this entry needs a reason"),
            ("192.0.2.0/24,GB,GB-EN,London,", "this entry names a place and no reason"),
            ("cidr,reason", "\"cidr\" is no address"),
        ] {
            let wrong = parse(&format!("# ours\n192.0.2.1 printer\n{line}\n")).unwrap_err();
            assert!(wrong.starts_with("line 3: ") && wrong.contains(expected), "{line}: {wrong}");
        }
        assert!(parse("192.0.2.0/24,relay,GB,GB-EN,London,").is_ok_and(|known| known.len() == 1));
        assert!(parse("# nothing\n").is_ok_and(|known| known.is_empty()));
    }
}
