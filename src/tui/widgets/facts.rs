//! Draws the page of an incident's facts, one of them under the cursor.

use super::bundle::role;
use super::{below, framed};
use crate::report::card::weighed;
use crate::tui::overlay::Facts;
use crate::tui::text::wrapped;
use crate::tui::theme::{Role, Theme};
use crate::tui::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;
use std::iter::once;

/// The lines as they fit, each with its fact.
fn fitted(bench: &Workbench, room: usize) -> Vec<(Option<usize>, Role, String)> {
    let card = bench.hit.and_then(|hit| bench.evidence.card(hit));
    let lines = card.map(weighed).unwrap_or_default();
    let fit = |(fact, tone, line): (Option<usize>, _, String)| {
        let parts = wrapped(once(line.as_str()), room);
        parts.into_iter().map(move |part| (fact, role(tone), part)).collect::<Vec<_>>()
    };
    lines.into_iter().flat_map(fit).collect()
}

/// Number of lines.
pub(super) fn count(bench: &Workbench, room: usize) -> usize {
    fitted(bench, room).len()
}

pub(super) fn draw(facts: Facts, bench: &Workbench, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inside = framed(theme, frame, area, " Facts: theft, or an innocent story ");
    let (room, height) = (usize::from(inside.width), usize::from(inside.height));
    let lines = fitted(bench, room);
    let ends = lines.iter().rposition(|(fact, ..)| *fact == Some(facts.cursor)).map_or(0, |last| last + 1);
    let top = facts.offset.max(ends.saturating_sub(height)).min(lines.len().saturating_sub(1));
    let left = lines.len().saturating_sub(top + height);
    let shown = lines.into_iter().skip(top).take(height).map(|(fact, role, text)| {
        let line = Line::styled(text, theme.style(role));
        if fact == Some(facts.cursor) { theme.under_cursor(line, true, room) } else { line }
    });
    frame.render_widget(Paragraph::new(shown.collect::<Vec<_>>()), inside);
    below(theme, frame, area, left);
}
