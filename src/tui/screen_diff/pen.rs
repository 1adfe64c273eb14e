//! The text style of the terminal, and the shortest way to another.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// A modifier, the code that sets it, the code that takes it back.
const MODIFIERS: [(Modifier, u8, u8); 6] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::REVERSED, 7, 27),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// A text style as the terminal has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Pen {
    fn from_cell(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// Returns whether a cell is written with it.
    pub(super) fn is_that_of(&self, cell: &Cell) -> bool {
        *self == Self::from_cell(cell) || self.leaves_blank(cell)
    }

    /// Returns whether a blank written with it looks as it should: a blank shows no colour of letters.
    fn leaves_blank(&self, cell: &Cell) -> bool {
        let seen = Modifier::UNDERLINED | Modifier::REVERSED | Modifier::CROSSED_OUT;
        cell.symbol() == " " && self.bg == cell.bg && !self.modifier.union(cell.modifier).intersects(seen)
    }

    /// Makes it that of a cell.
    pub(super) fn become_that_of(&mut self, cell: &Cell, bytes: &mut Vec<u8>) {
        if !self.is_that_of(cell) {
            self.become_that(Self::from_cell(cell), bytes);
        }
    }

    /// Makes it the terminal's own.
    pub(super) fn become_plain(&mut self, bytes: &mut Vec<u8>) {
        self.become_that(Self::default(), bytes);
    }

    fn become_that(&mut self, wanted: Self, bytes: &mut Vec<u8>) {
        if *self == wanted {
            return;
        }
        let anew = wanted.codes(&Self::default());
        let anew = if anew.is_empty() { String::new() } else { format!("0;{anew}") };
        let change = wanted.codes(self);
        let codes = if anew.len() < change.len() { anew } else { change };
        bytes.extend_from_slice(b"\x1b[");
        bytes.extend_from_slice(codes.as_bytes());
        bytes.push(b'm');
        *self = wanted;
    }

    /// The codes that make `before` this.
    fn codes(&self, before: &Self) -> String {
        let mut codes: Vec<u8> = Vec::new();
        let lost = before.modifier - self.modifier;
        let mut held = before.modifier;
        for (modifier, _, off) in MODIFIERS {
            if lost.contains(modifier) && !codes.contains(&off) {
                codes.push(off);
                // One code takes back both.
                held -= if off == 22 { Modifier::BOLD | Modifier::DIM } else { modifier };
            }
        }
        codes.extend(MODIFIERS.iter().filter(|(on, ..)| (self.modifier - held).contains(*on)).map(|(_, on, _)| *on));
        if self.fg != before.fg {
            codes.push(30 + colour(self.fg));
        }
        if self.bg != before.bg {
            codes.push(40 + colour(self.bg));
        }
        codes.iter().map(u8::to_string).collect::<Vec<_>>().join(";")
    }
}

/// A colour from the code of black on. The themes have no other than these; another would be the terminal's own.
fn colour(colour: Color) -> u8 {
    match colour {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 60,
        Color::LightRed => 61,
        Color::LightGreen => 62,
        Color::LightYellow => 63,
        Color::LightBlue => 64,
        Color::LightMagenta => 65,
        Color::LightCyan => 66,
        Color::White => 67,
        Color::Reset | Color::Indexed(_) | Color::Rgb(..) => 9,
    }
}
