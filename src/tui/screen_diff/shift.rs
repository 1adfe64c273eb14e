//! Rows that only moved: found by comparing pieces of rows, moved by the terminal's scroll region.
//!
//! A region is as wide as the screen. Where panes stand side by side it moves the others too, and they are written
//! back; whoever calls this sends whichever way is shorter.

use ratatui::buffer::{Buffer, Cell};
use std::hash::{BuildHasher, Hash, Hasher};

/// Columns of a piece.
const PIECE: usize = 8;
/// Pieces that must be spared for a shift to be tried.
const WORTH: i32 = 4;

/// Rows `top..bottom` moved up by `rows`, or down where it is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    top: u16,
    bottom: u16,
    rows: i32,
}

/// The shift that spares the most, if any is worth it.
pub(super) fn find(shown: &Buffer, next: &Buffer) -> Option<Shift> {
    let (before, after) = (pieces(shown), pieces(next));
    let height = i32::from(next.area.height);
    let differing = (0..after.len()).filter(|row| before[*row] != after[*row]).count();
    if differing < 3 {
        return None;
    }
    // Where nothing moves, a row costs the pieces in which it differs.
    let stay: Vec<i32> = (0..after.len()).map(|row| cost(&before[row], &after[row])).collect();
    let mut best: Option<(i32, Shift)> = None;
    for rows in (1 - height..height).filter(|rows| *rows != 0) {
        // The run of rows that gains the most by coming from `rows` further down.
        let (mut gain, mut from) = (0, 0);
        for row in 0..height {
            let source = row + rows;
            let at = usize::try_from(row).expect("a row of the screen");
            let won = match usize::try_from(source).ok().and_then(|source| before.get(source)) {
                Some(source) => stay[at] - cost(source, &after[at]),
                None => -1 - i32::try_from(after[at].len()).unwrap_or(i32::MAX),
            };
            if gain <= 0 {
                (gain, from) = (0, row);
            }
            gain += won;
            let (first, last) = (from.min(from + rows), row.max(source));
            if gain >= WORTH && best.is_none_or(|(most, _)| gain > most) && first >= 0 && last < height {
                let place = |row: i32| u16::try_from(row).expect("a row of the screen");
                best = Some((gain, Shift { top: place(first), bottom: place(last + 1), rows }));
            }
        }
    }
    best.map(|(_, shift)| shift)
}

fn cost(before: &[u64], after: &[u64]) -> i32 {
    i32::try_from(before.iter().zip(after).filter(|(before, after)| before != after).count()).unwrap_or(i32::MAX)
}

/// A number for each piece of each row.
fn pieces(buffer: &Buffer) -> Vec<Vec<u64>> {
    let hash = |cells: &[Cell]| {
        let mut hasher = foldhash::fast::FixedState::default().build_hasher();
        for cell in cells {
            cell.symbol().hash(&mut hasher);
            (cell.fg, cell.bg, cell.modifier).hash(&mut hasher);
        }
        hasher.finish()
    };
    let width = usize::from(buffer.area.width).max(1);
    buffer.content.chunks(width).map(|row| row.chunks(PIECE).map(hash).collect()).collect()
}

impl Shift {
    /// The bytes sent: the region, the distance, the whole screen again.
    pub(super) fn bytes(self) -> Vec<u8> {
        let (count, letter) = (self.rows.unsigned_abs(), if self.rows > 0 { 'S' } else { 'T' });
        let count = if count == 1 { String::new() } else { count.to_string() };
        format!("\x1b[{};{}r\x1b[{count}{letter}\x1b[r", self.top + 1, self.bottom).into_bytes()
    }

    /// Does to a frame what the terminal does to the screen.
    pub(super) fn apply(self, buffer: &mut Buffer) {
        let width = usize::from(buffer.area.width);
        let region = &mut buffer.content[usize::from(self.top) * width..usize::from(self.bottom) * width];
        let cells = width * usize::try_from(self.rows.unsigned_abs()).unwrap_or(usize::MAX);
        let cells = cells.min(region.len());
        if self.rows > 0 {
            region.rotate_left(cells);
            let kept = region.len() - cells;
            region[kept..].fill(Cell::EMPTY);
        } else {
            region.rotate_right(cells);
            region[..cells].fill(Cell::EMPTY);
        }
    }
}
