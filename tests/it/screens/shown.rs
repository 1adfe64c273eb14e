//! Snapshots of a screen: its words at some sizes, and the role of each piece of it once.
//!
//! Every screen is drawn at every size in every theme. Words have to be the same in all of them, each cell has to look
//! as its theme's table says of the cell's role, and ASCII borders have to leave nothing but ASCII: so neither themes
//! nor the sizes that no snapshot holds go unseen.

use super::{Desk, SIZES};
use crate::picture;
use insta::{Settings, assert_snapshot};
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use strum::VariantArray;
use tokentrail::testing::tui::theme::{Borders, Name, Role, Theme};

/// The size whose roles are held.
const STYLED: (u16, u16) = (120, 40);
/// Screens whose words are held at 200×60 too: those that do other things with the room than the main screen.
const WIDE: [&str; 15] = [
    "acts_record",
    "acts_timeline",
    "bundle",
    "groups",
    "help",
    "loading",
    "main",
    "marked_record",
    "marks",
    "near",
    "note",
    "palette",
    "record",
    "step",
    "users",
];
/// Screens whose words are held at 60×16 and 20×5 too.
const NARROW: [&str; 3] = ["help", "main", "step"];
/// The letters of the roles, in the order of the roles.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzαβγδεζηθικλμ";

/// Snapshots a screen, in one file.
pub(super) fn snapshot(name: &str, mut desk: Desk) {
    let mut shown = String::new();
    for size in SIZES {
        desk.resize(size);
        let words = desk.screen();
        let roles = desk.drawn(&Theme::by_role());
        assert_eq!(words, text(&roles), "{name} at {size:?}");
        for &theme in Name::VARIANTS {
            let buffer = desk.buffer(theme);
            assert_eq!(words, text(&buffer), "{name} at {size:?}: nothing is told by colour alone");
            wears(&roles, &buffer, theme);
            picture::put_aside(name, theme, &buffer);
        }
        is_ascii(name, &desk);
        if is_held(name, size) {
            writeln!(shown, "── {}×{}\n{}", size.0, size.1, shortened(&words)).unwrap();
        }
        if size == STYLED {
            write!(shown, "── {}×{}, roles\n{}", size.0, size.1, styles(&roles)).unwrap();
        }
    }
    let mut settings = Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| assert_snapshot!(format!("it__screens__{name}"), shown));
}

fn is_held(name: &str, size: (u16, u16)) -> bool {
    match size {
        (200, _) => WIDE.contains(&name),
        (..=60, _) => NARROW.contains(&name),
        _ => true,
    }
}

/// The screen's text, row by row.
pub(super) fn text(buffer: &Buffer) -> String {
    let row = |cells: &[Cell]| cells.iter().map(Cell::symbol).collect::<String>().trim_end().to_owned();
    rows(buffer).map(row).collect::<Vec<_>>().join("\n")
}

fn rows(buffer: &Buffer) -> std::slice::Chunks<'_, Cell> {
    buffer.content.chunks(usize::from(buffer.area.width.max(1)))
}

/// The text with rows that repeat the one above counted, blank ones at the end left out.
fn shortened(words: &str) -> String {
    let rows: Vec<&str> = words.trim_end().lines().collect();
    let mut shortened = Vec::new();
    for alike in rows.chunk_by(|a, b| a == b) {
        shortened.push(alike[0].to_owned());
        match alike.len() {
            1 => {}
            2 => shortened.push(alike[0].to_owned()),
            rows => shortened.push(format!("⋮ {} more", rows - 1)),
        }
    }
    shortened.join("\n")
}

/// The roles, row by row: a letter for each and over how many cells it goes, a capital under the cursor of a pane
/// without the keyboard, `#` under that of the pane with it, `·` for plain text; then what the letters stand for.
/// Blanks go with what is before them.
fn styles(buffer: &Buffer) -> String {
    let mut used: BTreeSet<Role> = BTreeSet::new();
    let mut drawn: Vec<String> = Vec::new();
    for cells in rows(buffer) {
        let mut before = '·';
        let looks: Vec<char> = cells
            .iter()
            .map(|cell| {
                before = letter(cell, &mut used).unwrap_or(before);
                before
            })
            .collect();
        let runs = looks.chunk_by(|a, b| a == b).map(|run| format!("{}{}", run[0], run.len()));
        drawn.push(runs.collect::<Vec<_>>().join(" "));
    }
    let mut shown = String::new();
    let mut number = 0;
    for alike in drawn.chunk_by(|a, b| a == b) {
        let (first, last) = (number, number + alike.len() - 1);
        number += alike.len();
        let lines = if first == last { first.to_string() } else { format!("{first}-{last}") };
        writeln!(shown, "{lines:>5} {}", alike[0]).unwrap();
    }
    for role in used {
        writeln!(shown, "      {} {}", letter_of(role), <&str>::from(role)).unwrap();
    }
    shown
}

/// The letter of a cell's role; `None` where nothing of it is seen.
fn letter(cell: &Cell, used: &mut BTreeSet<Role>) -> Option<char> {
    if !is_seen(cell) {
        return None;
    }
    if cell.modifier.contains(Modifier::REVERSED) {
        return Some('#');
    }
    let role = role(cell);
    if role != Role::Text {
        used.insert(role);
    }
    let letter = letter_of(role);
    Some(if cell.modifier.contains(Modifier::UNDERLINED) {
        letter.to_uppercase().next().filter(|capital| *capital != letter).unwrap_or('_')
    } else {
        letter
    })
}

fn is_seen(cell: &Cell) -> bool {
    cell.symbol() != " "
        || cell.modifier.intersects(Modifier::REVERSED | Modifier::UNDERLINED)
        || cell.bg != Color::Reset
}

fn letter_of(role: Role) -> char {
    if role == Role::Text { '·' } else { LETTERS.chars().nth(role as usize).expect("a letter for each role") }
}

/// The role that a cell of [`Theme::by_role`] shows.
fn role(cell: &Cell) -> Role {
    match cell.fg {
        Color::Indexed(number) => Role::VARIANTS[usize::from(number)],
        colour => {
            assert_eq!(colour, Color::Reset, "a colour that no role has: {cell:?}");
            Role::Text
        }
    }
}

/// Asserts that each cell looks as the theme's table says of its role.
fn wears(roles: &Buffer, worn: &Buffer, name: Name) {
    let theme = Theme::named(name);
    for (at, (cell, worn)) in (0..).zip(roles.content.iter().zip(&worn.content)).filter(|(_, (cell, _))| is_seen(cell))
    {
        let (style, over) = (theme.style(role(cell)), cell.modifier);
        let mut added = style.add_modifier;
        if over.contains(Modifier::REVERSED) {
            added = theme.style(Role::Cursor).add_modifier;
        } else if over.contains(Modifier::UNDERLINED) {
            added |= theme.style(Role::CursorElsewhere).add_modifier;
        }
        // A role without a colour takes that of what it lies on, as a title does of its frame.
        let fits = style.fg.is_none_or(|colour| colour == worn.fg) && worn.bg == style.bg.unwrap_or_default();
        let place = roles.pos_of(at);
        assert!(fits && worn.modifier.contains(added), "{name:?} at {place:?}: {worn:?} is no {:?}", role(cell));
    }
}

/// With ASCII borders no sign of ours is left; what the story's rows say is ASCII.
fn is_ascii(name: &str, desk: &Desk) {
    let buffer = desk.drawn(&Theme::named(Name::Mono).with(Borders::Ascii));
    for (at, cell) in (0..).zip(&buffer.content) {
        assert!(cell.symbol().is_ascii(), "{name}: {:?} at {:?}\n{}", cell.symbol(), buffer.pos_of(at), text(&buffer));
    }
}
