//! Draws the screens. Functions of the state; they change nothing and format visible rows only.

mod bars;
mod card;
mod hits;
mod loading;
mod timeline;
mod triage;

use super::app::{App, Stage};
use super::ascii;
use super::keymap::Key;
use super::layout::{self, Needs, Pane, SMALLEST};
use super::overlay::Overlay;
use super::text::{fit, width};
use super::theme::{Borders, Role, Theme};
use super::widgets;
use super::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Paragraph};

/// Between two filters.
const BETWEEN: &str = " │ ";

/// Draws the screen.
pub fn draw(app: &App, theme: &Theme, frame: &mut Frame) {
    draw_all(app, theme, frame);
    if theme.borders == Borders::Ascii {
        ascii::in_ascii(frame.buffer_mut());
    }
}

fn draw_all(app: &App, theme: &Theme, frame: &mut Frame) {
    let area = frame.area();
    if layout::too_small(area.as_size()) {
        let sentence = format!("need {}×{}", SMALLEST.width, SMALLEST.height);
        frame.render_widget(Paragraph::new(sentence).style(theme.style(Role::Error)), area);
        return;
    }
    let areas = layout::areas(area.as_size(), Pane::Hits, Pane::Hits, false, Needs::default(), |_| 0);
    match &app.stage {
        Stage::Loading(state) => loading::draw(app, state, theme, frame, areas.body),
        Stage::Working(bench) => {
            let areas = app.areas();
            hits::draw(bench, theme, frame, areas.pane(Pane::Hits));
            triage::draw(bench, theme, frame, areas.pane(Pane::Triage));
            card::draw(bench, theme, frame, areas.card);
            let mut rows = areas.pane(Pane::Timeline);
            if matches!(app.overlays.top(), Some(Overlay::Search(_) | Overlay::Moment(_) | Overlay::Revoked(..))) {
                // What is found is looked at while it is typed.
                rows.height = rows.height.min(widgets::above_prompt(areas.body).saturating_sub(rows.y));
            }
            timeline::draw(bench, theme, frame, rows);
        }
    }
    bars::header(app, theme, frame, areas.header);
    widgets::draw(app, theme, frame, areas.body);
    bars::footer(app, theme, frame, areas.footer);
}

/// Filters in force on one line: the last stays longest, what has no room is an ellipsis before it.
fn stacked(filters: &[String], room: usize) -> String {
    let mut shown = String::new();
    for words in filters.iter().rev() {
        let cell = fit(words, 40);
        if shown.is_empty() {
            shown = cell.into_owned();
        } else if width(&cell) + width(BETWEEN) + width(&shown) + 2 <= room {
            shown = format!("{cell}{BETWEEN}{shown}");
        } else {
            shown = format!("… {shown}");
            break;
        }
    }
    fit(&shown, room).into_owned()
}

/// Lines of the card in a frame of so many columns.
pub(super) fn card_lines(bench: &Workbench, columns: u16) -> usize {
    card::lines_needed(bench, columns)
}

/// Lines of the timeline while it shows the rows of a step.
pub(super) fn lines_of_step(bench: &Workbench) -> Option<usize> {
    timeline::lines_of_step(bench)
}

/// First line in view and number of lines of the triage pane in a frame.
pub(super) fn triage_extent(bench: &Workbench, area: Rect) -> (usize, usize) {
    triage::extent(bench, area)
}

/// The key whose hint is in this column of the last line.
pub(super) fn hint_at(app: &App, area: Rect, column: u16) -> Option<Key> {
    bars::hint_at(app, usize::from(area.width), usize::from(column))
}

/// The step at that place of the triage pane, from 0.
pub(super) fn step_at(bench: &Workbench, area: Rect, at: Position) -> Option<usize> {
    let inside = area.inner(Margin::new(1, 1));
    inside
        .contains(at)
        .then(|| triage::step_at(bench, area, usize::from(at.y - inside.y), usize::from(at.x - inside.x)))?
}

/// The row of a pane's list at that place, if there is one.
pub(super) fn row_at(bench: &Workbench, pane: Pane, area: Rect, at: Position) -> Option<usize> {
    let inside = area.inner(Margin::new(1, 1));
    if !inside.contains(at) {
        return None;
    }
    let height = usize::from(inside.height);
    let (list, len, above) = match pane {
        Pane::Hits => {
            let above = height - hits::list_rows(height);
            (bench.hit_list.list, bench.hit_list.entries.len(), above)
        }
        // The strip and what to look for stand above its rows.
        Pane::Timeline => {
            let above = height - timeline_rows(bench, height).min(height);
            bench.timeline.as_ref().map(|rows| (rows.shown.list, rows.len(), above))?
        }
        Pane::Triage => return None,
    };
    let row = usize::from(at.y - inside.y).checked_sub(above)? + list.top(len, height - above);
    (row < len).then_some(row)
}

/// The row of a pane's cursor.
pub(super) fn cursor(bench: &Workbench, pane: Pane) -> Option<usize> {
    match pane {
        Pane::Hits => Some(bench.hit_list.list.cursor),
        Pane::Timeline => bench.timeline.as_ref().map(|rows| rows.shown.list.cursor),
        Pane::Triage => None,
    }
}

/// Rows of the list in a pane with so many inside its frame.
pub(super) fn list_rows(bench: &Workbench, pane: Pane, inside: usize) -> usize {
    match pane {
        Pane::Hits => hits::list_rows(inside),
        Pane::Timeline => timeline_rows(bench, inside),
        Pane::Triage => inside,
    }
}

/// Rows of the timeline's list in a pane with so many inside its frame.
pub(super) fn timeline_rows(bench: &Workbench, inside: usize) -> usize {
    timeline::list_rows(bench, inside)
}

/// Draws the frame of a pane; what is left inside.
fn pane<'a>(theme: &Theme, frame: &mut Frame, area: Rect, title: impl Into<Line<'a>>, focused: bool) -> Rect {
    // Focus is told by the form of the frame too.
    let (role, border) = if focused { (Role::Focus, BorderType::Thick) } else { (Role::Border, BorderType::Plain) };
    let block = Block::bordered().border_type(border).border_style(theme.style(role)).title(title.into());
    let inside = block.inner(area);
    frame.render_widget(block, area);
    inside
}
