//! Address ranges that Microsoft's networks announce: they tell its services where no AS number is recorded.

use super::marked::yes_or_no;
use super::networks::{FlatRanges, Range};
use super::table;
use ipnet::IpNet;
use serde::Deserialize;
use std::net::IpAddr;

pub(super) const TABLE: &str = include_str!("../../assets/facts/microsoft_ranges.csv");

/// A row of the table.
#[derive(Deserialize)]
pub(super) struct RangeRow {
    range: String,
    #[serde(deserialize_with = "yes_or_no")]
    microsoft: bool,
}

impl RangeRow {
    /// The range, and whether it is Microsoft's, or the row's fault.
    pub(super) fn checked(self) -> Result<(IpNet, bool), String> {
        let range = self.range.trim().parse::<IpNet>();
        range.map(|range| (range.trunc(), self.microsoft)).map_err(|_| format!("{:?} is no range", self.range))
    }
}

/// The ranges; the narrowest around an address counts.
pub(super) struct Ranges {
    rows: Vec<(IpNet, bool)>,
    v4: FlatRanges<u32>,
    v6: FlatRanges<u128>,
}

/// Number of a range that is Microsoft's.
const MICROSOFT: u32 = 1;
/// Number of a range that is not.
const OTHER: u32 = 2;

impl Ranges {
    /// The built-in ones.
    pub(super) fn load() -> Self {
        let rows = table::rows::<RangeRow>("microsoft_ranges.csv", TABLE).into_iter();
        Self::new(rows.map(|row| row.checked().expect("a test checks every row of the table")).collect())
    }

    fn new(rows: Vec<(IpNet, bool)>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for &(range, is_microsoft) in &rows {
            let number = if is_microsoft { MICROSOFT } else { OTHER };
            match range {
                IpNet::V4(net) => v4.push(Range { start: net.network().into(), end: net.broadcast().into(), number }),
                IpNet::V6(net) => v6.push(Range { start: net.network().into(), end: net.broadcast().into(), number }),
            }
        }
        Self { rows, v4: FlatRanges::new(v4), v6: FlatRanges::new(v6) }
    }

    /// Adds the user's: of two equal ranges the later counts.
    pub(super) fn extend(&mut self, rows: Vec<(IpNet, bool)>) {
        let mut all = std::mem::take(&mut self.rows);
        all.extend(rows);
        *self = Self::new(all);
    }

    /// Returns whether an address is in a range of Microsoft's.
    pub(super) fn has(&self, address: IpAddr) -> bool {
        let number = match address {
            IpAddr::V4(address) => self.v4.find(address.into()),
            IpAddr::V6(address) => self.v6.find(address.into()),
        };
        number == Some(MICROSOFT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(ranges: &Ranges, address: &str) -> bool {
        ranges.has(address.parse().unwrap())
    }

    #[test]
    fn the_table_is_whole() {
        table::check_sources("microsoft_ranges.csv", TABLE);
        assert!(Ranges::load().rows.iter().all(|(_, is_microsoft)| *is_microsoft));
    }

    #[test]
    fn addresses_of_microsoft_are_told_from_others() {
        let ranges = Ranges::load();
        // Sign-in, Graph, Azure in Virginia, Exchange Online by IPv6.
        for address in ["40.126.0.1", "20.190.128.1", "52.168.0.1", "2603:1036:1::1"] {
            assert!(has(&ranges, address), "{address}");
        }
        for address in ["192.0.2.1", "198.18.0.1", "8.8.8.8", "2001:db8::1", "2a00:1450::1"] {
            assert!(!has(&ranges, address), "{address}");
        }
    }

    #[test]
    fn the_narrowest_and_latest_range_counts() {
        let mut ranges = Ranges::load();
        let row = |range: &str, microsoft| RangeRow { range: range.to_owned(), microsoft }.checked();
        let rows = [row("40.126.0.7/24", false), row("192.0.2.0/24", true), row("20.64.0.0/10", false)];
        ranges.extend(rows.map(Result::unwrap).to_vec());
        assert_eq!(row("40.126.0.0-40.126.0.9", true), Err("\"40.126.0.0-40.126.0.9\" is no range".to_owned()));
        let asked = ["40.126.0.9", "40.126.1.9", "192.0.2.77", "192.0.3.1", "20.64.0.1"];
        assert_eq!(asked.map(|address| has(&ranges, address)), [false, true, true, false, false]);
    }
}
