//! The terminal's abilities, and the few colours of headless output.

use super::args::{Color, ShellArgs};
use crate::model::{Confidence, Severity};
use std::io::{IsTerminal, stderr, stdout};

/// Style of the output.
pub(super) struct Shell {
    /// Colour on stdout.
    pub(super) color: bool,
    /// Whether stdout is a terminal.
    pub(super) terminal: bool,
    /// Columns to fit tables in; `None` where nothing wraps.
    pub(super) width: Option<usize>,
    /// Amount of output on stderr.
    pub(super) talk: Talk,
}

/// Amount of output beside the results. Errors and losses always are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Talk {
    /// Errors and losses.
    Losses,
    /// Those, progress, and the closing line.
    Progress,
    /// Those, and every row that was not read.
    Everything,
}

impl Shell {
    pub(super) fn new(args: &ShellArgs) -> Self {
        let terminal = stdout().is_terminal();
        // https://no-color.org: set and not empty.
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) || is_dumb();
        let color = match args.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !plain,
        };
        let width = terminal.then(crossterm::terminal::size).and_then(Result::ok).map(|(columns, _)| columns.into());
        let talk = match (args.quiet, args.verbose) {
            (true, _) => Talk::Losses,
            (false, false) => Talk::Progress,
            (false, true) => Talk::Everything,
        };
        Self { color, terminal, width, talk }
    }

    /// The text in the colours of a role, where there are any.
    pub(super) fn painted(&self, text: &str, paint: Paint) -> String {
        let codes = paint.codes();
        if self.color && !codes.is_empty() { format!("\x1b[{codes}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Returns whether a progress bar would be seen.
    pub(super) fn shows_progress(&self) -> bool {
        self.talk >= Talk::Progress && stderr().is_terminal() && !is_dumb()
    }
}

/// A terminal that can only print lines.
pub(super) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// A role that text plays; colour only underlines what the word says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Paint {
    #[default]
    Plain,
    Head,
    High,
    Medium,
    Quiet,
}

impl Paint {
    /// The SGR parameters: the 16 colours and attributes only.
    pub(super) fn codes(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Head => "1",
            Self::High => "1;31",
            Self::Medium => "33",
            Self::Quiet => "2",
        }
    }
}

impl From<Severity> for Paint {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::High => Self::High,
            Severity::Medium => Self::Medium,
            Severity::Low | Severity::NotWeighed => Self::Plain,
        }
    }
}

impl From<Confidence> for Paint {
    fn from(confidence: Confidence) -> Self {
        if confidence == Confidence::High { Self::Head } else { Self::Plain }
    }
}
