//! Rows of a tree closed over what hangs below them.

use super::row_layout::Slot;
use super::{Planted, Timeline};
use crate::model::EventId;
use crate::store::Store;
use crate::triage::lineage::Tree;
use std::ops::Range;

/// A row of a tree whatever the tree is: its first event and its depth.
type Name = (EventId, u8);

fn name(tree: &Tree, place: usize) -> Name {
    let first = tree.group(place).map_or_else(|| tree.ids[place], |group| group.first);
    (first, tree.branch(place).depth)
}

impl Timeline {
    fn tree(&self) -> Option<&Tree> {
        self.shown.planted.as_ref().map(|Planted { tree, .. }| &**tree)
    }

    /// The place of a row of the tree, if it is shown.
    fn place_named(&self, store: &Store, tree: &Tree, (event, depth): Name) -> Option<usize> {
        let at = self.events(store).binary_search(&event).ok()?;
        let place = *tree.places.get(at)? as usize;
        // A head stands above its first event in time, which need not be the row below it.
        (0..=place).rev().take_while(|at| tree.branch(*at).depth >= depth).find(|at| name(tree, *at) == (event, depth))
    }

    /// The places hidden below rows that are closed.
    pub(super) fn closed_ranges(&self, store: &Store) -> Vec<Range<usize>> {
        let Some(tree) = self.tree() else { return Vec::new() };
        let places = self.shown.closed.iter().filter_map(|name| self.place_named(store, tree, *name));
        places.map(|place| tree.below(place)).filter(|below| !below.is_empty()).collect()
    }

    /// Closes the row under the cursor over what hangs below it, or opens it; `false` when nothing does.
    pub(super) fn turn_branch(&mut self, store: &Store) -> bool {
        let Some(tree) = self.tree() else { return false };
        let Some(Slot::Places(places)) = self.shown.layout.slot(self.shown.list.cursor) else { return false };
        if places.len() > 1 || tree.below(places.start).is_empty() {
            return false;
        }
        let name = name(tree, places.start);
        self.shown.within = self.event(store);
        if !self.shown.closed.remove(&name) {
            self.shown.closed.insert(name);
        }
        self.lay(store);
        self.shown.list.cursor = self.shown.layout.row_of(places.start).unwrap_or(0);
        true
    }

    /// Returns whether every root is closed.
    pub(super) fn is_closed(&self) -> bool {
        let Some(tree) = self.tree() else { return false };
        let mut roots = roots(tree).peekable();
        roots.peek().is_some() && roots.all(|place| self.shown.closed.contains(&name(tree, place)))
    }

    /// Closes every root.
    pub(super) fn close_roots(&mut self) {
        let Some(tree) = self.tree() else { return };
        let names: Vec<Name> = roots(tree).map(|place| name(tree, place)).collect();
        self.shown.closed.extend(names);
    }

    /// Opens what hides an event.
    pub(super) fn open_above(&mut self, store: &Store, event: EventId) {
        let Some(tree) = self.tree().filter(|_| !self.shown.closed.is_empty()) else { return };
        let Ok(at) = self.events(store).binary_search(&event) else { return };
        let place = tree.places[at] as usize;
        let mut depth = tree.branch(place).depth;
        let mut above = Vec::new();
        for at in (0..place).rev() {
            if depth == 0 {
                break;
            }
            if tree.branch(at).depth < depth {
                depth = tree.branch(at).depth;
                above.push(name(tree, at));
            }
        }
        let closed = self.shown.closed.len();
        for name in above {
            self.shown.closed.remove(&name);
        }
        if self.shown.closed.len() < closed {
            self.lay(store);
        }
    }
}

/// The places of the rows that hang below none.
fn roots(tree: &Tree) -> impl Iterator<Item = usize> {
    let next = |place: &usize| Some(tree.below(*place).end).filter(|place| *place < tree.ids.len());
    std::iter::successors((!tree.ids.is_empty()).then_some(0), next)
}
