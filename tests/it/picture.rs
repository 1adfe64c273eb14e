//! The picture in the README is the real screen on the demo bundle; `UPDATE_DOCS=1` draws it anew.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Size;
use ratatui::style::{Color, Modifier};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokentrail::testing::casefile::Found;
use tokentrail::testing::facts::Facts;
use tokentrail::testing::model::Time;
use tokentrail::testing::triage::marks::Places;
use tokentrail::testing::triage::{Case, fingerprint};
use tokentrail::testing::tui::app::{App, Message, Ready};
use tokentrail::testing::tui::evidence::Evidence;
use tokentrail::testing::tui::keymap::{Key, Keymap};
use tokentrail::testing::tui::screens;
use tokentrail::testing::tui::theme::{Name, Theme};
use tokentrail::testing::{analytics, demo, ingest};

const SIZE: Size = Size { width: 132, height: 38 };
/// A cell, in the picture's units.
const CELL: (f32, f32) = (8.0, 17.0);

#[test]
fn the_readme_shows_the_real_screen() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screen.svg");
    let drawn = svg(&screen("j j j j"), &DARK);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &drawn).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == drawn,
        "assets/screen.svg is not the screen of today: run the tests with UPDATE_DOCS=1 and look at it"
    );
}

/// The workbench on the demo bundle after some keys.
fn screen(keys: &str) -> Buffer {
    let options = ingest::Options { built_in: Some(demo::archive()), ..ingest::Options::default() };
    let loaded =
        Arc::new(ingest::load(&[PathBuf::from(demo::NAME)], &options, &|_| {}, &AtomicBool::new(false)).unwrap());
    let hits = Arc::new(analytics::run(&loaded.store, Facts::embedded(), &analytics::Settings::default()));
    let case = Case::new(fingerprint(&loaded.sources), String::new());
    let evidence = Evidence::new(
        loaded,
        hits,
        analytics::Settings::default(),
        Facts::embedded(),
        &Arc::default(),
        std::collections::BTreeSet::new(),
    );
    let mut app = App::new(demo::NAME.to_owned(), Keymap::embedded(), SIZE);
    let shown = PathBuf::from("/case");
    let places = Places::find(&evidence.loaded, &case);
    let (case_path, note_path) = (shown.join("case.json"), shown.join("case.md"));
    let found = Found::default();
    let ready = Ready { evidence, case, places, case_path, note_path, found };
    app.update(Message::Ready(Box::new(ready)));
    let now = Time::parse("2026-05-02T08:00:00Z").unwrap();
    for key in keys.split_whitespace() {
        app.update(Message::Key(Key::try_from(key.to_owned()).unwrap().event(), now));
    }
    app.update(Message::Saved(Ok(None)));
    let mut terminal = Terminal::new(TestBackend::new(SIZE.width, SIZE.height)).unwrap();
    let theme = Theme::named(Name::Dark);
    terminal.draw(|frame| screens::draw(&app, &theme, frame)).unwrap();
    terminal.backend().buffer().clone()
}

/// Every screen that has a snapshot, at its sizes and in each theme, as pictures in the folder that `LOOK` names: to be
/// reviewed by eye.
pub(crate) fn put_aside(name: &str, theme: Name, buffer: &Buffer) {
    let Some(folder) = std::env::var_os("LOOK").map(PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let file = format!("{name}-{}x{}-{theme:?}.svg", buffer.area.width, buffer.area.height).to_lowercase();
    std::fs::write(folder.join(file), svg(buffer, if theme == Name::Light { &LIGHT } else { &DARK })).unwrap();
}

/// A terminal's sixteen colours, muted, and its own text and background.
struct Palette {
    paper: &'static str,
    text: &'static str,
    dim: &'static str,
    /// In the order of their codes.
    sixteen: [&'static str; 16],
}

const DARK: Palette = Palette {
    paper: "#16181d",
    text: "#d4d7dd",
    dim: "#8b909a",
    sixteen: [
        "#16181d", "#e06c75", "#98c379", "#d9b36c", "#6ca8e8", "#c68ae0", "#5fbcc4", "#b4b9c2", "#757b86", "#ff8e97",
        "#b5e08f", "#f2d08a", "#8fc3ff", "#e0aaf5", "#85dbe2", "#f2f4f8",
    ],
};

const LIGHT: Palette = Palette {
    paper: "#ffffff",
    text: "#24292e",
    dim: "#6a737d",
    sixteen: [
        "#24292e", "#c9252d", "#1a7f37", "#9a6700", "#0550ae", "#8250df", "#1b7c83", "#d0d7de", "#6e7781", "#ff8182",
        "#4ac26b", "#d4a72c", "#54aeff", "#c297ff", "#3fb8bf", "#f6f8fa",
    ],
};

/// The buffer as a picture: one run of text for neighbours of one style.
fn svg(buffer: &Buffer, palette: &Palette) -> String {
    let area = buffer.area;
    let (width, height) = (f32::from(area.width) * CELL.0, f32::from(area.height) * CELL.1);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"13\">\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"6\" fill=\"{}\"/>\n",
        palette.paper
    );
    for y in 0..area.height {
        let mut x = 0;
        while x < area.width {
            let start = x;
            let style = style(&buffer[(x, y)], palette);
            let mut text = String::new();
            while x < area.width && style == self::style(&buffer[(x, y)], palette) {
                text.push_str(buffer[(x, y)].symbol());
                x += 1;
            }
            run(&mut svg, (start, y), x - start, &text, style);
        }
    }
    svg + "</svg>\n"
}

/// Text colour, background, bold.
type Style = (&'static str, Option<&'static str>, bool);

fn style(cell: &Cell, palette: &Palette) -> Style {
    let colour = |colour| code(colour).map(|code| palette.sixteen[code]);
    let (mut fore, mut back) = (colour(cell.fg).unwrap_or(palette.text), colour(cell.bg));
    if cell.modifier.contains(Modifier::DIM) {
        fore = palette.dim;
    }
    if cell.modifier.contains(Modifier::REVERSED) {
        back = Some(fore);
        fore = palette.paper;
    }
    (fore, back, cell.modifier.contains(Modifier::BOLD))
}

/// The code of one of the sixteen colours; `None` for the terminal's own.
fn code(colour: Color) -> Option<usize> {
    Some(match colour {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        _ => return None,
    })
}

fn run(svg: &mut String, at: (u16, u16), cells: u16, text: &str, style: Style) {
    let (x, y) = (f32::from(at.0) * CELL.0, f32::from(at.1) * CELL.1);
    let width = f32::from(cells) * CELL.0;
    let (fore, back, bold) = style;
    if let Some(back) = back {
        writeln!(svg, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" fill=\"{back}\"/>", CELL.1).unwrap();
    }
    let weight = if bold { " font-weight=\"bold\"" } else { "" };
    // Word by word, each at its own cell: fonts differ in width, cells do not.
    for (offset, word) in words(text) {
        let escaped = word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let (x, y) = (x + f32::from(offset) * CELL.0, y + 13.0);
        // A viewer that takes lines from another font still closes the frames.
        let length = if word.is_ascii() {
            String::new()
        } else {
            let cells = u16::try_from(word.chars().count()).unwrap();
            format!(" textLength=\"{}\"", f32::from(cells) * CELL.0)
        };
        writeln!(svg, "<text x=\"{x}\" y=\"{y}\"{length} fill=\"{fore}\"{weight}>{escaped}</text>").unwrap();
    }
}

/// The words of a run and the cell each begins at.
fn words(text: &str) -> Vec<(u16, String)> {
    let mut words: Vec<(u16, String)> = Vec::new();
    let mut open = false;
    for (cell, c) in (0..).zip(text.chars()) {
        if c == ' ' {
            open = false;
        } else if open {
            words.last_mut().unwrap().1.push(c);
        } else {
            words.push((cell, c.to_string()));
            open = true;
        }
    }
    words
}
