//! Lines of an earlier run that were not entered.

use super::Desk;
use tokentrail::testing::model::Time;
use tokentrail::testing::triage::{Draft, Prompt, marks};
use tokentrail::testing::tui::action::Action;
use tokentrail::testing::tui::app::Message;

fn offer(desk: &mut Desk, drafts: &[Draft]) {
    let offered = drafts.iter().map(|draft| {
        let event = match &draft.prompt {
            Prompt::Tags { event } | Prompt::EventRemark { event } => marks::find(&desk.loaded, event),
            Prompt::Remark { .. } | Prompt::Revoked { .. } | Prompt::Reason { .. } => None,
        };
        (draft.clone(), event)
    });
    let offered = offered.collect();
    desk.update(Message::Drafts(offered));
}

#[test]
fn every_prompt_about_the_case_is_drafted_and_offered_again_at_its_place() {
    for (keys, text) in [
        ("enter i", "she was abroad"),
        ("tab tab T", "phish c2"),
        ("tab tab I", "the first"),
        ("tab tab R", "2026-05-01 14:10"),
        ("d a", "she was at a customer's"),
    ] {
        let mut desk = Desk::open((120, 40));
        desk.press(keys);
        assert_eq!(desk.app.drafts(), [], "{keys}: nothing is typed yet");
        desk.type_in(text);
        let drafts = desk.app.drafts();
        assert_eq!(drafts.iter().map(|draft| draft.text.as_str()).collect::<Vec<_>>(), [text], "{keys}");
        desk.app.act(Action::Help, None, Time::from_ticks(0));
        assert_eq!(desk.app.drafts(), drafts, "{keys}: under the help");
        let screen = {
            let mut before = Desk::open((120, 40));
            before.press(keys).type_in(text);
            before.app.status = None;
            before.screen()
        };
        let mut again = Desk::open((120, 40));
        offer(&mut again, &drafts);
        assert!(again.screen().contains("typed before and not entered"), "{}", again.screen());
        assert_eq!(again.app.drafts(), drafts, "{keys}: and kept until it is entered");
        assert!(again.screen().contains(text) && screen.contains(text), "{}", again.screen());
        again.press(if keys == "d a" { "enter enter" } else { "enter" });
        // A verdict is a line for each hit of the incident.
        let lines = if keys == "d a" { again.bench().evidence.found.orders.groups[0].hits.len() } else { 1 };
        assert_eq!((again.app.drafts(), again.bench().case.log.len()), (Vec::new(), lines), "{keys}");
        let mut again = Desk::open((120, 40));
        offer(&mut again, &drafts);
        again.press("esc");
        assert_eq!((again.app.drafts(), again.bench().case.log.len()), (Vec::new(), 0), "{keys}");
    }
}

#[test]
fn a_draft_of_a_hit_that_is_not_in_this_run_is_told_and_kept() {
    let mut desk = Desk::open((120, 40));
    let prompt = Prompt::Remark { hit: "000000000000".into(), step: "first-login".into() };
    let draft = Draft { prompt, text: "abroad".into() };
    offer(&mut desk, std::slice::from_ref(&draft));
    assert!(desk.screen().contains("not in this run: remark \"abroad\""), "{}", desk.screen());
    desk.press("enter i").type_in("x");
    assert_eq!((desk.app.drafts().len(), &desk.app.drafts()[0]), (2, &draft));
    desk.press("esc");
    assert_eq!(desk.app.drafts(), [draft]);
}
