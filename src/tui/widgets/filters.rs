//! Draws the menu of filters.

use super::{below, framed, menu_place};
use crate::tui::filters::{Item, Menu};
use crate::tui::glyphs::Glyph;
use crate::tui::text::fit;
use crate::tui::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Widest box that reads well.
const WIDEST: u16 = 80;

fn place(menu: &Menu, area: Rect) -> Rect {
    menu_place(menu.items.len(), WIDEST, area)
}

/// The area of its rows.
pub(super) fn rows(menu: &Menu, area: Rect) -> Rect {
    place(menu, area).inner(Margin::new(1, 1))
}

pub(super) fn draw(menu: &Menu, theme: &Theme, frame: &mut Frame, area: Rect) {
    let area = place(menu, area);
    let what = match menu.items.first() {
        Some((Item::Listed(_), _)) => " Filter the incidents: Enter only this, x without this ",
        _ => " Filter the rows: Enter only this, x without this ",
    };
    let inside = framed(theme, frame, area, what);
    if menu.items.is_empty() {
        frame.render_widget(Line::styled("Nothing to filter by.", theme.style(Role::Quiet)), inside);
        return;
    }
    let (room, height) = (usize::from(inside.width), usize::from(inside.height));
    let top = menu.list.top(menu.items.len(), height);
    below(theme, frame, area, menu.items.len().saturating_sub(top + height));
    let row = |(at, (_, words)): (usize, &(Item, String))| {
        let selected = at == menu.list.cursor;
        let line = Line::from(vec![
            Span::styled(if selected { Glyph::Cursor.text() } else { " " }, theme.style(Role::Focus)),
            Span::styled(fit(words, room.saturating_sub(1)).into_owned(), theme.style(Role::Text)),
        ]);
        if selected { theme.under_cursor(line, true, room) } else { line }
    };
    let lines: Vec<Line> = menu.items.iter().enumerate().skip(top).take(height).map(row).collect();
    frame.render_widget(Paragraph::new(lines), inside);
}
