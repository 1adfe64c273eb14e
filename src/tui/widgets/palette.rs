//! The actions: the part of the work they belong to, name, effect, key.

use super::{below, framed};
use crate::tui::glyphs::Glyph;
use crate::tui::palette::{Entry, Palette};
use crate::tui::text::{fit, pad};
use crate::tui::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

pub(super) fn draw(palette: &Palette, theme: &Theme, frame: &mut Frame, area: Rect) {
    let (before, after) = palette.filter.around_cursor();
    let title = if before.is_empty() && after.is_empty() {
        format!(" Actions: type to find one, Enter does it; {} more work elsewhere ", palette.left_out())
    } else {
        format!(" Actions: {before}▏{after} ")
    };
    let inside = framed(theme, frame, area, fit(&title, usize::from(area.width.saturating_sub(2))).into_owned());
    if palette.shown.is_empty() {
        frame.render_widget(Paragraph::new("No action does that.").style(theme.style(Role::Quiet)), inside);
        return;
    }
    let (room, height) = (usize::from(inside.width), usize::from(inside.height));
    let top = palette.list.top(palette.shown.len(), height);
    below(theme, frame, area, palette.shown.len().saturating_sub(top + height));
    let lines: Vec<Line> = (top..palette.shown.len().min(top + height))
        .map(|at| {
            let selected = at == palette.list.cursor;
            let above = at.checked_sub(1).filter(|_| at > top).map(|above| head(&palette.shown[above]));
            let head = Some(head(&palette.shown[at])).filter(|head| above != Some(*head)).unwrap_or_default();
            let line = row(&palette.shown[at], head, theme, room, selected);
            if selected { theme.under_cursor(line, true, room) } else { line }
        })
        .collect();
    frame.render_widget(Paragraph::new(lines), inside);
}

/// The word that leads a group of actions.
fn head(entry: &Entry) -> &'static str {
    if entry.obstacle.is_some() { "not now" } else { entry.action.subject().word() }
}

fn row<'a>(entry: &Entry, head: &str, theme: &Theme, room: usize, selected: bool) -> Line<'a> {
    const NAME: usize = 19;
    let (subject, keys) = match room {
        100.. => (10, 20),
        70.. => (10, 10),
        _ => (0, 10),
    };
    let (about, name) = match &entry.obstacle {
        None => (entry.about.clone(), Role::Title),
        Some(why) => (format!("{why}: {}", entry.about), Role::Quiet),
    };
    Line::from(vec![
        Span::styled(if selected { Glyph::Cursor.text() } else { " " }, theme.style(Role::Focus)),
        Span::styled(pad(head, subject), theme.style(Role::Quiet)),
        Span::styled(pad(entry.action.name(), NAME), theme.style(name)),
        Span::styled(pad(&about, room.saturating_sub(2 + subject + NAME + keys)), theme.style(Role::Text)),
        Span::styled(pad(&format!(" {}", entry.keys), keys), theme.style(Role::Key)),
    ])
}
