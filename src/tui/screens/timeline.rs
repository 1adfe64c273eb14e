//! The user's tokens in time order, under a strip that shows where they crowd.

use super::{below, pane};
use crate::analytics::Show;
use crate::model::{EventId, Field, Span as Length, Time};
use crate::store::Key;
use crate::triage::marks::Mark;
use crate::triage::pivot::Value;
use crate::triage::timeline::{self, Kind};
use crate::tui::find::Find;
use crate::tui::layout::Pane;
use crate::tui::rows::{Row, Timeline, Zoom};
use crate::tui::text::{bar, count, fit, fit_middle, pad, width};
use crate::tui::theme::{Role, Theme};
use crate::tui::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

pub(super) fn draw(bench: &Workbench, theme: &Theme, frame: &mut Frame, area: Rect) {
    if area.is_empty() {
        return;
    }
    let focused = bench.focus == Pane::Timeline;
    let Some(state) = &bench.timeline else {
        pane(theme, frame, area, Span::styled(" Timeline ", theme.style(Role::Title)), focused);
        return;
    };
    let room = usize::from(area.width).saturating_sub(4);
    let about = match &state.find {
        Some(find) => found(find, state.event(bench.store())),
        None => title(bench, state),
    };
    let whose = whose(bench, room.saturating_sub(width(&about) + 14));
    let title = Line::from(vec![
        Span::styled(" Timeline ", theme.style(Role::Title)),
        Span::styled(format!("{whose} "), theme.style(Role::Text)),
        Span::styled(format!("─ {about} "), theme.style(Role::Quiet)),
    ]);
    let inside = pane(theme, frame, area, title, focused);
    let view = View { bench, state, theme, columns: Columns::of(state, usize::from(inside.width)) };
    let height = usize::from(inside.height);
    let mut lines = Vec::with_capacity(height);
    // One row fewer for the list than the pane has: paging leaves a line in common.
    if height > 3 {
        lines.push(strip(&view, state.about.0, state.about.1, usize::from(inside.width)));
    }
    let height = height.saturating_sub(lines.len());
    let top = state.list.top(state.len(), height);
    below(theme, frame, area, state.len().saturating_sub(top + height));
    for at in top..state.len().min(top + height) {
        let line = row(&view, at, at == top);
        lines.push(match (at == state.list.cursor, focused) {
            (true, true) => line.style(theme.style(Role::Cursor)),
            (true, false) => line.style(theme.style(Role::CursorElsewhere)),
            (false, _) => line,
        });
    }
    if state.is_empty() {
        lines.push(Line::styled("no rows in this time", theme.style(Role::Quiet)));
    }
    frame.render_widget(Paragraph::new(lines), inside);
}

/// A sign-in name without its domain.
fn account(upn: &str) -> &str {
    upn.split_once('@').map_or(upn, |(account, _)| account)
}

/// The user of the hit; away from it, what led here: `finance.director › address 198.51.100.23 › user a.novak`, the last
/// of which stays longest.
fn whose(bench: &Workbench, room: usize) -> String {
    let mut whose = bench.current().map_or_else(String::new, |hit| hit.upn.clone());
    let trail = bench.trail();
    if trail.is_empty() {
        return fit(&whose, room).into_owned();
    }
    whose.truncate(account(&whose).len());
    let words = |value: &Value| {
        let words = value.words(bench.store(), bench.evidence.facts);
        let words = if value.key == Key::User { account(&words) } else { &words };
        format!("{} {}", value.kind(), fit_middle(words, 40))
    };
    for value in &trail {
        whose = format!("{whose} › {}", words(value));
    }
    let mut start = 0;
    while width(&whose[start..]) > room {
        match whose[start..].find(" › ") {
            Some(at) => start += at + " › ".len(),
            None => break,
        }
    }
    let cut = if start > 0 { "… › " } else { "" };
    fit(&format!("{cut}{}", &whose[start..]), room).into_owned()
}

/// What is shown: the zoom, or the step's rows.
fn title(bench: &Workbench, state: &Timeline) -> String {
    let rows = match state.marks.len() {
        1 => "1 row".to_owned(),
        rows => format!("{} rows", count(rows as u64)),
    };
    match state.step {
        None if bench.is_away() && state.zoom == Zoom::All => match state.len() {
            1 => "1 row".to_owned(),
            rows => format!("{} rows", count(rows as u64)),
        },
        None => state.zoom.words(),
        Some(_) if state.marks.is_empty() => format!("{}, step {} has no rows", state.zoom.words(), bench.step + 1),
        Some(Show::Mark) => format!("{}, ▸ {rows} of step {}", state.zoom.words(), bench.step + 1),
        Some(Show::Only) => format!("only the {rows} of step {}", bench.step + 1),
        Some(Show::GroupBy(field)) => format!("{rows} of step {} by {}", bench.step + 1, field.column()),
    }
}

/// `3 of 12 found for ip:198.51`
fn found(find: &Find, event: Option<EventId>) -> String {
    let place =
        event.and_then(|event| find.place(event)).map_or_else(String::new, |at| format!("{} of ", count(at as u64)));
    let so_far = if find.is_done() { "" } else { "+" };
    format!("{place}{}{so_far} found for {}", count(find.len() as u64), fit(find.query.trim(), 30))
}

/// What the column of resources and requests tells.
const WHAT: &[Field] = &[
    Field::ResourceIdentity,
    Field::ResourceDisplayName,
    Field::ResultType,
    Field::RequestMethod,
    Field::RequestUri,
    Field::ResponseStatusCode,
];

/// Everything a row needs.
struct View<'a> {
    bench: &'a Workbench,
    state: &'a Timeline,
    theme: &'a Theme,
    columns: Columns,
}

/// Widths of the columns, 0 for one that has no room. Result and kind go last, the agent first.
struct Columns {
    /// Whether the rows span days, so that a time needs its date.
    dated: bool,
    what: usize,
    client: usize,
    address: usize,
    asn: usize,
    agent: usize,
}

/// Mark, sign of what is found, gap, glyph and the spaces between.
const LEAD: usize = 12;

impl Columns {
    fn of(state: &Timeline, room: usize) -> Self {
        let dated = state.window.0.day() != state.window.1.day();
        let rest = room.saturating_sub(LEAD + if dated { 14 } else { 8 });
        let address = if rest >= 38 { 16 } else { 0 };
        let client = if rest >= 90 {
            20
        } else if rest >= 56 {
            15
        } else {
            0
        };
        let asn = if rest >= 78 { 9 } else { 0 };
        let agent = if rest >= 96 { (rest - 70) / 3 } else { 0 };
        Self { dated, what: rest.saturating_sub(address + client + asn + agent), client, address, asn, agent }
    }
}

fn row<'a>(view: &View<'a>, at: usize, first: bool) -> Line<'a> {
    let store = view.bench.store();
    let theme = view.theme;
    match view.state.row(store, at) {
        None => Line::default(),
        Some(Row::Group(value, rows)) => {
            let value = store.text(value);
            let value = if value.is_empty() { "(not recorded)" } else { value };
            let counted = if rows == 1 { "1 row".to_owned() } else { format!("{} rows", count(rows as u64)) };
            let room = view.columns.what + view.columns.client + view.columns.address;
            Line::styled(format!("  {counted:<9} {}", fit(value, room + 8)), theme.style(Role::Title))
        }
        Some(Row::Event(event)) => {
            let above = at.checked_sub(1).and_then(|at| view.state.row(store, at));
            let above = if let Some(Row::Event(above)) = above { Some(above) } else { None };
            event_row(view, event, above, first)
        }
    }
}

fn event_row<'a>(view: &View<'a>, event: EventId, above: Option<EventId>, first: bool) -> Line<'a> {
    let (bench, theme, columns) = (view.bench, view.theme, &view.columns);
    let store = bench.store();
    let line = timeline::line(store, bench.evidence.facts, event, above);
    let (of, user) = (view.state.of, store.event(event).user);
    let foreign = of.key == Key::User && user != of.sym;
    // Across users, a row says whose it is where that changes.
    let changes = of.key != Key::User && (first || above.is_none_or(|above| store.event(above).user != user));
    let (glyph, kind_role) = kind(line.kind, line.failed);
    let text = theme.style(match (foreign, line.failed, line.kind) {
        (true, ..) => Role::Foreign,
        (_, true, _) => Role::Failed,
        (_, _, Kind::Graph) => Role::Graph,
        _ => Role::Text,
    });
    let (mark, mark_role) = mark(view, event);
    let what = match (foreign || changes, line.kind) {
        (true, _) => format!("{}: {}", fit(account(store.upn(user)), 24), fit(&line.what, columns.what)),
        (_, Kind::Graph) if line.tied => format!("└ {}", fit(&line.what, columns.what)),
        // The glyph says it where the words have no room.
        (_, Kind::DeviceCode) if columns.what < 40 => line.what.trim_start_matches("device ").to_owned(),
        _ => line.what,
    };
    let said = bench.mark_of(event);
    let what = noted(what, said, columns.what);
    let quiet = theme.style(Role::Quiet);
    let find = view.state.find.as_ref().filter(|find| find.holds(event));
    let found = theme.style(Role::Found);
    let mut spans = vec![
        Span::styled(mark, theme.style(mark_role)),
        Span::styled(time(line.time, columns.dated), text),
        if find.is_some() { Span::styled("*", found) } else { Span::styled(" ", quiet) },
        Span::styled(format!("{:>7}", line.gap.map_or_else(String::new, gap)), quiet),
        Span::styled(said.map_or(" ", Mark::glyph), theme.style(Role::Notice)),
        Span::styled(format!("{glyph} "), theme.style(if foreign { Role::Foreign } else { kind_role })),
    ];
    let mut cell = |cell: String, fields: &[Field], style| {
        let parts = find.and_then(|find| find.search.as_ref().ok()).map(|search| search.parts(fields, &cell));
        let mut end = 0;
        for part in parts.into_iter().flatten() {
            spans.push(Span::styled(cell[end..part.start].to_owned(), style));
            spans.push(Span::styled(cell[part.clone()].to_owned(), found));
            end = part.end;
        }
        spans.push(Span::styled(cell[end..].to_owned(), style));
    };
    cell(pad(&what, columns.what), WHAT, text);
    if columns.client > 0 {
        // Nearly every client is Microsoft's: the word would push out the one that tells them apart.
        let client = line.client.strip_prefix("Microsoft ").unwrap_or(line.client);
        let client = pad(&format!(" {}", fit(client, columns.client - 1)), columns.client);
        cell(client, &[Field::AppId, Field::AppDisplayName], quiet);
    }
    if columns.address > 0 {
        let address = fit_middle(line.address, columns.address - 1);
        cell(pad(&format!(" {address}"), columns.address), &[Field::IpAddress], quiet);
    }
    if columns.asn > 0 {
        let asn = if line.asn.is_empty() { String::new() } else { format!(" AS{}", line.asn) };
        cell(pad(&asn, columns.asn), &[Field::Asn], quiet);
    }
    if columns.agent > 0 {
        let agent = pad(&format!(" {}", fit(line.agent, columns.agent - 1)), columns.agent);
        cell(agent, &[Field::UserAgent], quiet);
    }
    Line::from(spans)
}

/// What the analyst said of a row behind its own words, where that leaves room.
fn noted(what: String, said: Option<&Mark>, room: usize) -> String {
    let words = said.map_or_else(String::new, Mark::words);
    if words.is_empty() {
        return what;
    }
    let what = fit(&what, room);
    let left = room.saturating_sub(width(&what) + 2);
    if left < 6 { what.into_owned() } else { format!("{what}  {}", fit(&words, left)) }
}

/// Rows of the step, then rows of the hit.
fn mark(view: &View, event: EventId) -> (&'static str, Role) {
    let holds = |events: &[EventId]| events.binary_search(&event).is_ok();
    let of_hit = view.bench.current().is_some_and(|hit| holds(&hit.evidence) || holds(&hit.legs));
    if view.state.is_marked(event) {
        ("▸", Role::Mark)
    } else if of_hit {
        ("•", Role::Evidence)
    } else {
        (" ", Role::Text)
    }
}

fn kind(kind: Kind, failed: bool) -> (&'static str, Role) {
    match kind {
        _ if failed => ("✗", Role::Failed),
        Kind::DeviceCode => ("◆", Role::DeviceCode),
        Kind::SignIn => ("○", Role::Text),
        Kind::Token => ("●", Role::Text),
        Kind::Graph => ("∙", Role::Graph),
    }
}

fn time(time: Time, dated: bool) -> String {
    let text = time.second();
    if dated { text.get(5..).unwrap_or(&text).to_owned() } else { time.clock() }
}

fn gap(gap: Length) -> String {
    format!("+{gap}")
}

/// `13:50 ▁▁▂█▇▁▁▁ 14:20`, the time of the hit told apart.
fn strip<'a>(view: &View, first: Time, last: Time, room: usize) -> Line<'a> {
    let (from, to) = view.state.window;
    let label = |time: Time| {
        let text = time.second();
        let part = if view.columns.dated { text.get(5..16) } else { text.get(11..16) };
        part.unwrap_or_default().to_owned()
    };
    let (left, right) = (label(from), label(to));
    let columns = room.saturating_sub(width(&left) + width(&right) + 3);
    let store = view.bench.store();
    let counts = timeline::density(store, view.state.events(store), from, to, columns);
    let most = counts.iter().max().copied().unwrap_or(0);
    let quiet = view.theme.style(Role::Quiet);
    let mut spans = vec![Span::styled(format!(" {left} "), quiet)];
    let length = i128::from(to.since(from).ticks().max(1));
    let place = |time: Time| i128::from(time.since(from).ticks()) * i128::try_from(columns).unwrap_or(0) / length;
    let hit = place(first)..=place(last);
    for (at, events) in counts.into_iter().enumerate() {
        let role = if hit.contains(&i128::try_from(at).unwrap_or(0)) { Role::BarHit } else { Role::Bar };
        spans.push(Span::styled(bar(events, most), view.theme.style(role)));
    }
    spans.push(Span::styled(format!(" {right}"), quiet));
    Line::from(spans)
}
