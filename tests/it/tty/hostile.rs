//! Output to a real terminal, of a bundle, a case and options that mean harm.

use super::Tty;
use crate::hostile::rows::ndjson;
use crate::hostile::values::{alive, names};
use portable_pty::CommandBuilder;

/// Output without the sequences of ours: of the screen's, and those that it is taken over and given back with.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).expect("whole characters");
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !(c.is_ascii_digit() || ";?".contains(c))).expect("a sequence that ends");
        let letter = part[end..].chars().next().unwrap();
        assert!("mHCKXJSTrhl".contains(letter), "ESC [ {}{letter}", &part[..end]);
        if "hl".contains(letter) {
            let mode = &part[..end];
            assert!(["?1049", "?2004", "?25", "?2026"].contains(&mode), "ESC [ {mode}{letter}");
        }
        plain.push_str(&part[end + 1..]);
    }
    plain.replace('\r', "")
}

#[test]
fn not_a_byte_of_a_hostile_bundle_moves_the_terminal() {
    for name in names().into_iter().take(1) {
        let home = tempfile::tempdir().unwrap();
        let bundle = home.path().join(format!("b{name}.json"));
        std::fs::write(&bundle, ndjson()).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
        command.arg(&bundle);
        command.args(["--analyst", &name, "--case"]);
        command.arg(home.path().join(format!("c{name}.json")));
        let mut tty = Tty::start(command, home, &[("TERM_PROGRAM", &name)]);
        tty.shows("? help").shows("high");
        for keys in ["\r", "y", "j", "j", "e"] {
            tty.keys(keys);
            tty.rests();
        }
        // A note that is still composed stays open under any key.
        tty.keys("w").shows("note written to");
        for keys in ["\u{1b}", "B", "\u{1b}", "U", "\u{1b}", "?", "\u{1b}", "\t", "\r", "\u{1b}"] {
            tty.keys(keys);
            tty.rests();
        }
        // One for each screen there can be: a key that came before its answer opened others.
        tty.keys("qqqqqq");
        tty.until("the end", |output| output.ended);
        assert_eq!(alive(&plain(&tty.since(0))), None);
        tty.ends();
    }
}

#[test]
fn a_case_that_is_refused_does_not_set_the_title() {
    let home = tempfile::tempdir().unwrap();
    let case = home.path().join("c.json");
    std::fs::write(
        &case,
        r#"{"version":1,"bundle":"b","tlp":"x","hits":{"h":{"disposition":"\u001b]0;PWNED\u0007"}}}"#,
    )
    .unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.arg(super::bundle(home.path()));
    command.arg("--case");
    command.arg(&case);
    let tty = Tty::start(command, home, &[]);
    tty.until("the end", |output| output.ended);
    let sent = tty.since(0);
    assert_eq!(alive(&plain(&sent)), None);
    let (status, text) = tty.ends();
    assert!(!status.success() && text.contains("not a whole case file"), "{text}");
}
