//! The incidents: how bad, who, what, when, how far closed; each alone or with its hits.

use super::{pane, stacked};
use crate::analytics::Hit;
use crate::model::Severity;
use crate::triage::Disposition;
use crate::triage::groups::Group;
use crate::triage::listing::ListFilter;
use crate::tui::glyphs::Glyph;
use crate::tui::hit_list::{Column, Entry, Sort, Widths};
use crate::tui::layout::Pane;
use crate::tui::text::{fit, pad};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{above, below};
use crate::tui::workbench::{GroupState, Workbench};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use std::borrow::Cow;

pub(super) fn draw(bench: &Workbench, theme: &Theme, frame: &mut Frame, area: Rect) {
    if area.is_empty() {
        return;
    }
    let state = &bench.hit_list;
    let focused = bench.focus == Pane::Hits;
    let mut title = vec![Span::styled(
        if state.is_open { " Incidents and hits " } else { " Incidents " },
        theme.style(Role::Title),
    )];
    if state.marked() > 0 {
        title.push(Span::styled(format!("{} marked ", state.marked()), theme.style(Role::Notice)));
    }
    let height = list_rows(usize::from(area.height.saturating_sub(2)));
    let has_head = usize::from(area.height.saturating_sub(2)) > height;
    if !has_head {
        let by = format!("by {} {} ", state.sort.by.word(), state.sort.arrow());
        title.push(Span::styled(by, theme.style(Role::Quiet)));
    }
    if state.is_filtered() {
        title.push(Span::styled(filters(bench, usize::from(area.width)), theme.style(Role::Notice)));
    }
    let inside = pane(theme, frame, area, title, focused);
    if state.entries.is_empty() {
        let sentence = if bench.evidence.hits.is_empty() {
            "No alert. B says what was read and what is missing, M lists near misses."
        } else {
            "Nothing matches the filter. Esc clears it."
        };
        let text = Paragraph::new(sentence).wrap(ratatui::widgets::Wrap { trim: true });
        frame.render_widget(text.style(theme.style(Role::Quiet)), inside);
        return;
    }
    let top = state.list.top(state.entries.len(), height);
    above(theme, frame, area, top);
    below(theme, frame, area, state.entries.len().saturating_sub(top + height));
    let room = usize::from(inside.width);
    let orders = &bench.evidence.found.orders;
    let by_incident = !state.is_open && orders.groups.iter().any(|group| group.incident.is_some());
    let columns = Columns::new(&orders.widths, room, by_incident, state.sort);
    let head = has_head.then(|| columns.head(theme, state.sort));
    let rows = (top..state.entries.len().min(top + height)).map(|at| {
        let selected = at == state.list.cursor;
        let entry = state.entries[at];
        let line = match bench.evidence.found.orders.groups.get(entry.group) {
            Some(group) if !state.is_open && group.incident.is_some() => {
                incident(bench, theme, entry, group, &columns, selected)
            }
            _ => row(bench, theme, entry, &columns, selected),
        };
        if selected { theme.under_cursor_but(line, focused, room, SEVERITY) } else { line }
    });
    let lines: Vec<Line> = head.into_iter().chain(rows).collect();
    frame.render_widget(Paragraph::new(lines), inside);
}

/// Rows of the list in a pane with so many inside its frame: the heads of the columns have a line where there is room.
pub(super) fn list_rows(inside: usize) -> usize {
    inside - usize::from(inside > 5)
}

/// `3 of 7: only user b.office │ -ip:198.51.100.23 `, the last filter longest.
fn filters(bench: &Workbench, width: usize) -> String {
    let state = &bench.hit_list;
    let all = if state.is_open { bench.evidence.hits.len() } else { bench.evidence.found.orders.groups.len() };
    let words: Vec<String> = state.in_force().iter().map(ListFilter::words).collect();
    let many = format!("{} of {all}: ", state.entries.len());
    format!("{many}{} ", stacked(&words, width.saturating_sub(many.len() + 26)))
}

/// Place of the severity among the spans of a row.
const SEVERITY: usize = 1;

/// Widths of the columns: what does not fit goes, the user last.
struct Columns<'w> {
    analytic: usize,
    user: usize,
    time: usize,
    done: usize,
    /// Whether a row is an incident, in the order user, words; of a hit they are analytic, user.
    by_incident: bool,
    /// The common end of every user's name, where it is left out for want of room.
    domain: Option<&'w str>,
}

/// Cursor mark, severity glyph and word, and the space after them.
const LEAD: usize = 9;

impl<'w> Columns<'w> {
    fn new(widths: &'w Widths, room: usize, by_incident: bool, sort: Sort) -> Self {
        let rest = room.saturating_sub(LEAD);
        // An incident is told in words, which go on where its user ends.
        let analytic = if by_incident { 0 } else { widths.analytic.min(20) + 1 };
        let rest = rest.saturating_sub(analytic);
        let done = if rest >= 16 { 6 } else { 0 };
        // The time is what tells hits of one user apart, and what a list sorted by it is about.
        let (whole, day) = if by_incident { (56, 24) } else { (38, 22) };
        let sorted = if sort.by == Column::First { 16 } else { 0 };
        let time = match rest.saturating_sub(done) + sorted {
            left if left >= whole => 12,
            left if left >= day => 6,
            _ => 0,
        };
        let user = rest.saturating_sub(done + time);
        let all = if by_incident { user * 3 / 5 } else { user };
        let domain = widths.domain.as_deref().filter(|_| widths.user > all);
        let (analytic, user) = if by_incident {
            let whose = (widths.user - domain.map_or(0, str::len)).min(all) + 2;
            (user.saturating_sub(whose), whose.min(user))
        } else {
            (analytic, user)
        };
        Self { analytic, user, time, done, by_incident, domain }
    }

    /// The heads of the columns, with an arrow at the one that the list is sorted by.
    fn head<'a>(&self, theme: &Theme, sort: Sort) -> Line<'a> {
        let cell = |column: Column, word: &str, room: usize, right: bool| {
            let is_sorted = sort.by == column;
            let arrow = if is_sorted { sort.arrow() } else { "" };
            let text = format!("{word}{arrow}");
            let text = if right { format!("{text:>room$}") } else { pad(&text, room) };
            let text = fit(&text, room).into_owned();
            Span::styled(text, theme.style(if is_sorted { Role::Title } else { Role::Quiet }))
        };
        let alert = cell(Column::Alert, if self.by_incident { "what" } else { "alert" }, self.analytic, false);
        let user = cell(Column::User, "user", self.user, false);
        let (second, third) = if self.by_incident { (user, alert) } else { (alert, user) };
        let last = if self.by_incident { "hits" } else { "steps" };
        Line::from(vec![
            Span::raw(" "),
            cell(Column::Severity, "sev", LEAD - 1, false),
            second,
            third,
            cell(Column::First, "first", self.time, true),
            cell(Column::Hits, last, self.done, true),
        ])
    }
}

/// An incident or a routine in one line.
fn incident<'a>(
    bench: &'a Workbench,
    theme: &Theme,
    entry: Entry,
    group: &Group,
    columns: &Columns<'_>,
    selected: bool,
) -> Line<'a> {
    let hit = &bench.evidence.hits[entry.hit];
    let found = &bench.evidence.found;
    let at = group.incident.unwrap_or_default();
    let (one, card) = (&found.incidents.all[at], &found.cards[entry.group]);
    let (glyph, word, role) = severity(one.severity);
    let GroupState { verdict: state, answered, questions } = bench.state_of(entry.group);
    let closed = !state.is_empty() || one.is_allowed;
    let text = theme.style(if closed { Role::Settled } else { Role::Text });
    let story = match group.times {
        0 if !one.roles.is_empty() => format!("{}: {}", one.roles[0], card.story.words()),
        0 => card.story.words().to_owned(),
        times => format!("routine {times}×, {}", bench.evidence.facts.client_name(&hit.app_id, &hit.app_name)),
    };
    let upn = name(bench, hit, columns);
    let when = one.first.second();
    let when = when.get(5..16).unwrap_or(&when);
    let state = match (state.is_empty(), one.is_allowed) {
        (true, true) => "allowed".to_owned(),
        (true, false) if answered == 0 => String::new(),
        (true, false) => format!("{answered}/{questions}"),
        (false, _) => state,
    };
    let words = if state.is_empty() { story } else { format!("{state} · {story}") };
    let mut spans = vec![
        Span::styled(mark(bench, entry, selected), theme.style(Role::Focus)),
        Span::styled(format!("{glyph} {word:<4}"), if closed { text } else { theme.style(role) }),
        Span::raw("  "),
        Span::styled(pad(&fit(&upn, columns.user.saturating_sub(1)), columns.user), text),
        Span::styled(pad(&words, columns.analytic), text),
    ];
    if columns.time > 0 {
        let when = when.get(..columns.time - 1).unwrap_or(when);
        spans.push(Span::styled(format!(" {when:>0$}", columns.time - 1), theme.style(Role::Quiet)));
    }
    if columns.done > 0 {
        let hits = if group.hits.len() == 1 { String::new() } else { format!("{}×", group.hits.len()) };
        spans.push(Span::styled(format!(" {hits:>5}"), text));
    }
    Line::from(spans)
}

fn row<'a>(bench: &'a Workbench, theme: &Theme, entry: Entry, columns: &Columns<'_>, selected: bool) -> Line<'a> {
    let hit = &bench.evidence.hits[entry.hit];
    let disposition = bench.case.disposition(&hit.id);
    let (glyph, word, role) = severity(hit.severity);
    let settled = disposition.is_some() || hit.allowed.is_some();
    let text = theme.style(if settled { Role::Settled } else { Role::Text });
    let mark = mark(bench, entry, selected);
    let allowed = hit.allowed.as_ref().map(|_| "allowed");
    let upn = name(bench, hit, columns);
    let user = match disposition.map(Disposition::words).or(allowed) {
        Some(word) => format!("{word} {upn}"),
        None => upn.into_owned(),
    };
    let mut spans = vec![
        Span::styled(mark, theme.style(Role::Focus)),
        Span::styled(format!("{glyph} {word:<4}"), if settled { text } else { theme.style(role) }),
        Span::raw("  "),
        Span::styled(pad(hit.analytic, columns.analytic), text),
        Span::styled(pad(&user, columns.user), text),
    ];
    if columns.time > 0 {
        let when = when(hit);
        let when = when.get(..columns.time - 1).unwrap_or(&when);
        spans.push(Span::styled(format!(" {when:>0$}", columns.time - 1), theme.style(Role::Quiet)));
    }
    if columns.done > 0 {
        let (done, steps) = bench.progress(&[entry.hit]);
        let mark = if disposition.is_some() { "done".to_owned() } else { format!("{done}/{steps}") };
        spans.push(Span::styled(format!(" {mark:>5}"), text));
    }
    Line::from(spans)
}

/// The user's sign-in name, without the domain that all share where it has no room, with what tells users of one name
/// apart.
fn name<'b>(bench: &'b Workbench, hit: &'b Hit, columns: &Columns) -> Cow<'b, str> {
    let upn = columns.domain.and_then(|domain| hit.upn.strip_suffix(domain)).unwrap_or(&hit.upn);
    bench.store().who_as(hit.user, upn)
}

/// The sign at the left edge: marked for a verdict, under the cursor, of the incident above.
fn mark(bench: &Workbench, entry: Entry, selected: bool) -> &'static str {
    match (bench.hit_list.is_marked(&entry), selected, entry.grouped) {
        (true, ..) => Glyph::Marked.text(),
        (_, true, _) => Glyph::Cursor.text(),
        (_, _, true) => Glyph::Below.text(),
        _ => " ",
    }
}

fn when(hit: &Hit) -> String {
    let time = hit.first_seen.second();
    time.get(5..16).unwrap_or(&time).to_owned()
}

/// Glyph, short word and role of a severity.
pub(super) fn severity(severity: Severity) -> (&'static str, &'static str, Role) {
    match severity {
        Severity::High => (Glyph::Severity.text(), "high", Role::High),
        Severity::Medium => (Glyph::Severity.text(), "med", Role::Medium),
        Severity::NotWeighed => (Glyph::Severity.text(), "?", Role::Quiet),
        Severity::Low => (Glyph::Severity.text(), "low", Role::Low),
    }
}
