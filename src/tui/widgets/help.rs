//! Every key of where the user is, then every other: from the key table, found by typing.

use super::{below, framed};
use crate::tui::app::App;
use crate::tui::edit::LineEdit;
use crate::tui::glyphs::{Glyph, PATTERNS};
use crate::tui::keymap::{Binding, Context, Keymap};
use crate::tui::overlay::Overlay;
use crate::tui::text::{fit, fit_middle, fit_name, pad, width, wrap};
use crate::tui::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use strum::VariantArray;

/// Most lines one sentence takes.
const MOST: usize = 4;

/// A heading, a key, a sign.
enum Row<'a> {
    Heading(&'a str),
    Key(&'a Binding),
    Sign(&'static str, &'static str),
}

/// The lines that match, those of `here` first.
fn rows<'a>(keymap: &'a Keymap, here: &[Context], filter: &LineEdit) -> Vec<Row<'a>> {
    let wanted = filter.text().to_lowercase();
    let others = keymap.contexts().map(|(context, _)| context).filter(|context| !here.contains(context));
    let mut lines = Vec::new();
    for context in here.iter().copied().chain(others) {
        let matches = |row: &&Binding| {
            row.desc.to_lowercase().contains(&wanted)
                || row.on.iter().any(|key| key.to_string().to_lowercase() == wanted)
        };
        let keys: Vec<Row> = keymap.rows(context).iter().filter(matches).map(Row::Key).collect();
        if !keys.is_empty() {
            lines.push(Row::Heading(context.title()));
            lines.extend(keys);
        }
    }
    let matches = |(sign, means): &(&str, &str)| {
        means.to_lowercase().contains(&wanted) || !wanted.is_empty() && sign.contains(&wanted)
    };
    // An ASCII screen shows their stand-ins here too.
    let signs = Glyph::VARIANTS.iter().map(|sign| (sign.text(), sign.means())).chain(PATTERNS);
    let signs: Vec<Row> = signs.filter(matches).map(|(sign, means)| Row::Sign(sign, means)).collect();
    if !signs.is_empty() {
        lines.push(Row::Heading("Signs"));
        lines.extend(signs);
    }
    lines
}

/// Number of lines of the open help, in a frame of this width; 0 when none is open.
pub(super) fn count(app: &App, room: usize) -> usize {
    match app.overlays.top() {
        Some(Overlay::Help { filter, contexts, .. }) => {
            lines(&rows(&app.keymap, contexts, filter), &Theme::plain(), room).len()
        }
        _ => 0,
    }
}

/// The rows as drawn: a sentence longer than its column goes on below.
fn lines(rows: &[Row], theme: &Theme, room: usize) -> Vec<Line<'static>> {
    let keys = if room >= 60 { 22 } else { 14 };
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let (lead, words) = match row {
            Row::Heading(title) => {
                lines.push(Line::styled(format!(" {title}"), theme.style(Role::Title)));
                continue;
            }
            Row::Key(binding) => (format!(" {} {}", mark(binding), keys_of(binding)), binding.desc.as_str()),
            Row::Sign(sign, means) => (format!("   {sign}"), *means),
        };
        let mut lead = pad(&lead, keys - 1);
        for part in wrap(words, room.saturating_sub(keys), MOST) {
            lines.push(Line::from(vec![
                Span::styled(format!("{lead} "), theme.style(Role::Key)),
                Span::styled(part, theme.style(Role::Text)),
            ]));
            lead = " ".repeat(keys - 1);
        }
    }
    lines
}

/// The mark of a row of the user's table, against those built in.
fn mark(binding: &Binding) -> char {
    if binding.is_yours { '=' } else { ' ' }
}

fn keys_of(binding: &Binding) -> String {
    if binding.on.is_empty() { "none".to_owned() } else { binding.keys() }
}

/// Says at the foot where the keys come from.
fn whence(keymap: &Keymap, theme: &Theme, frame: &mut Frame, area: Rect) {
    // The other end says how much is below.
    let room = area.width.saturating_sub(20);
    let text = match &keymap.yours {
        Some(file) => format!(" = from {} ", fit_name(file, usize::from(room.saturating_sub(9)))),
        None => " change them in keymap.toml: tokentrail config --path ".to_owned(),
    };
    let text = fit_middle(&text, usize::from(room));
    let columns = u16::try_from(width(&text)).unwrap_or(room);
    let line = Rect { x: area.x + 2, y: area.bottom().saturating_sub(1), width: columns, height: 1 };
    frame.render_widget(Line::styled(text, theme.style(Role::Quiet)), line.intersection(area));
}

pub(super) fn draw(
    keymap: &Keymap,
    here: &[Context],
    filter: &LineEdit,
    offset: usize,
    theme: &Theme,
    frame: &mut Frame,
    area: Rect,
) {
    let (before, after) = filter.around_cursor();
    let title = if before.is_empty() && after.is_empty() {
        " Help: type to find a key ".to_owned()
    } else {
        format!(" Help: {before}▏{after} ")
    };
    let inside = framed(theme, frame, area, fit(&title, usize::from(area.width.saturating_sub(2))).into_owned());
    whence(keymap, theme, frame, area);
    let room = usize::from(inside.width);
    let rows = rows(keymap, here, filter);
    if rows.is_empty() {
        frame.render_widget(Paragraph::new("No key does that.").style(theme.style(Role::Quiet)), inside);
        return;
    }
    let lines = lines(&rows, theme, room);
    let height = usize::from(inside.height);
    below(theme, frame, area, lines.len().saturating_sub(offset + height));
    let lines: Vec<Line> = lines.into_iter().skip(offset).take(height).collect();
    frame.render_widget(Paragraph::new(lines), inside);
}
