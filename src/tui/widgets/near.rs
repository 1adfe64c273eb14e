//! Thresholds, the effect of others, and near misses.

use super::{below, below_rows, framed};
use crate::analytics::{Hit, NearMiss};
use crate::tui::glyphs::Glyph;
use crate::tui::near::{NearView, Part};
use crate::tui::text::{count, fit, pad};
use crate::tui::theme::{Role, Theme};
use crate::tui::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Heading of the list.
const HEADING: usize = 1;

/// Rows of each part in a frame of this height.
struct Parts {
    changes: usize,
    misses: usize,
}

impl Parts {
    fn new(near: &NearView, height: usize) -> Self {
        let rest = height.saturating_sub(near.thresholds.len() + 2 * HEADING);
        let wanted = near.change.as_ref().map_or(0, |change| {
            if near.is_changed() { change.difference.gained.len() + change.difference.lost.len() } else { 0 }
        });
        let changes = wanted.min(rest / 2);
        Self { changes, misses: rest.saturating_sub(changes) }
    }
}

/// Rows of near misses in view.
pub(super) fn rows(near: &NearView, height: usize) -> usize {
    Parts::new(near, height).misses
}

/// The area of the near misses.
pub(super) fn misses(near: &NearView, inside: Rect) -> Rect {
    let parts = Parts::new(near, usize::from(inside.height));
    below_rows(inside, near.thresholds.len() + 2 * HEADING + parts.changes)
}

pub(super) fn draw(near: &NearView, bench: &Workbench, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inside = framed(theme, frame, area, " Near misses, and thresholds to try ");
    let room = usize::from(inside.width);
    let parts = Parts::new(near, usize::from(inside.height));
    let mut lines = thresholds(near, theme, room);
    lines.push(Line::styled(fit(&summary(near), room).into_owned(), theme.style(Role::Notice)));
    lines.extend(changes(near, bench, theme, room, parts.changes));
    let total = near.change.as_ref().map_or(0, |change| change.near.total);
    let listed = near.misses().len();
    let more = if total > listed { format!(", the nearest {} listed", count(listed as u64)) } else { String::new() };
    let heading = match (&near.change, total) {
        (None, _) => "Near misses".to_owned(),
        (_, 0) if near.set.semantics == crate::analytics::Semantics::Published => {
            "No near misses: the published queries stand as they are".to_owned()
        }
        (_, 0) => {
            "No near miss: no rule grades anything low, nor fires at twice the time or with a third fewer resources"
                .to_owned()
        }
        (_, 1) => "1 near miss, and what keeps it from being a hit".to_owned(),
        (_, total) => format!("{} near misses, and what keeps each from being a hit{more}", count(total as u64)),
    };
    lines.push(Line::styled(fit(&heading, room).into_owned(), theme.style(Role::Title)));
    let top = near.list.top(listed, parts.misses);
    below(theme, frame, area, listed.saturating_sub(top + parts.misses));
    for at in top..listed.min(top + parts.misses) {
        let selected = at == near.list.cursor;
        let line = miss(&near.misses()[at], theme, room, selected && near.part == Part::Misses);
        lines.push(if selected { theme.under_cursor(line, near.part == Part::Misses, room) } else { line });
    }
    frame.render_widget(Paragraph::new(lines), inside);
}

fn mark(here: bool) -> &'static str {
    if here { Glyph::Cursor.text() } else { " " }
}

fn thresholds<'a>(near: &NearView, theme: &Theme, room: usize) -> Vec<Line<'a>> {
    let focused = near.part == Part::Thresholds;
    let row = |(at, threshold): (usize, &crate::analytics::Threshold)| {
        let selected = at == near.threshold;
        let (set, tried) = (threshold.value(&near.set), threshold.value(&near.tried));
        let start = threshold.value(&near.start);
        let was = if set == start { String::new() } else { format!(" (was {start})") };
        let value = if set == tried { format!("{set}{was}") } else { format!("{set} → {tried}{was}") };
        let line = Line::from(vec![
            Span::styled(mark(selected && focused), theme.style(Role::Focus)),
            Span::styled(pad(threshold.flag(), 22), theme.style(Role::Text)),
            Span::styled(pad(&value, 20), theme.style(if set == tried { Role::Text } else { Role::Notice })),
            Span::styled(fit(threshold.about(), room.saturating_sub(43)).into_owned(), theme.style(Role::Quiet)),
        ]);
        if selected { theme.under_cursor(line, focused, room) } else { line }
    };
    near.thresholds.iter().enumerate().map(row).collect()
}

/// The line about the effect of the settings being tried.
fn summary(near: &NearView) -> String {
    let Some(change) = &near.change else { return "looking for near misses …".to_owned() };
    if near.is_waiting() {
        return "asking what that changes …".to_owned();
    }
    if !near.is_changed() {
        return "[ ] change a threshold; no hit changes until it is applied".to_owned();
    }
    let difference = &change.difference;
    let changed = match difference.changed {
        0 => String::new(),
        changed => format!(", {changed} on other rows"),
    };
    let (gained, lost) = (difference.gained.len(), difference.lost.len());
    let hits = gained + difference.kept + difference.changed;
    format!("{hits} hits: {gained} gained, {lost} lost, {} the same{changed}", difference.kept)
}

/// The hits that come and go, as many as have room.
fn changes<'a>(near: &NearView, bench: &'a Workbench, theme: &Theme, room: usize, rows: usize) -> Vec<Line<'a>> {
    let Some(change) = near.change.as_ref().filter(|_| near.is_changed()) else { return Vec::new() };
    let gained = change.difference.gained.iter().map(|hit| {
        let text = fit(&format!("+ {}", hit_words(hit)), room).into_owned();
        Line::styled(text, theme.style(Role::Supports))
    });
    let lost = change.difference.lost.iter().map(|id| {
        let known = bench.evidence.hits.iter().find(|hit| hit.id == *id);
        let work = bench.case.work(id).filter(|work| work.disposition.is_some() || !work.verdicts.is_empty());
        let kept = work.map_or("", |_| "  (its verdicts stay in the case)");
        let text = format!("- {}{kept}", known.map_or_else(|| id.clone(), hit_words));
        Line::styled(fit(&text, room).into_owned(), theme.style(Role::Against))
    });
    let all = change.difference.gained.len() + change.difference.lost.len();
    let shown = if all > rows { rows.saturating_sub(1) } else { rows };
    let mut lines: Vec<Line> = gained.chain(lost).take(shown).collect();
    if all > rows && rows > 0 {
        lines.push(Line::styled(format!("  and {} more", all - shown), theme.style(Role::Quiet)));
    }
    lines
}

/// `foci-burst  a.novak@contoso.com  05-01 14:02  0123456789ab`
fn hit_words(hit: &Hit) -> String {
    let user = if hit.upn.is_empty() { &hit.user_id } else { &hit.upn };
    format!("{}  {user}  {}  {}", hit.analytic, when(hit), hit.id)
}

fn when(hit: &Hit) -> String {
    let time = hit.first_seen.second();
    time.get(5..16).unwrap_or(&time).to_owned()
}

fn miss<'a>(miss: &NearMiss, theme: &Theme, room: usize, here: bool) -> Line<'a> {
    let hit = &miss.hit;
    let alike = if miss.alike > 1 { format!(", {}×", count(miss.alike as u64)) } else { String::new() };
    let user = if hit.upn.is_empty() { &hit.user_id } else { &hit.upn };
    // What was missing comes first and stays longest.
    let (what, who) = match room {
        ..70 => (room.saturating_sub(20), 19),
        70..110 => (room / 2, room - room / 2 - 13),
        _ => (room / 2 - 6, room / 4),
    };
    let rest = room.saturating_sub(1 + what + who);
    let mut spans = vec![
        Span::styled(mark(here), theme.style(Role::Focus)),
        Span::styled(pad(&format!("{}: {}{alike}", hit.analytic, miss.words()), what), theme.style(Role::Text)),
        Span::styled(pad(&format!(" {user}"), who), theme.style(Role::Text)),
    ];
    if rest >= 12 {
        let client = if rest >= 30 { format!("  {}", hit.app_name) } else { String::new() };
        let text = format!(" {}{client}", when(hit));
        spans.push(Span::styled(fit(&text, rest).into_owned(), theme.style(Role::Quiet)));
    }
    Line::from(spans)
}
