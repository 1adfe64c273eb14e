//! From one frame to the next in as few bytes as a plain terminal understands: for a bad line, not for a fast one.
//!
//! Colours are the sixteen of SGR 30–37 and 90–97, which a console without 256 has too. Cursor moves are relative where
//! that is shorter, a few cells that stay are written again where that is shorter than a move over them, blanks are
//! erased, and rows that only moved are moved by the terminal where that is shorter than to write them.

mod pen;
mod shift;

use crate::model::{SHOWN, is_inert};
use pen::Pen;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use std::io::Write as _;

/// Blanks that are worth an erasure.
const BLANKS: u16 = 5;

/// The terminal's content, as far as we wrote it.
pub(super) struct ScreenDiff {
    shown: Buffer,
}

impl ScreenDiff {
    /// Of a terminal that is blank.
    pub(super) fn blank(width: u16, height: u16) -> Self {
        Self { shown: Buffer::empty(ratatui::layout::Rect::new(0, 0, width, height)) }
    }

    /// The bytes that turn the screen into `next`, which it shows from then on.
    pub(super) fn frame(&mut self, next: &Buffer) -> Vec<u8> {
        let mut next = next.clone();
        next.content.iter_mut().for_each(|cell| {
            inert_cell(cell);
            plain_blank(cell);
        });
        if next.area != self.shown.area {
            // The whole screen was erased with the new size.
            self.shown = Buffer::empty(next.area);
            let mut bytes = b"\x1b[m\x1b[2J".to_vec();
            bytes.extend(changes(&self.shown, &next));
            self.shown = next;
            return bytes;
        }
        let mut bytes = changes(&self.shown, &next);
        if let Some(shift) = shift::find(&self.shown, &next) {
            shift.apply(&mut self.shown);
            let mut shifted = shift.bytes();
            shifted.extend(changes(&self.shown, &next));
            if shifted.len() < bytes.len() {
                bytes = shifted;
            }
        }
        self.shown = next;
        bytes
    }
}

/// The last gate: whatever a screen was drawn from, nothing of it moves the terminal.
fn inert_cell(cell: &mut Cell) {
    if !is_inert(cell.symbol()) {
        cell.set_char(SHOWN);
    }
}

/// A blank looks the same in every colour of text.
fn plain_blank(cell: &mut Cell) {
    if cell.symbol() == " " && !cell.modifier.intersects(Modifier::REVERSED | Modifier::UNDERLINED) {
        cell.fg = Color::Reset;
        cell.modifier = Modifier::empty();
    }
}

/// A blank of the terminal's own colour, as an erasure leaves it.
fn is_erased(cell: &Cell) -> bool {
    cell.symbol() == " " && cell.bg == Color::Reset && cell.modifier.is_empty()
}

/// The bytes that write every cell in which the frames differ. They begin and end with a plain pen.
fn changes(shown: &Buffer, next: &Buffer) -> Vec<u8> {
    let mut out = Out { bytes: Vec::new(), pen: Pen::default(), at: None, next };
    let halved = halved(shown, next);
    let updates = halved.as_ref().unwrap_or(shown).diff(next);
    let mut rest = updates.as_slice();
    while let Some(&(x, y, cell)) = rest.first() {
        if is_erased(cell) {
            let blank = (x..next.area.width).take_while(|x| is_erased(&next[(*x, y)])).count();
            let inside = |update: &&(u16, u16, &Cell)| update.1 == y && usize::from(update.0 - x) < blank;
            let run = rest.iter().take_while(inside).count();
            let to_end = usize::from(x) + blank == usize::from(next.area.width);
            // Blanks that stay need no erasing behind the last that is new.
            let columns = rest[run - 1].0 - x + 1;
            if to_end && run > 2 || columns >= BLANKS {
                out.erase(x, y, columns, to_end);
                rest = &rest[run..];
                continue;
            }
        }
        out.cell(x, y, cell);
        rest = &rest[1..];
    }
    out.plain();
    out.bytes
}

/// The screen as shown, with the second half of each overwritten wide character marked: terminals leave there what
/// they like, so it is written anew.
fn halved(shown: &Buffer, next: &Buffer) -> Option<Buffer> {
    let cut = |at: &usize| {
        let symbol = shown.content[*at].symbol();
        !symbol.is_ascii() && super::text::width(symbol) > 1 && next.content[*at].symbol() != symbol
    };
    let places: Vec<usize> = (0..shown.content.len()).filter(cut).collect();
    if places.is_empty() {
        return None;
    }
    let mut halved = shown.clone();
    for at in places {
        if let Some(half) = halved.content.get_mut(at + 1) {
            // No theme has such a colour: the half differs from whatever comes.
            half.fg = Color::Rgb(0, 0, 0);
        }
    }
    Some(halved)
}

/// The bytes so far, and where they leave the terminal.
struct Out<'a> {
    bytes: Vec<u8>,
    pen: Pen,
    /// The cursor; `None` where terminals disagree.
    at: Option<(u16, u16)>,
    next: &'a Buffer,
}

impl Out<'_> {
    fn put(&mut self, args: std::fmt::Arguments) {
        self.bytes.write_fmt(args).expect("writing to memory does not fail");
    }

    fn cell(&mut self, x: u16, y: u16, cell: &Cell) {
        self.go(x, y);
        self.pen.become_that_of(cell, &mut self.bytes);
        self.bytes.extend_from_slice(cell.symbol().as_bytes());
        // After the last column the cursor waits there or is in the next row; after a wide or a joined character it is
        // where the terminal thinks.
        let certain = cell.symbol().chars().count() == 1 && super::text::width(cell.symbol()) == 1;
        self.at = (certain && x + 1 < self.next.area.width).then_some((x + 1, y));
    }

    fn erase(&mut self, x: u16, y: u16, columns: u16, to_end: bool) {
        self.go(x, y);
        // A terminal that erases with the colour of the pen must do it with its own.
        self.plain();
        if to_end {
            self.bytes.extend_from_slice(b"\x1b[K");
        } else {
            self.put(format_args!("\x1b[{columns}X"));
        }
    }

    fn plain(&mut self) {
        self.pen.become_plain(&mut self.bytes);
    }

    /// Moves the cursor the shortest way.
    fn go(&mut self, x: u16, y: u16) {
        if self.at == Some((x, y)) {
            return;
        }
        let mut way = absolute(x, y);
        if let Some((from, row)) = self.at {
            if row == y && x > from {
                let right = forward(x - from);
                if right.len() < way.len() {
                    way = right;
                }
                if let Some(again) = self.again(from, x, y).filter(|again| again.len() <= way.len()) {
                    way = again;
                }
            } else if x == 0 && y == row + 1 {
                way = b"\r\n".to_vec();
            }
        }
        self.bytes.extend(way);
        self.at = Some((x, y));
    }

    /// The cells between, when they are few and of this pen: to write them again may be shorter than to move.
    fn again(&self, from: u16, to: u16, y: u16) -> Option<Vec<u8>> {
        let cells = (to - from <= 4).then(|| (from..to).map(|x| &self.next[(x, y)]))?;
        let mut bytes = Vec::new();
        for cell in cells {
            let symbol = cell.symbol().as_bytes();
            if !self.pen.is_that_of(cell) || symbol.len() != 1 {
                return None;
            }
            bytes.extend_from_slice(symbol);
        }
        Some(bytes)
    }
}

fn forward(columns: u16) -> Vec<u8> {
    if columns == 1 { b"\x1b[C".to_vec() } else { format!("\x1b[{columns}C").into_bytes() }
}

fn absolute(x: u16, y: u16) -> Vec<u8> {
    match (x, y) {
        (0, 0) => b"\x1b[H".to_vec(),
        (0, y) => format!("\x1b[{}H", y + 1).into_bytes(),
        (x, y) => format!("\x1b[{};{}H", y + 1, x + 1).into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;
    use std::num::NonZero;

    const WIDTH: u16 = 24;
    const HEIGHT: u16 = 8;

    fn styles() -> [Style; 6] {
        let plain = Style::new();
        [
            plain,
            plain.fg(Color::Red),
            plain.fg(Color::DarkGray).add_modifier(Modifier::DIM),
            plain.add_modifier(Modifier::BOLD),
            plain.add_modifier(Modifier::REVERSED),
            plain.fg(Color::LightYellow).bg(Color::Blue).add_modifier(Modifier::UNDERLINED | Modifier::ITALIC),
        ]
    }

    fn buffer(lines: &[(u16, String, usize)]) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT));
        for (row, (x, text, style)) in (0..HEIGHT).zip(lines) {
            buffer.set_stringn(*x, row, text, usize::from(WIDTH - x), styles()[*style]);
        }
        buffer
    }

    fn screen(parser: &vt100::Parser) -> Vec<Vec<String>> {
        let cell = |row, column| {
            let cell = parser.screen().cell(row, column).unwrap();
            let text = if cell.contents().is_empty() { " ".to_owned() } else { cell.contents().to_owned() };
            // A blank's letter colour is not seen.
            let blank = text == " " && !cell.inverse() && !cell.underline();
            let look = if blank { String::new() } else { format!("{:?}{}{}", cell.fgcolor(), cell.bold(), cell.dim()) };
            format!("{text}{look}{:?}{}{}{}", cell.bgcolor(), cell.inverse(), cell.underline(), blank || cell.italic())
        };
        (0..HEIGHT).map(|row| (0..WIDTH).map(|column| cell(row, column)).collect()).collect()
    }

    fn terminal() -> vt100::Parser {
        vt100::Parser::new(NonZero::new(HEIGHT).unwrap(), NonZero::new(WIDTH).unwrap(), 0)
    }

    /// The screen of a terminal that was sent only this frame.
    fn fresh(frame: &Buffer) -> Vec<Vec<String>> {
        let mut parser = terminal();
        parser.process(&ScreenDiff::blank(WIDTH, HEIGHT).frame(frame));
        screen(&parser)
    }

    fn line() -> impl Strategy<Value = (u16, String, usize)> {
        (0..WIDTH - 2, "[ab ─é]{0,12}( {0,9}[ab東]{0,9})?", 0..styles().len())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn a_terminal_shows_the_frame_whatever_it_showed_before(
            lines in prop::collection::vec(line(), usize::from(HEIGHT)),
            others in prop::collection::vec(line(), usize::from(HEIGHT)),
            turn in 0..HEIGHT,
            kept in 0..HEIGHT,
        ) {
            // Some rows moved, some stayed, some are new.
            let mut after = lines.clone();
            after[usize::from(kept)..].rotate_left(usize::from(turn) % usize::from(HEIGHT - kept));
            after[usize::from(turn)] = others[0].clone();
            let mut parser = terminal();
            let mut diff = ScreenDiff::blank(WIDTH, HEIGHT);
            for frame in [buffer(&lines), buffer(&after), buffer(&others), buffer(&lines)] {
                let bytes = diff.frame(&frame);
                parser.process(&bytes);
                for (row, (shown, wanted)) in screen(&parser).into_iter().zip(fresh(&frame)).enumerate() {
                    prop_assert_eq!(shown, wanted, "row {} after {:?}", row, String::from_utf8_lossy(&bytes));
                }
                prop_assert!(diff.frame(&frame).is_empty(), "nothing changed, nothing is sent");
            }
        }
    }

    #[test]
    fn a_moved_cursor_row_costs_little_and_only_sixteen_colours_are_sent() {
        let rows: Vec<_> = (0..HEIGHT).map(|row| (0, format!("row {row} of some text"), 0)).collect();
        let mut cursor = rows.clone();
        cursor[3].2 = 5;
        let mut diff = ScreenDiff::blank(WIDTH, HEIGHT);
        diff.frame(&buffer(&rows));
        let bytes = diff.frame(&buffer(&cursor));
        assert_eq!(String::from_utf8(bytes).unwrap(), "\u{1b}[4H\u{1b}[3;4;93;44mrow 3 of some text\u{1b}[m");
    }

    #[test]
    fn rows_that_moved_are_moved_by_the_terminal() {
        let text = |row| format!("{row} {row} {row} a long line {row}");
        let rows: Vec<_> = (0..8).map(|row| (0, text(row), 0)).collect();
        let mut moved: Vec<_> = (0..8).map(|row| (0, text(row + 1), 0)).collect();
        moved[0] = rows[0].clone();
        moved[7] = rows[7].clone();
        let mut diff = ScreenDiff::blank(WIDTH, HEIGHT);
        diff.frame(&buffer(&rows));
        let bytes = String::from_utf8(diff.frame(&buffer(&moved))).unwrap();
        assert!(bytes.starts_with("\u{1b}[2;8r\u{1b}[S\u{1b}[r"), "{bytes:?}");
        assert!(bytes.len() < 50, "{bytes:?}");
    }

    #[test]
    fn blanks_are_erased() {
        let mut diff = ScreenDiff::blank(WIDTH, HEIGHT);
        diff.frame(&buffer(&[(0, "twenty-two letters in it".to_owned(), 1)]));
        assert_eq!(diff.frame(&buffer(&[(0, "twen".to_owned(), 1)])), b"\x1b[1;5H\x1b[K");
    }
}
