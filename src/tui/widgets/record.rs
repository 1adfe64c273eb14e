//! A raw record, pretty, beside the fields we read from it.

use super::{below, framed, scrolling};
use crate::analytics::binding::{Protection, code_words};
use crate::analytics::known::Standing;
use crate::analytics::news::NewKind;
use crate::analytics::scopes::{detail, roles};
use crate::facts::Facts;
use crate::model::{EventId, Field, Flags};
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::overlay::Overlay;
use crate::tui::text::{fit, fit_name, width, wrapped};
use crate::tui::theme::{Role, Theme};
use crate::tui::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::Rect;
use std::iter::once;

/// From this width on the fields are beside the record, below it above.
const BESIDE: u16 = 100;
/// Columns between them.
const GUTTER: usize = 2;

/// Number of lines that scroll; 0 when no record is open.
pub(super) fn count(app: &App, room: usize) -> usize {
    let Some(Overlay::Record { event, lines: Some(lines), .. }) = app.overlays.top() else { return 0 };
    if app.size.width >= BESIDE {
        record(lines, halves(room).0).len()
    } else {
        joined(&fields(app, *event), record(lines, room), room).len()
    }
}

/// Columns of the record and of the fields beside it.
fn halves(room: usize) -> (usize, usize) {
    let right = room * 2 / 5;
    (room - right, right.saturating_sub(GUTTER))
}

/// The record's lines, or why there are none.
fn record(lines: &Result<Vec<String>, String>, room: usize) -> Vec<String> {
    match lines {
        Ok(lines) => wrapped(lines.iter().map(String::as_str), room),
        Err(why) => wrapped(once(format!("The record cannot be read again: {why}").as_str()), room),
    }
}

/// The fields, and the record below them.
fn joined(fields: &[String], record: Vec<String>, room: usize) -> Vec<String> {
    let mut lines = wrapped(fields.iter().map(String::as_str), room);
    lines.push(String::new());
    lines.extend(record);
    lines
}

pub(super) fn draw(
    app: &App,
    (event, row): (EventId, EventId),
    lines: Option<&Result<Vec<String>, String>>,
    offset: usize,
    theme: &Theme,
    frame: &mut Frame,
    area: Rect,
) {
    let title = format!(" {} ", place(app, row, usize::from(area.width.saturating_sub(4))));
    let inside = framed(theme, frame, area, title);
    let room = usize::from(inside.width);
    let fields = fields(app, event);
    let lines = |room| lines.map_or_else(Vec::new, |lines| record(lines, room));
    let left = if area.width >= BESIDE {
        let (left, right) = halves(room);
        let narrow = |columns| u16::try_from(columns).unwrap_or(inside.width);
        let beside = Rect { x: inside.right() - narrow(right), width: narrow(right), ..inside };
        scrolling(&wrapped(fields.iter().map(String::as_str), right), 0, Role::Quiet, theme, frame, beside);
        scrolling(&lines(left), offset, Role::Text, theme, frame, Rect { width: narrow(left), ..inside })
    } else {
        scrolling(&joined(&fields, lines(room), room), offset, Role::Text, theme, frame, inside)
    };
    below(theme, frame, area, left);
}

/// `signins.json  record 12, offset 3456, 789 bytes`
/// Place of a row. What is cut is its source's path, not the numbers behind it.
fn place(app: &App, row: EventId, room: usize) -> String {
    let Some(bench) = app.workbench() else { return String::new() };
    let origin = bench.store().event(row).origin;
    let numbers = format!("  record {}, offset {}, {} bytes", origin.record, origin.offset, origin.len);
    let name = fit_name(source(bench, row), room.saturating_sub(width(&numbers)).max(room / 3));
    fit(&format!("{name}{numbers}"), room).into_owned()
}

fn source(bench: &Workbench, row: EventId) -> &str {
    let at = usize::try_from(bench.store().event(row).origin.source.0).ok();
    at.and_then(|at| bench.evidence.loaded.sources.get(at)).map_or("", |source| source.name.as_str())
}

/// The fields we read, those that hold something; of an event of several rows, which of them gave each.
fn fields(app: &App, event: EventId) -> Vec<String> {
    let Some(bench) = app.workbench() else { return Vec::new() };
    let store = bench.store();
    let row = store.event(event);
    let copies: Vec<EventId> = store.rows(event).collect();
    let from = |giver: EventId| {
        let number = copies.iter().position(|copy| *copy == giver);
        number.map_or_else(String::new, |number| format!("  [{}]", number + 1))
    };
    let mut lines = mark_lines(bench, event);
    lines.extend(legend(app, bench, &copies));
    lines.extend(news_lines(bench, event));
    lines.extend(["what we read:".to_owned(), format!("  Table: {}", row.table.name())]);
    if row.created.is_known() {
        lines.push(format!("  CreatedDateTime: {}{}", row.created, from(store.time_row(event))));
    }
    if row.ingested.is_known() {
        lines.push(format!(
            "  TimeGenerated: {}{}",
            row.ingested,
            copies.first().map_or_else(String::new, |row| from(*row))
        ));
    }
    for field in Field::ALL {
        let computed = if field == Field::TokenId { store.computed_token(event) } else { None };
        if let Some(token) = computed {
            lines.push(format!("  {}: {token}  (computed from Id: no row names it)", field.column()));
        } else if !store.get(event, field).is_empty() {
            let text = store.get(event, field);
            lines.push(format!("  {}: {text}{}", field.column(), from(store.field_row(event, field))));
            lines.extend(meaning(bench.evidence.facts, field, text).map(|words| format!("    = {words}")));
        }
    }
    // Of these columns a flag is all that is kept.
    for (flag, column) in [
        (Flags::GLOBAL_SECURE_ACCESS, "IsThroughGlobalSecureAccess: true"),
        (Flags::APP_AUTH, "ClientAuthMethod: not 0, the client proved itself"),
    ] {
        if row.flags.has(flag) {
            lines.push(format!("  {column}"));
        }
    }
    lines
}

/// A code or an id of a field in words.
fn meaning(facts: &Facts, field: Field, text: &str) -> Option<String> {
    match field {
        Field::TokenProtection => {
            let code = Protection::read(text).code.filter(|code| *code != 0)?;
            Some(format!("{code}: {}", code_words(code)))
        }
        Field::ProcessingDetails => {
            let cae = detail(text, "Is CAE Token").or_else(|| detail(text, "IsCAEToken"));
            let cae = cae.map(|flag| {
                let not = if flag.eq_ignore_ascii_case("true") { "" } else { "no " };
                format!("{not}continuous access evaluation")
            });
            let roles: Vec<&str> = roles(facts, text).into_iter().map(|role| role.name).collect();
            let roles = (!roles.is_empty()).then(|| format!("roles {}", roles.join(", ")));
            let words: Vec<String> = cae.into_iter().chain(roles).collect();
            (!words.is_empty()).then(|| words.join("; "))
        }
        _ => None,
    }
}

/// Kinds of the event's values that are new to its user, known, or neither.
fn news_lines(bench: &Workbench, event: EventId) -> Vec<String> {
    let news = bench.evidence.origins().known_news(event);
    let mut lines = Vec::new();
    for (standing, lead) in [
        (Standing::New, "new to this user"),
        (Standing::Undecided, "cannot tell whether new"),
        (Standing::Known, "known"),
    ] {
        let kinds: Vec<&str> = news.with(standing).map(NewKind::word).collect();
        if !kinds.is_empty() {
            lines.push(format!("{lead}: {}", kinds.join(", ")));
        }
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// The lines of the analyst's mark on the event.
fn mark_lines(bench: &Workbench, event: EventId) -> Vec<String> {
    let Some(mark) = bench.mark_of(event) else { return Vec::new() };
    let mut lines = Vec::new();
    if mark.bookmarked {
        lines.push(format!("{} bookmarked", mark.glyph()));
    }
    if !mark.tags.is_empty() {
        lines.push(format!("tags: {}", mark.tags.join(" ")));
    }
    if !mark.remark.is_empty() {
        lines.push(format!("remark: {}", mark.remark));
    }
    lines.push(String::new());
    lines
}

/// The rows of one event, by their numbers beside the fields; nothing for one row.
fn legend(app: &App, bench: &Workbench, copies: &[EventId]) -> Vec<String> {
    if copies.is_empty() {
        return Vec::new();
    }
    let key = app.keymap.key_of(Action::NextCopy);
    let mut lines = vec![format!("{} rows tell this event; {key} shows the next:", copies.len())];
    for (number, &copy) in (1..).zip(copies) {
        let stands = if number == 1 { ", stands for it" } else { "" };
        let record = bench.store().event(copy).origin.record;
        lines.push(format!("  [{number}] {} record {record}{stands}", source(bench, copy)));
    }
    lines.push(String::new());
    lines
}
