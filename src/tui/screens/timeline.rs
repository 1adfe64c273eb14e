//! The user's tokens in time order or by lineage, under a strip that shows where they crowd.

mod branches;
mod chips;
mod group_rows;
mod row;
mod strip;

use super::pane;
use crate::analytics::{DetectContext, Show};
use crate::model::{EventId, Sym};
use crate::store::{Key, Store};
use crate::triage::pivot::Value;
use crate::tui::find::Find;
use crate::tui::glyphs::Glyph;
use crate::tui::layout::Pane;
use crate::tui::rows::{Timeline, Zoom};
use crate::tui::text::{count, fit, fit_middle, width};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::below;
use crate::tui::workbench::Workbench;
use group_rows::rows;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use row::Columns;
use std::borrow::Cow;

/// Everything a row needs.
struct View<'a> {
    bench: &'a Workbench,
    state: &'a Timeline,
    theme: &'a Theme,
    columns: Columns,
    origins: DetectContext<'a>,
}

pub(super) fn draw(bench: &Workbench, theme: &Theme, frame: &mut Frame, area: Rect) {
    if area.is_empty() {
        return;
    }
    let focused = bench.focus == Pane::Timeline;
    let Some(state) = &bench.timeline else {
        pane(theme, frame, area, Span::styled(" Timeline ", theme.style(Role::Title)), focused);
        return;
    };
    let room = usize::from(area.width).saturating_sub(4);
    let about = match &state.find {
        Some(find) => found(find, state.event(bench.store())),
        None => title(bench, state),
    };
    let whose = whose(bench, room.saturating_sub(width(&about) + 14));
    let title = Line::from(vec![
        Span::styled(" Timeline ", theme.style(Role::Title)),
        Span::styled(format!("{whose} "), theme.style(Role::Text)),
        Span::styled(format!("─ {about} "), theme.style(Role::Quiet)),
    ]);
    let inside = pane(theme, frame, area, title, focused);
    let room = usize::from(inside.width);
    let view = View {
        bench,
        state,
        theme,
        columns: Columns::new(bench.store(), state, room),
        origins: bench.evidence.origins(),
    };
    let mut lines = Vec::with_capacity(usize::from(inside.height));
    let height = list_rows(bench, usize::from(inside.height));
    let above = usize::from(inside.height).saturating_sub(height);
    if above > 0 && !state.filters().is_empty() {
        lines.push(chips::chips(&view, room));
    }
    if lines.len() + 1 < above && !state.shares.is_empty() {
        lines.push(chips::shares(&view, room));
    }
    if lines.len() < above {
        lines.push(strip::strip(&view, room));
    }
    let (top, cursor) = (state.shown.list.top(state.len(), height), state.shown.list.cursor);
    below(theme, frame, area, state.len().saturating_sub(top + height));
    for at in top..state.len().min(top + height) {
        let line = row::row(&view, at, at == top, room);
        lines.push(if at == cursor { theme.under_cursor(line, focused, room) } else { line });
    }
    if state.is_empty() {
        lines.push(Line::styled(chips::nothing(state), theme.style(Role::Quiet)));
    }
    frame.render_widget(Paragraph::new(lines), inside);
}

/// Rows of the list in a pane with so many inside its frame.
pub(super) fn list_rows(bench: &Workbench, inside: usize) -> usize {
    inside - lines_above(bench, inside)
}

/// Lines above the list in a pane with so many inside its frame: filters in force have a line, the strip another, and
/// so has whose the rows are where they are not one user's.
fn lines_above(bench: &Workbench, inside: usize) -> usize {
    let is_filtered = bench.timeline.as_ref().is_some_and(|timeline| !timeline.filters().is_empty());
    let chips = usize::from(inside > 1 && is_filtered);
    let strip = usize::from(inside > 3 + chips);
    let is_shared = bench.timeline.as_ref().is_some_and(|timeline| !timeline.shares.is_empty());
    let shares = usize::from(is_shared && strip > 0 && inside > 5 + chips);
    chips + strip + shares
}

/// Lines of the timeline while it shows the rows of a step.
pub(super) fn lines_of_step(bench: &Workbench) -> Option<usize> {
    let state = bench.timeline.as_ref().filter(|state| state.shown.step.is_some())?;
    Some(state.len() + lines_above(bench, usize::MAX))
}

/// A user's sign-in name without its domain, with what tells users of one name apart.
fn account(store: &Store, user: Sym) -> Cow<'_, str> {
    let upn = store.upn(user);
    store.who_as(user, upn.split_once('@').map_or(upn, |(account, _)| account))
}

/// The user of the hit; away from it, what led here: `finance.director › address 198.51.100.23 › user a.novak`, the last
/// of which stays longest.
fn whose(bench: &Workbench, room: usize) -> String {
    let trail = bench.trail();
    let hit = bench.current().map(|hit| hit.user);
    if trail.is_empty() {
        let whose = hit.map_or_else(String::new, |user| bench.store().who(user).into_owned());
        return fit(&whose, room).into_owned();
    }
    let words = |value: &Value| {
        if value.key == Key::User {
            return format!("user {}", account(bench.store(), value.sym));
        }
        format!("{} {}", value.kind(), fit_middle(&value.words(bench.store(), bench.evidence.facts), 40))
    };
    let home = hit.map(|user| account(bench.store(), user).into_owned());
    let whose = home.into_iter().chain(trail.iter().map(words)).collect::<Vec<_>>().join(" › ");
    let mut start = 0;
    while width(&whose[start..]) > room {
        match whose[start..].find(" › ") {
            Some(at) => start += at + " › ".len(),
            None => break,
        }
    }
    let cut = if start > 0 { "… › " } else { "" };
    fit(&format!("{cut}{}", &whose[start..]), room).into_owned()
}

/// The pane's title: the zoom or the step's rows, and their order.
fn title(bench: &Workbench, state: &Timeline) -> String {
    let order = match () {
        () if state.is_pending() => ", being arranged",
        () if state.is_tree() && !state.is_grouped() => " by lineage",
        () => "",
    };
    format!("{}{order}", extent(bench, state))
}

fn extent(bench: &Workbench, state: &Timeline) -> String {
    let marked = rows(state.shown.marks.len());
    let step = bench.step + 1;
    match state.shown.step {
        None if bench.is_away() && state.shown.zoom == Zoom::All => rows(state.events(bench.store()).len()),
        None => around(state),
        Some(_) if state.shown.marks.is_empty() => format!("{}, step {step} has no rows", around(state)),
        Some(Show::Mark) => format!("{}, {} {marked} of step {step}", around(state), Glyph::OfStep.text()),
        Some(Show::Only) => format!("only the {marked} of step {step}"),
        Some(Show::GroupBy(field)) => format!("{marked} of step {step} by {}", field.column()),
    }
}

/// `±20 min`, and around what if that is not the hit.
fn around(state: &Timeline) -> String {
    let words = state.shown.zoom.words();
    if state.shown.zoom == Zoom::All || state.shown.centre == state.about {
        return words;
    }
    let time = state.shown.centre.0.second();
    format!("{words} around {}", time.get(5..16).unwrap_or(&time))
}

/// `3 of 12 found for ip:198.51`
fn found(find: &Find, event: Option<EventId>) -> String {
    let place =
        event.and_then(|event| find.place(event)).map_or_else(String::new, |at| format!("{} of ", count(at as u64)));
    let so_far = if find.is_done() { "" } else { "+" };
    format!("{place}{}{so_far} found for {}", count(find.len() as u64), fit(find.query.trim(), 30))
}
