//! `--plain`: the triage by lines on stdin and stdout.

use super::{bundle, run, text, tokentrail};
use serde_json::Value;

fn talk(folder: &std::path::Path, typed: &str) -> String {
    let output =
        tokentrail(folder).args(["--plain", "logs", "--case", "case/c.json"]).write_stdin(typed).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn a_hit_is_walked_settled_and_noted_by_lines() {
    let (folder, _) = bundle();
    let said = talk(folder.path(), "1\nr\ni looked at the portal\ny\nx\nq\n");
    for words in [
        "2 hits, 0 settled",
        "Step 1 of 7: ",
        "The bundle ",
        "Look for: ",
        "Your remark: looked at the portal",
        "record ",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(said.contains("Step 3 of 7") && said.ends_with("note  not written\n"), "{said}");
    assert!(!said.contains('\u{1b}'), "log text must not reach the terminal alive");
    // It goes on where it was, to the note.
    let said = talk(folder.path(), "1\ny\ny\ny\ny\nu\nt\ne\nq\n");
    assert!(said.contains("(y supports"), "{said}");
    assert!(
        said.contains("1. high device-code-burst, finance.director@contoso.com")
            && said.contains("7 of 7 steps, true positive")
    );
    assert!(said.contains("1 settled") && said.contains("Note written to "), "{said}");
    let case: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("case/c.json")).unwrap()).unwrap();
    let work = case["hits"].as_object().unwrap().values().next().unwrap();
    assert_eq!(
        (work["verdicts"]["2"].as_str(), work["disposition"].as_str()),
        (Some("against"), Some("true-positive"))
    );
    let note = std::fs::read_to_string(folder.path().join("case/c.md")).unwrap();
    assert!(note.contains("looked at the portal"));
}

#[test]
fn an_input_that_ends_or_says_nothing_loses_nothing() {
    let (folder, _) = bundle();
    for typed in ["", "99\nnonsense\n", "1\n\u{1b}[A\n9\n", "1\nd\nz\n"] {
        let said = talk(folder.path(), typed);
        assert!(said.contains("2 hits, 0 settled"), "{typed:?}: {said}");
    }
    let output = run(folder.path(), &["--plain", "-"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("reads the answers from stdin"));
}
