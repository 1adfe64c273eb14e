//! While the bundle is read: how far, how fast, how long still.

use crate::tui::app::{App, Loading, Phase};
use crate::tui::layout::centred;
use crate::tui::text::{bytes, count, fit, fit_middle};
use crate::tui::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

pub(super) fn draw(app: &App, state: &Loading, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inside = centred(area, area.width.saturating_sub(4).min(76), 7);
    let room = usize::from(inside.width);
    let plain = |text: String| Line::styled(fit(&text, room).into_owned(), theme.style(Role::Text));
    let lines = vec![
        Line::styled(fit(&format!("{} {}", verb(state.phase), app.name), room).into_owned(), theme.style(Role::Title)),
        Line::default(),
        bar(state, theme, room),
        plain(amounts(state)),
        plain(rate(state)),
        Line::default(),
        Line::styled(fit_middle(&state.source, room).into_owned(), theme.style(Role::Quiet)),
    ];
    frame.render_widget(Paragraph::new(lines), inside);
}

fn verb(phase: Phase) -> &'static str {
    match phase {
        Phase::Looking => "Looking through",
        Phase::Reading => "Reading",
        Phase::Building => "Putting in order",
        Phase::Analysing => "Running the analytics on",
    }
}

/// Thousandths read; all once the reading is over.
fn thousandths(state: &Loading) -> u64 {
    match state.phase {
        Phase::Building | Phase::Analysing => 1000,
        _ => (state.read.saturating_mul(1000)).checked_div(state.total).unwrap_or(0).min(1000),
    }
}

fn bar(state: &Loading, theme: &Theme, room: usize) -> Line<'static> {
    let done = thousandths(state);
    let columns = room.saturating_sub(6);
    let full = usize::try_from(done).unwrap_or(0) * columns / 1000;
    Line::from(vec![
        Span::styled("█".repeat(full), theme.style(Role::Bar)),
        Span::styled("░".repeat(columns - full), theme.style(Role::Quiet)),
        Span::styled(format!(" {:>3} %", done / 10), theme.style(Role::Text)),
    ])
}

fn amounts(state: &Loading) -> String {
    if state.phase == Phase::Looking {
        return String::new();
    }
    let sources = if state.sources == 1 { "1 source".to_owned() } else { format!("{} sources", state.sources) };
    format!("{} of {} in {sources}, {} rows", bytes(state.read), bytes(state.total), count(state.rows))
}

fn rate(state: &Loading) -> String {
    let millis = u64::try_from(state.elapsed.as_millis()).unwrap_or(u64::MAX);
    // In the first moments a rate is noise.
    if state.phase != Phase::Reading || millis < 200 || state.read == 0 {
        return String::new();
    }
    let per_second = |amount: u64| amount.saturating_mul(1000) / millis;
    let left = state.total.saturating_sub(state.read).saturating_mul(millis) / state.read / 1000;
    let left = crate::model::Span::seconds(i64::try_from(left).unwrap_or(0).min(1_000_000));
    format!("{}/s, {} rows/s, about {left} left", bytes(per_second(state.read)), count(per_second(state.rows)))
}
