//! Draws the pivot menu, each value with its reach.

use super::{below_rows, framed};
use crate::model::{Time, inert};
use crate::store::Key;
use crate::triage::pivot::Reach;
use crate::tui::glyphs::Glyph;
use crate::tui::layout::centred;
use crate::tui::pivot::Menu;
use crate::tui::text::{count, fit, fit_middle, pad, wrap};
use crate::tui::theme::{Role, Theme};
use crate::tui::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Widest box that reads well.
const WIDEST: u16 = 130;
/// Most lines that name whose rows have the value under the cursor.
const OTHERS: usize = 2;
const OTHERS_HIGH: u16 = 2;

/// The area of the box, its columns, and whether the times of the row under the cursor have a line of their own.
fn place(menu: &Menu, area: Rect) -> (Rect, Columns, bool) {
    let rows = menu.values.as_ref().map_or(1, Vec::len).max(1);
    // One size for the whole menu: it does not jump with the cursor.
    let is_shared = menu.values.iter().flatten().any(|reach| !reach.others.is_empty());
    let others = if is_shared { OTHERS_HIGH } else { 1 };
    let width = area.width.saturating_sub(2).min(WIDEST);
    let columns = Columns::new(usize::from(width.saturating_sub(2)));
    let times = columns.times == 0 && rows > 1;
    let height = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(3 + others + u16::from(times));
    (centred(area, width, height), columns, times)
}

/// The area of its rows: below their head.
pub(super) fn rows(menu: &Menu, area: Rect) -> Rect {
    let (area, ..) = place(menu, area);
    below_rows(area.inner(Margin::new(1, 1)), 1)
}

pub(super) fn draw(menu: &Menu, bench: &Workbench, theme: &Theme, frame: &mut Frame, area: Rect) {
    let (area, columns, times) = place(menu, area);
    let inside = framed(theme, frame, area, " Who else used this? ");
    let room = usize::from(inside.width);
    let quiet = theme.style(Role::Quiet);
    let lines = match &menu.values {
        None => vec![Line::styled("counting …", quiet)],
        Some(values) if values.is_empty() => vec![Line::styled("This row has no other value to go on by.", quiet)],
        Some(values) => {
            let head = Line::styled(columns.head(), quiet);
            let rows = values.iter().enumerate().map(|(at, reach)| {
                let selected = at == menu.list.cursor;
                let line = row(bench, theme, reach, &columns, selected);
                if selected { theme.under_cursor(line, true, room) } else { line }
            });
            // Where the columns have no room for them, the row under the cursor still says when.
            let when = values.get(menu.list.cursor).filter(|_| times).map(|Reach { counts, .. }| {
                let minute = |time: Time| time.second().get(..16).unwrap_or_default().to_owned();
                let times = format!("  first {}, last {} UTC", minute(counts.first), minute(counts.last));
                Line::styled(fit(&times, room).into_owned(), quiet)
            });
            let others = values.get(menu.list.cursor).map(|reach| {
                let words = inert(&reach.words(bench.store())).into_owned();
                let wrapped = wrap(&words, room.saturating_sub(2), OTHERS);
                wrapped.into_iter().map(|text| Line::styled(format!("  {text}"), theme.style(Role::Text)))
            });
            std::iter::once(head).chain(rows).chain(when).chain(others.into_iter().flatten()).collect()
        }
    };
    frame.render_widget(Paragraph::new(lines), inside);
}

/// Widths: the times go first, then days and sessions.
struct Columns {
    value: usize,
    numbers: usize,
    times: usize,
}

/// Cursor mark and kind.
const LEAD: usize = 10;
/// One number.
const NUMBER: usize = 9;

impl Columns {
    fn new(room: usize) -> Self {
        let rest = room.saturating_sub(LEAD);
        let times = if rest >= 100 { 26 } else { 0 };
        let numbers = if rest >= 62 { 4 } else { 2 };
        Self { value: rest.saturating_sub(times + numbers * NUMBER), numbers, times }
    }

    fn head(&self) -> String {
        let names = ["rows", "others", "sessions", "days"].into_iter().take(self.numbers);
        let numbers: Vec<String> = names.map(|name| format!("{name:>NUMBER$}")).collect();
        let times = if self.times > 0 { format!("{:>13}{:>13}", "first", "last") } else { String::new() };
        format!("{}{}{times}", " ".repeat(LEAD + self.value), numbers.concat())
    }
}

fn row<'a>(bench: &Workbench, theme: &Theme, reach: &Reach, columns: &Columns, selected: bool) -> Line<'a> {
    let Reach { value, is_new, counts, others, .. } = reach;
    let new = if *is_new { format!("{} ", Glyph::New.text()) } else { String::new() };
    let words = format!("{new}{}", value.words(bench.store(), bench.evidence.facts));
    // A name is told by its beginning, an id by its end too.
    let words = match value.key {
        Key::Address | Key::Session | Key::Token | Key::Device => fit_middle(&words, columns.value.saturating_sub(1)),
        _ => fit(&words, columns.value.saturating_sub(1)),
    };
    let others = if others.is_empty() { "nobody".to_owned() } else { count(others.len() as u64) };
    let numbers = [count(counts.rows as u64), others, count(counts.sessions as u64), count(counts.days as u64)];
    let numbers: Vec<String> =
        numbers.into_iter().take(columns.numbers).map(|number| format!("{number:>NUMBER$}")).collect();
    let short = |time: Time| time.second().get(5..16).unwrap_or_default().to_owned();
    let times = if columns.times > 0 {
        format!("{:>13}{:>13}", short(counts.first), short(counts.last))
    } else {
        String::new()
    };
    Line::from(vec![
        Span::styled(if selected { Glyph::Cursor.text() } else { " " }, theme.style(Role::Focus)),
        Span::styled(pad(value.kind(), LEAD - 1), theme.style(Role::Quiet)),
        Span::styled(pad(&words, columns.value), theme.style(Role::Text)),
        Span::styled(numbers.concat(), theme.style(Role::Text)),
        Span::styled(times, theme.style(Role::Quiet)),
    ])
}
