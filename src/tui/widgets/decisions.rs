//! What two analysts decided differently, and copies that are not merged.

use super::framed;
use crate::tui::app::App;
use crate::tui::screens::below;
use crate::tui::scroll::List;
use crate::tui::text::{fit, wrap};
use crate::tui::theme::{Role, Theme};
use crate::tui::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Lines of a row.
const LINES: usize = 2;

/// What stands above the rows.
const HEAD: &str = "Two analysts worked on this case apart. What only one of them changed is merged; decide the rest.";

/// Rows of the list in a frame with so many lines inside.
pub(super) fn in_view(height: usize) -> usize {
    (height.saturating_sub(3) / LINES).max(1)
}

pub(super) fn draw(list: &List, app: &App, bench: &Workbench, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inside = framed(theme, frame, area, " Conflicts and copies ");
    let room = usize::from(inside.width);
    let mut lines: Vec<Line> =
        wrap(HEAD, room, 2).into_iter().map(|line| Line::styled(line, theme.style(Role::Quiet))).collect();
    let copies = app.found.stranded.iter().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name, "work on the same bundle that is not in this case: take it to merge it".to_owned())
    });
    let conflicts = bench.case.conflicts.iter();
    let conflicts = conflicts.map(|conflict| (bench.about(&conflict.theirs), conflict.words(&bench.case)));
    let rows: Vec<(String, String)> = copies.chain(conflicts).collect();
    let height = (usize::from(inside.height).saturating_sub(lines.len()) / LINES).max(1);
    let top = list.top(rows.len(), height);
    below(theme, frame, area, rows.len().saturating_sub(top + height));
    for (at, (about, values)) in rows.iter().enumerate().skip(top).take(height) {
        let selected = at == list.cursor;
        let bar = Span::styled(if selected { "▌" } else { " " }, theme.style(Role::Focus));
        let line = Line::from(vec![
            bar.clone(),
            Span::styled(fit(about, room.saturating_sub(1)).into_owned(), theme.style(Role::Title)),
        ]);
        lines.push(if selected { theme.under_cursor(line, true, room) } else { line });
        let text = fit(values, room.saturating_sub(3)).into_owned();
        lines.push(Line::from(vec![bar, Span::styled(format!("  {text}"), theme.style(Role::Text))]));
    }
    frame.render_widget(Paragraph::new(lines), inside);
}
