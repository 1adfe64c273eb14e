//! Incidents: their list, card, verdicts.

use super::Desk;
use super::timeline::on_the_demo;
use tokentrail::testing::report::guided::answered;
use tokentrail::testing::triage::Disposition;
use tokentrail::testing::tui::layout::Pane;

/// The first screen answers without a key: who, both places, what was taken, where a log ends, until when tokens live.
#[test]
fn the_first_screen_says_who_where_what_and_until_when() {
    let mut desk = on_the_demo((80, 24));
    while desk.bench().current().unwrap().upn != "finance.director@contoso.com" {
        desk.press("j");
    }
    let screen = desk.screen();
    for words in [
        "finance.director@contoso.com",
        "203.0.113.20 (London, GB)",
        "198.51.100.23",
        "(Amsterdam, NL; new: address, network)",
        "took     downloaded 2 files",
        "left     created inbox rule",
        "until    last row 2026-05-01 14:31:05 UTC; Graph log ends 14:31:05",
        "tokens   live to 2026-05-01 15:34:37 UTC, with CAE to 2026-05-02",
        "control  turn on CA014: Block device code flow",
        "◈ 198.51.100.23 Amsterdam, NL ",
        "  203.0.113.20 London, GB",
        "█",
    ] {
        assert!(screen.contains(words), "{words}\n{screen}");
    }
}

#[test]
fn a_verdict_closes_the_incident_goes_on_to_the_next_and_is_undone_at_once() {
    let mut desk = on_the_demo((80, 24));
    let first: Vec<String> = ids(&desk);
    assert!(first.len() > 1, "an incident of several hits");
    desk.press("d t");
    assert!(desk.screen().contains(&format!("all {} hits closed as theft", first.len())), "{}", desk.screen());
    assert_eq!(desk.bench().hit_list.list.cursor, 1, "the next open one");
    let of = |desk: &Desk, id: &String| desk.bench().case.disposition(id);
    assert!(first.iter().all(|id| of(&desk, id) == Some(Disposition::Theft)));
    assert!(desk.screen().contains("12 incidents, 1 closed"), "{}", desk.screen());
    desk.press("Z");
    assert!(first.iter().all(|id| of(&desk, id).is_none()), "all at once");
    assert_eq!(desk.bench().hit_list.list.cursor, 0, "back where it was said");
}

#[test]
fn every_incident_is_closed_in_at_most_40_keys_and_then_that_is_said() {
    let mut desk = on_the_demo((120, 40));
    let mut keys = 0;
    while desk.bench().settled() < desk.bench().evidence.found.orders.groups.len() {
        let severity = desk.bench().incident().unwrap().severity;
        desk.press(if severity == tokentrail::testing::model::Severity::Low { "d a 1 enter" } else { "d t" });
        keys += if severity == tokentrail::testing::model::Severity::Low { 4 } else { 2 };
        assert!(keys <= 40, "{keys}");
    }
    assert!(desk.screen().contains("nothing is open: e writes the note"), "{}", desk.screen());
    assert!(desk.bench().evidence.hits.iter().all(|hit| desk.bench().case.disposition(&hit.id).is_some()));
}

#[test]
fn f_lists_the_hits_of_each_incident_and_a_verdict_is_then_on_one() {
    let mut desk = on_the_demo((120, 40));
    let hits = ids(&desk);
    let closed = desk.bench().hit_list.entries.len();
    desk.press("f");
    assert_eq!(desk.bench().hit_list.entries.len(), desk.bench().evidence.hits.len());
    assert!(desk.screen().contains("Incidents and hits"), "{}", desk.screen());
    desk.press("j d a 1 enter");
    let of = |id: &String| desk.bench().case.disposition(id);
    assert_eq!((of(&hits[0]), of(&hits[1])), (None, Some(Disposition::Authorised)));
    desk.press("f");
    assert_eq!(desk.bench().hit_list.entries.len(), closed);
    assert!(desk.screen().contains(&format!("1 of {} closed", hits.len())), "{}", desk.screen());
}

/// Ids of the hits of the incident under the cursor.
fn ids(desk: &Desk) -> Vec<String> {
    let bench = desk.bench();
    bench.closes().iter().map(|hit| bench.evidence.hits[*hit].id.clone()).collect()
}

#[test]
fn a_revocation_that_is_entered_stands_on_the_card_with_what_came_after() {
    let mut desk = on_the_demo((80, 24));
    while desk.bench().current().unwrap().upn != "finance.director@contoso.com" {
        desk.press("j");
    }
    assert!(!desk.screen().contains("revoked "), "{}", desk.screen());
    desk.press("R").type_in("14:20").press("enter");
    while desk.bench().focus != tokentrail::testing::tui::layout::Pane::Hits {
        desk.press("tab");
    }
    let words = "revoked  2026-05-01 14:20:00 UTC; 1 row after it, the last 11m05s later";
    assert!(desk.screen().contains(words), "{}", desk.screen());
}

#[test]
fn five_plain_questions_lead_to_a_verdict_and_their_answers_stand_on_the_notes_first_page() {
    let mut desk = on_the_demo((80, 24));
    desk.press("g");
    let question = |desk: &Desk, words: &str| assert!(desk.screen().contains(words), "{words}: {}", desk.screen());
    question(&desk, "1 of 5: Was it the user?");
    question(&desk, "The note's first page");
    desk.press("1");
    question(&desk, "2 of 5: Where did the tokens go?");
    question(&desk, "Was it the user? not the user.");
    desk.press("1 1 1 2");
    question(&desk, "Every question is answered.");
    let id = desk.bench().current().unwrap().id.clone();
    desk.press("N backspace");
    assert_eq!(desk.bench().case.verdict(&id, "guided-over"), None, "an answer is taken back");
    desk.press("3 enter t");
    assert_eq!(desk.bench().case.disposition(&id), Some(Disposition::Theft));
    let bench = desk.bench();
    let leading: Vec<_> = bench.evidence.hits.iter().filter(|hit| hit.id == id).collect();
    assert_eq!(
        answered(&bench.case, leading[0]),
        [
            "Was it the user? not the user.",
            "Where did the tokens go? to a place that is not the user's.",
            "What was done with them? more than the user's work.",
            "What was left behind? something that gives access.",
            "Is it over? cannot tell.",
        ]
    );
    desk.press("Z Z");
    assert!(desk.screen().contains("undid: Is it over? verdict unknown"), "{}", desk.screen());
}

/// Rows inside a frame, how many of them are blank, and whether the frame says that more is below.
fn blanks(buffer: &ratatui::buffer::Buffer, area: ratatui::layout::Rect) -> (usize, usize, bool) {
    let text = |y: u16, from: u16, to: u16| (from..to).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    let rows = area.y + 1..area.bottom() - 1;
    let blank = rows.clone().filter(|y| text(*y, area.x + 1, area.right() - 1).trim().is_empty()).count();
    (rows.count(), blank, text(area.bottom() - 1, area.x, area.right()).contains(" more "))
}

#[test]
fn rows_go_to_the_panes_that_need_them() {
    for (size, width) in [((200, 60), 200), ((120, 40), 120)] {
        let mut desk = on_the_demo(size);
        let incidents = desk.bench().evidence.found.orders.groups.len();
        for keys in ["", "enter"] {
            for at in 0..incidents {
                desk.press(keys);
                let (areas, buffer) = (desk.app.areas(), desk.buffer(tokentrail::testing::tui::theme::Name::Dark));
                let panes = [areas.pane(Pane::Hits), areas.card, areas.pane(Pane::Triage), areas.pane(Pane::Timeline)];
                let found = panes.map(|pane| blanks(&buffer, pane));
                let scrolls = found.iter().any(|(.., more)| *more);
                for (pane, (rows, blank, _)) in ["list", "card"].iter().zip(&found[..2]) {
                    // A narrow screen gives list and card one height: that of the longest card.
                    let is_card_of_all = width < 160 && *pane == "card";
                    let fits = !scrolls || blank * 3 <= *rows || is_card_of_all;
                    assert!(fits, "{pane} of incident {at} at {size:?}: {blank} of {rows}\n{}", desk.screen());
                }
                // The worst incident has rows for the rest.
                for (pane, (rows, blank, _)) in ["steps", "timeline"].iter().zip(&found[2..]).filter(|_| at == 0) {
                    assert!(!scrolls || blank * 3 <= *rows, "{pane} of incident {at} at {size:?}\n{}", desk.screen());
                }
                desk.press("esc esc");
                while desk.bench().focus != Pane::Hits {
                    desk.press("tab");
                }
                desk.press("j");
            }
            desk.press("home");
        }
    }
}
