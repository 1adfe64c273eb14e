//! Draws what there is to do about an incident: the tasks with their ticks, the task under the cursor in full, and until
//! when each token may work.

use super::{below, framed};
use crate::model::{Time, inert};
use crate::report::checklist::Item;
use crate::tui::glyphs::Glyph;
use crate::tui::overlay::Containment;
use crate::tui::text::{fit, pad, wrap};
use crate::tui::theme::{Role, Theme};
use crate::tui::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Most lines of the task under the cursor.
const DETAIL: usize = 3;
/// Most clocks shown, of a screen that has room for all tasks.
const CLOCKS: usize = 8;
/// Columns of a task's name.
const NAME: usize = 34;

/// Rows of the list of tasks, of so many inside the frame.
pub(super) fn rows(shown: &Containment, height: usize) -> usize {
    let clocks = shown.list.clocks.len().min(CLOCKS);
    let below = DETAIL + 2 + clocks.min(height.saturating_sub(DETAIL + 2 + shown.list.tasks.len()).max(2));
    shown.list.tasks.len().min(height.saturating_sub(below)).max(1)
}

pub(super) fn draw(shown: &Containment, bench: &Workbench, theme: &Theme, frame: &mut Frame, area: Rect) {
    let key = bench.store().text(shown.user);
    let done = |item: &Item| bench.case.task_done(key, item.task.id);
    let tasks = &shown.list.tasks;
    let many = tasks.iter().filter(|item| done(item).is_some()).count();
    let who = inert(&shown.who);
    let title = format!(" Contain {who}: {many} of {} done ", tasks.len());
    let inside = framed(theme, frame, area, fit(&title, usize::from(area.width.saturating_sub(2))).into_owned());
    let (room, height) = (usize::from(inside.width), usize::from(inside.height));
    let listed = rows(shown, height);
    let top = shown.cursor.top(tasks.len(), listed);
    let mut lines: Vec<Line> = Vec::new();
    for (at, item) in tasks.iter().enumerate().skip(top).take(listed) {
        let selected = at == shown.cursor.cursor;
        let line = task(item, done(item), theme, room, selected);
        lines.push(if selected { theme.under_cursor(line, true, room) } else { line });
    }
    lines.push(Line::default());
    if let Some(item) = tasks.get(shown.cursor.cursor) {
        let command = item.command.as_ref().map_or_else(String::new, |command| format!(" {command}"));
        let text = format!("{}{command}", item.task.what);
        let detail = wrap(&text, room.saturating_sub(1), DETAIL);
        lines.extend(detail.into_iter().map(|text| Line::styled(format!(" {text}"), theme.style(Role::Text))));
    }
    let revoked = bench.case.revoked(key).or(shown.list.revoked);
    let head = match revoked {
        Some(at) => format!(" Tokens issued; sessions revoked {} UTC", at.second()),
        None => " Tokens issued; no revocation is known".to_owned(),
    };
    lines.push(Line::styled(fit(&head, room).into_owned(), theme.style(Role::Title)));
    for clock in &shown.list.clocks {
        let role = if clock.ends().1 < shown.now { Role::Quiet } else { Role::Notice };
        let text = clock.words(revoked, Some(shown.now));
        let wrapped = wrap(&text, room.saturating_sub(2), 2);
        lines.extend(wrapped.into_iter().map(|text| Line::styled(format!("  {text}"), theme.style(role))));
    }
    below(theme, frame, area, lines.len().saturating_sub(height) + tasks.len().saturating_sub(top + listed));
    lines.truncate(height);
    frame.render_widget(Paragraph::new(lines), inside);
}

fn task<'a>(item: &Item, done: Option<Time>, theme: &Theme, room: usize, selected: bool) -> Line<'a> {
    let (glyph, role) = match done {
        Some(_) => (Glyph::Done.text(), Role::Settled),
        None => (Glyph::ToDo.text(), Role::Notice),
    };
    let text = if done.is_some() { Role::Settled } else { Role::Text };
    let why = match done {
        Some(at) => format!("done {} UTC", at.second()),
        None => inert(&item.because).into_owned(),
    };
    let why_role = if done.is_some() { Role::Quiet } else { Role::Title };
    let name = NAME.min(room.saturating_sub(5));
    Line::from(vec![
        Span::styled(if selected { Glyph::Cursor.text() } else { " " }, theme.style(Role::Focus)),
        Span::styled(format!("{glyph} "), theme.style(role)),
        Span::styled(pad(&fit(item.task.title, name - 1), name), theme.style(text)),
        Span::styled(fit(&why, room.saturating_sub(3 + name)).into_owned(), theme.style(why_role)),
    ])
}
