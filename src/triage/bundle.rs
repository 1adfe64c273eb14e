//! A bundle as cases see it: what a case shares with it, and what a case file says without being read in full.

use super::basis::{Basis, Common, Exhibit, KnownHit, content};
use super::case::{Case, fingerprint};
use super::work::HitWork;
use crate::analytics::{Hit, hit_id};
use crate::ingest::Loaded;
use crate::model::Time;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A bundle as a case is opened on it. A clone shares all.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    /// [`fingerprint`] of its files.
    pub fingerprint: String,
    pub(super) basis: Arc<Basis>,
    pub(super) hits: Arc<[Seed]>,
}

/// The parts of a hit that make its id.
#[derive(Clone, Debug)]
pub(super) struct Seed {
    pub(super) id: String,
    pub(super) analytic: &'static str,
    /// Its user by id and by name: with rows that have no id alone, the name is the id.
    users: [String; 2],
    app: String,
    session: String,
    /// Times of its rows.
    times: Vec<Time>,
    /// Ids it has by what queries elsewhere gave, where the bundle has none of its rows.
    elsewhere: Vec<String>,
}

/// A case file as far as it says what evidence it is about.
#[derive(Debug, Deserialize)]
pub struct Claim {
    /// Layout.
    pub version: u32,
    /// [`fingerprint`] of the bundle that it was opened on last.
    pub bundle: String,
    #[serde(default)]
    basis: Option<Basis>,
    #[serde(default)]
    hits: BTreeMap<String, HitWork>,
    #[serde(default)]
    branch: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    log: Vec<Moment>,
}

#[derive(Debug, Deserialize)]
struct Moment {
    at: String,
}

impl Bundle {
    /// A bundle, and the hits found in it.
    pub fn new(loaded: &Loaded, hits: &[Hit]) -> Self {
        let files = loaded.sources.iter().map(|source| (content(source), Exhibit::new(source))).collect();
        let known = hits.iter().map(|hit| (hit.id.clone(), KnownHit::new(hit))).collect();
        Self {
            fingerprint: fingerprint(&loaded.sources),
            basis: Arc::new(Basis { files, hits: known, ..Basis::default() }.written()),
            hits: hits.iter().map(|hit| Seed::new(loaded, hit)).collect(),
        }
    }

    /// The evidence shared with a case.
    pub fn common(&self, case: &Case) -> Common {
        self.basis.shared(case.basis.as_deref(), case.hits.keys())
    }

    /// Returns whether a case is about this evidence or a part of it.
    pub fn fits(&self, case: &Case) -> bool {
        let holds_another = |seed: &Seed| seed.other_ids().any(|id| case.hits.contains_key(&id));
        case.was_opened_on(&self.fingerprint) || self.common(case).is_any() || self.hits.iter().any(holds_another)
    }
}

/// A bundle of which nothing but the fingerprint is known.
impl From<&str> for Bundle {
    fn from(fingerprint: &str) -> Self {
        Self { fingerprint: fingerprint.to_owned(), basis: Arc::new(Basis::default().written()), hits: Arc::default() }
    }
}

impl Seed {
    fn new(loaded: &Loaded, hit: &Hit) -> Self {
        let store = &loaded.store;
        let mut times: Vec<Time> = hit.evidence.iter().chain(&hit.legs).map(|row| store.event(*row).time()).collect();
        times.dedup();
        Self {
            id: hit.id.clone(),
            analytic: hit.analytic,
            users: [store.text(hit.user).to_owned(), hit.upn.to_lowercase()],
            app: hit.app_id.clone(),
            session: hit.session.clone().unwrap_or_default(),
            times,
            elsewhere: hit.elsewhere.iter().map(|found| found.id.clone()).collect(),
        }
    }

    /// A hit of a user that there is not.
    #[cfg(test)]
    pub(super) fn invented(analytic: &'static str, user: &str, times: impl Iterator<Item = Time>) -> Self {
        let times: Vec<Time> = times.collect();
        let id = hit_id(analytic, user, "", "", times[0]);
        let users = [user.to_owned(), format!("{user}@contoso.com")];
        Self { id, analytic, users, app: String::new(), session: String::new(), times, elsewhere: Vec::new() }
    }

    /// The ids it has in evidence that lacks its first rows or all of them, or the ids of users.
    pub(super) fn other_ids(&self) -> impl Iterator<Item = String> {
        let id = |user, time: &Time| hit_id(self.analytic, user, &self.app, &self.session, *time);
        let ids = self.users.iter().flat_map(move |user| self.times.iter().map(move |time| id(user, time)));
        ids.chain(self.elsewhere.iter().cloned()).filter(|id| *id != self.id)
    }
}

impl Claim {
    /// Returns whether it is a copy of another case.
    pub fn is_copy(&self) -> bool {
        self.branch.is_some()
    }

    /// Time of its last work; empty where its log has none.
    pub fn last_work(&self) -> &str {
        self.log.last().map_or("", |line| line.at.as_str()).trim_start_matches("unknown")
    }

    /// The evidence it shares with a bundle; `None` where it lists none and was made from another bundle.
    pub fn common(&self, bundle: &Bundle) -> Option<Common> {
        let is_listed = self.basis.is_some() || self.bundle == bundle.fingerprint;
        is_listed.then(|| bundle.basis.shared(self.basis.as_ref(), self.hits.keys()))
    }
}
