//! The user's own tables beside the bundle: networks, and values known to be harmless.

use super::{bundle, lines, run, text};
use crate::bundle::VICTIM;
use std::fs;
use std::io::Write;

fn gzip(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

fn zip(text: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("asn.csv", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(text.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn networks_come_in_three_formats() {
    let (folder, _) = bundle();
    let csv = "CIDR,CIDRASN,CIDRASNName\n198.51.0.0/16,64511,Outer\n198.51.100.0/24,64500,Example Hosting\n";
    let tsv = "198.51.100.0\t198.51.100.255\t64500\tZZ\tExample Hosting\n";
    let maxmind = include_bytes!("../fixtures/asn.mmdb").to_vec();
    for (name, bytes) in [
        ("asn.csv", csv.as_bytes().to_vec()),
        ("asn.csv.gz", gzip(csv)),
        ("asn.zip", zip(csv)),
        ("ip2asn.tsv", tsv.as_bytes().to_vec()),
        ("ip2asn.tsv.gz", gzip(tsv)),
        ("asn.mmdb", maxmind),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
        let output = run(folder.path(), &["scan", "logs", "--asn", name]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", text(&output.stderr));
        let hits = lines(&output);
        let hit = hits.iter().find(|hit| hit["Analytic"] == "foci-burst").unwrap();
        assert_eq!(hit["ASNs"], serde_json::json!(["AS64500"]), "{name}");
        let steps = hit["Steps"].to_string();
        assert!(steps.contains("AS64500 Example Hosting by the table of networks"), "{name}: {steps}");
    }
    let note = text(&run(folder.path(), &["note", "logs", "--asn", "asn.mmdb"]).stdout);
    assert!(note.contains("that of `asn.mmdb`") && note.contains("SHA-256"), "{note}");
    let note = text(&run(folder.path(), &["note", "logs"]).stdout);
    assert!(note.contains("The number of a network is the record's own."));
}

#[test]
fn bad_networks_are_named() {
    let (folder, _) = bundle();
    fs::write(folder.path().join("mixed.csv"), "CIDR,CIDRASN\n198.51.100.0/24,64500\n198.51.100.0/99,1\nx,2\n")
        .unwrap();
    let output = run(folder.path(), &["scan", "logs", "--asn", "mixed.csv"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stderr).contains("mixed.csv: 2 rows not read (line 3: "), "{}", text(&output.stderr));
    fs::write(folder.path().join("none.csv"), "hello\n").unwrap();
    let mut cut = include_bytes!("../fixtures/asn.mmdb").to_vec();
    cut.drain(..200);
    fs::write(folder.path().join("cut.mmdb"), cut).unwrap();
    for name in ["none.csv", "absent.csv", "cut.mmdb"] {
        let output = run(folder.path(), &["scan", "logs", "--asn", name]);
        let message = text(&output.stderr);
        // A damaged tree is found when it is walked, not when it is opened; that must not end the program.
        if name == "cut.mmdb" {
            assert!(!message.contains("panicked"), "{message}");
        } else {
            assert_eq!(output.status.code(), Some(2), "{name}");
            assert!(message.contains(&format!("--asn {name}: ")), "{message}");
        }
    }
}

#[test]
fn what_is_allowed_is_marked_and_moved_down() {
    let (folder, _) = bundle();
    let list = format!(
        "[[allow]]\nuser = \"{VICTIM}\"\nanalytic = \"device-code-burst\"\naddress = [\"198.51.100.0/24\", \"203.0.113.0/24\"]\n\
         reason = \"red team, order 17\"\nexpires = 2126-01-01\n\
         [[allow]]\nuser = \"{VICTIM}\"\nreason = \"gone\"\nexpires = 2020-01-01\n"
    );
    fs::write(folder.path().join("allow.toml"), &list).unwrap();
    let output = run(folder.path(), &["scan", "logs", "--allow", "allow.toml", "--exit-code"]);
    assert_eq!(output.status.code(), Some(10), "the other hit still counts");
    let hits = lines(&output);
    let (last, others) = hits.split_last().unwrap();
    assert_eq!(last["Analytic"], "device-code-burst");
    assert!(others.iter().all(|hit| hit["Allowed"].is_null()));
    assert_eq!(last["Allowed"][0]["Reason"], "red team, order 17");
    let message = text(&output.stderr);
    assert!(message.contains("entry 2 (user finance.director@contoso.com) expired on 2020-01-0"), "{message}");
    assert!(message.contains("allowed 1 hit by allow.toml: entry 1 "), "{message}");
    let note = text(&run(folder.path(), &["note", "logs", "--allow", "allow.toml"]).stdout);
    assert!(note.contains("Suppression in force: `allow.toml` entry 1") && note.contains("covers 1 hit"), "{note}");
    assert!(note.contains("Suppression not applied: `allow.toml` entry 2"));
    fs::write(
        folder.path().join("all.toml"),
        format!("[[allow]]\nuser=\"{VICTIM}\"\nreason=\"x\"\nexpires=2126-01-01\n"),
    )
    .unwrap();
    let output = run(folder.path(), &["scan", "logs", "--allow", "all.toml", "--exit-code", "--format", "table"]);
    assert_eq!(output.status.code(), Some(0), "nothing is left that nobody allowed");
    assert!(text(&output.stdout).contains("ALLOWED by entry 1"));
    // One address outside of the networks is enough: the device code was typed elsewhere. The hit says where.
    let narrow = list.replace(", \"203.0.113.0/24\"", "");
    fs::write(folder.path().join("narrow.toml"), narrow).unwrap();
    let hits = lines(&run(folder.path(), &["scan", "logs", "--allow", "narrow.toml"]));
    assert!(hits.iter().all(|hit| hit["Allowed"].is_null()));
    let kept = hits.iter().find(|hit| hit["Analytic"] == "device-code-burst").unwrap();
    assert_eq!(kept["NotAllowed"][0]["Outside"], serde_json::json!(["203.0.113.20"]));
    assert_eq!(kept["NotAllowed"][0]["Entry"], 1);
    let sentence = "entry 1 of the allow-list would cover it but for 203.0.113.20";
    let table = text(&run(folder.path(), &["scan", "logs", "--allow", "narrow.toml", "--format", "table"]).stdout);
    assert!(table.split_whitespace().collect::<Vec<_>>().join(" ").contains(sentence), "{table}");
    let note = text(&run(folder.path(), &["note", "logs", "--allow", "narrow.toml", "--format", "json"]).stdout);
    assert!(note.contains(sentence), "{note}");
    fs::write(folder.path().join("bad.toml"), "[[allow]]\nuser = \"x\"\nexpires = 2126-01-01\n").unwrap();
    let output = run(folder.path(), &["scan", "logs", "--allow", "bad.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("--allow bad.toml: line 1: this entry needs a reason"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn known_networks_are_named_with_their_hash_and_bad_lines_are_refused() {
    let (folder, _) = bundle();
    fs::write(folder.path().join("known.txt"), "# ours\n198.51.100.0/24 the office\nAS64500, relay of Example\n")
        .unwrap();
    // That of the file's bytes, as sha256sum prints it.
    let sha256 = "e3f3c9e887b515f81c62ac5aff76f159c050809711d5d9a51f6f3d6ac00dcaca";
    for command in ["scan", "info"] {
        let output = run(folder.path(), &[command, "logs", "--known", "known.txt"]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{message}");
        assert!(
            message.contains(&format!("known to every user: 2 networks of known.txt (SHA-256 {sha256})")),
            "{message}"
        );
    }
    let options = ["note", "logs", "--known", "known.txt", "--baseline-until", "2026-05-01T14:00:00Z"];
    let note = text(&run(folder.path(), &options).stdout);
    assert!(note.contains("Known to every user: the 2 networks of `known.txt`") && note.contains(sha256), "{note}");
    assert!(note.contains("Nothing from 2026-05-01T14:00:00.0000000Z on counts as a user's habit."), "{note}");
    fs::write(folder.path().join("bad.txt"), "198.51.100.0/24 the office\n\n198.51.100.7\n").unwrap();
    fs::write(folder.path().join("none.txt"), "# nothing\n").unwrap();
    for (name, expected) in [
        ("bad.txt", "--known bad.txt: line 3: this entry needs a reason"),
        ("none.txt", "--known none.txt: names no network"),
    ] {
        let output = run(folder.path(), &["scan", "logs", "--known", name]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(text(&output.stderr).contains(expected), "{}", text(&output.stderr));
    }
}
