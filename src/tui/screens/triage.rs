//! The steps of an incident: question, finding, verdict, remark.

use super::hits::severity;
use super::pane;
use crate::analytics::{Hit, State};
use crate::triage::walk::Asked;
use crate::tui::glyphs::{self, Glyph};
use crate::tui::layout::Pane;
use crate::tui::text::{fit, width, wrap};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::below;
use crate::tui::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use std::ops::Range;

/// Most lines one text of a step takes.
const MOST: usize = 40;

/// Columns from which the list of steps stands beside the open one, in a pane that is too low for both.
const BESIDE: u16 = 64;
/// Rows from which both have room one above the other.
const HIGH: u16 = 16;
/// Columns of the list beside the open step.
const LIST: usize = 30;

pub(super) fn draw(bench: &Workbench, theme: &Theme, frame: &mut Frame, area: Rect) {
    if area.is_empty() {
        return;
    }
    let focused = bench.focus == Pane::Triage;
    let Some(hit) = bench.current() else {
        pane(theme, frame, area, Span::styled(" Triage ", theme.style(Role::Title)), focused);
        return;
    };
    let title = Line::from(vec![
        Span::styled(" Triage ", theme.style(Role::Title)),
        Span::styled(title(bench, hit), theme.style(Role::Quiet)),
    ]);
    let inside = pane(theme, frame, area, title, focused);
    let height = usize::from(inside.height);
    let shown = Shown::new(bench, hit, theme, area);
    let top = shown.top(bench, height);
    below(theme, frame, area, shown.lines.len().saturating_sub(top + height));
    let (mut list, mut lines) = (shown.list, shown.lines);
    let mut rest = inside;
    if !list.is_empty() {
        let [left, right] = Layout::horizontal([Constraint::Length(width_of(LIST)), Constraint::Min(0)]).areas(inside);
        let top = list_top(bench, list.len(), height);
        list.drain(..top);
        frame.render_widget(Paragraph::new(list), left);
        rest = right;
    }
    lines.drain(..top);
    lines.truncate(height);
    frame.render_widget(Paragraph::new(lines), rest);
}

fn width_of(columns: usize) -> u16 {
    u16::try_from(columns).unwrap_or(u16::MAX)
}

/// First line in view and number of lines, in a frame of this area.
pub(super) fn extent(bench: &Workbench, area: Rect) -> (usize, usize) {
    let Some(hit) = bench.current() else { return (0, 0) };
    let shown = Shown::new(bench, hit, &Theme::plain(), area);
    (shown.top(bench, usize::from(area.height.saturating_sub(2))), shown.lines.len())
}

/// The step at this line and column of the pane.
pub(super) fn step_at(bench: &Workbench, area: Rect, line: usize, column: usize) -> Option<usize> {
    let shown = Shown::new(bench, bench.current()?, &Theme::plain(), area);
    let height = usize::from(area.height.saturating_sub(2));
    if shown.list.is_empty() {
        return *shown.steps.get(shown.top(bench, height) + line)?;
    }
    let steps = bench.walk().len();
    let step = list_top(bench, steps, height) + line;
    (column < LIST && step < steps).then_some(step)
}

/// The first line of the list beside the open step: that step stays in view.
fn list_top(bench: &Workbench, steps: usize, height: usize) -> usize {
    (bench.step + 1 + height / 2).saturating_sub(height).min(steps.saturating_sub(height))
}

/// Everything that the pane says.
struct Shown {
    /// The list of steps, where it stands beside the rest.
    list: Vec<Line<'static>>,
    /// The rest.
    lines: Vec<Line<'static>>,
    /// The step of each of these lines that belongs to one.
    steps: Vec<Option<usize>>,
    /// The lines of the current step.
    current: Range<usize>,
}

impl Shown {
    fn new(bench: &Workbench, hit: &Hit, theme: &Theme, area: Rect) -> Self {
        let room = usize::from(area.width.saturating_sub(2));
        let is_beside = bench.is_walking() && area.width >= BESIDE && area.height < HIGH + 2;
        let walk = bench.walk();
        if is_beside {
            let mut list = Text { theme, room: LIST - 1, lines: Vec::new() };
            for (at, asked) in walk.iter().enumerate() {
                head(&mut list, bench, at, asked, Brief::Left);
            }
            let mut text = Text { theme, room: room - LIST, lines: Vec::new() };
            if let Some(asked) = walk.get(bench.step) {
                whose(&mut text, bench, hit, asked);
                body(&mut text, bench, asked, 0);
            }
            let lines = text.lines;
            return Self {
                list: list.lines,
                steps: vec![Some(bench.step); lines.len()],
                current: 0..lines.len(),
                lines,
            };
        }
        let mut text = Text { theme, room, lines: Vec::new() };
        summary(&mut text, hit);
        let mut steps = vec![None; text.lines.len()];
        let mut current = steps.len()..steps.len();
        let mut before = hit.id.as_str();
        for (at, asked) in walk.iter().enumerate() {
            let of = &bench.evidence.hits[asked.hit];
            if of.id != before {
                before = &of.id;
                text.lines.push(Line::styled(format!(" {} asks too:", of.analytic), theme.style(Role::Quiet)));
                steps.push(None);
            }
            let start = text.lines.len();
            head(&mut text, bench, at, asked, Brief::Shown);
            if at == bench.step {
                body(&mut text, bench, asked, INDENT);
                current = start..text.lines.len();
            }
            steps.resize(text.lines.len(), Some(at));
        }
        attack(&mut text, hit);
        steps.resize(text.lines.len(), None);
        Self { list: Vec::new(), lines: text.lines, steps, current }
    }

    /// The first line in view. Walking, that is the first step, or as far on as the whole of the current one needs;
    /// a step longer than the pane is seen from its beginning.
    fn top(&self, bench: &Workbench, height: usize) -> usize {
        let first = self.steps.iter().position(Option::is_some).unwrap_or(0);
        let needed = (self.current.end + 1).saturating_sub(height).min(self.current.start);
        let natural = if bench.is_walking() && self.list.is_empty() { needed.max(first) } else { 0 };
        bench.triage_top.unwrap_or(natural).min(self.lines.len().saturating_sub(height))
    }
}

fn title(bench: &Workbench, hit: &Hit) -> String {
    let (_, word, _) = severity(hit.severity);
    let steps = bench.walk().len();
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

/// Whether a step's line has its finding in a few words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Brief {
    Shown,
    Left,
}

/// `▶t 2 how fast?   ▲ supports  2m00s`
fn head(text: &mut Text, bench: &Workbench, at: usize, asked: &Asked, shown: Brief) {
    let theme = text.theme;
    let current = at == bench.step;
    let hits = &bench.evidence.hits;
    let (hit, step) = (&hits[asked.hit], asked.step);
    let (glyph, word, role) = glyphs::verdict(bench.case.verdict(&hit.id, step.id));
    let number = format!(" {} ", at + 1);
    let (mark, brief, state_role) = asked.finding(hits).map_or((String::new(), "", Role::Missing), |finding| {
        let (glyph, role) = sign(asked, finding.state);
        (format!(" {glyph} "), finding.brief.as_str(), role)
    });
    let brief = if shown == Brief::Shown { brief } else { "" };
    let lead = 2 + width(&number);
    let has_remark = bench.case.remark(&hit.id, step.id).is_some();
    let remark = if has_remark { format!(" {}", Glyph::Remark.text()) } else { String::new() };
    let has_room = current && shown == Brief::Shown && !word.is_empty();
    let word = if has_room { format!("  your verdict: {word}") } else { String::new() };
    let room = text.room.saturating_sub(lead + width(&mark) + width(&remark) + width(&word));
    let title = fit(step.title, room);
    let brief = fit(brief, room.saturating_sub(width(&title) + 1));
    let gap = room.saturating_sub(width(&title) + width(&brief));
    let style = theme.style(if current { Role::Title } else { Role::Text });
    text.lines.push(Line::from(vec![
        match (current, bench.is_walking()) {
            (true, true) => Span::styled(Glyph::Chosen.text(), theme.style(Role::Focus)),
            // Where walking goes on: no key settles it yet.
            (true, false) => Span::styled(Glyph::Next.text(), theme.style(Role::Quiet)),
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

/// The analytic that asks, where it is not the leading one's question, and the analyst's answer.
fn whose(text: &mut Text, bench: &Workbench, leading: &Hit, asked: &Asked) {
    let hit = &bench.evidence.hits[asked.hit];
    if hit.id != leading.id {
        text.lines.push(Line::styled(format!("{} asks:", hit.analytic), text.theme.style(Role::Quiet)));
    }
    let (_, word, role) = glyphs::verdict(bench.case.verdict(&hit.id, asked.step.id));
    if !word.is_empty() {
        text.labelled(0, "your verdict:", role, word, Role::Text);
    }
}

/// Columns before the lines below a step's head.
const INDENT: usize = 5;

/// The lines of the current step below its head: the fact first, then the question it answers and the detail.
fn body(text: &mut Text, bench: &Workbench, asked: &Asked, indent: usize) {
    let (hits, step) = (&bench.evidence.hits, asked.step);
    text.labelled(indent, "", Role::Text, step.question, Role::Text);
    let finding = asked.finding(hits);
    if let Some(finding) = finding {
        let (glyph, role) = sign(asked, finding.state);
        let whom = if finding.state == State::Supports { " theft" } else { "" };
        let label = if asked.step.is_task() {
            format!("{glyph} to do:")
        } else {
            format!("{glyph} {}{whom}:", finding.state.word())
        };
        let (fact, fact_role) = match finding.brief.as_str() {
            "" => (finding.sentence.as_str(), Role::Text),
            brief => (brief, Role::Title),
        };
        text.labelled(indent, &label, role, fact, fact_role);
    }
    // The detail may be longer than the pane: a remark typed a moment ago is to be seen.
    if let Some(remark) = bench.case.remark(&hits[asked.hit].id, step.id) {
        text.labelled(indent, "remark:", Role::Quiet, remark, Role::Notice);
    }
    text.labelled(indent, "look for:", Role::Quiet, step.look_for, Role::Quiet);
    if let Some(finding) = finding.filter(|finding| !finding.brief.is_empty()) {
        text.labelled(indent + 2, "", Role::Text, &finding.sentence, Role::Text);
    }
}

/// Glyph and role of a step's finding: what is to do is no evidence.
fn sign(asked: &Asked, state: State) -> (&'static str, Role) {
    if asked.step.is_task() { (Glyph::ToDo.text(), Role::Notice) } else { glyphs::finding(state) }
}
