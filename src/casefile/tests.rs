//! One writer, copies and merging, on real files.

use super::*;
use crate::model::Span;
use crate::triage::Verdict;

fn at(second: i64) -> Time {
    Time::parse("2026-05-02T08:00:00Z").unwrap().plus(Span::seconds(second))
}

/// The case, taken up without hits.
fn taken_up(path: &Path, bundle: &str, analyst: &str, at: Time) -> Opened {
    let mut opened = open(path, &[], bundle, analyst, at).unwrap();
    opened.resume([], at);
    opened
}

/// Opens a case that nobody else has.
fn opened(path: &Path, bundle: &str, analyst: &str) -> (CaseFile, Case) {
    let Opened { file, case, found } = taken_up(path, bundle, analyst, at(0));
    assert_eq!(found, Found::default());
    (file, case)
}

/// The files of a folder.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn worked(case: &mut Case) {
    case.set_verdict("h1", "1", Some(Verdict::Supports), Time::parse("2026-05-02T08:00:00Z").unwrap());
}

#[test]
fn a_case_is_found_again() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("deep/er/case.json");
    let (mut file, mut case) = opened(&path, "b1", "ana");
    assert!(!path.exists(), "opening begins no case");
    worked(&mut case);
    assert_eq!(file.save(&mut case).unwrap(), Saved::Here);
    drop(file);
    let (file, again) = opened(&path, "b1", "ana");
    assert_eq!(again.hits, case.hits);
    drop(file);
    assert_eq!(names(path.parent().unwrap()), ["case.json"], "no lock and no temporary file stays");
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    for (bytes, word) in [
        ("{\"version\": 1, \"bundle\"", "not a whole case file"),
        ("{}", "not a whole case file"),
        ("{\"version\": 99}", "newer"),
        ("{\"version\":1,\"bundle\":\"other\",\"tlp\":\"TLP:RED\"}", "another bundle"),
    ] {
        fs::write(&path, bytes).unwrap();
        let error = open(&path, &[], "b1", "ana", at(0)).unwrap_err().to_string();
        assert!(error.contains(word) && error.contains("case.json"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), bytes);
        assert_eq!(names(home.path()), ["case.json"], "it gets no lock either");
    }
}

#[test]
fn a_case_never_stands_in_the_evidence() {
    let home = tempfile::tempdir().unwrap();
    let evidence = home.path().join("evidence");
    fs::create_dir(&evidence).unwrap();
    let inside = evidence.join("not-yet/case.json");
    assert!(matches!(open(&inside, &[evidence], "b", "ana", at(0)), Err(CaseError::InEvidence { .. })));
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_not_replaced() {
    let home = tempfile::tempdir().unwrap();
    let (real, link) = (home.path().join("real.json"), home.path().join("link.json"));
    let (mut file, mut case) = opened(&real, "b", "ana");
    file.save(&mut case).unwrap();
    drop(file);
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let (mut file, mut case) = opened(&link, "b", "ana");
    file.save(&mut case).unwrap();
    assert!(link.is_symlink());
}

#[cfg(unix)]
#[test]
fn a_link_to_where_nothing_is_is_refused_and_neither_followed_nor_replaced() {
    let home = tempfile::tempdir().unwrap();
    let (gone, link) = (home.path().join("gone.json"), home.path().join("link.json"));
    std::os::unix::fs::symlink(&gone, &link).unwrap();
    let error = open(&link, &[], "b", "ana", at(0)).unwrap_err().to_string();
    assert!(error.contains("link.json is a link to") && error.contains("gone.json, where nothing is"), "{error}");
    let (mut file, mut case) = opened(&home.path().join("case.json"), "b", "ana");
    assert!(matches!(file.move_to(&link, &[], &mut case), Err(CaseError::Dangling { .. })));
    assert!(link.is_symlink() && !gone.exists());
    fs::write(&gone, case.to_bytes()).unwrap();
    assert!(open(&link, &[], "b", "ana", at(0)).is_ok(), "one that leads to a case is followed");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_reached_is_told_from_a_case_that_cannot_be_read() {
    let home = tempfile::tempdir().unwrap();
    let (file, looped) = (home.path().join("file"), home.path().join("looped"));
    fs::write(&file, "").unwrap();
    std::os::unix::fs::symlink(&looped, &looped).unwrap();
    for folder in [&file, &looped] {
        let error = open(&folder.join("case.json"), &[], "b", "ana", at(0)).unwrap_err();
        assert!(error.no_place().is_some_and(|why| why.contains(&shown(folder))), "{error}");
    }
    let folder = home.path().join("case.json");
    fs::create_dir(&folder).unwrap();
    let error = open(&folder, &[], "b", "ana", at(0)).unwrap_err();
    assert!(matches!(error, CaseError::Unreadable { .. }) && error.no_place().is_none(), "{error}");
}

#[test]
fn what_killed_runs_left_beside_copies_is_cleared_whether_the_copies_are_there_or_not() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    let here = process::Process::this();
    let gone = here.tag().replacen(&format!("{}-", here.id), "4194305-", 1);
    let left = |name: &str, tag: &str| format!("{name}.{tag}.0123456789abcdef.tmp");
    for name in ["case.json", "case.json.lock", "case.draft", "case.copied.txt", "case.md", "case.indicators.csv"] {
        fs::write(home.path().join(left(name, &gone)), "").unwrap();
        fs::write(home.path().join(left(&name.replacen("case", "case-2", 1), &gone)), "").unwrap();
        fs::write(home.path().join(left(&name.replacen("case", "case-17", 1), &gone)), "").unwrap();
    }
    // A copy that was reserved and never written, by a process that is gone.
    let lock = lock::path(&home.path().join("case-3.json"));
    let mut gone_holder = Holder::this("bo", at(0));
    gone_holder.process.id = 4_194_305;
    fs::write(&lock, serde_json::to_vec(&gone_holder).unwrap()).unwrap();
    let running = lock::path(&home.path().join("case-4.json"));
    fs::write(&running, serde_json::to_vec(&Holder::this("bo", at(0))).unwrap()).unwrap();
    let mut stay = vec![
        left("case-2.copied.txt", &here.tag()),
        left("case-2.other", &gone),
        left("case-x.json", &gone),
        left("another-2.json", &gone),
        "case-4.json.lock".to_owned(),
    ];
    for name in &stay[..4] {
        fs::write(home.path().join(name), "").unwrap();
    }
    #[cfg(unix)]
    {
        stay.push(left("case-5.copied.txt", &gone));
        std::os::unix::fs::symlink(&path, home.path().join(&stay[5])).unwrap();
    }
    let (file, _) = opened(&path, "b", "ana");
    assert!(lock::path(&path).exists(), "our own lock stays");
    drop(file);
    stay.sort();
    assert_eq!(names(home.path()), stay);
}

#[test]
fn a_failed_save_loses_nothing() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    let (mut file, mut case) = opened(&path, "b", "ana");
    file.save(&mut case).unwrap();
    worked(&mut case);
    // A folder in the place of the case makes the save fail, for root too.
    let aside = home.path().join("aside");
    fs::rename(&path, &aside).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(file.save(&mut case).is_err());
    assert_eq!(names(home.path()), ["aside", "case.json", "case.json.lock"], "no half-written file stays");
    fs::remove_dir(&path).unwrap();
    fs::rename(&aside, &path).unwrap();
    assert!(stored(&path, &"b".into()).unwrap().unwrap().hits.is_empty());
    assert_eq!(file.save(&mut case).unwrap(), Saved::Here);
    assert_eq!(stored(&path, &"b".into()).unwrap().unwrap(), case);
}

#[test]
fn a_folder_that_cannot_be_synced_is_said_once_and_an_error_each_time() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    let (mut file, mut case) = opened(&path, "b", "ana");
    file.sync = |_| Err(io::Error::from_raw_os_error(22));
    let mut saved = Vec::new();
    for step in 1..=2 {
        case.set_verdict("h", &step.to_string(), Some(Verdict::Supports), at(1));
        saved.push(file.save(&mut case).unwrap());
    }
    assert_eq!(saved, [Saved::Unsynced(Unsynced::Folder), Saved::Here]);
    file.sync = |_| Err(io::Error::from_raw_os_error(5));
    case.set_verdict("h", "3", Some(Verdict::Supports), at(1));
    for _ in 0..2 {
        assert!(file.save(&mut case).is_err(), "what was not put on disk is not taken for saved");
    }
    file.sync = replace::sync_folder;
    assert_eq!(file.save(&mut case).unwrap(), Saved::Here);
}

#[test]
fn a_case_has_one_writer_and_others_are_told_who() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    let (mut first, mut case) = opened(&path, "b", "ana");
    let Opened { file: mut second, case: mut other, found } = taken_up(&path, "b", "bo", at(10));
    let taken = found.holder.unwrap();
    let host = Holder::this("", at(0)).process.host;
    let pid = std::process::id();
    assert_eq!(taken.to_string(), format!("ana, process {pid} on {host}, since 2026-05-02 08:00:00 UTC"));
    assert_eq!(taken.life, Life::Running);
    worked(&mut other);
    assert!(second.is_read_only() && second.save(&mut other).is_err() && !path.exists());
    let again = second.join(Join::TakeOver, &taken, at(11)).unwrap();
    assert!(again.found.holder.is_some(), "one that runs is not thrown out");
    worked(&mut case);
    first.save(&mut case).unwrap();
    drop(first);
    let Opened { mut file, mut case, found } = second.join(Join::TakeOver, &taken, at(12)).unwrap();
    assert_eq!((found.holder, case.verdict("h1", "1")), (None, Some(Verdict::Supports)));
    case.set_verdict("h1", "2", Some(Verdict::Against), at(13));
    assert_eq!(file.save(&mut case).unwrap(), Saved::Here);
}

/// Two cases with verdicts of each, and verdicts in conflict.
fn worked_apart(path: &Path) -> (CaseFile, Case, CaseFile, Case) {
    let (mut first, mut case) = opened(path, "b", "ana");
    case.set_verdict("h", "1", Some(Verdict::Unknown), at(1));
    first.save(&mut case).unwrap();
    let Opened { file, found, .. } = taken_up(path, "b", "bo", at(10));
    let Opened { file: mut second, case: mut copy, .. } =
        file.join(Join::Copy, &found.holder.unwrap(), at(11)).unwrap();
    assert!(second.path().ends_with("case-2.json"));
    case.set_verdict("h", "1", Some(Verdict::Supports), at(20));
    case.set_verdict("h", "2", Some(Verdict::Supports), at(21));
    copy.set_verdict("h", "1", Some(Verdict::Against), at(22));
    copy.set_verdict("h", "3", Some(Verdict::Against), at(23));
    assert_eq!(first.save(&mut case).unwrap(), Saved::Here);
    assert_eq!(second.save(&mut copy).unwrap(), Saved::Here);
    (first, case, second, copy)
}

fn is_merged(home: &Path, path: &Path) {
    let case = stored(path, &"b".into()).unwrap().unwrap();
    let verdict = |step| case.verdict("h", step);
    assert_eq!((verdict("2"), verdict("3")), (Some(Verdict::Supports), Some(Verdict::Against)));
    assert_eq!((verdict("1"), case.conflicts.len()), (Some(Verdict::Supports), 1));
    assert_eq!((case.conflicts[0].theirs.value().as_str(), case.conflicts[0].who.as_str()), ("against", "bo"));
    let line = case.log.iter().find(|line| line.what.ends_with("step 3: verdict against")).unwrap();
    assert_eq!((line.who.as_str(), line.at.as_str()), ("bo", at(23).to_string().as_str()));
    assert_eq!(case.log_problems(), [], "the log gives the verdicts");
    assert_eq!(names(home), ["case-2.merged.json", "case.json"]);
}

#[test]
fn a_copy_is_merged_when_it_is_closed_after_the_case() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    let (first, case, second, copy) = worked_apart(&path);
    assert_eq!(first.close(&case, at(30)), Closed::Case);
    assert_eq!(second.close(&copy, at(31)), Closed::Merged(path.canonicalize().unwrap(), 1));
    is_merged(home.path(), &path);
}

#[test]
fn a_copy_closed_before_the_case_is_merged_at_the_next_start() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    let (first, case, second, copy) = worked_apart(&path);
    assert!(matches!(second.close(&copy, at(30)), Closed::Copy(_)));
    assert_eq!(unmerged(&path, &"b".into()).len(), 1);
    assert_eq!(first.close(&case, at(31)), Closed::Case);
    let Opened { file, case, found } = taken_up(&path, "b", "cy", at(40));
    assert_eq!(found.sentences(), ["merged case-2.json: 1 change by bo, 1 conflict to decide"]);
    assert_eq!((case.analyst.as_str(), unmerged(&path, &"b".into()).len()), ("cy", 0));
    drop(file);
    is_merged(home.path(), &path);
}

#[test]
fn three_never_share_a_copy_and_one_in_use_is_not_merged() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    let (first, ..) = opened(&path, "b", "ana");
    let mut copies = Vec::new();
    for (number, who) in [(2, "bo"), (3, "cy"), (4, "di")] {
        let Opened { file, found, .. } = taken_up(&path, "b", who, at(number));
        let Opened { mut file, mut case, .. } = file.join(Join::Copy, &found.holder.unwrap(), at(number)).unwrap();
        assert!(file.path().ends_with(format!("case-{number}.json")));
        if number != 3 {
            case.set_verdict("h", &number.to_string(), Some(Verdict::Supports), at(number));
            file.save(&mut case).unwrap();
        }
        copies.push((file, case));
    }
    drop(first);
    let (last, _) = copies.pop().unwrap();
    drop(copies);
    let Opened { case, found, .. } = taken_up(&path, "b", "ana", at(40));
    assert_eq!((case.verdict("h", "2"), case.verdict("h", "4")), (Some(Verdict::Supports), None));
    assert_eq!((found.merged.len(), found.in_use.len()), (1, 1));
    assert!(found.sentences()[1].contains("case-4.json is a copy in use by di, process "), "{found:?}");
    drop(last);
}

/// The lock of another process, written by hand.
fn lock_of(path: &Path, change: impl FnOnce(&mut serde_json::Value)) {
    let mut holder = serde_json::to_value(Holder::this("eve", at(-60))).unwrap();
    change(&mut holder);
    fs::write(lock::path(path), holder.to_string()).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn the_lock_of_a_process_that_is_gone_is_taken_and_said() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    for change in [("id", 4_194_305), ("started", 1)] {
        lock_of(&path, |holder| holder["process"][change.0] = change.1.into());
        let Opened { file, found, .. } = taken_up(&path, "b", "ana", at(0));
        assert!(!file.is_read_only());
        let sentence = found.sentences().remove(0);
        assert!(
            sentence.starts_with("taken over from eve, process ") && sentence.contains("ended without closing"),
            "{sentence}"
        );
    }
    assert!(names(home.path()).is_empty());
}

#[test]
fn a_lock_nobody_can_check_is_taken_only_on_request_and_its_owner_goes_on_in_a_copy() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    let (mut first, mut case) = opened(&path, "b", "eve");
    worked(&mut case);
    first.save(&mut case).unwrap();
    // As it looks from another machine.
    let mut holder: serde_json::Value = serde_json::from_slice(&fs::read(lock::path(&path)).unwrap()).unwrap();
    holder["process"]["host"] = "\u{1b}jump2".into();
    let bytes = holder.to_string();
    fs::write(lock::path(&path), &bytes).unwrap();
    let Opened { file, found, .. } = taken_up(&path, "b", "ana", at(10));
    let taken = found.holder.unwrap();
    assert_eq!(taken.life, Life::Unknown);
    assert!(taken.to_string().contains(" on \u{fffd}jump2, since "), "{taken}");
    let Opened { file: mut second, case: mut mine, found } = file.join(Join::TakeOver, &taken, at(11)).unwrap();
    assert_eq!((found.holder, mine.verdict("h1", "1")), (None, Some(Verdict::Supports)));
    mine.set_verdict("h1", "2", Some(Verdict::Supports), at(12));
    assert_eq!(second.save(&mut mine).unwrap(), Saved::Here);
    // The other one runs after all.
    case.set_verdict("h1", "3", Some(Verdict::Against), at(13));
    let Saved::Beside(beside, Aside::Taken(by)) = first.save(&mut case).unwrap() else { panic!("it wrote over ana's") };
    assert!(beside.ends_with("case-2.json") && by.to_string().starts_with("ana, "), "{by}");
    assert_eq!(first.save(&mut case).unwrap(), Saved::Here, "it goes on there");
    assert_eq!(second.close(&mine, at(14)), Closed::Case);
    assert_eq!(first.close(&case, at(15)), Closed::Merged(path.canonicalize().unwrap(), 0));
    let merged = stored(&path, &"b".into()).unwrap().unwrap();
    let verdicts: Vec<_> = (1..=3).map(|step| merged.verdict("h1", &step.to_string())).collect();
    assert_eq!(verdicts, [Some(Verdict::Supports), Some(Verdict::Supports), Some(Verdict::Against)]);
}

#[test]
fn of_two_that_take_a_lock_over_one_gets_it() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    lock_of(&path, |holder| holder["process"]["host"] = "jump2".into());
    let asked = |who| {
        let Opened { file, found, .. } = taken_up(&path, "b", who, at(0));
        (file, found.holder.unwrap())
    };
    let ((one, from), (two, as_well)) = (asked("ana"), asked("bo"));
    let one = one.join(Join::TakeOver, &from, at(1)).unwrap();
    let two = two.join(Join::TakeOver, &as_well, at(2)).unwrap();
    assert_eq!(one.found.holder, None);
    assert!(two.found.holder.unwrap().to_string().starts_with("ana, "), "who was quicker keeps it");
    assert_eq!(one.file.lock.as_ref().unwrap().is_ours().unwrap(), Some(true));
}

#[test]
fn a_file_that_something_else_changed_is_left_and_a_missing_lock_is_made_again() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    let (mut file, mut case) = opened(&path, "b", "ana");
    worked(&mut case);
    file.save(&mut case).unwrap();
    fs::remove_file(lock::path(&path)).unwrap();
    case.set_verdict("h1", "2", Some(Verdict::Supports), at(1));
    assert_eq!(file.save(&mut case).unwrap(), Saved::Here);
    assert!(lock::path(&path).exists());
    let mut theirs = case.clone();
    theirs.set_verdict("h1", "3", Some(Verdict::Supports), at(2));
    fs::write(&path, theirs.to_bytes()).unwrap();
    // Nothing new was said: leaving looks all the same.
    let Saved::Beside(beside, Aside::Changed) = file.save(&mut case).unwrap() else { panic!("it was written over") };
    assert!(beside.ends_with("case-2.json") && !lock::path(&path).exists());
    case.set_verdict("h1", "4", Some(Verdict::Against), at(3));
    file.save(&mut case).unwrap();
    file.close(&case, at(4));
    let merged = stored(&path, &"b".into()).unwrap().unwrap();
    assert_eq!(
        (merged.verdict("h1", "3"), merged.verdict("h1", "4")),
        (Some(Verdict::Supports), Some(Verdict::Against))
    );
    assert!(merged.conflicts.is_empty());
}

#[test]
fn what_0_1_0_left_beside_a_case_is_merged_on_request() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    let (mut case, mut stranded) = (Case::new("b".into(), "ana".into()), Case::new("b".into(), "bo".into()));
    case.set_verdict("h", "1", Some(Verdict::Supports), at(1));
    stranded.set_verdict("h", "1", Some(Verdict::Against), at(2));
    stranded.set_verdict("h", "2", Some(Verdict::Against), at(3));
    let other = Case::new("another bundle".into(), "bo".into());
    for (name, case) in [("case.json", &case), ("case-2.json", &stranded), ("case-3.json", &other)] {
        fs::write(home.path().join(name), case.to_bytes()).unwrap();
    }
    assert!(unmerged(&path, &"b".into())[0].is_stranded);
    let Opened { mut file, case: mut here, found } = taken_up(&path, "b", "cy", at(10));
    let beside = file.path().with_file_name("case-2.json");
    assert_eq!((&found.stranded, here.verdict("h", "2")), (&vec![beside.clone()], None));
    let merged = file.absorb(&beside, &mut here, at(11)).unwrap();
    assert_eq!((merged.carried, merged.conflicts), (1, 1));
    assert_eq!(stored(&path, &"b".into()).unwrap().unwrap(), here);
    drop(file);
    assert_eq!(names(home.path()), ["case-2.merged.json", "case-3.json", "case.json"]);
}

#[test]
fn a_file_that_is_no_copy_is_asked_about_once() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    let (mut file, mut case) = opened(&path, "b", "ana");
    worked(&mut case);
    file.save(&mut case).unwrap();
    fs::write(home.path().join("case-2.json"), case.to_bytes()).unwrap();
    drop(file);
    for stranded in [1, 0] {
        let Opened { mut file, mut case, found } = taken_up(&path, "b", "ana", at(1));
        assert_eq!((found.stranded.len(), unmerged(&path, &"b".into()).len()), (stranded, stranded));
        case.apart = vec!["case-2.json".to_owned()];
        file.save(&mut case).unwrap();
    }
}

#[test]
fn a_case_that_was_only_looked_at_is_not_written_anew() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    let old = r#"{"version":1,"bundle":"b","analyst":"ana","tlp":"TLP:RED","hits":{},"place":null,"log":[]}"#;
    fs::write(&path, old).unwrap();
    let (mut file, mut case) = opened(&path, "b", "ana");
    assert_eq!(file.save(&mut case).unwrap(), Saved::Here);
    assert_eq!(fs::read_to_string(&path).unwrap(), old);
    case.place = Some(("h".into(), "first-login".into()));
    file.save(&mut case).unwrap();
    case.place = None;
    file.save(&mut case).unwrap();
    assert_eq!(stored(&path, &"b".into()).unwrap().unwrap().place, None);
}

#[test]
fn a_case_of_any_name_is_not_in_the_place_of_its_note_its_copies_or_its_lock() {
    let home = tempfile::tempdir().unwrap();
    for name in [
        "c.md",
        "c.MD",
        "c.note.md",
        "c.json",
        "c",
        "c-2.json",
        "c.copied.txt",
        "c.indicators.csv",
        "c.lock",
        "c.draft",
    ] {
        let path = home.path().join(name);
        let (mut file, mut case) = opened(&path, "b", "ana");
        worked(&mut case);
        file.save(&mut case).unwrap();
        let note = file.note_path();
        let beside = [
            note::indicators_path(&note),
            note.clone(),
            copy_path(file.path()),
            lock::path(file.path()),
            draft::path(file.path()),
        ];
        for (at, one) in beside.iter().enumerate() {
            let lower = |path: &Path| path.to_string_lossy().to_lowercase();
            assert_ne!(lower(one), lower(file.path()));
            assert!(!beside[..at].contains(one), "{one:?}");
        }
        note::write(&note, b"note", b"csv", &[]).unwrap();
        note::write(&note, b"note 2", b"csv 2", &[]).unwrap();
        assert_eq!(stored(&path, &"b".into()).unwrap().unwrap(), case, "{name}");
        drop(file);
        fs::remove_dir_all(home.path()).unwrap();
    }
}

#[test]
fn fields_of_a_later_program_stay() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("case.json");
    let (mut file, mut case) = opened(&path, "b", "ana");
    worked(&mut case);
    case.set_bookmark("e", true, at(1));
    file.save(&mut case).unwrap();
    drop(file);
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let later = serde_json::json!({"1": [1, 2.5, null], "text": "\u{e9}"});
    json["later"] = later.clone();
    for place in ["/hits/h1", "/marks/e", "/log/0"] {
        json.pointer_mut(place).unwrap()["later"] = later.clone();
    }
    fs::write(&path, json.to_string()).unwrap();
    let (mut file, mut case) = opened(&path, "b", "ana");
    case.set_verdict("h1", "2", Some(Verdict::Against), at(2));
    case.set_event_remark("e", "seen", at(3));
    file.save(&mut case).unwrap();
    let saved: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for place in ["", "/hits/h1", "/marks/e", "/log/0"] {
        assert_eq!(saved.pointer(place).unwrap()["later"], later, "{place}");
    }
    assert_eq!((saved["log"].as_array().unwrap().len(), case.broken_log_line()), (4, None));
}

#[test]
fn the_state_folder_follows_the_environment() {
    let with = |pairs: &'static [(&str, &str)]| {
        move |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
    };
    let path = |pairs| default_path("0123456789abcdef0123", with(pairs));
    let shown = |pairs| path(pairs).unwrap().display().to_string();
    assert_eq!(shown(&[("XDG_STATE_HOME", "/s"), ("HOME", "/h")]), "/s/tokentrail/0123456789abcdef.json");
    assert_eq!(shown(&[("HOME", "/h")]), "/h/.local/state/tokentrail/0123456789abcdef.json");
    assert_eq!(shown(&[("XDG_STATE_HOME", "relative"), ("HOME", "/h")]), shown(&[("HOME", "/h")]));
    assert!(matches!(path(&[]), Err(CaseError::Homeless)));
}
