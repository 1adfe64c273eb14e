//! `--plain`: the triage by lines on stdin and stdout.

use super::{bundle, run, text, tokentrail};
use crate::bundle::BURSTS;
use serde_json::Value;

fn talk(folder: &std::path::Path, typed: &str) -> String {
    let args = ["--plain", "logs", "--case", "case/c.json", "--analytics", BURSTS];
    let output = tokentrail(folder).args(args).write_stdin(typed).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn a_hit_is_walked_settled_and_noted_by_lines() {
    let (folder, _) = bundle();
    let output = talk(folder.path(), "1\nr\ni looked at the portal\ny\nx\nq\n");
    for words in [
        "2 hits, 0 closed",
        "Step 1 of 11: ",
        "The bundle ",
        "Look for: ",
        "Your remark: looked at the portal",
        "record ",
    ] {
        assert!(output.contains(words), "{words}: {output}");
    }
    assert!(output.contains("Step 3 of 11") && output.ends_with("note  not written\n"), "{output}");
    assert!(!output.contains('\u{1b}'), "log text must not reach the terminal alive");
    // It goes on where it was, to the note.
    let output = talk(folder.path(), "1\ny\ny\ny\ny\nu\nd\nt\ne\nq\n");
    assert!(output.contains("(y theft, x harmless"), "{output}");
    assert!(
        output.contains("1. high, finance.director@contoso.com, 2026-05-01 14:02:00, ")
            && output.contains(", 2 hits, 6 of 10 steps, theft"),
        "{output}"
    );
    assert!(output.contains("finance.director@contoso.com: Tokens of a device code went to "), "the card: {output}");
    assert!(output.contains("2 closed") && output.contains("Note written to "), "{output}");
    let case: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("case/c.json")).unwrap()).unwrap();
    let works = case["hits"].as_object().unwrap();
    assert!(works.len() == 2 && works.values().all(|work| work["disposition"] == "true-positive"), "{works:?}");
    assert!(works.values().any(|work| work["verdicts"]["code-to-burst"] == "against"));
    let note = std::fs::read_to_string(folder.path().join("case/c.md")).unwrap();
    assert!(note.contains("looked at the portal"));
}

#[test]
fn every_verdict_but_theft_asks_why_and_who_confirmed_it_and_the_note_has_both() {
    let (folder, _) = bundle();
    let output = talk(folder.path(), "1\nd\nk\na\n2\nher manager *by phone*\nq\n");
    assert!(
        output.contains("k means nothing here; ? lists the keys.")
            && output.contains("1. a developer's sign-in to a tool"),
        "{output}"
    );
    let verdict = "Verdict: authorised activity: an administrator at work, confirmed by her manager *by phone*; ";
    assert!(output.contains(verdict) && output.contains("theft all the same."), "{output}");
    // No reason is taken as none, and a verdict that is taken back takes its reason with it.
    let output = talk(folder.path(), "1\nd\nc\n\n\nd\n-\n1\nd\nm\n3\n\ne\nq\n");
    assert!(output.contains("Verdict: cannot tell: no reason given, confirmed by nobody."), "{output}");
    let case = std::fs::read_to_string(folder.path().join("case/c.json")).unwrap();
    let case: Value = serde_json::from_str(&case).unwrap();
    let work = case["hits"].as_object().unwrap().values().next().unwrap();
    assert_eq!(work["reason"], "the rows belong to several people or machines", "{work}");
    assert_eq!((&work["disposition"], &work["confirmed"]), (&"false-positive".into(), &Value::Null));
    let note = std::fs::read_to_string(folder.path().join("case/c.md")).unwrap();
    assert!(
        note.contains("rule misfired, the rows belong to several people or machines, confirmed by nobody"),
        "{note}"
    );
}

#[test]
fn an_incident_is_compared_with_the_usual_days_by_lines() {
    let (folder, _) = bundle();
    for typed in ["v 1\nq\n", "1\nv\nq\n"] {
        let output = talk(folder.path(), typed);
        assert!(output.contains(" rows of the incident, ") && output.contains("days before it"), "{output}");
        assert!(output.contains("\naddress: ") && output.contains(" here, 0 before"), "{output}");
    }
    assert!(talk(folder.path(), "v 9\nq\n").contains("v 9: no such incident"));
}

#[test]
fn a_slip_costs_one_line_and_every_key_is_a_question_mark_away() {
    let (folder, _) = bundle();
    let lines = |typed: &str| talk(folder.path(), typed).lines().filter(|line| !line.is_empty()).count();
    let (list, step) = (lines("q\n"), lines("1\nq\n"));
    for slip in ["x", "99", "tt", "v 77"] {
        assert_eq!(lines(&format!("{slip}\nq\n")), list + 2, "{slip}: one line, and its prompt");
    }
    for slip in ["k 0", "99", "yes", "h 88"] {
        assert_eq!(lines(&format!("1\n{slip}\nq\n")), step + 2, "{slip}: one line, and its prompt");
    }
    let output = talk(folder.path(), "?\n1\n?\nq\n");
    for words in ["m: marked rows\n", "i TEXT: a remark on the step\n", "h: hits of the incident; h N walks hit N\n"] {
        assert_eq!(output.matches(words).count(), 1, "{words}: {output}");
    }
    let prompts = output.lines().filter(|line| line.starts_with('('));
    assert!(prompts.clone().count() == 2 && prompts.clone().all(|line| line.len() <= 80), "{output}");
}

#[test]
fn five_plain_questions_lead_to_the_verdict_by_lines() {
    let (folder, _) = bundle();
    let output = talk(folder.path(), "1\ng\n1\n9\n2\n\n3\n1\nt\ne\nq\n");
    for words in [
        "Question 1 of 5: Was it the user?",
        "9 means nothing here; ? lists the keys.",
        "Question 5 of 5: Is it over?",
        "until: last row ",
        "What is this incident?",
        "Verdict: theft",
    ] {
        assert!(output.contains(words), "{words}: {output}");
    }
    let note = std::fs::read_to_string(folder.path().join("case/c.md")).unwrap();
    let answers = "Was it the user? not the user. Where did the tokens go? to the user's places. \
                   What was left behind? cannot tell. Is it over? not over.";
    assert!(note.contains(answers), "{note}");
    assert!(talk(folder.path(), "1\ng\n").contains("Your answer: not the user"), "and they are kept");
}

#[test]
fn a_note_changed_by_hand_is_kept_and_a_case_that_is_not_there_is_not_named() {
    let (folder, _) = bundle();
    let root = format!("{}/", folder.path().canonicalize().unwrap().display());
    let output = talk(folder.path(), "e\ne\nq\n").replace(&root, "");
    assert!(!folder.path().join("case/c.json").exists(), "nothing was said yet");
    let last = "case  none: no verdicts yet\nnote  case/c.md (indicators: case/c.indicators.csv)\n";
    assert!(output.ends_with(last), "{output}");
    let path = folder.path().join("case/c.md");
    let edited = std::fs::read_to_string(&path).unwrap() + "\nI called the user.\n";
    std::fs::write(&path, &edited).unwrap();
    let output = talk(folder.path(), "1\ny\ne\ne\nq\n").replace(&root, "");
    assert_eq!(output.matches("kept in case/c.kept.md").count(), 1, "{output}");
    let last = "(indicators: case/c.indicators.csv; changed by hand, and kept: case/c.kept.md)\n";
    assert!(output.contains("case  case/c.json\n") && output.ends_with(last), "{output}");
    assert_eq!(std::fs::read_to_string(folder.path().join("case/c.kept.md")).unwrap(), edited);
    assert!(!std::fs::read_to_string(&path).unwrap().contains("I called the user"));
}

#[test]
fn rows_are_marked_and_what_was_said_is_undone_by_lines() {
    let (folder, _) = bundle();
    let output = talk(folder.path(), "1\n3\nr\nb 1\nt 1 phish, #c2\nm 2 odd \u{1b}[31m agent\nb 99\nr\nl\nm\nq\n");
    for words in [
        "1. 2026-05-01 ",
        "Row 1, bookmarked\n",
        "Row 1, bookmarked, tags phish c2",
        "b needs the number of a row",
        ", bookmarked, tags phish c2\n2. ",
    ] {
        assert!(output.contains(words), "{words}: {output}");
    }
    assert_eq!(output.matches("agent\n").count(), 3, "after it is written, with the rows, and in the list: {output}");
    assert!(!output.contains('\u{1b}'), "{output}");
    let case = || serde_json::from_slice::<Value>(&std::fs::read(folder.path().join("case/c.json")).unwrap()).unwrap();
    assert_eq!((case()["version"].as_u64(), case()["marks"].as_object().unwrap().len()), (Some(3), 2));
    // Another start: what was said before stays, what is said now is taken back.
    let output = talk(folder.path(), "1\ny\nb 1\nz\nz\nz\nl\nz\nq\n");
    assert!(output.contains(": bookmark taken") || output.contains(": bookmark set"), "{output}");
    assert!(output.contains("step 1: verdict supports") && output.contains("There is nothing to undo"), "{output}");
    assert_eq!(case()["marks"].as_object().unwrap().len(), 2);
    let log: Vec<String> =
        case()["log"].as_array().unwrap().iter().map(|line| line["what"].as_str().unwrap().to_owned()).collect();
    assert_eq!(log.iter().filter(|what| what.starts_with("undid: ")).count(), 2, "{log:?}");
}

#[test]
fn marks_are_exported_where_the_case_is_given() {
    let (folder, _) = bundle();
    talk(folder.path(), "1\n3\nb 1\nt 1 phish c2\nm 2 =cmd|'/C calc'!A0\nq\n");
    let user = ["timeline", "logs", "--user", super::VICTIM];
    let with = |format: &str| {
        let more = ["--case", "case/c.json", "--format", format];
        text(&run(folder.path(), &user.into_iter().chain(more).collect::<Vec<_>>()).stdout)
    };
    let rows: Vec<Value> = with("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(rows.iter().all(|row| row["Tags"].is_array() && row["Remark"].is_string()));
    let marked: Vec<&Value> = rows.iter().filter(|row| row["Bookmarked"] == true).collect();
    assert_eq!((marked.len(), &marked[0]["Tags"][1]), (1, &Value::from("c2")));
    assert!(with("csv").contains("phish; c2") && with("csv").contains("'=cmd|"));
    assert!(with("table").contains("★ #phish #c2"), "{}", with("table"));
    let without = text(&run(folder.path(), &user).stdout);
    assert!(!without.contains("Bookmarked"), "only where the case is given");
    let output = run(folder.path(), &user.into_iter().chain(["--case", "gone.json"]).collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("there is no case file gone.json"));
    let note = text(&run(folder.path(), &["note", "logs", "--case", "case/c.json"]).stdout);
    assert!(note.contains("## Marked by the analyst") && note.contains("phish, c2"), "{note}");
    // A pipe gives the case once.
    #[cfg(target_os = "linux")]
    {
        let bytes = std::fs::read(folder.path().join("case/c.json")).unwrap();
        let piped =
            tokentrail(folder.path()).args(["note", "logs", "--case", "/dev/stdin"]).write_stdin(bytes).output();
        assert!(text(&piped.unwrap().stdout).contains("phish, c2"));
    }
}

#[test]
fn an_input_that_ends_or_says_nothing_loses_nothing() {
    let (folder, _) = bundle();
    for typed in ["", "99\nnonsense\n", "1\n\u{1b}[A\n9\n", "1\nd\nz\n"] {
        let output = talk(folder.path(), typed);
        assert!(output.contains("2 hits, 0 closed"), "{typed:?}: {output}");
    }
    let output = run(folder.path(), &["--plain", "-"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("reads the answers from stdin"));
}

#[test]
fn a_hit_is_taken_out_of_its_incident_by_lines() {
    let (folder, _) = bundle();
    let output = talk(folder.path(), "1\no 99\no 2\nl\nq\n");
    assert!(output.contains("99 is no hit of this incident"), "{output}");
    assert!(output.contains("The hit is an incident of its own now."), "{output}");
    let incidents = |output: &str| -> Vec<usize> {
        let counts = output.lines().filter(|line| line.ends_with(" closed.")).filter_map(|line| line.split(' ').nth(1));
        counts.filter_map(|count| count.parse().ok()).collect()
    };
    let counts = incidents(&output);
    assert_eq!(counts.first().map(|count| count + 1), counts.get(1).copied(), "{output}");
    let again = talk(folder.path(), "q\n");
    assert_eq!(incidents(&again).first(), counts.get(1), "{again}");
}

#[test]
fn what_to_do_is_ticked_by_lines_and_the_note_has_the_ticks() {
    let (folder, _) = bundle();
    let output = talk(folder.path(), "1\nk\nk 2\nk 2\nk 1\nk\nd\nt\ne\nq\n");
    for words in [
        "1. to do: Disable the user. ",
        "2. to do: Revoke sessions. ",
        "Revoke sessions: done.\n",
        "Revoke sessions: no longer done.\n",
        "1. done 20",
        ": issued 2026-05-01 14:0",
        "in a CAE session until ",
        " (over)",
    ] {
        assert!(output.contains(words), "{words}: {output}");
    }
    let case = std::fs::read_to_string(folder.path().join("case/c.json")).unwrap();
    let case: Value = serde_json::from_str(&case).unwrap();
    let ticks: Vec<&Value> = case["contained"].as_object().unwrap().values().collect();
    assert!(ticks.len() == 1 && ticks[0].as_object().unwrap().len() == 1, "{ticks:?}");
    let note = std::fs::read_to_string(folder.path().join("case/c.md")).unwrap();
    let line = note.lines().find(|line| line.contains("**Disable the user.**")).unwrap();
    assert!(line.starts_with("- [x] ") && line.contains("Done for `finance.director@contoso.com`, 20"), "{line}");
    assert!(note.contains("- [ ] **Rotate secrets.** "), "{note}");
    assert!(output.contains("Found: tokens for Azure Key Vault."), "{output}");
    assert!(!talk(folder.path(), "1\nq\n").contains("do not agree"), "the log gives the ticks");
}

#[test]
fn a_note_with_pseudonyms_names_nobody_and_its_key_says_who_is_who() {
    let (folder, _) = bundle();
    let note = |name: &str, more: &[&str]| {
        let args = ["note", "logs", "-o", name, "--redact", "key.csv"];
        let output = tokentrail(folder.path()).args(args).args(more).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        std::fs::read_to_string(folder.path().join(name)).unwrap()
    };
    let first = note("out/a.md", &[]);
    let csv = std::fs::read_to_string(folder.path().join("out/a.indicators.csv")).unwrap();
    let key = std::fs::read_to_string(folder.path().join("key.csv")).unwrap();
    let line = key.lines().find(|line| line.ends_with(",user,finance.director@contoso.com")).unwrap();
    let pseudonym = line.split(',').next().unwrap();
    assert!(first.contains(&format!("Incident 1: `{pseudonym}`")), "{first}");
    for text in [&first, &csv] {
        let lower = text.to_lowercase().replace("[.]", ".").replace('\\', "");
        for name in ["contoso", "finance.director", "198.51.100.23", "203.0.113.20"] {
            assert!(!lower.contains(name), "{name}: {text}");
        }
    }
    assert!(key.contains(",address,198.51.100.23"), "{key}");
    // The next note has the same pseudonyms, and is the same; it is whole, so nothing is kept beside it.
    assert_eq!(note("out/a.md", &[]), first);
    assert!(!folder.path().join("out/a.kept.md").exists());
    let json = note("out/b.json", &["--format", "json"]);
    assert!(json.contains(&format!("\"Upn\": \"{pseudonym}\"")), "{json}");
    std::fs::write(folder.path().join("key.csv"), "a,b\n1,2\n").unwrap();
    let output = tokentrail(folder.path()).args(["note", "logs", "--redact", "key.csv"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("is no key of --redact"), "{}", text(&output.stderr));
}

#[test]
fn a_step_lists_its_queries_and_prints_one() {
    let (folder, _) = bundle();
    let output = talk(folder.path(), "1\nf\nf 1 clickhouse\nf 99\nf 1 oracle\nq\n");
    assert!(output.contains("Command: tokentrail query baseline --incident "), "{output}");
    assert!(output.contains("collect-missing: the rows of tables that are not here: "), "{output}");
    assert!(output.contains(" AS Users, -- the users of the case"), "{output}");
    assert!(output.contains("99 is no query of this step") && output.contains("oracle is no engine"), "{output}");
}
