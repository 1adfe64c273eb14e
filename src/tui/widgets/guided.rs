//! Draws the five plain questions: the facts and answers at the left, the note's first page at the right.

use super::framed;
use crate::report::guided::{ANSWERS, Fact, QUESTIONS, Question, answered};
use crate::triage::Verdict;
use crate::tui::glyphs::{self, Glyph};
use crate::tui::text::{fit, wrap};
use crate::tui::theme::{Role, Theme};
use crate::tui::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Most lines of one fact.
const FACT: usize = 3;
/// Most lines of the page.
const PAGE: usize = 60;

pub(super) fn draw(bench: &Workbench, at: usize, theme: &Theme, frame: &mut Frame, area: Rect) {
    let (Some(hit), Some(card)) = (bench.current(), bench.hit.and_then(|hit| bench.evidence.card(hit))) else { return };
    let [left, right] = Layout::horizontal([Constraint::Percentage(56), Constraint::Min(0)]).areas(area);
    let question = QUESTIONS.get(at);
    let title = question.map_or_else(
        || " All five questions ".to_owned(),
        |question| format!(" {} of {}: {} ", at + 1, QUESTIONS.len(), question.words),
    );
    let inside = framed(theme, frame, left, fit(&title, usize::from(left.width.saturating_sub(2))).into_owned());
    let (room, height) = (usize::from(inside.width), usize::from(inside.height));
    let walk = bench.walk();
    let lines = match question {
        Some(question) => {
            let mut lines = facts(&question.facts(card, &bench.evidence.hits, &walk), theme, room);
            // The answers stay in view below the facts.
            lines.truncate(height.saturating_sub(question.answers.len() + 1));
            lines.push(Line::default());
            lines.extend(answers(question, bench.case.verdict(&hit.id, question.id), theme, room));
            lines
        }
        None => end(answered(&bench.case, hit).len(), theme, room),
    };
    frame.render_widget(Paragraph::new(lines), inside);
    let inside = framed(theme, frame, right, " The note's first page ".to_owned());
    let room = usize::from(inside.width);
    let mut page = vec![(Role::Title, card.who.clone()), (Role::Text, card.headline.clone())];
    page.extend(answered(&bench.case, hit).into_iter().map(|answer| (Role::Title, answer)));
    page.extend(bench.verdict_here().map(|line| (Role::Title, format!("Verdict: {}.", line.text))));
    page.extend(card.lines.iter().map(|line| (Role::Quiet, format!("{}: {}", line.label.word(), line.text))));
    let lines = page
        .iter()
        .flat_map(|(role, text)| wrap(text, room, PAGE).into_iter().map(|text| Line::styled(text, theme.style(*role))));
    let lines: Vec<Line> = lines.take(usize::from(inside.height)).collect();
    frame.render_widget(Paragraph::new(lines), inside);
}

fn facts<'a>(facts: &[Fact], theme: &Theme, room: usize) -> Vec<Line<'a>> {
    let mut lines: Vec<Line> = Vec::new();
    for fact in facts {
        let (glyph, role) = fact.state.map_or((" ", Role::Quiet), glyphs::finding);
        let wrapped = wrap(&format!("{}: {}", fact.name, fact.text), room.saturating_sub(3), FACT);
        for (number, text) in wrapped.into_iter().enumerate() {
            let (mark, body) = if number == 0 { (glyph, Role::Text) } else { (" ", Role::Quiet) };
            lines.push(Line::from(vec![
                Span::styled(format!(" {mark} "), theme.style(role)),
                Span::styled(text, theme.style(body)),
            ]));
        }
    }
    if lines.is_empty() {
        lines.push(Line::styled(" No row in this bundle bears on it.", theme.style(Role::Missing)));
    }
    lines
}

fn answers<'a>(question: &Question, given: Option<Verdict>, theme: &Theme, room: usize) -> Vec<Line<'a>> {
    let line = |((number, words), answer): ((usize, &'static str), Verdict)| {
        let (mark, role) = if given == Some(answer) { (Glyph::Chosen.text(), Role::Title) } else { (" ", Role::Text) };
        Line::from(vec![
            Span::styled(format!("{mark}{number} "), theme.style(Role::Key)),
            Span::styled(fit(words, room.saturating_sub(3)).into_owned(), theme.style(role)),
        ])
    };
    (1..).zip(question.answers).zip(ANSWERS).map(line).collect()
}

/// The page after the last question.
fn end<'a>(answered: usize, theme: &Theme, room: usize) -> Vec<Line<'a>> {
    let is_whole = answered == QUESTIONS.len();
    let words = if is_whole { "Every question is answered." } else { "Not every question is answered." };
    let lines = [words, "d or Enter gives the verdict, e previews the note, N goes back."];
    lines
        .iter()
        .flat_map(|text| wrap(text, room, FACT))
        .map(|text| Line::styled(text, theme.style(Role::Text)))
        .collect()
}
