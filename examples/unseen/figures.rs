//! Figures over judged bundles: recall, pairs ranked rightly, noise.

use crate::judge::{Judged, Judgement, Named};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use tokentrail::testing::model::{Confidence, Severity};

/// So many of so many.
#[derive(Clone, Copy, Default)]
pub(crate) struct Share {
    pub(crate) of: u32,
    pub(crate) right: u32,
}

impl Share {
    fn add(&mut self, right: bool) {
        self.of += 1;
        self.right += u32::from(right);
    }

    /// In hundredths; all of nothing is all.
    pub(crate) fn percent(self) -> f64 {
        if self.of == 0 { 100.0 } else { 100.0 * f64::from(self.right) / f64::from(self.of) }
    }

    fn words(self) -> String {
        format!("{}/{} ({:.0} %)", self.right, self.of, self.percent())
    }
}

/// Sums over some bundles.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) recall: Share,
    /// Thefts with a hit of any severity.
    pub(crate) seen: Share,
    /// Thefts against look-alikes of the same bundle.
    pub(crate) pairs: Share,
    /// Thefts that the bundle cannot decide, and of them those with a hit above low all the same.
    pub(crate) undecided: Share,
    /// Look-alikes, and of them those that are high with high confidence.
    pub(crate) alarming: Share,
    pub(crate) noise: usize,
    pub(crate) months: f64,
    pub(crate) stray: usize,
    /// Recall by kind of theft.
    pub(crate) thefts: BTreeMap<&'static str, Share>,
    /// By kind of look-alike: pairs lost, and of how many.
    pub(crate) look_alikes: BTreeMap<&'static str, Share>,
}

impl Figures {
    pub(crate) fn from_judgements(judgements: &[Judgement]) -> Self {
        let mut figures = Self::default();
        for judgement in judgements {
            figures.add(judgement);
        }
        figures
    }

    fn add(&mut self, judgement: &Judgement) {
        let (decided, undecided): (Vec<&Judged>, Vec<&Judged>) =
            judgement.scenarios.iter().partition(|one| one.undecided.is_none());
        let (thefts, look_alikes): (Vec<&Judged>, Vec<&Judged>) = decided.into_iter().partition(|one| one.theft);
        for theft in undecided.into_iter().filter(|one| one.theft) {
            self.undecided.add(theft.found());
        }
        for theft in thefts {
            self.recall.add(theft.found());
            self.seen.add(theft.rank().is_some());
            self.thefts.entry(theft.kind).or_default().add(theft.found());
            for other in &look_alikes {
                let right = theft.rank() > other.rank();
                self.pairs.add(right);
                self.look_alikes.entry(other.kind).or_default().add(right);
            }
        }
        for look_alike in look_alikes {
            self.alarming.add(look_alike.rank() == Some((Severity::High, Confidence::High)));
        }
        self.noise += judgement.noise.len();
        self.months += judgement.months;
        self.stray += judgement.stray.len();
    }

    /// Hits above low per background user and month.
    pub(crate) fn noise_rate(&self) -> f64 {
        let hits = u32::try_from(self.noise).expect("few hits");
        if self.months > 0.0 { f64::from(hits) / self.months } else { 0.0 }
    }

    pub(crate) fn line(&self) -> String {
        format!(
            "thefts found {} (with any hit {}), pairs ranked rightly {}, look-alikes high/high {} of {}, noise {:.2} per user and month, \
             stray hits {}, undecidable {} ({} with a hit)",
            self.recall.words(),
            self.seen.right,
            self.pairs.words(),
            self.alarming.right,
            self.alarming.of,
            self.noise_rate(),
            self.stray,
            self.undecided.of,
            self.undecided.right,
        )
    }

    /// The tables by kind.
    pub(crate) fn by_kind(&self) -> String {
        let mut text = String::from("\nthefts, found with a hit above low:\n");
        for (kind, share) in &self.thefts {
            writeln!(text, "  {kind:<44} {}", share.words()).expect("a string takes all");
        }
        text.push_str("look-alikes, pairs in which the theft stands higher:\n");
        for (kind, share) in &self.look_alikes {
            writeln!(text, "  {kind:<44} {}", share.words()).expect("a string takes all");
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let share = |share: &Share| json!({"right": share.right, "of": share.of});
        let by_kind = |kinds: &BTreeMap<&'static str, Share>| -> Value {
            kinds.iter().map(|(kind, one)| ((*kind).to_owned(), share(one))).collect::<serde_json::Map<_, _>>().into()
        };
        json!({
            "recall": share(&self.recall),
            "any_hit": share(&self.seen),
            "pairs": share(&self.pairs),
            "undecidable": share(&self.undecided),
            "look_alikes_high_high": share(&self.alarming),
            "noise_per_user_month": self.noise_rate(),
            "stray": self.stray,
            "thefts": by_kind(&self.thefts),
            "look_alikes": by_kind(&self.look_alikes),
        })
    }
}

/// Faults found with one bundle, a line each.
pub(crate) fn faults(judgement: &Judgement) -> Vec<String> {
    let mut lines = Vec::new();
    let scenarios = &judgement.scenarios;
    for one in scenarios {
        match one.undecided {
            Some(export) => lines.push(format!("undecidable: {}, {}; {export}", words(one), one.user)),
            None if one.theft && !one.found() => lines.push(format!("missed theft: {}", words(one))),
            None => {}
        }
    }
    let decided = |theft| scenarios.iter().filter(move |one| one.theft == theft && one.undecided.is_none());
    for one in decided(false) {
        if one.rank() == Some((Severity::High, Confidence::High)) {
            lines.push(format!("look-alike high/high: {}", words(one)));
        }
        // A theft without a hit is named above.
        let lost = decided(true).filter(|theft| theft.rank().is_some() && theft.rank() <= one.rank());
        lines.extend(lost.map(|theft| format!("pair: {} above the theft {}", words(one), words(theft))));
    }
    for (what, hits) in [("noise", &judgement.noise), ("stray", &judgement.stray)] {
        lines.extend(hits.iter().map(|hit| format!("{what}: {}", hit_words(hit))));
    }
    lines
}

fn words(one: &Judged) -> String {
    let hit = one.best.as_ref().map_or("no hit".to_owned(), hit_words);
    format!("{} | {} | {hit}", one.kind, one.user)
}

fn hit_words(hit: &Named) -> String {
    let (severity, confidence) = hit.rank;
    format!("{} | {} | {}/{} | {}", hit.user, hit.analytic, severity.word(), confidence.word(), hit.reason)
}
