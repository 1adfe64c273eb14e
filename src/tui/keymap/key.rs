//! A key: as written in a table, as shown, as a terminal reports it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde::Deserialize;
use std::fmt;

/// A key as bound: shift counts only where the character does not tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl Key {
    /// As a terminal reports it.
    pub fn event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }

    /// Returns whether it would be typed into a line.
    pub(super) fn is_typed(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && self.modifiers.is_empty()
    }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        let mut modifiers = event.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
        let code = match event.code {
            // One key to a terminal, whatever the case.
            KeyCode::Char(c) if modifiers.contains(KeyModifiers::CONTROL) => KeyCode::Char(c.to_ascii_lowercase()),
            code => code,
        };
        if matches!(code, KeyCode::Char(_) | KeyCode::BackTab) {
            modifiers -= KeyModifiers::SHIFT;
        }
        Self { code, modifiers }
    }
}

/// Keys that have a name: as written in the table, as shown, as the terminal reports them.
const NAMED: [(&str, &str, KeyCode); 16] = [
    ("enter", "Enter", KeyCode::Enter),
    ("esc", "Esc", KeyCode::Esc),
    ("tab", "Tab", KeyCode::Tab),
    ("shift-tab", "Shift-Tab", KeyCode::BackTab),
    ("backspace", "Backspace", KeyCode::Backspace),
    ("space", "Space", KeyCode::Char(' ')),
    ("up", "Up", KeyCode::Up),
    ("down", "Down", KeyCode::Down),
    ("left", "Left", KeyCode::Left),
    ("right", "Right", KeyCode::Right),
    ("pgup", "PgUp", KeyCode::PageUp),
    ("pgdn", "PgDn", KeyCode::PageDown),
    ("home", "Home", KeyCode::Home),
    ("end", "End", KeyCode::End),
    ("insert", "Insert", KeyCode::Insert),
    ("delete", "Delete", KeyCode::Delete),
];

/// As written before a key, as shown, as the terminal reports it.
const MODIFIERS: [(&str, &str, KeyModifiers); 3] = [
    ("ctrl-", "Ctrl-", KeyModifiers::CONTROL),
    ("alt-", "Alt-", KeyModifiers::ALT),
    ("shift-", "Shift-", KeyModifiers::SHIFT),
];

/// Keys that a terminal sends as another.
const SAME: [(char, &str); 3] = [('i', "tab"), ('m', "enter"), ('[', "esc")];

/// The names a key may have, for the message about another name.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMED.iter().map(|(written, ..)| *written)
}

impl TryFrom<String> for Key {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        // As the help shows them too: a name is one in any case, a character is not.
        let lower = text.to_ascii_lowercase();
        let mut rest = text.as_str();
        let mut modifiers = KeyModifiers::NONE;
        loop {
            let name = &lower[text.len() - rest.len()..];
            if let Some((_, _, code)) = NAMED.iter().find(|(written, _, _)| *written == name) {
                return Ok(Self { code: *code, modifiers });
            }
            let prefix = MODIFIERS.iter().find(|(written, ..)| name.starts_with(written) && name.len() > written.len());
            let Some((written, _, modifier)) = prefix else { break };
            rest = &rest[written.len()..];
            modifiers |= *modifier;
        }
        let function =
            rest.strip_prefix(['f', 'F']).and_then(|number| number.parse().ok()).filter(|n| (1..=12).contains(n));
        if let Some(number) = function {
            return Ok(Self { code: KeyCode::F(number), modifiers });
        }
        let mut chars = rest.chars();
        let (Some(c), None) = (chars.next(), chars.next()) else { return Err(format!("\"{text}\" is no key")) };
        if modifiers.contains(KeyModifiers::SHIFT) {
            return Err(format!("\"{text}\" is no key: write the character that Shift makes, as \"J\""));
        }
        if modifiers.contains(KeyModifiers::CONTROL)
            && let Some((_, sent)) = SAME.iter().find(|(same, _)| c.eq_ignore_ascii_case(same))
        {
            return Err(format!("\"{text}\" reaches no program: a terminal sends it as \"{sent}\""));
        }
        Ok(Self::from(KeyEvent::new(KeyCode::Char(c), modifiers)))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = MODIFIERS.iter().filter(|(_, _, modifier)| self.modifiers.contains(*modifier));
        for (_, shown, _) in shown {
            f.write_str(shown)?;
        }
        let control = self.modifiers.contains(KeyModifiers::CONTROL);
        match (NAMED.iter().find(|(_, _, code)| *code == self.code), self.code) {
            (Some((_, shown, _)), _) => f.write_str(shown),
            (None, KeyCode::Char(c)) if control => write!(f, "{}", c.to_ascii_uppercase()),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, code) => write!(f, "{code}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn shift_is_told_by_the_character() {
        let shifted = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        assert_eq!(Key::from(shifted), key("G"));
        let control = KeyEvent::new(KeyCode::Char('C'), KeyModifiers::CONTROL | KeyModifiers::SHIFT);
        assert_eq!(Key::from(control), key("ctrl-c"));
    }

    #[test]
    fn every_kind_of_key_is_written_and_shown() {
        for (written, shown) in [
            ("ctrl-c", "Ctrl-C"),
            ("alt-x", "Alt-x"),
            ("f1", "F1"),
            ("f12", "F12"),
            ("F2", "F2"),
            ("Ctrl-PgUp", "Ctrl-PgUp"),
            ("F", "F"),
            ("ctrl-pgdn", "Ctrl-PgDn"),
            ("shift-up", "Shift-Up"),
            ("shift-tab", "Shift-Tab"),
            ("ctrl-alt-delete", "Ctrl-Alt-Delete"),
            ("insert", "Insert"),
            ("f", "f"),
            ("-", "-"),
            ("ctrl--", "Ctrl--"),
            ("é", "é"),
        ] {
            assert_eq!(key(written).to_string(), shown);
            assert_eq!(Key::from(key(written).event()), key(written));
        }
        for wrong in ["", "jj", "f0", "f13", "shift-j", "ctrl-i", "ctrl-M", "ctrl-", "hyper-x", "pagedown"] {
            assert!(Key::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
