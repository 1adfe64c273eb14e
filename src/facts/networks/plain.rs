//! Rows in the plain form of nearly all rows, read in one pass. [`super::rows`] reads the others, so this file need not
//! know every way to write an address.

use super::flat::Range;

/// A row without its name.
pub(super) enum Plain {
    V4(Range<u32>),
    V6(Range<u128>),
}

impl Plain {
    /// Prefix and number, separated by a comma.
    pub(super) fn prefix(row: &[u8]) -> Option<Self> {
        let mut row = Cursor(row);
        let address = row.address()?;
        let bits = if matches!(address, Address::V4(_)) { 32 } else { 128 };
        let length = if row.is(b'/') { row.number()? } else { bits };
        if length > bits {
            return None;
        }
        let number = row.last_number(b',')?;
        Some(match address {
            Address::V4(address) => {
                let hosts = u32::MAX.checked_shr(length).unwrap_or(0);
                Self::V4(Range { start: address & !hosts, end: address | hosts, number })
            }
            Address::V6(address) => {
                let hosts = u128::MAX.checked_shr(length).unwrap_or(0);
                Self::V6(Range { start: address & !hosts, end: address | hosts, number })
            }
        })
    }

    /// Start, end and number, separated by tabs.
    pub(super) fn range(row: &[u8]) -> Option<Self> {
        let mut row = Cursor(row);
        let start = row.address()?;
        let end = row.is(b'\t').then(|| row.address())??;
        let number = row.last_number(b'\t')?;
        match (start, end) {
            (Address::V4(start), Address::V4(end)) if start <= end => Some(Self::V4(Range { start, end, number })),
            (Address::V6(start), Address::V6(end)) if start <= end => Some(Self::V6(Range { start, end, number })),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> u32 {
        match self {
            Self::V4(range) => range.number,
            Self::V6(range) => range.number,
        }
    }
}

enum Address {
    V4(u32),
    V6(u128),
}

struct Cursor<'r>(&'r [u8]);

impl Cursor<'_> {
    fn is(&mut self, byte: u8) -> bool {
        let is = self.0.first() == Some(&byte);
        self.0 = &self.0[usize::from(is)..];
        is
    }

    fn address(&mut self) -> Option<Address> {
        let from = self.0;
        if let Some(address) = self.octets() {
            return Some(Address::V4(address));
        }
        self.0 = from;
        self.groups().map(Address::V6)
    }

    /// Four decimal numbers.
    fn octets(&mut self) -> Option<u32> {
        let mut address = 0;
        for place in 0..4 {
            if place > 0 && !self.is(b'.') {
                return None;
            }
            let octet = u8::try_from(self.number()?).ok()?;
            address = address << 8 | u32::from(octet);
        }
        Some(address)
    }

    /// Eight hexadecimal numbers; a double colon may replace some that are zero.
    fn groups(&mut self) -> Option<u128> {
        let mut address = 0u128;
        let mut count = 0;
        let mut gap = None;
        if self.0.starts_with(b"::") {
            self.0 = &self.0[2..];
            gap = Some(0);
        }
        while count < 8 {
            let digits = self.0.iter().take(4).take_while(|byte| byte.is_ascii_hexdigit()).count();
            if digits == 0 {
                // Nothing need follow a double colon.
                gap.filter(|gap| *gap == count)?;
                break;
            }
            let (group, rest) = self.0.split_at(digits);
            let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or_default();
            let group = group.iter().fold(0, |group, byte| group << 4 | digit(*byte));
            address = address << 16 | u128::from(group);
            count += 1;
            self.0 = rest;
            if gap.is_none() && rest.starts_with(b"::") {
                self.0 = &rest[2..];
                gap = Some(count);
            } else if count == 8 || !self.is(b':') {
                break;
            }
        }
        match gap {
            None => (count == 8).then_some(address),
            Some(0) => (count < 8).then_some(address),
            Some(gap) if count < 8 => {
                let tail = 16 * (count - gap);
                let low = address & ((1 << tail) - 1);
                Some((address >> tail) << (16 * (8 - gap)) | low)
            }
            Some(_) => None,
        }
    }

    /// A number without leading zeros.
    fn number(&mut self) -> Option<u32> {
        let digits = self.0.iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = self.0.split_at(digits);
        if digits == 0 || (digits > 1 && number[0] == b'0') {
            return None;
        }
        self.0 = rest;
        u32::try_from(number.iter().fold(0u64, |number, digit| number * 10 + u64::from(digit - b'0'))).ok()
    }

    /// The number after a separator; another separator or the end of the row follows.
    fn last_number(&mut self, split: u8) -> Option<u32> {
        let number = self.is(split).then(|| self.number())??;
        (self.0.is_empty() || self.0[0] == split || self.0[0] == b'\r').then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipnet::IpNet;
    use proptest::prelude::*;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    fn ends(plain: &Plain) -> (IpAddr, IpAddr) {
        match plain {
            Plain::V4(range) => (IpAddr::V4(range.start.into()), IpAddr::V4(range.end.into())),
            Plain::V6(range) => (IpAddr::V6(range.start.into()), IpAddr::V6(range.end.into())),
        }
    }

    proptest! {
        /// Rows read here equal those read by the parsers of `ipnet` and the standard library.
        #[test]
        fn plain_forms_are_those_of_the_parsers(text in "([0-9]{1,3}(\\.[0-9]{1,3}){2,4}|[0-9a-f:]{2,12}(:[0-9A-F]{0,5}){0,8})(/[0-9]{0,3})?") {
            if let Some(plain) = Plain::prefix(format!("{text},1").as_bytes()) {
                let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).unwrap();
                prop_assert_eq!((net.network(), net.broadcast()), ends(&plain));
            }
            if let Some(plain) = Plain::range(format!("{text}\t{text}\t1").as_bytes()) {
                let address: IpAddr = text.parse().unwrap();
                prop_assert_eq!((address, address), ends(&plain));
            }
        }

        #[test]
        fn what_programs_write_is_plain(v4: u32, v6: u128, zeros: u128, length in 0u8..=32) {
            let addresses = [IpAddr::V4(Ipv4Addr::from_bits(v4)), IpAddr::V6(Ipv6Addr::from_bits(v6 & (zeros | 1 << 100)))];
            for address in addresses {
                let row = format!("{address}/{length},64500,Example\r");
                let plain = Plain::prefix(row.as_bytes()).unwrap();
                let net = IpNet::new(address, length).unwrap();
                prop_assert_eq!((net.network(), net.broadcast()), ends(&plain));
                prop_assert_eq!(plain.number(), 64500);
                let row = format!("{address}\t{address}\t{v4}\tZZ\tExample");
                let plain = Plain::range(row.as_bytes()).unwrap();
                prop_assert_eq!((address, address), ends(&plain));
                prop_assert_eq!(plain.number(), v4);
            }
        }
    }
}
