//! The user's own config, keys and facts.

use super::{bundle, lines, run, text, tokentrail};
use crate::bundle::{BURSTS, VICTIM};
use std::fs;
use std::path::Path;

fn write(folder: &Path, name: &str, text: &str) {
    let folder = folder.join("config/tokentrail");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), text).unwrap();
}

fn check(folder: &Path) -> (Option<i32>, String) {
    let output = run(folder, &["config", "--check"]);
    assert!(output.stdout.is_empty());
    (output.status.code(), text(&output.stderr))
}

#[test]
fn the_template_is_printed_and_holds() {
    let (folder, _) = bundle();
    let path = run(folder.path(), &["config", "--path"]);
    assert_eq!(text(&path.stdout).trim_end(), folder.path().join("config/tokentrail/config.toml").to_str().unwrap());
    assert_eq!(check(folder.path()), (Some(0), "there is no config: the defaults hold\n".to_owned()));
    let template = run(folder.path(), &["config", "--print"]);
    write(folder.path(), "config.toml", &text(&template.stdout));
    let (code, output) = check(folder.path());
    assert!(code == Some(0) && output.starts_with("nothing is wrong with "), "{output}");
    assert_eq!(run(folder.path(), &["config"]).status.code(), Some(2));
}

#[test]
fn everything_wrong_is_named_with_file_and_line_and_stops_nothing() {
    let (folder, _) = bundle();
    write(
        folder.path(),
        "config.toml",
        "theme = \"lihgt\"\nfacts = [\"facts.csv\", \"gone.csv\"]\nallow = \"allow.toml\"\n",
    );
    write(folder.path(), "keymap.toml", "[[hits]]\non = [\"x\"]\nrun = \"dance\"\n");
    write(folder.path(), "facts.csv", "id,name,display_names,reach,source,date\n1,A,,mail,,2026-05\n");
    write(folder.path(), "allow.toml", "nonsense\n");
    let (code, output) = check(folder.path());
    assert_eq!(code, Some(1));
    for message in [
        "config.toml line 1: \"lihgt\" is no theme; did you mean light?",
        "facts.csv line 2: the row names no source",
        "gone.csv: ",
        "allow.toml: ",
        "keymap.toml line 3: \"dance\" is no action",
    ] {
        assert!(output.contains(message), "{message}: {output}");
    }
    let output = run(folder.path(), &["scan", "logs", "--analytics", BURSTS]);
    assert_eq!((output.status.code(), lines(&output).len()), (Some(0), 2));
    let output = text(&output.stderr);
    assert!(output.contains("did you mean light?") && output.contains("facts.csv line 2"), "{output}");
}

#[test]
fn a_config_named_on_the_command_line_must_be_right() {
    let (folder, _) = bundle();
    fs::write(folder.path().join("mine.toml"), "tehme = \"dark\"\n").unwrap();
    for (config, message) in [("mine.toml", "mine.toml line 1: \"tehme\" is no setting"), ("gone.toml", "gone.toml: ")]
    {
        let output = run(folder.path(), &["scan", "--config", config, "logs"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
    }
    write(folder.path(), "config.toml", "broken\n");
    let output = run(folder.path(), &["scan", "--config", "/dev/null", "logs"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(!text(&output.stderr).contains("config.toml"), "the other is not read");
}

#[test]
fn what_is_set_for_good_gives_way_to_an_option() {
    let (folder, _) = bundle();
    let allow = |why: &str| format!("[[allow]]\nuser = \"{VICTIM}\"\nreason = \"{why}\"\nexpires = 2126-01-01\n");
    write(folder.path(), "config.toml", "allow = \"allow.toml\"\nanalyst = \"bo\"\ntlp = \"red\"\n");
    write(folder.path(), "allow.toml", &allow("set"));
    fs::write(folder.path().join("typed.toml"), allow("typed")).unwrap();
    let reason = |args: &[&str]| lines(&run(folder.path(), args))[0]["Allowed"][0]["Reason"].clone();
    assert_eq!(reason(&["scan", "logs"]), "set");
    assert_eq!(reason(&["scan", "logs", "--allow", "typed.toml"]), "typed");
    let typed = "1\ny\nq\n";
    let case = ["--plain", "logs", "--case", "case/c.json"];
    assert!(tokentrail(folder.path()).args(case).write_stdin(typed).output().unwrap().status.success());
    let case = fs::read_to_string(folder.path().join("case/c.json")).unwrap();
    assert!(case.contains("\"tlp\": \"TLP:RED\"") && case.contains("\"who\":\"bo\""), "{case}");
}

#[test]
fn facts_of_ones_own_reach_the_results() {
    let (folder, _) = bundle();
    let heads = "id,name,also_named,family,last_member,first_gone,gone_source,path,source,date,remark\n";
    let row = "04b07795-8ddb-461a-bbee-02f9e1bf7b46,Our build tool,,never,,,,ours,app register,2026-05,\n";
    write(folder.path(), "config.toml", "facts = [\"clients.csv\"]\n");
    write(folder.path(), "clients.csv", &format!("{heads}{row}"));
    let family = text(&run(folder.path(), &["scan", "logs"]).stdout);
    assert!(family.contains("not a family client: ours (app register)"), "{family}");
}
