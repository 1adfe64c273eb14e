//! Hostile command lines and environments.
#![cfg(unix)]

use super::values::{names, whole};
use super::{ends, ends_inert, folder, run, tokentrail};
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;

#[test]
fn what_clap_quotes_is_inert_and_keeps_its_meaning() {
    let folder = folder();
    let text = whole();
    for args in [
        &["scan", "logs", "--since", &text][..],
        &["scan", "logs", "--window", &text],
        &["scan", "logs", "--format", &text],
        &["scan", "logs", "--analytics", &text],
        &["scan", "logs", "--threads", &text],
        &["scan", "logs", "--max-bytes", &text],
        &["scan", "logs", "--clients", &text],
        &["note", "logs", "--format", &text],
        &["completions", &text],
        &["config", &text],
        &["scan", "logs", &format!("--{text}")],
        &[&format!("--{text}=x")],
        &["timeline", "logs", "--user", &text],
    ] {
        assert_ne!(run(folder.path(), args).status.code(), Some(0), "{args:?}");
    }
    let output = run(folder.path(), ["scan", "logs", "--since", "\u{1b}]0;PWNED\u{7}"]);
    ends(&output, 2);
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("invalid value '\u{fffd}]0;PWNED\u{fffd}' for '--since"), "{message}");
}

#[test]
fn no_path_of_an_option_reaches_a_terminal_alive() {
    for name in names() {
        let folder = folder();
        let path = folder.path().join(&name);
        for there in [false, true] {
            if there {
                fs::write(&path, "nonsense = = \u{1b}[31m").unwrap();
            }
            for (option, code) in [("--allow", 2), ("--clients", 2), ("--config", 2)] {
                ends(
                    &run(folder.path(), [OsString::from("scan"), "logs".into(), option.into(), path.clone().into()]),
                    code,
                );
            }
            for option in ["--asn", "--case"] {
                run(folder.path(), [OsString::from("note"), "logs".into(), option.into(), path.clone().into()]);
            }
            run(folder.path(), [OsString::from("scan"), path.clone().into()]);
            run(folder.path(), [path.clone()]);
        }
        run(folder.path(), [OsString::from("note"), "logs".into(), "-o".into(), path.clone().into()]);
        run(
            folder.path(),
            [OsString::from("note"), "logs".into(), "-o".into(), folder.path().join("logs").join(&name).into()],
        );
        fs::remove_file(&path).unwrap();
        run(folder.path(), [OsString::from("demo"), "--write".into(), path.clone().into()]);
        run(folder.path(), [OsString::from("demo"), "--write".into(), path.clone().into()]);
        let mut talk = tokentrail(folder.path());
        talk.args(["--plain", "logs", "--analyst", &name, "--case"]).arg(folder.path().join(format!("d{name}")));
        talk.write_stdin("1\ny\ne\ne\nq\n");
        ends(&ends_inert(talk), 0);
    }
}

#[test]
fn no_environment_reaches_a_terminal_alive() {
    for name in names() {
        let folder = folder();
        let place = folder.path().join(format!("e{name}"));
        for args in
            [&["config", "--path"][..], &["config", "--check"], &["note", "logs"], &["--plain", "logs"], &["logs"]]
        {
            let mut command = tokentrail(folder.path());
            command.args(args).env("LOGNAME", &name).env("USER", &name).env("TERM", &name).env("LC_ALL", &name);
            for place_of in ["HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "TMPDIR"] {
                command.env(place_of, &place);
            }
            command.write_stdin("1\ny\ne\nq\n");
            ends_inert(command);
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_inert_wherever_they_stand() {
    let folder = folder();
    let name = OsString::from_vec(b"x\x1b]0;PWNED\x07\xff\xed\xa0\x80\x9b2J.json".to_vec());
    fs::copy(folder.path().join("logs/SigninLogs.json"), folder.path().join(&name)).unwrap();
    for args in [["scan", "--format"], ["info", "--format"]] {
        for format in ["table", "json"] {
            ends(&run(folder.path(), args.iter().map(OsString::from).chain([format.into(), name.clone()])), 0);
        }
    }
    for args in [["scan", "logs", "--since"], ["scan", "logs", "--allow"], ["note", "logs", "--case"]] {
        run(folder.path(), args.iter().map(OsString::from).chain([name.clone()]));
    }
    let mut called = std::process::Command::new(env!("CARGO_BIN_EXE_tokentrail"));
    std::os::unix::process::CommandExt::arg0(&mut called, "\u{1b}]0;PWNED\u{7}");
    let message = called.args(["scan", "--nonsense"]).output().unwrap().stderr;
    assert_eq!(super::values::alive(&String::from_utf8(message).unwrap()), None);
}
