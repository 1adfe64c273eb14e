//! The note on a small bundle, read as a reader would.

use super::testing::{AGENT, hits, loaded, time};
use super::{EXPORTERS, Header, Report, exporter, hits as rows, write_indicators};
use crate::analytics::{Semantics, Settings};
use crate::facts::Facts;
use crate::triage::{Case, Disposition, Verdict, fingerprint};

fn note(case: &Case, format: &str) -> String {
    let loaded = loaded();
    let hits = hits(&loaded);
    let settings = Settings::default();
    let header = Header::new("contoso", "0.0.0", &settings);
    let report = Report::build(&loaded, Facts::embedded(), &hits, case, &header);
    let mut out = Vec::new();
    (exporter(format).unwrap().write)(&report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The settings of a note that goes by hits.
fn published() -> Settings {
    Settings { semantics: Semantics::Published, ..Settings::default() }
}

/// As [`note`], by hits.
fn by_hits(case: &Case) -> String {
    let loaded = loaded();
    let (hits, settings) = (hits(&loaded), published());
    let report = Report::build(&loaded, Facts::embedded(), &hits, case, &Header::new("contoso", "0.0.0", &settings));
    let mut out = Vec::new();
    (exporter("markdown").unwrap().write)(&report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn settled() -> Case {
    let mut case = Case::new(fingerprint(&loaded().sources), "ana | lyst".into());
    case.set_verdict("heavy", "device-code-address", Some(Verdict::Supports), time("16:00:00"));
    case.set_verdict("heavy", "code-to-burst", Some(Verdict::Unknown), time("16:01:00"));
    case.set_remark("heavy", "code-to-burst", "compliance was | faked <script>", time("16:02:00"));
    case.set_disposition("heavy", Some(Disposition::Theft), time("16:03:00"));
    case
}

fn untouched() -> Case {
    Case::new(fingerprint(&loaded().sources), String::new())
}

#[test]
fn a_settled_case_reads_as_one() {
    insta::assert_snapshot!(note(&settled(), "markdown"));
}

#[test]
fn under_published_semantics_the_note_goes_by_hits() {
    insta::assert_snapshot!(by_hits(&settled()));
}

#[test]
fn the_same_case_gives_the_same_bytes() {
    for exporter in EXPORTERS {
        assert_eq!(note(&settled(), exporter.id), note(&settled(), exporter.id));
    }
}

#[test]
fn an_untouched_case_says_so_and_still_tells_all() {
    let note = note(&untouched(), "markdown");
    assert!(note.contains("| Verdict | open (2 incidents) |"), "{note}");
    assert!(note.contains("## Do now"), "a pressing hit asks for containment");
    assert!(note.contains("## Other incidents"), "the light one is a row");
    assert!(!note.contains("## Analyst log"), "nothing to say is not written");
    assert!(note.contains("| Analyst | not given (--analyst NAME) |"), "{note}");
}

#[test]
fn a_log_of_nobody_says_so() {
    let mut case = untouched();
    case.set_disposition("heavy", Some(Disposition::CannotTell), time("16:00:00"));
    let note = note(&case, "markdown");
    assert!(note.contains("| 2026-05-01T16:00:00.0000000Z | unknown | heavy: verdict cannot tell |"), "{note}");
}

#[test]
fn light_hits_nobody_looked_at_stand_together_behind_the_steps() {
    let loaded = loaded();
    let mut hits = hits(&loaded);
    for minute in [1, 2] {
        let mut more = hits[0].clone();
        more.id = format!("light-{minute}");
        (more.first_seen, more.last_seen) = (time(&format!("13:0{minute}:00")), time(&format!("13:0{minute}:30")));
        more.findings.truncate(2);
        hits.insert(1, more);
    }
    let mut pressing = hits[3].clone();
    pressing.id = "heavy-2".into();
    hits.push(pressing);
    let settings = published();
    let header = Header::new("c", "0", &settings);
    let report = Report::build(&loaded, Facts::embedded(), &hits, &settled(), &header);
    let mut out = Vec::new();
    (exporter("markdown").unwrap().write)(&report, &mut out).unwrap();
    let note = String::from_utf8(out).unwrap();
    let (steps, rest) = note.split_once("## Not yet triaged").unwrap();
    assert!(steps.contains("## Triage steps"));
    insta::assert_snapshot!(rest.split("\n## ").next().unwrap());
    assert_eq!(report.not_triaged.len(), 4, "JSON has each");
    assert!(note.contains("; not reviewed yet: device-code-burst on `finance.director@"));
}

#[test]
fn the_bottom_line_says_until_when_the_tokens_were_used() {
    let note = by_hits(&settled());
    let sentence =
        "2 Graph calls are tied to it (by token), until 14:03:05 UTC, 34s after the last sign-in: searched mail";
    assert!(note.contains(sentence), "{note}");
    assert!(note.contains(
        "| Last seen (UTC) | 2026-05-01 14:02:31 |\n| Calls with its tokens until (UTC) | 2026-05-01 14:03:05 |"
    ));
    let json: serde_json::Value = serde_json::from_str(&self::note(&settled(), "json")).unwrap();
    let facts = json["Hits"][0]["Facts"].as_array().unwrap();
    let last = facts.iter().find(|fact| fact["Name"] == "Last seen (UTC)").unwrap();
    assert_eq!(last["Values"][0], "2026-05-01T14:02:31.0000000Z", "JSON has the fractions");
}

#[test]
fn a_request_is_copied_as_it_was_logged_and_leads_nowhere() {
    let mut page = Vec::new();
    let loaded = loaded();
    let (hits, settings) = (hits(&loaded), published());
    let header = Header::new("c", "0", &settings);
    let mut report = Report::build(&loaded, Facts::embedded(), &hits, &settled(), &header);
    report.timeline.events.last_mut().unwrap().what = "GET 200 https://evil.example/a?q=`x`|y&$top=5".into();
    (exporter("markdown").unwrap().write)(&report, &mut page).unwrap();
    let note = String::from_utf8(page).unwrap();
    assert!(note.contains("| graph | `GET 200 /me/messages?$search=\"invoice\"` |"), "{note}");
    assert!(note.contains(r"| graph | ``GET 200 hxxps://evil[.]example/a?q=`x`\|y&$top=5`` |"), "{note}");
}

#[test]
fn what_came_packed_says_both_sizes() {
    let mut loaded = loaded();
    loaded.sources[0].decoded = Some(9000);
    let settings = Settings::default();
    let header = Header::new("c", "0", &settings);
    let report = Report::build(&loaded, Facts::embedded(), &[], &untouched(), &header);
    let mut out = Vec::new();
    (exporter("markdown").unwrap().write)(&report, &mut out).unwrap();
    assert!(String::from_utf8(out).unwrap().contains("| 4096 packed, 9000 decoded |"));
    let page = super::info::info(&loaded);
    let lines = super::info::lines(&page);
    assert!(lines.iter().any(|(_, line)| line.ends_with("; 4096 packed, 9000 decoded bytes")), "{lines:?}");
}

#[test]
fn a_revocation_is_told_with_what_came_after_it() {
    let mut case = settled();
    let user = "11111111-0000-0000-0000-000000000001";
    case.set_revoked(user, Some(time("14:02:31")), time("15:00:00"));
    let note = note(&case, "markdown");
    assert!(
        note.contains("2026-05-01T14:02:31.0000000Z, entered by the analyst; 2 rows of the user after it"),
        "{note}"
    );
    assert!(note.contains("revoked at 2026-05-01T14:02:31"), "the log has it too");
}

#[test]
fn harmless_hits_ask_for_nothing() {
    let mut case = untouched();
    case.set_disposition("heavy", Some(Disposition::Authorised), time("16:00:00"));
    case.set_disposition("light", Some(Disposition::Misfired), time("16:00:00"));
    let note = note(&case, "markdown");
    assert!(!note.contains("## Do now"));
    assert!(!note.contains("## Indicators"));
    assert!(note.contains("authorised activity (1 incident), rule misfired (1 incident)"), "{note}");
}

#[test]
fn a_bundle_without_hits_names_the_gaps() {
    let loaded = loaded();
    let settings = Settings::default();
    let header =
        Header { changed: Some(&["/evidence/contoso/rows.json".to_owned()]), ..Header::new("c", "0", &settings) };
    let report = Report::build(&loaded, Facts::embedded(), &[], &untouched(), &header);
    assert_eq!(report.verdict, "no hits");
    assert!(report.gaps.iter().any(|gap| gap.contains("1 row could not be read: is cut off in the middle, record 7")));
    assert!(report.custody[0].changed);
}

#[test]
fn a_changed_log_is_named() {
    let text = String::from_utf8(settled().to_bytes()).unwrap();
    let edited = text.replace("code-to-burst: verdict unknown", "code-to-burst: verdict against");
    let note = note(&Case::from_bytes(edited.as_bytes()).unwrap(), "markdown");
    assert!(note.contains("## The case and its log do not agree"), "{note}");
    assert!(note.contains("- log line 2 was changed outside of tokentrail"), "{note}");
    assert!(note.contains("- The case file was changed outside of tokentrail: not all verdicts"), "{note}");
}

#[test]
fn no_log_text_is_alive_in_markdown() {
    let note = note(&marked(), "markdown");
    assert!(!note.contains('\u{1b}'));
    for line in note.lines() {
        // A bracket or a backtick with a backslash before it is no markup.
        let outside = outside_code(&line.replace("\\`", "")).replace("\\]", "");
        assert!(!outside.contains("https://evil"), "{line}");
        assert!(!outside.contains("<script>") && !outside.contains("<b>"), "{line}");
        assert!(!outside.contains("](http"), "{line}");
    }
    // Every row of a table has as many cells as its head.
    for table in note.split("\n\n").filter(|block| block.starts_with("| ")) {
        let cells = |line: &str| line.replace("\\|", "").matches('|').count();
        let head = cells(table.lines().next().unwrap());
        for line in table.lines() {
            assert_eq!(cells(line), head, "{line}");
        }
    }
}

/// The line without its code spans.
fn outside_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        out.push_str(&rest[..start]);
        let ticks = rest[start..].chars().take_while(|c| *c == '`').count();
        let fence = "`".repeat(ticks);
        let body = &rest[start + ticks..];
        let Some(end) = body.find(&fence) else {
            return out + body;
        };
        rest = &body[end + ticks..];
    }
    out + rest
}

/// The settled case with marks: one on a row of a hit, one hostile on another user's, one on a row that is not here.
fn marked() -> Case {
    let mut case = settled();
    let at = time("16:04:00");
    case.set_bookmark("AADNonInteractiveUserSignInLogs a", true, at);
    case.set_tags("AADNonInteractiveUserSignInLogs a", vec!["phish".into(), "|<b>x</b>".into()], at);
    case.set_event_remark("SigninLogs other", AGENT, at);
    case.set_bookmark("SigninLogs gone", true, at);
    case
}

#[test]
fn marked_rows_have_a_section_and_stand_out_in_the_timeline() {
    let note = note(&marked(), "markdown");
    let section = note.split("## Marked by the analyst").nth(1).unwrap().split("\n## ").next().unwrap();
    insta::assert_snapshot!(section);
    assert_eq!(note.lines().filter(|line| line.contains("| ★ token for")).count(), 1, "{note}");
    assert_eq!(by_hits(&marked()).lines().filter(|line| line.contains("| ★ token |")).count(), 1);
    let mut case = settled();
    case.set_event_remark("AADNonInteractiveUserSignInLogs a", "odd", time("16:04:00"));
    let note = self::note(&case, "markdown");
    assert_eq!(note.lines().filter(|line| line.contains("| ☆ token for")).count(), 1, "one sign, one meaning: {note}");
    assert!(!note.contains("| ★ "), "{note}");
}

#[test]
fn the_json_note_has_the_marks() {
    let json: serde_json::Value = serde_json::from_str(&note(&marked(), "json")).unwrap();
    assert_eq!(json["Marked"][1]["Tags"][0], "phish");
    assert_eq!((&json["Marked"][0]["Remark"], &json["Marked"][0]["Bookmarked"]), (&AGENT.into(), &false.into()));
    assert_eq!((&json["Marked"][1]["Record"], &json["MarksElsewhere"]), (&"rows.json:3".into(), &1.into()));
    assert_eq!(json["Timeline"]["Events"][1]["Marked"], true);
}

#[test]
fn the_json_note_has_the_text_as_logged() {
    let json: serde_json::Value = serde_json::from_str(&note(&settled(), "json")).unwrap();
    assert_eq!(json["Hits"][0]["Disposition"], "theft");
    assert_eq!(json["Hits"][0]["Steps"][1]["Remark"], "compliance was | faked <script>");
    assert_eq!(json["Log"].as_array().unwrap().len(), 4);
    assert_eq!(json["Timeline"]["Events"][1]["Record"], "rows.json:3");
}

#[test]
fn indicators_are_not_defanged_for_machines() {
    let loaded = loaded();
    let hits = hits(&loaded);
    let settings = Settings::default();
    let header = Header::new("c", "0", &settings);
    let report = Report::build(&loaded, Facts::embedded(), &hits, &settled(), &header);
    let mut out = Vec::new();
    write_indicators(&report, &mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}

#[test]
fn a_hit_has_the_promised_fields_in_order() {
    let loaded = loaded();
    let hits = hits(&loaded);
    let row = rows::row(&loaded, Facts::embedded(), &hits[1]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&row).unwrap());
    let agent = format!("{:?}", row.get("GraphUserAgents"));
    assert!(agent.contains(&AGENT.escape_debug().to_string()), "{agent}");
}
