//! Parts of lists of rows: by time, and distinct values.

use crate::model::{EventId, Span, Sym, Time};
use crate::store::Store;
use foldhash::fast::RandomState;
use std::collections::HashSet;

/// Clocks of different services may disagree by this much.
pub const CLOCK_SKEW: Span = Span::seconds(5);

/// The part of some events (in time order) within a span, both ends included.
pub fn within<'a>(store: &Store, ids: &'a [EventId], from: Time, to: Time) -> &'a [EventId] {
    let start = ids.partition_point(|&id| store.event(id).time() < from);
    let end = ids.partition_point(|&id| store.event(id).time() <= to);
    &ids[start..end.max(start)]
}

/// Distinct keys of the events, blanks left out, in order of the events: the order of symbols depends on which thread
/// read which row first.
pub fn distinct(events: &[EventId], key: impl Fn(EventId) -> Sym) -> Vec<Sym> {
    let mut seen: HashSet<Sym, RandomState> = HashSet::default();
    events.iter().map(|&id| key(id)).filter(|sym| !sym.is_none() && seen.insert(*sym)).collect()
}
