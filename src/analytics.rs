//! Detections: what each looks for is one file in `catalog/`, registered in [`ANALYTICS`].

mod catalog;
mod hit;
mod scene;
mod step;

pub use catalog::ANALYTICS;
pub use hit::{Attack, Cell, GraphCall, GraphLink, Hit};
pub use scene::{Clients, Scene, Semantics, Settings};
pub use step::{Answer, Finding, Inquiry, Show, State, Step};

use crate::facts::Facts;
use crate::store::Store;

/// A detection.
pub struct Analytic {
    /// Kebab-case id, on the command line and in every export.
    pub id: &'static str,
    /// A few words for a list.
    pub title: &'static str,
    /// What it looks for, why it matters, what else looks like it. Markdown, a paragraph each.
    pub about: &'static str,
    /// The published hunt it comes from.
    pub source: &'static str,
    /// ATT&CK ids it may earn (each needs evidence).
    pub attack: &'static [&'static str],
    /// Thresholds as the user may set them: flag and default.
    pub thresholds: &'static [(&'static str, &'static str)],
    /// Whether it runs when `--analytics` does not name it.
    pub on_by_default: bool,
    /// The numbered triage steps.
    pub steps: &'static [Step],
    /// Finds its hits under the scene's semantics, findings not yet filled in.
    pub detect: fn(&Scene) -> Vec<Hit>,
}

/// The analytic of that id.
pub fn by_id(id: &str) -> Option<&'static Analytic> {
    ANALYTICS.iter().find(|analytic| analytic.id == id)
}

/// Runs the chosen analytics and answers every step of every hit.
///
/// Hits come in order of first seen, analytic, user, app.
pub fn run(store: &Store, facts: &Facts, settings: &Settings) -> Vec<Hit> {
    let _ = (store, facts, settings);
    Vec::new()
}
