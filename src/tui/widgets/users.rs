//! Every user: how many rows and hits, and when they were active.

use super::{above, below, framed};
use crate::model::Time;
use crate::store::Store;
use crate::triage::pivot::Value;
use crate::triage::timeline;
use crate::tui::glyphs::Glyph;
use crate::tui::text::{bar, count, fit, pad};
use crate::tui::theme::{Role, Theme};
use crate::tui::users::{User, Users};
use crate::tui::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

pub(super) fn draw(users: &Users, bench: &Workbench, theme: &Theme, frame: &mut Frame, area: Rect) {
    let (before, after) = users.filter.around_cursor();
    let title = match users.total {
        Some(total) if before.is_empty() && after.is_empty() => {
            format!(" {} users: type to find one ", count(total as u64))
        }
        Some(total) => {
            let shown = if users.is_answered() { count(users.shown.len() as u64) } else { "…".to_owned() };
            format!(" Users: {before}▏{after}  {shown} of {} ", count(total as u64))
        }
        None => format!(" Users: {before}▏{after} "),
    };
    let inside = framed(theme, frame, area, fit(&title, usize::from(area.width.saturating_sub(2))).into_owned());
    if users.shown.is_empty() {
        let sentence = match users.total {
            None => "Counting the rows of each user…",
            Some(0) => "No row of the bundle names its user.",
            Some(_) if users.is_answered() => "No user matches.",
            Some(_) => "Looking…",
        };
        frame.render_widget(Paragraph::new(sentence).style(theme.style(Role::Quiet)), inside);
        return;
    }
    let height = usize::from(inside.height).saturating_sub(HEAD);
    let top = users.list.top(users.shown.len(), height);
    above(theme, frame, area, top);
    below(theme, frame, area, users.shown.len().saturating_sub(top + height));
    let room = usize::from(inside.width);
    let columns = Columns::new(room);
    let range = bench.store().range();
    let head = Line::styled(columns.head(), theme.style(Role::Quiet));
    let rows = (top..users.shown.len().min(top + height)).map(|at| {
        let selected = at == users.list.cursor;
        let line = row(bench.store(), theme, users.shown[at], &columns, range, selected);
        if selected { theme.under_cursor(line, true, room) } else { line }
    });
    let lines: Vec<Line> = std::iter::once(head).chain(rows).collect();
    frame.render_widget(Paragraph::new(lines), inside);
}

/// Widths of the columns: the strip and the times go where there is no room.
struct Columns {
    user: usize,
    strip: usize,
    times: usize,
}

/// Lines above the rows: the heads of the columns.
pub(super) const HEAD: usize = 1;

/// Cursor mark, rows and hits.
const NUMBERS: usize = 1 + 15 + 9;

impl Columns {
    fn new(room: usize) -> Self {
        let rest = room.saturating_sub(NUMBERS);
        let times = if rest >= 80 { 25 } else { 0 };
        let strip = if rest >= 100 {
            50
        } else if rest >= 48 {
            20
        } else {
            0
        };
        Self { user: rest.saturating_sub(times + strip), strip, times }
    }

    fn head(&self) -> String {
        let strip = if self.strip > 0 { pad("  when", self.strip) } else { String::new() };
        let times = if self.times > 0 { format!(" {:>11} {:>12}", "first", "last") } else { String::new() };
        format!(" {}{:>15}{:>9}{strip}{times}", pad("user", self.user), "rows", "hits")
    }
}

fn row<'a>(
    store: &Store,
    theme: &Theme,
    user: User,
    columns: &Columns,
    range: Option<(Time, Time)>,
    selected: bool,
) -> Line<'a> {
    let hits = match user.hits {
        0 => String::new(),
        1 => "1 hit".to_owned(),
        hits => format!("{} hits", count(hits as u64)),
    };
    let rows = if user.rows == 1 { "1 row".to_owned() } else { format!("{} rows", count(user.rows as u64)) };
    let quiet = theme.style(Role::Quiet);
    let mut spans = vec![
        Span::styled(if selected { Glyph::Cursor.text() } else { " " }, theme.style(Role::Focus)),
        Span::styled(pad(&store.who(user.user), columns.user), theme.style(Role::Text)),
        Span::styled(format!("{rows:>15}"), quiet),
        Span::styled(format!("{hits:>9}"), theme.style(Role::Title)),
    ];
    let events = Value::user(user.user).events(store);
    if let Some((from, to)) = range.filter(|_| columns.strip > 0) {
        let parts = timeline::density(store, events, from, to, columns.strip - 2);
        let most = parts.iter().max().copied().unwrap_or(0);
        let strip: String = parts.into_iter().map(|events| bar(events, most)).collect();
        spans.push(Span::styled(format!("  {strip}"), theme.style(Role::Bar)));
    }
    if let (Some(first), Some(last), 1..) = (events.first(), events.last(), columns.times) {
        let short = |time: Time| time.second().get(5..16).unwrap_or_default().to_owned();
        let (first, last) = (short(store.event(*first).time()), short(store.event(*last).time()));
        spans.push(Span::styled(format!(" {first:>11} {last:>12}"), quiet));
    }
    Line::from(spans)
}
