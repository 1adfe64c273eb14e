//! Networks: who has which addresses. Addresses are those set aside for documentation and benchmarks, AS numbers those
//! for documentation, but for Microsoft's own.

use crate::rng::Rng;

/// A town, as sign-in rows place an address.
#[derive(Debug)]
pub(crate) struct Town {
    pub(crate) city: &'static str,
    pub(crate) state: &'static str,
    pub(crate) country: &'static str,
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
}

const fn town(city: &'static str, state: &'static str, country: &'static str, at: (f64, f64)) -> Town {
    Town { city, state, country, latitude: at.0, longitude: at.1 }
}

/// Towns of offices and homes, near each other in pairs.
pub(crate) static TOWNS: [Town; 6] = [
    town("London", "England", "GB", (51.5072, -0.1276)),
    town("Reading", "England", "GB", (51.4543, -0.9781)),
    town("Praha", "Hlavní město Praha", "CZ", (50.0755, 14.4378)),
    town("Brno", "Jihomoravský kraj", "CZ", (49.1951, 16.6068)),
    town("Toronto", "Ontario", "CA", (43.6532, -79.3832)),
    town("Hamilton", "Ontario", "CA", (43.2557, -79.8711)),
];

/// Towns elsewhere: hosting, hotels, exits.
pub(crate) static ELSEWHERE: [Town; 10] = [
    town("Amsterdam", "Noord-Holland", "NL", (52.3676, 4.9041)),
    town("Frankfurt am Main", "Hessen", "DE", (50.1109, 8.6821)),
    town("Ashburn", "Virginia", "US", (39.0438, -77.4874)),
    town("Sofia", "Sofia-Capital", "BG", (42.6977, 23.3219)),
    town("Singapore", "", "SG", (1.3521, 103.8198)),
    town("Lagos", "Lagos", "NG", (6.5244, 3.3792)),
    town("Warszawa", "Mazowieckie", "PL", (52.2297, 21.0122)),
    town("Dallas", "Texas", "US", (32.7767, -96.797)),
    town("Lisboa", "Lisboa", "PT", (38.7223, -9.1393)),
    town("London", "England", "GB", (51.5072, -0.1276)),
];

/// Address and network that a request comes from.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    pub(crate) address: String,
    pub(crate) asn: u32,
    pub(crate) town: &'static Town,
}

/// A provider's network in one region.
#[derive(Clone, Debug)]
pub(crate) struct Net {
    pub(crate) asn: u32,
    pub(crate) town: &'static Town,
    /// Its /24s.
    blocks: Vec<(u8, u8, u8)>,
    /// The third group of its IPv6 addresses.
    v6: u16,
}

impl Net {
    /// The network with other /24s.
    pub(crate) fn with_blocks(self, blocks: &[(u8, u8, u8)]) -> Self {
        Self { blocks: blocks.to_vec(), ..self }
    }

    /// An address of it.
    pub(crate) fn spot(&self, rng: &mut Rng) -> Spot {
        let (a, b, c) = *rng.pick(&self.blocks);
        self.at(format!("{a}.{b}.{c}.{}", rng.between(2, 250)))
    }

    /// An address of it in the /24 of another.
    pub(crate) fn beside(&self, other: &Spot, rng: &mut Rng) -> Spot {
        let (prefix, last) = other.address.rsplit_once('.').expect("an IPv4 address");
        let mut host = rng.between(2, 250).to_string();
        while host == last {
            host = rng.between(2, 250).to_string();
        }
        self.at(format!("{prefix}.{host}"))
    }

    /// The IPv6 address of a host that makes up its lower half.
    pub(crate) fn private_v6(&self, site: i64, rng: &mut Rng) -> Spot {
        let mut group = || rng.below(0x1_0000);
        let tail = format!("{:x}:{:x}:{:x}:{:x}", group(), group(), group(), group() | 1);
        self.at(format!("2001:db8:{:x}:{site:x}:{tail}", self.v6))
    }

    fn at(&self, address: String) -> Spot {
        Spot { address, asn: self.asn, town: self.town }
    }
}

/// Hands out AS numbers and /24s, none twice.
pub(crate) struct Registry {
    asns: Vec<u32>,
    blocks: Vec<(u8, u8, u8)>,
    v6: u16,
}

impl Registry {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let mut asns: Vec<u32> = (64_496..=64_511).chain(65_536..=65_551).collect();
        let documented = [(192, 0, 2), (198, 51, 100), (203, 0, 113)];
        let mut blocks: Vec<(u8, u8, u8)> = (0..=255).flat_map(|c| [(198, 18, c), (198, 19, c)]).collect();
        shuffle(&mut asns, rng);
        shuffle(&mut blocks, rng);
        blocks.extend(documented);
        Self { asns, blocks, v6: 0x100 }
    }

    /// A network of a number of its own, with so many /24s.
    pub(crate) fn net(&mut self, town: &'static Town, blocks: usize) -> Net {
        let asn = self.asns.pop().expect("fewer networks than AS numbers");
        self.of_number(asn, town, blocks)
    }

    /// A network of a given number.
    pub(crate) fn of_number(&mut self, asn: u32, town: &'static Town, blocks: usize) -> Net {
        self.v6 += 0x11;
        let blocks = self.blocks.split_off(self.blocks.len() - blocks);
        Net { asn, town, blocks, v6: self.v6 }
    }
}

/// Puts a list in an order of chance.
pub(crate) fn shuffle<T>(list: &mut [T], rng: &mut Rng) {
    for last in (1..list.len()).rev() {
        list.swap(last, rng.index(last + 1));
    }
}
