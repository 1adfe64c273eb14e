//! Cases that tokentrail 0.1.0 wrote, with every kind of work in them, are read as they were meant.
#![expect(clippy::unwrap_used, reason = "a test may fail that way")]

use std::path::{Path, PathBuf};
use tokentrail::testing::casefile::{self, Opened};
use tokentrail::testing::model::Time;
use tokentrail::testing::triage::{Case, Disposition, LogProblem, Verdict};

/// The hits of the demo's bundle that the case has work on, as that program named them.
const HITS: [(&str, &str); 6] = [
    ("ea9167441ca3", "device-code-burst"),
    ("43bd0b268818", "foci-burst"),
    ("5a0cc3afffdd", "session-hop"),
    ("34e13339e923", "session-hop-broad"),
    ("278bf7b8a89d", "foci-burst"),
    ("706c6040206c", "foci-burst"),
];

/// The bundle they are about.
const BUNDLE: &str = "18f5da1375e32cfeae892d8a97852220627428c48e631fcc4fc7187da2d7b94b";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures").join(name)
}

fn open(path: &Path) -> Case {
    casefile::stored(path, &BUNDLE.into()).unwrap().unwrap()
}

#[test]
fn every_verdict_of_an_old_case_is_found_under_the_id_of_its_step() {
    let mut case = open(&fixture("case-0.1.0.json"));
    case.resume(HITS);
    assert_eq!(case.problems(), []);
    let (yes, no, open) = (Verdict::Supports, Verdict::Against, Verdict::Unknown);
    let verdicts =
        |hit: &str| -> Vec<(String, Verdict)> { case.work(hit).unwrap().verdicts.clone().into_iter().collect() };
    let named = |pairs: &[(&str, Verdict)]| -> Vec<(String, Verdict)> {
        let mut pairs: Vec<_> = pairs.iter().map(|(step, verdict)| ((*step).to_owned(), *verdict)).collect();
        pairs.sort_by(|one, other| one.0.cmp(&other.0));
        pairs
    };
    let code = [
        ("device-code-address", no),
        ("code-to-burst", open),
        ("resources-reached", no),
        ("graph-agents", open),
        ("graph-actions", yes),
        ("code-and-burst-origin", no),
        ("what-to-revoke", open),
    ];
    assert_eq!(verdicts("ea9167441ca3"), named(&code));
    let burst = [
        ("client-and-family", yes),
        ("usual-address", no),
        ("resources-reached", yes),
        ("device-code-before", no),
        ("what-to-revoke", open),
        ("client-used-before", yes),
    ];
    assert_eq!(verdicts("43bd0b268818"), named(&burst));
    let hop = [
        ("first-login", yes),
        ("second-client", no),
        ("address-and-device", open),
        ("scopes-compared", yes),
        ("time-between", yes),
        ("role-and-compliance", yes),
        ("token-binding", yes),
        ("what-to-revoke", yes),
    ];
    for hit in ["5a0cc3afffdd", "34e13339e923"] {
        assert_eq!(verdicts(hit), named(&hop));
    }
    assert_eq!(case.remark("ea9167441ca3", "code-to-burst"), Some("first remark"));
    assert_eq!(case.remark("ea9167441ca3", "what-to-revoke"), Some("what to revoke, the seventh"));
    assert_eq!(case.disposition("ea9167441ca3"), Some(Disposition::Misfired));
    assert_eq!(case.place, Some(("ea9167441ca3".to_owned(), "what-to-revoke".to_owned())));
    assert_eq!(case.marks.len(), 2);
    assert_eq!(case.revoked.len(), 1);
}

#[test]
fn work_on_a_hit_that_is_not_in_the_run_is_named_when_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case.json");
    std::fs::copy(fixture("case-0.1.0.json"), &path).unwrap();
    let mut opened = casefile::open(&path, &[], BUNDLE, "eve", Time::MISSING).unwrap();
    opened.resume([HITS[0]], Time::MISSING);
    let Opened { mut file, mut case, .. } = opened;
    assert_eq!(case.problems(), []);
    assert_eq!(
        (case.verdict("43bd0b268818", "2"), case.verdict("43bd0b268818", "usual-address")),
        (Some(Verdict::Against), None)
    );
    // Work goes on, also where it takes all of an old verdict back, and the file is of the new layout.
    case.set_verdict("ea9167441ca3", "code-to-burst", None, Time::MISSING);
    case.set_remark("ea9167441ca3", "code-to-burst", "", Time::MISSING);
    file.save(&mut case).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("{\n  \"version\": 3,"), "a program that numbers steps leaves it alone");
    let mut case = open(&path);
    case.resume([]);
    assert_eq!(case.problems(), []);
    let mut case = open(&path);
    case.resume(HITS);
    assert_eq!(case.problems(), []);
    assert_eq!(case.verdict("43bd0b268818", "usual-address"), Some(Verdict::Against));
}

#[test]
fn an_old_case_without_marks_opens_and_one_changed_by_hand_is_told() {
    let mut case = open(&fixture("case-0.1.0-layout-1.json"));
    case.resume(HITS);
    assert_eq!((case.problems(), case.verdict("5a0cc3afffdd", "second-client")), (&[][..], Some(Verdict::Supports)));
    let text = std::fs::read_to_string(fixture("case-0.1.0.json")).unwrap();
    for (from, to, words) in [
        ("\"false-positive\"", "\"benign\"", "the log says rule misfired, the case authorised activity"),
        ("\"6\": \"against\"", "\"6\": \"supports\"", "code-and-burst-origin: the log says against, the case supports"),
        ("\"phish\",", "", "the log says \"phish c2\", the case \"c2\""),
    ] {
        assert!(text.contains(from), "{from}");
        let mut case = Case::from_bytes(text.replacen(from, to, 1).as_bytes()).unwrap();
        case.resume(HITS);
        let problems: Vec<String> = case.problems().iter().map(LogProblem::words).collect();
        assert!(problems.len() == 1 && problems[0].contains(words), "{problems:?}");
    }
}
