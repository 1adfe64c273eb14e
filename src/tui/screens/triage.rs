//! The steps of a hit: question, finding, verdict, remark.

use super::hits::severity;
use super::pane;
use crate::analytics::{Finding, Hit, State, Step};
use crate::triage::Verdict;
use crate::tui::layout::Pane;
use crate::tui::text::{fit, width, wrap};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::below;
use crate::tui::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use std::ops::Range;

/// Most lines one text of a step takes.
const MOST: usize = 40;

pub(super) fn draw(bench: &Workbench, theme: &Theme, frame: &mut Frame, area: Rect) {
    if area.is_empty() {
        return;
    }
    let focused = bench.focus == Pane::Triage;
    let Some(hit) = bench.current() else {
        pane(theme, frame, area, Span::styled(" Triage ", theme.style(Role::Title)), focused);
        return;
    };
    let steps = bench.steps(hit);
    let title = Line::from(vec![
        Span::styled(" Triage ", theme.style(Role::Title)),
        Span::styled(title(bench, hit, steps.len()), theme.style(Role::Quiet)),
    ]);
    let inside = pane(theme, frame, area, title, focused);
    let height = usize::from(inside.height);
    let (lines, places) = text(bench, hit, theme, usize::from(inside.width));
    let top = top(bench, lines.len(), &places, height);
    below(theme, frame, area, lines.len().saturating_sub(top + height));
    let lines: Vec<Line> = lines.into_iter().skip(top).take(height).collect();
    frame.render_widget(Paragraph::new(lines), inside);
}

/// First line in view and number of lines, in a frame of this area.
pub(super) fn extent(bench: &Workbench, area: Rect) -> (usize, usize) {
    let Some(hit) = bench.current() else { return (0, 0) };
    let (width, height) = (area.width.saturating_sub(2), area.height.saturating_sub(2));
    let (lines, places) = text(bench, hit, &Theme::plain(), usize::from(width));
    (top(bench, lines.len(), &places, usize::from(height)), lines.len())
}

/// The step on this line of the pane.
pub(super) fn step_at(bench: &Workbench, area: Rect, line: usize) -> Option<usize> {
    let hit = bench.current()?;
    let (lines, places) = text(bench, hit, &Theme::plain(), usize::from(area.width.saturating_sub(2)));
    let height = usize::from(area.height.saturating_sub(2));
    let line = top(bench, lines.len(), &places, height) + line;
    // The others have one line each.
    let (before, after) = (line.checked_sub(places.steps)?, line.checked_sub(places.current.end));
    let step = after.map_or(before.min(bench.step), |after| bench.step + 1 + after);
    (step < bench.steps(hit).len()).then_some(step)
}

/// The first line of the steps, and the lines of the current one.
struct Places {
    steps: usize,
    current: Range<usize>,
}

/// The first line in view. Walking, that is the first step, or as far on as the whole of the current one needs;
/// a step longer than the pane is seen from its beginning.
fn top(bench: &Workbench, lines: usize, places: &Places, height: usize) -> usize {
    let needed = (places.current.end + 1).saturating_sub(height).min(places.current.start);
    let natural = if bench.is_walking() { needed.max(places.steps) } else { 0 };
    bench.triage_top.unwrap_or(natural).min(lines.saturating_sub(height))
}

/// Everything the pane says of a hit, and which lines are the current step's.
fn text(bench: &Workbench, hit: &Hit, theme: &Theme, room: usize) -> (Vec<Line<'static>>, Places) {
    let mut text = Text { theme, room, lines: Vec::new() };
    summary(&mut text, hit);
    let steps = text.lines.len();
    let mut current = steps..steps;
    for (at, step) in bench.steps(hit).iter().enumerate() {
        let start = text.lines.len();
        let finding = hit.findings.get(at);
        head(&mut text, bench, hit, at, step, finding);
        if at == bench.step {
            body(&mut text, bench, hit, step, finding);
            current = start..text.lines.len();
        }
    }
    attack(&mut text, hit);
    (text.lines, Places { steps, current })
}

fn title(bench: &Workbench, hit: &Hit, steps: usize) -> String {
    let (_, word, _) = severity(hit.severity);
    let suffix =
        bench.case.disposition(&hit.id).map_or_else(String::new, |disposition| format!(", {}", disposition.words()));
    if bench.is_walking() {
        format!("step {} of {steps}{suffix} ", bench.step + 1)
    } else {
        format!("{word} {}, {steps} steps{suffix} ", hit.analytic)
    }
}

/// Lines as they grow.
struct Text<'t> {
    theme: &'t Theme,
    room: usize,
    lines: Vec<Line<'static>>,
}

impl Text<'_> {
    /// A wrapped text that begins with a label.
    fn labelled(&mut self, indent: usize, label: &str, label_role: Role, text: &str, role: Role) {
        const HANG: usize = 2;
        let whole = if label.is_empty() { text.to_owned() } else { format!("{label} {text}") };
        let hang = if label.is_empty() { 0 } else { HANG };
        for (number, line) in wrap(&whole, self.room.saturating_sub(indent + hang), MOST).into_iter().enumerate() {
            let lead = if number == 0 { indent } else { indent + hang };
            let mut spans = vec![Span::raw(" ".repeat(lead))];
            match line.strip_prefix(label).filter(|_| number == 0 && !label.is_empty()) {
                Some(rest) => {
                    spans.push(Span::styled(label.to_owned(), self.theme.style(label_role)));
                    spans.push(Span::styled(rest.to_owned(), self.theme.style(role)));
                }
                None => spans.push(Span::styled(line, self.theme.style(role))),
            }
            self.lines.push(Line::from(spans));
        }
    }
}

fn summary(text: &mut Text, hit: &Hit) {
    let (glyph, _, role) = severity(hit.severity);
    text.labelled(0, &format!("{glyph} {} severity:", hit.severity.word()), role, &hit.severity_reason, Role::Text);
    let confidence = format!("{} confidence:", hit.confidence.word());
    text.labelled(2, &confidence, Role::Text, &hit.confidence_reason, Role::Quiet);
    if let Some(entry) = &hit.allowed {
        let terms = format!("by entry {} until {}: {}", entry.number, entry.expires.day(), entry.reason);
        text.labelled(2, "allowed", Role::Notice, &terms, Role::Text);
    }
    if let Some(words) = hit.uncovered_words() {
        let label = if hit.allowed.is_some() { "but" } else { "not allowed" };
        text.labelled(2, label, Role::Notice, &words, Role::Text);
    }
    for reason in hit.reasons.iter().take(5) {
        text.labelled(2, "·", Role::Quiet, reason, Role::Quiet);
    }
    text.lines.push(Line::default());
}

fn attack(text: &mut Text, hit: &Hit) {
    if hit.attack.is_empty() {
        return;
    }
    text.lines.push(Line::default());
    for technique in &hit.attack {
        text.labelled(
            2,
            &format!("{} {}:", technique.id, technique.name),
            Role::Quiet,
            &technique.evidence,
            Role::Quiet,
        );
    }
}

/// `▶✓ 2 device code → burst   ▲ supports  2m00s`
fn head(text: &mut Text, bench: &Workbench, hit: &Hit, at: usize, step: &Step, finding: Option<&Finding>) {
    let theme = text.theme;
    let current = at == bench.step;
    let (glyph, word, role) = verdict_sign(bench.case.verdict(&hit.id, step.id));
    let number = format!(" {} ", at + 1);
    let (mark, brief, state_role) = finding.map_or((String::new(), "", Role::Missing), |finding| {
        let (glyph, role) = found(finding.state);
        (format!(" {glyph} "), finding.brief.as_str(), role)
    });
    let lead = 2 + width(&number);
    let remark = if bench.case.remark(&hit.id, step.id).is_some() { " ✎" } else { "" };
    let word = if current && !word.is_empty() { format!("  your verdict: {word}") } else { String::new() };
    let room = text.room.saturating_sub(lead + width(&mark) + width(remark) + width(&word));
    let title = fit(step.title, room);
    let brief = fit(brief, room.saturating_sub(width(&title) + 1));
    let gap = room.saturating_sub(width(&title) + width(&brief));
    let style = theme.style(if current { Role::Title } else { Role::Text });
    text.lines.push(Line::from(vec![
        match (current, bench.is_walking()) {
            (true, true) => Span::styled("▶", theme.style(Role::Focus)),
            // Where walking goes on: no key settles it yet.
            (true, false) => Span::styled("◦", theme.style(Role::Quiet)),
            (false, _) => Span::raw(" "),
        },
        Span::styled(glyph, theme.style(role)),
        Span::styled(number, style),
        Span::styled(title.into_owned(), style),
        Span::styled(remark, theme.style(Role::Notice)),
        Span::styled(word, theme.style(role)),
        Span::raw(" ".repeat(gap)),
        Span::styled(mark, theme.style(state_role)),
        Span::styled(brief.into_owned(), theme.style(Role::Quiet)),
    ]));
}

/// The current step's lines below its head.
fn body(text: &mut Text, bench: &Workbench, hit: &Hit, step: &Step, finding: Option<&Finding>) {
    const INDENT: usize = 5;
    text.labelled(INDENT, "", Role::Text, step.question, Role::Text);
    if let Some(finding) = finding {
        let (glyph, role) = found(finding.state);
        let whom = if finding.state == State::Supports { " theft" } else { "" };
        text.labelled(INDENT, &format!("{glyph} {}{whom}:", finding.state.word()), role, &finding.sentence, Role::Text);
    }
    text.labelled(INDENT, "look for:", Role::Quiet, step.look_for, Role::Quiet);
    if let Some(remark) = bench.case.remark(&hit.id, step.id) {
        text.labelled(INDENT, "remark:", Role::Quiet, remark, Role::Notice);
    }
}

/// Glyph and role of a finding.
fn found(state: State) -> (&'static str, Role) {
    match state {
        State::Supports => ("▲", Role::Supports),
        State::Against => ("▽", Role::Against),
        State::Unknown => ("◇", Role::Unknown),
        State::Missing => ("∅", Role::Missing),
    }
}

/// Glyph, word and role of a verdict; no word where there is none.
fn verdict_sign(verdict: Option<Verdict>) -> (&'static str, &'static str, Role) {
    match verdict {
        Some(Verdict::Supports) => ("✓", "theft", Role::Supports),
        Some(Verdict::Against) => ("✗", "harmless", Role::Against),
        Some(Verdict::Unknown) => ("?", "can't tell", Role::Unknown),
        None => ("·", "", Role::Quiet),
    }
}
