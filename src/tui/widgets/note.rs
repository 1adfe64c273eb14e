//! The case note before it is written.

use super::{framed, scrolling};
use crate::tui::text::fit_middle;
use crate::tui::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use std::iter::once;
use std::path::Path;

pub(super) fn draw(lines: Option<&[String]>, path: &Path, offset: usize, theme: &Theme, frame: &mut Frame, area: Rect) {
    let room = usize::from(area.width.saturating_sub(12));
    let title = format!(" Note → {} ", fit_middle(&path.display().to_string(), room));
    let inside = framed(theme, frame, area, title);
    match lines {
        Some(lines) => scrolling(lines.iter().skip(offset).map(String::as_str), Role::Text, theme, frame, inside),
        None => scrolling(once("The note is being composed."), Role::Quiet, theme, frame, inside),
    }
}
