//! What lies over the panes.

mod bundle;
mod help;
mod near;
mod note;
mod palette;
mod pivot;
mod prompt;
mod record;
mod users;

use super::app::App;
use super::overlay::Overlay;
use super::text::wrap;
use super::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Paragraph};

/// Draws the overlay, if there is one.
pub(super) fn draw(app: &App, theme: &Theme, frame: &mut Frame, area: Rect) {
    match &app.overlay {
        None => {}
        Some(Overlay::Help { filter, offset, contexts, .. }) => {
            help::draw(&app.keymap, contexts, filter, *offset, theme, frame, area);
        }
        Some(Overlay::Record { event, row, lines, offset }) => {
            record::draw(app, (*event, *row), lines.as_ref(), *offset, theme, frame, area);
        }
        Some(Overlay::Bundle { lines, offset }) => {
            bundle::draw(lines.as_deref(), *offset, theme, frame, area);
        }
        Some(Overlay::Note { lines, path, offset, .. }) => {
            note::draw(lines.as_deref(), path, *offset, theme, frame, area);
        }
        Some(Overlay::Disposition) => prompt::disposition(app, theme, frame, area),
        Some(Overlay::Filter(line)) => prompt::line("Filter the hits", line, theme, frame, area),
        Some(Overlay::Search(line)) => prompt::line(&prompt::search_title(app), line, theme, frame, area),
        Some(Overlay::Moment(line)) => prompt::line(&prompt::moment_title(), line, theme, frame, area),
        Some(Overlay::Revoked(user, line)) => {
            prompt::line(&prompt::revoked_title(app, *user), line, theme, frame, area);
        }
        Some(Overlay::Remark(line)) => prompt::line(&prompt::remark_title(app), line, theme, frame, area),
        Some(Overlay::Palette(palette)) => palette::draw(palette, theme, frame, area),
        Some(Overlay::Users(_) | Overlay::Near(_) | Overlay::Pivot(_)) => beyond(app, theme, frame, area),
    }
}

/// Draws what looks beyond the hit.
fn beyond(app: &App, theme: &Theme, frame: &mut Frame, area: Rect) {
    let Some(bench) = app.workbench() else { return };
    match &app.overlay {
        Some(Overlay::Users(list)) => users::draw(list, bench, theme, frame, area),
        Some(Overlay::Near(view)) => near::draw(view, bench, theme, frame, area),
        Some(Overlay::Pivot(menu)) => pivot::draw(menu, bench, theme, frame, area),
        _ => {}
    }
}

/// The line that a prompt begins at.
pub(super) fn above_prompt(area: Rect) -> u16 {
    prompt::place(area).y
}

/// Rows of the overlay's list that are in view.
pub(super) fn rows_in_view(overlay: &Overlay, height: usize) -> usize {
    if let Overlay::Near(view) = overlay { near::rows(view, height) } else { height }
}

/// Number of lines of the overlay that scroll, wrapped as they are drawn.
pub(super) fn count(app: &App) -> usize {
    let room = usize::from(app.size.width.saturating_sub(2));
    match &app.overlay {
        Some(Overlay::Help { .. }) => help::count(app, room),
        Some(Overlay::Record { .. }) => record::count(app, room),
        Some(Overlay::Bundle { lines: Some(lines), .. }) => bundle::fitted(lines, room).len(),
        Some(Overlay::Note { lines: Some(lines), .. }) => wrapped(lines.iter().map(String::as_str), room).len(),
        _ => 0,
    }
}

/// Clears an area and draws a frame round it; what is left inside.
fn framed<'a>(theme: &Theme, frame: &mut Frame, area: Rect, title: impl Into<Line<'a>>) -> Rect {
    let block = Block::bordered()
        .border_type(BorderType::Double)
        .border_style(theme.style(Role::Focus))
        .title(title.into().style(theme.style(Role::Title)));
    let inside = block.inner(area);
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    inside
}

/// Draws lines from the one at `offset` on; how many stay below.
fn scrolling(lines: Vec<String>, offset: usize, role: Role, theme: &Theme, frame: &mut Frame, area: Rect) -> usize {
    let offset = offset.min(lines.len().saturating_sub(1));
    let left = lines.len().saturating_sub(offset + usize::from(area.height));
    let shown: Vec<Line> = lines.into_iter().skip(offset).take(usize::from(area.height)).map(Line::raw).collect();
    frame.render_widget(Paragraph::new(shown).style(theme.style(role)), area);
    left
}

/// Lines wrapped, each under its own indentation.
fn wrapped<'a>(lines: impl Iterator<Item = &'a str>, room: usize) -> Vec<String> {
    let mut shown = Vec::new();
    for line in lines {
        let text = line.trim_start_matches(' ');
        if text.is_empty() {
            shown.push(String::new());
        }
        let indent = (line.len() - text.len()).min(room / 2);
        let margin = " ".repeat(indent);
        shown.extend(wrap(text, room - indent, usize::MAX).into_iter().map(|part| format!("{margin}{part}")));
    }
    shown
}
