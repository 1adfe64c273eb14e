//! Queries for what an incident or a step lacks: opened, changed, copied, written.

use super::{App, Effect};
use crate::query::{Subject, offers};
use crate::tui::action::Action;
use crate::tui::overlay::Overlay;
use crate::tui::queries::Queries;
use crate::tui::workbench::Workbench;

impl App {
    /// Opens the queries, changes the one that is shown, or gives its text away.
    pub(super) fn query(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::NextQuery => self.change_query(Queries::turn),
            Action::NextEngine => self.change_query(Queries::turn_engine),
            Action::CopyQuery => return self.query_text(false),
            Action::WriteQuery => return self.query_text(true),
            _ => self.open_queries(),
        }
        Vec::new()
    }

    /// Opens the queries of the step that is open, else of the incident under the cursor.
    fn open_queries(&mut self) {
        match self.workbench().and_then(shown) {
            Some(queries) => self.overlays.show(Overlay::Queries(Box::new(queries))),
            None => self.say("no incident here: published semantics have hits alone".to_owned()),
        }
    }

    fn change_query(&mut self, change: impl FnOnce(&mut Queries)) {
        if let Some(Overlay::Queries(queries)) = self.overlays.top_mut() {
            change(queries);
        }
    }

    /// Copies the query that is shown, or writes it to a file.
    fn query_text(&mut self, to_file: bool) -> Vec<Effect> {
        let Some(Overlay::Queries(queries)) = self.overlays.top() else { return Vec::new() };
        match &queries.text {
            Ok(text) if to_file => vec![Effect::Keep("query", queries.ending(), text.clone())],
            Ok(text) => vec![Effect::Copy("query", text.clone())],
            Err(why) => {
                let why = format!("there is no query: {why}");
                self.say(why);
                Vec::new()
            }
        }
    }
}

fn shown(bench: &Workbench) -> Option<Queries> {
    let incident = bench.incident()?;
    let (store, hits) = (bench.store(), &bench.evidence.hits);
    let of_incident = || incident.hits.iter().map(|hit| &hits[*hit]);
    let asked = bench.current_step().filter(|_| bench.is_walking());
    let (hit, step) = match asked {
        Some((hit, asked)) => (hit, Some(asked.step.id)),
        None => (&hits[incident.leading()], None),
    };
    let revoked = |user: &str| bench.case.revoked(user).or_else(|| incident.revoked.first().copied());
    let subject = Subject::of_hits(store, of_incident(), revoked);
    let offers = offers(store, hit, step, subject.revoked.is_some());
    Queries::new(offers, subject, bench.evidence.settings.clone(), bench.evidence.facts)
}
