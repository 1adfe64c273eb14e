//! The line above and the line below.

use crate::analytics::{Settings, Threshold};
use crate::model::Time;
use crate::tui::app::{App, Saving, Stage};
use crate::tui::keymap::Key;
use crate::tui::text::{count, fit, width, wrap};
use crate::tui::theme::{Role, Theme};
use crate::tui::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

/// Bundle, events, range, hits, sharing mark. What fits stays, the bundle and the mark longest.
pub(super) fn header(app: &App, theme: &Theme, frame: &mut Frame, area: Rect) {
    let room = usize::from(area.width);
    let mut right = Vec::new();
    match app.task {
        Some(task) => right.push(Span::styled(format!(" {} ", task.word()), theme.style(Role::Notice))),
        None if app.saving != Saving::Over => right.push(Span::styled(" saving… ", theme.style(Role::Notice))),
        None => {}
    }
    if let Some(hashing) = &app.hashing {
        right.push(Span::styled(format!(" {} ", hashing.words()), theme.style(Role::Notice)));
    }
    if app.unsaved.is_some() {
        right.push(Span::styled(" NOT SAVED ", theme.style(Role::Error)));
    }
    if app.workbench().is_some_and(|bench| !bench.case.problems().is_empty()) {
        right.push(Span::styled(" LOG DIFFERS ", theme.style(Role::Error)));
    }
    if app.is_read_only() {
        right.push(Span::styled(" READ ONLY ", theme.style(Role::Error)));
    }
    let mut parts = Vec::new();
    if let Stage::Working(bench) = &app.stage {
        for words in in_force(bench, room) {
            right.push(Span::styled(format!(" {words} "), theme.style(Role::Notice)));
        }
        if bench.case.branch.is_some() {
            right.push(Span::styled(" COPY ", theme.style(Role::Notice)));
        }
        right.push(Span::styled(format!(" {} ", fit(&bench.case.tlp, 20)), theme.style(Role::Tlp)));
        parts = facts(bench, app.hashing.is_some());
    }
    let mut left = vec![Span::styled(" tokentrail", theme.style(Role::Header))];
    let right_width: usize = right.iter().map(|span| width(&span.content)).sum();
    let mut used = 11 + right_width;
    let name = format!("  {}", fit(&app.name, room.saturating_sub(used + 2).min(40)));
    used += width(&name);
    left.push(Span::styled(name, theme.style(Role::Text)));
    // Given out by weight, shown in reading order.
    let mut shown = vec![false; parts.len()];
    let mut by_weight: Vec<usize> = (0..parts.len()).collect();
    by_weight.sort_by_key(|at| parts[*at].0);
    for at in by_weight {
        let needed = width(&parts[at].1) + 2;
        if used + needed <= room {
            used += needed;
            shown[at] = true;
        }
    }
    for ((_, text), _) in parts.iter().zip(shown).filter(|(_, shown)| *shown) {
        left.push(Span::styled(format!("  {text}"), theme.style(Role::Quiet)));
    }
    left.push(Span::raw(" ".repeat(room.saturating_sub(used))));
    left.extend(right);
    frame.render_widget(Line::from(left), area);
}

/// Everything that hides evidence: `--since` and `--until`, filters on incidents and on rows.
fn in_force(bench: &Workbench, room: usize) -> Vec<String> {
    let Settings { since, until, .. } = bench.evidence.settings;
    let short = |time: Time| {
        let text = time.second();
        let text = text.strip_suffix(" 00:00:00").unwrap_or(&text);
        // Where there is hardly room, a day says more than a name.
        if room < 72 { text.get(5..).unwrap_or(text).to_owned() } else { text.to_owned() }
    };
    let time = match (since, until) {
        (None, None) => None,
        (Some(since), None) => Some(format!("since {}", short(since))),
        (None, Some(until)) => Some(format!("until {}", short(until))),
        (Some(since), Some(until)) => Some(format!("{} → {}", short(since), short(until))),
    };
    let rows = bench.timeline.as_ref().map_or(0, |timeline| timeline.filters().len());
    let listed = bench.hit_list.in_force().len();
    let many = match rows + listed {
        0 => None,
        1 => Some("1 filter".to_owned()),
        many => Some(format!("{many} filters")),
    };
    time.into_iter().chain(many).collect()
}

/// The header's facts about the bundle, each with its weight: the lowest stays longest.
fn facts(bench: &Workbench, is_early: bool) -> Vec<(u8, String)> {
    let loaded = &bench.evidence.loaded;
    let mut facts = vec![(1, format!("{} events", count(bench.store().len() as u64 - bench.store().duplicates())))];
    if loaded.rows_skipped() > 0 {
        facts.push((2, format!("{} not read", count(loaded.rows_skipped()))));
    }
    let lost: u64 = loaded.lookalikes().values().sum();
    if lost > 0 {
        facts.push((2, format!("{} like sign-ins, not analysed", count(lost))));
    }
    if let Some((first, last)) = bench.store().range() {
        let (from, to) = (first.day(), last.day());
        let short = if from.get(..5) == to.get(..5) { to.get(5..).unwrap_or(&to) } else { &to };
        facts.push((3, if from == to { format!("{from} UTC") } else { format!("{from} → {short} UTC") }));
    }
    let groups = bench.evidence.found.orders.groups.len();
    let noun = match (bench.evidence.found.incidents.all.is_empty(), groups) {
        (true, 1) => "hit",
        (true, _) => "hits",
        (false, 1) => "incident",
        (false, _) => "incidents",
    };
    let settings = &bench.evidence.settings;
    let tuned = Threshold::ALL.into_iter().any(|threshold| threshold.value(settings) != threshold.value(&bench.start));
    let tuned = if tuned { " at other thresholds" } else { "" };
    // Verdicts are the case's, which is not open yet.
    let closed = if is_early { String::new() } else { format!(", {} closed", bench.settled()) };
    facts.push((0, format!("{groups} {noun}{tuned}{closed}")));
    facts
}

/// Most lines of a message: the user needs the path at its end.
const MESSAGE_LINES: usize = 6;

/// Key hints of the user's place, or the last message. `?` is at the left and the last to go. A message longer than
/// the line goes up over the body.
pub(super) fn footer(app: &App, theme: &Theme, frame: &mut Frame, area: Rect) {
    let room = usize::from(area.width);
    let mut line = Line::default();
    let mut used = 0;
    for (key, hint) in hints(app, room) {
        used += push_hint(&mut line, theme, &key.to_string(), hint);
    }
    if let Some(status) = &app.status {
        let role = if status.is_error { Role::Error } else { Role::Notice };
        let message = wrap(&status.text, room.saturating_sub(used + 4), MESSAGE_LINES);
        let above = u16::try_from(message.len()).unwrap_or(1).saturating_sub(1).min(area.y.saturating_sub(1));
        let lines = Rect { y: area.y - above, height: above, ..area };
        frame.render_widget(Clear, lines);
        let margin = " ".repeat(used + 3);
        let mut message = message.into_iter();
        for (row, text) in lines.rows().zip(&mut message) {
            let text = Line::from(vec![Span::raw(margin.clone()), Span::styled(text, theme.style(role))]);
            frame.render_widget(text, row);
        }
        line.push_span(Span::raw("   "));
        line.push_span(Span::styled(message.next().unwrap_or_default(), theme.style(role)));
    }
    frame.render_widget(line, area);
}

/// The hints there is room for: beside something said the first alone.
fn hints(app: &App, room: usize) -> Vec<(Key, &str)> {
    let contexts = app.contexts();
    let is_taken = |key| app.keymap.action(&contexts, key).is_none_or(|action| !app.hides_hint(action));
    let mut hints = app.keymap.hints(&contexts);
    hints.retain(|(key, _)| is_taken(*key));
    if app.status.is_some() {
        return hints.into_iter().take(1).collect();
    }
    let mut used = 0;
    let fits = |(key, hint): &(Key, &str)| {
        // A shorter one may fit where a longer one did not.
        let needed = hint_width(&key.to_string(), hint);
        let fits = used + needed <= room;
        used += if fits { needed } else { 0 };
        fits
    };
    hints.into_iter().filter(fits).collect()
}

/// The key of the hint in this column.
pub(super) fn hint_at(app: &App, room: usize, column: usize) -> Option<Key> {
    let mut end = 0;
    let under = |(key, hint): &(Key, &str)| {
        end += hint_width(&key.to_string(), hint);
        column < end
    };
    hints(app, room).into_iter().find(under).map(|(key, _)| key)
}

fn hint_width(key: &str, hint: &str) -> usize {
    width(key) + width(hint) + 3
}

fn push_hint(line: &mut Line, theme: &Theme, key: &str, hint: &str) -> usize {
    line.push_span(Span::styled(format!(" {key}"), theme.style(Role::Key)));
    line.push_span(Span::styled(format!(" {hint} "), theme.style(Role::Quiet)));
    hint_width(key, hint)
}
