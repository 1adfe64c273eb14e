//! Draws the overlays above the panes.

mod bundle;
mod compare;
mod containment;
mod copy;
mod decisions;
mod facts;
mod filters;
mod guided;
mod help;
mod in_use;
mod marks;
mod near;
mod note;
mod palette;
mod pivot;
mod prompt;
mod queries;
mod record;
mod users;

use super::app::App;
use super::glyphs::Glyph;
use super::layout::centred;
use super::overlay::Overlay;
use super::scroll::List;
use super::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Paragraph};

/// Draws the overlay, if there is one.
pub(super) fn draw(app: &App, theme: &Theme, frame: &mut Frame, area: Rect) {
    match app.overlays.top() {
        None => {}
        Some(Overlay::Help { filter, offset, contexts, .. }) => {
            help::draw(&app.keymap, contexts, filter, *offset, theme, frame, area);
        }
        Some(Overlay::Record { event, row, lines, offset }) => {
            record::draw(app, (*event, *row), lines.as_ref(), *offset, theme, frame, area);
        }
        Some(Overlay::Bundle { lines, offset }) => bundle::draw(lines.as_deref(), *offset, theme, frame, area),
        Some(Overlay::Note { lines, path, offset, .. }) => {
            note::draw(lines.as_deref(), path, *offset, theme, frame, area);
        }
        Some(Overlay::Disposition) => prompt::disposition(app, theme, frame, area),
        Some(Overlay::Closing(asked)) => prompt::closing(asked, theme, frame, area),
        Some(Overlay::Filter(line)) => prompt::line(&prompt::filter_title(app, line), line, theme, frame, area),
        Some(Overlay::Search(line)) => prompt::line(&prompt::search_title(app), line, theme, frame, area),
        Some(Overlay::Moment(line)) => prompt::line(&prompt::moment_title(), line, theme, frame, area),
        Some(Overlay::SaveTo(line)) => prompt::line("Keep the case in this file", line, theme, frame, area),
        Some(Overlay::Revoked(user, line)) => {
            prompt::line(&prompt::revoked_title(app, *user), line, theme, frame, area);
        }
        Some(Overlay::Remark(line)) => prompt::line(&prompt::remark_title(app), line, theme, frame, area),
        Some(Overlay::Words(words)) => {
            prompt::line(&prompt::words_title(app, words), &words.line, theme, frame, area);
        }
        Some(Overlay::Guided(at)) => {
            if let Some(bench) = app.workbench() {
                guided::draw(bench, *at, theme, frame, area);
            }
        }
        Some(Overlay::InUse) => in_use::draw(app, theme, frame, area),
        Some(Overlay::Palette(palette)) => palette::draw(palette, theme, frame, area),
        Some(Overlay::Queries(shown)) => queries::draw(shown, theme, frame, area),
        Some(Overlay::Copy(menu)) => copy::draw(menu, theme, frame, area),
        Some(Overlay::Compare { user, comparison, offset, .. }) => {
            compare::draw(user, comparison.as_deref(), *offset, theme, frame, area);
        }
        Some(Overlay::Filters(menu)) => filters::draw(menu, theme, frame, area),
        Some(
            Overlay::Users(_)
            | Overlay::Near(_)
            | Overlay::Pivot(_)
            | Overlay::Facts(_)
            | Overlay::Containment(_)
            | Overlay::Marks(_)
            | Overlay::Decisions(..),
        ) => beyond(app, theme, frame, area),
    }
}

/// Draws what looks beyond the hit.
fn beyond(app: &App, theme: &Theme, frame: &mut Frame, area: Rect) {
    let Some(bench) = app.workbench() else { return };
    match app.overlays.top() {
        Some(Overlay::Users(list)) => users::draw(list, bench, theme, frame, area),
        Some(Overlay::Near(view)) => near::draw(view, bench, theme, frame, area),
        Some(Overlay::Pivot(menu)) => pivot::draw(menu, bench, theme, frame, area),
        Some(Overlay::Facts(facts)) => facts::draw(*facts, bench, theme, frame, area),
        Some(Overlay::Containment(shown)) => containment::draw(shown, bench, theme, frame, area),
        Some(Overlay::Decisions(list, _)) => decisions::draw(list, app, bench, theme, frame, area),
        Some(Overlay::Marks(list)) => marks::draw(list, app, bench, theme, frame, area),
        _ => {}
    }
}

pub(super) use queries::HEAD as QUERY_HEAD;

/// The box of a menu of so many rows, in the middle.
fn menu_place(rows: usize, widest: u16, area: Rect) -> Rect {
    let height = u16::try_from(rows.max(1)).unwrap_or(u16::MAX).saturating_add(2);
    centred(area, area.width.saturating_sub(2).min(widest), height)
}

/// The line that a prompt begins at.
pub(super) fn above_prompt(area: Rect) -> u16 {
    prompt::place(area).y
}

/// Rows of the overlay's list that are in view.
pub(super) fn rows_in_view(overlay: &Overlay, height: usize) -> usize {
    match overlay {
        Overlay::Near(view) => near::rows(view, height),
        Overlay::Users(_) => height.saturating_sub(users::HEAD),
        Overlay::Containment(shown) => containment::rows(shown, height),
        Overlay::Decisions(..) => decisions::in_view(height),
        _ => height,
    }
}

/// Number of lines of the overlay that scroll, wrapped as they are drawn.
pub(super) fn count(app: &App) -> usize {
    let room = usize::from(app.size.width.saturating_sub(2));
    match app.overlays.top() {
        Some(Overlay::Help { .. }) => help::count(app, room),
        Some(Overlay::Record { .. }) => record::count(app, room),
        Some(Overlay::Bundle { lines: Some(lines), .. }) => bundle::fitted(lines, room).len(),
        Some(Overlay::Facts(_)) => app.workbench().map_or(0, |bench| facts::count(bench, room)),
        Some(Overlay::Note { lines: Some(lines), .. }) => lines.len(),
        Some(Overlay::Queries(shown)) => queries::fitted(shown, room).len(),
        Some(Overlay::Compare { comparison: Some(comparison), .. }) => compare::count(comparison),
        _ => 0,
    }
}

/// The row of the overlay's list at that place, if there is one.
pub(super) fn row_at(app: &App, body: Rect, at: Position) -> Option<usize> {
    let (area, list, len) = list(app, body)?;
    let row = usize::from(at.y.checked_sub(area.y)?) + list.top(len, usize::from(area.height));
    (area.contains(at) && row < len).then_some(row)
}

/// The row of the cursor of the overlay's list.
pub(super) fn cursor(app: &App) -> Option<usize> {
    list(app, Rect::default()).map(|(_, list, _)| list.cursor)
}

/// The overlay's list: the area of its rows, its cursor, its length.
fn list(app: &App, body: Rect) -> Option<(Rect, List, usize)> {
    let inside = body.inner(Margin::new(1, 1));
    Some(match app.overlays.top()? {
        Overlay::Users(users) => (below_rows(inside, users::HEAD), users.list, users.shown.len()),
        Overlay::Palette(palette) => (inside, palette.list, palette.shown.len()),
        Overlay::Marks(marks) => (marks::rows(marks, inside), marks.list, marks.events.len()),
        Overlay::Copy(menu) => (copy::rows(menu, body), menu.list, menu.items.len()),
        Overlay::Filters(menu) => (filters::rows(menu, body), menu.list, menu.items.len()),
        Overlay::Pivot(menu) => (pivot::rows(menu, body), menu.list, menu.values.as_ref()?.len()),
        Overlay::Near(near) => (near::misses(near, inside), near.list, near.misses().len()),
        _ => return None,
    })
}

/// Says at the head of a frame that it begins above.
pub(super) fn above(theme: &Theme, frame: &mut Frame, area: Rect, lines: usize) {
    at_edge(theme, frame, area, Glyph::Ascending.text(), lines, area.y);
}

/// Says at the foot of a frame that it goes on below.
pub(super) fn below(theme: &Theme, frame: &mut Frame, area: Rect, lines: usize) {
    at_edge(theme, frame, area, Glyph::Descending.text(), lines, area.bottom().saturating_sub(1));
}

fn at_edge(theme: &Theme, frame: &mut Frame, area: Rect, arrow: &str, lines: usize, y: u16) {
    if lines == 0 || area.height < 2 {
        return;
    }
    let text = format!(" {arrow} {lines} more ");
    let width = u16::try_from(super::text::width(&text)).unwrap_or(u16::MAX).min(area.width.saturating_sub(2));
    let foot = Rect { x: area.right() - 1 - width, y, width, height: 1 };
    frame.render_widget(Line::styled(text, theme.style(Role::Quiet)), foot);
}

/// The area below its first `rows` rows.
fn below_rows(area: Rect, rows: usize) -> Rect {
    let rows = u16::try_from(rows).unwrap_or(u16::MAX).min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
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
fn scrolling(lines: &[String], offset: usize, role: Role, theme: &Theme, frame: &mut Frame, area: Rect) -> usize {
    let offset = offset.min(lines.len().saturating_sub(1));
    let left = lines.len().saturating_sub(offset + usize::from(area.height));
    let shown: Vec<Line> =
        lines.iter().skip(offset).take(usize::from(area.height)).map(|line| Line::raw(line.as_str())).collect();
    frame.render_widget(Paragraph::new(shown).style(theme.style(role)), area);
    left
}
