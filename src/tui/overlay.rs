//! The overlays above the panes: one has the keyboard, and closes to the one below it.

use super::closing::ClosingBox;
use super::copy;
use super::edit::LineEdit;
use super::filters;
use super::keymap::Context;
use super::marks::{LineKind, MarkList, Words};
use super::near::NearView;
use super::palette::Palette;
use super::pivot::Menu;
use super::queries::Queries;
use super::scroll::List;
use super::users::Users;
use crate::model::{EventId, Sym, Time};
use crate::report::checklist::Checklist;
use crate::report::info::Tone;
use crate::triage::compare::Comparison;
use crossterm::event::KeyEvent;
use std::path::PathBuf;

/// The page of an incident's facts: a fact is under the cursor, and the page may be longer than the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Place of the fact under the cursor.
    pub cursor: usize,
    /// First line in view, where the user scrolled.
    pub offset: usize,
}

/// The checklist of an incident as shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Containment {
    /// The tasks and clocks.
    pub list: Checklist,
    /// Sign-in name of the user.
    pub who: String,
    /// Key of the user.
    pub user: Sym,
    /// The time it was opened at: what is left of each token is counted from it.
    pub now: Time,
    /// The cursor among the tasks.
    pub cursor: List,
}

/// Something over the panes.
pub enum Overlay {
    /// Every key of where the user is.
    Help {
        /// The filter typed to find a key.
        filter: LineEdit,
        /// First row in view.
        offset: usize,
        /// The contexts it was opened from.
        contexts: Vec<Context>,
    },
    /// A raw record beside the fields we read.
    Record {
        /// The event.
        event: EventId,
        /// The row whose record it is: the event's own, or a copy's.
        row: EventId,
        /// Its lines once read, or why it cannot be read.
        lines: Option<Result<Vec<String>, String>>,
        /// First line in view.
        offset: usize,
    },
    /// The page about the bundle: its sources, and the gaps in its data.
    Bundle {
        /// Its lines once they are known.
        lines: Option<Vec<(Tone, String)>>,
        /// First line in view.
        offset: usize,
    },
    /// The facts of the incident, weighed.
    Facts(Facts),
    /// The tasks about the incident, with their ticks.
    Containment(Box<Containment>),
    /// The queries of an incident or a step.
    Queries(Box<Queries>),
    /// The case note before it is written.
    Note {
        /// Its lines once composed, wrapped for the screen.
        lines: Option<Vec<String>>,
        /// The path it will be written to.
        path: PathBuf,
        /// The incident that it is on, by id; `None` for all.
        only: Option<String>,
        /// Whether to write it as soon as it is composed.
        wanted: bool,
        /// First line in view.
        offset: usize,
    },
    /// The choice of the verdict.
    Disposition,
    /// The reason for the verdict, and who confirmed it.
    Closing(Box<ClosingBox>),
    /// The hits' filter being typed.
    Filter(LineEdit),
    /// A query for the timeline, being typed.
    Search(LineEdit),
    /// A time to go to, being typed.
    Moment(LineEdit),
    /// A path for the case, being typed.
    SaveTo(LineEdit),
    /// When the sessions of this user were revoked, being typed.
    Revoked(Sym, LineEdit),
    /// A remark being typed.
    Remark(LineEdit),
    /// Every user.
    Users(Box<Users>),
    /// Near misses, and thresholds tried out.
    Near(Box<NearView>),
    /// The pivot menu.
    Pivot(Menu),
    /// Every action by name.
    Palette(Box<Palette>),
    /// Tags of an event or a remark on it, being typed.
    Words(Box<Words>),
    /// The marked events.
    Marks(MarkList),
    /// The copy menu.
    Copy(copy::Menu),
    /// The menu of filters.
    Filters(filters::Menu),
    /// An incident beside its user's usual days.
    Compare {
        /// The ids of its hits.
        hits: Vec<String>,
        /// Its user.
        user: String,
        /// The counts once they are known.
        comparison: Option<Box<Comparison>>,
        /// First line in view.
        offset: usize,
    },
    /// The choice for a case that another process has open.
    InUse,
    /// The five plain questions, by the one that is open; one past the last for their end.
    Guided(usize),
    /// Conflicting decisions of two analysts and unmerged copies: the cursor in them, and their number.
    Decisions(List, usize),
}

impl Overlay {
    /// The contexts its keys are bound in.
    pub fn contexts(&self) -> &'static [Context] {
        match self {
            Self::Help { .. } => &[Context::Help, Context::Everywhere],
            Self::Record { .. } => &[Context::Record, Context::List, Context::Everywhere],
            Self::Bundle { .. } => &[Context::Bundle, Context::List, Context::Everywhere],
            Self::Facts(_) => &[Context::Facts, Context::List, Context::Everywhere],
            Self::Containment(_) => &[Context::Containment, Context::List, Context::Everywhere],
            Self::Queries(_) => &[Context::Queries, Context::List, Context::Everywhere],
            Self::Note { .. } => &[Context::Note, Context::List, Context::Everywhere],
            Self::Disposition => &[Context::Disposition, Context::Everywhere],
            Self::Closing(_) => &[Context::Closing, Context::Prompt, Context::Everywhere],
            Self::Words(words) if words.kind == LineKind::Tags => {
                &[Context::Tags, Context::Prompt, Context::Everywhere]
            }
            Self::Filter(_)
            | Self::Search(_)
            | Self::Moment(_)
            | Self::SaveTo(_)
            | Self::Revoked(..)
            | Self::Remark(_)
            | Self::Words(_) => &[Context::Prompt, Context::Everywhere],
            Self::Users(_) => &[Context::Users, Context::Everywhere],
            Self::Near(_) => &[Context::Near, Context::List, Context::Everywhere],
            Self::Palette(_) => &[Context::Palette, Context::Everywhere],
            Self::Pivot(_) => &[Context::Pivot, Context::List, Context::Everywhere],
            Self::Marks(_) => &[Context::Marks, Context::List, Context::Everywhere],
            Self::Copy(_) => &[Context::Copy, Context::List, Context::Everywhere],
            Self::Compare { .. } => &[Context::Compare, Context::List, Context::Everywhere],
            Self::Filters(_) => &[Context::Filters, Context::List, Context::Everywhere],
            Self::InUse => &[Context::InUse, Context::Everywhere],
            Self::Guided(_) => &[Context::Guided, Context::Everywhere],
            Self::Decisions(..) => &[Context::Decisions, Context::List, Context::Everywhere],
        }
    }

    fn is_passing(&self) -> bool {
        matches!(self, Self::Help { .. } | Self::Palette(_))
    }

    /// Types a key that has no action; whether something takes it.
    pub fn key(&mut self, event: KeyEvent) -> bool {
        match self {
            Self::Closing(closing) => closing.key(event),
            other => other.line_mut().is_some_and(|line| line.key(event)),
        }
    }

    /// The line that keys without an action are typed into.
    pub fn line_mut(&mut self) -> Option<&mut LineEdit> {
        match self {
            Self::Help { filter: line, .. }
            | Self::Filter(line)
            | Self::Search(line)
            | Self::Moment(line)
            | Self::SaveTo(line)
            | Self::Revoked(_, line)
            | Self::Remark(line) => Some(line),
            Self::Users(users) => Some(&mut users.filter),
            Self::Palette(palette) => Some(&mut palette.filter),
            Self::Words(words) => Some(&mut words.line),
            Self::Closing(closing) => Some(closing.line_mut()),
            Self::Record { .. }
            | Self::Bundle { .. }
            | Self::Facts(_)
            | Self::Containment(_)
            | Self::Queries(_)
            | Self::Note { .. }
            | Self::Disposition
            | Self::Near(_)
            | Self::Pivot(_)
            | Self::Marks(_)
            | Self::InUse
            | Self::Guided(_)
            | Self::Decisions(..)
            | Self::Copy(_)
            | Self::Compare { .. }
            | Self::Filters(_) => None,
        }
    }
}

/// Overlays, each laid over the one before; the last is drawn and has the keyboard.
#[derive(Default)]
pub struct Overlays(Vec<Overlay>);

impl Overlays {
    /// The one with the keyboard.
    pub fn top(&self) -> Option<&Overlay> {
        self.0.last()
    }

    /// The top overlay, to change it.
    pub fn top_mut(&mut self) -> Option<&mut Overlay> {
        self.0.last_mut()
    }

    /// Returns whether nothing lies over the panes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Shows one in place of all.
    pub(super) fn show(&mut self, overlay: impl Into<Option<Overlay>>) {
        self.0.clear();
        self.0.extend(overlay.into());
    }

    /// Lays one over the others: they come back when it is closed.
    pub(super) fn lay(&mut self, overlay: Overlay) {
        self.0.push(overlay);
    }

    /// Takes the one with the keyboard away.
    pub(super) fn lift(&mut self) -> Option<Overlay> {
        self.0.pop()
    }

    /// Takes the one with the keyboard away, if it is one of these.
    pub(super) fn lift_if(&mut self, is_wanted: impl FnOnce(&Overlay) -> bool) -> Option<Overlay> {
        self.top().is_some_and(is_wanted).then(|| self.lift())?
    }

    /// Takes all away.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The one in use: help and palette only lie over it for a moment.
    pub(super) fn in_use(&self) -> Option<&Overlay> {
        self.0.iter().rev().find(|overlay| !overlay.is_passing())
    }

    /// The overlay about a case in use, to change it.
    pub(super) fn in_use_mut(&mut self) -> Option<&mut Overlay> {
        self.0.iter_mut().rev().find(|overlay| !overlay.is_passing())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_off_what_it_was_laid_over_and_a_new_one_stands_for_all() {
        let help = || Overlay::Help { filter: LineEdit::default(), offset: 0, contexts: Vec::new() };
        let mut overlays = Overlays::default();
        overlays.show(Overlay::Remark(LineEdit::default()));
        overlays.lay(help());
        assert!(matches!(overlays.top(), Some(Overlay::Help { .. })));
        assert!(matches!(overlays.in_use(), Some(Overlay::Remark(_))), "help only lies over it");
        assert!(overlays.lift_if(|overlay| matches!(overlay, Overlay::Remark(_))).is_none());
        overlays.lift();
        assert!(matches!(overlays.top(), Some(Overlay::Remark(_))));
        overlays.lay(help());
        overlays.show(Overlay::Disposition);
        overlays.lift();
        assert!(overlays.is_empty(), "nothing comes back from under what stood for all");
        assert!(overlays.in_use().is_none() && overlays.in_use_mut().is_none());
    }
}
