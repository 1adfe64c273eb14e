//! Hits that the analyst takes out of their incidents, and the incidents that follow from it.

use super::Workbench;
use crate::analytics::{Hit, Semantics, Settings};
use crate::model::Time;
use crate::tui::evidence::Grouped;
use crate::tui::job::Job;
use std::sync::Arc;

/// The hits that were taken out, or put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenOut {
    /// Number of the hits.
    pub hits: usize,
    /// Whether they were put back.
    pub is_back: bool,
}

/// Why no hit was taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There are hits alone.
    Published,
    /// The list is empty.
    NoHit,
    /// The row is an incident of several hits, none of which is chosen.
    Several,
    /// The hit has its incident to itself.
    AllOfIt,
}

impl Refused {
    /// A sentence for the analyst; `list` is the key that lists the hits of incidents.
    pub fn words(self, list: &str) -> String {
        match self {
            Self::Published => "published semantics have hits alone, no incidents".to_owned(),
            Self::NoHit => "no hit here".to_owned(),
            Self::Several => format!("{list} lists the hits of the incidents: choose the one to take out"),
            Self::AllOfIt => "it is the only hit of its incident".to_owned(),
        }
    }
}

impl Workbench {
    /// Takes the hit under the cursor, or the marked ones, out of their incident. Puts them back where all are out.
    ///
    /// # Errors
    /// When there is no hit to take out, or nothing to take it out of.
    pub fn take_out(&mut self, now: Time) -> Result<TakenOut, Refused> {
        if self.evidence.settings.semantics == Semantics::Published {
            return Err(Refused::Published);
        }
        let chosen = self.closes();
        let is_one_row = !self.hit_list.is_open && self.hit_list.marked() == 0;
        if is_one_row && chosen.len() > 1 {
            return Err(Refused::Several);
        }
        let alone = &self.evidence.found.alone;
        let ids = |wanted: &dyn Fn(usize, &Hit) -> bool| -> Vec<String> {
            let wanted = chosen.iter().filter(|hit| wanted(**hit, &self.evidence.hits[**hit]));
            wanted.map(|hit| self.evidence.hits[*hit].id.clone()).collect()
        };
        let has_more = |hit: usize| self.evidence.found.orders.group(hit).is_some_and(|group| group.hits.len() > 1);
        let out = ids(&|at, hit| has_more(at) && !alone.contains(&hit.id));
        let back = ids(&|_, hit| alone.contains(&hit.id));
        let is_back = out.is_empty();
        let hits = if is_back { back } else { out };
        if hits.is_empty() {
            return Err(if chosen.is_empty() { Refused::NoHit } else { Refused::AllOfIt });
        }
        self.case.set_alone(&hits, !is_back, now);
        self.hit_list.clear_marks();
        Ok(TakenOut { hits: hits.len(), is_back })
    }

    /// The job that the case asks for, while hits or incidents do not follow its revocations and the hits taken out.
    pub(in crate::tui) fn wants_by_case(&self) -> Option<Job> {
        let lines = self.case.log.len();
        if self.grouped.get() == Some(lines) {
            return None;
        }
        let revoked = self.case.revocations();
        if revoked != self.evidence.settings.revoked_in_case {
            let settings = Settings { revoked_in_case: revoked, ..self.evidence.settings.clone() };
            return Some(Job::Rerun(Box::new(settings)));
        }
        let alone = self.case.alone();
        if alone == self.evidence.found.alone {
            self.grouped.set(Some(lines));
            return None;
        }
        Some(Job::Group(alone))
    }

    /// Takes the incidents that the case asked for, unless other hits have come meanwhile.
    pub(in crate::tui) fn take_groups(&mut self, hits: &Arc<Vec<Hit>>, found: Arc<Grouped>) {
        if Arc::ptr_eq(hits, &self.evidence.hits) {
            self.list_anew(Arc::clone(hits), found);
        }
    }
}
