//! Draws the page about the bundle.

use super::{below, framed};
use crate::report::info::Tone;
use crate::tui::text::wrapped;
use crate::tui::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;
use std::iter::once;

/// Role of a line of its tone.
pub(super) fn role(tone: Tone) -> Role {
    match tone {
        Tone::Head => Role::Title,
        Tone::Warn => Role::Medium,
        Tone::Plain => Role::Text,
        Tone::Quiet => Role::Quiet,
    }
}

/// The lines as they fit.
pub(super) fn fitted(lines: &[(Tone, String)], room: usize) -> Vec<(Role, String)> {
    let fit = |(tone, line): &(Tone, String)| {
        let role = role(*tone);
        wrapped(once(line.as_str()), room).into_iter().map(move |part| (role, part))
    };
    lines.iter().flat_map(fit).collect()
}

pub(super) fn draw(lines: Option<&[(Tone, String)]>, offset: usize, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inside = framed(theme, frame, area, " Bundle: what was read ");
    let lines = match lines {
        Some(lines) => fitted(lines, usize::from(inside.width)),
        None => vec![(Role::Quiet, "The rows are being counted.".to_owned())],
    };
    let offset = offset.min(lines.len().saturating_sub(1));
    let height = usize::from(inside.height);
    let left = lines.len().saturating_sub(offset + height);
    let shown = lines.into_iter().skip(offset).take(height);
    let shown: Vec<Line> = shown.map(|(role, line)| Line::styled(line, theme.style(role))).collect();
    frame.render_widget(Paragraph::new(shown), inside);
    below(theme, frame, area, left);
}
