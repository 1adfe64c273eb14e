//! The card of the incident under the cursor: who, both places, the map, and the lines below it.

use super::pane;
use crate::analytics::Hit;
use crate::analytics::known::Standing;
use crate::model::words::counted;
use crate::model::{Confidence, Severity};
use crate::report::card::{BINS, Card, CardLine, Label, Map, MapLane, Mark, Spot, Use, after};
use crate::triage::pivot::Value;
use crate::tui::glyphs::Glyph;
use crate::tui::layout::Pane;
use crate::tui::text::{fit, pad, width, wrap};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::below;
use crate::tui::workbench::Workbench;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Columns of a label and the space after it.
const LABEL: usize = 9;
/// Most lines of one answer.
const ANSWER: usize = 4;
/// Lines of a screen that has room for every line of a card.
const WHOLE: usize = 60;
/// Lines that go first where there is no room for all, in this order.
const SPARED: [Label; 6] =
    [Label::Looked, Label::Others, Label::Missing, Label::Could, Label::Revoked, Label::Controls];

pub(super) fn draw(bench: &Workbench, theme: &Theme, frame: &mut Frame, area: Rect) {
    if area.height < 3 || area.width < 20 {
        return;
    }
    let card = bench.hit.and_then(|hit| bench.evidence.card(hit));
    let (Some(card), Some(hit)) = (card, bench.current()) else {
        let inside = pane(theme, frame, area, Span::styled(" Incident ", theme.style(Role::Title)), false);
        let words = if bench.evidence.hits.is_empty() {
            "Nothing to look at: B says what was read, M lists near misses."
        } else {
            "Published semantics have hits alone."
        };
        frame.render_widget(Paragraph::new(words).style(theme.style(Role::Quiet)), inside);
        return;
    };
    let incident = bench.incident().map_or((hit.severity, hit.confidence), |one| (one.severity, one.confidence));
    let inside = pane(theme, frame, area, title(bench, theme, card, incident), bench.focus == Pane::Hits);
    let (room, height) = (usize::from(inside.width), usize::from(inside.height));
    let mut lines = lines(bench, theme, card, hit, room, height);
    below(theme, frame, area, lines.len().saturating_sub(height));
    lines.truncate(height);
    frame.render_widget(Paragraph::new(lines), inside);
}

/// Lines that the whole card takes, in a frame of so many columns.
pub(super) fn lines_needed(bench: &Workbench, columns: u16) -> usize {
    let card = bench.hit.and_then(|hit| bench.evidence.card(hit));
    let (Some(card), Some(hit)) = (card, bench.current()) else { return 1 };
    lines(bench, &Theme::plain(), card, hit, usize::from(columns.saturating_sub(2)), WHOLE).len()
}

/// The card's lines: all of them where there is room, else those that matter most.
fn lines<'a>(bench: &Workbench, theme: &Theme, card: &Card, hit: &Hit, room: usize, height: usize) -> Vec<Line<'a>> {
    let mut lines: Vec<Line> =
        wrap(&card.headline, room, 3).into_iter().map(|text| Line::styled(text, theme.style(Role::Header))).collect();
    // Two places, their uses and the times come before the last of the answers.
    let for_map = height.saturating_sub(lines.len() + 6).max(4.min(height.saturating_sub(lines.len() + 2)));
    lines.extend(map(theme, &card.map, bench.spot, room, for_map));
    // A time that the analyst entered takes the place of what the logs say.
    let entered = bench.incident().zip(bench.revoked_of(Value::user(hit.user)));
    let entered =
        entered.map(|(incident, at)| CardLine { label: Label::Revoked, text: after(bench.store(), incident, at) });
    let verdict = bench.verdict_here();
    let mut answers: Vec<&CardLine> = verdict.iter().chain(&card.lines).collect();
    for answer in answers.iter_mut().filter(|line| line.label == Label::Revoked) {
        *answer = entered.as_ref().unwrap_or(*answer);
    }
    // A revocation is never left out; that there is none is.
    let is_revoked = entered.is_some() || bench.incident().is_some_and(|incident| !incident.revoked.is_empty());
    for label in SPARED.into_iter().filter(|label| *label != Label::Revoked || !is_revoked) {
        if lines.len() + answers.len() > height {
            answers.retain(|line| line.label != label);
        }
    }
    // Every answer gets a line, and more where there is room.
    let mut spare = height.saturating_sub(lines.len() + answers.len());
    for answer in answers {
        let wrapped = wrap(&answer.text, room.saturating_sub(LABEL), (spare + 1).min(ANSWER));
        spare -= wrapped.len().saturating_sub(1).min(spare);
        for (at, text) in wrapped.iter().enumerate() {
            lines.push(labelled(theme, if at == 0 { answer.label.word() } else { "" }, text, room));
        }
    }
    lines
}

fn title<'a>(
    bench: &Workbench,
    theme: &Theme,
    card: &Card,
    (severity, confidence): (Severity, Confidence),
) -> Line<'a> {
    let (glyph, word, role) = super::hits::severity(severity);
    let roles = if card.roles.is_empty() { String::new() } else { format!(" · {}", card.roles.join(", ")) };
    let group = bench.hit.and_then(|hit| bench.evidence.found.orders.group_of(hit));
    let state = group.map(|at| bench.state_of(at).verdict).filter(|state| !state.is_empty());
    let state = state.map_or_else(String::new, |state| format!(" · {state}"));
    Line::from(vec![
        Span::styled(format!(" {glyph} {word}"), theme.style(role)),
        Span::styled(format!(" {}", fit(&card.who, 48)), theme.style(Role::Title)),
        Span::styled(state, theme.style(Role::Notice)),
        Span::styled(fit(&roles, 40).into_owned(), theme.style(role)),
        Span::styled(
            format!(" · confidence {} · {} ", confidence.word(), card.story.words()),
            theme.style(Role::Quiet),
        ),
    ])
}

fn labelled<'a>(theme: &Theme, label: &str, text: &str, room: usize) -> Line<'a> {
    Line::from(vec![
        Span::styled(pad(label, LABEL), theme.style(Role::Quiet)),
        Span::styled(fit(text, room.saturating_sub(LABEL)).into_owned(), theme.style(Role::Text)),
    ])
}

/// The map: a lane a place, the uses below, and the times at both ends.
fn map<'a>(theme: &Theme, map: &Map, spot: Option<Spot>, room: usize, most: usize) -> Vec<Line<'a>> {
    if map.lanes.is_empty() || most < 2 || room < 50 {
        return Vec::new();
    }
    let has_uses = map.uses.iter().any(Option::is_some);
    let lanes = map.lanes.len().min(most.saturating_sub(1 + usize::from(has_uses))).max(1);
    let shown = kept(&map.lanes, lanes);
    let name = |lane: &MapLane| {
        if lane.location.is_empty() { lane.address.clone() } else { format!("{} {}", lane.address, lane.location) }
    };
    let left = shown.iter().map(|(_, lane)| width(&name(lane)) + 3).max().unwrap_or(0).clamp(LABEL, room / 2);
    let columns = room - left;
    let scale = Columns { columns };
    let mut lines: Vec<Line> = shown
        .iter()
        .map(|(at, lane)| {
            let (sign, role) = match lane.standing {
                Standing::Known => (" ", Role::Quiet),
                Standing::New => (Glyph::New.text(), Role::High),
                Standing::Undecided => (Glyph::CannotTell.text(), Role::Medium),
            };
            let mut spans = vec![Span::styled(pad(&format!("{sign} {}", name(lane)), left), theme.style(role))];
            spans.extend((0..columns).map(|column| {
                let found = scale.bins(column).filter_map(|bin| lane.marks[bin]).max();
                let (glyph, role) = match found {
                    Some(Mark::Code) => (Glyph::Code.text(), Role::DeviceCode),
                    Some(Mark::SignIn) => (Glyph::SignIn.text(), role),
                    Some(Mark::Token) => (Glyph::Token.text(), role),
                    Some(Mark::Failed) => (Glyph::Failed.text(), Role::Failed),
                    None => ("─", Role::Border),
                };
                let is_spot = spot.is_some_and(|spot| spot.lane == Some(*at) && scale.column(spot.bin) == column);
                Span::styled(glyph, spotted(theme.style(role), is_spot))
            }));
            Line::from(spans)
        })
        .collect();
    if has_uses {
        lines.push(uses(theme, map, spot, left, &scale));
    }
    lines.push(times(theme, map, left, columns, map.lanes.len() - shown.len() + map.more));
    lines
}

/// The lanes that are shown where not all can be: the first known one, then the others.
///
/// Each with its place on the map.
fn kept(lanes: &[MapLane], most: usize) -> Vec<(usize, &MapLane)> {
    let known = lanes.iter().enumerate().filter(|(_, lane)| lane.standing == Standing::Known);
    let others: Vec<_> = lanes.iter().enumerate().filter(|(_, lane)| lane.standing != Standing::Known).collect();
    let room = most.saturating_sub(others.len()).max(usize::from(most > 1));
    known.take(room).chain(others).take(most).collect()
}

/// The style of a mark; that of the one that was gone to is turned round.
fn spotted(style: Style, is_spot: bool) -> Style {
    if is_spot { style.add_modifier(Modifier::REVERSED) } else { style }
}

fn uses<'a>(theme: &Theme, map: &Map, spot: Option<Spot>, left: usize, scale: &Columns) -> Line<'a> {
    let mut spans = vec![Span::styled(pad("  done", left), theme.style(Role::Quiet))];
    let edge = map.edge.map(|bin| scale.column(bin));
    let revoked = map.revoked.map(|bin| scale.column(bin));
    spans.extend((0..scale.columns).map(|column| {
        let found = scale.bins(column).filter_map(|bin| map.uses[bin]).max();
        let (glyph, role) = match found {
            Some(Use::Took) => ("█", Role::High),
            Some(Use::Read) => ("▅", Role::Graph),
            Some(Use::Looked) => ("▂", Role::Graph),
            None if revoked == Some(column) => (Glyph::Revoked.text(), Role::Notice),
            None if edge.is_some_and(|edge| column > edge) => (Glyph::LogEnded.text(), Role::Missing),
            None => (" ", Role::Text),
        };
        let is_spot = spot.is_some_and(|spot| spot.lane.is_none() && scale.column(spot.bin) == column);
        Span::styled(glyph, spotted(theme.style(role), is_spot))
    }));
    Line::from(spans)
}

/// The times at both ends, and the number of places that have no lane.
fn times<'a>(theme: &Theme, map: &Map, left: usize, columns: usize, more: usize) -> Line<'a> {
    let from = map.from.second();
    let to = if map.from.day() == map.to.day() { map.to.clock() } else { map.to.second() };
    let gap = columns.saturating_sub(width(&from) + width(&to)).max(1);
    let places = if more > 0 { format!("  {}", counted(more, "more place")) } else { String::new() };
    let text = format!("{}{from}{}{to}", pad(&places, left), " ".repeat(gap));
    Line::styled(text, theme.style(Role::Quiet))
}

/// Columns of a lane, and the parts of the map that each shows.
struct Columns {
    columns: usize,
}

impl Columns {
    fn bins(&self, column: usize) -> std::ops::Range<usize> {
        let first = |column: usize| (column * BINS).div_ceil(self.columns);
        first(column)..first(column + 1)
    }

    fn column(&self, bin: usize) -> usize {
        bin * self.columns / BINS
    }
}
