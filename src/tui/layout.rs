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

/// The areas of a screen. `above` is the pane shown above the timeline where only two fit; `alone` is whether the
/// focused pane has the whole screen; `listed` is the number of rows of the list; `card` gives the lines of the card in
/// a frame of so many columns.
pub fn areas(
    size: Size,
    above: Pane,
    focus: Pane,
    alone: bool,
    listed: usize,
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
        // List and card have the rows they need, and what is longer has the rest: no pane is blank while another
        // scrolls.
        let rows = |needed: usize| u16::try_from(needed).unwrap_or(u16::MAX).saturating_add(2);
        let [left, right] =
            Layout::horizontal([Constraint::Length((size.width * 37 / 100).clamp(40, 74)), Constraint::Min(0)])
                .areas(body);
        let most = body.height / 2;
        let hits = rows(listed.saturating_add(1)).clamp(8, most);
        let [list, steps] = Layout::vertical([Constraint::Length(hits), Constraint::Min(0)]).areas(left);
        let lines = rows(card_lines(right.width)).clamp(6, most);
        let [top, bottom] = Layout::vertical([Constraint::Length(lines), Constraint::Min(0)]).areas(right);
        put(Pane::Hits, list);
        put(Pane::Triage, steps);
        card = top;
        put(Pane::Timeline, bottom);
    } else if size.width >= 100 && size.height >= 24 {
        // The list needs columns, the timeline more of them: each row of panes is divided by itself.
        let listed = u16::try_from(listed).unwrap_or(u16::MAX).saturating_add(3);
        // Every line of a card has its place before a long list has.
        let height = listed.clamp(21, 26).min((body.height * 11 / 20).max(10));
        let [top, bottom] = Layout::vertical([Constraint::Length(height), Constraint::Min(0)]).areas(body);
        let hits = (size.width * 7 / 15).clamp(46, 84);
        let [left, right] = Layout::horizontal([Constraint::Length(hits), Constraint::Min(0)]).areas(top);
        put(Pane::Hits, left);
        card = right;
        let triage = (size.width * 37 / 100).clamp(40, 72);
        let [left, right] = Layout::horizontal([Constraint::Length(triage), Constraint::Min(0)]).areas(bottom);
        put(Pane::Triage, left);
        put(Pane::Timeline, right);
    } else if size.height >= 36 {
        let [top, middle, bottom] =
            Layout::vertical([Constraint::Length(8), Constraint::Fill(1), Constraint::Fill(1)]).areas(body);
        put(Pane::Hits, top);
        if focus == Pane::Hits {
            card = middle;
        } else {
            put(Pane::Triage, middle);
        }
        put(Pane::Timeline, bottom);
    } else if focus == Pane::Hits {
        // What an incident is, before its rows.
        let hits = (body.height / 3).clamp(6, 9);
        let [top, bottom] = Layout::vertical([Constraint::Length(hits), Constraint::Min(0)]).areas(body);
        put(Pane::Hits, top);
        card = bottom;
    } else {
        let above = if focus == Pane::Timeline { above } else { focus };
        // A step's sentence is read whole before its rows are.
        let share = if above == Pane::Triage { 6 } else { 5 };
        let [top, bottom] = Layout::vertical([Constraint::Fill(share), Constraint::Fill(5)]).areas(body);
        put(above, top);
        put(Pane::Timeline, bottom);
    }
    areas.card = card;
    areas
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
                for focus in Pane::ALL {
                    let size = Size { width, height };
                    let areas = areas(size, Pane::Hits, focus, false, 7, |_| 12);
                    assert!(too_small(size) || areas.rows(focus) > 0, "{size:?} {focus:?}");
                }
            }
        }
    }
}
