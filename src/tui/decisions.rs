//! Conflicting decisions of two analysts, and the choice between them.

use super::evidence::Evidence;
use super::workbench::Workbench;
use crate::model::Time;
use crate::report::Names;
use crate::triage::{About, Change, Conflict};

impl Workbench {
    /// Decides a conflict; what was decided.
    pub fn decide(&mut self, conflict: usize, take: bool, now: Time) -> Option<String> {
        let Conflict { theirs, .. } = self.case.conflicts.get(conflict)?.clone();
        let about = self.about(&theirs);
        let values = self.case.conflicts[conflict].values(&self.case);
        self.case.decide(conflict, take, now)?;
        self.case_changed();
        if let About::User(user) = theirs.about()
            && let Some(user) = self.store().find(&user)
        {
            self.show_revoked(user);
        }
        Some(format!("decided: {about}: {}", if take { values.1 } else { values.0 }))
    }

    /// Shows anew what follows from a case that changed as a whole.
    pub fn case_changed(&mut self) {
        self.hit_list.arrange(&self.evidence.hits, &self.evidence.found.orders, &self.case);
    }

    /// `device-code-burst of ana@contoso.com, step 1 (device-code address): verdict`.
    pub fn about(&self, change: &Change) -> String {
        let Evidence { loaded, hits, facts, .. } = &self.evidence;
        let names = Names { loaded, facts, hits, places: &self.places };
        change.named(|about| names.name(about))
    }
}
