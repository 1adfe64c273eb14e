//! The strip that shows where rows are dense.

use super::View;
use crate::model::Time;
use crate::triage::timeline;
use crate::tui::glyphs::Glyph;
use crate::tui::text::{bar, width};
use crate::tui::theme::Role;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

/// The instant of a revocation.
const REVOKED: &str = Glyph::Revoked.text();

/// `13:50 ▁▁▂█▇▁▁▁ 14:20`: the time of the hit in its own colour, the cursor reversed, `!` where the user was
/// revoked.
pub(super) fn strip<'a>(view: &View, room: usize) -> Line<'a> {
    let state = view.state;
    let (from, to) = state.shown.window;
    let label = |time: Time| {
        let text = time.second();
        let part = if view.columns.dated { text.get(5..16) } else { text.get(11..16) };
        part.unwrap_or_default().to_owned()
    };
    let (left, right) = (label(from), label(to));
    let columns = room.saturating_sub(width(&left) + width(&right) + 3);
    let store = view.bench.store();
    let counts = timeline::density(store, state.events(store), from, to, columns);
    let most = counts.iter().max().copied().unwrap_or(0);
    let quiet = view.theme.style(Role::Quiet);
    let mut spans = vec![Span::styled(format!(" {left} "), quiet)];
    let length = i128::from(to.since(from).ticks().max(0)) + 1;
    // As the counts are cut.
    let place = |time: Time| {
        let place = (i128::from(time.since(from).ticks()) * i128::try_from(columns).unwrap_or(0)).div_euclid(length);
        (from..=to).contains(&time).then_some(place)
    };
    let (first, last) = state.hit().unwrap_or(state.about);
    let clamped = |time: Time| place(time.clamp(from.min(to), to)).unwrap_or(0);
    let hit = (last >= from && first <= to).then(|| clamped(first)..=clamped(last));
    let revoked = state.revoked().and_then(place);
    let cursor = state.event(store).and_then(|event| place(store.event(event).time()));
    for (at, events) in (0_i128..).zip(counts) {
        let role = if hit.as_ref().is_some_and(|hit| hit.contains(&at)) { Role::BarHit } else { Role::Bar };
        let (text, role) = if revoked == Some(at) { (REVOKED, Role::Notice) } else { (bar(events, most), role) };
        let style = view.theme.style(role);
        let style = if cursor == Some(at) { style.add_modifier(Modifier::REVERSED) } else { style };
        spans.push(Span::styled(text, style));
    }
    spans.push(Span::styled(format!(" {right}"), quiet));
    Line::from(spans)
}
