//! Networks of addresses, from a table the user brings.
//!
//! Four layouts, recognised by their bytes: the published hunts' `CIDR,CIDRASN,CIDRASNName` CSV, MaxMind's CSV
//! (`network,…`), iptoasn's `start end number country name` TSV, and MaxMind DB (GeoLite2-ASN, DB-IP). Each may be
//! packed with gzip or be in a zip. The longest prefix wins.

mod flat;
mod plain;
mod rows;

use super::given;
use crate::model::words::hex;
pub(super) use flat::{FlatRanges, Range};
use foldhash::fast::RandomState;
use maxminddb::Reader;
use rows::RangeRows;
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt;
use std::io::{self, Cursor, Read};
use std::net::IpAddr;
use std::path::Path;

/// Most bytes of a table, packed or unpacked: the largest there are have a tenth of that.
const MAX_BYTES: u64 = 2 << 30;
/// Mark of a MaxMind DB, near its end.
const MMDB_MARK: &[u8] = b"\xab\xcd\xefMaxMind.com";

/// A table of networks, in memory.
pub struct Networks {
    /// The file's name as given.
    pub name: String,
    /// SHA-256 of the file as given, lower-case hex.
    pub sha256: String,
    /// Number of its prefixes or ranges.
    pub len: usize,
    /// Rows that could not be read.
    pub skipped: usize,
    /// The first of those: its line, from 1, and the reason.
    pub first_bad: Option<(usize, String)>,
    table: Table,
}

enum Table {
    Ranges { v4: FlatRanges<u32>, v6: FlatRanges<u128>, names: HashMap<u32, Box<str>, RandomState> },
    MaxMind(Box<Reader<Vec<u8>>>),
}

/// Reason why a table of networks cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NetworksError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// It is a damaged MaxMind DB.
    #[error("is a damaged MaxMind DB: {0}")]
    MaxMind(#[from] maxminddb::MaxMindDbError),
    /// It is a damaged zip, or one without files.
    #[error("is a zip that cannot be read: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// Nothing in it is a network.
    #[error(
        "holds no networks: a CSV with the columns CIDR and CIDRASN, iptoasn's TSV or a MaxMind DB is needed{}",
        first.as_ref().map(|(line, why)| format!(" (line {line}: {why})")).unwrap_or_default()
    )]
    Nothing {
        /// The first row that could not be read.
        first: Option<(usize, String)>,
    },
}

/// Network of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network<'n> {
    /// Autonomous system number.
    pub number: u32,
    /// Its operator; empty where the table has none.
    pub name: &'n str,
}

#[derive(Deserialize)]
struct AsnRecord<'n> {
    autonomous_system_number: Option<Number>,
    autonomous_system_organization: Option<&'n str>,
}

/// A number of any width: writers of such tables do not agree on one.
struct Number(u32);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an AS number")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Number, E> {
        u32::try_from(number).map(Number).map_err(E::custom)
    }
}

impl Networks {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, or holds no network at all. Single bad rows are counted, not errors.
    pub fn read(path: &Path) -> Result<Self, NetworksError> {
        let bytes = given::read(path, MAX_BYTES)?;
        let (hash, content) = std::thread::scope(|scope| {
            let hash = scope.spawn(|| Sha256::digest(&bytes));
            let content = Content::read(&bytes);
            (hash.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), content)
        });
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Self::build(name, hex(&hash), content?, bytes)
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// As [`Self::read`].
    #[cfg(any(test, feature = "testing"))]
    pub fn from_bytes(name: String, sha256: String, bytes: Vec<u8>) -> Result<Self, NetworksError> {
        let content = Content::read(&bytes)?;
        Self::build(name, sha256, content, bytes)
    }

    fn build(name: String, sha256: String, content: Content, bytes: Vec<u8>) -> Result<Self, NetworksError> {
        let rows = match content {
            Content::Rows(rows) => rows,
            Content::MaxMind(unpacked) => {
                let reader = Reader::from_source(unpacked.unwrap_or(bytes))?;
                let len = reader.metadata().node_count as usize;
                let table = Table::MaxMind(Box::new(reader));
                return Ok(Self { name, sha256, len, skipped: 0, first_bad: None, table });
            }
        };
        let len = rows.v4.len() + rows.v6.len();
        if len == 0 {
            return Err(NetworksError::Nothing { first: rows.first_bad });
        }
        let (v4, v6) = std::thread::scope(|scope| {
            let v6 = scope.spawn(|| FlatRanges::new(rows.v6));
            (FlatRanges::new(rows.v4), v6.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let table = Table::Ranges { v4, v6, names: rows.names };
        Ok(Self { name, sha256, len, skipped: rows.skipped, first_bad: rows.first_bad, table })
    }

    /// The network of an address as logs write it: with a port, in brackets, IPv4 inside IPv6.
    pub fn find(&self, text: &str) -> Option<Network<'_>> {
        self.find_address(address(text)?)
    }

    /// The network of an address.
    pub fn find_address(&self, address: IpAddr) -> Option<Network<'_>> {
        let address = address.to_canonical();
        match &self.table {
            Table::Ranges { v4, v6, names } => {
                let number = match address {
                    IpAddr::V4(v4_address) => v4.find(v4_address.to_bits())?,
                    IpAddr::V6(v6_address) => v6.find(v6_address.to_bits())?,
                };
                // iptoasn gives ranges that nobody announces the number 0.
                (number != 0).then(|| Network { number, name: names.get(&number).map_or("", |name| name) })
            }
            Table::MaxMind(reader) => {
                let found: AsnRecord = reader.lookup(address).ok()?.decode().ok()??;
                let name = found.autonomous_system_organization.unwrap_or_default();
                Some(Network { number: found.autonomous_system_number?.0, name })
            }
        }
    }
}

/// An address as logs write it.
pub fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let bracketed = text.strip_prefix('[').and_then(|rest| rest.split(']').next());
        bracketed.or_else(|| text.rsplit_once(':').map(|(address, _)| address))?.parse().ok()
    })
}

/// Content of a file.
enum Content {
    Rows(RangeRows),
    /// A MaxMind DB, where it had to be unpacked.
    MaxMind(Option<Vec<u8>>),
}

impl Content {
    fn read(bytes: &[u8]) -> Result<Self, NetworksError> {
        let unpacked = unpacked(bytes)?;
        let bytes = unpacked.as_deref().unwrap_or(bytes);
        let tail = &bytes[bytes.len().saturating_sub(128 << 10)..];
        if memchr::memmem::find(tail, MMDB_MARK).is_some() {
            return Ok(Self::MaxMind(unpacked));
        }
        Ok(Self::Rows(RangeRows::read(bytes)))
    }
}

/// Content of a zip or gzip.
fn unpacked(bytes: &[u8]) -> Result<Option<Vec<u8>>, NetworksError> {
    let mut out = Vec::new();
    if bytes.starts_with(b"PK\x03\x04") {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes))?;
        archive.by_index(0)?.take(MAX_BYTES + 1).read_to_end(&mut out)?;
    } else if bytes.starts_with(b"\x1f\x8b") {
        flate2::read::MultiGzDecoder::new(bytes).take(MAX_BYTES + 1).read_to_end(&mut out)?;
    } else {
        return Ok(None);
    }
    if out.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("unpacks to more than {MAX_BYTES} bytes")).into());
    }
    Ok(Some(out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipnet::IpNet;
    use proptest::prelude::*;
    use std::fmt::Write as _;
    use std::net::{Ipv4Addr, Ipv6Addr};

    fn networks(text: &str) -> Networks {
        Networks::from_bytes("t".into(), String::new(), text.as_bytes().to_vec()).unwrap()
    }

    fn number(networks: &Networks, address: &str) -> Option<u32> {
        networks.find(address).map(|network| network.number)
    }

    #[test]
    fn the_longest_prefix_wins_in_both_families() {
        let found = networks(
            "CIDR,CIDRASN,CIDRASNName\n198.51.100.0/24,64500,\"Example, Inc\"\n198.51.100.128/25,64501,Inner\n\
             198.51.100.130/32,AS64502,Host\n2001:db8::/32,64503,Six\n2001:db8:1::/48,64504,Seven\n\
             0.0.0.0/0,64505,Rest\n255.255.255.255/32,64506,Last\n",
        );
        for (address, expected) in [
            ("198.51.100.1", 64500),
            ("198.51.100.127", 64500),
            ("198.51.100.128", 64501),
            ("198.51.100.130", 64502),
            ("198.51.100.131", 64501),
            ("198.51.101.0", 64505),
            ("255.255.255.254", 64505),
            ("255.255.255.255", 64506),
            ("::ffff:198.51.100.1", 64500),
            ("198.51.100.1:443", 64500),
            ("[2001:db8::1]:443", 64503),
            ("2001:db8:1::1", 64504),
            ("2001:db8:2::1", 64503),
        ] {
            assert_eq!(number(&found, address), Some(expected), "{address}");
        }
        assert_eq!(found.find("198.51.100.1").unwrap().name, "Example, Inc");
        assert_eq!((number(&found, "2001:db9::1"), number(&found, "not an address")), (None, None));
        assert_eq!((found.len, found.skipped), (7, 0));
    }

    #[test]
    fn ranges_of_iptoasn_and_rows_that_are_none() {
        let found = networks(
            "192.0.2.0\t192.0.2.127\t64500\tZZ\tOne\n192.0.2.128\t192.0.2.255\t0\tNone\tNot routed\n\
             nonsense\t\t\n2001:db8::\t2001:db8::ffff\t64501\tZZ\tTwo\n",
        );
        assert_eq!(number(&found, "192.0.2.127"), Some(64500));
        assert_eq!(number(&found, "192.0.2.128"), None);
        assert_eq!(found.find("2001:db8::1").unwrap().name, "Two");
        assert_eq!((found.skipped, found.first_bad.as_ref().unwrap().0), (1, 3));
    }

    #[test]
    fn what_holds_no_network_is_refused() {
        for text in ["", "hello\nworld\n", "{\"a\":1}", "CIDR,CIDRASN\n"] {
            let refused = Networks::from_bytes("t".into(), String::new(), text.as_bytes().to_vec());
            assert!(matches!(refused, Err(NetworksError::Nothing { .. })), "{text}");
        }
    }

    proptest! {
        /// Any prefixes, against a search through all of them.
        #[test]
        fn agrees_with_a_plain_search(prefixes in proptest::collection::vec((0u32..64, 26u8..=32, 1u32..9), 1..40)) {
            let mut text = String::from("CIDR,CIDRASN\n");
            let mut nets = Vec::new();
            for (host, length, number) in prefixes {
                let net = IpNet::new(Ipv4Addr::from_bits(0xc000_0200 + host).into(), length).unwrap().trunc();
                writeln!(text, "{net},{number}").unwrap();
                nets.push((net, number));
            }
            let found = networks(&text);
            for host in 0..80 {
                let address = IpAddr::from(Ipv4Addr::from_bits(0xc000_0200 + host));
                let inside = nets.iter().filter(|(net, _)| net.contains(&address));
                let expected = inside.max_by_key(|(net, _)| net.prefix_len()).map(|(_, number)| *number);
                prop_assert_eq!(found.find_address(address).map(|n| n.number), expected);
            }
        }
    }

    #[test]
    fn ends_of_the_number_space() {
        let found = networks("CIDR,CIDRASN\nffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128,64500\n");
        let last = IpAddr::from(Ipv6Addr::from_bits(u128::MAX));
        assert_eq!(found.find_address(last).map(|n| n.number), Some(64500));
    }
}
