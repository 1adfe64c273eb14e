//! How long a table of networks takes to load, and an address to find: two million IPv4 and half a million IPv6
//! prefixes, nested as in a full routing table. `cargo bench --bench networks`.

#![expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
use std::fmt::Write;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;
use tokentrail::facts::Networks;

fn main() {
    let mut text = String::from("CIDR,CIDRASN,CIDRASNName\n");
    for n in 0u32..2_000_000 {
        let length = 16 + n % 9;
        let address = Ipv4Addr::from_bits(n.wrapping_mul(2_654_435_761) & (u32::MAX << (32 - length)));
        let asn = 64_496 + n % 16;
        writeln!(text, "{address}/{length},{asn},Example {asn}").expect("a String takes every write");
    }
    for n in 0u32..500_000 {
        writeln!(text, "2001:db8:{:x}:{:x}::/64,{},Example", n >> 16, n & 0xffff, 64_496 + n % 16)
            .expect("a String takes every write");
    }
    let (rows, bytes) = (text.lines().count() - 1, text.len());
    let began = Instant::now();
    let networks = Networks::of("bench".into(), String::new(), text.into_bytes()).expect("it holds networks");
    println!("{rows} prefixes, {bytes} bytes: loaded in {:?}", began.elapsed());
    let began = Instant::now();
    let found = (0u32..1_000_000)
        .filter(|n| {
            let address = IpAddr::from(Ipv4Addr::from_bits(n.wrapping_mul(2_246_822_519)));
            black_box(networks.of_address(address)).is_some()
        })
        .count();
    println!("1000000 look-ups, {found} found: {:?}", began.elapsed());
}
