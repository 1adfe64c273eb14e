//! What lies over the panes.

mod help;
mod note;
mod prompt;
mod record;

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
        Some(Overlay::Help { filter, offset, contexts }) => {
            help::draw(&app.keymap, contexts, filter, *offset, theme, frame, area);
        }
        Some(Overlay::Record { event, lines, offset }) => {
            record::draw(app, *event, lines.as_ref(), *offset, theme, frame, area);
        }
        Some(Overlay::Note { lines, path, offset }) => note::draw(lines.as_deref(), path, *offset, theme, frame, area),
        Some(Overlay::Disposition) => prompt::disposition(app, theme, frame, area),
        Some(Overlay::Filter(line)) => prompt::line("Filter the hits", line, theme, frame, area),
        Some(Overlay::Remark(line)) => prompt::line(&prompt::remark_title(app), line, theme, frame, area),
    }
}

/// Number of lines of the overlay that scroll.
pub(super) fn count(app: &App) -> usize {
    match &app.overlay {
        Some(Overlay::Help { .. }) => help::count(app),
        Some(Overlay::Record { .. }) => record::count(app),
        Some(Overlay::Note { lines, .. }) => lines.as_ref().map_or(0, Vec::len),
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

/// Draws text from the line at `offset` on, long lines going on below: only what is seen is wrapped.
fn scrolling<'a>(lines: impl Iterator<Item = &'a str>, role: Role, theme: &Theme, frame: &mut Frame, area: Rect) {
    let (room, height) = (usize::from(area.width), usize::from(area.height));
    let mut shown = Vec::with_capacity(height);
    for line in lines {
        if shown.len() >= height {
            break;
        }
        shown.extend(indented(line, room, height - shown.len()));
    }
    let shown: Vec<Line> = shown.into_iter().map(Line::raw).collect();
    frame.render_widget(Paragraph::new(shown).style(theme.style(role)), area);
}

/// A line wrapped under its own indentation.
fn indented(line: &str, room: usize, most: usize) -> Vec<String> {
    let text = line.trim_start_matches(' ');
    if text.is_empty() {
        return vec![String::new()];
    }
    let indent = (line.len() - text.len()).min(room / 2);
    let margin = " ".repeat(indent);
    wrap(text, room.saturating_sub(indent), most).into_iter().map(|part| format!("{margin}{part}")).collect()
}
