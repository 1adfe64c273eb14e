//! Draws the copy menu.

use super::{below, framed, menu_place};
use crate::tui::copy::{ENTRIES, Item, Menu};
use crate::tui::glyphs::Glyph;
use crate::tui::text::{fit, pad};
use crate::tui::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Widest box that reads well.
const WIDEST: u16 = 100;
/// Columns of the names.
const NAME: usize = 12;

fn place(menu: &Menu, area: Rect) -> Rect {
    menu_place(menu.items.len(), WIDEST, area)
}

/// The area of its rows.
pub(super) fn rows(menu: &Menu, area: Rect) -> Rect {
    place(menu, area).inner(Margin::new(1, 1))
}

pub(super) fn draw(menu: &Menu, theme: &Theme, frame: &mut Frame, area: Rect) {
    let area = place(menu, area);
    let inside = framed(theme, frame, area, " Copy ");
    let quiet = theme.style(Role::Quiet);
    if menu.items.is_empty() {
        frame.render_widget(Line::styled("There is nothing to copy here.", quiet), inside);
        return;
    }
    let (room, height) = (usize::from(inside.width), usize::from(inside.height));
    let top = menu.list.top(menu.items.len(), height);
    below(theme, frame, area, menu.items.len().saturating_sub(top + height));
    let row = |(at, item): (usize, &Item)| {
        let selected = at == menu.list.cursor;
        let (about, role) = match item {
            Item::Value(_, text) => (text.as_str(), Role::Text),
            Item::Made(entry) => (ENTRIES.get(*entry).map_or("", |entry| entry.about), Role::Quiet),
        };
        let line = Line::from(vec![
            Span::styled(if selected { Glyph::Cursor.text() } else { " " }, theme.style(Role::Focus)),
            Span::styled(pad(item.name(), NAME), theme.style(Role::Title)),
            Span::styled(fit(about, room.saturating_sub(NAME + 1)).into_owned(), theme.style(role)),
        ]);
        if selected { theme.under_cursor(line, true, room) } else { line }
    };
    let lines: Vec<Line> = menu.items.iter().enumerate().skip(top).take(height).map(row).collect();
    frame.render_widget(Paragraph::new(lines), inside);
}
