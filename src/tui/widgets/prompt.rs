//! A line being typed, the menu of verdicts, and the grounds of one.

use super::framed;
use crate::model::Sym;
use crate::triage::{listing, time_input};
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::closing::ClosingBox;
use crate::tui::edit::LineEdit;
use crate::tui::keymap::Context;
use crate::tui::layout::centred;
use crate::tui::marks::{LineKind, Words};
use crate::tui::text::{count, fit, pad, width};
use crate::tui::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Most tags suggested.
const SUGGESTED: usize = 8;

/// The area of a typed line.
pub(super) fn place(area: Rect) -> Rect {
    Rect { y: area.bottom().saturating_sub(3).max(area.y), height: area.height.min(3), ..area }
}

/// A line being typed, at the bottom.
pub(super) fn line(title: &str, edit: &LineEdit, theme: &Theme, frame: &mut Frame, area: Rect) {
    let box_ = place(area);
    let title = format!(" {} ", fit(title, usize::from(area.width.saturating_sub(4))));
    let inside = framed(theme, frame, box_, title);
    frame.render_widget(Paragraph::new(typed(edit, theme, usize::from(inside.width))), inside);
}

/// A line with its cursor in view: what does not fit goes at the left.
fn typed<'a>(edit: &LineEdit, theme: &Theme, room: usize) -> Line<'a> {
    let (before, after) = edit.around_cursor();
    let mut start = 0;
    while width(&before[start..]) + 1 > room {
        start += before[start..].chars().next().map_or(1, char::len_utf8);
    }
    let before = &before[start..];
    let mut rest = after.chars();
    let under = rest.next().unwrap_or(' ').to_string();
    let style = theme.style(Role::Text);
    let after = fit(rest.as_str(), room.saturating_sub(width(before) + width(&under))).into_owned();
    Line::from(vec![
        Span::styled(fit(before, room).into_owned(), style),
        Span::styled(fit(&under, 2).into_owned(), style.add_modifier(Modifier::REVERSED)),
        Span::styled(after, style),
    ])
}

/// The title of a remark: its step.
pub(super) fn remark_title(app: &App) -> String {
    let Some(bench) = app.workbench() else { return String::new() };
    let title = bench.current_step().map_or("", |(_, asked)| asked.step.title);
    format!("Remark on step {}: {title}", bench.step + 1)
}

/// The title of the time prompt, with the forms it takes.
pub(super) fn moment_title() -> String {
    format!("Go to (UTC): {}", time_input::FORMS)
}

/// The title of the revocation prompt: the user, and the forms it takes.
pub(super) fn revoked_title(app: &App, user: Sym) -> String {
    let Some(bench) = app.workbench() else { return String::new() };
    let upn = bench.store().who(user);
    format!("Revoked (UTC), empty for never: 14:02, 2026-05-01 14:02, +10m · {upn}")
}

/// The title of words on a row: the row, and the tags that may be meant.
pub(super) fn words_title(app: &App, words: &Words) -> String {
    let row = app.workbench().map_or_else(String::new, |bench| bench.row_words(words.event));
    match words.kind {
        LineKind::Remark => format!("Remark on {row}"),
        LineKind::Tags => {
            let tags: Vec<&str> = words.suggested().take(SUGGESTED).collect();
            if tags.is_empty() {
                return format!("Tags of {row}");
            }
            // The tags are what helps while typing; the row is known.
            format!("Tags of {} ─ {}: {}", fit(&row, 30), app.keymap.key_of(Action::Complete), tags.join(" "))
        }
    }
}

/// The title of the incidents' filter: matches so far, and a name that only rows have.
pub(super) fn filter_title(app: &App, edit: &LineEdit) -> String {
    let Some(bench) = app.workbench() else { return String::new() };
    let line = edit.text();
    if let Some(name) = listing::name_of_rows(&line) {
        return format!("Filter the incidents: {name}: is a field of rows; search it in the timeline");
    }
    if line.trim().is_empty() {
        return "Filter the incidents: text, user: ip: app: alert: state: day: ua:, -word".to_owned();
    }
    format!("Filter the incidents: {} left", count(bench.hit_list.entries.len() as u64))
}

/// The title of the search: matches so far, a mistake in the line, or the forms it takes.
pub(super) fn search_title(app: &App) -> String {
    const FORMS: &str = "Search the timeline: text, field:value, /expression/, -word";
    let Some(find) = app.find() else { return FORMS.to_owned() };
    let rows = count(find.rows as u64);
    match &find.search {
        Err(wrong) => format!("Search the timeline: {wrong}"),
        Ok(_) if find.is_blank() => FORMS.to_owned(),
        Ok(_) if find.is_done() => format!("Search the timeline: {} of {rows} rows", count(find.len() as u64)),
        Ok(_) => format!("Search the timeline: {} of {rows} rows, {} % read", count(find.len() as u64), find.percent()),
    }
}

/// Draws the choice of the verdict.
pub(super) fn disposition(app: &App, theme: &Theme, frame: &mut Frame, area: Rect) {
    let rows = app.keymap.rows(Context::Disposition);
    let choices: Vec<_> = rows.iter().filter(|row| row.run != Action::Close).collect();
    let height = u16::try_from(choices.len()).unwrap_or(0) + 2;
    let longest = choices.iter().map(|row| width(&row.desc)).max().unwrap_or(0);
    let columns = u16::try_from(12 + 16 + longest + 2).unwrap_or(u16::MAX);
    let inside = framed(theme, frame, centred(area, columns, height), " What is this incident? ");
    let room = usize::from(inside.width);
    let lines: Vec<Line> = choices
        .into_iter()
        .map(|row| {
            let key = row.on.first().map_or_else(String::new, ToString::to_string);
            let words = row.hint.as_deref().unwrap_or_default();
            let rest = room.saturating_sub(12 + 16);
            Line::from(vec![
                Span::styled(format!(" {key:<10} "), theme.style(Role::Key)),
                Span::styled(format!("{words:<16}"), theme.style(Role::Title)),
                Span::styled(fit(&row.desc, rest), theme.style(Role::Quiet)),
            ])
        })
        .collect();
    frame.render_widget(Paragraph::new(lines), inside);
}

/// Columns of the names of the two lines.
const NAMES: usize = 15;

/// Draws the grounds of a verdict: the reasons offered, and the two lines.
pub(super) fn closing(asked: &ClosingBox, theme: &Theme, frame: &mut Frame, area: Rect) {
    let height = u16::try_from(asked.offered.len() + 5).unwrap_or(u16::MAX);
    let title = format!(" {}: why, and who confirmed it? ", asked.disposition.words());
    let inside = framed(theme, frame, centred(area, 76, height), title);
    let room = usize::from(inside.width);
    let offered = asked.offered.iter().enumerate().map(|(at, reason)| {
        Line::from(vec![
            Span::styled(format!(" {}  ", at + 1), theme.style(Role::Key)),
            Span::styled(fit(reason, room.saturating_sub(4)).into_owned(), theme.style(Role::Text)),
        ])
    });
    let line = |name: &str, edit: &LineEdit, is_here: bool| {
        let role = if is_here { Role::Focus } else { Role::Quiet };
        let mut spans = vec![Span::styled(pad(&format!(" {name}"), NAMES), theme.style(role))];
        let left = room.saturating_sub(NAMES);
        if is_here {
            spans.extend(typed(edit, theme, left).spans);
        } else {
            spans.push(Span::styled(fit(&edit.text(), left).into_owned(), theme.style(Role::Text)));
        }
        Line::from(spans)
    };
    let reason = line("Reason", &asked.reason, !asked.at_confirmed);
    let confirmed = line("Confirmed by", &asked.confirmed, asked.at_confirmed);
    let hint = if asked.at_confirmed {
        " Enter closes the incident; empty: nobody confirmed it"
    } else {
        " A digit takes that reason, or type one; Enter goes on"
    };
    let hint = Line::styled(fit(hint, room).into_owned(), theme.style(Role::Quiet));
    // The lines being typed stay in view on a low screen.
    let offered: Vec<Line> = offered.take(usize::from(inside.height).saturating_sub(3)).collect();
    frame.render_widget(
        Paragraph::new(offered.into_iter().chain([reason, confirmed, hint]).collect::<Vec<_>>()),
        inside,
    );
}
