//! The mouse, where the user wants it: a click goes to a pane and a row, another on the row opens it, the wheel scrolls
//! what it is over.

use super::{App, Effect};
use crate::model::Time;
use crate::tui::action::Action;
use crate::tui::layout::Pane;
use crate::tui::near::Part;
use crate::tui::overlay::Overlay;
use crate::tui::scroll::Move;
use crate::tui::{screens, widgets};
use crossterm::event::{KeyCode, KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

/// Rows that a notch of the wheel scrolls.
const NOTCH: usize = 3;

impl App {
    pub(super) fn toggle_mouse(&mut self) -> Vec<Effect> {
        self.mouse = !self.mouse;
        self.say(if self.mouse {
            "the mouse is the workbench's; Shift selects text".to_owned()
        } else {
            "the mouse is the terminal's".to_owned()
        });
        vec![Effect::Mouse(self.mouse)]
    }

    pub(super) fn pointed(&mut self, event: MouseEvent, now: Time) -> Vec<Effect> {
        let at = Position { x: event.column, y: event.row };
        match event.kind {
            MouseEventKind::ScrollDown => self.wheel(at, Move::Next),
            MouseEventKind::ScrollUp => self.wheel(at, Move::Prev),
            MouseEventKind::Down(MouseButton::Left) => return self.click(at, now),
            _ => {}
        }
        Vec::new()
    }

    fn pane_at(&self, at: Position) -> Option<Pane> {
        let areas = self.areas();
        Pane::ALL.into_iter().find(|pane| areas.pane(*pane).contains(at))
    }

    fn wheel(&mut self, at: Position, step: Move) {
        if !self.overlays.is_empty() {
            (0..NOTCH).for_each(|_| self.go(step));
            return;
        }
        let Some(pane) = self.pane_at(at) else { return };
        // The keyboard stays where it is.
        let Some(focus) = self.workbench().map(|bench| bench.focus) else { return };
        self.bench(|bench| bench.focus = pane);
        match (pane, step) {
            // The steps are walked by keys: the wheel moves their text.
            (Pane::Triage, Move::Next) => self.go(Move::PageDown),
            (Pane::Triage, _) => self.go(Move::PageUp),
            _ => (0..NOTCH).for_each(|_| self.go(step)),
        }
        self.bench(|bench| bench.focus = focus);
    }

    fn click(&mut self, at: Position, now: Time) -> Vec<Effect> {
        let areas = self.areas();
        if areas.footer.contains(at) {
            // A hint does what its key does.
            return screens::hint_at(self, areas.footer, at.x).map_or_else(Vec::new, |key| self.key(key.event(), now));
        }
        if !self.overlays.is_empty() {
            return self.click_overlay(at, now);
        }
        let Some((pane, bench)) = self.pane_at(at).zip(self.workbench_mut()) else { return Vec::new() };
        let had_focus = bench.focus == pane;
        let row = screens::row_at(bench, pane, areas.pane(pane), at);
        let step = (pane == Pane::Triage).then(|| screens::step_at(bench, areas.pane(pane), at)).flatten();
        bench.focus_on(pane);
        if let Some(step) = step {
            return self.act(Action::JumpToStep, Some(step + 1), now);
        }
        let Some(row) = row else { return Vec::new() };
        if had_focus && screens::cursor(bench, pane) == Some(row) {
            let open = if pane == Pane::Hits { Action::OpenHit } else { Action::OpenRecord };
            return self.act(open, None, now);
        }
        let height = screens::list_rows(bench, pane, areas.rows(pane));
        bench.go(Move::To(row), height);
        Vec::new()
    }

    /// A click on a row of the overlay's list takes it, another does what Enter does.
    fn click_overlay(&mut self, at: Position, now: Time) -> Vec<Effect> {
        let Some(row) = widgets::row_at(self, self.areas().body, at) else { return Vec::new() };
        let mut had_keyboard = true;
        if let Some(Overlay::Near(near)) = self.overlays.top_mut() {
            had_keyboard = near.part == Part::Misses;
            near.part = Part::Misses;
        }
        if had_keyboard && widgets::cursor(self) == Some(row) {
            return self.key(KeyEvent::from(KeyCode::Enter), now);
        }
        self.go(Move::To(row));
        Vec::new()
    }
}
