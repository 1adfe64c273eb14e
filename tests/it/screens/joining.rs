//! A case that another process has, and conflicts, at every size.

use super::{Desk, SIZES};
use tokentrail::testing::casefile::Opened;
use tokentrail::testing::model::Time;
use tokentrail::testing::triage::{Verdict, fingerprint};

fn at() -> Time {
    Time::parse("2026-05-02T07:00:00Z").unwrap()
}

/// The case as another analyst has it open.
fn other(desk: &Desk) -> Opened {
    let bundle = fingerprint(&desk.loaded.sources);
    let mut opened = tokentrail::testing::casefile::open(&desk.case_path(), &[], &bundle, "bo", at()).unwrap();
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
        desk.carry_out(tokentrail::testing::tui::app::Effect::Save);
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
        let mut said: Vec<_> = (0..2).map(|number| case.verdict(&hit.id, step(number)).unwrap().word()).collect();
        said.sort_unstable();
        assert_eq!((said, case.log_problems()), (vec!["against", "supports"], Vec::new()));
    }
}

#[test]
fn nobody_is_asked_where_nobody_else_is() {
    let mut desk = Desk::open((80, 24));
    assert!(desk.app.overlays.is_empty() && desk.app.status.is_none());
    desk.press("D");
    assert!(desk.screen().contains("no conflict and no copy to merge"));
}
