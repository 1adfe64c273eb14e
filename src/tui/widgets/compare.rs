//! Draws an incident beside its user's usual days: values with counts and bars, what is new first.

use super::{above, below, framed};
use crate::analytics::known::Standing;
use crate::triage::compare::{Comparison, Part, bar};
use crate::tui::glyphs::Glyph;
use crate::tui::text::{count as number, fit, fit_middle, pad};
use crate::tui::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Lines of the comparison: its sentence, and of each kind a head and its values.
pub(super) fn count(comparison: &Comparison) -> usize {
    let of_part = |part: &Part| 1 + part.values.len() + usize::from(part.more > 0);
    1 + comparison.parts.iter().map(of_part).sum::<usize>()
}

pub(super) fn draw(
    user: &str,
    comparison: Option<&Comparison>,
    offset: usize,
    theme: &Theme,
    frame: &mut Frame,
    area: Rect,
) {
    let title = format!(" {}: this incident and the usual days ", fit(user, 40));
    let inside = framed(theme, frame, area, title);
    let (room, height) = (usize::from(inside.width), usize::from(inside.height));
    let Some(comparison) = comparison else {
        frame.render_widget(Line::styled("The user's rows are being counted.", theme.style(Role::Quiet)), inside);
        return;
    };
    let columns = Columns::new(room);
    let sentence = Line::styled(fit(&comparison.words(), room).into_owned(), theme.style(Role::Quiet));
    let lines = std::iter::once(sentence).chain(comparison.parts.iter().flat_map(|part| columns.part(theme, part)));
    let lines: Vec<Line> = lines.collect();
    let top = offset.min(lines.len().saturating_sub(height));
    above(theme, frame, area, top);
    below(theme, frame, area, lines.len().saturating_sub(top + height));
    frame.render_widget(Paragraph::new(lines.into_iter().skip(top).take(height).collect::<Vec<_>>()), inside);
}

/// Widths: the value, and a bar of each side.
struct Columns {
    value: usize,
    bar: usize,
}

/// Sign before a value, and the gaps.
const SIGN: usize = 3;
/// A count and the space after it.
const COUNT: usize = 8;

impl Columns {
    fn new(room: usize) -> Self {
        let rest = room.saturating_sub(SIGN + 2 * COUNT);
        let bar = (rest / 4).clamp(1, 44);
        Self { value: rest.saturating_sub(2 * bar), bar }
    }

    fn part<'a>(&self, theme: &Theme, part: &Part) -> Vec<Line<'a>> {
        let style = |role| theme.style(role);
        let head = format!("{}{:>COUNT$}", pad(&format!(" {}", part.name), SIGN + self.value - 1), "here ");
        let head = format!("{head}{}{:>COUNT$}", " ".repeat(self.bar), "before ");
        let mut lines = vec![Line::styled(head, style(Role::Title))];
        let most = |of: fn(&crate::triage::compare::Compared) -> usize| part.values.iter().map(of).max().unwrap_or(0);
        let (most_here, most_usual) = (most(|one| one.rows), most(|one| one.usual));
        for one in &part.values {
            let (sign, role) = match (one.standing, one.rows) {
                (Standing::New, _) => (Glyph::New.text(), Role::High),
                (Standing::Undecided, _) => (Glyph::CannotTell.text(), Role::Text),
                (Standing::Known, 0) => (" ", Role::Quiet),
                (Standing::Known, _) => (" ", Role::Text),
            };
            let cell = |rows: usize, most: usize| {
                let filled = bar(rows, most, self.bar);
                let count = if rows == 0 { "·".to_owned() } else { number(rows as u64) };
                (format!("{count:>0$} ", COUNT - 1), "━".repeat(filled), " ".repeat(self.bar - filled))
            };
            let ((here, here_bar, gap), (usual, usual_bar, _)) =
                (cell(one.rows, most_here), cell(one.usual, most_usual));
            let text = fit_middle(&one.text, self.value.saturating_sub(1));
            lines.push(Line::from(vec![
                Span::styled(format!(" {sign}"), style(Role::High)),
                Span::styled(pad(&text, self.value), style(role)),
                Span::styled(here, style(role)),
                Span::styled(here_bar, style(Role::BarHit)),
                Span::raw(gap),
                Span::styled(usual, style(Role::Text)),
                Span::styled(usual_bar, style(Role::Bar)),
            ]));
        }
        if part.more > 0 {
            lines.push(Line::styled(format!("   {} more", number(part.more as u64)), style(Role::Quiet)));
        }
        lines
    }
}
