//! Networks: an autonomous system, or the prefix of an address where no number is known.

use std::fmt;
use std::net::IpAddr;

/// Block of addresses: whether of IPv4, and its first octets.
pub type Block = (bool, [u8; 4]);

/// A network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Net {
    /// An autonomous system.
    Asn(u32),
    /// The /24 of an IPv4 address.
    V4([u8; 3]),
    /// The /48 of an IPv6 address.
    V6([u8; 6]),
}

impl Net {
    /// Number of kinds.
    pub const KINDS: usize = 3;

    /// The /24 or /48 that an address lies in.
    pub fn prefix(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                Self::V4([a, b, c])
            }
            IpAddr::V6(address) => {
                let mut head = [0; 6];
                head.copy_from_slice(&address.octets()[..6]);
                Self::V6(head)
            }
        }
    }

    /// The block around a prefix, which one provider mostly has to itself: the /16 of an IPv4 address, and of an IPv6
    /// address the /32, which registries give a provider by default (RIPE-738, ARIN NRPM 6.5.2). `None` for an autonomous
    /// system, and for addresses that are no provider's: those set aside for documentation and benchmarks (RFC 5737,
    /// 2544, 3849, 9637), which stand for others in a log made anonymous.
    pub fn block(self) -> Option<Block> {
        match self {
            Self::Asn(_)
            | Self::V4([192, 0, 2] | [198, 51, 100] | [203, 0, 113] | [198, 18 | 19, _])
            | Self::V6([0x20, 0x01, 0x0d, 0xb8, ..] | [0x3f, 0xff, 0..=0x0f, ..]) => None,
            Self::V4([a, b, _]) => Some((true, [a, b, 0, 0])),
            Self::V6([a, b, c, d, ..]) => Some((false, [a, b, c, d])),
        }
    }

    /// Number of its kind: prefixes say nothing about autonomous systems, nor IPv4 about IPv6.
    pub fn kind(self) -> usize {
        match self {
            Self::Asn(_) => 0,
            Self::V4(_) => 1,
            Self::V6(_) => 2,
        }
    }

    /// Returns whether it is the prefix of an IPv4 address.
    pub fn is_v4(self) -> bool {
        matches!(self, Self::V4(_))
    }
}

/// `AS64500`, `192.0.2.0/24`, `2001:db8:1::/48`.
impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Asn(number) => write!(f, "AS{number}"),
            Self::V4([a, b, c]) => write!(f, "{a}.{b}.{c}.0/24"),
            Self::V6(head) => {
                let mut octets = [0; 16];
                octets[..6].copy_from_slice(&head);
                write!(f, "{}/48", std::net::Ipv6Addr::from(octets))
            }
        }
    }
}

/// Comparison of two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The same address or network.
    Same,
    /// Two autonomous systems.
    Different,
    /// Two prefixes of one address family, of which an autonomous system is not known: different, but weakly.
    Weak,
    /// An IPv4 and an IPv6 address, of which an autonomous system is not known: one machine may have both.
    OtherVersion,
    /// Not comparable.
    Unknown,
}

/// An address that a stranger may have: neither private nor reserved.
pub(super) fn public(address: IpAddr) -> Option<IpAddr> {
    let address = address.to_canonical();
    let is_reserved = match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            matches!((a, b), (0 | 10 | 127, _) | (172, 16..=31) | (192, 168) | (169, 254) | (100, 64..=127))
        }
        IpAddr::V6(v6) => {
            let [head, ..] = v6.segments();
            v6.is_unspecified() || v6.is_loopback() || head & 0xfe00 == 0xfc00 || head & 0xffc0 == 0xfe80
        }
    };
    (!is_reserved).then_some(address)
}

/// An address as logs write it: with a port, brackets or a zone.
pub(super) fn parse(text: &str) -> Option<IpAddr> {
    let bare = |text: &str| -> Option<IpAddr> {
        let text = text.split_once('%').map_or(text, |(address, _)| address);
        text.parse().ok()
    };
    let text = text.trim();
    let bracketed = || text.strip_prefix('[')?.split_once(']').map(|(address, _)| address);
    bare(text).or_else(|| bare(bracketed()?)).or_else(|| bare(text.rsplit_once(':')?.0)).and_then(public)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_port_brackets_and_zone() {
        for (text, found) in [
            ("192.0.2.10", "192.0.2.10"),
            ("192.0.2.10:443", "192.0.2.10"),
            ("::ffff:192.0.2.10", "192.0.2.10"),
            ("[::ffff:192.0.2.10]:443", "192.0.2.10"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1%eth0]", "2001:db8::1"),
            ("2001:db8::1%7", "2001:db8::1"),
            (" 2001:DB8::1 ", "2001:db8::1"),
        ] {
            assert_eq!(parse(text), found.parse().ok(), "{text}");
        }
    }

    #[test]
    fn private_and_reserved_addresses_are_none() {
        for text in [
            "",
            "x",
            "0.1.2.3",
            "10.0.0.1",
            "127.0.0.1",
            "169.254.1.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "::",
            "::1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "febf::1",
            "::ffff:10.0.0.1",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        for text in ["172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "192.169.0.1", "fec0::1", "192.0.2.1"] {
            assert!(parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn networks_are_written_as_people_write_them() {
        let net = |text: &str| Net::prefix(text.parse().unwrap()).to_string();
        assert_eq!(net("192.0.2.77"), "192.0.2.0/24");
        assert_eq!(net("2001:db8:1:2::3"), "2001:db8:1::/48");
        assert_eq!(Net::Asn(64500).to_string(), "AS64500");
    }
}
