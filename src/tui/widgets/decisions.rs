//! Draws the conflicting decisions of two analysts, and the unmerged copies.

use super::{below, framed};
use crate::casefile::name;
use crate::tui::app::App;
use crate::tui::glyphs::Glyph;
use crate::tui::scroll::List;
use crate::tui::text::{fit, wrap};
use crate::tui::theme::{Role, Theme};
use crate::tui::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// The text above the rows.
const HEAD: &str = "Two analysts worked on this case apart. What only one of them changed is merged; decide the rest.";
/// Most lines of either value.
const MOST: usize = 3;

/// Rows of the list in a frame with so many lines inside.
pub(super) fn in_view(height: usize) -> usize {
    height.saturating_sub(2 + 2 * MOST).max(1)
}

pub(super) fn draw(list: &List, app: &App, bench: &Workbench, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inside = framed(theme, frame, area, " Conflicts and copies ");
    let room = usize::from(inside.width);
    let copies = app.found.stranded.iter().map(|path| {
        let words = "work on the same bundle that is not in this case: take it to merge it, or keep it apart";
        (name(path), vec![words.to_owned()])
    });
    let conflicts = bench.case.conflicts.iter();
    let conflicts = conflicts.map(|conflict| (bench.about(&conflict.theirs), conflict.sides(&bench.case).to_vec()));
    let rows: Vec<(String, Vec<String>)> = copies.chain(conflicts).collect();
    // Both values in full below the rows: a remark is decided upon by all of it.
    let values = rows.get(list.cursor).map_or(&[][..], |(_, values)| values);
    let values: Vec<String> = values.iter().flat_map(|value| wrap(value, room.saturating_sub(1), MOST)).collect();
    let quiet = theme.style(Role::Quiet);
    let mut lines: Vec<Line> = wrap(HEAD, room, 2).into_iter().map(|line| Line::styled(line, quiet)).collect();
    let height = usize::from(inside.height).saturating_sub(lines.len() + values.len()).max(1);
    let top = list.top(rows.len(), height);
    below(theme, frame, area, rows.len().saturating_sub(top + height));
    for (at, (about, _)) in rows.iter().enumerate().skip(top).take(height) {
        let selected = at == list.cursor;
        let line = Line::from(vec![
            Span::styled(if selected { Glyph::Cursor.text() } else { " " }, theme.style(Role::Focus)),
            Span::styled(fit(about, room.saturating_sub(1)).into_owned(), theme.style(Role::Title)),
        ]);
        lines.push(if selected { theme.under_cursor(line, true, room) } else { line });
    }
    lines.resize_with(usize::from(inside.height).saturating_sub(values.len()).max(lines.len()), Line::default);
    let text = theme.style(Role::Text);
    lines.extend(values.into_iter().map(|value| Line::styled(format!(" {value}"), text)));
    frame.render_widget(Paragraph::new(lines), inside);
}
