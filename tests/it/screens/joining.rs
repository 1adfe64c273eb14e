//! A case that another process has, and conflicts, at every size.

use super::{Desk, SIZES};
use tokentrail::testing::casefile::Opened;
use tokentrail::testing::model::Time;
use tokentrail::testing::triage::marks::Places;
use tokentrail::testing::triage::{Verdict, fingerprint};
use tokentrail::testing::tui::app::{Absorbed, Effect, Message};

fn at() -> Time {
    Time::parse("2026-05-02T07:00:00Z").unwrap()
}

/// The case as another analyst has it open.
fn other(desk: &Desk) -> Opened {
    let bundle = fingerprint(&desk.loaded.sources);
    let mut opened = tokentrail::testing::casefile::open(&desk.case_path(), &[], bundle.as_str(), "bo", at()).unwrap();
    opened.resume(desk.hits.iter().map(|hit| (hit.id.as_str(), hit.analytic)), at());
    opened
}

#[test]
fn who_has_the_case_and_what_can_be_done_is_read_at_every_size() {
    for size in SIZES {
        let mut desk = Desk::loading(size);
        let opened = other(&desk);
        desk.reopen();
        let screen = desk.screen();
        if size.0 >= 60 {
            for words in [
                "In use by bo, process ",
                "07:00:00 UTC",
                "r   read only",
                "c   copy",
                "t   take it",
                "Works once that process",
                "q   quit",
            ] {
                assert!(screen.contains(words), "{words} at {size:?}: {screen}");
            }
        }
        desk.press("r enter y");
        assert!(desk.bench().case.hits.is_empty() && desk.bench().case.log.is_empty());
        desk.press("esc D t");
        assert!(desk.app.is_read_only(), "it is still in use");
        drop(opened);
        desk.press("t");
        assert!(!desk.app.is_read_only(), "{}", desk.screen());
        desk.press("enter y");
        assert_eq!(desk.bench().case.log.len(), 1);
    }
}

#[test]
fn conflicts_are_decided_where_they_are_listed() {
    for size in SIZES {
        let mut desk = Desk::loading(size);
        let Opened { mut file, mut case, .. } = other(&desk);
        desk.reopen();
        desk.press("c");
        let hit = desk.hits[0].clone();
        let step = |step: usize| tokentrail::testing::analytics::by_id(hit.analytic).unwrap().steps[step].id;
        for number in 0..2 {
            case.set_verdict(&hit.id, step(number), Some(Verdict::Supports), at());
            let mine = &mut desk.app.workbench_mut().unwrap().case;
            mine.set_verdict(&hit.id, step(number), Some(Verdict::Against), at());
        }
        desk.carry_out(Effect::Save);
        file.save(&mut case).unwrap();
        drop(file);
        desk.reopen();
        assert_eq!(desk.bench().case.conflicts.len(), 2);
        let screen = desk.screen();
        if size.0 >= 60 {
            assert!(screen.contains("ours: supports"), "{screen}");
            assert!(screen.contains("theirs: against (ana, 2026-05-02 07:00:00)"), "{screen}");
        }
        desk.press("y x j");
        assert_eq!(desk.bench().case.conflicts.len(), 2, "nothing is typed past the list");
        desk.press("t o");
        let case = &desk.bench().case;
        assert!(case.conflicts.is_empty() && desk.app.overlays.is_empty());
        let mut verdicts: Vec<_> = (0..2).map(|number| case.verdict(&hit.id, step(number)).unwrap().word()).collect();
        verdicts.sort_unstable();
        assert_eq!((verdicts, case.log_problems()), (vec!["against", "supports"], Vec::new()));
    }
}

#[test]
fn nobody_is_asked_where_nobody_else_is() {
    let mut desk = Desk::open((80, 24));
    assert!(desk.app.overlays.is_empty() && desk.app.status.is_none());
    desk.press("D");
    assert!(desk.screen().contains("no conflict and no copy to merge"));
}

/// A workbench on a case beside which stands a copy that does not say it is one, and the answer to merging it.
fn with_a_stranded_copy() -> (Desk, Absorbed) {
    let mut desk = Desk::loading((100, 24));
    let Opened { mut file, mut case, .. } = other(&desk);
    let hit = desk.hits[0].clone();
    let step = |step: usize| tokentrail::testing::analytics::by_id(hit.analytic).unwrap().steps[step].id;
    case.set_verdict(&hit.id, step(0), Some(Verdict::Supports), at());
    file.save(&mut case).unwrap();
    drop(file);
    case.set_verdict(&hit.id, step(1), Some(Verdict::Against), at());
    let copy = desk.case_path().with_file_name("case-2.json");
    std::fs::write(&copy, case.to_bytes()).unwrap();
    desk.reopen();
    assert!(desk.screen().contains("case-2.json"), "{}", desk.screen());
    let (case_path, note_path) = (desk.app.case_path.clone(), desk.app.note_path.clone());
    let places = Places::find(&desk.loaded, &case);
    (desk, Absorbed { case, places, case_path, note_path, merged: "1 change by bo".to_owned() })
}

#[test]
fn nothing_is_said_into_a_case_that_is_being_merged() {
    let (mut desk, absorbed) = with_a_stranded_copy();
    desk.slow = true;
    desk.press("t");
    assert!(desk.screen().contains(" merging… "), "{}", desk.screen());
    let before = desk.bench().case.log.len();
    desk.press("t");
    assert!(desk.screen().contains("not now: merging…"), "{}", desk.screen());
    desk.press("esc enter 3");
    assert!(desk.screen().contains("step 3 of 22"), "looking goes on: {}", desk.screen());
    desk.press("x i");
    assert!(desk.screen().contains("not now: merging…") && desk.app.overlays.is_empty(), "{}", desk.screen());
    assert_eq!(desk.bench().case.log.len(), before);
    let copy = desk.case_path().with_file_name("case-2.json");
    desk.update(Message::Absorbed(copy, Ok(Box::new(absorbed))));
    let screen = desk.screen();
    assert!(!screen.contains("merging") && screen.contains("step 3 of 22"), "where it was: {screen}");
    assert_eq!(desk.bench().case.log.len(), before + 1);
    desk.press("x");
    assert_eq!(desk.bench().case.log.len(), before + 2);
}

#[test]
fn leaving_waits_for_a_merge() {
    for is_merged in [true, false] {
        let (mut desk, absorbed) = with_a_stranded_copy();
        desk.slow = true;
        desk.press("t esc q");
        assert!(!desk.quits, "{}", desk.screen());
        let copy = desk.case_path().with_file_name("case-2.json");
        desk.slow = false;
        let result = if is_merged { Ok(Box::new(absorbed)) } else { Err("no".to_owned()) };
        desk.update(Message::Absorbed(copy, result));
        assert!(desk.quits);
    }
}

#[test]
fn verdicts_go_on_while_the_case_moves_and_are_saved_where_it_is_then() {
    let mut desk = Desk::open((100, 24));
    desk.press("enter y");
    desk.slow = true;
    desk.press("S");
    desk.update(Message::Paste("there.json".to_owned()));
    desk.press("enter");
    assert!(desk.screen().contains(" moving the case… "), "{}", desk.screen());
    desk.press("x");
    assert_eq!(desk.bench().case.log.len(), 2);
    desk.press("S");
    desk.update(Message::Paste("elsewhere.json".to_owned()));
    desk.press("enter");
    assert!(desk.screen().contains("not now: moving the case…"), "one at a time: {}", desk.screen());
    desk.press("esc");
    let effects = desk.app.update(Message::Moved(Ok(("there.json".into(), "there.md".into()))));
    assert_eq!(effects, [Effect::Save], "what was said meanwhile goes there too");
    assert!(desk.app.task.is_none() && desk.app.case_path.ends_with("there.json"));
}
