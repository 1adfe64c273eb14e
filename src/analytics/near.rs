//! Near misses: rows that would fire with one threshold a little looser, and how much looser.
//!
//! Each threshold of each analytic is loosened alone, to twice the time or two thirds of the resources. A result that
//! shares no row with a hit is a near miss. Its shortfall is measured on its rows, so that the analytic fires on them
//! with that value.

use super::what_if::bare;
use super::{ANALYTICS, Amount, Analytic, Candidates, DetectContext, Hit, Semantics, Settings, Threshold};
use crate::facts::Facts;
use crate::model::{EventId, Span, Sym, Time};
use crate::store::Store;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

/// Most near misses listed; more are only counted.
const LISTED: usize = 500;

/// The value one threshold would need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// The threshold.
    pub threshold: Threshold,
    /// The value with which the rows fire.
    pub has: Amount,
    /// The value that is set.
    pub set: Amount,
}

impl Shortfall {
    /// Distance from the value that is set, in thousandths of it.
    pub fn distance(&self) -> u64 {
        let part = |off: u128, of: u128| u64::try_from(off * 1000 / of.max(1)).unwrap_or(u64::MAX);
        match (self.has, self.set) {
            (Amount::Count(has), Amount::Count(set)) => part(set.abs_diff(has) as u128, set as u128),
            (Amount::Span(has), Amount::Span(set)) => {
                part(u128::from(has.ticks().abs_diff(set.ticks())), u128::from(set.ticks().unsigned_abs()))
            }
            _ => u64::MAX,
        }
    }

    /// `2 of 3 resources`, `window 11m, 10m set`.
    pub fn words(&self) -> String {
        match (self.has, self.set) {
            (Amount::Count(has), Amount::Count(set)) => format!("{has} of {set} {}", self.threshold.words()),
            (has, set) => format!("{} {has}, {set} set", self.threshold.words()),
        }
    }
}

/// A near miss: either a threshold is not met, or a rule grades it low.
#[derive(Clone, Debug)]
pub struct NearMiss {
    /// The hit it would have been, without Graph calls, columns, reasons and findings.
    pub hit: Hit,
    /// Thresholds that would have made it a hit, each alone, the nearest first; none where a rule grades it low.
    pub needs: Vec<Shortfall>,
    /// Number of near misses of the same analytic, user and client, this one included: daily ones are routine.
    pub alike: usize,
}

impl NearMiss {
    /// Distance of its nearest threshold, in thousandths. What a rule grades low comes after them all: no threshold
    /// would make it a hit.
    pub fn distance(&self) -> u64 {
        self.needs.first().map_or(u64::MAX, Shortfall::distance)
    }

    /// `2 of 3 resources; or window 11m, 10m set`; the rule's reason where it grades it low.
    pub fn words(&self) -> String {
        if self.needs.is_empty() {
            return self.hit.severity_reason.clone();
        }
        self.needs.iter().map(Shortfall::words).collect::<Vec<_>>().join("; or ")
    }
}

/// Near misses of a run.
#[derive(Clone, Debug, Default)]
pub struct Near {
    /// The nearest, nearest first.
    pub misses: Vec<NearMiss>,
    /// Number of all.
    pub total: usize,
}

/// Near misses of a run. Only hunt semantics have them: the published queries are fixed.
pub fn near_misses(store: &Store, facts: &Facts, settings: &Settings, candidates: &Arc<Candidates>) -> Near {
    let mut found: Vec<NearMiss> = Vec::new();
    if settings.semantics == Semantics::Hunt {
        for analytic in ANALYTICS.iter().filter(|analytic| settings.runs(analytic)) {
            found.extend(of_analytic(store, facts, settings, candidates, analytic));
        }
    }
    let total = found.len();
    let mut alike: HashMap<(&str, Sym, String), usize> = HashMap::new();
    let kind = |miss: &NearMiss| (miss.hit.analytic, miss.hit.user, miss.hit.app_id.clone());
    for miss in &found {
        *alike.entry(kind(miss)).or_default() += 1;
    }
    for miss in &mut found {
        miss.alike = alike.get(&kind(miss)).copied().unwrap_or(1);
    }
    found.sort_by(order);
    found.truncate(LISTED);
    Near { misses: found, total }
}

/// Order of near misses: nearest first, then the rarest for user and client, then the order of hits.
fn order(a: &NearMiss, b: &NearMiss) -> Ordering {
    let key = |miss: &NearMiss| (miss.distance(), miss.alike, miss.hit.first_seen, miss.hit.analytic);
    key(a).cmp(&key(b)).then_with(|| {
        let who = |miss: &'_ NearMiss| (miss.hit.user_id.clone(), miss.hit.app_id.clone(), miss.hit.session.clone());
        who(a).cmp(&who(b)).then_with(|| a.hit.evidence.cmp(&b.hit.evidence))
    })
}

fn of_analytic(
    store: &Store,
    facts: &Facts,
    settings: &Settings,
    candidates: &Arc<Candidates>,
    analytic: &Analytic,
) -> Vec<NearMiss> {
    let (low, hits) = bare(store, facts, settings, candidates, analytic).into_iter().partition(Hit::is_near_miss);
    let fired = Covered::by(hits);
    let low: Vec<Hit> = low;
    let mut found: Vec<NearMiss> = low.into_iter().map(|hit| NearMiss { hit, needs: Vec::new(), alike: 1 }).collect();
    let mut places: HashMap<Who, Vec<(usize, Core)>> = HashMap::new();
    for threshold in analytic.thresholds.iter().filter_map(|(flag, _)| Threshold::of_flag(flag)) {
        let Some(loose) = threshold.loosened(settings) else { continue };
        let loosened = threshold.set(settings, loose);
        let context = DetectContext::over(store, facts, &loosened, Arc::clone(candidates));
        for hit in bare(store, facts, &loosened, candidates, analytic).into_iter().filter(|hit| !hit.is_near_miss()) {
            let set = threshold.value(settings);
            let Some((has, core)) = measured(&context, settings, threshold, &hit).filter(|_| !fired.covers(&hit))
            else {
                continue;
            };
            let need = Shortfall { threshold, has, set };
            let known = places.entry(who(&hit)).or_default();
            // One miss only where the rows that would fire are partly the same.
            if let Some(&(at, _)) = known.iter().find(|(_, other)| overlap(*other, core)) {
                found[at].needs.push(need);
            } else {
                known.push((found.len(), core));
                found.push(NearMiss { hit, needs: vec![need], alike: 1 });
            }
        }
    }
    for miss in &mut found {
        miss.needs.sort_by_key(|need| (need.distance(), need.threshold));
        miss.needs.dedup_by_key(|need| need.threshold);
    }
    found
}

/// First and last of the rows that fire with the value needed.
type Core = (EventId, EventId);

/// The value with which the rows fire, and the narrowest part of them that then fires.
fn measured(context: &DetectContext, settings: &Settings, threshold: Threshold, hit: &Hit) -> Option<(Amount, Core)> {
    let time = |id: &EventId| context.store.event(*id).time();
    let all = (*hit.evidence.first()?, *hit.evidence.last()?);
    let first = time(&all.0);
    // A burst after a device code has to begin soon enough after it, whatever part of it is looked at.
    let begins_by = hit.legs.first().map(|leg| time(leg).plus(settings.device_code_window));
    match threshold {
        Threshold::MinResources => most_resources(context, &hit.evidence, begins_by),
        Threshold::Window => shortest_window(context, &hit.evidence, begins_by),
        Threshold::DeviceCodeWindow => Some((whole(first.since(time(hit.legs.first()?))), all)),
        Threshold::SessionWindow => Some((whole(time(hit.evidence.get(1)?).since(first)), all)),
        // Its analytic measures it.
        Threshold::SplitGap | Threshold::HandoffWindow | Threshold::ReconWindow => Some((whole(hit.span_needed?), all)),
    }
}

/// Whole seconds, rounded up, as an option can be set to.
fn whole(span: Span) -> Amount {
    let seconds = span.whole_seconds();
    Amount::Span(if Span::seconds(seconds) < span { Span::seconds(seconds + 1) } else { span })
}

/// The most distinct resources in a window of the set length.
fn most_resources(context: &DetectContext, events: &[EventId], begins_by: Option<Time>) -> Option<(Amount, Core)> {
    let mut best: Option<(usize, Core)> = None;
    let mut inside = Inside::default();
    let mut end = 0;
    for start in events {
        let from = context.store.event(*start).time();
        if begins_by.is_some_and(|by| from > by) {
            break;
        }
        while let Some(next) = events.get(end)
            && context.store.event(*next).time().since(from) <= context.settings.window
        {
            inside.add(context, *next);
            end += 1;
        }
        if inside.distinct() > best.map_or(0, |(most, _)| most) {
            best = Some((inside.distinct(), (*start, events[end - 1])));
        }
        inside.drop(context, *start);
    }
    best.map(|(most, core)| (Amount::Count(most), core))
}

/// The shortest time with enough distinct resources.
fn shortest_window(context: &DetectContext, events: &[EventId], begins_by: Option<Time>) -> Option<(Amount, Core)> {
    let mut best: Option<(Span, Core)> = None;
    let mut inside = Inside::default();
    let mut end = 0;
    for start in events {
        let from = context.store.event(*start).time();
        if begins_by.is_some_and(|by| from > by) {
            break;
        }
        while inside.distinct() < context.settings.min_resources
            && let Some(next) = events.get(end)
        {
            inside.add(context, *next);
            end += 1;
        }
        if inside.distinct() < context.settings.min_resources {
            break;
        }
        let span = context.store.event(events[end - 1]).time().since(from);
        if best.is_none_or(|(shortest, _)| span < shortest) {
            best = Some((span, (*start, events[end - 1])));
        }
        inside.drop(context, *start);
    }
    best.map(|(span, core)| (whole(span), core))
}

/// Number of rows of each resource in the window.
#[derive(Default)]
struct Inside(HashMap<Sym, usize>);

impl Inside {
    fn distinct(&self) -> usize {
        self.0.len()
    }

    fn add(&mut self, context: &DetectContext, id: EventId) {
        let resource = context.resource(context.store.event(id));
        if !resource.is_none() {
            *self.0.entry(resource).or_default() += 1;
        }
    }

    fn drop(&mut self, context: &DetectContext, id: EventId) {
        let resource = context.resource(context.store.event(id));
        if let Some(count) = self.0.get_mut(&resource) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(&resource);
            }
        }
    }
}

/// Key that two hits of one analytic share if they are about the same rows.
type Who = (Sym, String, Option<String>);

fn who(hit: &Hit) -> Who {
    (hit.user, hit.app_id.clone(), hit.session.clone())
}

/// The rows that hits cover: of one user, client and session, those from a hit's first to its last.
struct Covered(HashMap<Who, Vec<(EventId, EventId)>>);

impl Covered {
    fn by(hits: Vec<Hit>) -> Self {
        let mut covered: HashMap<Who, Vec<(EventId, EventId)>> = HashMap::new();
        for hit in hits {
            if let (Some(&first), Some(&last)) = (hit.evidence.first(), hit.evidence.last()) {
                covered.entry(who(&hit)).or_default().push((first, last));
            }
        }
        for ranges in covered.values_mut() {
            ranges.sort_unstable();
        }
        Self(covered)
    }

    fn covers(&self, hit: &Hit) -> bool {
        let (Some(&first), Some(&last)) = (hit.evidence.first(), hit.evidence.last()) else { return false };
        let Some(ranges) = self.0.get(&who(hit)) else { return false };
        // They do not overlap each other, so the last that begins in time ends last.
        let before = ranges.partition_point(|range| range.0 <= last);
        before.checked_sub(1).is_some_and(|at| ranges[at].1 >= first)
    }
}

fn overlap(a: Core, b: Core) -> bool {
    a.0 <= b.1 && b.0 <= a.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::run;
    use crate::model::{Field, Table};
    use crate::store::testing::Rows;

    #[test]
    fn what_an_analytic_measures_itself_is_taken_in_whole_seconds() {
        let mut rows = Rows::default();
        for resource in ["a", "b", "c"] {
            let fields = [
                (Field::Id, resource),
                (Field::UserId, "user"),
                (Field::ResultType, "0"),
                (Field::AppId, "04b07795-8ddb-461a-bbee-02f9e1bf7b46"),
                (Field::ResourceIdentity, resource),
            ];
            rows.row(Table::NonInteractive, "2026-05-01T14:00:00Z", &fields);
        }
        let (store, settings) = (rows.build(), Settings::default());
        let mut hit = run(&store, Facts::embedded(), &settings).remove(0);
        let context = DetectContext::over(&store, Facts::embedded(), &settings, Arc::default());
        for threshold in [Threshold::SplitGap, Threshold::HandoffWindow, Threshold::ReconWindow] {
            hit.span_needed = None;
            assert_eq!(measured(&context, &settings, threshold, &hit), None, "{threshold:?}");
            hit.span_needed = Some(Span::from_ticks(Span::seconds(61).ticks() + 1));
            let core = (hit.evidence[0], hit.evidence[2]);
            let expected = Some((Amount::Span(Span::seconds(62)), core));
            assert_eq!(measured(&context, &settings, threshold, &hit), expected, "{threshold:?}");
        }
    }
}
