//! A raw record, pretty, beside the fields we read from it.

use super::{framed, scrolling};
use crate::model::{EventId, Field};
use crate::tui::app::App;
use crate::tui::overlay::Overlay;
use crate::tui::text::fit_middle;
use crate::tui::theme::{Role, Theme};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use std::iter::once;

/// From this width on the fields stand beside the record, below it above.
const BESIDE: u16 = 100;

/// Number of lines that scroll; 0 when no record is open.
pub(super) fn count(app: &App) -> usize {
    let Some(Overlay::Record { event, lines: Some(Ok(lines)), .. }) = &app.overlay else { return 0 };
    if app.size.width >= BESIDE { lines.len() } else { lines.len() + fields(app, *event).len() + 1 }
}

pub(super) fn draw(
    app: &App,
    event: EventId,
    record: Option<&Result<Vec<String>, String>>,
    offset: usize,
    theme: &Theme,
    frame: &mut Frame,
    area: Rect,
) {
    let title = format!(" {} ", fit_middle(&place(app, event), usize::from(area.width.saturating_sub(4))));
    let inside = framed(theme, frame, area, title);
    let fields = fields(app, event);
    let said;
    let record = match record {
        Some(Ok(lines)) => lines.as_slice(),
        Some(Err(why)) => {
            said = [format!("The record cannot be read again: {why}")];
            &said
        }
        None => &[],
    };
    let record = record.iter().map(String::as_str);
    let fields = fields.iter().map(String::as_str);
    if area.width >= BESIDE {
        let columns = [Constraint::Fill(3), Constraint::Length(2), Constraint::Fill(2)];
        let [left, _, right] = Layout::horizontal(columns).areas(inside);
        scrolling(record.skip(offset), Role::Text, theme, frame, left);
        scrolling(fields, Role::Quiet, theme, frame, right);
    } else {
        scrolling(fields.chain(once("")).chain(record).skip(offset), Role::Text, theme, frame, inside);
    }
}

/// `signins.json  record 12, offset 3456, 789 bytes`
fn place(app: &App, event: EventId) -> String {
    let Some(bench) = app.workbench() else { return String::new() };
    let origin = bench.store().event(event).origin;
    let source = usize::try_from(origin.source.0).ok().and_then(|at| bench.evidence.loaded.sources.get(at));
    let name = source.map_or("", |source| source.name.as_str());
    format!("{name}  record {}, offset {}, {} bytes", origin.record, origin.offset, origin.len)
}

/// The fields we read, those that hold something.
fn fields(app: &App, event: EventId) -> Vec<String> {
    let Some(bench) = app.workbench() else { return Vec::new() };
    let store = bench.store();
    let row = store.event(event);
    let mut lines = vec!["what we read:".to_owned(), format!("  Table: {}", row.table.name())];
    for (name, time) in [("CreatedDateTime", row.created), ("TimeGenerated", row.ingested)] {
        if time.is_known() {
            lines.push(format!("  {name}: {time}"));
        }
    }
    let texts = Field::ALL.iter().map(|field| (field, store.text(row[*field]))).filter(|(_, text)| !text.is_empty());
    lines.extend(texts.map(|(field, text)| format!("  {}: {text}", field.column())));
    lines
}
