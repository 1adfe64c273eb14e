//! Draws the other writer of the case, and the ways to go on.

use super::framed;
use crate::casefile::Life;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::keymap::Context;
use crate::tui::layout::centred;
use crate::tui::text::wrap;
use crate::tui::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Widest box that reads well.
const WIDEST: u16 = 76;
/// Columns of a key and its name.
const KEY: usize = 4;
const NAME: usize = 11;

pub(super) fn draw(app: &App, theme: &Theme, frame: &mut Frame, area: Rect) {
    let Some(taken) = &app.found.holder else { return };
    let width = area.width.min(WIDEST);
    let room = usize::from(width.saturating_sub(4));
    let (mut lines, mut gaps): (Vec<Line>, Vec<usize>) = (Vec::new(), Vec::new());
    let who = format!("In use by {taken}.");
    lines.extend(wrap(&who, room, 4).into_iter().map(|line| Line::styled(line, theme.style(Role::Text))));
    for row in app.keymap.rows(Context::InUse) {
        let about = match (row.run, taken.life) {
            (Action::ReadOnly, _) => "Look at everything. No verdict is kept.",
            (Action::WorkOnCopy, _) => {
                "Your work is merged into the case when you quit, or at the next start. Where you two differ, one of you \
                 decides."
            }
            (Action::TakeOver, Life::Unknown) => {
                "That process is not on this machine: nobody here can tell if it still runs. Should it, its analyst goes \
                 on in a copy."
            }
            (Action::TakeOver, _) => "Works once that process has left. It still runs.",
            _ => "",
        };
        gaps.push(lines.len());
        let key = row.on.first().map_or_else(String::new, ToString::to_string);
        let name = row.hint.as_deref().unwrap_or_default();
        let about = wrap(about, room.saturating_sub(KEY + NAME), 4);
        for (at, text) in about.iter().map(String::as_str).chain(about.is_empty().then_some("")).enumerate() {
            let (key, name) = if at == 0 { (key.as_str(), name) } else { ("", "") };
            lines.push(Line::from(vec![
                Span::styled(format!("{key:<KEY$}"), theme.style(Role::Key)),
                Span::styled(format!("{name:<NAME$}"), theme.style(Role::Title)),
                Span::styled(text.to_owned(), theme.style(Role::Quiet)),
            ]));
        }
    }
    // Where all of it fits, a blank line before each.
    if lines.len() + gaps.len() + 2 <= usize::from(area.height) {
        gaps.into_iter().rev().for_each(|at| lines.insert(at, Line::default()));
    }
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2);
    let inside = framed(theme, frame, centred(area, width, height), " This case is in use ");
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    frame.render_widget(Paragraph::new(lines), inside);
}
