//! Hostile files of the user's own, or of a colleague: allow lists, networks, clients, config, keys, facts.

use super::values::{all, names, whole};
use super::{ends, ends_inert, folder, run, tokentrail};
use crate::bundle::VICTIM;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join("config/tokentrail").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The text as TOML writes it.
fn toml(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

#[test]
fn no_allow_list_reaches_a_terminal_alive() {
    let folder = folder();
    let mut list = String::new();
    for text in all() {
        let (text, more) = (toml(&text), "expires = 2020-01-01\n");
        write!(list, "[[allow]]\nuser = {text}\nclient = {text}\nreason = {text}\n{more}").unwrap();
        write!(list, "[[allow]]\nuser = {}\nreason = {text}\nexpires = 2099-01-01\n", toml(VICTIM)).unwrap();
    }
    fs::write(folder.path().join("a.toml"), list).unwrap();
    for command in [&["scan", "logs", "--format", "table"][..], &["scan", "logs", "--format", "csv"], &["note", "logs"]]
    {
        let output = run(folder.path(), command.iter().chain(&["--allow", "a.toml"]));
        ends(&output, 0);
        assert!(String::from_utf8_lossy(&output.stderr).contains("]0;pwned"), "the expired ones are named");
    }
    let quoted = toml(&whole());
    for list in [
        format!("[[allow]]\n{quoted} = 1\n"),
        format!("[[allow]]\nuser = \"a\"\nreason = \"r\"\nexpires = {quoted}\n"),
        format!("[[allow]]\naddress = {quoted}\nreason = \"r\"\nexpires = 2099-01-01\n"),
        format!("[[allow]]\nanalytic = {quoted}\nreason = \"r\"\nexpires = 2099-01-01\n"),
        format!("[[allow]]\nuser = {}\n", whole()),
        format!("[[allow]]\n{} = 1\n", whole()),
    ] {
        fs::write(folder.path().join("b.toml"), &list).unwrap();
        assert_eq!(run(folder.path(), ["scan", "logs", "--allow", "b.toml"]).status.code(), Some(2), "{list}");
    }
}

#[test]
fn no_table_of_networks_or_clients_reaches_a_terminal_alive() {
    let folder = folder();
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut networks = "CIDR,CIDRASN,CIDRASNName\n".to_owned();
    for text in all() {
        write!(networks, "198.51.100.0/24,64500,{0}\n{0},64500,x\n192.0.2.0/24,{0},x\n", cell(&text)).unwrap();
    }
    fs::write(folder.path().join("n.csv"), networks).unwrap();
    for command in super::commands(VICTIM) {
        let args = command.iter().map(String::as_str).chain(["logs", "--asn", "n.csv"]);
        ends(&run(folder.path(), args), 0);
    }
    fs::write(folder.path().join("c.txt"), all().join("\n")).unwrap();
    for option in ["--clients", "--asn"] {
        run(folder.path(), ["scan", "logs", option, "c.txt"]);
    }
}

#[test]
fn no_config_and_no_key_table_reaches_a_terminal_alive() {
    let folder = folder();
    let check = |code| ends(&run(folder.path(), ["config", "--check"]), code);
    let quoted = toml(&whole());
    let config = format!("{quoted} = 1\ntheme = {quoted}\ntlp = {quoted}\nasn = {quoted}\nfacts = [{quoted}]\n");
    write(folder.path(), "config.toml", &config);
    let keys = format!(
        "[[hits]]\non = [{quoted}]\nrun = \"next\"\n[[hits]]\non = [\"x\"]\nrun = {quoted}\n[[{quoted}]]\non = [\"x\"]\n\
         [[hits]]\n{quoted} = 1\n"
    );
    write(folder.path(), "keymap.toml", &keys);
    check(1);
    // Broken TOML, what a run says of it, and the same named on the command line.
    write(folder.path(), "config.toml", &(all().join(" = \n") + " = \n"));
    write(folder.path(), "keymap.toml", &all().join("\n"));
    check(1);
    ends(&run(folder.path(), ["scan", "logs"]), 0);
    ends(&run(folder.path(), ["scan", "logs", "--config", "config/tokentrail/config.toml"]), 2);
}

#[test]
fn no_table_of_facts_reaches_a_terminal_alive() {
    let folder = folder();
    write(folder.path(), "config.toml", "facts = [\"f.csv\", \"r.csv\"]\n");
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let text = cell(&whole());
    let client = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    let resource = "00000003-0000-0000-c000-000000000000";
    write(
        folder.path(),
        "f.csv",
        &format!(
            "id,name,family,source,date\n{client},{text},ever,{text},2026-05\n{text},{text},{text},{text},{text}\n"
        ),
    );
    let head = "id,name,display_names,reach,source,date\n";
    write(
        folder.path(),
        "r.csv",
        &format!("{head}{resource},{text},,mail,{text},2026-05\nx,{text},{text},{text},{text},{text}\n"),
    );
    run(folder.path(), ["config", "--check"]);
    for command in super::commands(VICTIM) {
        ends(&run(folder.path(), command.iter().map(String::as_str).chain(["logs"])), 0);
    }
    ends(&run(folder.path(), ["list"]), 0);
}

#[cfg(unix)]
#[test]
fn no_name_of_a_file_reaches_a_terminal_alive() {
    for name in names() {
        let folder = folder();
        let logs = folder.path().join("logs");
        fs::create_dir(logs.join(&name)).unwrap();
        fs::rename(logs.join("SigninLogs.json"), logs.join(&name).join(&name)).unwrap();
        fs::write(logs.join(format!("{name}.gz")), "no gzip").unwrap();
        let mut zip = zip::ZipWriter::new(fs::File::create(logs.join("m.zip")).unwrap());
        for (number, text) in all().iter().enumerate().step_by(3) {
            zip.start_file(format!("{number}{text}"), zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut zip, b"{\"Type\":\"SigninLogs\",\"Id\":").unwrap();
        }
        zip.finish().unwrap();
        for command in [&["-v", "scan", "--format", "csv"][..], &["info"], &["note"]] {
            ends(&run(folder.path(), command.iter().chain(&["logs"])), 0);
        }
        let mut talk = tokentrail(folder.path());
        talk.args(["--plain", "logs"]).write_stdin("1\n1\nr\ne\nq\n");
        ends(&ends_inert(talk), 0);
    }
}
