//! The facts of an incident as a table: theft against the best innocent story, and how common each is here.

use super::Card;
use crate::analytics::points::Point;
use crate::analytics::weights::RULE;
use crate::model::words::counted;
use crate::report::info::Tone;

/// Columns of the stories that a fact fits.
const FITS: usize = 12;

/// The page: facts, the rule of confidence with its numbers, and the controls.
///
/// Each line has the place of the fact that it is on.
pub fn weighed(card: &Card) -> Vec<(Option<usize>, Tone, String)> {
    let facts = card.points.iter().enumerate().flat_map(|(at, point)| {
        let tone = if point.for_theft > 0 { Tone::Warn } else { Tone::Plain };
        let about = [Some(counted(point.rows.len(), "row")), point.common.map(|common| common.words())];
        let about = about.into_iter().flatten().collect::<Vec<_>>().join("; ");
        let common = if point.for_work == 0 && point.common.is_some_and(|common| common.is_common()) {
            ": common here"
        } else {
            ""
        };
        [
            (Some(at), tone, format!("{:>3} {:FITS$} {}", point.weight(), fits(point), point.sentence)),
            (Some(at), Tone::Quiet, format!("    {:FITS$} {about}{common}", "")),
        ]
    });
    let head = (None, Tone::Head, format!("{}: theft, or {}?", card.who, card.innocent));
    let below = below(card).into_iter().map(|(tone, line)| (None, tone, line));
    std::iter::once(head).chain(facts).chain(below).collect()
}

/// The lines below the facts.
fn below(card: &Card) -> Vec<(Tone, String)> {
    let mut lines = Vec::new();
    if card.points.is_empty() {
        lines.push((Tone::Plain, "No fact tells theft from everyday work.".to_owned()));
    }
    lines.push((Tone::Head, numbers(card)));
    lines.push((Tone::Quiet, format!("The rule: {RULE}.")));
    if !card.missing.is_empty() {
        lines.push((Tone::Plain, format!("Missing: {}.", card.missing)));
    }
    lines.push((Tone::Plain, String::new()));
    lines.push((Tone::Head, "What would have stopped it".to_owned()));
    lines.extend(card.controls.iter().map(|control| {
        let tone = if control.change == "turn it on" { Tone::Warn } else { Tone::Plain };
        (tone, control.line())
    }));
    lines
}

/// `Confidence high: 5 for theft, 0 for everyday work`.
fn numbers(card: &Card) -> String {
    let sum = |of: fn(&Point) -> i32| card.points.iter().map(of).sum::<i32>();
    format!(
        "Confidence {}: {} for theft, {} for everyday work",
        card.confidence.word(),
        sum(|point| point.for_theft),
        sum(|point| point.for_work)
    )
}

/// The stories that a fact fits.
pub fn fits(point: &Point) -> &'static str {
    match (point.fits_theft(), point.fits_work()) {
        (true, true) => "fits both",
        (true, false) => "fits theft",
        (false, _) => "against it",
    }
}
