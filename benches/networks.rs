//! Time to load a table of networks, and to find an address: two million IPv4 and half a million IPv6 prefixes,
//! nested as in a full routing table, in each of the formats. `cargo bench --bench networks`.

#![expect(clippy::print_stdout, reason = "a benchmark tells its figures")]

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::fmt::Write as _;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};
use tokentrail::testing::facts::Networks;

const V4: u32 = 2_000_000;
const V6: u32 = 500_000;
const RUNS: usize = 5;

fn main() {
    for (format, table) in [("csv", csv()), ("tsv", tsv()), ("mmdb", mmdb())] {
        let file = tempfile::NamedTempFile::new().expect("a folder for temporary files");
        std::fs::write(file.path(), &table).expect("room for the table");
        // From the file, hash and all, as --asn does.
        let (loading, networks) = median(|| Networks::read(file.path()).expect("it holds networks"));
        let (finding, found) = median(|| {
            (0u32..1_000_000)
                .filter(|n| {
                    let address = IpAddr::from(Ipv4Addr::from_bits(n.wrapping_mul(2_246_822_519)));
                    black_box(networks.find_address(address)).is_some()
                })
                .count()
        });
        let (bytes, rows) = (table.len(), networks.len);
        println!("{format}: {bytes} bytes, {rows} prefixes, ranges or nodes: loaded in {loading:?}");
        println!("{format}: 1000000 look-ups, {found} found: {finding:?}");
    }
}

fn median<T>(run: impl Fn() -> T) -> (Duration, T) {
    let mut runs: Vec<_> = (0..RUNS)
        .map(|_| {
            let began = Instant::now();
            let outcome = run();
            (began.elapsed(), outcome)
        })
        .collect();
    runs.sort_by_key(|(took, _)| *took);
    runs.swap_remove(RUNS / 2)
}

/// The prefixes, in no order, each with its number.
fn prefixes() -> impl Iterator<Item = (IpNet, u32)> {
    let v4 = (0..V4).map(|n| {
        let length = u8::try_from(16 + n % 9).expect("at most 24");
        let address = Ipv4Addr::from_bits(n.wrapping_mul(2_654_435_761));
        (IpNet::from(Ipv4Net::new(address, length).expect("short enough").trunc()), 64_496 + n % 16)
    });
    let v6 = (0..V6).map(|n| {
        let address = Ipv6Addr::from_bits((0x2001_0db8 << 96) | (u128::from(n) << 64));
        (IpNet::from(Ipv6Net::new(address, 64).expect("short enough")), 64_496 + n % 16)
    });
    v4.chain(v6)
}

/// As the published hunts read it.
fn csv() -> Vec<u8> {
    let mut text = String::from("CIDR,CIDRASN,CIDRASNName\n");
    for (net, number) in prefixes() {
        writeln!(text, "{net},{number},\"Example, {number}\"").expect("a String takes every write");
    }
    text.into_bytes()
}

/// As iptoasn writes it: in order, and nothing lies in another.
fn tsv() -> Vec<u8> {
    let mut text = String::new();
    for n in 0..V4 {
        let (from, to) = (Ipv4Addr::from_bits(n << 11), Ipv4Addr::from_bits((n << 11) | 0x7ff));
        writeln!(text, "{from}\t{to}\t{}\tZZ\tExample {}", 64_496 + n % 16, n % 16)
            .expect("a String takes every write");
    }
    for (net, number) in prefixes().filter(|(net, _)| net.addr().is_ipv6()) {
        let (from, to) = (net.network(), net.broadcast());
        writeln!(text, "{from}\t{to}\t{number}\tZZ\tExample").expect("a String takes every write");
    }
    text.into_bytes()
}

/// A record of a node: nothing, another node, or a number of a network.
#[derive(Clone, Copy)]
enum Record {
    Nothing,
    Node(usize),
    Number(u32),
}

/// A MaxMind DB, IPv4 below `::/96`.
fn mmdb() -> Vec<u8> {
    let mut nodes = vec![[Record::Nothing; 2]];
    let mut nets: Vec<_> = prefixes().collect();
    nets.sort_by_key(|(net, _)| net.prefix_len());
    for (net, number) in nets {
        let (bits, length) = match net {
            IpNet::V4(net) => (u128::from(net.addr().to_bits()), 96 + usize::from(net.prefix_len())),
            IpNet::V6(net) => (net.addr().to_bits(), usize::from(net.prefix_len())),
        };
        let side = |depth: usize| usize::from(bits >> (127 - depth) & 1 == 1);
        let mut node = 0;
        for depth in 0..length - 1 {
            node = match nodes[node][side(depth)] {
                Record::Node(next) => next,
                // What lay here is what both of its halves are, until told otherwise.
                other => {
                    nodes.push([other; 2]);
                    nodes[node][side(depth)] = Record::Node(nodes.len() - 1);
                    nodes.len() - 1
                }
            };
        }
        nodes[node][side(length - 1)] = Record::Number(number);
    }
    let (mut data, mut places) = (Vec::new(), Vec::new());
    for number in 64_496..64_512u32 {
        places.push(data.len());
        data.push(0xe2);
        word(&mut data, "autonomous_system_number");
        data.push(0xc4);
        data.extend(number.to_be_bytes());
        word(&mut data, "autonomous_system_organization");
        word(&mut data, &format!("Example, {number}"));
    }
    let mut file = Vec::with_capacity(nodes.len() * 8 + data.len() + 512);
    for record in nodes.iter().flatten() {
        let value = match record {
            Record::Nothing => nodes.len(),
            Record::Node(node) => *node,
            Record::Number(number) => nodes.len() + 16 + places[(number - 64_496) as usize],
        };
        file.extend(u32::try_from(value).expect("fewer than 2^32 nodes").to_be_bytes());
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com\xe9");
    for (key, value) in [("binary_format_major_version", 2), ("binary_format_minor_version", 0), ("ip_version", 6)] {
        word(&mut file, key);
        file.extend([0xa2, 0, value]);
    }
    word(&mut file, "record_size");
    file.extend([0xa2, 0, 32]);
    word(&mut file, "node_count");
    file.push(0xc4);
    file.extend(u32::try_from(nodes.len()).expect("fewer than 2^32 nodes").to_be_bytes());
    word(&mut file, "build_epoch");
    file.extend([0x01, 0x02, 0]);
    word(&mut file, "database_type");
    word(&mut file, "ASN");
    word(&mut file, "languages");
    file.extend([0x00, 0x04]);
    word(&mut file, "description");
    file.push(0xe0);
    file
}

/// A text of less than 285 bytes.
fn word(file: &mut Vec<u8>, text: &str) {
    match u8::try_from(text.len()).expect("a short text") {
        length @ 0..29 => file.push(0x40 | length),
        length => file.extend([0x5d, length - 29]),
    }
    file.extend(text.as_bytes());
}
