//! The queries of an incident or a step, one of them shown.

use crate::analytics::Settings;
use crate::facts::Facts;
use crate::query::{Offer, Subject, Target};
use strum::VariantArray;

/// The queries that a place offers.
pub struct Queries {
    /// The offers, never none.
    offers: Vec<Offer>,
    /// Place of the one shown.
    at: usize,
    /// The engine it is for.
    target: Target,
    /// Users, ids and times it is about.
    subject: Subject,
    settings: Settings,
    facts: &'static Facts,
    /// The query, or why there is none.
    pub text: Result<String, String>,
    /// First line in view.
    pub offset: usize,
}

impl Queries {
    /// The first of some offers, for the engine that is asked most; `None` where nothing is offered.
    pub fn new(offers: Vec<Offer>, subject: Subject, settings: Settings, facts: &'static Facts) -> Option<Self> {
        if offers.is_empty() {
            return None;
        }
        let (target, text) = (Target::Sentinel, Ok(String::new()));
        let mut queries = Self { offers, at: 0, target, subject, settings, facts, text, offset: 0 };
        queries.fill();
        Some(queries)
    }

    /// The offer shown.
    pub fn offer(&self) -> &Offer {
        &self.offers[self.at]
    }

    /// Its number, from 1, and how many there are.
    pub fn place(&self) -> (usize, usize) {
        (self.at + 1, self.offers.len())
    }

    /// The engine.
    pub fn target(&self) -> Target {
        self.target
    }

    /// Goes to the next offer, after the last one to the first.
    pub fn turn(&mut self) {
        self.at = (self.at + 1) % self.offers.len();
        self.fill();
    }

    /// Goes to the next engine.
    pub fn turn_engine(&mut self) {
        let all = Target::VARIANTS;
        let at = all.iter().position(|target| *target == self.target).unwrap_or_default();
        self.target = all[(at + 1) % all.len()];
        self.fill();
    }

    /// End of the name of a file for it.
    pub fn ending(&self) -> String {
        let (offer, target) = (self.offer(), <&str>::from(self.target));
        format!("{}.{target}.{}", offer.name(), offer.ending(self.target))
    }

    fn fill(&mut self) {
        self.offset = 0;
        self.text = self.offer().text(&self.subject, &self.settings, self.facts, self.target);
    }
}
