//! Role to style, from `assets/themes/*.toml`. Code names roles, never colours.

pub use crate::config::{Borders, ThemeName as Name};

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;
use serde::Deserialize;
use std::collections::BTreeMap;
use strum::{IntoStaticStr, VariantArray};

/// The part a piece of text plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, VariantArray, IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Role {
    /// Plain text.
    Text,
    /// Text that may be overlooked.
    Quiet,
    /// Program and bundle name.
    Header,
    /// Sharing mark.
    Tlp,
    /// Frame of a pane.
    Border,
    /// Frame of the pane with the keyboard.
    Focus,
    /// Title in a frame.
    Title,
    /// Cursor row of the pane with the keyboard.
    Cursor,
    /// Cursor row of another pane.
    CursorElsewhere,
    /// High severity.
    High,
    /// Medium severity.
    Medium,
    /// Low severity.
    Low,
    /// A finding or verdict for token theft.
    Supports,
    /// A finding or verdict against it.
    Against,
    /// One that decides nothing.
    Unknown,
    /// A question the bundle cannot answer.
    Missing,
    /// A hit with a disposition.
    Settled,
    /// A row the step rests on.
    Mark,
    /// A row of the hit.
    Evidence,
    /// A match of the search.
    Found,
    /// A failed attempt.
    Failed,
    /// A row of another user.
    Foreign,
    /// Device-code sign-in.
    DeviceCode,
    /// Graph call.
    Graph,
    /// Density strip and progress bar.
    Bar,
    /// The hit's time in the density strip.
    BarHit,
    /// A key in a hint.
    Key,
    /// Something done.
    Notice,
    /// Something that needs the user.
    Error,
}

/// Number of roles.
const ROLES: usize = Role::VARIANTS.len();

/// A style for each role.
pub struct Theme {
    styles: [Style; ROLES],
    /// The characters of frames, bars and marks.
    pub borders: Borders,
}

impl Theme {
    /// A theme built into the program.
    pub fn named(name: Name) -> Self {
        Self::parse(Self::text(name)).expect("a test reads the embedded themes")
    }

    fn text(name: Name) -> &'static str {
        match name {
            Name::Dark => include_str!("../../assets/themes/dark.toml"),
            Name::Light => include_str!("../../assets/themes/light.toml"),
            Name::Mono => include_str!("../../assets/themes/mono.toml"),
        }
    }

    /// No styles at all: for measuring.
    pub fn plain() -> Self {
        Self { styles: [Style::new(); ROLES], borders: Borders::default() }
    }

    /// Each role in the colour of its number, so that a test reads roles where a screen has colours. Plain text stays
    /// plain, and the cursors lie over what they are on, as in every theme.
    #[cfg(any(test, feature = "testing"))]
    pub fn by_role() -> Self {
        let mut theme = Self::plain();
        for (number, &role) in (0..).zip(Role::VARIANTS) {
            theme.styles[role as usize] = match role {
                Role::Text => Style::new(),
                Role::Cursor => Style::new().reversed(),
                Role::CursorElsewhere => Style::new().underlined(),
                _ => Style::new().fg(Color::Indexed(number)),
            };
        }
        theme
    }

    /// Reads a theme.
    ///
    /// # Errors
    /// Its first mistake: its syntax, or an unknown role or colour. A role left out is plain.
    pub fn parse(text: &str) -> Result<Self, String> {
        let specs: BTreeMap<Role, Spec> = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut styles = [Style::new(); ROLES];
        for (role, spec) in specs {
            styles[role as usize] = spec.style();
        }
        Ok(Self { styles, borders: Borders::default() })
    }

    /// This theme with these frames.
    #[must_use]
    pub fn with(self, borders: Borders) -> Self {
        Self { borders, ..self }
    }

    /// A list's row under the cursor: one bar over the whole width in the pane with the keyboard, in which no colour of
    /// the row's own is left to be read against the wrong ground; in another pane the row with its colours, marked.
    pub fn under_cursor<'a>(&self, mut line: Line<'a>, focused: bool, room: usize) -> Line<'a> {
        if !focused {
            return line.style(self.style(Role::CursorElsewhere));
        }
        for span in &mut line.spans {
            span.style.fg = None;
            span.style.add_modifier -= Modifier::DIM;
        }
        let missing = room.saturating_sub(line.width());
        line.push_span(" ".repeat(missing));
        line.style(self.style(Role::Cursor))
    }

    /// Like [`Self::under_cursor`], but for a span that is read by its colour: it lies on a ground of that colour.
    pub fn under_cursor_but<'a>(&self, line: Line<'a>, focused: bool, room: usize, span: usize) -> Line<'a> {
        let style = line.spans.get(span).map(|span| span.style).filter(|style| style.fg.is_some());
        let mut line = self.under_cursor(line, focused, room);
        if let (Some(style), Some(span)) = (style, line.spans.get_mut(span)) {
            span.style = style;
        }
        line
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }
}

/// A style as written in a theme.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word that a theme may write")]
struct Spec {
    fg: Option<Ansi>,
    bg: Option<Ansi>,
    bold: bool,
    dim: bool,
    italic: bool,
    underlined: bool,
    reversed: bool,
}

impl Spec {
    fn style(&self) -> Style {
        let mut style = Style::new();
        style.fg = self.fg.map(Ansi::color);
        style.bg = self.bg.map(Ansi::color);
        for (on, modifier) in [
            (self.bold, Modifier::BOLD),
            (self.dim, Modifier::DIM),
            (self.italic, Modifier::ITALIC),
            (self.underlined, Modifier::UNDERLINED),
            (self.reversed, Modifier::REVERSED),
        ] {
            if on {
                style = style.add_modifier(modifier);
            }
        }
        style
    }
}

/// The 16 colours every terminal has and every user's palette fits.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Ansi {
    Black,
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    White,
    BrightBlack,
    BrightRed,
    BrightGreen,
    BrightYellow,
    BrightBlue,
    BrightMagenta,
    BrightCyan,
    BrightWhite,
}

impl Ansi {
    fn color(self) -> Color {
        match self {
            Self::Black => Color::Black,
            Self::Red => Color::Red,
            Self::Green => Color::Green,
            Self::Yellow => Color::Yellow,
            Self::Blue => Color::Blue,
            Self::Magenta => Color::Magenta,
            Self::Cyan => Color::Cyan,
            Self::White => Color::Gray,
            Self::BrightBlack => Color::DarkGray,
            Self::BrightRed => Color::LightRed,
            Self::BrightGreen => Color::LightGreen,
            Self::BrightYellow => Color::LightYellow,
            Self::BrightBlue => Color::LightBlue,
            Self::BrightMagenta => Color::LightMagenta,
            Self::BrightCyan => Color::LightCyan,
            Self::BrightWhite => Color::White,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Roles side by side on the screen, where a glance has to tell them apart without reading.
    const APART: &[&[Role]] = &[
        &[Role::Text, Role::Cursor, Role::CursorElsewhere],
        &[Role::Border, Role::Focus],
        &[Role::High, Role::Medium, Role::Low],
        &[Role::Supports, Role::Against, Role::Missing],
        &[Role::Text, Role::Settled],
        &[Role::Text, Role::Quiet],
        &[Role::Evidence, Role::Mark, Role::Found],
        &[Role::Evidence, Role::DeviceCode, Role::Failed, Role::Foreign],
        &[Role::Bar, Role::BarHit],
        &[Role::Text, Role::Key],
        &[Role::Text, Role::Error],
    ];

    #[test]
    fn every_theme_names_every_role_and_tells_apart_what_stands_together() {
        for &name in Name::VARIANTS {
            let table: BTreeMap<Role, Spec> = toml::from_str(Theme::text(name)).unwrap();
            let named: Vec<Role> = table.into_keys().collect();
            assert_eq!(named, Role::VARIANTS, "{name:?}: a role left out is plain by accident");
            let theme = Theme::named(name);
            for roles in APART {
                for (at, role) in roles.iter().enumerate() {
                    for other in &roles[..at] {
                        assert_ne!(theme.style(*role), theme.style(*other), "{name:?}: {role:?} looks as {other:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn cursors_have_no_colour_that_would_hide_what_they_lie_on() {
        for &name in Name::VARIANTS {
            for role in [Role::Cursor, Role::CursorElsewhere] {
                let style = Theme::named(name).style(role);
                assert_eq!((style.fg, style.bg), (None, None), "{name:?}: {role:?}");
            }
        }
    }

    #[test]
    fn mono_has_no_colour() {
        let theme = Theme::named(Name::Mono);
        assert!(theme.styles.iter().all(|style| style.fg.is_none() && style.bg.is_none()));
    }

    #[test]
    fn only_the_sixteen_colours_are_known() {
        assert!(Theme::parse("high = { fg = \"#ff0000\" }").is_err());
        assert!(Theme::parse("hgih = {}").is_err());
    }
}
