//! The case note before it is written.

use super::{below, framed, scrolling, wrapped};
use crate::tui::text::fit_name;
use crate::tui::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use std::path::Path;

pub(super) fn draw(lines: Option<&[String]>, path: &Path, offset: usize, theme: &Theme, frame: &mut Frame, area: Rect) {
    let room = usize::from(area.width.saturating_sub(12));
    let title = format!(" Note → {} ", fit_name(&path.display().to_string(), room));
    let inside = framed(theme, frame, area, title);
    let (lines, role) = match lines {
        Some(lines) => (wrapped(lines.iter().map(String::as_str), usize::from(inside.width)), Role::Text),
        None => (vec!["The note is being composed.".to_owned()], Role::Quiet),
    };
    let left = scrolling(lines, offset, role, theme, frame, inside);
    below(theme, frame, area, left);
}
