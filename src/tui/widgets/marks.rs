//! Every marked event, of all users, in time order.

use super::{below, below_rows, framed};
use crate::model::EventId;
use crate::triage::marks::lost_words;
use crate::triage::timeline;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::glyphs::Glyph;
use crate::tui::marks::MarkList;
use crate::tui::text::{count, fit, pad, width, wrap};
use crate::tui::theme::{Role, Theme};
use crate::tui::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// The lines above the rows.
fn head(list: &MarkList, room: usize) -> Vec<String> {
    lost_words(list.lost).map(|words| wrap(&words, room, 2)).unwrap_or_default()
}

/// The area of the rows.
pub(super) fn rows(list: &MarkList, inside: Rect) -> Rect {
    below_rows(inside, head(list, usize::from(inside.width)).len())
}

pub(super) fn draw(list: &MarkList, app: &App, bench: &Workbench, theme: &Theme, frame: &mut Frame, area: Rect) {
    let title = match list.events.len() {
        0 => " Marked rows ".to_owned(),
        1 => " 1 marked row ".to_owned(),
        rows => format!(" {} marked rows ", count(rows as u64)),
    };
    let inside = framed(theme, frame, area, title);
    let quiet = theme.style(Role::Quiet);
    let room = usize::from(inside.width);
    let mut lines: Vec<Line> = head(list, room).into_iter().map(|line| Line::styled(line, quiet)).collect();
    if list.events.is_empty() && list.lost == 0 {
        let keys = [Action::Bookmark, Action::Tags, Action::RemarkRow].map(|action| app.keymap.key_of(action));
        let [bookmark, tags, remark] = keys;
        let words = format!(
            "Nothing is marked yet: at a row, {bookmark} bookmarks it, {tags} gives it tags, {remark} a remark."
        );
        lines.extend(wrap(&words, room, 3).into_iter().map(|line| Line::styled(line, quiet)));
    }
    let height = usize::from(inside.height).saturating_sub(lines.len());
    let top = list.list.top(list.events.len(), height);
    below(theme, frame, area, list.events.len().saturating_sub(top + height));
    let columns = Columns::new(room);
    for (at, event) in list.events.iter().enumerate().skip(top).take(height) {
        let selected = at == list.list.cursor;
        let line = row(bench, theme, *event, &columns, selected);
        lines.push(if selected { theme.under_cursor(line, true, room) } else { line });
    }
    frame.render_widget(Paragraph::new(lines), inside);
}

/// Widths: the user goes first where there is no room, then the date.
struct Columns {
    time: usize,
    user: usize,
    what: usize,
    words: usize,
}

/// Cursor mark, glyph, and the spaces between the columns.
const LEAD: usize = 7;

impl Columns {
    fn new(room: usize) -> Self {
        let time = if room >= 70 { 19 } else { 8 };
        let rest = room.saturating_sub(LEAD + time);
        let user = if rest >= 50 { (rest / 4).min(32) } else { 0 };
        let what = (rest - user) / 2;
        Self { time, user, what, words: rest - user - what }
    }
}

fn row<'a>(bench: &Workbench, theme: &Theme, event: EventId, columns: &Columns, selected: bool) -> Line<'a> {
    let store = bench.store();
    let line = timeline::line(store, bench.evidence.facts, event, None);
    // It may have been unmarked since the list was opened.
    let mark = bench.mark_of(event).cloned().unwrap_or_default();
    let time = if columns.time >= width(&line.time.second()) { line.time.second() } else { line.time.clock() };
    let text = theme.style(if line.failed { Role::Failed } else { Role::Text });
    Line::from(vec![
        Span::styled(if selected { Glyph::Cursor.text() } else { " " }, theme.style(Role::Focus)),
        Span::styled(format!("{} ", mark.glyph()), theme.style(Role::Notice)),
        Span::styled(format!("{} ", pad(&time, columns.time)), text),
        Span::styled(pad(&store.who(store.event(event).user), columns.user), theme.style(Role::Quiet)),
        Span::styled(format!(" {} ", pad(&line.what, columns.what)), text),
        Span::styled(fit(&mark.words(), columns.words).into_owned(), theme.style(Role::Title)),
    ])
}
