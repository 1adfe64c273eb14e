//! Marks on events, undo, and copying.

use super::{Desk, snapshot};
use tokentrail::testing::casefile::{self, Opened};
use tokentrail::testing::model::Field;
use tokentrail::testing::triage::{Case, Verdict, fingerprint};
use tokentrail::testing::tui::app::Message;
use tokentrail::testing::tui::layout::Pane;
use tokentrail::testing::tui::overlay::Overlay;

/// The first hit's timeline, with a bookmarked row, a tagged and remarked one, and one that is all of it.
fn marked(size: (u16, u16)) -> Desk {
    let mut desk = Desk::open(size);
    desk.press("tab tab m j T")
        .type_in("phish, #c2")
        .press("enter I")
        .type_in("the first\u{1b}[31m mail")
        .press("enter");
    desk.press("j m T").type_in("c2").press("enter");
    desk
}

/// The id of the row under the cursor.
fn row(desk: &Desk) -> String {
    let bench = desk.bench();
    bench.store().get(bench.event().unwrap(), Field::Id).to_owned()
}

fn on_disk(desk: &Desk) -> Case {
    serde_json::from_slice(&std::fs::read(desk.case_path()).unwrap()).unwrap()
}

#[test]
fn marked_rows() {
    snapshot("marked_rows", marked((80, 24)));
}

#[test]
fn list_of_marks() {
    let mut desk = marked((80, 24));
    desk.press("b");
    snapshot("marks", desk);
}

#[test]
fn tags_prompt() {
    let mut desk = marked((80, 24));
    desk.press("j T").type_in("p");
    snapshot("tags", desk);
}

#[test]
fn record_of_a_marked_row() {
    let mut desk = marked((80, 24));
    desk.press("k enter");
    snapshot("marked_record", desk);
}

#[test]
fn copy_menu() {
    let mut desk = Desk::open((80, 24));
    desk.press("enter 3 Y");
    snapshot("copy", desk);
}

#[test]
fn every_mark_is_on_disk_before_the_next_key_and_found_again() {
    let mut desk = Desk::open((120, 40));
    desk.press("enter tab m");
    let case = on_disk(&desk);
    assert_eq!((&case, case.version), (&desk.bench().case, 3));
    assert!(case.marks.values().next().unwrap().bookmarked);
    desk.press("T").type_in("phish").press("enter I").type_in("remark").press("enter");
    let mark = on_disk(&desk).marks.into_values().next().unwrap();
    assert_eq!((mark.tags, mark.remark.as_str()), (vec!["phish".to_owned()], "remark"));
    let id = row(&desk);
    desk.reopen();
    assert!(desk.screen().contains("★"), "{}", desk.screen());
    desk.press("G m b");
    assert!(desk.screen().contains("#phish \"remark\""), "{}", desk.screen());
    desk.press("g enter");
    assert!(desk.bench().is_away());
    assert_eq!(row(&desk), id);
    desk.press("<");
    assert!(!desk.bench().is_away());
}

#[test]
fn a_bookmark_is_taken_back_by_the_same_key() {
    let mut desk = Desk::open((80, 24));
    desk.press("m");
    assert!(desk.screen().contains("bookmarked: "));
    desk.press("m");
    assert!(desk.screen().contains("no longer bookmarked: "));
    assert!(desk.bench().case.marks.is_empty());
    desk.press("T enter");
    assert_eq!(desk.bench().case.log.len(), 2, "nothing was said");
}

#[test]
fn at_the_head_of_a_group_its_first_row_is_meant() {
    let mut desk = Desk::open((120, 40));
    desk.press("enter 4 l m");
    let event = desk.bench().event().unwrap();
    assert!(desk.bench().mark_of(event).unwrap().bookmarked);
}

#[test]
fn a_mark_whose_event_is_not_here_is_kept_and_counted() {
    let mut desk = Desk::open((120, 40));
    let fingerprint = fingerprint(&desk.loaded.sources);
    desk.file = None;
    let now = tokentrail::testing::model::Time::from_ticks(0);
    let Opened { mut file, mut case, .. } =
        casefile::open(&desk.case_path(), &[], fingerprint.as_str(), "ana", now).unwrap();
    case.set_bookmark("SigninLogs gone", true, tokentrail::testing::model::Time::from_ticks(0));
    file.save(&mut case).unwrap();
    drop(file);
    desk.reopen();
    let words = "1 marked event is not in this bundle; it is kept in the case";
    assert!(desk.screen().contains(words), "{}", desk.screen());
    desk.press("b");
    assert!(desk.screen().contains(words), "{}", desk.screen());
    desk.press("enter esc m");
    assert_eq!(on_disk(&desk).marks.len(), 2);
}

#[test]
fn marks_are_searched() {
    let mut desk = marked((120, 40));
    for (query, found) in
        [("tag:c2", "2 of 32"), ("remark:first", "1 of 32"), ("mark:", "3 of 32"), ("phish", "1 of 32")]
    {
        desk.press("g /").type_in(query);
        assert!(desk.screen().contains(&format!("Search the timeline: {found} rows")), "{query}: {}", desk.screen());
        desk.press("esc");
    }
}

#[test]
fn tags_are_completed_by_tab() {
    let mut desk = marked((80, 24));
    desk.press("j T").type_in("new ph").press("tab");
    let Some(Overlay::Words(words)) = desk.app.overlays.top() else { panic!("no line is typed") };
    assert_eq!(words.line.text(), "new phish ");
    desk.press("enter");
    assert_eq!(desk.bench().mark_of(desk.bench().event().unwrap()).unwrap().tags, ["new", "phish"]);
}

#[test]
fn a_row_is_marked_from_its_record() {
    let mut desk = Desk::open((80, 24));
    desk.press("tab tab enter m T").type_in("seen").press("enter");
    assert!(matches!(desk.app.overlays.top(), Some(Overlay::Record { .. })), "the record is still open");
    assert!(desk.screen().contains("★ bookmarked") && desk.screen().contains("tags: seen"), "{}", desk.screen());
    desk.press("T esc I esc Y esc");
    assert!(matches!(desk.app.overlays.top(), Some(Overlay::Record { .. })));
}

#[test]
fn everything_said_is_undone_where_it_was_said() {
    let mut desk = Desk::open((120, 40));
    desk.press("enter y x i").type_in("abroad").press("enter d a 1 enter");
    let id = desk.bench().evidence.hits[desk.bench().hit_list.entries[0].hit].id.clone();
    desk.press("tab tab");
    assert_eq!(desk.bench().focus, Pane::Timeline);
    desk.press("j m j T").type_in("c2").press("enter k j G");
    let marked = desk.bench().case.marks.len();
    assert_eq!(marked, 2);
    desk.press("h h");
    assert_eq!(desk.bench().focus, Pane::Hits);
    desk.press("Z");
    assert!(desk.screen().contains("undid: tags \"c2\" ("), "{}", desk.screen());
    assert_eq!((desk.bench().focus, desk.bench().case.marks.len()), (Pane::Timeline, 1));
    desk.press("Z");
    assert!(desk.screen().contains("undid: bookmark set ("), "{}", desk.screen());
    desk.press("Z");
    assert!(desk.screen().contains("undid: verdict authorised activity: "), "{}", desk.screen());
    assert_eq!((desk.bench().focus, desk.bench().case.disposition(&id)), (Pane::Hits, None));
    desk.press("j Z");
    assert!(desk.screen().contains("undid: step 3: remark \"abroad\""), "{}", desk.screen());
    assert_eq!((desk.bench().step, desk.bench().current().unwrap().id.clone()), (2, id.clone()));
    desk.press("Z");
    assert_eq!((desk.bench().step, desk.bench().case.verdict(&id, "code-to-burst")), (1, None));
    assert_eq!(on_disk(&desk), desk.bench().case);
    desk.press("Z Z");
    assert!(desk.screen().contains("nothing to undo"), "{}", desk.screen());
    let case = &desk.bench().case;
    assert!(case.hits.is_empty() && case.broken_log_line().is_none());
    assert_eq!(case.log.len(), 18, "the log has what was said of each hit and what was undone");
    desk.press("1 y");
    assert_eq!(desk.bench().case.verdict(&id, "device-code-address"), Some(Verdict::Supports));
}

#[test]
fn a_revocation_is_undone_in_every_timeline_of_the_user() {
    let mut desk = Desk::open((120, 40));
    desk.press("tab tab R").type_in("14:02").press("enter");
    assert_eq!((desk.bench().case.revoked.len(), on_disk(&desk).version), (1, 3));
    assert!(desk.bench().timeline.as_ref().unwrap().revoked().is_some());
    desk.press("p enter Z");
    assert!(desk.screen().contains("undid: revoked at 2026-05-01T14:02"), "{}", desk.screen());
    let timeline = desk.bench().timeline.as_ref().unwrap();
    assert_eq!((timeline.revoked(), on_disk(&desk).version), (None, 3));
    assert_eq!(timeline.of.kind(), "user");
    desk.press("< <");
    assert!(!desk.bench().is_away() && desk.bench().timeline.as_ref().unwrap().revoked().is_none());
}

#[test]
fn a_run_bears_the_mark_of_any_of_its_rows() {
    let mut desk = Desk::open((120, 40));
    desk.press("U").type_in("finance").press("enter f g j j m k f");
    assert!(desk.screen().contains("★"), "{}", desk.screen());
}

/// Copies the line of the menu that has that name.
fn copy<'a>(desk: &'a mut Desk, name: &str) -> &'a str {
    desk.press("Y");
    let Some(Overlay::Copy(menu)) = desk.app.overlays.top() else { panic!("no menu") };
    let at = menu.items.iter().position(|item| item.name() == name).unwrap_or_else(|| panic!("{name}"));
    for _ in 0..at {
        desk.press("j");
    }
    desk.press("enter");
    &desk.copied
}

#[test]
fn each_line_of_the_menu_is_copied() {
    let mut desk = Desk::open((120, 40));
    desk.press("enter 3");
    assert_eq!(copy(&mut desk, "user"), "finance.director@contoso.com");
    assert!(
        desk.screen().contains("28 bytes sent to the terminal (OSC 52), not confirmed; also in"),
        "{}",
        desk.screen()
    );
    assert!(copy(&mut desk, "row").contains("UTC; finance.director@contoso.com; "));
    assert!(copy(&mut desk, "row").ends_with(|c: char| c.is_ascii_digit()));
    assert!(copy(&mut desk, "record").starts_with("{\n  \""));
    assert!(copy(&mut desk, "finding").starts_with("The sentence of step 3."));
    assert!(copy(&mut desk, "indicators").contains("address 198[.]51[.]100[.]"));
    let hit: serde_json::Value = serde_json::from_str(copy(&mut desk, "hit")).unwrap();
    assert_eq!(hit["Analytic"], "device-code-burst");
    assert!(!desk.copied.contains('\n'));
    desk.press("esc esc U").type_in("nobody").press("esc Y esc");
    assert!(desk.app.overlays.is_empty());
}

#[test]
fn what_is_said_is_read_whole_on_a_narrow_screen() {
    for size in [(200, 60), (80, 24), (60, 16), (40, 10)] {
        let mut desk = Desk::open(size);
        let path = "/home/ana/.local/state/tokentrail/0123456789abcdef-2.json";
        let message = format!("another tokentrail works on this case: yours is now {path}");
        desk.update(Message::Saved(Ok(Some(message.clone()))));
        let shown: String = desk.screen().lines().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
        let squeezed = |text: &str| text.replace(' ', "");
        assert!(squeezed(&shown).replace("?help", "").contains(&squeezed(&message)), "{size:?}: {}", desk.screen());
    }
}

#[test]
fn a_text_too_long_for_a_terminal_is_said_to_be_in_the_file() {
    let rows = super::story::ndjson().replace("python-requests/2.31.0", &"x".repeat(80_000));
    let mut desk = Desk::reading((80, 24), &rows);
    desk.reopen();
    desk.press("enter 3");
    assert_eq!(copy(&mut desk, "agent").len(), 80_000);
    let screen = desk.screen();
    assert!(screen.contains("agent: 80 000 bytes are too many for a terminal"), "{screen}");
    assert!(screen.contains("/case/case.copied.txt"), "{screen}");
}

#[test]
fn a_finding_is_copied_at_its_step_only() {
    let mut desk = Desk::open((80, 24));
    desk.press("Y");
    let Some(Overlay::Copy(menu)) = desk.app.overlays.top() else { panic!("no menu") };
    assert!(menu.items.iter().all(|item| item.name() != "finding"));
}
