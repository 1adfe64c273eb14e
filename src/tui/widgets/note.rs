//! The case note before it is written.

use super::{below, framed, scrolling};
use crate::tui::text::fit_name;
use crate::tui::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use std::path::Path;

pub(super) fn draw(lines: Option<&[String]>, path: &Path, offset: usize, theme: &Theme, frame: &mut Frame, area: Rect) {
    let room = usize::from(area.width.saturating_sub(12));
    let title = format!(" Note → {} ", fit_name(&path.display().to_string(), room));
    let inside = framed(theme, frame, area, title);
    let waiting = ["The note is being composed.".to_owned()];
    let (lines, role) = lines.map_or((&waiting[..], Role::Quiet), |lines| (lines, Role::Text));
    let left = scrolling(lines, offset, role, theme, frame, inside);
    below(theme, frame, area, left);
}
