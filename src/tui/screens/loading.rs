//! While the bundle is read: how far, how fast, how long still, and the first rows, to see that it is the right one.

use crate::ingest::{Glimpse, Reading};
use crate::model::Span;
use crate::tables::RowKind;
use crate::tui::app::{App, Loading, Phase};
use crate::tui::layout::centred;
use crate::tui::text::{bytes, count, fit, fit_name, pad, width};
use crate::tui::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span as Part};
use ratatui::widgets::Paragraph;
use std::fmt;
use std::time::Duration;

/// Lines of the part that is always shown.
const TOP: usize = 5;
/// Sources named as being read.
const SOURCES: usize = 4;
/// Narrower, the pace of each source would push out its name.
const ROOM_FOR_PACE: usize = 76;

pub(super) fn draw(app: &App, state: &Loading, theme: &Theme, frame: &mut Frame, area: Rect) {
    // Rows take the width there is; a bar as long as that says no more than a shorter one.
    let wide = centred(area, area.width.saturating_sub(4).min(120), area.height);
    let room = usize::from(wide.width);
    let title = fit(&format!("{} {}", verb(state.phase), app.name), room).into_owned();
    let plain = |text: String| Line::styled(fit(&text, room).into_owned(), theme.style(Role::Text));
    let mut lines = vec![
        Line::styled(title, theme.style(Role::Title)),
        Line::default(),
        bar(state, theme, room.min(76)),
        plain(amounts(state)),
        plain(rate(state)),
    ];
    debug_assert_eq!(lines.len(), TOP);
    let rows = first(state, theme, room);
    // What is read comes before where it is read from, where not both fit.
    let left = usize::from(wide.height).saturating_sub(TOP + rows.len());
    lines.extend(sources(state, theme, room, left));
    lines.extend(rows);
    lines.truncate(usize::from(wide.height));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    frame.render_widget(Paragraph::new(lines), centred(wide, wide.width, height));
}

/// The sources being read, a line each, in at most `left` lines.
fn sources(state: &Loading, theme: &Theme, room: usize, left: usize) -> Vec<Line<'static>> {
    let shown = state.reading.len().min(SOURCES).min(left.saturating_sub(1));
    if state.phase != Phase::Reading || shown == 0 {
        return Vec::new();
    }
    let line = |reading: &Reading| {
        let share = reading.bytes.saturating_mul(100).checked_div(reading.of).unwrap_or(0).min(100);
        let pace = Pace::new(reading.bytes, reading.of, reading.elapsed).filter(|_| room >= ROOM_FOR_PACE);
        let pace = pace.map_or_else(String::new, |pace| format!(", {pace}"));
        let far = format!("  {share:>3} % of {}, {} rows{pace}", bytes(reading.of), count(reading.rows));
        let name = room.saturating_sub(width(&far));
        let columns = width(&fit_name(&reading.source, name));
        let gap = " ".repeat(name.saturating_sub(columns));
        Line::styled(format!("{}{gap}{far}", fit_name(&reading.source, name)), theme.style(Role::Quiet))
    };
    std::iter::once(Line::default()).chain(state.reading.iter().take(shown).map(line)).collect()
}

/// The first rows read, a line each, and what comes when all are.
fn first(state: &Loading, theme: &Theme, room: usize) -> Vec<Line<'static>> {
    if state.first.is_empty() {
        return Vec::new();
    }
    let widest = state.first.iter().map(|row| width(&fit(&row.user, room / 3))).max().unwrap_or(0);
    let line = |row: &Glimpse| {
        let kind = row.table.spec().kind;
        let what = match (kind, row.client.as_str()) {
            (RowKind::Graph, _) => format!("{} {}", kind.words(), row.what),
            (_, "") => row.what.clone(),
            (_, client) => format!("{client} → {}", row.what),
        };
        let text = format!("{}  {}  {what}", row.time.second(), pad(&row.user, widest));
        Line::styled(fit(&text, room).into_owned(), theme.style(Role::Text))
    };
    let head =
        Line::styled(fit("The first rows; hits follow when all are read", room).into_owned(), theme.style(Role::Title));
    [Line::default(), head].into_iter().chain(state.first.iter().map(line)).collect()
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
        Part::styled("━".repeat(full), theme.style(Role::Bar)),
        Part::styled("─".repeat(columns - full), theme.style(Role::Quiet)),
        Part::styled(format!(" {:>3} %", done / 10), theme.style(Role::Text)),
    ])
}

fn amounts(state: &Loading) -> String {
    if state.phase == Phase::Looking {
        return match state.sources {
            0 => String::new(),
            sources => format!("{} sources found", count(sources as u64)),
        };
    }
    let sources = match state.sources {
        1 => "1 source".to_owned(),
        all if state.phase == Phase::Reading => format!("{} of {all} sources done", state.done),
        all => format!("{all} sources"),
    };
    format!("{} of {}, {} rows, {sources}", bytes(state.read), bytes(state.total), count(state.rows))
}

fn rate(state: &Loading) -> String {
    let Some(pace) = Pace::new(state.read, state.total, state.elapsed).filter(|_| state.phase == Phase::Reading) else {
        return String::new();
    };
    let rows = u128::from(state.rows) * 1000 / state.elapsed.as_millis().max(1);
    let rows = count(u64::try_from(rows).unwrap_or(u64::MAX));
    format!("{}/s, {rows} rows/s, about {} left", bytes(pace.per_second), pace.left)
}

/// Bytes read a second, and the time the rest takes at that rate.
struct Pace {
    per_second: u64,
    left: Span,
}

impl Pace {
    /// `None` in the first moments, where it is noise.
    fn new(read: u64, total: u64, elapsed: Duration) -> Option<Self> {
        let millis = elapsed.as_millis();
        if millis < 200 || read == 0 {
            return None;
        }
        let per_second = u128::from(read) * 1000 / millis;
        let left = u128::from(total.saturating_sub(read)) * millis / u128::from(read) / 1000;
        let left = Span::seconds(i64::try_from(left).unwrap_or(0).min(1_000_000));
        Some(Self { per_second: u64::try_from(per_second).unwrap_or(u64::MAX), left })
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s, {} left", bytes(self.per_second), self.left)
    }
}
