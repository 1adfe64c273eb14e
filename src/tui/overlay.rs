//! What lies over the panes: at most one thing at a time.

use super::copy;
use super::edit::LineEdit;
use super::keymap::Context;
use super::marks::{Kind, MarkList, Words};
use super::near::NearView;
use super::palette::Palette;
use super::pivot::Menu;
use super::scroll::List;
use super::users::Users;
use crate::model::{EventId, Sym};
use crate::report::info::Tone;
use std::path::PathBuf;

/// Most bytes of a raw record that are laid out; the rest is named with its offset.
const RECORD_BYTES: usize = 1 << 18;
/// Most characters of a laid-out line: a longer one goes on in the next.
const LINE_CHARS: usize = 2000;
/// Deepest nesting that still indents.
const INDENTS: usize = 16;

/// Something over the panes.
pub enum Overlay {
    /// Every key of where the user is.
    Help {
        /// What was typed to find a key.
        filter: LineEdit,
        /// First row in view.
        offset: usize,
        /// Where the user was.
        contexts: Vec<Context>,
        /// What comes back when it is closed.
        under: Option<Box<Overlay>>,
    },
    /// A raw record beside the fields we read.
    Record {
        /// Which event.
        event: EventId,
        /// The row whose record it is: the event's own, or a copy's.
        row: EventId,
        /// Its lines once read, or why it cannot be read.
        lines: Option<Result<Vec<String>, String>>,
        /// First line in view.
        offset: usize,
    },
    /// What was read, and what the bundle cannot tell.
    Bundle {
        /// Its lines once they are known.
        lines: Option<Vec<(Tone, String)>>,
        /// First line in view.
        offset: usize,
    },
    /// The case note before it is written.
    Note {
        /// Its lines once composed.
        lines: Option<Vec<String>>,
        /// Where it will be written.
        path: PathBuf,
        /// Whether to write it as soon as it is composed.
        wanted: bool,
        /// First line in view.
        offset: usize,
    },
    /// What is this hit?
    Disposition,
    /// The hits' filter being typed.
    Filter(LineEdit),
    /// What to search the timeline for, being typed.
    Search(LineEdit),
    /// A time to go to, being typed.
    Moment(LineEdit),
    /// Where to keep the case, being typed.
    SaveTo(LineEdit),
    /// When the sessions of this user were revoked, being typed.
    Revoked(Sym, LineEdit),
    /// A remark being typed.
    Remark(LineEdit),
    /// Every user.
    Users(Box<Users>),
    /// What almost fired, and thresholds tried out.
    Near(Box<NearView>),
    /// What the row can be left by.
    Pivot(Menu),
    /// Every action by name.
    Palette(Box<Palette>),
    /// Tags of an event or a remark on it, being typed.
    Words(Box<Words>),
    /// The marked events.
    Marks(MarkList),
    /// What can be copied.
    Copy(copy::Menu),
    /// How to go on with a case that another process has?
    InUse,
    /// What two analysts decided differently, and copies that are not merged: the cursor in them, and how many.
    Decisions(List, usize),
}

impl Overlay {
    /// Where its keys are found.
    pub fn contexts(&self) -> &'static [Context] {
        match self {
            Self::Help { .. } => &[Context::Help, Context::Everywhere],
            Self::Record { .. } => &[Context::Record, Context::List, Context::Everywhere],
            Self::Bundle { .. } => &[Context::Bundle, Context::List, Context::Everywhere],
            Self::Note { .. } => &[Context::Note, Context::List, Context::Everywhere],
            Self::Disposition => &[Context::Disposition, Context::Everywhere],
            Self::Words(words) if words.kind == Kind::Tags => &[Context::Tags, Context::Prompt, Context::Everywhere],
            Self::Filter(_)
            | Self::Search(_)
            | Self::Moment(_)
            | Self::SaveTo(_)
            | Self::Revoked(..)
            | Self::Remark(_)
            | Self::Words(_) => &[Context::Prompt, Context::Everywhere],
            Self::Users(_) => &[Context::Users, Context::Everywhere],
            Self::Near(_) => &[Context::Near, Context::List, Context::Everywhere],
            Self::Palette(_) => &[Context::Palette, Context::Everywhere],
            Self::Pivot(_) => &[Context::Pivot, Context::List, Context::Everywhere],
            Self::Marks(_) => &[Context::Marks, Context::List, Context::Everywhere],
            Self::Copy(_) => &[Context::Copy, Context::List, Context::Everywhere],
            Self::InUse => &[Context::InUse, Context::Everywhere],
            Self::Decisions(..) => &[Context::Decisions, Context::List, Context::Everywhere],
        }
    }

    /// The line that keys without an action are typed into.
    pub fn line_mut(&mut self) -> Option<&mut LineEdit> {
        match self {
            Self::Help { filter: line, .. }
            | Self::Filter(line)
            | Self::Search(line)
            | Self::Moment(line)
            | Self::SaveTo(line)
            | Self::Revoked(_, line)
            | Self::Remark(line) => Some(line),
            Self::Users(users) => Some(&mut users.filter),
            Self::Palette(palette) => Some(&mut palette.filter),
            Self::Words(words) => Some(&mut words.line),
            Self::Record { .. }
            | Self::Bundle { .. }
            | Self::Note { .. }
            | Self::Disposition
            | Self::Near(_)
            | Self::Pivot(_)
            | Self::Marks(_)
            | Self::InUse
            | Self::Decisions(..)
            | Self::Copy(_) => None,
        }
    }
}

/// A raw record in lines, indented where it is JSON. It is never parsed: what is broken in it stays to be seen.
pub fn laid_out(record: &[u8]) -> Vec<String> {
    let shown = &record[..record.len().min(RECORD_BYTES)];
    let mut lines = pretty(shown);
    if shown.len() < record.len() {
        lines.push(format!("… {} more bytes", record.len() - shown.len()));
    }
    lines.into_iter().flat_map(|line| broken(&line)).collect()
}

/// The same of any length, its lines whole.
pub fn pretty(record: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(record);
    let text = text.trim();
    if text.starts_with(['{', '[']) { indented(text) } else { text.lines().map(str::to_owned).collect() }
}

/// JSON text with a line for each member. Works on the characters alone: strings are copied as they stand.
fn indented(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    let mut chars = text.chars().peekable();
    let mut flush = |line: &mut String, depth: usize| {
        if !line.trim().is_empty() {
            lines.push(std::mem::take(line));
        }
        line.clear();
        line.extend(std::iter::repeat_n("  ", depth.min(INDENTS)));
    };
    while let Some(c) = chars.next() {
        if in_string {
            line.push(c);
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '{' | '[' => {
                line.push(c);
                while chars.next_if(|next| next.is_whitespace()).is_some() {}
                if let Some(close) = chars.next_if(|next| matches!(next, '}' | ']')) {
                    line.push(close);
                } else {
                    depth += 1;
                    flush(&mut line, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                flush(&mut line, depth);
                line.push(c);
            }
            ',' => {
                line.push(c);
                flush(&mut line, depth);
            }
            ':' => line.push_str(": "),
            _ if c.is_whitespace() => {}
            _ => {
                in_string = c == '"';
                line.push(c);
            }
        }
    }
    flush(&mut line, 0);
    lines
}

fn broken(line: &str) -> Vec<String> {
    if line.len() <= LINE_CHARS {
        return vec![line.to_owned()];
    }
    let chars: Vec<char> = line.chars().collect();
    chars.chunks(LINE_CHARS).map(|part| part.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_without_being_parsed() {
        let lines = laid_out(br#"{"a": 1, "b":{"c":["x,\"{y"], "d":{}, "e" : [ ]},"f":nul1}"#);
        assert_eq!(
            lines,
            [
                "{",
                "  \"a\": 1,",
                "  \"b\": {",
                "    \"c\": [",
                "      \"x,\\\"{y\"",
                "    ],",
                "    \"d\": {},",
                "    \"e\": []",
                "  },",
                "  \"f\": nul1",
                "}"
            ]
        );
    }

    #[test]
    fn hostile_records_stay_bounded() {
        let deep = "[".repeat(5000);
        assert!(laid_out(deep.as_bytes()).iter().all(|line| line.len() < 100));
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(3 << 20));
        let lines = laid_out(long.as_bytes());
        assert!(lines.len() < 200 && lines.last().is_some_and(|line| line.ends_with("more bytes")));
        assert_eq!(laid_out(b"a,b\r\nc"), ["a,b", "c"]);
        assert!(laid_out(b"").is_empty());
    }
}
