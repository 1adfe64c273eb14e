//! The content of each row: a run, a single event, or a sign between them. Kept as a few pieces, each of which may be
//! a million rows.

use crate::triage::lineage::Tree;
use crate::triage::runs::Outline;
use std::ops::Range;
use std::sync::Arc;

/// A row between the events, at a moment that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The end of the time that findings take for usual.
    BaselineEnds,
    /// The hit's first event follows.
    HitBegins,
    /// The hit's last event is above.
    HitEnds,
    /// The user's sessions were revoked.
    Revoked,
}

/// The starts of runs.
#[derive(Clone)]
pub(super) enum Starts {
    Unknown,
    Outline(Arc<Outline>),
    Tree(Arc<Tree>),
}

impl Starts {
    fn places(&self) -> &[u32] {
        match self {
            Self::Unknown => &[],
            Self::Outline(outline) => &outline.starts,
            Self::Tree(tree) => &tree.starts,
        }
    }

    /// The run that holds a place, in a list of `len` places.
    pub(super) fn run(&self, place: usize, len: usize) -> Range<usize> {
        let starts = self.places();
        let after = starts.partition_point(|start| *start as usize <= place);
        let Some(start) = after.checked_sub(1).map(|at| starts[at] as usize) else { return place..place + 1 };
        start..starts.get(after).map_or(len, |end| *end as usize)
    }
}

/// The content of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Sign(Sign),
    /// These places of the list.
    Places(Range<usize>),
}

#[derive(Clone, Copy)]
enum PieceKind {
    /// One row for each place.
    Each,
    /// One row for each run; the number of the run that holds the first place.
    Runs(usize),
    Sign(Sign),
    /// No row at all: the row above is closed over them.
    Hidden,
}

#[derive(Clone, Copy)]
struct Piece {
    row: usize,
    place: usize,
    kind: PieceKind,
}

/// The rows to lay out.
pub(super) struct Plan {
    /// The places shown.
    pub(super) extent: Range<usize>,
    pub(super) starts: Starts,
    /// Whether runs are one row.
    pub(super) collapsed: bool,
    /// The runs that are not as the others.
    pub(super) turned: Vec<Range<usize>>,
    /// Places at which no run goes on.
    pub(super) cuts: Vec<usize>,
    /// Rows before a place.
    pub(super) signs: Vec<(usize, Sign)>,
    /// Places that the row above each is closed over.
    pub(super) hidden: Vec<Range<usize>>,
}

/// The rows in order.
#[derive(Clone)]
pub(super) struct RowLayout {
    pieces: Vec<Piece>,
    extent: Range<usize>,
    starts: Starts,
    rows: usize,
}

impl Default for RowLayout {
    fn default() -> Self {
        Self { pieces: Vec::new(), extent: 0..0, starts: Starts::Unknown, rows: 0 }
    }
}

impl RowLayout {
    pub(super) fn new(plan: Plan) -> Self {
        let Plan { extent, starts, collapsed, mut turned, mut cuts, mut signs, mut hidden } = plan;
        turned.sort_unstable_by_key(|run| run.start);
        hidden.sort_unstable_by_key(|range| range.start);
        // One within another goes with it.
        hidden.dedup_by(|inner, outer| inner.start < outer.end);
        cuts.extend(hidden.iter().flat_map(|range| [range.start, range.end]));
        signs.sort_by_key(|(place, _)| *place);
        cuts.extend(turned.iter().flat_map(|run| [run.start, run.end]));
        cuts.extend(signs.iter().map(|(place, _)| *place));
        cuts.push(extent.start);
        cuts.retain(|cut| extent.contains(cut));
        cuts.sort_unstable();
        cuts.dedup();
        let known = starts.places();
        let mut layout = Self { pieces: Vec::new(), extent: extent.clone(), starts: Starts::Unknown, rows: 0 };
        let mut signs = signs.into_iter().peekable();
        for (index, &place) in cuts.iter().enumerate() {
            while let Some((_, sign)) = signs.next_if(|(at, _)| *at <= place) {
                layout.push(place, PieceKind::Sign(sign), 1);
            }
            let end = cuts.get(index + 1).copied().unwrap_or(extent.end);
            let at = hidden.partition_point(|range| range.start <= place);
            if at.checked_sub(1).is_some_and(|at| hidden[at].contains(&place)) {
                layout.push(place, PieceKind::Hidden, 0);
                continue;
            }
            let at = turned.partition_point(|run| run.start <= place);
            let is_turned = at.checked_sub(1).is_some_and(|at| turned[at].contains(&place));
            if collapsed == is_turned || known.is_empty() {
                layout.push(place, PieceKind::Each, end - place);
            } else {
                let run = known.partition_point(|start| *start as usize <= place).saturating_sub(1);
                let rows = known.partition_point(|start| (*start as usize) < end).saturating_sub(run);
                layout.push(place, PieceKind::Runs(run), rows.max(1));
            }
        }
        for (_, sign) in signs {
            layout.push(extent.end, PieceKind::Sign(sign), 1);
        }
        layout.starts = starts;
        layout
    }

    fn push(&mut self, place: usize, kind: PieceKind, rows: usize) {
        self.pieces.push(Piece { row: self.rows, place, kind });
        self.rows += rows;
    }

    /// The places shown.
    pub(super) fn extent(&self) -> Range<usize> {
        self.extent.clone()
    }

    /// The run that holds a place, collapsed or not, in a list of `len` places.
    pub(super) fn run(&self, place: usize, len: usize) -> Range<usize> {
        self.starts.run(place, len)
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// The row at a place, if it is shown.
    pub(super) fn row_of(&self, place: usize) -> Option<usize> {
        if !self.extent.contains(&place) {
            return None;
        }
        let piece = self.pieces[self.pieces.partition_point(|piece| piece.place <= place).checked_sub(1)?];
        Some(match piece.kind {
            PieceKind::Each => piece.row + (place - piece.place),
            PieceKind::Runs(first) => {
                let run = self.starts.places().partition_point(|start| *start as usize <= place).saturating_sub(1);
                piece.row + run.saturating_sub(first)
            }
            PieceKind::Sign(_) => piece.row,
            PieceKind::Hidden => piece.row.saturating_sub(1),
        })
    }

    /// The places that a row is closed over.
    pub(super) fn hidden(&self, row: usize) -> Range<usize> {
        let next = self.pieces.partition_point(|piece| piece.row <= row);
        let hides = |piece: &&Piece| piece.row == row + 1 && matches!(piece.kind, PieceKind::Hidden);
        let Some(piece) = self.pieces.get(next).filter(hides) else { return 0..0 };
        // What is shown again begins the next piece.
        let after = self.pieces[next..].iter().find(|piece| !matches!(piece.kind, PieceKind::Hidden));
        piece.place..after.map_or(self.extent.end, |piece| piece.place)
    }

    /// The content of a row.
    pub(super) fn slot(&self, row: usize) -> Option<Slot> {
        if row >= self.rows {
            return None;
        }
        let index = self.pieces.partition_point(|piece| piece.row <= row).checked_sub(1)?;
        let piece = self.pieces[index];
        let within = row - piece.row;
        Some(match piece.kind {
            PieceKind::Sign(sign) => Slot::Sign(sign),
            // It has no row, so none is looked for in it.
            PieceKind::Hidden => return None,
            PieceKind::Each => Slot::Places(piece.place + within..piece.place + within + 1),
            PieceKind::Runs(first) => {
                let starts = self.starts.places();
                let edge = |run: usize| starts.get(run).map_or(self.extent.end, |start| *start as usize);
                let limit = self.pieces.get(index + 1).map_or(self.extent.end, |next| next.place);
                let start = if within == 0 { piece.place } else { edge(first + within) };
                Slot::Places(start..edge(first + within + 1).min(limit))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn starts(places: &[u32]) -> Starts {
        Starts::Outline(Arc::new(Outline { starts: places.to_vec(), bursts: Vec::new() }))
    }

    fn plan(extent: Range<usize>, places: &[u32], collapsed: bool) -> Plan {
        let (turned, cuts, signs, hidden) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Plan { extent, starts: starts(places), collapsed, turned, cuts, signs, hidden }
    }

    fn shown(layout: &RowLayout) -> Vec<Slot> {
        (0..layout.len()).map(|row| layout.slot(row).unwrap()).collect()
    }

    #[test]
    fn runs_are_one_row_but_for_those_opened_and_cut() {
        let run = |range| Slot::Places(range);
        assert_eq!(shown(&RowLayout::new(plan(2..12, &[0, 5, 10, 11], true))), [2..5, 5..10, 10..11, 11..12].map(run));
        let mut opened = plan(2..12, &[0, 5, 10, 11], true);
        opened.turned.push(0..5);
        opened.cuts = vec![7, 9];
        let places = [2..3, 3..4, 4..5, 5..7, 7..9, 9..10, 10..11, 11..12];
        assert_eq!(shown(&RowLayout::new(opened)), places.map(run));
        let mut one = plan(0..6, &[0, 4], false);
        one.turned.push(0..4);
        one.signs = vec![(2, Sign::HitBegins), (6, Sign::Revoked)];
        let rows = [run(0..2), Slot::Sign(Sign::HitBegins), run(2..4), run(4..5), run(5..6), Slot::Sign(Sign::Revoked)];
        assert_eq!(shown(&RowLayout::new(one)), rows);
    }

    #[test]
    fn nothing_is_shown_of_nothing() {
        assert!(shown(&RowLayout::new(plan(0..0, &[], true))).is_empty());
        assert_eq!(RowLayout::default().row_of(0), None);
    }

    proptest! {
        #[test]
        fn every_place_is_in_one_row(
            len in 1_usize..60,
            runs in prop::collection::btree_set(1_u32..60, 0..20),
            from in 0_usize..30,
            collapsed: bool,
            turned in prop::collection::btree_set(0_usize..60, 0..4),
            cuts in prop::collection::vec(0_usize..60, 0..8),
            signs in prop::collection::vec(0_usize..61, 0..4),
            hidden in prop::option::of((1_usize..60, 1_usize..20)),
        ) {
            let extent = from.min(len - 1)..len;
            let places: Vec<u32> = std::iter::once(0).chain(runs.into_iter().filter(|at| (*at as usize) < len)).collect();
            let known = starts(&places);
            let mut turned: Vec<Range<usize>> = turned.into_iter().filter(|at| *at < len).map(|at| known.run(at, len)).collect();
            turned.dedup();
            let signs: Vec<_> = signs.into_iter().filter(|at| *at <= len && *at >= extent.start).map(|at| (at, Sign::Revoked)).collect();
            // Signs stand in time order, what is closed in a tree.
            let hidden = hidden.map(|(at, rows)| at..(at + rows).min(len)).filter(|range| {
                signs.is_empty() && extent.contains(&range.start) && range.start > extent.start
            });
            let count = signs.len();
            let layout = RowLayout::new(Plan { extent: extent.clone(), starts: known, collapsed, turned, cuts, signs, hidden: hidden.iter().cloned().collect() });
            let mut next = extent.start;
            for (row, slot) in shown(&layout).into_iter().enumerate() {
                let Slot::Places(range) = slot else { continue };
                prop_assert_eq!(range.start, next);
                prop_assert!(!range.is_empty());
                for place in range.clone() {
                    prop_assert_eq!(layout.row_of(place), Some(row));
                }
                next = range.end;
                let after = hidden.clone().filter(|hidden| hidden.start == next).unwrap_or(0..0);
                prop_assert_eq!(layout.hidden(row), after.clone());
                next = next.max(after.end);
                for place in after {
                    prop_assert_eq!(layout.row_of(place), Some(row));
                }
            }
            prop_assert_eq!(next, extent.end);
            prop_assert_eq!(shown(&layout).iter().filter(|slot| matches!(slot, Slot::Sign(_))).count(), count);
        }
    }
}
