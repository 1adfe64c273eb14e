//! Draws the queries of an incident or a step: which one, for which engine, and its text.

use super::{below, framed, scrolling};
use crate::model::inert;
use crate::tui::queries::Queries;
use crate::tui::text::{fit, wrapped};
use crate::tui::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

/// Rows above the text.
pub(in crate::tui) const HEAD: usize = 2;

/// The lines of the text as they fit.
pub(super) fn fitted(shown: &Queries, room: usize) -> Vec<String> {
    let text = match &shown.text {
        Ok(text) => text.as_str(),
        Err(why) => why.as_str(),
    };
    let lines: Vec<String> = text.lines().map(|line| inert(line).into_owned()).collect();
    wrapped(lines.iter().map(String::as_str), room)
}

pub(super) fn draw(shown: &Queries, theme: &Theme, frame: &mut Frame, area: Rect) {
    let (at, of) = shown.place();
    let inside = framed(theme, frame, area, format!(" Query {at} of {of}: {} ", shown.offer().name()));
    let room = usize::from(inside.width);
    let head =
        [(format!("{}.", shown.offer().about), Role::Title), (format!("for {}", shown.target().words()), Role::Notice)];
    let head: Vec<Line> =
        head.iter().map(|(text, role)| Line::styled(fit(text, room).into_owned(), theme.style(*role))).collect();
    frame.render_widget(Paragraph::new(head), inside);
    let role = if shown.text.is_ok() { Role::Text } else { Role::Quiet };
    let left = scrolling(&fitted(shown, room), shown.offset, role, theme, frame, super::below_rows(inside, HEAD));
    below(theme, frame, area, left);
}
