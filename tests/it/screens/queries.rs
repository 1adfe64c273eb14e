//! Queries for what an incident or a step lacks.

use super::{Desk, SIZES};
use tokentrail::testing::query::Target;
use tokentrail::testing::tui::overlay::Overlay;
use tokentrail::testing::tui::queries::Queries;

fn shown(desk: &Desk) -> &Queries {
    let Some(Overlay::Queries(shown)) = desk.app.overlays.top() else { panic!("no query: {}", desk.screen()) };
    shown
}

#[test]
fn an_incident_offers_its_rows_and_questions_for_every_engine() {
    for size in SIZES.into_iter().filter(|size| size.0 >= 60) {
        let mut desk = Desk::open(size);
        desk.press("K");
        assert_eq!((shown(&desk).offer().name(), shown(&desk).target()), ("collect", Target::Sentinel));
        assert!(desk.screen().contains("Query 1 of "), "{}", desk.screen());
        let (_, offers) = shown(&desk).place();
        let mut names = Vec::new();
        for _ in 0..offers {
            names.push(shown(&desk).offer().name());
            assert!(shown(&desk).text.as_ref().is_ok_and(|text| text.len() > 100), "{}", desk.screen());
            desk.press("tab");
        }
        assert!(names.contains(&"scope") && names.contains(&"baseline"), "{names:?}");
        assert_eq!(shown(&desk).place().0, 1, "round");
        desk.press("t t t");
        assert_eq!(shown(&desk).target(), Target::ClickHouse);
        assert!(shown(&desk).text.as_ref().unwrap().contains("clickhouse-client"));
        // The text scrolls, and another query begins at its head.
        desk.press("G");
        assert!(shown(&desk).offset > 0);
        desk.press("n");
        assert_eq!(shown(&desk).offset, 0);
        desk.press("esc");
        assert!(desk.app.overlays.is_empty());
    }
}

#[test]
fn a_step_offers_the_question_it_asks_and_the_query_is_copied_or_written() {
    let mut desk = Desk::open((120, 40));
    desk.press("n n");
    let (hit, asked) = desk.bench().current_step().unwrap();
    let (analytic, step) = (hit.analytic, asked.step.id);
    desk.press("K");
    let names: Vec<&str> = (0..shown(&desk).place().1)
        .map(|_| {
            let name = shown(&desk).offer().name();
            desk.press("n");
            name
        })
        .collect();
    assert!(names.contains(&analytic) && names.contains(&"collect"), "{step}: {names:?}");
    let text = shown(&desk).text.clone().unwrap();
    desk.press("Y");
    assert_eq!(desk.copied, text);
    desk.copied.clear();
    desk.press("w");
    assert_eq!(desk.copied, text);
    let name = shown(&desk).offer().name();
    let status = desk.app.status.as_ref().unwrap().text.clone();
    assert!(status.starts_with(&format!("query is in /case/case.{name}.sentinel.")), "{status}");
}
