//! Every action: name, what it does, key.

use super::{below, framed};
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
        " Actions: type to find one, Enter does it ".to_owned()
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
            let line = row(&palette.shown[at], theme, room, selected);
            if selected { theme.under_cursor(line, true, room) } else { line }
        })
        .collect();
    frame.render_widget(Paragraph::new(lines), inside);
}

fn row<'a>(entry: &Entry, theme: &Theme, room: usize, selected: bool) -> Line<'a> {
    const NAME: usize = 19;
    let keys = if room >= 70 { 20 } else { 10 };
    let about = if entry.ready { entry.about.clone() } else { format!("[{}] {}", entry.context.title(), entry.about) };
    let name = theme.style(if entry.ready { Role::Title } else { Role::Quiet });
    Line::from(vec![
        Span::styled(if selected { "▌" } else { " " }, theme.style(Role::Focus)),
        Span::styled(pad(entry.action.name(), NAME), name),
        Span::styled(pad(&about, room.saturating_sub(2 + NAME + keys)), theme.style(Role::Text)),
        Span::styled(pad(&format!(" {}", entry.keys), keys), theme.style(Role::Key)),
    ])
}
