//! The areas of the panes, at every size. Pure: update pages by it, draw draws by it.

use ratatui::layout::{Constraint, Layout, Rect, Size};

/// Smallest screen the workbench is drawn on.
pub const SMALLEST: Size = Size { width: 40, height: 10 };

/// A pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The list of hits.
    Hits,
    /// The steps of the hit.
    Triage,
    /// The tokens of the hit's user.
    Timeline,
}

impl Pane {
    /// All, in the order of the Tab key: a hit, its steps, their rows.
    pub const ALL: [Self; 3] = [Self::Hits, Self::Triage, Self::Timeline];

    /// The next one, round.
    #[must_use]
    pub fn next(self) -> Self {
        Self::ALL[(self as usize + 1) % 3]
    }

    /// The one before, round.
    #[must_use]
    pub fn prev(self) -> Self {
        Self::ALL[(self as usize + 2) % 3]
    }
}

/// The area of each pane; empty for one that is not shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    /// Top line.
    pub header: Rect,
    /// Bottom line.
    pub footer: Rect,
    /// Everything between.
    pub body: Rect,
    /// The card of the incident; empty where it is not shown.
    pub card: Rect,
    panes: [Rect; 3],
}

impl Areas {
    /// The frame of a pane; empty when it is not shown.
    pub fn pane(&self, pane: Pane) -> Rect {
        self.panes[pane as usize]
    }

    /// Rows inside the frame of a pane.
    pub fn rows(&self, pane: Pane) -> usize {
        usize::from(self.pane(pane).height.saturating_sub(2))
    }
}

/// Returns whether only a sentence fits.
pub fn too_small(size: Size) -> bool {
    size.width < SMALLEST.width || size.height < SMALLEST.height
}

/// Columns from which a list and the steps below it have room beside a timeline with all its columns.
const WIDE: u16 = 160;

/// Rows that the panes would fill, without their frames.
#[derive(Clone, Copy, Debug, Default)]
pub struct Needs {
    /// Rows of the list.
    pub listed: usize,
    /// Lines of the timeline while it shows the rows of a step; `None` while it has many more rows than fit.
    pub timeline: Option<usize>,
}

/// The areas of a screen. `above` is the pane shown above the timeline where only two fit; `alone` is whether the
/// focused pane has the whole screen; `card_lines` gives the lines of the card in a frame of so many columns.
///
/// No pane is blank while another scrolls: what needs few rows has few, and what is longer has the rest.
pub fn areas(
    size: Size,
    above: Pane,
    focus: Pane,
    alone: bool,
    needs: Needs,
    card_lines: impl Fn(u16) -> usize,
) -> Areas {
    let [header, body, footer] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(0), Constraint::Length(1)]).areas(Rect::from(size));
    let mut areas = Areas { header, footer, body, card: Rect::default(), panes: [Rect::default(); 3] };
    let mut card = Rect::default();
    let mut put = |pane: Pane, area| areas.panes[pane as usize] = area;
    if alone || size.width < 72 || size.height < 20 {
        put(focus, body);
    } else if size.width >= WIDE && size.height >= 36 {
        let [left, right] = columns(body, (size.width * 37 / 100).clamp(40, 74));
        let most = body.height / 2;
        let [list, steps] = rows(left, framed(needs.listed + 1).clamp(8, most));
        let [top, bottom] = rows(right, framed(card_lines(right.width)).clamp(6, most.max(spare(right, needs))));
        put(Pane::Hits, list);
        put(Pane::Triage, steps);
        card = top;
        put(Pane::Timeline, bottom);
    } else if size.width >= 100 && size.height >= 34 {
        // A list as wide as the screen has names, words and clock whole.
        let [list, below] = rows(body, framed(needs.listed + 1).clamp(5, body.height / 4 + 1));
        let [left, right] = columns(below, (size.width * 37 / 100).clamp(40, 72));
        let most = (right.height * 5 / 8).max(spare(right, needs));
        let [top, bottom] = rows(right, framed(card_lines(right.width)).clamp(6, most));
        put(Pane::Hits, list);
        put(Pane::Triage, left);
        card = top;
        put(Pane::Timeline, bottom);
    } else if size.width >= 100 && size.height >= 24 {
        // The list needs columns, the timeline more of them: each row of panes is divided by itself.
        // Every line of a card has its place before a long list has.
        let height = framed(needs.listed + 1).clamp(21, 26).min((body.height * 11 / 20).max(10));
        let [top, bottom] = rows(body, height);
        let [left, right] = columns(top, (size.width * 7 / 15).clamp(46, 84));
        put(Pane::Hits, left);
        card = right;
        let [left, right] = columns(bottom, (size.width * 37 / 100).clamp(40, 72));
        put(Pane::Triage, left);
        put(Pane::Timeline, right);
    } else if size.height >= 36 {
        let [top, below] = rows(body, 8);
        let [middle, bottom] = rows(below, (below.height / 2).max(spare(below, needs)));
        put(Pane::Hits, top);
        if focus == Pane::Hits {
            card = middle;
        } else {
            put(Pane::Triage, middle);
        }
        put(Pane::Timeline, bottom);
    } else if focus == Pane::Hits {
        // What an incident is, before its rows.
        let [top, bottom] = rows(body, (body.height / 3).clamp(6, 9));
        put(Pane::Hits, top);
        card = bottom;
    } else {
        let above = if focus == Pane::Timeline { above } else { focus };
        // A step's sentence is read whole before its rows are.
        let share = if above == Pane::Triage { body.height * 6 / 11 } else { body.height / 2 };
        let spare = if above == Pane::Triage { spare(body, needs) } else { 0 };
        let [top, bottom] = rows(body, share.max(spare));
        put(above, top);
        put(Pane::Timeline, bottom);
    }
    areas.card = card;
    areas
}

/// The frame of a pane that needs so many rows inside.
fn framed(needed: usize) -> u16 {
    u16::try_from(needed).unwrap_or(u16::MAX).saturating_add(2)
}

/// An upper part of so many rows, and what is below it.
fn rows(area: Rect, above: u16) -> [Rect; 2] {
    Layout::vertical([Constraint::Length(above), Constraint::Min(0)]).areas(area)
}

/// A left part of so many columns, and what is right of it.
fn columns(area: Rect, left: u16) -> [Rect; 2] {
    Layout::horizontal([Constraint::Length(left), Constraint::Min(0)]).areas(area)
}

/// Rows that a timeline below leaves to the pane above it, where it shows the few rows of a step.
fn spare(area: Rect, needs: Needs) -> u16 {
    needs.timeline.map_or(0, |lines| area.height.saturating_sub(framed(lines).max(6)))
}

/// Rows inside the frame of an overlay.
pub fn overlay_rows(size: Size) -> usize {
    usize::from(size.height.saturating_sub(4))
}

/// A box in the middle, at most this large.
pub fn centred(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_focused_pane_is_always_shown() {
        for width in [1, 20, 40, 60, 72, 80, 100, 120, 200, 500] {
            for height in [1, 5, 10, 16, 20, 24, 36, 40, 60, 200] {
                for (focus, lines) in Pane::ALL.into_iter().flat_map(|focus| [(focus, None), (focus, Some(2))]) {
                    let size = Size { width, height };
                    let areas = areas(size, Pane::Hits, focus, false, Needs { listed: 7, timeline: lines }, |_| 12);
                    assert!(too_small(size) || areas.rows(focus) > 0, "{size:?} {focus:?}");
                }
            }
        }
    }
}
